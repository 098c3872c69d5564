//! The logs of a Job's pods, read as they are written.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::was_started;
use crate::kube::evidence::clean;
use crate::kube::kubectl::{Kubectl, Place};
use crate::kube::object::text;
use crate::process::{self, Command, cancel};

/// For how long the end of a log is waited for, once the Job has ended.
const REST: Duration = Duration::from_secs(10);

/// What a reader of a log tells.
enum News {
    Line(usize, String),
    Ended(usize),
}

/// A pod whose log is read.
struct Reading {
    pod: String,
    told: usize,
    open: bool,
}

/// All that is read: of one container of every pod.
pub struct Tail {
    container: String,
    readings: Vec<Reading>,
    send: Sender<News>,
    heard: Receiver<News>,
}

impl Tail {
    /// Nothing is read yet.
    pub fn new(container: &str) -> Self {
        let (send, heard) = channel();
        Self { container: container.to_owned(), readings: Vec::new(), send, heard }
    }

    /// Whether nothing was there to be read so far.
    pub fn is_empty(&self) -> bool {
        self.readings.is_empty()
    }

    /// Reads what nobody reads: new pods, and those whose stream broke off.
    pub fn open(&mut self, place: &Place, objects: &[Value]) {
        for pod in objects.iter().filter(|object| text(object, "/kind") == "Pod" && was_started(object)) {
            let name = text(pod, "/metadata/name");
            let at = self.readings.iter().position(|reading| reading.pod == name);
            let ended = ["Succeeded", "Failed"].contains(&text(pod, "/status/phase"));
            let at = match at {
                Some(at) if self.readings[at].open || ended => continue,
                Some(at) => at,
                None => {
                    self.readings.push(Reading { pod: name.to_owned(), told: 0, open: false });
                    self.readings.len() - 1
                }
            };
            self.readings[at].open = true;
            let command = place.command(["logs", "--follow", name, "--container", &self.container]);
            let (send, skip) = (self.send.clone(), self.readings[at].told);
            std::thread::spawn(move || read(&command, at, skip, &send));
        }
    }

    /// Tells what comes within this time.
    pub fn hear(&mut self, time: Duration, tell: &mut dyn FnMut(&str)) {
        let end = Instant::now() + time;
        while let left = end.saturating_duration_since(Instant::now())
            && !left.is_zero()
            && let Ok(news) = self.heard.recv_timeout(left)
        {
            match news {
                News::Line(at, line) => {
                    self.readings[at].told += 1;
                    tell(&line);
                }
                News::Ended(at) => self.readings[at].open = false,
            }
        }
    }

    /// The rest of all logs: those that are read end with their containers; what was missed is asked for.
    pub fn rest(&mut self, kubectl: &Kubectl, tell: &mut dyn FnMut(&str)) {
        let end = Instant::now() + REST;
        while self.readings.iter().any(|reading| reading.open) && Instant::now() < end && cancel::requested().is_none() {
            self.hear(Duration::from_millis(50), tell);
        }
        for Reading { pod, told, .. } in std::mem::take(&mut self.readings) {
            log(kubectl, &pod, &self.container).lines().skip(told).for_each(|line| tell(&clean(line)));
        }
    }
}

/// All that a container of a pod wrote; nothing when that can't be had.
pub fn log(kubectl: &Kubectl, pod: &str, container: &str) -> String {
    let command = kubectl.place.command(["logs", pod, "--container", container, "--request-timeout=30s"]);
    match kubectl.run(&command) {
        Ok(output) if output.exit.ok() => output.text(),
        _ => String::new(),
    }
}

/// Sends line by line, without those that were told before. Nobody may listen any more: then nobody needs to know.
fn read(command: &Command, at: usize, skip: usize, send: &Sender<News>) {
    let mut count = 0;
    let _ = process::with_lines(command, |_| {}, &mut |line| {
        count += 1;
        if count > skip {
            let _ = send.send(News::Line(at, clean(line)));
        }
    });
    let _ = send.send(News::Ended(at));
}
