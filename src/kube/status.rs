//! What of the service runs in a place.

use serde::Serialize;
use serde_json::Value;

use super::fault::is_forbidden;
use super::kubectl::Place;
use super::object::{int, list, owned_by, text};
use super::observe::{self, Ground};
use super::record::Record;
use super::rollout::{describe, rolls_out};
use super::usage::{Metrics, Usage};
use crate::config::Target;
use crate::report::{Report, Result};

/// The service in a place.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// The cluster.
    pub cluster: String,
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// The newest release; none before the first, and where the rights do not reach to the records.
    pub release: Option<Record>,
    /// The records could be read.
    pub recorded: bool,
    /// What keeps its pods.
    pub workloads: Vec<Workload>,
    /// Its pods.
    pub pods: Vec<Pod>,
}

/// A Deployment, a StatefulSet or a DaemonSet.
#[derive(Clone, Debug, Serialize)]
pub struct Workload {
    /// Its name.
    pub name: String,
    /// How many of its pods serve.
    pub ready: i64,
    /// How many should.
    pub wanted: i64,
    /// What they run.
    pub image: String,
    /// What its pods ask for.
    pub requested: Usage,
    /// What they use; none where nobody measures.
    pub used: Option<Usage>,
}

/// A pod.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Pod {
    /// Its name.
    pub name: String,
    /// What it is at, in words.
    pub state: String,
    /// It serves.
    pub ready: bool,
    /// How often it was started again.
    pub restarts: i64,
    /// How the run before ended.
    pub last_end: Option<End>,
}

/// How a run of a container ended.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct End {
    /// The exit code.
    pub exit_code: i64,
    /// What the cluster calls it.
    pub reason: String,
    /// When (RFC 3339).
    pub at: String,
}

/// The newest release there; none before the first.
///
/// # Errors
/// Exit codes 2, 6 and 7, as everything that looks at a cluster; exit code 1 where the records can't be read.
pub fn release(target: &Target, report: &Report) -> Result<Option<Record>> {
    Ok(Ground::of(target, report)?.records()?.pop())
}

/// Looks.
///
/// # Errors
/// Exit codes 2, 6 and 7, as everything that looks at a cluster.
pub fn status(target: &Target, report: &Report) -> Result<Status> {
    let ground = Ground::of(target, report)?;
    let objects = if ground.has_namespace { observe::of_service(&ground.kubectl, &ground.service)? } else { Vec::new() };
    let records = match ground.records() {
        Err(error) if is_forbidden(&error) => None,
        records => Some(records?),
    };
    let pods: Vec<&Value> = objects.iter().filter(|object| text(object, "/kind") == "Pod").collect();
    let metrics = if pods.is_empty() { None } else { Metrics::read_here(&ground.kubectl) };
    let keepers = objects.iter().filter(|object| rolls_out(text(object, "/kind")));
    Ok(Status {
        cluster: target.cluster.clone(),
        place: ground.kubectl.place.clone(),
        recorded: records.is_some(),
        release: records.and_then(|mut records| records.pop()),
        workloads: keepers.map(|keeper| workload(keeper, &objects, metrics.as_ref())).collect(),
        pods: pods.into_iter().map(pod).collect(),
    })
}

fn workload(keeper: &Value, objects: &[Value], metrics: Option<&Metrics>) -> Workload {
    let uid = text(keeper, "/metadata/uid");
    let of_kind = |kind: &'static str| objects.iter().filter(move |object| text(object, "/kind") == kind);
    let sets: Vec<&str> = of_kind("ReplicaSet").filter(|set| owned_by(set, uid)).map(|set| text(set, "/metadata/uid")).collect();
    let pods: Vec<&Value> = of_kind("Pod").filter(|pod| owned_by(pod, uid) || sets.iter().any(|set| owned_by(pod, set))).collect();
    let daemon = text(keeper, "/kind") == "DaemonSet";
    Workload {
        name: text(keeper, "/metadata/name").to_owned(),
        ready: int(keeper, if daemon { "/status/numberReady" } else { "/status/readyReplicas" }),
        wanted: if daemon {
            int(keeper, "/status/desiredNumberScheduled")
        } else {
            keeper.pointer("/spec/replicas").and_then(Value::as_i64).unwrap_or(1)
        },
        image: text(keeper, "/spec/template/spec/containers/0/image").to_owned(),
        requested: Usage::sum(pods.iter().map(|pod| Usage::requested(pod))),
        // Pods that nobody has measured yet do not use nothing.
        used: metrics.map(|metrics| metrics.of(text(keeper, "/metadata/namespace"), &pods)).filter(|used| *used != Usage::default()),
    }
}

fn pod(pod: &Value) -> Pod {
    let (ready, state) = describe(pod);
    let containers = list(pod, "/status/containerStatuses");
    let restarts = containers.iter().map(|status| int(status, "/restartCount")).sum();
    let ends = containers.iter().filter_map(|status| status.pointer("/lastState/terminated")).map(|ended| End {
        exit_code: int(ended, "/exitCode"),
        reason: text(ended, "/reason").to_owned(),
        at: text(ended, "/finishedAt").to_owned(),
    });
    let last_end = ends.max_by(|one, other| one.at.cmp(&other.at));
    Pod { name: text(pod, "/metadata/name").to_owned(), state, ready, restarts, last_end }
}
