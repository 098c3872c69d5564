//! `[kube]` and `[workloads.NAME]` as they hold.

use std::path::PathBuf;
use std::time::Duration;

use super::node::{Entry, Table, Value};
use super::pod::{self, File, Patch, Sidecar, Volume};
use super::read::Read;
use super::{EnvValue, Scope, Service};
use crate::report::{Place, Result};

/// A long-running part of the service, with every default filled in.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its key in `[workloads]`; none for the service's main one.
    pub key: Option<String>,
    /// The name of its objects.
    pub name: String,
    /// A selector other than the usual labels.
    pub selector: Vec<(String, String)>,
    /// The HTTP port.
    pub port: Option<u16>,
    /// Further ports.
    pub ports: Vec<(String, u16)>,
    /// Where it says that it lives.
    pub health: super::Endpoint,
    /// Where it says that it can take requests.
    pub ready: super::Endpoint,
    /// The path of the metrics.
    pub metrics: Option<String>,
    /// Program and arguments, instead of the image's.
    pub command: Vec<String>,
    /// The working folder, instead of the image's.
    pub working_dir: Option<String>,
    /// How many pods.
    pub replicas: Replicas,
    /// CPU.
    pub cpu: Resource,
    /// Memory.
    pub memory: Resource,
    /// The numeric user.
    pub user: i64,
    /// The root file system can't be written.
    pub read_only_root: bool,
    /// How long it may take to become ready.
    pub start_within: Duration,
    /// How long it may take to stop.
    pub stop_within: Duration,
    /// All pods are stopped before new ones start.
    pub recreate: bool,
    /// The `ServiceAccount`.
    pub service_account: Option<String>,
    /// Secrets for pulling.
    pub pull_secrets: Vec<String>,
    /// Labels.
    pub labels: Vec<(String, String)>,
    /// Annotations of the pods.
    pub annotations: Vec<(String, String)>,
    /// Environment variables.
    pub env: Vec<(String, EnvValue)>,
    /// Where `env` is written, or the table that it can be added to.
    pub env_place: Option<Place>,
    /// The way in from outside.
    pub ingress: Option<Ingress>,
    /// What keeps the pods.
    pub kind: Kind,
    /// Another image than the service's: a key of `[images]`, or a reference.
    pub image: Option<String>,
    /// Secrets whose keys become variables.
    pub env_secrets: Vec<String>,
    /// ConfigMaps whose keys become variables.
    pub env_config_maps: Vec<String>,
    /// Files.
    pub files: Vec<File>,
    /// Volumes.
    pub volumes: Vec<Volume>,
    /// Further containers.
    pub sidecars: Vec<Sidecar>,
    /// Changes of the generated objects.
    pub patches: Vec<Patch>,
}

/// What keeps the pods of a workload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Pods that can take each other's place.
    #[default]
    Deployment,
    /// Pods with a name and a claim of their own.
    StatefulSet,
    /// A pod on every node.
    DaemonSet,
}

impl Kind {
    /// As Kubernetes calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deployment => "Deployment",
            Self::StatefulSet => "StatefulSet",
            Self::DaemonSet => "DaemonSet",
        }
    }
}

/// What `[kube]` says of objects that no workload has.
#[derive(Clone, Debug)]
pub struct Own {
    /// Objects are generated at all.
    pub generate: bool,
    /// Own manifests: files and folders, with where they are written.
    pub manifests: Vec<(PathBuf, Option<Place>)>,
    /// A kustomization.
    pub kustomize: Option<PathBuf>,
    /// A helm chart.
    pub chart: Option<PathBuf>,
    /// Legacy hosts by a cluster name.
    pub external: Vec<(String, String)>,
}

