//! What set a pipeline off: a branch, a tag or a pull request, from the variables of the CI system
//! (each system's own documentation of them), else from git.

use std::path::Path;

use serde::Serialize;

use super::git::{self, Commit};
use crate::report::{Error, Result};

/// What happened in the repo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Trigger {
    /// A push to a branch.
    Branch {
        /// The branch.
        name: String,
    },
    /// A commit that is on no branch and has no tag, as far as can be told.
    Commit,
    /// A pull request (GitLab: merge request).
    PullRequest {
        /// Its number, when it is known.
        number: Option<String>,
        /// It comes from a fork, or nobody says that it does not.
        fork: bool,
    },
    /// A tag.
    Tag {
        /// The tag.
        name: String,
    },
}

/// Looks a variable up; an empty one counts as not set.
pub(super) type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A CI system: its name, the variable that tells it, and what its variables mean.
type System = (&'static str, &'static str, fn(Env<'_>) -> Option<Trigger>);

/// Jenkins comes last: its variables are also set by others that imitate it.
static SYSTEMS: [System; 8] = [
    ("Azure Pipelines", "TF_BUILD", azure),
    ("Buildkite", "BUILDKITE", buildkite),
    ("CircleCI", "CIRCLECI", circle),
    ("Drone", "DRONE", drone),
    ("GitHub Actions", "GITHUB_ACTIONS", github),
    ("GitLab CI", "GITLAB_CI", gitlab),
    ("Travis CI", "TRAVIS", travis),
    ("Jenkins", "JENKINS_URL", jenkins),
];

impl Trigger {
    /// What set this run off, and the CI system that says so; none: git says it.
    pub fn detect(env: impl Fn(&str) -> Option<String>, dir: &Path, commit: &Commit, tag_prefix: &str) -> (Option<&'static str>, Self) {
        let set = |name: &str| env(name).filter(|value| !value.is_empty());
        let system = SYSTEMS.iter().find(|(_, variable, _)| set(variable).is_some_and(|value| value != "false"));
        let told = system.and_then(|(.., read)| read(&set));
        (system.map(|(name, ..)| *name), told.unwrap_or_else(|| Self::of_git(dir, commit, tag_prefix)))
    }

    fn of_git(dir: &Path, commit: &Commit, tag_prefix: &str) -> Self {
        let tags = git::ask(dir, &["tag", "--points-at", "HEAD", "--sort=-version:refname"]).unwrap_or_default();
        if let Some(tag) = tags.lines().find(|tag| tag.starts_with(tag_prefix)) {
            return Self::Tag { name: tag.to_owned() };
        }
        commit.branch.clone().map_or(Self::Commit, |name| Self::Branch { name })
    }

    /// As written after `--event`: `branch=NAME`, `tag=NAME`, `commit`, `pull-request`, `fork`.
    ///
    /// # Errors
    /// Exit code 2 for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        match text.split_once('=').unwrap_or((text, "")) {
            ("branch", name) if !name.is_empty() => Ok(Self::Branch { name: name.to_owned() }),
            ("tag", name) if !name.is_empty() => Ok(Self::Tag { name: name.to_owned() }),
            ("commit", "") => Ok(Self::Commit),
            ("pull-request", number) => Ok(Self::PullRequest { number: some(number), fork: false }),
            ("fork", number) => Ok(Self::PullRequest { number: some(number), fork: true }),
            _ => Err(Error::usage(format!("there is no event `{text}`; there are branch=NAME, tag=NAME, commit, pull-request and fork"))),
        }
    }
}

/// `tag v1.2.3`, `branch main`, `pull request 7 from a fork`.
impl std::fmt::Display for Trigger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Branch { name } => write!(f, "branch {name}"),
            Self::Commit => f.write_str("a commit on no branch"),
            Self::PullRequest { number, fork } => {
                f.write_str("pull request")?;
                number.iter().try_for_each(|number| write!(f, " {number}"))?;
                if *fork { f.write_str(" from a fork") } else { Ok(()) }
            }
            Self::Tag { name } => write!(f, "tag {name}"),
        }
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// `refs/heads/main` → branch main, `refs/tags/v1` → tag v1.
fn of_ref(name: &str) -> Option<Trigger> {
    let branch = |name: &str| Trigger::Branch { name: name.to_owned() };
    let tag = |name: &str| Trigger::Tag { name: name.to_owned() };
    name.strip_prefix("refs/heads/").map(branch).or_else(|| name.strip_prefix("refs/tags/").map(tag))
}

fn tag_or_branch(tag: Option<String>, branch: Option<String>) -> Option<Trigger> {
    tag.map(|name| Trigger::Tag { name }).or_else(|| branch.map(|name| Trigger::Branch { name }))
}

fn pull_request(number: Option<String>, fork: bool) -> Trigger {
    Trigger::PullRequest { number, fork }
}

