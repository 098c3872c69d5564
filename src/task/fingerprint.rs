//! Whether a task is up to date: by the content of what it reads.

use std::path::{Path, PathBuf};

use super::work::Inputs;
use crate::repo::{self, Index, files};
use crate::report::{Error, Result, text};

/// The part of the index that says what the task does.
const DEFINITION: &str = "definition";

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing changed since it last ended well.
    Fresh,
    /// It has to run, and why.
    Stale(String),
}

/// The state of a task's inputs now, to be kept when it has ended well.
#[derive(Debug)]
pub struct Fingerprint {
    file: PathBuf,
    index: Index,
}

/// Looks at the files and compares with what was kept.
///
/// # Errors
/// Exit code 2 for a broken glob; an unreadable source.
pub fn check(project_root: &Path, task: &str, inputs: &Inputs) -> Result<(Verdict, Fingerprint)> {
    let file = repo::state_dir(project_root)?.join("tasks").join(task);
    let old = Index::load(&file);
    let mut index = Index::begin();
    index.parts.insert(DEFINITION.to_owned(), blake3::hash(inputs.definition.as_bytes()).to_hex().to_string());
    for path in files(&inputs.root, &inputs.sources)? {
        let added = std::fs::metadata(&path).and_then(|meta| index.add(&path, &path, &meta, 0, old.as_ref()));
        added.map_err(|error| Error::failed(format!("can't read {}: {error}", path.display())))?;
    }
    let verdict = match &old {
        None => Verdict::Stale("it has not run yet".to_owned()),
        Some(old) => compare(&index, old, inputs)?,
    };
    Ok((verdict, Fingerprint { file, index }))
}

impl Fingerprint {
    /// Keeps it: the task ended well.
    ///
    /// # Errors
    /// A disk that can't be written.
    pub fn keep(self) -> Result<()> {
        self.index.save(&self.file)
    }
}

fn compare(index: &Index, old: &Index, inputs: &Inputs) -> Result<Verdict> {
    if index.parts != old.parts {
        return Ok(Verdict::Stale("its command, arguments or variables changed".to_owned()));
    }
    let changed = index.changed(old);
    if !changed.is_empty() {
        return Ok(Verdict::Stale(text::changed(changed.iter().map(|path| path.strip_prefix(&inputs.root).unwrap_or(path)))));
    }
    for glob in &inputs.outputs {
        if files(&inputs.root, std::slice::from_ref(glob))?.is_empty() && !inputs.root.join(glob).exists() {
            return Ok(Verdict::Stale(format!("its output {glob} is not there")));
        }
    }
    Ok(Verdict::Fresh)
}
