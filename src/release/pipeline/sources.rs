//! Whether the variables that the service needs have values where a pipeline runs.

use crate::config::node::{Entry, Value};
use crate::config::{Project, RunLocal, Scope, dotenv};
use crate::process;
use crate::report::{Place, Result};

/// Why the service can't be started here, and the line that wants a value; none: everything has one.
///
/// # Errors
/// Exit code 2 for templates with faults, and for broken files with variables.
pub(super) fn lacking(project: &Project, fork: bool, given: &[String]) -> Result<Option<(String, Option<Place>)>> {
    let scope = project.scope();
    if let Some(found) = asked(scope).or_else(|| if fork { secret(scope) } else { None }) {
        return Ok(Some(found));
    }
    let mut known = sources(scope)?;
    known.extend_from_slice(given);
    let scopes = project.environment_names().into_iter().map(|name| project.scope_in(name, None));
    for scope in std::iter::once(scope.clone()).chain(scopes) {
        let read = scope.read("kube");
        let of_secret = |entry: &&&Entry| matches!(&entry.node.value, Value::Table(table) if table.get("secret").is_some());
        let has = |name: &str| known.iter().any(|known| known == name) || process::env::is_set(name);
        if let Some(entry) = read.entries("env").iter().filter(of_secret).find(|entry| !has(&entry.key)) {
            let why = format!("{} is a Secret of the cluster, and nothing gives it here: [run-local.env] can", entry.key);
            return Ok(Some((why, entry.at.place(""))));
        }
    }
    Ok(None)
}

/// A variable of run-local that asks for one of the caller's, which is not set.
fn asked(scope: &Scope) -> Option<(String, Option<Place>)> {
    let companions = scope.read("run-local").tables("companions").into_iter();
    let fact = |name: &str| serde_json::json!({ "host": name, "port": 1, "url": name });
    let known: serde_json::Map<_, _> = companions.map(|(name, _)| (name.to_owned(), fact(name))).collect();
    let scope = scope.clone().knowing("companions", known.into());
    let read = scope.read("run-local");
    read.entries("env").into_iter().find_map(|entry| {
        let Value::Str(text) = &entry.node.value else { return None };
        let error = scope.eval(text, &entry.node.origin).err()?;
        let name = error.message().split('`').find_map(|word| word.strip_prefix("env."))?.to_owned();
        Some((format!("{name} is not set here, which {} asks for", entry.key), entry.at.place("")))
    })
}

/// What a fork's code must not get: a value that a program is asked for, a way into a cluster.
fn secret(scope: &Scope) -> Option<(String, Option<Place>)> {
    let read = scope.read("run-local");
    let command = |entry: &&&Entry| matches!(&entry.node.value, Value::Table(table) if table.get("command").is_some());
    let variables = read.entries("env");
    let asked =
        variables.iter().find(command).map(|entry| (format!("a fork gets no secrets, and {} is one", entry.key), entry.at.place("")));
    let forward = read.entries("forward");
    let reached = || forward.first().map(|entry| (format!("a fork reaches no cluster, and {} is in one", entry.key), entry.at.place("")));
    asked.or_else(reached)
}

/// The names of the variables that run-local gives.
fn sources(scope: &Scope) -> Result<Vec<String>> {
    let read = scope.read("run-local");
    let mut names = vec!["PORT".to_owned()];
    names.extend(["env", "forward"].iter().flat_map(|key| read.entries(key)).map(|entry| entry.key.clone()));
    for (name, _) in read.tables("companions") {
        let name = name.to_uppercase().replace('-', "_");
        names.extend(["HOST", "PORT", "URL"].map(|fact| format!("{name}_{fact}")));
    }
    for file in RunLocal::env_files(scope)? {
        names.extend(dotenv::read(&file)?.unwrap_or_default().into_iter().map(|(name, _)| name));
    }
    Ok(names)
}
