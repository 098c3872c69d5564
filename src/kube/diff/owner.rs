//! Who owns which field, and since when: `metadata.managedFields`, read. Pure. The format is that of
//! structured-merge-diff (`f:` a key, `k:` an element of a list by its names, `v:` by its value).

use serde_json::Value;

use super::tree::Step;
use crate::kube::kubectl::{MANAGER, SCALER};
use crate::kube::object::{list, text};

/// The controllers of Kubernetes, and the name under which they get the number of pods: what they write is no drift.
const CONTROLLERS: [&str; 8] = [
    SCALER,
    "kube-controller-manager",
    "kubelet",
    "kube-scheduler",
    "cluster-autoscaler",
    "horizontal-pod-autoscaler",
    "kube-apiserver",
    "vpa-updater",
];

/// Who wrote, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The field manager.
    pub manager: String,
    /// When it wrote last (RFC 3339).
    pub time: String,
}

/// `kubectl-edit, 2026-01-02T03:04:05Z`.
impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, {}", self.manager, self.time)
    }
}

impl Owner {
    fn of(entry: &Value) -> Self {
        Self { manager: text(entry, "/manager").to_owned(), time: text(entry, "/time").to_owned() }
    }
}

/// The others that wrote this field last.
pub fn other(object: &Value, steps: &[Step]) -> Option<Owner> {
    let owns = |entry: &&Value| !is_ours(entry) && entry.get("fieldsV1").is_some_and(|fields| holds(fields, steps));
    list(object, "/metadata/managedFields").iter().filter(owns).map(Owner::of).max_by(|a, b| a.time.cmp(&b.time))
}

/// Whether instep and nobody else owns a field.
pub fn is_ours_alone(object: &Value, keys: &[&str]) -> bool {
    let steps: Vec<Step> = keys.iter().map(|key| Step::Key((*key).to_owned())).collect();
    let owns = |entry: &&Value| entry.get("fieldsV1").is_some_and(|fields| holds(fields, &steps));
    let entries = list(object, "/metadata/managedFields");
    entries.iter().filter(owns).count() > 0 && entries.iter().filter(owns).all(is_ours)
}

/// When a manager wrote this object last.
pub fn last(object: &Value, manager: &str) -> Option<String> {
    let entries = list(object, "/metadata/managedFields").iter().filter(|entry| text(entry, "/manager") == manager);
    entries.map(|entry| text(entry, "/time").to_owned()).max()
}

/// The fields that others than instep and the cluster's own controllers set, and instep does not.
pub fn foreign(object: &Value) -> Vec<(Vec<Step>, Value, Owner)> {
    let entries = list(object, "/metadata/managedFields");
    let ours: Vec<&Value> = entries.iter().filter(|entry| is_ours(entry)).filter_map(|entry| entry.get("fieldsV1")).collect();
    let mut found: Vec<(Vec<Step>, Value, Owner)> = Vec::new();
    for entry in entries.iter().filter(|entry| !is_ours(entry) && !CONTROLLERS.contains(&text(entry, "/manager"))) {
        let Some(fields) = entry.get("fieldsV1") else { continue };
        let mut leaves = Vec::new();
        collect(fields, object, &mut Vec::new(), &mut leaves);
        for (steps, value) in leaves {
            let known = ours.iter().any(|fields| holds(fields, &steps)) || found.iter().any(|(path, _, _)| *path == steps);
            if !known && counts(&steps) {
                found.push((steps, value, Owner::of(entry)));
            }
        }
    }
    found
}

fn is_ours(entry: &Value) -> bool {
    text(entry, "/manager") == MANAGER
}

/// The annotation of pods that a restart sets, as kubectl does it.
pub const RESTARTED: &str = "kubectl.kubernetes.io/restartedAt";

