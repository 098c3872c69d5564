//! A built-in command at the root of a workspace: for each service that it concerns, one after the other.

use std::time::Instant;

use clap::ArgMatches;
use clap::parser::ValueSource;
use serde_json::json;

use super::{BuiltIn, Context, task};
use crate::config::{COMMON_OPTIONS, Project, Task};
use crate::report::style::{BAD, DIM, GOOD, NAME, paint};
use crate::report::table::columns;
use crate::report::{Error, Result, text};

/// Which parts of a workspace a command is about.
enum Concerns<'a> {
    /// The repo as it is.
    Repo,
    /// One service.
    One,
    /// Every service with images.
    Images,
    /// Every service with this environment.
    Environment(&'a str),
}

fn concerns(command: &BuiltIn) -> Concerns<'_> {
    let environment = |name: &'_ str| name.find('/').unwrap_or(name.len());
    match command {
        BuiltIn::DockerBuild(_) | BuiltIn::DockerPush(_) => Concerns::Images,
        BuiltIn::KubeApply(args) => Concerns::Environment(&args.environment[..environment(&args.environment)]),
        BuiltIn::KubeDeploy(args) => Concerns::Environment(&args.environment[..environment(&args.environment)]),
        BuiltIn::KubeHistory(args) => Concerns::Environment(&args.environment[..environment(&args.environment)]),
        BuiltIn::KubeRender(args) => Concerns::Environment(&args.environment[..environment(&args.environment)]),
        BuiltIn::KubeStatus(args) => Concerns::Environment(&args.environment[..environment(&args.environment)]),
        BuiltIn::Job(_)
        | BuiltIn::KubeDelete(_)
        | BuiltIn::KubeDiff(_)
        | BuiltIn::KubeLogs(_)
        | BuiltIn::KubeRollback(_)
        | BuiltIn::KubeUnlock(_)
        | BuiltIn::RunLocal(_)
        | BuiltIn::Secret(_)
        | BuiltIn::SmokeTest(_) => Concerns::One,
        _ => Concerns::Repo,
    }
}

/// Runs a command where it belongs: once, or for each service until one fails.
pub(super) fn run(command: &BuiltIn, name: &str, arguments: &ArgMatches, context: &Context) -> Result<()> {
    let Ok(project) = context.project() else { return command.run(context) };
    let concerns = concerns(command);
    match concerns {
        _ if project.members.is_empty() => {}
        Concerns::Repo => {}
        Concerns::One if project.service_name().is_some() => {}
        Concerns::One => return Err(which(name, project)),
        _ => return all(command, name, arguments, &concerns, context),
    }
    needs(name, context)?;
    command.run(context)
}

/// What a task of a built-in's name says that it needs.
fn needs(name: &str, context: &Context) -> Result<()> {
    let named = Task::head(context.project()?.scope(), name).is_some();
    if named && !context.global.no_needs { task::needs(name, context) } else { Ok(()) }
}

fn which(name: &str, project: &Project) -> Error {
    let names: Vec<&str> = project.members.iter().map(|member| member.name.as_str()).collect();
    Error::usage(format!("{name} is for one service, and this is a workspace"))
        .note(format!("its services: {}", text::list(&names)))
        .help(format!("say which: instep {name} --service {}", names.first().unwrap_or(&"NAME")))
}

/// How it went with one service.
struct Row {
    service: String,
    sign: String,
    outcome: &'static str,
    about: String,
}

