//! Where scaffolds come from: embedded in the binary, or a folder.

use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::manifest::Manifest;
use crate::process::{self, Command};
use crate::report::{Error, Result, text};

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scaffolds");

/// A scaffold: its description and its files, not rendered.
#[derive(Clone, Debug)]
pub struct Scaffold {
    /// Its description.
    pub manifest: Manifest,
    /// Its files: path below `template/`, and content.
    pub files: Vec<(PathBuf, Vec<u8>)>,
}

impl Scaffold {
    /// By the name of an embedded one, or the path of a folder (with a slash).
    ///
    /// # Errors
    /// Exit code 2 when there is none.
    pub fn find(name: &str) -> Result<Self> {
        if name.contains('/') {
            return Self::in_folder(Path::new(name));
        }
        let Some(dir) = EMBEDDED.get_dir(name) else {
            let names = embedded_names();
            let error = Error::usage(format!("there is no scaffold `{name}`")).note(format!("there are: {}", text::list(&names)));
            return Err(match text::nearest(name, names.iter().copied()) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help("a scaffold of your own is named by its folder, as in ./my-scaffold"),
            });
        };
        let manifest = dir.get_file(dir.path().join("scaffold.toml")).and_then(include_dir::File::contents_utf8).unwrap_or_default();
        let mut files = Vec::new();
        collect_embedded(dir, &dir.path().join("template"), &mut files);
        Ok(Self { manifest: Manifest::parse(manifest, &format!("{name}/scaffold.toml"))?, files })
    }

    /// All embedded ones, in alphabetical order.
    pub fn embedded() -> Vec<Self> {
        embedded_names().into_iter().filter_map(|name| Self::find(name).ok()).collect()
    }

    /// Whether its repos can be built on this machine.
    pub fn has_toolchain(&self) -> bool {
        let works = |line: &String| {
            let mut words = line.split_whitespace();
            let program = words.next().unwrap_or_default();
            process::exists(program) && process::capture(&Command::new(program, words)).is_ok_and(|output| output.exit.ok())
        };
        self.manifest.toolchain.iter().all(works)
    }

    /// Refuses a name that the scaffold's language has taken.
    ///
    /// # Errors
    /// Exit code 2 with a name that would do.
    pub fn check_name(&self, name: &str) -> Result<()> {
        if !self.manifest.reserved.iter().any(|taken| taken == name) {
            return Ok(());
        }
        let error = Error::usage(format!("the name `{name}` has a meaning of its own in a {} service", self.manifest.name));
        Err(error.help(format!("for example \"{name}-service\"")))
    }

    fn in_folder(dir: &Path) -> Result<Self> {
        let file = dir.join("scaffold.toml");
        let text = std::fs::read_to_string(&file).map_err(|error| Error::usage(format!("{} is not a scaffold: {error}", dir.display())))?;
        let mut files = Vec::new();
        collect(&dir.join("template"), &dir.join("template"), &mut files)?;
        files.sort();
        Ok(Self { manifest: Manifest::parse(&text, &file.display().to_string())?, files })
    }
}

/// The names of the embedded scaffolds, in alphabetical order.
pub fn embedded_names() -> Vec<&'static str> {
    let mut names: Vec<&str> = EMBEDDED.dirs().filter_map(|dir| dir.path().to_str()).collect();
    names.sort_unstable();
    names
}

fn collect_embedded(dir: &Dir<'_>, root: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for file in dir.files() {
        if let Ok(path) = file.path().strip_prefix(root) {
            files.push((path.to_owned(), file.contents().to_vec()));
        }
    }
    for inner in dir.dirs() {
        collect_embedded(inner, root, files);
    }
    files.sort();
}

fn collect(dir: &Path, root: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) -> Result<()> {
    let unreadable = |error: std::io::Error| Error::usage(format!("can't read {}: {error}", dir.display()));
    for entry in std::fs::read_dir(dir).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            collect(&path, root, files)?;
        } else {
            let bytes = std::fs::read(&path).map_err(|error| Error::usage(format!("can't read {}: {error}", path.display())))?;
            files.push((path.strip_prefix(root).unwrap_or(&path).to_owned(), bytes));
        }
    }
    Ok(())
}
