//! The repo's configuration: the files found, checked and merged.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::bases::{GitUrl, Pin, Vendored};
use super::load::Loader;
use super::node::{Table, Value};
use super::schema::ROOT;
use super::scope::Scope;
use super::{find, merge, refs};
use crate::repo::Facts;
use crate::report::{Error, Kind, Problem, Result};

/// A repo's configuration, before an environment is chosen.
#[derive(Debug)]
pub struct Project {
    /// The file.
    pub file: PathBuf,
    /// Its folder: where commands run.
    pub root: PathBuf,
    /// Keys that are checked but not acted on by this version, by path.
    planned: Vec<(String, Problem)>,
    /// One tree per layer, weakest first.
    layers: Vec<Arc<Table>>,
    facts: Arc<Facts>,
    scope: Scope,
}

impl Project {
    /// Finds, reads and checks the configuration.
    ///
    /// `start`: where the search begins. `overrides`: `KEY=VALUE` of `--config`, stronger than all files.
    ///
    /// # Errors
    /// Exit code 2 with every problem of the file.
    pub fn load(start: &Path, overrides: &[String]) -> Result<Self> {
        let file = find::find(start).ok_or_else(|| find::none(start))?;
        Self::read(&file, &find::shown(&file, start), overrides)
    }

    /// Reads and checks this file; `name` is how it is shown to people.
    pub fn read(file: &Path, name: &str, overrides: &[String]) -> Result<Self> {
        Self::with(file, name, overrides, None)
    }

    /// As [`Project::read`], with bases from git taken from here; none: those that the repo has.
    pub fn with(file: &Path, name: &str, overrides: &[String], vendored: Option<Vendored>) -> Result<Self> {
        let root = file.parent().map_or_else(PathBuf::new, Path::to_owned);
        let mut loader = Loader::new(&root, name, vendored);
        loader.file(file, name, None)?;
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
        }
        if !loader.problems.is_empty() {
            return Err(Error::of(Kind::Usage, loader.problems));
        }
        let prefix = merged.table("service").and_then(|service| service.str("tag-prefix")).unwrap_or_default();
        let facts = Arc::new(Facts::new(&root, prefix));
        let scope = Scope::new(merged, facts.clone(), None, root.clone());
        Ok(Self { file: file.to_owned(), root, planned: loader.planned, layers, facts, scope })
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

    /// What is written in these tables that no command of this version acts on.
    pub fn planned(&self, tables: &[&str]) -> Vec<Problem> {
        let concerns =
            |path: &str| tables.iter().any(|table| path.strip_prefix(table).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')));
        self.planned.iter().filter(|(path, _)| concerns(path)).map(|(_, problem)| problem.clone()).collect()
    }

    /// The names of the environments.
    pub fn environment_names(&self) -> Vec<&str> {
        names(self.scope().tree(), "environments")
    }

    /// The names of the tasks.
    pub fn task_names(&self) -> Vec<&str> {
        names(self.scope().tree(), "tasks")
    }
}

fn names<'a>(table: &'a Table, key: &str) -> Vec<&'a str> {
    table.table(key).map(|map| map.iter().map(|entry| entry.key.as_str()).collect()).unwrap_or_default()
}

/// Lays the layers on each other; within each, the environment's tables lie over its own, and its
/// cluster's over that.
fn merged(layers: &[Arc<Table>], place: Option<(&str, Option<&str>)>) -> Table {
    let mut out = Table::default();
    for layer in layers {
        merge::merge(&mut out, layer);
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
