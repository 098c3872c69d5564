//! `patch`: merged into generated objects as `kubectl patch` does it (strategic merge).

use serde_json::{Map, Value};

use crate::config::Patch;
use crate::report::{Error, Result, text};

/// The lists that merge by a key, as the API's own types say (`patchMergeKey`); all others are replaced.
const LISTS: [(&str, &str); 12] = [
    ("containers", "name"),
    ("env", "name"),
    ("ephemeralContainers", "name"),
    ("hostAliases", "ip"),
    ("imagePullSecrets", "name"),
    ("initContainers", "name"),
    ("ports", ""),
    ("secrets", "name"),
    ("topologySpreadConstraints", "topologyKey"),
    ("volumeDevices", "devicePath"),
    ("volumeMounts", "mountPath"),
    ("volumes", "name"),
];

/// Merges each patch into the objects that it means.
///
/// # Errors
/// Exit code 2 for a patch that means none.
pub(super) fn apply(objects: &mut [Value], patches: &[Patch]) -> Result<()> {
    for patch in patches {
        let meant = |object: &Value| {
            object["kind"] == patch.kind.as_str() && patch.name.as_ref().is_none_or(|name| object["metadata"]["name"] == name.as_str())
        };
        if !objects.iter().any(meant) {
            return Err(nothing(objects, patch));
        }
        objects.iter_mut().filter(|object| meant(object)).for_each(|object| merge(object, &patch.value));
    }
    Ok(())
}

fn nothing(objects: &[Value], patch: &Patch) -> Error {
    let name = |object: &Value| format!("{}/{}", object["kind"].as_str().unwrap_or(""), object["metadata"]["name"].as_str().unwrap_or(""));
    let known: Vec<String> = objects.iter().map(name).collect();
    let wanted = patch.name.as_ref().map_or_else(|| patch.kind.clone(), |name| format!("{}/{name}", patch.kind));
    let error = Error::usage(format!("no generated object is a {wanted}, so there is nothing to patch")).at(patch.place.clone());
    match text::nearest(&wanted, known.iter().map(String::as_str)) {
        Some(near) => error.help(format!("did you mean \"{near}\"?")),
        None => error.help(format!("there are: {}", text::list(&known))),
    }
}

/// Merges a patch: maps key by key, known lists by their key, all else is replaced; `false` under a key
/// of a map that is there takes it away only where it is written as `"$patch" = "delete"`.
fn merge(value: &mut Value, patch: &Value) {
    match (value, patch) {
        (Value::Object(map), Value::Object(patch)) => {
            if patch.get("$patch").and_then(Value::as_str) == Some("replace") {
                *map = without_directive(patch);
                return;
            }
            for (key, new) in patch {
                if new.get("$patch").and_then(Value::as_str) == Some("delete") && new.is_object() {
                    map.shift_remove(key);
                    continue;
                }
                match (map.get_mut(key), list_key(key, new)) {
                    (Some(Value::Array(old)), Some(by)) => merge_list(old, new, by),
                    (Some(old), _) => merge(old, new),
                    (None, _) => drop(map.insert(key.clone(), new.clone())),
                }
            }
        }
        (value, patch) => *value = patch.clone(),
    }
}

fn without_directive(patch: &Map<String, Value>) -> Map<String, Value> {
    patch.iter().filter(|(key, _)| *key != "$patch").map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// The key by which this list merges. Ports of containers have another one than ports of Services.
fn list_key(name: &str, list: &Value) -> Option<&'static str> {
    let (_, key) = LISTS.iter().find(|(known, _)| *known == name)?;
    let first = list.as_array()?.first()?;
    match *key {
        "" if first.get("containerPort").is_some() => Some("containerPort"),
        "" => Some("port"),
        key => Some(key),
    }
}

fn merge_list(old: &mut Vec<Value>, new: &Value, by: &str) {
    for element in new.as_array().into_iter().flatten() {
        let at = old.iter().position(|known| known[by] == element[by]);
        match (at, element.get("$patch").and_then(Value::as_str)) {
            (Some(at), Some("delete")) => drop(old.remove(at)),
            (Some(at), _) => merge(&mut old[at], element),
            (None, Some("delete")) => {}
            (None, _) => old.push(element.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn it_merges_as_kubectl_patch_does() {
        let mut object = json!({ "spec": { "a": 1, "containers": [{ "name": "x", "image": "i", "args": ["1"] }], "gone": { "b": 1 } } });
        let patch =
            json!({ "spec": { "b": 2, "containers": [{ "name": "x", "args": ["2"] }, { "name": "y" }], "gone": { "$patch": "delete" } } });
        merge(&mut object, &patch);
        let merged = json!({ "spec": { "a": 1, "containers": [{ "name": "x", "image": "i", "args": ["2"] }, { "name": "y" }], "b": 2 } });
        assert_eq!(object, merged);
        merge(&mut object, &json!({ "spec": { "containers": [{ "name": "x", "$patch": "delete" }] } }));
        assert_eq!(object["spec"]["containers"], json!([{ "name": "y" }]));
    }
}
