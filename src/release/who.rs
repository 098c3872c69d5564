//! Who deploys: the CI job with its address, or the user.

/// The address of the CI job (the variables are those that the CI systems document), else the user.
pub(super) fn who(env: impl Fn(&str) -> Option<String>) -> String {
    let set = |name: &str| env(name).filter(|value| !value.is_empty());
    let github = || {
        let (server, repository, run) = (set("GITHUB_SERVER_URL")?, set("GITHUB_REPOSITORY")?, set("GITHUB_RUN_ID")?);
        Some(format!("{server}/{repository}/actions/runs/{run}"))
    };
    let job = || ["CI_JOB_URL", "TRAVIS_JOB_WEB_URL", "BUILD_URL"].iter().find_map(|name| set(name));
    let user = || ["USER", "LOGNAME"].iter().find_map(|name| set(name));
    github().or_else(job).or_else(user).unwrap_or_else(|| "unknown".to_owned())
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
        assert_eq!(super::who(env), "https://ci/job/7");
        assert_eq!(super::who(|_| None), "unknown");
    }
}
