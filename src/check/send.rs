//! One try: the question is sent, and what came is put together.

use std::time::Duration;

use bytes::Bytes;

use super::judge::{Mismatch, Verdict};
use super::probe::{Ask, Http, Probe};
use crate::config::{self, Body};
use crate::http::{self, Answer, Client, Fault, Health, Request, Tls, connect, encoded_query, health, host_and_port, redirected};
use crate::process::{self, Exit};

/// More redirects are not followed.
const REDIRECTS: usize = 10;

/// What came.
#[derive(Clone, Debug)]
pub(super) struct Came {
    /// The answer; of a program, what it printed.
    pub(super) answer: Answer,
    /// In a word: `200`, `open`, `SERVING`.
    pub(super) word: String,
    /// Where redirects led.
    pub(super) redirects: Vec<String>,
    /// How many days the certificate is still valid.
    pub(super) days_left: Option<i64>,
    /// What it means is already clear.
    pub(super) ruled: Option<Verdict>,
}

impl Came {
    fn word(word: &str, latency: Duration) -> Self {
        let answer = Answer { status: 0, headers: Vec::new(), body: Bytes::new(), cut: false, first_byte: latency, latency };
        Self { answer, word: word.to_owned(), redirects: Vec::new(), days_left: None, ruled: None }
    }
}

/// Asks once, with this much time at most.
pub(super) async fn send(probe: &Probe, client: &Client, left: Duration) -> std::result::Result<Came, Fault> {
    let timeout = probe.timeout.min(left);
    let begin = std::time::Instant::now();
    match &probe.ask {
        Ask::Http(http) => over_http(http, client, timeout).await,
        Ask::Tcp { address, tls } => {
            let (host, port) = host_and_port(address).ok_or_else(|| no_address(address))?;
            let tls = tls.as_ref().map(of);
            let opened = connect(&host, port, tls.as_ref(), &[]);
            let stream = timed(timeout, "no connection", opened).await?;
            let days_left = if let http::Stream::Tls(_, seen) = &stream { seen.days_left() } else { None };
            Ok(Came { days_left, ..Came::word(if tls.is_some() { "valid" } else { "open" }, begin.elapsed()) })
        }
        Ask::Grpc { address, service, tls } => {
            let (host, port) = host_and_port(address).ok_or_else(|| no_address(address))?;
            let tls = tls.as_ref().map(of);
            let asked = health(&host, port, service, tls.as_ref());
            match timed(timeout, "no answer", asked).await? {
                Health::Serving => Ok(Came::word("SERVING", begin.elapsed())),
                Health::Not(word) => Ok(Came { ruled: Some(Verdict::NotYet(word.clone())), ..Came::word(&word, begin.elapsed()) }),
            }
        }
        Ask::Command { .. } => program(probe, timeout).await,
    }
}

async fn timed<T>(
    timeout: Duration,
    waits_for: &'static str,
    future: impl Future<Output = std::result::Result<T, Fault>>,
) -> std::result::Result<T, Fault> {
    tokio::time::timeout(timeout, future).await.unwrap_or(Err(Fault::TimedOut(waits_for)))
}

fn no_address(address: &str) -> Fault {
    Fault::Broken(format!("`{address}` is not HOST:PORT"))
}

fn of(tls: &config::Tls) -> Tls {
    Tls { ca: tls.ca.clone(), name: tls.name.clone(), ..Tls::default() }
}

