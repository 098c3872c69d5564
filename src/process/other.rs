//! Processes that this run did not start: another instep.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::{cancel, tree};
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

/// Living processes whose environment has this variable, with its value; not this one, nor those that it
/// comes from.
pub fn with_variable(name: &str) -> Vec<(u32, String)> {
    let ours = tree::line_of(std::process::id().cast_signed());
    let others = tree::all().into_iter().filter(|process| !ours.contains(&process.pid));
    others.filter_map(|process| Some((process.pid.cast_unsigned(), tree::variable(process.pid, name)?))).collect()
}

/// Asks processes to end, and kills what is left after the grace, or at a second signal.
#[expect(clippy::disallowed_methods, reason = "this puts things in order, also after we were asked to stop")]
pub fn end(pids: &[u32], grace: Duration) {
    let mut known: Vec<tree::Process> = tree::all().into_iter().filter(|process| pids.contains(&process.pid.cast_unsigned())).collect();
    let send = |left: &[tree::Process], signal| {
        for pid in left.iter().filter_map(|process| Pid::from_raw(process.pid)) {
            // It may end by itself just now.
            let _ = kill_process(pid, signal);
        }
    };
    send(&tree::living(&mut known, None), Signal::TERM);
    let end = Instant::now() + grace;
    loop {
        let left = tree::living(&mut known, None);
        if left.is_empty() {
            return;
        }
        if Instant::now() >= end || cancel::is_hard() {
            return send(&left, Signal::KILL);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The name of this machine, as `hostname` gives it.
pub fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// Leaves the terminal that this was started from, so that its end is not ours.
pub fn leave_terminal() {
    // It fails only for who leads a group already, which has left.
    let _ = rustix::process::setsid();
}
