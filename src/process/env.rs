//! The environment that instep was started in: read here only.
#![expect(clippy::disallowed_methods, reason = "this is the room for it")]

use std::ffi::OsString;
use std::path::PathBuf;

/// The value of a variable; none when it is not set, or no text.
pub fn var(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The value of a variable, whatever bytes it has.
pub fn var_os(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// Whether a variable is set, also to nothing.
pub fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some()
}

/// The folder that instep was started in.
///
/// # Errors
/// A folder that was removed, or can't be read.
pub fn current_dir() -> std::io::Result<PathBuf> {
    std::env::current_dir()
}
