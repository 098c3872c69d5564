//! From what went wrong in the cluster to the line of instep.toml to change. Pure.

use super::evidence::Evidence;
use super::part::Part;
use super::rollout::{Cause, Failure};
use super::secret;
use crate::config::{EnvValue, Scope, Service, Target};
use crate::process::quote;
use crate::report::{Error, Place};

/// The error for a failure.
pub fn error(failure: &Failure, evidence: &Evidence, target: &Target, image: &str) -> Error {
    let kubectl = format!("kubectl --context {} --namespace {}", quote(&target.context), target.namespace);
    let error = Error::failed(failure.sentence());
    let parts = Part::of_pod(&target.scope, &failure.pod);
    match failure.cause {
        Cause::Config => config(error, failure, &parts, target),
        Cause::Crash => crash(error, failure, evidence, &parts),
        Cause::Create => error.help("look at the rules of the namespace: quota, limits, admission policies"),
        Cause::Gone => error,
        Cause::Image => self::image(error, &target.scope, image, &failure.message),
        Cause::Memory => {
            let place = parts.read.as_ref().and_then(|read| read.place("memory"));
            let add = format!("give it more: `memory = \"256Mi\"` in {}", parts.table);
            error.at(place).help(add)
        }
        Cause::Start => start(error, failure, &parts),
        Cause::Stuck => error
            .note("a StatefulSet that keeps its pods in order does not replace one that is not ready (kubernetes#67250)")
            .help(format!("delete it, it does not serve: `{kubectl} delete pod {}`; then run this again", failure.pod))
            .help("`podManagementPolicy: Parallel` keeps that from happening; it can only be set when the StatefulSet is made"),
    }
}

/// The error for a time that is over.
pub fn late(waiting: &str, evidence: &Evidence, target: &Target) -> Error {
    let mut error = Error::new(crate::report::Kind::TimedOut, format!("not ready in time: {waiting}"));
    let unhealthy = evidence.warnings.iter().rev().find(|line| line.starts_with("Unhealthy"));
    if let Some(line) = unhealthy {
        error = error.note(line.clone());
        let service = Service::of(&target.scope).ok();
        let place = service.as_ref().and_then(|_| {
            let read = target.scope.read("service");
            let key = if line.contains("Readiness") && read.has("ready") { "ready" } else { "health" };
            read.place(key).or_else(|| read.place("port"))
        });
        let port = service.and_then(|service| service.port).unwrap_or_default();
        return error.at(place).help(if line.contains("statuscode") {
            "let it answer this path with a status below 400, or name another path".to_owned()
        } else {
            format!("it must listen on port {port} of all addresses (0.0.0.0, not 127.0.0.1), and answer within a second")
        });
    }
    match evidence.warnings.last() {
        Some(line) => error.note(line.clone()).help("give it more time with `start-within` or --timeout, if it was on its way"),
        None => error.help("give it more time with `start-within` or --timeout, if it was on its way"),
    }
}

impl Part<'_> {
    fn env_table(&self) -> String {
        self.table.replace(']', ".env]")
    }

    /// Where a variable is written.
    fn variable(&self, name: &str) -> Option<Place> {
        self.read.as_ref()?.table("env").place(name)
    }

    /// The variable that comes from this Secret, and this key of it when one is named.
    fn kept_in_secret(&self, message: &str) -> Option<(String, String, String)> {
        let env = &self.workload.as_ref()?.env;
        env.iter().find_map(|(variable, value)| match value {
            EnvValue::Secret { name, key } => {
                let about_key = message.contains("find key");
                let meant = quoted(message, name) || message.contains(&format!("/{name}"));
                (meant && (!about_key || message.contains(&format!("key {key} ")))).then(|| (variable.clone(), name.clone(), key.clone()))
            }
            _ => None,
        })
    }
}

fn quoted(message: &str, name: &str) -> bool {
    message.contains(&format!("\"{name}\""))
}

/// A Secret or a key of it is missing. The kubelet says `secret "NAME" not found` or `couldn't find key
/// KEY in Secret NAMESPACE/NAME`.
fn config(error: Error, failure: &Failure, parts: &Part<'_>, target: &Target) -> Error {
    let Some((variable, secret, key)) = parts.kept_in_secret(&failure.message) else {
        // Of a service whose file is not here, only what the cluster says is known.
        let named = failure.message.strip_prefix("secret \"").and_then(|rest| rest.split('"').next());
        return named
            .map_or(error.clone(), |name| error.help(format!("in the repo of the service {}", secret::setting(target, name, "KEY"))));
    };
    let error = error.at(parts.variable(&variable));
    if failure.message.contains("find key") {
        return error.help(format!("add the key `{key}` to Secret `{secret}`, or name another key of it for {variable}"));
    }
    error.help(format!("{}; or correct its name", secret::setting(target, &secret, &key)))
}

