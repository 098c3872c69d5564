//! Single keys from the terminal, without a line end; Ctrl-C and the like stay signals.

use std::io::{IsTerminal as _, Read as _};
use std::sync::{Mutex, PoisonError};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};

/// The terminal as it was, while it is not.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

/// The terminal in another mode, until it is dropped.
pub struct Keyboard(());

impl Keyboard {
    /// Calls `pressed` for each key. None where no person can press one: no terminal, or another program's.
    pub fn open(pressed: impl Fn(char) + Send + 'static) -> Option<Self> {
        let stdin = std::io::stdin();
        let ours = stdin.is_terminal() && tcgetpgrp(&stdin).is_ok_and(|group| group == rustix::process::getpgrp());
        let before = ours.then(|| tcgetattr(&stdin).ok()).flatten()?;
        let mut now = before.clone();
        now.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
        tcsetattr(&stdin, OptionalActions::Now, &now).ok()?;
        *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = Some(before);
        std::thread::spawn(move || {
            let mut byte = [0];
            while matches!(std::io::stdin().read(&mut byte), Ok(1)) {
                pressed(char::from(byte[0]));
            }
        });
        Some(Self(()))
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        restore();
    }
}

/// What is typed is not shown, until it is dropped; nothing where there is no terminal.
pub(super) fn hide() -> Option<Keyboard> {
    let stdin = std::io::stdin();
    let before = stdin.is_terminal().then(|| tcgetattr(&stdin).ok()).flatten()?;
    let mut now = before.clone();
    now.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&stdin, OptionalActions::Now, &now).ok()?;
    *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = Some(before);
    Some(Keyboard(()))
}

/// Gives the terminal back as it was: on every way out.
pub(super) fn restore() {
    if let Some(before) = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).take() {
        // The terminal may be gone.
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &before);
    }
}
