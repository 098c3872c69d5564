//! The repo's configuration: the files found, checked and merged.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::bases::{GitUrl, Pin, Vendored};
use super::load::Loader;
use super::node::{Table, Value};
use super::schema::ROOT;
use super::scope::Scope;
use super::whole::Holds;
use super::workspace::{self, Member};
use super::{find, merge, refs};
use crate::repo::Facts;
use crate::report::{Error, Kind, Problem, Result};

/// A repo's configuration, before an environment is chosen.
#[derive(Clone, Debug)]
pub struct Project {
    /// The file.
    pub file: PathBuf,
    /// Its folder: where commands run.
    pub root: PathBuf,
    /// All files that it was read from: its own, and those that it extends.
    pub files: Vec<PathBuf>,
    /// The services of its workspace; empty when it is none.
    pub members: Vec<Member>,
    /// Keys that are checked but not acted on by this version, by path.
    /// One tree per layer, weakest first.
    pub(super) layers: Vec<Arc<Table>>,
    facts: Arc<Facts>,
    scope: Scope,
}

impl Project {
    /// Finds, reads and checks the configuration.
    ///
    /// `start`: where the search begins. `overrides`: `KEY=VALUE` of `--config`, stronger than all files.
    /// `service`: which service of a workspace is meant; none: the file that was found, with its members.
    ///
    /// # Errors
    /// Exit code 2 with every problem of the file.
    pub fn load(start: &Path, overrides: &[String], service: Option<&str>) -> Result<Self> {
        let file = find::find(start).ok_or_else(|| find::none(start))?;
        let name = find::shown(&file, start);
        workspace::open(Self::read(&file, &name, overrides)?, &name, overrides, service)
    }

    /// Reads and checks this file alone; `name` is how it is shown to people.
    pub fn read(file: &Path, name: &str, overrides: &[String]) -> Result<Self> {
        Self::with(file, name, overrides, None)
    }

    /// As [`Project::read`], with bases from git taken from here; none: those that the repo has.
    pub fn with(file: &Path, name: &str, overrides: &[String], vendored: Option<Vendored>) -> Result<Self> {
        let root = file.parent().map_or_else(PathBuf::new, Path::to_owned);
        let mut loader = Loader::new(&root, name, vendored);
        loader.file(file, name, None)?;
        let own = loader.layers.len().saturating_sub(1);
        for text in overrides {
            loader.argument(text, &root)?;
        }
        let layers: Vec<Arc<Table>> = loader.layers.into_iter().map(Arc::new).collect();
        let merged = match layers.as_slice() {
            // Most repos have one file that removes nothing: it is what holds, and need not be copied.
            [only] if !loader.removes => only.clone(),
            layers => Arc::new(merged(layers, None)),
        };
        if !loader.unreadable {
            refs::check(&merged, &mut loader.problems);
            whole(&merged, &layers, own, &mut loader.problems);
        }
        if !loader.problems.is_empty() {
            return Err(Error::of(Kind::Usage, in_order(loader.problems)));
        }
        let prefix = merged.table("service").and_then(|service| service.str("tag-prefix")).unwrap_or_default();
        let facts = Arc::new(Facts::new(&root, prefix));
        let scope = Scope::new(merged, facts.clone(), None, root.clone());
        Ok(Self { file: file.to_owned(), root, files: loader.done, members: Vec::new(), layers, facts, scope })
    }

    /// What a file and the bases that are vendored now say together, as far as they are there; nothing is
    /// judged. A base is taken whatever its ref; `gone`: what the file extends no more, and did.
    pub fn sketch(file: &Path, name: &str, overrides: &[String], gone: &[&Pin]) -> Table {
        let root = file.parent().map_or_else(PathBuf::new, Path::to_owned);
        let mut loader = Loader::new(&root, name, Vendored::of(&root).ok());
        loader.lenient = true;
        // What can't be read is left out: there is no more to compare with.
        for pin in gone {
            if let Ok(url) = GitUrl::parse(&pin.url) {
                let (file, name, folder) = loader.vendored(&url, &pin.folder);
                drop(loader.file(&file, &name, Some(&folder)));
            }
        }
        drop(loader.file(file, name, None));
        for text in overrides {
            drop(loader.argument(text, &root));
        }
        let layers: Vec<Arc<Table>> = loader.layers.into_iter().map(Arc::new).collect();
        merged(&layers, None)
    }

    /// The values as they hold outside of any environment.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The values as they hold in an environment, and in one of its clusters.
    pub fn scope_in(&self, environment: &str, cluster: Option<&str>) -> Scope {
        let table = merged(&self.layers, Some((environment, cluster)));
        Scope::new(Arc::new(table), self.facts.clone(), Some(environment.to_owned()), self.root.clone())
    }

