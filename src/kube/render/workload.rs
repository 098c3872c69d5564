//! The Deployment of a workload; or the StatefulSet, or the DaemonSet.

use serde_json::{Value, json};

use super::{Part, mounts, pod};
use crate::config::{Kind, Replicas, Workload};

/// What pulling the image and finding a node may take beyond `start-within`, for one pod.
pub const SLACK: std::time::Duration = std::time::Duration::from_secs(60);

/// What keeps the pods.
pub(super) fn workload(part: &Part<'_>) -> Value {
    match part.workload.kind {
        Kind::Deployment => deployment(part),
        Kind::StatefulSet => stateful_set(part),
        Kind::DaemonSet => daemon_set(part),
    }
}

/// Its Service gives the pods their names. They start side by side: in order, one broken pod would keep the
/// release that mends it from rolling out for ever (kubernetes#67250).
fn stateful_set(part: &Part<'_>) -> Value {
    let mut spec = json!({
        "podManagementPolicy": "Parallel",
        "revisionHistoryLimit": 5,
        "selector": { "matchLabels": part.selector() },
        "serviceName": part.workload.name,
        "template": pod::template(part),
        "updateStrategy": { "type": "RollingUpdate" },
    });
    if let (Replicas::Fixed(replicas), Some(spec)) = (part.workload.replicas, spec.as_object_mut()) {
        spec.shift_insert(0, "replicas".to_owned(), replicas.into());
    }
    let claims = mounts::claim_templates(part);
    if !claims.is_empty() {
        spec["volumeClaimTemplates"] = claims.into();
    }
    json!({ "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": part.metadata(), "spec": spec })
}

fn daemon_set(part: &Part<'_>) -> Value {
    let spec = json!({
        "revisionHistoryLimit": 5,
        "selector": { "matchLabels": part.selector() },
        "template": pod::template(part),
        "updateStrategy": { "type": "RollingUpdate", "rollingUpdate": { "maxUnavailable": 1 } },
    });
    json!({ "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": part.metadata(), "spec": spec })
}

/// The Deployment. With autoscaling it has no `replicas`: that field is the autoscaler's.
fn deployment(part: &Part<'_>) -> Value {
    let workload = part.workload;
    let mut spec = json!({
        "progressDeadlineSeconds": (workload.start_within + SLACK).as_secs(),
        "revisionHistoryLimit": 5,
        "selector": { "matchLabels": part.selector() },
        "strategy": strategy(workload),
        "template": pod::template(part),
    });
    if let (Replicas::Fixed(replicas), Some(spec)) = (workload.replicas, spec.as_object_mut()) {
        spec.shift_insert(0, "replicas".to_owned(), replicas.into());
    }
    json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": part.metadata(), "spec": spec })
}

/// A new pod serves before an old one goes, also when there is only one.
fn strategy(workload: &Workload) -> Value {
    // A claim is one node's: a new pod elsewhere would wait for the old one, and the old one for it.
    if workload.recreate || workload.volumes.iter().any(|volume| volume.size.is_some()) {
        return json!({ "type": "Recreate" });
    }
    json!({ "type": "RollingUpdate", "rollingUpdate": { "maxSurge": 1, "maxUnavailable": 0 } })
}
