//! What is mounted into pods, and the containers beside the main one: files, volumes, sidecars.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value, json};

use super::{Part, pod};
use crate::config::{File, FileFrom, Kind, Sidecar, Volume, Workload};
use crate::report::{Error, Result};

/// What a ConfigMap takes (1 MiB), with room for the rest of it.
const LARGEST: usize = 1_000_000;

/// The ConfigMap with the files of the repo. Its name follows from its content: pods that run keep theirs,
/// and a change of a file rolls new ones out.
pub(super) fn config_map(part: &Part<'_>) -> Option<Value> {
    let data = part.files.as_ref()?;
    let mut metadata = part.metadata();
    metadata["name"] = data.name.as_str().into();
    let mut object = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata });
    for (key, values) in [("data", &data.texts), ("binaryData", &data.binaries)] {
        if !values.is_empty() {
            object[key] = values.clone().into();
        }
    }
    Some(object)
}

/// The content of the files of the repo.
#[derive(Clone, Debug)]
pub(super) struct Files {
    pub(super) name: String,
    texts: Map<String, Value>,
    binaries: Map<String, Value>,
}

/// Reads them.
///
/// # Errors
/// Exit code 2 for a file that can't be read, or too much of it.
pub(super) fn read(workload: &Workload) -> Result<Option<Files>> {
    let (mut texts, mut binaries) = (Map::new(), Map::new());
    let mut hash = blake3::Hasher::new();
    let mut size = 0;
    for file in &workload.files {
        let FileFrom::Repo(path) = &file.from else { continue };
        let bytes = std::fs::read(path).map_err(|error| {
            Error::usage(format!("can't read {}: {error}", path.display())).at(file.place.clone()).help("name a file of the repo")
        })?;
        size += bytes.len();
        if size > LARGEST {
            let error = Error::usage(format!("the files are too large for a ConfigMap: {}", crate::report::text::bytes(size as u64)));
            return Err(error.at(file.place.clone()).help("put it into the image"));
        }
        let key = key(file);
        hash.update(key.as_bytes()).update(&[0]).update(&bytes).update(&[0]);
        match String::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => drop(texts.insert(key, text.into())),
            Ok(text) => drop(binaries.insert(key, BASE64.encode(text).into())),
            Err(error) => drop(binaries.insert(key, BASE64.encode(error.as_bytes()).into())),
        }
    }
    let name = format!("{}-files-{}", workload.name, &hash.finalize().to_hex()[..8]);
    Ok((size > 0 || !texts.is_empty()).then_some(Files { name, texts, binaries }))
}

/// `/etc/users/config.yaml` → `etc-users-config.yaml`: a key of a ConfigMap.
fn key(file: &File) -> String {
    let clean = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    file.path.trim_start_matches('/').chars().map(clean).collect()
}

/// The volumes of the pod.
pub(super) fn volumes(part: &Part<'_>) -> Vec<Value> {
    let workload = part.workload;
    let mut volumes = Vec::new();
    if needs_tmp(workload) {
        volumes.push(json!({ "name": "tmp", "emptyDir": {} }));
    }
    if let Some(files) = &part.files {
        volumes.push(json!({ "name": "files", "configMap": { "name": files.name } }));
    }
    for (i, file) in workload.files.iter().enumerate() {
        match &file.from {
            FileFrom::Repo(_) => {}
            FileFrom::Secret(name) => volumes.push(json!({ "name": format!("files-{i}"), "secret": { "secretName": name } })),
            FileFrom::ConfigMap(name) => volumes.push(json!({ "name": format!("files-{i}"), "configMap": { "name": name } })),
        }
    }
    for volume in &workload.volumes {
        match &volume.size {
            None => volumes.push(json!({ "name": volume.name, "emptyDir": {} })),
            // The pods of a StatefulSet have each their own.
            Some(_) if workload.kind == Kind::StatefulSet => {}
            Some(_) => {
                let claim = claim_name(workload, volume);
                volumes.push(json!({ "name": volume.name, "persistentVolumeClaim": { "claimName": claim } }));
            }
        }
    }
    volumes
}

