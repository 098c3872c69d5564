//! What the parameters of a task must keep to, beyond the form of each key.

use super::COMMON_OPTIONS;
use super::node::{Entry, Node, Table, Value};
use crate::report::{Problem, text};

/// Finds parameters that hide a common option or never get a value, and defaults that are not allowed.
pub fn check(task: &Entry, environments: &[&str], problems: &mut Vec<Problem>) {
    let Value::Table(table) = &task.node.value else { return };
    let Some(params) = table.table("params") else { return };
    let mut greedy: Option<&str> = None;
    for param in params.iter() {
        let Value::Table(inner) = &param.node.value else { continue };
        let mut fault = |message: String, help: String| {
            problems.push(Problem { message, place: param.at.place(""), notes: Vec::new(), help: vec![help] });
        };
        if COMMON_OPTIONS.contains(&param.key.as_str()) {
            fault(format!("parameter `{}` has the name of an option that every command has", param.key), "take another name".to_owned());
        }
        if let Some(node) = inner.get("default") {
            problems.extend(default(param, inner, node, environments));
            continue;
        }
        if inner.str("type") == Some("bool") {
            continue;
        }
        if let Some(greedy) = greedy {
            fault(
                format!("parameter `{}` never gets a value: `{greedy}` takes all that is left", param.key),
                format!("write it before `{greedy}`"),
            );
        }
        if inner.get("variadic").is_some_and(|node| node.value == Value::Bool(true)) {
            greedy = Some(&param.key);
        }
    }
}

/// The default must be a value that could be given.
fn default(param: &Entry, inner: &Table, node: &Node, environments: &[&str]) -> Option<Problem> {
    let value = match &node.value {
        Value::Str(text) => text.clone(),
        other => other.json().to_string(),
    };
    let choices = match inner.get("choices").map(|node| &node.value) {
        Some(Value::List(items)) => {
            items.iter().filter_map(|item| if let Value::Str(text) = &item.value { Some(text.as_str()) } else { None }).collect()
        }
        _ => Vec::new(),
    };
    let (what, known) = match inner.str("type") {
        _ if !choices.is_empty() => ("is none of its choices", choices),
        Some("int") if value.parse::<i64>().is_err() => ("is not an integer", Vec::new()),
        Some("environment") => ("is no environment", environments.to_vec()),
        _ => return None,
    };
    if known.contains(&value.as_str()) {
        return None;
    }
    let help = match text::nearest(&value, known.iter().copied()) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None if known.is_empty() => "write another default, or take it out".to_owned(),
        None => format!("write one of: {}", known.join(", ")),
    };
    Some(Problem {
        message: format!("parameter `{}` has the default \"{value}\", which {what}", param.key),
        place: node.origin.place(""),
        notes: Vec::new(),
        help: vec![help],
    })
}
