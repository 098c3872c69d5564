//! Checks as a person reads them, and as JSON.

use serde_json::{Value, json};

use super::probe::Probe;
use super::run::{Outcome, State, Summary};
use crate::plan::Plan;
use crate::report::style::{BAD, DIM, GOOD, paint};
use crate::report::{Error, Kind, Problem, Result, text};

/// How wide the columns are, so that lines that come one by one still line up.
pub(super) struct Widths {
    name: usize,
    what: usize,
}

impl Widths {
    pub(super) fn of(plan: &Plan<Probe>) -> Self {
        let widest = |length: &dyn Fn(&Probe) -> usize| plan.steps.iter().map(|step| length(&step.action)).max().unwrap_or(0);
        let asked = |probe: &Probe| if probe.skip.is_none() { probe.what().chars().count() } else { 0 };
        Self { name: widest(&|probe| probe.name.chars().count()), what: widest(&asked) }
    }
}

/// `✓ health  GET /health → 200  3 ms`.
pub(super) fn line(outcome: &Outcome, widths: &Widths) -> String {
    let probe = &outcome.probe;
    let name = format!("{:width$}", probe.name, width = widths.name);
    let what = format!("{:width$}", probe.what(), width = widths.what);
    let came = outcome.answer.as_ref().map_or_else(|| " ".repeat(3), |answer| answer.status.to_string());
    let took = outcome.answer.as_ref().map(|answer| text::latency(answer.latency)).unwrap_or_default();
    let (sign, rest) = match &outcome.state {
        State::Skipped(reason) => return format!("{} {name}  {}", paint(DIM, "–"), paint(DIM, reason)),
        State::Passed if outcome.tries.is_empty() => (paint(GOOD, "✓"), paint(DIM, &took)),
        State::Passed => (paint(GOOD, "✓"), paint(DIM, &format!("{took}  ({})", history(outcome)))),
        State::Failed(mismatch) if outcome.answer.is_none() => (paint(BAD, "✗"), mismatch.actual.clone()),
        State::Failed(mismatch) => (paint(BAD, "✗"), format!("{}  expected {}", paint(DIM, &took), mismatch.expected)),
        State::TimedOut(_) => (paint(BAD, "✗"), format!("{} in {}", tries(&outcome.tries), text::elapsed(outcome.elapsed))),
    };
    format!("{sign} {name}  {what} → {came}  {rest}").replace("→      ", "→ ")
}

/// `refused ×14, 503 ×3`.
pub(super) fn tries(tries: &[(String, usize)]) -> String {
    tries.iter().map(|(word, n)| format!("{word} ×{n}")).collect::<Vec<_>>().join(", ")
}

/// `refused ×14, then 200 after 2.4 s`.
fn history(outcome: &Outcome) -> String {
    let status = outcome.answer.as_ref().map_or(0, |answer| answer.status);
    format!("{}, then {status} after {}", tries(&outcome.tries), text::elapsed(outcome.elapsed))
}

impl Summary {
    /// How many passed, failed (the deadline included) and were skipped.
    pub fn counts(&self) -> (usize, usize, usize) {
        let count = |wanted: fn(&State) -> bool| self.outcomes.iter().filter(|outcome| wanted(&outcome.state)).count();
        (
            count(|state| matches!(state, State::Passed)),
            count(|state| matches!(state, State::Failed(_) | State::TimedOut(_))),
            count(|state| matches!(state, State::Skipped(_))),
        )
    }

    /// `5 checks: 4 passed, 1 skipped`.
    pub fn words(&self) -> String {
        let (passed, failed, skipped) = self.counts();
        let parts = [(passed, "passed"), (failed, "failed"), (skipped, "skipped")];
        if passed == self.outcomes.len() {
            return format!("{} passed", text::count(passed, "check"));
        }
        let parts: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
        format!("{}: {}", text::count(self.outcomes.len(), "check"), parts.join(", "))
    }

