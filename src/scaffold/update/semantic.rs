//! TOML, JSON and YAML merged by key: where both sides changed different keys of neighbouring lines, a merge
//! by lines finds a conflict that is none. Comments of the user's file stay.

use serde_json::Value;

use super::{json_keys, yaml_edit};

/// A change of one key, from the scaffold's side.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// Where: the keys from the root.
    pub path: Vec<String>,
    /// The new value; none: taken out.
    pub value: Option<Value>,
}

/// The languages that can be merged by key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// JSON.
    Json,
    /// TOML.
    Toml,
    /// YAML of one document.
    Yaml,
}

impl Language {
    /// By the file's name.
    pub fn of(path: &str) -> Option<Self> {
        match path.rsplit_once('.')?.1 {
            "json" => Some(Self::Json),
            "toml" => Some(Self::Toml),
            "yaml" | "yml" => Some(Self::Yaml),
            _ => None,
        }
    }

    /// The value of a text; none when it does not parse, or says a key twice.
    pub fn parse(self, text: &str) -> Option<Value> {
        match self {
            Self::Json => serde_json::from_str(text).ok().filter(|_| json_keys::unique(text)),
            Self::Toml => serde_json::to_value(text.parse::<toml::Table>().ok()?).ok(),
            Self::Yaml => serde_saphyr::from_str(text).ok(),
        }
    }
}

/// The three texts merged by key; none when both sides changed a key, or the file is not of that kind.
pub fn merge(language: Language, base: &str, ours: &str, theirs: &str) -> Option<String> {
    let (b, o, t) = (language.parse(base)?, language.parse(ours)?, language.parse(theirs)?);
    let mut edits = Vec::new();
    compare(Some(&b), Some(&o), Some(&t), &mut Vec::new(), &mut edits)?;
    let mut expected = o;
    edits.iter().try_for_each(|edit| set(&mut expected, &edit.path, edit.value.clone()))?;
    let text = match language {
        Language::Json => as_json(&expected, ours)?,
        Language::Toml => super::toml_edit::apply(ours, theirs, &edits)?,
        Language::Yaml => yaml_edit::apply(ours, theirs, &edits)?,
    };
    // Whatever an editor of text did: it counts only when the value is the one that was meant.
    (language.parse(&text)? == expected).then_some(text)
}

/// What the scaffold changed and the user did not; none where both changed the same key differently.
fn compare(base: Option<&Value>, ours: Option<&Value>, theirs: Option<&Value>, at: &mut Vec<String>, edits: &mut Vec<Edit>) -> Option<()> {
    if base == theirs || ours == theirs {
        return Some(());
    }
    let empty = Value::Object(serde_json::Map::new());
    if let (Some(Value::Object(b)), Some(Value::Object(o)), Some(Value::Object(t))) = (base.or(Some(&empty)), ours, theirs) {
        let new = t.keys().filter(|key| !b.contains_key(*key));
        for key in b.keys().chain(new) {
            at.push(key.clone());
            compare(b.get(key), o.get(key), t.get(key), at, edits)?;
            at.pop();
        }
        return Some(());
    }
    if base != ours || at.is_empty() {
        return None;
    }
    edits.push(Edit { path: at.clone(), value: theirs.cloned() });
    Some(())
}

fn set(root: &mut Value, path: &[String], value: Option<Value>) -> Option<()> {
    let (last, folders) = path.split_last()?;
    let mut table = root.as_object_mut()?;
    for key in folders {
        table = table.get_mut(key)?.as_object_mut()?;
    }
    match value {
        Some(value) => drop(table.insert(last.clone(), value)),
        None => drop(table.shift_remove(last)),
    }
    Some(())
}

/// JSON has no comments: it is written anew, indented as it was.
fn as_json(value: &Value, like: &str) -> Option<String> {
    let indented = like.lines().find_map(|line| {
        let indent = &line[..line.len() - line.trim_start().len()];
        (!indent.is_empty()).then(|| indent.to_owned())
    });
    let indent = indented.unwrap_or_else(|| "  ".to_owned());
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(indent.as_bytes());
    serde::Serialize::serialize(value, &mut serde_json::Serializer::with_formatter(&mut bytes, formatter)).ok()?;
    let mut text = String::from_utf8(bytes).ok()?;
    if like.ends_with('\n') {
        text.push('\n');
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_keys_are_no_conflict_and_comments_stay() {
        let base = "[tasks]\nlint = \"a\" # quick\ntest = \"b\"\n";
        let ours = "[tasks]\nlint = \"mine\" # quick\ntest = \"b\"\n";
        let theirs = "[tasks]\nlint = \"a\" # quick\ntest = \"new\"\n\n[kube]\n# why\nmemory = \"1Gi\"\n";
        let merged = merge(Language::Toml, base, ours, theirs);
        assert_eq!(merged.as_deref(), Some("[tasks]\nlint = \"mine\" # quick\ntest = \"new\"\n\n[kube]\n# why\nmemory = \"1Gi\"\n"));
    }

    #[test]
    fn the_same_key_twice_is_a_conflict() {
        assert_eq!(merge(Language::Toml, "a = 1\n", "a = 2\n", "a = 3\n"), None);
        assert_eq!(merge(Language::Json, "{\"a\":[1]}", "{\"a\":[1,2]}", "{\"a\":[1,3]}"), None);
    }

    #[test]
    fn json_keeps_its_indent_and_order() {
        let base = "{\n    \"b\": 1,\n    \"a\": 1\n}\n";
        let merged = merge(Language::Json, base, &base.replace("\"b\": 1", "\"b\": 2"), &base.replace("\"a\": 1", "\"a\": 3"));
        assert_eq!(merged.as_deref(), Some("{\n    \"b\": 2,\n    \"a\": 3\n}\n"));
    }

    #[test]
    fn yaml_keeps_its_comments() {
        let base = "jobs:\n  # mine\n  test:\n    image: a\n    steps:\n    - x\n  build:\n    image: a\n";
        let ours = base.replacen("image: a", "image: mine  # pinned", 1);
        let theirs = "jobs:\n  # mine\n  test:\n    image: a\n    steps:\n    - x\n    - y\n  build:\n    image: b\n  new:\n    image: c\n";
        let merged = merge(Language::Yaml, base, &ours, theirs);
        let expected = "jobs:\n  # mine\n  test:\n    image: mine  # pinned\n    steps:\n    - x\n    - y\n  build:\n    image: b\n  new:\n    image: c\n";
        assert_eq!(merged.as_deref(), Some(expected));
    }
}
