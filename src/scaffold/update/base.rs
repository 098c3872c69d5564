//! What was generated, found again: the common base of the merge.

use crate::process::{self, Command};
use crate::repo::{Entries, Trees};
use crate::report::{Error, Result};
use crate::scaffold::record::Record;
use crate::scaffold::source::Scaffold;

/// The tree that was generated, from the recorded ids: every content is somewhere in the repo's own history.
/// Else it is rendered again, when this is still the same version; else there is none, which is told.
///
/// # Errors
/// Exit code 1 in a shallow clone, whose history could have it.
pub fn find(trees: &Trees, record: &Record, scaffold: &Scaffold) -> Result<(String, Vec<String>)> {
    let entries = record.entries();
    if !entries.is_empty() && trees.has(entries.values().map(|blob| blob.id.as_str()))? {
        return Ok((trees.of_entries(&entries)?, Vec::new()));
    }
    if let Some(tree) = &record.tree
        && trees.has([tree.as_str()])?
    {
        return Ok((tree.clone(), Vec::new()));
    }
    if scaffold.manifest.version == record.version {
        let (again, _) = super::generate(trees, scaffold, &record.answers)?;
        if record.tree.as_ref().is_none_or(|tree| *tree == again) {
            return Ok((again, Vec::new()));
        }
    }
    let shallow = process::read(&Command::new("git", ["rev-parse", "--is-shallow-repository"]).dir(&trees.root))?;
    if shallow == "true" {
        let error = Error::failed("what was generated is in the history of this repo, and this clone is shallow");
        return Err(error.help("fetch the history: git fetch --unshallow"));
    }
    let note = "what was generated is not in this repo's history: every file that differs from the scaffold's is a conflict";
    Ok((trees.of_entries(&Entries::new())?, vec![note.to_owned()]))
}
