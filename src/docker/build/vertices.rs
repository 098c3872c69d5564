//! BuildKit's steps so far: which run, what they wrote, which one failed. Pure: from messages to words.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::steps::{KEPT, Said};
use super::trace::{Trace, Vertex};
use crate::report::text;

/// The steps, in the order in which they were first heard of.
#[derive(Debug, Default)]
pub struct Vertices {
    steps: Vec<Step>,
}

/// A step.
#[derive(Debug, Default)]
pub struct Step {
    /// What is known of it.
    pub vertex: Vertex,
    /// The last lines that it wrote.
    pub lines: VecDeque<String>,
    rest: Vec<u8>,
    begin: Option<Instant>,
    told: bool,
    /// What is fetched for it: bytes so far and in all.
    fetched: Vec<(String, u64, u64)>,
}

impl Vertices {
    /// Takes a message; gives what a person wants to know of it.
    pub fn take(&mut self, trace: Trace) -> Vec<Said> {
        let mut said = Vec::new();
        for log in trace.logs {
            if let Some(step) = self.step(&log.vertex) {
                said.extend(step.write(&log.bytes).into_iter().map(Said::Line));
            }
        }
        for status in trace.statuses {
            if let Some(step) = self.step(&status.vertex) {
                step.fetched.retain(|(id, ..)| *id != status.id);
                step.fetched.push((status.id, status.current, status.total));
            }
        }
        for vertex in trace.vertexes {
            let at = self.steps.iter().position(|step| step.vertex.digest == vertex.digest);
            let at = at.unwrap_or_else(|| {
                self.steps.push(Step::default());
                self.steps.len() - 1
            });
            said.extend(self.steps[at].update(vertex));
        }
        said
    }

    /// The step that failed.
    pub fn failed(&self) -> Option<&Step> {
        let own = |step: &&Step| !step.vertex.error.is_empty() && !step.vertex.error.contains("context canceled");
        self.steps.iter().find(own)
    }

    /// What runs now, for progress.
    pub fn now(&self) -> Option<String> {
        let runs = |step: &&Step| step.begin.is_some() && step.vertex.completed.is_none();
        let running: Vec<&Step> = self.steps.iter().filter(runs).collect();
        let steps: Vec<&Step> = running.iter().copied().filter(|step| !is_internal(&step.vertex.name)).collect();
        let first = steps.first().or(running.first())?;
        let more = if steps.len() > 1 { format!(" and {} more", steps.len() - 1) } else { String::new() };
        let elapsed = first.begin.map(|begin| begin.elapsed()).unwrap_or_default();
        Some(format!("{}{}{more} · {}", super::show::short(&plain(&first.vertex.name)), first.far(), text::elapsed(elapsed)))
    }

    /// Whether the context is on its way, and nothing else.
    pub fn sends_context(&self) -> bool {
        let mut running = self.steps.iter().filter(|step| step.begin.is_some() && step.vertex.completed.is_none());
        running.next().is_some_and(|step| step.vertex.name == "[internal] load build context") && running.next().is_none()
    }

    /// The name of the step that waits for a registry, when nothing else runs.
    pub fn fetches(&self) -> Option<&str> {
        let mut running = self.steps.iter().filter(|step| step.begin.is_some() && step.vertex.completed.is_none());
        let asks = |step: &&Step| step.vertex.name.contains("] load metadata for ") || step.vertex.name.contains("] FROM ");
        let first = running.next().filter(asks)?;
        running.all(|step| asks(&step)).then_some(&first.vertex.name)
    }

    fn step(&mut self, digest: &str) -> Option<&mut Step> {
        self.steps.iter_mut().find(|step| step.vertex.digest == digest)
    }
}

impl Step {
    fn update(&mut self, vertex: Vertex) -> Option<Said> {
        if vertex.started.is_some() && self.begin.is_none() {
            self.begin = Some(Instant::now());
        }
        // A step can be heard of again: it was asked for by another way.
        let cached = vertex.cached || self.vertex.cached;
        self.vertex = Vertex { cached, ..vertex };
        let (started, completed) = self.vertex.started.zip(self.vertex.completed)?;
        let elapsed = Duration::from_secs_f64((completed - started).max(0.0));
        let hidden = is_internal(&self.vertex.name) && !(self.vertex.name.starts_with("exporting") && elapsed.as_secs() >= 1);
        if self.told || hidden || !self.vertex.error.is_empty() {
            return None;
        }
        self.told = true;
        Some(Said::Ended { name: plain(&self.vertex.name), cached, elapsed })
    }

