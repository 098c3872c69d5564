//! TOML text to a tree of nodes. Every syntax error is reported, not only the first.

use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::node::{Entry, Node, Origin, Source, Table, Value};
use super::plain;
use crate::report::Problem;

/// Reads a text. The tree holds what could be read, also when there are problems.
pub fn parse(source: &Arc<Source>) -> (Table, Vec<Problem>) {
    parse_plain(source).map_or_else(|| parse_any(source), |table| (table, Vec::new()))
}

/// As [`parse`], when the text is plain.
pub fn parse_plain(source: &Arc<Source>) -> Option<Table> {
    plain::parse(source)
}

/// As [`parse`], always by the toml crate, which knows every rule.
pub fn parse_any(source: &Arc<Source>) -> (Table, Vec<Problem>) {
    let (document, errors) = DeTable::parse_recoverable(&source.text);
    let mut problems: Vec<Problem> = errors.iter().map(|error| syntax(source, error)).collect();
    problems.sort_by_key(|problem| problem.place.as_ref().map(|place| place.span.start));
    (table(source, document.into_inner()), problems)
}

/// Reads one value, as `--config KEY=VALUE` gives it; what is not TOML is taken as a string.
pub fn value(source: &Arc<Source>, start: usize) -> Node {
    let text = &source.text[start..];
    let origin = Origin { source: source.clone(), span: start..source.text.len() };
    let value = match DeValue::parse(text) {
        Ok(parsed) => convert(source, parsed.into_inner()),
        Err(_) => Value::Str(text.to_owned()),
    };
    Node { value, origin }
}

fn syntax(source: &Arc<Source>, error: &toml::de::Error) -> Problem {
    let span = error.span().unwrap_or(0..0);
    let origin = Origin { source: source.clone(), span };
    let message = error.message().lines().next().unwrap_or("invalid TOML").to_owned();
    Problem { message: format!("invalid TOML: {message}"), place: origin.place(""), ..Problem::default() }
}

fn table(source: &Arc<Source>, table: DeTable<'_>) -> Table {
    let mut out = Table::with_room(table.len());
    for (key, value) in table {
        let at = Origin { source: source.clone(), span: key.span() };
        out.push(Entry { key: key.into_inner().into_owned(), at, node: node(source, value) });
    }
    out
}

fn node(source: &Arc<Source>, value: Spanned<DeValue<'_>>) -> Node {
    let origin = Origin { source: source.clone(), span: value.span() };
    Node { value: convert(source, value.into_inner()), origin }
}

fn convert(source: &Arc<Source>, value: DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::Str(text.into_owned()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Int(number),
            Err(_) => Value::Float(f64::INFINITY),
        },
        DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(flag) => Value::Bool(flag),
        DeValue::Datetime(date) => Value::Date(date.to_string()),
        DeValue::Array(items) => Value::List(items.into_iter().map(|item| node(source, item)).collect()),
        DeValue::Table(inner) => Value::Table(table(source, inner)),
    }
}
