//! What all checks gave: the verdict with all that helps, and JSON.

use std::time::Duration;

use serde_json::{Value, json};

use super::judge::Mismatch;
use super::probe::{Ask, Probe};
use super::send::Came;
use super::show::{excerpt, tries};
use crate::report::style::{BAD, BOLD, DIM, GOOD, WARN, paint};
use crate::report::table::columns;
use crate::report::{Error, Kind, Place, Problem, Result, text};

/// How a check ended.
#[derive(Clone, Debug)]
pub enum State {
    /// As it must be.
    Passed,
    /// A wrong answer.
    Failed(Mismatch),
    /// No right answer before the deadline; the last reason.
    TimedOut(String),
    /// Not run, and why.
    Skipped(String),
    /// Wrong, which is only said.
    Warned(Mismatch),
}

/// A check that has ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was asked.
    pub probe: Probe,
    /// How it ended.
    pub state: State,
    /// The last answer.
    pub(super) came: Option<Came>,
    /// Tries in vain: a word for each reason, in the order in which they came, and how often.
    pub tries: Vec<(String, usize)>,
    /// With all tries.
    pub elapsed: Duration,
}

impl Outcome {
    pub(super) fn new(probe: &Probe) -> Self {
        Self { probe: probe.clone(), state: State::Passed, came: None, tries: Vec::new(), elapsed: Duration::ZERO }
    }

    pub(super) fn skipped(probe: &Probe, reason: String) -> Self {
        Self { state: State::Skipped(reason), ..Self::new(probe) }
    }

    pub(super) fn failed(probe: &Probe, mismatch: Mismatch) -> State {
        if probe.optional { State::Warned(mismatch) } else { State::Failed(mismatch) }
    }

    /// What is wrong, with the question as a line that can be pasted.
    pub(super) fn problem(&self) -> Option<Problem> {
        let probe = &self.probe;
        let mut notes = Vec::new();
        let answered = self.came.is_some();
        let fault = match &self.state {
            State::Passed | State::Skipped(_) => return None,
            State::Failed(mismatch) | State::Warned(mismatch) if !answered => mismatch.actual.clone(),
            State::Failed(mismatch) | State::Warned(mismatch) => beside(mismatch, &mut notes),
            State::TimedOut(reason) => {
                notes.push(format!("the last try: {reason}"));
                format!("no right answer in {}: {}", text::elapsed(self.elapsed), tries(&self.tries))
            }
        };
        notes.extend(self.part().map(|body| format!("{}:\n{body}", self.part_name())));
        notes.push(format!("to ask again: {}", probe.line()));
        let wrong = matches!(self.state, State::Failed(_) | State::Warned(_)) && answered;
        let help = probe.help.clone().filter(|_| wrong).into_iter().collect();
        Some(Problem { message: format!("check {}: {fault}", probe.name), place: self.place(), notes, help })
    }

    /// The expectation that was not met; else the check itself.
    fn place(&self) -> Option<Place> {
        let key = match &self.state {
            State::Failed(mismatch) | State::Warned(mismatch) => mismatch.key.as_str(),
            _ => "",
        };
        let written = self.probe.places.iter().find(|(known, _)| known == key);
        written.map(|(_, place)| place.clone()).or_else(|| self.probe.place.clone())
    }

    /// The part of the answer that matters.
    fn part(&self) -> Option<String> {
        let mismatch = match &self.state {
            State::Failed(mismatch) | State::Warned(mismatch) => mismatch.excerpt.as_deref(),
            _ => None,
        };
        match (mismatch, &self.came) {
            (Some(part), _) => excerpt(part),
            (None, Some(came)) => excerpt(&String::from_utf8_lossy(&came.answer.body[..came.answer.body.len().min(8192)])),
            (None, None) => None,
        }
    }

    fn part_name(&self) -> &'static str {
        match (&self.probe.ask, &self.state) {
            (Ask::Command { .. }, _) => "it printed",
            (_, State::Failed(Mismatch { excerpt: Some(_), .. }) | State::Warned(Mismatch { excerpt: Some(_), .. })) => {
                "this part of the answer's body"
            }
            _ => "the answer's body",
        }
    }

    /// The word for how it ended, in JSON.
    pub(super) fn word(&self) -> &'static str {
        match &self.state {
            State::Passed => "passed",
            State::Failed(_) => "failed",
            State::TimedOut(_) => "timed-out",
            State::Skipped(_) => "skipped",
            State::Warned(_) => "warned",
        }
    }

    fn json(&self) -> Value {
        let probe = &self.probe;
        let mut json = json!({ "name": probe.name, "outcome": self.word(), "seconds": seconds(self.elapsed) });
        let mut set = |key: &str, value: Value| json[key] = value;
        if let Ask::Http(http) = &probe.ask {
            set("method", json!(http.method));
            set("url", json!(http.url));
        } else if !matches!(self.state, State::Skipped(_)) {
            set("asked", json!(probe.what()));
        }
        if let Some(came) = &self.came {
            if came.answer.status > 0 {
                set("status", json!(came.answer.status));
            }
            set("latency", json!(seconds(came.answer.latency)));
            set("first-byte", json!(seconds(came.answer.first_byte)));
            if !came.redirects.is_empty() {
                set("redirects", json!(came.redirects));
            }
        }
        if !self.tries.is_empty() {
            set("tries", self.tries.iter().map(|(word, n)| json!({ "reason": word, "count": n })).collect());
        }
        match &self.state {
            State::Failed(mismatch) | State::Warned(mismatch) => {
                set("expected", json!(mismatch.expected));
                set("actual", json!(mismatch.actual));
            }
            State::TimedOut(reason) | State::Skipped(reason) => set("reason", json!(reason)),
            State::Passed => {}
        }
        if self.problem().is_some() {
            set(if matches!(probe.ask, Ask::Http(_)) { "curl" } else { "command" }, json!(probe.line()));
        }
        json
    }
}

