//! `instep kube-deploy`.

use clap_complete::ArgValueCandidates;

use super::Context;
use super::kube_apply::{How, New};
use crate::kube::deploy::Source;
use crate::report::Result;

/// Arguments of `kube-deploy`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The environment, or ENV/CLUSTER
    #[arg(value_name = "ENV", add = ArgValueCandidates::new(super::complete::environments))]
    pub(super) environment: String,
    #[command(flatten)]
    new: New,
    #[command(flatten)]
    how: How,
}

/// Rolls out only a new image: everything else stays as it is in the cluster.
///
/// # Errors
/// See [`How::deploy`]; exit code 1 before the first kube-apply.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    args.how.deploy(&args.environment, &args.new, Source::Image, context)
}
