//! What a watch tells, put together with what is known already: pure.

use serde_json::Value;

use crate::kube::object::text;

/// What an event of a watch did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// What is known is another now.
    Changed,
    /// It was known already.
    Known,
    /// The watch can't go on: what was missed has to be listed.
    Over,
}

/// Takes an event in (<https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes>).
pub(super) fn apply(objects: &mut Vec<Value>, mut event: Value) -> Effect {
    let object = event["object"].take();
    match text(&event, "/type") {
        "ADDED" | "MODIFIED" => put(objects, object),
        "DELETED" => remove(objects, &object),
        "ERROR" => Effect::Over,
        _ => Effect::Known,
    }
}

/// A watch that begins tells of all that is there, and may be behind what was listed meanwhile.
fn put(objects: &mut Vec<Value>, mut object: Value) -> Effect {
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("managedFields");
    }
    match objects.iter().position(|known| same(known, &object)) {
        Some(at) if !is_newer(&object, &objects[at]) => Effect::Known,
        Some(at) => {
            objects[at] = object;
            Effect::Changed
        }
        None => {
            objects.push(object);
            Effect::Changed
        }
    }
}

/// Another object of the same name may have been made since.
fn remove(objects: &mut Vec<Value>, object: &Value) -> Effect {
    let before = objects.len();
    objects.retain(|known| !(same(known, object) && text(known, "/metadata/uid") == text(object, "/metadata/uid")));
    if objects.len() == before { Effect::Known } else { Effect::Changed }
}

fn same(one: &Value, other: &Value) -> bool {
    ["/kind", "/metadata/name"].iter().all(|at| text(one, at) == text(other, at))
}

fn is_newer(new: &Value, old: &Value) -> bool {
    let version = |object: &Value| text(object, "/metadata/resourceVersion").parse::<u64>().ok();
    match (version(new), version(old)) {
        (Some(new), Some(old)) => new > old,
        _ => new != old,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pod(uid: &str, version: u64) -> Value {
        json!({ "kind": "Pod", "metadata": { "name": "p", "uid": uid, "resourceVersion": version.to_string(), "managedFields": [] } })
    }

    fn event(kind: &str, object: &Value) -> Value {
        json!({ "type": kind, "object": object })
    }

    #[test]
    fn what_is_newer_counts_and_what_was_known_changes_nothing() {
        let mut objects = Vec::new();
        assert_eq!(apply(&mut objects, event("ADDED", &pod("a", 5))), Effect::Changed);
        assert_eq!(objects[0].pointer("/metadata/managedFields"), None);
        assert_eq!(apply(&mut objects, event("ADDED", &pod("a", 5))), Effect::Known);
        assert_eq!(apply(&mut objects, event("MODIFIED", &pod("a", 4))), Effect::Known);
        assert_eq!(apply(&mut objects, event("MODIFIED", &pod("a", 10))), Effect::Changed);
        assert_eq!((objects.len(), text(&objects[0], "/metadata/resourceVersion")), (1, "10"));
    }

    #[test]
    fn a_late_word_of_a_deletion_does_not_take_the_new_object_away() {
        let mut objects = vec![pod("b", 9)];
        assert_eq!(apply(&mut objects, event("DELETED", &pod("a", 8))), Effect::Known);
        assert_eq!(objects.len(), 1);
        assert_eq!(apply(&mut objects, event("DELETED", &pod("b", 12))), Effect::Changed);
        assert_eq!(objects, Vec::<Value>::new());
    }

    #[test]
    fn an_error_ends_the_watch_and_a_bookmark_does_not() {
        let status = json!({ "kind": "Status", "code": 410, "reason": "Expired" });
        assert_eq!(apply(&mut Vec::new(), event("ERROR", &status)), Effect::Over);
        let mut objects = Vec::new();
        assert_eq!(apply(&mut objects, event("BOOKMARK", &pod("", 3))), Effect::Known);
        assert_eq!(objects, Vec::<Value>::new());
    }
}
