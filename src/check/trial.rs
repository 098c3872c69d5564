//! One check asked try by try, by somebody who watches other things meanwhile: how a service becomes ready.

use std::time::{Duration, Instant};

use super::judge::{Verdict, judge};
use super::probe::Probe;
use super::run::{client, count, wrong_word};
use super::send::send;
use super::show;
use crate::http::{self, Fault};
use crate::report::Result;

/// Why a try was in vain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotYet {
    /// In words.
    pub reason: String,
    /// Something answers, but not as it must.
    pub answers: bool,
}

/// A check that is tried.
pub struct Trial {
    probe: Probe,
    begin: Instant,
    tries: Vec<(String, usize)>,
    last: Option<NotYet>,
    /// The word of the right answer, and how long it took to come.
    right: Option<(String, Duration)>,
}

impl Trial {
    /// Asks nothing yet.
    pub fn new(probe: Probe) -> Self {
        Self { probe, begin: Instant::now(), tries: Vec::new(), last: None, right: None }
    }

    /// One try, with this much time at most; none: the answer was right.
    ///
    /// # Errors
    /// Only when we are asked to stop, or no client can be made.
    pub fn ask(&mut self, left: Duration) -> Result<Option<NotYet>> {
        let client = client(&[&self.probe])?;
        let (word, not_yet) = match http::run(send(&self.probe, &client, left))? {
            Ok(came) => match judge(&self.probe, &came) {
                Verdict::Right => {
                    self.right = Some((came.word, self.begin.elapsed()));
                    return Ok(None);
                }
                Verdict::NotYet(word) => (word.clone(), NotYet { reason: format!("it answers {word}"), answers: true }),
                Verdict::Wrong(mismatch) => {
                    let reason = match mismatch.key.as_str() {
                        "status" => format!("it answers {}", mismatch.actual),
                        _ => format!("expected {}, got {}", mismatch.expected, mismatch.actual),
                    };
                    (wrong_word(&self.probe, &came.word), NotYet { reason, answers: true })
                }
            },
            // A try that was cut short says less than the one before.
            Err(Fault::TimedOut(_)) if left < self.probe.timeout && self.last.is_some() => return Ok(self.last.clone()),
            Err(fault) => (fault.word().to_owned(), NotYet { reason: fault.to_string(), answers: false }),
        };
        count(&mut self.tries, &word);
        self.last = Some(not_yet);
        Ok(self.last.clone())
    }

    /// What came in vain, in the order in which it came first, and how often.
    pub fn tries(&self) -> &[(String, usize)] {
        &self.tries
    }

    /// How it went: `refused ×14, 503 ×3, then 200 after 21.4 s`; nothing when the first try was right.
    pub fn story(&self) -> String {
        match &self.right {
            _ if self.tries.is_empty() => String::new(),
            Some((word, after)) => show::story(&self.tries, word, *after),
            None => show::tries(&self.tries),
        }
    }
}
