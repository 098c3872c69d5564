//! What the figures mean: thresholds, and whether they can still be met. Pure.

use std::time::Duration;

use super::baseline::Baseline;
use super::figures::Figures;
use super::generator::Tally;
use crate::config::Limits;
use crate::report::text;

/// A threshold, and what came.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Its name: `p99`, `error rate`, `rate`.
    pub name: String,
    /// What is wanted.
    pub wanted: String,
    /// What came.
    pub came: String,
    /// Whether it holds.
    pub holds: bool,
}

/// Holds figures against thresholds, and against the figures of before.
pub fn judge(limits: &Limits, figures: &Figures, before: Option<&Baseline>) -> Vec<Finding> {
    let mut findings = vec![Finding {
        name: "errors".into(),
        wanted: format!("at most {}", percent(limits.max_error_rate)),
        came: percent(figures.error_rate()),
        holds: figures.requests > 0 && figures.error_rate() <= limits.max_error_rate,
    }];
    for (at, most) in &limits.max_latency {
        let came = figures.at(*at);
        findings.push(Finding {
            name: format!("p{at}"),
            wanted: format!("at most {}", text::latency(*most)),
            came: if figures.curve.is_empty() { "no answer".into() } else { text::latency(came) },
            holds: came <= *most && !figures.curve.is_empty(),
        });
    }
    if let Some(least) = limits.min_rate {
        findings.push(Finding {
            name: "rate".into(),
            wanted: format!("at least {least:.0}/s"),
            came: format!("{:.0}/s", figures.rate()),
            holds: figures.rate() >= least,
        });
    }
    if let Some(before) = before {
        findings.extend(before.compared(figures, limits.max_regression));
    }
    findings
}

/// `0.04 %`, `3 %`.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let fine = format!("{percent:.2}");
    let whole = percent >= 10.0 || fine.ends_with(".00") && (percent == 0.0 || fine != "0.00");
    if whole { format!("{percent:.0} %") } else { format!("{fine} %") }
}

/// What a tally counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    /// Every request.
    All,
    /// Some of them: what they say must be beyond chance.
    Samples,
}

impl Counted {
    fn beyond(self, allowed: f64) -> f64 {
        match self {
            Self::All => allowed,
            Self::Samples => allowed * 1.2 + 12.0,
        }
    }
}

/// Why the thresholds can't be met any more, however good the rest will be.
pub(super) fn hopeless(limits: &Limits, tally: &Tally, counted: Counted, elapsed: Duration, duration: Duration) -> Option<String> {
    const ENOUGH: u64 = 50;
    let few = if counted == Counted::All { ENOUGH } else { ENOUGH / 2 };
    if elapsed < Duration::from_secs(1) || tally.requests < few || elapsed >= duration {
        return None;
    }
    // As many as there will be, if it goes on at this pace.
    let whole = tally.requests as f64 * duration.as_secs_f64() / elapsed.as_secs_f64();
    if tally.failed() as f64 > counted.beyond(limits.max_error_rate * whole) {
        // Allowing none at all would end at the first error; how many there are is of use.
        let many = limits.max_error_rate > 0.0 || tally.failed() * 2 > tally.requests;
        let of = if counted == Counted::All { "requests" } else { "samples" };
        let words = format!("{} of {} {of} failed", tally.failed(), tally.requests);
        return many.then_some(words);
    }
    limits.max_latency.iter().find_map(|(at, most)| {
        let limit = u64::try_from(most.as_micros()).unwrap_or(u64::MAX);
        let slow = tally.latencies.len() - tally.latencies.count_between(0, limit);
        let allowed = counted.beyond(whole * (100.0 - at) / 100.0);
        (slow as f64 > allowed).then(|| format!("{slow} answers took longer than {}: p{at} can't be met any more", text::latency(*most)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_as_fine_as_they_must_be() {
        let words = [0.0, 0.000_01, 0.000_4, 0.01, 0.0167, 0.1, 1.0].map(percent);
        assert_eq!(words, ["0 %", "0.00 %", "0.04 %", "1 %", "1.67 %", "10 %", "100 %"]);
    }

    #[test]
    fn what_samples_say_must_be_beyond_chance() {
        assert!((Counted::All.beyond(2.0) - 2.0).abs() < 1e-9 && (Counted::Samples.beyond(2.0) - 14.4).abs() < 1e-9);
    }
}
