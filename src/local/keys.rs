//! Keys while it serves: `r` restarts, `l` shows the lines of one service, `o` opens the URL, `q` stops.

use std::sync::mpsc::{Receiver, channel};

use super::crew::Crew;
use super::plan::Service;
use crate::process::{self, Command, Keyboard};
use crate::repo::Waker;
use crate::report::style::{DIM, paint};

/// What a key asks for.
pub(super) enum Asked {
    /// Start the service again.
    Restart,
    /// Stop.
    Quit,
}

/// The keys that are pressed.
pub(super) struct Keys {
    pressed: Receiver<char>,
    _keyboard: Keyboard,
}

impl Keys {
    /// None where no person can press one.
    pub(super) fn open(waker: Waker) -> Option<Self> {
        let (sender, pressed) = channel();
        let keyboard = Keyboard::open(move |key| {
            // Nobody listens any more only at the end.
            let _ = sender.send(key);
            waker.wake();
        })?;
        Some(Self { pressed, _keyboard: keyboard })
    }

    /// Does what the keys since the last look ask for; gives what the caller has to do.
    pub(super) fn handle(&self, crew: &Crew<'_>) -> Option<Asked> {
        for key in self.pressed.try_iter() {
            match key {
                'r' => return Some(Asked::Restart),
                'q' => return Some(Asked::Quit),
                'l' => next_filter(crew),
                'o' => open(crew),
                _ => {}
            }
        }
        None
    }
}

/// All, then the service, then each other one, then all again.
fn next_filter(crew: &Crew<'_>) {
    let mut names: Vec<&String> = crew.members.iter().map(|(_, running)| &running.service.name).collect();
    names.sort_by_key(|name| **name != crew.main);
    let next = match crew.only.get() {
        None => names.first().copied(),
        Some(now) => names.iter().position(|name| **name == now).and_then(|at| names.get(at + 1).copied()),
    };
    let words = next.map_or_else(|| "lines of all".to_owned(), |name| format!("lines of {name} only"));
    crew.only.set(next.cloned());
    crew.report.note(&paint(DIM, &format!("… {words}")));
}

/// With the program that opens files; where there is none, the URL is said.
fn open(crew: &Crew<'_>) {
    let Some(url) = crew.main().and_then(|running| Service::url(&running.service)) else { return };
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    if !process::exists(program) {
        return crew.report.note(&paint(DIM, &format!("… {url} (there is no {program} that could open it)")));
    }
    crew.report.note(&paint(DIM, &format!("… {program} {url}")));
    // How a browser ends is of no interest.
    std::thread::spawn(move || drop(process::capture(&Command::new(program, [url]))));
}
