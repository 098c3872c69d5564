//! `instep config`: the merged configuration, each value with where it was written.

use clap_complete::ArgValueCandidates;
use serde_json::{Map, Value as Json, json};

use super::{Context, complete, explain};
use crate::config::explain::shown;
use crate::config::node::{Node, Table, Value};
use crate::report::style::{DIM, NAME, paint};
use crate::report::table::columns;
use crate::report::{Error, Result, text};

/// Arguments of `config`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A key, as in service.port or tasks.test
    #[arg(value_name = "KEY")]
    key: Option<String>,
    /// As it holds in this environment
    #[arg(long, value_name = "ENV", add = ArgValueCandidates::new(complete::environments))]
    environment: Option<String>,
    /// Every layer that has a say about a key or a variable, strongest first: the first one wins
    #[arg(long, value_name = "NAME", conflicts_with = "key", add = ArgValueCandidates::new(complete::keys))]
    explain: Option<String>,
    /// With --explain: whose variable; a task, a workload, run-local or kube
    #[arg(long = "for", value_name = "NAME", requires = "explain", add = ArgValueCandidates::new(complete::who_has_variables))]
    whose: Option<String>,
}

/// Prints the merged result.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let project = context.project()?;
    if let Some(name) = &args.explain {
        return explain::run(name, args.whose.as_deref(), args.environment.as_deref(), context);
    }
    let scope = match &args.environment {
        Some(name) => crate::config::Environment::of(project, name)?.places[0].scope.clone(),
        None => project.scope().clone(),
    };
    hide(scope.tree(), context);
    let mut rows = Vec::new();
    flatten(scope.tree(), "", &mut rows);
    if let Some(key) = &args.key {
        let inside = |path: &str| path == key || path.strip_prefix(key.as_str()).is_some_and(|rest| rest.starts_with('.'));
        if !rows.iter().any(|(path, _)| inside(path)) {
            let error = Error::usage(format!("`{key}` is not set"));
            return Err(match text::nearest(key, rows.iter().map(|(path, _)| path.as_str())) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help("`instep config` shows all that is set"),
            });
        }
        rows.retain(|(path, _)| inside(path));
    }
    context.report.document(document(&rows));
    let lines: Vec<Vec<String>> = rows
        .iter()
        .map(|(path, node)| {
            vec![format!("{} = {}", paint(NAME, path), context.report.masker.mask(&shown(&node.value))), paint(DIM, &node.origin.short())]
        })
        .collect();
    context.report.result(columns(&lines, 0).trim_end());
    Ok(())
}

fn document(rows: &[(String, &Node)]) -> Json {
    let values: Map<String, Json> =
        rows.iter().map(|(path, node)| (path.clone(), json!({ "value": node.value.json(), "origin": node.origin.short() }))).collect();
    json!({ "config": values })
}

/// All values that are not tables, by their path.
pub(super) fn flatten<'a>(table: &'a Table, prefix: &str, rows: &mut Vec<(String, &'a Node)>) {
    for entry in table.iter() {
        let key = if entry.key.contains('.') { format!("\"{}\"", entry.key) } else { entry.key.clone() };
        let path = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
        match &entry.node.value {
            Value::Table(inner) if !inner.is_empty() => flatten(inner, &path, rows),
            _ => rows.push((path, &entry.node)),
        }
    }
}

/// What is masked stays masked.
fn hide(table: &Table, context: &Context) {
    if let (Some(Value::Bool(true)), Some(value)) = (table.get("mask").map(|node| &node.value), table.str("value")) {
        context.report.masker.add(value);
    }
    for entry in table.iter() {
        if let Value::Table(inner) = &entry.node.value {
            hide(inner, context);
        }
    }
}
