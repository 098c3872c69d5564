//! From the configuration to Kubernetes objects: no cluster, no registry, no clock.

mod access;
mod artifacts;
mod job;
mod meta;
mod mounts;
mod own;
mod partial;
mod patch;
mod pod;
mod scale;
mod version;
mod workload;

use std::time::Duration;

use serde_json::Value;

pub use self::artifacts::HOLDER;
pub use self::meta::{MANAGED_BY, NAME, TEAM, VERSION, label_value};
pub use self::own::repository;
pub use self::version::KubeVersion;
pub use self::workload::SLACK;
use crate::config::{Job, Own, Service, Target, Workload};
use crate::report::Result;

/// What is rendered besides the configuration itself.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The image, best by its digest.
    pub image: &'a str,
    /// The further images of the repo, by their keys in `[images]`.
    pub images: &'a [(String, String)],
    /// The service's version, as people see it.
    pub version: &'a str,
    /// The cluster's version: decides which API versions are used.
    pub kube: KubeVersion,
}

impl Facts<'_> {
    /// The image of a container: a key of `[images]`, a reference, or the service's own.
    fn image_of(&self, named: Option<&str>) -> String {
        let Some(named) = named else { return self.image.to_owned() };
        if named == "image" {
            return self.image.to_owned();
        }
        self.images.iter().find(|(key, _)| key == named).map_or_else(|| named.to_owned(), |(_, image)| image.clone())
    }
}

/// One workload with all that its objects are made from.
struct Part<'a> {
    facts: &'a Facts<'a>,
    target: &'a Target,
    service: &'a Service,
    workload: &'a Workload,
    files: Option<mounts::Files>,
}

/// All objects of the service in one place, in the order in which they are applied. Own manifests are read,
/// and helm and kustomize are run where the file says so.
///
/// # Errors
/// Exit code 2 for values that can't be, each with its place.
pub fn objects(target: &Target, facts: &Facts<'_>) -> Result<Vec<Value>> {
    let own = Own::of(&target.scope)?;
    let mut objects = if own.generate { generated(target, facts, &own)? } else { Vec::new() };
    own::add(&mut objects, target, facts, &own)?;
    objects.sort_by_key(rank);
    Ok(objects)
}

fn generated(target: &Target, facts: &Facts<'_>, own: &Own) -> Result<Vec<Value>> {
    let service = Service::of(&target.scope)?;
    let workloads = Workload::all(&target.scope)?;
    let jobs = Job::all(&target.scope)?;
    let part = |workload| Ok(Part { facts, target, service: &service, workload, files: mounts::read(workload)? });
    let mut objects: Vec<Value> = Vec::new();
    for workload in &workloads {
        let part = part(workload)?;
        let mut mine = of_workload(&part)?;
        if workload.key.is_none() {
            mine.extend(own.external.iter().map(|(name, host)| access::external(&part, name, host)));
        } else {
            patch::apply(&mut mine, &workload.patches)?;
        }
        add_new(&mut objects, mine);
    }
    for job in &jobs {
        let part = part(&job.pod)?;
        let mut mine: Vec<Value> =
            mounts::config_map(&part).into_iter().chain(access::account(&part)).chain(job::cron(&part, job)).collect();
        if job.schedule.is_some() {
            patch::apply(&mut mine, &job.pod.patches)?;
            add_new(&mut objects, mine);
        }
    }
    patch::apply(&mut objects, &workloads[0].patches)?;
    Ok(objects)
}

fn of_workload(part: &Part<'_>) -> Result<Vec<Value>> {
    let mut objects: Vec<Value> = access::account(part).into_iter().collect();
    objects.extend(mounts::config_map(part));
    objects.extend(mounts::claims(part));
    objects.extend(access::service(part));
    objects.push(workload::workload(part));
    objects.extend(scale::autoscaler(part));
    objects.extend(scale::disruption_budget(part));
    objects.extend(access::ingress(part)?);
    Ok(objects)
}