/// Status is nobody's doing; nor is what kubectl notes for itself. A restart changes nothing that is configured.
fn counts(steps: &[Step]) -> bool {
    let key = |n: usize| if let Some(Step::Key(key)) = steps.get(n) { key.as_str() } else { "" };
    let noted = key(0) == "metadata" && key(1) == "annotations" && key(2).starts_with("kubectl.kubernetes.io/last-applied");
    key(0) != "status" && !noted && !matches!(steps.last(), Some(Step::Key(last)) if last == RESTARTED)
}

/// Whether this set of fields holds the field, or all of what is around it.
fn holds(fields: &Value, steps: &[Step]) -> bool {
    let Some((first, rest)) = steps.split_first() else { return true };
    let Some(map) = fields.as_object() else { return false };
    let inner = match first {
        Step::Key(key) => map.get(&format!("f:{key}")),
        Step::Item(_, element) => map.iter().find(|(key, _)| names(key).is_some_and(|names| fits(&names, element))).map(|(_, inner)| inner),
        Step::Index(_) => None,
    };
    // An empty set is a leaf: the whole of what is below.
    inner.is_some_and(|inner| inner.as_object().is_some_and(serde_json::Map::is_empty) || holds(inner, rest))
}

fn names(key: &str) -> Option<Value> {
    serde_json::from_str(key.strip_prefix("k:")?).ok()
}

fn fits(names: &Value, element: &Value) -> bool {
    names.as_object().is_some_and(|names| names.iter().all(|(key, value)| element.get(key) == Some(value)))
}

/// The leaves of a set of fields, with the values that the object has there.
fn collect(fields: &Value, object: &Value, steps: &mut Vec<Step>, leaves: &mut Vec<(Vec<Step>, Value)>) {
    let Some(map) = fields.as_object() else { return };
    // Who made an element of a list owns it as a whole.
    let whole = map.contains_key(".") && matches!(steps.last(), Some(Step::Item(..)));
    if whole || map.keys().all(|key| key == ".") {
        leaves.push((steps.clone(), object.clone()));
        return;
    }
    for (key, inner) in map {
        let found = match (key.strip_prefix("f:"), names(key)) {
            (Some(name), _) => object.get(name).map(|value| (Step::Key(name.to_owned()), value)),
            (None, Some(names)) => {
                let element = object.as_array().and_then(|all| all.iter().find(|element| fits(&names, element)));
                element.map(|element| (Step::Item(label(&names), element.clone()), element))
            }
            _ => None,
        };
        if let Some((step, value)) = found {
            steps.push(step);
            collect(inner, value, steps, leaves);
            steps.pop();
        }
    }
}

fn label(names: &Value) -> String {
    let first = names.as_object().and_then(|names| names.get("name").or_else(|| names.values().next()));
    first.map_or_else(String::new, |value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_field_of_somebody_else_is_found_with_its_time() {
        let object = json!({
            "metadata": { "managedFields": [
                { "manager": "instep", "operation": "Apply", "time": "1", "fieldsV1": { "f:spec": { "f:paused": {} } } },
                { "manager": "kubectl-edit", "operation": "Update", "time": "2", "fieldsV1": { "f:spec": { "f:replicas": {},
                    "f:containers": { "k:{\"name\":\"a\"}": { "f:env": { "k:{\"name\":\"X\"}": { ".": {}, "f:value": {} } } } } } } },
                { "manager": "kube-controller-manager", "time": "3", "fieldsV1": { "f:spec": { "f:replicas": {} } } },
            ] },
            "spec": { "paused": true, "replicas": 3, "containers": [{ "name": "a", "env": [{ "name": "X", "value": "1" }] }] },
        });
        let foreign: Vec<String> = foreign(&object)
            .iter()
            .map(|(steps, value, owner)| format!("{} {value} {}", super::super::tree::path(steps), owner.manager))
            .collect();
        assert_eq!(foreign, ["spec.replicas 3 kubectl-edit", "spec.containers[a].env[X] {\"name\":\"X\",\"value\":\"1\"} kubectl-edit"]);
        let steps = [Step::Key("spec".into()), Step::Key("paused".into())];
        assert_eq!(other(&object, &steps), None);
    }
}
