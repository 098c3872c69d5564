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
    let job = || ["CI_JOB_URL", "TRAVIS_JOB_WEB_URL", "BUILD_URL"].iter().find_map(|name| set(name));
    let user = || ["USER", "LOGNAME"].iter().find_map(|name| set(name));
    let ask = |program: &str, args: &[&str]| process::read(&Command::new(program, args).dir(root)).ok().filter(|name| !name.is_empty());
    let known = || ask("git", &["config", "user.name"]).or_else(|| ask("id", &["-un"]));
    github().or_else(job).or_else(user).or_else(known).unwrap_or_else(|| "unknown".to_owned())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_ci_job_is_named_before_its_user() {
        let env = |name: &str| match name {
            "BUILD_URL" => Some("https://ci/job/7".to_owned()),
            "USER" => Some("jenkins".to_owned()),
            _ => None,
        };
        assert_eq!(super::who(env, std::path::Path::new("/")), "https://ci/job/7");
    }
}
