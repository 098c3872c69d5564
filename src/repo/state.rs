//! `.instep/state/`: what instep remembers of a repo between runs. It ignores itself.

use std::path::{Path, PathBuf};

use crate::report::{Error, Result};

/// The folder for what is remembered, made when it is not there.
///
/// # Errors
/// Exit code 1 when it can't be written.
pub fn state_dir(root: &Path) -> Result<PathBuf> {
    let dir = root.join(".instep/state");
    let ignore = dir.join(".gitignore");
    let made = std::fs::create_dir_all(&dir).and_then(|()| if ignore.exists() { Ok(()) } else { std::fs::write(&ignore, "*\n") });
    made.map_err(|error| Error::failed(format!("can't write to {}: {error}", dir.display())))?;
    Ok(dir)
}
