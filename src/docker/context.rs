//! The build context: the folder walked in a fixed order, what is ignored left out.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use super::ignore::{Ignore, Matched};
use super::tarball::{Stream, Tar, unreadable};
use crate::report::{Error, Place, Result};

/// What instep itself writes while it works; a build must not depend on it.
const OWN: &str = ".instep/state";
/// The name in the tar of a Dockerfile that is not part of the context.
const OUTSIDE: &str = ".dockerfile.instep";

/// What is sent to the engine.
#[derive(Clone, Debug)]
pub struct Context {
    dir: PathBuf,
    ignore: Ignore,
    /// The Dockerfile's name in the tar.
    pub dockerfile: String,
    /// Files that are in the tar in this form, whatever is in the folder.
    own: Vec<(String, Vec<u8>)>,
    /// The ignore file, as written; empty when there is none.
    pub ignore_text: String,
    /// The Dockerfile and the ignore file: sent even when they are ignored, for the engine to read.
    always: Vec<String>,
}

impl Context {
    /// Reads the ignore file and finds the Dockerfile's place. `NAME.dockerignore` beside the Dockerfile
    /// wins over `.dockerignore`.
    ///
    /// # Errors
    /// Exit code 2 for a folder that is not there and for a broken ignore file.
    pub fn of(dir: &Path, dockerfile: &Path, root: &Path) -> Result<Self> {
        let Some(dir) = dir.canonicalize().ok().filter(|dir| dir.is_dir()) else {
            let name = dir.strip_prefix(root).unwrap_or(dir).display();
            return Err(Error::usage(format!("the context of the build is not a folder: {name}")));
        };
        let beside = dockerfile.with_file_name(format!("{}.dockerignore", name_of(dockerfile)));
        let file = if beside.is_file() { beside } else { dir.join(".dockerignore") };
        let text = if file.is_file() { read(&file)? } else { Vec::new() };
        let text = String::from_utf8_lossy(&text).into_owned();
        let ignore = Ignore::parse(&text)
            .map_err(|fault| broken(file.strip_prefix(root).unwrap_or(&file), &text, fault.line, fault.message))?
            .after(OWN);
        let inside = dockerfile.canonicalize().ok().and_then(|path| Some(path.strip_prefix(&dir).ok()?.to_string_lossy().into_owned()));
        let mut context =
            Self { always: vec![".dockerignore".into()], dir, ignore, dockerfile: OUTSIDE.into(), own: Vec::new(), ignore_text: text };
        match inside {
            Some(name) => {
                context.always.push(name.clone());
                context.dockerfile = name;
            }
            None => context.bring(dockerfile)?,
        }
        Ok(context)
    }

    /// A Dockerfile from outside: under a name of its own, which `COPY` must not see. The classic builder
    /// takes out of the context what `.dockerignore` names, once it has read it.
    fn bring(&mut self, dockerfile: &Path) -> Result<()> {
        let file = self.dir.join(".dockerignore");
        let mut ignore = if file.is_file() { read(&file)? } else { b".dockerignore".to_vec() };
        ignore.extend_from_slice(format!("\n{OUTSIDE}\n").as_bytes());
        self.own = vec![(OUTSIDE.into(), read(dockerfile)?), (".dockerignore".into(), ignore)];
        Ok(())
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Starts a thread that makes the tar. No file is younger than `latest`, in seconds since 1970.
    pub fn stream(self, latest: Option<i64>) -> Stream {
        Stream::of(move |tar| self.pack(tar, latest))
    }

    fn pack(&self, tar: &mut Tar, latest: Option<i64>) -> Result<()> {
        for (name, bytes) in &self.own {
            tar.bytes(name, bytes)?;
        }
        let mut walk = Walk {
            context: self,
            always: true,
            only: &Only::All,
            pending: Vec::new(),
            visit: &mut |found: &Found| {
                if self.own.iter().any(|(own, _)| Path::new(own) == found.inside) { Ok(()) } else { tar.add(found, latest) }
            },
        };
        walk.folder(&self.dir, "", &self.ignore.top())
    }

    /// Visits what the engine gets to see, in order: folders before what is in them, names by their bytes.
    ///
    /// # Errors
    /// What can't be read, and what `visit` gives.
    pub fn walk(&self, only: &Only, visit: &mut dyn FnMut(&Found) -> Result<()>) -> Result<()> {
        Walk { context: self, always: false, only, pending: Vec::new(), visit }.folder(&self.dir, "", &self.ignore.top())
    }
}

/// A file, link or folder of the context.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// Its name in the context.
    pub inside: PathBuf,
    /// What is known of it.
    pub meta: Metadata,
}

