//! What an answer means: pure.

use std::time::Duration;

use hyper::StatusCode;
use serde_json::Value;

use super::json;
use super::metrics;
use super::probe::{Ask, Content, Probe, Release};
use super::send::Came;
use crate::config::{Expect, Test, value};
use crate::http::Answer;
use crate::report::text;

/// What an answer means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// As it must be.
    Right,
    /// The service is not there yet; in a word.
    NotYet(String),
    /// Wrong.
    Wrong(Box<Mismatch>),
}

/// What was expected and what came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// What was expected.
    pub expected: String,
    /// What came.
    pub actual: String,
    /// The part of the body that this is about; none: its beginning.
    pub excerpt: Option<String>,
    /// The key that was not met: `status`, `json $.items`.
    pub key: String,
}

impl Mismatch {
    pub(super) fn boxed(expected: impl Into<String>, actual: impl Into<String>) -> Box<Self> {
        Box::new(Self { expected: expected.into(), actual: actual.into(), excerpt: None, key: String::new() })
    }
}

type Check = Result<(), Box<Mismatch>>;

/// Judges an answer. 502 and 503 are what a proxy says while nothing is behind it.
pub(super) fn judge(probe: &Probe, came: &Came) -> Verdict {
    if let Some(verdict) = &came.ruled {
        return verdict.clone();
    }
    let (expect, answer) = (&probe.expect, &came.answer);
    let known = expect.status.is_empty() || expect.status.iter().any(|status| status.holds(answer.status));
    if !known && matches!(answer.status, 502 | 503) {
        return Verdict::NotYet(answer.status.to_string());
    }
    let verdict = on("status", status(known, expect, answer))
        .and_then(|()| redirects(probe, came))
        .and_then(|()| expect.headers.iter().try_for_each(|(name, tests)| on(&format!("headers {name}"), header(name, tests, answer))))
        .and_then(|()| on("content-type", content_type(expect, answer)))
        .and_then(|()| body(probe, answer))
        .and_then(|()| times(expect, answer))
        .and_then(|()| on("tls", certificate(expect, came)));
    verdict.map_or_else(Verdict::Wrong, |()| Verdict::Right)
}

/// Says which key was not met.
pub(super) fn on<T>(key: &str, outcome: Result<T, Box<Mismatch>>) -> Result<T, Box<Mismatch>> {
    outcome.map_err(|mut mismatch| {
        key.clone_into(&mut mismatch.key);
        mismatch
    })
}

fn wrong(expected: impl Into<String>, actual: impl Into<String>) -> Check {
    Err(Mismatch::boxed(expected, actual))
}

/// `404 Not Found`.
pub(super) fn named(status: u16) -> String {
    let reason = StatusCode::from_u16(status).ok().and_then(|code| code.canonical_reason());
    reason.map_or_else(|| status.to_string(), |reason| format!("{status} {reason}"))
}

fn status(known: bool, expect: &Expect, answer: &Answer) -> Check {
    if known {
        return Ok(());
    }
    let one = |status: &crate::config::Status| match status {
        crate::config::Status::Is(status) => named(*status),
        class @ crate::config::Status::Class(_) => class.to_string(),
    };
    let wanted = expect.status.iter().map(one).collect::<Vec<_>>().join(" or ");
    let location = answer.header("location").map(|to| format!(" to {to}")).unwrap_or_default();
    wrong(format!("status {wanted}"), format!("{}{location}", named(answer.status)))
}

fn redirects(probe: &Probe, came: &Came) -> Check {
    let Ask::Http(http) = &probe.ask else { return Ok(()) };
    let end = came.redirects.last().unwrap_or(&http.url);
    if let Some(wanted) = probe.expect.redirects.filter(|wanted| *wanted as usize != came.redirects.len()) {
        let way: Vec<String> = std::iter::once(came.redirects.len().to_string()).chain(came.redirects.iter().cloned()).collect();
        return on("redirects", wrong(text::count(wanted as usize, "redirect"), way.join(" → ")));
    }
    match &probe.expect.final_url {
        Some(wanted) => {
            let whole = if wanted.starts_with('/') { http.base.join(wanted) } else { wanted.clone() };
            if *end == whole { Ok(()) } else { on("final-url", wrong(format!("to end at {whole}"), end.clone())) }
        }
        None => Ok(()),
    }
}

/// A plain value is compared as a whole; that of `content-type` without its parameters, unless some are written.
fn header(name: &str, tests: &[Test], answer: &Answer) -> Check {
    let values = answer.all(name);
    for test in tests {
        if let Test::Is(Value::String(wanted)) = test {
            let media = name.eq_ignore_ascii_case("content-type") && values.iter().any(|came| same_media(came, wanted));
            if media || values.contains(&wanted.as_str()) {
                continue;
            }
            let came = if values.is_empty() { "no such header".to_owned() } else { format!("{name}: {}", values.join(", ")) };
            return wrong(format!("header {name}: {wanted}"), came);
        }
        json::texts(test, &values).or_else(|(expected, actual)| wrong(format!("header {name} {expected}"), actual))?;
    }
    Ok(())
}

fn same_media(came: &str, wanted: &str) -> bool {
    let media = |text: &str| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if wanted.contains(';') { came.eq_ignore_ascii_case(wanted) } else { media(came) == wanted.trim().to_ascii_lowercase() }
}

