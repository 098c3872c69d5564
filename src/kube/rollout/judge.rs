//! Whether a Deployment, a StatefulSet or a DaemonSet is rolled out, on its way, or lost. Pure; the rules are those of
//! `kubectl rollout status`, with the newest pods looked at too.

use std::collections::HashMap;

use serde_json::Value;

use super::pod::{Pulls, State, describe, exit, state};
use super::{Cause, Failure};
use crate::kube::apart;
use crate::kube::object::{int, list, owned_by, text};
use crate::report::text::count;

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// What keeps the pods: a Deployment, a StatefulSet or a DaemonSet.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its generation after our own write: an older status says nothing.
    pub generation: i64,
    /// The selector of its pods, where these do not carry the service's label.
    pub apart: Option<String>,
}

impl Expected {
    /// What must become of an object that was just written.
    pub fn of(written: &Value, service: &str) -> Self {
        Self {
            kind: text(written, "/kind").to_owned(),
            name: text(written, "/metadata/name").to_owned(),
            generation: int(written, "/metadata/generation"),
            apart: apart::selector(written, service),
        }
    }

    fn find<'a>(&self, objects: &'a [Value]) -> Option<&'a Value> {
        objects.iter().find(|object| text(object, "/kind") == self.kind && text(object, "/metadata/name") == self.name)
    }
}

/// Whether objects of this kind have pods that are waited for.
pub fn rolls_out(kind: &str) -> bool {
    ["DaemonSet", "Deployment", "StatefulSet"].contains(&kind)
}

/// A new pod that serves.
pub fn serving(objects: &[Value], expected: &Expected) -> Option<String> {
    let pods = newest(objects, expected.find(objects)?);
    let ready = pods.into_iter().find(|pod| state(pod, &mut Pulls::new()) == State::Ready)?;
    Some(text(ready, "/metadata/name").to_owned())
}

/// How often containers were started again, by pod.
pub type Restarts = HashMap<String, i64>;

/// How often the containers of all these pods were started again.
pub fn restarts(objects: &[Value]) -> Restarts {
    let pods = objects.iter().filter(|object| text(object, "/kind") == "Pod");
    pods.map(|pod| (text(pod, "/metadata/name").to_owned(), started_again(pod))).collect()
}

fn started_again(pod: &Value) -> i64 {
    list(pod, "/status/containerStatuses").iter().map(|status| int(status, "/restartCount")).sum()
}

/// The newest pods that were started again since, in words, and how often.
pub fn began_anew(objects: &[Value], expected: &Expected, before: &Restarts) -> Vec<(String, i64)> {
    let Some(keeper) = expected.find(objects) else { return Vec::new() };
    let anew = |pod: &Value| {
        let name = text(pod, "/metadata/name");
        let times = started_again(pod) - before.get(name).copied().unwrap_or(0);
        let code = list(pod, "/status/containerStatuses").iter().find_map(exit);
        let ended = code.map_or_else(String::new, |code| format!(" with exit code {code}"));
        (times > 0).then(|| (format!("{name} ended{ended} and was started again"), times))
    };
    newest(objects, keeper).into_iter().filter_map(anew).collect()
}

/// The living pods of the newest revision of what keeps them.
fn newest<'a>(objects: &'a [Value], keeper: &Value) -> Vec<&'a Value> {
    let of_kind = |kind: &'static str| objects.iter().filter(move |object| text(object, "/kind") == kind);
    let uid = text(keeper, "/metadata/uid");
    let label = |pod: &Value, key: &str| pod["metadata"]["labels"][key].as_str().unwrap_or_default().to_owned();
    let alive = |pod: &&Value| pod.pointer("/metadata/deletionTimestamp").is_none();
    match text(keeper, "/kind") {
        "StatefulSet" => {
            let revision = text(keeper, "/status/updateRevision");
            of_kind("Pod").filter(alive).filter(|pod| owned_by(pod, uid) && label(pod, "controller-revision-hash") == revision).collect()
        }
        "DaemonSet" => {
            let generation = keeper["metadata"]["annotations"]["deprecated.daemonset.template.generation"].as_str().unwrap_or_default();
            let new = |pod: &&Value| generation.is_empty() || label(pod, "pod-template-generation") == generation;
            of_kind("Pod").filter(alive).filter(|pod| owned_by(pod, uid)).filter(new).collect()
        }
        _ => {
            let newest = of_kind("ReplicaSet").filter(|set| owned_by(set, uid)).max_by_key(|set| revision(set));
            let newest = newest.map_or("", |set| text(set, "/metadata/uid"));
            of_kind("Pod").filter(alive).filter(|pod| owned_by(pod, newest)).collect()
        }
    }
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
    /// It will not be done before a pod of the release before is.
    Stuck(Failure),
}

