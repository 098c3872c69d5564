//! `.instep/state/`: what instep remembers of a checkout. It ignores itself.

use std::path::{Path, PathBuf};

use super::disk;
use crate::report::Result;

/// The folder, made when it is not there.
///
/// # Errors
/// A disk that is full or can't be written.
pub fn state_dir(root: &Path) -> Result<PathBuf> {
    let dir = root.join(".instep/state");
    let ignore = dir.join(".gitignore");
    if !ignore.exists() {
        disk::write(&ignore, b"*\n")?;
    }
    Ok(dir)
}
