//! A repo brought to the newest version of its scaffold: what would happen, worked out on git trees as a value.

mod apply;
mod base;
mod json_keys;
mod owner;
mod resolve;
mod semantic;
mod toml_edit;
mod yaml_edit;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

pub use self::apply::{Undone, apply, undo};
use super::answers::Answers;
use super::record::{KEPT, RECORD, Record};
use super::render;
use super::source::Scaffold;
use super::write::write_files;
use crate::repo::{Blob, Delta, Entries, Trees};
use crate::report::{Error, Result};

/// An update as a value.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Update {
    /// The scaffold's name.
    pub scaffold: String,
    /// The version that the repo has.
    pub from: u32,
    /// The version that it gets.
    pub to: u32,
    /// Whether the scaffold would generate something else today.
    pub behind: bool,
    /// What changes in the work tree, in alphabetical order.
    pub changes: Vec<Change>,
    /// What the user has changed of what was generated.
    pub edited: Vec<String>,
    /// What a person must decide.
    pub conflicts: Vec<Conflict>,
    /// What is worth knowing.
    pub notes: Vec<String>,
    /// The work tree as it is, and as it would be: ids of git trees.
    pub before: String,
    /// As it would be.
    pub after: String,
}

/// A file that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What happens to it.
    pub what: What,
    /// The file.
    pub path: String,
    /// Where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The user has changed it too: both changes are in it.
    pub merged: bool,
}

/// What happens to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// It is new.
    Added,
    /// It has another content or mode.
    Changed,
    /// It goes away.
    Removed,
    /// It has another name.
    Renamed,
}

/// What a person must decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// The file.
    pub path: String,
    /// What each side did, and what would stand in the work tree.
    pub what: String,
    /// The file as it was generated (1), ours (2), the scaffold's (3).
    #[serde(skip)]
    pub stages: BTreeMap<u8, Blob>,
}

/// Whether the scaffold would generate something else today. No history is needed for that.
pub fn is_behind(trees: &Trees, record: &Record, scaffold: &Scaffold, answers: &Answers) -> Result<bool> {
    let (tree, _) = generate(trees, scaffold, answers)?;
    Ok(record.tree.as_ref() != Some(&tree))
}

/// Works out the update of the service at `trees.root`.
///
/// # Errors
/// A scaffold that can't be rendered; exit code 6 in the middle of a merge; git that fails.
pub fn plan(trees: &Trees, record: &Record, scaffold: &Scaffold, answers: &Answers) -> Result<Update> {
    let (theirs, owners) = generate(trees, scaffold, answers)?;
    let generated = trees.entries(&theirs)?;
    let before = trees.of_work_tree(&generated.keys().map(String::as_str).collect::<Vec<_>>())?;
    let (base, mut notes) = base::find(trees, record, scaffold)?;
    let ours = without_record(trees, &before)?;
    let sides = owner::settle(trees, [&base, &ours, &theirs], &owners, &mut notes)?;
    let merged = trees.merge(&sides.base, &ours, &sides.theirs)?;
    let label = format!("{} {}", scaffold.manifest.name, scaffold.manifest.version);
    let resolved = resolve::resolve(trees, [&sides.base, &ours, &sides.theirs], merged, &label)?;
    let record_after = Record::of(scaffold, answers, Some((&theirs, &generated)));
    let mut conflicts = [sides.conflicts, resolved.conflicts].concat();
    conflicts.sort_by(|a, b| a.path.cmp(&b.path));
    let edited = trees.diff(&base, &ours, false)?.into_iter().filter(|delta| delta.status != 'A').map(|delta| delta.path).collect();
    let changes = changes(trees, &base, &ours, &resolved.tree, &conflicts)?;
    Ok(Update {
        scaffold: scaffold.manifest.name.clone(),
        from: record.version,
        to: scaffold.manifest.version,
        behind: record.tree.as_ref() != Some(&theirs),
        changes,
        edited,
        conflicts,
        notes,
        before,
        after: with_record(trees, &resolved.tree, &record_after)?,
    })
}

/// Whose each generated file is.
type Owners = BTreeMap<String, super::manifest::Owner>;

fn generate(trees: &Trees, scaffold: &Scaffold, answers: &Answers) -> Result<(String, Owners)> {
    let files = render::all(scaffold, answers)?;
    let folder = tempfile::tempdir().map_err(|error| Error::failed(format!("can't write a temporary folder: {error}")))?;
    write_files(folder.path(), &files)?;
    let owners = files.iter().map(|file| (file.path.display().to_string(), file.owner)).collect();
    Ok((trees.of_folder(folder.path())?, owners))
}

fn is_record(path: &str) -> bool {
    path == RECORD || path.starts_with(KEPT)
}

fn without_record(trees: &Trees, tree: &str) -> Result<String> {
    let gone: Vec<_> = trees.entries(tree)?.into_keys().filter(|path| is_record(path)).map(|path| (path, None)).collect();
    trees.edit(tree, &gone)
}

/// With the new record, and with the files as they were generated that are nowhere else in the repo: the
/// next update finds its base by their ids, in every clone.
fn with_record(trees: &Trees, tree: &str, record: &Record) -> Result<String> {
    let plain = |id: String| Some(Blob { mode: "100644".to_owned(), id });
    let here: BTreeSet<String> = trees.entries(tree)?.into_values().map(|blob| blob.id).collect();
    let mut added = vec![(RECORD.to_owned(), plain(trees.put(&record.text()?)?))];
    let kept: BTreeSet<String> = record.entries().into_values().map(|blob| blob.id).filter(|id| !here.contains(id)).collect();
    added.extend(kept.into_iter().map(|id| (format!("{KEPT}{id}"), plain(id))));
    trees.edit(tree, &added)
}

fn changes(trees: &Trees, base: &str, ours: &str, after: &str, conflicts: &[Conflict]) -> Result<Vec<Change>> {
    let (base, mine) = (trees.entries(base)?, trees.entries(ours)?);
    let open = |path: &str| conflicts.iter().any(|conflict| conflict.path == path);
    let deltas = trees.diff(ours, after, true)?.into_iter().filter(|delta| !open(&delta.path));
    Ok(deltas.map(|delta| change(delta, &base, &mine)).collect())
}

fn change(delta: Delta, base: &Entries, ours: &Entries) -> Change {
    let what = match delta.status {
        'A' => What::Added,
        'D' => What::Removed,
        'R' => What::Renamed,
        _ => What::Changed,
    };
    let before = delta.from.as_ref().unwrap_or(&delta.path);
    let merged = matches!(what, What::Changed | What::Renamed) && base.get(before) != ours.get(before);
    Change { what, path: delta.path, from: delta.from, merged }
}
