//! What one part of the file says about another: tasks that are needed, cycles, places that collide.

use std::collections::HashMap;

use super::node::{Entry, Node, Table, Value};
use super::{BUILT_IN, params};
use crate::report::{Problem, text};

/// Finds every dangling reference, every cycle of tasks, and two environments that are one place.
pub fn check(table: &Table, problems: &mut Vec<Problem>) {
    if let Some(tasks) = table.table("tasks") {
        let environments: Vec<&str> = table.table("environments").map(names).unwrap_or_default();
        for task in tasks.iter() {
            references(tasks, task, "needs", problems);
            references(tasks, task, "finally", problems);
            params::check(task, &environments, problems);
        }
        twice(tasks, problems);
        cycles(tasks, problems);
    }
    environments(table, problems);
}

fn names(table: &Table) -> Vec<&str> {
    table.iter().map(|entry| entry.key.as_str()).collect()
}

fn strings<'a>(table: &'a Table, key: &str) -> Vec<(&'a str, &'a Node)> {
    let Some(node) = table.get(key) else { return Vec::new() };
    let items = match &node.value {
        Value::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    items
        .iter()
        .filter_map(|item| match &item.value {
            Value::Str(text) => Some((text.as_str(), item)),
            _ => None,
        })
        .collect()
}

/// Underscores and hyphens are the same.
pub fn same(a: &str, b: &str) -> bool {
    let hyphen = |byte: u8| if byte == b'_' { b'-' } else { byte };
    a.len() == b.len() && a.bytes().map(hyphen).eq(b.bytes().map(hyphen))
}

fn references(tasks: &Table, task: &Entry, key: &str, problems: &mut Vec<Problem>) {
    let Value::Table(table) = &task.node.value else { return };
    for (name, node) in strings(table, key) {
        let known = tasks.iter().map(|task| task.key.as_str()).chain(BUILT_IN.iter().copied());
        if known.clone().any(|known| same(known, name)) {
            continue;
        }
        let help = text::nearest(name, known).map(|near| format!("did you mean `{near}`?"));
        problems.push(Problem {
            message: format!("task `{}` {} `{name}`, which is not a task", task.key, if key == "needs" { "needs" } else { "ends with" }),
            place: node.origin.place("no such task"),
            notes: Vec::new(),
            help: vec![help.unwrap_or_else(|| format!("add [tasks.{name}], or take it out"))],
        });
    }
}

/// Two tasks whose names differ in underscores and hyphens only are one on the command line.
fn twice(tasks: &Table, problems: &mut Vec<Problem>) {
    for (at, task) in tasks.iter().enumerate() {
        if let Some(first) = tasks.iter().take(at).find(|first| same(&first.key, &task.key)) {
            problems.push(Problem {
                message: format!("tasks `{}` and `{}` are the same: underscores and hyphens are not told apart", first.key, task.key),
                place: task.at.place(""),
                notes: vec![format!("the other one is at {}", first.at.short())],
                help: vec!["give one of them another name".into()],
            });
        }
    }
}

fn cycles(tasks: &Table, problems: &mut Vec<Problem>) {
    let mut state: HashMap<&str, bool> = HashMap::new();
    for task in tasks.iter() {
        let mut path = Vec::new();
        visit(tasks, &task.key, &mut path, &mut state, problems);
    }
}

/// `state`: absent not seen, false on the path, true done.
fn visit<'a>(
    tasks: &'a Table,
    name: &'a str,
    path: &mut Vec<(&'a str, &'a Node)>,
    state: &mut HashMap<&'a str, bool>,
    problems: &mut Vec<Problem>,
) {
    if state.get(name) == Some(&true) {
        return;
    }
    state.insert(name, false);
    for (need, node) in tasks.table(name).map(|table| strings(table, "needs")).unwrap_or_default() {
        let Some(next) = tasks.iter().find(|task| same(&task.key, need)) else { continue };
        path.push((name, node));
        match state.get(next.key.as_str()) {
            // A task that carries a built-in's name and needs that name means the built-in's own work.
            Some(false) => cycle(&next.key, path, node, problems),
            _ => visit(tasks, &next.key, path, state, problems),
        }
        path.pop();
    }
    state.insert(name, true);
}

fn cycle(start: &str, path: &[(&str, &Node)], node: &Node, problems: &mut Vec<Problem>) {
    let from = path.iter().position(|(name, _)| *name == start).unwrap_or(0);
    let mut names: Vec<&str> = path[from..].iter().map(|(name, _)| *name).collect();
    names.push(start);
    problems.push(Problem {
        message: format!("tasks need each other in a circle: {}", names.join(" → ")),
        place: node.origin.place("closes the circle"),
        notes: Vec::new(),
        help: vec!["take one of these needs out".into()],
    });
}

/// An environment must name its cluster, a known one, and be a place of its own.
fn environments(table: &Table, problems: &mut Vec<Problem>) {
    let Some(environments) = table.table("environments") else { return };
    let clusters: Vec<&str> = table.table("clusters").map(names).unwrap_or_default();
    let service = table.at(&["service", "name"]).map(|node| node.value.json().to_string());
    let mut places: HashMap<(String, String), &Entry> = HashMap::new();
    for environment in environments.iter() {
        let Value::Table(inner) = &environment.node.value else { continue };
        for (name, node) in strings(inner, "cluster") {
            if !clusters.contains(&name) {
                let near = text::nearest(name, clusters.iter().copied());
                problems.push(Problem {
                    message: format!("environment `{}` names the cluster `{name}`, which is not there", environment.key),
                    place: node.origin.place("no such cluster"),
                    notes: Vec::new(),
                    help: vec![
                        near.map_or_else(|| format!("add [clusters.{name}] with its context"), |near| format!("did you mean `{near}`?")),
                    ],
                });
            }
        }
        let namespace = inner.get("namespace").map(|node| node.value.json().to_string()).or_else(|| service.clone()).unwrap_or_default();
        for context in contexts(table, inner) {
            if let Some(other) = places.insert((context.clone(), namespace.clone()), environment) {
                problems.push(Problem {
                    message: format!(
                        "environments `{}` and `{}` are the same place: context {context}, namespace {namespace}",
                        other.key, environment.key
                    ),
                    place: environment.at.place(""),
                    notes: Vec::new(),
                    help: vec!["give one of them another context or namespace".into()],
                });
            }
        }
    }
}

/// The contexts of an environment, through its clusters.
fn contexts(table: &Table, environment: &Table) -> Vec<String> {
    let own = environment.str("context").map(str::to_owned);
    let named = strings(environment, "cluster")
        .into_iter()
        .filter_map(|(name, _)| Some(table.table("clusters")?.table(name)?.str("context")?.to_owned()));
    own.into_iter().chain(named).collect()
}