impl Own {
    /// Reads it.
    ///
    /// # Errors
    /// Exit code 2 for templates with faults.
    pub fn of(scope: &Scope) -> Result<Self> {
        let read = scope.read("kube");
        let folder = |key: &str| read.has(key).then(|| read.path_of(key)).transpose();
        let manifests = read
            .strings("manifests")
            .into_iter()
            .map(|(text, origin)| Ok((origin.source.dir.join(scope.eval(text, origin)?), origin.place(""))));
        let (kustomize, chart) = (folder("kustomize")?, folder("chart")?);
        let generate = read.flag("generate") && kustomize.is_none() && chart.is_none();
        Ok(Self { generate, manifests: manifests.collect::<Result<_>>()?, kustomize, chart, external: read.pairs("external")? })
    }
}

/// How many pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replicas {
    /// This many.
    Fixed(i64),
    /// As many as needed.
    Auto {
        /// At least.
        min: i64,
        /// At most.
        max: i64,
        /// Target in per cent of the CPU request.
        cpu: i64,
    },
}

/// A request and a limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resource {
    /// The request.
    pub request: Option<String>,
    /// The limit.
    pub limit: Option<String>,
}

/// The way in from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ingress {
    /// Host names.
    pub hosts: Vec<String>,
    /// The path.
    pub path: String,
    /// The ingress class.
    pub class: Option<String>,
    /// The Secret with the certificate.
    pub tls: Option<String>,
    /// Annotations.
    pub annotations: Vec<(String, String)>,
}

impl Workload {
    /// The main workload and those of `[workloads]`.
    ///
    /// # Errors
    /// Exit code 2 for templates with faults and for masked values, which would land in a manifest.
    pub fn all(scope: &Scope) -> Result<Vec<Self>> {
        let service = Service::of(scope)?;
        let mut all = vec![Self::read(&service, None, &scope.read("kube"))?];
        for (key, table) in scope.read_root().tables("workloads") {
            let over = with_defaults(scope, "workloads", key);
            let scope = over.as_ref().unwrap_or(scope);
            let found = scope.read_root().find("workloads", |name| name == key);
            all.push(Self::read(&service, Some(key), &found.map_or(table, |(_, table)| table))?);
        }
        Ok(all)
    }

    pub(super) fn read(service: &Service, key: Option<&str>, read: &Read<'_>) -> Result<Self> {
        let name = key.map_or_else(|| service.name.clone(), |key| format!("{}-{key}", service.name));
        let endpoint = |name: &str, main: &super::Endpoint| -> Result<super::Endpoint> {
            match key.map(|_| read.text_opt(name)).transpose()?.flatten() {
                Some(path) => Ok(super::Endpoint { path, port: None }),
                None => Ok(main.clone()),
            }
        };
        let env = read.env("env")?;
        refuse_masked(read, &env)?;
        Ok(Self {
            key: key.map(str::to_owned),
            name: read.text_opt("name")?.unwrap_or(name),
            selector: read.pairs("selector")?,
            port: if key.is_none() { service.port } else { read.port("port") },
            ports: if key.is_none() { service.ports.clone() } else { Vec::new() },
            health: endpoint("health", &service.health)?,
            ready: endpoint("ready", &service.ready)?,
            metrics: service.metrics.clone(),
            command: read.texts("command")?,
            working_dir: read.text_opt("working-dir")?,
            replicas: replicas(read),
            cpu: resource(read, "cpu", false)?,
            memory: resource(read, "memory", true)?,
            user: read.int("user"),
            read_only_root: read.flag("read-only-root"),
            start_within: read.duration("start-within"),
            stop_within: read.duration("stop-within"),
            recreate: read.text("strategy")? == "recreate",
            service_account: read.text_opt("service-account")?,
            pull_secrets: read.texts("pull-secrets")?,
            labels: read.pairs("labels")?,
            annotations: read.pairs("annotations")?,
            env_place: read.place("env"),
            ingress: ingress(&read.table("ingress"))?,
            kind: match read.text("workload")?.as_str() {
                "statefulset" => Kind::StatefulSet,
                "daemonset" => Kind::DaemonSet,
                _ => Kind::Deployment,
            },
            image: read.text_opt("image")?,
            env_secrets: read.table("env-from").texts("secrets")?,
            env_config_maps: read.table("env-from").texts("config-maps")?,
            files: pod::files(read)?,
            volumes: pod::volumes(read)?,
            sidecars: pod::sidecars(read)?,
            patches: pod::patches(read)?,
            env,
        })
    }
}

