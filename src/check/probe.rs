//! One question and what its answer must be: plain data, printable as a command.

use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::config::{Body, Capture, Expect, Tls};
use crate::http::{Base, encoded_query};
use crate::plan::Action;
use crate::process::Command;
use crate::report::Place;

/// One question and what its answer must be.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Probe {
    /// Its name.
    #[serde(skip)]
    pub name: String,
    /// What is asked.
    #[serde(flatten)]
    pub ask: Ask,
    /// For one try.
    #[serde(serialize_with = "seconds")]
    pub timeout: Duration,
    /// What must come.
    pub expect: Expect,
    /// What the body must be.
    pub content: Content,
    /// What is kept for other checks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub capture: Vec<Capture>,
    /// What must have passed before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// A wrong answer is asked for again too.
    pub retry: bool,
    /// When it fails, that is only said.
    pub optional: bool,
    /// Why it is not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip: Option<String>,
    /// What to do when it fails.
    #[serde(skip)]
    pub help: Option<String>,
    /// Where it is written.
    #[serde(skip)]
    pub place: Option<Place>,
    /// Where each of its expectations is written.
    #[serde(skip)]
    pub places: Vec<(String, Place)>,
}

/// What is asked.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Ask {
    /// HTTP.
    Http(Box<Http>),
    /// Whether something listens there; with TLS, whether its certificate is right.
    Tcp {
        /// `HOST:PORT`.
        address: String,
        /// With TLS.
        #[serde(skip)]
        tls: Option<Tls>,
    },
    /// gRPC's health service.
    Grpc {
        /// `HOST:PORT`.
        address: String,
        /// The service; empty: the server.
        service: String,
        /// With TLS.
        #[serde(skip)]
        tls: Option<Tls>,
    },
    /// A program.
    Command {
        /// Program and arguments.
        argv: Vec<String>,
        /// The target's URL, told as TARGET_URL.
        #[serde(skip_serializing_if = "Option::is_none")]
        target: Option<String>,
    },
}

/// A request.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Http {
    /// The method.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// Headers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// The body.
    #[serde(skip)]
    pub body: Body,
    /// Redirects are followed.
    pub follow: bool,
    /// The path as people know it: without the target's prefix.
    #[serde(skip)]
    pub path: String,
    /// What is added to the path.
    #[serde(skip)]
    pub query: Vec<(String, String)>,
    /// The target.
    #[serde(skip)]
    pub base: Base,
    /// How TLS is checked.
    #[serde(skip)]
    pub tls: Option<Tls>,
    /// Values that are never shown.
    #[serde(skip)]
    pub secrets: Vec<String>,
}

/// What was deployed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Release {
    /// Its version.
    pub version: String,
    /// Its commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

impl Release {
    /// Whether a service that calls itself so is of it. A tag gives an image that is there a further name and
    /// does not build it anew: it goes on calling itself the snapshot of its commit, `1.2.3-4.gSHA`.
    pub(super) fn is(&self, said: &str) -> bool {
        const SHORTEST: usize = 7;
        let snapshot = said.rsplit_once(".g").map(|(_, sha)| sha).filter(|sha| sha.len() >= SHORTEST);
        said == self.version || snapshot.zip(self.commit.as_deref()).is_some_and(|(sha, commit)| commit.starts_with(sha))
    }
}

/// What a body must be, beyond what is expected of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// Anything.
    Any,
    /// A JSON object with the version; this one's, when it is known.
    Info(Option<Release>),
    /// Prometheus' text format, with a sample at least.
    Prometheus,
}

impl Http {
    /// Path and query, as they follow the target's URL.
    pub(super) fn target(&self) -> String {
        let sign = if self.path.contains('?') { '&' } else { '?' };
        if self.query.is_empty() { self.path.clone() } else { format!("{}{sign}{}", self.path, encoded_query(&self.query)) }
    }

    /// Puts the URL together anew.
    pub(super) fn update(&mut self) {
        self.url = self.base.join(&self.target());
    }

    fn curl(&self, timeout: Duration) -> String {
        let mut command = Command::new("curl", ["-isS", "--max-time", &timeout.as_secs_f64().to_string()]);
        let natural = if self.body == Body::None { "GET" } else { "POST" };
        command = match self.method.as_str() {
            "HEAD" => command.arg("--head"),
            // With -X curl would repeat the method after a redirect, and we don't.
            method if method == natural && (self.body == Body::None || self.follow) => command,
            method => command.args(["-X", method]),
        };
        if self.follow {
            command = command.args(["-L", "--max-redirs", "10"]);
        }
        if let Some(ca) = self.tls.as_ref().and_then(|tls| tls.ca.as_ref()) {
            command = command.arg("--cacert").arg(ca);
        }
        for (name, value) in &self.headers {
            command = command.args(["-H", &format!("{name}: {value}")]);
        }
        let typed = self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if self.body != Body::None && !typed {
            // Else curl calls every body a form.
            command = command.args(["-H", "Content-Type:"]);
        }
        command = match &self.body {
            Body::None => command,
            Body::Text(text) => command.args(["--data-raw", text]),
            Body::Json(json) => command.args(["--data-raw", &json.to_string()]),
            Body::Form(fields) => command.args(["--data-raw", &encoded_query(fields)]),
            Body::File(file) => command.args(["--data-binary", &format!("@{}", file.display())]),
        };
        match self.tls.as_ref().and_then(|tls| tls.name.as_ref()) {
            Some(name) => self.under(name, command).line(),
            None => command.arg(&self.url).line(),
        }
    }

