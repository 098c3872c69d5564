//! Parts that run to completion: the CronJob of a schedule, and the Job of one run.

use serde_json::{Value, json};

use super::{Given, Part, pod};
use crate::config::Job;

/// How long a finished Job stays to be looked at, in seconds.
const KEPT: u64 = 24 * 3600;

/// The CronJob, when there is a schedule.
pub(super) fn cron(part: &Part<'_>, job: &Job) -> Option<Value> {
    let schedule = job.schedule.as_ref()?;
    let mut spec = json!({
        "schedule": schedule,
        "concurrencyPolicy": job.concurrency,
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 3,
        "jobTemplate": { "metadata": { "labels": part.labels() }, "spec": run_spec(part, job) },
    });
    // A cluster that was away does not run all that it missed.
    spec["startingDeadlineSeconds"] = 300.into();
    Some(json!({ "apiVersion": part.facts.kube.cron(), "kind": "CronJob", "metadata": part.metadata(), "spec": spec }))
}

/// The Job of one run, with a name of its own: a Job can't be changed once it is there.
pub(super) fn run(part: &Part<'_>, job: &Job, name: &str) -> Value {
    let mut metadata = part.metadata();
    metadata["name"] = name.into();
    let mut spec = run_spec(part, job);
    spec["ttlSecondsAfterFinished"] = KEPT.into();
    json!({ "apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec })
}

/// Adds what a run by hand was given: arguments after the command (or in the place of the image's own), and variables.
pub(super) fn give(container: &mut Value, given: Given<'_>) {
    if !given.args.is_empty() {
        container["args"] = json!(given.args);
    }
    if given.env.is_empty() {
        return;
    }
    let mut env: Vec<Value> = container["env"].as_array().cloned().unwrap_or_default();
    env.retain(|variable| !given.env.iter().any(|(name, _)| variable["name"] == **name));
    env.extend(given.env.iter().map(|(name, value)| json!({ "name": name, "value": value })));
    container["env"] = env.into();
}

fn run_spec(part: &Part<'_>, job: &Job) -> Value {
    let mut template = pod::template(part);
    template["spec"]["restartPolicy"] = "Never".into();
    let mut spec = json!({ "backoffLimit": job.retries });
    if let Some(timeout) = job.timeout {
        spec["activeDeadlineSeconds"] = timeout.as_secs().into();
    }
    spec["template"] = template;
    spec
}
