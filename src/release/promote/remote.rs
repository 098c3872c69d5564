//! Where a repository is hosted, as its URL says: the provider, its pages, its HTTP API.

use crate::process::env;

/// Who hosts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Provider {
    GitHub,
    GitLab,
}

/// Where a repository is hosted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Remote {
    pub(super) provider: Provider,
    /// `https`, unless the URL says `http`.
    scheme: &'static str,
    /// With the port of its pages, where that is not the usual one.
    pub(super) host: String,
    /// `team/app`.
    pub(super) path: String,
}

impl Remote {
    /// `git@host:team/app.git`, `https://user@host/team/app`; none for a path.
    pub(super) fn of(url: &str) -> Option<Self> {
        let plain = url.trim_end_matches('/').trim_end_matches(".git");
        let (scheme, address, path) = match plain.split_once("://") {
            Some(("file", _)) => return None,
            Some((scheme, rest)) => rest.split_once('/').map(|(address, path)| (scheme, address, path))?,
            // The short form of scp: a colon before the first slash.
            None => plain.split_once(':').filter(|(host, _)| !host.contains('/')).map(|(host, path)| ("ssh", host, path))?,
        };
        let host = address.rsplit_once('@').map_or(address, |(_, host)| host);
        // The port of ssh is not that of the pages.
        let host = if scheme.starts_with("http") { host } else { host.split(':').next().unwrap_or(host) };
        let provider = provider(host, env::var);
        Some(Self { provider, scheme: if scheme == "http" { "http" } else { "https" }, host: host.to_owned(), path: path.to_owned() })
    }

    /// The program that knows its API.
    pub(super) fn program(&self) -> &'static str {
        match self.provider {
            Provider::GitHub => "gh",
            Provider::GitLab => "glab",
        }
    }

    /// Where its API is (docs.github.com/rest, docs.gitlab.com/api).
    pub(super) fn api(&self) -> String {
        let Self { scheme, host, path, .. } = self;
        match self.provider {
            Provider::GitHub if host == "github.com" => format!("https://api.github.com/repos/{path}/pulls"),
            Provider::GitHub if host.ends_with(".ghe.com") => format!("https://api.{host}/repos/{path}/pulls"),
            Provider::GitHub => format!("{scheme}://{host}/api/v3/repos/{path}/pulls"),
            Provider::GitLab => format!("{scheme}://{host}/api/v4/projects/{}/merge_requests", path.replace('/', "%2F")),
        }
    }

    /// The page on which a person opens a request from one branch into another.
    pub(super) fn page(&self, branch: &str, base: &str) -> String {
        let Self { scheme, host, path, .. } = self;
        match self.provider {
            Provider::GitHub => format!("{scheme}://{host}/{path}/compare/{base}...{branch}?expand=1"),
            Provider::GitLab => format!(
                "{scheme}://{host}/{path}/-/merge_requests/new?merge_request%5Bsource_branch%5D={}&merge_request%5Btarget_branch%5D={}",
                branch.replace('/', "%2F"),
                base.replace('/', "%2F")
            ),
        }
    }

    /// What is sent there can be read on the way.
    pub(super) fn is_open(&self) -> bool {
        let name = self.host.split(':').next().unwrap_or_default();
        self.scheme == "http" && !["localhost", "127.0.0.1"].contains(&name)
    }

    /// The variable that holds a token for it, and the token.
    pub(super) fn token(&self) -> Option<(&'static str, String)> {
        token(self, env::var)
    }
}

/// A host is GitLab's when its name says so, or the environment does; GitHub's else.
fn provider(host: &str, env: impl Fn(&str) -> Option<String>) -> Provider {
    let set = |name: &str| env(name).filter(|value| !value.is_empty());
    let named = ["CI_SERVER_HOST", "GITLAB_HOST"].iter().filter_map(|name| set(name)).any(|named| host_of(&named) == host);
    let only = set("GITLAB_TOKEN").is_some() && GITHUB.iter().all(|name| set(name).is_none());
    if host.contains("gitlab") || !host.contains("github") && (named || only) { Provider::GitLab } else { Provider::GitHub }
}

