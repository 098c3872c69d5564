//! A task of the repo.

use std::ffi::OsString;
use std::io::{IsTerminal as _, Write as _};

use super::Context;
use crate::plan::Plan;
use crate::report::{Error, Kind, Result};
use crate::task::{self, Options, Wanted, Work};

/// Runs a task and all that it needs. `args` are the task's own.
pub fn run(name: &str, args: &[OsString], context: &Context) -> Result<()> {
    let project = context.project()?;
    context.warn_planned(&[&format!("tasks.{name}")])?;
    let env = context.env()?;
    let wanted = Wanted { args, env: &env, force: context.global.force, ..Wanted::default() };
    let plan = task::plan(project, name, &wanted, &context.report.masker)?;
    execute(&plan, context)
}

/// Runs what a built-in command needs, when a task of its name says so.
pub fn needs(name: &str, context: &Context) -> Result<()> {
    let Ok(project) = context.project() else { return Ok(()) };
    let env = context.env()?;
    let wanted = Wanted { env: &env, force: context.global.force, ..Wanted::default() };
    let plan = task::needs_of(project, name, &wanted, &context.report.masker)?;
    if plan.steps.is_empty() { Ok(()) } else { execute(&plan, context) }
}

fn execute(plan: &Plan<Work>, context: &Context) -> Result<()> {
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
    let options = Options { jobs, keep_going: context.global.keep_going };
    task::run(plan, &context.project()?.root, options, &context.report)
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
