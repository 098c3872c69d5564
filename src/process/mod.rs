//! Running other programs: environment, process group, signals, timeouts, output.

pub mod cancel;
mod command;
mod detached;
mod dial;
pub mod env;
mod find;
mod keyboard;
mod line;
mod lines;
mod other;
mod registry;
mod run;
mod signal;
mod tree;

pub use self::command::{Command, GRACE, quote};
pub use self::detached::{Detached, detach};
pub use self::dial::dial;
pub use self::find::{exists, find, not_found, path_with};
pub use self::keyboard::Keyboard;
pub use self::line::{input, typed, typed_hidden};
pub use self::lines::with_lines;
pub use self::other::{end, host, identity, leave_terminal, terminate, with_variable};
pub use self::run::{Exit, Output, Stopper, ask, capture, read, with_handle, with_sink, with_terminal, with_terminal_and_handle};
pub use self::signal::{Held, hold_interrupt, listen as listen_for_signals, on_leave};

/// Waits until all that was asked to stop is gone.
pub fn settle() {
    registry::settle();
}

/// Stops whatever of ours still runs, and waits until it is gone. Called once, at the end.
pub fn shut_down() {
    registry::drain();
}
