//! A line from the terminal.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use super::{cancel, signal};
use crate::report::Result;

/// What a person types, with its line end; empty at the end of the input.
///
/// # Errors
/// A signal ends the wait for it.
pub fn typed() -> Result<String> {
    signal::listen();
    let (line, read) = channel();
    std::thread::spawn(move || {
        let mut text = String::new();
        let _ = std::io::stdin().read_line(&mut text);
        let _ = line.send(text);
    });
    loop {
        cancel::check()?;
        match read.recv_timeout(Duration::from_millis(50)) {
            Ok(text) => return Ok(text),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(String::new()),
        }
    }
}
