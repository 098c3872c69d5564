//! Secrets of a service: one key set, all told by name; values are never shown.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Serialize;
use serde_json::{Value, json};

use super::kubectl::Place;
use super::object::{list, text};
use super::observe::Ground;
use super::preflight::needs;
use super::render::{self, Facts, Given, MANAGED_BY, NAME, label_value};
use crate::config::{Job, Target};
use crate::process::{self, Command};
use crate::repo::disk;
use crate::report::{Error, Kind, Result};

/// One key of one Secret.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The Secret.
    pub name: &'a str,
    /// The key.
    pub key: &'a str,
}

/// How a key that is missing is set, in words.
pub fn setting(target: &Target, name: &str, key: &str) -> String {
    let environment = target.scope.environment().unwrap_or("ENV");
    format!("set it: `{}` asks for the value", Command::new("instep", ["secret", "set", environment, name, key]).line())
}

/// Types of Secrets that no service reads its settings from.
const OTHERS: [&str; 3] = ["instep.dev/", "kubernetes.io/service-account-token", "helm.sh/"];

/// A Secret, as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Known {
    /// Its name.
    pub name: String,
    /// Whether it is there.
    pub exists: bool,
    /// Its keys, with who reads them; also those that are wanted and not there.
    pub keys: BTreeMap<String, Key>,
    /// Who reads it as a whole.
    pub read_by: Vec<String>,
}

/// A key of a Secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Key {
    /// Somebody set it.
    pub set: bool,
    /// Who reads it by its name.
    pub read_by: Vec<String>,
}

impl Known {
    /// What is wanted of it, and nobody set.
    pub fn missing(&self) -> Vec<&str> {
        self.keys.iter().filter(|(_, key)| !key.set && !key.read_by.is_empty()).map(|(name, _)| name.as_str()).collect()
    }
}

/// The Secrets of the namespace, and those that the manifests want.
///
/// # Errors
/// Exit code 2 for manifests that can't be made; what kubectl complains of.
pub fn known(ground: &Ground, target: &Target) -> Result<Vec<Known>> {
    let mut all: BTreeMap<String, Known> = BTreeMap::new();
    let live = if ground.has_namespace { ground.kubectl.get(["secrets"])? } else { Vec::new() };
    let own = |secret: &&Value| !OTHERS.iter().any(|prefix| text(secret, "/type").starts_with(prefix));
    for secret in live.iter().filter(own) {
        let known = named(&mut all, text(secret, "/metadata/name"));
        known.exists = true;
        for key in secret["data"].as_object().into_iter().flat_map(serde_json::Map::keys) {
            known.keys.entry(key.clone()).or_default().set = true;
        }
    }
    for object in objects(ground, target)? {
        let reader = text(&object, "/metadata/name");
        for need in needs(&object).iter().filter(|need| need.kind == "Secret") {
            let known = named(&mut all, &need.name);
            let readers = match &need.key {
                Some(key) => &mut known.keys.entry(key.clone()).or_default().read_by,
                None => &mut known.read_by,
            };
            add(readers, reader);
        }
        for name in besides(&object) {
            add(&mut named(&mut all, &name).read_by, reader);
        }
    }
    Ok(all.into_values().collect())
}

fn named<'a>(all: &'a mut BTreeMap<String, Known>, name: &str) -> &'a mut Known {
    all.entry(name.to_owned()).or_insert_with(|| Known { name: name.to_owned(), ..Known::default() })
}

fn add(readers: &mut Vec<String>, reader: &str) {
    if !readers.iter().any(|known| known == reader) {
        readers.push(reader.to_owned());
    }
}

/// All that the service may have in the cluster, runs of jobs too.
fn objects(ground: &Ground, target: &Target) -> Result<Vec<Value>> {
    let facts = Facts { image: "image", images: &[], version: "0", kube: ground.version };
    let mut all = render::objects(target, &facts)?;
    for job in Job::all(&target.scope)?.iter().filter(|job| job.schedule.is_none()) {
        all.extend(render::job(target, &facts, job, &job.pod.name, Given { args: &[], env: &[] })?);
    }
    Ok(all)
}