fn all(command: &BuiltIn, name: &str, arguments: &ArgMatches, concerns: &Concerns<'_>, context: &Context) -> Result<()> {
    let project = context.project()?;
    let parts: Vec<(&str, &Project)> =
        project.parts().filter_map(|(service, part)| Some((service.or_else(|| part.service_name())?, part))).collect();
    if parts.iter().all(|(_, part)| concerns.lacks(part).is_some()) {
        return Err(nobody(concerns, project));
    }
    needs(name, context)?;
    let mut rows = Vec::new();
    let mut failed = None;
    for (service, part) in parts {
        let row = |sign, outcome, about| Row { service: service.to_owned(), sign, outcome, about };
        if let Some(reason) = concerns.lacks(part) {
            rows.push(row(paint(DIM, "–"), "skipped", reason));
        } else if failed.is_some() {
            rows.push(row(paint(DIM, "–"), "skipped", "not run".to_owned()));
        } else {
            let begin = Instant::now();
            match one(command, name, arguments, &context.of_service(service, part), part.members.is_empty()) {
                Ok(()) => rows.push(row(paint(GOOD, "✓"), "done", text::elapsed(begin.elapsed()))),
                Err(error) => {
                    rows.push(row(paint(BAD, "✗"), "failed", error.message().to_owned()));
                    failed = Some(error.note(format!("service {service}")));
                }
            }
        }
    }
    tell(&rows, matches!(command, BuiltIn::KubeRender(_)) || context.global.dry_run, context);
    failed.map_or(Ok(()), Err)
}

/// For one service. Where a task of it takes the command's place, that is run.
fn one(command: &BuiltIn, name: &str, arguments: &ArgMatches, context: &Context, member: bool) -> Result<()> {
    let service = context.service.as_deref().unwrap_or_default();
    match command {
        BuiltIn::KubeRender(_) => {}
        _ if context.global.dry_run && !context.report.is_json() => context.report.raw(&format!("# service {service}\n")),
        _ => context.report.note(&format!("{} {}", paint(NAME, "▸"), paint(NAME, service))),
    }
    let own = Task::head(context.project()?.scope(), name).filter(|head| head.runs && member);
    let Some(own) = own else {
        if member {
            needs(name, context)?;
        }
        return command.run(context);
    };
    if given(arguments) || own.params().iter().any(|param| param.default.is_none()) {
        return Err(Error::usage(format!("{name} of {service} is a task of its own, which does not take these arguments"))
            .help(format!("run it by itself: instep --service {service} {name}")));
    }
    task::run_plain(name, context)
}

/// Whether arguments of the command itself were typed.
fn given(arguments: &ArgMatches) -> bool {
    let own = |id: &str| !COMMON_OPTIONS.contains(&id) && id != "Global";
    arguments.ids().any(|id| own(id.as_str()) && arguments.value_source(id.as_str()) == Some(ValueSource::CommandLine))
}

impl Concerns<'_> {
    /// Why a service is left out.
    fn lacks(&self, part: &Project) -> Option<String> {
        match self {
            Self::Images => {
                let tree = part.scope().tree();
                (tree.get("image").is_none() && tree.get("images").is_none()).then(|| "it has no image".to_owned())
            }
            Self::Environment(name) => {
                let there = part.environment_names().iter().any(|known| crate::config::same(known, name));
                (!there).then(|| format!("it has no environment {name}"))
            }
            Self::Repo | Self::One => None,
        }
    }
}

fn nobody(concerns: &Concerns<'_>, project: &Project) -> Error {
    let Concerns::Environment(name) = concerns else {
        return Error::usage("no service of this workspace has an image")
            .help("add [image] with its repository to the instep.toml of a service");
    };
    let error = Error::usage(format!("no service of this workspace has an environment `{name}`"));
    match text::nearest(name, project.all_environments()) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help(format!("they have: {}", text::list(&project.all_environments()))),
    }
}

/// The summary; of what only prints, who was left out.
fn tell(rows: &[Row], prints: bool, context: &Context) {
    let json = |row: &Row| json!({ "service": row.service, "outcome": row.outcome, "about": row.about });
    context.report.document(json!({ "summary": rows.iter().map(json).collect::<Vec<_>>() }));
    let shown = rows.iter().filter(|row| !prints || row.outcome != "done");
    let lines: Vec<Vec<String>> = shown.map(|row| vec![format!("{} {}", row.sign, row.service), paint(DIM, &row.about)]).collect();
    if !lines.is_empty() {
        context.report.note(columns(&lines, 0).trim_end());
    }
}
