//! Containers beside a service: made, followed, asked, stopped.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bollard::container::LogOutput;
use bollard::errors::Error as Fault;
use bollard::exec::{CreateExecOptions, StartExecResults};
use bollard::models::{ContainerCreateBody, EndpointSettings, HealthStatusEnum, HostConfig, NetworkingConfig, PortBinding};
use bollard::query_parameters::{
    CreateContainerOptionsBuilder, KillContainerOptionsBuilder, LogsOptionsBuilder, RemoveContainerOptionsBuilder,
    StopContainerOptionsBuilder,
};
use futures_util::StreamExt as _;

use super::engine::Engine;
use super::fault;
use crate::report::{Error, Result};

/// How long the engine may take for a small thing.
const MOMENT: Duration = Duration::from_secs(60);

/// A container to be made.
#[derive(Clone, Debug, Default)]
pub struct Spec {
    /// Its name.
    pub name: String,
    /// The image.
    pub image: String,
    /// Program and arguments; empty: the image's.
    pub command: Vec<String>,
    /// Variables.
    pub env: Vec<(String, String)>,
    /// A port of 127.0.0.1, and the container's port that it leads to.
    pub publish: Option<(u16, u16)>,
    /// A network, and its name there.
    pub network: Option<(String, String)>,
    /// Labels.
    pub labels: Vec<(String, String)>,
    /// `SOURCE:PATH`.
    pub volumes: Vec<String>,
}

/// A container that was made.
#[derive(Clone, Debug)]
pub struct Container {
    engine: Arc<Engine>,
    /// Its name, or its id.
    pub name: String,
}

/// What the image's own health check says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// There is none.
    Unknown,
    /// Not yet.
    Starting,
    /// Well.
    Healthy,
    /// It fails.
    Unhealthy,
}

impl Container {
    /// One that is there.
    pub fn new(engine: &Arc<Engine>, name: &str) -> Self {
        Self { engine: Arc::clone(engine), name: name.to_owned() }
    }

    /// Makes a container, and starts it. One that can't be started is taken away again.
    ///
    /// # Errors
    /// What the engine says: a port that is taken, a program that the image does not have.
    pub fn start(engine: &Arc<Engine>, spec: &Spec) -> Result<Self> {
        let options = CreateContainerOptionsBuilder::new().name(&spec.name).build();
        let doing = format!("make the container {}", spec.name);
        // Not given up half way: nobody would know of it.
        engine.finish(MOMENT, engine.docker.create_container(Some(options), body(spec)))?.map_err(|error| fault::of(&error, &doing))?;
        let container = Self::new(engine, &spec.name);
        container.again().inspect_err(|_| drop(container.remove()))?;
        Ok(container)
    }

    /// Starts it, the first time or again.
    pub fn again(&self) -> Result<()> {
        let started = self.engine.finish(MOMENT, self.engine.docker.start_container(&self.name, None))?;
        started.map_err(|error| fault::of(&error, &format!("start the container {}", self.name)))
    }

    /// Hands on what it writes from `since` (seconds since 1970) until it ends; gives its exit code.
    ///
    /// # Errors
    /// When the connection to the engine breaks.
    pub fn follow(&self, since: i64, sink: &mut dyn FnMut(&[u8])) -> Result<i32> {
        let docker = &self.engine.docker;
        let since = i32::try_from(since).unwrap_or(0);
        let options = LogsOptionsBuilder::new().follow(true).stdout(true).stderr(true).since(since).build();
        self.engine.run_to_end(async {
            let mut lines = docker.logs(&self.name, Some(options));
            while let Some(Ok(line)) = lines.next().await {
                if !matches!(line, LogOutput::StdIn { .. }) {
                    sink(line.as_ref());
                }
            }
            self.ended().await
        })
    }

