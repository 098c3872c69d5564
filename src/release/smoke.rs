//! How checks reach an environment's service: by its url, else through a port-forward.

use crate::config::{Service, Target};
use crate::kube::{self, Forward};
use crate::process::Command;
use crate::report::{Error, Report, Result};

/// The way to a service.
pub enum Way {
    /// From outside.
    Url(String),
    /// Through kubectl; open as long as this lives.
    Forward(Forward),
}

impl Way {
    /// Opens the way to the service in a cluster.
    ///
    /// # Errors
    /// Exit code 2 for a service without a port; what the port-forward says.
    pub fn open(target: &Target, report: &Report) -> Result<Self> {
        match &target.url {
            Some(url) => Ok(Self::Url(url.clone())),
            None => kube::forward(target, &resource(target)?, &[port(target)?], report).map(Self::Forward),
        }
    }

    /// The URL that checks are appended to.
    pub fn url(&self) -> String {
        match self {
            Self::Url(url) => url.clone(),
            Self::Forward(forward) => forward.url(),
        }
    }
}

/// What a person would run first, and the URL that is then there; nothing is opened.
///
/// # Errors
/// Exit code 2 for a service without a port.
pub fn by_hand(target: &Target) -> Result<(Option<String>, String)> {
    if let Some(url) = &target.url {
        return Ok((None, url.clone()));
    }
    let port = port(target)?;
    let place = ["--context", &target.context, "--namespace", &target.namespace];
    let command = Command::new("kubectl", place).args(["port-forward", &resource(target)?, &format!("{port}:{port}")]);
    Ok((Some(command.line()), format!("http://127.0.0.1:{port}")))
}

fn resource(target: &Target) -> Result<String> {
    Ok(format!("service/{}", main(target)?))
}

/// The name of the main workload's objects.
pub(super) fn main(target: &Target) -> Result<String> {
    let service = Service::of(&target.scope)?;
    Ok(target.scope.read("kube").text_opt("name")?.unwrap_or(service.name))
}

fn port(target: &Target) -> Result<u16> {
    Service::of(&target.scope)?.port.ok_or_else(|| {
        let environment = target.scope.environment().unwrap_or("ENV");
        Error::usage("the service has no port, so there is nothing that could be asked over HTTP")
            .help(format!("add `port = 8080` to [service], or `url = \"https://…\"` to [environments.{environment}]"))
    })
}
