//! The repo's own manifests: templates, a kustomization, a chart. They are added to what is generated, or
//! take its place; the images in them that are ours get the release's digest.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;

use super::meta::{MANAGED_BY, NAME, label_value};
use super::{Facts, KubeVersion, partial};
use crate::config::node::{Origin, Source};
use crate::config::{Image, Own, Service, Target};
use crate::kube::rollout::rolls_out;
use crate::kube::yaml;
use crate::process::{self, Command};
use crate::report::{Error, Place, Result};

/// Adds them.
///
/// # Errors
/// Exit code 2 for faults in a file, with its line; exit code 7 when helm or kubectl is needed and not there.
pub(super) fn add(objects: &mut Vec<Value>, target: &Target, facts: &Facts<'_>, own: &Own) -> Result<()> {
    let mut mine = Vec::new();
    if let Some(dir) = &own.kustomize {
        mine.extend(yaml::read(&process::read(&Command::new("kubectl", ["kustomize"]).arg(dir))?)?);
    }
    if let Some(chart) = &own.chart {
        mine.extend(yaml::read(&chart_of(chart, target, facts)?)?);
    }
    for (path, place) in &own.manifests {
        for file in files(path, place.as_ref())? {
            mine.extend(of_file(&file, target, facts)?);
        }
    }
    let sealed = target.sealed_dir();
    if sealed.is_dir() {
        for file in files(&sealed, None)? {
            mine.extend(of_file(&file, target, facts)?);
        }
    }
    let images = repositories(target, facts)?;
    let service = Service::of(&target.scope)?.name;
    for mut object in flat(mine) {
        pin(&mut object, &images);
        as_data(&mut object);
        mark(&mut object, &service);
        let same = |known: &&mut Value| known["kind"] == object["kind"] && known["metadata"]["name"] == object["metadata"]["name"];
        match objects.iter_mut().find(same) {
            Some(known) => *known = object,
            None => objects.push(object),
        }
    }
    Ok(())
}

/// helm renders; values for the environment are taken from `values-ENV.yaml` of the chart, where there is one.
fn chart_of(chart: &Path, target: &Target, facts: &Facts<'_>) -> Result<String> {
    process::find("helm")?;
    let service = Service::of(&target.scope)?.name;
    let mut command = Command::new("helm", ["template", &service]).arg(chart).args(["--namespace", &target.namespace]);
    let values = chart.join(format!("values-{}.yaml", target.scope.environment().unwrap_or_default()));
    if values.is_file() {
        command = command.arg("--values").arg(values);
    }
    if facts.kube != KubeVersion::NEWEST {
        command = command.args(["--kube-version", &facts.kube.to_string()]);
    }
    process::read(&command)
}

/// A file, or the YAML and JSON files of a folder (not of folders in it: those may hold what files load).
fn files(path: &Path, place: Option<&Place>) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let unreadable = |error: std::io::Error| Error::usage(format!("can't read {}: {error}", path.display())).at(place.cloned());
    let is_manifest = |path: &PathBuf| path.extension().is_some_and(|end| ["yaml", "yml", "json"].iter().any(|known| end == *known));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        files.push(entry.map_err(unreadable)?.path());
    }
    files.retain(is_manifest);
    files.sort();
    Ok(files)
}

fn of_file(file: &Path, target: &Target, facts: &Facts<'_>) -> Result<Vec<Value>> {
    let shown = file.strip_prefix(target.scope.root()).unwrap_or(file).display().to_string();
    let text = partial::expand(file, &shown, &variables(target, facts)?, 0)?;
    let dir = file.parent().unwrap_or(file).to_owned();
    let span = 0..text.len();
    let origin = Origin { source: Arc::new(Source { name: shown.as_str().into(), dir, text: text.as_str().into() }), span };
    let text = target.scope.eval(&text, &origin)?;
    let objects = yaml::read(&text).map_err(|error| error.note(format!("in {shown}")))?;
    match objects.iter().find(|object| !is_object(object)) {
        None => Ok(objects),
        Some(_) => Err(Error::usage(format!("{shown} holds something that is no Kubernetes object"))
            .help("every document needs apiVersion, kind and metadata.name")),
    }
}

fn is_object(object: &Value) -> bool {
    let list = object["kind"].as_str().is_some_and(|kind| kind.ends_with("List")) && object["items"].is_array();
    object["apiVersion"].is_string() && object["kind"].is_string() && (list || object["metadata"]["name"].is_string())
}

