//! From the configuration to Kubernetes objects. Pure: no cluster, no registry, no clock.

mod access;
mod meta;
mod pod;
mod scale;
mod version;
mod workload;

use serde_json::Value;

pub use self::meta::{MANAGED_BY, NAME, label_value};
pub use self::version::KubeVersion;
pub use self::workload::SLACK;
use crate::config::{Service, Target, Workload};
use crate::report::Result;

/// What is rendered besides the configuration itself.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The image, best by its digest.
    pub image: &'a str,
    /// The service's version, as people see it.
    pub version: &'a str,
    /// The cluster's version: decides which API versions are used.
    pub kube: KubeVersion,
}

/// One workload with all that its objects are made from.
struct Part<'a> {
    facts: &'a Facts<'a>,
    target: &'a Target,
    service: &'a Service,
    workload: &'a Workload,
}

/// All objects of the service in one place, in the order in which they are applied.
///
/// # Errors
/// Exit code 2 for values that can't be, each with its place.
pub fn objects(target: &Target, facts: &Facts<'_>) -> Result<Vec<Value>> {
    let service = Service::of(&target.scope)?;
    let mut objects = Vec::new();
    for workload in &Workload::all(&target.scope)? {
        let part = Part { facts, target, service: &service, workload };
        objects.extend(access::service(&part));
        objects.push(workload::deployment(&part));
        objects.extend(scale::autoscaler(&part));
        objects.extend(scale::disruption_budget(&part));
        objects.extend(access::ingress(&part)?);
    }
    objects.sort_by_key(rank);
    Ok(objects)
}

/// What others lean on comes first.
fn rank(object: &Value) -> usize {
    const ORDER: [&str; 5] = ["Service", "Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget", "Ingress"];
    let kind = object["kind"].as_str().unwrap_or_default();
    ORDER.iter().position(|known| *known == kind).unwrap_or(ORDER.len())
}
