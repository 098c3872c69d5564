//! `instep run-local`.

use std::time::{Duration, Instant};

use serde_json::json;

use super::Context;
use crate::check::{self, Readiness};
use crate::config::variables::{self, Layers, Variable};
use crate::config::{self, RunLocal};
use crate::local::{self, Endpoint, NotReady, Service, State};
use crate::process::{self, cancel};
use crate::report::{Error, Kind, Result, text};

/// Arguments of `run-local`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The port to serve on, or `auto` for a free one; default: service.port
    #[arg(long, value_name = "N|auto", value_parser = port)]
    port: Option<Port>,
    /// Run this command when the service is ready, then stop the service; its exit code is passed on.
    /// Takes the rest of the line
    #[arg(long, value_name = "CMD", num_args = 1.., allow_hyphen_values = true)]
    exec: Vec<String>,
    /// Tell whether the service runs here, and where
    #[arg(long, conflicts_with_all = ["stop", "exec", "port"])]
    status: bool,
    /// Stop the run of this repo
    #[arg(long, conflicts_with_all = ["exec", "port"])]
    stop: bool,
}

/// `--port`.
#[derive(Clone, Copy, Debug)]
enum Port {
    Auto,
    Number(u16),
}

fn port(text: &str) -> Result<Port, String> {
    match text.parse::<u16>() {
        _ if text == "auto" => Ok(Port::Auto),
        Ok(number) if number > 0 => Ok(Port::Number(number)),
        _ => Err("a number from 1 to 65535, or `auto`, is needed".to_owned()),
    }
}

/// Starts the service and stays until it is stopped.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    if args.status {
        return status(context);
    }
    if args.stop {
        return stop(context);
    }
    context.warn_planned(&["run-local"])?;
    let plan = local::plan(service(args, context)?, &args.exec);
    if context.global.dry_run {
        plan.show(&context.report);
        return Ok(());
    }
    if let Some(program) = args.exec.first() {
        process::find(program)?;
    }
    local::run(&plan, &probe, &context.report)
}

/// Is the service ready?
fn probe(url: &str) -> Result<Option<NotReady>> {
    let reason = match check::ready(url)? {
        Readiness::Ready => return Ok(None),
        Readiness::Answers(reason) => return Ok(Some(NotReady { reason, answers: true })),
        Readiness::NotThere(reason) => reason,
    };
    // What asks for `localhost` may get the address of IPv6 alone.
    let other = check::ready(&url.replace("127.0.0.1", "[::1]"))?;
    let reason = if matches!(other, Readiness::NotThere(_)) { reason } else { "it listens on [::1] only, not on 127.0.0.1".to_owned() };
    Ok(Some(NotReady { reason, answers: false }))
}

fn service(args: &Args, context: &Context) -> Result<Service> {
    let project = context.project()?;
    let scope = project.scope();
    let run_local = RunLocal::of(scope)?;
    let service = config::Service::of(scope)?;
    let Some(run) = run_local.run.clone() else {
        return Err(scope.read("run-local").lacks("run", "\"the command that starts the service on $PORT\""));
    };
    let port = match args.port {
        Some(Port::Auto) => Some(local::free()?),
        Some(Port::Number(number)) => Some(number),
        None => service.port,
    };
    let of_service = scope.read("service");
    Ok(Service {
        env: env(&run_local, port, context)?,
        endpoints: endpoints(&service, port),
        name: service.name,
        run,
        dir: project.root.clone(),
        port,
        ready_within: run_local.ready_within,
        stop_within: run_local.stop_within,
        watch: if args.exec.is_empty() { run_local.watch } else { Vec::new() },
        run_place: run_local.place,
        port_place: of_service.place("port").filter(|_| args.port.is_none()),
        watch_place: scope.read("run-local").place("watch"),
        ready_place: of_service.place("ready").or_else(|| of_service.place("health")),
    })
}

/// The URLs of the service, each once.
fn endpoints(service: &config::Service, port: Option<u16>) -> Vec<Endpoint> {
    let Some(port) = port else { return Vec::new() };
    let own = |path: &Option<String>| path.clone().map(|path| config::Endpoint { path, port: None });
    let all = [
        ("health", Some(service.health.clone())),
        ("ready", Some(service.ready.clone())),
        ("metrics", own(&service.metrics)),
        ("info", own(&service.info)),
    ];
    let url = |endpoint: &config::Endpoint| format!("http://127.0.0.1:{}{}", endpoint.port.unwrap_or(port), endpoint.path);
    all.into_iter().filter_map(|(name, endpoint)| Some(Endpoint { name: name.to_owned(), url: url(&endpoint?) })).collect()
}

fn env(run_local: &RunLocal, port: Option<u16>, context: &Context) -> Result<Vec<Variable>> {
    let arguments = context.env()?;
    if arguments.iter().any(|(name, _)| name == "PORT") {
        return Err(Error::usage("-e PORT: the port is told to the service by instep").help("use `--port N`"));
    }
    // Written to a pipe, Python would hold its output back until 8 KiB have come together.
    let mut defaults = vec![("PYTHONUNBUFFERED".to_owned(), "1".to_owned())];
    defaults.extend(variables::defaults(context.project()?, None)?);
    let mut facts = variables::git_facts(context.project()?, None);
    facts.extend(port.map(|port| ("PORT".to_owned(), port.to_string())));
    let layers = Layers { table: "run-local", defaults, files: &run_local.env_files, facts, own: &run_local.env, arguments };
    layers.merge(&context.report, process::env::is_set)
}

fn status(context: &Context) -> Result<()> {
    let name = config::Service::of(context.project()?.scope())?.name;
    let Some(state) = State::load(&context.project()?.root) else {
        context.report.document(json!({ "running": false }));
        context.report.result(&format!("{name} does not run here"));
        return Err(Error::failed(format!("{name} does not run here")).silent());
    };
    context.report.document(json!({ "running": true, "ready": state.ready, "url": state.url, "pid": state.pid }));
    let words = if state.ready { "runs" } else { "starts" };
    let url = state.url.map(|url| format!("  {url}")).unwrap_or_default();
    context.report.result(&format!("{name} {words}{url}  (process {})", state.pid));
    Ok(())
}

fn stop(context: &Context) -> Result<()> {
    let project = context.project()?;
    let Some(state) = State::load(&project.root) else {
        context.report.note("nothing runs here");
        return Ok(());
    };
    process::listen_for_signals();
    let begin = Instant::now();
    process::terminate(state.pid)?;
    let most = RunLocal::of(project.scope())?.stop_within + Duration::from_secs(5);
    while state.lives() {
        if begin.elapsed() > most {
            let message = format!("{} (process {}) did not stop within {}", state.service, state.pid, text::elapsed(most));
            return Err(Error::new(Kind::TimedOut, message).help(format!("`kill -9 {}` ends it by force", state.pid)));
        }
        context.report.transient(&format!("  stopping {}", state.service));
        cancel::sleep(Duration::from_millis(20))?;
    }
    context.report.note(&format!("{} stopped", state.service));
    Ok(())
}
