//! Two versions of one object, compared field by field. Pure.

use serde_json::Value;

use crate::kube::record::REVISION;

/// One step on the way to a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// A key of a map.
    Key(String),
    /// An element of a list that is told apart by a name; the name, and the element itself.
    Item(String, Value),
    /// An element of a list that is told apart by its place alone.
    Index(usize),
}

/// A field that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The way to it.
    pub steps: Vec<Step>,
    /// The value that was.
    pub old: Option<Value>,
    /// The value that will be.
    pub new: Option<Value>,
}

impl Field {
    /// `spec.template.spec.containers[hello].image`.
    pub fn path(&self) -> String {
        path(&self.steps)
    }
}

/// The way to a field as people write it.
pub fn path(steps: &[Step]) -> String {
    let mut out = String::new();
    for step in steps {
        match step {
            Step::Key(key) if key.contains('.') => out.push_str(&format!("[{key}]")),
            Step::Key(key) if out.is_empty() => out.push_str(key),
            Step::Key(key) => out.push_str(&format!(".{key}")),
            Step::Item(name, _) => out.push_str(&format!("[{name}]")),
            Step::Index(n) => out.push_str(&format!("[{n}]")),
        }
    }
    out
}

/// What tells the elements of a list apart, the first that all of them have and that is unique.
const NAMES: [&str; 8] = ["name", "containerPort", "port", "mountPath", "devicePath", "key", "topologyKey", "ip"];

/// The fields that differ, in the order in which they are read. What the cluster itself writes is left out.
pub fn compare(old: &Value, new: &Value) -> Vec<Field> {
    let mut fields = Vec::new();
    walk(old, new, &mut Vec::new(), &mut fields);
    fields
}

fn walk(old: &Value, new: &Value, steps: &mut Vec<Step>, fields: &mut Vec<Field>) {
    if old == new || is_clusters_own(steps) {
        return;
    }
    match (old, new) {
        (Value::Object(a), Value::Object(b)) => {
            let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
            for key in keys {
                step(Step::Key(key.clone()), a.get(key), b.get(key), steps, fields);
            }
        }
        (Value::Array(a), Value::Array(b)) => match name_of(a, b) {
            Some(name) => named(a, b, name, steps, fields),
            None if a.iter().chain(b).all(Value::is_object) => {
                for i in 0..a.len().max(b.len()) {
                    step(Step::Index(i), a.get(i), b.get(i), steps, fields);
                }
            }
            None => differs(Some(old), Some(new), steps, fields),
        },
        _ => differs(Some(old), Some(new), steps, fields),
    }
}

fn named(a: &[Value], b: &[Value], name: &str, steps: &mut Vec<Step>, fields: &mut Vec<Field>) {
    let find = |list: &[Value], wanted: &Value| list.iter().find(|element| element[name] == wanted[name]).cloned();
    let all = a.iter().chain(b.iter().filter(|element| find(a, element).is_none()));
    for element in all {
        let (old, new) = (find(a, element), find(b, element));
        step(Step::Item(word(&element[name]), element.clone()), old.as_ref(), new.as_ref(), steps, fields);
    }
}

fn step(step: Step, old: Option<&Value>, new: Option<&Value>, steps: &mut Vec<Step>, fields: &mut Vec<Field>) {
    steps.push(step);
    match (old, new) {
        (Some(old), Some(new)) => walk(old, new, steps, fields),
        // Read as its fields: who reads knows a field by its path, not by a piece of JSON.
        (None, Some(Value::Object(map))) if goes_deeper(map, steps) => {
            walk(&Value::Object(serde_json::Map::new()), &Value::Object(map.clone()), steps, fields);
        }
        (Some(Value::Object(map)), None) if goes_deeper(map, steps) => {
            walk(&Value::Object(map.clone()), &Value::Object(serde_json::Map::new()), steps, fields);
        }
        _ => differs(old, new, steps, fields),
    }
    steps.pop();
}

/// A map of plain keys is told key by key; an element of a list as a whole.
fn goes_deeper(map: &serde_json::Map<String, Value>, steps: &[Step]) -> bool {
    !map.is_empty() && matches!(steps.last(), Some(Step::Key(_)))
}

fn differs(old: Option<&Value>, new: Option<&Value>, steps: &[Step], fields: &mut Vec<Field>) {
    if !is_clusters_own(steps) {
        fields.push(Field { steps: steps.to_vec(), old: old.cloned(), new: new.cloned() });
    }
}

