//! What is kept of a failure, before anything is put back: objects, events, logs.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::kubectl::Kubectl;
use super::object::{int, list, text};
use crate::repo::{self, disk};
use crate::report::style::{DIM, paint};
use crate::report::{Error, Masker, Place, Report, Result};

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// The last lines that the failing program wrote.
    pub log: Vec<String>,
    /// Which pod wrote them.
    pub pod: String,
    /// The warnings of the cluster, newest last.
    pub warnings: Vec<String>,
    /// Where all of it is.
    pub folder: PathBuf,
}

impl Evidence {
    /// The telling part of it, on stderr: what is wrong and what to do come first.
    pub fn show(&self, error: &Error, report: &Report, root: &Path) {
        for line in brief(error) {
            report.note(&format!("  {line}"));
        }
        let line = |text: &str| report.note(&format!("  {} {text}", paint(DIM, "│")));
        if !self.log.is_empty() {
            report.note(&format!("  {}", paint(DIM, &format!("last lines of {}:", self.pod))));
            for text in &self.log {
                line(text);
            }
        }
        let warnings = &self.warnings[self.warnings.len().saturating_sub(WARNINGS)..];
        if !warnings.is_empty() {
            report.note(&format!("  {}", paint(DIM, "the cluster warns:")));
            for text in warnings {
                line(text);
            }
        }
        let folder = self.folder.strip_prefix(root).unwrap_or(&self.folder);
        report.note(&format!("  {}", paint(DIM, &format!("all of it is in {}", folder.display()))));
        report.document(serde_json::json!({ "evidence": { "folder": self.folder, "log": self.log, "warnings": self.warnings } }));
    }
}

/// An error in three lines at most: what, the first fact, and what to do in which line of the file.
fn brief(error: &Error) -> Vec<String> {
    let Some(problem) = error.problems.first() else { return Vec::new() };
    let place = problem.place.as_ref().map(Place::short);
    let cure = match (problem.help.first(), place) {
        (Some(help), Some(place)) => Some(format!("{place}: {help}")),
        (help, place) => help.cloned().or(place),
    };
    let more = problem.notes.first().cloned().into_iter().chain(cure);
    let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    std::iter::once(first(&problem.message)).chain(more.map(|text| format!("  {}", first(&text)))).collect()
}

/// How many pods are asked for their logs, and how many lines are shown.
const PODS: usize = 3;
const LINES: usize = 10;
/// How many failures are kept.
const FOLDERS: usize = 20;
/// How many warnings are shown.
const WARNINGS: usize = 3;

/// Collects it; `first` is the pod that is to blame. What can't be had is left out: the failure itself
/// is worth more than an error about its evidence.
pub fn collect(kubectl: &Kubectl, objects: &[Value], first: &str, folder: &Path, masker: &Masker) -> Evidence {
    let mut evidence = Evidence { folder: folder.to_owned(), ..Evidence::default() };
    let mut files = vec![("objects.json".to_owned(), serde_json::to_string_pretty(objects).unwrap_or_default())];
    if let Ok(events) = kubectl.get(["events", "--sort-by=.lastTimestamp"]) {
        evidence.warnings = warnings(&events, objects, first);
        files.push(("events.json".to_owned(), serde_json::to_string_pretty(&events).unwrap_or_default()));
    }
    if let Some(nodes) = nodes(kubectl, objects) {
        files.push(("nodes.json".to_owned(), serde_json::to_string_pretty(&nodes).unwrap_or_default()));
    }
    for Log { pod, container, previous, text } in logs(kubectl, objects, first) {
        if evidence.log.is_empty() && !text.trim().is_empty() {
            let lines: Vec<&str> = text.trim_end().lines().collect();
            evidence.log = lines[lines.len().saturating_sub(LINES)..].iter().map(|line| clean(line)).collect();
            evidence.pod.clone_from(&pod);
        }
        files.push((format!("{pod}.{container}{}.log", if previous { ".previous" } else { "" }), text));
    }
    for (name, content) in files {
        // A full disk must not hide why the deployment failed.
        let _ = disk::write(&folder.join(name), masker.mask(&content).as_bytes());
    }
    evidence
}

/// Makes the folder; `.instep/state` ignores itself.
///
/// # Errors
/// None that matter: without a folder, the evidence is only on the screen.
pub fn folder(root: &Path, name: &str) -> Result<PathBuf> {
    let folder = repo::state_dir(root)?.join("evidence").join(name);
    disk::make_dir(&folder)?;
    forget(folder.parent().unwrap_or(&folder));
    Ok(folder)
}

