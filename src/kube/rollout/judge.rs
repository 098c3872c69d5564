//! Whether a Deployment is rolled out, on its way, or lost. Pure; the rules are those of
//! `kubectl rollout status`, with the newest pods looked at too.

use serde_json::Value;

use super::pod::{Pulls, State, state};
use super::{Cause, Failure};
use crate::kube::object::{int, list, owned_by, text};
use crate::report::text::count;

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The Deployment.
    pub name: String,
    /// Its generation after our own write: an older status says nothing.
    pub generation: i64,
}

/// How it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All new pods serve, all old ones are gone.
    Done,
    /// Not yet; in words.
    Going(String),
    /// The pods whose pull fails for a reason that has to be looked up.
    Unexplained(Vec<String>),
    /// It will never be done.
    Failed(Failure),
}

/// Judges one Deployment among the objects of the namespace.
pub fn judge(objects: &[Value], expected: &Expected, pulls: &mut Pulls) -> Verdict {
    let of_kind = |kind: &'static str| objects.iter().filter(move |object| text(object, "/kind") == kind);
    let Some(deployment) = of_kind("Deployment").find(|object| text(object, "/metadata/name") == expected.name) else {
        return failed(expected, Cause::Gone, "somebody deleted it");
    };
    if int(deployment, "/status/observedGeneration") < expected.generation {
        return Verdict::Going("the cluster has not begun yet".to_owned());
    }
    if deployment.pointer("/spec/paused").and_then(Value::as_bool) == Some(true) {
        return failed(expected, Cause::Gone, "its rollout is paused: `kubectl rollout resume` lets it go on");
    }
    let wanted = deployment.pointer("/spec/replicas").and_then(Value::as_i64).unwrap_or(1);
    if done(deployment, wanted) {
        return Verdict::Done;
    }
    if let Some(verdict) = not_created(deployment, expected) {
        return verdict;
    }
    let newest = of_kind("ReplicaSet").filter(|set| owned_by(set, text(deployment, "/metadata/uid"))).max_by_key(|set| revision(set));
    let newest_uid = newest.map_or("", |set| text(set, "/metadata/uid"));
    let alive = |pod: &&Value| owned_by(pod, newest_uid) && pod.pointer("/metadata/deletionTimestamp").is_none();
    let pods: Vec<(&str, State)> = of_kind("Pod").filter(alive).map(|pod| (text(pod, "/metadata/name"), state(pod, pulls))).collect();
    of_pods(&pods, wanted, int(deployment, "/status/replicas") - int(deployment, "/status/updatedReplicas"))
}

fn done(deployment: &Value, wanted: i64) -> bool {
    let updated = int(deployment, "/status/updatedReplicas");
    updated >= wanted && int(deployment, "/status/replicas") <= updated && int(deployment, "/status/availableReplicas") >= wanted
}

/// Pods that the cluster does not let in. A quota may become free again.
fn not_created(deployment: &Value, expected: &Expected) -> Option<Verdict> {
    let conditions = list(deployment, "/status/conditions");
    let failure = conditions.iter().find(|it| text(it, "/type") == "ReplicaFailure" && text(it, "/status") == "True")?;
    let message = text(failure, "/message");
    if message.contains("exceeded quota") {
        return Some(Verdict::Going(format!("no room for more pods: {message}")));
    }
    Some(failed(expected, Cause::Create, message))
}

fn of_pods(pods: &[(&str, State)], wanted: i64, old: i64) -> Verdict {
    let unexplained: Vec<String> =
        pods.iter().filter(|(_, state)| *state == State::Unexplained).map(|(name, _)| (*name).to_owned()).collect();
    if !unexplained.is_empty() {
        return Verdict::Unexplained(unexplained);
    }
    // One lost pod among others that serve may be the node's fault: only when all are lost it is ours.
    let lost: Vec<&Failure> =
        pods.iter().filter_map(|(_, state)| if let State::Doomed(failure) = state { Some(failure) } else { None }).collect();
    if let (Some(first), true) = (lost.first(), lost.len() == pods.len()) {
        return Verdict::Failed((*first).clone());
    }
    let ready = pods.iter().filter(|(_, state)| *state == State::Ready).count();
    let mut line = format!("{ready} of {} ready", count(usize::try_from(wanted).unwrap_or(0), "pod"));
    for (name, state) in pods {
        match state {
            State::Starting(words) => line.push_str(&format!(" · {name}: {words}")),
            State::Doomed(failure) => line.push_str(&format!(" · {name}: {}", failure.sentence())),
            State::Ready | State::Unexplained => {}
        }
    }
    if i64::try_from(ready).unwrap_or(0) >= wanted && old > 0 {
        line.push_str(&format!(" · {} to stop", count(usize::try_from(old).unwrap_or(0), "old pod")));
    }
    Verdict::Going(line)
}

fn failed(expected: &Expected, cause: Cause, message: &str) -> Verdict {
    let (pod, container) = (String::new(), expected.name.clone());
    Verdict::Failed(Failure { cause, pod, container, message: message.to_owned(), exit: None })
}

/// A ReplicaSet that is used again gets a new revision: neither its age nor its name says which is newest.
fn revision(set: &Value) -> i64 {
    set["metadata"]["annotations"]["deployment.kubernetes.io/revision"].as_str().and_then(|text| text.parse().ok()).unwrap_or(0)
}
