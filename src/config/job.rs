//! `[jobs.NAME]` as it holds.

use std::time::Duration;

use super::{Read, Scope, Service, Workload};
use crate::report::{Error, Place, Result};

/// A part that runs to completion.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its key.
    pub key: String,
    /// Its pods: what is not about their end is as with a workload that serves nothing.
    pub pod: Workload,
    /// Run before the workloads of a release.
    pub before_deploy: bool,
    /// In each cluster of an environment, not only in the first.
    pub each_cluster: bool,
    /// A cron expression.
    pub schedule: Option<String>,
    /// What a run does when the last one still runs: `Forbid`, `Allow`, `Replace`.
    pub concurrency: String,
    /// How often a failed run is tried again.
    pub retries: i64,
    /// How long a run may take.
    pub timeout: Option<Duration>,
    /// The oldest version that works with the schema that this job leaves.
    pub rollback_floor: Option<String>,
    /// What a run by hand brings back: paths in its container.
    pub artifacts: Vec<String>,
    /// Where the job is written.
    pub place: Option<Place>,
}

impl Job {
    /// All jobs, in the order of the file.
    ///
    /// # Errors
    /// Exit code 2 for faults in the file.
    pub fn all(scope: &Scope) -> Result<Vec<Self>> {
        let service = Service::of(scope)?;
        let mut all = Vec::new();
        for (key, table) in scope.read_root().tables("jobs") {
            let over = super::kube::with_defaults(scope, "jobs", key);
            let scope = over.as_ref().unwrap_or(scope);
            let found = scope.read_root().find("jobs", |name| name == key);
            let read = found.map_or(table, |(_, table)| table);
            let pod = Workload::read(&service, Some(key), &read)?;
            let schedule = read.text_opt("schedule")?;
            let floor = read.text_opt("rollback-floor")?;
            if let Some(floor) = floor.as_ref().filter(|floor| semver::Version::parse(floor).is_err()) {
                let error = Error::usage(format!("`{}.rollback-floor` is not a version: \"{floor}\"", read.path));
                return Err(error.at(read.place("rollback-floor")).help("write it as \"1.8.0\""));
            }
            if schedule.is_some() && read.flag("before-deploy") {
                let error = Error::usage(format!("`{}` has a schedule and is run before-deploy", read.path));
                return Err(error.at(read.place("schedule")).help("make two jobs of it"));
            }
            let artifacts = artifacts(&read)?;
            let mut concurrency = read.text("concurrency")?;
            concurrency[..1].make_ascii_uppercase();
            all.push(Self {
                key: key.to_owned(),
                pod: Workload { port: None, ports: Vec::new(), metrics: None, ..pod },
                before_deploy: read.flag("before-deploy"),
                each_cluster: read.flag("each-cluster"),
                schedule,
                concurrency,
                retries: read.int("retries"),
                timeout: read.duration_opt("timeout"),
                rollback_floor: floor,
                artifacts,
                place: read.place("command"),
            });
        }
        Ok(all)
    }
}

/// Paths in the container. The files of a run that is tried again would be in several places.
fn artifacts(read: &Read<'_>) -> Result<Vec<String>> {
    let paths: Vec<String> = read.texts("artifacts")?.iter().map(|path| path.trim_end_matches('/').to_owned()).collect();
    let plain = |path: &str| path.starts_with('/') && path[1..].split('/').all(|part| !["", ".", ".."].contains(&part));
    if let Some(path) = paths.iter().find(|path| !plain(path)) {
        let error = Error::usage(format!("`{path}` is not a path in the container that files can be brought back from"));
        return Err(error.at(read.place("artifacts")).help("write it from the root: \"/tmp/report\""));
    }
    if !paths.is_empty() && read.int("retries") > 0 {
        let error = Error::usage(format!("`{}` has artifacts and retries", read.path));
        return Err(error.at(read.place("retries")).help("leave one of them out: each try would have files of its own"));
    }
    Ok(paths)
}
