//! Pods that do not carry the service's label: those of own manifests, which are left as they are written. They are
//! found by the selector of what keeps them. Pure.

use serde_json::Value;

use super::object::{list, text};
use super::render::{NAME, label_value};

/// The selector of what keeps pods, as kubectl writes it; none where its pods have the service's label.
pub fn selector(keeper: &Value, service: &str) -> Option<String> {
    let label = &keeper["spec"]["template"]["metadata"]["labels"][NAME];
    let labels = keeper.pointer("/spec/selector/matchLabels").and_then(Value::as_object);
    let labels = labels.into_iter().flatten().map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()));
    let all: Vec<String> = labels.chain(list(keeper, "/spec/selector/matchExpressions").iter().map(expression)).collect();
    (*label != *label_value(service) && !all.is_empty()).then(|| all.join(","))
}

/// One expression (kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors).
fn expression(it: &Value) -> String {
    let key = text(it, "/key");
    let values: Vec<&str> = list(it, "/values").iter().filter_map(Value::as_str).collect();
    match text(it, "/operator") {
        "In" => format!("{key} in ({})", values.join(",")),
        "NotIn" => format!("{key} notin ({})", values.join(",")),
        "DoesNotExist" => format!("!{key}"),
        _ => key.to_owned(),
    }
}

/// The kinds of what lies between such a keeper and its pods, and the pods.
pub fn below(keeper: &str) -> &'static [&'static str] {
    if keeper == "Deployment" { &["pods", "replicasets"] } else { &["pods"] }
}

/// Whether a pod belongs to the workload of this name: by what keeps it, or by its label.
pub fn is_of(pod: &Value, workload: &str, objects: &[Value]) -> bool {
    if pod["metadata"]["labels"]["app.kubernetes.io/instance"] == label_value(workload) {
        return true;
    }
    let Some(owner) = list(pod, "/metadata/ownerReferences").first() else { return false };
    let set = objects.iter().find(|object| text(object, "/metadata/uid") == text(owner, "/uid") && text(object, "/kind") == "ReplicaSet");
    let keeper = set.and_then(|set| list(set, "/metadata/ownerReferences").first()).unwrap_or(owner);
    text(keeper, "/name") == workload
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_selector_is_written_as_kubectl_reads_it() {
        let keeper =
            |labels: Value, selector: Value| json!({ "spec": { "selector": selector, "template": { "metadata": { "labels": labels } } } });
        let own = json!({ "matchLabels": { "app": "users" }, "matchExpressions": [
            { "key": "tier", "operator": "In", "values": ["a", "b"] }, { "key": "old", "operator": "DoesNotExist" }] });
        assert_eq!(selector(&keeper(json!({ "app": "users" }), own), "users").as_deref(), Some("app=users,tier in (a,b),!old"));
        assert_eq!(selector(&keeper(json!({ NAME: "users" }), json!({})), "users"), None);
    }

    #[test]
    fn a_pod_is_known_by_what_keeps_it() {
        let owned = |kind: &str, name: &str, uid: &str, by: &str, of: &str| json!({ "kind": kind, "metadata": { "name": name, "uid": uid, "ownerReferences": [{ "name": by, "uid": of }] } });
        let objects = [owned("ReplicaSet", "web-1", "r", "web", "d")];
        assert!(is_of(&owned("Pod", "web-1-x", "p", "web-1", "r"), "web", &objects));
        assert!(is_of(&owned("Pod", "db-0", "p", "db", "s"), "db", &objects));
        assert!(!is_of(&owned("Pod", "db-0", "p", "db", "s"), "web", &objects));
    }
}
