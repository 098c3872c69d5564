//! The ways in: the Service inside of the cluster, the Ingress from outside.

use serde_json::{Value, json};

use super::{Part, meta, pod};
use crate::config::Ingress;
use crate::report::{Error, Result};

/// The Service, when there is a port.
pub(super) fn service(part: &Part<'_>) -> Option<Value> {
    let ports: Vec<Value> = pod::ports(part.workload)
        .iter()
        .map(|(name, port)| json!({ "name": name, "port": port, "protocol": "TCP", "targetPort": name }))
        .collect();
    (!ports.is_empty()).then(|| {
        let spec = json!({ "type": "ClusterIP", "selector": part.selector(), "ports": ports });
        json!({ "apiVersion": "v1", "kind": "Service", "metadata": part.metadata(), "spec": spec })
    })
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
