//! What comes on stdin: a line from the terminal, or all of a pipe.

use std::io::Read as _;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use super::{cancel, keyboard, signal};
use crate::report::Result;

/// What a person types, with its line end; empty at the end of the input.
///
/// # Errors
/// A signal ends the wait for it.
pub fn typed() -> Result<String> {
    read(|text: &mut String| drop(std::io::stdin().read_line(text)))
}

/// As [`typed`], without showing it on the terminal; `ask` asks for it, when nothing is shown any more: who is quick, or
/// pastes, answers at once.
///
/// # Errors
/// As [`typed`].
pub fn typed_hidden(ask: impl FnOnce()) -> Result<String> {
    let _hidden = keyboard::hide();
    ask();
    typed()
}

/// All that comes on stdin.
///
/// # Errors
/// A signal ends the wait for it.
pub fn input() -> Result<Vec<u8>> {
    read(|bytes: &mut Vec<u8>| drop(std::io::stdin().read_to_end(bytes)))
}

fn read<T: Default + Send + 'static>(act: impl FnOnce(&mut T) + Send + 'static) -> Result<T> {
    signal::listen();
    let (line, read) = channel();
    std::thread::spawn(move || {
        let mut read = T::default();
        act(&mut read);
        let _ = line.send(read);
    });
    loop {
        cancel::check()?;
        match read.recv_timeout(Duration::from_millis(50)) {
            Ok(read) => return Ok(read),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(T::default()),
        }
    }
}
