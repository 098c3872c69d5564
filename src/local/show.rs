//! What a person sees of a running service.

use std::time::Duration;

use serde_json::json;

use super::plan::Service;
use crate::report::style::{BOLD, DIM, GOOD, LINK, paint};
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

/// A URL that a terminal lets people click (OSC 8).
fn link(url: &str, report: &Report) -> String {
    if report.is_live() { format!("\x1b]8;;{url}\x1b\\{}\x1b]8;;\x1b\\", paint(LINK, url)) } else { url.to_owned() }
}
