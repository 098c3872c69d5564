//! One deployment at a time per service and place: a Lease in the cluster, with signs of life and a line
//! of those who wait.

mod lease;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

use self::lease::{BEAT, Signs, Turn};
pub use self::lease::{Deployer, Lease};
use super::kubectl::Kubectl;
use super::observe::Ground;
use crate::process::{self, Command, cancel};
use crate::report::{Error, Event, Kind, Report, Result, What, text as words};

/// How long one waits for the others, unless said otherwise.
pub const PATIENCE: Duration = Duration::from_secs(600);
/// How often the line is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// How soon, when another one was quicker.
const AGAIN: Duration = Duration::from_millis(100);
const STEP: &str = "lock";
/// With its version: kubectl takes the first word of a group with dots for one, and asks the cluster for all that it knows
/// (40 requests) when it is none.
const LEASES: &str = "leases.v1.coordination.k8s.io";

/// The lock, held; freed when this is dropped.
pub struct Lock {
    kubectl: Kubectl,
    name: String,
    id: String,
    lost: Arc<AtomicBool>,
    /// Ends the signs of life.
    alive: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Takes the lock of the service, waiting in line for `limit` at most. None where the cluster does not
/// allow Leases: that is warned of.
///
/// # Errors
/// Exit code 5 when others hold it for too long, or a newer commit of the same branch waits too.
pub fn take(ground: &Ground, me: Deployer, limit: Duration, report: &Report) -> Result<Option<Lock>> {
    let id = blake3::hash(format!("{}{}{}", std::process::id(), lease::now(), me.who).as_bytes()).to_hex()[..16].to_owned();
    let me = Deployer { id, since: lease::now(), beat: lease::now(), ..me };
    let taker = Taker { kubectl: &ground.kubectl, name: Lease::name(&ground.service), me: &me, report };
    match taker.take(&ground.service, limit) {
        Ok(()) => Ok(Some(Lock::held(ground.kubectl.clone(), taker.name, me.id))),
        Err(error) if super::fault::is_forbidden(&error) => {
            let message = "others are not kept from deploying at the same time: the cluster allows no Leases here".to_owned();
            let help = vec!["ask for the rights to get, create and patch `leases.coordination.k8s.io` in this namespace".to_owned()];
            report.warn(&crate::report::Problem { message, place: None, notes: Vec::new(), help });
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The lock of a service as it is; none before the first deployment.
///
/// # Errors
/// What kubectl complains of.
pub fn look(ground: &Ground) -> Result<Option<Lease>> {
    if !ground.has_namespace {
        return Ok(None);
    }
    read(&ground.kubectl, &Lease::name(&ground.service))
}

/// Frees a lock that somebody else holds.
///
/// # Errors
/// Exit code 1 when it changed hands in the meantime.
pub fn free(ground: &Ground, holder: &Deployer) -> Result<()> {
    if ground.kubectl.run(&freeing(ground, holder))?.exit.ok() {
        Ok(())
    } else {
        Err(Error::failed("the lock changed hands in the meantime"))
    }
}

/// The command that frees it.
pub fn freeing(ground: &Ground, holder: &Deployer) -> Command {
    patch(&ground.kubectl, &Lease::name(&ground.service), "json", &lease::freed(&holder.id))
}

fn read(kubectl: &Kubectl, name: &str) -> Result<Option<Lease>> {
    Ok(kubectl.get([LEASES, name])?.first().map(Lease::read))
}

fn patch(kubectl: &Kubectl, name: &str, kind: &str, patch: &Value) -> Command {
    let mut command = kubectl.place.command([
        "patch",
        LEASES,
        name,
        &format!("--type={kind}"),
        &format!("--patch={patch}"),
        "--output=name",
        "--request-timeout=8s",
    ]);
    command.timeout = Some(Duration::from_secs(10));
    command
}

/// One who wants the lock.
struct Taker<'a> {
    kubectl: &'a Kubectl,
    name: String,
    me: &'a Deployer,
    report: &'a Report,
}

impl Taker<'_> {
    fn take(&self, service: &str, limit: Duration) -> Result<()> {
        let begin = Instant::now();
        let mut signs = Signs::default();
        let mut queue = Queue { taker: self, joined: None };
        loop {
            let Some(lease) = read(self.kubectl, &self.name)? else {
                if self.create(service)? {
                    return Ok(());
                }
                continue;
            };
            let ahead = match signs.turn(&lease, self.me, Instant::now()) {
                Turn::Mine(gone, alive) => {
                    let output = self.kubectl.run(&patch(self.kubectl, &self.name, "json", &lease.taken(self.me, &alive)))?;
                    if output.exit.ok() {
                        self.taken(gone.as_ref(), begin, &mut queue);
                        return Ok(());
                    }
                    let error = super::fault::explain(&output.complaint(), &self.kubectl.place);
                    if super::fault::is_forbidden(&error) || !is_rejected(&output.complaint()) && begin.elapsed() >= limit {
                        return Err(error);
                    }
                    // Somebody was quicker, or joined the line: look again.
                    cancel::sleep(AGAIN)?;
                    continue;
                }
                Turn::Later(ahead) => ahead,
                Turn::Needless(newer) => return Err(Self::needless(&newer)),
            };
            if begin.elapsed() >= limit {
                return Err(Self::late(&ahead, begin.elapsed()));
            }
            queue.stay(&ahead, begin)?;
            cancel::sleep(LOOK.min(limit.saturating_sub(begin.elapsed())))?;
        }
    }

    /// The first deployment of all; false when another one was quicker. Makes the namespace where it lacks.
    fn create(&self, service: &str) -> Result<bool> {
        let lease = lease::first(service, self.me);
        let output = self.kubectl.run(&self.kubectl.place.command(["create", "--output=name", "-f", "-"]).stdin(lease.to_string()))?;
        let complaint = output.complaint();
        if output.exit.ok() || complaint.contains("AlreadyExists") {
            return Ok(output.exit.ok());
        }
        Err(super::fault::explain(&complaint, &self.kubectl.place))
    }

    fn taken(&self, gone: Option<&Deployer>, begin: Instant, queue: &mut Queue<'_>) {
        if let Some(gone) = gone {
            self.report.note(&format!("  the lock of {} was left behind, and is taken over", gone.words()));
        }
        if queue.joined.take().is_some() {
            self.report.event(&Event::new(STEP, What::Finished { elapsed: begin.elapsed() }));
        }
    }

    fn needless(newer: &Deployer) -> Error {
        let branch = newer.branch.as_deref().unwrap_or_default();
        let error = Error::new(Kind::Locked, format!("a newer commit of `{branch}` waits to be deployed: this one gives way"));
        error.note(format!("it is {}", newer.words()))
    }

    fn late(ahead: &[Deployer], waited: Duration) -> Error {
        let names: Vec<String> = ahead.iter().map(Deployer::words).collect();
        let error = Error::new(Kind::Locked, format!("another deployment holds the lock: {}", words::list(&names)));
        let since = ahead.first().map_or("", |holder| holder.since.split('.').next().unwrap_or_default());
        let error = if since.is_empty() { error } else { error.note(format!("since {since}Z")) };
        error
            .note(format!("waited for {}; nothing was changed", words::elapsed(waited)))
            .help("wait longer with --lock-timeout 30m; `instep kube-unlock ENV` shows the lock, and frees it with --free")
    }
}

/// The place in the line; left on every way out.
struct Queue<'a> {
    taker: &'a Taker<'a>,
    /// When the last sign of life was given.
    joined: Option<Instant>,
}

impl Queue<'_> {
    fn stay(&mut self, ahead: &[Deployer], begin: Instant) -> Result<()> {
        let Taker { kubectl, name, me, report } = self.taker;
        if self.joined.is_none() {
            report.event(&Event::new(STEP, What::Started { title: "wait for others that deploy the same".to_owned() }));
        }
        if self.joined.is_none_or(|last| last.elapsed() >= BEAT) {
            kubectl.must(&patch(kubectl, name, "merge", &lease::queued(me)))?;
            self.joined = Some(Instant::now());
        }
        let names: Vec<String> = ahead.iter().map(Deployer::words).collect();
        let waited = match begin.elapsed().as_secs() / 60 {
            0 => String::new(),
            minutes => format!(", waiting for {minutes} m"),
        };
        let message = format!("{} in line, ahead: {}{waited}", nth(ahead.len()), words::list(&names));
        report.event(&Event::new(STEP, What::Progress { message }));
        Ok(())
    }
}

