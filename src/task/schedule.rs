//! Walks a task plan: as much at once as is allowed, each task once; a failure stops the siblings.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use super::run::{self, Ended};
use super::watch::Halt;
use super::work::Work;
use crate::plan::{Action as _, Plan, Step};
use crate::process::{Exit, Stopper, cancel};
use crate::report::{Ci, Error, Event, Kind, Layout, Report, Result, What, text};

/// After how much silence a line says that something still runs: before a minute has passed.
pub const HEARTBEAT: Duration = Duration::from_secs(50);

/// What the workers tell the scheduler.
pub(super) enum Told {
    Started(usize, Stopper),
    Ended(usize, Ended),
    Cancelled,
}

/// How a plan is to be run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many tasks at once.
    pub jobs: usize,
    /// A failure stops nothing that does not need the failed task.
    pub keep_going: bool,
    /// After how much silence a line says that something still runs: [`HEARTBEAT`].
    pub heartbeat: Duration,
}

/// Runs a plan.
///
/// # Errors
/// The first failure: the program's own exit code when a single task was asked for.
pub fn run(plan: &Plan<Work>, options: Options, report: &Report) -> Result<()> {
    run_until(plan, options, &Halt::default(), report)
}

/// As [`run()`], until it is halted: then what runs is stopped, and nothing new starts but what cleans up.
pub(super) fn run_until(plan: &Plan<Work>, options: Options, halt: &Halt, report: &Report) -> Result<()> {
    let works = |step: &&Step<Work>| !step.action.commands.is_empty();
    let working = plan.steps.iter().filter(works).count();
    let single = plan.steps.iter().filter(works).filter(|step| !step.action.cleanup).count() == 1;
    let one_by_one = options.jobs == 1 || is_chain(plan) || plan.steps.iter().any(|step| step.action.interactive);
    report.layout(if one_by_one { Layout::Stream } else { Layout::Group });
    let begin = Instant::now();
    let mut schedule = Schedule::new(plan, halt, report, options);
    schedule.quiet = working == 1 && !report.is_json();
    if one_by_one {
        schedule.in_order();
    } else {
        schedule.at_once(options.jobs);
    }
    if working > 1 && !halt.is_set() {
        report.summary(begin.elapsed());
    }
    schedule.outcome(single)
}

/// Whether no two tasks could ever run at once.
fn is_chain(plan: &Plan<Work>) -> bool {
    let steps: Vec<&Work> = plan.steps.iter().map(|step| &step.action).collect();
    let mut last: Option<usize> = None;
    for (at, work) in steps.iter().enumerate() {
        if work.commands.is_empty() {
            continue;
        }
        if last.is_some_and(|last| !reaches(&steps, at, last)) {
            return false;
        }
        last = Some(at);
    }
    true
}

fn reaches(steps: &[&Work], from: usize, to: usize) -> bool {
    steps[from].needs.iter().any(|&need| need == to || reaches(steps, need, to))
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    Running,
    Done,
    Failed,
    Skipped,
}

struct Schedule<'a> {
    steps: &'a [Step<Work>],
    halt: &'a Halt,
    report: &'a Report,
    options: Options,
    /// A single task: its own output is enough.
    quiet: bool,
    states: Vec<State>,
    begun: Vec<Instant>,
    stoppers: HashMap<usize, Stopper>,
    /// Tasks that were stopped because another one failed.
    stopped: Vec<usize>,
    error: Option<Error>,
}

impl<'a> Schedule<'a> {
    fn new(plan: &'a Plan<Work>, halt: &'a Halt, report: &'a Report, options: Options) -> Self {
        let steps = plan.steps.as_slice();
        Self {
            steps,
            halt,
            report,
            options,
            quiet: false,
            states: vec![State::Waiting; steps.len()],
            begun: vec![Instant::now(); steps.len()],
            stoppers: HashMap::new(),
            stopped: Vec::new(),
            error: None,
        }
    }

    /// One after the other, each with the terminal.
    fn in_order(&mut self) {
        for at in 0..self.steps.len() {
            if self.may_start(at) == Some(true) {
                self.begin(at);
                let ended = self.beating(at, || run::with_terminal(&self.steps[at].action, self.halt, self.report));
                self.end(at, ended);
            } else {
                self.pass_over(at);
            }
        }
    }

