//! `instep run-local`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::json;

use super::Context;
use crate::config::{self, Project, RunLocal};
use crate::local::{self, Outputs, Outside, Port, Request, State};
use crate::plan::Action as _;
use crate::process::{self, cancel};
use crate::release::local::{self as release, Docker};
use crate::release::ready;
use crate::report::{Error, Kind, Result, text};

/// Arguments of `run-local`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The port to serve on, `auto` for a free one, `+N` to shift all ports; default: service.port
    #[arg(long, value_name = "N|auto|+N", value_parser = port)]
    port: Option<Port>,
    /// Run this command when the service is ready, then stop the service; its exit code is passed on.
    /// Takes the rest of the line
    #[arg(long, value_name = "CMD", num_args = 1.., allow_hyphen_values = true, conflicts_with = "detach")]
    exec: Vec<String>,
    /// Run the built image in a container, and not the command
    #[arg(long)]
    in_docker: bool,
    /// With --in-docker: take the image as it was built last
    #[arg(long, requires = "in_docker")]
    no_build: bool,
    /// Run in the background
    #[arg(long)]
    detach: bool,
    /// Wait until all is ready: with --detach before it returns, else for the run of this repo
    #[arg(long, conflicts_with = "exec")]
    wait: bool,
    /// Tell whether the service runs here, and where
    #[arg(long, conflicts_with_all = ["stop", "exec", "port", "detach", "wait"])]
    status: bool,
    /// Stop the run of this repo, and take away what a killed one left
    #[arg(long, conflicts_with_all = ["exec", "port", "detach", "wait"])]
    stop: bool,
    /// Show lines without the name of their service
    #[arg(long)]
    no_prefix: bool,
    /// Show the time of each line
    #[arg(long)]
    timestamps: bool,
    /// Write the lines of each service to a file in this folder, too
    #[arg(long, value_name = "DIR")]
    log_dir: Option<PathBuf>,
    /// This is the run that --detach started
    #[arg(long, hide = true)]
    detached: bool,
}

fn port(text: &str) -> Result<Port, String> {
    match (text.strip_prefix('+'), text.trim_start_matches('+').parse::<u16>()) {
        _ if text == "auto" => Ok(Port::Auto),
        (None, Ok(number)) if number > 0 => Ok(Port::Number(number)),
        (Some(_), Ok(number)) => Ok(Port::Shifted(number)),
        _ => Err("a number from 1 to 65535, `auto`, or `+N` is needed".to_owned()),
    }
}

/// Starts the service and stays until it is stopped.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    if args.detached {
        process::leave_terminal();
    }
    let project = context.project()?;
    let name = config::Service::of(project.scope())?.name;
    if args.status {
        return status(&name, context);
    }
    if args.stop {
        return stop(context);
    }
    if args.detach && !context.global.dry_run {
        return local::detach(&project.root, without_detach(), args.wait, &context.report);
    }
    if args.wait && !args.detach {
        let within = project.scope().read("run-local").duration("ready-within");
        return local::wait(&project.root, &name, within, &context.report);
    }
    start(args, &name, context)
}

fn start(args: &Args, name: &str, context: &Context) -> Result<()> {
    let (project, report) = (context.project()?, &context.report);
    process::listen_for_signals();
    let docker = Docker::default();
    if !context.global.dry_run {
        // First of all: what was left may hold the ports that are looked at now.
        let uses = args.in_docker || !RunLocal::companions(project.scope())?.is_empty();
        local::sweep(&project.root, &docker, uses, report)?;
    }
    let request = Request {
        port: args.port.unwrap_or_default(),
        image: args
            .in_docker
            .then(|| if args.no_build { release::built(project, &docker) } else { release::image(project) })
            .transpose()?,
        build: if args.in_docker && !args.no_build { script(project)? } else { Vec::new() },
        once: !args.exec.is_empty(),
        env: env(context)?,
    };
    let plan = local::plan(local::stage(project, &request, report)?, &args.exec);
    if context.global.dry_run {
        plan.show(report);
        return Ok(());
    }
    if let Some(program) = args.exec.first() {
        process::find(program)?;
    }
    let outputs = Outputs {
        silent: request.once && report.verbose() == 0,
        no_prefix: args.no_prefix,
        timestamps: args.timestamps,
        dir: args.log_dir.as_ref().map(|dir| context.dir.join(dir)),
    };
    let outside = Outside {
        questions: &|asked| ready::question(project, asked, report),
        containers: &docker,
        tunnels: &|wanted, report| release::tunnel(project, wanted, report),
        rebuild: &|report| release::rebuild(project, report),
    };
    local::run(&plan, name, &project.root, &outputs, outside, report)
}

/// The lines that build the image.
fn script(project: &Project) -> Result<Vec<String>> {
    let (plan, _) = release::build(project)?;
    Ok(plan.steps.iter().flat_map(|step| step.action.script()).collect())
}

/// The arguments of this program, for the run in the background.
fn without_detach() -> Vec<OsString> {
    let args = std::env::args_os().skip(1).filter(|arg| arg != "--detach" && arg != "--wait");
    args.chain([OsString::from("--detached")]).collect()
}

/// `-e`.
fn env(context: &Context) -> Result<Vec<(String, String)>> {
    let arguments = context.env()?;
    if arguments.iter().any(|(name, _)| name == "PORT") {
        return Err(Error::usage("-e PORT: the port is told to the service by instep").help("use `--port N`"));
    }
    Ok(arguments)
}

fn status(name: &str, context: &Context) -> Result<()> {
    let Some(state) = State::load(&context.project()?.root) else {
        context.report.document(json!({ "running": false }));
        context.report.result(&format!("{name} does not run here"));
        return Err(Error::failed(format!("{name} does not run here")).silent());
    };
    local::status(&state, &context.report);
    Ok(())
}

fn stop(context: &Context) -> Result<()> {
    let root = &context.project()?.root;
    let Some(state) = State::load(root) else {
        if local::sweep(root, &Docker::default(), false, &context.report)? == 0 {
            context.report.note("nothing runs here");
        }
        return Ok(());
    };
    process::listen_for_signals();
    let begin = Instant::now();
    process::terminate(state.pid)?;
    let most = state.stop_within + Duration::from_secs(10);
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
