//! All that runs: started group by group, stopped in reverse order on every way out.

use std::path::PathBuf;
use std::time::Instant;

use serde_json::json;

use super::announce::{Announcer, Roll};
use super::compose::Compose;
use super::containers::{Containers, Rebuild, Tunnels};
use super::output::{Only, Output, Outputs, Tail};
use super::plan::{Container, How, Ready, Service, Tunnel};
use super::ready::Questions;
use super::run_id::RunId;
use super::service::{Running, seconds, tail};
use super::show;
use super::state::{Member, State};
use super::sweep;
use crate::report::style::{DIM, NAME, paint};
use crate::report::{Error, Report, Result};

/// What run-local needs of other rooms.
#[derive(Clone, Copy)]
pub struct Outside<'a> {
    /// How a service is asked whether it is ready.
    pub questions: Questions<'a>,
    /// The container engine.
    pub containers: &'a dyn Containers,
    /// Ways to services of an environment.
    pub tunnels: Tunnels<'a>,
    /// Builds the image again.
    pub rebuild: Rebuild<'a>,
}

/// All that runs.
pub(super) struct Crew<'a> {
    pub(super) outside: Outside<'a>,
    pub(super) report: &'a Report,
    pub(super) root: PathBuf,
    /// The service that all this is about.
    pub(super) main: String,
    /// Who is the service: itself, or one of a compose file.
    served_by: String,
    /// When the time to become ready began.
    pub(super) begin: Instant,
    /// In the order of their start, each with the number of its group.
    pub(super) members: Vec<(usize, Running)>,
    pub(super) roll: Roll,
    /// Whose lines are shown.
    pub(super) only: Only,
    outputs: &'a Outputs,
    run: RunId,
    names: Vec<String>,
    pub(super) network: Option<String>,
    pub(super) compose: Option<Compose>,
    tunnels: Vec<Box<dyn Send>>,
    /// None while another run of this repo keeps the file: two at once need `--port`.
    state: Option<State>,
    announcer: Option<Announcer>,
}

impl<'a> Crew<'a> {
    /// Nothing runs yet. `services`: all that will.
    pub(super) fn new(
        (main, url): (&str, Option<String>),
        root: PathBuf,
        services: &[&Service],
        outputs: &'a Outputs,
        outside: Outside<'a>,
        report: &'a Report,
    ) -> Self {
        let mut state = State::load(&root).is_none().then(|| State::of_us(main, url.as_deref()));
        if let Some(state) = &mut state {
            state.containers = services.iter().any(|service| matches!(service.how, How::Container(_)));
            state.stop_within = services.iter().map(|service| service.stop_within).sum();
        }
        let roll = Roll::default();
        Self {
            outside,
            report,
            main: main.to_owned(),
            served_by: main.to_owned(),
            begin: Instant::now(),
            members: Vec::new(),
            announcer: Some(Announcer::new(main, &roll, report)),
            roll,
            only: Only::default(),
            outputs,
            run: RunId::of_us(&root),
            names: services.iter().map(|service| service.name.clone()).collect(),
            network: None,
            compose: None,
            tunnels: Vec::new(),
            state,
            root,
        }
    }

    fn level(&self) -> usize {
        self.members.iter().map(|(level, _)| level + 1).max().unwrap_or_default()
    }

    /// The way out of a service.
    pub(super) fn output(&self, service: &Service, tail: &Tail) -> Result<Output> {
        self.outputs.of(&service.name, &self.names, &self.only, self.report, tail.clone())
    }

    pub(super) fn make_network(&mut self, name: &str) -> Result<()> {
        self.roll.add_around(name, format!("network {name}: `docker network rm {name}`"));
        self.network = Some(name.to_owned());
        self.outside.containers.make_network(name, &self.run.labels())
    }

    /// A build takes none of the time to become ready.
    pub(super) fn build(&mut self) -> Result<()> {
        let begin = Instant::now();
        (self.outside.rebuild)(self.report)?;
        self.begin += begin.elapsed();
        Ok(())
    }

    pub(super) fn open_tunnel(&mut self, tunnel: &Tunnel) -> Result<()> {
        self.tunnels.push((self.outside.tunnels)(tunnel, self.report)?);
        Ok(())
    }

