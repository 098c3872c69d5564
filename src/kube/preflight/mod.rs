//! What can be known to fail before anything reaches the cluster, each with the line to change.

mod image;
mod quota;

use serde_json::{Map, Value};

pub use self::image::{ImageFacts, Images, check as check_images};
pub use self::quota::{check as check_quota, rules};
use super::fault::is_forbidden;
use super::kubectl::Kubectl;
use super::object::{Key, list, text};
use super::observe::{self, Ground};
use super::secret;
use crate::config::{EnvValue, Target, Workload};
use crate::process::quote;
use crate::report::{Error, Kind, Place, Problem, Result};

/// What the pods of an object are.
fn pod_spec(object: &Value) -> Option<&Value> {
    ["/spec/template/spec", "/spec/jobTemplate/spec/template/spec"].iter().find_map(|at| object.pointer(at))
}

/// A Secret or ConfigMap that pods need, and the key of it; none: all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Need {
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) key: Option<String>,
}

/// Where warnings go.
pub type Warn<'a> = &'a dyn Fn(&Problem);

/// Checks the objects against the place.
///
/// # Errors
/// Exit code 1 for a Secret, a ConfigMap or a key that is not there, and for an Ingress that another one
/// would take the requests from. What may be meant is warned of.
pub fn check(ground: &Ground, target: &Target, objects: &[Value], warn: Warn<'_>) -> Result<()> {
    objects.iter().filter_map(latest).for_each(|image| warn(&moving(&image, target)));
    objects.iter().filter_map(unmeasured).for_each(|name| warn(&unsized_pod(&name, target)));
    let needs: Vec<Need> = objects.iter().flat_map(needs).collect();
    let missing = missing(ground, &needs, objects)?;
    if !missing.is_empty() {
        let problems = missing.iter().flat_map(|need| problem(need, target, ground).problems).collect();
        return Err(Error::of(Kind::Failed, problems).note("nothing was changed"));
    }
    clashes(ground, target, objects)
}

/// What the pods of an object need, each once.
pub(super) fn needs(object: &Value) -> Vec<Need> {
    let Some(spec) = pod_spec(object) else { return Vec::new() };
    let mut found: Vec<Need> = Vec::new();
    let mut add = |kind, of: &Value, name: &str, key: Option<&str>| {
        let need = Need { kind, name: name.to_owned(), key: key.map(str::to_owned) };
        if !name.is_empty() && of["optional"] != true && !found.contains(&need) {
            found.push(need);
        }
    };
    for container in list(spec, "/containers").iter().chain(list(spec, "/initContainers")) {
        for from in list(container, "/env").iter().map(|variable| &variable["valueFrom"]) {
            for (kind, reference) in [("Secret", &from["secretKeyRef"]), ("ConfigMap", &from["configMapKeyRef"])] {
                add(kind, reference, text(reference, "/name"), reference["key"].as_str());
            }
        }
        for from in list(container, "/envFrom") {
            add("Secret", &from["secretRef"], text(from, "/secretRef/name"), None);
            add("ConfigMap", &from["configMapRef"], text(from, "/configMapRef/name"), None);
        }
    }
    for volume in list(spec, "/volumes") {
        add("Secret", &volume["secret"], text(volume, "/secret/secretName"), None);
        add("ConfigMap", &volume["configMap"], text(volume, "/configMap/name"), None);
    }
    found
}

