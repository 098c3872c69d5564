//! A pull request through the provider's HTTP API (docs.github.com/rest/pulls/pulls, docs.gitlab.com/api/merge_requests).

use std::time::Duration;

use serde_json::{Value, json};

use super::remote::{Provider, Remote};
use super::request::Request;
use crate::http::{self, Answer, Client, Fault, Tls, encoded_query};
use crate::report::{Error, Kind, Report, Result};

/// GitHub ends what takes it longer than ten seconds.
const PATIENCE: Duration = Duration::from_secs(12);

/// The API of one repository.
pub(super) struct Api<'a> {
    pub(super) remote: &'a Remote,
    /// The variable that the token is from.
    pub(super) variable: &'static str,
    pub(super) token: String,
}

impl Api<'_> {
    /// Opens the pull request, or brings an open one up to date; gives its page.
    ///
    /// # Errors
    /// Exit code 1 when the provider refuses, 4 when it does not answer.
    pub(super) fn open(&self, request: &Request<'_>, report: &Report) -> Result<String> {
        report.masker.add(&self.token);
        if let Some(open) = self.find(request)? {
            return self.update(&open, request);
        }
        let answer = self.send("POST", &self.remote.api(), Some(&self.wanted(request)))?;
        match answer.status {
            200 | 201 => self.page(&body(&answer)),
            // Somebody else opened it in between.
            409 | 422 => match self.find(request)? {
                Some(open) => self.update(&open, request),
                None => Err(self.refused(&answer)),
            },
            _ => Err(self.refused(&answer)),
        }
    }

    /// The open request from this branch, if there is one.
    fn find(&self, request: &Request<'_>) -> Result<Option<Value>> {
        let owner = self.remote.path.split('/').next().unwrap_or_default();
        let of_owner = format!("{owner}:{}", request.branch);
        let query = match self.remote.provider {
            Provider::GitHub => [("state", "open"), ("head", of_owner.as_str()), ("base", request.base)],
            Provider::GitLab => [("state", "opened"), ("source_branch", request.branch), ("target_branch", request.base)],
        };
        let pairs = query.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let answer = self.send("GET", &format!("{}?{}", self.remote.api(), encoded_query(&pairs)), None)?;
        if answer.status != 200 {
            return Err(self.refused(&answer));
        }
        // A branch of a fork may have the same name.
        let own = |found: &&Value| found["source_project_id"] == found["target_project_id"];
        Ok(body(&answer).as_array().and_then(|list| list.iter().find(own)).cloned())
    }

    fn update(&self, open: &Value, request: &Request<'_>) -> Result<String> {
        let (method, number) = match self.remote.provider {
            Provider::GitHub => ("PATCH", &open["number"]),
            Provider::GitLab => ("PUT", &open["iid"]),
        };
        let answer = self.send(method, &format!("{}/{number}", self.remote.api()), Some(&self.wanted(request)))?;
        if answer.status == 200 { self.page(&body(&answer)) } else { Err(self.refused(&answer)) }
    }

    fn wanted(&self, request: &Request<'_>) -> Value {
        let Request { branch, base, title, body, .. } = request;
        match self.remote.provider {
            Provider::GitHub => json!({ "title": title, "body": body, "head": branch, "base": base }),
            Provider::GitLab => json!({ "title": title, "description": body, "source_branch": branch, "target_branch": base }),
        }
    }

    fn page(&self, answer: &Value) -> Result<String> {
        let key = if self.remote.provider == Provider::GitHub { "html_url" } else { "web_url" };
        let page = answer[key].as_str().map(str::to_owned);
        page.ok_or_else(|| Error::failed(format!("what {} answers is not a pull request", self.remote.host)))
    }

    fn send(&self, method: &str, url: &str, body: Option<&Value>) -> Result<Answer> {
        let header = |name: &str, value: String| (name.to_owned(), value);
        let mut headers = match self.remote.provider {
            Provider::GitHub => vec![
                header("accept", "application/vnd.github+json".into()),
                header("authorization", format!("Bearer {}", self.token)),
                header("x-github-api-version", "2022-11-28".into()),
            ],
            Provider::GitLab => vec![header("private-token", self.token.clone())],
        };
        headers.extend(body.map(|_| header("content-type", "application/json".into())));
        let body = body.map(Value::to_string).unwrap_or_default().into();
        let client = Client::new(url.starts_with("https://").then(Tls::default).as_ref())?;
        let request = http::Request { method, url, headers: &headers, body, timeout: PATIENCE };
        http::run(client.send(request))?.map_err(|fault| {
            let kind = if matches!(fault, Fault::TimedOut(_)) { Kind::TimedOut } else { Kind::Failed };
            Error::new(kind, format!("{} did not open the pull request: {fault}", self.remote.host))
        })
    }

    /// The status in words, with what the provider says of it.
    fn refused(&self, answer: &Answer) -> Error {
        let Self { remote, variable, .. } = self;
        let why = match answer.status {
            401 => format!("it does not know the token in {variable}"),
            403 => format!("the token in {variable} may not do that"),
            404 => format!("it has no {}, or the token in {variable} may not see it", remote.path),
            301 | 302 | 307 | 308 => format!("{} is called something else there now: correct `repository`", remote.path),
            status => format!("it answers {status}"),
        };
        let error = Error::failed(format!("{} did not open the pull request: {why}", remote.host));
        said(&body(answer)).map_or(error.clone(), |said| error.note(format!("it says: {said}")))
    }
}

fn body(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

/// What the provider says of a fault: a message, and with GitHub one for each reason; GitLab gives lists or an `error`.
fn said(answer: &Value) -> Option<String> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(list) => Some(list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; ")),
        _ => None,
    };
    let mut all: Vec<String> = [&answer["message"], &answer["error"]].into_iter().filter_map(text).collect();
    all.extend(answer["errors"].as_array().into_iter().flatten().filter_map(|error| text(&error["message"])));
    all.retain(|part| !part.is_empty());
    (!all.is_empty()).then(|| all.join(": "))
}
