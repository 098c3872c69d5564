//! Every repo in step: one binary, one `instep.toml`, the same commands everywhere.
//!
//! Data flows one way: arguments → configuration → plan → execution → events → report.
//! `docs/architecture.md` names the rooms and who may import whom.

pub mod check;
pub mod cli;
pub mod command;
pub mod config;
pub mod docker;
pub mod http;
pub mod kube;
pub mod load;
pub mod local;
pub mod plan;
pub mod process;
pub mod release;
pub mod repo;
pub mod report;
pub mod scaffold;
pub mod task;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, FromArgMatches as _};
use clap_complete::CompleteEnv;

use crate::command::{BuiltIn, COMPLETE_VARIABLE, Context, Early, Global, Output};
use crate::config::{Head, Project};
use crate::report::{Ci, Error, Format, Report, Result, Settings};

/// The program: the one place where all layers meet.
pub fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    if let [_, only] = args.as_slice() {
        // Asked by scripts all day long: nothing else is needed for the answer.
        if only == "--version" || only == "-V" {
            Report::new(Settings::default()).raw(concat!("instep ", env!("CARGO_PKG_VERSION"), "\n"));
            return ExitCode::SUCCESS;
        }
    }
    let completing = process::env::is_set(COMPLETE_VARIABLE);
    let early = Early::look(if completing { words_typed(&args) } else { &args });
    let plain = Report::new(Settings { format: if early.json { Format::Json } else { Format::Human }, ..Settings::default() });
    let dir = match folder(&early) {
        Ok(dir) => dir,
        Err(error) => return finish(&plain, &Err(error)),
    };
    let project = Project::load(&dir, &early.config, early.service.as_deref());
    if completing {
        let words = words_typed(&args);
        let inside = early.word.as_ref().is_some_and(|(at, _)| at + 1 < words.len());
        let begin = early.word.as_ref().map_or("", |(_, word)| word);
        let tree = || if inside { tree(&project, &early) } else { cli::tree_of_words(&heads(&project), begin) };
        CompleteEnv::with_factory(tree).var(COMPLETE_VARIABLE).bin("instep").completer("instep").complete();
    }
    let mut matches = match tree(&project, &early).try_get_matches_from(&args) {
        Ok(matches) => matches,
        Err(error) => return refused(&error, &project, &early, &plain),
    };
    let global = match Global::from_arg_matches_mut(&mut matches) {
        Ok(global) => global,
        Err(error) => return refused(&error, &project, &early, &plain),
    };
    let report = Report::new(settings(&global));
    let context = Context::new(report.clone(), global, dir, project);
    let result = command::reported(matches.subcommand_name().unwrap_or("list"), &context, || dispatch(&matches, &context));
    process::shut_down();
    let code = finish(&report, &result);
    // The end of the process frees it all at once.
    std::mem::forget((matches, context));
    code
}

/// What stands on the command line that a shell asks about: `instep -- instep WORDS`.
fn words_typed(args: &[OsString]) -> &[OsString] {
    let at = args.iter().position(|arg| arg == "--").map_or(args.len(), |at| at + 1);
    &args[at..]
}

/// The command line as far as these words need it.
fn tree(project: &Result<Project>, early: &Early) -> clap::Command {
    let word = early.word.as_ref().map_or("", |(_, word)| word);
    let task = project.as_ref().ok().and_then(|project| project.head(word));
    let one = match task {
        _ if early.help => None,
        Some(task) if is_own(&task) => Some(cli::tree_of_task(&task, &environments(project))),
        _ => cli::tree_of_built_in(word),
    };
    one.unwrap_or_else(|| cli::tree(&heads(project), &environments(project)))
}

/// Whether a task is run under its name; else it only says what a built-in command needs.
fn is_own(task: &Head<'_>) -> bool {
    task.runs || !config::BUILT_IN.iter().any(|name| config::same(name, task.name))
}

fn environments(project: &Result<Project>) -> Vec<&str> {
    project.as_ref().map(Project::all_environments).unwrap_or_default()
}

