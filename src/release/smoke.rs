//! How checks reach an environment's service: declared ones by its url, the service's own endpoints
//! through a port-forward to a new pod; and what is known of the release there.

use std::cell::RefCell;

use crate::check::Release;
use crate::config::{Service, Target};
use crate::http::Base;
use crate::kube::record::Outcome;
use crate::kube::{self, Forward, Place};
use crate::process::Command;
use crate::report::{Error, Report, Result};

/// The ways into one place. What is opened stays open as long as this lives.
pub struct Ways {
    target: Target,
    report: Report,
    /// The newest pod that serves, once it was asked for.
    pod: RefCell<Option<String>>,
    open: RefCell<Option<Forward>>,
}

impl Ways {
    /// Opens nothing yet.
    pub fn new(target: Target, report: Report) -> Self {
        Self { target, report, pod: RefCell::default(), open: RefCell::default() }
    }

    /// The ways to this pod, whatever else serves.
    pub(super) fn of_pod(target: Target, report: Report, pod: &str) -> Self {
        Self { pod: RefCell::new(Some(pod.to_owned())), ..Self::new(target, report) }
    }

    /// Where declared checks go: the url, else a way inside; none for a service without a port.
    ///
    /// # Errors
    /// Exit code 2 for a url that is none; what the port-forward says.
    pub fn outside(&self) -> Result<Option<Base>> {
        match (&self.target.url, self.port()?) {
            (Some(url), _) => base(&self.target, url).map(Some),
            (None, Some(_)) => self.inside(None).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// Where the service's own endpoints are: a port of a new pod.
    ///
    /// # Errors
    /// Exit code 1 when no pod serves there; what the port-forward says.
    pub fn inside(&self, other: Option<u16>) -> Result<Base> {
        let lacks = || Error::usage("the service has no port");
        let port = other.or(self.port()?).ok_or_else(lacks)?;
        if self.open.borrow().is_none() {
            *self.open.borrow_mut() = Some(self.forward()?);
        }
        let local = self.open.borrow().as_ref().and_then(|forward| Some(forward.ports.iter().find(|(remote, _)| *remote == port)?.1));
        base(&self.target, &here(local.ok_or_else(lacks)?))
    }

    /// One for all ports that may be asked.
    fn forward(&self) -> Result<Forward> {
        let known = self.pod.borrow().clone();
        let pod = known.map_or_else(|| kube::newest_pod(&self.target, &self.report), Ok)?;
        let forward = kube::forward(&self.target, &format!("pod/{pod}"), &ports(&Service::of(&self.target.scope)?), &self.report)?;
        *self.pod.borrow_mut() = Some(pod);
        Ok(forward)
    }

    /// The newest release, when it serves, and its image is known to be of its version.
    ///
    /// # Errors
    /// As everything that looks at a cluster.
    pub fn release(&self) -> Result<Option<Release>> {
        let record = kube::status::release(&self.target, &self.report)?;
        let record = record.filter(|record| record.outcome == Outcome::Deployed && !record.named && !record.dirty);
        Ok(record.map(|record| Release { version: record.version, commit: record.commit }))
    }

    fn port(&self) -> Result<Option<u16>> {
        Ok(Service::of(&self.target.scope)?.port)
    }
}

/// The ports that checks ask, the main one first.
pub fn ports(service: &Service) -> Vec<u16> {
    let mut ports: Vec<u16> = service.port.into_iter().collect();
    for port in [service.health.port, service.ready.port].into_iter().flatten() {
        if !ports.contains(&port) {
            ports.push(port);
        }
    }
    ports
}

/// The name of the main workload's objects.
pub(super) fn main(target: &Target) -> Result<String> {
    let service = Service::of(&target.scope)?;
    Ok(target.scope.read("kube").text_opt("name")?.unwrap_or(service.name))
}

/// The URL of a port of this machine.
pub(super) fn here(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

pub(super) fn base(target: &Target, url: &str) -> Result<Base> {
    let environment = target.scope.environment().unwrap_or("ENV");
    Base::parse(url).map_err(|fault| {
        Error::usage(format!("the url of environment `{environment}` {fault}: \"{url}\"")).help("write it as https://HOST/PATH")
    })
}

/// The command that a person would run to get a way to ports of the service (each with the local one that leads
/// there).
///
/// # Errors
/// A service without a name.
pub(super) fn forwarding(target: &Target, ports: &[(u16, u16)]) -> Result<Command> {
    let command = Place::of(target).command(["port-forward".to_owned(), format!("deployment/{}", main(target)?)]);
    Ok(command.args(ports.iter().map(|(remote, local)| format!("{local}:{remote}"))))
}

/// The same for one port, and the URL that is then there.
///
/// # Errors
/// A service without a name.
pub fn by_hand(target: &Target, port: u16) -> Result<(String, Base)> {
    Ok((forwarding(target, &[(port, port)])?.line(), base(target, &here(port))?))
}
