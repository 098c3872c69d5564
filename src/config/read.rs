//! Typed reading of checked tables: the schema gives the default where a key is not written.

use std::path::PathBuf;
use std::time::Duration;

use super::node::{Entry, Node, Origin, Table, Value};
use super::schema::{Fields, Shape};
use super::scope::Scope;
use super::value;
use crate::report::{Error, Place, Result};

/// A table of the merged file, with the part of the schema that it follows.
#[derive(Clone, Debug)]
pub struct Read<'a> {
    scope: &'a Scope,
    table: Option<&'a Table>,
    fields: &'static Fields,
    /// The path of keys that leads here, for messages.
    pub path: String,
}

/// The value of an environment variable, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvValue {
    /// A text.
    Text(String),
    /// A text that is hidden in all output.
    Masked(String),
    /// What this program prints; always hidden.
    Command(Vec<String>),
    /// A key of a Kubernetes Secret.
    Secret {
        /// The Secret.
        name: String,
        /// The key.
        key: String,
    },
}

impl<'a> Read<'a> {
    pub(super) fn root(scope: &'a Scope, fields: &'static Fields) -> Self {
        Self { scope, table: Some(scope.tree()), fields, path: String::new() }
    }

    /// The scope it reads in.
    pub fn scope(&self) -> &'a Scope {
        self.scope
    }

    /// Whether the table is written at all.
    pub fn exists(&self) -> bool {
        self.table.is_some()
    }

    /// Whether a key is written.
    pub fn has(&self, key: &str) -> bool {
        self.node(key).is_some()
    }

    /// The value as written.
    pub fn node(&self, key: &str) -> Option<&'a Node> {
        self.table?.get(key)
    }

    /// Where a key's value is written, to be underlined.
    pub fn place(&self, key: &str) -> Option<Place> {
        self.node(key)?.origin.place("")
    }

    /// A table inside of this one.
    #[must_use]
    pub fn table(&self, key: &str) -> Self {
        let fields = table_shape(self.shape(key)).unwrap_or(self.fields);
        Self { scope: self.scope, table: self.table.and_then(|table| table.table(key)), fields, path: self.join(key) }
    }

    /// The tables of a map, by name, in the order of the file.
    pub fn tables(&self, key: &str) -> Vec<(&'a str, Self)> {
        let Some((map, fields)) = self.map(key) else { return Vec::new() };
        map.iter().filter_map(|entry| Some((entry.key.as_str(), self.of_entry(key, entry, fields)?))).collect()
    }

    /// The table of a map whose name passes the test, with its name as written.
    pub fn find(&self, key: &str, test: impl Fn(&str) -> bool) -> Option<(&'a str, Self)> {
        let (map, fields) = self.map(key)?;
        let entry = map.iter().find(|entry| test(&entry.key))?;
        Some((entry.key.as_str(), self.of_entry(key, entry, fields)?))
    }

    /// A table of a map that is not written: all its defaults.
    pub(super) fn nothing(&self, key: &str) -> Self {
        let fields = match self.shape(key) {
            Some(Shape::Map(_, inner) | Shape::Named(_, inner)) => table_shape(Some(inner)),
            shape => table_shape(shape),
        };
        Self { scope: self.scope, table: None, fields: fields.unwrap_or(self.fields), path: self.join(key) }
    }

    /// The table of an entry of a map.
    pub fn entry(&self, key: &str, entry: &'a Entry) -> Option<Self> {
        let (_, fields) = self.map(key)?;
        self.of_entry(key, entry, fields)
    }

    fn map(&self, key: &str) -> Option<(&'a Table, &'static Fields)> {
        let map = self.table?.table(key)?;
        match self.shape(key) {
            Some(Shape::Map(_, inner) | Shape::Named(_, inner)) => Some((map, table_shape(Some(inner))?)),
            _ => None,
        }
    }

    fn of_entry(&self, key: &str, entry: &'a Entry, fields: &'static Fields) -> Option<Self> {
        let Value::Table(table) = &entry.node.value else { return None };
        Some(Self { scope: self.scope, table: Some(table), fields, path: self.join(key) + "." + &entry.key })
    }

    /// A string, evaluated; the schema's default when it is not written.
    pub fn text(&self, key: &str) -> Result<String> {
        Ok(self.text_opt(key)?.unwrap_or_else(|| self.default(key).to_owned()))
    }

    /// A string, evaluated, when it is written.
    pub fn text_opt(&self, key: &str) -> Result<Option<String>> {
        match self.node(key) {
            Some(Node { value: Value::Str(text), origin }) => self.scope.eval(text, origin).map(Some),
            _ => Ok(None),
        }
    }

    /// A string that must be written.
    ///
    /// # Errors
    /// Exit code 2 with the line to add.
    pub fn text_needed(&self, key: &str, example: &str) -> Result<String> {
        match self.text_opt(key)? {
            Some(text) => Ok(text),
            None => Err(self.lacks(key, example)),
        }
    }

    /// The error for a key that is needed and not written; `example` is its value as TOML.
    pub fn lacks(&self, key: &str, example: &str) -> Error {
        let error = Error::usage(format!("`{}` is not set", self.join(key)));
        let header = self.table.and_then(|table| table.iter().next()).map(|entry| &entry.at);
        match header {
            Some(at) => error.at(at.place("in this table")).help(format!("add `{key} = {example}` to [{}]", self.path)),
            None => error.help(format!("add to {}:\n[{}]\n{key} = {example}", super::find::FILE, self.path)),
        }
    }

    /// A path, from the folder of the file that names it.
    pub fn path_of(&self, key: &str) -> Result<PathBuf> {
        let dir = self.node(key).map_or_else(|| self.scope.root().clone(), |node| node.origin.source.dir.clone());
        Ok(dir.join(self.text(key)?))
    }

    /// A flag.
    pub fn flag(&self, key: &str) -> bool {
        match self.node(key).map(|node| &node.value) {
            Some(Value::Bool(flag)) => *flag,
            _ => self.default(key) == "true",
        }
    }

    /// Whether `KEY = false` is written.
    pub fn is_false(&self, key: &str) -> bool {
        self.node(key).is_some_and(|node| node.value == Value::Bool(false))
    }

    /// An integer, when it is written.
    pub fn int_opt(&self, key: &str) -> Option<i64> {
        match self.node(key)?.value {
            Value::Int(n) => Some(n),
            _ => None,
        }
    }

    /// An integer; the schema's default, or 0.
    pub fn int(&self, key: &str) -> i64 {
        self.int_opt(key).unwrap_or_else(|| self.default(key).parse().unwrap_or(0))
    }

    /// A port, when it is written.
    pub fn port(&self, key: &str) -> Option<u16> {
        self.int_opt(key).and_then(|n| u16::try_from(n).ok())
    }

    /// A duration, when it is written.
    pub fn duration_opt(&self, key: &str) -> Option<Duration> {
        match &self.node(key)?.value {
            Value::Str(text) => value::duration(text).ok(),
            _ => None,
        }
    }

    /// A duration; the schema's default, or none at all.
    pub fn duration(&self, key: &str) -> Duration {
        self.duration_opt(key).or_else(|| value::duration(self.default(key)).ok()).unwrap_or_default()
    }

    /// Strings, evaluated. A single string counts as a list of one.
    pub fn texts(&self, key: &str) -> Result<Vec<String>> {
        self.strings(key).into_iter().map(|(text, origin)| self.scope.eval(text, origin)).collect()
    }

    /// Strings as written, never evaluated. A single string counts as a list of one.
    pub fn words(&self, key: &str) -> Vec<String> {
        self.strings(key).into_iter().map(|(text, _)| text.to_owned()).collect()
    }

    /// Strings with where they are written.
    pub fn strings(&self, key: &str) -> Vec<(&'a str, &'a Origin)> {
        let items: &[Node] = match self.node(key) {
            Some(node) => match &node.value {
                Value::List(items) => items,
                _ => std::slice::from_ref(node),
            },
            None => &[],
        };
        items
            .iter()
            .filter_map(|node| match &node.value {
                Value::Str(text) => Some((text.as_str(), &node.origin)),
                _ => None,
            })
            .collect()
    }

    /// A map of strings, evaluated, in the order of the file.
    pub fn pairs(&self, key: &str) -> Result<Vec<(String, String)>> {
        let Some(map) = self.table.and_then(|table| table.table(key)) else { return Ok(Vec::new()) };
        map.iter()
            .map(|entry| match &entry.node.value {
                Value::Str(text) => Ok((entry.key.clone(), self.scope.eval(text, &entry.node.origin)?)),
                other => Ok((entry.key.clone(), other.json().to_string())),
            })
            .collect()
    }

    /// A value of any type as JSON, its strings evaluated.
    ///
    /// # Errors
    /// Templates with faults.
    pub fn json(&self, node: &Node) -> Result<serde_json::Value> {
        Ok(match &node.value {
            Value::Str(text) => self.scope.eval(text, &node.origin)?.into(),
            Value::List(items) => items.iter().map(|item| self.json(item)).collect::<Result<_>>()?,
            Value::Table(table) => {
                let pairs = table.iter().map(|entry| Ok((entry.key.clone(), self.json(&entry.node)?)));
                pairs.collect::<Result<serde_json::Map<_, _>>>()?.into()
            }
            other => other.json(),
        })
    }

    /// The entries of a map, with where they are written, in the order of the file.
    pub fn entries(&self, key: &str) -> Vec<&'a Entry> {
        self.table.and_then(|table| table.table(key)).map(|table| table.iter().collect()).unwrap_or_default()
    }

    /// A map of environment variables, in the order of the file.
    ///
    /// # Errors
    /// Templates with faults; a table that is neither a value, a command nor a Secret.
    pub fn env(&self, key: &str) -> Result<Vec<(String, EnvValue)>> {
        let Some(map) = self.table.and_then(|table| table.table(key)) else { return Ok(Vec::new()) };
        map.iter()
            .filter(|entry| entry.node.value != Value::Bool(false))
            .map(|entry| Ok((entry.key.clone(), self.env_value(&entry.key, &entry.node)?)))
            .collect()
    }

    fn env_value(&self, name: &str, node: &Node) -> Result<EnvValue> {
        let Value::Table(table) = &node.value else {
            let Value::Str(text) = &node.value else { return Ok(EnvValue::Text(node.value.json().to_string())) };
            return self.scope.eval(text, &node.origin).map(EnvValue::Text);
        };
        let inner = Read { scope: self.scope, table: Some(table), fields: self.fields, path: format!("{}.{name}", self.path) };
        if let Some(secret) = inner.text_opt("secret")? {
            return Ok(EnvValue::Secret { name: secret, key: inner.text_opt("key")?.unwrap_or_else(|| name.to_owned()) });
        }
        if table.get("command").is_some() {
            return inner.texts("command").map(EnvValue::Command);
        }
        match inner.text_opt("value")? {
            Some(text) if inner.node("mask").is_some_and(|node| node.value == Value::Bool(true)) => Ok(EnvValue::Masked(text)),
            Some(text) => Ok(EnvValue::Text(text)),
            None => Err(Error::usage(format!("`{}` has neither value, command nor secret", inner.path))
                .at(node.origin.place(""))
                .help("write { value = \"…\" }, { command = [\"…\"] } or { secret = \"NAME\", key = \"KEY\" }")),
        }
    }

    fn shape(&self, key: &str) -> Option<&'static Shape> {
        self.fields.key(key).map(|key| &key.shape)
    }

    fn default(&self, key: &str) -> &'static str {
        self.fields.key(key).map_or("", |key| key.default)
    }

    fn join(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

/// The table among a shape's possibilities.
fn table_shape(shape: Option<&'static Shape>) -> Option<&'static Fields> {
    match shape? {
        Shape::Table(fields) => Some(fields),
        Shape::Either(shapes) => shapes.iter().find_map(|shape| table_shape(Some(shape))),
        _ => None,
    }
}
