//! Commits to a folder of another repository, made without a work tree: nothing outside of the folder can change.

use std::path::Path;
use std::time::Duration;

use super::base::{Fetched, git, unasked};
use super::git::ask;
use crate::process::{self, Command};
use crate::report::{Error, Result};

/// What a push is to do.
#[derive(Clone, Copy, Debug)]
pub struct Push<'a> {
    /// The repository.
    pub url: &'a str,
    /// The branch.
    pub branch: &'a str,
    /// The commit that the branch is at, to be replaced whatever it holds; none: the branch only moves on.
    pub replaces: Option<&'a str>,
}

/// What became of a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// The branch is at the commit.
    Done,
    /// Somebody else was quicker: fetch again.
    Raced,
    /// The other side does not allow it; its words.
    Refused(String),
}

/// A file of a folder: its name below the folder, and git's id of its content.
pub type Listed = (String, String);

impl Fetched {
    /// The files of a folder, with git's ids; empty when there is no such folder.
    ///
    /// # Errors
    /// Exit code 1 when git can't read it.
    pub fn list(&self, commit: &str, folder: &str) -> Result<Vec<Listed>> {
        let text = self.read(&["ls-tree", "-r", "-z", commit, "--", &format!("{folder}/")])?;
        let entry = |line: &str| {
            let (facts, path) = line.split_once('\t')?;
            Some((path.strip_prefix(&format!("{folder}/"))?.to_owned(), facts.split(' ').nth(2)?.to_owned()))
        };
        Ok(text.split('\0').filter_map(entry).collect())
    }

    /// The content of a file; none when it is not there.
    pub fn show(&self, commit: &str, path: &str) -> Option<String> {
        self.read(&["cat-file", "blob", &format!("{commit}:{path}")]).ok()
    }

    /// Keeps a content, and gives git's id of it.
    ///
    /// # Errors
    /// Exit code 1 when git can't.
    pub fn keep(&self, text: &str) -> Result<String> {
        process::read(&git(&self.git_dir, &["hash-object", "-w", "--stdin"]).stdin(text))
    }

    /// The tree of a commit with the folder's files replaced by these.
    ///
    /// # Errors
    /// Exit code 1 when git can't.
    pub fn with_folder(&self, commit: &str, folder: &str, files: &[Listed]) -> Result<String> {
        let index = tempfile::Builder::new().prefix("instep-index-").tempdir();
        let index = index.map_err(|error| Error::failed(format!("no place for git's index: {error}")))?;
        let file = index.path().join("index").display().to_string();
        let git = |args: &[&str]| git(&self.git_dir, args).env("GIT_INDEX_FILE", &file);
        process::read(&git(&["read-tree", commit]))?;
        let gone = self.list(commit, folder)?.into_iter().map(|(name, _)| format!("0 {}\t{folder}/{name}\0", "0".repeat(40)));
        let there = files.iter().map(|(name, id)| format!("100644 {id}\t{folder}/{name}\0"));
        process::read(&git(&["update-index", "-z", "--index-info"]).stdin(gone.chain(there).collect::<String>()))?;
        process::read(&git(&["write-tree"]))
    }

    /// Commits a tree on top of a commit; whoever `dir`'s repository commits as is the author.
    ///
    /// # Errors
    /// Exit code 1 when git can't.
    pub fn commit(&self, tree: &str, parent: &str, message: &str, dir: &Path) -> Result<String> {
        let own = |key: &str| ask(dir, &["config", key]).filter(|value| !value.is_empty());
        let name = own("user.name").unwrap_or_else(|| "instep".to_owned());
        let email = own("user.email").unwrap_or_else(|| "instep@localhost".to_owned());
        let mut command = git(&self.git_dir, &["commit-tree", tree, "-p", parent, "-F", "-"]).stdin(message);
        for (variable, value) in [("AUTHOR_NAME", &name), ("AUTHOR_EMAIL", &email), ("COMMITTER_NAME", &name), ("COMMITTER_EMAIL", &email)]
        {
            let variable = format!("GIT_{variable}");
            // What the caller says is stronger, as it is for git itself.
            if !process::env::is_set(&variable) {
                command = command.env(variable, value);
            }
        }
        process::read(&command)
    }

