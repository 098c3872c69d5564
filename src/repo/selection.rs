//! Which files of a folder are watched, and what they look like now.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::globs::{self, Found, Glob, is_private};
use crate::report::Result;

/// Files of a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The folder that the globs are relative to.
    pub root: PathBuf,
    /// Globs; empty: all that .gitignore does not exclude.
    pub globs: Vec<String>,
    /// Globs of files that do not count.
    pub except: Vec<String>,
}

/// A selection with its globs understood.
#[derive(Debug)]
pub(super) struct Selected {
    root: PathBuf,
    globs: Vec<Glob>,
    except: Vec<Glob>,
}

/// What tells that a file was written: size, time of the last change in nanoseconds, inode.
pub(super) type Stat = (u64, i64, u64);

/// The files of some selections at one moment.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    pub(super) files: BTreeMap<PathBuf, Stat>,
    /// Folders in which a new file could count.
    pub(super) dirs: BTreeSet<PathBuf>,
}

impl Selected {
    /// Understands the globs.
    pub(super) fn new(selection: &Selection) -> Result<Self> {
        let all = |globs: &[String]| globs.iter().map(|glob| Glob::new(glob)).collect::<Result<Vec<_>>>();
        Ok(Self { root: selection.root.clone(), globs: all(&selection.globs)?, except: all(&selection.except)? })
    }

    /// Whether a change there can be one of a file that counts; a folder may hold such files.
    pub(super) fn may_hold(&self, path: &Path) -> bool {
        let relative = path.strip_prefix(&self.root).unwrap_or(path);
        let named = self.globs.is_empty() || self.globs.iter().any(|glob| glob.is_match(relative));
        let excluded = self.except.iter().any(|glob| glob.is_match(relative));
        !is_private(path) && !excluded && (named || path.is_dir())
    }

    /// Adds what is there now.
    pub(super) fn look(&self, snapshot: &mut Snapshot) {
        let mut found = Found::default();
        if self.globs.is_empty() {
            self.all(snapshot);
        }
        self.globs.iter().for_each(|glob| glob.look(&self.root, &mut found));
        let counts = |path: &Path| !self.except.iter().any(|glob| glob.is_match(path));
        let files = found.files.into_iter().filter(|(path, _)| counts(path));
        snapshot.files.extend(files.map(|(path, stat)| (self.root.join(path), written(&stat))));
        snapshot.dirs.extend(found.dirs);
    }

    fn all(&self, snapshot: &mut Snapshot) {
        let walk = WalkBuilder::new(&self.root).hidden(false).require_git(false).filter_entry(|entry| !is_private(entry.path())).build();
        for entry in walk.flatten() {
            let relative = entry.path().strip_prefix(&self.root).unwrap_or(entry.path());
            match entry.file_type() {
                Some(kind) if kind.is_dir() => drop(snapshot.dirs.insert(entry.into_path())),
                Some(_) if !self.except.iter().any(|glob| glob.is_match(relative)) => {
                    if let Ok(meta) = std::fs::metadata(entry.path()) {
                        snapshot.files.insert(entry.into_path(), written(&globs::Stat::from(&meta)));
                    }
                }
                _ => {}
            }
        }
    }
}

fn written(stat: &globs::Stat) -> Stat {
    (stat.size, stat.modified, stat.inode)
}

impl Snapshot {
    /// All that some selections mean, now.
    pub(super) fn of(selected: &[Selected]) -> Self {
        let mut snapshot = Self::default();
        for selected in selected {
            selected.look(&mut snapshot);
        }
        snapshot
    }

    /// The files that are new, gone or written since.
    pub(super) fn since(&self, old: &Self) -> Vec<PathBuf> {
        let written = self.files.iter().filter(|(path, stat)| old.files.get(*path) != Some(stat));
        let gone = old.files.keys().filter(|path| !self.files.contains_key(*path));
        let mut paths: Vec<PathBuf> = written.map(|(path, _)| path).chain(gone).cloned().collect();
        paths.sort();
        paths
    }
}