    /// Takes output; gives the lines that are whole.
    fn write(&mut self, bytes: &[u8]) -> Vec<String> {
        self.rest.extend_from_slice(bytes);
        let mut whole = Vec::new();
        while let Some(end) = self.rest.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            // A bar that redraws itself: its last state is what a screen would show.
            let line = line.trim_end().rsplit('\r').next().unwrap_or_default();
            let line = anstream::adapter::strip_str(line).to_string();
            if line.is_empty() {
                continue;
            }
            if self.lines.len() == KEPT {
                self.lines.pop_front();
            }
            self.lines.push_back(line.clone());
            whole.push(line);
        }
        whole
    }

    /// What it wrote last, the line that has no end included.
    pub fn last_lines(&self) -> Vec<String> {
        let rest = anstream::adapter::strip_bytes(&self.rest).into_vec();
        let rest = String::from_utf8_lossy(&rest).trim_end().to_owned();
        let lines = self.lines.iter().cloned().chain((!rest.is_empty()).then_some(rest));
        let all: Vec<String> = lines.collect();
        all[all.len().saturating_sub(KEPT)..].to_vec()
    }

    fn far(&self) -> String {
        let (at, all) = self.fetched.iter().fold((0, 0), |(at, all), (_, now, total)| (at + now, all + total));
        if all == 0 { String::new() } else { format!(" · {} of {}", text::bytes(at.min(all)), text::bytes(all)) }
    }

    /// The stage and the number of a step of the Dockerfile: `[build 2/5] RUN …`.
    pub fn position(&self) -> Option<Position<'_>> {
        let (inside, text) = self.vertex.name.strip_prefix('[')?.split_once("] ")?;
        let (stage, numbers) = inside.rsplit_once(' ').map_or((None, inside), |(stage, numbers)| (stage.rsplit(' ').next(), numbers));
        let (number, total) = numbers.split_once('/')?;
        Some(Position { stage, number: number.parse().ok()?, total: total.parse().ok()?, text })
    }
}

/// Where in a Dockerfile a step is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position<'a> {
    /// The stage's name; `stage-1` for one without.
    pub stage: Option<&'a str>,
    /// The step's number in the stage.
    pub number: usize,
    /// The steps of the stage.
    pub total: usize,
    /// The instruction.
    pub text: &'a str,
}

/// Not a step of the Dockerfile.
fn is_internal(name: &str) -> bool {
    !name.starts_with('[') || name.starts_with("[internal]") || name.starts_with("[auth]")
}

/// `[build 2/5] RUN make` → `build 2/5 RUN make`.
fn plain(name: &str) -> String {
    match name.strip_prefix("[internal] ").map_or_else(|| name.strip_prefix('[').and_then(|rest| rest.split_once(']')), |_| None) {
        Some((inside, rest)) => format!("{}{rest}", inside.split_whitespace().collect::<Vec<_>>().join(" ")),
        None => name.trim_start_matches("[internal] ").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::trace::{Log, Vertex};
    use super::*;

    fn vertex(name: &str, started: f64, completed: Option<f64>, error: &str) -> Vertex {
        Vertex { digest: name.into(), name: name.into(), cached: false, started: Some(started), completed, error: error.into() }
    }

    #[test]
    fn steps_are_told_once_and_internal_ones_never() {
        let mut vertices = Vertices::default();
        let run = "[build 2/3] RUN make";
        let begun = Trace {
            vertexes: vec![vertex("[internal] load metadata", 1.0, Some(2.0), ""), vertex(run, 2.0, None, "")],
            ..Trace::default()
        };
        assert_eq!(vertices.take(begun), []);
        assert!(vertices.now().is_some_and(|now| now.starts_with("build 2/3 RUN make · ")));
        let log = |bytes: &[u8]| Trace { logs: vec![Log { vertex: run.into(), bytes: bytes.to_vec() }], ..Trace::default() };
        assert_eq!(vertices.take(log(b"half ")), []);
        assert_eq!(vertices.take(log(b"a line\n10%\r20%\n\x1b[1mrest")), [Said::Line("half a line".into()), Said::Line("20%".into())]);
        let ended = Trace { vertexes: vec![vertex(run, 2.0, Some(3.5), "")], ..Trace::default() };
        let said = Said::Ended { name: "build 2/3 RUN make".into(), cached: false, elapsed: Duration::from_millis(1500) };
        assert_eq!(vertices.take(ended.clone()), [said]);
        assert_eq!(vertices.take(ended), []);
        assert_eq!(vertices.steps[1].last_lines(), ["half a line", "20%", "rest"]);
    }

    #[test]
    fn only_what_waits_for_a_registry_fetches() {
        let fetches = |names: &[&str]| {
            let mut vertices = Vertices::default();
            let vertexes = names.iter().map(|name| vertex(name, 1.0, None, "")).collect();
            vertices.take(Trace { vertexes, ..Trace::default() });
            vertices.fetches().map(str::to_owned)
        };
        assert_eq!(
            fetches(&["[a 1/2] FROM x:1@sha256:ab", "[internal] load metadata for y"]).as_deref(),
            Some("[a 1/2] FROM x:1@sha256:ab")
        );
        assert_eq!(fetches(&["[internal] load metadata for y", "[b 2/2] RUN sleep 1000"]), None);
        assert_eq!(fetches(&[]), None);
    }

    #[test]
    fn the_step_that_failed_is_found_and_not_its_victims() {
        let mut vertices = Vertices::default();
        let vertexes = vec![
            vertex("[a 1/2] RUN x", 1.0, Some(2.0), "context canceled"),
            vertex("[linux/arm64 b 2/2] RUN y", 1.0, Some(2.0), "exit code: 3"),
        ];
        assert_eq!(vertices.take(Trace { vertexes, ..Trace::default() }), []);
        let position = vertices.failed().and_then(Step::position);
        assert_eq!(position, Some(Position { stage: Some("b"), number: 2, total: 2, text: "RUN y" }));
    }
}
