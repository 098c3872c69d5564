//! Live completion: what the shells are told.

use std::time::Duration;

use clap_complete::CompletionCandidate;

use crate::config::Project;
use crate::process::{self, Command};

/// The variable through which a shell asks for candidates. A name of our own: a task that is itself
/// a clap program must not answer.
pub const VARIABLE: &str = "INSTEP_COMPLETE";

/// The environments of this repo.
pub fn environments() -> Vec<CompletionCandidate> {
    let Some(project) = project() else { return Vec::new() };
    let environments = project.scope().tree().table("environments");
    environments
        .map(|map| {
            map.iter()
                .map(|entry| {
                    let inner = match &entry.node.value {
                        crate::config::node::Value::Table(table) => table.str("context").or_else(|| table.str("cluster")),
                        _ => None,
                    };
                    CompletionCandidate::new(&entry.key).help(inner.map(|context| context.to_owned().into()))
                })
                .collect()
        })
        .unwrap_or_default()
}

/// The repo that the words on the command line are about: here, or where `-C` says.
fn project() -> Option<Project> {
    let words: Vec<_> = std::env::args_os().skip_while(|word| word != "--").skip(1).collect();
    let early = super::Early::look(&words);
    let here = process::env::current_dir().ok()?;
    Project::load(&early.dir.map_or_else(|| here.clone(), |dir| here.join(dir)), &early.config).ok()
}

/// The contexts of the kubeconfig, by kubectl; none without it.
pub fn kube_contexts() -> Vec<String> {
    let mut command = Command::new("kubectl", ["config", "get-contexts", "--output=name"]);
    command.timeout = Some(Duration::from_secs(2));
    process::read(&command).map(|text| text.lines().map(str::to_owned).collect()).unwrap_or_default()
}

/// The contexts of the kubeconfig.
pub fn contexts() -> Vec<CompletionCandidate> {
    kube_contexts().into_iter().map(CompletionCandidate::new).collect()
}

/// The embedded scaffolds.
pub fn scaffolds() -> Vec<CompletionCandidate> {
    let scaffolds = crate::scaffold::Scaffold::embedded().into_iter();
    scaffolds.map(|scaffold| CompletionCandidate::new(scaffold.manifest.name).help(Some(scaffold.manifest.description.into()))).collect()
}

/// The tasks of this repo.
pub fn tasks() -> Vec<CompletionCandidate> {
    let Some(project) = project() else { return Vec::new() };
    let heads = crate::config::Task::heads(project.scope()).into_iter().filter(|head| !head.hidden);
    heads.map(|head| CompletionCandidate::new(head.name).help(head.description.map(|line| line.to_owned().into()))).collect()
}
