//! Runs checks against one deadline, side by side where captures allow: what is not there yet is tried
//! again, a wrong answer only where that is asked for.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use futures_util::stream::{FuturesUnordered, StreamExt as _};

use super::capture::capture;
use super::fill::{self, Values};
use super::judge::{Mismatch, Verdict, judge};
use super::probe::{Ask, Probe};
use super::send::{Came, send};
use super::show;
use super::summary::{Outcome, State, Summary};
use crate::http::{self, Client, Tls};
use crate::plan::Plan;
use crate::report::{Report, Result};

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// How many checks run at once, unless said otherwise.
const AT_ONCE: usize = 8;

/// What a run keeps to.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// When it ends.
    pub end: Instant,
    /// How many checks run at once.
    pub jobs: Option<usize>,
}

/// Runs the checks, and tells the report in the order of the plan.
///
/// # Errors
/// Only when we are asked to stop, or no client can be made; [`Summary::verdict`] tells what failed.
pub fn run(plan: &Plan<Probe>, limits: Limits, report: &Report) -> Result<Summary> {
    let begin = Instant::now();
    let probes: Vec<&Probe> = plan.steps.iter().map(|step| &step.action).collect();
    let run = Run { client: client(&probes)?, values: RefCell::default(), limits, report };
    let widths = show::Widths::of(plan);
    let mut shown = 0;
    let mut done: Vec<Option<Outcome>> = probes.iter().map(|_| None).collect();
    let mut tell = |done: &[Option<Outcome>]| {
        while let Some(Some(outcome)) = done.get(shown) {
            report.result(&show::line(outcome, &widths));
            shown += 1;
        }
    };
    http::run(run.all(&probes, &mut done, &mut tell))?;
    Ok(Summary { outcomes: done.into_iter().flatten().collect(), elapsed: begin.elapsed() })
}

/// CA certificates are read only where TLS is spoken, or may be after a redirect.
pub(super) fn client(probes: &[&Probe]) -> Result<Client> {
    let https = |probe: &&Probe| matches!(&probe.ask, Ask::Http(http) if http.base.is_tls() && http.tls.is_none());
    let follows = |probe: &&Probe| matches!(&probe.ask, Ask::Http(http) if http.follow);
    match (probes.iter().any(https), probes.iter().any(follows)) {
        (true, _) => Client::new(Some(&Tls::default())),
        (false, true) => Client::new(Some(&Tls::default())).or_else(|_| Client::new(None)),
        (false, false) => Client::new(None),
    }
}

struct Run<'a> {
    client: Client,
    values: RefCell<Values>,
    limits: Limits,
    report: &'a Report,
}

/// Whether a check can begin.
enum Turn {
    Now,
    Later,
    Never(String),
}

