//! An accepted update written into the work tree, and taken back.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Update;
use crate::repo::{self, Delta, Trees, disk};
use crate::report::{Error, Result};

/// What is remembered of the last update of this checkout.
const STATE: &str = "update.json";

/// What it takes to undo an update.
#[derive(Debug, Deserialize, Serialize)]
struct Memory {
    before: String,
    after: String,
    /// The files with conflicts, and what the index said of them.
    open: Vec<String>,
    staged: String,
}

/// What undoing did.
#[derive(Debug, Serialize)]
pub struct Undone {
    /// How many files are as they were before.
    pub files: usize,
    /// Those that were edited after the update.
    pub edited: Vec<String>,
    /// Where their last content is.
    pub kept: String,
}

/// Writes an update that was worked out on trees that keep their objects.
///
/// # Errors
/// A disk that is full or can't be written: then all is as it was.
pub fn apply(trees: &Trees, update: &Update) -> Result<()> {
    let open: Vec<&str> = update.conflicts.iter().filter(|conflict| !conflict.stages.is_empty()).map(|conflict| &*conflict.path).collect();
    let staged = if open.is_empty() { String::new() } else { trees.staged(&open)? };
    let memory = Memory {
        before: update.before.clone(),
        after: update.after.clone(),
        open: open.iter().map(|&path| path.to_owned()).collect(),
        staged,
    };
    let parent = trees.commit(&update.before, None)?;
    trees.hold(&trees.ref_name("update"), &trees.commit(&update.after, Some(&parent))?)?;
    let state = repo::state_dir(&trees.root)?;
    let text = serde_json::to_string_pretty(&memory).map_err(|error| Error::failed(error.to_string()))?;
    disk::write(&state.join(STATE), text.as_bytes())?;
    let deltas = trees.diff(&update.before, &update.after, false)?;
    if let Err(error) = write(trees, &state, &deltas, &update.after) {
        drop(write(trees, &state, &deltas.iter().map(turned).collect::<Vec<_>>(), &update.before));
        return Err(error.note("the work tree is as it was before"));
    }
    if open.is_empty() { Ok(()) } else { mark_open(trees, update, &open) }
}

/// Lets `git status` show what is open, and `git commit` refuse.
fn mark_open(trees: &Trees, update: &Update, open: &[&str]) -> Result<()> {
    let lines: String = update
        .conflicts
        .iter()
        .flat_map(|conflict| conflict.stages.iter().map(|(stage, blob)| trees.stage_line(&conflict.path, blob, *stage)))
        .collect();
    trees.set_staged(open, &lines)
}

/// Takes the last update back. What was edited since then is kept under a ref.
///
/// # Errors
/// Exit code 2 when there is none.
pub fn undo(trees: &Trees) -> Result<Undone> {
    let state = repo::state_dir(&trees.root)?;
    let none = || Error::usage("there is no update to undo in this checkout");
    let text = std::fs::read_to_string(state.join(STATE)).map_err(|_| none())?;
    let memory: Memory = serde_json::from_str(&text).map_err(|_| none())?;
    let open: Vec<&str> = memory.open.iter().map(String::as_str).collect();
    if !open.is_empty() {
        trees.set_staged(&open, &memory.staged)?;
    }
    let deltas = trees.diff(&memory.before, &memory.after, false)?;
    let now = trees.of_work_tree(&deltas.iter().map(|delta| delta.path.as_str()).collect::<Vec<_>>())?;
    let kept = trees.ref_name("undone");
    trees.hold(&kept, &trees.commit(&now, None)?)?;
    let (before, after, current) = (trees.entries(&memory.before)?, trees.entries(&memory.after)?, trees.entries(&now)?);
    let touched: Vec<Delta> = deltas.iter().filter(|delta| current.get(&delta.path) != before.get(&delta.path)).map(turned).collect();
    let edited = |delta: &&Delta| current.contains_key(&delta.path) && current.get(&delta.path) != after.get(&delta.path);
    let edited = touched.iter().filter(edited).map(|delta| delta.path.clone()).collect();
    write(trees, &state, &touched, &memory.before)?;
    drop(disk::remove(&state.join(STATE)));
    Ok(Undone { files: touched.len(), edited, kept })
}

/// The same difference, seen from the other side.
fn turned(delta: &Delta) -> Delta {
    let status = match delta.status {
        'A' => 'D',
        'D' => 'A',
        other => other,
    };
    Delta { status, ..delta.clone() }
}

/// All new contents are on the disk beside before the first file is replaced.
fn write(trees: &Trees, state: &Path, deltas: &[Delta], tree: &str) -> Result<()> {
    let refused = |error: std::io::Error| disk::unwritable(state, &error.kind().into());
    let beside = tempfile::Builder::new().prefix("update-").tempdir_in(state).map_err(refused)?;
    let wanted = deltas.iter().filter(|delta| delta.status != 'D').map(|delta| delta.path.as_str());
    trees.check_out(tree, wanted, beside.path())?;
    // What goes away makes room first: a file may become a folder.
    for delta in deltas.iter().filter(|delta| delta.status == 'D') {
        let file = trees.root.join(&delta.path);
        if file.symlink_metadata().is_ok() {
            disk::remove(&file)?;
        }
        remove_empty(&file, &trees.root);
    }
    for delta in deltas.iter().filter(|delta| delta.status != 'D') {
        let file = trees.root.join(&delta.path);
        disk::make_dir(file.parent().unwrap_or(&file))?;
        disk::rename(&beside.path().join(&delta.path), &file)?;
    }
    Ok(())
}

/// Folders that have become empty go with their last file, as git does it.
fn remove_empty(file: &Path, root: &Path) {
    for folder in file.ancestors().skip(1).take_while(|folder| *folder != root) {
        if disk::remove_dir(folder).is_err() {
            break;
        }
    }
}
