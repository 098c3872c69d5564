//! What the pods of a service write, all of them together; new pods are joined while one follows.

use std::collections::HashSet;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::Value;

use super::apart::is_of;
use super::evidence::clean;
use super::kubectl::Place;
use super::object::{int, list, text};
use super::observe::{self, Ground};
use crate::plan::{Action as Act, Plan};
use crate::process::{self, Command, cancel};
use crate::report::Result;

/// How often one looks for new pods.
const LOOK: Duration = Duration::from_secs(2);

/// Which lines.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Only this workload.
    pub workload: Option<String>,
    /// Go on as more is written.
    pub follow: bool,
    /// Of the run before this one.
    pub previous: bool,
    /// At most this many lines of each container to begin with.
    pub tail: u32,
    /// Only what is younger.
    pub since: Option<String>,
}

/// A line that a container wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The pod.
    pub pod: String,
    /// The container.
    pub container: String,
    /// The text, without what would play tricks on a terminal.
    #[serde(rename = "line")]
    pub text: String,
}

/// One thing that a person would run to read the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Action {
    /// Reads what a container of a pod writes.
    Read {
        /// Where.
        place: Place,
        /// The pod.
        pod: String,
        /// The container.
        container: String,
        /// What kubectl is told beyond that.
        options: Vec<String>,
        /// All are read at once.
        follow: bool,
    },
    /// Waits for all that are read.
    Wait,
}

impl Act for Action {
    fn title(&self) -> String {
        match self {
            Self::Read { pod, container, .. } => format!("what {container} in {pod} wrote"),
            Self::Wait => "for all of them".to_owned(),
        }
    }

    fn script(&self) -> Vec<String> {
        match self {
            Self::Read { place, pod, container, options, follow } => {
                let end = if *follow { " &" } else { "" };
                vec![format!("{}{end}", command(place, pod, container, options).arg("--prefix").line())]
            }
            Self::Wait => vec!["wait".to_owned()],
        }
    }
}

/// What a person would run to read the logs of the pods that are there now.
///
/// # Errors
/// What kubectl complains of.
pub fn plan(ground: &Ground, wanted: &Wanted) -> Result<Plan<Action>> {
    let mut plan = Plan::default();
    for (pod, container) in containers(ground, wanted)? {
        let place = ground.kubectl.place.clone();
        let action =
            Action::Read { place, pod: pod.clone(), container: container.clone(), options: options(wanted), follow: wanted.follow };
        plan.push(format!("{pod}:{container}"), action);
    }
    if wanted.follow {
        plan.push("wait", Action::Wait);
    }
    Ok(plan)
}

fn command(place: &Place, pod: &str, container: &str, options: &[String]) -> Command {
    place.command(["logs", pod, "--container", container]).args(options)
}

fn options(wanted: &Wanted) -> Vec<String> {
    let mut options = vec![format!("--tail={}", wanted.tail)];
    options.extend(wanted.since.iter().map(|since| format!("--since={since}")));
    if wanted.follow {
        options.push("--follow".to_owned());
    }
    if wanted.previous {
        options.push("--previous".to_owned());
    }
    options
}

/// Reads the logs; `sink` gets line by line. Gives how many containers there were to read.
///
/// # Errors
/// What kubectl complains of.
pub fn logs(ground: &Ground, wanted: &Wanted, sink: &mut dyn FnMut(&Line)) -> Result<usize> {
    let mut known = HashSet::new();
    let (send, lines) = channel();
    loop {
        for (pod, container) in containers(ground, wanted)? {
            if known.insert((pod.clone(), container.clone())) {
                let command = command(&ground.kubectl.place, &pod, &container, &options(wanted));
                if wanted.follow {
                    let send = send.clone();
                    std::thread::spawn(move || read(&command, &pod, &container, &send));
                } else {
                    read(&command, &pod, &container, &send);
                    for line in lines.try_iter() {
                        sink(&line);
                    }
                }
            }
        }
        if !wanted.follow {
            return Ok(known.len());
        }
        pass_on(&lines, sink)?;
    }
}

/// Passes lines on until it is time to look for new pods.
fn pass_on(lines: &std::sync::mpsc::Receiver<Line>, sink: &mut dyn FnMut(&Line)) -> Result<()> {
    let end = Instant::now() + LOOK;
    loop {
        cancel::check()?;
        let left = end.saturating_duration_since(Instant::now());
        match lines.recv_timeout(left.min(Duration::from_millis(50))) {
            Ok(line) => sink(&line),
            Err(RecvTimeoutError::Timeout) if left.is_zero() => return Ok(()),
            Err(_) => {}
        }
    }
}

fn read(command: &Command, pod: &str, container: &str, send: &Sender<Line>) {
    let _ = process::with_lines(command, |_| {}, &mut |line| {
        // Nobody may listen any more.
        let _ = send.send(Line { pod: pod.to_owned(), container: container.to_owned(), text: clean(line) });
    });
}

/// The containers that have something to read: those that were started, or started before.
fn containers(ground: &Ground, wanted: &Wanted) -> Result<Vec<(String, String)>> {
    let objects = observe::of_service(&ground.kubectl, &ground.service)?;
    let meant = |pod: &&Value| text(pod, "/kind") == "Pod" && wanted.workload.as_ref().is_none_or(|name| is_of(pod, name, &objects));
    let mut found = Vec::new();
    for pod in objects.iter().filter(meant) {
        let statuses = list(pod, "/status/initContainerStatuses").iter().chain(list(pod, "/status/containerStatuses"));
        for status in statuses {
            let ran = status.pointer("/state/waiting").is_none() || int(status, "/restartCount") > 0;
            if if wanted.previous { int(status, "/restartCount") > 0 } else { ran } {
                found.push((text(pod, "/metadata/name").to_owned(), text(status, "/name").to_owned()));
            }
        }
    }
    Ok(found)
}