fn crash(error: Error, failure: &Failure, evidence: &Evidence, parts: &Part<'_>) -> Error {
    let last = evidence.log.last().cloned().unwrap_or_default();
    let error = if last.is_empty() { error.note("it wrote nothing") } else { error.note(format!("its last line: {last}")) };
    if let Some(variable) = evidence.log.iter().rev().find_map(|line| missing_variable(line)) {
        if let Some(place) = parts.variable(variable) {
            return error.at(Some(place)).help(format!("it complains of {variable}: correct its value here"));
        }
        let place = parts.workload.as_ref().and_then(|workload| workload.env_place.clone());
        let header = if place.is_some() { "" } else { " (a new table at the end of instep.toml)" };
        return error.at(place).help(format!("add it to {}{header}: {variable} = \"…\"", parts.env_table()));
    }
    if evidence.log.iter().any(|line| line.contains("Read-only file system")) {
        let place = parts.read.as_ref().and_then(|read| read.place("read-only-root"));
        return error.at(place).help(format!("write to /tmp only, or set `read-only-root = false` in {}", parts.table));
    }
    if evidence.log.iter().any(|line| line.contains("ermission denied")) {
        let place = parts.read.as_ref().and_then(|read| read.place("user"));
        let user = parts.workload.as_ref().map_or(10001, |workload| workload.user);
        return error
            .at(place)
            .help(format!("it runs as user {user}: let the image's files be readable for it, or set `user` in {}", parts.table));
    }
    match failure.exit {
        Some(0) => error.help("it ended as if its work was done: a service must go on running"),
        _ => error.help("try the same image here: `instep run-local`"),
    }
}

/// A variable that a program misses: an upper-case name in a line that says that something is not there.
fn missing_variable(line: &str) -> Option<&str> {
    let said = line.to_lowercase();
    let misses = ["not set", "missing", "required", "keyerror", "undefined", "not defined", "must be set", "not present", "unset"];
    if !misses.iter().any(|word| said.contains(word)) {
        return None;
    }
    let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let upper = |word: &&str| {
        word.len() >= 3
            && word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    };
    let common = ["ERROR", "FATAL", "PANIC", "CRITICAL", "WARNING", "WARN", "INFO", "UTC"];
    words.filter(upper).filter(|word| !common.contains(word)).max_by_key(|word| word.contains('_'))
}

fn image(error: Error, scope: &Scope, image: &str, message: &str) -> Error {
    let error = error.at(scope.read("image").place("repository")).note(format!("image: {image}"));
    if ["denied", "unauthorized", "no basic auth"].iter().any(|word| message.to_lowercase().contains(word)) {
        return error
            .help("let the cluster log in: make a Secret with the registry's credentials, and name it in `pull-secrets` of [kube]");
    }
    if message.contains("platform") {
        return error.help("build it for the platform of the cluster's nodes: `platforms` of [image]");
    }
    error.help("`instep docker-build --push` builds and pushes it; or correct --image")
}

fn start(error: Error, failure: &Failure, parts: &Part<'_>) -> Error {
    let place = parts.read.as_ref().and_then(|read| read.place("command"));
    if failure.message.contains("exec format error") {
        return error.help("the image is for another processor: build it for that of the cluster's nodes");
    }
    match place {
        Some(_) => error.at(place).help("correct the command: its first word must be a program of the image"),
        None => error.help("correct ENTRYPOINT or CMD of the Dockerfile, or set `command` in [kube]"),
    }
}

#[cfg(test)]
mod tests {
    use super::missing_variable;

    #[test]
    fn the_variable_that_is_missing_is_found_in_what_programs_say() {
        assert_eq!(missing_variable("KeyError: 'DATABASE_URL'"), Some("DATABASE_URL"));
        assert_eq!(missing_variable("FATAL: DATABASE_URL is not set"), Some("DATABASE_URL"));
        assert_eq!(missing_variable("environment variable `API_KEY` not present: NotPresent"), Some("API_KEY"));
        assert_eq!(missing_variable("listening on PORT 8080"), None);
    }
}
