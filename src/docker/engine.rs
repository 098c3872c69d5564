//! The connection to the engine. Synchronous outwards: inside, a current-thread runtime that is made
//! when an engine is first asked for, and that stops waiting when the run is cancelled.

use std::future::Future;
use std::sync::Arc;

use bollard::{API_DEFAULT_VERSION, BollardRequest, Docker};
use futures_util::future::abortable;
use tokio::runtime::{Builder, Runtime};

use super::endpoint::{Endpoint, Surroundings};
use super::way::Way;
use super::{auth, wire};
use crate::process::{cancel, listen_for_signals};
use crate::report::{Error, Result};

/// A build may take the context for as long as it likes (bollard counts the upload), so the limit is a
/// day: what really ends a wait is the engine, or the user.
const LIMIT: u64 = 24 * 60 * 60;

/// An engine that answers.
pub struct Engine {
    pub(super) docker: Docker,
    pub(super) way: Arc<Way>,
    /// Where it is, and how it was found.
    pub endpoint: Endpoint,
    runtime: Runtime,
}

/// An engine in words.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Description {
    /// `Docker 20.10.24 (API 1.41, linux/amd64)`.
    pub product: String,
    /// Its address.
    pub url: String,
    /// How it was found.
    pub origin: String,
}

impl Engine {
    /// Finds an engine as the docker program does, and asks whether it is there.
    ///
    /// # Errors
    /// Exit code 7 with what was tried and what to do.
    pub fn find() -> Result<Self> {
        Self::at(None)
    }

    /// The engine at this address, when one is given; else the one that is found.
    ///
    /// # Errors
    /// As [`Engine::find`].
    pub fn at(host: Option<&str>) -> Result<Self> {
        let here = Surroundings::here();
        let candidates = host.map_or_else(|| here.candidates(), |url| Ok(vec![here.at(url, "--host")]))?;
        let mut tried = Vec::new();
        for endpoint in candidates {
            match Self::connect(endpoint.clone()) {
                Ok(engine) => return Ok(engine),
                Err(Refusal::Stopped(error)) => return Err(error),
                Err(Refusal::Because(why)) => tried.push((endpoint, why)),
            }
        }
        Err(none(&tried))
    }

    fn connect(endpoint: Endpoint) -> Result<Self, Refusal> {
        let because = |why: String| Refusal::Because(why);
        let way = Arc::new(Way::to(&endpoint).map_err(because)?);
        let docker = client(&way).map_err(because)?;
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| because(error.to_string()))?;
        let patience = way.patience();
        let engine = Self { docker, way, endpoint, runtime };
        match engine.wait(async { tokio::time::timeout(patience, engine.docker.ping()).await }).map_err(Refusal::Stopped)? {
            Ok(Ok(_)) => Ok(engine),
            Ok(Err(error)) => Err(because(engine.way.last_words().unwrap_or_else(|| super::fault::reason(&error)))),
            Err(_) => Err(because(format!("no answer in {} s", patience.as_secs()))),
        }
    }

    /// What it is, for `doctor` and `-v`.
    pub fn describe(&self) -> Result<Description> {
        let version = self.wait(self.docker.version())?.map_err(|error| super::fault::of(&error, "ask the engine for its version"))?;
        let word = |text: Option<String>| text.unwrap_or_else(|| "?".into());
        let podman = version.components.iter().flatten().any(|component| component.name.starts_with("Podman"));
        let name = if podman { "Podman" } else { "Docker" };
        let (number, api) = (word(version.version), word(version.api_version));
        Ok(Description {
            product: format!("{name} {number} (API {api}, {}/{})", word(version.os), word(version.arch)),
            url: self.endpoint.url.clone(),
            origin: self.endpoint.origin.clone(),
        })
    }

    pub(super) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Waits for an answer, and no longer when the run is cancelled: the connection is dropped then, and
    /// the engine stops what it did for us.
    pub(super) fn wait<T>(&self, future: impl Future<Output = T>) -> Result<T> {
        listen_for_signals();
        cancel::check()?;
        let (future, handle) = abortable(future);
        let _guard = cancel::listen(move || handle.abort());
        if let Ok(value) = self.runtime.block_on(future) {
            return Ok(value);
        }
        // Lets the connection notice that nobody waits any more, and close.
        self.runtime.block_on(tokio::task::yield_now());
        Err(cancel::check().err().unwrap_or_else(|| Error::failed("the engine was not waited for")))
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Engine({})", self.endpoint.url)
    }
}

/// Why an endpoint is not used.
enum Refusal {
    Because(String),
    Stopped(Error),
}

fn client(way: &Arc<Way>) -> Result<Docker, String> {
    let way = Arc::clone(way);
    let transport = move |request: BollardRequest| {
        let way = Arc::clone(&way);
        async move { wire::exchange(&way, request).await }
    };
    let docker = Docker::connect_with_custom_transport(transport, Some("http://docker"), LIMIT, API_DEFAULT_VERSION);
    docker.map(|docker| docker.with_request_modifier(auth::url_safe)).map_err(|error| super::fault::reason(&error))
}

fn none(tried: &[(Endpoint, String)]) -> Error {
    let width = tried.iter().map(|(endpoint, _)| endpoint.url.len()).max().unwrap_or(0);
    let lines = tried.iter().map(|(endpoint, why)| format!("{:width$}  {} ({why})", endpoint.url, endpoint.origin));
    let error = Error::missing("no container engine answers").note(format!("looked here:\n{}", lines.collect::<Vec<_>>().join("\n")));
    match tried {
        [(endpoint, _)] if endpoint.url.starts_with("ssh://") => {
            let host = endpoint.url.trim_start_matches("ssh://").split(['/', ':']).next().unwrap_or_default();
            error.help(format!("`ssh {host} docker version` must work, and without a question: `ssh-add` keeps the key of a user ready"))
        }
        _ if tried.iter().any(|(_, why)| why.contains("ermission denied")) => {
            error.help("your user may not use the engine: `sudo usermod -aG docker $USER`, then log in again")
        }
        [(_, why)] if why.contains("HTTP request to an HTTPS server") => error
            .help("it speaks TLS: `export DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=FOLDER`, with ca.pem, cert.pem and key.pem in the folder"),
        [(endpoint, why)] if endpoint.tls.is_some() && why.to_lowercase().contains("certificate") => {
            let files = "ca.pem of its CA, and cert.pem and key.pem of a user that it trusts";
            error.help(format!("in DOCKER_CERT_PATH, or in the docker context, must be: {files}"))
        }
        [(endpoint, _)] => error.help(format!("{} names this engine: start it there, or take the setting away", endpoint.origin)),
        _ => error.help("is it started? `sudo systemctl start docker`, or open Docker Desktop; or set DOCKER_HOST"),
    }
}
