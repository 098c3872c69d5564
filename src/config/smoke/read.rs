//! From `[smoke-test.checks.NAME]` to a check.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::check::{Address, Ask, Body, Capture, Check, Expect, HttpAsk, Status, Test, Tls};
use crate::config::Read;
use crate::config::node::{Node, Value};
use crate::config::value;
use crate::report::{Error, Place, Result, text};

/// The keys that say what is asked; one of them must be there.
const KINDS: [&str; 4] = ["path", "tcp", "grpc", "command"];
/// The keys that only a request over HTTP has.
const HTTP_ONLY: [&str; 15] = [
    "basic-auth",
    "bearer",
    "body",
    "content-type",
    "final-url",
    "follow",
    "headers",
    "max-first-byte",
    "max-size",
    "method",
    "min-size",
    "query",
    "redirects",
    "request-headers",
    "status",
];
/// The keys that say what must come.
const EXPECTATIONS: [&str; 12] = [
    "body-contains",
    "body-matches",
    "capture",
    "content-type",
    "final-url",
    "max-first-byte",
    "max-latency",
    "max-size",
    "min-size",
    "redirects",
    "status",
    "tls",
];
/// The keys that need a body to look into.
const BODY_ONLY: [&str; 4] = ["body-contains", "body-matches", "capture", "json"];

/// Reads a check.
///
/// # Errors
/// Exit code 2 for keys that don't go together, and for templates with faults.
pub(super) fn check(name: &str, read: &Read<'_>) -> Result<Check> {
    let kind = kind(read)?;
    Ok(Check {
        name: name.to_owned(),
        ask: ask(kind, read)?,
        expect: expect(kind, read)?,
        capture: captures(read)?,
        needs: read.texts("needs")?,
        retry: read.flag("retry"),
        timeout: read.duration("timeout"),
        skip_in: read.texts("skip-in")?,
        place: read.place(kind),
        places: places(read),
    })
}

/// Where expectations are written, to be underlined when they don't hold.
fn places(read: &Read<'_>) -> Vec<(String, Place)> {
    let whole = EXPECTATIONS.into_iter().filter_map(|key| Some((key.to_owned(), read.place(key)?)));
    let inner = ["headers", "json"].into_iter().flat_map(|key| {
        let entries = read.entries(key).into_iter();
        entries.filter_map(move |entry| Some((format!("{key} {}", entry.key), entry.node.origin.place("")?)))
    });
    whole.chain(inner).collect()
}