/// Those that are neither applied now nor there.
fn missing(ground: &Ground, needs: &[Need], objects: &[Value]) -> Result<Vec<Need>> {
    // The controller of a SealedSecret makes the Secret of its name.
    let makes = |object: &Value, need: &Need| text(object, "/kind").strip_prefix("Sealed").unwrap_or(text(object, "/kind")) == need.kind;
    let applied = |need: &&Need| objects.iter().any(|object| makes(object, need) && text(object, "/metadata/name") == need.name);
    let needs: Vec<&Need> = needs.iter().filter(|need| !applied(need)).collect();
    if needs.is_empty() {
        return Ok(Vec::new());
    }
    let names = needs.iter().map(|need| format!("{}/{}", need.kind.to_lowercase(), need.name));
    let found = if ground.has_namespace { ground.kubectl.get(names) } else { Ok(Vec::new()) };
    let found = match found {
        // Who may not read them deploys without this check.
        Err(error) if is_forbidden(&error) => return Ok(Vec::new()),
        found => found?,
    };
    let there = |need: &Need| {
        found.iter().any(|object| {
            let has = |key: &String| ["data", "binaryData"].iter().any(|at| object[*at].get(key).is_some());
            text(object, "/kind") == need.kind && text(object, "/metadata/name") == need.name && need.key.as_ref().is_none_or(has)
        })
    };
    let mut missing: Vec<Need> = Vec::new();
    for need in needs.into_iter().filter(|need| !there(need)) {
        if !missing.contains(need) {
            missing.push(need.clone());
        }
    }
    Ok(missing)
}

fn problem(need: &Need, target: &Target, ground: &Ground) -> Error {
    let Need { kind, name, key } = need;
    let place = &ground.kubectl.place;
    let what = match key {
        Some(key) => format!("{kind} `{name}` with the key `{key}` is not there in namespace `{}`", place.namespace),
        None => format!("{kind} `{name}` is not there in namespace `{}`", place.namespace),
    };
    let error = Error::failed(what).at(written(need, target));
    let key = key.as_deref().unwrap_or("KEY");
    if *kind == "Secret" {
        return error.help(format!("{}; or correct its name here", secret::setting(target, name, key)));
    }
    let line = place.command(["create", "configmap"]).arg(name).line();
    let error = error.help(format!("make it: `{line} --from-literal={}=…`; or correct its name here", quote(key)));
    if ground.has_namespace {
        return error;
    }
    error.help(format!("the namespace first: `kubectl --context {} create namespace {}`", quote(&place.context), place.namespace))
}

/// Where the file names it.
fn written(need: &Need, target: &Target) -> Option<Place> {
    let root = target.scope.read_root();
    let tables = ["workloads", "jobs"].iter().flat_map(|key| root.tables(key).into_iter().map(|(_, table)| table));
    for table in std::iter::once(target.scope.read("kube")).chain(tables) {
        let env = table.env("env").unwrap_or_default();
        let meant =
            |value: &EnvValue| matches!(value, EnvValue::Secret { name, key } if *name == need.name && need.key.as_ref() == Some(key));
        if let Some((variable, _)) = env.iter().find(|(_, value)| need.kind == "Secret" && meant(value)) {
            return table.table("env").place(variable);
        }
        let from = table.table("env-from");
        let key = if need.kind == "Secret" { "secrets" } else { "config-maps" };
        if from.texts(key).is_ok_and(|names| names.contains(&need.name)) {
            return from.place(key);
        }
    }
    let files = Workload::all(&target.scope).unwrap_or_default().into_iter().flat_map(|workload| workload.files);
    files.into_iter().find(|file| format!("{:?}", file.from).contains(&format!("\"{}\"", need.name))).and_then(|file| file.place)
}

/// An image that is another one tomorrow.
fn latest(object: &Value) -> Option<String> {
    let moves = |image: &&str| {
        !image.contains('@') && image.rsplit('/').next().is_some_and(|last| !last.contains(':') || last.ends_with(":latest"))
    };
    list(pod_spec(object)?, "/containers").iter().map(|container| text(container, "/image")).find(moves).map(str::to_owned)
}

fn moving(image: &str, target: &Target) -> Problem {
    let message = format!("`{image}` is another image tomorrow, and a rollback would not bring today's back");
    let help = vec!["name a version, or a digest".to_owned()];
    Problem { message, place: target.scope.read("kube").place("image"), notes: Vec::new(), help }
}

/// A container without requests: the cluster places it blindly, and throws it out first. Only own manifests have
/// such.
fn unmeasured(object: &Value) -> Option<String> {
    let lacks = |container: &&Value| {
        let has = |key: &str| ["requests", "limits"].iter().any(|of| container["resources"][of].get(key).is_some());
        !has("cpu") || !has("memory")
    };
    let first = list(pod_spec(object)?, "/containers").iter().find(lacks)?;
    Some(format!("container `{}` of {}", text(first, "/name"), Key::of(object)))
}

