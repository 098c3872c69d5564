//! What a pod of the newest ReplicaSet is at: ready, on its way, or lost. Pure.
//! The reasons are those of the kubelet (1.20 to 1.37, with Docker and with containerd).

use std::collections::HashMap;

use serde_json::Value;

use super::{Cause, Failure};
use crate::kube::object::{int, list, text};

/// What was seen of pods earlier and is not in their status any more: why a pull failed, by pod.
pub type Pulls = HashMap<String, String>;

/// What a pod is at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It serves.
    Ready,
    /// It is on its way; in words.
    Starting(String),
    /// Its image can't be pulled, and the reason has to be looked up.
    Unexplained,
    /// It will never serve.
    Doomed(Failure),
}

/// The state of a pod.
pub fn state(pod: &Value, pulls: &mut Pulls) -> State {
    if list(pod, "/status/conditions").iter().any(|it| text(it, "/type") == "Ready" && text(it, "/status") == "True") {
        return State::Ready;
    }
    // One that has done its work is done, however often it had to begin anew.
    let done = |status: &&Value| status.pointer("/state/terminated/exitCode").and_then(Value::as_i64) == Some(0);
    let before = list(pod, "/status/initContainerStatuses").iter().filter(|status| !done(status));
    let mut starting = None;
    for container in before.chain(list(pod, "/status/containerStatuses")) {
        match of_container(pod, container, pulls) {
            State::Ready => {}
            State::Starting(words) => starting = starting.or(Some(words)),
            other => return other,
        }
    }
    starting.map_or_else(|| State::Starting(unplaced(pod)), State::Starting)
}

/// Whether a pod serves, and what it is at in words.
pub fn describe(pod: &Value) -> (bool, String) {
    if pod.pointer("/metadata/deletionTimestamp").is_some() {
        return (false, "stopping".to_owned());
    }
    match state(pod, &mut Pulls::new()) {
        State::Ready => (true, "ready".to_owned()),
        State::Starting(words) => (false, words),
        State::Unexplained => (false, "its image can't be pulled".to_owned()),
        State::Doomed(failure) => (false, failure.sentence()),
    }
}

/// A pod without containers: it waits for a node.
fn unplaced(pod: &Value) -> String {
    let scheduled = list(pod, "/status/conditions").iter().find(|it| text(it, "/type") == "PodScheduled" && text(it, "/status") == "False");
    match scheduled {
        Some(condition) => format!("no node takes it: {}", text(condition, "/message")),
        None if text(pod, "/status/phase") == "Running" => "runs, not ready yet".to_owned(),
        None => text(pod, "/status/phase").to_lowercase(),
    }
}

fn of_container(pod: &Value, container: &Value, pulls: &mut Pulls) -> State {
    let reason = text(container, "/state/waiting/reason");
    let message = text(container, "/state/waiting/message");
    let restarts = int(container, "/restartCount");
    let doomed = |cause: Cause, message: &str| {
        State::Doomed(Failure {
            cause,
            pod: text(pod, "/metadata/name").to_owned(),
            container: text(container, "/name").to_owned(),
            message: message.to_owned(),
            exit: exit(container),
        })
    };
    match reason {
        "InvalidImageName" | "ErrImageNeverPull" => return doomed(Cause::Image, message),
        "ErrImagePull" | "ImagePullBackOff" | "ImageInspectError" | "RegistryUnavailable" => {
            return pull(text(pod, "/metadata/name"), reason, message, pulls, doomed);
        }
        // "failed to sync secret cache" is the kubelet's own hurry, and passes.
        "CreateContainerConfigError" if !message.contains("failed to sync") => return doomed(Cause::Config, message),
        "CrashLoopBackOff" => return crashed(container, doomed),
        "RunContainerError" | "CreateContainerError" if never_starts(message) => return doomed(Cause::Start, message),
        _ if restarts >= 2 => return crashed(container, doomed),
        "" => {}
        other => return State::Starting(other.to_owned()),
    }
    match exit(container) {
        Some(code) if container.pointer("/state/terminated").is_some() && code != 0 => {
            State::Starting(format!("ended with exit code {code}, starts again"))
        }
        _ if container.pointer("/state/running").is_some() => State::Starting("runs, not ready yet".to_owned()),
        _ => State::Ready,
    }
}

