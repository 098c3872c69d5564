//! `[service]` as it holds.

use super::Scope;
use super::read::Read;
use crate::report::Result;

/// The service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// The port it serves HTTP on; none for a worker.
    pub port: Option<u16>,
    /// Further ports.
    pub ports: Vec<(String, u16)>,
    /// The team that owns it.
    pub team: Option<String>,
    /// Where it says that it lives.
    pub health: Endpoint,
    /// Where it says that it can take requests.
    pub ready: Endpoint,
    /// The path of the metrics.
    pub metrics: Option<String>,
    /// The path of version and commit.
    pub info: Option<String>,
}

/// A path on a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The path, with a leading slash.
    pub path: String,
    /// The port, when it is not the service's own.
    pub port: Option<u16>,
}

impl Service {
    /// Reads `[service]`.
    ///
    /// # Errors
    /// Exit code 2 when there is no name, or a template has a fault.
    pub fn of(scope: &Scope) -> Result<Self> {
        let read = scope.read("service");
        let name = read.text_needed("name", "\"my-service\"")?;
        let ports = read.pairs("ports")?.into_iter().filter_map(|(name, port)| Some((name, port.parse().ok()?))).collect::<Vec<_>>();
        let health = endpoint(&read, "health", &ports)?;
        let ready = if read.has("ready") { endpoint(&read, "ready", &ports)? } else { health.clone() };
        let optional = |key: &str| if read.is_false(key) { Ok(None) } else { read.text(key).map(|path| Some(slashed(path))) };
        Ok(Self {
            name,
            port: read.port("port"),
            team: read.text_opt("team")?,
            metrics: optional("metrics")?,
            info: optional("info")?,
            ports,
            health,
            ready,
        })
    }
}

fn endpoint(read: &Read<'_>, key: &str, ports: &[(String, u16)]) -> Result<Endpoint> {
    let table = read.table(key);
    if !table.exists() {
        return Ok(Endpoint { path: slashed(read.text(key)?), port: None });
    }
    let path = slashed(table.text("path")?);
    let Some(name) = table.text_opt("port")? else { return Ok(Endpoint { path, port: None }) };
    match ports.iter().find(|(known, _)| *known == name) {
        Some((_, port)) => Ok(Endpoint { path, port: Some(*port) }),
        None => Err(crate::report::Error::usage(format!("`{}.port` is not one of service.ports: {name}", table.path))
            .at(table.place("port"))
            .help(format!("add it: ports = {{ {name} = 9090 }}"))),
    }
}

fn slashed(path: String) -> String {
    if path.starts_with('/') { path } else { format!("/{path}") }
}
