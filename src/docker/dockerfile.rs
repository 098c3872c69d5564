//! A Dockerfile as far as instep must understand it: its instructions with their lines, its arguments,
//! its base images. What it means is the engine's business.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::reference::Reference;
use crate::config::Image;
use crate::report::{Error, Place, Result};

/// A Dockerfile that was read.
#[derive(Clone, Debug)]
pub struct Dockerfile {
    name: Arc<str>,
    text: Arc<str>,
    /// The instructions, in order.
    pub instructions: Vec<Instruction>,
}

/// `RUN make`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// `RUN`, in capitals.
    pub keyword: String,
    /// What follows, continued lines joined.
    pub rest: String,
    span: Range<usize>,
}

/// What begins with a `FROM`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// `FROM x AS name`.
    pub name: Option<String>,
    /// Its instructions, the `FROM` first.
    pub instructions: Range<usize>,
}

/// An image that a stage begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// The instruction's index.
    pub at: usize,
    /// The image, arguments filled in.
    pub reference: String,
    /// The arguments that its name is made of.
    pub arguments: Vec<String>,
}

impl Dockerfile {
    /// Reads the Dockerfile of an image.
    ///
    /// # Errors
    /// Exit code 2 when it is not there, the key underlined.
    pub fn of(image: &Image, root: &Path) -> Result<Self> {
        Self::read(&image.dockerfile, root).map_err(|error| cured(error, image))
    }

    /// Reads this file.
    pub fn read(file: &Path, root: &Path) -> Result<Self> {
        let name = file.strip_prefix(root).unwrap_or(file).display().to_string();
        match std::fs::read(file) {
            Ok(bytes) => Ok(Self::parse(&name, &String::from_utf8_lossy(&bytes))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(Error::usage(format!("the Dockerfile `{name}` is not there")))
            }
            Err(error) => Err(Error::usage(format!("can't read the Dockerfile `{name}`: {error}"))),
        }
    }

    /// Takes a text apart.
    pub fn parse(name: &str, text: &str) -> Self {
        Self { name: name.into(), text: text.into(), instructions: instructions(text) }
    }

    /// The place of an instruction, to be underlined.
    pub fn place(&self, index: usize) -> Option<Place> {
        let span = self.instructions.get(index)?.span.clone();
        Some(Place { file: self.name.clone(), text: self.text.clone(), span, label: String::new() })
    }

    /// The place of a line, counted from 1.
    pub fn line(&self, number: usize) -> Option<Place> {
        let line = self.text.split_inclusive('\n').nth(number.checked_sub(1)?)?;
        let start = line.as_ptr() as usize - self.text.as_ptr() as usize;
        let span = start..start + line.trim_end().len();
        Some(Place { file: self.name.clone(), text: self.text.clone(), span, label: String::new() })
    }

    /// Whether an argument is declared with `ARG`.
    pub fn declares(&self, name: &str) -> bool {
        self.arguments(self.instructions.len()).iter().any(|(known, _)| known == name)
    }

    /// The images that stages begin with, `scratch` and other stages left out.
    pub fn bases(&self, given: &[(String, String)]) -> Vec<Base> {
        let first = self.instructions.iter().position(|instruction| instruction.keyword == "FROM").unwrap_or(0);
        let defaults = self.arguments(first);
        let value = |name: &str| {
            let given = given.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone());
            given.or_else(|| defaults.iter().rev().find(|(known, _)| known == name).and_then(|(_, value)| value.clone()))
        };
        let mut stages: Vec<String> = vec!["scratch".into()];
        let mut bases = Vec::new();
        for (at, instruction) in self.instructions.iter().enumerate().filter(|(_, instruction)| instruction.keyword == "FROM") {
            let words: Vec<&str> = instruction.rest.split_ascii_whitespace().filter(|word| !word.starts_with("--")).collect();
            let (reference, arguments) = fill(words.first().copied().unwrap_or_default(), &value);
            if !stages.contains(&reference.to_lowercase()) {
                bases.push(Base { at, reference, arguments });
            }
            if let [_, keyword, name, ..] = words.as_slice()
                && keyword.eq_ignore_ascii_case("as")
            {
                stages.push(name.to_lowercase());
            }
        }
        bases
    }

    /// The stages, in order.
    pub fn stages(&self) -> Vec<Stage> {
        let mut stages: Vec<Stage> = Vec::new();
        for (at, instruction) in self.instructions.iter().enumerate() {
            if instruction.keyword == "FROM" {
                let words: Vec<&str> = instruction.rest.split_ascii_whitespace().collect();
                let name = words.iter().position(|word| word.eq_ignore_ascii_case("as")).and_then(|at| words.get(at + 1));
                stages.push(Stage { name: name.map(|name| (*name).to_owned()), instructions: at..at + 1 });
            } else if let Some(stage) = stages.last_mut() {
                stage.instructions.end = at + 1;
            }
        }
        stages
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The registries of the base images.
    pub fn registries(&self, given: &[(String, String)]) -> Vec<String> {
        let mut registries: Vec<String> =
            self.bases(given).iter().map(|base| Reference::parse(&base.reference).registry().to_owned()).collect();
        registries.sort();
        registries.dedup();
        registries
    }

    /// The arguments that are declared before an instruction, with their defaults.
    fn arguments(&self, before: usize) -> Vec<(String, Option<String>)> {
        let declarations = self.instructions[..before].iter().filter(|instruction| instruction.keyword == "ARG");
        let words = declarations.flat_map(|instruction| shlex::split(&instruction.rest).unwrap_or_default());
        words
            .map(|word| match word.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (word, None),
            })
            .collect()
    }
}

