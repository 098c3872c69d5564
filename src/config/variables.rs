//! The variables of what is run, from all layers, in the contract's one order of precedence.

use std::path::Path;

use serde::{Serialize, Serializer};

use super::{EnvValue, Image, Project, dotenv};
use crate::report::{Error, Problem, Report, Result};

/// A variable of a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Value,
}

/// A value that is known, or asked for when the program starts.
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

    /// The value; a command is run now by `ask`, and what it prints is hidden from now on.
    ///
    /// # Errors
    /// What `ask` gives, with the variable's name.
    pub fn resolve(&self, report: &Report, ask: impl Fn(&[String]) -> Result<String>) -> Result<String> {
        match &self.value {
            Value::Text(text) => Ok(text.clone()),
            Value::Command(argv) => {
                let value = ask(argv).map_err(|error| error.note(format!("asked for the value of {}", self.name)))?;
                report.masker.add(&value);
                Ok(value)
            }
        }
    }
}

fn quote(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| word.replace('\0', ""), std::borrow::Cow::into_owned)
}

fn line(argv: &[String]) -> String {
    argv.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ")
}

/// The layers, weakest first; the caller's own environment lies between the files and the facts.
#[derive(Debug, Default)]
pub struct Layers<'a> {
    /// The table whose variables these are, for messages: `run-local`, `tasks.test`.
    pub table: &'a str,
    /// Defaults: `VAR_…` and the like.
    pub defaults: Vec<(String, String)>,
    /// Files with variables.
    pub files: &'a [std::path::PathBuf],
    /// What is so: the port, the version, the commit. Stronger than the caller's: an instep inside of an
    /// instep would else pass on another repo's version.
    pub facts: Vec<(String, String)>,
    /// The table's `env`.
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
                None => report.warn(&absent(self.table, file)),
            }
        }
        merged.retain(|variable| !caller(&variable.name));
        text(self.facts).for_each(|pair| put(&mut merged, pair));
        for (name, value) in self.own {
            put(&mut merged, (name.clone(), own(self.table, name, value, report)?));
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

fn own(table: &str, name: &str, value: &EnvValue, report: &Report) -> Result<Value> {
    Ok(match value {
        EnvValue::Text(text) => Value::Text(text.clone()),
        EnvValue::Masked(text) => {
            report.masker.add(text);
            Value::Text(text.clone())
        }
        EnvValue::Command(argv) => Value::Command(argv.clone()),
        EnvValue::Secret { .. } => {
            return Err(Error::usage(format!("`{table}.env.{name}` is a Secret of a cluster, which is not here"))
                .help("write { command = [\"…\"] } to ask a program for the value, or a text"));
        }
    })
}

/// A file that is named and not there: often it is not committed, and an example of it is.
fn absent(table: &str, file: &Path) -> Problem {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut problem = Problem { message: format!("{name} is named in {table}.env-files, and is not there"), ..Problem::default() };
    let example = file.with_file_name(format!("{name}.example"));
    if let Ok(Some(pairs)) = dotenv::read(&example) {
        let names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        problem.notes.push(format!("{name}.example has: {}", names.join(", ")));
        problem.help.push(format!("run `cp {name}.example {name}`, then fill in what is yours"));
    }
    problem
}

/// `$VAR_…` for every key of `[vars]`, and `$PORT`.
pub fn defaults(project: &Project, environment: Option<&str>) -> Result<Vec<(String, String)>> {
    let scope = environment.map_or_else(|| project.scope().clone(), |name| project.scope_in(name, None));
    let mut pairs: Vec<(String, String)> =
        scope.read_root().pairs("vars")?.into_iter().map(|(name, value)| (format!("VAR_{}", name.to_uppercase()), value)).collect();
    if let Some(port) = scope.read("service").port("port") {
        pairs.push(("PORT".to_owned(), port.to_string()));
    }
    Ok(pairs)
}

/// `$INSTEP_…`: what git knows of the repo, and the image that is built from it. Each costs calls of
/// git, so they are only looked up for a program that uses them.
pub fn git_facts(project: &Project, environment: Option<&str>) -> Vec<(String, String)> {
    let facts = project.facts();
    let mut pairs = vec![("INSTEP_VERSION".to_owned(), facts.version().text.clone())];
    if let Some(commit) = facts.commit() {
        pairs.push(("INSTEP_GIT_SHA".to_owned(), commit.sha.clone()));
        pairs.push(("INSTEP_GIT_BRANCH".to_owned(), commit.branch.clone().unwrap_or_default()));
    }
    if let Some(environment) = environment {
        pairs.push(("INSTEP_ENVIRONMENT".to_owned(), environment.to_owned()));
    }
    if let (Ok(image), Ok(_)) = (Image::main(project.scope()), super::Service::of(project.scope())) {
        let tag = crate::repo::tag(&facts.version().text);
        pairs.push(("INSTEP_IMAGE".to_owned(), format!("{}:{tag}", image.repository)));
    }
    pairs
}

/// Whether a program uses `$INSTEP_…`: its words do, or a file of the repo that they name does.
pub fn uses_git_facts(words: &[String], root: &Path) -> bool {
    let names_them = |text: &str| text.contains("INSTEP_");
    words.iter().any(|word| {
        names_them(word)
            || word
                .split(|c: char| c.is_whitespace() || "\"';&|()".contains(c))
                .filter(|part| part.contains('/') || part.contains('.'))
                .any(|part| {
                    let file = root.join(part);
                    let small = file.metadata().is_ok_and(|meta| meta.is_file() && meta.len() < 256 * 1024);
                    small && std::fs::read(&file).is_ok_and(|bytes| names_them(&String::from_utf8_lossy(&bytes)))
                })
    })
}