fn name_of<'a>(a: &[Value], b: &[Value]) -> Option<&'a str> {
    let unique = |list: &[Value], name: &str| {
        list.iter().enumerate().all(|(i, one)| one.get(name).is_some_and(|value| !list[..i].iter().any(|other| other[name] == *value)))
    };
    (!a.is_empty() || !b.is_empty()).then_some(())?;
    NAMES.into_iter().find(|name| unique(a, name) && unique(b, name))
}

fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What the API server and its controllers write by themselves; and the count of releases, which is another one each time.
fn is_clusters_own(steps: &[Step]) -> bool {
    const METADATA: [&str; 6] = ["creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"];
    const ANNOTATIONS: [&str; 2] = ["deployment.kubernetes.io/revision", "kubectl.kubernetes.io/last-applied-configuration"];
    let keys: Vec<&str> = steps.iter().map_while(|step| if let Step::Key(key) = step { Some(key.as_str()) } else { None }).collect();
    match keys.as_slice() {
        ["status", ..] => true,
        ["metadata", "annotations", name] => ANNOTATIONS.contains(name),
        ["metadata", "labels", name] => *name == REVISION,
        ["metadata", name, ..] => METADATA.contains(name),
        _ => false,
    }
}

/// `ours` with the values that `live` has in the same places; what is not there any more is left out. The
/// fields for which `keep` says so stay as they are in `ours`.
pub fn overlay(ours: &Value, live: &Value, keep: &dyn Fn(&[Step]) -> bool) -> Value {
    overlaid(ours, live, keep, &mut Vec::new())
}

fn overlaid(ours: &Value, live: &Value, keep: &dyn Fn(&[Step]) -> bool, steps: &mut Vec<Step>) -> Value {
    if keep(steps) {
        return ours.clone();
    }
    let mut inner = |step: Step, ours: &Value, live: Option<&Value>| -> Option<Value> {
        steps.push(step);
        let value = if keep(steps) { Some(ours.clone()) } else { live.map(|live| overlaid(ours, live, keep, steps)) };
        steps.pop();
        value
    };
    match (ours, live) {
        (Value::Object(a), Value::Object(b)) => Value::Object(
            a.iter().filter_map(|(key, value)| Some((key.clone(), inner(Step::Key(key.clone()), value, b.get(key))?))).collect(),
        ),
        (Value::Array(a), Value::Array(b)) => match name_of(a, b) {
            Some(name) => a
                .iter()
                .filter_map(|element| {
                    let found = b.iter().find(|other| other[name] == element[name]);
                    inner(Step::Item(word(&element[name]), element.clone()), element, found)
                })
                .collect(),
            None => live.clone(),
        },
        _ => live.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(old: &Value, new: &Value) -> Vec<String> {
        compare(old, new)
            .iter()
            .map(|field| {
                let word = |value: &Option<Value>| value.as_ref().map_or_else(|| "-".to_owned(), Value::to_string);
                format!("{} {} {}", field.path(), word(&field.old), word(&field.new))
            })
            .collect()
    }

    #[test]
    fn elements_of_lists_are_known_by_their_names() {
        let old = json!({ "spec": { "containers": [{ "name": "a", "image": "x" }, { "name": "b", "image": "x" }] } });
        let new = json!({ "spec": { "containers": [{ "name": "b", "image": "y" }, { "name": "a", "image": "x" }] } });
        assert_eq!(told(&old, &new), ["spec.containers[b].image \"x\" \"y\""]);
    }

    #[test]
    fn what_comes_and_goes_is_told_by_its_keys() {
        let old = json!({ "metadata": { "labels": { "a.b/c": "1" }, "uid": "x" }, "status": 1 });
        let new = json!({ "metadata": { "annotations": { "k": "v" }, "uid": "y" }, "status": 2 });
        assert_eq!(told(&old, &new), ["metadata.labels[a.b/c] \"1\" -", "metadata.annotations.k - \"v\""]);
    }

    #[test]
    fn a_list_of_words_is_one_value() {
        assert_eq!(told(&json!({ "args": ["a"] }), &json!({ "args": ["b"] })), ["args [\"a\"] [\"b\"]"]);
    }

    #[test]
    fn what_is_live_stays_but_for_what_is_meant() {
        let ours = json!({ "spec": { "replicas": 1, "gone": 1, "containers": [{ "name": "a", "image": "new" }] } });
        let live = json!({ "spec": { "replicas": 5, "more": 1, "containers": [{ "name": "a", "image": "old", "tty": true }] } });
        let image = |steps: &[Step]| steps.last() == Some(&Step::Key("image".into()));
        assert_eq!(overlay(&ours, &live, &image), json!({ "spec": { "replicas": 5, "containers": [{ "name": "a", "image": "new" }] } }));
    }
}
