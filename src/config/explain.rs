//! Who says what a key or a variable is: every layer that has a say, strongest first.

use serde::Serialize;

use super::dotenv;
use super::node::{Entry, Node, Table, Value};
use super::schema::{Fields, Key, ROOT, Shape};
use super::variables;
use super::{Project, RunLocal, Scope, Task, same};
use crate::report::{Error, Result, text};

/// What is shown in the place of a secret.
const STARS: &str = "***";

/// What one layer says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Said {
    /// The key as written there, or the kind of layer: `-e`, `the caller's environment`, `default`.
    pub layer: String,
    /// The value, as it would be written; secrets are stars.
    pub value: String,
    /// The file and line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// Whose variable is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// A task's.
    Task(String),
    /// The service's on this machine.
    RunLocal,
    /// The main workload's, in the cluster.
    Kube,
    /// A further workload's.
    Workload(String),
}

impl Whose {
    /// A task's or a workload's name, `run-local`, or `kube`.
    ///
    /// # Errors
    /// Exit code 2 with the nearest name.
    pub fn named(project: &Project, name: &str) -> Result<Self> {
        let all = Self::all(project);
        if let Some(found) = all.iter().find(|whose| same(whose.name(), name)) {
            return Ok(found.clone());
        }
        let error = Error::usage(format!("there is no task or workload `{name}`"));
        match text::nearest(name, all.iter().map(Self::name)) {
            Some(near) => Err(error.help(format!("did you mean `{near}`?"))),
            None => Err(error.help("name a task, a workload, run-local or kube")),
        }
    }

    /// All who have variables here.
    pub fn all(project: &Project) -> Vec<Self> {
        let tree = project.scope().tree();
        let mut all: Vec<Self> = project.task_names().into_iter().map(|name| Self::Task(name.to_owned())).collect();
        let workloads = tree.table("workloads").into_iter().flat_map(Table::iter);
        all.extend(tree.get("run-local").map(|_| Self::RunLocal));
        all.extend(tree.get("service").or(tree.get("kube")).map(|_| Self::Kube));
        all.extend(workloads.map(|entry| Self::Workload(entry.key.clone())));
        all
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Task(name) | Self::Workload(name) => name,
            Self::RunLocal => "run-local",
            Self::Kube => "kube",
        }
    }

    /// The tables with its `env`, strongest first.
    fn tables(&self) -> Vec<Vec<&str>> {
        match self {
            Self::Task(name) => vec![vec!["tasks", name]],
            Self::RunLocal => vec![vec!["run-local"]],
            Self::Kube => vec![vec!["kube"]],
            Self::Workload(name) => vec![vec!["workloads", name], vec!["kube"]],
        }
    }
}

/// What else decides about variables: all that is no part of the file.
pub struct Around<'a> {
    /// `-e`, the last one is the strongest.
    pub arguments: &'a [(String, String)],
    /// The caller's environment.
    pub caller: &'a dyn Fn(&str) -> Option<String>,
    /// The environment that is chosen, and the cluster in it.
    pub place: Option<(&'a str, Option<&'a str>)>,
}

/// Every layer that says something of a key, strongest first; the first one has the last word.
pub fn key(project: &Project, path: &[&str], place: Option<(&str, Option<&str>)>) -> Vec<Said> {
    let mut said = Vec::new();
    for layer in project.layers.iter().rev() {
        let over = |prefix: &[&str]| {
            let overlay = prefix.is_empty() || path.first() != Some(&"clusters");
            if overlay { find(layer, prefix, path) } else { None }
        };
        if let Some((environment, cluster)) = place {
            said.extend(cluster.and_then(|cluster| over(&["environments", environment, "clusters", cluster])));
            said.extend(over(&["environments", environment]));
        }
        said.extend(over(&[]));
    }
    let default = schema(path).map(|key| key.default).filter(|default| !default.is_empty());
    said.extend(default.map(|default| Said { layer: "default".to_owned(), value: default.to_owned(), place: None }));
    said
}

/// What a layer says at `prefix` and `path` together. Where a table on the way was taken away or replaced,
/// that is what it says.
fn find(layer: &Table, prefix: &[&str], path: &[&str]) -> Option<Said> {
    let mut table = prefix.iter().try_fold(layer, |table, key| table.table(key))?;
    let mut written: Vec<&str> = prefix.to_vec();
    for (i, key) in path.iter().enumerate() {
        let node = table.get(key)?;
        let masked = *key == "value" && is_masked(table);
        written.push(key);
        match &node.value {
            Value::Table(inner) if i + 1 < path.len() => table = inner,
            _ => {
                let value = if masked { STARS.to_owned() } else { shown(&node.value) };
                return Some(Said { layer: joined(&written), value, place: Some(node.origin.short()) });
            }
        }
    }
    None
}

