//! Names, labels and annotations. The recommended labels are those of the Kubernetes documentation.

use serde_json::{Map, Value, json};

use super::Part;

/// The label that names the service on every object of it.
pub const NAME: &str = "app.kubernetes.io/name";
/// The label that names the team of a service.
pub const TEAM: &str = "instep.dev/team";
/// The label that says who made an object.
pub const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// The label that names the version.
pub const VERSION: &str = "app.kubernetes.io/version";

impl Part<'_> {
    /// `metadata` of an object that has the workload's name.
    pub(super) fn metadata(&self) -> Value {
        json!({ "name": self.workload.name, "namespace": self.target.namespace, "labels": self.labels() })
    }

    /// The labels of every object and pod. The repo's own come last and can't replace these.
    pub(super) fn labels(&self) -> Map<String, Value> {
        let mut labels = self.identity();
        let mut add = |key: &str, value: &str| drop(labels.insert(key.to_owned(), value.into()));
        add(VERSION, &label_value(self.facts.version));
        add(MANAGED_BY, "instep");
        if let Some(team) = &self.service.team {
            add(TEAM, &label_value(team));
        }
        for (key, value) in self.workload.selector.iter().chain(&self.workload.labels) {
            labels.entry(key.as_str()).or_insert_with(|| value.as_str().into());
        }
        labels
    }

    /// The labels that never change: a selector is immutable.
    pub(super) fn selector(&self) -> Map<String, Value> {
        if self.workload.selector.is_empty() {
            return self.identity();
        }
        strings(&self.workload.selector)
    }

    fn identity(&self) -> Map<String, Value> {
        let mut labels = Map::new();
        labels.insert(NAME.to_owned(), label_value(&self.service.name).into());
        labels.insert("app.kubernetes.io/instance".to_owned(), label_value(&self.workload.name).into());
        if let Some(key) = &self.workload.key {
            labels.insert("app.kubernetes.io/component".to_owned(), label_value(key).into());
        }
        labels
    }

    /// The annotations of the pods. The values are strings, as annotations must be.
    pub(super) fn annotations(&self) -> Map<String, Value> {
        let mut annotations = Map::new();
        if let (Some(port), Some(path)) = (self.workload.port, &self.workload.metrics) {
            annotations.insert("prometheus.io/scrape".to_owned(), "true".into());
            annotations.insert("prometheus.io/port".to_owned(), port.to_string().into());
            annotations.insert("prometheus.io/path".to_owned(), path.as_str().into());
        }
        annotations.extend(strings(&self.workload.annotations));
        annotations
    }
}

/// A map of strings.
pub(super) fn strings(pairs: &[(String, String)]) -> Map<String, Value> {
    pairs.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str()))).collect()
}

/// A text as a label's value: at most 63 letters, digits, `-`, `_`, `.`, with a letter or digit at both ends.
pub fn label_value(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' }).take(63).collect();
    clean.trim_matches(|c: char| !c.is_ascii_alphanumeric()).to_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn any_text_becomes_a_label_value() {
        assert_eq!(super::label_value("1.0.0+build/7-"), "1.0.0-build-7");
        assert_eq!(super::label_value(&"x".repeat(70)).len(), 63);
    }
}
