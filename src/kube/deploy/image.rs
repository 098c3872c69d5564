//! A release with other images: all else stays as it is in the cluster. Pure.

use serde_json::Value;

use super::Request;
use crate::kube::diff::{Step, overlay};
use crate::kube::object::Key;
use crate::kube::record::{MAIN, Record};
use crate::kube::render::{VERSION, label_value};

/// The images by their names, the main one first.
pub(super) fn images<'r>(request: &'r Request<'_>) -> impl Iterator<Item = (&'r str, &'r str)> {
    let others = request.images.iter().map(|(name, image)| (name.as_str(), image.as_str()));
    std::iter::once((MAIN, request.image)).chain(others)
}

/// The objects as they are in the cluster, with the new images where those of the old release stand.
pub(super) fn with_images(objects: Vec<Value>, good: &Record, request: &Request<'_>, live: &[Value]) -> Vec<Value> {
    let old = |name: &str| good.images.get(name).or((name == MAIN).then_some(&good.image));
    let new: Vec<(&str, &str)> = images(request).filter_map(|(name, image)| Some((old(name)?.as_str(), image))).collect();
    let with_image = |mut object: Value| {
        let key = Key::of(&object);
        let runs = new.iter().any(|(old, _)| mentions(&object, old));
        if runs {
            replace(&mut object, &new, &label_value(request.version));
        }
        let ours = |steps: &[Step]| runs && matches!(steps.last(), Some(Step::Key(key)) if key == "image" || key == VERSION);
        live.iter().find(|object| Key::of(object).same(&key)).map_or(object.clone(), |live| overlay(&object, live, &kept(&ours)))
    };
    objects.into_iter().map(with_image).collect()
}

/// What must stay as it was recorded: an object's identity; and what `more` says.
fn kept(more: &dyn Fn(&[Step]) -> bool) -> impl Fn(&[Step]) -> bool + '_ {
    move |steps| matches!(steps, [Step::Key(key)] if key == "apiVersion" || key == "kind") || more(steps)
}

fn mentions(value: &Value, image: &str) -> bool {
    match value {
        Value::Object(map) => map.iter().any(|(key, value)| key == "image" && value == image || mentions(value, image)),
        Value::Array(items) => items.iter().any(|item| mentions(item, image)),
        _ => false,
    }
}

fn replace(value: &mut Value, images: &[(&str, &str)], version: &str) {
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                let new = images.iter().find(|(old, _)| key == "image" && value == old);
                if let Some((_, new)) = new {
                    *value = (*new).into();
                } else if key == VERSION {
                    *value = version.into();
                } else {
                    replace(value, images, version);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, images, version)),
        _ => {}
    }
}
