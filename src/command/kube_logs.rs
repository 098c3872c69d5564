//! `instep kube-logs`.

use clap_complete::ArgValueCandidates;
use serde_json::json;

use super::Context;
use crate::config::{Environment, Target, Workload, value};
use crate::kube::Ground;
use crate::kube::logs::{self, Line, Wanted};
use crate::plan::Plan;
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

/// Shows what the pods write; with --dry-run the commands that show it.
///
/// # Errors
/// Exit code 1 when there is no pod to read from.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let environment = Environment::of(context.project()?, &args.environment)?;
    if args.follow && environment.places.len() > 1 {
        let names: Vec<String> = environment.places.iter().map(|target| format!("{}/{}", environment.name, target.cluster)).collect();
        return Err(Error::usage("one cluster at a time can be followed").help(format!("name it: {}", text::list(&names))));
    }
    let (mut whole, mut places) = (Plan::default(), Vec::new());
    for target in &environment.places {
        let (wanted, ground) = (args.wanted(target)?, Ground::of(target, &context.report)?);
        let (count, lines) = if context.global.dry_run {
            let plan = logs::plan(&ground, &wanted)?;
            let count = plan.steps.len();
            whole.steps.extend(plan.steps);
            (count, Vec::new())
        } else {
            read(&ground, &wanted, context)?
        };
        if count == 0 {
            let which = if args.previous { "no container was started again" } else { "no pod of it runs" };
            let error = Error::failed(format!("{which} in {} (namespace {})", environment.name, target.namespace));
            return Err(error.help(format!("`instep kube-status {}` tells what is there", environment.name)));
        }
        places.push(json!({ "cluster": target.cluster, "namespace": target.namespace, "lines": lines }));
    }
    if context.global.dry_run {
        whole.show(&context.report);
    } else {
        context.report.document(json!({ "environment": environment.name, "places": places }));
    }
    Ok(())
}

/// From how many containers was read; the lines where one JSON document is wanted, which one that streams is not.
fn read(ground: &Ground, wanted: &Wanted, context: &Context) -> Result<(usize, Vec<Line>)> {
    let mut lines = Vec::new();
    let report = &context.report;
    let count = logs::logs(ground, wanted, &mut |line| match (report.is_json(), wanted.follow) {
        (true, true) => report.line(&json!(line)),
        (true, false) => lines.push(line.clone()),
        (false, _) => report.result(&format!("{} {}", paint(DIM, &format!("{} │", line.pod)), line.text)),
    })?;
    Ok((count, lines))
}

impl Args {
    fn wanted(&self, target: &Target) -> Result<Wanted> {
        let Self { workload, follow, previous, since, tail, .. } = self;
        let workload = workload.as_deref().map(|name| self::workload(target, name)).transpose()?;
        Ok(Wanted { workload, follow: *follow, previous: *previous, tail: *tail, since: since.clone() })
    }
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
