//! A pull request: through `gh` or `glab`, else the provider's API, else the page on which a person opens it.

use super::api::Api;
use super::remote::{Provider, Remote};
use crate::process::{self, Command};
use crate::report::{Error, Problem, Report, Result};

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
/// Exit code 1 with the words of `gh`, `glab` or the provider's API, 4 when that does not answer.
pub(super) fn open(request: &Request<'_>, report: &Report) -> Result<(String, bool)> {
    let Some(remote) = Remote::of(request.url) else {
        return Ok((format!("branch {} of {}", request.branch, request.url), true));
    };
    let page = remote.page(request.branch, request.base);
    let opened = if process::exists(remote.program()) {
        by_program(&remote, request)
    } else if let Some((variable, token)) = remote.token().filter(|_| !is_refused(&remote, report)) {
        Api { remote: &remote, variable, token }.open(request, report)
    } else {
        return Ok((page, true));
    };
    let stays = |error: Error| {
        let error = error.note(format!("branch {} is pushed", request.branch));
        error.help(format!("open it by hand: {page}"))
    };
    opened.map(|url| (url, false)).map_err(stays)
}

/// A token is not sent where everybody on the way can read it.
fn is_refused(remote: &Remote, report: &Report) -> bool {
    if remote.is_open() {
        let message = format!("no token is sent to {}, which is asked over http: everybody on the way could read it", remote.host);
        report.warn(&Problem { message, ..Problem::default() });
    }
    remote.is_open()
}

fn by_program(remote: &Remote, request: &Request<'_>) -> Result<String> {
    let repo = format!("{}/{}", remote.host, remote.path);
    let run = |args: &[&str]| process::read(&Command::new(remote.program(), args).arg("--repo").arg(&repo));
    if remote.provider == Provider::GitHub { github(request, &run) } else { gitlab(request, &run) }
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
