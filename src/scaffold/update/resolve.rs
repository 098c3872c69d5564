//! What git's merge leaves open, looked at again: by key where a file has keys, and in words for a person.

use std::collections::{BTreeMap, BTreeSet};

use super::Conflict;
use super::semantic::{self, Language};
use crate::repo::{Blob, Entries, Merged, Trees};
use crate::report::Result;

/// The merge after this look.
pub struct Resolved {
    /// The merged tree.
    pub tree: String,
    /// What is still open.
    pub conflicts: Vec<Conflict>,
}

/// Settles what can be settled by key, and gives the marks in files readable names.
pub fn resolve(trees: &Trees, sides: [&str; 3], mut merged: Merged, label: &str) -> Result<Resolved> {
    let sides = [trees.entries(sides[0])?, trees.entries(sides[1])?, trees.entries(sides[2])?];
    let result = trees.entries(&merged.tree)?;
    let (mut edits, mut broken) = (Vec::new(), BTreeSet::new());
    for (path, stages) in clean_on_both_sides(&sides, &merged) {
        if let Some(blob) = result.get(&path) {
            match checked(trees, &path, &stages, blob)? {
                Checked::Good => {}
                Checked::Better(text) => edits.push((path, Some(Blob { mode: blob.mode.clone(), id: trees.put(&text)? }))),
                Checked::Broken => {
                    merged.open.insert(path.clone(), stages);
                    broken.insert(path);
                }
            }
        }
    }
    let mut conflicts = Vec::new();
    for (path, stages) in &merged.open {
        let mode = result.get(path).map_or("100644", |blob| &blob.mode).to_owned();
        if let Some(text) = by_key(trees, path, stages)? {
            edits.push((path.clone(), Some(Blob { mode, id: trees.put(&text)? })));
            continue;
        }
        if let Some(text) = result.get(path).map(|blob| relabelled(trees, blob, &merged.names, label)).transpose()?.flatten() {
            edits.push((path.clone(), Some(Blob { mode, id: trees.put(&text)? })));
        }
        let what = if broken.contains(path) { JOINED } else { words(path, stages, &merged) };
        conflicts.push(Conflict { path: path.clone(), what: what.to_owned(), stages: stages.clone() });
    }
    conflicts.extend(only_said(&merged));
    Ok(Resolved { tree: trees.edit(&merged.tree, &edits)?, conflicts })
}

type Stages = BTreeMap<u8, Blob>;

/// Of a file that git joins by lines, and that would not parse then.
const JOINED: &str = "changed on both sides: joined by lines it does not parse, or says a key twice";

/// Files with keys that both sides changed and git merged by lines.
fn clean_on_both_sides(sides: &[Entries; 3], merged: &Merged) -> Vec<(String, Stages)> {
    let three = |path: &String| {
        let [base, ours, theirs] = sides.each_ref().map(|side| side.get(path));
        let (base, ours, theirs) = (base?, ours?, theirs?);
        let differ = base.id != ours.id && base.id != theirs.id && ours.id != theirs.id;
        (differ && Language::of(path).is_some() && !merged.open.contains_key(path))
            .then(|| (path.clone(), Stages::from([(1, base.clone()), (2, ours.clone()), (3, theirs.clone())])))
    };
    sides[0].keys().filter_map(three).collect()
}

enum Checked {
    /// It parses, and says what a merge by key says, if that is possible.
    Good,
    /// The merge by key says something else: that is what was meant.
    Better(String),
    /// It does not parse, and there is nothing better.
    Broken,
}

fn checked(trees: &Trees, path: &str, stages: &Stages, blob: &Blob) -> Result<Checked> {
    let Some(language) = Language::of(path) else { return Ok(Checked::Good) };
    let text = String::from_utf8_lossy(&trees.blob(&blob.id)?).into_owned();
    let value = language.parse(&text);
    Ok(match by_key(trees, path, stages)? {
        Some(better) if language.parse(&better) != value => Checked::Better(better),
        Some(_) => Checked::Good,
        None if value.is_some() || !all_parse(trees, language, stages)? => Checked::Good,
        None => Checked::Broken,
    })
}

fn all_parse(trees: &Trees, language: Language, stages: &Stages) -> Result<bool> {
    for blob in stages.values() {
        if language.parse(&String::from_utf8_lossy(&trees.blob(&blob.id)?)).is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn by_key(trees: &Trees, path: &str, stages: &Stages) -> Result<Option<String>> {
    let (Some(language), [Some(base), Some(ours), Some(theirs)]) = (Language::of(path), [1, 2, 3].map(|stage| stages.get(&stage))) else {
        return Ok(None);
    };
    let read = |blob: &Blob| Ok(String::from_utf8_lossy(&trees.blob(&blob.id)?).into_owned());
    Ok(semantic::merge(language, &read(base)?, &read(ours)?, &read(theirs)?))
}

/// The marks with names that a person knows, instead of ids; none when there are no marks.
fn relabelled(trees: &Trees, blob: &Blob, names: &[String; 3], label: &str) -> Result<Option<String>> {
    let Ok(text) = String::from_utf8(trees.blob(&blob.id)?) else { return Ok(None) };
    if !text.contains(&names[0]) || !text.contains(&names[1]) {
        return Ok(None);
    }
    let mut named = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if line.starts_with("||||||| ") {
            named.push_str("||||||| as it was generated\n");
        } else if line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ") {
            named.push_str(&line.replace(&names[0], "yours").replace(&names[1], label));
        } else {
            named.push_str(line);
        }
    }
    Ok(Some(named))
}

fn words(path: &str, stages: &Stages, merged: &Merged) -> &'static str {
    let said = |word: &str| merged.said.iter().any(|(paths, kind)| paths.contains(path) && kind.contains(word));
    let has = [1, 2, 3].map(|stage| stages.contains_key(&stage));
    match has {
        _ if said("binary") => "a binary file, changed on both sides: yours is kept",
        _ if said("modes") => "of another kind on each side",
        _ if said("rename/delete") => "renamed on one side, deleted on the other",
        _ if said("rename/rename") => "renamed on both sides, to different names",
        _ if said("file/directory") => "a file on one side, a folder on the other",
        [true, true, true] => "changed on both sides: both stand in the file, between marks",
        [false, true, true] => "added on both sides: both stand in the file, between marks",
        [true, true, false] => "changed here, deleted by the scaffold: yours is kept",
        [true, false, true] => "deleted here, changed by the scaffold: the scaffold's comes back",
        _ => "the two sides can't be joined",
    }
}

/// Conflicts that no file shows.
fn only_said(merged: &Merged) -> Vec<Conflict> {
    let unseen = merged.said.iter().filter(|(paths, _)| paths.iter().all(|path| !merged.open.contains_key(path)));
    let conflict = |(paths, kind): &(BTreeSet<String>, String)| {
        let path = paths.iter().next().cloned().unwrap_or_default();
        Conflict { path, what: kind.trim_start_matches("CONFLICT ").trim_matches(['(', ')']).to_owned(), stages: Stages::new() }
    };
    unseen.map(conflict).collect()
}
