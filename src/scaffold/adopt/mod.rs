//! A repo that was never generated: what its files say about the service, as a proposal for `instep.toml`.

mod ci;
mod compose;
mod expand;
mod image;
mod justfile;
mod kube;
mod makefile;
mod packages;
mod propose;
mod shim;
mod targets;
mod taskfile;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

pub use self::propose::propose;
pub use self::shim::{OLD, shim};
use crate::report::Result;

/// Something found, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact<T> {
    /// It.
    pub value: T,
    /// `Makefile:12`.
    pub from: String,
}

/// A task that stands in another tool's file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Task {
    /// Its name here.
    pub name: String,
    /// `Makefile:12`.
    pub from: String,
    /// One line.
    pub description: Option<String>,
    /// Tasks that run before it.
    pub needs: Vec<String>,
    /// Shell lines.
    pub run: Vec<String>,
    /// Variables.
    pub env: BTreeMap<String, String>,
    /// Globs of what it reads.
    pub sources: Vec<String>,
    /// Globs of what it makes.
    pub outputs: Vec<String>,
}

/// What could not be carried over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Left {
    /// `Makefile:12`.
    pub from: String,
    /// What, and why.
    pub what: String,
}

/// What the files of a repo say.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Found {
    /// The service's name.
    pub name: Option<Fact<String>>,
    /// The port.
    pub port: Option<Fact<u16>>,
    /// The path that tells that the process lives.
    pub health: Option<Fact<String>>,
    /// The path that tells that traffic may come.
    pub ready: Option<Fact<String>>,
    /// The Dockerfile.
    pub dockerfile: Option<Fact<String>>,
    /// What the image runs as, when that is a number.
    pub user: Option<Fact<u32>>,
    /// Where the image goes.
    pub repository: Option<Fact<String>>,
    /// The stage of the Dockerfile that is built.
    pub target: Option<Fact<String>>,
    /// The compose file.
    pub compose: Option<Fact<String>>,
    /// The service of the compose file that is this one.
    pub composed: Option<Fact<String>>,
    /// How the service runs on this machine.
    pub run_local: Option<Fact<String>>,
    /// Manifests, a kustomization or a chart: the key, and the folder.
    pub manifests: Option<Fact<(String, String)>>,
    /// The live workload's name.
    pub workload: Option<Fact<String>>,
    /// The live workload's selector.
    pub selector: Option<Fact<BTreeMap<String, String>>>,
    /// How many pods there are.
    pub replicas: Option<Fact<u64>>,
    /// Further long-running parts: name, and command for a shell.
    pub workloads: Vec<Fact<(String, String)>>,
    /// Run before each deployment.
    pub release: Option<Fact<String>>,
    /// Tasks.
    pub tasks: Vec<Task>,
    /// The steps of a pipeline, where they are others than usual.
    pub steps: Option<Fact<Vec<String>>>,
    /// What could not be carried over.
    pub left: Vec<Left>,
    /// What is worth a comment.
    pub notes: Vec<Fact<String>>,
}

/// Reads a repo. `make`: how its Makefile is called for what can't be carried over.
///
/// # Errors
/// Files that can't be read.
pub fn look(root: &Path, make: &str) -> Result<Found> {
    let mut found = Found::default();
    makefile::read(root, make, &mut found);
    justfile::read(root, &mut found);
    taskfile::read(root, &mut found);
    kube::read(root, &mut found);
    image::read(root, &mut found);
    compose::read(root, &mut found);
    packages::read(root, &mut found);
    settle(root, &mut found);
    ci::read(root, &mut found);
    Ok(found)
}

/// A text file of the repo, with the name of the first that is there.
fn first<'a>(root: &Path, names: &[&'a str]) -> Option<(&'a str, String)> {
    names.iter().find_map(|name| {
        let bytes = std::fs::read(root.join(name)).ok()?;
        Some((*name, String::from_utf8_lossy(&bytes).into_owned()))
    })
}

impl Found {
    /// Adds a task, unless another file has one of this name: then that one holds.
    fn add(&mut self, mut task: Task) {
        let wanted = targets::name(&task.name);
        if wanted != task.name {
            self.notes.push(Fact { value: format!("`{}` is called `{wanted}` here", task.name), from: task.from.clone() });
        }
        task.name = wanted;
        match self.tasks.iter().find(|other| other.name == task.name) {
            Some(other) => {
                let what = format!("`{}` is also in {}, which is taken", task.name, other.from);
                self.left.push(Left { from: task.from, what });
            }
            None => self.tasks.push(task),
        }
    }

    fn leave(&mut self, from: impl Into<String>, what: impl Into<String>) {
        self.left.push(Left { from: from.into(), what: what.into() });
    }
}

/// The name behind `docker push`, without its tag.
fn pushed(line: &str) -> Option<String> {
    let reference = line.split("docker push ").nth(1)?.split_whitespace().next()?;
    let start = reference.rfind('/')?;
    let end = reference[start..].find([':', '@']).map_or(reference.len(), |at| start + at);
    let name = &reference[..end];
    name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:/".contains(c)).then(|| name.to_owned())
}

/// How it runs on this machine, when no file says so; gives what must be done before that, as a task.
fn run_here(found: &mut Found) -> Option<Task> {
    if let Some(Fact { value, from }) = found.composed.clone() {
        let file = from.split(',').next().unwrap_or_default();
        // Both would take the same port.
        if let Some(run) = found.run_local.take() {
            found.leave(
                run.from,
                format!("`{}`: the service itself is {value} of {file}; without it, this is what `run` could be", run.value),
            );
        }
        return None;
    }
    if found.run_local.is_some() {
        return None;
    }
    let usual = ["run-local", "run", "serve", "start", "dev", "server"];
    let task = usual.iter().find_map(|name| found.tasks.iter().find(|task| task.name == *name && !task.run.is_empty()))?;
    let (needs, from) = (task.needs.clone(), task.from.clone());
    found.run_local = Some(Fact { value: task.run.join(" && "), from: from.clone() });
    (!needs.is_empty()).then(|| Task { name: "run-local".to_owned(), from, needs, ..Task::default() })
}

/// What follows from all files together: the name, dangling needs, what runs locally.
fn settle(root: &Path, found: &mut Found) {
    let folder = root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    found.name.get_or_insert(Fact { value: folder, from: "the folder's name".to_owned() });
    if let Some(name) = &mut found.name {
        name.value = crate::config::value::label(&name.value);
        if name.value.is_empty() {
            "service".clone_into(&mut name.value);
        }
    }
    let before = run_here(found);
    if found.repository.is_none() {
        found.repository = found
            .tasks
            .iter()
            .find_map(|task| Some(Fact { value: task.run.iter().find_map(|line| pushed(line))?, from: task.from.clone() }));
    }
    found.tasks.retain(|task| task.name != "run-local");
    found.tasks.extend(before);
    let names: Vec<String> = found.tasks.iter().map(|task| task.name.clone()).collect();
    for task in &mut found.tasks {
        task.needs.retain(|need| names.contains(need) && *need != task.name);
    }
}
