//! `instep job NAME ENV`, and what became of earlier runs.

use std::path::{Path, PathBuf};

use clap_complete::ArgValueCandidates;
use serde_json::json;

use super::{Context, confirm};
use crate::config::{Environment, Job, Project, Target};
use crate::docker;
use crate::kube::Ground;
use crate::kube::job::record::{Outcome, Run};
use crate::kube::job::{Jobs, Keep};
use crate::kube::render::Given;
use crate::process;
use crate::release::{RunJob, followed};
use crate::report::style::{BAD, DIM, GOOD, NAME, WARN, paint};
use crate::report::table::columns;
use crate::report::{Error, Kind, Result, text};

/// Arguments of `job`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The job, by its name in instep.toml
    #[arg(required_unless_present_any = ["list", "logs"], add = ArgValueCandidates::new(super::complete::jobs))]
    name: Option<String>,
    /// The environment, or ENV/CLUSTER
    #[arg(value_name = "ENV", required_unless_present_any = ["list", "logs"], add = ArgValueCandidates::new(super::complete::environments))]
    environment: Option<String>,
    /// The image to run, instead of the one that serves there
    #[arg(long, value_name = "[NAME=]REF")]
    image: Vec<String>,
    /// The folder for the files that the run brings back; default: in .instep/state/artifacts
    #[arg(long, value_name = "DIR", conflicts_with = "list", value_hint = clap::ValueHint::DirPath)]
    artifacts: Option<PathBuf>,
    /// Set a variable of the job: backup-id=123 is BACKUP_ID
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Yes, this protected environment is meant
    #[arg(long, value_name = "ENV", add = ArgValueCandidates::new(super::complete::environments))]
    confirm: Option<String>,
    /// List the runs in an environment
    #[arg(long, value_name = "ENV", conflicts_with_all = ["name", "logs"], add = ArgValueCandidates::new(super::complete::environments))]
    list: Option<String>,
    /// Show what a run wrote; one that still runs is followed
    #[arg(long, value_name = "RUN", conflicts_with = "name")]
    logs: Option<String>,
    /// Arguments for the job's program
    #[arg(last = true, value_name = "ARGS")]
    given: Vec<String>,
}

/// Runs a job of the service in the cluster, or tells of earlier runs.
///
/// # Errors
/// The exit code of the job's program; else those of the contract.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    process::find("kubectl")?;
    let project = context.project()?;
    if let Some(name) = &args.list {
        return list(&Environment::of(project, name)?, context);
    }
    if let Some(id) = &args.logs {
        return logs(project, id, artifacts(args, context).as_deref(), context);
    }
    let (Some(name), Some(environment)) = (&args.name, &args.environment) else {
        return Err(Error::usage("job needs the name of a job and an environment"));
    };
    let environment = Environment::of(project, environment)?;
    let env: Vec<(String, String)> = settings(&args.set)?.into_iter().chain(context.env()?).collect();
    if !context.global.dry_run {
        confirm::confirm(&environment, args.confirm.as_deref(), context)?;
    }
    let given = Given { args: &args.given, env: &env };
    let (image, dry_run, report) = (args.image.as_slice(), context.global.dry_run, &context.report);
    let artifacts = artifacts(args, context);
    RunJob { project, environment: &environment, name, image, given, artifacts: artifacts.as_deref(), dry_run, report }.run(&docker::digest)
}

/// `--artifacts`, from where the user is.
fn artifacts(args: &Args, context: &Context) -> Option<PathBuf> {
    args.artifacts.as_ref().map(|folder| context.dir.join(folder))
}

/// `backup-id=123` as the variable `BACKUP_ID`.
fn settings(set: &[String]) -> Result<Vec<(String, String)>> {
    let is_name = |name: &str| name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let pair = |text: &String| {
        let (name, value) = text.split_once('=').filter(|(name, _)| is_name(name))?;
        let clean = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
        Some((clean, value.to_owned()))
    };
    set.iter().map(|text| pair(text).ok_or_else(|| Error::usage(format!("--set takes KEY=VALUE, not `{text}`")))).collect()
}

fn jobs<'a>(ground: &'a Ground, folder: Option<&'a Path>, context: &'a Context) -> Result<Jobs<'a>> {
    let keep = Keep { root: &context.project()?.root, folder };
    Ok(Jobs { ground, report: &context.report, keep })
}

