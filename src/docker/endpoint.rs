//! Where the engine is, found as the docker program finds it: `DOCKER_HOST`, the context, the usual
//! sockets (docs.docker.com/engine/manage-resources/contexts).

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::process;
use crate::report::{Error, Result};

/// An address of an engine, and why it is the one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// `unix:///var/run/docker.sock`, `tcp://host:2375`.
    pub url: String,
    /// How it was found: `DOCKER_HOST`, `the docker context colima`, `the usual socket`.
    pub origin: String,
}

/// The variables and folders that decide.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// `DOCKER_HOST`.
    pub host: Option<String>,
    /// `DOCKER_CONTEXT`.
    pub context: Option<String>,
    /// `DOCKER_CONFIG`, else `~/.docker`.
    pub config: PathBuf,
    /// `HOME`.
    pub home: PathBuf,
    /// `XDG_RUNTIME_DIR`.
    pub runtime: Option<PathBuf>,
}

impl Surroundings {
    /// Those of this process.
    pub fn here() -> Self {
        let get = |name: &str| process::env::var(name).filter(|value| !value.is_empty());
        let home = PathBuf::from(get("HOME").unwrap_or_default());
        Self {
            host: get("DOCKER_HOST"),
            context: get("DOCKER_CONTEXT"),
            config: get("DOCKER_CONFIG").map_or_else(|| home.join(".docker"), PathBuf::from),
            runtime: get("XDG_RUNTIME_DIR").map(PathBuf::from),
            home,
        }
    }

    /// The endpoints to try, in order. What the user named is the only one.
    ///
    /// # Errors
    /// Exit code 7 when the context that is named does not exist.
    pub fn candidates(&self) -> Result<Vec<Endpoint>> {
        if let Some(url) = &self.host {
            return Ok(vec![Endpoint { url: url.clone(), origin: "DOCKER_HOST".into() }]);
        }
        let (name, named_by) = match &self.context {
            Some(name) => (Some(name.clone()), "DOCKER_CONTEXT".to_owned()),
            None => (self.current_context(), format!("currentContext of {}", self.config.join("config.json").display())),
        };
        match name.filter(|name| name != "default") {
            Some(name) => self.of_context(&name, &named_by).map(|endpoint| vec![endpoint]),
            None => Ok(self.sockets()),
        }
    }

    fn current_context(&self) -> Option<String> {
        json(&self.config.join("config.json"))?.get("currentContext")?.as_str().filter(|name| !name.is_empty()).map(str::to_owned)
    }

    fn of_context(&self, name: &str, named_by: &str) -> Result<Endpoint> {
        let folders = std::fs::read_dir(self.config.join("contexts/meta")).into_iter().flatten().flatten();
        let url = folders.filter_map(|folder| json(&folder.path().join("meta.json"))).find_map(|meta| {
            let same = meta.get("Name")?.as_str()? == name;
            let host = meta.pointer("/Endpoints/docker/Host")?.as_str()?;
            same.then(|| host.to_owned())
        });
        match url {
            Some(url) => Ok(Endpoint { url, origin: format!("the docker context `{name}` ({named_by})") }),
            None => Err(Error::missing(format!("there is no docker context `{name}`"))
                .note(format!("named by {named_by}"))
                .help("`docker context ls` lists the contexts; `docker context use default` goes back to the local engine")),
        }
    }

    /// The sockets of the engine, rootless Docker, Docker Desktop, Colima, Podman.
    fn sockets(&self) -> Vec<Endpoint> {
        let runtime = |socket: &str| self.runtime.as_ref().map(|dir| dir.join(socket));
        let known = [
            Some((PathBuf::from("/var/run/docker.sock"), "the usual socket")),
            runtime("docker.sock").map(|path| (path, "the socket of rootless Docker")),
            Some((self.home.join(".docker/run/docker.sock"), "the socket of Docker Desktop")),
            Some((self.home.join(".colima/default/docker.sock"), "the socket of Colima")),
            runtime("podman/podman.sock").map(|path| (path, "the socket of rootless Podman")),
            Some((PathBuf::from("/run/podman/podman.sock"), "the socket of Podman")),
        ];
        let endpoint = |(path, origin): (PathBuf, &str)| Endpoint { url: format!("unix://{}", path.display()), origin: origin.to_owned() };
        known.into_iter().flatten().map(endpoint).collect()
    }
}

/// The engine's own port where none is written.
pub(super) fn with_port(url: &str) -> String {
    let url = url.trim_end_matches('/');
    let has_port = url.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    if has_port { url.to_owned() } else { format!("{url}:2375") }
}

fn json(file: &Path) -> Option<Value> {
    serde_json::from_slice(&std::fs::read(file).ok()?).ok()
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test makes its own files")]
mod tests {
    use super::*;

    fn world() -> (tempfile::TempDir, Surroundings) {
        let dir = tempfile::tempdir().expect("a folder");
        let config = dir.path().join(".docker");
        let meta = config.join("contexts/meta/0a1b");
        std::fs::create_dir_all(&meta).expect("folders");
        let text = r#"{"Name":"colima","Metadata":{},"Endpoints":{"docker":{"Host":"unix:///c.sock","SkipTLSVerify":false}}}"#;
        std::fs::write(meta.join("meta.json"), text).expect("meta.json");
        let surroundings = Surroundings { config, home: dir.path().to_owned(), ..Surroundings::default() };
        (dir, surroundings)
    }

    fn urls(surroundings: &Surroundings) -> Vec<String> {
        surroundings.candidates().expect("candidates").into_iter().map(|endpoint| endpoint.url).collect()
    }

    #[test]
    fn docker_host_wins_over_the_context_and_that_over_the_sockets() {
        let (_dir, mut here) = world();
        assert_eq!(urls(&here)[0], "unix:///var/run/docker.sock");
        std::fs::write(here.config.join("config.json"), r#"{"currentContext":"colima"}"#).expect("config.json");
        assert_eq!(urls(&here), ["unix:///c.sock"]);
        here.context = Some("default".into());
        assert_eq!(urls(&here)[0], "unix:///var/run/docker.sock");
        here.host = Some("tcp://build:2375".into());
        assert_eq!(urls(&here), ["tcp://build:2375"]);
    }

    #[test]
    fn a_context_that_is_not_there_is_named() {
        let (_dir, mut here) = world();
        here.context = Some("gone".into());
        let error = here.candidates().expect_err("no such context");
        assert_eq!(error.message(), "there is no docker context `gone`");
        assert_eq!(error.kind.exit_code(), 7);
    }

    #[test]
    fn the_port_of_the_engine_is_added() {
        assert_eq!(with_port("tcp://build"), "tcp://build:2375");
        assert_eq!(with_port("tcp://build:4000/"), "tcp://build:4000");
    }
}
