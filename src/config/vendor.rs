//! Which bases a repo extends, found without loading it; and the folder and lock that hold them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::bases::{GitUrl, Lock, Pin, Vendored, hash};
use super::node::{Node, Source, Table, Value};
use super::{find, parse};
use crate::repo::{self, BaseFile, Fetched};
use crate::report::{Error, Result};

/// A base that is extended, as it was fetched.
#[derive(Debug)]
pub struct Wanted {
    /// Where it is.
    pub url: GitUrl,
    /// What its ref is.
    pub commit: String,
    files: BTreeMap<PathBuf, BaseFile>,
}

/// The strings in `extends`.
pub(super) fn extends(table: &Table) -> Vec<(&str, &Node)> {
    let Some(extends) = table.get("extends") else { return Vec::new() };
    let nodes = match &extends.value {
        Value::List(items) => items.as_slice(),
        _ => std::slice::from_ref(extends),
    };
    nodes.iter().filter_map(|node| string(node).map(|text| (text, node))).collect()
}

fn string(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Str(text) => Some(text),
        _ => None,
    }
}

/// The URL in an entry of `extends`; none for a path.
pub(super) fn url_of(text: &str, node: &Node) -> Result<Option<GitUrl>> {
    if !text.contains("://") {
        return Ok(None);
    }
    GitUrl::parse(text).map(Some).map_err(|fault| {
        let error = Error::usage(format!("the base {}", fault.what)).at(node.origin.place(""));
        fault.help.into_iter().fold(error, Error::help)
    })
}

/// Fetches every base from git that the file extends, itself or through others.
///
/// # Errors
/// What `fetch` complains of, at its place in `extends`; a file that is not in its repository.
pub fn collect<'a>(file: &Path, name: &str, fetch: &'a mut dyn FnMut(&GitUrl) -> Result<Fetched>) -> Result<Vec<Wanted>> {
    let mut collector = Collector { fetch, fetched: BTreeMap::new(), seen: BTreeSet::new(), wanted: Vec::new() };
    collector.local(file, name)?;
    Ok(collector.wanted)
}

struct Collector<'a> {
    fetch: &'a mut dyn FnMut(&GitUrl) -> Result<Fetched>,
    /// By repository and ref, so that two files of one repository are of the same commit.
    fetched: BTreeMap<(String, Option<String>), Fetched>,
    seen: BTreeSet<PathBuf>,
    wanted: Vec<Wanted>,
}

impl Collector<'_> {
    fn local(&mut self, file: &Path, name: &str) -> Result<()> {
        if !self.seen.insert(file.canonicalize().unwrap_or_else(|_| file.to_owned())) {
            return Ok(());
        }
        let dir = file.parent().map_or_else(PathBuf::new, Path::to_owned);
        let table = read(name, dir.clone(), find::read(file, name)?);
        for (text, node) in extends(&table) {
            if let Some(url) = url_of(text, node)? {
                self.git(url, node)?;
            } else if dir.join(text).is_file() {
                self.local(&dir.join(text), &beside(name, text))?;
            }
        }
        Ok(())
    }

    fn git(&mut self, url: GitUrl, node: &Node) -> Result<()> {
        if self.wanted.iter().any(|wanted| wanted.url == url) {
            return Ok(());
        }
        let key = (url.repo.clone(), url.reference.clone());
        let fetched = match self.fetched.get(&key) {
            Some(fetched) => fetched.clone(),
            None => (self.fetch)(&url).map_err(|error| error.at(node.origin.place("")))?,
        };
        self.fetched.insert(key, fetched.clone());
        let path = PathBuf::from(&url.path);
        self.wanted.push(Wanted { url, commit: fetched.commit.clone(), files: BTreeMap::new() });
        self.inside(self.wanted.len() - 1, &fetched, &path, node)
    }

    /// A file of a base, with the folder that it is in and what it extends.
    fn inside(&mut self, at: usize, fetched: &Fetched, path: &Path, node: &Node) -> Result<()> {
        let wanted = &mut self.wanted[at];
        let url = wanted.url.clone();
        if !wanted.files.contains_key(path) {
            let files = fetched.folder(path.parent().unwrap_or(Path::new(""))).map_err(|error| error.at(node.origin.place("")))?;
            // It could lead out of the base.
            if let Some(link) = files.iter().find(|file| file.link) {
                let what = format!("the base can't be taken: {} is a symbolic link", link.path.display());
                return Err(Error::usage(what).at(node.origin.place("")));
            }
            wanted.files.extend(files.into_iter().map(|file| (file.path.clone(), file)));
        }
        let Some(file) = wanted.files.get(path) else {
            let what = format!("there is no {} in {} at {}", path.display(), url.repo, url.shown_reference());
            return Err(Error::usage(what).at(node.origin.place("")));
        };
        let name = format!("{}//{}", url.repo, path.display());
        if !self.seen.insert(PathBuf::from(format!("{name}#{}", fetched.commit))) {
            return Ok(());
        }
        let table = read(&name, PathBuf::new(), String::from_utf8_lossy(&file.bytes).into_owned());
        for (text, node) in extends(&table) {
            if let Some(url) = url_of(text, node)? {
                self.git(url, node)?;
            } else {
                let next = plain(&path.parent().unwrap_or(Path::new("")).join(text)).ok_or_else(|| leaves(text, node))?;
                self.inside(at, fetched, &next, node)?;
            }
        }
        Ok(())
    }
}

