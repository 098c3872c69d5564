//! `--junit FILE`: what a command did, for the pages of a CI system.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::Context;
use crate::repo::disk;
use crate::report::{Error, Result};

/// Runs a command, then writes the report where one is wanted, also when the command failed or was stopped.
///
/// # Errors
/// What the command says; before it runs, exit code 2 for a file that can't be written.
pub fn reported(name: &str, context: &Context, command: impl FnOnce() -> Result<()>) -> Result<()> {
    let Some(file) = context.global.junit.as_ref().filter(|_| !context.global.dry_run) else { return command() };
    if context.global.watch {
        return Err(Error::usage("--junit is for a run that ends, not for --watch"));
    }
    let file = prepare(&context.dir.join(file), file)?;
    let begin = Instant::now();
    let result = command();
    let error = result.as_ref().err();
    let written = disk::write(&file, context.report.junit(name, begin.elapsed(), error).as_bytes());
    match (result, written) {
        (Err(error), Err(second)) => {
            context.report.complain(&second);
            Err(error)
        }
        (result, written) => result.and(written),
    }
}

/// Nobody should wait for a run whose report has no place. An older report would be taken for this run's.
fn prepare(file: &Path, shown: &Path) -> Result<PathBuf> {
    let dir = file.parent().unwrap_or(file);
    let refused = |why: String| Error::usage(format!("--junit {}: {why}", shown.display()));
    let parent = || shown.parent().unwrap_or(shown).display().to_string();
    if !dir.is_dir() {
        return Err(refused(format!("there is no folder {}", parent())).help(format!("make it first: mkdir -p {}", parent())));
    }
    if file.is_dir() {
        return Err(refused("that is a folder".to_owned()).help("name a file in it"));
    }
    disk::can_write_in(dir).map_err(|error| refused(format!("nothing can be written there: {error}")))?;
    if file.exists() {
        disk::remove(file)?;
    }
    Ok(file.to_owned())
}
