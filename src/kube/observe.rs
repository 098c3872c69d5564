//! What is there before anything is planned: the context, the cluster, the namespace, earlier releases.

use std::time::Duration;

use serde_json::Value;

use super::apart;
use super::fault;
use super::kubectl::{Kubectl, Place, items};
use super::object::{Key, text};
use super::record::{LABEL, Record};
use super::render::{KubeVersion, MANAGED_BY, NAME, label_value};
use super::rollout::rolls_out;
use crate::config::{Service, Target};
use crate::process::{Command, Exit};
use crate::report::text::{list, nearest};
use crate::report::{Error, Kind, Report, Result};

/// A cluster that is the one that is meant, and the place in it.
#[derive(Clone)]
pub struct Ground {
    /// The way there.
    pub kubectl: Kubectl,
    /// The service.
    pub service: String,
    /// The cluster's version.
    pub version: KubeVersion,
    /// Whether the namespace is there.
    pub has_namespace: bool,
}

impl Ground {
    /// Looks at the place; nothing is changed.
    ///
    /// # Errors
    /// Exit code 2 for a context that the kubeconfig does not have, 7 when the cluster does not answer, 6
    /// when it is another cluster than the one that was meant.
    pub fn of(target: &Target, report: &Report) -> Result<Self> {
        let service = Service::of(&target.scope)?.name;
        Self::of_service(target, service, report)
    }

    /// As [`Ground::of`], for a service whose repo need not be here.
    ///
    /// # Errors
    /// As [`Ground::of`].
    pub fn of_service(target: &Target, service: String, report: &Report) -> Result<Self> {
        let kubectl = Kubectl::new(Place::of(target), report)?;
        has_context(&kubectl, target)?;
        let (version, has_namespace) = std::thread::scope(|scope| {
            let version = scope.spawn(|| server_version(&kubectl));
            let found = namespaces(&kubectl, target);
            // Where the cluster is away, the words about its version tell it best.
            let version = version.join().unwrap_or_else(|_| Err(Error::failed("the cluster's version could not be asked")))?;
            Ok::<_, Error>((version, found?))
        })?;
        Ok(Self { kubectl, service, version, has_namespace })
    }

    /// Another service in the same cluster, reporting to `report`.
    #[must_use]
    pub fn at(&self, namespace: &str, service: &str, report: &Report) -> Self {
        let kubectl = self.kubectl.at(namespace, report);
        Self { kubectl, service: service.to_owned(), has_namespace: true, ..*self }
    }

    /// The releases that are recorded, oldest first.
    ///
    /// # Errors
    /// What kubectl complains of.
    pub fn records(&self) -> Result<Vec<Record>> {
        if !self.has_namespace {
            return Ok(Vec::new());
        }
        let selector = format!("{LABEL}={}", label_value(&self.service));
        let secrets = self.kubectl.get(["secrets", "--selector", &selector])?;
        Ok(Record::read_all(&secrets))
    }

    /// Makes the namespace when it is not there; another one may be quicker.
    ///
    /// # Errors
    /// What kubectl complains of.
    pub fn make_namespace(&mut self) -> Result<()> {
        let place = &self.kubectl.place;
        let output = self.kubectl.run(&place.command(["create", "namespace", &place.namespace]))?;
        let complaint = output.complaint();
        if !output.exit.ok() && !complaint.contains("AlreadyExists") {
            return Err(fault::explain(&complaint, place));
        }
        self.has_namespace = true;
        Ok(())
    }
}

/// What tells a cluster apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Its version.
    pub version: KubeVersion,
    /// The uid of its namespace kube-system.
    pub uid: String,
}

/// Asks the cluster who it is.
///
/// # Errors
/// Exit code 2 for a context that is not there; exit code 7 when no cluster answers.
pub fn identity(target: &Target, report: &Report) -> Result<Identity> {
    let kubectl = Kubectl::new(Place::of(target), report)?;
    has_context(&kubectl, target)?;
    let version = server_version(&kubectl)?;
    let found = kubectl.get(["namespace", "kube-system"])?;
    let uid = found.first().map(|object| text(object, "/metadata/uid").to_owned()).unwrap_or_default();
    Ok(Identity { version, uid })
}

/// What keeps the pods of the service, and the pods.
pub fn of_service(kubectl: &Kubectl, service: &str) -> Result<Vec<Value>> {
    let label = format!("{NAME}={}", label_value(service));
    let mut objects = of_kinds(kubectl, &label, &["deployments", "statefulsets", "daemonsets", "replicasets", "pods"])?;
    let keepers = objects.iter().filter(|object| rolls_out(text(object, "/kind")));
    let apart = keepers.filter_map(|keeper| Some((text(keeper, "/kind").to_owned(), apart::selector(keeper, service)?)));
    for (kind, selector) in apart.collect::<Vec<_>>() {
        objects.extend(of_kinds(kubectl, &selector, apart::below(&kind))?);
    }
    Ok(objects)
}