    /// Pushes a commit to a branch.
    ///
    /// # Errors
    /// Exit code 1 when the repository can't be reached, 4 when it does not answer.
    pub fn push(&self, commit: &str, push: Push<'_>) -> Result<Pushed> {
        let target = format!("{commit}:refs/heads/{}", push.branch);
        let lease = push.replaces.map(|old| format!("--force-with-lease=refs/heads/{}:{old}", push.branch));
        let mut command = git(&self.git_dir, &["push", "--porcelain"]).args(lease).arg(push.url).arg(&target);
        command.timeout = Some(Duration::from_secs(120));
        let output = process::capture(&unasked(command))?;
        if output.exit.ok() {
            return Ok(Pushed::Done);
        }
        let said = format!("{}\n{}", output.text(), output.complaint());
        // Forcing is what the server does not allow; who is merely slower is told otherwise.
        if said.contains("[remote rejected] (non-fast-forward)") {
            return Ok(Pushed::Refused(refusal(&said)));
        }
        let raced = ["fetch first", "non-fast-forward", "stale info", "cannot lock ref", "failed to update ref", "incorrect old value"];
        Ok(if raced.iter().any(|words| said.contains(words)) { Pushed::Raced } else { Pushed::Refused(refusal(&said)) })
    }

    /// What differs between two commits or trees in a folder.
    ///
    /// # Errors
    /// Exit code 1 when git can't tell.
    pub fn diff(&self, old: &str, new: &str, folder: &str, color: bool) -> Result<String> {
        let color = if color { "--color=always" } else { "--color=never" };
        self.read(&["diff", "--no-ext-diff", color, old, new, "--", folder])
    }

    /// What differs between two contents, by git's ids of them; none: nothing. Without the lines that would name the ids.
    ///
    /// # Errors
    /// Exit code 1 when git does not have one of them.
    pub fn difference(&self, old: Option<&str>, new: Option<&str>, color: bool) -> Result<String> {
        let id = |id: Option<&str>| id.map_or_else(|| self.keep(""), |id| Ok(id.to_owned()));
        let color = if color { "--color=always" } else { "--color=never" };
        let text = self.read(&["diff", "--no-ext-diff", color, &id(old)?, &id(new)?])?;
        Ok(text.split_inclusive('\n').skip_while(|line| !line.contains("@@")).collect())
    }

    /// The commit of a branch of the repository; none when there is no such branch.
    pub fn branch(&self, url: &str, branch: &str) -> Option<String> {
        let mut command = git(&self.git_dir, &["ls-remote", "--exit-code", url, &format!("refs/heads/{branch}")]);
        command.timeout = Some(Duration::from_secs(60));
        process::read(&unasked(command)).ok()?.split_whitespace().next().map(str::to_owned)
    }

    /// Brings the whole history of what was fetched, and gives the commits that changed a folder or file, the newest first.
    ///
    /// # Errors
    /// Exit code 1 when the repository can't be reached.
    pub fn changes(&self, url: &str, path: &str) -> Result<Vec<String>> {
        let mut command = git(&self.git_dir, &["fetch", "--quiet", "--no-tags", "--depth", "2147483647", url, &self.commit]);
        command.timeout = Some(Duration::from_secs(600));
        process::read(&unasked(command))?;
        let found = self.read(&["log", "--format=%H", &self.commit, "--", path])?;
        Ok(found.lines().map(str::to_owned).collect())
    }

    /// The first line of a commit's message.
    ///
    /// # Errors
    /// Exit code 1 when there is no such commit.
    pub fn subject(&self, commit: &str) -> Result<String> {
        self.read(&["log", "-1", "--format=%s", commit])
    }

    fn read(&self, args: &[&str]) -> Result<String> {
        process::read(&git(&self.git_dir, args))
    }
}

/// What git and the server say of a push, without the lines that say nothing new.
fn refusal(said: &str) -> String {
    let known = |line: &str| line.is_empty() || line == "Done" || line.starts_with("To ") || line.starts_with("error: failed to push some");
    let lines = said.lines().map(|line| line.trim().replace('\t', " "));
    lines.filter(|line| !known(line)).collect::<Vec<_>>().join("\n")
}

/// Git's id of a content.
///
/// # Errors
/// Exit code 7 without git.
pub fn content_id(text: &str) -> Result<String> {
    process::read(&Command::new("git", ["hash-object", "--stdin"]).stdin(text))
}
