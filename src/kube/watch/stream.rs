//! One watch: a `kubectl get --raw` that writes a line of JSON for every change.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::process::{self, Command, Stopper};

/// What comes from the watches.
pub(super) enum News {
    /// The run was asked to stop.
    Asked,
    /// A watch has ended, and what kubectl said that is no event.
    Ended(usize, String),
    /// Something changed.
    Event(Value),
}

/// The programs that watch. All are stopped when this is dropped, also one that is just being started.
#[derive(Clone, Default)]
pub(super) struct Running(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    closed: bool,
    stoppers: Vec<Stopper>,
}

impl Running {
    /// Starts the watch number `at`.
    pub(super) fn start(&self, command: Command, at: usize, send: Sender<News>) {
        let running = self.clone();
        std::thread::spawn(move || {
            let mut said = Said { send, complaint: String::new() };
            let result = process::with_lines(&command, |stopper| running.add(stopper), &mut |line| said.hear(line));
            if let Err(error) = result {
                said.complaint.push_str(error.message());
            }
            // Nobody may listen any more: then nobody needs to know.
            let _ = said.send.send(News::Ended(at, said.complaint));
        });
    }

    fn add(&self, stopper: Stopper) {
        let mut state = self.lock();
        if state.closed {
            stopper.stop();
        }
        state.stoppers.push(stopper);
    }

    /// Stops those that run, and whatever is started later.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.stoppers.drain(..).for_each(Stopper::stop);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How much is kept of what is no event.
const COMPLAINT: usize = 2000;

/// What a watch wrote so far.
struct Said {
    send: Sender<News>,
    complaint: String,
}

impl Said {
    fn hear(&mut self, line: &str) {
        match serde_json::from_str::<Value>(line) {
            Ok(event) if event.get("type").is_some() => drop(self.send.send(News::Event(event))),
            _ if self.complaint.len() < COMPLAINT => self.complaint.push_str(line),
            _ => {}
        }
    }
}