    /// Starts these, containers all at once. What was started is known also when one fails.
    pub(super) fn start(&mut self, services: &[Service]) -> Result<()> {
        self.save();
        let level = self.level();
        for service in services {
            self.announce(service);
            if let How::Container(container) = &service.how {
                self.fetch(service, container)?;
                self.roll.add(&service.name, Some(format!("container {0}: `docker rm -f {0}`", container.name)));
            }
        }
        let ways = services.iter().map(|service| (service, tail(service)));
        let ways = ways.map(|(service, tail)| Ok((service, self.output(service, &tail)?, tail))).collect::<Result<Vec<_>>>()?;
        let (run, report, engine) = (&self.run, self.report, self.outside.containers);
        let started: Vec<Result<Running>> = std::thread::scope(|scope| {
            let start = |(service, output, tail): (&'_ Service, Output, Tail)| start(service, run, engine, output, tail, report);
            let threads: Vec<_> = ways.into_iter().map(|way| scope.spawn(move || start(way))).collect();
            let panicked = || Err(Error::failed("a thread that starts a service panicked"));
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| panicked())).collect()
        });
        let mut failed = None;
        for running in started {
            match running {
                Ok(running) => {
                    if running.handle().is_none() {
                        self.roll.add(&running.service.name, None);
                    }
                    self.members.push((level, running));
                }
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        self.save();
        failed.map_or(Ok(()), Err)
    }

    /// An image that is fetched takes none of the time to become ready.
    fn fetch(&mut self, service: &Service, container: &Container) -> Result<()> {
        let begin = Instant::now();
        let report = self.report;
        if container.own {
            return Ok(());
        }
        let tell = &mut |status: &str| report.transient(&format!("  {}: {status}", container.image));
        let fetched = self.outside.containers.prepare(&container.image, tell);
        self.begin += begin.elapsed();
        fetched.map_err(|error| error.at(service.place.clone()))
    }

    /// Starts what the compose file names.
    pub(super) fn compose(&mut self, compose: &Compose) -> Result<()> {
        self.compose = Some(compose.clone());
        self.roll.add_around("compose", format!("what compose started: `{}`", compose.command(&["down"])));
        if let Some(state) = &mut self.state {
            state.stop_within += compose.stop_within;
        }
        let begin = Instant::now();
        let since = seconds();
        compose.up(self.report)?;
        self.begin += begin.elapsed();
        let services = compose.services(self.outside.containers)?;
        self.names.extend(services.iter().map(|service| service.name.clone()));
        let level = self.level();
        for service in &services {
            if service.http {
                self.served_by.clone_from(&service.name);
                self.state.iter_mut().for_each(|state| state.url = service.url());
            }
            let How::Composed { id } = &service.how else { continue };
            let tail = tail(service);
            self.roll.add(&service.name, None);
            let running = Running::found(service, self.outside.containers.find(id)?, since, self.output(service, &tail)?, tail);
            self.members.push((level, running));
        }
        self.save();
        Ok(())
    }

    fn announce(&self, service: &Service) {
        if self.report.is_json() {
            return self.report.line(&json!({ "event": "started", "service": service.name, "port": service.port }));
        }
        self.report.note(&format!("{} {} {}", paint(NAME, "▸"), paint(NAME, &service.name), paint(DIM, service.line())));
    }

    /// The service itself and its workloads: what was started last.
    pub(super) fn services(&mut self) -> impl Iterator<Item = &mut Running> {
        let last = self.members.iter().map(|(level, _)| *level).max().unwrap_or_default();
        self.members.iter_mut().filter(move |(level, _)| *level == last).map(|(_, running)| running)
    }

    /// The service itself.
    pub(super) fn main(&self) -> Option<&Running> {
        self.members.iter().map(|(_, running)| running).find(|running| running.service.name == self.served_by)
    }

    /// Tells other commands how it stands.
    pub(super) fn mark_ready(&mut self, ready: bool) {
        if let Some(state) = &mut self.state {
            state.ready = ready;
        }
        self.save();
    }

    fn save(&mut self) {
        let services = self.members.iter().map(|(_, running)| member(running)).collect();
        if let Some(state) = &mut self.state {
            state.services = services;
            if let Err(error) = state.save(&self.root) {
                error.problems.iter().for_each(|problem| self.report.warn(problem));
                self.state = None;
            }
        }
    }

    /// All is ready: tells people and other commands.
    /// `keys`: those that can be pressed.
    pub(super) fn ready(&mut self, quick: bool, keys: &str) {
        self.mark_ready(true);
        show::ready(self, quick, keys);
    }

    /// Starts a service again that was stopped: a program once more, a container anew.
    pub(super) fn again(&mut self, service: &Service) -> Result<()> {
        let tail = tail(service);
        let output = self.output(service, &tail)?;
        let Some(at) = self.members.iter().position(|(_, running)| running.service.name == service.name) else { return Ok(()) };
        let running = &mut self.members[at].1;
        let (How::Container(_), Some(handle)) = (&service.how, running.handle()) else { return running.again(output, tail) };
        handle.remove()?;
        *running = start(service, &self.run, self.outside.containers, output, tail, self.report)?;
        Ok(())
    }

    /// What is left around what has stopped.
    pub(super) fn clear(&mut self) {
        let mut faults = Vec::new();
        if let Some(hidden) = sweep::hidden(&self.run) {
            self.report.note(&paint(DIM, &format!("  ended {hidden} that {} had left behind", self.main)));
        }
        if let Some(compose) = self.compose.take() {
            faults.extend(compose.down().err());
            self.roll.remove("compose");
        }
        if let Some(network) = self.network.take() {
            faults.extend(self.outside.containers.remove_network(&network).err());
            self.roll.remove(&network);
        }
        self.tunnels.clear();
        if let Some(state) = self.state.take() {
            state.remove(&self.root);
        }
        drop(self.announcer.take());
        faults.iter().flat_map(|error| &error.problems).for_each(|problem| self.report.warn(problem));
    }
}

fn start(service: &Service, run: &RunId, engine: &dyn Containers, output: Output, tail: Tail, report: &Report) -> Result<Running> {
    match &service.how {
        How::Program { .. } => Running::program(service, run, output, tail, report),
        How::Container(container) => Running::container((service, container), run, engine, output, tail, report),
        How::Composed { id } => Ok(Running::found(service, engine.find(id)?, 0, output, tail)),
    }
}

/// As other commands see it.
fn member(running: &Running) -> Member {
    let service = &running.service;
    let state = match (running.exit(), running.ready_after) {
        (Some(exit), _) if exit.ok() && (service.ready == Ready::Done || matches!(service.how, How::Composed { .. })) => "done",
        (Some(_), _) => "ended",
        (None, Some(_)) if service.ready == Ready::Runs => "runs",
        (None, Some(_)) => "ready",
        (None, None) => "starting",
    };
    let url = if service.ready == Ready::Done { None } else { service.url() };
    Member { name: service.name.clone(), state: state.to_owned(), url, seconds: running.ready_after.map(show::seconds) }
}

impl Crew<'_> {
    /// As other commands see it.
    pub(super) fn listed(&self) -> Vec<Member> {
        self.members.iter().map(|(_, running)| member(running)).collect()
    }
}
