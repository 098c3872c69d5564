//! The pods of a workload. What is set here passes the Pod Security Standard "restricted".

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{Part, mounts};
use crate::config::{Endpoint, EnvValue, Kind, Replicas, Resource, Workload};

/// How long a pod that is told to stop still serves, so that no request is sent to it any more.
const DRAIN: Duration = Duration::from_secs(5);

/// `spec.template` of the workload.
pub(super) fn template(part: &Part<'_>) -> Value {
    let mut metadata = json!({ "labels": part.labels() });
    let annotations = part.annotations();
    if !annotations.is_empty() {
        metadata["annotations"] = annotations.into();
    }
    json!({ "metadata": metadata, "spec": spec(part) })
}

fn spec(part: &Part<'_>) -> Value {
    let workload = part.workload;
    let mut spec = Map::new();
    let mut set = |key: &str, value: Value| drop(spec.insert(key.to_owned(), value));
    if let Some(account) = &workload.service_account {
        set("serviceAccountName", account.as_str().into());
    }
    set("automountServiceAccountToken", workload.service_account.is_some().into());
    set("enableServiceLinks", false.into());
    if !workload.pull_secrets.is_empty() {
        set("imagePullSecrets", workload.pull_secrets.iter().map(|name| json!({ "name": name })).collect());
    }
    set("securityContext", security(part));
    set("terminationGracePeriodSeconds", (workload.stop_within + drain(part)).as_secs().into());
    if !matches!(workload.replicas, Replicas::Fixed(0 | 1)) && workload.kind != Kind::DaemonSet {
        set("topologySpreadConstraints", spread(part));
    }
    let sidecars = workload.sidecars.iter().map(|sidecar| mounts::sidecar(part, sidecar));
    set("containers", std::iter::once(container(part)).chain(sidecars).collect());
    let volumes = mounts::volumes(part);
    if !volumes.is_empty() {
        set("volumes", volumes.into());
    }
    spec.into()
}

fn security(part: &Part<'_>) -> Value {
    let workload = part.workload;
    let mut context = json!({ "runAsNonRoot": workload.user != 0, "runAsUser": workload.user });
    if workload.user != 0 {
        context["runAsGroup"] = workload.user.into();
    }
    // A claim belongs to root until it is told otherwise.
    if workload.user != 0 && workload.volumes.iter().any(|volume| volume.size.is_some()) {
        context["fsGroup"] = workload.user.into();
    }
    context["seccompProfile"] = json!({ "type": "RuntimeDefault" });
    context
}

fn spread(part: &Part<'_>) -> Value {
    ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]
        .iter()
        .map(|key| {
            let selector = json!({ "matchLabels": part.selector() });
            json!({ "maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": selector })
        })
        .collect()
}

fn container(part: &Part<'_>) -> Value {
    let workload = part.workload;
    let mut container = Map::new();
    let mut set = |key: &str, value: Value| drop(container.insert(key.to_owned(), value));
    set("name", part.service.name.as_str().into());
    set("image", part.facts.image_of(workload.image.as_deref()).into());
    set("imagePullPolicy", "IfNotPresent".into());
    if !workload.command.is_empty() {
        set("command", json!(workload.command));
    }
    if let Some(dir) = &workload.working_dir {
        set("workingDir", dir.as_str().into());
    }
    let env = env(workload);
    if !env.is_empty() {
        set("env", env.into());
    }
    let from = mounts::env_from(workload);
    if !from.is_empty() {
        set("envFrom", from.into());
    }
    let ports = ports(workload);
    if !ports.is_empty() {
        set("ports", ports.iter().map(|(name, port)| json!({ "name": name, "containerPort": port, "protocol": "TCP" })).collect());
    }
    for (key, probe) in probes(workload) {
        set(key, probe);
    }
    if !drain(part).is_zero() {
        set("lifecycle", json!({ "preStop": { "sleep": { "seconds": DRAIN.as_secs() } } }));
    }
    set("resources", resources(&workload.cpu, &workload.memory));
    set("securityContext", confined(workload.read_only_root));
    let mounts = mounts::mounts(workload);
    if !mounts.is_empty() {
        set("volumeMounts", mounts.into());
    }
    container.into()
}

