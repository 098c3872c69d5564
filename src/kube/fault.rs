//! What kubectl complains of, in words that say what to do. All its errors have exit code 1, so its
//! text has to be read (the texts are those of kubectl 1.20 to 1.37).

use serde_json::Value;

use super::diff::since;
use super::kubectl::{Place, SCALER};
use crate::report::{Error, Kind};

const AWAY: [&str; 11] = [
    "Client.Timeout",
    "TLS handshake timeout",
    "Unable to connect to the server",
    "connection refused",
    "context deadline exceeded",
    "couldn't get current server API group list",
    "i/o timeout",
    "no route to host",
    "no such host",
    "the server is currently unable to handle the request",
    "was refused - did you specify the right host or port",
];
const LOGIN: [&str; 4] = ["Unauthorized", "You must be logged in", "getting credentials", "the server has asked for the client to provide"];

/// Whether the cluster did not answer at all.
pub fn is_away(complaint: &str) -> bool {
    AWAY.iter().any(|text| complaint.contains(text))
}

/// Whether the rights do not reach so far.
pub fn is_forbidden(error: &Error) -> bool {
    error.message().starts_with("the cluster does not allow this")
}

/// The error for a complaint of kubectl.
pub fn explain(complaint: &str, place: &Place) -> Error {
    let context = &place.context;
    // Without any credentials kubectl asks for a user name, and finds nobody to type one.
    if complaint.trim() == "error: EOF" || LOGIN.iter().any(|text| complaint.contains(text)) {
        let error = Error::failed(format!("the cluster of context `{context}` does not accept who you are"));
        return error.note(short(complaint)).help(format!("log in again, then try `kubectl --context {context} get namespaces`"));
    }
    if is_away(complaint) {
        return Error::missing(format!("the cluster of context `{context}` does not answer")).note(short(complaint));
    }
    let conflicts = conflicts(complaint);
    if !conflicts.is_empty() {
        return conflict(&conflicts, &[]);
    }
    if complaint.contains("because it is being terminated") {
        let (context, namespace) = (&place.context, &place.namespace);
        let error = Error::failed(format!("namespace `{namespace}` is being deleted"));
        return error
            .help(format!("wait until it is gone, then try again: `kubectl --context {context} wait --for=delete namespace/{namespace}`"));
    }
    if complaint.contains("(Forbidden)") || complaint.contains("is forbidden: User") {
        let error = Error::failed(format!("the cluster does not allow this in namespace `{}`", place.namespace));
        return error.note(short(complaint)).help("ask whoever runs the cluster for these rights");
    }
    if complaint.contains("field is immutable") {
        let error = Error::failed("a field that can't change once an object is there would have to change").note(short(complaint));
        return error.help("keep the old value, or delete the object first; then it is made anew, with a gap in service");
    }
    if complaint.contains("no matches for kind") || complaint.contains("doesn't have a resource type") {
        let error = Error::failed("the cluster does not know a kind that is in the manifests").note(short(complaint));
        return error.help("set `kube-version` beside its context to the version that the cluster has; or install what brings this kind");
    }
    Error::failed("the cluster refuses").note(short(complaint))
}

/// A field that would be set, and belongs to somebody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Who owns it.
    pub manager: String,
    /// `.spec.replicas`.
    pub field: String,
}

impl Conflict {
    /// It belongs to nobody who would miss it: to what was applied before by kubectl without the server's help; or it is
    /// the number of pods, and the autoscaler that had it goes (`unscaled`).
    pub fn is_free(&self, unscaled: bool) -> bool {
        let scaled = self.field == ".spec.replicas" && (self.manager == SCALER || unscaled && self.manager == "kube-controller-manager");
        scaled || ["kubectl-client-side-apply", "before-first-apply"].contains(&self.manager.as_str())
    }

    /// Whose it is and since when, as far as these objects know.
    pub fn words(&self, live: &[Value]) -> String {
        let since = since(live, &self.manager).map_or_else(String::new, |time| format!(" since {time}"));
        format!("`{}` is owned by {}{since}", self.field, self.manager)
    }
}

/// The conflicts in a complaint. kubectl names them as `conflict with "X" using V: .field`, or `conflicts
/// with "X" using V:` and a line `- .field` for each.
pub fn conflicts(complaint: &str) -> Vec<Conflict> {
    let mut found = Vec::new();
    let mut manager = String::new();
    if !complaint.contains("Apply failed with") {
        return found;
    }
    for line in complaint.lines() {
        if let Some((_, rest)) = line.split_once("with \"")
            && let Some((owner, fields)) = rest.split_once('"')
        {
            owner.clone_into(&mut manager);
            if let Some((_, field)) = fields.split_once(": ") {
                found.push(Conflict { manager: manager.clone(), field: field.trim().to_owned() });
            }
        } else if let Some(field) = line.trim().strip_prefix("- .") {
            found.push(Conflict { manager: manager.clone(), field: format!(".{field}") });
        }
    }
    found
}

/// Who owns which field since when, and the ways out.
pub fn conflict(conflicts: &[Conflict], live: &[Value]) -> Error {
    let error = Error::new(Kind::Failed, "fields that would be set belong to somebody else");
    let error = conflicts.iter().map(|conflict| conflict.words(live)).fold(error, Error::note);
    error
        .help("leave the value to its owner, and take it out of instep.toml; or write the same value as the owner")
        .help("or take the fields over: the same command with --force-conflicts")
}

/// kubectl's text without its own decoration; the first lines of it.
fn short(complaint: &str) -> String {
    // The API server quotes what it could not read, and that may be a Secret.
    let unquoted = |line: &'_ str| line.split(", error found in #").next().unwrap_or_default().to_owned();
    let lines = complaint.lines().map(str::trim).filter(|line| !line.is_empty() && !is_log(line)).map(unquoted);
    let lines: Vec<String> = lines.collect();
    lines[..lines.len().min(6)].join("\n").replace("Error from server ", "").replace("error: ", "")
}

/// A line that client-go logs beside the error: `E0102 03:04:05.678901    123 memcache.go:265] …`.
fn is_log(line: &str) -> bool {
    let mut chars = line.chars();
    matches!(chars.next(), Some('E' | 'W' | 'I')) && chars.take(4).filter(char::is_ascii_digit).count() == 4 && line.contains(".go:")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place { context: "c".into(), namespace: "n".into() }
    }

    #[test]
    fn conflicts_name_field_and_owner() {
        let one = "error: Apply failed with 1 conflict: conflict with \"kubectl-edit\" using apps/v1: .spec.replicas\nPlease review";
        assert_eq!(explain(one, &place()).problems[0].notes, ["`.spec.replicas` is owned by kubectl-edit"]);
        let two = "error: Apply failed with 2 conflicts: conflicts with \"helm\" using apps/v1:\n- .spec.replicas\n- .spec.paused\nPlease";
        let notes = ["`.spec.replicas` is owned by helm", "`.spec.paused` is owned by helm"];
        assert_eq!(explain(two, &place()).problems[0].notes, notes);
    }

    #[test]
    fn a_namespace_that_goes_away_is_waited_for() {
        let text = "Error from server (Forbidden): services \"a\" is forbidden: unable to create new content in namespace n because it is being terminated";
        assert!(explain(text, &place()).message().ends_with("is being deleted"));
    }

    #[test]
    fn log_lines_of_the_client_are_left_out() {
        let text = "E1121 05:00:00.000000    1 memcache.go:265] x\nThe connection to the server h:1 was refused";
        assert_eq!(short(text), "The connection to the server h:1 was refused");
    }
}
