//! The answers to a scaffold's questions: given, asked for, recorded, or the defaults.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;

use serde_json::Value;

use super::ask::{self, Reply};
use super::manifest::{Component, Kind, Manifest, Question, TextForm};
use super::render;
use crate::config::schema::Form;
use crate::config::value;
use crate::report::{Error, Report, Result, text};

/// The answers by name.
pub type Answers = BTreeMap<String, Value>;

/// What every scaffold knows without asking, and what can be set all the same.
const COMMON: [&str; 2] = ["context", "registry"];

/// What is wrong with an answer, and what would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// In words.
    pub what: String,
    /// What was probably meant.
    pub instead: Option<String>,
}

/// What becomes of the questions that nobody answered ahead.
#[derive(Clone, Copy)]
pub enum Rest<'a> {
    /// They get their defaults.
    Defaults,
    /// They are asked, where there is a terminal.
    Ask(&'a Report),
}

impl<'a> Rest<'a> {
    fn person(self) -> Option<&'a Report> {
        match self {
            Self::Ask(report) if std::io::stdin().is_terminal() => Some(report),
            Self::Ask(_) | Self::Defaults => None,
        }
    }
}

/// Answers every question.
///
/// `known`: what instep itself knows (the service's name …). `given`: `--set KEY=VALUE`, over the answers of a
/// file.
///
/// # Errors
/// Exit code 2 for an unknown or bad answer, and for a missing one without a terminal.
pub fn collect(manifest: &Manifest, known: Answers, given: &[String], rest: Rest) -> Result<Answers> {
    let mut answers = known;
    let given = pairs(given, manifest)?;
    answers.extend(common(&given));
    let mut person = rest.person().map(Person::new);
    let mut at = 0;
    while let Some((name, question)) = manifest.questions.get(at) {
        let default = default(question, &answers)?;
        let value = if !render::holds(question.when.as_deref(), &answers)? {
            empty(question.kind)
        } else if let Some(text) = given.get(name) {
            check(question, text).map_err(|bad| refused(name, text, &bad))?
        } else if matches!(rest, Rest::Defaults) {
            let text = plain(&default.ok_or_else(|| missing(name, None))?);
            check(question, &text).map_err(|bad| refused(name, &text, &bad))?
        } else if let Some(person) = &mut person {
            let Some(value) = person.answer(at, name, question, default.as_ref())? else {
                at = person.asked.pop().unwrap_or(at);
                continue;
            };
            value
        } else {
            return Err(missing(name, default.as_ref()));
        };
        answers.insert(name.clone(), value);
        at += 1;
    }
    Ok(answers)
}

/// Who is asked, which questions were, and what was said.
struct Person<'a> {
    report: &'a Report,
    asked: Vec<usize>,
    said: Answers,
}

impl<'a> Person<'a> {
    fn new(report: &'a Report) -> Self {
        Self { report, asked: Vec::new(), said: Answers::new() }
    }

    /// The answer; none: the question before is to be asked again. What was said is offered again, but for a default:
    /// that may be another one by now.
    fn answer(&mut self, at: usize, name: &str, question: &Question, default: Option<&Value>) -> Result<Option<Value>> {
        let offered = self.said.get(name).or(default).cloned();
        let reply = ask::question(question, offered.as_ref(), !self.asked.is_empty(), self.report)?;
        let Reply::Answer(value) = reply.ok_or_else(|| missing(name, offered.as_ref()))? else { return Ok(None) };
        self.asked.push(at);
        if default == Some(&value) {
            self.said.remove(name);
        } else {
            self.said.insert(name.to_owned(), value.clone());
        }
        Ok(Some(value))
    }
}

/// The recorded answers as the questions of a newer version, changed by `--set`. Nothing is asked: the
/// names of new questions, which get their default, come too.
///
/// # Errors
/// As [`collect`]; exit code 2 for a recorded answer that is none any more.
pub fn carry_over(manifest: &Manifest, recorded: &Answers, given: &[String]) -> Result<(Answers, Vec<String>)> {
    let given = pairs(given, manifest)?;
    let asked = |name: &String| manifest.question(name).is_some();
    let mut answers: Answers = recorded.iter().filter(|(name, _)| !asked(name)).map(|(k, v)| (k.clone(), v.clone())).collect();
    answers.extend(common(&given));
    let mut new = Vec::new();
    for (name, question) in &manifest.questions {
        // What was not asked at the time has no answer worth keeping.
        let kept = recorded.get(name).filter(|value| question.when.is_none() || **value != empty(question.kind));
        let text = given.get(name).cloned().or_else(|| kept.map(plain));
        let value = match text {
            _ if !render::holds(question.when.as_deref(), &answers)? => empty(question.kind),
            Some(text) => check(question, &text).map_err(|bad| refused(name, &text, &bad))?,
            None => {
                new.push(name.clone());
                default(question, &answers)?.ok_or_else(|| missing(name, None))?
            }
        };
        answers.insert(name.clone(), value);
    }
    Ok((answers, new))
}

