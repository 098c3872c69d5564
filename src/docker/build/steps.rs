//! The classic builder's words as steps: `Step 2/7 : …`, ` ---> Using cache`, and what a step prints.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How many lines of a step are kept for the case that it fails.
pub const KEPT: usize = 30;

/// A step of a Dockerfile.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its number, from 1: the number of the instruction.
    pub number: usize,
    /// The instruction.
    pub text: String,
    /// It was not run: its result was there.
    pub cached: bool,
    /// The last lines that it printed.
    pub lines: VecDeque<String>,
    begin: Instant,
    rest: String,
}

/// What follows from a piece of the engine's output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// A step is over.
    Ended {
        /// `2/7 COPY . .`
        name: String,
        /// Its result was there.
        cached: bool,
        /// How long it took.
        elapsed: Duration,
    },
    /// The running step printed this line.
    Line(String),
}

/// The steps so far.
#[derive(Clone, Debug, Default)]
pub struct Steps {
    /// The one that runs.
    pub current: Option<Step>,
    total: usize,
    /// Steps that the engine adds at the end for our labels; a person did not write them.
    hidden: usize,
}

impl Steps {
    /// Steps, the last `hidden` of which are nobody's business.
    pub fn new(hidden: usize) -> Self {
        Self { hidden, ..Self::default() }
    }

    /// Takes a piece of the engine's output.
    pub fn take(&mut self, piece: &str) -> Vec<Said> {
        if let Some((number, total, text)) = self.header(piece) {
            let said = self.end();
            self.total = total;
            self.current = Some(Step { number, text, cached: false, lines: VecDeque::new(), begin: Instant::now(), rest: String::new() });
            return said.into_iter().collect();
        }
        let shown = self.total - self.hidden;
        // What is said in a hidden step is nobody's business either: Podman's last word is the image's id.
        let Some(step) = self.current.as_mut().filter(|step| step.number <= shown) else { return Vec::new() };
        if [" ---> ", "--> ", "Removing intermediate container ", "COMMIT"].iter().any(|word| piece.starts_with(word)) {
            step.cached |= piece.trim_start().trim_start_matches('-').starts_with("> Using cache");
            return Vec::new();
        }
        step.rest.push_str(piece);
        let mut said = Vec::new();
        while let Some(end) = step.rest.find('\n') {
            let line: String = step.rest.drain(..=end).collect();
            let line = anstream::adapter::strip_str(line.trim_end()).to_string();
            if !line.is_empty() {
                step.keep(line.clone());
                said.push(Said::Line(line));
            }
        }
        said
    }

    /// The end of the running step.
    pub fn end(&mut self) -> Option<Said> {
        let step = self.current.take()?;
        let shown = self.total - self.hidden;
        (step.number <= shown).then(|| Said::Ended {
            name: format!("{}/{shown} {}", step.number, step.text),
            cached: step.cached,
            elapsed: step.begin.elapsed(),
        })
    }

    /// `3/7 RUN make (12.0 s)`, for progress.
    pub fn now(&self) -> Option<(String, Duration)> {
        let step = self.current.as_ref()?;
        Some((format!("{}/{} {}", step.number, self.total - self.hidden, step.text), step.begin.elapsed()))
    }

    /// The next step's headline. What a step prints can look like one: the number must be the next.
    fn header(&self, piece: &str) -> Option<(usize, usize, String)> {
        let (numbers, text) = match piece.strip_prefix("STEP ") {
            // Podman's words.
            Some(rest) => rest.trim_end().split_once(": ")?,
            None => piece.strip_prefix("Step ")?.split_once(" : ")?,
        };
        let (number, total) = numbers.split_once('/')?;
        let (number, total): (usize, usize) = (number.parse().ok()?, total.parse().ok()?);
        let expected = self.current.as_ref().map_or(1, |step| step.number + 1);
        let fits = number == expected && (self.total == 0 || self.total == total) && total >= self.hidden && !text.ends_with('\n');
        fits.then(|| (number, total, text.to_owned()))
    }
}

impl Step {
    fn keep(&mut self, line: String) {
        if self.lines.len() == KEPT {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn podmans_words_become_steps() {
        let mut steps = Steps::new(1);
        let words = [
            "STEP 1/3: FROM scratch\n",
            "STEP 2/3: COPY a b\n",
            "--> Using cache 4d5c\n",
            "--> 4d5c\n",
            "STEP 3/3: LABEL \"a\"=\"b\"\n",
            "COMMIT\n",
            "--> 1aa4212c5f19\n",
            "1aa4212c5f19c1233979789f805193c85c78289094d2c859973684b77ca51c9d\n",
        ];
        let said: Vec<Said> = words.iter().flat_map(|word| steps.take(word)).collect();
        assert!(!said.iter().any(|said| matches!(said, Said::Line(_))), "{said:?}");
        let names: Vec<(String, bool)> = said
            .into_iter()
            .filter_map(|said| if let Said::Ended { name, cached, .. } = said { Some((name, cached)) } else { None })
            .collect();
        assert_eq!(names, [("1/2 FROM scratch".to_owned(), false), ("2/2 COPY a b".to_owned(), true)]);
    }

    #[test]
    fn the_builders_words_become_steps() {
        let mut steps = Steps::new(1);
        let mut said = Vec::new();
        for piece in [
            "Step 1/3 : FROM scratch",
            "\n",
            " ---> \n",
            "Step 2/3 : RUN x",
            "\n",
            " ---> Running in 6ca1\n",
            "Step 9/9 : not one\n",
            "half ",
            "\u{1b}[91ma line\n\u{1b}[0m",
            "Removing intermediate container 6ca1\n",
            " ---> add84c\n",
            "Step 3/3 : LABEL a=b",
            "\n",
            " ---> Using cache\n",
        ] {
            said.extend(steps.take(piece));
        }
        said.extend(steps.end());
        let words: Vec<String> = said
            .into_iter()
            .map(|said| match said {
                Said::Ended { name, cached, .. } => format!("{name} {cached}"),
                Said::Line(line) => format!("| {line}"),
            })
            .collect();
        assert_eq!(words, ["1/2 FROM scratch false", "| Step 9/9 : not one", "| half a line", "2/2 RUN x false"]);
    }
}
