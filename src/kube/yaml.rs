//! Objects as YAML that every reader takes for what was meant, also one that follows YAML 1.1.

use serde_json::Value;
use serde_saphyr::SerializerOptions;

use crate::report::{Error, Result};

/// The documents, separated by `---`.
///
/// # Errors
/// A value that YAML can't hold.
pub fn documents(objects: &[Value]) -> Result<String> {
    serde_saphyr::to_string_multiple_with_options(objects, options())
        .map_err(|error| Error::failed(format!("the manifests can't be written as YAML: {error}")))
}

/// The first line of every file: such a file may be written again, any other one may not.
pub const HEADER: &str = "# Made by `instep kube-render`: change instep.toml, then render again.\n";

/// An object as a file: `deployment-users.yaml`, and what is in it.
///
/// # Errors
/// A value that YAML can't hold.
pub fn file(object: &Value) -> Result<(String, String)> {
    let text = |key: &str| object.pointer(key).and_then(Value::as_str).unwrap_or_default();
    let name = format!("{}-{}.yaml", text("/kind").to_lowercase(), text("/metadata/name"));
    Ok((name, format!("{HEADER}{}", documents(std::slice::from_ref(object))?)))
}

/// Words such as `on` and `0755` are quoted (that is the default: readers of YAML 1.1 are meant to be
/// served). Long lines stay whole: a folded one would differ from what was meant in some readers.
fn options() -> SerializerOptions {
    serde_saphyr::ser_options! { yaml_12: false, folded_wrap_chars: usize::MAX }
}
