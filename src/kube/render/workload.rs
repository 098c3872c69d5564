//! The Deployment of a workload.

use serde_json::{Value, json};

use super::{Part, pod};
use crate::config::{Replicas, Workload};

/// What pulling the image and finding a node may take beyond `start-within`, for one pod.
pub const SLACK: std::time::Duration = std::time::Duration::from_secs(60);

/// The Deployment. With autoscaling it has no `replicas`: that field is the autoscaler's.
pub(super) fn deployment(part: &Part<'_>) -> Value {
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
    if workload.recreate {
        return json!({ "type": "Recreate" });
    }
    json!({ "type": "RollingUpdate", "rollingUpdate": { "maxSurge": 1, "maxUnavailable": 0 } })
}
