//! Holds a tree against the schema. Every fault is found, each with its place and what to do.

use super::node::{Entry, Node, Table, Value};
use super::schema::{Fields, Form, Key, ROOT, Shape};
use super::{advice, value};
use crate::report::{Problem, text};

/// What was found in one file.
#[derive(Debug, Default)]
pub struct Findings {
    /// Faults: the file can't be used.
    pub problems: Vec<Problem>,
    /// A named entry is taken away with `KEY = false`.
    pub removes: bool,
}

/// Checks a whole file against a table of the schema.
pub fn check(table: &Table, fields: &'static Fields) -> Findings {
    let mut findings = Findings::default();
    findings.table(table, fields, &mut Vec::new());
    findings
}

impl Findings {
    fn table<'a>(&mut self, table: &'a Table, fields: &'static Fields, path: &mut Vec<&'a str>) {
        for entry in table.iter() {
            match fields.key(&entry.key) {
                Some(key) => self.key(entry, key, path),
                None => self.unknown(entry, fields, path),
            }
        }
    }

    fn key<'a>(&mut self, entry: &'a Entry, key: &'static Key, path: &mut Vec<&'a str>) {
        path.push(&entry.key);
        self.node(&entry.node, &key.shape, path);
        path.pop();
    }

    fn unknown(&mut self, entry: &Entry, fields: &'static Fields, path: &[&str]) {
        let at = if path.is_empty() { "at the top level".to_owned() } else { format!("in [{}]", path.join(".")) };
        if let Some(table) = not_by_environment(&entry.key, path) {
            self.problems.push(Problem {
                message: format!("`{}` {at} is the same in all environments", entry.key),
                place: entry.at.place("can't differ"),
                notes: Vec::new(),
                help: vec![format!("write it in [{table}], or take it out")],
            });
            return;
        }
        let nearest = text::nearest(&entry.key, fields.keys().map(|key| key.name));
        let help = match nearest {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known keys: {}", fields.keys().map(|key| key.name).collect::<Vec<_>>().join(", ")),
        };
        self.problems.push(Problem {
            message: format!("unknown key `{}` {at}", entry.key),
            place: entry.at.place(if nearest.is_some() { "not known here" } else { "" }),
            notes: Vec::new(),
            help: vec![help],
        });
    }

    fn node<'a>(&mut self, node: &'a Node, shape: &'static Shape, path: &mut Vec<&'a str>) {
        match (shape, &node.value) {
            (Shape::Either(shapes), _) => match shapes.iter().find(|shape| fits(shape, &node.value)) {
                Some(shape) => self.node(node, shape, path),
                None => self.wrong_type(node, &expected(shape), advice::rewritten(shape, node), path),
            },
            (_, value) if !fits(shape, value) => self.wrong_type(node, &expected(shape), advice::rewritten(shape, node), path),
            (Shape::List(inner), Value::List(items)) => items.iter().for_each(|item| self.node(item, inner, path)),
            (Shape::Table(fields), Value::Table(table)) => self.table(table, fields, path),
            (Shape::Map(form, inner), Value::Table(table)) => self.map(table, *form, inner, false, path),
            (Shape::Named(form, inner), Value::Table(table)) => self.map(table, *form, inner, true, path),
            (shape, value) => {
                if let Err(fault) = value::check(shape, value) {
                    self.bad_value(node, &fault, path);
                }
            }
        }
    }

    fn map<'a>(&mut self, table: &'a Table, form: Form, inner: &'static Shape, removable: bool, path: &mut Vec<&'a str>) {
        for entry in table.iter() {
            if let Err(fault) = value::check_form(form, &entry.key) {
                self.problems.push(Problem {
                    message: format!("`{}` in [{}] {}", entry.key, path.join("."), fault.what),
                    place: entry.at.place(""),
                    notes: Vec::new(),
                    help: fault.help.into_iter().collect(),
                });
            }
            if removable && entry.node.value == Value::Bool(false) {
                self.removes = true;
                continue;
            }
            path.push(&entry.key);
            if fits(inner, &entry.node.value) {
                self.node(&entry.node, inner, path);
            } else {
                let or_false = if removable && !fits(inner, &Value::Bool(false)) { ", or false" } else { "" };
                let expected = format!("{}{or_false}", expected(inner));
                self.wrong_type(&entry.node, &expected, advice::quoted(inner, &entry.node), path);
            }
            path.pop();
        }
    }

    fn wrong_type(&mut self, node: &Node, expected: &str, help: Option<String>, path: &[&str]) {
        let found = match &node.value {
            Value::Bool(flag) => flag.to_string(),
            other => other.kind().to_owned(),
        };
        self.problems.push(Problem {
            message: format!("`{}` must be {expected}, not {found}", path.join(".")),
            place: node.origin.place(if matches!(node.value, Value::Bool(_)) { String::new() } else { format!("{found} here") }),
            notes: Vec::new(),
            help: help.into_iter().collect(),
        });
    }

    fn bad_value(&mut self, node: &Node, fault: &value::Fault, path: &[&str]) {
        self.problems.push(Problem {
            message: format!("`{}` {}", path.join("."), fault.what),
            place: node.origin.place(""),
            notes: Vec::new(),
            help: fault.help.clone().into_iter().collect(),
        });
    }
}