/// Where the main container has them.
pub(super) fn mounts(workload: &Workload) -> Vec<Value> {
    let mut mounts = Vec::new();
    if needs_tmp(workload) {
        mounts.push(json!({ "name": "tmp", "mountPath": "/tmp" }));
    }
    for (i, file) in workload.files.iter().enumerate() {
        mounts.push(match &file.from {
            FileFrom::Repo(_) => json!({ "name": "files", "mountPath": file.path, "subPath": key(file), "readOnly": true }),
            _ => json!({ "name": format!("files-{i}"), "mountPath": file.path, "readOnly": true }),
        });
    }
    mounts.extend(workload.volumes.iter().map(|volume| json!({ "name": volume.name, "mountPath": volume.path })));
    mounts
}

/// Unless the repo mounts something there itself.
fn needs_tmp(workload: &Workload) -> bool {
    workload.read_only_root && !workload.volumes.iter().any(|volume| volume.path == "/tmp" || volume.name == "tmp")
}

/// The claims of a workload that all of its pods share.
pub(super) fn claims(part: &Part<'_>) -> Vec<Value> {
    if part.workload.kind == Kind::StatefulSet {
        return Vec::new();
    }
    let sized = part.workload.volumes.iter().filter(|volume| volume.size.is_some());
    let claim = |volume: &Volume| {
        let mut metadata = part.metadata();
        metadata["name"] = claim_name(part.workload, volume).into();
        json!({ "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": claim_spec(volume) })
    };
    sized.map(claim).collect()
}

/// The claims that a StatefulSet makes for each pod. Its labels can never change: only what tells it apart.
pub(super) fn claim_templates(part: &Part<'_>) -> Vec<Value> {
    let sized = part.workload.volumes.iter().filter(|volume| volume.size.is_some());
    let template = |volume: &Volume| {
        let metadata = json!({ "name": volume.name, "labels": part.selector() });
        json!({ "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": claim_spec(volume) })
    };
    sized.map(template).collect()
}

fn claim_name(workload: &Workload, volume: &Volume) -> String {
    format!("{}-{}", workload.name, volume.name)
}

fn claim_spec(volume: &Volume) -> Value {
    let mut spec =
        json!({ "accessModes": ["ReadWriteOnce"], "resources": { "requests": { "storage": volume.size } }, "volumeMode": "Filesystem" });
    if let Some(class) = &volume.class {
        spec["storageClassName"] = class.as_str().into();
    }
    spec
}

/// Whole Secrets and ConfigMaps as variables.
pub(super) fn env_from(workload: &Workload) -> Vec<Value> {
    let maps = workload.env_config_maps.iter().map(|name| json!({ "configMapRef": { "name": name } }));
    maps.chain(workload.env_secrets.iter().map(|name| json!({ "secretRef": { "name": name } }))).collect()
}

/// A container beside the main one; it has the same volumes.
pub(super) fn sidecar(part: &Part<'_>, sidecar: &Sidecar) -> Value {
    let mut container = json!({
        "name": sidecar.name,
        "image": part.facts.image_of(Some(&sidecar.image)),
        "imagePullPolicy": "IfNotPresent",
    });
    if !sidecar.command.is_empty() {
        container["command"] = json!(sidecar.command);
    }
    if !sidecar.env.is_empty() {
        container["env"] = sidecar.env.iter().map(pod::variable).collect();
    }
    if let Some(port) = sidecar.port {
        container["ports"] = json!([{ "name": label(&sidecar.name), "containerPort": port, "protocol": "TCP" }]);
    }
    container["resources"] = pod::resources(&sidecar.cpu, &sidecar.memory);
    container["securityContext"] = pod::confined(part.workload.read_only_root);
    let mounts = mounts(part.workload);
    if !mounts.is_empty() {
        container["volumeMounts"] = mounts.into();
    }
    container
}

/// The name of a port has at most 15 characters (RFC 6335).
fn label(name: &str) -> String {
    name.chars().take(15).collect::<String>().trim_end_matches('-').to_owned()
}
