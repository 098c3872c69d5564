//! `${NAME}` in a check: what another check captured.

use std::collections::BTreeMap;

use serde_json::Value;

use super::probe::{Ask, Probe};
use crate::config::{Address, Body, Test};

/// What was captured, by name.
pub(super) type Values = BTreeMap<String, Value>;

/// All names that a check uses, in the order of their use.
pub(super) fn names(probe: &Probe) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut probe = probe.clone();
    visit(&mut probe, &mut |name| {
        if !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
        None
    });
    found
}

/// The check with values in the place of names.
pub(super) fn filled(probe: &Probe, values: &Values) -> Probe {
    let mut probe = probe.clone();
    visit(&mut probe, &mut |name| values.get(name).cloned());
    if let Ask::Http(http) = &mut probe.ask {
        http.update();
    }
    probe
}

type Look<'a> = &'a mut dyn FnMut(&str) -> Option<Value>;

fn visit(probe: &mut Probe, look: Look<'_>) {
    match &mut probe.ask {
        Ask::Http(http) => {
            text(&mut http.path, look);
            pairs(&mut http.query, look);
            pairs(&mut http.headers, look);
            http.secrets.iter_mut().for_each(|secret| text(secret, look));
            match &mut http.body {
                Body::Text(body) => text(body, look),
                Body::Json(value) => json(value, look),
                Body::Form(fields) => pairs(fields, look),
                Body::None | Body::File(_) => {}
            }
        }
        Ask::Tcp { address, .. } | Ask::Grpc { address, .. } => text(address, look),
        Ask::Command { argv, .. } => argv.iter_mut().for_each(|arg| text(arg, look)),
    }
    let expect = &mut probe.expect;
    expect.body_contains.iter_mut().for_each(|part| text(part, look));
    expect.final_url.iter_mut().for_each(|url| text(url, look));
    for test in expect.headers.iter_mut().chain(&mut expect.json).flat_map(|(_, tests)| tests) {
        if let Test::Is(value) | Test::IsNot(value) | Test::Contains(value) = test {
            json(value, look);
        }
    }
}

fn pairs(pairs: &mut [(String, String)], look: Look<'_>) {
    for (_, value) in pairs {
        text(value, look);
    }
}

fn json(value: &mut Value, look: Look<'_>) {
    match value {
        Value::String(text) => *value = whole(text, look),
        Value::Array(items) => items.iter_mut().for_each(|item| json(item, look)),
        Value::Object(map) => map.values_mut().for_each(|item| json(item, look)),
        _ => {}
    }
}

/// A string that is nothing but one name becomes the value, with its type.
fn whole(text: &str, look: Look<'_>) -> Value {
    match text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).filter(|name| is_name(name)) {
        Some(name) => look(name).unwrap_or_else(|| text.into()),
        None => replaced(text, look).into(),
    }
}

fn text(text: &mut String, look: Look<'_>) {
    if text.contains("${") {
        *text = replaced(text, look);
    }
}

/// `$${` stands for `${`.
fn replaced(text: &str, look: Look<'_>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, from) = rest.split_at(at);
        let name = from[2..].split('}').next().filter(|name| is_name(name) && from.len() > name.len() + 2);
        if let Some(escaped) = before.strip_suffix('$') {
            out.push_str(escaped);
            out.push_str("${");
            rest = &from[2..];
        } else if let Some(name) = name {
            out.push_str(before);
            match look(name) {
                Some(value) => out.push_str(&plain(&value)),
                None => out.push_str(&from[..name.len() + 3]),
            }
            rest = &from[name.len() + 3..];
        } else {
            out.push_str(before);
            out.push_str("${");
            rest = &from[2..];
        }
    }
    out.push_str(rest);
    out
}

/// A string as it is, everything else as JSON.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// `HOST:PORT` of an address; a port alone is one of the target's host.
pub(super) fn address(address: &Address, host: Option<&str>) -> Option<String> {
    match address {
        Address::Port(port) => host.map(|host| format!("{host}:{port}")),
        Address::Text(text) => Some(text.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_replaced_and_nothing_else() {
        let values = |name: &str| (name == "id").then(|| Value::from(7));
        let replace = |text: &str| replaced(text, &mut |name| values(name));
        for (text, expected) in [
            ("/users/${id}/x", "/users/7/x"),
            ("${id}${id}", "77"),
            ("$${id}", "${id}"),
            ("${other} ${", "${other} ${"),
            ("${ID} ${} $ { id }", "${ID} ${} $ { id }"),
        ] {
            assert_eq!(replace(text), expected);
        }
        assert_eq!(whole("${id}", &mut |name| values(name)), Value::from(7));
    }
}