/// The `--set`s that bring in a component: what a multi-choice has already stays.
pub fn with_component(manifest: &Manifest, component: &Component, recorded: &Answers) -> Vec<String> {
    let set = |(name, value): (&String, &toml::Value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let multiple = manifest.question(name).is_some_and(|question| question.kind == Kind::MultiChoice);
        let before = recorded.get(name).map(plain).filter(|before| multiple && !before.is_empty());
        let known = before.as_ref().is_some_and(|before| before.split(',').any(|item| item == text));
        match before {
            Some(before) if known => format!("{name}={before}"),
            Some(before) => format!("{name}={before},{text}"),
            None => format!("{name}={text}"),
        }
    };
    component.set.iter().map(set).collect()
}

/// The words that answer everything that is asked, as a shell takes them: `--set port=8080 …`.
pub fn as_flags(manifest: &Manifest, answers: &Answers) -> Vec<String> {
    let asked = |question: &Question| render::holds(question.when.as_deref(), answers).unwrap_or(true);
    let questions = manifest.questions.iter().filter(|(_, question)| asked(question)).map(|(name, _)| name.as_str());
    let answered = COMMON.into_iter().chain(questions).filter_map(|name| Some((name, answers.get(name)?)));
    answered.flat_map(|(name, value)| ["--set".to_owned(), format!("{name}={}", word(&plain(value)))]).collect()
}

/// One word for a shell; quotes only where they are needed.
fn word(text: &str) -> String {
    let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c));
    if plain { text.to_owned() } else { crate::process::quote(text) }
}

/// The answers of a file, as `--set` would give them.
///
/// # Errors
/// Exit code 2 for a file that is not there or not TOML.
pub fn from_file(file: &std::path::Path) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(file).map_err(|error| Error::usage(format!("can't read {}: {error}", file.display())))?;
    let table: toml::Table =
        text.parse().map_err(|error: toml::de::Error| Error::usage(format!("{}: {}", file.display(), error.message())))?;
    // The record of a repo holds its answers in a table.
    let answers = table.get("answers").and_then(toml::Value::as_table).unwrap_or(&table);
    let json = serde_json::to_value(answers).map_err(|error| Error::failed(error.to_string()))?;
    Ok(json.as_object().into_iter().flatten().map(|(name, value)| format!("{name}={}", plain(value))).collect())
}

/// A value as `--set` takes it.
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

fn pairs(given: &[String], manifest: &Manifest) -> Result<BTreeMap<String, String>> {
    let mut pairs = BTreeMap::new();
    for text in given {
        let (name, value) = text.split_once('=').ok_or_else(|| Error::usage(format!("--set takes KEY=VALUE, not `{text}`")))?;
        if !COMMON.contains(&name) && manifest.question(name).is_none() && !matches!(name, "name" | "package") {
            return Err(unknown(name, manifest));
        }
        pairs.insert(name.to_owned(), value.to_owned());
    }
    Ok(pairs)
}

fn common(given: &BTreeMap<String, String>) -> impl Iterator<Item = (String, Value)> {
    COMMON.into_iter().filter_map(|name| Some((name.to_owned(), Value::from(given.get(name)?.as_str()))))
}

fn default(question: &Question, answers: &Answers) -> Result<Option<Value>> {
    let Some(default) = &question.default else { return Ok(None) };
    Ok(Some(match default {
        toml::Value::String(template) => {
            let text = render::text(template, answers)?;
            check(question, &text).unwrap_or_else(|_| Value::from(text))
        }
        other => serde_json::to_value(other).map_err(|error| Error::failed(error.to_string()))?,
    }))
}

