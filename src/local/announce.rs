//! Tells that a signal was heard, and what it does to what runs.

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use serde_json::json;

use crate::process::{self, cancel};
use crate::report::style::{NAME, paint};
use crate::report::{Report, text};

/// What runs, in the order of its start: shared with whoever tells of it when a signal comes.
#[derive(Clone, Default)]
pub(super) struct Roll(Arc<Mutex<Vec<Entry>>>);

struct Entry {
    name: String,
    /// It runs; else it is something around what runs.
    runs: bool,
    /// What stays when we leave at once, and how it is taken away.
    stays: Option<String>,
}

impl Roll {
    /// Something that runs, and what stays of it when we leave at once.
    pub(super) fn add(&self, name: &str, stays: Option<String>) {
        self.push(Entry { name: name.to_owned(), runs: true, stays });
    }

    /// Something around what runs.
    pub(super) fn add_around(&self, name: &str, stays: String) {
        self.push(Entry { name: name.to_owned(), runs: false, stays: Some(stays) });
    }

    fn push(&self, entry: Entry) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
    }

    /// It has done what it was there for; its container is still there.
    pub(super) fn done(&self, name: &str) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.iter_mut().filter(|entry| entry.name == name).for_each(|entry| entry.runs = false);
    }

    pub(super) fn remove(&self, name: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|entry| entry.name != name);
    }

    /// What was started last comes first.
    fn names(&self) -> Vec<String> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.iter().rev().filter(|entry| entry.runs).map(|entry| entry.name.clone()).collect()
    }

    fn staying(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().rev().filter_map(|entry| entry.stays.clone()).collect()
    }
}

/// Says at once that a signal was heard; from a thread of its own, because nobody may be reading what we
/// say, and the signal has to reach the service all the same.
pub(super) struct Announcer {
    guard: Option<cancel::Guard>,
    thread: Option<JoinHandle<()>>,
}

impl Announcer {
    pub(super) fn new(main: &str, roll: &Roll, report: &Report) -> Self {
        let (main, shared, out) = (main.to_owned(), roll.clone(), report.clone());
        let (heard, signals) = channel();
        let guard = cancel::listen(move || _ = heard.send(()));
        let say = move || {
            for (before, ()) in signals.iter().enumerate().take(2) {
                say_stopping(&main, &shared, before > 0, &out);
            }
        };
        let (roll, report) = (roll.clone(), report.clone());
        process::on_leave(Some(Box::new(move || say_left(&roll, &report))));
        Self { guard: Some(guard), thread: Some(std::thread::spawn(say)) }
    }
}

impl Drop for Announcer {
    fn drop(&mut self) {
        process::on_leave(None);
        drop(self.guard.take());
        // It has ended, or panicked while it said something; either way there is nothing left to do.
        self.thread.take().map(JoinHandle::join);
    }
}

/// The terminal has just written `^C`.
fn fresh_line(report: &Report) -> &'static str {
    if report.is_live() { "\r" } else { "" }
}

fn say_stopping(main: &str, roll: &Roll, kill: bool, report: &Report) {
    let names = match roll.names() {
        names if names.is_empty() => vec![main.to_owned()],
        names => names,
    };
    if report.is_json() {
        return report.line(&json!({ "event": "stopping", "service": main, "services": names, "kill": kill }));
    }
    let names = text::list(&names);
    let text = if kill { format!("killing {names}") } else { format!("stopping {names} (again to kill)") };
    report.note(&format!("{}{} {text}", fresh_line(report), paint(NAME, "▸")));
}

fn say_left(roll: &Roll, report: &Report) {
    let staying = roll.staying();
    if report.is_json() {
        return report.line(&json!({ "event": "left", "running": staying }));
    }
    if staying.is_empty() {
        return report.note(&format!("{}left at once; all programs were killed", fresh_line(report)));
    }
    let lines: Vec<String> = staying.iter().map(|line| format!("  {line}")).collect();
    let head = "left at once; these may still be there, and the next `instep run-local` takes them away:";
    report.note(&format!("{}{head}\n{}", fresh_line(report), lines.join("\n")));
}
