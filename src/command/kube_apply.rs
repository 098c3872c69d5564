//! `instep kube-apply`.

use std::time::Duration;

use clap_complete::ArgValueCandidates;

use super::{Context, confirm};
use crate::config::{Environment, Project, value};
use crate::docker;
use crate::kube::deploy::{Foreign, Source};
use crate::process;
use crate::release::Deploy;
use crate::report::Result;

/// Arguments of `kube-apply`.
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

/// What commands take that bring something new.
#[derive(clap::Args, Debug, Default)]
pub struct New {
    /// Take fields over that somebody else changed
    #[arg(long)]
    force_conflicts: bool,
    /// The image to run, instead of the one of HEAD's commit
    #[arg(long, value_name = "[NAME=]REF")]
    image: Vec<String>,
}

/// What all commands that deploy take.
#[derive(clap::Args, Debug)]
pub struct How {
    /// Yes, this protected environment is meant
    #[arg(long, value_name = "ENV", add = ArgValueCandidates::new(super::complete::environments))]
    confirm: Option<String>,
    /// How long to wait for another deployment of the same
    #[arg(long, value_name = "DURATION", value_parser = value::duration, default_value = "10m")]
    lock_timeout: Duration,
    /// When it fails, leave it to be looked at
    #[arg(long)]
    no_rollback: bool,
    /// Go past a refusal; the reason is recorded
    #[arg(long = "override", value_name = "REASON")]
    reason: Option<String>,
    /// How long to wait, such as 5m; default: what the workloads may take
    #[arg(long, value_name = "DURATION", value_parser = value::duration)]
    timeout: Option<Duration>,
}

impl How {
    /// Deploys, once all that can be refused was.
    ///
    /// # Errors
    /// Exit codes 1, 2, 4, 5, 6, 7 and 8 of the contract.
    pub fn deploy(&self, environment: &str, new: &New, source: Source, context: &Context) -> Result<()> {
        let project = context.project()?;
        let environment = Environment::of(project, environment)?;
        let ask = || confirm::ask(&environment.name, context);
        let mut deploy = Deploy {
            project,
            environment: &environment,
            source,
            image: &new.image,
            foreign: if new.force_conflicts { Foreign::Take } else { Foreign::Refuse },
            timeout: self.timeout,
            lock_timeout: self.lock_timeout,
            rollback: !self.no_rollback,
            reason: self.reason.as_deref(),
            dry_run: context.global.dry_run,
            ask: None,
            report: &context.report,
        };
        deploy.allowed()?;
        process::find("kubectl")?;
        if !context.global.dry_run && confirm::must_ask(&environment, self.confirm.as_deref(), context)? {
            deploy.ask = Some(&ask);
        }
        deploy.run(&docker::digest)
    }
}

/// A deployment that is only looked at.
pub fn look<'a>(project: &'a Project, environment: &'a Environment, image: &'a [String], context: &'a Context) -> Deploy<'a> {
    let (source, lock_timeout, report) = (Source::Config, Duration::ZERO, &context.report);
    Deploy {
        project,
        environment,
        source,
        image,
        foreign: Foreign::Show,
        timeout: None,
        lock_timeout,
        rollback: true,
        reason: None,
        dry_run: true,
        ask: None,
        report,
    }
}

/// A whole deployment: plan, apply, wait, verify, record; taken back as a whole if it fails. Never builds.
///
/// # Errors
/// See [`How::deploy`].
pub fn run(args: &Args, context: &Context) -> Result<()> {
    args.how.deploy(&args.environment, &args.new, Source::Config, context)
}
