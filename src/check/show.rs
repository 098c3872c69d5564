//! Checks as lines that a person reads.

use std::time::Duration;

use super::probe::Probe;
use super::summary::{Outcome, State};
use crate::plan::Plan;
use crate::report::style::{BAD, DIM, GOOD, WARN, paint};
use crate::report::text;

/// How wide the columns are, so that lines that come one by one still line up.
pub(super) struct Widths {
    name: usize,
    what: usize,
}

/// What is asked is shown up to this length.
const WIDEST: usize = 48;

impl Widths {
    pub(super) fn of(plan: &Plan<Probe>) -> Self {
        let widest = |length: &dyn Fn(&Probe) -> usize| plan.steps.iter().map(|step| length(&step.action)).max().unwrap_or(0);
        let asked = |probe: &Probe| if probe.skip.is_none() { what(probe).chars().count() } else { 0 };
        Self { name: widest(&|probe| probe.name.chars().count()), what: widest(&asked) }
    }
}

fn what(probe: &Probe) -> String {
    let what = probe.what();
    if what.chars().count() <= WIDEST { what } else { what.chars().take(WIDEST - 1).chain(['…']).collect() }
}

/// `✓ health  GET /health → 200  3 ms`.
pub(super) fn line(outcome: &Outcome, widths: &Widths) -> String {
    let probe = &outcome.probe;
    let name = format!("{:width$}", probe.name, width = widths.name);
    let what = format!("{:width$}", what(probe), width = widths.what);
    let (word, took) = match &outcome.came {
        Some(came) => (format!("→ {:3}  ", came.word), text::latency(came.answer.latency)),
        None => ("→ ".to_owned(), String::new()),
    };
    let said = |mismatch: &super::Mismatch| match outcome.came {
        Some(_) => format!("{}  expected {}", paint(DIM, &took), first_line(&mismatch.expected)),
        None => first_line(&mismatch.actual).to_owned(),
    };
    let (sign, rest) = match &outcome.state {
        State::Skipped(reason) => return format!("{} {name}  {}", paint(DIM, "–"), paint(DIM, reason)),
        State::Passed if outcome.tries.is_empty() => (paint(GOOD, "✓"), paint(DIM, &took)),
        State::Passed => (paint(GOOD, "✓"), paint(DIM, &format!("{took}  ({})", history(outcome)))),
        State::Warned(mismatch) => (paint(WARN, "!"), said(mismatch)),
        State::Failed(mismatch) => (paint(BAD, "✗"), said(mismatch)),
        State::TimedOut(_) => {
            let how = format!("{} in {}", tries(&outcome.tries), text::elapsed(outcome.elapsed));
            return format!("{} {name}  {what} → {how}", paint(BAD, "✗"));
        }
    };
    format!("{sign} {name}  {what} {word}{rest}")
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// `refused ×3, 503 ×2`.
pub(super) fn tries(tries: &[(String, usize)]) -> String {
    tries.iter().map(|(word, n)| format!("{word} ×{n}")).collect::<Vec<_>>().join(", ")
}

/// `refused ×14, 503 ×3, then 200 after 21.4 s`.
pub(super) fn history(outcome: &Outcome) -> String {
    story(&outcome.tries, outcome.came.as_ref().map_or("", |came| came.word.as_str()), outcome.elapsed)
}

/// Tries in vain, then this.
pub(super) fn story(vain: &[(String, usize)], then: &str, after: Duration) -> String {
    format!("{}, then {then} after {}", tries(vain), text::elapsed(after))
}

/// The first lines of a text from outside; nothing of it can steer a terminal.
pub(super) fn excerpt(text: &str) -> Option<String> {
    const LINES: usize = 12;
    const CHARS: usize = 700;
    let begin: String = text.trim().chars().take(4 * CHARS).collect();
    let clean: String =
        begin.replace("\r\n", "\n").chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect();
    let short: String = clean.lines().take(LINES).collect::<Vec<_>>().join("\n").chars().take(CHARS).collect();
    let more = if short.len() < clean.len() || begin.len() < text.trim().len() { "…" } else { "" };
    (!short.is_empty()).then(|| format!("{short}{more}"))
}
