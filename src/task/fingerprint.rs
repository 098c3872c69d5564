//! Whether a task is up to date: by the content of what it reads.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::work::Inputs;
use crate::repo::{self, Index, Kept, Survey, files};
use crate::report::{Error, Result, text};

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
pub fn check(inputs: &Inputs) -> Result<(Verdict, Fingerprint)> {
    let file = repo::state_dir(&inputs.home)?.join("tasks").join(&inputs.task);
    let old = Kept::load(&file);
    // What is changed from here on, if unseen, is read again by the next look.
    let mut survey = Survey::begin(old.as_ref());
    for (path, stat) in files(&inputs.root, &inputs.sources)? {
        let unreadable = |error| Error::failed(format!("can't read {}: {error}", inputs.root.join(&path).display()));
        survey.add(&inputs.root, &path, &stat, 0).map_err(unreadable)?;
    }
    let definition = blake3::hash(inputs.definition.as_bytes()).to_hex().to_string();
    let index = survey.end(BTreeMap::from([("definition".to_owned(), definition)]));
    let verdict = match &old {
        None if file.exists() => Verdict::Stale("what was kept of its last run can't be used".to_owned()),
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

fn compare(index: &Index, old: &Kept, inputs: &Inputs) -> Result<Verdict> {
    if index.parts != old.parts {
        return Ok(Verdict::Stale("its command, arguments or variables changed".to_owned()));
    }
    let changed = index.changed(old);
    if !changed.is_empty() {
        return Ok(Verdict::Stale(text::changed(changed.into_iter())));
    }
    for glob in &inputs.outputs {
        if files(&inputs.root, std::slice::from_ref(glob))?.is_empty() && !inputs.root.join(glob).exists() {
            return Ok(Verdict::Stale(format!("its output {glob} is not there")));
        }
    }
    Ok(Verdict::Fresh)
}
