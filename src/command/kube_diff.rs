//! `instep kube-diff`.

use clap_complete::ArgValueCandidates;

use super::{Context, kube_apply};
use crate::config::Environment;
use crate::docker;
use crate::process;
use crate::report::Result;

/// Arguments of `kube-diff`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The environment, or ENV/CLUSTER
    #[arg(value_name = "ENV", add = ArgValueCandidates::new(super::complete::environments))]
    environment: String,
    /// What others changed in the cluster since the last release
    #[arg(long)]
    drift: bool,
    /// The image, instead of the one of HEAD's commit
    #[arg(long, value_name = "[NAME=]REF")]
    image: Vec<String>,
}

/// Tells what kube-apply would change, or with --drift what others changed. Changes nothing.
///
/// # Errors
/// Exit code 3 when something differs.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let project = context.project()?;
    let environment = Environment::of(project, &args.environment)?;
    process::find("kubectl")?;
    let deploy = kube_apply::look(project, &environment, &args.image, context);
    if args.drift { deploy.drift() } else { deploy.diff(&docker::digest) }
}
