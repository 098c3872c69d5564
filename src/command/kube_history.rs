//! `instep kube-history`.

use clap_complete::ArgValueCandidates;
use serde_json::json;

use super::Context;
use crate::config::Environment;
use crate::kube::record::{Outcome, Record, last_good};
use crate::kube::{Ground, Place};
use crate::report::Result;
use crate::report::style::{BAD, DIM, GOOD, NAME, WARN, paint};
use crate::report::table::columns;

/// Arguments of `kube-history`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The environment, or ENV/CLUSTER
    #[arg(value_name = "ENV", add = ArgValueCandidates::new(super::complete::environments))]
    pub(super) environment: String,
}

/// Lists the releases that are recorded in the cluster, the newest first.
///
/// # Errors
/// Exit code 7 when there is no kubectl, or no cluster answers.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let environment = Environment::of(context.project()?, &args.environment)?;
    let mut places = Vec::new();
    for target in &environment.places {
        let ground = Ground::of(target, &context.report)?;
        let mut records = ground.records()?;
        records.reverse();
        context.report.result(&text(&ground.kubectl.place, &environment.name, &records));
        places.push(json!({ "cluster": target.cluster, "namespace": target.namespace, "releases": records }));
    }
    context.report.document(json!({ "environment": environment.name, "places": places }));
    Ok(())
}

fn text(place: &Place, environment: &str, records: &[Record]) -> String {
    let place = paint(DIM, &format!("(context {}, namespace {})", place.context, place.namespace));
    let mut out = format!("{} {place}\n", paint(NAME, environment));
    if records.is_empty() {
        out.push_str(&format!("  nothing was deployed; `instep kube-apply {environment}` does it"));
        return out;
    }
    let serves = last_good(records).map(|record| record.revision);
    let rows: Vec<Vec<String>> = records.iter().map(|record| row(record, serves == Some(record.revision))).collect();
    out.push_str(&columns(&rows, 2));
    out.trim_end().to_owned()
}

fn row(record: &Record, serves: bool) -> Vec<String> {
    let (style, word) = match record.outcome {
        _ if serves => (GOOD, "serves"),
        Outcome::Deployed => (DIM, "deployed"),
        Outcome::Failed => (BAD, "failed"),
        Outcome::RolledBack => (WARN, "rolled back"),
        Outcome::Running => (WARN, "interrupted"),
    };
    let back = record.rollback_of.map(|revision| format!("back to v{revision}"));
    let more = record.reason.clone().or(back).unwrap_or_default();
    let time = record.ended.as_ref().unwrap_or(&record.started);
    vec![
        paint(NAME, &format!("v{}", record.revision)),
        paint(style, word),
        record.version.clone(),
        time.clone(),
        record.who.clone(),
        more.lines().next().map_or_else(String::new, |more| paint(DIM, more)),
    ]
}
