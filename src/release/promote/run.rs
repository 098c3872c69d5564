//! Commits and pushes, again and again while others are quicker.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use super::folder::Release;
use super::{message, request};
use crate::config::Gitops;
use crate::process::cancel;
use crate::repo::{self, Fetched, Listed, Push, Pushed};
use crate::report::style::{DIM, GOOD, LINK, NAME, paint};
use crate::report::table::columns;
use crate::report::{Error, Kind, Report, Result};

/// How often a push is tried while others are quicker.
const TRIES: u32 = 20;

/// What changes in the platform repo.
pub(super) struct Change {
    /// All files of the folder, with git's ids.
    pub files: Vec<Listed>,
    /// The commit's message.
    pub message: String,
}

/// Where it changes.
pub(super) struct Work<'a> {
    pub gitops: &'a Gitops,
    pub environment: &'a str,
    pub root: &'a Path,
    pub report: &'a Report,
}

/// What a change is, worked out anew on each state of the platform repo.
type Changes<'a> = &'a dyn Fn(&Fetched) -> Result<Option<Change>>;

/// The branch of a pull request: one per service and environment, so that an open one is brought up to date.
pub(super) fn request_branch(release: &Release) -> String {
    format!("instep/{}/{}", release.service, release.environment)
}

/// What came of it.
pub(super) struct Committed {
    commit: String,
    branch: String,
    message: String,
    diff: String,
    /// The branch held it already.
    already: bool,
}

