//! Many checkouts below one folder.

use std::path::{Path, PathBuf};

use crate::report::{Error, Result};

/// How deep one looks.
const DEPTH: u8 = 3;

/// The folders that have this file, at most three levels down, in alphabetical order; hidden folders are not looked at.
///
/// # Errors
/// Exit code 2 for a folder that can't be read.
pub fn checkouts(dir: &Path, marker: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    look(dir, marker, DEPTH, &mut found).map_err(|error| Error::usage(format!("can't read {}: {error}", dir.display())))?;
    found.sort();
    Ok(found)
}

fn look(dir: &Path, marker: &str, depth: u8, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if dir.join(marker).is_file() {
        found.push(dir.to_owned());
    }
    if depth == 0 {
        return Ok(());
    }
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() && !entry.file_name().to_string_lossy().starts_with('.') {
            // A folder that can't be read is not ours to judge.
            drop(look(&entry.path(), marker, depth - 1, found));
        }
    }
    Ok(())
}