/// A pull that failed: for good when the registry says that the image is not there. When it asks who we
/// are, once more; everything else may pass.
fn pull(pod: &str, reason: &str, message: &str, pulls: &mut Pulls, doomed: impl Fn(Cause, &str) -> State) -> State {
    if reason == "ErrImagePull" && !message.is_empty() {
        pulls.insert(pod.to_owned(), message.to_owned());
    }
    let Some(why) = pulls.get(pod).map(String::as_str).or((reason != "ImagePullBackOff").then_some(message)) else {
        return State::Unexplained;
    };
    let says = |texts: &[&str]| texts.iter().any(|text| why.to_lowercase().contains(text));
    let denied = says(&["denied", "unauthorized", "authentication required", "no basic auth"]);
    let absent = says(&["not found", "manifest unknown", "no match for platform", "no matching manifest"]);
    if absent && !denied || denied && reason == "ImagePullBackOff" {
        return doomed(Cause::Image, why);
    }
    State::Starting(format!("the image can't be pulled, trying again: {why}"))
}

fn crashed(container: &Value, doomed: impl Fn(Cause, &str) -> State) -> State {
    let last = container.pointer("/lastState/terminated").or_else(|| container.pointer("/state/terminated")).unwrap_or(&Value::Null);
    let message = text(last, "/message");
    match text(last, "/reason") {
        "OOMKilled" => doomed(Cause::Memory, message),
        "ContainerCannotRun" | "StartError" => doomed(Cause::Start, message),
        _ => doomed(Cause::Crash, message),
    }
}

/// A program that is not there, or not for this machine: no second try will change that.
fn never_starts(message: &str) -> bool {
    ["executable file not found", "no such file or directory", "permission denied", "exec format error"]
        .iter()
        .any(|text| message.contains(text))
}

/// With which code a container ended, now or the time before.
pub(super) fn exit(container: &Value) -> Option<i64> {
    ["/state/terminated/exitCode", "/lastState/terminated/exitCode"].iter().find_map(|at| container.pointer(at)?.as_i64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn waiting(reason: &str, message: &str) -> Value {
        let status = json!({ "name": "c", "restartCount": 0, "state": { "waiting": { "reason": reason, "message": message } } });
        json!({ "metadata": { "name": "p" }, "status": { "containerStatuses": [status] } })
    }

    #[test]
    fn one_transient_pull_error_is_no_failure() {
        let mut pulls = Pulls::new();
        let timeout = "rpc error: Get https://r/v2/: net/http: request canceled (Client.Timeout exceeded)";
        assert!(matches!(state(&waiting("ErrImagePull", timeout), &mut pulls), State::Starting(_)));
        assert!(matches!(state(&waiting("ImagePullBackOff", "Back-off pulling image"), &mut pulls), State::Starting(_)));
    }

    #[test]
    fn a_missing_image_is_certain_and_a_back_off_alone_is_looked_up() {
        assert_eq!(state(&waiting("ImagePullBackOff", "Back-off pulling image"), &mut Pulls::new()), State::Unexplained);
        let state = state(&waiting("ErrImagePull", "manifest for r/x:nope not found: manifest unknown"), &mut Pulls::new());
        assert!(matches!(state, State::Doomed(Failure { cause: Cause::Image, .. })));
    }

    #[test]
    fn an_init_container_that_is_done_is_done_however_often_it_began_anew() {
        let init = |code: i64| json!({ "name": "i", "restartCount": 2, "state": { "terminated": { "exitCode": code } } });
        let pod = |code: i64| json!({ "status": { "initContainerStatuses": [init(code)] } });
        assert!(matches!(state(&pod(0), &mut Pulls::new()), State::Starting(_)));
        assert!(matches!(state(&pod(1), &mut Pulls::new()), State::Doomed(Failure { cause: Cause::Crash, exit: Some(1), .. })));
    }

    #[test]
    fn a_secret_cache_that_is_late_is_no_failure() {
        let late = waiting("CreateContainerConfigError", "failed to sync secret cache: timed out waiting for the condition");
        assert!(matches!(state(&late, &mut Pulls::new()), State::Starting(_)));
    }
}