/// What of `[kube]` belongs to the main workload alone.
const OWN: [&str; 14] = [
    "chart",
    "command",
    "external",
    "generate",
    "image",
    "ingress",
    "kustomize",
    "manifests",
    "name",
    "patch",
    "replicas",
    "selector",
    "sidecars",
    "volumes",
];
/// And what a job can't have.
const NO_JOB: [&str; 3] = ["start-within", "strategy", "workload"];

/// `[kube]` holds the defaults of every workload and job (`of`: in which map it is): lays its table over it.
pub(super) fn with_defaults(scope: &Scope, of: &str, key: &str) -> Option<Scope> {
    let kube = scope.tree().get("kube")?.clone();
    let Value::Table(mut defaults) = kube.value else { return None };
    let more: &[&str] = if of == "jobs" { &NO_JOB } else { &[] };
    for own in OWN.iter().chain(more) {
        defaults.remove(own);
    }
    let own = scope.tree().table(of)?.entry(key)?.clone();
    let mut layer = Table::default();
    let mut under = Table::default();
    under.push(Entry { node: super::node::Node { value: Value::Table(defaults), origin: kube.origin.clone() }, ..own.clone() });
    layer.push(Entry {
        key: of.into(),
        at: own.at.clone(),
        node: super::node::Node { value: Value::Table(under), origin: kube.origin.clone() },
    });
    super::merge::merge(&mut layer, &single(of, own));
    let mut tree = scope.tree().clone();
    tree.remove(of);
    super::merge::merge(&mut tree, &layer);
    Some(scope.with_tree(tree))
}

fn single(key: &str, entry: Entry) -> Table {
    let (at, origin) = (entry.at.clone(), entry.node.origin.clone());
    let mut inner = Table::default();
    inner.push(entry);
    let mut outer = Table::default();
    outer.push(Entry { key: key.to_owned(), at, node: super::node::Node { value: Value::Table(inner), origin } });
    outer
}

fn replicas(read: &Read<'_>) -> Replicas {
    let table = read.table("replicas");
    if table.exists() {
        return Replicas::Auto { min: table.int("min"), max: table.int("max"), cpu: table.int("cpu") };
    }
    Replicas::Fixed(read.int("replicas"))
}

fn resource(read: &Read<'_>, key: &str, limited: bool) -> Result<Resource> {
    let table = read.table(key);
    if table.exists() {
        return Ok(Resource { request: table.text_opt("request")?, limit: table.text_opt("limit")? });
    }
    let value = Some(read.text(key)?);
    Ok(Resource { limit: value.clone().filter(|_| limited), request: value })
}

fn ingress(read: &Read<'_>) -> Result<Option<Ingress>> {
    let hosts = read.texts("hosts")?;
    if hosts.is_empty() {
        return Ok(None);
    }
    let (class, tls) = (read.text_opt("class")?, read.text_opt("tls")?);
    Ok(Some(Ingress { hosts, path: read.text("path")?, class, tls, annotations: read.pairs("annotations")? }))
}

/// A masked value under kube would land in a manifest (contract, section 4, "Values").
pub(super) fn refuse_masked(read: &Read<'_>, env: &[(String, EnvValue)]) -> Result<()> {
    for (name, value) in env {
        if matches!(value, EnvValue::Masked(_) | EnvValue::Command(_)) {
            let place = read.table("env").place(name);
            return Err(crate::report::Error::usage(format!("`{}.env.{name}` is secret and would land in a manifest", read.path))
                .at(place)
                .help(format!("keep it in the cluster: {name} = {{ secret = \"NAME\", key = \"KEY\" }}")));
        }
    }
    Ok(())
}
