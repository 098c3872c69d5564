//! A program that lives on when we end.

use super::command::Command;
use super::run::{Exit, first, not_started, ready, start};
use crate::report::Result;

/// A program that lives on when we end.
pub struct Detached {
    /// Its number.
    pub pid: u32,
    handle: duct::Handle,
}

impl Detached {
    /// How it ended, when it has.
    pub fn ended(&self) -> Option<Exit> {
        // Who can't be asked is not known to have ended.
        self.handle.try_wait().ok().flatten().map(|output| Exit::of(output.status))
    }
}

/// Starts a program that lives on when we end; what it writes goes to a file.
///
/// # Errors
/// Exit code 7 when it can't be started.
pub fn detach(command: &Command, file: &std::fs::File) -> Result<Detached> {
    ready(command)?;
    let handle =
        start(command, false, |expression| expression.stdin_null().stdout_file(file.try_clone()?).stderr_file(file.try_clone()?).start());
    let handle = handle.map_err(|error| not_started(command, &error))?;
    Ok(Detached { pid: first(&handle.pids()), handle })
}