/// The answer to what is not asked.
fn empty(kind: Kind) -> Value {
    match kind {
        Kind::String | Kind::Choice => Value::from(""),
        Kind::Int => Value::from(0),
        Kind::Bool => Value::from(false),
        Kind::MultiChoice => Value::Array(Vec::new()),
    }
}

/// A text as the answer to a question.
pub(super) fn check(question: &Question, text: &str) -> Result<Value, Bad> {
    match question.kind {
        Kind::String => check_text(question.form, text),
        Kind::Int => {
            let (min, max) = (question.min.unwrap_or(i64::MIN), question.max.unwrap_or(i64::MAX));
            let inside = |number: i64| number.clamp(min, max).to_string();
            let number = text.parse::<i64>().map_err(|_| Bad {
                what: "it must be a whole number".into(),
                instead: text.chars().filter(char::is_ascii_digit).collect::<String>().parse().ok().map(inside),
            })?;
            if (min..=max).contains(&number) {
                return Ok(Value::from(number));
            }
            Err(Bad { what: format!("it must be between {min} and {max}"), instead: Some(inside(number)) })
        }
        Kind::Bool => match text.to_lowercase().as_str() {
            "yes" | "y" | "true" => Ok(Value::from(true)),
            "no" | "n" | "false" => Ok(Value::from(false)),
            _ => Err(Bad { what: "it must be yes or no".into(), instead: None }),
        },
        Kind::Choice => choice(question, text).map(Value::from),
        Kind::MultiChoice => {
            let items: Vec<&str> = text.split(',').map(str::trim).filter(|item| !item.is_empty() && *item != "none").collect();
            let chosen: Result<Vec<_>, _> = items.iter().map(|item| choice(question, item)).collect();
            let once = |chosen: Vec<&str>| {
                let first = |(at, item): &(usize, &str)| !chosen[..*at].contains(item);
                chosen.iter().copied().enumerate().filter(first).map(|(_, item)| Value::from(item)).collect()
            };
            chosen.map(|chosen| Value::Array(once(chosen))).map_err(|bad| Bad { instead: all_meant(question, &items), ..bad })
        }
    }
}

/// What was meant by several, when that is known of each.
fn all_meant(question: &Question, items: &[&str]) -> Option<String> {
    let meant = |item: &&str| choice(question, item).map(str::to_owned).or_else(|bad| bad.instead.ok_or(())).ok();
    Some(items.iter().map(meant).collect::<Option<Vec<_>>>()?.join(","))
}

fn choice<'a>(question: &Question, text: &'a str) -> Result<&'a str, Bad> {
    if question.choices.iter().any(|choice| choice == text) {
        return Ok(text);
    }
    let near = text::nearest(text, question.choices.iter().map(String::as_str)).map(str::to_owned);
    Err(Bad { what: format!("it must be one of {}", question.choices.join(", ")), instead: near })
}

fn check_text(form: Option<TextForm>, text: &str) -> Result<Value, Bad> {
    let checked = match form {
        Some(TextForm::Label) => value::check_form(Form::Label, text).map_err(|fault| Bad {
            what: format!("it {}", fault.what),
            instead: Some(value::label(text)).filter(|label| !label.is_empty()),
        }),
        Some(TextForm::Filled) if text.trim().is_empty() => Err(Bad { what: "it can't be empty".into(), instead: None }),
        None | Some(TextForm::Filled) => Ok(()),
    };
    checked.map(|()| Value::from(text))
}

fn missing(name: &str, default: Option<&Value>) -> Error {
    let example = default.map_or_else(|| "VALUE".to_owned(), plain);
    let help = format!("answer with --set {name}={example}");
    Error::usage(format!("`{name}` is not answered, and there is no terminal to ask")).help(match default {
        Some(_) => format!("{help}, or --yes for all defaults"),
        None => help,
    })
}

fn refused(name: &str, text: &str, bad: &Bad) -> Error {
    let error = Error::usage(format!("`{text}` is no answer for `{name}`: {}", bad.what));
    match &bad.instead {
        Some(instead) => error.help(format!("for example --set {name}={instead}")),
        None => error,
    }
}

fn unknown(name: &str, manifest: &Manifest) -> Error {
    let known: Vec<&str> = COMMON.into_iter().chain(manifest.questions.iter().map(|(name, _)| name.as_str())).collect();
    let error = Error::usage(format!("the scaffold {} does not ask for `{name}`", manifest.name));
    match text::nearest(name, known.iter().copied()) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help(format!("it asks for {}", text::list(&known))),
    }
}