impl Work<'_> {
    /// Commits, pushes and opens the pull request.
    pub(super) fn run(&self, changes: Changes<'_>, release: &Release) -> Result<()> {
        let Some(done) = self.push(changes, release)? else {
            self.report.result(&format!("{} holds {} already", self.gitops.path, release.version));
            self.report.document(json!({ "environment": self.environment, "changed": false, "release": release }));
            return Ok(());
        };
        let request = if self.gitops.pull_request { Some(self.request(&done, release)?) } else { None };
        self.tell(&done, release, request.as_ref());
        Ok(())
    }

    pub(super) fn push(&self, changes: Changes<'_>, release: &Release) -> Result<Option<Committed>> {
        let Gitops { repository: url, branch, path, pull_request, .. } = self.gitops;
        for attempt in 1..=TRIES {
            let fetched = repo::fetch(url, Some(branch))?;
            let Some(change) = changes(&fetched)? else { return Ok(None) };
            let tree = fetched.with_folder(&fetched.commit, path, &change.files)?;
            let diff = |color| fetched.diff(&fetched.commit, &tree, path, color);
            let commit = fetched.commit(&tree, &fetched.commit, &change.message, self.root)?;
            let to = if *pull_request { request_branch(release) } else { branch.clone() };
            let old = if *pull_request { self.open_branch(&fetched, &to, &change)? } else { Old::None };
            let done = |commit: String, already| -> Result<_> {
                Ok(Some(Committed { commit, branch: to.clone(), message: change.message.clone(), diff: diff(false)?, already }))
            };
            let replaces = match &old {
                Old::Same(commit) => return done(commit.clone(), true),
                Old::Other(commit) => Some(commit.as_str()),
                Old::None if *pull_request => Some(""),
                Old::None => None,
            };
            if attempt == 1 {
                self.report.note(diff(self.report.is_live())?.trim_end());
            }
            match fetched.push(&commit, Push { url, branch: &to, replaces })? {
                Pushed::Done => return done(commit, false),
                Pushed::Raced => pause(attempt)?,
                Pushed::Refused(said) => return Err(self.refused(&to, &said)),
            }
        }
        Err(self.too_quick())
    }

    /// Commits beside the branch, onto one of instep's own; gives what the other side says when it does not allow that.
    pub(super) fn push_beside(&self, own: &str, changes: Changes<'_>) -> Result<Option<String>> {
        let Gitops { repository: url, branch, path, .. } = self.gitops;
        for attempt in 1..=TRIES {
            let fetched = repo::fetch(url, Some(branch))?;
            let Some(change) = changes(&fetched)? else { return Ok(None) };
            let tree = fetched.with_folder(&fetched.commit, path, &change.files)?;
            let there = fetched.branch(url, own).map(|_| repo::fetch(url, Some(own))).transpose()?;
            if let Some(there) = &there
                && is_same(there.list(&there.commit, path)?, &change.files)
            {
                return Ok(None);
            }
            let parent = there.map_or_else(|| fetched.commit.clone(), |there| there.commit);
            let commit = fetched.commit(&tree, &parent, &change.message, self.root)?;
            match fetched.push(&commit, Push { url, branch: own, replaces: None })? {
                Pushed::Done => return Ok(None),
                Pushed::Raced => pause(attempt)?,
                Pushed::Refused(said) => return Ok(Some(said)),
            }
        }
        Err(self.too_quick())
    }

    fn too_quick(&self) -> Error {
        let error = Error::failed(format!("{} changed {TRIES} times while this was pushed", self.gitops.repository));
        error.help("try again when fewer pipelines run")
    }

    /// What the branch of an open pull request holds.
    fn open_branch(&self, fetched: &Fetched, branch: &str, change: &Change) -> Result<Old> {
        let Some(commit) = fetched.branch(&self.gitops.repository, branch) else { return Ok(Old::None) };
        let there = repo::fetch(&self.gitops.repository, Some(branch))?;
        let same = is_same(there.list(&there.commit, &self.gitops.path)?, &change.files);
        Ok(if same { Old::Same(commit) } else { Old::Other(commit) })
    }

    fn refused(&self, branch: &str, said: &str) -> Error {
        let error = Error::new(Kind::Failed, format!("{} does not take a push to {branch}", self.gitops.repository)).note(said.to_owned());
        let error = error.at(self.gitops.place.clone());
        if self.gitops.pull_request {
            error.help("the branch is instep's own: allow pushes to instep/**, forced ones too")
        } else {
            error.help("a protected branch takes pull requests: set `pull-request = true`")
        }
    }

    fn request(&self, done: &Committed, release: &Release) -> Result<(String, bool)> {
        let title = message::title(release);
        let body = message::pull_request(&done.message, release, &done.diff);
        let request =
            request::Request { url: &self.gitops.repository, branch: &done.branch, base: &self.gitops.branch, title: &title, body: &body };
        request::open(&request, self.report)
    }

    fn tell(&self, done: &Committed, release: &Release, request: Option<&(String, bool)>) {
        let row = |name: &str, value: &str| vec![paint(DIM, name), value.to_owned()];
        let mut rows: Vec<_> = release.images.values().map(|image| row("image", image)).collect();
        rows.extend(release.smoke.iter().map(|smoke| row("before", smoke)));
        rows.push(row("commit", &format!("{} on {}", &done.commit[..done.commit.len().min(12)], done.branch)));
        rows.extend(request.map(|(page, by_hand)| row(if *by_hand { "open it" } else { "request" }, &paint(LINK, page))));
        let word = match (request, done.already) {
            (_, true) => "waits already",
            (Some(_), _) => "waits for its pull request",
            (None, _) => "is committed",
        };
        let head = done.message.lines().next().unwrap_or_default();
        self.report.result(&format!("{} {} {word}\n{}", paint(GOOD, "✓"), paint(NAME, head), columns(&rows, 2).trim_end()));
        self.report.document(json!({
            "environment": self.environment,
            "changed": !done.already,
            "commit": done.commit,
            "branch": done.branch,
            "pull-request": request.map(|(page, _)| page),
            "release": release,
        }));
    }
}

/// Whether a folder holds these files already.
fn is_same(mut there: Vec<Listed>, wanted: &[Listed]) -> bool {
    let mut wanted = wanted.to_vec();
    there.sort();
    wanted.sort();
    there == wanted
}

/// Others go first; not all of those who wait come back at once.
fn pause(attempt: u32) -> Result<()> {
    cancel::sleep(Duration::from_millis(u64::from(50 * attempt + std::process::id() % 100)))
}

/// The branch of an open pull request.
enum Old {
    /// There is none.
    None,
    /// It holds this change already.
    Same(String),
    /// It holds another one.
    Other(String),
}
