//! What a person sees of what runs.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use super::crew::Crew;
use super::plan::Service;
use super::state::{Member, State};
use crate::repo::Change;
use crate::report::style::{BAD, BOLD, DIM, GOOD, LINK, NAME, paint};
use crate::report::table::columns;
use crate::report::{Report, text};

/// All is ready: where it is, how long it took, how to stop it. `quick`: nobody will read where it serves.
pub(super) fn ready(crew: &Crew<'_>, quick: bool, keys: &str) {
    let report = crew.report;
    let (members, elapsed) = (crew.listed(), crew.begin.elapsed());
    let running = crew.main();
    let main = running.map(|running| &running.service);
    if report.is_json() {
        let tries = running.map(|running| running.tries.as_slice()).unwrap_or_default();
        let tries = tries.iter().map(|(reason, n)| json!({ "reason": reason, "count": n })).collect::<Vec<_>>();
        return report.line(&json!({
            "event": "ready",
            "service": crew.main,
            "url": main.and_then(Service::url),
            "endpoints": main.map(|service| &service.endpoints),
            "seconds": seconds(elapsed),
            "tries": tries,
            "services": members,
        }));
    }
    let state = if main.is_some_and(|service| service.port.is_none()) { "runs" } else { "is ready" };
    let took = paint(DIM, &format!("({})", text::elapsed(elapsed)));
    let story = running.filter(|running| !running.story.is_empty()).map(|running| paint(DIM, &format!("  {}", running.story)));
    let line = format!("{} {} {state} {took}{}", paint(GOOD, "✓"), paint(BOLD, &crew.main), story.unwrap_or_default());
    if quick {
        return report.note(&line);
    }
    report.note(&format!("\n{line}"));
    let mut rows: Vec<Vec<String>> = Vec::new();
    match main {
        Some(service) if members.len() == 1 => rows.extend(service.url().map(|url| vec!["url".to_owned(), link(&url, report)])),
        _ => report.note(table(&members, report).trim_end()),
    }
    rows.extend(main.map(|service| endpoints(service, report)).unwrap_or_default());
    if members.len() > 1 && !rows.is_empty() {
        report.note("");
    }
    report.note(&format!("{}{}", columns(&rows, 2), paint(DIM, &format!("  Ctrl-C stops it{keys}"))));
    report.note("");
}

/// Service, state, URL, time to ready.
fn table(members: &[Member], report: &Report) -> String {
    let row = |member: &Member| {
        let mark = match member.state.as_str() {
            "ready" | "done" | "runs" => paint(GOOD, "✓"),
            "ended" => paint(BAD, "✗"),
            _ => paint(NAME, "▸"),
        };
        let url = member.url.as_deref().map(|url| link(url, report)).unwrap_or_default();
        let seconds = member.seconds.filter(|_| member.state != "runs");
        let time = seconds.map(|time| paint(DIM, &text::elapsed(Duration::from_secs_f64(time.max(0.0))))).unwrap_or_default();
        vec![format!("{mark} {}", member.name), member.state.clone(), url, time]
    };
    columns(&members.iter().map(row).collect::<Vec<_>>(), 2)
}

/// What else people look at, each URL once.
fn endpoints(service: &Service, report: &Report) -> Vec<Vec<String>> {
    let mut endpoints: Vec<(String, &str)> = Vec::new();
    for endpoint in &service.endpoints {
        match endpoints.iter_mut().find(|(_, url)| *url == endpoint.url) {
            Some((names, _)) => names.push_str(&format!(", {}", endpoint.name)),
            None => endpoints.push((endpoint.name.clone(), &endpoint.url)),
        }
    }
    endpoints.iter().map(|(names, url)| vec![paint(DIM, names), link(url, report)]).collect()
}

/// Its files changed: it is restarted.
pub(super) fn changed(name: &str, change: &Change, report: &Report) {
    if report.is_json() {
        return report.line(&json!({ "event": "changed", "service": name, "files": change.files }));
    }
    let why = if change.files.is_empty() { "is started again".to_owned() } else { format!("changed: {}", change.title()) };
    report.note(&format!("{} {} {why}", paint(NAME, "▸"), paint(NAME, name)));
}

/// It runs again, so long after the change; `own`: as much of it was instep's.
pub(super) fn ready_again(service: &Service, change: &Change, own: Duration, report: &Report) {
    let elapsed = change.at.elapsed();
    if report.is_json() {
        return report.line(&json!({
            "event": "restarted",
            "service": service.name,
            "url": service.url(),
            "seconds": seconds(elapsed),
            "own-seconds": seconds(own),
        }));
    }
    let state = if service.port.is_some() { "is ready again" } else { "runs again" };
    let after = if change.files.is_empty() { "" } else { " after the change" };
    let took = format!("({}{after}; {} of it instep's)", text::elapsed(elapsed), text::elapsed(own));
    report.note(&format!("{} {} {state} {}", paint(GOOD, "✓"), paint(BOLD, &service.name), paint(DIM, &took)));
}

/// What runs here, as another run sees it.
pub fn status(state: &State, report: &Report) {
    report.document(json!({
        "running": true, "ready": state.ready, "url": state.url, "pid": state.pid, "services": state.services,
    }));
    let words = if state.ready { "runs" } else { "starts" };
    let url = state.url.as_ref().map(|url| format!("  {url}")).unwrap_or_default();
    report.result(&format!("{} {words}{url}  (process {})", state.service, state.pid));
    if state.services.len() > 1 {
        report.result(table(&state.services, report).trim_end());
    }
}

/// It runs in the background.
pub(super) fn detached(state: &State, log: &Path, report: &Report) {
    status(state, report);
    report.note(&paint(DIM, &format!("  log: {}; `instep run-local --stop` stops it", log.display())));
}

/// To the millisecond.
pub(super) fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1000.0).round() / 1000.0
}

/// A URL that a terminal lets people click (OSC 8).
fn link(url: &str, report: &Report) -> String {
    match (report.is_live(), url.contains("://")) {
        (true, true) => format!("\x1b]8;;{url}\x1b\\{}\x1b]8;;\x1b\\", paint(LINK, url)),
        _ => url.to_owned(),
    }
}
