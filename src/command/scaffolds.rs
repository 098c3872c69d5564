//! Which scaffolds can be named here, `[scaffolds]` of the repo or one of its bases, and of the user; which generated folder is meant.

use std::path::{Path, PathBuf};

use super::Context;
use crate::process;
use crate::report::{Error, Result};
use crate::scaffold::{Names, Record};

/// The names of scaffolds elsewhere. In a repo they are the repo's; outside of one they are the user's own.
///
/// # Errors
/// Exit code 2 for a configuration that can't be read.
pub fn names(context: &Context) -> Result<Names> {
    if let Ok(project) = context.project() {
        return Ok(project.scaffolds());
    }
    match user_file() {
        Some(file) if file.is_file() => of_user(&file),
        _ => Ok(Names::new()),
    }
}

/// The generated folder that is meant: that of `--service`, else the one around us.
///
/// # Errors
/// Exit code 2 when there is none.
pub fn root(context: &Context) -> Result<PathBuf> {
    match &context.global.service {
        Some(_) => Record::find(&context.project()?.root),
        None => Record::find(&context.dir),
    }
}

/// `~/.config/instep/config.toml`.
pub(super) fn user_file() -> Option<PathBuf> {
    Some(process::env::own_dir("XDG_CONFIG_HOME", ".config")?.join("config.toml"))
}

fn of_user(file: &Path) -> Result<Names> {
    let broken = |why: &str| Error::usage(format!("{}: {why}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| broken(&error.to_string()))?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| broken(error.message()))?;
    let mut names = Names::new();
    for (name, place) in table.get("scaffolds").and_then(toml::Value::as_table).into_iter().flatten() {
        let place = place.as_str().ok_or_else(|| broken(&format!("scaffolds.{name} must be a folder or a URL")))?;
        names.insert(name.clone(), if place.contains("://") { place.to_owned() } else { beside(file, place) });
    }
    Ok(names)
}

/// A path in a file belongs to the folder of that file.
fn beside(file: &Path, place: &str) -> String {
    file.parent().unwrap_or(file).join(place).display().to_string()
}
