//! The generator built in: open (a fixed rate, whether answers keep up or not) or closed (so many
//! connections, each as fast as it is answered).

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::figures::{Figures, Second};
use super::job::Job;
use super::worker::{GRACE, Tick, Times, Worker, histogram};
use crate::http::Base;
use crate::process::{self, cancel};
use crate::report::{Error, Result};

/// What was measured so far.
pub(super) struct Tally {
    pub(super) requests: u64,
    pub(super) errors: Vec<(String, u64)>,
    pub(super) bytes: u64,
    pub(super) latencies: Histogram<u64>,
    seconds: Vec<Second>,
    /// The second that is not over.
    now: Tick,
}

impl Tally {
    fn new(empty: &Histogram<u64>) -> Self {
        let latencies = Histogram::new_from(empty);
        Self { requests: 0, errors: Vec::new(), bytes: 0, latencies, seconds: Vec::new(), now: Tick::new(empty) }
    }

    pub(super) fn failed(&self) -> u64 {
        self.errors.iter().map(|(_, n)| n).sum()
    }

    fn add(&mut self, tick: &Tick) {
        self.requests += tick.requests;
        self.bytes += tick.bytes;
        for (kind, n) in &tick.errors {
            match self.errors.iter_mut().find(|(known, _)| known == kind) {
                Some((_, sum)) => *sum += n,
                None => self.errors.push((kind.clone(), *n)),
            }
            *self.now.errors.entry(kind.clone()).or_default() += n;
        }
        self.now.requests += tick.requests;
        // Both have the same bounds.
        let _ = self.latencies.add(&tick.latencies);
        let _ = self.now.latencies.add(&tick.latencies);
    }

    /// Closes seconds that are over.
    fn until(&mut self, elapsed: Duration) {
        while (self.seconds.len() as u64) < elapsed.as_secs() {
            let second = std::mem::replace(&mut self.now, Tick::new(&self.latencies));
            self.seconds.push(Second {
                requests: second.requests,
                errors: second.errors.values().sum(),
                p99: Duration::from_micros(second.latencies.value_at_quantile(0.99)),
            });
        }
    }
}

/// Looks at what was measured so far, ten times a second; says why it must end now, if it must.
pub(super) type Watcher<'a> = &'a mut dyn FnMut(&Tally, Duration) -> Option<String>;

/// Sends, and shows the watcher how it goes.
///
/// # Errors
/// Only when we are asked to stop, or a request can't be built.
pub(super) fn run(job: &Job, base: &Base, watcher: Watcher<'_>) -> Result<Figures> {
    process::listen_for_signals();
    cancel::check()?;
    let start = Instant::now();
    let measure = start + job.warm_up;
    let times = Times { start, measure, end: measure + job.duration, stop: AtomicBool::new(false), empty: histogram()? };
    let (sender, ticks) = channel();
    let workers = (0..job.threads).map(|index| Worker::new(job, base, &times, index)).collect::<std::result::Result<Vec<_>, _>>();
    drop(workers.map_err(|fault| Error::failed(fault.to_string()))?);
    std::thread::scope(|scope| {
        for index in 0..job.threads {
            let (sender, times) = (sender.clone(), &times);
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                if let (Ok(runtime), Ok(worker)) = (runtime, Worker::new(job, base, times, index)) {
                    runtime.block_on(worker.run(&sender));
                    runtime.shutdown_background();
                }
            });
        }
        drop(sender);
        let figures = watch(job, &times, &ticks, watcher);
        times.stop.store(true, Ordering::Relaxed);
        figures
    })
}

/// Gathers what the workers measure, until all have ended.
fn watch(job: &Job, times: &Times, ticks: &Receiver<Tick>, watcher: Watcher<'_>) -> Result<Figures> {
    let mut tally = Tally::new(&times.empty);
    let mut aborted = None;
    loop {
        cancel::check()?;
        match ticks.recv_timeout(Duration::from_millis(100)) {
            Ok(tick) => tally.add(&tick),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
        let now = Instant::now();
        let elapsed = now.saturating_duration_since(times.measure).min(job.duration);
        tally.until(elapsed);
        if aborted.is_none() {
            aborted = watcher(&tally, elapsed);
            if aborted.is_some() {
                times.stop.store(true, Ordering::Relaxed);
            }
        }
        if now > times.end + job.timeout + GRACE * 2 {
            break;
        }
    }
    let elapsed = Instant::now().saturating_duration_since(times.measure).min(job.duration);
    tally.until(elapsed);
    Ok(figures(job, tally, elapsed, aborted))
}

fn figures(job: &Job, tally: Tally, elapsed: Duration, aborted: Option<String>) -> Figures {
    let figures = Figures {
        requests: tally.requests,
        bytes: tally.bytes,
        elapsed,
        seconds: tally.seconds,
        aborted,
        errors: tally.errors,
        ..Figures::default()
    };
    if job.rate.is_some() || tally.requests == 0 {
        // Measured from when each was due: nothing to correct.
        return figures.with_latencies(&tally.latencies);
    }
    // A closed connection waits with the server, and so leaves out whom it would have met: they are put
    // in at the pace at which this connection would have sent.
    let micros = elapsed.as_micros() as f64 * job.connections as f64 / tally.requests as f64;
    #[expect(clippy::cast_sign_loss, reason = "a quotient of unsigned numbers")]
    let pace = (micros as u64).max(1);
    figures.with_latencies(&tally.latencies.clone_correct(pace))
}