    /// Waits until it does not run; its exit code. One that was taken away meanwhile has ended by a kill.
    async fn ended(&self) -> Result<i32> {
        const KILLED: i32 = 137;
        loop {
            match self.engine.docker.inspect_container(&self.name, None).await {
                Ok(found) => {
                    let state = found.state.unwrap_or_default();
                    if state.running != Some(true) {
                        return Ok(state.exit_code.and_then(|code| i32::try_from(code).ok()).unwrap_or(KILLED));
                    }
                }
                Err(Fault::DockerResponseServerError { status_code: 404, .. }) => return Ok(KILLED),
                Err(error) => return Err(fault::of(&error, &format!("ask for the container {}", self.name))),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What the image's own health check says.
    pub fn health(&self) -> Result<Health> {
        let found = self.engine.wait(self.engine.docker.inspect_container(&self.name, None))?;
        let found = found.map_err(|error| fault::of(&error, &format!("ask for the container {}", self.name)))?;
        let status = found.state.and_then(|state| state.health).and_then(|health| health.status);
        Ok(match status {
            Some(HealthStatusEnum::HEALTHY) => Health::Healthy,
            Some(HealthStatusEnum::UNHEALTHY) => Health::Unhealthy,
            Some(HealthStatusEnum::STARTING) => Health::Starting,
            Some(HealthStatusEnum::NONE | HealthStatusEnum::EMPTY) | None => Health::Unknown,
        })
    }

    /// Runs a command in it; its exit code, and what it wrote.
    pub fn exec(&self, command: &[String]) -> Result<(i64, String)> {
        let docker = &self.engine.docker;
        let cmd = Some(command.to_vec());
        let options = CreateExecOptions { attach_stdout: Some(true), attach_stderr: Some(true), cmd, ..CreateExecOptions::default() };
        let ran = self.engine.wait(async {
            let id = docker.create_exec(&self.name, options).await?.id;
            let mut text = String::new();
            if let StartExecResults::Attached { mut output, .. } = docker.start_exec(&id, None).await? {
                while let Some(Ok(piece)) = output.next().await {
                    text.push_str(&String::from_utf8_lossy(piece.as_ref()));
                }
            }
            Ok((docker.inspect_exec(&id).await?.exit_code.unwrap_or(-1), text))
        })?;
        ran.map_err(|error: Fault| fault::of(&error, &format!("run a command in the container {}", self.name)))
    }

    /// Asks it to end, kills it after `grace`. Returns when it has ended, also when we were asked to stop.
    pub fn stop(&self, grace: Duration) -> Result<()> {
        let seconds = i32::try_from(grace.as_secs().max(1)).unwrap_or(i32::MAX);
        let options = StopContainerOptionsBuilder::new().t(seconds).build();
        let stopped = self.engine.finish(grace + MOMENT, self.engine.docker.stop_container(&self.name, Some(options)))?;
        settled(stopped, &format!("stop the container {}", self.name))
    }

    /// Kills it now.
    pub fn kill(&self) -> Result<()> {
        let options = KillContainerOptionsBuilder::new().signal("SIGKILL").build();
        let killed = self.engine.finish(MOMENT, self.engine.docker.kill_container(&self.name, Some(options)))?;
        settled(killed, &format!("kill the container {}", self.name))
    }

    /// Takes it away, with the volumes that have no name.
    pub fn remove(&self) -> Result<()> {
        let options = RemoveContainerOptionsBuilder::new().force(true).v(true).build();
        let removed = self.engine.finish(MOMENT, self.engine.docker.remove_container(&self.name, Some(options)))?;
        settled(removed, &format!("remove the container {}", self.name))
    }
}

/// What is gone (404), has ended already (304, 409) or is being removed needs nothing more.
fn settled(result: Result<(), Fault>, doing: &str) -> Result<()> {
    match result {
        Ok(()) | Err(Fault::DockerResponseServerError { status_code: 304 | 404 | 409, .. }) => Ok(()),
        Err(error) => Err(fault::of(&error, doing)),
    }
}

fn body(spec: &Spec) -> ContainerCreateBody {
    let tcp = |port: u16| format!("{port}/tcp");
    let binding = |host: u16| vec![PortBinding { host_ip: Some("127.0.0.1".into()), host_port: Some(host.to_string()) }];
    let ports = spec.publish.map(|(host, inside)| HashMap::from([(tcp(inside), Some(binding(host)))]));
    let endpoint = |alias: &str| EndpointSettings { aliases: Some(vec![alias.to_owned()]), ..EndpointSettings::default() };
    let network = spec.network.as_ref();
    ContainerCreateBody {
        image: Some(spec.image.clone()),
        cmd: (!spec.command.is_empty()).then(|| spec.command.clone()),
        env: Some(spec.env.iter().map(|(name, value)| format!("{name}={value}")).collect()),
        exposed_ports: spec.publish.map(|(_, inside)| vec![tcp(inside)]),
        labels: Some(spec.labels.iter().cloned().collect()),
        host_config: Some(HostConfig {
            binds: Some(spec.volumes.clone()),
            port_bindings: ports,
            network_mode: network.map(|(name, _)| name.clone()),
            ..HostConfig::default()
        }),
        networking_config: network
            .map(|(name, alias)| NetworkingConfig { endpoints_config: Some(HashMap::from([(name.clone(), endpoint(alias))])) }),
        ..ContainerCreateBody::default()
    }
}

impl Engine {
    /// Runs to its end, whatever is asked of us meanwhile: for threads that end when what they watch ends.
    fn run_to_end<T>(&self, future: impl Future<Output = Result<T>>) -> Result<T> {
        self.runtime().block_on(future)
    }

    /// Waits at most so long, also when we were asked to stop: this is how things are put in order.
    pub(super) fn finish<T>(&self, limit: Duration, future: impl Future<Output = T>) -> Result<T> {
        let late = || Error::failed(format!("the engine did not answer within {} s", limit.as_secs()));
        self.runtime().block_on(async { tokio::time::timeout(limit, future).await }).map_err(|_| late())
    }
}
