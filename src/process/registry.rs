//! Every process that we started and that may still run. Emptied on every way out.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::{Command, cancel, tree};

/// A running process of ours.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) id: u64,
    pub(super) pid: i32,
    /// It leads a group of its own; else it shares ours and the terminal.
    pub(super) leads: bool,
    pub(super) grace: Duration,
    /// See [`super::Command::service`].
    pub(super) service: bool,
    /// It carries a connection of ours, and ends with that: no signal concerns it.
    carries: bool,
}

static RUNNING: Mutex<Vec<Entry>> = Mutex::new(Vec::new());
static STOPPERS: Mutex<Vec<JoinHandle<()>>> = Mutex::new(Vec::new());
static CLOSED: AtomicBool = AtomicBool::new(false);

/// Puts a process in; its number here. A process that starts while all is being stopped is stopped too.
pub(super) fn add(pid: u32, leads: bool, command: &Command) -> u64 {
    let entry = entry(pid, leads, command, false);
    let id = entry.id;
    let late = {
        let mut running = lock(&RUNNING);
        running.push(entry.clone());
        (cancel::requested().is_some() && !command.cleanup) || cancel::is_hard() || CLOSED.load(Ordering::Relaxed)
    };
    if late {
        stop_in_background(entry, Signal::TERM, false);
    }
    id
}

/// Puts a program in that carries a connection, see [`super::dial()`].
pub(super) fn carry(pid: u32, command: &Command) -> u64 {
    let entry = entry(pid, true, command, true);
    let id = entry.id;
    lock(&RUNNING).push(entry);
    id
}

fn entry(pid: u32, leads: bool, command: &Command, carries: bool) -> Entry {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    Entry { id, pid: pid.cast_signed(), leads, grace: command.grace, service: command.service, carries }
}

/// Takes a process out that has ended. What a service leaves behind is stopped.
pub(super) fn remove(id: u64) {
    let mut running = lock(&RUNNING);
    let Some(at) = running.iter().position(|entry| entry.id == id) else { return };
    let entry = running.remove(at);
    drop(running);
    if entry.service {
        stop_in_background(entry, Signal::TERM, false);
    }
}

/// Whether the process itself has ended; what it started may still live.
pub(super) fn has_ended(id: u64) -> bool {
    let entry = lock(&RUNNING).iter().find(|entry| entry.id == id).cloned();
    entry.is_none_or(|entry| tree::identity(entry.pid).is_none())
}

/// Asks one process and all it started to end; kills what is left after its grace. Returns at once.
pub(super) fn stop(id: u64) {
    signal(id, Signal::TERM);
}

/// The same, but what it has to say at its end is wanted.
pub(super) fn interrupt(id: u64) {
    signal(id, Signal::INT);
}

fn signal(id: u64, signal: Signal) {
    let entry = lock(&RUNNING).iter().find(|entry| entry.id == id).cloned();
    if let Some(entry) = entry {
        stop_in_background(entry, signal, false);
    }
}

/// Sends this signal to all, kills what is left after the grace. Returns at once.
/// `typed`: the terminal has already sent it to the processes that share our group.
pub(super) fn stop_all(signal: Signal, typed: bool) {
    for entry in signalled() {
        let heard = typed && !entry.leads;
        let signal = if entry.service { Signal::TERM } else { signal };
        stop_in_background(entry, signal, heard);
    }
}

/// Those that signals concern.
fn signalled() -> Vec<Entry> {
    lock(&RUNNING).iter().filter(|entry| !entry.carries).cloned().collect()
}

/// Kills all at once.
pub(super) fn kill_all() {
    for entry in signalled() {
        let family = tree::family(entry.pid);
        send(&entry, &family, Signal::KILL);
    }
}

/// The end of the program: nothing that we started may be left.
pub(super) fn drain() {
    CLOSED.store(true, Ordering::Relaxed);
    for entry in lock(&RUNNING).clone() {
        stop_in_background(entry, Signal::TERM, false);
    }
    settle();
}

/// Waits until all that was asked to stop is gone.
pub(super) fn settle() {
    loop {
        let Some(stopper) = lock(&STOPPERS).pop() else { return };
        drop(stopper.join());
    }
}

fn stop_in_background(entry: Entry, signal: Signal, heard: bool) {
    // Held from before the signal: whoever sees the program end and settles must find that its family is waited for.
    let mut stoppers = lock(&STOPPERS);
    // Seen before the signal: who dies first leaves children that nobody could find any more.
    let family = tree::family(entry.pid);
    if !heard {
        send(&entry, &family, signal);
    }
    let stopper = std::thread::spawn(move || wait_then_kill(&entry, family, signal));
    stoppers.push(stopper);
}

#[expect(clippy::disallowed_methods, reason = "this is what the token itself sets off")]
fn wait_then_kill(entry: &Entry, mut family: Vec<tree::Process>, signal: Signal) {
    let group = entry.leads.then_some(entry.pid);
    let mut asked = if signal == Signal::TERM { family.clone() } else { Vec::new() };
    let end = Instant::now() + entry.grace;
    let mut pause = Duration::from_millis(2);
    while Instant::now() < end && !cancel::is_hard() {
        let left = tree::living(&mut family, group);
        if left.is_empty() {
            return;
        }
        // What a shell starts with `&` ignores INT (POSIX, "Signals and Error Handling"), and somebody may have started
        // others since. While the program itself lives they may be what it ends with; once it has gone, they are asked.
        if left.iter().all(|process| process.pid != entry.pid) {
            let unasked: Vec<tree::Process> = left.into_iter().filter(|process| !asked.contains(process)).collect();
            for process in &unasked {
                one(process, Signal::TERM);
            }
            asked.extend(unasked);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
    // The system takes a moment to take them down; one that hangs in it is not waited for.
    let end = Instant::now() + Duration::from_secs(1);
    loop {
        let left = tree::living(&mut family, group);
        if left.is_empty() || Instant::now() > end {
            return;
        }
        send(entry, &left, Signal::KILL);
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// To the group where it has one, and to every member of the family that is outside of it.
fn send(entry: &Entry, family: &[tree::Process], signal: Signal) {
    let group = entry.leads.then(|| Pid::from_raw(entry.pid)).flatten();
    if let Some(group) = group {
        let _ = kill_process_group(group, signal);
    }
    for process in family.iter().filter(|process| group.is_none() || process.group != entry.pid) {
        one(process, signal);
    }
}

fn one(process: &tree::Process, signal: Signal) {
    if let Some(pid) = Pid::from_raw(process.pid) {
        let _ = kill_process(pid, signal);
    }
}

fn lock<T>(mutex: &'static Mutex<T>) -> MutexGuard<'static, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
