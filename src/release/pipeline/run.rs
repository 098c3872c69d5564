//! Runs a pipeline: each step is the command that a person would type, in a process of its own.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::{Outcome, Pipeline, Step};
use crate::process::{self, Command, Exit, cancel};
use crate::repo::{self, Tip, Trigger};
use crate::report::{Ci, Error, Event, Kind, Report, Result, What, ci, clock};

/// What every step gets.
pub struct Runner<'a> {
    /// This program.
    pub instep: PathBuf,
    /// The repo.
    pub root: &'a Path,
    /// The options common to all commands, passed on.
    pub options: &'a [String],
    /// The way out.
    pub report: &'a Report,
}

/// How many lines of a failed step are shown again below its fold.
const TAIL: usize = 30;

impl Runner<'_> {
    /// Runs the steps until one fails. Gives how each ended, and the error that ended it.
    pub fn run(&self, pipeline: &Pipeline) -> (Vec<Outcome>, Result<()>) {
        let (mut outcomes, mut result) = (Vec::new(), Ok(()));
        for step in &pipeline.steps {
            let outcome = match (&result, self.superseded(pipeline, step)) {
                _ if step.command.is_empty() => Ok(self.skipped(step, step.why.clone(), false)),
                (Err(_), _) => Ok(self.skipped(step, "a step before it failed".to_owned(), false)),
                (Ok(()), Some(reason)) => Ok(self.skipped(step, reason, true)),
                (Ok(()), None) => self.step(step),
            };
            match outcome {
                Ok(outcome) => outcomes.push(outcome),
                Err((outcome, error)) => {
                    outcomes.push(outcome);
                    result = Err(error);
                }
            }
        }
        (outcomes, result)
    }

    /// A step that is not run; people hear of it at once only when the plan did not say so.
    fn skipped(&self, step: &Step, reason: String, news: bool) -> Outcome {
        let event = Event::new(&*step.id, What::Skipped { reason: reason.clone() });
        if news {
            self.report.event(&event);
        } else {
            self.report.record(&event);
        }
        Outcome::Skipped(reason)
    }

    /// Why a deployment would put an older commit in the place of a newer one.
    fn superseded(&self, pipeline: &Pipeline, step: &Step) -> Option<String> {
        let Trigger::Branch { name } = &pipeline.trigger else { return None };
        // Outside of a pipeline, whoever calls knows what is newest.
        if !step.deploys || pipeline.system.is_none() {
            return None;
        }
        let Tip::Moved { sha } = repo::tip(self.root, name, &pipeline.commit) else { return None };
        if let Some(area) = &step.area
            && let Some(files) = repo::changed_since(self.root, &pipeline.commit, name, &sha)
            && !files.iter().any(|file| area.has(file))
        {
            // Nothing of this service is newer there, so that pipeline leaves it out.
            return None;
        }
        Some(format!("branch {name} has moved on to {}; its own pipeline deploys", &sha[..sha.len().min(7)]))
    }

    fn step(&self, step: &Step) -> Result<Outcome, (Outcome, Error)> {
        let begin = Instant::now();
        self.report.event(&Event::new(&*step.id, What::Started { title: step.typed() }));
        let exit = self.call(step).and_then(|exit| cancel::check().map(|()| exit));
        let elapsed = begin.elapsed();
        let (reason, error) = match exit {
            Ok(exit) if exit.ok() => {
                self.report.event(&Event::new(&*step.id, What::Finished { elapsed }));
                return Ok(Outcome::Done(elapsed));
            }
            Ok(exit) => {
                (exit.to_string(), Error { silent: true, ..Error::new(kind(step, exit), format!("`{}` failed: {exit}", step.typed())) })
            }
            Err(error) => (error.message().to_owned(), error),
        };
        self.report.event(&Event::new(&*step.id, What::Failed { reason: reason.clone(), elapsed }));
        Err((Outcome::Failed(reason, elapsed), error))
    }

    fn call(&self, step: &Step) -> Result<Exit> {
        let command = Command::new(&self.instep, self.options.iter().chain(&step.command))
            .dir(self.root)
            .env("PATH", process::path_with(&self.instep));
        match self.report.ci() {
            ci if ci.folds() && !self.report.is_json() => self.folded(ci, step, &command.env(ci::FOLDED, "1")),
            _ if self.report.keeps_output() => process::with_sink(&command, &mut |bytes| {
                self.report.event(&Event::new(&*step.id, What::Output { bytes: bytes.to_vec() }));
            }),
            _ => process::with_terminal(&command),
        }
    }

    /// The output in a fold of the CI system; the end of a failed step's again below it, open.
    fn folded(&self, ci: Ci, step: &Step, command: &Command) -> Result<Exit> {
        let now = || clock::since_1970().as_secs();
        self.report.raw(&ci.open(&step.id, &step.typed(), now()));
        let mut tail = Tail::default();
        let exit = process::with_sink(command, &mut |bytes| {
            self.report.event(&Event::new(&*step.id, What::Output { bytes: bytes.to_vec() }));
            tail.add(bytes);
        });
        self.report.raw(&ci.close(&step.id, now()));
        if !exit.as_ref().is_ok_and(|exit| exit.ok()) {
            self.report.raw(&ci.unfolded(&format!("the end of {}", step.typed())));
            self.report.raw(&tail.text(ci));
        }
        exit
    }
}

/// The kind of failure that a step's exit code stands for; a task's code is its program's own.
fn kind(step: &Step, exit: Exit) -> Kind {
    match exit {
        Exit::Code(code) if !step.task => u8::try_from(code).ok().and_then(Kind::of_exit_code).unwrap_or(Kind::Failed),
        _ => Kind::Failed,
    }
}

/// The last lines of a stream.
#[derive(Default)]
struct Tail {
    lines: VecDeque<Vec<u8>>,
    open: bool,
}

impl Tail {
    fn add(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            match self.lines.back_mut().filter(|_| self.open) {
                Some(line) => line.extend_from_slice(piece),
                None => self.lines.push_back(piece.to_vec()),
            }
            self.open = !piece.ends_with(b"\n");
            if self.lines.len() > TAIL {
                self.lines.pop_front();
            }
        }
    }

    fn text(&self, ci: Ci) -> String {
        self.lines.iter().map(|line| String::from_utf8_lossy(line)).filter(|line| !ci.acts_on(line)).collect()
    }
}
