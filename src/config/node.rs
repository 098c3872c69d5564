//! The file as a tree in which every value knows where it was written.

use std::ops::Range;
use std::sync::Arc;

use crate::report::Place;

/// A text that values come from: a file, or an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The file as shown to people.
    pub name: Arc<str>,
    /// The folder that paths in it are relative to.
    pub dir: std::path::PathBuf,
    /// Its whole text.
    pub text: Arc<str>,
}

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The text.
    pub source: Arc<Source>,
    /// The bytes in it.
    pub span: Range<usize>,
}

impl Origin {
    /// The place to underline.
    pub fn place(&self, label: impl Into<String>) -> Option<Place> {
        let source = &self.source;
        Some(Place { file: source.name.clone(), text: source.text.clone(), span: self.span.clone(), label: label.into() })
    }

    /// `instep.toml:12`.
    pub fn short(&self) -> String {
        self.place("").map_or_else(String::new, |place| place.short())
    }
}

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where.
    pub origin: Origin,
}

/// What TOML knows.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A string.
    Str(String),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// A boolean.
    Bool(bool),
    /// A date or time; no key takes one.
    Date(String),
    /// An array.
    List(Vec<Node>),
    /// A table.
    Table(Table),
}

impl Value {
    /// The type's name for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Str(_) => "a string",
            Self::Int(_) => "an integer",
            Self::Float(number) if number.is_infinite() => "a number that is too large",
            Self::Float(_) => "a float",
            Self::Bool(_) => "a boolean",
            Self::Date(_) => "a date",
            Self::List(_) => "an array",
            Self::Table(_) => "a table",
        }
    }

    /// As plain JSON.
    pub fn json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self {
            Self::Str(text) | Self::Date(text) => Json::from(text.as_str()),
            Self::Int(n) => Json::from(*n),
            Self::Float(n) => Json::from(*n),
            Self::Bool(b) => Json::from(*b),
            Self::List(items) => items.iter().map(|item| item.value.json()).collect(),
            Self::Table(table) => {
                table.iter().map(|entry| (entry.key.clone(), entry.node.value.json())).collect::<serde_json::Map<_, _>>().into()
            }
        }
    }
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key was written.
    pub at: Origin,
    /// The value.
    pub node: Node,
}

/// Entries in the order in which they were written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    entries: Vec<Entry>,
}

impl Table {
    /// A table with room for this many entries.
    pub fn with_room(entries: usize) -> Self {
        Self { entries: Vec::with_capacity(entries) }
    }

    /// The entries, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Entry> {
        self.entries.iter()
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// The table of a key, when it is one.
    pub fn table(&self, key: &str) -> Option<&Self> {
        match self.get(key)?.value {
            Value::Table(ref table) => Some(table),
            _ => None,
        }
    }

    /// The string of a key, as written.
    pub fn str(&self, key: &str) -> Option<&str> {
        match self.get(key)?.value {
            Value::Str(ref text) => Some(text),
            _ => None,
        }
    }

    /// The value at a path of keys.
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        let (last, tables) = path.split_last()?;
        tables.iter().try_fold(self, |table, key| table.table(key))?.get(last)
    }

    /// Puts an entry in the place of one with the same key, or at the end.
    pub fn put(&mut self, entry: Entry) {
        match self.entries.iter_mut().find(|old| old.key == entry.key) {
            Some(old) => *old = entry,
            None => self.entries.push(entry),
        }
    }

    /// The number of the entry of a key; the newest entries are looked at first.
    pub fn position(&self, key: &str) -> Option<usize> {
        self.entries.iter().rposition(|entry| entry.key == key)
    }

    /// The entry with this number, to be changed.
    pub fn nth_mut(&mut self, at: usize) -> Option<&mut Entry> {
        self.entries.get_mut(at)
    }

    /// Adds an entry whose key is known to be new.
    pub fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Takes a key out.
    pub fn remove(&mut self, key: &str) {
        self.entries.retain(|entry| entry.key != key);
    }

    /// The entry of a key, to be changed.
    pub fn entry_mut(&mut self, key: &str) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.key == key)
    }
}
