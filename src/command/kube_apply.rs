//! `instep kube-apply`.

use clap_complete::ArgValueCandidates;

use super::{Context, confirm};
use crate::config::{Environment, value};
use crate::docker;
use crate::process;
use crate::release::Deploy;
use crate::report::Result;

/// Arguments of `kube-apply`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The environment, or ENV/CLUSTER
    #[arg(value_name = "ENV", add = ArgValueCandidates::new(super::complete::environments))]
    pub(super) environment: String,
    /// The image to run, instead of the one of HEAD's commit
    #[arg(long, value_name = "[NAME=]REF")]
    image: Option<String>,
    /// Yes, this protected environment is meant
    #[arg(long, value_name = "ENV", add = ArgValueCandidates::new(super::complete::environments))]
    confirm: Option<String>,
    /// How long to wait, such as 5m; default: what the workloads may take
    #[arg(long, value_name = "DURATION", value_parser = value::duration)]
    timeout: Option<std::time::Duration>,
}

/// A whole deployment: plan, apply, wait, record; taken back as a whole if it fails. Never builds.
///
/// # Errors
/// Exit codes 1, 2, 4, 6, 7 and 8 of the contract.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let project = context.project()?;
    let environment = Environment::of(project, &args.environment)?;
    let deploy = Deploy {
        project,
        environment: &environment,
        image: args.image.as_deref(),
        timeout: args.timeout,
        dry_run: context.global.dry_run,
        report: &context.report,
    };
    deploy.allowed()?;
    context.refuse_planned(&super::kube_tables(&environment.name))?;
    process::find("kubectl")?;
    if !context.global.dry_run {
        confirm::confirm(&environment, args.confirm.as_deref(), context)?;
    }
    deploy.run(&docker::digest)
}