/// Judges one of them among the objects of the namespace.
pub fn judge(objects: &[Value], expected: &Expected, pulls: &mut Pulls) -> Verdict {
    let Some(keeper) = expected.find(objects) else { return failed(expected, Cause::Gone, "somebody deleted it") };
    if int(keeper, "/status/observedGeneration") < expected.generation {
        return Verdict::Going("the cluster has not begun yet".to_owned());
    }
    if keeper.pointer("/spec/paused").and_then(Value::as_bool) == Some(true) {
        return failed(expected, Cause::Gone, "its rollout is paused: `kubectl rollout resume` lets it go on");
    }
    let (wanted, old) = numbers(keeper);
    if done(keeper, wanted) {
        return Verdict::Done;
    }
    if let Some(verdict) = not_created(keeper, expected) {
        return verdict;
    }
    if let Some(failure) = stuck(objects, keeper) {
        return Verdict::Stuck(failure);
    }
    let pods: Vec<(&str, State)> =
        newest(objects, keeper).into_iter().map(|pod| (text(pod, "/metadata/name"), state(pod, pulls))).collect();
    of_pods(&pods, wanted, old)
}

/// How many pods there should be, and how many old ones there still are.
fn numbers(keeper: &Value) -> (i64, i64) {
    let status = |key: &str| int(keeper, &format!("/status/{key}"));
    if text(keeper, "/kind") == "DaemonSet" {
        let wanted = status("desiredNumberScheduled");
        return (wanted, wanted - status("updatedNumberScheduled"));
    }
    let wanted = keeper.pointer("/spec/replicas").and_then(Value::as_i64).unwrap_or(1);
    (wanted, status("replicas") - status("updatedReplicas"))
}

fn done(keeper: &Value, wanted: i64) -> bool {
    let status = |key: &str| int(keeper, &format!("/status/{key}"));
    match text(keeper, "/kind") {
        "DaemonSet" => status("updatedNumberScheduled") >= wanted && status("numberAvailable") >= wanted,
        "StatefulSet" => {
            // Only pods above the partition are updated.
            let partition = int(keeper, "/spec/updateStrategy/rollingUpdate/partition");
            let updated = status("updatedReplicas") >= wanted - partition;
            status("readyReplicas") >= wanted
                && (updated || text(keeper, "/status/currentRevision") == text(keeper, "/status/updateRevision"))
        }
        _ => {
            let updated = status("updatedReplicas");
            updated >= wanted && status("replicas") <= updated && status("availableReplicas") >= wanted
        }
    }
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

/// A StatefulSet that keeps its pods in order waits for each to be ready before it goes on, also for one of a
/// release that never can be: what would mend it is not rolled out (kubernetes#67250).
fn stuck(objects: &[Value], keeper: &Value) -> Option<Failure> {
    let revision = text(keeper, "/status/updateRevision");
    let ordered = text(keeper, "/kind") == "StatefulSet" && text(keeper, "/spec/podManagementPolicy") != "Parallel";
    let uid = text(keeper, "/metadata/uid");
    let blocks = |pod: &&Value| {
        let is_old = pod["metadata"]["labels"]["controller-revision-hash"].as_str().is_some_and(|hash| hash != revision);
        text(pod, "/kind") == "Pod" && owned_by(pod, uid) && is_old && pod.pointer("/metadata/deletionTimestamp").is_none()
    };
    let mut old = objects.iter().filter(blocks).filter(|_| ordered && !revision.is_empty());
    let (pod, words) = old.find_map(|pod| match describe(pod) {
        (true, _) => None,
        (false, words) => Some((text(pod, "/metadata/name"), words)),
    })?;
    let message = format!("it waits for {pod}, which is of the release before ({words})");
    Some(Failure { cause: Cause::Stuck, pod: pod.to_owned(), container: text(keeper, "/metadata/name").to_owned(), message, exit: None })
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
