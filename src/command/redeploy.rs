//! `instep redeploy ENV`.

use std::num::NonZeroUsize;
use std::time::Duration;

use clap_complete::ArgValueCandidates;

use super::{Context, confirm, fleet};
use crate::config::{Environment, value};
use crate::process;
use crate::release::fleet::pool::Limits;
use crate::release::fleet::{Redeploy, Select};
use crate::report::{Error, Result};

/// Arguments of `redeploy`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The environment, or ENV/CLUSTER
    #[arg(value_name = "ENV", add = ArgValueCandidates::new(super::complete::environments))]
    environment: String,
    /// The services of this team; may be repeated
    #[arg(long, value_name = "TEAM")]
    team: Vec<String>,
    /// This service; may be repeated
    #[arg(long, value_name = "SERVICE")]
    app: Vec<String>,
    /// All services of the environment
    #[arg(long, conflicts_with_all = ["team", "app"])]
    all: bool,
    /// Not this service; may be repeated
    #[arg(long, value_name = "SERVICE")]
    exclude_app: Vec<String>,
    /// Apply the release that is recorded again, instead of a restart: what others changed goes back
    #[arg(long)]
    refresh: bool,
    /// How many services at once
    #[arg(long, value_name = "N", default_value = "4")]
    max_parallel: NonZeroUsize,
    /// After so many failures nothing more is begun
    #[arg(long, value_name = "N", default_value = "1")]
    max_failures: NonZeroUsize,
    /// Yes, this protected environment is meant
    #[arg(long, value_name = "ENV", add = ArgValueCandidates::new(super::complete::environments))]
    confirm: Option<String>,
    /// How long to wait for another deployment of the same service
    #[arg(long, value_name = "DURATION", value_parser = value::duration, default_value = "10m")]
    lock_timeout: Duration,
    /// How long to wait for each, such as 5m; default: what its deployment may take
    #[arg(long, value_name = "DURATION", value_parser = value::duration)]
    timeout: Option<Duration>,
}

/// Restarts many services, or applies their releases again: each waited for, and taken back if it fails.
///
/// # Errors
/// Exit codes 1, 2, 4, 5, 6, 7 and 8 of the contract.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let project = fleet::project(context)?;
    let environment = Environment::of_all(&project, &args.environment)?;
    if args.team.is_empty() && args.app.is_empty() && !args.all {
        return Err(Error::usage("redeploy needs to know which services").help("name them: --team TEAM, --app SERVICE, or --all"));
    }
    process::find("kubectl")?;
    let ask = || confirm::ask(&environment.name, context);
    let redeploy = Redeploy {
        environment: &environment,
        select: Select { teams: &args.team, apps: &args.app, without: &args.exclude_app },
        refresh: args.refresh,
        limits: Limits { parallel: args.max_parallel.get(), failures: args.max_failures.get() },
        lock_timeout: args.lock_timeout,
        timeout: args.timeout,
        root: &fleet::root(context),
        report: &context.report,
    };
    if context.global.dry_run {
        return redeploy.show();
    }
    let must = confirm::must_ask(&environment, args.confirm.as_deref(), context)?;
    redeploy.run(if must { Some(&ask) } else { None })
}
