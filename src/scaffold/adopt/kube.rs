//! The manifests in the usual folders: what is live keeps its names and selectors.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Fact, Found};

const FOLDERS: &[&str] = &[
    "k8s",
    "kubernetes",
    "kube",
    ".k8s",
    "deploy/k8s",
    "deploy/kubernetes",
    "deploy",
    "deployment",
    "deployments",
    "manifests",
    "kustomize",
    "helm",
    "chart",
    "charts",
];

/// Reads the first folder that has any.
pub fn read(root: &Path, found: &mut Found) {
    for folder in FOLDERS {
        let Some((key, place)) = kind_of(root, folder) else { continue };
        found.manifests = Some(Fact { value: (key.to_owned(), place.clone()), from: format!("{place}/") });
        for file in yaml_files(&root.join(&place)) {
            let name = file.strip_prefix(root).unwrap_or(&file).display().to_string();
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            // Templates of helm are no YAML: their values decide.
            if let Ok(objects) = serde_saphyr::from_multiple::<Value>(&text) {
                for object in &objects {
                    workload(&name, object, found);
                }
            }
        }
        return;
    }
}

/// A chart, a kustomization, or a folder with manifests; none of them: none.
fn kind_of(root: &Path, folder: &str) -> Option<(&'static str, String)> {
    let has = |place: &str, file: &str| root.join(place).join(file).is_file();
    let inner = std::fs::read_dir(root.join(folder)).ok()?.flatten().filter(|entry| entry.path().is_dir());
    let mut places: Vec<String> = inner.map(|entry| format!("{folder}/{}", entry.file_name().to_string_lossy())).collect();
    places.sort();
    places.insert(0, folder.to_owned());
    if let Some(place) = places.iter().find(|place| has(place, "Chart.yaml")) {
        return Some(("chart", place.clone()));
    }
    if let Some(place) = places.iter().find(|place| has(place, "kustomization.yaml") || has(place, "kustomization.yml")) {
        return Some(("kustomize", place.clone()));
    }
    let is_manifest =
        |file: &PathBuf| std::fs::read_to_string(file).is_ok_and(|text| text.contains("apiVersion:") && text.contains("kind:"));
    let place = places.into_iter().find(|place| yaml_files(&root.join(place)).iter().any(is_manifest))?;
    Some(("manifests", place))
}

fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries
        .filter(|path| path.is_file() && path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml"))
        .collect();
    files.sort();
    files
}

/// What the first workload says; of further ones, only that they are there.
fn workload(file: &str, object: &Value, found: &mut Found) {
    let kind = object["kind"].as_str().unwrap_or_default();
    if !matches!(kind, "Deployment" | "StatefulSet" | "DaemonSet") {
        return;
    }
    let fact = |value: &str| Fact { value: value.to_owned(), from: file.to_owned() };
    let Some(name) = object["metadata"]["name"].as_str() else { return };
    if found.workload.is_some() {
        found.leave(file, format!("{kind} {name}: one workload is read; see [workloads] for more"));
        return;
    }
    found.workload = Some(fact(name));
    let labels = object["spec"]["selector"]["matchLabels"].as_object().into_iter().flatten();
    let labels: BTreeMap<String, String> = labels.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect();
    // A kustomization may bring the labels.
    found.selector = Some(Fact { value: labels, from: file.to_owned() }).filter(|selector| !selector.value.is_empty());
    found.replicas = object["spec"]["replicas"].as_u64().map(|value| Fact { value, from: file.to_owned() });
    let container = &object["spec"]["template"]["spec"]["containers"][0];
    let port = container["ports"][0]["containerPort"].as_u64().and_then(|port| u16::try_from(port).ok());
    found.port = port.map(|value| Fact { value, from: file.to_owned() });
    let path = |probe: &str| container[probe]["httpGet"]["path"].as_str().map(fact);
    (found.health, found.ready) = (path("livenessProbe"), path("readinessProbe"));
    found.repository = container["image"].as_str().map(|image| fact(without_tag(image))).filter(|image| image.value.contains('/'));
}

fn without_tag(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or_default();
    match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => image,
    }
}