fn is_masked(table: &Table) -> bool {
    table.get("mask").is_some_and(|node| node.value == Value::Bool(true))
}

/// A path of keys as it is written.
fn joined(path: &[&str]) -> String {
    let one = |key: &&str| if key.contains('.') { format!("\"{key}\"") } else { (*key).to_owned() };
    path.iter().map(one).collect::<Vec<_>>().join(".")
}

/// `a."b.c".d` taken apart.
pub fn split(path: &str) -> Vec<String> {
    let mut keys = vec![String::new()];
    let mut quoted = false;
    for c in path.chars() {
        match c {
            '"' => quoted = !quoted,
            '.' if !quoted => keys.push(String::new()),
            c => keys.last_mut().map_or((), |key| key.push(c)),
        }
    }
    keys
}

/// A value as a person would write it; what is masked is stars.
pub fn shown(value: &Value) -> String {
    let table = |table: &Table| {
        let masked = is_masked(table);
        let entry = |entry: &Entry| {
            let hide = masked && entry.key == "value";
            format!("{} = {}", entry.key, if hide { STARS.to_owned() } else { shown(&entry.node.value) })
        };
        let entries: Vec<String> = table.iter().map(entry).collect();
        if entries.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", entries.join(", ")) }
    };
    match value {
        Value::List(items) => format!("[{}]", items.iter().map(|item| shown(&item.value)).collect::<Vec<_>>().join(", ")),
        Value::Table(inner) => table(inner),
        other => other.json().to_string(),
    }
}

static FILE: Shape = Shape::Table(&ROOT);

/// What the schema says of a key.
pub fn schema(path: &[&str]) -> Option<&'static Key> {
    let (last, tables) = path.split_last()?;
    let mut shape = &FILE;
    for key in tables {
        shape = below(shape, key)?;
    }
    fields(shape)?.key(last)
}

