//! Three trees merged by git itself, without a work tree: `git merge-tree --write-tree`.

use std::collections::{BTreeMap, BTreeSet};

use super::tree::{Blob, Trees};
use crate::process;
use crate::report::{Error, Result};

/// The result of a merge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// The merged tree; files with conflicts have markers in them, or our side.
    pub tree: String,
    /// What is open, by path: the file as it was (1), ours (2), theirs (3).
    pub open: BTreeMap<String, BTreeMap<u8, Blob>>,
    /// What git says of conflicts that the stages do not show, as of renames: paths, and the kind.
    pub said: Vec<(BTreeSet<String>, String)>,
    /// The names of the two sides in the markers, and of the common one.
    pub names: [String; 3],
}

impl Trees {
    /// Merges what changed between `base` and `theirs` into `ours`, following renames on both sides.
    ///
    /// # Errors
    /// A merge that git can't even try.
    pub fn merge(&self, base: &str, ours: &str, theirs: &str) -> Result<Merged> {
        let root = self.commit(base, None)?;
        // Other parents than the common one are told apart by their trees; equal trees are equal commits.
        let (ours, theirs) = (self.commit(ours, Some(&root))?, self.commit(theirs, Some(&root))?);
        let options = ["merge.renames=true", "merge.directoryRenames=true", "merge.conflictStyle=diff3", "merge.renameLimit=5000"];
        let mut command = self.command(&self.root);
        for option in options {
            command = command.args(["-c", option]);
        }
        command = command.args(["merge-tree", "--write-tree", "-z", "--messages", &ours, &theirs]);
        let output = process::capture(&command)?;
        if !matches!(output.exit, process::Exit::Code(0 | 1)) {
            return Err(Error::failed(format!("`git merge-tree` failed: {}", output.exit)).note(output.complaint()));
        }
        Ok(Merged { names: [ours, theirs, root], ..parse(&output.text()) })
    }
}

/// The output of `git merge-tree -z` (git-merge-tree, "OUTPUT").
fn parse(text: &str) -> Merged {
    let mut fields = text.split('\0');
    let mut merged = Merged { tree: fields.next().unwrap_or_default().to_owned(), ..Merged::default() };
    for field in fields.by_ref() {
        let Some((meta, path)) = field.split_once('\t') else { break };
        let words: Vec<&str> = meta.split(' ').collect();
        if let [mode, id, stage] = words[..] {
            let blob = Blob { mode: mode.to_owned(), id: id.to_owned() };
            merged.open.entry(path.to_owned()).or_default().insert(stage.parse().unwrap_or(0), blob);
        }
    }
    while let Some(count) = fields.next().and_then(|count| count.parse::<usize>().ok()) {
        let paths: BTreeSet<String> = fields.by_ref().take(count).map(str::to_owned).collect();
        let kind = fields.next().unwrap_or_default().to_owned();
        let _message = fields.next();
        if kind.starts_with("CONFLICT") {
            merged.said.push((paths, kind));
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    #[test]
    fn stages_and_messages_are_told_apart() {
        let text = "T\x00100644 A 1\ta\x00100644 B 2\ta\x00\x001\x00a\x00Auto-merging\x00Auto-merging a\n\x001\x00a\x00CONFLICT (contents)\x00x\n\x00";
        let merged = super::parse(text);
        assert_eq!((merged.tree.as_str(), merged.open["a"].len(), merged.open["a"][&2].id.as_str()), ("T", 2, "B"));
        assert_eq!(merged.said, [(["a".to_owned()].into(), "CONFLICT (contents)".to_owned())]);
    }
}
