//! Runs checks against one deadline: what is not there yet is tried again, a wrong answer is not.

use std::time::{Duration, Instant};

use super::http::{Answer, Client};
use super::judge::{Mismatch, Verdict, judge};
use super::probe::Probe;
use super::show;
use crate::plan::Plan;
use crate::process::cancel;
use crate::report::{Report, Result};

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

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
}

/// A check that has ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was asked.
    pub probe: Probe,
    /// How it ended.
    pub state: State,
    /// The last answer.
    pub answer: Option<Answer>,
    /// Tries in vain: a word for each reason, in the order in which they came, and how often.
    pub tries: Vec<(String, usize)>,
    /// With all tries.
    pub elapsed: Duration,
}

/// What all checks gave.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// One for each check, in the order of the plan.
    pub outcomes: Vec<Outcome>,
    /// For all of them.
    pub elapsed: Duration,
}

/// Runs the checks, one after the other, and tells the report.
///
/// # Errors
/// Only when we are asked to stop; [`Summary::verdict`] tells what failed.
pub fn run(plan: &Plan<Probe>, deadline: Duration, report: &Report) -> Result<Summary> {
    let begin = Instant::now();
    let tls = plan.steps.iter().any(|step| step.action.url.starts_with("https://"));
    let client = Client::new(tls)?;
    let end = begin + deadline;
    let widths = show::Widths::of(plan);
    let mut summary = Summary::default();
    for step in &plan.steps {
        let outcome = one(&client, &step.action, end, report)?;
        report.result(&show::line(&outcome, &widths));
        summary.outcomes.push(outcome);
    }
    summary.elapsed = begin.elapsed();
    Ok(summary)
}

fn one(client: &Client, probe: &Probe, end: Instant, report: &Report) -> Result<Outcome> {
    let begin = Instant::now();
    let mut outcome = Outcome { probe: probe.clone(), state: State::Passed, answer: None, tries: Vec::new(), elapsed: Duration::ZERO };
    if let Some(reason) = &probe.skip {
        outcome.state = State::Skipped(reason.clone());
        return Ok(outcome);
    }
    if Instant::now() >= end {
        outcome.state = State::Skipped("not run: the deadline has passed".to_owned());
        return Ok(outcome);
    }
    outcome.state = until_answered(client, probe, end, &mut outcome, report)?;
    outcome.elapsed = begin.elapsed();
    Ok(outcome)
}

/// Asks until there is a right or a wrong answer, or the time is over.
fn until_answered(client: &Client, probe: &Probe, end: Instant, outcome: &mut Outcome, report: &Report) -> Result<State> {
    let mut pause = FIRST_PAUSE;
    let mut last = None;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let (word, reason) = match client.send(probe.request(left))? {
            Ok(answer) => {
                let verdict = judge(&probe.expect, &answer);
                outcome.answer = Some(answer);
                match verdict {
                    Verdict::Right => return Ok(State::Passed),
                    Verdict::Wrong(mismatch) => return Ok(State::Failed(mismatch)),
                    Verdict::NotYet(status) => (status.clone(), format!("it answers {status}")),
                }
            }
            Err(fault) if fault.passing() => (fault.word().to_owned(), fault.to_string()),
            Err(fault) => {
                outcome.answer = None;
                return Ok(State::Failed(Mismatch { expected: "an answer".to_owned(), actual: fault.to_string() }));
            }
        };
        let now = Instant::now();
        // A try that the deadline cut short says less than the one before.
        if let Some(last) = last.take_if(|_| now >= end && left < probe.timeout) {
            return Ok(State::TimedOut(last));
        }
        count(&mut outcome.tries, word);
        if now >= end {
            return Ok(State::TimedOut(reason));
        }
        last = Some(reason);
        report.transient(&format!("  {}: {}", probe.name, show::tries(&outcome.tries)));
        cancel::sleep(pause.min(end - now))?;
        pause = (pause * 3 / 2).min(LONGEST_PAUSE);
    }
}

fn count(tries: &mut Vec<(String, usize)>, word: String) {
    match tries.iter_mut().find(|(known, _)| *known == word) {
        Some((_, n)) => *n += 1,
        None => tries.push((word, 1)),
    }
}
