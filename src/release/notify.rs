//! `[notify]`: one message per deployment. It never makes a deployment fail.

use std::time::Duration;

use serde_json::json;

use crate::config::{Notify, Scope};
use crate::http::{self, Client, Request, Tls};
use crate::kube::record::{Outcome, Record};
use crate::report::{Error, Problem, Report};

/// How long one waits for who is told.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is told.
pub(super) struct News<'a> {
    pub(super) service: &'a str,
    pub(super) version: &'a str,
    pub(super) environment: &'a str,
    pub(super) who: &'a str,
    /// None when it failed before anything was changed.
    pub(super) record: Option<&'a Record>,
    pub(super) error: Option<&'a Error>,
    /// Why a refusal was gone past.
    pub(super) reason: Option<&'a str>,
}

/// Tells it, where the file names somebody.
pub(super) fn tell(scope: &Scope, news: &News<'_>, report: &Report) {
    let notify = match Notify::of(scope) {
        Ok(notify) => notify,
        Err(error) => return error.problems.iter().for_each(|problem| report.warn(problem)),
    };
    let Some(webhook) = notify.slack else { return };
    report.masker.add(&webhook);
    let body = json!({ "text": report.masker.mask(&words(news)) }).to_string();
    let headers = [("content-type".to_owned(), "application/json".to_owned())];
    let request = Request { method: "POST", url: &webhook, headers: &headers, body: body.into(), timeout: PATIENCE };
    let answer =
        Client::new(webhook.starts_with("https://").then(Tls::default).as_ref()).and_then(|client| http::run(client.send(request)));
    let fault = match answer {
        Ok(Ok(answer)) if (200..300).contains(&answer.status) => return,
        Ok(Ok(answer)) => format!("it answers {}", answer.status),
        Ok(Err(fault)) => fault.to_string(),
        Err(error) => error.message().to_owned(),
    };
    report.warn(&Problem { message: format!("slack was not told: {fault}"), ..Problem::default() });
}

fn words(news: &News<'_>) -> String {
    let News { service, version, environment, who, record, error, reason } = news;
    let version = record.map_or(*version, |record| &record.version);
    let revision = record.map_or_else(String::new, |record| format!(" (v{})", record.revision));
    let (sign, end) = match (error, record.map(|record| record.outcome)) {
        (None, _) => ("✓", "serves"),
        (Some(_), Some(Outcome::RolledBack)) => ("✗", "failed, and the release before serves again"),
        (Some(_), Some(_)) => ("✗", "failed"),
        (Some(_), None) => ("✗", "was not begun"),
    };
    let mut text = format!("{sign} {service} {version}{revision} in {environment}: {end}. By {who}.");
    if let Some(error) = error {
        text.push_str(&format!("\n{}", error.message()));
    }
    if let Some(reason) = reason {
        text.push_str(&format!("\nA refusal was overridden: {reason}"));
    }
    text
}
