//! Runs a plan again and again: when what its tasks read changes, the old run is stopped first.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::json;

use super::schedule::{self, Options};
use super::work::Work;
use crate::plan::Plan;
use crate::process::{self, Stopper, cancel};
use crate::repo::{Change, Selection, Watch};
use crate::report::style::{DIM, NAME, paint};
use crate::report::{Report, Result};

/// A wait ends with a change, a signal, or when it is woken; this is only a bound.
const LONG: Duration = Duration::from_secs(3600);

/// Ends one run of a plan, but not instep.
#[derive(Default)]
pub(super) struct Halt(Mutex<Halted>);

#[derive(Default)]
struct Halted {
    set: bool,
    running: Vec<Stopper>,
}

impl Halt {
    /// A program was started; it is stopped at once when it came too late.
    pub(super) fn started(&self, stopper: Stopper) {
        let mut halted = self.lock();
        halted.running.push(stopper);
        if halted.set {
            stopper.stop();
        }
    }

    /// Whether this run is over.
    pub(super) fn is_set(&self) -> bool {
        self.lock().set
    }

    /// Sleeps; ends early when this run is over.
    ///
    /// # Errors
    /// When we are asked to stop.
    pub(super) fn sleep(&self, time: Duration) -> Result<()> {
        let end = Instant::now() + time;
        while Instant::now() < end && !self.is_set() {
            cancel::sleep(Duration::from_millis(50).min(end.saturating_duration_since(Instant::now())))?;
        }
        Ok(())
    }

    fn set(&self) {
        let mut halted = self.lock();
        halted.set = true;
        // One that has ended is not found any more.
        halted.running.drain(..).for_each(Stopper::stop);
    }

    fn lock(&self) -> MutexGuard<'_, Halted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs a plan, and again whenever what its tasks read changes, until we are asked to stop. A failure is
/// told, and does not end it.
///
/// # Errors
/// Exit code 128+n when we are asked to stop; what the watching of files complains of.
pub fn watch(plan: &Plan<Work>, root: &Path, options: Options, report: &Report) -> Result<()> {
    process::listen_for_signals();
    let mut watch = Watch::new(&selections(plan, root))?;
    let everything = all_stale(plan);
    let mut next = plan;
    loop {
        let early = once(&mut watch, next, options, report)?;
        // What changed under a task that just ended well was kept as if the task had seen it.
        next = if early.is_some() { &everything } else { plan };
        let changed = early.map_or_else(|| wait(&mut watch, report), Ok)?;
        tell(&changed, report);
    }
}

fn all_stale(plan: &Plan<Work>) -> Plan<Work> {
    let mut plan = plan.clone();
    plan.steps.iter_mut().for_each(|step| step.action.inputs = None);
    plan
}

/// What the tasks of a plan read. A task that names no sources may read anything.
fn selections(plan: &Plan<Work>, root: &Path) -> Vec<Selection> {
    let working: Vec<&Work> = plan.steps.iter().map(|step| &step.action).filter(|work| !work.commands.is_empty()).collect();
    let made: Vec<String> = working.iter().filter(|work| work.dir == root).flat_map(|work| work.outputs.clone()).collect();
    let mut found: Vec<Selection> = Vec::new();
    for work in working.iter().filter(|work| !work.cleanup) {
        let selection = if work.sources.is_empty() {
            Selection { root: root.to_owned(), globs: Vec::new(), except: made.clone() }
        } else {
            Selection { root: work.dir.clone(), globs: work.sources.clone(), except: work.outputs.clone() }
        };
        if !found.contains(&selection) {
            found.push(selection);
        }
    }
    // Paths are shown relative to the first one.
    found.sort_by_key(|selection| selection.root != root);
    found
}

/// One run; the change that ended it early.
fn once(watch: &mut Watch, plan: &Plan<Work>, options: Options, report: &Report) -> Result<Option<Change>> {
    let (halt, over) = (Halt::default(), AtomicBool::new(false));
    let waker = watch.waker();
    report.forget();
    let (ended, changed) = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let changed = loop {
                match watch.wait(LONG) {
                    Ok(None) if !over.load(Ordering::Relaxed) => {}
                    changed => break changed,
                }
            };
            if matches!(changed, Ok(Some(_))) {
                halt.set();
            }
            changed
        });
        let ended = schedule::run_until(plan, options, &halt, report);
        over.store(true, Ordering::Relaxed);
        waker.wake();
        (ended, watcher.join())
    });
    report.end_of_run();
    process::settle();
    cancel::check()?;
    let changed = match changed.unwrap_or(Ok(None))? {
        // On a busy machine the system tells of a change when the run has ended already.
        None => watch.look_again()?,
        changed => changed,
    };
    if report.is_json() {
        report.document_line("ran", ended.as_ref().err());
    } else if let Err(error) = &ended
        && changed.is_none()
        && !error.silent
    {
        report.complain(error);
    }
    Ok(changed)
}

fn wait(watch: &mut Watch, report: &Report) -> Result<Change> {
    if !report.is_json() {
        report.note(&paint(DIM, "… waiting for changes (Ctrl-C ends)"));
    }
    loop {
        if let Some(change) = watch.wait(LONG)? {
            return Ok(change);
        }
    }
}

fn tell(change: &Change, report: &Report) {
    if report.is_json() {
        let files: &[PathBuf] = &change.files;
        return report.line(&json!({ "event": "changed", "files": files }));
    }
    report.note(&format!("{} changed: {}", paint(NAME, "▸"), change.title()));
}