impl Run<'_> {
    /// Runs all; `tell` is called whenever one has ended. Until the service has answered once, only one asks.
    async fn all(&self, probes: &[&Probe], done: &mut [Option<Outcome>], tell: &mut dyn FnMut(&[Option<Outcome>])) {
        let most = self.limits.jobs.unwrap_or(AT_ONCE).max(1);
        let mut running = FuturesUnordered::new();
        let mut started = vec![false; probes.len()];
        loop {
            for (i, probe) in probes.iter().enumerate() {
                let at_once = if done.iter().flatten().any(|outcome| !matches!(outcome.state, State::Skipped(_))) { most } else { 1 };
                if started[i] || running.len() >= at_once {
                    continue;
                }
                match turn(probe, probes, done) {
                    Turn::Later => {}
                    Turn::Never(reason) => {
                        started[i] = true;
                        done[i] = Some(Outcome::skipped(probe, reason));
                    }
                    Turn::Now => {
                        started[i] = true;
                        running.push(async move { (i, self.check(probe).await) });
                    }
                }
            }
            tell(done);
            match running.next().await {
                Some((i, outcome)) => done[i] = Some(outcome),
                None if started.iter().all(|started| *started) => return,
                // Something that was passed over waited for a check that was skipped just now.
                None => {}
            }
        }
    }

    async fn check(&self, probe: &Probe) -> Outcome {
        let probe = fill::filled(probe, &self.values.borrow());
        probe.secrets().for_each(|secret| self.report.masker.add(secret));
        if let Some(reason) = &probe.skip {
            return Outcome::skipped(&probe, reason.clone());
        }
        if Instant::now() >= self.limits.end {
            return Outcome::skipped(&probe, "not run: the deadline has passed".to_owned());
        }
        let begin = Instant::now();
        let mut outcome = Outcome::new(&probe);
        outcome.state = self.until_answered(&probe, &mut outcome).await;
        outcome.elapsed = begin.elapsed();
        outcome
    }

    /// Asks until there is a right or a wrong answer, or the time is over.
    async fn until_answered(&self, probe: &Probe, outcome: &mut Outcome) -> State {
        let end = self.limits.end;
        let mut pause = FIRST_PAUSE;
        let mut last: Option<Last> = None;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let try_ = match send(probe, &self.client, left).await {
                Ok(came) => match self.meaning(probe, came, outcome) {
                    Ok(state) => return state,
                    Err(last) => last,
                },
                Err(fault) if fault.passing() => Last { word: fault.word().to_owned(), reason: fault.to_string(), wrong: None },
                Err(fault) => {
                    outcome.came = None;
                    return Outcome::failed(probe, *Mismatch::boxed("an answer", fault.to_string()));
                }
            };
            let now = Instant::now();
            // A try that the deadline cut short says less than the one before.
            if let Some(last) = last.take_if(|_| now >= end && left < probe.timeout) {
                return last.state(probe);
            }
            count(&mut outcome.tries, &try_.word);
            if now >= end {
                return try_.state(probe);
            }
            last = Some(try_);
            self.report.transient(&format!("  {}: {}", probe.name, show::tries(&outcome.tries)));
            tokio::time::sleep(pause.min(end - now)).await;
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
        }
    }

    /// How a check ended with this answer; else why it goes on.
    fn meaning(&self, probe: &Probe, came: Came, outcome: &mut Outcome) -> std::result::Result<State, Last> {
        let verdict = match judge(probe, &came) {
            Verdict::Right => match capture(&probe.capture, &came.answer) {
                Ok(values) => {
                    self.keep(probe, values);
                    Verdict::Right
                }
                Err(mismatch) => Verdict::Wrong(mismatch),
            },
            other => other,
        };
        let word = came.word.clone();
        outcome.came = Some(came);
        match verdict {
            Verdict::Right => Ok(State::Passed),
            Verdict::Wrong(mismatch) if probe.retry => {
                let word = wrong_word(probe, &word);
                Err(Last { word, reason: format!("expected {}, got {}", mismatch.expected, mismatch.actual), wrong: Some(mismatch) })
            }
            Verdict::Wrong(mismatch) => Ok(Outcome::failed(probe, *mismatch)),
            Verdict::NotYet(word) => Err(Last { reason: format!("it answers {word}"), word, wrong: None }),
        }
    }

    fn keep(&self, probe: &Probe, values: Values) {
        for capture in probe.capture.iter().filter(|capture| capture.mask) {
            if let Some(value) = values.get(&capture.name) {
                self.report.masker.add(&fill::plain(value));
            }
        }
        self.values.borrow_mut().extend(values);
    }
}

/// A wrong answer in a word: with the right status something else is wrong.
pub(super) fn wrong_word(probe: &Probe, word: &str) -> String {
    let right_status = word.parse().is_ok_and(|status| probe.expect.status.iter().any(|wanted| wanted.holds(status)));
    if right_status { format!("{word} but wrong") } else { word.to_owned() }
}

/// A try that gave no right answer.
struct Last {
    word: String,
    reason: String,
    wrong: Option<Box<Mismatch>>,
}

impl Last {
    fn state(self, probe: &Probe) -> State {
        match (probe.optional, self.wrong) {
            (true, wrong) => State::Warned(*wrong.unwrap_or_else(|| Mismatch::boxed("an answer", self.reason))),
            (false, _) => State::TimedOut(self.reason),
        }
    }
}

/// What a check needs must have passed.
fn turn(probe: &Probe, probes: &[&Probe], done: &[Option<Outcome>]) -> Turn {
    if probe.skip.is_some() {
        return Turn::Now;
    }
    for name in &probe.needs {
        let Some(at) = probes.iter().position(|other| other.name == *name) else { continue };
        match done[at].as_ref().map(|outcome| &outcome.state) {
            None => return Turn::Later,
            Some(State::Passed | State::Warned(_)) => {}
            Some(State::Skipped(_)) => return Turn::Never(format!("needs {name}, which was not run")),
            Some(State::Failed(_) | State::TimedOut(_)) => return Turn::Never(format!("needs {name}, which failed")),
        }
    }
    Turn::Now
}

pub(super) fn count(tries: &mut Vec<(String, usize)>, word: &str) {
    match tries.iter_mut().find(|(known, _)| known == word) {
        Some((_, n)) => *n += 1,
        None => tries.push((word.to_owned(), 1)),
    }
}