fn read(name: &str, dir: PathBuf, text: String) -> Table {
    // What is wrong with it is said when it is loaded.
    parse::parse(&Arc::new(Source { name: name.into(), dir, text: text.into() })).0
}

/// How a base beside a file is shown.
pub(super) fn beside(name: &str, path: &str) -> String {
    let mut out = PathBuf::new();
    for part in Path::new(name).parent().unwrap_or(Path::new("")).join(path).components() {
        match (part, out.components().next_back()) {
            (Component::ParentDir, Some(Component::Normal(_))) => drop(out.pop()),
            (Component::CurDir, _) => {}
            _ => out.push(part),
        }
    }
    out.display().to_string()
}

/// A path without `.` and `..`; none when it leads out of where it begins.
pub(super) fn plain(path: &Path) -> Option<PathBuf> {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => out.push(name),
            Component::CurDir => {}
            Component::ParentDir if out.pop() => {}
            _ => return None,
        }
    }
    Some(out)
}

/// A base that names a file outside of its own repository.
pub(super) fn leaves(text: &str, node: &Node) -> Error {
    Error::usage(format!("the base {text} is outside of the repository that names it")).at(node.origin.place(""))
}

/// Writes the bases into a folder that is not yet in its place, and gives it with its lock. Bases keep
/// the folders' names that they have.
///
/// # Errors
/// A disk that is full or can't be written.
pub fn stage(wanted: &[Wanted], dir: &Path, old: &Lock) -> Result<Vendored> {
    let kept = |wanted: &Wanted| old.pin(&wanted.url).map(|pin| pin.folder.clone());
    let mut taken: BTreeSet<String> = wanted.iter().filter_map(kept).collect();
    let mut lock = Lock::default();
    for base in wanted {
        let folder = kept(base).unwrap_or_else(|| free(&base.url, &taken));
        taken.insert(folder.clone());
        repo::write_files(&dir.join(&folder), base.files.values())?;
        let hash = hash(&dir.join(&folder)).map_err(|error| Error::failed(format!("can't read {}: {error}", dir.display())))?;
        let (url, reference) = (base.url.text.clone(), base.url.reference.clone());
        lock.pins.push(Pin { url, reference, commit: base.commit.clone(), hash, folder });
    }
    // Line ends must not change on the way through git.
    let attributes = BaseFile { path: ".gitattributes".into(), bytes: b"* -text\n".to_vec(), executable: false, link: false };
    repo::write_files(dir, [&attributes])?;
    lock.pins.sort_by(|a, b| (&a.url, &a.reference).cmp(&(&b.url, &b.reference)));
    Ok(Vendored { dir: dir.to_owned(), lock })
}

fn free(url: &GitUrl, taken: &BTreeSet<String>) -> String {
    let name = url.name();
    if !taken.contains(&name) {
        return name;
    }
    let whole = format!("{}#{}", url.text, url.reference.as_deref().unwrap_or_default());
    format!("{name}-{}", &blake3::hash(whole.as_bytes()).to_hex()[..8])
}

/// Whether the bases of a repo are there and are what its lock pins; gives how many there are.
///
/// # Errors
/// As [`Vendored::find`], for the first that is not.
pub fn check(file: &Path, name: &str) -> Result<usize> {
    let dir = file.parent().map_or_else(PathBuf::new, Path::to_owned);
    let vendored = Vendored::of(&dir)?;
    let table = read(name, dir, find::read(file, name)?);
    for (text, node) in extends(&table) {
        if let Some(url) = url_of(text, node)? {
            vendored.find(&url)?;
        }
    }
    vendored.lock.pins.iter().try_for_each(|pin| vendored.verify(pin))?;
    Ok(vendored.lock.pins.len())
}