    /// The same host, asked for the certificate of another name.
    fn under(&self, name: &str, command: Command) -> Command {
        let (host, port) = (self.base.host(), self.base.port());
        let authority = self.url.split('/').nth(2).unwrap_or_default();
        let url = self.url.replacen(authority, &format!("{name}:{port}"), 1);
        command.args(["-H", &format!("Host: {authority}"), "--connect-to", &format!("{name}:{port}:{host}:{port}"), &url])
    }
}

impl Probe {
    /// The question as a line that can be pasted into a shell.
    pub fn line(&self) -> String {
        match &self.ask {
            Ask::Http(http) => http.curl(self.timeout),
            Ask::Tcp { address, tls: Some(tls) } => {
                let mut command = Command::new("openssl", ["s_client", "-brief", "-verify_return_error", "-connect", address]);
                if let Some(ca) = &tls.ca {
                    command = command.arg("-CAfile").arg(ca);
                }
                if let Some(name) = &tls.name {
                    command = command.args(["-servername", name, "-verify_hostname", name]);
                }
                format!("{} </dev/null", command.line())
            }
            Ask::Tcp { address, tls: None } => {
                let (host, port) = address.rsplit_once(':').unwrap_or((address, ""));
                Command::new("nc", ["-z", "-w", &self.timeout.as_secs().max(1).to_string(), host.trim_matches(['[', ']']), port]).line()
            }
            Ask::Grpc { address, service, tls } => {
                let mut command = Command::new("grpcurl", if tls.is_some() { [].iter() } else { ["-plaintext"].iter() });
                if !service.is_empty() {
                    command = command.args(["-d", &serde_json::json!({ "service": service }).to_string()]);
                }
                command.args([address.as_str(), "grpc.health.v1.Health/Check"]).line()
            }
            Ask::Command { .. } => self.command().map(|command| command.to_string()).unwrap_or_default(),
        }
    }

    /// The program that is run.
    pub(super) fn command(&self) -> Option<Command> {
        let Ask::Command { argv, target } = &self.ask else { return None };
        let (program, args) = argv.split_first()?;
        let mut command = Command::new(program, args);
        if let Some(target) = target {
            command = command.env("TARGET_URL", target);
        }
        command.timeout = Some(self.timeout);
        Some(command)
    }

    /// `GET /health`, `tcp db:5432`.
    pub fn what(&self) -> String {
        match &self.ask {
            Ask::Http(http) => format!("{} {}", http.method, http.target()),
            Ask::Tcp { address, tls } => format!("{} {address}", if tls.is_some() { "tls" } else { "tcp" }),
            Ask::Grpc { address, service, .. } => format!("grpc {address} {service}").trim_end().to_owned(),
            Ask::Command { argv, .. } => argv.join(" "),
        }
    }

    /// Values that must not be shown, as far as they are known: not those that are still to be captured.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let http = if let Ask::Http(http) = &self.ask { http.secrets.as_slice() } else { &[] };
        http.iter().map(String::as_str).filter(|secret| !secret.contains("${"))
    }

    /// `200`, `2xx or 404`; nothing where no status is looked at.
    fn statuses(&self) -> String {
        self.expect.status.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
    }
}

impl Action for Probe {
    fn title(&self) -> String {
        match (&self.skip, self.statuses()) {
            (Some(reason), _) => format!("skipped: {reason}"),
            (None, status) if status.is_empty() => self.what(),
            (None, status) => format!("{} → {status}", self.what()),
        }
    }

    fn script(&self) -> Vec<String> {
        if self.skip.is_some() { Vec::new() } else { vec![self.line()] }
    }
}

fn seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_knows_the_snapshot_of_its_commit() {
        let release = Release { version: "1.2.3".into(), commit: Some("0123456789abcdef".into()) };
        for (said, is) in [
            ("1.2.3", true),
            ("1.2.2-4.g0123456", true),
            ("0.0.0-1.g0123456789", true),
            ("1.2.2-4.g0123456-dirty", false),
            ("1.2.2-4.gfedcba9", false),
            ("1.2.2-4.g01", false),
            ("1.2.4", false),
            ("", false),
        ] {
            assert_eq!(release.is(said), is, "{said}");
        }
        assert!(!Release { commit: None, ..release }.is("1.2.2-4.g0123456"));
    }
}
