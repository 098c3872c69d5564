//! A task of the repo.

use std::ffi::OsString;
use std::io::{IsTerminal as _, Write as _};

use clap::ArgMatches;

use super::Context;
use crate::config::{Param, ParamKind, Project, Task};
use crate::plan::Plan;
use crate::report::style::{DIM, paint};
use crate::report::{Error, Kind, Result};
use crate::task::{self, Options, Part, Wanted, Work};

/// Runs a task and all that it needs, with the arguments of its own.
pub fn run(name: &str, arguments: &ArgMatches, context: &Context) -> Result<()> {
    let parts = context.project()?.parts_with(name);
    alike(name, &parts)?;
    let params = parts.first().map(|(_, part)| Task::params(part.scope(), name)).unwrap_or_default();
    with(name, &parts, &Given::of(&params, arguments), context)
}

/// As [`run`], with no arguments.
pub(super) fn run_plain(name: &str, context: &Context) -> Result<()> {
    let project = context.project()?;
    let params = Task::params(project.scope(), name).into_iter().filter_map(|param| Some((param.name, param.default?)));
    with(name, &[(None, project)], &Given { values: params.collect(), ..Given::default() }, context)
}

fn with(name: &str, parts: &[(Option<&str>, &Project)], given: &Given, context: &Context) -> Result<()> {
    let env = context.env()?;
    let mut watch = context.global.watch;
    let mut wanted = Vec::new();
    for &(service, project) in parts {
        if let (Some(service), Some(environment)) = (service, &given.environment)
            && !project.environment_names().contains(&environment.as_str())
        {
            context.report.note(&format!("– {service}:{name} {}", paint(DIM, &format!("it has no environment {environment}"))));
            continue;
        }
        watch |= Task::of(project.scope(), name)?.is_some_and(|task| task.watch);
        wanted.push(Part { service, project, wanted: given.wanted(&env, context) });
    }
    execute(&task::plan(&wanted, name, &context.report)?, watch, context)
}

/// One command line holds for all services: their task of this name must take the same parameters.
fn alike(name: &str, parts: &[(Option<&str>, &Project)]) -> Result<()> {
    let form = |part: &Project| {
        let plain = |param: Param| Param { description: None, ..param };
        Task::params(part.scope(), name).into_iter().map(plain).collect::<Vec<_>>()
    };
    let Some(((first, part), rest)) = parts.split_first() else { return Ok(()) };
    let first_form = form(part);
    let Some((other, _)) = rest.iter().find(|(_, part)| form(part) != first_form) else { return Ok(()) };
    let (first, other) = (first.unwrap_or("the root"), other.unwrap_or("the root"));
    Err(Error::usage(format!("task `{name}` takes other parameters in {other} than in {first}"))
        .help(format!("say which is meant: instep --service {other} {name}")))
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
    fn wanted<'a>(&'a self, env: &'a [(String, String)], context: &Context) -> Wanted<'a> {
        let environment = self.environment.as_deref();
        Wanted { args: &self.words, params: &self.values, env, environment, force: context.global.force }
    }

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
    if watch {
        return task::watch(plan, &context.project()?.root, options, &context.report);
    }
    task::run(plan, options, &context.report)
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
