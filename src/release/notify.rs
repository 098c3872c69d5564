//! `[notify]`: one message per deployment. It never makes a deployment fail.

use std::time::Duration;

use serde_json::json;

use super::deploy::Deploy;
use super::done::Done;
use crate::config::{Notify, Scope, Service};
use crate::http::{self, Client, Request, Tls};
use crate::kube::record::Outcome;
use crate::report::{Error, Kind, Problem, Report};

/// How long one waits for who is told.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is told.
struct News<'a> {
    service: &'a str,
    version: &'a str,
    environment: &'a str,
    who: &'a str,
    /// What became of the places that were reached, by their clusters.
    done: &'a [Done<'a>],
    error: Option<&'a Error>,
    /// Why a refusal was gone past.
    reason: Option<&'a str>,
}

impl Deploy<'_> {
    /// One message per deployment, also when it was not begun; none when it was stopped by a signal.
    pub(super) fn news(&self, done: &[Done<'_>], error: Option<&Error>) {
        let Some(first) = self.environment.places.first() else { return };
        if error.is_some_and(|error| matches!(error.kind, Kind::Signal(_))) {
            return;
        }
        let service = Service::of(&first.scope).map_or_else(|_| String::new(), |it| it.name);
        let version = done.first().map_or_else(|| self.version(), |done| done.record.version.clone());
        let (environment, who, reason) = (&*self.environment.name, &*self.who(), self.reason);
        tell(&first.scope, &News { service: &service, version: &version, environment, who, done, error, reason }, self.report);
    }
}

/// Tells it, where the file names somebody.
fn tell(scope: &Scope, news: &News<'_>, report: &Report) {
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
    let News { service, version, environment, who, done, error, reason } = news;
    let revisions = match done {
        [] => String::new(),
        [done] => format!(" (v{})", done.record.revision),
        all => {
            let revision = |done: &Done<'_>| format!("{} v{}", done.target.cluster, done.record.revision);
            format!(" ({})", all.iter().map(revision).collect::<Vec<_>>().join(", "))
        }
    };
    let (sign, end) = match error {
        None if done.iter().any(|done| done.record.rollback_of.is_some()) => ("✓", "serves again"),
        None => ("✓", "serves"),
        Some(error) => ("✗", ended(error, done)),
    };
    let mut text = format!("{sign} {service} {version}{revisions} in {environment}: {end}. By {who}.");
    for problem in error.iter().flat_map(|error| &error.problems).take(1) {
        text.push_str(&format!("\n{}", problem.message));
        problem.notes.iter().for_each(|note| text.push_str(&format!("\n– {note}")));
    }
    if let Some(reason) = reason {
        text.push_str(&format!("\nA refusal was overridden: {reason}"));
    }
    text
}

/// What a failure came to.
fn ended(error: &Error, done: &[Done<'_>]) -> &'static str {
    let back = |done: &Done<'_>| done.serves || done.record.outcome == Outcome::RolledBack;
    match error.kind {
        Kind::Broken if done.is_empty() => "was not begun",
        Kind::Broken => "failed, and is not as it was before",
        _ if done.iter().any(back) => "failed, and the release before serves again",
        _ if done.is_empty() => "was not begun",
        _ => "failed before anything was changed",
    }
}
