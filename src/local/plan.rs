//! What run-local does, as a value: what it needs first, then the service, then serve or run a command.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::compose::Compose;
use crate::config::variables::Variable;
use crate::plan::Plan;
use crate::report::Place;

/// Something to be started on this machine.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Service {
    /// Its name.
    pub name: String,
    /// As what it runs.
    #[serde(flatten)]
    pub how: How,
    /// Its variables.
    pub env: Vec<Variable>,
    /// The port of this machine that it serves on; none for a worker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// It speaks HTTP there.
    #[serde(skip)]
    pub http: bool,
    /// Where people look at it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub endpoints: Vec<Endpoint>,
    /// How it tells that it is ready.
    pub ready: Ready,
    /// How long it may take to stop.
    #[serde(serialize_with = "seconds")]
    pub stop_within: Duration,
    /// Globs of files whose change restarts it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub watch: Vec<String>,
    /// Globs of files whose change builds its image again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rebuild: Vec<String>,
    /// Where it is written what runs.
    #[serde(skip)]
    pub place: Option<Place>,
    /// Where the port is written.
    #[serde(skip)]
    pub port_place: Option<Place>,
    /// Where readiness is written.
    #[serde(skip)]
    pub ready_place: Option<Place>,
    /// Where `watch` is written.
    #[serde(skip)]
    pub watch_place: Option<Place>,
}

/// As what something runs.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "as", rename_all = "kebab-case")]
pub enum How {
    /// A program of this machine.
    Program {
        /// The shell line.
        run: String,
        /// Where it runs: the repo's folder.
        dir: PathBuf,
    },
    /// A container of its own.
    Container(Container),
    /// A container that compose made.
    Composed {
        /// Its id.
        id: String,
    },
}

/// A container.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Container {
    /// Its name in the engine.
    #[serde(rename = "container")]
    pub name: String,
    /// The image.
    pub image: String,
    /// It is an image of ours, which no registry gives.
    #[serde(skip)]
    pub own: bool,
    /// Program and arguments; empty: the image's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// The port that it serves inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inside: Option<u16>,
    /// Its network.
    pub network: String,
    /// `SOURCE:PATH`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub volumes: Vec<String>,
}

/// How something tells that it is ready.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ready {
    /// A shell line that ends with 0.
    Command(String),
    /// It ends with 0.
    Done,
    /// The image's health check; where there is none, the port.
    Health,
    /// A URL that answers as it must.
    Http(String),
    /// A text in a line that it writes.
    Log(String),
    /// It runs.
    Runs,
    /// The port takes connections.
    Tcp,
}

/// A URL of the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Endpoint {
    /// What it is: `health`, `ready`.
    pub name: String,
    /// Where it is.
    pub url: String,
}

/// A way to a service of an environment.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Tunnel {
    /// The variable that gets its URL.
    pub variable: String,
    /// The environment.
    pub environment: String,
    /// Its context.
    pub context: String,
    /// Its namespace.
    pub namespace: String,
    /// The service.
    pub service: String,
    /// Its port there.
    pub port: u16,
    /// The port here.
    pub local: u16,
}

impl Service {
    /// Where it answers.
    pub fn url(&self) -> Option<String> {
        self.port.map(|port| if self.http { format!("http://127.0.0.1:{port}") } else { format!("127.0.0.1:{port}") })
    }

    /// Whether it is the service that the repo is about: of others nobody looks at endpoints.
    pub fn is_main(&self) -> bool {
        !self.endpoints.is_empty()
    }

    /// What runs, in one line.
    pub fn line(&self) -> &str {
        match &self.how {
            // A comment in front says it better than the shell's words.
            How::Program { run, .. } => run.trim().lines().next().unwrap_or_default().trim_start_matches("# "),
            How::Container(container) => &container.image,
            How::Composed { .. } => "compose",
        }
    }
}

/// One step of run-local.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Action {
    /// Builds the image of the service.
    Build {
        /// The lines that a person would run.
        script: Vec<String>,
    },
    /// Makes the network of the containers.
    Network {
        /// Its name.
        name: String,
    },
    /// Opens a way to a service of an environment.
    Forward(Tunnel),
    /// Starts what a compose file names.
    Compose(Compose),
    /// Starts these at once.
    Start {
        /// What is started.
        services: Vec<Service>,
    },
    /// Waits until these are ready.
    Ready {
        /// What is waited for.
        services: Vec<Service>,
        /// How long all may take together.
        #[serde(serialize_with = "seconds")]
        within: Duration,
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

/// What is started, and in which order: each of these fields waits for those before it.
#[derive(Clone, Debug, Default)]
pub struct Stage {
    /// What builds the image, as lines of a script.
    pub build: Vec<String>,
    /// The network, where there are containers.
    pub network: Option<String>,
    /// Ways to services of an environment.
    pub forwards: Vec<Tunnel>,
    /// The compose file.
    pub compose: Option<Compose>,
    /// Containers beside the service.
    pub companions: Vec<Service>,
    /// Containers that run to their end, one after the other.
    pub once: Vec<Service>,
    /// The service itself, and its workloads.
    pub services: Vec<Service>,
    /// How long all may take to become ready.
    pub ready_within: Duration,
}

/// The plan: all is stopped at its end in any case.
pub fn plan(stage: Stage, exec: &[String]) -> Plan<Action> {
    let mut plan = Plan::default();
    let composed = stage.compose.as_ref().and_then(|compose| compose.main.as_ref()).map(|main| main.port);
    let main = stage.services.first().map_or(composed, |service| service.port);
    if !stage.build.is_empty() {
        plan.push("build", Action::Build { script: stage.build });
    }
    if let Some(name) = stage.network {
        plan.push("network", Action::Network { name });
    }
    for tunnel in stage.forwards {
        plan.push(format!("forward {}", tunnel.service), Action::Forward(tunnel));
    }
    if let Some(compose) = stage.compose {
        plan.push("compose", Action::Compose(compose));
    }
    let once = stage.once.into_iter().map(|service| (format!(" {}", service.name), vec![service]));
    let groups = [(" companions".to_owned(), stage.companions)].into_iter().chain(once).chain([(String::new(), stage.services)]);
    for (name, services) in groups.filter(|(_, services)| !services.is_empty()) {
        plan.push(format!("start{name}"), Action::Start { services: services.clone() });
        plan.push(format!("ready{name}"), Action::Ready { services, within: stage.ready_within });
    }
    if exec.is_empty() {
        plan.push("serve", Action::Serve);
    } else {
        let mut env = Vec::new();
        if let Some(port) = main {
            env.push(("PORT".to_owned(), port.to_string()));
            env.push(("TARGET_URL".to_owned(), format!("http://127.0.0.1:{port}")));
        }
        plan.push("exec", Action::Exec { command: exec.to_vec(), env });
    }
    plan
}

fn seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_secs_f64())
}