fn kind(read: &Read<'_>) -> Result<&'static str> {
    let written: Vec<&'static str> = KINDS.into_iter().filter(|key| read.has(key)).collect();
    let [kind] = written[..] else {
        return match written.get(1) {
            None => Err(read.lacks("path", "\"/\"").help("or tcp, grpc or command, if it is not about HTTP")),
            Some(second) => {
                let both = text::list(&written);
                Err(Error::usage(format!("`{}` has {both}: a check asks one thing", read.path)).at(read.place(second)))
            }
        };
    };
    let misplaced = |key: &&&str| read.has(key);
    let none: &[&str] = &[];
    let http: &[&str] = if kind == "path" { none } else { &HTTP_ONLY };
    let body: &[&str] = if matches!(kind, "path" | "command") { none } else { &BODY_ONLY };
    let tls: &[&str] = if kind == "command" { &["tls", "max-latency"] } else { none };
    let service: &[&str] = if kind == "grpc" { none } else { &["grpc-service"] };
    match [http, body, tls, service].into_iter().flatten().find(misplaced) {
        Some(key) => Err(Error::usage(format!("`{}.{key}` says nothing for a check with `{kind}`", read.path)).at(read.place(key)).help(
            format!("take it out, or ask with {} instead", if http.contains(key) || *key == "tls" { "path" } else { "another kind" }),
        )),
        None => Ok(kind),
    }
}

fn ask(kind: &str, read: &Read<'_>) -> Result<Ask> {
    Ok(match kind {
        "tcp" => Ask::Tcp(address(read, "tcp")?, tls(read)?),
        "grpc" => Ask::Grpc(address(read, "grpc")?, read.text_opt("grpc-service")?.unwrap_or_default(), tls(read)?),
        "command" => match read.texts("command")? {
            argv if argv.is_empty() => Err(Error::usage(format!("`{}.command` is empty", read.path)).at(read.place("command")))?,
            argv => Ask::Command(argv),
        },
        _ => Ask::Http(Box::new(http(read)?)),
    })
}

fn address(read: &Read<'_>, key: &str) -> Result<Address> {
    match read.port(key) {
        Some(port) => Ok(Address::Port(port)),
        None => read.text(key).map(Address::Text),
    }
}

fn tls(read: &Read<'_>) -> Result<Option<Tls>> {
    let table = read.table("tls");
    if !table.exists() {
        return Ok(None);
    }
    let ca = if table.has("ca") { Some(table.path_of("ca")?) } else { None };
    Ok(Some(Tls { ca, name: table.text_opt("name")? }))
}

fn http(read: &Read<'_>) -> Result<HttpAsk> {
    let mut headers = read.pairs("request-headers")?;
    let mut secrets: Vec<String> = headers.iter().filter(|(name, _)| sounds_secret(name)).flat_map(|(_, value)| tokens(value)).collect();
    let query = read.pairs("query")?;
    secrets.extend(query.iter().filter(|(name, _)| sounds_secret(name)).map(|(_, value)| value.clone()));
    let body = body(read, &mut secrets)?;
    let mut add = |name: &str, value: String| {
        if !headers.iter().any(|(own, _)| own.eq_ignore_ascii_case(name)) {
            headers.push((name.to_owned(), value));
        }
    };
    match &body {
        Body::Json(_) => add("Content-Type", "application/json".into()),
        Body::Form(_) => add("Content-Type", "application/x-www-form-urlencoded".into()),
        Body::None | Body::Text(_) | Body::File(_) => {}
    }
    if let Some(token) = read.text_opt("bearer")? {
        add("Authorization", format!("Bearer {token}"));
        secrets.push(token);
    }
    let basic = read.table("basic-auth");
    if basic.exists() {
        let (user, password) = (basic.text_needed("user", "\"ada\"")?, basic.text_needed("password", "\"{{ env.PASSWORD }}\"")?);
        let pair = STANDARD.encode(format!("{user}:{password}"));
        add("Authorization", format!("Basic {pair}"));
        secrets.extend([password, pair]);
    }
    let method = if read.has("method") {
        read.text("method")?
    } else if body == Body::None {
        "GET".to_owned()
    } else {
        "POST".to_owned()
    };
    let follow = read.flag("follow") || read.has("redirects") || read.has("final-url");
    Ok(HttpAsk { method, path: read.text("path")?, query, headers, body, follow, tls: tls(read)?, secrets })
}

fn body(read: &Read<'_>, secrets: &mut Vec<String>) -> Result<Body> {
    let table = read.table("body");
    if !table.exists() {
        return Ok(read.text_opt("body")?.map_or(Body::None, Body::Text));
    }
    let written: Vec<&str> = ["file", "form", "json", "text"].into_iter().filter(|key| table.has(key)).collect();
    let [form] = written[..] else {
        return Err(Error::usage(format!("`{}` must have one of file, form, json and text", table.path)).at(read.place("body")));
    };
    Ok(match form {
        "file" => Body::File(table.path_of("file")?),
        "form" => {
            let fields = table.pairs("form")?;
            secrets.extend(fields.iter().filter(|(name, _)| sounds_secret(name)).map(|(_, value)| value.clone()));
            Body::Form(fields)
        }
        "json" => {
            let json = table.node("json").map_or(Ok(serde_json::Value::Null), |node| table.json(node))?;
            secret_values(&json, secrets);
            Body::Json(json)
        }
        _ => Body::Text(table.text("text")?),
    })
}

/// Strings under keys that sound secret, however deep.
fn secret_values(json: &serde_json::Value, secrets: &mut Vec<String>) {
    match json {
        serde_json::Value::Object(map) => map.iter().for_each(|(key, value)| match value.as_str() {
            Some(text) if sounds_secret(key) => secrets.push(text.to_owned()),
            _ => secret_values(value, secrets),
        }),
        serde_json::Value::Array(items) => items.iter().for_each(|item| secret_values(item, secrets)),
        _ => {}
    }
}

/// Whether a name is one that secrets have.
pub(super) fn sounds_secret(name: &str) -> bool {
    let name = name.to_lowercase().replace('_', "-");
    ["authorization", "cookie", "token", "api-key", "apikey", "secret", "password", "passwd", "credential", "session"]
        .iter()
        .any(|word| name.contains(word))
}

/// `Bearer TOKEN`: the token may show up alone.
fn tokens(value: &str) -> Vec<String> {
    let alone = value.rsplit(' ').next().filter(|alone| *alone != value).map(str::to_owned);
    std::iter::once(value.to_owned()).chain(alone).collect()
}

fn expect(kind: &str, read: &Read<'_>) -> Result<Expect> {
    Ok(Expect {
        status: if kind == "path" { statuses(read) } else { Vec::new() },
        headers: tests(read, "headers")?,
        content_type: read.text_opt("content-type")?,
        body_contains: read.texts("body-contains")?,
        body_matches: read.words("body-matches").pop(),
        json: tests(read, "json")?,
        min_size: size(read, "min-size")?,
        max_size: size(read, "max-size")?,
        max_first_byte: read.duration_opt("max-first-byte"),
        max_latency: read.duration_opt("max-latency"),
        redirects: read.int_opt("redirects").and_then(|n| u32::try_from(n).ok()),
        final_url: read.text_opt("final-url")?,
        valid_days: read.table("tls").int_opt("valid-days").and_then(|n| u32::try_from(n).ok()),
    })
}

fn statuses(read: &Read<'_>) -> Vec<Status> {
    let one = |node: &Node| match &node.value {
        Value::Int(n) => u16::try_from(*n).ok().map(Status::Is),
        Value::Str(class) => class.get(..1)?.parse().ok().map(Status::Class),
        _ => None,
    };
    let Some(node) = read.node("status") else { return vec![Status::Is(200)] };
    match &node.value {
        Value::List(items) => items.iter().filter_map(one).collect(),
        _ => one(node).into_iter().collect(),
    }
}

fn size(read: &Read<'_>, key: &str) -> Result<Option<u64>> {
    let Some(node) = read.node(key) else { return Ok(None) };
    let size = match &node.value {
        Value::Int(n) => u64::try_from(*n).ok(),
        Value::Str(text) => value::size(text),
        _ => None,
    };
    let fault = || Error::usage(format!("`{}.{key}` is not a number of bytes", read.path)).at(node.origin.place(""));
    size.map(Some).ok_or_else(|| fault().help("write it as in 1000, \"64Ki\" or \"1M\""))
}

/// A map of values and what must hold of them; a plain value must be the same.
fn tests(read: &Read<'_>, key: &str) -> Result<Vec<(String, Vec<Test>)>> {
    let test = |entry: &crate::config::node::Entry| {
        let Value::Table(table) = &entry.node.value else {
            return Ok((entry.key.clone(), vec![Test::Is(read.json(&entry.node)?)]));
        };
        let tests = table.iter().map(|entry| one_test(&entry.key, &entry.node, read)).collect::<Result<Vec<_>>>()?;
        Ok((entry.key.clone(), tests))
    };
    read.entries(key).into_iter().map(test).collect()
}

fn one_test(key: &str, node: &Node, read: &Read<'_>) -> Result<Test> {
    let plain = || node.value.json();
    let number = || plain().as_f64().unwrap_or_default();
    let word = || plain().as_str().unwrap_or_default().to_owned();
    Ok(match key {
        "!=" => Test::IsNot(read.json(node)?),
        "<" => Test::Compare("<", number()),
        "<=" => Test::Compare("<=", number()),
        ">" => Test::Compare(">", number()),
        ">=" => Test::Compare(">=", number()),
        "contains" => Test::Contains(read.json(node)?),
        "count" => Test::Count(plain().as_u64().unwrap_or_default()),
        "exists" => Test::Exists(plain() == true),
        "matches" => Test::Matches(word()),
        "type" => Test::Type(word()),
        _ => Test::Is(read.json(node)?),
    })
}

fn captures(read: &Read<'_>) -> Result<Vec<Capture>> {
    let mut found = Vec::new();
    for entry in read.entries("capture") {
        let mut capture = Capture { name: entry.key.clone(), header: None, json: None, matches: None, mask: sounds_secret(&entry.key) };
        match &entry.node.value {
            Value::Str(path) => capture.json = Some(path.clone()),
            Value::Table(table) => {
                capture.header = table.str("header").map(str::to_owned);
                capture.json = table.str("json").map(str::to_owned);
                capture.matches = table.str("matches").map(str::to_owned);
                capture.mask |= table.get("mask").is_some_and(|node| node.value == Value::Bool(true));
                capture.mask |= capture.header.as_deref().is_some_and(sounds_secret);
            }
            _ => {}
        }
        if (capture.header.is_some() && capture.json.is_some())
            || (capture.header.is_none() && capture.json.is_none() && capture.matches.is_none())
        {
            return Err(Error::usage(format!("`{}.capture.{}` must say where the value is", read.path, entry.key))
                .at(entry.node.origin.place(""))
                .help("write \"$.…\" (a JSONPath), or { header = \"…\" }, or { matches = \"…\" }"));
        }
        found.push(capture);
    }
    Ok(found)
}
