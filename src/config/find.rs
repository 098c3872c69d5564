//! Which `instep.toml` is meant: searched upwards, to the git root and no further.

use std::path::{Path, PathBuf};

use crate::report::{Error, Place, Result};

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

/// The text of the file; `shown` is how it is called in what is said of it.
pub fn read(path: &Path, shown: &str) -> Result<String> {
    let bytes = std::fs::read(path).map_err(|error| Error::usage(format!("can't read {shown}: {error}")))?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        // All of it can be shown but the one byte that is not UTF-8.
        let text = String::from_utf8_lossy(error.as_bytes());
        let span = valid..valid + char::REPLACEMENT_CHARACTER.len_utf8();
        let place = Place { file: shown.into(), text: text.as_ref().into(), span, label: "this byte".to_owned() };
        Error::usage(format!("{shown} is not UTF-8")).at(Some(place)).help("save the file as UTF-8")
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
