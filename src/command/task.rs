//! A task of the repo.

use std::ffi::OsString;
use std::io::{IsTerminal as _, Write as _};

use clap::ArgMatches;

use super::Context;
use crate::config::{Param, ParamKind, Task};
use crate::plan::Plan;
use crate::report::{Error, Kind, Result};
use crate::task::{self, Options, Wanted, Work};

/// Runs a task and all that it needs, with the arguments of its own.
pub fn run(name: &str, arguments: &ArgMatches, context: &Context) -> Result<()> {
    let project = context.project()?;
    context.warn_planned(&[&format!("tasks.{name}")])?;
    let env = context.env()?;
    let given = Given::of(&Task::params(project.scope(), name), arguments);
    let wanted = Wanted {
        args: &given.words,
        params: &given.values,
        env: &env,
        environment: given.environment.as_deref(),
        force: context.global.force,
    };
    let plan = task::plan(project, name, &wanted, &context.report)?;
    let watch = context.global.watch || Task::of(project.scope(), name)?.is_some_and(|task| task.watch);
    let result = execute(&plan, watch, context);
    // The end of the process frees it all at once.
    std::mem::forget(plan);
    result
}

/// Runs what a built-in command needs, when a task of its name says so.
pub fn needs(name: &str, context: &Context) -> Result<()> {
    let Ok(project) = context.project() else { return Ok(()) };
    let env = context.env()?;
    let wanted = Wanted { env: &env, force: context.global.force, ..Wanted::default() };
    let plan = task::needs_of(project, name, &wanted, &context.report)?;
    if plan.steps.is_empty() { Ok(()) } else { execute(&plan, false, context) }
}

/// The arguments of a task, as its parameters understand them.
#[derive(Default)]
struct Given {
    /// Every parameter by name.
    values: Vec<(String, String)>,
    /// What stands in `"$@"`: the positional ones, then what comes behind `--`.
    words: Vec<OsString>,
    /// The environment that was chosen.
    environment: Option<String>,
}

impl Given {
    fn of(params: &[Param], arguments: &ArgMatches) -> Self {
        let mut given = Self::default();
        for param in params {
            let values: Vec<OsString> = match param.kind {
                ParamKind::Bool => vec![arguments.get_flag(&param.name).to_string().into()],
                _ => arguments.get_raw(&param.name).into_iter().flatten().map(ToOwned::to_owned).collect(),
            };
            let text = values.iter().map(|value| value.to_string_lossy()).collect::<Vec<_>>().join(" ");
            if param.kind == ParamKind::Environment && !text.is_empty() {
                given.environment = Some(text.clone());
            }
            given.values.push((param.name.clone(), text));
            if param.default.is_none() {
                given.words.extend(values);
            }
        }
        given.words.extend(arguments.get_many::<OsString>("args").into_iter().flatten().cloned());
        given
    }
}

fn execute(plan: &Plan<Work>, watch: bool, context: &Context) -> Result<()> {
    if context.global.dry_run {
        plan.show(&context.report);
        return Ok(());
    }
    for step in &plan.steps {
        if let Some(question) = &step.action.confirm {
            confirm(question, context)?;
        }
    }
    let jobs = context.global.jobs.map_or_else(|| std::thread::available_parallelism().map_or(2, usize::from), usize::from);
    let options = Options { jobs, keep_going: context.global.keep_going, heartbeat: task::HEARTBEAT };
    let run = if watch { task::watch } else { task::run };
    run(plan, &context.project()?.root, options, &context.report)
}

/// Asks on the terminal; without one, `--yes` must have answered.
fn confirm(question: &str, context: &Context) -> Result<()> {
    if context.global.yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Error::new(Kind::Refused, format!("not confirmed: {question}")).help("answer with --yes"));
    }
    let mut err = std::io::stderr().lock();
    let _ = write!(err, "{question} [y/N] ").and_then(|()| err.flush());
    let mut answer = String::new();
    let _ = std::io::stdin().read_line(&mut answer);
    match answer.trim().to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Error::new(Kind::Refused, format!("not confirmed: {question}"))),
    }
}
