//! Questions to the git program.

use std::path::Path;

use super::answers::Answers;
use super::tree::{Blob, Entries};
use crate::process::{self, Command, Exit};
use crate::report::{Error, Result};

/// The commit at HEAD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The full hash.
    pub sha: String,
    /// When it was made, in seconds since 1970.
    pub time: i64,
    /// The branch; none on a detached HEAD.
    pub branch: Option<String>,
    /// Tracked files differ from it.
    pub dirty: bool,
}

impl Commit {
    /// The first twelve digits of the hash.
    pub fn short(&self) -> &str {
        &self.sha[..self.sha.len().min(12)]
    }

    pub(super) fn at_head(answers: &Answers) -> Option<Self> {
        let line = answers.ask(&["log", "-1", "--format=%H %ct"])?;
        let (sha, time) = line.split_once(' ')?;
        let branch = answers.ask(&["symbolic-ref", "--quiet", "--short", "HEAD"]);
        let changed = answers.ask(&["status", "--porcelain", "--untracked-files=no"]);
        Some(Self {
            sha: sha.to_owned(),
            time: time.parse().ok()?,
            branch: branch.filter(|name| !name.is_empty()),
            dirty: changed.is_some_and(|lines| !lines.is_empty()),
        })
    }
}

/// What git answers; none when it says no, or is not there.
pub(super) fn ask(dir: &Path, args: &[&str]) -> Option<String> {
    process::read(&Command::new("git", args).dir(dir).env("GIT_OPTIONAL_LOCKS", "0")).ok()
}

/// Whether a commit is HEAD or one before it; none when git does not know it.
pub(super) fn includes(dir: &Path, sha: &str) -> Option<bool> {
    let output = process::capture(&Command::new("git", ["merge-base", "--is-ancestor", sha, "HEAD"]).dir(dir)).ok()?;
    match output.exit {
        Exit::Code(0) => Some(true),
        Exit::Code(1) => Some(false),
        _ => None,
    }
}

/// The URL of the remote `origin` as https, without credentials.
pub(super) fn source(dir: &Path) -> Option<String> {
    ask(dir, &["remote", "get-url", "origin"]).filter(|url| !url.is_empty()).map(|url| page(&url))
}

/// `git@host:team/app.git` → `https://host/team/app`; credentials in a URL are taken out.
fn page(url: &str) -> String {
    let plain = url.trim_end_matches('/').trim_end_matches(".git");
    let (scheme, rest) = match plain.split_once("://") {
        Some(("ssh" | "git" | "git+ssh", rest)) => ("https", rest.to_owned()),
        Some((scheme, rest)) => (scheme, rest.to_owned()),
        // The short form of scp: a colon before the first slash.
        None => match plain.split_once(':') {
            Some((host, path)) if !host.contains('/') => ("https", format!("{host}/{path}")),
            _ => return plain.to_owned(),
        },
    };
    let (host, path) = rest.split_once('/').unwrap_or((&rest, ""));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    format!("{scheme}://{host}/{path}")
}

pub(super) fn no_commit(dir: &Path) -> Error {
    if !process::exists("git") {
        return process::not_found("git");
    }
    let error = Error::usage(format!("{} is not in a git repository with a commit", dir.display()));
    error.help("run `git init && git add -A && git commit -m 'First commit'`")
}

/// Where a branch of the remote `origin` is, as seen from HEAD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tip {
    /// At HEAD, or nobody can tell: there is no remote, or it does not answer.
    Here,
    /// At another commit, so HEAD is not the newest.
    Moved {
        /// The commit.
        sha: String,
    },
}

/// Asks the remote where a branch is now.
pub fn tip(dir: &Path, branch: &str, head: &str) -> Tip {
    let mut command = Command::new("git", ["ls-remote", "--exit-code", "origin", &format!("refs/heads/{branch}")]).dir(dir);
    // Without credentials git would ask a person who is not there.
    command = command.env("GIT_TERMINAL_PROMPT", "0");
    command.timeout = Some(std::time::Duration::from_secs(30));
    let answer = process::read(&command).unwrap_or_default();
    match answer.split_whitespace().next() {
        Some(sha) if sha != head && !is_ancestor(dir, sha, head) => Tip::Moved { sha: sha.to_owned() },
        _ => Tip::Here,
    }
}

