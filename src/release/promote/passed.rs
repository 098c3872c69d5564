//! What a platform repo tells of releases that passed: in the service's folder, and, where that takes pull requests
//! only, on a branch of instep's own beside it.

use super::folder::{RELEASE, Release};
use super::held;
use crate::config::{Environment, Gitops, Service};
use crate::repo::{self, Fetched};
use crate::report::Result;

/// How many changes of a folder are looked through, the newest first.
const LOOKED_AT: usize = 50;

/// What the platform repo holds for an environment.
pub(super) struct Told {
    /// What is committed now.
    pub(super) now: Option<Release>,
    /// Releases that passed, the newest first.
    pub(super) passed: Vec<Release>,
}

/// The branch that says which releases passed, for an environment that takes pull requests only.
pub(super) fn branch(service: &str, environment: &str) -> String {
    format!("instep/passed/{service}/{environment}")
}

/// Looks into the folder's history.
///
/// # Errors
/// Exit code 1 for a repository that can't be reached, 2 for a branch that is not there.
pub(super) fn releases(environment: &Environment, gitops: &Gitops) -> Result<Told> {
    let fetched = repo::fetch(&gitops.repository, Some(&gitops.branch))?;
    let now = held(&fetched, gitops);
    let mut passed: Vec<Release> = now.iter().filter(|now| now.passed.is_some()).cloned().collect();
    if gitops.pull_request {
        let service = Service::of(&environment.places[0].scope)?.name;
        let beside = branch(&service, &environment.name);
        if fetched.branch(&gitops.repository, &beside).is_some() {
            passed.extend(of_history(&repo::fetch(&gitops.repository, Some(&beside))?, gitops)?);
        }
    }
    passed.extend(of_history(&fetched, gitops)?);
    Ok(Told { now, passed })
}

fn of_history(fetched: &Fetched, gitops: &Gitops) -> Result<Vec<Release>> {
    let file = format!("{}/{RELEASE}", gitops.path);
    let commits = fetched.changes(&gitops.repository, &file)?;
    let release = |commit: &String| fetched.show(commit, &file).as_deref().and_then(Release::parse);
    Ok(commits.iter().take(LOOKED_AT).filter_map(release).filter(|release| release.passed.is_some()).collect())
}
