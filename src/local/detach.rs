//! A run in the background: started, and waited for.

use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, Instant};

use super::show;
use super::state::State;
use crate::process::{self, Command, cancel};
use crate::repo;
use crate::report::{Error, Kind, Report, Result, text};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(30);

/// Starts this program again with these arguments, in the background; waits until it runs, or until all
/// is ready.
///
/// # Errors
/// Exit code 1 when a run is there already; what the run itself ends with.
pub fn detach(root: &Path, args: Vec<OsString>, until_ready: bool, report: &Report) -> Result<()> {
    if let Some(state) = State::load(root) {
        return Err(Error::failed(format!("{} already runs here: process {}", state.service, state.pid))
            .help("`instep run-local --status` shows it, `--stop` stops it"));
    }
    let path = repo::state_dir(root)?.join("run-local.log");
    repo::disk::write(&path, b"")?;
    let log = repo::disk::append(&path)?;
    let program = std::env::current_exe().map_err(|error| Error::missing(format!("this program can't be found: {error}")))?;
    let run = process::detach(&Command::new(program, args), &log)?;
    loop {
        if let Some(exit) = run.ended() {
            let said = std::fs::read_to_string(&path).unwrap_or_default();
            let code = match exit {
                process::Exit::Code(code) => u8::try_from(code).unwrap_or(1),
                process::Exit::Signal(signal) => 128u8.saturating_add(signal),
                process::Exit::TimedOut => Kind::TimedOut.exit_code(),
            };
            return Err(Error::new(Kind::Program(code), "the run in the background has ended").note(said.trim().to_owned()));
        }
        if let Some(state) = State::load(root).filter(|state| state.ready || !until_ready) {
            show::detached(&state, &path, report);
            return Ok(());
        }
        report.transient("  starting");
        if let Err(error) = cancel::sleep(PAUSE) {
            // Who gives up waiting does not want it either.
            process::terminate(run.pid)?;
            return Err(error);
        }
    }
}

/// Waits until the run of this repo is ready.
///
/// # Errors
/// Exit code 1 when nothing runs, or it ends; 4 when it takes longer than `within`.
pub fn wait(root: &Path, name: &str, within: Duration, report: &Report) -> Result<()> {
    process::listen_for_signals();
    let begin = Instant::now();
    loop {
        let Some(state) = State::load(root) else {
            return Err(Error::failed(format!("{name} does not run here")).help("`instep run-local --detach` starts it in the background"));
        };
        if state.ready {
            show::status(&state, report);
            return Ok(());
        }
        if begin.elapsed() > within {
            return Err(Error::new(Kind::TimedOut, format!("{name} was not ready within {}", text::elapsed(within))));
        }
        report.transient(&format!("  waiting for {name}"));
        cancel::sleep(PAUSE)?;
    }
}
