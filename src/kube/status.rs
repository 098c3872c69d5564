//! What of the service runs in a place.

use serde::Serialize;
use serde_json::Value;

use super::kubectl::Place;
use super::object::{int, list, text};
use super::observe::{self, Ground};
use super::record::Record;
use super::rollout::describe;
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
    /// The newest release; none before the first.
    pub release: Option<Record>,
    /// Its Deployments.
    pub workloads: Vec<Workload>,
    /// Its pods.
    pub pods: Vec<Pod>,
}

/// A Deployment.
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
}

/// A pod.
#[derive(Clone, Debug, Serialize)]
pub struct Pod {
    /// Its name.
    pub name: String,
    /// What it is at, in words.
    pub state: String,
    /// It serves.
    pub ready: bool,
    /// How often it was started again.
    pub restarts: i64,
}

/// Looks.
///
/// # Errors
/// Exit codes 2, 6 and 7, as everything that looks at a cluster.
pub fn status(target: &Target, report: &Report) -> Result<Status> {
    let ground = Ground::of(target, report)?;
    let objects = if ground.has_namespace { observe::of_service(&ground.kubectl, &ground.service)? } else { Vec::new() };
    let of_kind = |kind: &'static str| objects.iter().filter(move |object| text(object, "/kind") == kind);
    Ok(Status {
        cluster: target.cluster.clone(),
        place: ground.kubectl.place.clone(),
        release: ground.records()?.pop(),
        workloads: of_kind("Deployment").map(workload).collect(),
        pods: of_kind("Pod").map(pod).collect(),
    })
}

fn workload(deployment: &Value) -> Workload {
    Workload {
        name: text(deployment, "/metadata/name").to_owned(),
        ready: int(deployment, "/status/readyReplicas"),
        wanted: deployment.pointer("/spec/replicas").and_then(Value::as_i64).unwrap_or(1),
        image: text(deployment, "/spec/template/spec/containers/0/image").to_owned(),
    }
}

fn pod(pod: &Value) -> Pod {
    let (ready, state) = describe(pod);
    let restarts = list(pod, "/status/containerStatuses").iter().map(|status| int(status, "/restartCount")).sum();
    Pod { name: text(pod, "/metadata/name").to_owned(), state, ready, restarts }
}
