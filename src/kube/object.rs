//! What tells objects apart, and small questions to them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Which object of a namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Key {
    /// The kind.
    pub kind: String,
    /// The API group; empty for the core.
    pub group: String,
    /// The name.
    pub name: String,
    /// The uid, once the object was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// The version that it is written in, where that is known.
    #[serde(skip)]
    version: String,
}

impl Key {
    /// The key of an object.
    pub fn of(object: &Value) -> Self {
        let (group, version) = text(object, "/apiVersion").split_once('/').unwrap_or_default();
        let uid = object.pointer("/metadata/uid").and_then(Value::as_str).map(str::to_owned);
        let own = |text: &str| text.to_owned();
        Self { kind: own(text(object, "/kind")), group: own(group), name: own(text(object, "/metadata/name")), uid, version: own(version) }
    }

    /// Whether both mean the same object, in whatever version and life.
    pub fn same(&self, other: &Self) -> bool {
        (&self.kind, &self.group, &self.name) == (&other.kind, &other.group, &other.name)
    }

    /// As kubectl wants it: `deployment.apps/hello`. It takes the first word of a group with dots for a version, and asks
    /// the cluster for all that it knows when it is none: what is known to be at v1 says so. An autoscaler reads
    /// otherwise in each of its versions, and is compared in the one that it is written in.
    pub fn argument(&self) -> String {
        let dot = if self.group.is_empty() { "" } else { "." };
        let stable = ["coordination.k8s.io", "networking.k8s.io", "rbac.authorization.k8s.io"].contains(&self.group.as_str());
        let version = match self.group.as_str() {
            "autoscaling" if !self.version.is_empty() => format!(".{}", self.version),
            _ if stable => ".v1".to_owned(),
            _ => String::new(),
        };
        format!("{}{version}{dot}{}/{}", self.kind.to_lowercase(), self.group, self.name)
    }
}

/// `Deployment hello`.
impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind, self.name)
    }
}

/// A string in an object; empty when it is not there.
pub fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// A number in an object; 0 when it is not there.
pub fn int(object: &Value, pointer: &str) -> i64 {
    object.pointer(pointer).and_then(Value::as_i64).unwrap_or(0)
}

/// A list in an object; empty when it is not there.
pub fn list<'a>(object: &'a Value, pointer: &str) -> &'a [Value] {
    object.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Whether an object of this uid owns it.
pub fn owned_by(object: &Value, uid: &str) -> bool {
    list(object, "/metadata/ownerReferences").iter().any(|owner| text(owner, "/uid") == uid)
}
