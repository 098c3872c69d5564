//! How a value of a wrong type can be written instead, when it is clear what is meant.

use super::node::{Node, Value};
use super::schema::Shape;
use super::value;

/// What to write, for a value that the shape does not take.
pub fn rewritten(shape: &Shape, node: &Node) -> Option<String> {
    match (shape, &node.value) {
        (Shape::Either(shapes), _) => shapes.iter().find_map(|shape| rewritten(shape, node)),
        (Shape::Bool, Value::Str(word)) if word == "true" || word == "false" => Some(format!("write {word}, without quotes")),
        (Shape::Int(..), Value::Str(word)) => word.trim().parse::<i64>().ok().map(|number| format!("write {number}, without quotes")),
        (Shape::Duration, Value::Int(number)) => {
            value::duration(&number.to_string()).err().filter(|_| *number >= 0).and_then(|fault| fault.help)
        }
        (Shape::Quantity, Value::Int(_) | Value::Float(_)) => in_quotes(node),
        (Shape::List(Shape::Text | Shape::Word(_)), Value::Str(text)) => {
            let items = shlex::split(text).filter(|_| !text.contains(['*', '{'])).unwrap_or_else(|| vec![text.clone()]);
            let items: Vec<String> = items.iter().map(|item| serde_json::Value::from(item.as_str()).to_string()).collect();
            Some(format!("write [{}]", items.join(", ")))
        }
        _ => None,
    }
}

/// As [`rewritten`], where the keys are free: any text may be meant there.
pub fn quoted(shape: &Shape, node: &Node) -> Option<String> {
    match (shape, &node.value) {
        (Shape::Either(shapes), _) => shapes.iter().find_map(|shape| quoted(shape, node)),
        (Shape::Text | Shape::Word(_), Value::Int(_) | Value::Float(_) | Value::Bool(_)) => in_quotes(node),
        _ => rewritten(shape, node),
    }
}

/// The value as it stands in the file, as a string.
fn in_quotes(node: &Node) -> Option<String> {
    let written = node.origin.source.text.get(node.origin.span.clone())?;
    Some(format!("write \"{written}\", in quotes"))
}
