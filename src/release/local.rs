//! What run-local needs of the container engine and of clusters.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crate::config::{Environment, Image, Project};
use crate::docker::{self, Container, Engine, Health, Spec};
use crate::kube::{self, Forward};
use crate::local::{Beside, Containers, Handle, Listed, Order, Tunnel};
use crate::plan::Plan;
use crate::process::{Exit, cancel};
use crate::report::{Error, Problem, Report, Result};

/// The engine, looked for when it is first needed.
#[derive(Default)]
pub struct Docker(OnceLock<Arc<Engine>>);

impl Docker {
    fn engine(&self) -> Result<&Arc<Engine>> {
        if self.0.get().is_none() {
            let found = Arc::new(Engine::find()?);
            // Another thread may have been quicker: one of them is enough.
            let _ = self.0.set(found);
        }
        self.0.get().ok_or_else(|| Error::missing("no container engine answers"))
    }
}

fn listed(found: docker::Found) -> Listed {
    Listed { id: found.id, name: found.name, labels: found.labels, ports: found.ports }
}

impl Containers for Docker {
    fn make_network(&self, name: &str, labels: &[(String, String)]) -> Result<()> {
        self.engine()?.make_network(name, labels)
    }

    fn remove_network(&self, name: &str) -> Result<()> {
        self.engine()?.remove_network(name)
    }

    fn prepare(&self, image: &str, tell: &mut dyn FnMut(&str)) -> Result<()> {
        let engine = self.engine()?;
        if engine.has_image(image)? { Ok(()) } else { engine.pull(image, tell) }
    }

    fn start(&self, order: &Order) -> Result<Arc<dyn Handle>> {
        let spec = Spec {
            name: order.name.clone(),
            image: order.image.clone(),
            command: order.command.clone(),
            env: order.env.clone(),
            publish: order.publish,
            network: Some((order.network.clone(), order.alias.clone())),
            labels: order.labels.clone(),
            volumes: order.volumes.clone(),
        };
        Ok(Arc::new(Container::start(self.engine()?, &spec)?))
    }

    fn find(&self, name: &str) -> Result<Arc<dyn Handle>> {
        Ok(Arc::new(self.engine()?.container(name)))
    }

    fn containers(&self, label: &str) -> Result<Vec<Listed>> {
        Ok(self.engine()?.containers(label)?.into_iter().map(listed).collect())
    }

    fn networks(&self, label: &str) -> Result<Vec<Listed>> {
        Ok(self.engine()?.networks(label)?.into_iter().map(listed).collect())
    }

    fn publisher(&self, port: u16) -> Option<String> {
        // Without an engine there is no container that could have it.
        self.engine().ok()?.publisher(port).ok()?.map(|found| found.name)
    }
}

impl Handle for Container {
    fn follow(&self, since: i64, sink: &mut dyn FnMut(&[u8])) -> Result<Exit> {
        Self::follow(self, since, sink).map(Exit::Code)
    }

    fn health(&self) -> Result<Beside> {
        Ok(match Self::health(self)? {
            Health::Unknown => None,
            Health::Healthy => Some(Ok(())),
            Health::Starting => Some(Err("its health check has not passed yet".to_owned())),
            Health::Unhealthy => Some(Err("its health check fails".to_owned())),
        })
    }

    fn exec(&self, command: &[String]) -> Result<Result<(), String>> {
        let (code, said) = Self::exec(self, command)?;
        let last = said.trim().lines().last().unwrap_or_default();
        Ok(match code {
            0 => Ok(()),
            _ if last.is_empty() => Err(format!("exit code {code}")),
            _ => Err(last.to_owned()),
        })
    }

    fn stop(&self, grace: Duration) -> Result<()> {
        Self::stop(self, grace)
    }

    fn kill(&self) -> Result<()> {
        Self::kill(self)
    }

    fn remove(&self) -> Result<()> {
        Self::remove(self)
    }
}

/// The name of the image that `run-local --in-docker` runs.
///
/// # Errors
/// Exit code 2 when the file names no image.
pub fn image(project: &Project) -> Result<String> {
    let image = Image::main(project.scope())?;
    Ok(format!("{}:{}", image.repository, crate::repo::tag(&project.facts().version().text)))
}

/// The image as it was built last: that of this version, else the newest.
///
/// # Errors
/// Exit code 1 when there is none.
pub fn built(project: &Project, engine: &Docker) -> Result<String> {
    let (name, repository) = (image(project)?, Image::main(project.scope())?.repository);
    if engine.engine()?.has_image(&name)? {
        return Ok(name);
    }
    let newest = engine.engine()?.newest(&repository)?;
    newest.ok_or_else(|| Error::failed(format!("there is no image of {repository}")).help("run without --no-build, which builds it"))
}

/// What builds it, by the rules of docker-build; with what is worth a warning.
///
/// # Errors
/// Exit code 2 without an image or a Dockerfile.
pub fn build(project: &Project) -> Result<(Plan<docker::Action>, Vec<Problem>)> {
    let image = Image::main(project.scope())?;
    let request = docker::Request { build: true, ..docker::Request::default() };
    docker::plan(&[image], project.facts(), &project.root, &request)
}

/// Builds it.
///
/// # Errors
/// Exit code 7 without an engine, 1 when the build fails.
pub fn rebuild(project: &Project, report: &Report) -> Result<()> {
    let (plan, warnings) = build(project)?;
    for problem in &warnings {
        report.warn(problem);
    }
    docker::run(&plan, &Engine::find()?, report).map(drop)
}

/// A way to a service of an environment, opened again whenever it breaks, until this is dropped.
struct Lasting {
    over: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Lasting {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        // It ends within a moment; a panic in it has been said.
        self.thread.take().map(std::thread::JoinHandle::join);
    }
}

/// Between two looks at an open way.
const LOOK: Duration = Duration::from_millis(100);
/// Before a way that broke is opened again.
const AGAIN: Duration = Duration::from_secs(1);

impl Lasting {
    fn new(name: &str, first: Forward, open: impl Fn() -> Result<Forward> + Send + 'static, report: &Report) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let (ended, name, report) = (Arc::clone(&over), name.to_owned(), report.clone());
        let watch = move || {
            let (mut way, mut next) = (Some(first), Instant::now());
            while !ended.load(Ordering::Relaxed) && cancel::sleep(LOOK).is_ok() {
                if way.as_ref().is_some_and(Forward::is_broken) {
                    way = None;
                    report.note(&format!("  the way to {name} broke; it is opened again as soon as that can be done"));
                }
                if way.is_none() && Instant::now() >= next {
                    next = Instant::now() + AGAIN;
                    way = open().ok();
                    if way.is_some() {
                        report.note(&format!("  the way to {name} is open again"));
                    }
                }
            }
        };
        Self { over, thread: Some(std::thread::spawn(watch)) }
    }
}

/// Opens a way to a service of an environment that lasts.
///
/// # Errors
/// What the cluster says, the first time.
pub fn tunnel(project: &Project, tunnel: &Tunnel, report: &Report) -> Result<Box<dyn Send>> {
    let environment = Environment::of(project, &tunnel.environment)?;
    let place = environment.places.into_iter().next();
    let target = place.ok_or_else(|| Error::usage(format!("environment `{}` has no place", tunnel.environment)))?;
    let resource = format!("service/{}", tunnel.service);
    let open = {
        let (report, port, local) = (report.clone(), tunnel.port, tunnel.local);
        move || kube::forward_at(&target, &resource, port, local, &report)
    };
    let first = open()?;
    Ok(Box::new(Lasting::new(&tunnel.service, first, open, report)))
}
