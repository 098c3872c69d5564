//! `instep kube-logs`.

use clap_complete::ArgValueCandidates;
use serde_json::json;

use super::Context;
use crate::config::{Environment, Target, Workload, value};
use crate::kube::logs::{Line, Wanted, by_hand, logs};
use crate::kube::{Ground, Place};
use crate::report::style::{DIM, paint};
use crate::report::{Error, Result, text};

/// Arguments of `kube-logs`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The environment, or ENV/CLUSTER
    #[arg(value_name = "ENV", add = ArgValueCandidates::new(super::complete::environments))]
    environment: String,
    /// Only this workload, by its key in instep.toml; the service's name: the main one
    #[arg(value_name = "WORKLOAD")]
    workload: Option<String>,
    /// Go on as more is written; new pods join
    #[arg(short, long)]
    follow: bool,
    /// Of the containers' run before this one
    #[arg(long)]
    previous: bool,
    /// Only what is younger, such as 5m
    #[arg(long, value_name = "DURATION")]
    since: Option<String>,
    /// At most this many lines of each container
    #[arg(long, value_name = "N", default_value = "100", value_parser = value::whole::<u32>(0, u32::MAX.into()))]
    tail: u32,
}

/// Shows what the pods write.
///
/// # Errors
/// Exit code 1 when there is no pod to read from.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let environment = Environment::of(context.project()?, &args.environment)?;
    if args.follow && environment.places.len() > 1 {
        let names: Vec<String> = environment.places.iter().map(|target| format!("{}/{}", environment.name, target.cluster)).collect();
        return Err(Error::usage("one cluster at a time can be followed").help(format!("name it: {}", text::list(&names))));
    }
    for target in &environment.places {
        let wanted = Wanted {
            workload: args.workload.as_deref().map(|name| workload(target, name)).transpose()?,
            follow: args.follow,
            previous: args.previous,
            tail: args.tail,
            since: args.since.clone(),
        };
        if context.global.dry_run {
            let service = crate::config::Service::of(&target.scope)?.name;
            context.report.raw(&format!("{}\n", by_hand(&Place::of(target), &service, &wanted)));
            continue;
        }
        let ground = Ground::of(target, &context.report)?;
        let read = logs(&ground, &wanted, &mut |line| show(line, context))?;
        if read == 0 {
            let which = if args.previous { "no container was started again" } else { "no pod of it runs" };
            let error = Error::failed(format!("{which} in {} (namespace {})", environment.name, target.namespace));
            return Err(error.help(format!("`instep kube-status {}` tells what is there", environment.name)));
        }
    }
    Ok(())
}

/// The name of a workload's objects.
fn workload(target: &Target, name: &str) -> Result<String> {
    let all = Workload::all(&target.scope)?;
    let found = all.iter().find(|workload| workload.key.as_deref() == Some(name) || workload.name == name);
    found.map(|workload| workload.name.clone()).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|workload| workload.key.as_deref().unwrap_or(&workload.name)).collect();
        Error::usage(format!("there is no workload `{name}`")).help(format!("there are: {}", text::list(&names)))
    })
}

fn show(line: &Line, context: &Context) {
    if context.report.is_json() {
        context.report.line(&json!({ "pod": line.pod, "container": line.container, "line": line.text }));
    } else {
        context.report.result(&format!("{} {}", paint(DIM, &format!("{} │", line.pod)), line.text));
    }
}
