//! The ways in: the Service inside of the cluster, the Ingress from outside.

use serde_json::{Value, json};

use super::{Part, meta, pod};
use crate::config::{Ingress, Kind};
use crate::report::{Error, Result};

/// The Service, when there is a port.
pub(super) fn service(part: &Part<'_>) -> Option<Value> {
    let ports: Vec<Value> = pod::ports(part.workload)
        .iter()
        .map(|(name, port)| json!({ "name": name, "port": port, "protocol": "TCP", "targetPort": name }))
        .collect();
    // The pods of a StatefulSet get their names through its Service, which then is for names only.
    let stateful = part.workload.kind == Kind::StatefulSet;
    (!ports.is_empty() || stateful).then(|| {
        let mut spec = json!({ "type": "ClusterIP", "selector": part.selector() });
        if stateful && ports.is_empty() {
            spec["clusterIP"] = "None".into();
        } else {
            spec["ports"] = ports.into();
        }
        json!({ "apiVersion": "v1", "kind": "Service", "metadata": part.metadata(), "spec": spec })
    })
}

/// A name in the cluster for a host outside of it.
pub(super) fn external(part: &Part<'_>, name: &str, host: &str) -> Value {
    let mut metadata = part.metadata();
    metadata["name"] = name.into();
    json!({ "apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": { "type": "ExternalName", "externalName": host } })
}

/// The account that the pods run as; the cluster's own `default` is not ours to write.
pub(super) fn account(part: &Part<'_>) -> Option<Value> {
    let name = part.workload.service_account.as_deref().filter(|name| *name != "default")?;
    let mut metadata = part.metadata();
    metadata["name"] = name.into();
    Some(json!({ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata }))
}

/// The Ingress, when there are hosts.
///
/// # Errors
/// Exit code 2 when the workload has no port to send requests to.
pub(super) fn ingress(part: &Part<'_>) -> Result<Option<Value>> {
    let Some(ingress) = &part.workload.ingress else { return Ok(None) };
    if part.workload.port.is_none() {
        let place = part.target.scope.read("kube").table("ingress").place("hosts");
        let error = Error::usage(format!("`{}` has an ingress but no port", part.workload.name)).at(place);
        return Err(error.help("add `port = 8080` to [service], or take the hosts out"));
    }
    let mut metadata = part.metadata();
    if !ingress.annotations.is_empty() {
        metadata["annotations"] = meta::strings(&ingress.annotations).into();
    }
    let spec = spec(&part.workload.name, ingress);
    Ok(Some(json!({ "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata, "spec": spec })))
}

fn spec(service: &str, ingress: &Ingress) -> Value {
    let backend = json!({ "service": { "name": service, "port": { "name": "http" } } });
    let path = json!({ "path": ingress.path, "pathType": "Prefix", "backend": backend });
    let rules: Vec<Value> = ingress.hosts.iter().map(|host| json!({ "host": host, "http": { "paths": [path] } })).collect();
    let mut spec = json!({});
    if let Some(class) = &ingress.class {
        spec["ingressClassName"] = class.as_str().into();
    }
    if let Some(secret) = &ingress.tls {
        spec["tls"] = json!([{ "hosts": ingress.hosts, "secretName": secret }]);
    }
    spec["rules"] = rules.into();
    spec
}
