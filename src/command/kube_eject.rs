//! `instep kube-render ENV --eject`: the manifests into the repo, and instep.toml to use them.

use std::path::Path;

use serde_json::{Value, json};

use super::Context;
use crate::config::{Environment, Project};
use crate::kube::yaml;
use crate::repo::disk;
use crate::report::{Error, Kind, Result, text};

/// Writes a file per object to `k8s/ENV`, and names the folder in the environment's `[kube]`.
///
/// # Errors
/// Exit code 6 when the folder is there, or the environment has own manifests already.
pub(super) fn eject(project: &Project, environment: &Environment, objects: &[Value], context: &Context) -> Result<()> {
    let name = &environment.name;
    let folder = format!("k8s/{name}");
    let refused = |message: String| Error::new(Kind::Refused, message);
    if project.root.join(&folder).exists() {
        return Err(refused(format!("the folder {folder} is there")).help("move it away, or take what you need from `instep kube-render`"));
    }
    let read = environment.places[0].scope.read("kube");
    if let Some(key) = ["manifests", "kustomize", "chart", "generate"].into_iter().find(|key| read.has(key)) {
        return Err(refused(format!("`kube.{key}` is set already")).at(read.place(key)).help("these manifests are the repo's own already"));
    }
    let toml = with_manifests(&read_text(&project.file)?, name, &folder);
    let mut files = Vec::new();
    for object in objects {
        let file = format!("{folder}/{}", yaml::file_name(object));
        files.push((file, yaml::documents(std::slice::from_ref(object))?));
    }
    files.push(("instep.toml".to_owned(), toml));
    let names: Vec<&str> = files.iter().map(|(file, _)| file.as_str()).collect();
    context.report.document(json!({ "files": names }));
    if !context.global.dry_run {
        for (file, text) in &files {
            let path = if file == "instep.toml" { project.file.clone() } else { project.root.join(file) };
            disk::write(&path, text.as_bytes())?;
        }
    }
    let verb = if context.global.dry_run { "would write" } else { "wrote" };
    context
        .report
        .note(&format!("{verb} {}: they are yours now, instep generates nothing for `{name}` any more", text::count(files.len(), "file")));
    context.report.result(&names.join("\n"));
    Ok(())
}

fn read_text(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).map_err(|error| Error::failed(format!("can't read {}: {error}", file.display())))
}

/// Below the header of the environment's `[kube]`, or a new one at the end.
fn with_manifests(toml: &str, environment: &str, folder: &str) -> String {
    let header = format!("[environments.{environment}.kube]");
    let keys = format!("generate = false\nmanifests = [\"{folder}\"]\n");
    if let Some(line) = toml.lines().find(|line| line.trim() == header) {
        return toml.replacen(&format!("{line}\n"), &format!("{line}\n{keys}"), 1);
    }
    format!("{}\n\n{header}\n{keys}", toml.trim_end())
}
