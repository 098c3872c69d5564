//! `instep kube-rollback`.

use clap_complete::ArgValueCandidates;

use super::Context;
use super::kube_apply::{How, New};
use crate::config::Environment;
use crate::kube::deploy::Source;
use crate::report::{Error, Result};

/// Arguments of `kube-rollback`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The environment, or ENV/CLUSTER
    #[arg(value_name = "ENV", add = ArgValueCandidates::new(super::complete::environments))]
    environment: String,
    /// The revision, as kube-history lists it; default: the one before the release that serves
    #[arg(long, value_name = "REVISION", value_parser = revision)]
    to: Option<u32>,
    #[command(flatten)]
    how: How,
}

/// `3` or `v3`.
fn revision(text: &str) -> Result<u32, String> {
    text.trim_start_matches('v').parse().map_err(|_| "it is a number, such as 3 or v3".to_owned())
}

/// Puts an earlier release back: all of its objects, not only its pods.
///
/// # Errors
/// See [`How::deploy`]; exit code 6 for a release that never served, 8 for one that does not work with today's schema.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let environment = Environment::of(context.project()?, &args.environment)?;
    if args.to.is_some() && environment.places.len() > 1 {
        let error = Error::usage("every cluster counts its own revisions, so --to needs one cluster");
        return Err(error.help(format!("name it: `instep kube-rollback {}/{} --to …`", environment.name, environment.places[0].cluster)));
    }
    args.how.deploy(&args.environment, &New::default(), Source::Release(args.to), context)
}
