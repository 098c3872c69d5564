//! What a load test does, as a value that can be printed.

use std::time::Duration;

use serde::{Serialize, Serializer};

use super::wrk;
use crate::plan::Action;
use crate::process::Command;

/// One request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// Headers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// The body.
    #[serde(skip)]
    pub body: Vec<u8>,
}

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Engine {
    /// The program wrk.
    Wrk,
    /// Our own.
    BuiltIn,
}

impl Engine {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wrk => "wrk",
            Self::BuiltIn => "built-in",
        }
    }
}

/// A load test.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Job {
    /// Who sends.
    pub engine: Engine,
    /// What is sent, one after the other and from the begin again; all to one host.
    pub requests: Vec<Request>,
    /// Connections at once.
    pub connections: usize,
    /// Threads that send.
    pub threads: usize,
    /// Requests per second, whether answers keep up or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<u32>,
    /// How long is measured.
    #[serde(serialize_with = "seconds")]
    pub duration: Duration,
    /// How long is not measured before that.
    #[serde(serialize_with = "seconds")]
    pub warm_up: Duration,
    /// For one request.
    #[serde(serialize_with = "seconds")]
    pub timeout: Duration,
}

impl Job {
    /// `50 connections for 10 s`.
    pub fn words(&self) -> String {
        let rate = self.rate.map(|rate| format!("{rate} requests/s over ")).unwrap_or_default();
        let seconds = self.duration.as_secs_f64();
        format!("{rate}{} for {seconds} s", crate::report::text::count(self.connections, "connection"))
    }
}

impl Action for Job {
    fn title(&self) -> String {
        let what = self.requests.first().map(|request| format!("{} {}", request.method, request.url)).unwrap_or_default();
        let more = if self.requests.len() > 1 { format!(" and {} more", self.requests.len() - 1) } else { String::new() };
        format!("{what}{more}: {} ({})", self.words(), self.engine.name())
    }

    fn script(&self) -> Vec<String> {
        if self.engine == Engine::Wrk {
            let script = wrk::script(&self.requests);
            let warm_up = (!self.warm_up.is_zero()).then(|| format!("{} >/dev/null", wrk::command(self, self.warm_up, "load.lua").line()));
            let lines = [format!("cat >load.lua <<'END_OF_INPUT'\n{script}END_OF_INPUT")].into_iter().chain(warm_up);
            return lines.chain([wrk::command(self, self.duration, "load.lua").line()]).collect();
        }
        // The nearest program that others have.
        self.requests.iter().map(|request| self.oha(request)).collect()
    }
}

impl Job {
    fn oha(&self, request: &Request) -> String {
        let seconds = format!("{}s", self.duration.as_secs_f64());
        let mut command = Command::new("oha", ["--no-tui", "-z", &seconds, "-c", &self.connections.to_string(), "-m", &request.method]);
        if let Some(rate) = self.rate {
            command = command.args(["-q", &rate.to_string(), "--latency-correction"]);
        }
        for (name, value) in &request.headers {
            command = command.args(["-H", &format!("{name}: {value}")]);
        }
        if !request.body.is_empty() {
            command = command.args(["-d", &String::from_utf8_lossy(&request.body)]);
        }
        command.arg(&request.url).line()
    }
}

fn seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_secs_f64())
}
