//! What an event is compared with, as the variables of the CI system tell (each system's own documentation of them).

use super::trigger::{Env, Trigger, payload};

/// What an event is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// This commit.
    Commit(String),
    /// The commit where HEAD left this branch.
    Branch(String),
    /// Nothing: the branch is new.
    New,
    /// Nobody says.
    Untold,
}

/// The commit before a push, the target of a pull request.
pub(super) fn of(system: &str, trigger: &Trigger, env: Env<'_>) -> Before {
    match trigger {
        Trigger::Branch { .. } => pushed(system, env).map_or(Before::Untold, commit),
        Trigger::PullRequest { .. } => match (requested(system, env), target(system, env)) {
            (Some(base), _) => commit(base),
            (None, Some(branch)) => Before::Branch(branch.trim_start_matches("refs/heads/").to_owned()),
            (None, None) => Before::Untold,
        },
        Trigger::Commit | Trigger::Tag { .. } => Before::Untold,
    }
}

/// Zeros stand for the commit before the first one. What is no hash is not given to git.
fn commit(text: String) -> Before {
    let hash = text.trim_end_matches('^');
    if hash.len() < 7 || !hash.chars().all(|c| c.is_ascii_hexdigit()) {
        Before::Untold
    } else if hash.chars().all(|c| c == '0') {
        Before::New
    } else {
        Before::Commit(text)
    }
}

/// Where the branch was before. Jenkins knows better than the push: where the branch was when it last ended well.
fn pushed(system: &str, env: Env<'_>) -> Option<String> {
    match system {
        "Drone" => env("DRONE_COMMIT_BEFORE"),
        "GitHub Actions" => payload(env)["before"].as_str().map(str::to_owned),
        "GitLab CI" => env("CI_COMMIT_BEFORE_SHA"),
        "Jenkins" => env("GIT_PREVIOUS_SUCCESSFUL_COMMIT"),
        "Travis CI" => env("TRAVIS_COMMIT_RANGE")?.split("...").next().map(str::to_owned),
        _ => None,
    }
}

/// The commit that a pull request began at.
fn requested(system: &str, env: Env<'_>) -> Option<String> {
    if system == "GitLab CI" { env("CI_MERGE_REQUEST_DIFF_BASE_SHA") } else { None }
}

/// The branch that a pull request is to go into.
fn target(system: &str, env: Env<'_>) -> Option<String> {
    match system {
        "Azure Pipelines" => env("SYSTEM_PULLREQUEST_TARGETBRANCH"),
        "Buildkite" => env("BUILDKITE_PULL_REQUEST_BASE_BRANCH"),
        "Drone" => env("DRONE_TARGET_BRANCH"),
        "GitHub Actions" => env("GITHUB_BASE_REF"),
        "GitLab CI" => env("CI_MERGE_REQUEST_TARGET_BRANCH_NAME").or_else(|| env("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME")),
        "Jenkins" => env("CHANGE_TARGET"),
        "Travis CI" => env("TRAVIS_BRANCH"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(system: &str, trigger: &Trigger, variables: &[(&str, &str)]) -> Before {
        let env = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        of(system, trigger, &env)
    }

    /// A system, an event, what is set, and what that means.
    type Case<'a> = (&'a str, &'a Trigger, &'a [(&'a str, &'a str)], Before);

    #[test]
    fn each_system_tells_what_an_event_is_compared_with() {
        let push = Trigger::Branch { name: "main".into() };
        let request = Trigger::PullRequest { number: None, fork: true };
        let commit = |text: &str| Before::Commit(text.into());
        let main = Before::Branch("main".into());
        let cases: &[Case<'_>] = &[
            ("Azure Pipelines", &push, &[], Before::Untold),
            ("Azure Pipelines", &request, &[("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main")], main.clone()),
            ("Buildkite", &request, &[("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "main")], main.clone()),
            ("CircleCI", &request, &[], Before::Untold),
            ("Drone", &push, &[("DRONE_COMMIT_BEFORE", "1a2b3c4d")], commit("1a2b3c4d")),
            ("Drone", &request, &[("DRONE_TARGET_BRANCH", "main")], main.clone()),
            ("GitHub Actions", &request, &[("GITHUB_BASE_REF", "main")], main.clone()),
            ("GitLab CI", &push, &[("CI_COMMIT_BEFORE_SHA", "0000000000000000000000000000000000000000")], Before::New),
            (
                "GitLab CI",
                &request,
                &[("CI_MERGE_REQUEST_DIFF_BASE_SHA", "1a2b3c4d"), ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main")],
                commit("1a2b3c4d"),
            ),
            ("Jenkins", &push, &[("GIT_PREVIOUS_SUCCESSFUL_COMMIT", "1a2b3c4d")], commit("1a2b3c4d")),
            ("Jenkins", &request, &[("CHANGE_TARGET", "main")], main.clone()),
            ("Travis CI", &push, &[("TRAVIS_COMMIT_RANGE", "1a2b3c4d^...5f7e7463")], commit("1a2b3c4d^")),
            ("Travis CI", &push, &[("TRAVIS_COMMIT_RANGE", "--output=x...5f7e7463")], Before::Untold),
            ("Travis CI", &request, &[("TRAVIS_BRANCH", "main")], main.clone()),
        ];
        for (system, trigger, variables, expected) in cases {
            assert_eq!(told(system, trigger, variables), *expected, "{system} {variables:?}");
        }
    }
}
