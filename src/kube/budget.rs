//! How long a rollout may take, from what will be there: its pods, how many of them change at once, their probes, and
//! the size of their images. Pure.

use std::time::Duration;

use serde_json::Value;

use super::object::{int, list, text};
use super::render::SLACK;
use super::rollout::rolls_out;
use crate::config::Workload;

/// How much of an image a node surely gets in a second.
const PULLED: u64 = 10_000_000;

/// How long to wait for these objects. Workloads roll out side by side; `live` knows how many nodes there are, `image`
/// is the size of the largest image, in bytes.
pub fn give_up(objects: &[Value], live: &[Value], workloads: &[Workload], image: u64) -> Duration {
    let keepers = objects.iter().filter(|object| rolls_out(text(object, "/kind")));
    let rollout = |keeper: &Value| rounds(keeper, pods(keeper, objects, live)).saturating_mul(round(keeper, workloads));
    Duration::from_secs(keepers.map(rollout).max().unwrap_or(0).saturating_add(image / PULLED)) + SLACK
}

/// How many pods it keeps: what an autoscaler may ask for, where one has the say.
fn pods(keeper: &Value, objects: &[Value], live: &[Value]) -> i64 {
    let (kind, name) = (text(keeper, "/kind"), text(keeper, "/metadata/name"));
    let same = |object: &&Value| (text(object, "/kind"), text(object, "/metadata/name")) == (kind, name);
    if kind == "DaemonSet" {
        return live.iter().find(same).map_or(1, |live| int(live, "/status/desiredNumberScheduled"));
    }
    let scales = |object: &&Value| {
        let target = |key: &str| text(object, &format!("/spec/scaleTargetRef/{key}"));
        text(object, "/kind") == "HorizontalPodAutoscaler" && (target("kind"), target("name")) == (kind, name)
    };
    let most = objects.iter().find(scales).map(|scaler| int(scaler, "/spec/maxReplicas"));
    most.or_else(|| keeper.pointer("/spec/replicas").and_then(Value::as_i64)).unwrap_or(1)
}

/// How often pods have to change one after the other. What kinds do without their own word is Kubernetes' default.
fn rounds(keeper: &Value, pods: i64) -> u64 {
    let at_once = match text(keeper, "/kind") {
        "Deployment" if text(keeper, "/spec/strategy/type") == "Recreate" => pods,
        "Deployment" => {
            let part = |key: &str| keeper.pointer(&format!("/spec/strategy/rollingUpdate/{key}"));
            share(part("maxSurge"), pods, 25, true) + share(part("maxUnavailable"), pods, 25, false)
        }
        "DaemonSet" => share(keeper.pointer("/spec/updateStrategy/rollingUpdate/maxUnavailable"), pods, 0, true),
        _ => 1,
    };
    let pods = pods.max(1).unsigned_abs();
    pods.div_ceil(at_once.max(1).unsigned_abs())
}

/// A number of pods, or a share of them in per cent.
fn share(value: Option<&Value>, pods: i64, default: i64, up: bool) -> i64 {
    let percent = match value {
        Some(Value::Number(number)) => return number.as_i64().unwrap_or(0),
        Some(Value::String(text)) => text.trim_end_matches('%').parse().unwrap_or(default),
        _ => default,
    };
    (pods.saturating_mul(percent) + if up { 99 } else { 0 }) / 100
}

/// How many seconds one pod may take until it counts.
fn round(keeper: &Value, workloads: &[Workload]) -> u64 {
    let named = workloads.iter().find(|workload| workload.name == text(keeper, "/metadata/name")).or_else(|| workloads.first());
    let written = named.map_or(0, |workload| workload.start_within.as_secs());
    let containers = list(keeper, "/spec/template/spec/containers");
    let probed = containers.iter().filter_map(|container| container.get("startupProbe")).map(probe).max().unwrap_or(0);
    let stops = match (text(keeper, "/kind"), text(keeper, "/spec/strategy/type")) {
        ("Deployment", "RollingUpdate" | "") => 0,
        _ => number(keeper, "/spec/template/spec/terminationGracePeriodSeconds", 30),
    };
    written.max(probed) + stops + number(keeper, "/spec/minReadySeconds", 0)
}

/// For how long a probe is tried.
fn probe(probe: &Value) -> u64 {
    let tries = number(probe, "/failureThreshold", 3).saturating_mul(number(probe, "/periodSeconds", 10));
    number(probe, "/initialDelaySeconds", 0).saturating_add(tries)
}

fn number(object: &Value, pointer: &str, default: u64) -> u64 {
    object.pointer(pointer).and_then(Value::as_u64).unwrap_or(default)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn deployment(spec: &Value) -> Value {
        json!({ "kind": "Deployment", "metadata": { "name": "users" }, "spec": spec })
    }

    fn seconds(objects: &[Value], live: &[Value], image: u64) -> u64 {
        give_up(objects, live, &[], image).as_secs()
    }

    #[test]
    fn pods_change_one_after_the_other_as_their_strategy_lets_them() {
        let template = json!({ "spec": { "containers": [{ "startupProbe": { "periodSeconds": 1, "failureThreshold": 40 } }] } });
        let rolling = |surge: Value| {
            let update = json!({ "type": "RollingUpdate", "rollingUpdate": { "maxSurge": surge, "maxUnavailable": 0 } });
            [deployment(&json!({ "replicas": 4, "strategy": update, "template": template }))]
        };
        assert_eq!(seconds(&rolling(json!(1)), &[], 0), 4 * 40 + 60);
        assert_eq!(seconds(&rolling(json!(2)), &[], 0), 2 * 40 + 60);
        assert_eq!(seconds(&rolling(json!("100%")), &[], 0), 40 + 60);
        let recreate = deployment(&json!({ "replicas": 4, "strategy": { "type": "Recreate" }, "template": template }));
        assert_eq!(seconds(&[recreate], &[], 0), 40 + 30 + 60);
    }

    #[test]
    fn an_autoscaler_nodes_and_a_large_image_need_longer() {
        let template = json!({ "spec": { "containers": [{ "startupProbe": { "periodSeconds": 1, "failureThreshold": 10 } }] } });
        let update = json!({ "rollingUpdate": { "maxSurge": 1, "maxUnavailable": 0 } });
        let own = deployment(&json!({ "strategy": update, "template": template, "minReadySeconds": 5 }));
        let scaler = json!({ "kind": "HorizontalPodAutoscaler", "metadata": { "name": "users" },
            "spec": { "maxReplicas": 6, "scaleTargetRef": { "kind": "Deployment", "name": "users" } } });
        assert_eq!(seconds(&[own.clone(), scaler], &[], 0), 6 * 15 + 60);
        assert_eq!(seconds(&[own], &[], 1_200_000_000), 15 + 120 + 60);
        let daemon =
            |status: Value| json!({ "kind": "DaemonSet", "metadata": { "name": "d" }, "spec": { "template": template }, "status": status });
        assert_eq!(seconds(&[daemon(json!({}))], &[daemon(json!({ "desiredNumberScheduled": 3 }))], 0), 3 * 40 + 60);
        assert_eq!(seconds(&[], &[], 0), 60);
    }
}
