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

/// instep's own folder below a base folder of the user, as `XDG_CACHE_HOME`, else below this folder of the home
/// (the XDG Base Directory Specification: a relative path counts as not set). None without a home.
pub fn own_dir(variable: &str, below_home: &str) -> Option<PathBuf> {
    let set = |name: &str| var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = set(variable).filter(|dir| dir.is_absolute()).or_else(|| set("HOME").map(|home| home.join(below_home)));
    Some(base?.join("instep"))
}
