//! The repo's configuration: the files found, checked and merged.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::bases::{FOLDER, GitUrl, Pin, Vendored};
use super::node::{Entry, Node, Origin, Source, Table, Value};
use super::schema::ROOT;
use super::scope::Scope;
use super::{check, find, merge, parse, refs, vendor};
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
    layers: Vec<Table>,
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
        let merged = merged(&loader.layers, None);
        if !loader.unreadable {
            refs::check(&merged, &mut loader.problems);
        }
        if !loader.problems.is_empty() {
            return Err(Error::of(Kind::Usage, loader.problems));
        }
        let prefix = merged.table("service").and_then(|service| service.str("tag-prefix")).unwrap_or_default();
        let facts = Arc::new(Facts::new(&root, prefix));
        let scope = Scope::new(merged, facts.clone(), None, root.clone());
        Ok(Self { file: file.to_owned(), root, planned: loader.planned, layers: loader.layers, facts, scope })
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
        merged(&loader.layers, None)
    }

    /// The values as they hold outside of any environment.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The values as they hold in an environment, and in one of its clusters.
    pub fn scope_in(&self, environment: &str, cluster: Option<&str>) -> Scope {
        let table = merged(&self.layers, Some((environment, cluster)));
        Scope::new(table, self.facts.clone(), Some(environment.to_owned()), self.root.clone())
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
fn merged(layers: &[Table], place: Option<(&str, Option<&str>)>) -> Table {
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

struct Loader {
    layers: Vec<Table>,
    problems: Vec<Problem>,
    planned: Vec<(String, Problem)>,
    /// A file has syntax errors: what it refers to can't be judged.
    unreadable: bool,
    /// What is missing is left out.
    lenient: bool,
    root: PathBuf,
    /// How the folder of the repo's file is shown.
    shown: PathBuf,
    /// Bases from git; looked at when the first is named.
    vendored: Option<Vendored>,
    /// The files that led to the one that is read, with how they are shown.
    chain: Vec<(PathBuf, String)>,
    done: Vec<PathBuf>,
}

impl Loader {
    fn new(root: &Path, name: &str, vendored: Option<Vendored>) -> Self {
        Self {
            layers: Vec::new(),
            problems: Vec::new(),
            planned: Vec::new(),
            unreadable: false,
            lenient: false,
            root: root.to_owned(),
            shown: Path::new(name).parent().map_or_else(PathBuf::new, Path::to_owned),
            vendored,
            chain: Vec::new(),
            done: Vec::new(),
        }
    }

    /// Reads a file and, before it, the bases that it extends. `within`: the folder of the base that it
    /// belongs to. A file that two others extend is one layer, weaker than both.
    fn file(&mut self, file: &Path, name: &str, within: Option<&Path>) -> Result<()> {
        let text = find::read(file)?;
        let dir = file.parent().map_or_else(PathBuf::new, Path::to_owned);
        let source = Arc::new(Source { name: name.into(), dir, text: text.into() });
        let (table, problems) = parse::parse(&source);
        let syntax = !problems.is_empty();
        if !self.lenient {
            too_old(&table)?;
        }
        self.problems.extend(problems);
        self.unreadable |= syntax;
        if !syntax {
            let findings = check::check(&table, &ROOT);
            self.problems.extend(findings.problems);
            self.planned.extend(findings.planned);
            let real = file.canonicalize().unwrap_or_else(|_| file.to_owned());
            self.chain.push((real, name.to_owned()));
            for (text, node) in vendor::extends(&table) {
                self.base(text, node, &source, within)?;
            }
            self.done.extend(self.chain.pop().map(|(file, _)| file));
        }
        self.layers.push(table);
        Ok(())
    }

    fn base(&mut self, text: &str, node: &Node, source: &Source, within: Option<&Path>) -> Result<()> {
        let (file, name, within) = match vendor::url_of(text, node)? {
            Some(url) => {
                let folder = match self.folder(&url) {
                    Ok(folder) => folder,
                    Err(_) if self.lenient => return Ok(()),
                    Err(error) => return Err(error.at(node.origin.place(""))),
                };
                let (file, name, folder) = self.vendored(&url, &folder);
                (file, name, Some(folder))
            }
            None => (source.dir.join(text), vendor::beside(&source.name, text), within.map(Path::to_owned)),
        };
        if within.as_deref().is_some_and(|within| !inside(&file, within)) {
            return Err(vendor::leaves(text, node));
        }
        if !file.is_file() {
            let error = Error::usage(format!("the base {text} is not there")).at(node.origin.place(""));
            return if self.lenient { Ok(()) } else { Err(error.note(format!("looked for {}", file.display()))) };
        }
        let real = file.canonicalize().unwrap_or_else(|_| file.clone());
        if let Some(at) = self.chain.iter().position(|(other, _)| *other == real) {
            let names: Vec<&str> = self.chain[at..].iter().chain(&self.chain[at..=at]).map(|(_, name)| name.as_str()).collect();
            return Err(Error::usage("bases extend each other in a circle").at(node.origin.place("")).note(names.join(" → ")));
        }
        if self.done.contains(&real) { Ok(()) } else { self.file(&file, &name, within.as_deref()) }
    }

    /// A vendored base: its file, how that is shown, its folder.
    fn vendored(&self, url: &GitUrl, folder: &str) -> (PathBuf, String, PathBuf) {
        let shown = self.shown.join(FOLDER).join(folder).join(&url.path).display().to_string();
        let folder = self.vendored.as_ref().map_or_else(PathBuf::new, |vendored| vendored.dir.join(folder));
        (folder.join(&url.path), shown, folder)
    }

    /// The name of a vendored base's folder.
    fn folder(&mut self, url: &GitUrl) -> Result<String> {
        let vendored = match self.vendored.take() {
            Some(vendored) => vendored,
            None => Vendored::of(&self.root)?,
        };
        let vendored = self.vendored.insert(vendored);
        if self.lenient {
            let any = || vendored.lock.pins.iter().find(|pin| pin.url == url.text);
            let pin = vendored.lock.pin(url).or_else(any);
            return pin.map(|pin| pin.folder.clone()).ok_or_else(|| Error::usage("never fetched"));
        }
        vendored.find(url).map(str::to_owned)
    }

    /// `a.b.c=VALUE` as a layer of its own.
    fn argument(&mut self, text: &str, root: &Path) -> Result<()> {
        let source = Arc::new(Source { name: "--config".into(), dir: root.to_owned(), text: text.into() });
        let Some(at) = text.find('=') else {
            return Err(Error::usage(format!("--config takes KEY=VALUE, not `{text}`")).help("for example --config service.port=9000"));
        };
        let keys: Vec<&str> = text[..at].split('.').map(str::trim).collect();
        let key_origin = Origin { source: source.clone(), span: 0..at };
        let leaf = parse::value(&source, at + 1);
        let mut layer = Table::default();
        let node = keys.iter().skip(1).rev().fold(leaf, |node, key| {
            let mut table = Table::default();
            table.push(Entry { key: (*key).to_owned(), at: key_origin.clone(), node });
            Node { value: Value::Table(table), origin: key_origin.clone() }
        });
        layer.push(Entry { key: keys[0].to_owned(), at: key_origin, node });
        self.problems.extend(check::check(&layer, &ROOT).problems);
        self.layers.push(layer);
        Ok(())
    }
}

/// Whether a file is in a folder, whatever `..` is on the way.
fn inside(file: &Path, folder: &Path) -> bool {
    file.strip_prefix(folder).is_ok_and(|rest| vendor::plain(rest).is_some())
}

/// `minimum-version` and `edition` come before strictness, so that an old binary says "too old".
fn too_old(table: &Table) -> Result<()> {
    if let Some(node) = table.get("minimum-version")
        && let Value::Str(wanted) = &node.value
        && numbers(wanted) > numbers(env!("CARGO_PKG_VERSION"))
    {
        return Err(Error::usage(format!("this repo needs instep {wanted} or newer; this is {}", env!("CARGO_PKG_VERSION")))
            .at(node.origin.place(""))
            .help("install a newer instep"));
    }
    if let Some(Node { value: Value::Int(edition), origin }) = table.get("edition")
        && *edition > 1
    {
        return Err(Error::usage(format!("edition {edition} is newer than this instep ({}) knows", env!("CARGO_PKG_VERSION")))
            .at(origin.place(""))
            .help("install a newer instep"));
    }
    Ok(())
}

fn numbers(version: &str) -> Vec<u64> {
    version.split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect()
}
