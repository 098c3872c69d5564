//! The variables of the service, from all layers.

use std::path::Path;

use serde::{Serialize, Serializer};

use crate::config::{EnvValue, dotenv};
use crate::process::{self, Command, quote};
use crate::report::{Error, Problem, Report, Result};

/// A variable of the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Value,
}

/// A value that is known, or asked for when the service starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// What this program prints.
    Command(Vec<String>),
}

/// A command is shown as the shell would run it.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Command(argv) => serializer.serialize_str(&format!("$({})", line(argv))),
        }
    }
}

impl Variable {
    /// `NAME=VALUE` for a POSIX shell.
    pub fn assignment(&self) -> String {
        match &self.value {
            Value::Text(text) => format!("{}={}", self.name, quote(text)),
            Value::Command(argv) => format!("{}=\"$({})\"", self.name, line(argv)),
        }
    }

    /// The value; a command is run now, and what it prints is hidden from now on.
    pub fn resolve(&self, report: &Report) -> Result<String> {
        let argv = match &self.value {
            Value::Text(text) => return Ok(text.clone()),
            Value::Command(argv) => argv,
        };
        let (program, args) =
            argv.split_first().ok_or_else(|| Error::usage(format!("`run-local.env.{}` has an empty command", self.name)))?;
        let value =
            process::read(&Command::new(program, args)).map_err(|error| error.note(format!("asked for the value of {}", self.name)))?;
        report.masker.add(&value);
        Ok(value)
    }
}

fn line(argv: &[String]) -> String {
    argv.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ")
}

/// The layers, weakest first; the caller's own environment lies between the files and the facts.
#[derive(Debug, Default)]
pub struct Layers<'a> {
    /// Defaults: `VAR_…` and the like.
    pub defaults: Vec<(String, String)>,
    /// Files with variables.
    pub files: &'a [std::path::PathBuf],
    /// What is so: the port, the version, the commit.
    pub facts: Vec<(String, String)>,
    /// `run-local.env`.
    pub own: &'a [(String, EnvValue)],
    /// `-e`.
    pub arguments: Vec<(String, String)>,
}

impl Layers<'_> {
    /// Lays them on each other. A value of the caller is not repeated: it is inherited.
    ///
    /// # Errors
    /// A file with variables that can't be read; a Secret of the cluster.
    pub fn merge(self, report: &Report, caller: impl Fn(&str) -> bool) -> Result<Vec<Variable>> {
        let mut merged: Vec<Variable> = Vec::new();
        let text = |pairs: Vec<(String, String)>| pairs.into_iter().map(|(name, value)| (name, Value::Text(value)));
        text(self.defaults).for_each(|pair| put(&mut merged, pair));
        for file in self.files {
            match dotenv::read(file)? {
                Some(pairs) => text(pairs).for_each(|pair| put(&mut merged, pair)),
                None => report.warn(&absent(file)),
            }
        }
        merged.retain(|variable| !caller(&variable.name));
        text(self.facts).for_each(|pair| put(&mut merged, pair));
        for (name, value) in self.own {
            put(&mut merged, (name.clone(), own(name, value, report)?));
        }
        text(self.arguments).for_each(|pair| put(&mut merged, pair));
        Ok(merged)
    }
}

fn put(merged: &mut Vec<Variable>, (name, value): (String, Value)) {
    match merged.iter_mut().find(|known| known.name == name) {
        Some(known) => known.value = value,
        None => merged.push(Variable { name, value }),
    }
}

fn own(name: &str, value: &EnvValue, report: &Report) -> Result<Value> {
    Ok(match value {
        EnvValue::Text(text) => Value::Text(text.clone()),
        EnvValue::Masked(text) => {
            report.masker.add(text);
            Value::Text(text.clone())
        }
        EnvValue::Command(argv) => Value::Command(argv.clone()),
        EnvValue::Secret { .. } => {
            return Err(Error::usage(format!("`run-local.env.{name}` is a Secret of a cluster, which is not here"))
                .help("write { command = [\"…\"] } to ask a program for the value, or a text"));
        }
    })
}

/// A file that is named and not there: often it is not committed, and an example of it is.
fn absent(file: &Path) -> Problem {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut problem = Problem { message: format!("{name} is named in run-local.env-files, and is not there"), ..Problem::default() };
    let example = file.with_file_name(format!("{name}.example"));
    if let Ok(Some(pairs)) = dotenv::read(&example) {
        let names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        problem.notes.push(format!("{name}.example has: {}", names.join(", ")));
        problem.help.push(format!("run `cp {name}.example {name}`, then fill in what is yours"));
    }
    problem
}
