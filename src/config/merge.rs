//! Layers: tables merge key by key, all else replaces, `KEY = false` removes a named entry.

use super::node::{Entry, Table, Value};
use super::schema::{ENV_TABLE, Fields, ROOT, Shape};

/// Lays `over` upon `base`.
pub fn merge(base: &mut Table, over: &Table) {
    merge_where(base, over, |_| true);
}

/// Lays of `over` what passes the test upon `base`.
pub fn merge_where(base: &mut Table, over: &Table, keep: impl Fn(&str) -> bool) {
    for entry in over.iter().filter(|entry| keep(&entry.key)) {
        merge_entry(base, entry, ROOT.key(&entry.key).map(|key| &key.shape));
    }
}

fn merge_table(base: &mut Table, over: &Table, fields: Option<&'static Fields>) {
    for entry in over.iter() {
        let shape = fields.and_then(|fields| fields.key(&entry.key)).map(|key| &key.shape);
        merge_entry(base, entry, shape);
    }
}

fn merge_entry(base: &mut Table, over: &Entry, shape: Option<&'static Shape>) {
    let shape = shape.map(|shape| resolve(shape, &over.node.value));
    let Some(old) = base.entry_mut(&over.key) else {
        let mut entry = over.clone();
        if let Value::Table(table) = &mut entry.node.value {
            clean(table, shape);
        }
        base.push(entry);
        return;
    };
    match (&mut old.node.value, &over.node.value) {
        (Value::Table(base), Value::Table(other)) if is_variable(shape) && kinds(base) != kinds(other) && !kinds(other).is_empty() => {
            *old = over.clone();
        }
        (Value::Table(base), Value::Table(over)) => match shape {
            Some(Shape::Table(fields)) => merge_table(base, over, Some(fields)),
            Some(Shape::Map(_, inner) | Shape::Named(_, inner)) => {
                for entry in over.iter() {
                    if is_removal(shape, entry) {
                        base.remove(&entry.key);
                    } else {
                        merge_entry(base, entry, Some(inner));
                    }
                }
            }
            _ => merge_table(base, over, None),
        },
        _ => *old = over.clone(),
    }
}

/// A removal in the weakest layer removes nothing; it goes away.
fn clean(table: &mut Table, shape: Option<&'static Shape>) {
    let gone: Vec<String> = table.iter().filter(|entry| is_removal(shape, entry)).map(|entry| entry.key.clone()).collect();
    for key in &gone {
        table.remove(key);
    }
    let keys: Vec<String> = table.iter().map(|entry| entry.key.clone()).collect();
    for key in keys {
        let inner = match shape {
            Some(Shape::Table(fields)) => fields.key(&key).map(|key| &key.shape),
            Some(Shape::Map(_, inner) | Shape::Named(_, inner)) => Some(*inner),
            _ => None,
        };
        let Some(entry) = table.entry_mut(&key) else { continue };
        let inner = inner.map(|shape| resolve(shape, &entry.node.value));
        if let Value::Table(table) = &mut entry.node.value {
            clean(table, inner);
        }
    }
}

/// The value of a variable of another kind is another value: nothing is left of the one below it.
fn is_variable(shape: Option<&Shape>) -> bool {
    matches!(shape, Some(Shape::Table(fields)) if std::ptr::eq(*fields, &raw const ENV_TABLE))
}

fn kinds(table: &Table) -> Vec<&'static str> {
    ["command", "secret", "value"].into_iter().filter(|kind| table.get(kind).is_some()).collect()
}

fn is_removal(shape: Option<&Shape>, entry: &Entry) -> bool {
    matches!(shape, Some(Shape::Named(..))) && entry.node.value == Value::Bool(false)
}

/// Of several shapes, the one that this value has.
fn resolve(shape: &'static Shape, value: &Value) -> &'static Shape {
    match shape {
        Shape::Either(shapes) => shapes
            .iter()
            .find(|shape| matches!((shape, value), (Shape::Table(_) | Shape::Map(..) | Shape::Named(..), Value::Table(_))))
            .unwrap_or(shape),
        other => other,
    }
}