/// The objects of these kinds that a selector means.
pub fn of_kinds(kubectl: &Kubectl, selector: &str, kinds: &[&str]) -> Result<Vec<Value>> {
    kubectl.get([&kinds.join(","), "--selector", selector])
}

/// Those of these objects that are there, with who owns which field.
pub fn live(kubectl: &Kubectl, keys: &[Key]) -> Result<Vec<Value>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    kubectl.get(["--show-managed-fields"].map(str::to_owned).into_iter().chain(keys.iter().map(Key::argument)))
}

/// Whether an object carries instep's labels of this service.
pub fn is_ours(object: &Value, service: &str) -> bool {
    let label = |key: &str| object["metadata"]["labels"][key].as_str().unwrap_or_default();
    label(MANAGED_BY) == "instep" && label(NAME) == label_value(service)
}

/// The kubeconfig knows the context.
///
/// # Errors
/// Exit code 2 with the line of instep.toml and what the kubeconfig has.
pub fn has_context(kubectl: &Kubectl, target: &Target) -> Result<()> {
    let output = kubectl.must(&Command::new("kubectl", ["config", "get-contexts", "--output=name"]))?;
    let text = output.text();
    let known: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    if known.contains(&target.context.as_str()) {
        return Ok(());
    }
    let error = Error::usage(format!("the kubeconfig has no context `{}`", target.context)).at(target.context_place());
    Err(match (known.as_slice(), nearest(&target.context, known.iter().copied())) {
        ([], _) => error.note("it has none at all").help("log in to the cluster first, or let KUBECONFIG name another file"),
        (_, Some(near)) => error.note(format!("it has: {}", list(&known))).help(format!("did you mean `{near}`?")),
        (_, None) => error.note(format!("it has: {}", list(&known))).help("name one of these, or log in to the cluster that is meant"),
    })
}

fn server_version(kubectl: &Kubectl) -> Result<KubeVersion> {
    let mut command = kubectl.place.command(["version", "--output=json", "--request-timeout=10s"]);
    command.timeout = Some(Duration::from_secs(20));
    let output = kubectl.run(&command)?;
    if output.exit == Exit::TimedOut {
        return Err(away(kubectl, "it did not answer within 20 s"));
    }
    if !output.exit.ok() {
        let complaint = output.complaint();
        let error = fault::explain(&complaint, &kubectl.place);
        return Err(if error.kind == Kind::Missing {
            away(kubectl, error.problems[0].notes.first().map_or("", |note| note))
        } else {
            error
        });
    }
    let versions = items(&output.text())?;
    let git = versions.first().map(|version| text(version, "/serverVersion/gitVersion").to_owned()).unwrap_or_default();
    KubeVersion::parse(&git).ok_or_else(|| away(kubectl, "it does not say its version"))
}

/// The cluster does not answer: which server was tried, and how to check.
fn away(kubectl: &Kubectl, reason: &str) -> Error {
    let Place { context, .. } = &kubectl.place;
    let server = kubectl
        .run(&kubectl.place.command(["config", "view", "--minify", "--output=jsonpath={.clusters[0].cluster.server}"]))
        .map(|output| output.text())
        .unwrap_or_default();
    let server = if server.is_empty() { "unknown".to_owned() } else { server };
    Error::missing(format!("the cluster of context `{context}` does not answer"))
        .note(format!("server: {server}"))
        .note(reason.to_owned())
        .help(format!(
            "check it: `kubectl --context {context} cluster-info`; a VPN, an expired login or a stopped cluster are the usual causes"
        ))
}

/// Whether the target's namespace is there; checks the cluster's identity on the way.
fn namespaces(kubectl: &Kubectl, target: &Target) -> Result<bool> {
    let names = ["namespace", "kube-system", &target.namespace];
    let found = match kubectl.get(names) {
        Ok(found) => found,
        // Rights that end at the namespace: it has to be there already.
        Err(error) if target.uid.is_none() && error.message().contains("does not allow") => return Ok(true),
        Err(error) => return Err(error),
    };
    let named = |name: &str| found.iter().find(|object| text(object, "/metadata/name") == name);
    if let Some(wanted) = &target.uid {
        let uid = named("kube-system").map_or("", |object| text(object, "/metadata/uid"));
        if uid != wanted {
            return Err(Error::new(
                Kind::Refused,
                format!("context `{}` leads to another cluster than the one that is meant", target.context),
            )
            .at(target.uid_place())
            .note(format!("its uid is {uid}"))
            .help("correct the context; or the uid, when the cluster was set up anew"));
        }
    }
    Ok(named(&target.namespace).is_some())
}
