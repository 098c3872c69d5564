//! `instep ci`: what a pipeline runs, worked out from the event.

use super::{Context, ci_files};
use crate::plan::Plan;
use crate::process;
use crate::release::pipeline::{self, Occasion, Pipeline, Runner};
use crate::repo::{Changes, Trigger};
use crate::report::{Error, Result};

/// Arguments of `ci`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Print what would run, and why, and run nothing
    #[arg(long)]
    plan: bool,
    /// As if this had happened: branch=NAME, tag=NAME, commit, pull-request, or fork
    #[arg(long, value_name = "EVENT", value_parser = Trigger::parse)]
    event: Option<Trigger>,
    /// In a workspace: every service, not only those that changed
    #[arg(long)]
    all: bool,
    /// In a workspace: the services that changed since this commit
    #[arg(long, value_name = "COMMIT", conflicts_with = "all")]
    since: Option<String>,
    /// Print the file that makes a CI system call `instep ci`, or the script that gets the pinned instep
    #[arg(long, value_enum, value_name = "SYSTEM", conflicts_with_all = ["plan", "event", "all", "since"])]
    print: Option<ci_files::File>,
}

/// Runs what the event asks for.
///
/// # Errors
/// The exit code of the step that failed.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let (project, report) = (context.project()?, &context.report);
    if let Some(file) = args.print {
        report.raw(&file.text(project)?);
        return Ok(());
    }
    let pipeline = plan(args, context)?;
    project.facts().shallow().iter().for_each(|problem| report.warn(problem));
    if args.plan {
        report.result(&pipeline.explained());
        report.document(pipeline.document());
        return Ok(());
    }
    if context.global.dry_run {
        script(&pipeline).show(report);
        return Ok(());
    }
    report.note(&format!("{}\n{}", pipeline.head(), pipeline.concerns()));
    let options = context.global.words();
    let instep = std::env::current_exe().map_err(|error| Error::failed(format!("instep can't find itself: {error}")))?;
    let (outcomes, result) = Runner { instep, root: &project.root, options: &options, report }.run(&pipeline);
    pipeline::show(&pipeline, &outcomes, report);
    report.document(pipeline.document());
    if let Err(error) = super::target::step_summary(&pipeline.markdown(&outcomes), context) {
        error.problems.iter().for_each(|problem| report.warn(problem));
    }
    result
}

/// The plan for what happened, or for `--event`.
fn plan(args: &Args, context: &Context) -> Result<Pipeline> {
    let project = context.project()?;
    let facts = project.facts();
    let env = |name: &str| process::env::var(name).filter(|value| !value.is_empty());
    let (told, detected) = Trigger::detect(env, &project.root, facts.need_commit()?, facts.tag_prefix());
    let (system, trigger) = args.event.clone().map_or((told, detected), |event| (None, event));
    let changes = match &args.since {
        _ if args.all || project.members.is_empty() => None,
        Some(commit) => Some(Changes::since(&project.root, commit)?),
        None => Some(Changes::of(&project.root, system, &trigger, &env)),
    };
    let given = context.env()?.into_iter().map(|(name, _)| name).collect();
    pipeline::plan(project, &Occasion { system, trigger, changes, given })
}

/// What is run, as a plan of the usual form.
fn script(pipeline: &Pipeline) -> Plan<pipeline::Step> {
    let mut plan = Plan::default();
    for step in pipeline.steps.iter().filter(|step| !step.command.is_empty()) {
        plan.push(step.id.clone(), step.clone());
    }
    plan
}