/// Workloads share an account, and it is made once.
fn add_new(objects: &mut Vec<Value>, more: Vec<Value>) {
    let same = |a: &Value, b: &Value| a["kind"] == b["kind"] && a["metadata"]["name"] == b["metadata"]["name"];
    for object in more {
        if !objects.iter().any(|known| same(known, &object)) {
            objects.push(object);
        }
    }
}

/// A Job that runs once, before the workloads of a release, with what only it needs.
pub struct BeforeDeploy {
    /// Its key in `[jobs]`.
    pub key: String,
    /// The Job, and the ConfigMaps and accounts that it needs.
    pub objects: Vec<Value>,
    /// The Job's name.
    pub name: String,
    /// How long it may take.
    pub timeout: Duration,
    /// In each cluster.
    pub each_cluster: bool,
}

/// The jobs that run before the workloads of a release; `suffix` makes their names unique.
///
/// # Errors
/// Exit code 2 for values that can't be, each with its place.
pub fn before_deploy(target: &Target, facts: &Facts<'_>, suffix: &str) -> Result<Vec<BeforeDeploy>> {
    let mut found = Vec::new();
    for job in Job::all(&target.scope)?.iter().filter(|job| job.before_deploy) {
        let name = job_name(job, suffix);
        let objects = once(target, facts, job, &name)?;
        let timeout = job.timeout.unwrap_or(JOB_TIMEOUT);
        found.push(BeforeDeploy { key: job.key.clone(), objects, name, timeout, each_cluster: job.each_cluster });
    }
    Ok(found)
}

/// The name of the Job of one run: at most 63 characters, as its pods carry it as a label.
pub fn job_name(job: &Job, suffix: &str) -> String {
    let room = 63 - suffix.len() - 1;
    format!("{}-{suffix}", job.pod.name.chars().take(room).collect::<String>().trim_end_matches('-'))
}

/// What a run by hand has beyond what the file says.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// Arguments after the command.
    pub args: &'a [String],
    /// Environment variables, stronger than those of the file.
    pub env: &'a [(String, String)],
}

/// The Job of one run by hand, after what only it needs.
///
/// # Errors
/// Exit code 2 for values that can't be, each with its place.
pub fn job(target: &Target, facts: &Facts<'_>, job: &Job, name: &str, given: Given<'_>) -> Result<Vec<Value>> {
    let mut objects = once(target, facts, job, name)?;
    let container = objects.last_mut().and_then(|object| object.pointer_mut("/spec/template/spec/containers/0"));
    if let Some(container) = container {
        self::job::give(container, given);
    }
    let pod = objects.last_mut().and_then(|object| object.pointer_mut("/spec/template/spec"));
    if let Some(pod) = pod.filter(|_| !job.artifacts.is_empty()) {
        artifacts::hold(pod, &job.artifacts);
    }
    Ok(objects)
}

fn once(target: &Target, facts: &Facts<'_>, job: &Job, name: &str) -> Result<Vec<Value>> {
    let service = Service::of(&target.scope)?;
    let part = Part { facts, target, service: &service, workload: &job.pod, files: mounts::read(&job.pod)? };
    let mut objects: Vec<Value> = access::account(&part).into_iter().chain(mounts::config_map(&part)).collect();
    objects.push(job::run(&part, job, name));
    patch::apply(&mut objects, &job.pod.patches)?;
    Ok(objects)
}

/// How long a job before a deployment may take, unless it says otherwise.
pub const JOB_TIMEOUT: Duration = Duration::from_secs(600);

/// What others lean on comes first.
fn rank(object: &Value) -> usize {
    const ORDER: [&str; 22] = [
        "Namespace",
        "CustomResourceDefinition",
        "LimitRange",
        "ResourceQuota",
        "ServiceAccount",
        "Role",
        "ClusterRole",
        "RoleBinding",
        "ClusterRoleBinding",
        "NetworkPolicy",
        "Secret",
        "ConfigMap",
        "PersistentVolumeClaim",
        "Service",
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "CronJob",
        "Job",
        "HorizontalPodAutoscaler",
        "PodDisruptionBudget",
        "Ingress",
    ];
    let kind = object["kind"].as_str().unwrap_or_default();
    ORDER.iter().position(|known| *known == kind).unwrap_or(ORDER.len())
}