fn content_type(expect: &Expect, answer: &Answer) -> Check {
    match (&expect.content_type, answer.header("content-type")) {
        (Some(wanted), Some(came)) if !same_media(came, wanted) => wrong(format!("content type {wanted}"), came),
        (Some(wanted), None) => wrong(format!("content type {wanted}"), "none"),
        _ => Ok(()),
    }
}

fn length(answer: &Answer) -> String {
    let bytes = text::bytes(answer.body.len() as u64);
    if answer.cut { format!("more than {bytes}") } else { bytes }
}

fn body(probe: &Probe, answer: &Answer) -> Check {
    let expect = &probe.expect;
    size(expect, answer)?;
    let looked_into =
        !expect.body_contains.is_empty() || expect.body_matches.is_some() || !expect.json.is_empty() || probe.content != Content::Any;
    let packed = answer.header("content-encoding").filter(|encoding| !encoding.eq_ignore_ascii_case("identity"));
    if let Some(encoding) = packed.filter(|_| looked_into) {
        return wrong("a body that can be read", format!("one packed with {encoding}, which was not asked for; nothing is unpacked"));
    }
    expect.body_contains.iter().try_for_each(|part| on("body-contains", contains(part, answer)))?;
    expect.body_matches.iter().try_for_each(|pattern| on("body-matches", matches(pattern, answer)))?;
    if !expect.json.is_empty() {
        let body = parsed(answer).map_err(|actual| Mismatch::boxed("JSON", actual))?;
        expect.json.iter().try_for_each(|(path, tests)| on(&format!("json {path}"), json::at_path(path, tests, &body)))?;
    }
    match &probe.content {
        Content::Any => Ok(()),
        Content::Info(release) => info(release.as_ref(), answer),
        Content::Prometheus => match metrics::fault(answer) {
            Some((actual, excerpt)) => {
                Err(Box::new(Mismatch { expected: "metrics in Prometheus' text format".into(), actual, excerpt, key: String::new() }))
            }
            None => Ok(()),
        },
    }
}

fn size(expect: &Expect, answer: &Answer) -> Check {
    let bytes = answer.body.len() as u64;
    match (expect.min_size, expect.max_size) {
        (Some(least), _) if bytes < least => on("min-size", wrong(format!("a body of {} at least", text::bytes(least)), length(answer))),
        (_, Some(most)) if bytes > most || (answer.cut && most >= bytes) => {
            on("max-size", wrong(format!("a body of {} at most", text::bytes(most)), length(answer)))
        }
        _ => Ok(()),
    }
}

fn contains(part: &str, answer: &Answer) -> Check {
    if String::from_utf8_lossy(&answer.body).contains(part) {
        Ok(())
    } else {
        wrong(format!("a body that holds `{part}`"), without(answer))
    }
}

fn matches(pattern: &str, answer: &Answer) -> Check {
    let found = value::regex(pattern).is_ok_and(|regex| regex.is_match(&String::from_utf8_lossy(&answer.body)));
    if found { Ok(()) } else { wrong(format!("a body that matches `{pattern}`"), without(answer)) }
}

fn without(answer: &Answer) -> String {
    if answer.cut {
        format!("not in the first {}; no more is read", text::bytes(answer.body.len() as u64))
    } else {
        "a body without it".into()
    }
}

fn parsed(answer: &Answer) -> Result<Value, String> {
    if answer.cut {
        return Err(format!("{}; no more is read", length(answer)));
    }
    serde_json::from_slice(&answer.body)
        .map_err(|error| if answer.body.is_empty() { "an empty body".to_owned() } else { format!("no JSON: {error}") })
}

fn info(release: Option<&Release>, answer: &Answer) -> Check {
    const EXPECTED: &str = "a JSON object with the version";
    let body = parsed(answer).map_err(|actual| Mismatch::boxed(EXPECTED, actual))?;
    match (body.get("version").and_then(Value::as_str), release) {
        _ if !body.is_object() => wrong(EXPECTED, "JSON, but not an object"),
        (None, _) => wrong(EXPECTED, "no `version` in it"),
        (Some(came), Some(release)) if !release.is(came) => {
            wrong(format!("version {}, which was deployed", release.version), format!("version {came}"))
        }
        _ => Ok(()),
    }
}

fn times(expect: &Expect, answer: &Answer) -> Check {
    let within = |key: &str, what: &str, most: Option<Duration>, took: Duration| match most.filter(|most| took > *most) {
        Some(most) => on(key, wrong(format!("{what} within {}", text::latency(most)), format!("one after {}", text::latency(took)))),
        None => Ok(()),
    };
    within("max-first-byte", "an answer that begins", expect.max_first_byte, answer.first_byte)?;
    within("max-latency", "an answer", expect.max_latency, answer.latency)
}

fn certificate(expect: &Expect, came: &Came) -> Check {
    match (expect.valid_days, came.days_left) {
        (Some(wanted), Some(left)) if left < i64::from(wanted) => {
            wrong(format!("a certificate that is valid for {wanted} more days"), format!("{left} days"))
        }
        (Some(wanted), None) => wrong(format!("a certificate that is valid for {wanted} more days"), "no TLS there"),
        _ => Ok(()),
    }
}