/// What `${NAME}` may name.
fn variables(target: &Target, facts: &Facts<'_>) -> Result<Vec<(String, String)>> {
    let scope = &target.scope;
    let mut all = vec![
        ("CLUSTER".to_owned(), target.cluster.clone()),
        ("ENVIRONMENT".to_owned(), scope.environment().unwrap_or_default().to_owned()),
        ("IMAGE".to_owned(), facts.image.to_owned()),
        ("NAMESPACE".to_owned(), target.namespace.clone()),
        ("SERVICE".to_owned(), Service::of(scope)?.name),
        ("VERSION".to_owned(), facts.version.to_owned()),
    ];
    if let Some(commit) = scope.facts().commit() {
        all.push(("GIT_SHA".to_owned(), commit.sha.clone()));
        all.extend(commit.branch.clone().map(|branch| ("GIT_BRANCH".to_owned(), branch)));
    }
    all.extend(scope.read_root().pairs("vars")?.into_iter().map(|(name, value)| (name.to_uppercase(), value)));
    Ok(all)
}

/// `stringData` as the `data` that it stands for: of what is applied on the server's side, a key that went out of
/// `stringData` would stay in `data` for ever (kubernetes.io/docs/concepts/configuration/secret).
fn as_data(object: &mut Value) {
    let is_text = |texts: &Value| texts.as_object().is_some_and(|map| map.values().all(Value::is_string));
    if object["kind"] != "Secret" || !is_text(&object["stringData"]) {
        return;
    }
    let Some(Value::Object(texts)) = object.as_object_mut().and_then(|object| object.shift_remove("stringData")) else { return };
    if !object["data"].is_object() {
        object["data"] = serde_json::json!({});
    }
    for (key, value) in texts {
        object["data"][key] = BASE64.encode(value.as_str().unwrap_or_default()).into();
    }
}

/// Lists as their items.
fn flat(objects: Vec<Value>) -> impl Iterator<Item = Value> {
    objects.into_iter().flat_map(|mut object| match object["items"].take() {
        Value::Array(items) if object["kind"].as_str().is_some_and(|kind| kind.ends_with("List")) => items,
        items => {
            if let (Some(map), true) = (object.as_object_mut(), items.is_null()) {
                map.shift_remove("items");
            }
            vec![object]
        }
    })
}

/// The repositories that are ours, with the image of this release.
fn repositories(target: &Target, facts: &Facts<'_>) -> Result<Vec<(String, String)>> {
    let images = Image::all(&target.scope)?;
    let known = images.iter().filter(|image| image.key == "image" || facts.images.iter().any(|(key, _)| *key == image.key));
    Ok(known.map(|image| (image.repository.clone(), facts.image_of(Some(&image.key)))).collect())
}

/// The images of containers that are ours.
fn pin(value: &mut Value, images: &[(String, String)]) {
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                let ours =
                    value.as_str().filter(|_| key == "image").and_then(|text| images.iter().find(|(known, _)| known == repository(text)));
                match ours {
                    Some((_, image)) => *value = image.as_str().into(),
                    None => pin(value, images),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| pin(item, images)),
        _ => {}
    }
}

/// A reference without its tag and digest.
pub fn repository(reference: &str) -> &str {
    let name = reference.split('@').next().unwrap_or_default();
    match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => name,
    }
}

/// The labels by which objects are found again. The pods of what rolls out are left as they are written: they may be
/// there already, and are not made anew for a label.
fn mark(object: &mut Value, service: &str) {
    let keeper = rolls_out(object["kind"].as_str().unwrap_or_default());
    let template = !keeper && (object.pointer("/spec/template/metadata").is_some() || object.pointer("/spec/template/spec").is_some());
    let mut set = |at: &[&str], key: &str, value: &str| {
        let mut inner = &mut *object;
        for step in at {
            inner = &mut inner[*step];
        }
        if inner.is_null() {
            *inner = serde_json::json!({});
        }
        if let Some(labels) = inner.as_object_mut() {
            labels.entry(key).or_insert_with(|| value.into());
        }
    };
    let name = label_value(service);
    set(&["metadata", "labels"], MANAGED_BY, "instep");
    set(&["metadata", "labels"], NAME, &name);
    if template {
        set(&["spec", "template", "metadata", "labels"], NAME, &name);
    }
    // A chart may call it otherwise.
    if let (true, Some(labels)) = (keeper, object.pointer_mut("/metadata/labels").and_then(Value::as_object_mut)) {
        labels.insert(NAME.to_owned(), name.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_our_images_are_pinned() {
        let images = [("r:5000/users".to_owned(), "r:5000/users@sha256:1".to_owned())];
        let mut object = json!({ "spec": { "containers": [{ "image": "r:5000/users:old" }, { "image": "r:5000/users-proxy:1" }] } });
        pin(&mut object, &images);
        as_data(&mut object);
        assert_eq!(object["spec"]["containers"], json!([{ "image": "r:5000/users@sha256:1" }, { "image": "r:5000/users-proxy:1" }]));
    }
}
