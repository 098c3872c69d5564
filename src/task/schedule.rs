//! Walks a task plan: as much at once as is allowed, each task once; a failure stops the siblings.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use super::run::{self, Ended};
use super::watch::Halt;
use super::work::Work;
use crate::plan::{Action as _, Plan, Step};
use crate::process::{Exit, Stopper, cancel};
use crate::report::{Error, Event, Kind, Layout, Report, Result, What, text};

/// After how much silence a line says that something still runs.
const HEARTBEAT: Duration = Duration::from_secs(50);

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
    let working = plan.steps.iter().filter(|step| !step.action.commands.is_empty()).count();
    let one_by_one = options.jobs == 1 || is_chain(plan) || plan.steps.iter().any(|step| step.action.interactive);
    report.layout(if one_by_one { Layout::Stream } else { Layout::Group });
    let mut schedule = Schedule::new(plan, halt, report, options.keep_going);
    schedule.quiet = working == 1 && !report.is_json();
    if one_by_one {
        schedule.in_order();
    } else {
        schedule.at_once(options.jobs);
    }
    schedule.outcome(working == 1)
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
    keep_going: bool,
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
    fn new(plan: &'a Plan<Work>, halt: &'a Halt, report: &'a Report, keep_going: bool) -> Self {
        let steps = plan.steps.as_slice();
        Self {
            steps,
            halt,
            report,
            keep_going,
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
                let ended = run::with_terminal(&self.steps[at].action, self.halt, self.report);
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
                for at in 0..self.steps.len() {
                    let running = self.states.iter().filter(|state| **state == State::Running).count();
                    if running < jobs && self.may_start(at) == Some(true) {
                        self.begin(at);
                        let (work, halt) = (&self.steps[at].action, self.halt);
                        let (report, tell) = (self.report.clone(), tell.clone());
                        scope.spawn(move || {
                            let ended = run::with_events(at, work, halt, &report, &tell);
                            let _ = tell.send(Told::Ended(at, ended));
                        });
                    } else if self.may_start(at) == Some(false) {
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
        match told.recv_timeout(HEARTBEAT) {
            Ok(Told::Started(at, stopper)) => drop(self.stoppers.insert(at, stopper)),
            Ok(Told::Ended(at, ended)) => self.end(at, ended),
            Ok(Told::Cancelled) => self.fail(cancel::check().err()),
            Err(RecvTimeoutError::Timeout) => self.heartbeat(),
            Err(RecvTimeoutError::Disconnected) => {}
        }
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
        let stopped = self.error.is_some() && !self.keep_going || cancel::requested().is_some() || self.halt.is_set();
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
        if !self.quiet && !step.action.commands.is_empty() && step.action.skip.is_none() && step.action.inputs.is_none() {
            self.report.event(&Event::new(&*step.id, What::Started { title: step.action.title() }));
        }
    }

    fn end(&mut self, at: usize, ended: Ended) {
        self.stoppers.remove(&at);
        let step = &self.steps[at];
        let elapsed = self.begun[at].elapsed();
        let tell = |what: What| self.report.event(&Event::new(&*step.id, what));
        match ended {
            Ended::Well => {
                self.states[at] = State::Done;
                if !self.quiet && !step.action.commands.is_empty() {
                    tell(What::Finished { elapsed });
                }
            }
            Ended::Skipped(reason) => {
                self.states[at] = State::Done;
                tell(What::Skipped { reason });
            }
            Ended::Badly(exit) => {
                self.states[at] = State::Failed;
                if cancel::requested().is_some() {
                    self.fail(cancel::check().err());
                } else if self.halt.is_set() {
                    tell(What::Skipped { reason: "stopped, because files changed".to_owned() });
                } else if self.stopped.contains(&at) {
                    tell(What::Skipped { reason: "stopped, because another task failed".to_owned() });
                } else {
                    if !self.quiet {
                        tell(What::Failed { reason: exit.to_string(), elapsed });
                    }
                    self.fail(Some(failure(step, exit)));
                }
            }
            Ended::Error(error) => {
                self.states[at] = State::Failed;
                if !error.silent {
                    tell(What::Failed { reason: error.message().to_owned(), elapsed });
                }
                self.fail(Some(error));
            }
        }
    }

    /// Keeps the first error; stops what runs unless told to go on.
    fn fail(&mut self, error: Option<Error>) {
        if let (None, Some(error)) = (&self.error, error) {
            self.error = Some(error);
        }
        if !self.keep_going || cancel::requested().is_some() {
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
        let failed =
            work.needs.iter().find(|&&need| self.states[need] == State::Failed).map(|&need| format!("{} failed", self.steps[need].id));
        if cancel::requested().is_none() && !self.halt.is_set() && !work.commands.is_empty() {
            let reason = failed.unwrap_or_else(|| "not run: something else failed".to_owned());
            self.report.event(&Event::new(&*self.steps[at].id, What::Skipped { reason }));
        }
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

fn failure(step: &Step<Work>, exit: Exit) -> Error {
    let kind = match exit {
        Exit::Code(code) => Kind::Program(u8::try_from(code).unwrap_or(1)),
        Exit::Signal(signal) => Kind::Program(128_u8.saturating_add(signal)),
        Exit::TimedOut => Kind::TimedOut,
    };
    let said = match exit {
        Exit::TimedOut => format!("task `{}` ran out of its time", step.id),
        exit => format!("task `{}` failed: {exit}", step.id),
    };
    Error::new(kind, said).at(step.action.place.clone())
}
