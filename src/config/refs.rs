//! What one part of the file says about another: tasks that are needed, cycles, places that collide.

use std::collections::HashMap;

use super::names::{Names, same};
use super::node::{Entry, Node, Table, Value};
use super::{ABOUT, BUILT_IN, ci, deploy_on, explain, params, wrapper};
use crate::report::{Problem, text};

/// Finds every dangling reference, every cycle of tasks, and two environments that are one place.
pub fn check(table: &Table, problems: &mut Vec<Problem>) {
    if let Some(tasks) = table.table("tasks") {
        let index = Names::new(tasks);
        let environments: Vec<&str> = table.table("environments").map(names).unwrap_or_default();
        for task in tasks.iter() {
            if ABOUT.iter().any(|name| same(name, &task.key)) {
                problems.push(Problem {
                    message: format!("a task can't be called `{}`: that command tells about the repo", task.key),
                    place: task.at.place(""),
                    notes: Vec::new(),
                    help: vec!["take another name".into()],
                });
            }
            references(&index, task, "needs", problems);
            references(&index, task, "finally", problems);
            params::check(task, &environments, problems);
            twice(&index, task, problems);
            both(task, "run", "command", || format!("task `{}`", task.key), problems);
            idle(task, problems);
        }
        cycles(&index, problems);
    }
    environments(table, problems);
    ci::check(table, problems);
    wrapper::check(table, problems);
    deploy_on::check(table, problems);
    forwards(table, problems);
    passed(table, problems);
    skipped(table, problems);
}

/// A task that would do nothing.
fn idle(task: &Entry, problems: &mut Vec<Problem>) {
    let Value::Table(table) = &task.node.value else { return };
    // A built-in command has its own work.
    let works = BUILT_IN.iter().any(|name| same(name, &task.key))
        || ["run", "command", "needs", "finally"].iter().any(|key| table.get(key).is_some());
    if !works {
        problems.push(Problem {
            message: format!("task `{}` does nothing", task.key),
            place: task.at.place(""),
            notes: Vec::new(),
            help: vec!["add `run`, `command` or `needs`".into()],
        });
    }
}

/// A smoke check names the environments in which it is not run. A base may name some that this repo does not
/// have: only what is nearly the name of one is a mistake.
fn skipped(table: &Table, problems: &mut Vec<Problem>) {
    let Some(checks) = table.table("smoke-test").and_then(|table| table.table("checks")) else { return };
    let known: Vec<&str> = table.table("environments").map(names).unwrap_or_default();
    for check in checks.iter() {
        let Value::Table(inner) = &check.node.value else { continue };
        for (name, node) in strings(inner, "skip-in").filter(|(name, _)| !known.contains(name)) {
            let Some(near) = text::nearest(name, known.iter().copied()) else { continue };
            problems.push(Problem {
                message: format!("check `{}` is skipped in `{name}`, which is no environment", check.key),
                place: node.origin.place("no such environment"),
                notes: Vec::new(),
                help: vec![format!("did you mean `{near}`?")],
            });
        }
    }
}

/// Two keys of which only one can be meant; an empty list takes away what a base says.
fn both(entry: &Entry, one: &str, other: &str, what: impl Fn() -> String, problems: &mut Vec<Problem>) {
    let Value::Table(table) = &entry.node.value else { return };
    let said = |key: &str| table.get(key).filter(|node| node.value != Value::List(Vec::new()));
    let (Some(first), Some(second)) = (said(one), said(other)) else { return };
    let elsewhere = first.origin.source.name != second.origin.source.name;
    // Of two files, the stronger one added its key to what the weaker one says.
    let position = |key: &str| table.iter().position(|entry| entry.key == key);
    let later = if elsewhere { position(one) > position(other) } else { first.origin.span.start > second.origin.span.start };
    let (one, other) = if later { (other, one) } else { (one, other) };
    let place = |key: &str| table.entry(key).map(|entry| &entry.at);
    let empty = elsewhere.then(|| format!("; `{one} = []` takes away what a base says"));
    problems.push(Problem {
        message: format!("{} has both `{one}` and `{other}`", what()),
        place: place(other).and_then(|at| at.place("")),
        notes: place(one).map(|at| format!("`{one}` is at {}", at.short())).into_iter().collect(),
        help: vec![format!("keep one of them{}", empty.unwrap_or_default())],
    });
}

/// What an image must have passed in before is another environment that is there.
fn passed(table: &Table, problems: &mut Vec<Problem>) {
    let Some(environments) = table.table("environments") else { return };
    let known = names(environments);
    for environment in environments.iter() {
        let Value::Table(inner) = &environment.node.value else { continue };
        let Some(gitops) = inner.table("gitops") else { continue };
        for (name, node) in strings(gitops, "passed-in").filter(|(name, _)| !known.contains(name) || *name == environment.key) {
            let near = text::nearest(name, known.iter().copied().filter(|known| *known != environment.key));
            problems.push(Problem {
                message: format!("what comes to `{}` can't have passed in `{name}` before", environment.key),
                place: node.origin.place(if known.contains(&name) { "the same environment" } else { "no such environment" }),
                notes: Vec::new(),
                help: vec![
                    near.map_or_else(
                        || "name an environment of this file, or none: []".to_owned(),
                        |near| format!("did you mean `{near}`?"),
                    ),
                ],
            });
        }
    }
}