    /// Whether all is well.
    ///
    /// # Errors
    /// Exit code 1 for a failed check and when none was run at all, 4 for the deadline.
    pub fn verdict(&self) -> Result<()> {
        let (passed, failed, _) = self.counts();
        if passed + failed == 0 {
            return Err(Error::failed("no check was run, so nothing is proved")
                .help("add [smoke-test.checks.NAME] with `path = \"/…\"`, or look at why all were skipped"));
        }
        let problems: Vec<Problem> = self.outcomes.iter().filter_map(problem).collect();
        let wrong = self.outcomes.iter().any(|outcome| matches!(outcome.state, State::Failed(_)));
        let kind = if wrong { Kind::Failed } else { Kind::TimedOut };
        if problems.is_empty() { Ok(()) } else { Err(Error::of(kind, problems)) }
    }

    /// All of it as JSON.
    pub fn json(&self) -> Value {
        let (passed, failed, skipped) = self.counts();
        json!({
            "passed": passed,
            "failed": failed,
            "skipped": skipped,
            "seconds": seconds(self.elapsed),
            "checks": self.outcomes.iter().map(outcome_json).collect::<Vec<_>>(),
        })
    }
}

fn problem(outcome: &Outcome) -> Option<Problem> {
    let probe = &outcome.probe;
    let mut notes = Vec::new();
    let fault = match &outcome.state {
        State::Passed | State::Skipped(_) => return None,
        State::Failed(mismatch) if outcome.answer.is_none() => mismatch.actual.clone(),
        State::Failed(mismatch) => format!("expected {}, got {}", mismatch.expected, mismatch.actual),
        State::TimedOut(reason) => {
            notes.push(format!("the last try: {reason}"));
            format!("no right answer in {}: {}", text::elapsed(outcome.elapsed), tries(&outcome.tries))
        }
    };
    notes.extend(outcome.answer.as_ref().and_then(|answer| excerpt(&answer.body)).map(|body| format!("the answer's body:\n{body}")));
    notes.push(format!("to ask again: {}", probe.curl()));
    let wrong = matches!(outcome.state, State::Failed(_)) && outcome.answer.is_some();
    let help = probe.help.clone().filter(|_| wrong).into_iter().collect();
    Some(Problem { message: format!("check {}: {fault}", probe.name), place: probe.place.clone(), notes, help })
}

/// The first lines of a body; nothing of it can steer a terminal.
fn excerpt(body: &[u8]) -> Option<String> {
    const LINES: usize = 10;
    const CHARS: usize = 600;
    let text = String::from_utf8_lossy(&body[..body.len().min(4 * CHARS)]);
    let clean: String = text.trim().chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect();
    let short: String = clean.lines().take(LINES).collect::<Vec<_>>().join("\n").chars().take(CHARS).collect();
    let more = if short.len() < clean.len() || body.len() > 4 * CHARS { "…" } else { "" };
    (!short.is_empty()).then(|| format!("{short}{more}"))
}

fn outcome_json(outcome: &Outcome) -> Value {
    let probe = &outcome.probe;
    let mut json = json!({
        "name": probe.name,
        "outcome": state_name(&outcome.state),
        "method": probe.method,
        "url": probe.url,
        "seconds": seconds(outcome.elapsed),
    });
    let mut set = |key: &str, value: Value| json[key] = value;
    if let Some(answer) = &outcome.answer {
        set("status", json!(answer.status));
        set("latency", json!(seconds(answer.latency)));
    }
    if !outcome.tries.is_empty() {
        set("tries", outcome.tries.iter().map(|(word, n)| json!({ "reason": word, "count": n })).collect());
    }
    match &outcome.state {
        State::Failed(mismatch) => {
            set("expected", json!(mismatch.expected));
            set("actual", json!(mismatch.actual));
        }
        State::TimedOut(reason) | State::Skipped(reason) => set("reason", json!(reason)),
        State::Passed => {}
    }
    if matches!(outcome.state, State::Failed(_) | State::TimedOut(_)) {
        set("curl", json!(probe.curl()));
    }
    json
}

fn state_name(state: &State) -> &'static str {
    match state {
        State::Passed => "passed",
        State::Failed(_) => "failed",
        State::TimedOut(_) => "timed-out",
        State::Skipped(_) => "skipped",
    }
}

fn seconds(time: std::time::Duration) -> f64 {
    (time.as_secs_f64() * 1_000_000.0).round() / 1_000_000.0
}
