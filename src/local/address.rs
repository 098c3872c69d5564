//! Where companions are: their ports on this machine, and the URLs by which programs reach them.

use serde_json::{Map, Value, json};

use super::port;
use super::stage::{Port, shifted};
use crate::config::{self, Companion};
use crate::report::{Report, Result};

/// Where a companion is.
pub(super) struct Address {
    pub(super) companion: Companion,
    /// The port of this machine.
    pub(super) port: Option<u16>,
    /// Host and port as the service sees them.
    pub(super) seen: (String, Option<u16>),
}

impl Address {
    /// A port that is taken is no obstacle: a free one does as well.
    pub(super) fn of(companion: Companion, asked: Port, inside: bool, report: &Report) -> Result<Self> {
        let wanted = match (companion.port.filter(|_| !companion.once), asked) {
            (Some(port), Port::Shifted(by)) => Some(shifted(port, by)?),
            (port, _) => port,
        };
        let port = match wanted {
            Some(port) if port::is_busy(port)? => {
                let free = port::free()?;
                report.detail(&format!("port {port} is in use; {} is at {free}", companion.name));
                Some(free)
            }
            other => other,
        };
        let seen = if inside { (companion.name.clone(), companion.port) } else { ("127.0.0.1".to_owned(), port) };
        Ok(Self { companion, port, seen })
    }

    /// What the service is told of it.
    pub(super) fn variables(&self) -> Vec<(String, String)> {
        if self.companion.once {
            return Vec::new();
        }
        let name = self.companion.name.to_uppercase().replace('-', "_");
        let (host, port) = &self.seen;
        let mut variables = vec![(format!("{name}_HOST"), host.clone())];
        if let Some(port) = port {
            variables.push((format!("{name}_PORT"), port.to_string()));
            variables.push((format!("{name}_URL"), url(self)));
        }
        variables
    }
}

/// What templates know of companions.
pub(super) fn known(addresses: &[Address]) -> Value {
    let entry = |address: &Address| {
        let (host, port) = &address.seen;
        (address.companion.name.clone(), json!({ "host": host, "port": port, "url": url(address) }))
    };
    Value::Object(addresses.iter().map(entry).collect::<Map<_, _>>())
}

/// The URL by which programs of its kind are reached, with user, password and database where the image's
/// own variables name them.
fn url(address: &Address) -> String {
    let companion = &address.companion;
    let env = |name: &str| {
        companion.env.iter().find(|(known, _)| known == name).and_then(|(_, value)| match value {
            config::EnvValue::Text(text) | config::EnvValue::Masked(text) => Some(text.clone()),
            config::EnvValue::Command(_) | config::EnvValue::Secret { .. } => None,
        })
    };
    let login = |user: Option<String>, password: Option<String>| match (user, password) {
        (Some(user), Some(password)) => format!("{}:{}@", escaped(&user), escaped(&password)),
        (Some(user), None) => format!("{}@", escaped(&user)),
        (None, _) => String::new(),
    };
    let (host, port) = &address.seen;
    let place = port.map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
    let image = companion.image.rsplit('/').next().unwrap_or_default();
    let kind = image.split([':', '@']).next().unwrap_or_default();
    let is = |names: &[&str]| names.iter().any(|name| kind.contains(name) || (kind.is_empty() && companion.name == *name));
    if is(&["postgres", "postgis", "timescale"]) {
        let user = env("POSTGRES_USER").unwrap_or_else(|| "postgres".into());
        let database = env("POSTGRES_DB").unwrap_or_else(|| user.clone());
        return format!("postgres://{}{place}/{database}", login(Some(user), env("POSTGRES_PASSWORD")));
    }
    if is(&["mysql", "mariadb"]) {
        let either = |name: &str| env(&format!("MYSQL_{name}")).or_else(|| env(&format!("MARIADB_{name}")));
        let (user, password) = match either("USER") {
            Some(user) => (user, either("PASSWORD")),
            None => ("root".into(), either("ROOT_PASSWORD")),
        };
        return format!("mysql://{}{place}/{}", login(Some(user), password), either("DATABASE").unwrap_or_default());
    }
    if is(&["mongo"]) {
        return format!("mongodb://{}{place}", login(env("MONGO_INITDB_ROOT_USERNAME"), env("MONGO_INITDB_ROOT_PASSWORD")));
    }
    if is(&["rabbitmq"]) {
        return format!("amqp://{}{place}", login(env("RABBITMQ_DEFAULT_USER"), env("RABBITMQ_DEFAULT_PASS")));
    }
    let scheme = match kind {
        _ if is(&["redis", "valkey", "keydb"]) => "redis",
        _ if is(&["nats"]) => "nats",
        _ => "http",
    };
    format!("{scheme}://{place}")
}

/// For the login part of a URL (RFC 3986, 2.3).
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::EnvValue;

    fn url_of(image: &str, env: &[(&str, &str)]) -> String {
        let env = env.iter().map(|(name, value)| ((*name).to_owned(), EnvValue::Text((*value).to_owned()))).collect();
        let (command, volumes, stop_within) = (Vec::new(), Vec::new(), std::time::Duration::ZERO);
        let (name, image) = ("db".to_owned(), image.to_owned());
        let companion = Companion { name, image, place: None, command, env, port: Some(1), ready: None, once: false, stop_within, volumes };
        url(&Address { companion, port: Some(1), seen: ("h".into(), Some(1)) })
    }

    #[test]
    fn a_url_is_what_programs_of_its_kind_take() {
        assert_eq!(url_of("postgres:16", &[("POSTGRES_PASSWORD", "d/v")]), "postgres://postgres:d%2Fv@h:1/postgres");
        assert_eq!(url_of("x.example/postgis/postgis", &[("POSTGRES_USER", "u"), ("POSTGRES_DB", "d")]), "postgres://u@h:1/d");
        assert_eq!(url_of("mariadb:11", &[("MARIADB_ROOT_PASSWORD", "p"), ("MARIADB_DATABASE", "d")]), "mysql://root:p@h:1/d");
        assert_eq!(url_of("redis:7-alpine", &[]), "redis://h:1");
        assert_eq!(url_of("rabbitmq@sha256:0", &[]), "amqp://h:1");
        assert_eq!(url_of("company/thing", &[]), "http://h:1");
    }
}
