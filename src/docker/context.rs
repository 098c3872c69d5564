//! The build context: the folder walked in a fixed order, what is ignored left out.

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
            return Err(Error::usage(format!("the context of the build is not a folder: {name}")).help("see `context` in [image]"));
        };
        let beside = dockerfile.with_file_name(format!("{}.dockerignore", name_of(dockerfile)));
        let file = if beside.is_file() { beside } else { dir.join(".dockerignore") };
        let text = if file.is_file() { read(&file)? } else { Vec::new() };
        let text = String::from_utf8_lossy(&text).into_owned();
        let ignore = Ignore::parse(&text)
            .map_err(|fault| broken(file.strip_prefix(root).unwrap_or(&file), &text, fault.line, fault.message))?
            .after(OWN);
        let inside = dockerfile.canonicalize().ok().and_then(|path| Some(path.strip_prefix(&dir).ok()?.to_string_lossy().into_owned()));
        let mut context = Self { always: vec![".dockerignore".into()], dir, ignore, dockerfile: OUTSIDE.into(), own: Vec::new() };
        match inside {
            Some(name) => {
                context.always.push(name.clone());
                context.dockerfile = name;
            }
            None => context.bring(dockerfile)?,
        }
        Ok(context)
    }

    /// A Dockerfile from outside: under a name of its own, which `COPY` must not see. The engine takes
    /// out of the context what `.dockerignore` names, once it has read it.
    fn bring(&mut self, dockerfile: &Path) -> Result<()> {
        let file = self.dir.join(".dockerignore");
        let mut ignore = if file.is_file() { read(&file)? } else { b".dockerignore".to_vec() };
        ignore.extend_from_slice(format!("\n{OUTSIDE}\n").as_bytes());
        self.own = vec![(OUTSIDE.into(), read(dockerfile)?), (".dockerignore".into(), ignore)];
        Ok(())
    }

    /// Starts a thread that makes the tar.
    pub fn stream(self) -> Stream {
        Stream::of(move |tar| self.pack(tar))
    }

    fn pack(&self, tar: &mut Tar) -> Result<()> {
        for (name, bytes) in &self.own {
            tar.bytes(name, bytes)?;
        }
        self.folder(&self.dir, "", &self.ignore.top(), tar)
    }

    fn folder(&self, dir: &Path, inside: &str, above: &Matched, tar: &mut Tar) -> Result<()> {
        let unreadable = |error: &io::Error| unreadable(if inside.is_empty() { "." } else { inside }, error);
        let entries = std::fs::read_dir(dir).map_err(|error| unreadable(&error))?;
        let mut paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>().map_err(|e| unreadable(&e))?;
        paths.sort();
        for path in paths {
            let name = name_of(&path);
            let inside = if inside.is_empty() { name } else { format!("{inside}/{name}") };
            if self.own.iter().any(|(own, _)| *own == inside) {
                continue;
            }
            self.entry(&path, &inside, above, tar)?;
        }
        Ok(())
    }

    fn entry(&self, path: &Path, inside: &str, above: &Matched, tar: &mut Tar) -> Result<()> {
        let (ignored, matched) = self.ignore.look(inside, above);
        let wanted = !ignored || self.always.iter().any(|name| name == inside);
        let may_hold = |folder: &str| self.always.iter().any(|name| name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')));
        let metadata = path.symlink_metadata().map_err(|error| unreadable(inside, &error))?;
        let held = tar.pending.len();
        let relative = path.strip_prefix(&self.dir).unwrap_or(path).to_owned();
        if metadata.is_dir() {
            if ignored && !self.ignore.may_keep_below(inside) && !may_hold(inside) {
                return Ok(());
            }
            tar.pending.push((relative, metadata));
            if wanted {
                tar.folders()?;
            }
            self.folder(path, inside, &matched, tar)?;
            tar.pending.truncate(held);
        } else if wanted {
            tar.folders()?;
            tar.leaf(path, &relative, &metadata)?;
        }
        Ok(())
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
