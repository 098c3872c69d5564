//! `instep ci`: what a pipeline runs, worked out from the event.

use std::path::Path;

use clap::ValueEnum as _;

use super::Context;
use crate::plan::Plan;
use crate::process;
use crate::release::pipeline::{self, Pipeline, Runner};
use crate::repo::Trigger;
use crate::report::{Error, Result};

/// Arguments of `ci`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Print what would run, and why, and run nothing
    #[arg(long)]
    plan: bool,
    /// As if this had happened: branch=NAME, tag=NAME, pull-request, or fork
    #[arg(long, value_name = "EVENT", value_parser = Trigger::parse)]
    event: Option<Trigger>,
    /// Print the file that makes a CI system call `instep ci`
    #[arg(long, value_enum, value_name = "SYSTEM", conflicts_with_all = ["plan", "event"])]
    print: Option<System>,
}

/// The CI systems whose file is known.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum System {
    /// .github/workflows/ci.yaml
    Github,
    /// .gitlab-ci.yml
    Gitlab,
    /// Jenkinsfile
    Jenkins,
    /// .travis.yml
    Travis,
}

impl System {
    /// The whole file. It never changes when the workflow does; versions and deployments need the whole history.
    fn text(self) -> &'static str {
        match self {
            Self::Github => {
                "on: { push: { branches: [\"**\"], tags: [\"**\"] }, pull_request: {} }\n\
                 jobs: { ci: { runs-on: ubuntu-latest, steps: [{ uses: actions/checkout@v4, with: { fetch-depth: 0 } }, { run: instep ci }] } }\n"
            }
            Self::Gitlab => "ci: { script: instep ci, variables: { GIT_DEPTH: 0 } }\n",
            Self::Jenkins => "node { checkout scm; sh 'instep ci' }\n",
            Self::Travis => "language: minimal\ngit: { depth: false }\nscript: instep ci\n",
        }
    }
}

/// The CI files that are there: where, whether `instep ci` is called in it, and the command that prints one that does.
pub(super) fn files(root: &Path) -> Vec<(&'static str, bool, String)> {
    let found = |system: &System| {
        let (place, name) = match system {
            System::Github => (".github/workflows", "github"),
            System::Gitlab => (".gitlab-ci.yml", "gitlab"),
            System::Jenkins => ("Jenkinsfile", "jenkins"),
            System::Travis => (".travis.yml", "travis"),
        };
        let path = root.join(place);
        let in_folder = std::fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path());
        let texts = in_folder.chain([path.clone()]).filter_map(|file| std::fs::read_to_string(file).ok());
        let texts: Vec<String> = texts.collect();
        let calls = texts.iter().any(|text| text.contains("instep ci"));
        (!texts.is_empty()).then(|| (place, calls, format!("instep ci --print {name}")))
    };
    System::value_variants().iter().filter_map(found).collect()
}

/// Runs what the event asks for.
///
/// # Errors
/// The exit code of the step that failed.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let (project, report) = (context.project()?, &context.report);
    if let Some(system) = args.print {
        report.raw(system.text());
        return Ok(());
    }
    let facts = project.facts();
    let env = |name: &str| process::env::var(name);
    let (system, detected) = Trigger::detect(env, &project.root, facts.need_commit()?, facts.tag_prefix());
    let pipeline = match &args.event {
        Some(event) => pipeline::plan(project, None, event.clone())?,
        None => pipeline::plan(project, system, detected)?,
    };
    if args.plan {
        report.result(&pipeline.explained());
        report.document(pipeline.document());
        return Ok(());
    }
    if context.global.dry_run {
        script(&pipeline).show(report);
        return Ok(());
    }
    report.note(&format!("{}\n", pipeline.head()));
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

/// What is run, as a plan of the usual form.
fn script(pipeline: &Pipeline) -> Plan<pipeline::Step> {
    let mut plan = Plan::default();
    for step in pipeline.steps.iter().filter(|step| !step.command.is_empty()) {
        plan.push(step.id.clone(), step.clone());
    }
    plan
}
