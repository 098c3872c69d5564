//! The newest pod of the service that serves.

use serde_json::Value;

use super::apart::is_of;
use super::kubectl::{Kubectl, Place};
use super::object::text;
use super::observe;
use super::rollout::describe;
use crate::config::{Service, Target};
use crate::report::{Error, Report, Result};

/// The name of the newest pod of the service itself that is ready.
///
/// # Errors
/// Exit code 1 when there is none; exit code 7 without kubectl or cluster.
pub fn newest_pod(target: &Target, report: &Report) -> Result<String> {
    let place = Place { context: target.context.clone(), namespace: target.namespace.clone() };
    let kubectl = Kubectl::new(place, report)?;
    observe::has_context(&kubectl, target)?;
    let service = Service::of(&target.scope)?.name;
    let workload = target.scope.read("kube").text_opt("name")?.unwrap_or_else(|| service.clone());
    let objects = observe::of_service(&kubectl, &service)?;
    let pods = objects.iter().filter(|object| text(object, "/kind") == "Pod" && text(object, "/metadata/deletionTimestamp").is_empty());
    // A job's pod and those of other workloads don't serve what is asked.
    let own = |pod: &&Value| is_of(pod, &workload, &objects);
    let ready = pods.filter(own).filter(|pod| describe(pod).0);
    let newest = ready.max_by_key(|pod| text(pod, "/metadata/creationTimestamp").to_owned());
    newest.map(|pod| text(pod, "/metadata/name").to_owned()).ok_or_else(|| {
        let error = Error::failed(format!("no pod of `{workload}` is ready in namespace `{}`", target.namespace));
        error.help(format!("look: `instep kube-status {}`", target.scope.environment().unwrap_or("ENV")))
    })
}
