//! All services that instep deployed to a cluster: found by the records of their releases, and by labels.

use std::collections::BTreeMap;

use serde_json::Value;

use super::object::text;
use super::observe::Ground;
use super::record::{LABEL, Record, last_good};
use super::render::{MANAGED_BY, NAME, TEAM, label_value};
use crate::report::Result;

/// A service in a cluster.
#[derive(Clone)]
pub struct Member {
    /// Where it is.
    pub ground: Ground,
    /// Whose it is.
    pub team: Option<String>,
    /// Its releases, the oldest first; at least one.
    pub releases: Vec<Record>,
    /// Its Deployments, StatefulSets and DaemonSets.
    pub workloads: Vec<Value>,
}

impl Member {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.ground.service
    }

    /// Its namespace.
    pub fn namespace(&self) -> &str {
        &self.ground.kubectl.place.namespace
    }

    /// The release that serves.
    pub fn serves(&self) -> Option<&Record> {
        last_good(&self.releases)
    }
}

/// The services whose newest release is of this environment, by name.
///
/// # Errors
/// What kubectl complains of: it takes the right to list Secrets and workloads of all namespaces.
pub fn members(cluster: &Ground, environment: &str) -> Result<Vec<Member>> {
    let (ours, everywhere) = (format!("{MANAGED_BY}=instep"), "--all-namespaces");
    let secrets = cluster.kubectl.get(["secrets", everywhere, "--selector", &format!("{ours},{LABEL}")])?;
    let workloads = cluster.kubectl.get(["deployments,statefulsets,daemonsets", everywhere, "--selector", &ours])?;
    let mut grouped: BTreeMap<(String, String), Vec<Value>> = BTreeMap::new();
    for secret in secrets {
        let key = (label(&secret, LABEL).to_owned(), text(&secret, "/metadata/namespace").to_owned());
        grouped.entry(key).or_default().push(secret);
    }
    let mut found = Vec::new();
    for ((_, namespace), secrets) in grouped {
        let releases = Record::read_all(&secrets);
        let Some(newest) = releases.last().filter(|newest| newest.environment == environment) else { continue };
        let name = label_value(&newest.service);
        let own = |it: &&Value| text(it, "/metadata/namespace") == namespace && label(it, NAME) == name;
        let workloads: Vec<Value> = workloads.iter().filter(own).cloned().collect();
        let team = workloads.iter().map(|it| label(it, TEAM)).find(|team| !team.is_empty()).map(str::to_owned);
        let ground = cluster.at(&namespace, &newest.service, cluster.kubectl.report());
        found.push(Member { ground, team, releases, workloads });
    }
    Ok(found)
}

/// A label of an object; empty when it is not there.
pub fn label<'a>(object: &'a Value, name: &str) -> &'a str {
    object["metadata"]["labels"][name].as_str().unwrap_or_default()
}
