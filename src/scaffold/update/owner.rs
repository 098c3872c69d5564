//! Whose a file is decides how an update treats it: the three sides are arranged so that the merge does that.

use std::collections::BTreeMap;

use super::{Conflict, Owners};
use crate::repo::{Blob, Entries, Trees};
use crate::report::Result;
use crate::scaffold::manifest::Owner;

/// The lines between which the scaffold owns a text.
const MARKS: (&str, &str) = ("instep:begin", "instep:end");

/// The sides of the merge, arranged.
pub struct Sides {
    /// What was generated.
    pub base: String,
    /// What the scaffold generates now.
    pub theirs: String,
    /// Edits of files that are the scaffold's.
    pub conflicts: Vec<Conflict>,
}

type Edits = Vec<(String, Option<Blob>)>;

/// Arranges base, ours and theirs.
pub fn settle(trees: &Trees, [base, ours, theirs]: [&str; 3], owners: &Owners, notes: &mut Vec<String>) -> Result<Sides> {
    let entries = [trees.entries(base)?, trees.entries(ours)?, trees.entries(theirs)?];
    let (mut in_base, mut in_theirs, mut conflicts) = (Edits::new(), Edits::new(), Vec::new());
    for (path, owner) in owners {
        let [was, mine, new] = entries.each_ref().map(|entries: &Entries| entries.get(path));
        match (owner, was, mine, new) {
            // As if the scaffold had not touched it; what the user removed stays away.
            (Owner::Once, was, mine, _) if was.is_some() || mine.is_some() => in_theirs.push((path.clone(), was.cloned())),
            (Owner::Managed, Some(was), Some(mine), Some(new)) if mine != was && mine != new && was != new => {
                conflicts.push(managed(path, [was, mine, new]));
                in_base.push((path.clone(), Some(mine.clone())));
            }
            (Owner::Section, Some(was), Some(mine), Some(new)) if mine != new => {
                let Some([before, after]) = sections(trees, [was, mine, new])? else {
                    notes.push(format!("{path} has no {} and {} any more: it is left as it is", MARKS.0, MARKS.1));
                    in_theirs.push((path.clone(), Some(was.clone())));
                    continue;
                };
                in_base.push((path.clone(), Some(before)));
                in_theirs.push((path.clone(), Some(after)));
            }
            _ => {}
        }
    }
    Ok(Sides { base: trees.edit(base, &in_base)?, theirs: trees.edit(theirs, &in_theirs)?, conflicts })
}

fn managed(path: &str, sides: [&Blob; 3]) -> Conflict {
    let stages: BTreeMap<u8, Blob> = (1..).zip(sides.map(Clone::clone)).collect();
    let what = "edited here, though the scaffold manages it: the scaffold's stands in the file".to_owned();
    Conflict { path: path.to_owned(), what, stages }
}

/// Our file with the section as it was, and as it is to be: what differs between the two is what the
/// scaffold changed, and all else is the user's.
fn sections(trees: &Trees, [was, mine, new]: [&Blob; 3]) -> Result<Option<[Blob; 2]>> {
    let read = |blob: &Blob| Ok(String::from_utf8_lossy(&trees.blob(&blob.id)?).into_owned());
    let texts = [read(was)?, read(mine)?, read(new)?];
    let (Some(was), Some((head, _, tail)), Some(new)) = (split(&texts[0]), split(&texts[1]), split(&texts[2])) else {
        return Ok(None);
    };
    let put = |section: &str| Ok(Blob { mode: mine.mode.clone(), id: trees.put(&[head, section, tail].concat())? });
    Ok(Some([put(was.1)?, put(new.1)?]))
}

/// Before, in and after the section; the marks are in it.
fn split(text: &str) -> Option<(&str, &str, &str)> {
    let begin = text.find(MARKS.0).map(|at| text[..at].rfind('\n').map_or(0, |end| end + 1))?;
    let mark = begin + text[begin..].find(MARKS.1)?;
    let end = text[mark..].find('\n').map_or(text.len(), |line| mark + line + 1);
    Some((&text[..begin], &text[begin..end], &text[end..]))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_section_is_whole_lines_with_its_marks() {
        let text = "a\n<!-- instep:begin -->\nb\n<!-- instep:end -->\nc\n";
        assert_eq!(super::split(text), Some(("a\n", "<!-- instep:begin -->\nb\n<!-- instep:end -->\n", "c\n")));
        assert_eq!(super::split("a\n"), None);
    }
}
