//! A pull request: through `gh` or `glab`, else the page on which a person opens it.

use crate::process::{self, Command};
use crate::report::{Error, Result};

/// What is asked for.
pub(super) struct Request<'a> {
    /// The platform repo.
    pub url: &'a str,
    /// From this branch …
    pub branch: &'a str,
    /// … into this one.
    pub base: &'a str,
    /// One line.
    pub title: &'a str,
    /// Markdown.
    pub body: &'a str,
}

/// Opens the pull request, or brings an open one up to date. Gives where it is, and whether a person
/// has to open it there.
///
/// # Errors
/// Exit code 1 with the words of `gh` or `glab`.
pub(super) fn open(request: &Request<'_>) -> Result<(String, bool)> {
    let (host, path) = host(request.url);
    let program = if host.contains("gitlab") { "glab" } else { "gh" };
    if !process::exists(program) || host.is_empty() {
        return Ok((page(&host, &path, request), true));
    }
    let repo = format!("{host}/{path}");
    let run = |args: &[&str]| process::read(&Command::new(program, args).arg("--repo").arg(&repo));
    let url = if program == "gh" { github(request, &run)? } else { gitlab(request, &run)? };
    Ok((url, false))
}

type Run<'a> = &'a dyn Fn(&[&str]) -> Result<String>;

fn github(request: &Request<'_>, run: Run<'_>) -> Result<String> {
    let (head, base) = (["--head", request.branch], ["--base", request.base]);
    let text = ["--title", request.title, "--body", request.body];
    let open = run(&[&["pr", "list", "--state", "open", "--json", "url", "--jq", ".[0].url"][..], &head, &base].concat())?;
    if open.is_empty() {
        return run(&[&["pr", "create"][..], &head, &base, &text].concat()).map(|text| last_line(&text));
    }
    run(&[&["pr", "edit", &open][..], &text].concat())?;
    Ok(open)
}

fn gitlab(request: &Request<'_>, run: Run<'_>) -> Result<String> {
    let (source, target) = (["--source-branch", request.branch], ["--target-branch", request.base]);
    let text = ["--title", request.title, "--description", request.body];
    let found = run(&[&["mr", "list", "--output", "json"][..], &source, &target].concat())?;
    let list: serde_json::Value =
        serde_json::from_str(&found).map_err(|error| Error::failed(format!("`glab mr list` is not JSON: {error}")))?;
    let Some(number) = list[0]["iid"].as_u64() else {
        return run(&[&["mr", "create", "--yes"][..], &source, &target, &text].concat()).map(|text| last_line(&text));
    };
    run(&[&["mr", "update", &number.to_string()][..], &text].concat())?;
    Ok(list[0]["web_url"].as_str().unwrap_or_default().to_owned())
}

/// The programs tell what they do before they print the address.
fn last_line(text: &str) -> String {
    text.lines().rfind(|line| line.contains("://")).unwrap_or(text).trim().to_owned()
}

/// `git@host:team/app.git`, `https://user@host/team/app` → host and `team/app`; empty for a path.
fn host(url: &str) -> (String, String) {
    let plain = url.trim_end_matches('/').trim_end_matches(".git");
    let (address, path) = match plain.split_once("://") {
        Some(("file", _)) => return (String::new(), String::new()),
        Some((_, rest)) => rest.split_once('/').unwrap_or((rest, "")),
        None => match plain.split_once(':') {
            Some((host, path)) if !host.contains('/') => (host, path),
            _ => return (String::new(), String::new()),
        },
    };
    let host = address.rsplit_once('@').map_or(address, |(_, host)| host);
    (host.to_owned(), path.to_owned())
}

fn page(host: &str, path: &str, request: &Request<'_>) -> String {
    let Request { branch, base, .. } = request;
    if host.is_empty() {
        format!("branch {branch} of {}", request.url)
    } else if host.contains("gitlab") {
        format!(
            "https://{host}/{path}/-/merge_requests/new?merge_request%5Bsource_branch%5D={}&merge_request%5Btarget_branch%5D={}",
            branch.replace('/', "%2F"),
            base.replace('/', "%2F")
        )
    } else {
        format!("https://{host}/{path}/compare/{base}...{branch}?expand=1")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_to_open_a_request_follows_from_the_url() {
        let to = |url: &str| {
            let (host, path) = host(url);
            page(&host, &path, &Request { url, branch: "instep/users/production", base: "main", title: "", body: "" })
        };
        assert_eq!(to("git@github.com:acme/p.git"), "https://github.com/acme/p/compare/main...instep/users/production?expand=1");
        assert_eq!(
            to("https://u:t@gitlab.example.com/acme/p.git"),
            "https://gitlab.example.com/acme/p/-/merge_requests/new?merge_request%5Bsource_branch%5D=instep%2Fusers%2Fproduction&merge_request%5Btarget_branch%5D=main"
        );
        assert_eq!(to("file:///srv/p.git"), "branch instep/users/production of file:///srv/p.git");
    }
}
