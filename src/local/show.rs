//! What a person sees of a running service.

use std::time::Duration;

use serde_json::json;

use super::plan::Service;
use crate::repo::Change;
use crate::report::style::{BOLD, DIM, GOOD, LINK, NAME, paint};
use crate::report::table::columns;
use crate::report::{Report, text};

/// The service is ready: where it is, how long it took, how to stop it.
pub(super) fn ready(service: &Service, elapsed: Duration, quick: bool, report: &Report) {
    if report.is_json() {
        let seconds = (elapsed.as_secs_f64() * 1000.0).round() / 1000.0;
        report.line(&json!({
            "event": "ready",
            "service": service.name,
            "url": service.url(),
            "endpoints": service.endpoints,
            "seconds": seconds,
        }));
        return;
    }
    let state = if service.port.is_some() { "is ready" } else { "runs" };
    let took = paint(DIM, &format!("({})", text::elapsed(elapsed)));
    let line = format!("{} {} {state} {took}", paint(GOOD, "✓"), paint(BOLD, &service.name));
    if quick {
        return report.note(&line);
    }
    report.note(&format!("\n{line}"));
    let mut rows: Vec<Vec<String>> = Vec::new();
    rows.extend(service.url().map(|url| vec!["url".to_owned(), link(&url, report)]));
    let mut endpoints: Vec<(String, &str)> = Vec::new();
    for endpoint in &service.endpoints {
        match endpoints.iter_mut().find(|(_, url)| *url == endpoint.url) {
            Some((names, _)) => names.push_str(&format!(", {}", endpoint.name)),
            None => endpoints.push((endpoint.name.clone(), &endpoint.url)),
        }
    }
    rows.extend(endpoints.iter().map(|(names, url)| vec![paint(DIM, names), link(url, report)]));
    report.note(&format!("{}{}", columns(&rows, 2), paint(DIM, "  Ctrl-C stops it")));
    report.note("");
}

/// Its files changed: it is restarted.
pub(super) fn changed(service: &Service, change: &Change, report: &Report) {
    if report.is_json() {
        return report.line(&json!({ "event": "changed", "service": service.name, "files": change.files }));
    }
    report.note(&format!("{} {} changed: {}", paint(NAME, "▸"), paint(NAME, &service.name), change.title()));
}

/// It runs again, so long after the change; `own`: as much of it was instep's.
pub(super) fn ready_again(service: &Service, elapsed: Duration, own: Duration, report: &Report) {
    if report.is_json() {
        let seconds = |time: Duration| (time.as_secs_f64() * 1000.0).round() / 1000.0;
        return report.line(&json!({
            "event": "restarted",
            "service": service.name,
            "url": service.url(),
            "seconds": seconds(elapsed),
            "own-seconds": seconds(own),
        }));
    }
    let state = if service.port.is_some() { "is ready again" } else { "runs again" };
    let took = format!("({} after the change; {} of it instep's)", text::elapsed(elapsed), text::elapsed(own));
    report.note(&format!("{} {} {state} {}", paint(GOOD, "✓"), paint(BOLD, &service.name), paint(DIM, &took)));
}

/// A URL that a terminal lets people click (OSC 8).
fn link(url: &str, report: &Report) -> String {
    if report.is_live() { format!("\x1b]8;;{url}\x1b\\{}\x1b]8;;\x1b\\", paint(LINK, url)) } else { url.to_owned() }
}
