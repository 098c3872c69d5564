//! Reading: a file, the bases that it extends, and `--config`, each a layer.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::bases::{FOLDER, GitUrl, Vendored};
use super::node::{Entry, Node, Origin, Source, Table, Value};
use super::schema::{EDITION, ROOT};
use super::{check, find, parse, vendor};
use crate::report::{Error, Problem, Result};

/// Reads a file with all that it extends into layers.
pub(super) struct Loader {
    /// One tree per layer, weakest first.
    pub(super) layers: Vec<Table>,
    /// What is wrong.
    pub(super) problems: Vec<Problem>,
    /// A layer takes something away with `KEY = false`.
    pub(super) removes: bool,
    /// A file has syntax errors: what it refers to can't be judged.
    pub(super) unreadable: bool,
    /// What is missing is left out.
    pub(super) lenient: bool,
    root: PathBuf,
    /// How the folder of the repo's file is shown.
    shown: PathBuf,
    /// Bases from git; looked at when the first is named.
    vendored: Option<Vendored>,
    /// The files that led to the one that is read, with how they are shown.
    chain: Vec<(PathBuf, String)>,
    /// The files that were read.
    pub(super) done: Vec<PathBuf>,
}

impl Loader {
    /// For the repo in this folder; `name`: how its file is shown; `vendored`: bases from git, when they are
    /// not those of the repo.
    pub(super) fn new(root: &Path, name: &str, vendored: Option<Vendored>) -> Self {
        Self {
            layers: Vec::new(),
            problems: Vec::new(),
            removes: false,
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
    pub(super) fn file(&mut self, file: &Path, name: &str, within: Option<&Path>) -> Result<()> {
        let text = find::read(file, name)?;
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
            self.removes |= findings.removes;
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

    /// One entry of `extends`.
    fn base(&mut self, text: &str, node: &Node, source: &Source, within: Option<&Path>) -> Result<()> {
        let (file, name, within) = match vendor::url_of(text, node)? {
            None => (source.dir.join(text), vendor::beside(&source.name, text), within.map(Path::to_owned)),
            Some(url) => match self.folder(&url) {
                Ok(folder) => {
                    let (file, name, folder) = self.vendored(&url, &folder);
                    (file, name, Some(folder))
                }
                Err(_) if self.lenient => return Ok(()),
                Err(error) => return Err(error.at(node.origin.place(""))),
            },
        };
        if within.as_deref().is_some_and(|within| !inside(&file, within)) {
            return Err(vendor::leaves(text, node));
        }
        if !file.is_file() {
            let error = Error::usage(format!("the base {text} is not there")).at(node.origin.place(""));
            return if self.lenient { Ok(()) } else { Err(error.note(format!("looked for {}", file.display()))) };
        }
        let real = file.canonicalize().unwrap_or_else(|_| file.clone());
        self.no_circle(&real, node)?;
        if self.done.contains(&real) { Ok(()) } else { self.file(&file, &name, within.as_deref()) }
    }

    fn no_circle(&self, real: &Path, node: &Node) -> Result<()> {
        let Some(at) = self.chain.iter().position(|(other, _)| other == real) else { return Ok(()) };
        let names: Vec<&str> = self.chain[at..].iter().chain(&self.chain[at..=at]).map(|(_, name)| name.as_str()).collect();
        Err(Error::usage("bases extend each other in a circle").at(node.origin.place("")).note(names.join(" → ")))
    }

    /// A vendored base: its file, how that is shown, its folder.
    pub(super) fn vendored(&self, url: &GitUrl, folder: &str) -> (PathBuf, String, PathBuf) {
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
    pub(super) fn argument(&mut self, text: &str, root: &Path) -> Result<()> {
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
        let findings = check::check(&layer, &ROOT);
        self.problems.extend(findings.problems);
        self.removes |= findings.removes;
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
        && *edition > EDITION
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
