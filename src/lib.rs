//! Every repo in step: one binary, one `instep.toml`, the same commands everywhere.
//!
//! Data flows one way: arguments → configuration → plan → execution → events → report.
//! `docs/architecture.md` names the rooms and who may import whom.

pub mod cli;
pub mod command;
pub mod config;
pub mod kube;
pub mod plan;
pub mod process;
pub mod release;
pub mod repo;
pub mod report;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, FromArgMatches as _};
use clap_complete::CompleteEnv;

use crate::cli::{Cli, Early, Global};
use crate::command::Context;
use crate::config::{Head, Project, Task};
use crate::report::{Ci, Error, Format, Report, Result, Settings};

/// The program: the one place where all layers meet.
pub fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    let early = Early::look(&args);
    let dir = match folder(&early) {
        Ok(dir) => dir,
        Err(error) => return finish(&Report::new(Settings::default()), Err(error)),
    };
    let project = Project::load(&dir, &early.config);
    CompleteEnv::with_factory(|| cli::tree(&heads(&project))).var(cli::complete::VARIABLE).bin("instep").completer("instep").complete();
    let matches = match cli::tree(&heads(&project)).try_get_matches_from(&args) {
        Ok(matches) => matches,
        Err(error) => return refused(&error, &project),
    };
    let global = match Global::from_arg_matches(&matches) {
        Ok(global) => global,
        Err(error) => return refused(&error, &project),
    };
    let report = Report::new(settings(&global));
    let context = Context::new(report.clone(), global, dir, project);
    let result = dispatch(&matches, &context);
    process::shut_down();
    finish(&report, result)
}

fn heads(project: &Result<Project>) -> Vec<Head<'_>> {
    project.as_ref().map(|project| Task::heads(project.scope())).unwrap_or_default()
}

fn dispatch(matches: &ArgMatches, context: &Context) -> Result<()> {
    match matches.subcommand() {
        None => command::list(context),
        Some((name, arguments)) => {
            let task = context
                .project()
                .ok()
                .and_then(|project| Task::heads(project.scope()).into_iter().find(|head| head.name == name).map(|head| head.runs));
            match task {
                Some(true) => command::task(name, arguments, context),
                Some(false) if !config::BUILT_IN.contains(&name) => command::task(name, arguments, context),
                _ => built_in(matches, context),
            }
        }
    }
}

fn built_in(matches: &ArgMatches, context: &Context) -> Result<()> {
    let cli = Cli::from_arg_matches(matches).map_err(|error| Error::usage(error.to_string()))?;
    cli.command.map_or_else(|| command::list(context), |command| command.run(context))
}

/// What clap has to say: help and version on stdout, a fault on stderr. An unknown command in a repo
/// whose file is broken may be one of its tasks: then the file's faults are shown.
fn refused(error: &clap::Error, project: &Result<Project>) -> ExitCode {
    if let (clap::error::ErrorKind::InvalidSubcommand, Err(fault)) = (error.kind(), project) {
        return finish(&Report::new(Settings::default()), Err(fault.clone()));
    }
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

fn folder(early: &Early) -> Result<PathBuf> {
    let here = std::env::current_dir().map_err(|error| Error::usage(format!("the current folder can't be read: {error}")))?;
    let Some(dir) = &early.dir else { return Ok(here) };
    let dir = here.join(dir);
    match dir.canonicalize() {
        Ok(dir) if dir.is_dir() => Ok(dir),
        _ => Err(Error::usage(format!("-C: there is no folder {}", dir.display()))),
    }
}

fn settings(global: &Global) -> Settings {
    Settings {
        format: if global.output == cli::Output::Json { Format::Json } else { Format::Human },
        color: global.color.into(),
        verbose: global.verbose,
        quiet: global.quiet,
        ci: Ci::detect(|name| std::env::var(name).ok()),
    }
}

fn finish(report: &Report, result: Result<()>) -> ExitCode {
    let closed = report.close(result.as_ref().err());
    match result.and(closed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => ExitCode::from(error.kind.exit_code()),
    }
}
