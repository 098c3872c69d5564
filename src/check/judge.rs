//! What an answer means: pure.

use hyper::StatusCode;

use super::http::Answer;
use super::probe::{Content, Expect};
use crate::report::text;

/// What an answer means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// As it must be.
    Right,
    /// The service is not there yet; in a word.
    NotYet(String),
    /// Wrong.
    Wrong(Mismatch),
}

/// What was expected and what came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// What was expected.
    pub expected: String,
    /// What came.
    pub actual: String,
}

type Check = Result<(), Mismatch>;

/// Judges an answer. 502 and 503 are what a proxy says while nothing is behind it.
pub(super) fn judge(expect: &Expect, answer: &Answer) -> Verdict {
    if answer.status != expect.status && matches!(answer.status, 502 | 503) {
        return Verdict::NotYet(answer.status.to_string());
    }
    let verdict = status(expect, answer)
        .and_then(|()| expect.headers.iter().try_for_each(|(name, value)| header(name, value, answer)))
        .and_then(|()| content(&expect.content, answer))
        .and_then(|()| latency(expect, answer));
    verdict.map_or_else(Verdict::Wrong, |()| Verdict::Right)
}

fn wrong(expected: impl Into<String>, actual: impl Into<String>) -> Check {
    Err(Mismatch { expected: expected.into(), actual: actual.into() })
}

/// `404 Not Found`.
pub(super) fn named(status: u16) -> String {
    let reason = StatusCode::from_u16(status).ok().and_then(|code| code.canonical_reason());
    reason.map_or_else(|| status.to_string(), |reason| format!("{status} {reason}"))
}

fn status(expect: &Expect, answer: &Answer) -> Check {
    if answer.status == expect.status {
        return Ok(());
    }
    let location = found(answer, "location").first().map(|to| format!(" to {to}")).unwrap_or_default();
    wrong(format!("status {}", named(expect.status)), format!("{}{location}", named(answer.status)))
}

fn found<'a>(answer: &'a Answer, name: &str) -> Vec<&'a str> {
    answer.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str()).collect()
}

/// A header's value is compared as a whole; that of `content-type` without its parameters, unless some are written.
fn header(name: &str, value: &str, answer: &Answer) -> Check {
    let values = found(answer, name);
    let media = |text: &str| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let same = |came: &&str| {
        *came == value || (name.eq_ignore_ascii_case("content-type") && !value.contains(';') && media(came) == value.to_ascii_lowercase())
    };
    if values.iter().any(same) {
        return Ok(());
    }
    let came = if values.is_empty() { "no such header".to_owned() } else { format!("{name}: {}", values.join(", ")) };
    wrong(format!("header {name}: {value}"), came)
}

fn content(content: &Content, answer: &Answer) -> Check {
    match content {
        Content::Any => Ok(()),
        Content::Contains(part) => contains(part, answer),
        Content::JsonObject => json_object(answer),
        Content::Prometheus => prometheus(answer),
    }
}

fn length(answer: &Answer) -> String {
    let bytes = text::bytes(answer.body.len() as u64);
    if answer.cut { format!("more than {bytes}") } else { bytes }
}

fn contains(part: &str, answer: &Answer) -> Check {
    if String::from_utf8_lossy(&answer.body).contains(part) {
        return Ok(());
    }
    let came = if answer.cut {
        format!("not in the first {}; no more is read", text::bytes(answer.body.len() as u64))
    } else {
        "a body without it".into()
    };
    wrong(format!("a body that holds `{part}`"), came)
}

fn json_object(answer: &Answer) -> Check {
    const EXPECTED: &str = "a JSON object";
    if answer.cut {
        return wrong(EXPECTED, format!("{}; no more is read", length(answer)));
    }
    match serde_json::from_slice::<serde_json::Value>(&answer.body) {
        Ok(value) if value.is_object() => Ok(()),
        Ok(_) => wrong(EXPECTED, "JSON, but not an object"),
        Err(_) if answer.body.is_empty() => wrong(EXPECTED, "an empty body"),
        Err(error) => wrong(EXPECTED, format!("no JSON: {error}")),
    }
}

/// The text format of Prometheus, with a sample at least
/// (<https://prometheus.io/docs/instrumenting/exposition_formats/>).
fn prometheus(answer: &Answer) -> Check {
    const EXPECTED: &str = "metrics in Prometheus' text format";
    let Ok(text) =
        std::str::from_utf8(&answer.body).or_else(|error| std::str::from_utf8(&answer.body[..error.valid_up_to()]).and(Err(error)))
    else {
        return wrong(EXPECTED, "bytes that are not UTF-8");
    };
    let mut lines: Vec<(usize, &str)> = text.lines().enumerate().collect();
    if answer.cut {
        lines.pop();
    }
    let mut samples = lines.iter().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#')).peekable();
    if samples.peek().is_none() {
        return wrong(EXPECTED, "no sample at all");
    }
    match samples.find(|(_, line)| !is_sample(line)) {
        Some((at, _)) => wrong(EXPECTED, format!("line {} is no sample", at + 1)),
        None => Ok(()),
    }
}

/// `name{label="value"} 1.5 1700000000`, and what OpenMetrics puts behind ` # `.
fn is_sample(line: &str) -> bool {
    let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':')).unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    let rest = if rest.trim_start().starts_with('{') {
        let rest = rest.split_once(" # ").map_or(rest, |(rest, _)| rest);
        match rest.rfind('}') {
            Some(close) => &rest[close + 1..],
            None => return false,
        }
    } else {
        rest.split_once(" # ").map_or(rest, |(rest, _)| rest)
    };
    let mut words = rest.split_ascii_whitespace();
    let number = |word: &str| word.parse::<f64>().is_ok();
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && words.next().is_some_and(number)
        && words.next().is_none_or(number)
        && words.next().is_none()
}

fn latency(expect: &Expect, answer: &Answer) -> Check {
    match expect.max_latency {
        Some(most) if answer.latency > most => {
            wrong(format!("an answer within {}", text::latency(most)), format!("it took {}", text::latency(answer.latency)))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_told_from_other_lines() {
        for line in ["up 1", "a_total{path=\"/x y}\",b=\"c\"} 1.5 1700000000000", "x +Inf", "x NaN", "b{le=\"1\"} 2 # {id=\"a\"} 0.5"] {
            assert!(is_sample(line), "{line}");
        }
        for line in ["<html>", "up", "up one", "1up 1", "{} 1", "a{b=\"c\" 1", "up 1 2 3"] {
            assert!(!is_sample(line), "{line}");
        }
    }
}
