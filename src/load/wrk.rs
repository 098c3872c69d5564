//! wrk sends: with a script of ours for exact figures, and a timeout that hides nothing
//! (<https://github.com/wg/wrk/blob/master/SCRIPTING>).

use std::time::Duration;

use serde_json::Value;
use tempfile::NamedTempFile;

use super::figures::{Figures, percentiles};
use super::job::{Job, Request};
use crate::process::{self, Command, Stopper, cancel};
use crate::repo::disk;
use crate::report::{Error, Result};

/// What the lines of our script begin with: its figures at the end, and how many requests a thread has sent since
/// it said so last.
const MARK: &str = "instep-figures ";
const SENT: &str = "instep-sent ";
/// A pause longer than the whole run is still measured.
const SLACK: Duration = Duration::from_secs(10);

/// The command for a stretch of time.
pub(super) fn command(job: &Job, time: Duration, script: &str) -> Command {
    let whole = |time: Duration| format!("{}s", time.as_secs_f64().ceil().max(1.0));
    let threads = job.threads.min(job.connections).max(1).to_string();
    let url = job.requests.first().map_or("", |request| request.url.as_str());
    let args =
        ["-t", &threads, "-c", &job.connections.to_string(), "-d", &whole(time), "--timeout", &whole(time + SLACK), "-s", script, url];
    Command::new("wrk", args)
}

/// Lua that sends the requests in turn and prints exact figures at the end.
pub(super) fn script(requests: &[Request]) -> String {
    let path = |url: &str| {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        rest.find('/').map_or("/".to_owned(), |at| rest[at..].to_owned())
    };
    let one = |request: &Request| {
        let headers: Vec<String> = request.headers.iter().map(|(name, value)| format!("[{}] = {}", lua(name), lua(value))).collect();
        let body = if request.body.is_empty() { "nil".to_owned() } else { lua_bytes(&request.body) };
        format!("  wrk.format({}, {}, {{ {} }}, {body}),\n", lua(&request.method), lua(&path(&request.url)), headers.join(", "))
    };
    let requests: String = requests.iter().map(one).collect::<Vec<_>>().concat();
    let points: Vec<String> = percentiles().map(|at| at.to_string()).collect();
    include_str!("wrk.lua").replace("PERCENTILES", &points.join(", ")).replace("REQUESTS", &requests)
}

/// A string of Lua; whatever is not plain is written as a number.
fn lua(text: &str) -> String {
    lua_bytes(text.as_bytes())
}

fn lua_bytes(bytes: &[u8]) -> String {
    let plain = |byte: u8| (byte.is_ascii_graphic() || byte == b' ') && !b"\"\\".contains(&byte);
    let inner: Vec<String> =
        bytes.iter().map(|byte| if plain(*byte) { char::from(*byte).to_string() } else { format!("\\{byte:03}") }).collect();
    format!("\"{}\"", inner.concat())
}

/// wrk's script, in a file that goes when this does.
///
/// # Errors
/// A disk that can't be written.
pub(super) fn script_file(requests: &[Request]) -> Result<NamedTempFile> {
    let file = tempfile::Builder::new().prefix("instep-").suffix(".lua").tempfile();
    let file = file.map_err(|error| Error::failed(format!("can't write the script for wrk: {error}")))?;
    disk::write(file.path(), script(requests).as_bytes())?;
    Ok(file)
}

/// Runs wrk for a stretch of time; gives what it says at the end. `sent` is told how many requests went out
/// since it was told last, about once a second.
///
/// # Errors
/// What wrk complains of; when we are asked to stop.
pub(super) fn run(command: &Command, started: impl FnOnce(Stopper), sent: &dyn Fn(u64)) -> Result<String> {
    let (mut said, mut line) = (String::new(), Vec::new());
    let exit = process::with_handle(command, started, &mut |bytes| {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            line.extend_from_slice(piece);
            if line.ends_with(b"\n") {
                let text = String::from_utf8_lossy(&std::mem::take(&mut line)).into_owned();
                match text.strip_prefix(SENT).and_then(|number| number.trim().parse().ok()) {
                    Some(number) => sent(number),
                    None => said.push_str(&text),
                }
            }
        }
    })?;
    cancel::check()?;
    said.push_str(&String::from_utf8_lossy(&line));
    if exit.ok() { Ok(said) } else { Err(Error::failed(format!("wrk failed: {exit}")).note(said.trim().to_owned())) }
}

