//! Sends by the engine of the job, and watches how busy the machine is meanwhile.

use super::figures::Figures;
use super::job::{Engine, Job};
use super::machine::Usage;
use super::{generator, wrk};
use crate::config::Limits;
use crate::http::Base;
use crate::report::{Report, Result};

/// Runs a load test. With the built-in engine it ends early when the limits can't be met any more.
///
/// # Errors
/// When we are asked to stop; what wrk complains of.
pub fn run(job: &Job, base: &Base, limits: &Limits, report: &Report) -> Result<Figures> {
    let before = Usage::now();
    let (mut figures, threads) = match job.engine {
        Engine::Wrk => (wrk::run(job, report)?, None),
        Engine::BuiltIn => (generator::run(job, base, limits, report)?, Some(job.threads)),
    };
    figures.doubts = before.doubts(threads);
    Ok(figures)
}