fn is_ancestor(dir: &Path, old: &str, new: &str) -> bool {
    ask(dir, &["merge-base", "--is-ancestor", old, new]).is_some()
}

pub(super) fn commits_between(dir: &Path, old: &str, new: &str) -> Vec<String> {
    let range = format!("{old}..{new}");
    let text = ask(dir, &["log", "--no-decorate", "--max-count=50", "--format=%h %s (%an)", &range]).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// Whether the folder is inside of a git repository.
pub fn is_inside(dir: &Path) -> bool {
    // Most often there is none, and that can be seen without asking.
    let marked = || dir.canonicalize().is_ok_and(|dir| dir.ancestors().any(|above| above.join(".git").exists()));
    (process::env::is_set("GIT_DIR") || marked()) && ask(dir, &["rev-parse", "--is-inside-work-tree"]).as_deref() == Some("true")
}

/// Makes the folder a git repository with one commit of all that is in it, whatever files the user has git ignore
/// elsewhere; gives the id of the committed tree, and its files.
///
/// # Errors
/// Exit code 7 without git; exit code 1 when git refuses.
pub fn init_with_commit(dir: &Path, message: &str) -> Result<(String, Entries)> {
    process::find("git")?;
    git(dir, &["init", "--quiet", "--initial-branch", "main"])?;
    git(dir, &["-c", "core.excludesFile=/dev/null", "-c", "core.safecrlf=false", "add", "--all"])?;
    commit(dir, message)?;
    // The tree's id and all its files in one answer: to start a program costs more than what it does here.
    let ask = ["diff-tree", "--root", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--pretty=tformat:%T", "HEAD"];
    Ok(added(&git(dir, &ask)?))
}

/// The id of a tree, then each file that a first commit brings: `:000000 MODE ZERO ID A`, and its path (git-diff-tree,
/// "Raw output format").
fn added(text: &str) -> (String, Entries) {
    let mut parts = text.split('\0');
    let tree = parts.next().unwrap_or_default().to_owned();
    let mut entries = Entries::new();
    while let (Some(meta), Some(path)) = (parts.next(), parts.next()) {
        if let [_, mode, _, id, _] = meta.split(' ').collect::<Vec<_>>().as_slice() {
            entries.insert(path.to_owned(), Blob { mode: (*mode).to_owned(), id: (*id).to_owned() });
        }
    }
    (tree, entries)
}

/// Commits everything that is in the folder.
///
/// # Errors
/// Exit code 1 when git refuses.
pub fn commit_all(dir: &Path, message: &str) -> Result<()> {
    git(dir, &["add", "--all"])?;
    commit(dir, message)
}

/// Commits what is added. Without a name of its own git would refuse it on a fresh machine, or make one up.
fn commit(dir: &Path, message: &str) -> Result<()> {
    // Nothing to sweep is in a new repository: git need not look.
    let commit =
        ["-c", "commit.gpgsign=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false", "commit", "--quiet", "--message", message];
    let Err(refused) = git(dir, &[&["-c", "user.useConfigOnly=true"], &commit[..]].concat()) else { return Ok(()) };
    if ask(dir, &["config", "user.email"]).is_some_and(|email| !email.is_empty()) {
        return Err(refused);
    }
    git(dir, &[&["-c", "user.name=instep", "-c", "user.email=instep@localhost"], &commit[..]].concat()).map(drop)
}

fn git(dir: &Path, args: &[&str]) -> Result<String> {
    process::read(&Command::new("git", args).dir(dir))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_remote_becomes_a_page_without_credentials() {
        for (url, page) in [
            ("git@git.example.com:team/app.git", "https://git.example.com/team/app"),
            ("ssh://git@git.example.com/team/app.git", "https://git.example.com/team/app"),
            ("https://user:token@git.example.com/team/app", "https://git.example.com/team/app"),
            ("/srv/app.git", "/srv/app"),
        ] {
            assert_eq!(super::page(url), page, "{url}");
        }
    }
}
