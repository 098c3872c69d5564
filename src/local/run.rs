//! Walks the plan: the service is started, watched, and stopped on every way out.

use std::time::Duration;

use super::live::Live;
use super::plan::{Action, Service};
use super::port;
use super::ready::{Outcome, Probe, await_ready};
use super::service::{Running, start};
use super::state::State;
use crate::plan::Plan;
use crate::process::{self, Command, Exit, cancel};
use crate::report::{Error, Kind, Report, Result};

/// Between two looks whether it lives.
const WATCH_PAUSE: Duration = Duration::from_millis(250);

/// Runs the plan.
///
/// # Errors
/// Exit code 1 when the port is taken or the service fails, 4 when it is not ready in time, 128+n when we
/// are asked to stop; a command's own code.
pub fn run(plan: &Plan<Action>, probe: Probe<'_>, report: &Report) -> Result<()> {
    let exec = plan.steps.iter().any(|step| matches!(step.action, Action::Exec { .. }));
    let mut running = None;
    let mut live = None;
    let walked = plan.steps.iter().try_for_each(|step| match (&step.action, &mut running) {
        (Action::Start(service), _) => {
            check_port(service)?;
            live = Live::of(service, probe, report)?;
            running = Some(start(service, exec && report.verbose() == 0, report)?);
            Ok(())
        }
        (Action::Ready { url }, Some(running)) => match &mut live {
            Some(live) => live.first_ready(running, url),
            None => first_ready(running, url, probe, exec, report),
        },
        (Action::Exec { command, env }, Some(running)) => execute(command, env, running),
        (Action::Serve, Some(running)) => {
            if running.service.port.is_none() {
                running.ready(false, report);
            }
            match &mut live {
                Some(live) => live.serve(running),
                None => serve(running, report),
            }
        }
        _ => Ok(()),
    });
    if let Some(running) = running {
        running.stop(report);
    }
    cancel::check().and(walked)
}

/// A busy port is found before the start, and its owner named.
fn check_port(service: &Service) -> Result<()> {
    let Some(number) = service.port else { return Ok(()) };
    if !port::is_busy(number)? {
        return Ok(());
    }
    let error = Error::failed(format!("port {number} is in use")).at(service.port_place.clone());
    let earlier = State::load(&service.dir).filter(|state| state.url == service.url());
    Err(match (earlier, port::owner(number)) {
        (Some(state), _) => error
            .note(format!("{} already runs there: `instep run-local`, process {}", state.service, state.pid))
            .help("`instep run-local --stop` stops it; `--port auto` takes a free port"),
        (None, Some(owner)) => error.note(format!("by {owner}")).help("`--port auto` takes a free port, `--port N` another one"),
        (None, None) => error
            .note(format!("by a process of another user, or a container: `docker ps --filter publish={number}` or, as root, `ss -ltnp`"))
            .help("`--port auto` takes a free port, `--port N` another one"),
    })
}

/// `quick`: nobody will read where it serves; a line is enough.
fn first_ready(running: &mut Running, url: &str, probe: Probe<'_>, quick: bool, report: &Report) -> Result<()> {
    if let Outcome::Failed(error) = await_ready(running, url, probe, None, report)? {
        return Err(error);
    }
    running.ready(quick, report);
    Ok(())
}

fn execute(command: &[String], env: &[(String, String)], running: &Running) -> Result<()> {
    let Some((program, args)) = command.split_first() else { return Ok(()) };
    let mut command = Command::new(program, args);
    command.env = env.to_vec();
    let exit = process::with_terminal(&command)?;
    let code = match exit {
        Exit::Code(0) => return Ok(()),
        Exit::Code(code) => u8::try_from(code).unwrap_or(1),
        Exit::Signal(signal) => 128u8.saturating_add(signal),
        Exit::TimedOut => Kind::TimedOut.exit_code(),
    };
    Err(Error::new(Kind::Program(code), format!("`{program}` failed: {exit}")).note(running.tail.note(&running.service.name)))
}

fn serve(running: &mut Running, report: &Report) -> Result<()> {
    let exit = loop {
        if let Some(exit) = running.poll(WATCH_PAUSE)? {
            break exit;
        }
    };
    let service = &running.service;
    if exit.ok() {
        report.note(&format!("{} ended by itself: {exit}", service.name));
        return Ok(());
    }
    Err(Error::failed(format!("{} ended: {exit}", service.name)).at(service.run_place.clone()).note(running.tail.note(&service.name)))
}