fn below(shape: &'static Shape, key: &str) -> Option<&'static Shape> {
    match shape {
        Shape::Table(fields) => fields.key(key).map(|key| &key.shape),
        Shape::Map(_, inner) | Shape::Named(_, inner) => Some(inner),
        Shape::Either(shapes) => shapes.iter().find_map(|shape| below(shape, key)),
        _ => None,
    }
}

fn fields(shape: &'static Shape) -> Option<&'static Fields> {
    match shape {
        Shape::Table(fields) => Some(fields),
        Shape::Either(shapes) => shapes.iter().find_map(fields),
        _ => None,
    }
}

/// Every layer that says something of a variable, strongest first: the contract's one order of precedence.
///
/// # Errors
/// A file with variables that can't be read; an environment that is not there.
pub fn variable(project: &Project, whose: &Whose, name: &str, around: &Around<'_>) -> Result<Vec<Said>> {
    let scope = around.place.map_or_else(|| project.scope().clone(), |(name, cluster)| project.scope_in(name, cluster));
    let value = whose.tables().into_iter().find_map(|table| scope.tree().at(&[table, vec!["env", name]].concat()));
    let secret = value.is_some_and(|node| matches!(&node.value, Value::Table(table) if is_secret(table)));
    let own = own(project, whose, name, around, value.filter(|_| !secret).map(|node| (node, &scope)));
    let hide = |value: String| if secret { STARS.to_owned() } else { value };
    let mut said = Vec::new();
    let say = |layer: &str, value: String| Said { layer: layer.to_owned(), value: hide(value), place: None };
    let local = matches!(whose, Whose::Task(_) | Whose::RunLocal);
    let facts = if local { facts(project, whose, name, around)? } else { None };
    if local {
        let given = around.arguments.iter().rev().filter(|(known, _)| known == name);
        said.extend(given.map(|(_, value)| say("-e", value.clone())));
        said.extend(parameter(&scope, whose, name));
    }
    said.extend(own);
    said.extend(facts.map(|value| say("instep", value)));
    if local {
        said.extend((around.caller)(name).map(|value| say("the caller's environment", value)));
        said.extend(files(&scope, whose, name)?.into_iter().map(|said| Said { value: hide(said.value), ..said }));
    }
    said.extend(default(project, whose, name, around).into_iter().map(|said| Said { value: hide(said.value), ..said }));
    Ok(said)
}

/// What the tables' `env` says; with `winner`, what its template comes to.
fn own(project: &Project, whose: &Whose, name: &str, around: &Around<'_>, winner: Option<(&Node, &Scope)>) -> Vec<Said> {
    let paths = whose.tables().into_iter().map(|table| [table, vec!["env", name]].concat());
    let mut said: Vec<Said> = paths.flat_map(|path| key(project, &path, around.place)).collect();
    if let (Some(first), Some((Node { value: Value::Str(text), origin }, scope))) = (said.first_mut(), winner)
        && let Ok(value) = scope.eval(text, origin)
        && value != *text
    {
        first.value = format!("{} → {value}", first.value);
    }
    said
}

fn is_secret(table: &Table) -> bool {
    is_masked(table) || table.get("command").is_some()
}

/// A parameter is a variable of the task that is asked for.
fn parameter(scope: &Scope, whose: &Whose, name: &str) -> Option<Said> {
    let Whose::Task(task) = whose else { return None };
    let param = Task::params(scope, task).into_iter().find(|param| param.name == name)?;
    let place = scope.tree().table("tasks")?.table(task)?.table("params")?.entry(name).map(|entry| entry.at.short());
    let value = param.default.map_or_else(|| "what is given".to_owned(), |default| format!("what is given, else {default}"));
    Some(Said { layer: "parameter".to_owned(), value, place })
}

/// What instep itself sets.
fn facts(project: &Project, whose: &Whose, name: &str, around: &Around<'_>) -> Result<Option<String>> {
    if name == "PORT" && *whose == Whose::RunLocal {
        return Ok(super::Service::of(project.scope())?.port.map(|port| port.to_string()));
    }
    if !name.starts_with("INSTEP_") {
        return Ok(None);
    }
    let facts = variables::git_facts(project, around.place.map(|(name, _)| name));
    Ok(facts.into_iter().find(|(known, _)| known == name).map(|(_, value)| value))
}

/// The files with variables, the last one first.
fn files(scope: &Scope, whose: &Whose, name: &str) -> Result<Vec<Said>> {
    let files = match whose {
        Whose::Task(task) => Task::of(scope, task)?.map(|task| task.env_files).unwrap_or_default(),
        _ => RunLocal::env_files(scope)?,
    };
    let mut said = Vec::new();
    for file in files.iter().rev() {
        let Some(found) = dotenv::read(file)?.and_then(|pairs| pairs.into_iter().rev().find(|(known, _)| known == name)) else { continue };
        let shown = file.strip_prefix(scope.root()).unwrap_or(file).display().to_string();
        let line = dotenv::line_of(file, name).map_or_else(|| shown.clone(), |line| format!("{shown}:{line}"));
        said.push(Said { layer: "env-files".to_owned(), value: found.1, place: Some(line) });
    }
    Ok(said)
}

/// `$VAR_…`, `$PORT`.
fn default(project: &Project, whose: &Whose, name: &str, around: &Around<'_>) -> Vec<Said> {
    let local = matches!(whose, Whose::Task(_) | Whose::RunLocal);
    let var = name.strip_prefix("VAR_").filter(|_| local).map(str::to_lowercase);
    let path = match (&var, whose, name) {
        (Some(var), ..) => vec!["vars", var],
        (None, Whose::Workload(name), "PORT") => vec!["workloads", name, "port"],
        (None, Whose::Task(_) | Whose::Kube, "PORT") => vec!["service", "port"],
        (None, Whose::RunLocal, "PYTHONUNBUFFERED") => {
            return vec![Said { layer: "default".to_owned(), value: "1".to_owned(), place: None }];
        }
        _ => return Vec::new(),
    };
    key(project, &path, around.place)
}

/// The keys that could stand where this path ends, each with the path before it.
pub fn beside(path: &str) -> Vec<String> {
    let Some((table, _)) = path.rsplit_once('.') else { return ROOT.keys().map(|key| key.name.to_owned()).collect() };
    let keys = split(table);
    let shape = keys.iter().try_fold(&FILE, |shape, key| below(shape, key));
    shape.and_then(fields).map(|fields| fields.keys().map(|key| format!("{table}.{}", key.name)).collect()).unwrap_or_default()
}
