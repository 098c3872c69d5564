//! `instep kube-unlock`.

use clap_complete::ArgValueCandidates;
use serde_json::{Value, json};

use super::Context;
use crate::config::{Environment, Target};
use crate::kube::Ground;
use crate::kube::lock::{self, Deployer};
use crate::report::style::{DIM, GOOD, NAME, WARN, paint};
use crate::report::{Result, text};

/// Arguments of `kube-unlock`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The environment, or ENV/CLUSTER
    #[arg(value_name = "ENV", add = ArgValueCandidates::new(super::complete::environments))]
    environment: String,
    /// Free it, though its holder may still be at work
    #[arg(long)]
    free: bool,
}

/// Shows who holds the lock of a deployment, and frees it. A holder that was killed needs no unlocking: its
/// lock is taken over after 20 s.
///
/// # Errors
/// Exit code 1 when the lock changed hands while it was looked at.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let environment = Environment::of(context.project()?, &args.environment)?;
    let places = environment.places.iter().map(|target| one(args, target, &environment.name, context)).collect::<Result<Vec<Value>>>()?;
    context.report.document(json!({ "environment": environment.name, "places": places }));
    Ok(())
}

fn one(args: &Args, target: &Target, environment: &str, context: &Context) -> Result<Value> {
    let ground = Ground::of(target, &context.report)?;
    let lease = lock::look(&ground)?.unwrap_or_default();
    let name = paint(NAME, environment);
    let (mut freed, mut script) = (false, None);
    match &lease.holder {
        None => context.report.result(&format!("{name} is not locked {}", paint(DIM, &format!("({})", target.context)))),
        Some(holder) => {
            context.report.result(&format!("{name} is {} by {}", paint(WARN, "locked"), holder.words()));
            context.report.result(&format!("  since {}, last sign of life {}", holder.since, holder.beat));
            let waits: Vec<String> = lease.waiting.iter().map(Deployer::words).collect();
            if !waits.is_empty() {
                context.report.result(&format!("  waiting: {}", text::list(&waits)));
            }
            if context.global.dry_run {
                let line = lock::freeing(&ground, holder).to_string();
                context.report.result(&line);
                script = Some(line);
            } else if args.free {
                lock::free(&ground, holder)?;
                freed = true;
                context.report.result(&format!("{} freed", paint(GOOD, "✓")));
            } else {
                context.report.note("--free frees it; one whose holder was killed is taken over by itself");
            }
        }
    }
    Ok(json!({ "cluster": target.cluster, "holder": lease.holder, "waiting": lease.waiting, "freed": freed, "script": script }))
}