fn heads(project: &Result<Project>) -> Vec<Head<'_>> {
    project.as_ref().map(Project::heads).unwrap_or_default()
}

fn dispatch(matches: &ArgMatches, context: &Context) -> Result<()> {
    let Some((name, arguments)) = matches.subcommand() else { return command::list(context) };
    let task = context.project().ok().and_then(|project| project.head(name));
    match task {
        Some(task) if is_own(&task) => command::task(name, arguments, context),
        _ => built_in(matches, context),
    }
}

fn built_in(matches: &ArgMatches, context: &Context) -> Result<()> {
    if context.global.watch {
        return Err(Error::usage("--watch is for tasks").help("`[run-local] watch = [\"src/**\"]` restarts the service when files change"));
    }
    let command = BuiltIn::from_arg_matches(matches).map_err(|error| Error::usage(error.to_string()))?;
    let Some((name, arguments)) = matches.subcommand() else { return command::list(context) };
    command::run_built_in(&command, name, arguments, context)
}

/// What clap has to say: help and version on stdout, a fault on stderr. An unknown command in a repo
/// whose file is broken, or not there, may be one of its tasks: then the file's faults are shown.
fn refused(error: &clap::Error, project: &Result<Project>, early: &Early, plain: &Report) -> ExitCode {
    if error.kind() == clap::error::ErrorKind::InvalidSubcommand {
        let word = error.get(clap::error::ContextKind::InvalidSubcommand).map(ToString::to_string).unwrap_or_default();
        return finish(plain, &Err(unknown(&word, project, early.service.is_some())));
    }
    if plain.is_json() && error.use_stderr() {
        let text = error.to_string();
        let message = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        return finish(plain, &Err(Error::usage(message)));
    }
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

fn unknown(word: &str, project: &Result<Project>, service: bool) -> Error {
    let heads = heads(project);
    let near = report::text::nearest(word, command::BUILT_INS.iter().map(|(name, _)| *name).chain(heads.iter().map(|head| head.name)));
    match (near, project) {
        (_, Err(fault)) if service => fault.clone(),
        (Some(near), Err(fault)) if fault.problems.iter().any(|problem| problem.place.is_some()) => {
            let mut error = Error::usage(format!("there is no command or task `{word}`"))
                .note("the tasks of this repo are not known, for its file has faults")
                .help(format!("did you mean `{near}`?"));
            error.problems.extend(fault.problems.iter().cloned());
            error
        }
        (Some(near), _) => Error::usage(format!("there is no command or task `{word}`")).help(format!("did you mean `{near}`?")),
        (None, Err(fault)) => fault.clone(),
        (None, Ok(_)) => Error::usage(format!("there is no command or task `{word}`")).help("`instep` lists what can be run here"),
    }
}

fn folder(early: &Early) -> Result<PathBuf> {
    let here = process::env::current_dir().map_err(|error| Error::usage(format!("the current folder can't be read: {error}")))?;
    let Some(dir) = &early.dir else { return Ok(here) };
    let dir = here.join(dir);
    match dir.canonicalize() {
        Ok(dir) if dir.is_dir() => Ok(dir),
        _ => Err(Error::usage(format!("-C: there is no folder {}", dir.display()))),
    }
}

fn settings(global: &Global) -> Settings {
    Settings {
        format: if global.output == Output::Json { Format::Json } else { Format::Human },
        color: global.color.into(),
        verbose: global.verbose,
        quiet: global.quiet,
        junit: global.junit.is_some(),
        ci: Ci::detect(process::env::var),
        folded: process::env::is_set(report::ci::FOLDED),
    }
}

fn finish(report: &Report, result: &Result<()>) -> ExitCode {
    let mut code = result.as_ref().map_or_else(|error| error.kind.exit_code(), |()| 0);
    if let Err(fault) = report.close(result.as_ref().err()) {
        // stdout is gone; stderr may still be there.
        report.complain(&fault);
        code = code.max(fault.kind.exit_code());
    }
    ExitCode::from(code)
}
