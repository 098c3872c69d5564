//! Live completion: what the shells are told.

use std::time::Duration;

use clap_complete::CompletionCandidate;

use crate::config::Project;
use crate::config::explain::Whose;
use crate::process::{self, Command};

/// The variable through which a shell asks for candidates. A name of our own: a task that is itself
/// a clap program must not answer.
pub const VARIABLE: &str = "INSTEP_COMPLETE";

/// The environments of this repo.
pub fn environments() -> Vec<CompletionCandidate> {
    let Some(project) = project() else { return Vec::new() };
    let place = |name: &str| {
        let mut tables = project.parts().filter_map(|(_, part)| part.scope().tree().table("environments")?.table(name));
        tables.find_map(|table| table.str("context").or_else(|| table.str("cluster"))).map(str::to_owned)
    };
    let names = project.all_environments().into_iter();
    names.map(|name| CompletionCandidate::new(name).help(place(name).map(Into::into))).collect()
}

/// The services of this workspace.
pub fn services() -> Vec<CompletionCandidate> {
    let early = early();
    let Some(project) = folder(&early).and_then(|dir| Project::load(&dir, &early.config, None).ok()) else { return Vec::new() };
    let members = project.members.iter();
    let own = project.service_name().map(|name| CompletionCandidate::new(name).help(Some("the root".into())));
    own.into_iter().chain(members.map(|member| CompletionCandidate::new(&member.name).help(Some(member.dir.clone().into())))).collect()
}

/// The repo that the words on the command line are about: here, or where `-C` says.
fn project() -> Option<Project> {
    let early = early();
    Project::load(&folder(&early)?, &early.config, early.service.as_deref()).ok()
}

fn early() -> super::Early {
    let words: Vec<_> = std::env::args_os().skip_while(|word| word != "--").skip(1).collect();
    super::Early::look(&words)
}

fn folder(early: &super::Early) -> Option<std::path::PathBuf> {
    let here = process::env::current_dir().ok()?;
    Some(early.dir.as_ref().map_or_else(|| here.clone(), |dir| here.join(dir)))
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
    let heads = project.heads().into_iter().filter(|head| !head.hidden);
    heads.map(|head| CompletionCandidate::new(head.name).help(head.description.map(|line| line.to_owned().into()))).collect()
}

/// The jobs of this repo.
pub fn jobs() -> Vec<CompletionCandidate> {
    let Some(project) = project() else { return Vec::new() };
    let names = project.scope().tree().table("jobs").into_iter().flat_map(|table| table.iter());
    names.map(|entry| CompletionCandidate::new(&entry.key)).collect()
}

/// Keys that are set, for `config --explain`.
pub fn keys() -> Vec<CompletionCandidate> {
    let Some(project) = project() else { return Vec::new() };
    let mut rows = Vec::new();
    super::config::flatten(project.scope().tree(), "", &mut rows);
    rows.into_iter().map(|(path, _)| CompletionCandidate::new(path)).collect()
}

/// Who has variables, for `config --explain --for`.
pub fn who_has_variables() -> Vec<CompletionCandidate> {
    let Some(project) = project() else { return Vec::new() };
    Whose::all(&project).iter().map(|whose| CompletionCandidate::new(whose.name())).collect()
}
