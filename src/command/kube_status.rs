//! `instep kube-status`.

use clap_complete::ArgValueCandidates;
use serde_json::json;

use super::Context;
use crate::config::Environment;
use crate::kube::record::Record;
use crate::kube::status::{Pod, Status, status};
use crate::report::Result;
use crate::report::style::{BAD, DIM, GOOD, NAME, WARN, paint};
use crate::report::table::columns;
use crate::report::text::count;

/// Arguments of `kube-status`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The environment, or ENV/CLUSTER
    #[arg(value_name = "ENV", add = ArgValueCandidates::new(super::complete::environments))]
    pub(super) environment: String,
}

/// Shows the newest release and what runs of it.
///
/// # Errors
/// Exit code 7 when there is no kubectl, or no cluster answers.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let environment = Environment::of(context.project()?, &args.environment)?;
    let mut places = Vec::new();
    for target in &environment.places {
        let status = status(target, &context.report)?;
        context.report.result(&text(&status, &environment.name));
        places.push(status);
    }
    context.report.document(json!({ "environment": environment.name, "places": places }));
    Ok(())
}

fn text(status: &Status, environment: &str) -> String {
    let place = paint(DIM, &format!("(context {}, namespace {})", status.place.context, status.place.namespace));
    let mut out = format!("{} {place}\n", paint(NAME, environment));
    let mut rows = match &status.release {
        Some(release) => release_rows(release),
        None if status.recorded => {
            out.push_str(&format!("  nothing is deployed; `instep kube-apply {environment}` does it"));
            return out;
        }
        None => vec![vec![paint(DIM, "release"), "you may not read the records of the releases (Secrets)".to_owned()]],
    };
    for workload in &status.workloads {
        let style = if workload.ready >= workload.wanted { GOOD } else { BAD };
        let wanted = count(usize::try_from(workload.wanted).unwrap_or(0), "pod");
        let ready = paint(style, &format!("{} of {wanted} ready", workload.ready));
        rows.push(vec![workload.name.clone(), format!("{ready} {}", paint(DIM, &workload.image))]);
        rows.extend(workload.used.map(|used| vec![String::new(), used.of_requested(&workload.requested)]));
    }
    out.push_str(&columns(&rows, 2));
    let pods: Vec<Vec<String>> = status
        .pods
        .iter()
        .map(|pod| {
            let mark = paint(if pod.ready { GOOD } else { BAD }, if pod.ready { "✓" } else { "✗" });
            vec![mark, pod.name.clone(), pod.state.clone(), restarts(pod)]
        })
        .collect();
    out.push_str(&columns(&pods, 4));
    if status.pods.iter().any(|pod| pod.restarts > 0) {
        out.push_str(&paint(DIM, &format!("  `instep kube-logs {environment} --previous` shows what they wrote before they ended")));
    }
    out.trim_end().to_owned()
}

/// How often a pod was started again, and how it ended the last time: also one that serves may end again and again.
fn restarts(pod: &Pod) -> String {
    let times = usize::try_from(pod.restarts).unwrap_or(0);
    match &pod.last_end {
        _ if times == 0 => String::new(),
        None => count(times, "restart"),
        Some(end) => {
            let reason =
                if ["", "Completed", "Error"].contains(&end.reason.as_str()) { String::new() } else { format!(" ({})", end.reason) };
            paint(WARN, &format!("{}, last ended with exit code {}{reason} {}", count(times, "restart"), end.exit_code, end.at))
        }
    }
}

fn release_rows(release: &Record) -> Vec<Vec<String>> {
    let time = release.ended.as_ref().unwrap_or(&release.started);
    let words = format!("v{} {}, {} {time} by {}", release.revision, release.version, release.outcome.word(), release.who);
    let mut rows = vec![vec![paint(DIM, "release"), words]];
    rows.extend(release.reason.iter().map(|reason| vec![paint(DIM, "reason"), reason.clone()]));
    rows
}
