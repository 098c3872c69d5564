//! Who deploys: the CI job with its address, or the user.

use std::path::Path;

use crate::process::{self, Command};

/// The address of the CI job (the variables are those that the CI systems document), else the user: as the
/// system knows him, or as git does.
pub(super) fn who(env: impl Fn(&str) -> Option<String>, root: &Path) -> String {
    let set = |name: &str| env(name).filter(|value| !value.is_empty());
    let github = || {
        let (server, repository, run) = (set("GITHUB_SERVER_URL")?, set("GITHUB_REPOSITORY")?, set("GITHUB_RUN_ID")?);
        Some(format!("{server}/{repository}/actions/runs/{run}"))
    };
    let azure = || {
        let (server, project, build) = (set("SYSTEM_COLLECTIONURI")?, set("SYSTEM_TEAMPROJECT")?, set("BUILD_BUILDID")?);
        Some(format!("{}/{}/_build/results?buildId={build}", server.trim_end_matches('/'), project.replace(' ', "%20")))
    };
    let jobs = ["CI_JOB_URL", "TRAVIS_JOB_WEB_URL", "BUILDKITE_BUILD_URL", "CIRCLE_BUILD_URL", "DRONE_BUILD_LINK", "BUILD_URL"];
    let job = || jobs.iter().find_map(|name| set(name));
    let user = || ["USER", "LOGNAME"].iter().find_map(|name| set(name));
    let ask = |program: &str, args: &[&str]| process::read(&Command::new(program, args).dir(root)).ok().filter(|name| !name.is_empty());
    let known = || ask("git", &["config", "user.name"]).or_else(|| ask("id", &["-un"]));
    github().or_else(azure).or_else(job).or_else(user).or_else(known).unwrap_or_else(|| "unknown".to_owned())
}

#[cfg(test)]
mod tests {
    /// What is set, and who that is.
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a str);

    #[test]
    fn a_ci_job_is_named_before_its_user() {
        let azure = [("SYSTEM_COLLECTIONURI", "https://dev.azure.com/acme/"), ("SYSTEM_TEAMPROJECT", "our shop"), ("BUILD_BUILDID", "7")];
        let github = [("GITHUB_SERVER_URL", "https://github.com"), ("GITHUB_REPOSITORY", "acme/users"), ("GITHUB_RUN_ID", "7")];
        let cases: [Case<'_>; 5] = [
            (&azure, "https://dev.azure.com/acme/our%20shop/_build/results?buildId=7"),
            (&github, "https://github.com/acme/users/actions/runs/7"),
            (&[("BUILD_URL", "https://ci/job/7"), ("USER", "jenkins")], "https://ci/job/7"),
            (&[("BUILDKITE_BUILD_URL", "https://buildkite.com/acme/users/builds/7")], "https://buildkite.com/acme/users/builds/7"),
            (&[("USER", "ada")], "ada"),
        ];
        for (variables, expected) in cases {
            let env = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(super::who(env, std::path::Path::new("/")), expected);
        }
    }
}
