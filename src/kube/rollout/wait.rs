//! Asks the cluster about once a second until all is rolled out, lost, or late.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::Failure;
use super::judge::{Expected, Verdict, judge};
use super::pod::{Pulls, State, state};
use crate::kube::kubectl::Kubectl;
use crate::kube::object::text;
use crate::kube::observe::of_service;
use crate::process::cancel;
use crate::report::{Kind, Result};

/// How long to wait between two looks.
pub const PAUSE: Duration = Duration::from_secs(1);
/// How long a pod that holds all others up may take to be ready after all.
const HELD_UP: Duration = Duration::from_secs(30);

/// How the wait ended.
#[derive(Clone, Debug)]
pub enum End {
    /// All serve; with the objects as they were seen last.
    Ready(Vec<Value>),
    /// One never will; with the objects as they were seen last.
    Lost(Failure, Vec<Value>),
    /// The time is over; with what was waited for, and the objects.
    Late(String, Vec<Value>),
}

/// What is waited for.
#[derive(Clone, Debug)]
pub struct Watch<'a> {
    /// The service.
    pub service: &'a str,
    /// Its Deployments.
    pub expected: Vec<Expected>,
    /// For at most so long.
    pub give_up: Duration,
    /// A release comes back: pods of the one that failed are in the way, and nobody needs them.
    pub back: bool,
}

/// Waits; `progress` is told how it stands.
///
/// # Errors
/// What makes it useless to ask on. A cluster that does not answer for a while is waited for.
pub fn wait(kubectl: &Kubectl, watch: &Watch<'_>, mut progress: impl FnMut(&str)) -> Result<End> {
    let end = Instant::now() + watch.give_up;
    let mut pulls = Pulls::new();
    let mut objects = Vec::new();
    let mut first = true;
    let mut held_up: Option<Instant> = None;
    loop {
        let line = match of_service(kubectl, watch.service) {
            Ok(found) if std::mem::take(&mut first) && clear(kubectl, &found, &mut pulls)? => {
                "pods that were lost before are made anew".to_owned()
            }
            Ok(found) => {
                objects = found;
                let verdict = judge_all(kubectl, &objects, watch, &mut pulls)?;
                if !matches!(verdict, Verdict::Stuck(_)) {
                    held_up = None;
                }
                match verdict {
                    Verdict::Done => return Ok(End::Ready(objects)),
                    Verdict::Failed(failure) => return Ok(End::Lost(failure, objects)),
                    Verdict::Going(line) => line,
                    Verdict::Stuck(failure) if watch.back => {
                        delete(kubectl, [failure.pod])?;
                        "a pod of the release that failed is made anew".to_owned()
                    }
                    Verdict::Stuck(failure) if held_up.get_or_insert_with(Instant::now).elapsed() >= HELD_UP || Instant::now() >= end => {
                        return Ok(End::Lost(failure, objects));
                    }
                    Verdict::Stuck(failure) => failure.message,
                    Verdict::Unexplained(_) => "the image can't be pulled, looking why".to_owned(),
                }
            }
            Err(error) if error.kind == Kind::Missing => "the cluster does not answer, trying again".to_owned(),
            Err(error) => return Err(error),
        };
        progress(&line);
        if Instant::now() >= end {
            return Ok(End::Late(line, objects));
        }
        cancel::sleep(PAUSE.min(end.saturating_duration_since(Instant::now())))?;
    }
}

/// A pod that was lost before our write tells nothing of what is there now, and may be tried again only
/// minutes later: such pods are deleted, and made anew. No pod of ours can be lost so soon.
fn clear(kubectl: &Kubectl, objects: &[Value], pulls: &mut Pulls) -> Result<bool> {
    let mut lost = |pod: &&Value| text(pod, "/kind") == "Pod" && matches!(state(pod, pulls), State::Doomed(_) | State::Unexplained);
    let pods: Vec<String> = objects.iter().filter(&mut lost).map(|pod| text(pod, "/metadata/name").to_owned()).collect();
    if pods.is_empty() {
        return Ok(false);
    }
    delete(kubectl, pods)
}

fn delete(kubectl: &Kubectl, pods: impl IntoIterator<Item = String>) -> Result<bool> {
    let args = ["delete", "pods", "--ignore-not-found", "--wait=false"].map(str::to_owned).into_iter().chain(pods);
    kubectl.run(&kubectl.place.command(args)).map(|output| output.exit.ok())
}

/// The worst verdict counts; those on their way are told together.
fn judge_all(kubectl: &Kubectl, objects: &[Value], watch: &Watch<'_>, pulls: &mut Pulls) -> Result<Verdict> {
    let mut lines = Vec::new();
    for expected in &watch.expected {
        let mut verdict = judge(objects, expected, pulls);
        if let Verdict::Unexplained(pods) = &verdict {
            for pod in pods {
                explain(kubectl, pod, pulls)?;
            }
            verdict = judge(objects, expected, pulls);
        }
        match verdict {
            Verdict::Done => {}
            Verdict::Going(line) if watch.expected.len() == 1 => lines.push(line),
            Verdict::Going(line) => lines.push(format!("{}: {line}", expected.name)),
            Verdict::Unexplained(_) => lines.push("the image can't be pulled, looking why".to_owned()),
            failed @ (Verdict::Failed(_) | Verdict::Stuck(_)) => return Ok(failed),
        }
    }
    Ok(if lines.is_empty() { Verdict::Done } else { Verdict::Going(lines.join("; ")) })
}

/// The status says only "back-off"; why the pull failed is in the pod's events.
fn explain(kubectl: &Kubectl, pod: &str, pulls: &mut Pulls) -> Result<()> {
    let events = kubectl.get(["events", "--field-selector", &format!("involvedObject.name={pod},reason=Failed")])?;
    let why = events.iter().map(|event| text(event, "/message")).find(|message| message.contains("pull image"));
    if let Some(why) = why {
        pulls.insert(pod.to_owned(), why.to_owned());
    }
    Ok(())
}
