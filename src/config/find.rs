//! Which `instep.toml` is meant: searched upwards, to the git root and no further.

use std::path::{Path, PathBuf};

use crate::report::{Error, Result};

/// The name of the file.
pub const FILE: &str = "instep.toml";

/// The file in `start` or the nearest folder above it, up to the git root.
pub fn find(start: &Path) -> Option<PathBuf> {
    for dir in start.ancestors() {
        let file = dir.join(FILE);
        if file.is_file() {
            return Some(file);
        }
        if dir.join(".git").exists() {
            return None;
        }
    }
    None
}

/// The error when there is none.
pub fn none(start: &Path) -> Error {
    let root = start.ancestors().find(|dir| dir.join(".git").exists());
    let searched = match root {
        Some(root) if root == start => format!("searched in {}, the root of the git repository", start.display()),
        Some(root) => format!("searched from {} up to {}, the root of the git repository", start.display(), root.display()),
        None => format!("searched in {} and every folder above it", start.display()),
    };
    Error::usage(format!("there is no {FILE} here"))
        .note(searched)
        .help("`instep new-service NAME` makes a new repo; in an existing one, write an instep.toml with [service] name and port")
}

/// The text of the file.
pub fn read(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).map_err(|error| Error::usage(format!("can't read {}: {error}", path.display())))?;
    String::from_utf8(bytes).map_err(|error| {
        let line = error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|&&byte| byte == b'\n').count() + 1;
        Error::usage(format!("{}:{line} is not UTF-8", path.display())).help("save the file as UTF-8")
    })
}

/// How a file is shown: relative to where the person is.
pub fn shown(file: &Path, start: &Path) -> String {
    if let Ok(relative) = file.strip_prefix(start) {
        relative.display().to_string()
    } else {
        let up = file.parent().and_then(|dir| start.strip_prefix(dir).ok()).map(|rest| rest.components().count());
        match up {
            Some(levels) if levels <= 4 => format!("{}{}", "../".repeat(levels), FILE),
            _ => file.display().to_string(),
        }
    }
}
