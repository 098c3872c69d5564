//! What run-local does, as a value: start, wait until ready, then serve or run a command.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::config::variables::Variable;
use crate::plan::{self, Plan};
use crate::process::quote;
use crate::report::Place;

/// A service to be started on this machine.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Service {
    /// Its name.
    pub name: String,
    /// The shell line.
    pub run: String,
    /// Where it runs: the repo's folder.
    pub dir: PathBuf,
    /// Its variables.
    pub env: Vec<Variable>,
    /// The port it serves on; none for a worker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Where people look at it, `ready` among it.
    pub endpoints: Vec<Endpoint>,
    /// How long it may take to become ready.
    #[serde(serialize_with = "seconds")]
    pub ready_within: Duration,
    /// How long it may take to stop.
    #[serde(serialize_with = "seconds")]
    pub stop_within: Duration,
    /// Globs of files whose change restarts it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub watch: Vec<String>,
    /// Where `run` is written.
    #[serde(skip)]
    pub run_place: Option<Place>,
    /// Where the port is written.
    #[serde(skip)]
    pub port_place: Option<Place>,
    /// Where the path of readiness is written.
    #[serde(skip)]
    pub ready_place: Option<Place>,
    /// Where `watch` is written.
    #[serde(skip)]
    pub watch_place: Option<Place>,
}

/// A URL of the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Endpoint {
    /// What it is: `health`, `ready`.
    pub name: String,
    /// Where it is.
    pub url: String,
}

impl Service {
    /// Where it answers.
    pub fn url(&self) -> Option<String> {
        self.port.map(|port| format!("http://127.0.0.1:{port}"))
    }

    /// Where it says that it can take requests.
    pub fn ready_url(&self) -> Option<&str> {
        self.endpoints.iter().find(|endpoint| endpoint.name == "ready").map(|endpoint| endpoint.url.as_str())
    }
}

/// One step of run-local.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Action {
    /// Starts the service.
    Start(Box<Service>),
    /// Waits until it is ready.
    Ready {
        /// The URL that is asked.
        url: String,
    },
    /// Runs a command against it.
    Exec {
        /// The command.
        command: Vec<String>,
        /// Variables that tell where the service is.
        env: Vec<(String, String)>,
    },
    /// Serves until somebody stops it.
    Serve,
}

/// The plan: the service is stopped at its end in any case.
pub fn plan(service: Service, exec: &[String]) -> Plan<Action> {
    let mut plan = Plan::default();
    let ready = service.ready_url().map(str::to_owned);
    let (port, url) = (service.port, service.url());
    plan.push("start", Action::Start(Box::new(service)));
    if let Some(url) = ready {
        plan.push("ready", Action::Ready { url });
    }
    if exec.is_empty() {
        plan.push("serve", Action::Serve);
    } else {
        let mut env = Vec::new();
        env.extend(port.map(|port| ("PORT".to_owned(), port.to_string())));
        env.extend(url.map(|url| ("TARGET_URL".to_owned(), url)));
        plan.push("exec", Action::Exec { command: exec.to_vec(), env });
    }
    plan
}

impl plan::Action for Action {
    fn title(&self) -> String {
        match self {
            Self::Start(service) => format!("start {}", service.name),
            Self::Ready { url } => format!("wait for {url}"),
            Self::Exec { command, .. } => format!("run {}", line(command)),
            Self::Serve => "serve until stopped".to_owned(),
        }
    }

    fn script(&self) -> Vec<String> {
        match self {
            Self::Start(service) => {
                let assignments = service.env.iter().map(|variable| format!("  {} \\", variable.assignment()));
                let mut lines = vec![format!("cd {}", quote(&service.dir.to_string_lossy())), "env \\".to_owned()];
                lines.extend(assignments);
                lines.push(format!("  sh -eu -c {} &", quote(&service.run)));
                if !service.watch.is_empty() {
                    lines.push(format!("# started again when one of these changes: {}", service.watch.join(" ")));
                }
                lines.push("service=$!".to_owned());
                lines.push("trap 'kill \"$service\"' EXIT INT TERM".to_owned());
                lines
            }
            Self::Ready { url } => vec![format!("until curl -fsS -o /dev/null {}; do kill -0 \"$service\"; sleep 0.2; done", quote(url))],
            Self::Exec { command, env } => {
                let mut words: Vec<String> = env.iter().map(|(name, value)| format!("{name}={}", quote(value))).collect();
                words.push(line(command));
                vec![words.join(" ")]
            }
            Self::Serve => vec!["wait \"$service\"".to_owned()],
        }
    }
}

fn line(command: &[String]) -> String {
    command.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ")
}

fn seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_secs_f64())
}
