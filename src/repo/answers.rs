//! What git answered, kept: the services of a workspace are in one repository, and ask the same of it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::git;

/// Questions to git about HEAD and the work tree, each asked once.
#[derive(Debug)]
pub(super) struct Answers {
    dir: PathBuf,
    known: Mutex<HashMap<Vec<String>, Option<String>>>,
}

impl Answers {
    /// Of the repository that a folder is in.
    pub(super) fn of(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), known: Mutex::default() }
    }

    /// What git answers; none when it says no, or is not there.
    pub(super) fn ask(&self, args: &[&str]) -> Option<String> {
        let key: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(key).or_insert_with(|| git::ask(&self.dir, args)).clone()
    }

    /// Whether a folder below is in the same repository: none between has one of its own.
    pub(super) fn are_of(&self, dir: &Path) -> bool {
        let below = dir.ancestors().take_while(|folder| *folder != self.dir);
        dir.starts_with(&self.dir) && below.into_iter().all(|folder| !folder.join(".git").exists())
    }
}
