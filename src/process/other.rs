//! Processes that this run did not start: another instep.

use rustix::process::{Pid, Signal, kill_process};

use super::tree;
use crate::report::{Error, Result};

/// What tells a living process from a later one with the same number; none when it does not live.
pub fn identity(pid: u32) -> Option<String> {
    tree::identity(i32::try_from(pid).ok()?)
}

/// Asks a process to end (TERM).
///
/// # Errors
/// Exit code 1 when it is not ours to stop. One that has just ended is no error.
pub fn terminate(pid: u32) -> Result<()> {
    let Some(target) = i32::try_from(pid).ok().and_then(Pid::from_raw) else { return Ok(()) };
    match kill_process(target, Signal::TERM) {
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(error) => Err(Error::failed(format!("process {pid} can't be stopped: {error}"))),
    }
}