/// What wrk measured, out of what it said.
///
/// # Errors
/// When there are no figures in it.
pub(super) fn read(said: &str, job: &Job) -> Result<Figures> {
    let line = said.lines().find_map(|line| line.strip_prefix(MARK));
    let read = line.and_then(|line| serde_json::from_str::<Value>(line).ok()).and_then(|json| figures(&json, job));
    let none = || Error::failed("wrk gave no figures").note(said.trim().to_owned());
    read.ok_or_else(|| none().help("`engine = \"built-in\"` in [load-test] does without wrk"))
}

fn figures(json: &Value, job: &Job) -> Option<Figures> {
    let number = |key: &str| json[key].as_u64();
    // wrk counts requests that were answered; those that were not are errors beside them.
    let kinds = [("connect", "no connection"), ("read", "broken off"), ("write", "not taken"), ("timeout", "timed out")];
    let mut errors: Vec<(String, u64)> = kinds.iter().filter_map(|(key, word)| Some(((*word).to_owned(), number(key)?))).collect();
    let point = |pair: &Value| Some((pair[0].as_f64()?, Duration::from_micros(pair[1].as_u64()?)));
    let answered = number("requests")?;
    let curve: Vec<_> = if answered == 0 { Vec::new() } else { json["curve"].as_array()?.iter().filter_map(point).collect() };
    errors.push(("no answer up to the end".to_owned(), silent(json, curve.last().map(|(_, most)| *most), job)));
    let unanswered: u64 = errors.iter().map(|(_, n)| n).sum();
    errors.push(("status 4xx or 5xx".to_owned(), number("status")?));
    errors.retain(|(_, n)| *n > 0);
    Some(Figures {
        requests: answered + unanswered,
        errors,
        bytes: number("bytes")?,
        elapsed: Duration::from_micros(number("microseconds")?),
        curve,
        mean: Duration::from_micros(number("mean")?),
        ..Figures::default()
    })
}

/// What is on its way when wrk ends is forgotten by it, and with it a freeze that lasts to the end: a thread that
/// has sent nothing for much longer than any answer took waits for answers that never came.
fn silent(json: &Value, slowest: Option<Duration>, job: &Job) -> u64 {
    let least = Duration::from_secs(2).max(slowest.unwrap_or_default() * 2).as_secs_f64();
    let waiting = |thread: &&Value| thread.as_f64().is_some_and(|seconds| seconds >= least);
    let threads = json["silent"].as_array().map(Vec::as_slice).unwrap_or_default();
    (threads.iter().filter(waiting).count() * job.connections / threads.len().max(1)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_of_lua_holds_any_bytes() {
        assert_eq!(lua("a\"\\\n"), "\"a\\034\\092\\010\"");
    }

    #[test]
    fn what_was_not_answered_is_an_error() {
        let json = serde_json::json!({ "requests": 90, "bytes": 5, "microseconds": 1_000_000, "mean": 3, "connect": 0, "read": 10, "write": 0,
            "status": 9, "timeout": 0, "silent": [0, 3], "curve": [[0, 1], [50.0, 2], [100.0, 7]] });
        let job = Job {
            engine: crate::load::Engine::Wrk,
            requests: Vec::new(),
            connections: 4,
            threads: 2,
            rate: None,
            duration: Duration::from_secs(9),
            warm_up: Duration::ZERO,
            timeout: Duration::from_secs(10),
        };
        let read = figures(&json, &job).expect("figures");
        assert_eq!((read.requests, read.failed(), read.at(50.0)), (102, 21, Duration::from_micros(2)));
        assert_eq!(read.errors[1], ("no answer up to the end".to_owned(), 2));
    }
}
