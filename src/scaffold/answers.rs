//! The answers to a scaffold's questions: given, asked for, or the defaults.

use std::collections::BTreeMap;
use std::io::{BufRead as _, IsTerminal as _, Write as _};

use serde_json::Value;

use super::manifest::{Kind, Manifest, Question};
use super::render;
use crate::report::{Error, Result, text};

/// The answers by name.
pub type Answers = BTreeMap<String, Value>;

/// Answers every question.
///
/// `known`: what instep itself knows (the service's name …). `given`: `--set KEY=VALUE`.
/// `defaults`: take the default of all others without asking.
///
/// # Errors
/// Exit code 2 for an unknown or bad answer, and for a missing one without a terminal.
pub fn collect(manifest: &Manifest, known: Answers, given: &[String], defaults: bool) -> Result<Answers> {
    let mut answers = known;
    let mut given = pairs(given)?;
    for (name, value) in &given {
        let common = matches!(name.as_str(), "context" | "registry");
        if common {
            answers.insert(name.clone(), Value::from(value.as_str()));
        } else if !manifest.questions.contains_key(name) {
            return Err(unknown(name, manifest));
        }
    }
    for (name, question) in &manifest.questions {
        let default = default(question, &answers)?;
        let value = match (given.remove(name), defaults) {
            (Some(text), _) => check(question, &text).map_err(|fault| bad(name, &text, &fault))?,
            (None, true) => default.ok_or_else(|| missing(name, None))?,
            (None, false) if std::io::stdin().is_terminal() => ask(name, question, default.as_ref())?,
            (None, false) => return Err(missing(name, default.as_ref())),
        };
        answers.insert(name.clone(), value);
    }
    Ok(answers)
}

/// The words that answer everything without asking: `--set port=8080 …`.
pub fn as_flags(manifest: &Manifest, answers: &Answers) -> Vec<String> {
    let names = ["context", "registry"].into_iter().chain(manifest.questions.keys().map(String::as_str));
    names
        .filter_map(|name| Some((name, answers.get(name)?)))
        .flat_map(|(name, value)| ["--set".to_owned(), format!("{name}={}", plain(value))])
        .collect()
}

fn pairs(given: &[String]) -> Result<BTreeMap<String, String>> {
    given
        .iter()
        .map(|text| {
            let pair = text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
            pair.ok_or_else(|| Error::usage(format!("--set takes KEY=VALUE, not `{text}`")))
        })
        .collect()
}

fn default(question: &Question, answers: &Answers) -> Result<Option<Value>> {
    let Some(default) = &question.default else { return Ok(None) };
    Ok(Some(match default {
        toml::Value::String(template) => Value::from(render::text(template, answers)?),
        toml::Value::Integer(n) => Value::from(*n),
        toml::Value::Boolean(flag) => Value::from(*flag),
        other => return Err(Error::usage(format!("broken scaffold: a default can't be {}", other.type_str()))),
    }))
}

fn check(question: &Question, text: &str) -> Result<Value, String> {
    match question.kind {
        Kind::String => Ok(Value::from(text)),
        Kind::Int => text.parse::<i64>().map(Value::from).map_err(|_| "it must be a whole number".to_owned()),
        Kind::Bool => match text {
            "yes" | "y" | "true" => Ok(Value::from(true)),
            "no" | "n" | "false" => Ok(Value::from(false)),
            _ => Err("it must be yes or no".to_owned()),
        },
        Kind::Choice if question.choices.iter().any(|choice| choice == text) => Ok(Value::from(text)),
        Kind::Choice => Err(format!("it must be one of {}", question.choices.join(", "))),
    }
}

/// Asks until the answer is good. The questions are on stderr: stdout is for results.
fn ask(name: &str, question: &Question, default: Option<&Value>) -> Result<Value> {
    let hint = default.map(|value| format!(" [{}]", plain(value))).unwrap_or_default();
    let choices = if question.choices.is_empty() { String::new() } else { format!(" ({})", question.choices.join(", ")) };
    loop {
        let mut err = std::io::stderr().lock();
        let _ = write!(err, "{}{choices}{hint}: ", question.description).and_then(|()| err.flush());
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        let line = line.trim();
        match (read, line.is_empty(), default) {
            (Ok(0) | Err(_), ..) => return Err(missing(name, default)),
            (_, true, Some(default)) => return Ok(default.clone()),
            _ => match check(question, line) {
                Ok(value) => return Ok(value),
                Err(fault) => drop(writeln!(err, "  {fault}")),
            },
        }
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn missing(name: &str, default: Option<&Value>) -> Error {
    let example = default.map_or_else(|| "VALUE".to_owned(), plain);
    Error::usage(format!("`{name}` is not answered, and there is no terminal to ask"))
        .help(format!("answer with --set {name}={example}, or --yes for all defaults"))
}

fn bad(name: &str, text: &str, fault: &str) -> Error {
    Error::usage(format!("`{text}` is no answer for `{name}`: {fault}"))
}

fn unknown(name: &str, manifest: &Manifest) -> Error {
    let known: Vec<&str> = ["context", "registry"].into_iter().chain(manifest.questions.keys().map(String::as_str)).collect();
    let error = Error::usage(format!("the scaffold {} does not ask for `{name}`", manifest.name));
    match text::nearest(name, known.iter().copied()) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help(format!("it asks for {}", text::list(&known))),
    }
}
