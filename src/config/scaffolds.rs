//! `[scaffolds]` as it holds: names for scaffolds elsewhere.

use std::collections::BTreeMap;

use super::Project;
use super::node::Value;

impl Project {
    /// The folder or URL behind each name; a path belongs to the folder of the file that names it.
    pub fn scaffolds(&self) -> BTreeMap<String, String> {
        let entries = self.scope().tree().table("scaffolds").into_iter().flat_map(|table| table.iter());
        let place = |node: &super::node::Node| match &node.value {
            Value::Str(text) if text.contains("://") => Some(text.clone()),
            Value::Str(text) => Some(node.origin.source.dir.join(text).display().to_string()),
            _ => None,
        };
        entries.filter_map(|entry| Some((entry.key.clone(), place(&entry.node)?))).collect()
    }
}
