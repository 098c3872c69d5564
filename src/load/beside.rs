//! wrk, and beside it a few samples of our own: wrk itself says nothing of latencies and errors before its end.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

use super::figures::Figures;
use super::generator;
use super::job::{Engine, Job};
use super::judge::{Counted, hopeless};
use super::run::Live;
use super::show;
use super::wrk;
use crate::config::Limits;
use crate::http::Base;
use crate::process::Stopper;
use crate::report::{Error, Report, Result};

/// Samples in a second: next to nothing beside what wrk sends.
const SAMPLES: u32 = 20;

/// wrk, while it runs.
struct Wrk<'a> {
    /// How many requests it has sent.
    sent: &'a AtomicU64,
    ended: &'a dyn Fn() -> bool,
    stopper: Stopper,
}

/// Runs wrk; while it does, shows rate, percentiles and errors, and ends it when the limits can't be met any more.
///
/// # Errors
/// What wrk complains of; when we are asked to stop.
pub(super) fn run(job: &Job, base: &Base, limits: &Limits, report: &Report) -> Result<Figures> {
    let file = wrk::script_file(&job.requests)?;
    let script = file.path().to_string_lossy();
    if !job.warm_up.is_zero() {
        report.transient("  warming up");
        wrk::run(&wrk::command(job, job.warm_up, &script), |_| {}, &|_| {})?;
    }
    let command = wrk::command(job, job.duration, &script);
    let sent = AtomicU64::new(0);
    let (starter, started) = channel::<Stopper>();
    let (said, aborted) = std::thread::scope(|scope| {
        let wrk = scope.spawn(|| {
            let add = |n| _ = sent.fetch_add(n, Ordering::Relaxed);
            // Somebody waits for it on the other side.
            wrk::run(&command, move |stopper| _ = starter.send(stopper), &add)
        });
        // Without a handle it has not started, and says why.
        let aborted = started.recv().ok().map(|stopper| {
            let running = Wrk { sent: &sent, ended: &|| wrk.is_finished(), stopper };
            sample(job, base, limits, &running, report)
        });
        let said = wrk.join().unwrap_or_else(|_| Err(Error::failed("the thread that runs wrk panicked")));
        (said, aborted)
    });
    let figures = wrk::read(&said?, job)?;
    Ok(Figures { aborted: aborted.transpose()?.flatten(), ..figures })
}

/// Asks now and then what wrk asks all the time. Gives why wrk was ended early.
fn sample(job: &Job, base: &Base, limits: &Limits, wrk: &Wrk<'_>, report: &Report) -> Result<Option<String>> {
    let few = Job { engine: Engine::BuiltIn, connections: 1, threads: 1, rate: Some(SAMPLES), warm_up: Duration::ZERO, ..job.clone() };
    let mut live = Live::new(report);
    let mut hopelessly = None;
    generator::run(&few, base, &mut |tally, elapsed| {
        if (wrk.ended)() {
            return Some("wrk has ended".to_owned());
        }
        let rate = wrk.sent.load(Ordering::Relaxed) as f64 / elapsed.as_secs_f64().max(1.0);
        live.show(|| format!("{} (samples)", show::live(tally, rate, elapsed, job)));
        hopelessly = hopeless(limits, tally, Counted::Samples, elapsed, job.duration);
        if hopelessly.is_some() {
            wrk.stopper.interrupt();
        }
        hopelessly.clone()
    })?;
    Ok(hopelessly)
}