/// Whether both are told and the same: only then it is no fork.
fn differ(one: Option<&str>, other: Option<&str>) -> bool {
    one.is_none() || one != other
}

fn azure(env: Env<'_>) -> Option<Trigger> {
    if env("BUILD_REASON").as_deref() == Some("PullRequest") {
        let number = env("SYSTEM_PULLREQUEST_PULLREQUESTNUMBER").or_else(|| env("SYSTEM_PULLREQUEST_PULLREQUESTID"));
        return Some(pull_request(number, !env("SYSTEM_PULLREQUEST_ISFORK").is_some_and(|value| value.eq_ignore_ascii_case("false"))));
    }
    of_ref(&env("BUILD_SOURCEBRANCH")?)
}

fn buildkite(env: Env<'_>) -> Option<Trigger> {
    match env("BUILDKITE_PULL_REQUEST").filter(|number| number != "false") {
        Some(number) => {
            Some(pull_request(Some(number), differ(env("BUILDKITE_PULL_REQUEST_REPO").as_deref(), env("BUILDKITE_REPO").as_deref())))
        }
        None => tag_or_branch(env("BUILDKITE_TAG"), env("BUILDKITE_BRANCH")),
    }
}

/// CircleCI runs for branches; only a fork's pull request is told as one, as the branch `pull/7`.
fn circle(env: Env<'_>) -> Option<Trigger> {
    let of_fork = env("CIRCLE_BRANCH").and_then(|branch| branch.strip_prefix("pull/").map(str::to_owned));
    match env("CIRCLE_PR_NUMBER").or(of_fork) {
        Some(number) => Some(pull_request(Some(number), true)),
        None => tag_or_branch(env("CIRCLE_TAG"), env("CIRCLE_BRANCH")),
    }
}

/// Drone does not say whether a pull request is a fork's, so it counts as one.
fn drone(env: Env<'_>) -> Option<Trigger> {
    match env("DRONE_PULL_REQUEST") {
        Some(number) => Some(pull_request(Some(number), true)),
        None => tag_or_branch(env("DRONE_TAG"), env("DRONE_BRANCH")),
    }
}

fn github(env: Env<'_>) -> Option<Trigger> {
    if !env("GITHUB_EVENT_NAME")?.starts_with("pull_request") {
        return of_ref(&env("GITHUB_REF")?);
    }
    let payload = payload(env);
    let number = payload["number"].as_u64().map(|number| number.to_string());
    // The head's repository is null once a fork is deleted.
    let head = payload["pull_request"]["head"]["repo"]["full_name"].as_str();
    Some(pull_request(number, differ(head, env("GITHUB_REPOSITORY").as_deref())))
}

/// What GitHub tells of the event; nothing where its file can't be read.
pub(super) fn payload(env: Env<'_>) -> serde_json::Value {
    let bytes = std::fs::read(env("GITHUB_EVENT_PATH").unwrap_or_default()).ok();
    bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

fn gitlab(env: Env<'_>) -> Option<Trigger> {
    if let Some(number) = env("CI_MERGE_REQUEST_IID") {
        return Some(pull_request(
            Some(number),
            differ(env("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH").as_deref(), env("CI_MERGE_REQUEST_PROJECT_PATH").as_deref()),
        ));
    }
    if let Some(number) = env("CI_EXTERNAL_PULL_REQUEST_IID") {
        let (source, target) = (env("CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY"), env("CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY"));
        return Some(pull_request(Some(number), differ(source.as_deref(), target.as_deref())));
    }
    tag_or_branch(env("CI_COMMIT_TAG"), env("CI_COMMIT_BRANCH"))
}

/// `CHANGE_ID`, `BRANCH_NAME`, `TAG_NAME` in a multibranch job, else the git plugin's `GIT_BRANCH`.
fn jenkins(env: Env<'_>) -> Option<Trigger> {
    if let Some(number) = env("CHANGE_ID") {
        return Some(pull_request(Some(number), env("CHANGE_FORK").is_some()));
    }
    let named = tag_or_branch(env("TAG_NAME"), env("BRANCH_NAME"));
    named.or_else(|| {
        let name = env("GIT_BRANCH").filter(|name| name != "detached")?;
        let plain = name.strip_prefix("origin/").unwrap_or(&name);
        let tag = plain.strip_prefix("tags/").map(|name| Trigger::Tag { name: name.to_owned() });
        of_ref(plain).or(tag).or_else(|| Some(Trigger::Branch { name: plain.to_owned() }))
    })
}

fn travis(env: Env<'_>) -> Option<Trigger> {
    match env("TRAVIS_PULL_REQUEST").filter(|number| number != "false") {
        Some(number) => {
            Some(pull_request(Some(number), differ(env("TRAVIS_PULL_REQUEST_SLUG").as_deref(), env("TRAVIS_REPO_SLUG").as_deref())))
        }
        None => tag_or_branch(env("TRAVIS_TAG"), env("TRAVIS_BRANCH")),
    }
}