fn list(environment: &Environment, context: &Context) -> Result<()> {
    let mut places = Vec::new();
    for target in &environment.places {
        let ground = Ground::of(target, &context.report)?;
        let mut runs = jobs(&ground, None, context)?.runs()?;
        runs.reverse();
        let place = paint(DIM, &format!("(context {}, namespace {})", target.context, target.namespace));
        let table = if runs.is_empty() { nothing(target)? } else { columns(&runs.iter().map(row).collect::<Vec<_>>(), 2) };
        context.report.result(format!("{} {place}\n{table}", paint(NAME, &environment.name)).trim_end());
        places.push(json!({ "cluster": target.cluster, "namespace": target.namespace, "runs": runs }));
    }
    context.report.document(json!({ "environment": environment.name, "places": places }));
    Ok(())
}

fn nothing(target: &Target) -> Result<String> {
    let jobs: Vec<String> = Job::all(&target.scope)?.into_iter().map(|job| job.key).collect();
    Ok(match jobs.as_slice() {
        [] => "  no job was run, and [jobs] has none".to_owned(),
        jobs => format!("  no job was run; there are: {}", text::list(jobs)),
    })
}

fn row(run: &Run) -> Vec<String> {
    let style = match run.outcome {
        Outcome::Done => GOOD,
        Outcome::Failed => BAD,
        Outcome::Running | Outcome::Stopped => WARN,
    };
    let code = run.exit_code.filter(|code| *code != 0).map_or_else(String::new, |code| format!(" ({code})"));
    let args = if run.args.is_empty() { String::new() } else { paint(DIM, &format!("-- {}", run.args.join(" "))) };
    let word = paint(style, &format!("{}{code}", run.outcome.word()));
    vec![paint(NAME, &run.id()), word, run.version.clone(), run.started.clone(), run.who.clone(), args]
}

/// `staging/backup-7`; a run that is named without its environment is looked for in all.
fn logs(project: &Project, name: &str, folder: Option<&Path>, context: &Context) -> Result<()> {
    let (only, id) = name.rsplit_once('/').map_or((None, name), |(environment, id)| (Some(environment), id));
    let environments = only.map_or_else(|| project.environment_names(), |only| vec![only]);
    let mut search = Search::default();
    for environment in environments {
        let environment = Environment::of(project, environment)?;
        for target in &environment.places {
            match Ground::of(target, &context.report) {
                Ok(ground) => search.look(&environment.name, id, &ground, context)?,
                // One that can't be reached must not hide the others.
                Err(error) if only.is_none() && matches!(error.kind, Kind::Missing | Kind::Usage) => {
                    search.away = Some((environment.name.clone(), error));
                }
                Err(error) => return Err(error),
            }
        }
    }
    let (ground, run) = search.the_one(name)?;
    if run.outcome == Outcome::Running {
        return followed(&jobs(&ground, folder, context)?, run, false);
    }
    if context.report.is_json() {
        context.report.document(json!({ "run": run, "id": run.id(), "log": run.log }));
    } else {
        context.report.raw(&run.log);
    }
    Ok(())
}

/// What was found of a run.
#[derive(Default)]
struct Search {
    found: Vec<(Ground, Run)>,
    known: Vec<String>,
    /// A place that could not be asked, and why.
    away: Option<(String, Error)>,
}

impl Search {
    fn look(&mut self, environment: &str, id: &str, ground: &Ground, context: &Context) -> Result<()> {
        let runs = jobs(ground, None, context)?.runs()?;
        let here = || runs.iter().filter(|run| run.environment == environment);
        self.known.extend(here().map(Run::path));
        self.found.extend(here().find(|run| run.id() == id).map(|run| (ground.clone(), run.clone())));
        Ok(())
    }

    fn the_one(mut self, name: &str) -> Result<(Ground, Run)> {
        if let (Some(one), true) = (self.found.pop(), self.found.is_empty()) {
            return Ok(one);
        }
        let same: Vec<&str> = self.known.iter().map(String::as_str).filter(|path| path.ends_with(&format!("/{name}"))).collect();
        if same.len() > 1 {
            return Err(
                Error::usage(format!("`{name}` was run in more than one environment")).help(format!("name one: {}", text::list(&same)))
            );
        }
        let away = self.away.map(|(place, error)| error.note(format!("so nobody knows whether `{name}` was run in {place}")));
        if let (Some(error), true) = (&away, self.known.is_empty()) {
            return Err(error.clone());
        }
        let error = Error::failed(format!("there is no run `{name}`"));
        let error = match text::nearest(name, self.known.iter().map(String::as_str)) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None if self.known.is_empty() => error.note("no job was run there"),
            None => error.help("`instep job --list ENV` lists the runs"),
        };
        Err(away.map_or(error.clone(), |away| error.note(away.message().to_owned())))
    }
}
