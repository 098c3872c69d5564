//! A check proposed from a live answer: what is likely to stay the same is held, of the rest the type.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use super::json::kind;
use crate::http::{self, Answer, Base, Client, Request, Tls};
use crate::report::{Error, Result};

/// How many values of a body are held.
const MOST: usize = 8;

/// Asks a URL once and writes a check for what it answers.
///
/// # Errors
/// Exit code 1 when nothing answers there; 2 when it is not a URL.
pub fn propose(url: &str) -> Result<String> {
    let (place, query) = url.split_once('?').map_or((url, None), |(place, query)| (place, Some(query)));
    let base = Base::parse(place).map_err(|fault| Error::usage(format!("--record {fault}: \"{url}\"")))?;
    let tls = base.is_tls().then(Tls::default);
    let path = base.path("").trim_end_matches('/').to_owned();
    let path = if path.is_empty() || place.ends_with('/') { format!("{path}/") } else { path };
    let path = query.map_or(path.clone(), |query| format!("{path}?{query}"));
    let whole = base.root().join(&path);
    let client = Client::new(tls.as_ref())?;
    let request = Request { method: "GET", url: &whole, headers: &[], body: Bytes::new(), timeout: Duration::from_secs(10) };
    let answer = http::run(client.send(request))?.map_err(|fault| Error::failed(format!("nothing to record at {whole}: {fault}")))?;
    Ok(written(&path, &answer))
}

fn written(path: &str, answer: &Answer) -> String {
    let mut lines = vec![format!("[smoke-test.checks.{}]", name(path)), format!("path = {}", quoted(path))];
    if answer.status != 200 {
        lines.push(format!("status = {}", answer.status));
    }
    if let Some(to) = answer.header("location").filter(|_| (300..400).contains(&answer.status)) {
        lines.push(format!("headers = {{ location = {} }}", quoted(to)));
    }
    if let Some(media) = answer.header("content-type").map(|value| value.split(';').next().unwrap_or_default().trim()) {
        lines.push(format!("content-type = {}", quoted(media)));
    }
    lines.push(format!("max-latency = \"{}ms\"", generous(answer.latency)));
    match serde_json::from_slice::<Value>(&answer.body) {
        Ok(body) if !answer.cut && (body.is_object() || body.is_array()) => {
            let mut tests = Vec::new();
            collect("$", &body, &mut tests);
            if !tests.is_empty() {
                lines.push(format!("[smoke-test.checks.{}.json]", name(path)));
                lines.extend(tests.into_iter().take(MOST));
            }
        }
        _ => lines.extend(landmark(&String::from_utf8_lossy(&answer.body)).map(|text| format!("body-contains = {}", quoted(&text)))),
    }
    lines.join("\n") + "\n"
}

/// A name for a check, from its path.
fn name(path: &str) -> String {
    let plain = path.split('?').next().unwrap_or_default();
    let clean: String = plain.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let words: Vec<&str> = clean.split('-').filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "root".to_owned() } else { words.join("-") }
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// Ten times what it took, as a round number: far enough away not to fail on a slow day.
fn generous(took: Duration) -> u128 {
    [100, 200, 500, 1000, 2000, 5000].into_iter().find(|most| *most >= took.as_millis() * 10).unwrap_or(10_000)
}

/// What is held of a value: plain words and flags as they are, of all else the type.
fn collect(path: &str, value: &Value, tests: &mut Vec<String>) {
    match value {
        Value::Object(map) if path.matches(['.', '[']).count() < 3 => {
            for (key, value) in map {
                let plain = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !key.starts_with(|c: char| c.is_ascii_digit());
                let step = if plain { format!(".{key}") } else { format!("[{}]", Value::from(key.as_str())) };
                collect(&format!("{path}{step}"), value, tests);
            }
        }
        Value::Array(items) if path.matches(['.', '[']).count() < 3 && !items.is_empty() => {
            collect(&format!("{path}[0]"), &items[0], tests);
        }
        Value::Bool(flag) => tests.push(format!("{} = {flag}", quoted(path))),
        Value::String(text) if is_word(text) => tests.push(format!("{} = {}", quoted(path), quoted(text))),
        Value::Null => {}
        other => tests.push(format!("{} = {{ type = \"{}\" }}", quoted(path), kind(other))),
    }
}

/// A short word without digits is hardly an id or a time.
fn is_word(text: &str) -> bool {
    (1..=24).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphabetic() || " -_.".contains(c))
}

/// A text of a page that is likely to stay: its title, else its first line.
fn landmark(body: &str) -> Option<String> {
    let title = body.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>")).map(|(title, _)| title.trim());
    let line = title.or_else(|| body.lines().map(str::trim).find(|line| !line.is_empty()))?;
    let clean = line.len() <= 60 && !line.is_empty() && !line.chars().any(|c| c.is_control() || c == '\u{fffd}');
    clean.then(|| line.to_owned())
}