fn unsized_pod(name: &str, target: &Target) -> Problem {
    let message = format!("{name} does not say how much CPU and memory it needs: it is placed blindly, and thrown out first");
    let read = target.scope.read("kube");
    let place = ["manifests", "kustomize", "chart"].iter().find_map(|key| read.place(key));
    let help = vec!["add `resources: {requests: {cpu: 100m, memory: 128Mi}}` to the container".to_owned()];
    Problem { message, place, notes: Vec::new(), help }
}

/// An Ingress of somebody else with the same host and path: the controller would choose.
fn clashes(ground: &Ground, target: &Target, objects: &[Value]) -> Result<()> {
    let ours: Vec<&Value> = objects.iter().filter(|object| text(object, "/kind") == "Ingress").collect();
    if ours.is_empty() {
        return Ok(());
    }
    for other in ingresses(&ground.kubectl)? {
        let same_namespace = text(&other, "/metadata/namespace") == ground.kubectl.place.namespace;
        if same_namespace && (observe::is_ours(&other, &ground.service) || ours.iter().any(|own| Key::of(own).name == Key::of(&other).name))
        {
            continue;
        }
        if let Some((host, path)) = ours.iter().flat_map(|own| routes(own)).find(|route| routes(&other).contains(route)) {
            let (name, namespace) = (text(&other, "/metadata/name"), text(&other, "/metadata/namespace"));
            let place = target.scope.read("kube").table("ingress").place("hosts");
            let error = Error::failed(format!("{host}{path} is already served by Ingress `{name}` in namespace `{namespace}`")).at(place);
            return Err(error.note("nothing was changed").help("choose another host or path; or delete the other Ingress"));
        }
    }
    Ok(())
}

/// Those of the whole cluster, where the rights reach so far.
fn ingresses(kubectl: &Kubectl) -> Result<Vec<Value>> {
    match kubectl.get(["ingresses.v1.networking.k8s.io", "--all-namespaces"]) {
        Err(error) if is_forbidden(&error) => kubectl.get(["ingresses.v1.networking.k8s.io"]),
        found => found,
    }
}

fn routes(ingress: &Value) -> Vec<(String, String)> {
    let paths = |rule: &Value| -> Vec<(String, String)> {
        let host = text(rule, "/host").to_owned();
        list(rule, "/http/paths").iter().map(|path| (host.clone(), text(path, "/path").to_owned())).collect()
    };
    list(ingress, "/spec/rules").iter().flat_map(paths).collect()
}

/// What must be handed over before it is dropped: `replicas` that we set once and an autoscaler shall set from
/// now on would else be 1 for a moment.
pub fn handed_over(live: &[Value], objects: &[Value]) -> Vec<Value> {
    let scaled = |object: &&Value| {
        let kind = text(object, "/kind");
        ["Deployment", "StatefulSet"].contains(&kind) && object.pointer("/spec/replicas").is_none()
    };
    let mut out = Vec::new();
    for object in objects.iter().filter(scaled) {
        let key = Key::of(object);
        let Some(now) = live.iter().find(|live| Key::of(live).same(&key)) else { continue };
        if super::diff::is_ours_alone(now, &["spec", "replicas"]) {
            let mut small = Map::new();
            for at in ["apiVersion", "kind"] {
                small.insert(at.to_owned(), object[at].clone());
            }
            small.insert("metadata".to_owned(), serde_json::json!({ "name": key.name }));
            small.insert("spec".to_owned(), serde_json::json!({ "replicas": now["spec"]["replicas"] }));
            out.push(Value::Object(small));
        }
    }
    out
}

/// What the cluster would make of the objects, once the number of pods is handed over.
pub fn keep_replicas(next: &mut [Value], handed: &[Value]) {
    for object in next {
        let key = Key::of(object);
        if let Some(small) = handed.iter().find(|small| Key::of(small).same(&key)) {
            object["spec"]["replicas"] = small["spec"]["replicas"].clone();
        }
    }
}