/// Secrets that others than the containers read: for pulling images, and certificates.
fn besides(object: &Value) -> Vec<String> {
    let pull = ["/spec/template/spec", "/spec/jobTemplate/spec/template/spec"].iter().filter_map(|at| object.pointer(at));
    let pull = pull.flat_map(|spec| list(spec, "/imagePullSecrets")).map(|secret| text(secret, "/name"));
    let tls = if text(object, "/kind") == "Ingress" { list(object, "/spec/tls") } else { &[] };
    pull.chain(tls.iter().map(|tls| text(tls, "/secretName"))).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// Sets a key; the others stay. Gives whether the Secret was there before.
///
/// # Errors
/// Exit code 6 for a Secret that something in the cluster makes: it would be overwritten again.
pub fn set(ground: &Ground, entry: Entry<'_>, value: &[u8]) -> Result<bool> {
    let kubectl = &ground.kubectl;
    let found = kubectl.get([&format!("secret/{}", entry.name)])?;
    let Some(secret) = found.first() else {
        let output = kubectl
            .run(&kubectl.place.command(["create", "--output=name", "-f", "-"]).stdin(manifest(ground, entry, value).to_string()))?;
        let complaint = output.complaint();
        return match output.exit.ok() {
            true => Ok(false),
            // Somebody was quicker.
            false if complaint.contains("AlreadyExists") => patch(ground, entry, value).map(|()| true),
            false => Err(super::fault::explain(&complaint, &kubectl.place)),
        };
    };
    if let Some(owner) = list(secret, "/metadata/ownerReferences").first() {
        let owner = format!("{} {}", text(owner, "/kind"), text(owner, "/name"));
        let error = Error::new(Kind::Refused, format!("Secret `{}` is made by {owner}, which would overwrite it", entry.name));
        return Err(error.help(format!("change the value where {owner} takes it from")));
    }
    if OTHERS.iter().any(|prefix| text(secret, "/type").starts_with(prefix)) {
        return Err(Error::new(
            Kind::Refused,
            format!("Secret `{}` is of type {}, not one with settings", entry.name, text(secret, "/type")),
        ));
    }
    patch(ground, entry, value).map(|()| true)
}

fn manifest(ground: &Ground, Entry { name, key }: Entry<'_>, value: &[u8]) -> Value {
    let labels = json!({ NAME: label_value(&ground.service), MANAGED_BY: "instep" });
    let metadata = json!({ "name": name, "namespace": ground.kubectl.place.namespace, "labels": labels });
    json!({ "apiVersion": "v1", "kind": "Secret", "type": "Opaque", "metadata": metadata, "data": { key: BASE64.encode(value) } })
}

fn patch(ground: &Ground, Entry { name, key }: Entry<'_>, value: &[u8]) -> Result<()> {
    let patch = json!({ "data": { key: BASE64.encode(value) } }).to_string();
    ground.kubectl.must(&patching(&ground.kubectl.place, name).stdin(patch)).map(drop)
}

/// The value comes on stdin: on the command line, everybody on the machine could read it.
fn patching(place: &Place, name: &str) -> Command {
    place.command(["patch", "secret", name, "--type=merge", "--patch-file=/dev/stdin", "--output=name"])
}

/// What a person would run; the value is asked for on stdin.
pub fn by_hand(place: &Place, Entry { name, key }: Entry<'_>) -> String {
    let get = place.command(["get", "secret", name]).line();
    let create = place.command(["create", "secret", "generic", name]).line();
    let patch = patching(place, name).line();
    let json = process::quote(&format!("{{\"data\":{{\"{key}\":\"%s\"}}}}"));
    format!("set -eu\n# the value comes on stdin\n{get} >/dev/null 2>&1 || {create}\nprintf {json} \"$(base64 | tr -d '\\n')\" | {patch}\n")
}

/// Seals a key into a file of the repo by kubeseal; keys that are sealed there stay. Gives the file.
///
/// # Errors
/// Exit code 7 without kubeseal; exit code 1 with what it complains of.
pub fn seal(ground: &Ground, target: &Target, entry: Entry<'_>, value: &[u8]) -> Result<PathBuf> {
    process::find("kubeseal")?;
    let file = target.sealed_dir().join(format!("{}.yaml", entry.name));
    let command = sealing(&ground.kubectl.place, &file).stdin(manifest(ground, entry, value).to_string());
    let output = process::capture(&command)?;
    if !output.exit.ok() {
        return Err(Error::failed(format!("kubeseal failed: {}", output.exit)).note(output.complaint()));
    }
    if !file.exists() {
        disk::write(&file, &output.stdout)?;
    }
    Ok(file)
}

/// kubeseal for this file: made anew on stdout, or changed in its place.
fn sealing(place: &Place, file: &Path) -> Command {
    let command = Command::new("kubeseal", ["--context", &place.context, "--namespace", &place.namespace, "--format", "yaml"]);
    if file.exists() { command.arg("--merge-into").arg(file) } else { command }
}