/// `PORT`, then what the file says; it may say `PORT` too.
fn env(workload: &Workload) -> Vec<Value> {
    let own = workload.env.iter().any(|(name, _)| name == "PORT");
    let port = workload.port.filter(|_| !own).map(|port| json!({ "name": "PORT", "value": port.to_string() }));
    port.into_iter().chain(workload.env.iter().map(variable)).collect()
}

/// One variable.
pub(super) fn variable((name, value): &(String, EnvValue)) -> Value {
    match value {
        EnvValue::Secret { name: secret, key } => {
            json!({ "name": name, "valueFrom": { "secretKeyRef": { "name": secret, "key": key } } })
        }
        EnvValue::Text(text) | EnvValue::Masked(text) => json!({ "name": name, "value": text }),
        EnvValue::Command(argv) => json!({ "name": name, "value": argv.join(" ") }),
    }
}

/// What no container may do.
pub(super) fn confined(read_only_root: bool) -> Value {
    json!({
        "allowPrivilegeEscalation": false,
        "capabilities": { "drop": ["ALL"] },
        "readOnlyRootFilesystem": read_only_root,
    })
}

/// The named ports: `http` first. A number is listed once: lists of ports merge by number.
pub(super) fn ports(workload: &Workload) -> Vec<(&str, u16)> {
    let mut ports: Vec<(&str, u16)> = workload.port.map(|port| ("http", port)).into_iter().collect();
    for (name, port) in &workload.ports {
        if !ports.iter().any(|(_, known)| known == port) {
            ports.push((name, *port));
        }
    }
    ports
}

/// Startup for as long as it may take, then readiness and liveness; none without a port.
fn probes(workload: &Workload) -> Vec<(&'static str, Value)> {
    let get = |endpoint: &Endpoint| {
        let port = endpoint.port.or(workload.port)?;
        let name = ports(workload).into_iter().find(|(_, known)| *known == port).map_or(json!(port), |(name, _)| json!(name));
        Some(json!({ "path": endpoint.path, "port": name }))
    };
    let (Some(health), Some(ready)) = (get(&workload.health), get(&workload.ready)) else { return Vec::new() };
    let tries = workload.start_within.as_secs().max(1);
    vec![
        ("startupProbe", json!({ "httpGet": health, "periodSeconds": 1, "timeoutSeconds": 1, "failureThreshold": tries })),
        ("readinessProbe", json!({ "httpGet": ready, "periodSeconds": 5, "timeoutSeconds": 2, "failureThreshold": 3 })),
        ("livenessProbe", json!({ "httpGet": health, "periodSeconds": 10, "timeoutSeconds": 2, "failureThreshold": 3 })),
    ]
}

/// Only where the kubelet itself can sleep: an image need not have a `sleep`.
fn drain(part: &Part<'_>) -> Duration {
    let serves = part.workload.port.is_some() && part.facts.kube.has_sleep_action();
    if serves { DRAIN } else { Duration::ZERO }
}

pub(super) fn resources(cpu: &Resource, memory: &Resource) -> Value {
    let named = |pick: fn(&Resource) -> &Option<String>| -> Map<String, Value> {
        [("cpu", cpu), ("memory", memory)]
            .into_iter()
            .filter_map(|(name, resource)| Some((name.to_owned(), pick(resource).as_deref()?.into())))
            .collect()
    };
    let (requests, limits) = (named(|resource| &resource.request), named(|resource| &resource.limit));
    let mut resources = Map::new();
    for (key, values) in [("requests", requests), ("limits", limits)] {
        if !values.is_empty() {
            resources.insert(key.to_owned(), values.into());
        }
    }
    resources.into()
}
