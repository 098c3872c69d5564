//! One request and what its answer must be: plain data, printable as a curl command.

use std::time::Duration;

use serde::{Serialize, Serializer};

use super::http::Request;
use crate::plan::Action;
use crate::process::Command;
use crate::report::Place;

/// One request and what its answer must be.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Probe {
    /// Its name.
    #[serde(skip)]
    pub name: String,
    /// The method.
    pub method: String,
    /// The path as people know it: without the target's prefix.
    #[serde(skip)]
    pub path: String,
    /// The whole URL.
    pub url: String,
    /// Headers of the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// The body of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// For one try.
    #[serde(serialize_with = "seconds")]
    pub timeout: Duration,
    /// What must come.
    pub expect: Expect,
    /// Why it is not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip: Option<String>,
    /// What to do when it fails.
    #[serde(skip)]
    pub help: Option<String>,
    /// Where it is written.
    #[serde(skip)]
    pub place: Option<Place>,
}

/// What must hold of an answer.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Expect {
    /// The status.
    pub status: u16,
    /// Headers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// The body.
    pub content: Content,
    /// How long it may take.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "some_seconds")]
    pub max_latency: Option<Duration>,
}

/// What must hold of a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// Anything.
    Any,
    /// It holds this text.
    Contains(String),
    /// It is a JSON object.
    JsonObject,
    /// It is Prometheus' text format, with a sample at least.
    Prometheus,
}

impl Probe {
    /// The request to send, with this much time at most.
    pub fn request(&self, left: Duration) -> Request<'_> {
        let timeout = self.timeout.min(left);
        Request { method: &self.method, url: &self.url, headers: &self.headers, body: self.body.as_deref(), timeout }
    }

    /// The request as a line that can be pasted into a shell.
    pub fn curl(&self) -> String {
        let seconds = format!("{}", self.timeout.as_secs_f64());
        let mut command = Command::new("curl", ["-isS", "--max-time", &seconds]);
        command = match self.method.as_str() {
            "HEAD" => command.arg("--head"),
            "GET" if self.body.is_none() => command,
            method => command.args(["-X", method]),
        };
        for (name, value) in &self.headers {
            command = command.args(["-H", &format!("{name}: {value}")]);
        }
        if let Some(body) = &self.body {
            command = command.args(["--data-raw", body]);
        }
        command.arg(&self.url).line()
    }

    /// `GET /health`.
    pub fn what(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Values that must not be shown: credentials in its headers.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let secret = |name: &str| {
            let name = name.to_lowercase();
            ["authorization", "cookie", "token", "api-key", "apikey", "secret", "password"].iter().any(|word| name.contains(word))
        };
        let values = self.headers.iter().filter(move |(name, _)| secret(name)).map(|(_, value)| value.as_str());
        // `Bearer TOKEN`: the token may show up alone.
        values.flat_map(|value| [value, value.rsplit(' ').next().unwrap_or(value)])
    }
}

impl Action for Probe {
    fn title(&self) -> String {
        match &self.skip {
            Some(reason) => format!("skipped: {reason}"),
            None => format!("{} → {}", self.what(), self.expect.status),
        }
    }

    fn script(&self) -> Vec<String> {
        if self.skip.is_some() { Vec::new() } else { vec![self.curl()] }
    }
}

fn seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_secs_f64())
}

#[expect(clippy::ref_option, reason = "serde hands the field over by reference")]
fn some_seconds<S: Serializer>(time: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    time.map(|time| time.as_secs_f64()).serialize(serializer)
}
