//! How checks reach an environment's service: declared ones by its url, the service's own endpoints
//! through a port-forward to a new pod; and what is known of the release there.

use std::cell::RefCell;

use crate::config::{Service, Target};
use crate::http::Base;
use crate::kube::{self, Forward};
use crate::process::Command;
use crate::report::{Error, Report, Result};

/// The ways into one place. What is opened stays open as long as this lives.
pub struct Ways {
    target: Target,
    report: Report,
    /// The newest pod that serves, once it was asked for.
    pod: RefCell<Option<String>>,
    open: RefCell<Vec<(u16, Forward)>>,
}

impl Ways {
    /// Opens nothing yet.
    pub fn new(target: Target, report: Report) -> Self {
        Self { target, report, pod: RefCell::default(), open: RefCell::default() }
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
        let port = other.or(self.port()?).ok_or_else(|| Error::usage("the service has no port"))?;
        if let Some((_, forward)) = self.open.borrow().iter().find(|(known, _)| *known == port) {
            return base(&self.target, &forward.url());
        }
        let known = self.pod.borrow().clone();
        let pod = known.map_or_else(|| kube::newest_pod(&self.target, &self.report), Ok)?;
        *self.pod.borrow_mut() = Some(pod.clone());
        let forward = kube::forward(&self.target, &format!("pod/{pod}"), port, &self.report)?;
        let base = base(&self.target, &forward.url())?;
        self.open.borrow_mut().push((port, forward));
        Ok(base)
    }

    /// The version of the newest release, when it serves.
    ///
    /// # Errors
    /// As everything that looks at a cluster.
    pub fn version(&self) -> Result<Option<String>> {
        let status = kube::status::status(&self.target, &self.report)?;
        let release = status.release.filter(|release| release.outcome == kube::record::Outcome::Deployed);
        Ok(release.map(|release| release.version))
    }

    fn port(&self) -> Result<Option<u16>> {
        Ok(Service::of(&self.target.scope)?.port)
    }
}

fn base(target: &Target, url: &str) -> Result<Base> {
    let environment = target.scope.environment().unwrap_or("ENV");
    Base::parse(url).map_err(|fault| {
        Error::usage(format!("the url of environment `{environment}` {fault}: \"{url}\"")).help("write it as https://HOST/PATH")
    })
}

/// The command that a person would run to get a way to a port of the service, and the URL that is then there.
///
/// # Errors
/// A service without a name.
pub fn by_hand(target: &Target, port: u16) -> Result<(String, Base)> {
    let service = Service::of(&target.scope)?;
    let name = target.scope.read("kube").text_opt("name")?.unwrap_or(service.name);
    let place = ["--context", &target.context, "--namespace", &target.namespace];
    let command = Command::new("kubectl", place).args(["port-forward", &format!("deployment/{name}"), &format!("{port}:{port}")]);
    Ok((command.line(), base(target, &format!("http://127.0.0.1:{port}"))?))
}