/// The table that a key belongs to, when an environment (or its cluster) tries to set what it can't.
fn not_by_environment(key: &str, path: &[&str]) -> Option<String> {
    let path = match path {
        [environments, _, clusters, _, rest @ ..] if *environments == "environments" && *clusters == "clusters" => rest,
        [environments, _, rest @ ..] if *environments == "environments" => rest,
        _ => return None,
    };
    let (first, rest) = path.split_first()?;
    let table = rest.iter().try_fold(&ROOT.key(first)?.shape, |shape, key| match shape {
        Shape::Table(fields) => fields.key(key).map(|key| &key.shape),
        Shape::Map(_, inner) | Shape::Named(_, inner) => Some(*inner),
        _ => None,
    })?;
    matches!(table, Shape::Table(fields) if fields.key(key).is_some()).then(|| path.join("."))
}

/// Whether a value's type is one that the shape takes.
fn fits(shape: &Shape, value: &Value) -> bool {
    match shape {
        Shape::Any => true,
        Shape::False => *value == Value::Bool(false),
        Shape::Bool => matches!(value, Value::Bool(_)),
        Shape::Int(..) => matches!(value, Value::Int(_)),
        Shape::Number => matches!(value, Value::Int(_) | Value::Float(_)),
        Shape::Text | Shape::Word(_) | Shape::Duration | Shape::Quantity | Shape::Choice(_) => matches!(value, Value::Str(_)),
        Shape::List(_) => matches!(value, Value::List(_)),
        Shape::Table(_) | Shape::Map(..) | Shape::Named(..) => matches!(value, Value::Table(_)),
        Shape::Either(shapes) => shapes.iter().any(|shape| fits(shape, value)),
    }
}

/// What a shape takes, in words.
pub fn expected(shape: &Shape) -> String {
    match shape {
        Shape::Text | Shape::Word(_) => "a string".into(),
        Shape::Bool => "true or false".into(),
        Shape::False => "false".into(),
        Shape::Int(..) => "an integer".into(),
        Shape::Number => "a number".into(),
        Shape::Duration => "a duration such as \"10s\"".into(),
        Shape::Quantity => "a quantity such as \"128Mi\"".into(),
        Shape::Choice(words) => format!("one of {}", words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")),
        Shape::List(inner) => format!("an array ({} each)", expected(inner)),
        Shape::Table(_) | Shape::Map(..) | Shape::Named(..) => "a table".into(),
        Shape::Any => "any value".into(),
        Shape::Either(shapes) => shapes.iter().map(expected).collect::<Vec<_>>().join(", or "),
    }
}
