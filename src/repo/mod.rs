//! What git knows of the repo (commit, branch, tags, the version that follows from them), and its files.

mod answers;
mod area;
mod base;
mod before;
mod changes;
mod checkouts;
pub mod disk;
mod git;
mod globs;
mod index;
mod merge;
mod platform;
mod records;
mod selection;
mod state;
mod tree;
mod trigger;
mod version;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use self::answers::Answers;
pub use self::area::Area;
pub use self::base::{BaseFile, Fetched, fetch, swap, write_files};
pub use self::changes::{Changes, changed_since};
pub use self::checkouts::checkouts;
pub use self::git::{Commit, Tip, commit_all, init_with_commit, is_inside, tip};
pub use self::globs::{Stat, files, folders};
pub use self::index::{Index, Kept, Survey};
pub use self::merge::Merged;
pub use self::platform::{Listed, Push, Pushed, content_id};
pub use self::selection::Selection;
pub use self::state::state_dir;
pub use self::tree::{Blob, Delta, Entries, Trees};
pub use self::trigger::Trigger;
pub use self::version::{Version, tag};
pub use self::watch::{Change, Waker, Watch};
use crate::process;
use crate::report::{Problem, Result};

/// Facts of the repo around a folder; each is looked up once, when it is first asked for.
#[derive(Debug)]
pub struct Facts {
    dir: PathBuf,
    tag_prefix: String,
    answers: OnceLock<Arc<Answers>>,
    commit: OnceLock<Option<Commit>>,
    version: OnceLock<Version>,
}

impl Facts {
    /// The facts of the repo that `dir` is in. Only tags with this prefix are releases of the service.
    pub fn new(dir: &Path, tag_prefix: &str) -> Self {
        let (answers, commit, version) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Self { dir: dir.to_owned(), tag_prefix: tag_prefix.to_owned(), answers, commit, version }
    }

    /// Takes git's answers from the facts of the workspace, when the folder is in the same repository.
    pub fn share(&self, workspace: &Self) {
        if workspace.answers().are_of(&self.dir) {
            let _ = self.answers.set(workspace.answers().clone());
        }
    }

    fn answers(&self) -> &Arc<Answers> {
        self.answers.get_or_init(|| Arc::new(Answers::of(&self.dir)))
    }

    /// The commit at HEAD; none outside of git and before the first commit.
    pub fn commit(&self) -> Option<&Commit> {
        self.commit.get_or_init(|| Commit::at_head(self.answers())).as_ref()
    }

    /// The version by the contract's rule.
    pub fn version(&self) -> &Version {
        self.version.get_or_init(|| Version::of(&self.dir, self.answers(), &self.tag_prefix, self.commit()))
    }

    /// Warns of a version that says nothing, since the history is cut off.
    pub fn shallow(&self) -> Option<Problem> {
        let Version { text, shallow, .. } = self.version();
        shallow.then(|| Problem {
            message: format!("the clone is shallow: its version is {text}, whatever was released before"),
            place: None,
            notes: Vec::new(),
            help: vec![
                "fetch the whole history: `git fetch --unshallow --tags`; `instep ci --print` has the lines for a CI system".to_owned(),
            ],
        })
    }

    /// The branch: that of HEAD, or of the CI job, which works on a detached HEAD. A pull request is on none: what
    /// CI systems name beside it is its target, or a branch of somebody's fork.
    pub fn branch(&self) -> Option<String> {
        let commit = self.commit()?;
        let of_ci = || match Trigger::detect(process::env::var, &self.dir, commit, &self.tag_prefix).1 {
            Trigger::Branch { name } => Some(name),
            Trigger::Commit | Trigger::PullRequest { .. } | Trigger::Tag { .. } => None,
        };
        commit.branch.clone().or_else(of_ci)
    }

    /// The tags at HEAD.
    pub fn tags(&self) -> Vec<String> {
        git::ask(&self.dir, &["tag", "--points-at", "HEAD"]).unwrap_or_default().lines().map(str::to_owned).collect()
    }

    /// The branches here and at the remote `origin`; `with_head`: only those that have HEAD's commit. None in a shallow
    /// clone, which can't tell.
    pub fn branches(&self, with_head: bool) -> Vec<String> {
        if git::is_shallow(&self.dir) { Vec::new() } else { git::branches(&self.dir, with_head) }
    }

    /// The branch that a clone of the remote `origin` begins with; none where nobody can tell.
    pub fn default_branch(&self) -> Option<String> {
        git::default_branch(&self.dir)
    }

    /// Whether a commit is part of what is checked out; none when git does not know it.
    pub fn includes(&self, sha: &str) -> Option<bool> {
        git::includes(&self.dir, sha)
    }

    /// Where the repo comes from, as a page that a person can open: the URL of the remote `origin` without
    /// credentials; none when there is no remote.
    pub fn source(&self) -> Option<String> {
        git::source(&self.dir)
    }

    /// Which tags are releases of this service: those that begin so.
    pub fn tag_prefix(&self) -> &str {
        &self.tag_prefix
    }

    /// The commits after one up to another, newest first, one line each; empty when that can't be told.
    pub fn commits_between(&self, old: &str, new: &str) -> Vec<String> {
        git::commits_between(&self.dir, old, new)
    }

    /// An error unless the folder is in a git repository with a commit.
    pub fn need_commit(&self) -> Result<&Commit> {
        self.commit().ok_or_else(|| git::no_commit(&self.dir))
    }
}