/// A remote dependency is in an environment that is there, and that is not protected.
fn forwards(table: &Table, problems: &mut Vec<Problem>) {
    let Some(map) = table.table("run-local").and_then(|table| table.table("forward")) else { return };
    let environments = table.table("environments");
    for entry in map.iter() {
        let Value::Table(inner) = &entry.node.value else { continue };
        let Some((name, node)) = strings(inner, "environment").next() else { continue };
        let found = environments.and_then(|map| map.table(name));
        let protected = found.and_then(|table| table.get("protected")).is_some_and(|node| node.value == Value::Bool(true));
        let near = text::nearest(name, environments.map(names).unwrap_or_default());
        let (message, help) = match (found, near) {
            (None, Some(near)) => (format!("there is no environment `{name}`"), format!("did you mean `{near}`?")),
            (None, None) => (format!("there is no environment `{name}`"), format!("add [environments.{name}] with its context")),
            (Some(_), _) if protected => {
                (format!("run-local takes nothing from `{name}`, which is protected"), "name an environment for trying things out".into())
            }
            _ => continue,
        };
        problems.push(Problem { message, place: node.origin.place(""), notes: Vec::new(), help: vec![help] });
    }
}

fn names(table: &Table) -> Vec<&str> {
    table.iter().map(|entry| entry.key.as_str()).collect()
}

fn strings<'a>(table: &'a Table, key: &str) -> impl Iterator<Item = (&'a str, &'a Node)> {
    let items = match table.get(key) {
        Some(Node { value: Value::List(items), .. }) => items.as_slice(),
        Some(node) => std::slice::from_ref(node),
        None => &[],
    };
    items.iter().filter_map(|item| match &item.value {
        Value::Str(text) => Some((text.as_str(), item)),
        _ => None,
    })
}

fn references(index: &Names<'_>, task: &Entry, key: &str, problems: &mut Vec<Problem>) {
    let Value::Table(table) = &task.node.value else { return };
    for (name, node) in strings(table, key) {
        if index.find(name).is_some() || BUILT_IN.iter().any(|known| same(known, name)) {
            continue;
        }
        let known = index.entries.iter().map(|task| task.key.as_str()).chain(BUILT_IN.iter().copied());
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
fn twice(index: &Names<'_>, task: &Entry, problems: &mut Vec<Problem>) {
    let last = index.find(&task.key).map(|at| index.entries[at]);
    let Some(last) = last.filter(|last| last.key != task.key) else { return };
    problems.push(Problem {
        message: format!("tasks `{}` and `{}` are the same: underscores and hyphens are not told apart", task.key, last.key),
        place: last.at.place(""),
        notes: vec![format!("the other one is at {}", task.at.short())],
        help: vec!["give one of them another name".into()],
    });
}

fn cycles(index: &Names<'_>, problems: &mut Vec<Problem>) {
    let mut seen = vec![Seen::No; index.entries.len()];
    for at in 0..index.entries.len() {
        visit(index, at, &mut Vec::new(), &mut seen, problems);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    No,
    OnThePath,
    Done,
}

fn visit<'a>(index: &Names<'a>, at: usize, path: &mut Vec<(&'a str, &'a Node)>, seen: &mut [Seen], problems: &mut Vec<Problem>) {
    let task = index.entries[at];
    let Value::Table(table) = &task.node.value else { return };
    if seen[at] == Seen::Done {
        return;
    }
    seen[at] = Seen::OnThePath;
    for (need, node) in strings(table, "needs") {
        let Some(next) = index.find(need) else { continue };
        path.push((&task.key, node));
        match seen[next] {
            Seen::OnThePath => cycle(&index.entries[next].key, path, node, problems),
            _ => visit(index, next, path, seen, problems),
        }
        path.pop();
    }
    seen[at] = Seen::Done;
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
        both(environment, "cluster", "context", || format!("environment `{}`", environment.key), problems);
        placeless(environment, inner, problems);
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

/// An environment is a place, and says something only of clusters that it is in.
fn placeless(environment: &Entry, inner: &Table, problems: &mut Vec<Problem>) {
    let own: Vec<&str> = strings(inner, "cluster").map(|(name, _)| name).collect();
    let known = || inner.iter().all(|entry| explain::schema(&["environments", "", &entry.key]).is_some());
    if inner.get("cluster").is_none() && inner.get("context").is_none() && known() {
        problems.push(Problem {
            message: format!("environment `{}` names neither a context nor a cluster", environment.key),
            place: environment.at.place("in this table"),
            notes: Vec::new(),
            help: vec![format!("add `context = \"a context of your kubeconfig\"` to [environments.{}]", environment.key)],
        });
    }
    for entry in inner.table("clusters").into_iter().flat_map(Table::iter).filter(|entry| !own.contains(&entry.key.as_str())) {
        let help = match text::nearest(&entry.key, own.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("name it in the environment: cluster = [\"{}\"]", entry.key),
        };
        problems.push(Problem {
            message: format!("environment `{}` is not in the cluster `{}`", environment.key, entry.key),
            place: entry.at.place(""),
            notes: Vec::new(),
            help: vec![help],
        });
    }
}

/// The contexts of an environment, through its clusters.
fn contexts(table: &Table, environment: &Table) -> Vec<String> {
    let own = environment.str("context").map(str::to_owned);
    let named =
        strings(environment, "cluster").filter_map(|(name, _)| Some(table.table("clusters")?.table(name)?.str("context")?.to_owned()));
    own.into_iter().chain(named).collect()
}
