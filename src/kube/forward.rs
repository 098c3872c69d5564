//! A local port that leads into the cluster, for as long as it is needed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::kubectl::{Kubectl, Place};
use super::{fault, observe};
use crate::config::Target;
use crate::process::{self, Stopper, cancel};
use crate::report::{Error, Kind, Report, Result};

/// How long kubectl may take until the port is open.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open port-forward; it is closed when this is dropped.
#[derive(Debug)]
pub struct Forward {
    /// The first port on 127.0.0.1.
    pub port: u16,
    /// Every port there, with the one on 127.0.0.1 that leads to it.
    pub ports: Vec<(u16, u16)>,
    stopper: Stopper,
    thread: Option<JoinHandle<()>>,
    lost: Arc<AtomicBool>,
}

enum News {
    Started(Stopper),
    Said(String),
    Ended,
}

/// Opens a free local port for each of these ports of `resource` (`service/NAME`, `pod/NAME`).
///
/// # Errors
/// Exit code 7 without kubectl or cluster; exit code 1 when nothing runs there.
pub fn forward(target: &Target, resource: &str, ports: &[u16], report: &Report) -> Result<Forward> {
    open(target, resource, ports.iter().map(|port| format!(":{port}")).collect(), report)
}

/// As [`forward`], one port from this port of 127.0.0.1.
pub fn forward_at(target: &Target, resource: &str, port: u16, local: u16, report: &Report) -> Result<Forward> {
    open(target, resource, vec![format!("{local}:{port}")], report)
}

fn open(target: &Target, resource: &str, ports: Vec<String>, report: &Report) -> Result<Forward> {
    let place = Place::of(target);
    observe::has_context(&Kubectl::new(place.clone(), report)?, target)?;
    let wanted = ports.len();
    let mut command = place.command(["port-forward", "--address=127.0.0.1", resource]).args(ports);
    command.grace = Duration::from_secs(2);
    let (news, heard) = channel();
    let lost = Arc::new(AtomicBool::new(false));
    let noted = Arc::clone(&lost);
    let thread = std::thread::spawn(move || run(&command, &news, &noted));
    let mut stopper = None;
    let opened = listen(&heard, &place, resource, wanted, &mut stopper);
    match (opened, stopper) {
        (Ok(ports), Some(stopper)) => {
            let port = ports.first().map_or(0, |(_, local)| *local);
            Ok(Forward { port, ports, stopper, thread: Some(thread), lost })
        }
        (opened, stopper) => {
            if let Some(stopper) = stopper {
                stopper.stop();
            }
            Err(opened.err().unwrap_or_else(|| Error::failed("kubectl port-forward did not start")))
        }
    }
}

/// What kubectl says when the pod has gone; not every version ends then.
fn is_lost(line: &str) -> bool {
    line.contains("lost connection to pod") || line.contains("error forwarding port") || line.contains("error occurred forwarding")
}

fn run(command: &process::Command, news: &Sender<News>, lost: &AtomicBool) {
    // Nobody may listen any more: then nobody needs to know.
    let _ = process::with_lines(command, |stopper| drop(news.send(News::Started(stopper))), &mut |line| {
        lost.fetch_or(is_lost(line), Ordering::Relaxed);
        let _ = news.send(News::Said(line.trim().to_owned()));
    });
    let _ = news.send(News::Ended);
}

fn listen(heard: &Receiver<News>, place: &Place, resource: &str, wanted: usize, stopper: &mut Option<Stopper>) -> Result<Vec<(u16, u16)>> {
    let end = Instant::now() + PATIENCE;
    let mut said = Vec::new();
    let mut open = Vec::new();
    loop {
        if open.len() == wanted {
            return Ok(open);
        }
        cancel::check()?;
        match heard.recv_timeout(Duration::from_millis(50)) {
            Ok(News::Started(handle)) => *stopper = Some(handle),
            Ok(News::Said(line)) if line.is_empty() => {}
            Ok(News::Said(line)) => match local_port(&line) {
                Some(ports) => open.push(ports),
                None => said.push(line),
            },
            Ok(News::Ended) | Err(RecvTimeoutError::Disconnected) => return Err(refused(&said.join("\n"), place, resource)),
            Err(RecvTimeoutError::Timeout) if Instant::now() > end => {
                return Err(Error::new(Kind::TimedOut, format!("no way to {resource} was open after {} s", PATIENCE.as_secs())));
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// `Forwarding from 127.0.0.1:40123 -> 8080`.
fn local_port(line: &str) -> Option<(u16, u16)> {
    let (local, remote) = line.strip_prefix("Forwarding from 127.0.0.1:")?.split_once(" -> ")?;
    Some((remote.trim().parse().ok()?, local.parse().ok()?))
}

fn refused(said: &str, place: &Place, resource: &str) -> Error {
    if said.contains("NotFound") || said.contains("not found") {
        let error = Error::failed(format!("there is no {resource} in namespace `{}`", place.namespace)).note(said.to_owned());
        return error.help("deploy it first: `instep kube-apply ENV`");
    }
    fault::explain(said, place)
}

impl Forward {
    /// Whether kubectl has ended, or lost the pod.
    pub fn is_broken(&self) -> bool {
        self.lost.load(Ordering::Relaxed) || self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Where it is reached here.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Forward {
    fn drop(&mut self) {
        self.stopper.stop();
        if let Some(thread) = self.thread.take() {
            // It ends as soon as kubectl does; its own faults are of no interest any more.
            let _ = thread.join();
        }
    }
}
