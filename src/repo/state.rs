//! `.instep/state/`: what instep remembers of a checkout. It ignores itself.

use std::path::{Path, PathBuf};

use crate::report::{Error, Result};

/// The folder, made when it is not there.
///
/// # Errors
/// A disk that is full or can't be written.
pub fn state_dir(root: &Path) -> Result<PathBuf> {
    let dir = root.join(".instep/state");
    let ignore = dir.join(".gitignore");
    if !ignore.exists() {
        std::fs::create_dir_all(&dir).map_err(|error| unwritable(&dir, &error))?;
        std::fs::write(&ignore, "*\n").map_err(|error| unwritable(&ignore, &error))?;
    }
    Ok(dir)
}

/// Writes a file of the state: beside it first, then by one rename, so that a killed run leaves the
/// old one or the new one.
///
/// # Errors
/// A disk that is full or can't be written.
pub fn write_state(file: &Path, bytes: &[u8]) -> Result<()> {
    let dir = file.parent().unwrap_or(file);
    std::fs::create_dir_all(dir).map_err(|error| unwritable(dir, &error))?;
    let beside = file.with_extension(format!("new-{}", std::process::id()));
    std::fs::write(&beside, bytes).and_then(|()| std::fs::rename(&beside, file)).map_err(|error| {
        drop(std::fs::remove_file(&beside));
        unwritable(file, &error)
    })
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::failed(format!("can't write {}: {error}", path.display()))
}
