//! Sends by the engine of the job, shows how it goes, and watches how busy the machine is meanwhile.

use std::time::{Duration, Instant};

use super::figures::Figures;
use super::generator::Tally;
use super::job::{Engine, Job};
use super::judge::{Counted, hopeless};
use super::machine::Usage;
use super::{beside, generator, show};
use crate::config::Limits;
use crate::http::{self, Base, Tls, connect};
use crate::report::{Error, Report, Result};

/// Runs a load test. It ends early when the limits can't be met any more.
///
/// # Errors
/// When nothing is there, or not who it should be; when we are asked to stop; what wrk complains of.
pub fn run(job: &Job, base: &Base, limits: &Limits, report: &Report) -> Result<Figures> {
    is_reached(base)?;
    let before = Usage::now();
    let (mut figures, threads) = match job.engine {
        Engine::Wrk => (beside::run(job, base, limits, report)?, None),
        Engine::BuiltIn => (built_in(job, base, limits, report)?, Some(job.threads)),
    };
    figures.doubts = before.doubts(threads);
    Ok(figures)
}

/// Whether there is a server, with a certificate that is right: wrk itself does not look at certificates.
fn is_reached(base: &Base) -> Result<()> {
    let tls = base.is_tls().then(Tls::default);
    let opened = http::run(connect(base.host(), base.port(), tls.as_ref(), &[]))?;
    opened.map(drop).map_err(|fault| Error::failed(format!("there is nothing to load at {base}: {fault}")))
}

fn built_in(job: &Job, base: &Base, limits: &Limits, report: &Report) -> Result<Figures> {
    let mut live = Live::new(report);
    generator::run(job, base, &mut |tally, elapsed| {
        live.show(|| show::live(tally, rate(tally, elapsed), elapsed, job));
        hopeless(limits, tally, Counted::All, elapsed, job.duration)
    })
}

fn rate(tally: &Tally, elapsed: Duration) -> f64 {
    tally.requests as f64 / elapsed.as_secs_f64().max(0.001)
}

/// The line that shows how it goes: a few times a second.
pub(super) struct Live<'a> {
    report: &'a Report,
    next: Instant,
}

impl<'a> Live<'a> {
    pub(super) fn new(report: &'a Report) -> Self {
        Self { report, next: Instant::now() }
    }

    pub(super) fn show(&mut self, line: impl FnOnce() -> String) {
        const PAUSE: Duration = Duration::from_millis(200);
        if Instant::now() >= self.next {
            self.next = Instant::now() + PAUSE;
            self.report.transient(&line());
        }
    }
}
