//! A program that carries a connection, as ssh does.

use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;

use super::command::Command;
use super::run::{first, not_started, start};
use super::{registry, signal};
use crate::report::{Error, Result};

/// Starts a program whose stdin and stdout are one end of a pair of sockets, and gives the other end. No signal
/// concerns it, since what is put in order after one may need the connection; it ends when the socket is closed,
/// and at the latest with us. `ended` hears what it wrote to stderr.
///
/// # Errors
/// Exit code 7 when it can't be started.
pub fn dial(command: &Command, ended: impl FnOnce(String) + Send + 'static) -> Result<UnixStream> {
    signal::listen();
    let broken = |error: io::Error| Error::failed(format!("`{}` can't be given its streams: {error}", command.program()));
    let (ours, theirs) = UnixStream::pair().map_err(broken)?;
    let theirs = File::from(OwnedFd::from(theirs));
    // No pipe: what lives on behind the program, as a shared connection of ssh does, would keep that open.
    let mut words = tempfile::tempfile().map_err(broken)?;
    let handle = start(command, true, |expression| {
        expression.stdin_file(theirs.try_clone()?).stdout_file(theirs.try_clone()?).stderr_file(words.try_clone()?).start()
    });
    let handle = handle.map_err(|error| not_started(command, &error))?;
    let id = registry::carry(first(&handle.pids()), command);
    std::thread::spawn(move || {
        drop(handle.wait());
        registry::remove(id);
        let mut said = Vec::new();
        drop(words.rewind().and_then(|()| words.read_to_end(&mut said)));
        ended(String::from_utf8_lossy(&said).trim().to_owned());
    });
    Ok(ours)
}