/// Only the newest are kept: nobody else cleans up here. What can't be removed does no harm.
fn forget(all: &Path) {
    let Ok(entries) = std::fs::read_dir(all) else { return };
    let age = |entry: std::fs::DirEntry| Some((entry.metadata().ok()?.modified().ok()?, entry.path()));
    let mut folders: Vec<_> = entries.flatten().filter_map(age).collect();
    folders.sort();
    for (_, old) in folders.iter().take(folders.len().saturating_sub(FOLDERS)) {
        let _ = disk::remove_tree(old);
    }
}

/// What one run of a container wrote.
struct Log {
    pod: String,
    container: String,
    previous: bool,
    text: String,
}

/// The pods that are not ready, the one to blame first.
fn lost<'a>(objects: &'a [Value], first: &str) -> Vec<&'a Value> {
    let ready =
        |pod: &Value| list(pod, "/status/conditions").iter().any(|it| text(it, "/type") == "Ready" && text(it, "/status") == "True");
    let stays = |pod: &Value| {
        text(pod, "/kind") == "Pod" && pod.pointer("/metadata/deletionTimestamp").is_none() && text(pod, "/status/phase") != "Succeeded"
    };
    let mut pods: Vec<&Value> =
        objects.iter().filter(|object| stays(object) && (!ready(object) || text(object, "/metadata/name") == first)).collect();
    pods.sort_by_key(|pod| text(pod, "/metadata/name") != first);
    pods
}

/// The logs of such pods: the run that failed first, then the other one.
fn logs(kubectl: &Kubectl, objects: &[Value], first: &str) -> Vec<Log> {
    let mut found = Vec::new();
    for pod in lost(objects, first).into_iter().take(PODS) {
        for status in list(pod, "/status/initContainerStatuses").iter().chain(list(pod, "/status/containerStatuses")) {
            let (name, container) = (text(pod, "/metadata/name"), text(status, "/name"));
            let again = int(status, "/restartCount") > 0;
            let ended = again && status.pointer("/state/terminated").is_none();
            for previous in [ended, !ended].into_iter().filter(|previous| again || !previous) {
                let text = log(kubectl, name, container, previous);
                found.extend(text.map(|text| Log { pod: name.to_owned(), container: container.to_owned(), previous, text }));
            }
        }
    }
    found
}

/// The nodes of such pods: full, tainted or not ready ones are a reason too. None where nobody may see them.
fn nodes(kubectl: &Kubectl, objects: &[Value]) -> Option<Vec<Value>> {
    let pods = lost(objects, "");
    let mut names: Vec<&str> = pods.iter().map(|pod| text(pod, "/spec/nodeName")).filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() { None } else { kubectl.get(["nodes"].into_iter().chain(names)).ok() }
}

fn log(kubectl: &Kubectl, pod: &str, container: &str, previous: bool) -> Option<String> {
    let mut command = kubectl.place.command(["logs", pod, "--container", container, "--tail=500", "--request-timeout=10s"]);
    if previous {
        command = command.arg("--previous");
    }
    let output = kubectl.run(&command).ok()?;
    let text = output.text();
    let lost = text.starts_with("unable to retrieve container logs");
    (output.exit.ok() && !lost && !text.trim().is_empty()).then_some(text)
}

/// What the cluster warns of, about the pod to blame (or about all that stay); each once. What tells
/// nothing of the service is left out.
fn warnings(events: &[Value], objects: &[Value], first: &str) -> Vec<String> {
    const NOISE: [&str; 3] = ["BackOff", "DNSConfigForming", "MissingClusterDNS"];
    // What a pod that serves had to go through is over.
    let lost = lost(objects, first);
    let stays = |object: &&Value| match text(object, "/kind") {
        "Deployment" => false,
        "Pod" => lost.iter().any(|pod| text(pod, "/metadata/uid") == text(object, "/metadata/uid")),
        _ => object.pointer("/metadata/deletionTimestamp").is_none(),
    };
    let ours = |event: &&Value| {
        let uid = text(event, "/involvedObject/uid");
        let about = |object: &Value| text(object, "/metadata/uid") == uid && (first.is_empty() || text(object, "/metadata/name") == first);
        !NOISE.contains(&text(event, "/reason")) && objects.iter().filter(stays).any(about)
    };
    let mut found: Vec<String> = Vec::new();
    for event in events.iter().filter(|event| text(event, "/type") == "Warning").filter(ours) {
        let line = clean(&format!("{}: {}", text(event, "/reason"), text(event, "/message").lines().next().unwrap_or_default()));
        if !found.contains(&line) {
            found.push(line);
        }
    }
    found
}

/// A line of foreign output without what would play tricks on a terminal.
pub(super) fn clean(line: &str) -> String {
    let plain = anstream::adapter::strip_str(line).to_string();
    plain.chars().filter(|c| !c.is_control() || *c == '\t').collect()
}
