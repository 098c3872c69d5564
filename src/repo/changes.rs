//! Which files an event changed: what it is compared with, and what differs.

use std::path::{Path, PathBuf};

use super::before::{self, Before};
use super::git::{ask, is_shallow};
use super::trigger::{Env, Trigger};
use crate::process::{self, Command};
use crate::report::{Error, Result};

/// Which files an event changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changes {
    /// These, by their full paths.
    Since {
        /// What HEAD is compared with, in words.
        base: String,
        /// The files.
        files: Vec<PathBuf>,
    },
    /// Nobody can tell, and why.
    Unknown(String),
}

impl Changes {
    /// What changed with an event, as far as the CI system (none: git alone) and the clone can tell.
    pub fn of(dir: &Path, system: Option<&str>, trigger: &Trigger, env: Env<'_>) -> Self {
        let before = system.map_or_else(|| of_git(dir, trigger), |system| before::of(system, trigger, env));
        let unknown = |why: String| Self::Unknown(if is_shallow(dir) { format!("{why}: the clone is shallow") } else { why });
        match before {
            Before::Commit(commit) => match (resolved(dir, &commit), short(&commit)) {
                (Some(commit), base) => Self::between(dir, &commit, base.to_owned()),
                (None, base) => unknown(format!("{base}, which was there before, is not in this clone")),
            },
            Before::Branch(branch) => match merge_base(dir, &branch) {
                Some((commit, name)) => Self::between(dir, &commit, format!("{name} at {}", short(&commit))),
                None => unknown(format!("where it left {branch} is not in this clone")),
            },
            Before::New => Self::Unknown("the branch is new".to_owned()),
            Before::Untold => Self::Unknown(match system {
                Some(system) => format!("{system} does not tell what was there before"),
                None => "there is no remote branch to compare with".to_owned(),
            }),
        }
    }

    /// What changed since a commit that somebody names.
    ///
    /// # Errors
    /// Exit code 2 for a commit that git does not know.
    pub fn since(dir: &Path, name: &str) -> Result<Self> {
        let Some(commit) = resolved(dir, name) else {
            let error = Error::usage(format!("--since: there is no commit `{name}` in this clone"));
            return Err(if is_shallow(dir) { error.help("the clone is shallow: fetch the whole history") } else { error });
        };
        let base = if commit.starts_with(name) { short(&commit).to_owned() } else { format!("{name} at {}", short(&commit)) };
        Ok(Self::between(dir, &commit, base))
    }

    fn between(dir: &Path, commit: &str, base: String) -> Self {
        match differ(dir, commit, "HEAD") {
            Some(files) => Self::Since { base, files },
            None => Self::Unknown(format!("git can't compare with {base}")),
        }
    }
}

/// The files that differ between a commit and the newest one of a branch of the remote `origin`, which is fetched; none
/// when that can't be told.
pub fn changed_since(dir: &Path, commit: &str, branch: &str, tip: &str) -> Option<Vec<PathBuf>> {
    if resolved(dir, tip).is_none() {
        let fetch = ["fetch", "--quiet", "--no-tags", "origin", &format!("refs/heads/{branch}")];
        let mut command = Command::new("git", fetch).dir(dir).env("GIT_TERMINAL_PROMPT", "0");
        command.timeout = Some(std::time::Duration::from_secs(120));
        process::read(&command).ok()?;
    }
    differ(dir, commit, tip)
}

/// Without a CI system: what would be pushed, or asked for.
fn of_git(dir: &Path, trigger: &Trigger) -> Before {
    let named = |args: &[&str]| ask(dir, args).filter(|name| !name.is_empty()).map(Before::Branch);
    let found = match trigger {
        Trigger::Branch { .. } => named(&["rev-parse", "--abbrev-ref", "--symbolic-full-name", "@{upstream}"]),
        Trigger::PullRequest { .. } => named(&["symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"]),
        Trigger::Commit | Trigger::Tag { .. } => None,
    };
    found.unwrap_or(Before::Untold)
}

/// The commit that a branch and HEAD have in common, with the branch's name here: `origin/main`.
fn merge_base(dir: &Path, branch: &str) -> Option<(String, String)> {
    let names = [format!("origin/{branch}"), branch.to_owned()];
    names.into_iter().find_map(|name| {
        let tip = ["remotes", "heads"].iter().find_map(|kind| resolved(dir, &format!("refs/{kind}/{name}")))?;
        let base = ask(dir, &["merge-base", &tip, "HEAD"]).filter(|base| !base.is_empty())?;
        Some((base, name))
    })
}

fn resolved(dir: &Path, name: &str) -> Option<String> {
    let commit = format!("{name}^{{commit}}");
    ask(dir, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]).filter(|commit| !commit.is_empty())
}

fn differ(dir: &Path, old: &str, new: &str) -> Option<Vec<PathBuf>> {
    let top = PathBuf::from(ask(dir, &["rev-parse", "--show-toplevel"])?);
    let names = ask(dir, &["diff-tree", "-r", "-z", "--name-only", "--no-renames", old, new])?;
    Some(names.split('\0').filter(|name| !name.is_empty()).map(|name| top.join(name)).collect())
}

fn short(commit: &str) -> &str {
    &commit[..commit.len().min(7)]
}
