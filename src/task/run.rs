//! One task: up to date or not, its commands one after the other, tried again where that is allowed.

use std::sync::mpsc::Sender;
use std::time::Duration;

use super::fingerprint::{self, Verdict};
use super::schedule::Told;
use super::watch::Halt;
use super::work::Work;
use crate::plan::Action as _;
use crate::process::{self, Command, Exit, cancel};
use crate::report::{Error, Event, Report, Result, UP_TO_DATE, What};

/// How a task ended.
pub(super) enum Ended {
    Well,
    Skipped(String),
    Badly(Exit),
    Error(Error),
}

/// With our terminal handed over; where secrets must be hidden or a report holds the output, through the
/// report, unless it needs the terminal.
pub(super) fn with_terminal(work: &Work, halt: &Halt, report: &Report) -> Ended {
    task(work, halt, report, &mut |command| {
        let started = |stopper| note(halt, work, stopper);
        let heard = report.is_json() || !work.interactive && (report.keeps_output() || !report.masker.is_empty());
        if heard {
            return through_report(command, &work.name, report, started);
        }
        process::with_terminal_and_handle(command, started)
    })
}

/// In the background, its output as events.
pub(super) fn with_events(at: usize, work: &Work, halt: &Halt, report: &Report, tell: &Sender<Told>) -> Ended {
    task(work, halt, report, &mut |command| {
        let tell = tell.clone();
        through_report(command, &work.name, report, move |stopper| {
            note(halt, work, stopper);
            drop(tell.send(Told::Started(at, stopper)));
        })
    })
}

/// What cleans up is let be.
fn note(halt: &Halt, work: &Work, stopper: process::Stopper) {
    if !work.cleanup {
        halt.started(stopper);
    }
}

fn through_report(command: &Command, step: &str, report: &Report, started: impl FnOnce(process::Stopper)) -> Result<Exit> {
    let mut masked = report.masker.stream();
    let emit = |bytes: Vec<u8>| {
        if !bytes.is_empty() {
            report.event(&Event::new(step, What::Output { bytes }));
        }
    };
    let exit = process::with_handle(command, started, &mut |bytes| emit(masked.push(bytes)))?;
    emit(masked.finish());
    Ok(exit)
}

type Runner<'a> = dyn FnMut(&Command) -> Result<Exit> + 'a;

fn task(work: &Work, halt: &Halt, report: &Report, runner: &mut Runner<'_>) -> Ended {
    if let Some(reason) = &work.skip {
        return Ended::Skipped(reason.clone());
    }
    let due = match due(work) {
        Ok(due) => due,
        Err(error) => return Ended::Error(error),
    };
    match due {
        Due::Fresh => return Ended::Skipped(UP_TO_DATE.to_owned()),
        Due::Stale(why) => {
            let title = format!("{}  ({why})", work.title());
            report.event(&Event::new(&*work.name, What::Started { title }));
        }
        Due::Always => {}
    }
    let env = match work
        .env
        .iter()
        .map(|variable| Ok((variable.name.clone(), variable.resolve(report, process::ask)?)))
        .collect::<Result<Vec<_>>>()
    {
        Ok(env) => env,
        Err(error) => return Ended::Error(error),
    };
    match with_retries(work, &env, halt, report, runner) {
        Ended::Well if work.inputs.is_some() => keep(work),
        ended => ended,
    }
}

/// Whether a task must run.
enum Due {
    /// It names no sources.
    Always,
    Fresh,
    Stale(String),
}

fn due(work: &Work) -> Result<Due> {
    let Some(inputs) = &work.inputs else { return Ok(Due::Always) };
    Ok(match fingerprint::check(inputs)?.0 {
        Verdict::Fresh => Due::Fresh,
        Verdict::Stale(why) => Due::Stale(why),
    })
}

/// What is kept is the state after the run: a task may change what it reads.
fn keep(work: &Work) -> Ended {
    let Some(inputs) = &work.inputs else { return Ended::Well };
    match fingerprint::check(inputs).and_then(|(_, fingerprint)| fingerprint.keep()) {
        Ok(()) => Ended::Well,
        Err(error) => Ended::Error(error),
    }
}

fn with_retries(work: &Work, env: &[(String, String)], halt: &Halt, report: &Report, runner: &mut Runner<'_>) -> Ended {
    let mut tries = 0;
    loop {
        let exit = match commands(work, env, halt, runner) {
            Ok(exit) if exit.ok() => return Ended::Well,
            Ok(exit) => exit,
            Err(error) => return Ended::Error(error),
        };
        if tries >= work.retries || cancel::requested().is_some() || halt.is_set() {
            return Ended::Badly(exit);
        }
        let pause = Duration::from_secs(1 << tries.min(5));
        tries += 1;
        report.note(&format!("  {}: {exit}; try {} of {} in {} s", work.name, tries + 1, work.retries + 1, pause.as_secs()));
        if let Err(error) = halt.sleep(pause) {
            return Ended::Error(error);
        }
    }
}

fn commands(work: &Work, env: &[(String, String)], halt: &Halt, runner: &mut Runner<'_>) -> Result<Exit> {
    for command in &work.commands {
        let exit = if env.is_empty() { runner(command)? } else { runner(&Command { env: env.to_vec(), ..command.clone() })? };
        if !exit.ok() || (cancel::requested().is_some() && !work.cleanup) {
            cancel::check().or_else(|error| if work.cleanup { Ok(()) } else { Err(error) })?;
            return Ok(exit);
        }
        if halt.is_set() && !work.cleanup {
            return Ok(Exit::Signal(15));
        }
    }
    Ok(Exit::Code(0))
}