impl Drop for Queue<'_> {
    fn drop(&mut self) {
        if self.joined.is_some() {
            let Taker { kubectl, name, me, .. } = self.taker;
            let mut command = patch(kubectl, name, "merge", &lease::left(me));
            command.cleanup = true;
            let _ = kubectl.run(&command);
        }
    }
}

fn nth(n: usize) -> String {
    match n {
        1 => "1st".to_owned(),
        2 => "2nd".to_owned(),
        3 => "3rd".to_owned(),
        _ => format!("{n}th"),
    }
}

impl Lock {
    fn held(kubectl: Kubectl, name: String, id: String) -> Self {
        let lost = Arc::new(AtomicBool::new(false));
        let (alive, ended) = channel();
        let command = {
            let (kubectl, name, id) = (kubectl.clone(), name.clone(), id.clone());
            move || patch(&kubectl, &name, "json", &lease::beat(&id))
        };
        let flag = Arc::clone(&lost);
        let thread = std::thread::spawn(move || {
            while ended.recv_timeout(BEAT) == Err(RecvTimeoutError::Timeout) {
                let rejected = process::capture(&command()).is_ok_and(|output| !output.exit.ok() && is_rejected(&output.complaint()));
                flag.fetch_or(rejected, Ordering::Relaxed);
            }
        });
        Self { kubectl, name, id, lost, alive: Some(alive), thread: Some(thread) }
    }

    /// Asked before every change: another deployment that took the lock over must not be disturbed.
    ///
    /// # Errors
    /// Exit code 5 when the lock is not ours any more.
    pub fn check(&self) -> Result<()> {
        if !self.lost.load(Ordering::Relaxed) {
            return Ok(());
        }
        let error = Error::new(Kind::Locked, "somebody else took the lock of this deployment over");
        Err(error.note("it was freed by hand, or this machine gave no sign of life for too long"))
    }
}

/// The test of a patch failed: the Lease is not what it was.
fn is_rejected(complaint: &str) -> bool {
    complaint.contains("rejected our request") || complaint.contains("Invalid") || complaint.contains("NotFound")
}

impl Drop for Lock {
    fn drop(&mut self) {
        drop(self.alive.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        if !self.lost.load(Ordering::Relaxed) {
            let mut command = patch(&self.kubectl, &self.name, "json", &lease::freed(&self.id));
            command.cleanup = true;
            let _ = self.kubectl.run(&command);
        }
    }
}

/// Where a Lease is, as kubectl wants it: used by what deletes it.
pub fn argument(service: &str) -> String {
    format!("{LEASES}/{}", Lease::name(service))
}
