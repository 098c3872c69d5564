//! What stands in the folder of a scaffold or of a part that several share, wherever that folder is: in the binary, on the
//! disk, in a git repository.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::repo;
use crate::report::{Error, Result};

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scaffolds");

/// Below it: the files that are generated.
const TEMPLATE: &str = "template";
/// Below it: texts that templates include.
const PARTIALS: &str = "partials";

/// A file of a scaffold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Template {
    /// Below `template/`.
    pub path: PathBuf,
    /// Its content; of a link, where it leads.
    pub bytes: Vec<u8>,
    /// What kind of file it is.
    pub mode: Mode,
}

/// The kinds of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// An ordinary one.
    Plain,
    /// One with the exec bit.
    Executable,
    /// A symbolic link.
    Link,
}

/// Texts that templates include, by their path below `partials/`.
pub type Partials = BTreeMap<String, String>;

/// A folder, read.
#[derive(Debug, Default)]
pub struct Folder {
    /// The text of its `scaffold.toml` or `part.toml`.
    pub description: String,
    /// Its templates.
    pub files: Vec<Template>,
    /// What they include.
    pub partials: Partials,
}

impl Folder {
    /// One in the binary; none: there is no such description.
    pub fn embedded(name: &str, description: &str) -> Option<Self> {
        let dir = EMBEDDED.get_dir(name)?;
        let mut folder = Self { description: dir.get_file(dir.path().join(description))?.contents_utf8()?.to_owned(), ..Self::default() };
        folder.take_embedded(dir, dir.path());
        Some(folder)
    }

    /// One on the disk; none: there is no such description.
    ///
    /// # Errors
    /// Files that can't be read.
    pub fn on_disk(dir: &Path, description: &str) -> Result<Option<Self>> {
        let file = dir.join(description);
        if !file.exists() {
            return Ok(None);
        }
        let text = std::fs::read_to_string(&file).map_err(|error| unreadable(&file, &error))?;
        let mut folder = Self { description: text, ..Self::default() };
        // A part may be questions alone.
        for below in [TEMPLATE, PARTIALS].map(|name| dir.join(name)).iter().filter(|below| below.exists()) {
            folder.take_from_disk(below, dir)?;
        }
        Ok(Some(folder))
    }

    /// One in a repository; none: there is no such description.
    ///
    /// # Errors
    /// What git says.
    pub fn fetched(fetched: &repo::Fetched, dir: &Path, description: &str) -> Result<Option<Self>> {
        let (mut text, mut folder) = (None, Self::default());
        for file in fetched.folder(dir)? {
            let Ok(path) = file.path.strip_prefix(dir) else { continue };
            if path == Path::new(description) {
                text = Some(String::from_utf8_lossy(&file.bytes).into_owned());
            } else {
                let mode = match (file.link, file.executable) {
                    (true, _) => Mode::Link,
                    (false, true) => Mode::Executable,
                    (false, false) => Mode::Plain,
                };
                folder.put(path, file.bytes, mode);
            }
        }
        Ok(text.map(|description| Self { description, ..folder }))
    }

    /// A file, by its path below the folder; what is neither template nor partial is the author's own.
    fn put(&mut self, path: &Path, bytes: Vec<u8>, mode: Mode) {
        if let Ok(path) = path.strip_prefix(TEMPLATE) {
            self.files.push(Template { path: path.to_owned(), bytes, mode });
        } else if let Ok(path) = path.strip_prefix(PARTIALS) {
            self.partials.insert(path.to_string_lossy().into_owned(), String::from_utf8_lossy(&bytes).into_owned());
        }
    }

    fn take_embedded(&mut self, dir: &Dir<'_>, root: &Path) {
        for file in dir.files() {
            self.put(file.path().strip_prefix(root).unwrap_or(file.path()), file.contents().to_vec(), Mode::Plain);
        }
        dir.dirs().for_each(|inner| self.take_embedded(inner, root));
    }

    fn take_from_disk(&mut self, dir: &Path, root: &Path) -> Result<()> {
        for entry in std::fs::read_dir(dir).map_err(|error| unreadable(dir, &error))? {
            let path = entry.map_err(|error| unreadable(dir, &error))?.path();
            let meta = path.symlink_metadata().map_err(|error| unreadable(&path, &error))?;
            if meta.is_dir() {
                self.take_from_disk(&path, root)?;
                continue;
            }
            let (bytes, mode) = if meta.is_symlink() {
                (std::fs::read_link(&path).map(|to| to.display().to_string().into_bytes()), Mode::Link)
            } else {
                let mode = if meta.permissions().mode() & 0o100 == 0 { Mode::Plain } else { Mode::Executable };
                (std::fs::read(&path), mode)
            };
            let bytes = bytes.map_err(|error| unreadable(&path, &error))?;
            self.put(path.strip_prefix(root).unwrap_or(&path), bytes, mode);
        }
        Ok(())
    }
}

/// The folders in the binary that have this description, in alphabetical order.
pub fn embedded_with(description: &str) -> Vec<&'static str> {
    let described = |dir: &&Dir<'_>| dir.get_file(dir.path().join(description)).is_some();
    let mut names: Vec<&str> = EMBEDDED.dirs().filter(described).filter_map(|dir| dir.path().to_str()).collect();
    names.sort_unstable();
    names
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::usage(format!("can't read {}: {error}", path.display()))
}