    /// What git knows of the repo.
    pub fn facts(&self) -> &Arc<Facts> {
        &self.facts
    }

    /// The names of the environments.
    pub fn environment_names(&self) -> Vec<&str> {
        names(self.scope().tree(), "environments")
    }

    /// The environment that stands above another one: in the strongest file where one does, else where the repo's own
    /// file comes first and what it extends after.
    pub fn environment_above(&self, name: &str) -> Option<&str> {
        let known = self.environment_names();
        let layers = self.layers.iter().rev().map(|layer| names(layer, "environments"));
        let orders: Vec<Vec<&str>> = layers.map(|order| order.into_iter().filter(|name| known.contains(name)).collect()).collect();
        let above = |order: &[&str]| order.iter().position(|other| *other == name)?.checked_sub(1).map(|at| order[at].to_owned());
        let found = orders.iter().find_map(|order| above(order)).or_else(|| above(&orders.concat()))?;
        known.into_iter().find(|name| *name == found)
    }

    /// The names of the tasks.
    pub fn task_names(&self) -> Vec<&str> {
        names(self.scope().tree(), "tasks")
    }
}

fn names<'a>(table: &'a Table, key: &str) -> Vec<&'a str> {
    table.table(key).map(|map| map.iter().map(|entry| entry.key.as_str()).collect()).unwrap_or_default()
}

/// File by file, in the order in which they were read; from top to bottom in each.
fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    let file = |problem: &Problem| problem.place.as_ref().map(|place| place.file.clone());
    let mut files = Vec::new();
    for problem in &problems {
        if !files.contains(&file(problem)) {
            files.push(file(problem));
        }
    }
    let start = |problem: &Problem| problem.place.as_ref().map_or(0, |place| place.span.start);
    problems.sort_by_cached_key(|problem| (files.iter().position(|known| *known == file(problem)), start(problem)));
    problems
}

/// Holds the merged tree, and how it is in every environment, against what must be. `own`: which layer is the
/// repo's own file.
fn whole(merged: &Table, layers: &[Arc<Table>], own: usize, problems: &mut Vec<Problem>) {
    let Some(own) = layers.get(own) else { return };
    let places = places(merged, layers);
    let plain = places.iter().any(|(_, _, table)| table.is_none()) || places.is_empty();
    Holds { tree: merged, environment: None, all: true, complete: plain, own }.check(problems);
    for (environment, _, table) in &places {
        if let Some(tree) = table {
            Holds { tree, environment: Some(environment), all: false, complete: true, own }.check(problems);
        }
    }
}

/// Every environment and cluster in it, merged where they lie over something; without the tasks, which they can't.
fn places<'a>(merged: &'a Table, layers: &[Arc<Table>]) -> Vec<(&'a str, Option<&'a str>, Option<Table>)> {
    let mut places = Vec::new();
    for environment in names(merged, "environments") {
        let table = merged.table("environments").and_then(|map| map.table(environment));
        let clusters = table.map(|table| names(table, "clusters")).unwrap_or_default();
        for cluster in clusters.into_iter().map(Some).chain([None]) {
            let mut over = table.into_iter().chain(cluster.and_then(|name| table?.table("clusters")?.table(name)));
            let tree =
                over.any(|table| !overlay(table).is_empty()).then(|| lay(layers, Some((environment, cluster)), |key| key != "tasks"));
            places.push((environment, cluster, tree));
        }
    }
    places
}

/// Lays the layers on each other; within each, the environment's tables lie over its own, and its
/// cluster's over that.
fn merged(layers: &[Arc<Table>], place: Option<(&str, Option<&str>)>) -> Table {
    lay(layers, place, |_| true)
}

/// The same with some of the tables only.
fn lay(layers: &[Arc<Table>], place: Option<(&str, Option<&str>)>, keep: impl Fn(&str) -> bool) -> Table {
    let mut out = Table::default();
    for layer in layers {
        merge::merge_where(&mut out, layer, &keep);
        let Some((environment, cluster)) = place else { continue };
        let Some(over) = layer.table("environments").and_then(|map| map.table(environment)) else { continue };
        merge::merge(&mut out, &overlay(over));
        if let Some(over) = cluster.and_then(|name| over.table("clusters")?.table(name)) {
            merge::merge(&mut out, &overlay(over));
        }
    }
    out
}

/// The part of an environment's table that lies over the file's own tables.
fn overlay(table: &Table) -> Table {
    let mut out = Table::default();
    for entry in table.iter() {
        let same = ROOT.key(&entry.key).is_some() && matches!(entry.node.value, Value::Table(_)) && entry.key != "clusters";
        if same {
            out.push(entry.clone());
        }
    }
    out
}
