//! Walks the plan: what it names is started, watched, and stopped on every way out.

use std::path::Path;
use std::time::Duration;

use super::crew::{Crew, Outside};
use super::live::Live;
use super::output::Outputs;
use super::plan::{Action, How, Ready, Service};
use super::port;
use super::ready::{Outcome, await_ready};
use super::service::Running;
use super::state::State;
use super::stop::stop;
use crate::plan::Plan;
use crate::process::{self, Command, Exit, cancel};
use crate::report::{Error, Kind, Report, Result};

/// Between two looks whether all lives.
const WATCH_PAUSE: Duration = Duration::from_millis(100);

/// Runs the plan of the service `main` of a repo.
///
/// # Errors
/// Exit code 1 when a port is taken or something fails, 4 when it is not ready in time, 128+n when we are
/// asked to stop; a command's own code.
pub fn run(plan: &Plan<Action>, main: &str, root: &Path, outputs: &Outputs, outside: Outside<'_>, report: &Report) -> Result<()> {
    process::listen_for_signals();
    let services: Vec<&Service> = plan.steps.iter().flat_map(|step| started(&step.action)).collect();
    for service in &services {
        check_port(service, root, outside)?;
    }
    let url = services.iter().find(|service| service.name == main).and_then(|service| service.url());
    let mut crew = Crew::new((main, url), root.to_owned(), &services, outputs, outside, report);
    let serves = plan.steps.iter().any(|step| matches!(step.action, Action::Serve));
    let mut live = Live::of(&services, root, serves && report.is_live() && !report.is_json())?;
    let walked = plan.steps.iter().try_for_each(|step| walk(&step.action, &mut crew, &mut live));
    stop(crew);
    cancel::check().and(walked)
}

fn started(action: &Action) -> &[Service] {
    match action {
        Action::Start { services } => services,
        _ => &[],
    }
}

fn walk(action: &Action, crew: &mut Crew<'_>, live: &mut Option<Live>) -> Result<()> {
    match action {
        Action::Build { .. } => crew.build(),
        Action::Network { name } => crew.make_network(name),
        Action::Forward(tunnel) => crew.open_tunnel(tunnel),
        Action::Compose(compose) => {
            crew.compose(compose)?;
            all_ready(crew, compose.ready_within)
        }
        Action::Start { services } => crew.start(services),
        Action::Ready { services, within } => match live {
            Some(live) if services.iter().any(|service| service.name == crew.main) => live.first_ready(crew, *within),
            _ => all_ready(crew, *within),
        },
        Action::Exec { command, env } => {
            crew.ready(true, "");
            execute(command, env, crew)
        }
        Action::Serve => {
            if live.as_ref().is_none_or(|live| !live.told) {
                let keys = live.as_ref().map(Live::hint).unwrap_or_default();
                crew.ready(false, keys);
            }
            match live {
                Some(live) => live.serve(crew),
                None => serve(crew),
            }
        }
    }
}

/// A busy port is found before the start, and its owner named.
fn check_port(service: &Service, root: &Path, outside: Outside<'_>) -> Result<()> {
    let Some(number) = service.port else { return Ok(()) };
    if !port::is_busy(number)? {
        return Ok(());
    }
    let error = Error::failed(format!("port {number} is in use")).at(service.port_place.clone());
    let earlier = State::load(root).filter(|state| state.url == service.url());
    let help = "`--port auto` takes a free port, `--port N` another one, `--port +N` shifts all";
    if let Some(state) = earlier {
        return Err(error
            .note(format!("{} already runs there: `instep run-local`, process {}", state.service, state.pid))
            .help("`instep run-local --stop` stops it; `--port auto` takes a free port"));
    }
    Err(match port::holder(number, outside.containers) {
        Some(holder) => error.note(format!("by {holder}")).help(help),
        None => error.note("by a process of another user: as root, `ss -ltnp` names it").help(help),
    })
}

/// Waits for all that was started.
fn all_ready(crew: &mut Crew<'_>, within: Duration) -> Result<()> {
    let (begin, questions, report) = (crew.begin, crew.outside.questions, crew.report);
    let mut running: Vec<&mut Running> = crew.members.iter_mut().map(|(_, running)| running).collect();
    let outcome = await_ready(&mut running, within, begin, questions, None, report)?;
    if let Outcome::Failed(error) = outcome {
        return Err(error);
    }
    for (_, running) in crew.members.iter().filter(|(_, running)| running.exit().is_some()) {
        crew.roll.done(&running.service.name);
    }
    Ok(())
}

fn execute(command: &[String], env: &[(String, String)], crew: &Crew<'_>) -> Result<()> {
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
    let error = Error::new(Kind::Program(code), format!("`{program}` failed: {exit}"));
    let tails = crew.members.iter().filter(|(_, running)| running.service.ready != Ready::Done);
    Err(tails.fold(error, |error, (_, running)| error.note(running.tail.note(&running.service.name))))
}

fn serve(crew: &mut Crew<'_>) -> Result<()> {
    loop {
        if let Some(result) = one_ended(crew)? {
            return result;
        }
        cancel::sleep(WATCH_PAUSE)?;
    }
}

/// What follows from the end of one of them; none while all goes on.
pub(super) fn one_ended(crew: &mut Crew<'_>) -> Result<Option<Result<()>>> {
    let report = crew.report;
    for (_, running) in &mut crew.members {
        if running.told {
            continue;
        }
        let Some(exit) = running.poll()? else { continue };
        running.told = true;
        let service = &running.service;
        match &service.how {
            _ if !exit.ok() => return Ok(Some(Err(ended(running, exit)))),
            _ if service.ready == Ready::Done => {}
            How::Composed { .. } => {}
            How::Program { .. } | How::Container(_) => {
                report.note(&format!("{} ended by itself: {exit}", service.name));
                return Ok(Some(Ok(())));
            }
        }
    }
    Ok(None)
}

fn ended(running: &Running, exit: Exit) -> Error {
    let name = &running.service.name;
    Error::failed(format!("{name} ended: {exit}")).at(running.service.place.clone()).note(running.tail.note(name))
}
