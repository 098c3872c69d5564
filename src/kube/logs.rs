//! What the pods of a service write, all of them together; new pods are joined while one follows.

use std::collections::HashSet;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::apart::is_of;
use super::evidence::clean;
use super::kubectl::Place;
use super::object::{int, list, text};
use super::observe::{self, Ground};
use super::render::{NAME, label_value};
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The pod.
    pub pod: String,
    /// The container.
    pub container: String,
    /// The text, without what would play tricks on a terminal.
    pub text: String,
}

/// What a person would run.
pub fn by_hand(place: &Place, service: &str, wanted: &Wanted) -> Command {
    let instance = wanted.workload.as_ref().map_or_else(String::new, |name| format!(",app.kubernetes.io/instance={}", label_value(name)));
    let selector = format!("--selector={NAME}={}{instance}", label_value(service));
    let command = place.command(["logs", &selector, "--all-containers", "--prefix", "--max-log-requests=50"]);
    command.args(options(wanted))
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
                let command = ground.kubectl.place.command(["logs", &pod, "--container", &container]).args(options(wanted));
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
    let mut buffer: Vec<u8> = Vec::new();
    let told = |bytes: &[u8]| {
        let text = clean(String::from_utf8_lossy(bytes).trim_end_matches(['\n', '\r']));
        // Nobody may listen any more.
        let _ = send.send(Line { pod: pod.to_owned(), container: container.to_owned(), text });
    };
    let _ = process::with_sink(command, &mut |piece| {
        buffer.extend_from_slice(piece);
        while let Some(end) = buffer.iter().position(|&byte| byte == b'\n') {
            told(&buffer.drain(..=end).collect::<Vec<u8>>());
        }
    });
    if !buffer.is_empty() {
        told(&buffer);
    }
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
