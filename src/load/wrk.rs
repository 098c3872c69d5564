//! wrk sends: with a script of ours for exact figures, and a timeout that hides nothing
//! (<https://github.com/wg/wrk/blob/master/SCRIPTING>).

use std::time::Duration;

use serde_json::Value;

use super::figures::{Figures, percentiles};
use super::job::{Job, Request};
use crate::process::{self, Command, cancel};
use crate::repo::disk;
use crate::report::{Error, Report, Result, text};

/// What our lines of wrk's output begin with.
const MARK: &str = "instep-figures ";
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
    format!(
        "local all, n = nil, 0\n\
         function init()\n  all = {{\n{requests}  }}\nend\n\
         function request()\n  n = n % #all + 1\n  return all[n]\nend\n\
         function done(summary, latency, requests)\n\
         \x20 local e, curve = summary.errors, {{}}\n\
         \x20 for _, at in ipairs({{ {} }}) do\n\
         \x20   local value = at == 0 and latency.min or at == 100 and latency.max or latency:percentile(at)\n\
         \x20   curve[#curve + 1] = string.format(\"[%s, %d]\", at, value)\n\
         \x20 end\n\
         \x20 io.write(string.format('{MARK}{{\"requests\": %d, \"bytes\": %d, \"microseconds\": %d, \"mean\": %.0f, ' ..\n\
         \x20   '\"connect\": %d, \"read\": %d, \"write\": %d, \"status\": %d, \"timeout\": %d, \"curve\": [%s]}}\\n',\n\
         \x20   summary.requests, summary.bytes, summary.duration, latency.mean,\n\
         \x20   e.connect, e.read, e.write, e.status, e.timeout, table.concat(curve, \", \")))\n\
         end\n",
        points.join(", ")
    )
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

/// Sends, and reads what wrk measured.
///
/// # Errors
/// What wrk complains of.
pub(super) fn run(job: &Job, report: &Report) -> Result<Figures> {
    let file = tempfile::Builder::new().prefix("instep-").suffix(".lua").tempfile();
    let file = file.map_err(|error| Error::failed(format!("can't write the script for wrk: {error}")))?;
    disk::write(file.path(), script(&job.requests).as_bytes())?;
    let script = file.path().to_string_lossy().into_owned();
    if !job.warm_up.is_zero() {
        report.transient("  warming up");
        sent(&command(job, job.warm_up, &script))?;
    }
    report.transient(&format!("  wrk measures for {}", text::elapsed(job.duration)));
    let said = sent(&command(job, job.duration, &script))?;
    let line = said.lines().find_map(|line| line.strip_prefix(MARK));
    let read = line.and_then(|line| serde_json::from_str::<Value>(line).ok()).and_then(|json| figures(&json));
    read.ok_or_else(|| Error::failed("wrk gave no figures").note(said).help("`engine = \"built-in\"` in [load-test] does without wrk"))
}

fn sent(command: &Command) -> Result<String> {
    let output = process::capture(command)?;
    cancel::check()?;
    if output.exit.ok() {
        return Ok(output.text());
    }
    let said = format!("{}{}", output.text(), output.complaint());
    Err(Error::failed(format!("wrk failed: {}", output.exit)).note(said.trim().to_owned()))
}

fn figures(json: &Value) -> Option<Figures> {
    let number = |key: &str| json[key].as_u64();
    // wrk counts requests that were answered; those that were not are errors beside them.
    let kinds = [("connect", "no connection"), ("read", "broken off"), ("write", "not taken"), ("timeout", "timed out")];
    let mut errors: Vec<(String, u64)> = kinds.iter().filter_map(|(key, word)| Some(((*word).to_owned(), number(key)?))).collect();
    let unanswered: u64 = errors.iter().map(|(_, n)| n).sum();
    errors.push(("status 4xx or 5xx".to_owned(), number("status")?));
    errors.retain(|(_, n)| *n > 0);
    let point = |pair: &Value| Some((pair[0].as_f64()?, Duration::from_micros(pair[1].as_u64()?)));
    let answered = number("requests")?;
    Some(Figures {
        requests: answered + unanswered,
        errors,
        bytes: number("bytes")?,
        elapsed: Duration::from_micros(number("microseconds")?),
        curve: if answered == 0 { Vec::new() } else { json["curve"].as_array()?.iter().filter_map(point).collect() },
        mean: Duration::from_micros(number("mean")?),
        ..Figures::default()
    })
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
            "status": 9, "timeout": 0, "curve": [[0, 1], [50.0, 2], [100.0, 7]] });
        let figures = figures(&json).expect("figures");
        assert_eq!((figures.requests, figures.failed(), figures.at(50.0)), (100, 19, Duration::from_micros(2)));
    }
}