/// What to do about a Dockerfile that can't be read.
fn cured(error: Error, image: &Image) -> Error {
    if let Some(place) = &image.dockerfile_place {
        return error.at(Some(place.clone())).note("the path is relative to the folder of the file that names it");
    }
    let table = if image.key == "image" { "image".to_owned() } else { format!("images.{}", image.key) };
    error
        .note(format!("it is the default; [{table}] has no `dockerfile`"))
        .help(format!("write one, or name it: `dockerfile = \"path/to/Dockerfile\"` in [{table}]"))
}

/// Fills `$NAME`, `${NAME}` and `${NAME:-default}` in; gives the names as well.
fn fill(text: &str, value: &impl Fn(&str) -> Option<String>) -> (String, Vec<String>) {
    let mut out = String::new();
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let (inner, after) = match rest.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            Some(parts) => parts,
            None => rest.split_at(rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len())),
        };
        let (name, default) = inner.split_once(":-").unwrap_or((inner, ""));
        out.push_str(&value(name).filter(|value| !value.is_empty()).unwrap_or_else(|| default.to_owned()));
        names.push(name.to_owned());
        rest = after;
    }
    out.push_str(rest);
    (out, names)
}

/// The instructions of a text: comments and blank lines left out, continued lines joined.
fn instructions(text: &str) -> Vec<Instruction> {
    let escape = escape(text);
    let mut found = Vec::new();
    let mut open: Option<(Range<usize>, String)> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let begin = start;
        start += line.len();
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        let (part, goes_on) = trimmed.strip_suffix(escape).map_or((trimmed, false), |part| (part, true));
        let (span, joined) = open.get_or_insert_with(|| (begin + indent..begin, String::new()));
        span.end = begin + indent + trimmed.len();
        joined.push_str(part);
        if !goes_on {
            found.extend(open.take());
        }
    }
    found.extend(open);
    let instruction = |(span, joined): (Range<usize>, String)| {
        let (keyword, rest) = joined.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((&joined, ""));
        Instruction { keyword: keyword.to_ascii_uppercase(), rest: rest.trim().to_owned(), span }
    };
    found.into_iter().map(instruction).collect()
}

/// The character that continues a line: `\`, or what the directive `# escape=` at the top says.
fn escape(text: &str) -> char {
    let directives = text.lines().map_while(|line| line.trim().strip_prefix('#')?.split_once('='));
    let mut escapes = directives.filter(|(name, _)| name.trim().eq_ignore_ascii_case("escape"));
    escapes.find_map(|(_, value)| value.trim().chars().next()).unwrap_or('\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "ARG PY=python:3\n# a comment\nFROM ${PY} AS build\nRUN a \\\n  # inside\n  && b\n\nFROM build\nFROM $PY-slim\nARG VERSION=1 REVISION\n";

    #[test]
    fn instructions_know_their_lines() {
        let file = Dockerfile::parse("Dockerfile", TEXT);
        let keywords: Vec<&str> = file.instructions.iter().map(|instruction| instruction.keyword.as_str()).collect();
        assert_eq!(keywords, ["ARG", "FROM", "RUN", "FROM", "FROM", "ARG"]);
        assert_eq!(file.instructions[2].rest, "a && b");
        let place = file.place(2).expect("a place");
        assert_eq!((place.line(), &TEXT[place.span]), (4, "RUN a \\\n  # inside\n  && b"));
        assert_eq!(&TEXT[file.line(3).expect("a line").span], "FROM ${PY} AS build");
    }

    #[test]
    fn arguments_and_bases_are_found() {
        let file = Dockerfile::parse("Dockerfile", TEXT);
        assert!(file.declares("REVISION") && file.declares("PY") && !file.declares("BUILD_DATE"));
        let given = [("PY".to_owned(), "localhost:5000/py:1".to_owned())];
        let names = |given: &[(String, String)]| file.bases(given).into_iter().map(|base| base.reference).collect::<Vec<_>>();
        assert_eq!(names(&[]), ["python:3", "python:3-slim"]);
        assert_eq!(names(&given), ["localhost:5000/py:1", "localhost:5000/py:1-slim"]);
        assert_eq!(file.bases(&[])[0].arguments, ["PY"]);
        assert_eq!(file.registries(&given), ["localhost:5000"]);
    }

    #[test]
    fn another_escape_is_respected() {
        let file = Dockerfile::parse("Dockerfile", "# escape=`\nFROM x\nRUN a `\n b\n");
        assert_eq!(file.instructions[1].rest, "a b");
    }
}
