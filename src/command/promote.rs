//! `instep promote ENV`.

use std::time::Duration;

use clap_complete::ArgValueCandidates;

use super::{Context, confirm};
use crate::config::{Environment, value};
use crate::docker;
use crate::process;
use crate::release::Promote;
use crate::report::Result;

/// Arguments of `promote`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The environment
    #[arg(value_name = "ENV", add = ArgValueCandidates::new(super::complete::environments))]
    environment: String,
    /// Take exactly what runs in this environment
    #[arg(long, value_name = "ENV", add = ArgValueCandidates::new(super::complete::environments), conflicts_with = "image")]
    from: Option<String>,
    /// The image to run, instead of the one of HEAD's commit
    #[arg(long, value_name = "[NAME=]REF")]
    image: Vec<String>,
    /// Take the newest promotion back, by a commit that reverts it
    #[arg(long, conflicts_with_all = ["from", "image"])]
    rollback: bool,
    /// Watch the cluster until it runs what was committed, and check it then
    #[arg(long, conflicts_with = "rollback")]
    wait: bool,
    /// With --wait: for how long
    #[arg(long, value_name = "DURATION", value_parser = value::duration, default_value = "30m", requires = "wait")]
    timeout: Duration,
    /// Yes, this protected environment is meant
    #[arg(long, value_name = "ENV", add = ArgValueCandidates::new(super::complete::environments))]
    confirm: Option<String>,
    /// Go past a refusal; the reason is recorded
    #[arg(long = "override", value_name = "REASON")]
    overrule: Option<String>,
}

/// Commits the rendered manifests to the platform repo, or opens a pull request there.
///
/// # Errors
/// Exit codes 1, 2, 6 and 7 of the contract.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let project = context.project()?;
    let environment = Environment::of(project, &args.environment)?;
    let from = args.from.as_deref().map(|name| Environment::of(project, name)).transpose()?;
    process::find("git")?;
    let promote = Promote {
        project,
        environment: &environment,
        from: from.as_ref(),
        image: &args.image,
        overrule: args.overrule.as_deref(),
        wait: args.wait.then_some(args.timeout),
        dry_run: context.global.dry_run,
        report: &context.report,
    };
    if !context.global.dry_run {
        confirm::confirm(&environment, args.confirm.as_deref(), context)?;
    }
    if args.rollback { promote.rollback() } else { promote.run(&docker::digest) }
}