/// What was expected beside what came: on one line where both fit, else one above the other.
fn beside(mismatch: &Mismatch, notes: &mut Vec<String>) -> String {
    const FITS: usize = 110;
    let (expected, actual) = (&mismatch.expected, &mismatch.actual);
    if expected.chars().count() + actual.chars().count() <= FITS && !expected.contains('\n') && !actual.contains('\n') {
        return format!("expected {expected}, got {actual}");
    }
    notes.push(format!("expected  {expected}\ngot       {actual}"));
    "not what was expected".to_owned()
}

/// What all checks gave.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// One for each check, in the order of the plan.
    pub outcomes: Vec<Outcome>,
    /// For all of them.
    pub elapsed: Duration,
}

impl Summary {
    fn count(&self, wanted: fn(&State) -> bool) -> usize {
        self.outcomes.iter().filter(|outcome| wanted(&outcome.state)).count()
    }

    /// `5 checks: 4 passed, 1 skipped`.
    pub fn words(&self) -> String {
        let parts = self.parts();
        if parts[0].0 == self.outcomes.len() {
            return format!("{} passed", text::count(parts[0].0, "check"));
        }
        let parts: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
        format!("{}: {}", text::count(self.outcomes.len(), "check"), parts.join(", "))
    }

    pub(super) fn parts(&self) -> [(usize, &'static str); 4] {
        [
            (self.count(|state| matches!(state, State::Passed)), "passed"),
            (self.count(|state| matches!(state, State::Failed(_) | State::TimedOut(_))), "failed"),
            (self.count(|state| matches!(state, State::Warned(_))), "warned"),
            (self.count(|state| matches!(state, State::Skipped(_))), "skipped"),
        ]
    }

    /// What is only said.
    pub fn warnings(&self) -> Vec<Problem> {
        self.outcomes.iter().filter(|outcome| matches!(outcome.state, State::Warned(_))).filter_map(Outcome::problem).collect()
    }

    /// Whether all is well.
    ///
    /// # Errors
    /// Exit code 1 for a failed check and when none was run at all, 4 for the deadline.
    pub fn verdict(&self) -> Result<()> {
        if self.outcomes.iter().all(|outcome| matches!(outcome.state, State::Skipped(_))) {
            return Err(Error::failed("no check was run, so nothing is proved")
                .help("add [smoke-test.checks.NAME] with `path = \"/…\"`, or look at why all were skipped"));
        }
        let bad = |outcome: &&Outcome| matches!(outcome.state, State::Failed(_) | State::TimedOut(_));
        let problems: Vec<Problem> = self.outcomes.iter().filter(bad).filter_map(Outcome::problem).collect();
        let wrong = self.count(|state| matches!(state, State::Failed(_))) > 0;
        let kind = if wrong { Kind::Failed } else { Kind::TimedOut };
        if problems.is_empty() { Ok(()) } else { Err(Error::of(kind, problems)) }
    }

    /// All of it as JSON.
    pub fn json(&self) -> Value {
        let mut json = json!({ "seconds": seconds(self.elapsed), "checks": self.outcomes.iter().map(Outcome::json).collect::<Vec<_>>() });
        for (n, word) in self.parts() {
            json[word] = n.into();
        }
        json
    }
}

/// Several targets in one table: a row for each check, a column for each target.
pub fn table(runs: &[(String, Summary)]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for outcome in runs.iter().flat_map(|(_, summary)| &summary.outcomes) {
        if !names.contains(&outcome.probe.name.as_str()) {
            names.push(&outcome.probe.name);
        }
    }
    let heads = runs.iter().map(|(target, _)| paint(BOLD, target));
    let mut rows: Vec<Vec<String>> = vec![std::iter::once(String::new()).chain(heads).collect()];
    for name in names {
        let cell = |summary: &Summary| summary.outcomes.iter().find(|outcome| outcome.probe.name == name).map_or_else(String::new, cell);
        rows.push(std::iter::once(name.to_owned()).chain(runs.iter().map(|(_, summary)| cell(summary))).collect());
    }
    columns(&rows, 0)
}

fn cell(outcome: &Outcome) -> String {
    let word = outcome.came.as_ref().map(|came| format!(" {}", came.word)).unwrap_or_default();
    let took = outcome.came.as_ref().map(|came| format!("  {}", text::latency(came.answer.latency))).unwrap_or_default();
    match &outcome.state {
        State::Passed => format!("{}{word}{}", paint(GOOD, "✓"), paint(DIM, &took)),
        State::Warned(_) => format!("{}{word}", paint(WARN, "!")),
        State::Failed(_) => format!("{}{word}", paint(BAD, "✗")),
        State::TimedOut(_) => format!("{} {}", paint(BAD, "✗"), tries(&outcome.tries)),
        State::Skipped(_) => paint(DIM, "–"),
    }
}

pub(super) fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1_000_000.0).round() / 1_000_000.0
}
