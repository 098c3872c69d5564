//! A question on the terminal, asked until the answer is good. The questions are on stderr: stdout is for results.

use serde_json::Value;

use super::answers::{check, plain};
use super::manifest::{Kind, Question};
use crate::process;
use crate::report::style::{BAD, BOLD, DIM, paint};
use crate::report::table::columns;
use crate::report::{Report, Result, text};

/// What a person says.
pub enum Reply {
    /// This.
    Answer(Value),
    /// Ask me the one before again.
    Back,
}

/// Asks; none when the input ends.
///
/// # Errors
/// A signal that ends the wait.
pub fn question(question: &Question, default: Option<&Value>, can_go_back: bool, report: &Report) -> Result<Option<Reply>> {
    let mut default = default.cloned();
    let mut numbered = question.clone();
    if matches!(question.kind, Kind::Choice | Kind::MultiChoice) {
        list(&mut numbered, default.as_ref(), report);
    }
    loop {
        let Some(line) = read(&prompt(&numbered, default.as_ref(), can_go_back), report)? else { return Ok(None) };
        let text = match (line.as_str(), &default) {
            ("<", _) if can_go_back => return Ok(Some(Reply::Back)),
            ("", Some(default)) => plain(default),
            _ => by_number(question, &line),
        };
        match check(question, &text) {
            Ok(value) => return Ok(Some(Reply::Answer(value))),
            Err(bad) => {
                report.note(&format!("  {} {}", paint(BAD, "✗"), bad.what));
                // What was probably meant is one Enter away.
                default = bad.instead.and_then(|text| check(question, &text).ok()).or(default);
            }
        }
    }
}

/// Yes or no; `default` is what Enter says.
///
/// # Errors
/// A signal that ends the wait.
pub fn agree(what: &str, default: bool, report: &Report) -> Result<bool> {
    let hint = if default { " [Y/n]" } else { " [y/N]" };
    let line = read(&format!("{}{}: ", paint(BOLD, what), paint(DIM, hint)), report)?;
    Ok(line.is_some_and(|line| matches!(line.to_lowercase().as_str(), "y" | "yes") || (line.is_empty() && default)))
}

/// One of several, by name or number, each with its line; none when the input ends.
///
/// # Errors
/// A signal that ends the wait.
pub fn pick(what: &str, rows: &[(&str, &str)], report: &Report) -> Result<Option<String>> {
    let cells = |(number, (name, words)): (usize, &(&str, &str))| vec![(number + 1).to_string(), (*name).to_owned(), paint(DIM, words)];
    report.note(columns(&rows.iter().enumerate().map(cells).collect::<Vec<_>>(), 2).trim_end());
    let mut meant: Option<&str> = None;
    loop {
        let hint = meant.map(|name| paint(DIM, &format!(" [{name}]"))).unwrap_or_default();
        let Some(line) = read(&format!("{}{hint}: ", paint(BOLD, what)), report)? else { return Ok(None) };
        let line = if line.is_empty() { meant.unwrap_or_default() } else { &line };
        let number = line.parse::<usize>().ok().and_then(|number| rows.get(number.checked_sub(1)?));
        match number.or_else(|| rows.iter().find(|(name, _)| *name == line)) {
            Some((name, _)) => return Ok(Some((*name).to_owned())),
            None => report.note(&format!("  {} a number or a name of the list", paint(BAD, "✗"))),
        }
        meant = text::nearest(line, rows.iter().map(|(name, _)| *name)).or(meant);
    }
}

/// A line of the person; none when the input ends.
fn read(prompt: &str, report: &Report) -> Result<Option<String>> {
    report.prompt(prompt);
    let line = process::typed()?;
    Ok((!line.is_empty()).then(|| line.trim().to_owned()))
}

fn prompt(question: &Question, default: Option<&Value>, can_go_back: bool) -> String {
    let yes_no = match (question.kind, default) {
        (Kind::Bool, Some(Value::Bool(true))) => Some("Y/n".to_owned()),
        (Kind::Bool, Some(_)) => Some("y/N".to_owned()),
        _ => None,
    };
    let shown = yes_no.or_else(|| default.map(plain).map(|text| if text.is_empty() { "none".to_owned() } else { text }));
    let hint = shown.map(|text| paint(DIM, &format!(" [{text}]"))).unwrap_or_default();
    let back = if can_go_back { paint(DIM, " (< goes back)") } else { String::new() };
    format!("{}{hint}{back}: ", paint(BOLD, &question.description))
}

/// The choices, numbered.
fn list(question: &mut Question, default: Option<&Value>, report: &Report) {
    let chosen = default.map(plain).unwrap_or_default();
    for (number, choice) in question.choices.iter().enumerate() {
        let mark = if chosen.split(',').any(|item| item == choice) { "●" } else { "○" };
        report.note(&format!("  {} {mark} {choice}", paint(DIM, &(number + 1).to_string())));
    }
    if question.kind == Kind::MultiChoice {
        question.description.push_str(", several with commas, or none");
    }
}

/// Numbers of the list stand for its choices.
fn by_number(question: &Question, line: &str) -> String {
    if !matches!(question.kind, Kind::Choice | Kind::MultiChoice) {
        return line.to_owned();
    }
    let named = |word: &str| {
        let number = word.trim().parse::<usize>().ok().and_then(|number| question.choices.get(number.checked_sub(1)?));
        number.map_or_else(|| word.trim().to_owned(), Clone::clone)
    };
    line.split(',').map(named).collect::<Vec<_>>().join(",")
}
