//! Where the engine is, found as the docker program finds it: `DOCKER_HOST`, the context, the usual
//! sockets (docs.docker.com/engine/manage-resources/contexts).

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::http::Tls;
use crate::process;
use crate::report::{Error, Result};

/// An address of an engine, and why it is the one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// `unix:///var/run/docker.sock`, `tcp://host:2375`, `ssh://host`.
    pub url: String,
    /// How it was found: `DOCKER_HOST`, `the docker context colima`, `the usual socket`.
    pub origin: String,
    /// The docker context that it is of.
    pub context: Option<String>,
    /// How TLS is spoken over TCP, when it is.
    pub tls: Option<Tls>,
}

impl Endpoint {
    /// The variable that leads the docker program to the same engine.
    pub fn variable(&self) -> (&'static str, &str) {
        match &self.context {
            Some(name) => ("DOCKER_CONTEXT", name),
            None => ("DOCKER_HOST", &self.url),
        }
    }
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
    /// `DOCKER_CERT_PATH`: the folder of `ca.pem`, `cert.pem` and `key.pem`.
    pub certificates: Option<PathBuf>,
    /// `DOCKER_TLS_VERIFY` is set: TLS, by an engine that shows a certificate of our CA.
    pub tls_verify: bool,
    /// `DOCKER_TLS` is set: TLS, whatever the engine shows.
    pub tls: bool,
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
            certificates: get("DOCKER_CERT_PATH").map(PathBuf::from),
            tls_verify: get("DOCKER_TLS_VERIFY").is_some(),
            tls: get("DOCKER_TLS").is_some(),
            home,
        }
    }

    /// The endpoints to try, in order. What the user named is the only one.
    ///
    /// # Errors
    /// Exit code 7 when the context that is named does not exist.
    pub fn candidates(&self) -> Result<Vec<Endpoint>> {
        if let Some(url) = &self.host {
            return Ok(vec![self.at(url, "DOCKER_HOST")]);
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

    /// The endpoint at an address that somebody named.
    pub fn at(&self, url: &str, origin: &str) -> Endpoint {
        let dir = self.certificates.as_ref().unwrap_or(&self.config);
        let tls = || Tls { ca: self.tls_verify.then(|| dir.join("ca.pem")), own: own(dir), unchecked: !self.tls_verify, ..Tls::default() };
        Endpoint { url: url.to_owned(), origin: origin.to_owned(), context: None, tls: (self.tls_verify || self.tls).then(tls) }
    }

    fn current_context(&self) -> Option<String> {
        json(&self.config.join("config.json"))?.get("currentContext")?.as_str().filter(|name| !name.is_empty()).map(str::to_owned)
    }

    fn of_context(&self, name: &str, named_by: &str) -> Result<Endpoint> {
        let folders = std::fs::read_dir(self.config.join("contexts/meta")).into_iter().flatten().flatten();
        let found =
            folders.filter_map(|folder| Some((folder.file_name(), json(&folder.path().join("meta.json"))?))).find_map(|(id, meta)| {
                let same = meta.get("Name")?.as_str()? == name;
                let host = meta.pointer("/Endpoints/docker/Host")?.as_str()?.to_owned();
                let unchecked = meta.pointer("/Endpoints/docker/SkipTLSVerify").and_then(Value::as_bool).unwrap_or(false);
                let dir = self.config.join("contexts/tls").join(id).join("docker");
                let ca = Some(dir.join("ca.pem")).filter(|file| file.exists() && !unchecked);
                let tls = (unchecked || dir.exists()).then(|| Tls { ca, own: own(&dir), unchecked, ..Tls::default() });
                same.then_some((host, tls))
            });
        match found {
            Some((url, tls)) => {
                let origin = format!("the docker context `{name}` ({named_by})");
                Ok(Endpoint { url, origin, context: Some(name.to_owned()), tls })
            }
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
        let endpoint = |(path, origin): (PathBuf, &str)| self.at(&format!("unix://{}", path.display()), origin);
        known.into_iter().flatten().map(endpoint).collect()
    }
}

/// Our own certificate and its key, when they are there.
fn own(dir: &Path) -> Option<(PathBuf, PathBuf)> {
    let (certificate, key) = (dir.join("cert.pem"), dir.join("key.pem"));
    (certificate.exists() || key.exists()).then_some((certificate, key))
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
    fn the_variables_and_the_context_say_how_tls_is_spoken() {
        let (_dir, mut here) = world();
        let config = here.config.clone();
        assert_eq!(here.at("tcp://build", "x").tls, None);
        here.tls = true;
        assert_eq!(here.at("tcp://build", "x").tls, Some(Tls { unchecked: true, ..Tls::default() }));
        std::fs::write(config.join("key.pem"), "").expect("key.pem");
        here.tls_verify = true;
        let own = Some((config.join("cert.pem"), config.join("key.pem")));
        assert_eq!(here.at("tcp://build", "x").tls, Some(Tls { ca: Some(config.join("ca.pem")), own, ..Tls::default() }));
        here.context = Some("colima".into());
        assert_eq!(here.candidates().expect("candidates")[0].tls, None, "those of a context are its own");
        std::fs::create_dir_all(config.join("contexts/tls/0a1b/docker")).expect("folders");
        assert_eq!(here.candidates().expect("candidates")[0].tls, Some(Tls::default()));
    }
}
