//! How a Job stands: pure.

use serde_json::Value;

use crate::kube::object::{int, list, text};
use crate::kube::rollout::describe;

/// How a Job stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// On its way; in words.
    Going(String),
    /// Done.
    Done,
    /// It failed, and why.
    Failed(String),
}

/// The state of a Job, with its pods.
pub fn state(job: &Value, objects: &[Value]) -> State {
    let is = |kind: &str| list(job, "/status/conditions").iter().find(|it| text(it, "/type") == kind && text(it, "/status") == "True");
    if is("Complete").is_some() {
        return State::Done;
    }
    if let Some(condition) = is("Failed") {
        let message = text(condition, "/message");
        return State::Failed(if message.is_empty() { text(condition, "/reason") } else { message }.to_owned());
    }
    let pods = objects.iter().filter(|object| text(object, "/kind") == "Pod");
    match pods.map(describe_doomed).find(Option::is_some).flatten() {
        Some(why) => State::Failed(why),
        None => State::Going("it runs".to_owned()),
    }
}

/// Why a pod that waits will never start: a wrong image, a missing Secret. The Job itself would wait.
fn describe_doomed(pod: &Value) -> Option<String> {
    let waits = list(pod, "/status/containerStatuses").iter().any(|status| status.pointer("/state/waiting").is_some());
    let (_, words) = describe(pod);
    let doomed = ["can't be configured", "can't be started", "image can't be pulled: "];
    (waits && doomed.iter().any(|text| words.contains(text)) && !words.contains("trying again")).then_some(words)
}

/// Whether its time was over.
pub fn is_late(job: &Value) -> bool {
    list(job, "/status/conditions").iter().any(|it| text(it, "/type") == "Failed" && text(it, "/reason") == "DeadlineExceeded")
}

/// The exit code of a container of the last of these pods, once it has ended.
pub fn exit_code(pods: &[&Value], container: &str) -> Option<i64> {
    let last = pods.last()?;
    let own = list(last, "/status/containerStatuses").iter().find(|status| text(status, "/name") == container)?;
    own.pointer("/state/terminated").map(|ended| int(ended, "/exitCode"))
}