async fn over_http(http: &Http, client: &Client, timeout: Duration) -> std::result::Result<Came, Fault> {
    let own;
    let client = match &http.tls {
        Some(tls) if http.base.is_tls() => {
            own = Client::new(Some(&of(tls))).map_err(|error| Fault::Tls(error.message().to_owned()))?;
            &own
        }
        _ => client,
    };
    let body = http.bytes()?;
    let mut request = Request { method: &http.method, url: &http.url, headers: &http.headers, body, timeout };
    let mut visited = Vec::new();
    let begin = std::time::Instant::now();
    let mut answer = client.send(request.clone()).await?;
    let plain: Vec<(String, String)> = http.headers.iter().filter(|(name, _)| !is_credential(name)).cloned().collect();
    while http.follow && matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
        let from = visited.last().unwrap_or(&http.url).clone();
        let Some(next) = answer.header("location").and_then(|to| redirected(&from, to)) else { break };
        let round = next == http.url || visited.contains(&next);
        visited.push(next.clone());
        if visited.len() > REDIRECTS || (round && request.method == "GET") {
            let way = std::iter::once(&http.url).chain(&visited).map(String::as_str).collect::<Vec<_>>().join(" → ");
            let what = if round { "the redirects go round" } else { "there are more than ten redirects" };
            return Err(Fault::Broken(format!("{what}: {way}")));
        }
        // RFC 9110, section 15.4: 303 asks for a GET; 301 and 302 after a POST are understood so by all.
        if answer.status == 303 || (request.method == "POST" && answer.status < 303) {
            request.method = "GET";
            request.body = Bytes::new();
        }
        // Credentials are for the host that they were written for.
        let headers = if same_host(&http.url, &next) { &http.headers } else { &plain };
        let left = timeout.saturating_sub(begin.elapsed());
        answer = client.send(Request { url: &next, headers, timeout: left, ..request.clone() }).await?;
    }
    answer.latency = begin.elapsed();
    let days_left = client.days_left();
    Ok(Came { word: answer.status.to_string(), answer, redirects: visited, days_left, ruled: None })
}

fn is_credential(name: &str) -> bool {
    ["authorization", "cookie", "proxy-authorization"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

fn same_host(a: &str, b: &str) -> bool {
    let host = |url: &str| url.split('/').take(3).collect::<Vec<_>>().join("/");
    host(a) == host(b)
}

impl Http {
    /// The body, as it is sent.
    ///
    /// # Errors
    /// A file that can't be read.
    pub fn bytes(&self) -> std::result::Result<Bytes, Fault> {
        Ok(match &self.body {
            Body::None => Bytes::new(),
            Body::Text(text) => Bytes::copy_from_slice(text.as_bytes()),
            Body::Json(json) => Bytes::from(json.to_string()),
            Body::Form(fields) => Bytes::from(encoded_query(fields)),
            Body::File(file) => std::fs::read(file)
                .map(Bytes::from)
                .map_err(|error| Fault::Broken(format!("the body can't be read from {}: {error}", file.display())))?,
        })
    }
}

async fn program(probe: &Probe, timeout: Duration) -> std::result::Result<Came, Fault> {
    let Some(mut command) = probe.command() else { return Err(Fault::Broken("an empty command".into())) };
    command.timeout = Some(timeout);
    command.grace = Duration::from_secs(1);
    let begin = std::time::Instant::now();
    let ran = tokio::task::spawn_blocking(move || process::capture(&command)).await;
    let ran = ran.map_err(|error| Fault::Broken(format!("lost contact with the program: {error}")))?;
    let output = ran.map_err(|error| Fault::Broken(error.message().to_owned()))?;
    if output.exit == Exit::TimedOut {
        return Err(Fault::TimedOut("the program did not end"));
    }
    let mut came = Came::word(&output.exit.to_string(), begin.elapsed());
    came.answer.cut = output.stdout.len() > http::BODY_LIMIT;
    if !output.exit.ok() {
        let said = String::from_utf8_lossy(if output.stderr.is_empty() { &output.stdout } else { &output.stderr }).into_owned();
        let mismatch =
            Mismatch { expected: "exit code 0".into(), actual: output.exit.to_string(), excerpt: Some(said), key: String::new() };
        came.ruled = Some(Verdict::Wrong(Box::new(mismatch)));
    }
    let mut stdout = output.stdout;
    stdout.truncate(http::BODY_LIMIT);
    came.answer.body = Bytes::from(stdout);
    Ok(came)
}