/// The variables with a token for GitHub, as `gh` reads them.
const GITHUB: [&str; 2] = ["GH_TOKEN", "GITHUB_TOKEN"];
/// For a host of its own.
const ENTERPRISE: [&str; 2] = ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"];

fn token(remote: &Remote, env: impl Fn(&str) -> Option<String>) -> Option<(&'static str, String)> {
    let set = |name: &'static str| env(name).filter(|value| !value.is_empty()).map(|value| (name, value));
    if remote.provider == Provider::GitLab {
        return set("GITLAB_TOKEN");
    }
    let usual = || GITHUB.into_iter().find_map(set);
    if remote.host == "github.com" || remote.host.ends_with(".ghe.com") {
        return usual();
    }
    // In GitHub Actions the token is for one server; no other gets it.
    let server = env("GITHUB_SERVER_URL").filter(|url| !url.is_empty());
    let fits = server.is_none_or(|url| host_of(&url) == remote.host);
    ENTERPRISE.into_iter().find_map(set).or_else(|| usual().filter(|_| fits))
}

fn host_of(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_the_api_follow_from_the_url() {
        for (url, page, api) in [
            (
                "git@github.com:acme/p.git",
                "https://github.com/acme/p/compare/main...instep/users?expand=1",
                "https://api.github.com/repos/acme/p/pulls",
            ),
            (
                "ssh://git@github.example.com:7999/acme/p",
                "https://github.example.com/acme/p/compare/main...instep/users?expand=1",
                "https://github.example.com/api/v3/repos/acme/p/pulls",
            ),
            (
                "https://u:t@gitlab.example.com:8443/acme/sub/p.git",
                "https://gitlab.example.com:8443/acme/sub/p/-/merge_requests/new?merge_request%5Bsource_branch%5D=instep%2Fusers&merge_request%5Btarget_branch%5D=main",
                "https://gitlab.example.com:8443/api/v4/projects/acme%2Fsub%2Fp/merge_requests",
            ),
        ] {
            let remote = Remote::of(url);
            let found = remote.map(|remote| (remote.page("instep/users", "main"), remote.api()));
            assert_eq!(found, Some((page.to_owned(), api.to_owned())), "{url}");
        }
        assert_eq!((Remote::of("file:///srv/p.git"), Remote::of("/srv/p.git")), (None, None));
    }

    #[test]
    fn a_token_goes_to_the_server_that_it_is_for() {
        let told = |host: &str, variables: &[(&str, &str)]| {
            let env = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            let remote = Remote { provider: provider(host, env), scheme: "https", host: host.to_owned(), path: String::new() };
            token(&remote, env).map(|(name, _)| name)
        };
        let actions = ("GITHUB_SERVER_URL", "https://github.com");
        assert_eq!(told("github.com", &[("GITHUB_TOKEN", "t"), actions]), Some("GITHUB_TOKEN"));
        assert_eq!(told("git.example.com", &[("GITHUB_TOKEN", "t"), actions]), None);
        assert_eq!(told("git.example.com", &[("GITHUB_TOKEN", "t")]), Some("GITHUB_TOKEN"));
        assert_eq!(told("git.example.com", &[("GH_TOKEN", "t"), ("GH_ENTERPRISE_TOKEN", "t")]), Some("GH_ENTERPRISE_TOKEN"));
        assert_eq!(told("git.example.com", &[("GITLAB_TOKEN", "t")]), Some("GITLAB_TOKEN"));
        assert_eq!(told("github.com", &[("GITLAB_TOKEN", "t")]), None);
        assert_eq!(
            told("git.example.com", &[("GH_TOKEN", "t"), ("GITLAB_TOKEN", "t"), ("CI_SERVER_HOST", "git.example.com")]),
            Some("GITLAB_TOKEN")
        );
    }
}