/// The part of a context that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Only {
    /// All of it.
    All,
    /// These paths and what is below them.
    Below(Vec<String>),
}

impl Only {
    fn takes(&self, inside: &str) -> bool {
        match self {
            Self::All => true,
            Self::Below(paths) => paths.iter().any(|path| inside == path || is_below(inside, path)),
        }
    }

    fn may_hold(&self, folder: &str) -> bool {
        match self {
            Self::All => true,
            Self::Below(paths) => self.takes(folder) || paths.iter().any(|path| is_below(path, folder)),
        }
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

struct Walk<'a> {
    context: &'a Context,
    /// The Dockerfile and the ignore file are visited even when they are ignored.
    always: bool,
    only: &'a Only,
    /// Folders that are only there for what is in them.
    pending: Vec<Found>,
    visit: &'a mut dyn FnMut(&Found) -> Result<()>,
}

impl Walk<'_> {
    fn folder(&mut self, dir: &Path, inside: &str, above: &Matched) -> Result<()> {
        let unreadable = |error: &io::Error| unreadable(if inside.is_empty() { "." } else { inside }, error);
        let entries = std::fs::read_dir(dir).map_err(|error| unreadable(&error))?;
        let mut names =
            entries.map(|entry| entry.map(|entry| entry.file_name())).collect::<io::Result<Vec<_>>>().map_err(|e| unreadable(&e))?;
        names.sort_unstable();
        for name in names {
            let shown = name.to_string_lossy();
            let inside = if inside.is_empty() { shown.into_owned() } else { format!("{inside}/{shown}") };
            self.entry(dir.join(&name), &inside, above)?;
        }
        Ok(())
    }

    fn entry(&mut self, path: PathBuf, inside: &str, above: &Matched) -> Result<()> {
        let context = self.context;
        let (ignored, matched) = context.ignore.look(inside, above);
        let always = || self.always && context.always.iter().any(|name| name == inside);
        let wanted = (!ignored || always()) && self.only.takes(inside);
        let meta = path.symlink_metadata().map_err(|error| unreadable(inside, &error))?;
        let relative = path.strip_prefix(&context.dir).unwrap_or(&path).to_owned();
        let found = Found { path, inside: relative, meta };
        if !found.meta.is_dir() {
            // Sockets, pipes and devices have no content that could be sent.
            let sendable = found.meta.is_file() || found.meta.is_symlink();
            return if wanted && sendable { self.folders().and_then(|()| (self.visit)(&found)) } else { Ok(()) };
        }
        let may_hold = self.always && context.always.iter().any(|name| is_below(name, inside));
        if ignored && !context.ignore.may_keep_below(inside) && !may_hold || !self.only.may_hold(inside) {
            return Ok(());
        }
        let (held, path) = (self.pending.len(), found.path.clone());
        self.pending.push(found);
        // The folder of instep's state is not there for a build.
        if wanted && Path::new(OWN).parent() != Some(Path::new(inside)) {
            self.folders()?;
        }
        self.folder(&path, inside, &matched)?;
        self.pending.truncate(held);
        Ok(())
    }

    /// Visits the folders that wait.
    fn folders(&mut self) -> Result<()> {
        std::mem::take(&mut self.pending).iter().try_for_each(|folder| (self.visit)(folder))
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn read(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).map_err(|error| Error::usage(format!("can't read {}: {error}", file.display())))
}

fn broken(file: &Path, text: &str, line: usize, message: String) -> Error {
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let end = start + text[start..].lines().next().unwrap_or_default().len();
    let place = Place { file: file.display().to_string().into(), text: text.into(), span: start..end, label: String::new() };
    Error::usage(message).at(Some(place))
}
