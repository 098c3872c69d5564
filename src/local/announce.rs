//! Tells that a signal was heard, and what it does to the service.

use std::sync::mpsc::channel;
use std::thread::JoinHandle;

use serde_json::json;

use crate::process::cancel;
use crate::report::Report;
use crate::report::style::{NAME, paint};

/// Says at once that a signal was heard; from a thread of its own, because nobody may be reading what we
/// say, and the signal has to reach the service all the same.
pub(super) struct Announcer {
    guard: Option<cancel::Guard>,
    thread: Option<JoinHandle<()>>,
}

impl Announcer {
    pub(super) fn new(name: &str, report: &Report) -> Self {
        let (name, report) = (name.to_owned(), report.clone());
        let (heard, signals) = channel();
        let guard = cancel::listen(move || _ = heard.send(()));
        let thread =
            std::thread::spawn(move || signals.iter().enumerate().for_each(|(before, ())| say_stopping(&name, before > 0, &report)));
        Self { guard: Some(guard), thread: Some(thread) }
    }
}

impl Drop for Announcer {
    fn drop(&mut self) {
        drop(self.guard.take());
        // It has ended, or panicked while it said something; either way there is nothing left to do.
        self.thread.take().map(JoinHandle::join);
    }
}

fn say_stopping(name: &str, kill: bool, report: &Report) {
    if report.is_json() {
        return report.line(&json!({ "event": "stopping", "service": name, "kill": kill }));
    }
    let text = if kill { format!("killing {name}") } else { format!("stopping {name} (again to kill)") };
    // The terminal has just written `^C`.
    report.note(&format!("{}{} {text}", if report.is_live() { "\r" } else { "" }, paint(NAME, "▸")));
}
