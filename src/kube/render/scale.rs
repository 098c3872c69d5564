//! How many pods there are, and how many may be away at once.

use serde_json::{Value, json};

use super::Part;
use crate::config::{Kind, Replicas};

/// The HorizontalPodAutoscaler, when the number of pods is a range.
pub(super) fn autoscaler(part: &Part<'_>) -> Option<Value> {
    let (Replicas::Auto { min, max, cpu }, true) = (part.workload.replicas, part.workload.kind != Kind::DaemonSet) else { return None };
    let spec = json!({
        "scaleTargetRef": { "apiVersion": "apps/v1", "kind": part.workload.kind.name(), "name": part.workload.name },
        "minReplicas": min,
        "maxReplicas": max,
        "metrics": [{
            "type": "Resource",
            "resource": { "name": "cpu", "target": { "type": "Utilization", "averageUtilization": cpu } },
        }],
    });
    let version = part.facts.kube.autoscaling();
    Some(json!({ "apiVersion": version, "kind": "HorizontalPodAutoscaler", "metadata": part.metadata(), "spec": spec }))
}

/// The PodDisruptionBudget, from two pods on: with one, it would block every drain of a node.
pub(super) fn disruption_budget(part: &Part<'_>) -> Option<Value> {
    let (Replicas::Fixed(least) | Replicas::Auto { min: least, .. }) = part.workload.replicas;
    (least >= 2 && part.workload.kind != Kind::DaemonSet).then(|| {
        let spec = json!({ "maxUnavailable": 1, "selector": { "matchLabels": part.selector() } });
        let version = part.facts.kube.policy();
        json!({ "apiVersion": version, "kind": "PodDisruptionBudget", "metadata": part.metadata(), "spec": spec })
    })
}