    /// Several at once, each in a thread of its own; their output goes through the report.
    fn at_once(&mut self, jobs: usize) {
        let (tell, told) = channel();
        let on_signal = tell.clone();
        let _guard = cancel::listen(move || drop(on_signal.send(Told::Cancelled)));
        std::thread::scope(|scope| {
            loop {
                let mut running = self.states.iter().filter(|state| **state == State::Running).count();
                for at in 0..self.steps.len() {
                    let may_start = self.may_start(at);
                    if running < jobs && may_start == Some(true) {
                        running += 1;
                        self.begin(at);
                        let (work, halt) = (&self.steps[at].action, self.halt);
                        let (report, tell) = (self.report.clone(), tell.clone());
                        scope.spawn(move || {
                            let ended = run::with_events(at, work, halt, &report, &tell);
                            let _ = tell.send(Told::Ended(at, ended));
                        });
                    } else if may_start == Some(false) {
                        self.pass_over(at);
                    }
                }
                if !self.states.contains(&State::Running) {
                    // What is left waits for something that never comes; a plan without cycles has none.
                    return;
                }
                self.listen(&told, &tell);
            }
        });
    }

    fn listen(&mut self, told: &Receiver<Told>, _keep_open: &Sender<Told>) {
        match told.recv_timeout(self.options.heartbeat.saturating_sub(self.report.silence())) {
            Ok(Told::Started(at, stopper)) => drop(self.stoppers.insert(at, stopper)),
            Ok(Told::Ended(at, ended)) => self.end(at, ended),
            Ok(Told::Cancelled) => self.fail(cancel::check().err()),
            Err(RecvTimeoutError::Timeout) if self.report.silence() >= self.options.heartbeat => self.heartbeat(),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
    }

    /// Runs what writes to the terminal by itself, so that nobody knows whether it is silent: a CI system,
    /// which stops what is silent for long, is told now and then that it still runs.
    fn beating<T>(&self, at: usize, work: impl FnOnce() -> T) -> T {
        if self.report.ci() == Ci::None || self.steps[at].action.interactive {
            return work();
        }
        let (alive, ended) = channel::<()>();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                while ended.recv_timeout(self.options.heartbeat) == Err(RecvTimeoutError::Timeout) {
                    self.heartbeat();
                }
            });
            let done = work();
            drop(alive);
            done
        })
    }

    fn heartbeat(&self) {
        let running: Vec<String> = (0..self.steps.len())
            .filter(|&at| self.states[at] == State::Running)
            .map(|at| format!("{} ({})", self.steps[at].id, text::elapsed(self.begun[at].elapsed())))
            .collect();
        self.report.note(&format!("  still running: {}", running.join(", ")));
    }

    /// Whether a task can start now (true), never (false), or not yet.
    fn may_start(&self, at: usize) -> Option<bool> {
        let work = &self.steps[at].action;
        if self.states[at] != State::Waiting {
            return None;
        }
        let ended = |state: &State| matches!(state, State::Done | State::Failed | State::Skipped);
        if work.cleanup {
            return work.needs.iter().all(|&need| ended(&self.states[need])).then_some(true);
        }
        let stopped = self.error.is_some() && !self.options.keep_going || cancel::requested().is_some() || self.halt.is_set();
        if stopped || work.needs.iter().any(|&need| self.states[need] == State::Failed || self.blocked(need)) {
            return Some(false);
        }
        work.needs.iter().all(|&need| ended(&self.states[need])).then_some(true)
    }

    /// Skipped because something that it needs failed, rather than because there was nothing to do.
    fn blocked(&self, at: usize) -> bool {
        self.states[at] == State::Skipped
            && self.steps[at].action.needs.iter().any(|&need| self.states[need] == State::Failed || self.blocked(need))
    }

    fn begin(&mut self, at: usize) {
        self.states[at] = State::Running;
        self.begun[at] = Instant::now();
        let step = &self.steps[at];
        if !step.action.commands.is_empty() && step.action.skip.is_none() && step.action.inputs.is_none() {
            self.tell(at, What::Started { title: step.action.title() });
        }
    }

    /// A single task speaks for itself.
    fn tell(&self, at: usize, what: What) {
        let event = Event::new(&*self.steps[at].id, what);
        if self.quiet {
            self.report.record(&event);
        } else {
            self.report.event(&event);
        }
    }

    fn end(&mut self, at: usize, ended: Ended) {
        self.stoppers.remove(&at);
        let step = &self.steps[at];
        let elapsed = self.begun[at].elapsed();
        self.states[at] = if matches!(ended, Ended::Well | Ended::Skipped(_)) { State::Done } else { State::Failed };
        match ended {
            Ended::Well if step.action.commands.is_empty() => {}
            Ended::Well => {
                self.tell(at, What::Exited { code: 0 });
                self.tell(at, What::Finished { elapsed });
            }
            Ended::Skipped(reason) => self.report.event(&Event::new(&*step.id, What::Skipped { reason })),
            Ended::Badly(_) | Ended::Error(_) if cancel::requested().is_some() => {
                let error = cancel::check().err();
                let reason = error.as_ref().map_or_else(String::new, |error| error.message().to_owned());
                self.tell(at, What::Failed { reason, elapsed });
                self.fail(error);
            }
            Ended::Badly(_) if self.halt.is_set() => self.skip(at, "stopped, because files changed"),
            Ended::Badly(_) if self.stopped.contains(&at) => self.skip(at, "stopped, because another task failed"),
            Ended::Badly(exit) => {
                self.tell(at, What::Exited { code: code(exit) });
                self.tell(at, What::Failed { reason: exit.to_string(), elapsed });
                self.fail(Some(failure(step, exit)));
            }
            Ended::Error(error) => {
                self.tell(at, What::Failed { reason: error.message().to_owned(), elapsed });
                self.fail(Some(error));
            }
        }
    }

    fn skip(&self, at: usize, reason: &str) {
        self.report.event(&Event::new(&*self.steps[at].id, What::Skipped { reason: reason.to_owned() }));
    }

    /// Keeps the first error; stops what runs unless told to go on.
    fn fail(&mut self, error: Option<Error>) {
        if let (None, Some(error)) = (&self.error, error) {
            self.error = Some(error);
        }
        if !self.options.keep_going || cancel::requested().is_some() {
            for (at, stopper) in &self.stoppers {
                if !self.steps[*at].action.cleanup {
                    self.stopped.push(*at);
                    stopper.stop();
                }
            }
        }
    }

    fn pass_over(&mut self, at: usize) {
        if self.states[at] != State::Waiting {
            return;
        }
        self.states[at] = State::Skipped;
        let work = &self.steps[at].action;
        if self.halt.is_set() || work.commands.is_empty() {
            return;
        }
        let failed = work.needs.iter().find(|&&need| self.states[need] == State::Failed).filter(|_| cancel::requested().is_none());
        let reason = match (failed, cancel::check()) {
            (Some(&need), _) => format!("{} failed", self.steps[need].id),
            (None, Err(stopped)) => format!("not run: {}", stopped.message()),
            (None, Ok(())) => "not run: something else failed".to_owned(),
        };
        self.skip(at, &reason);
    }

    /// Only a single task passes its program's exit code through.
    fn outcome(self, single: bool) -> Result<()> {
        match self.error {
            Some(mut error) => {
                if !single && matches!(error.kind, Kind::Program(_)) {
                    error.kind = Kind::Failed;
                }
                Err(error)
            }
            None => cancel::check(),
        }
    }
}

/// The code that a shell gives for this end; the contract's for a task that took too long.
fn code(exit: Exit) -> u8 {
    match exit {
        Exit::Code(code) => u8::try_from(code).unwrap_or(1),
        Exit::Signal(signal) => 128_u8.saturating_add(signal),
        Exit::TimedOut => Kind::TimedOut.exit_code(),
    }
}

fn failure(step: &Step<Work>, exit: Exit) -> Error {
    let kind = match exit {
        Exit::TimedOut => Kind::TimedOut,
        _ if step.action.cleanup => Kind::Failed,
        exit => Kind::Program(code(exit)),
    };
    let said = match exit {
        Exit::TimedOut => format!("task `{}` ran out of its time", step.id),
        exit => format!("task `{}` failed: {exit}", step.id),
    };
    Error::new(kind, said).at(step.action.place.clone())
}
