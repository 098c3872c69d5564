//! `instep fleet status ENV` and `instep fleet run -- COMMAND`.

use std::borrow::Cow;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Subcommand;
use clap_complete::ArgValueCandidates;

use super::{Context, scaffolds};
use crate::config::{Environment, Project, find};
use crate::process;
use crate::release::fleet::{self, Select};
use crate::report::{Error, Result};

/// Arguments of `fleet`.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// What runs of every service in an environment, how it is, and what it takes of the cluster
    Status(Status),
    /// Run a command in many checkouts
    Run(Run),
}

#[derive(clap::Args, Debug)]
struct Status {
    /// The environment, or ENV/CLUSTER
    #[arg(value_name = "ENV", add = ArgValueCandidates::new(super::complete::environments))]
    environment: String,
    /// The services of this team; may be repeated
    #[arg(long, value_name = "TEAM")]
    team: Vec<String>,
    /// This service; may be repeated
    #[arg(long, value_name = "SERVICE")]
    app: Vec<String>,
}

#[derive(clap::Args, Debug)]
struct Run {
    /// The folder below which the checkouts are
    // With a name of its own: `-C` is called `dir`, too.
    #[arg(id = "below", long = "dir", value_name = "DIR", value_hint = clap::ValueHint::DirPath, default_value = ".")]
    dir: PathBuf,
    /// A file with the folder of a checkout on each line, instead of all below a folder
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, conflicts_with = "below")]
    list: Option<PathBuf>,
    /// How many at once
    #[arg(long, value_name = "N", default_value = "4")]
    max_parallel: NonZeroUsize,
    /// After so many failures nothing more is begun; default: all are run
    #[arg(long, value_name = "N")]
    max_failures: Option<NonZeroUsize>,
    /// The command
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<String>,
}

/// Looks at many services, or runs a command in many checkouts.
///
/// # Errors
/// Exit codes 1, 2 and 7 of the contract.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    match &args.what {
        What::Status(args) => status(args, context),
        What::Run(args) => run_in_all(args, context),
    }
}

fn status(args: &Status, context: &Context) -> Result<()> {
    let project = project(context)?;
    let environment = Environment::of_all(&project, &args.environment)?;
    process::find("kubectl")?;
    let select = Select { teams: &args.team, apps: &args.app, without: &[] };
    fleet::status(&environment, select, &context.report)
}

fn run_in_all(args: &Run, context: &Context) -> Result<()> {
    let dir = context.dir.join(&args.dir);
    let checkouts = match &args.list {
        Some(list) => fleet::listed(&context.dir.join(list))?,
        None => fleet::below(&dir)?,
    };
    let limits = fleet::pool::Limits { parallel: args.max_parallel.get(), failures: args.max_failures.map_or(0, NonZeroUsize::get) };
    let run =
        fleet::Run { checkouts: &checkouts, command: &args.command, limits, dry_run: context.global.dry_run, report: &context.report };
    run.run(&context.env()?)
}

/// The repo's configuration; outside of a repo the user's own, whose clusters and environments serve as well.
pub(super) fn project(context: &Context) -> Result<Cow<'_, Project>> {
    let error = match context.project() {
        Ok(project) => return Ok(Cow::Borrowed(project)),
        Err(error) => error,
    };
    if find::find(&context.dir).is_some() {
        return Err(error);
    }
    match scaffolds::user_file().filter(|file| file.is_file()) {
        Some(file) => Project::read(&file, &file.display().to_string(), &context.global.config).map(Cow::Owned),
        None => Err(Error::usage("there is no instep.toml here, and none of your own")
            .help("outside of a repo, [environments.ENV] with a `context` is read from ~/.config/instep/config.toml")),
    }
}

/// The folder whose state keeps what is collected of failures.
pub(super) fn root(context: &Context) -> PathBuf {
    context.project().map_or_else(|_| context.dir.clone(), |project| project.root.clone())
}
