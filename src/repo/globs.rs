//! The files and folders that globs mean. `.git` and `.instep/state` are never looked into.

use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher, GlobSet, GlobSetBuilder};

use crate::report::{Error, Result};

/// What globs found below a folder.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The files that match.
    pub(super) files: Vec<PathBuf>,
    /// The folders that were looked into: a new file in one of them may match.
    pub(super) dirs: Vec<PathBuf>,
}

/// The files that globs mean, sorted, each once.
///
/// # Errors
/// Exit code 2 for a broken glob.
pub fn files(root: &Path, globs: &[String]) -> Result<Vec<PathBuf>> {
    let mut found = Found::default();
    for glob in globs {
        let plain = root.join(glob);
        if !glob.contains(WILD) && plain.is_file() {
            found.files.push(plain);
        } else {
            Glob::new(glob)?.look(root, &mut found);
        }
    }
    found.files.sort();
    found.files.dedup();
    Ok(found.files)
}

/// The folders that a glob means, sorted; those whose names begin with a dot only when the glob says so.
///
/// # Errors
/// Exit code 2 for a broken glob.
pub fn folders(root: &Path, glob: &str) -> Result<Vec<PathBuf>> {
    let glob = glob.trim_start_matches("./").trim_end_matches('/');
    let matcher = |part: &str| match GlobBuilder::new(part).literal_separator(true).build() {
        Ok(glob) => Ok(glob.compile_matcher()),
        Err(error) => Err(Error::usage(format!("`{glob}` is not a glob: {error}"))),
    };
    if glob.split('/').any(|part| part == "**") {
        return Err(Error::usage(format!("`{glob}` would look into every folder: write a `*` for each level")));
    }
    let mut dirs = vec![root.to_owned()];
    for part in glob.split('/') {
        let matcher = matcher(part)?;
        let below = |dir: &PathBuf| std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path()).collect::<Vec<_>>();
        let fits = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default();
            matcher.is_match(name) && (part.starts_with('.') || !name.to_string_lossy().starts_with('.')) && path.is_dir()
        };
        dirs = match part {
            ".." => dirs.iter().map(|dir| dir.join("..")).collect(),
            _ => dirs.iter().flat_map(below).filter(fits).collect(),
        };
    }
    dirs.sort();
    Ok(dirs)
}

/// What makes a text a pattern.
const WILD: [char; 4] = ['*', '?', '[', '{'];

/// One glob: what matches it, and which folders can hold such files.
#[derive(Debug)]
pub(super) struct Glob {
    set: GlobSet,
    /// Where the search begins, below the root.
    start: PathBuf,
    /// A pattern for each folder on the way, as far as that can be said; none: any folder.
    folders: Vec<GlobMatcher>,
}

impl Glob {
    /// Understands a glob.
    pub(super) fn new(glob: &str) -> Result<Self> {
        let glob = glob.trim_start_matches("./");
        let broken = |error: globset::Error| Error::usage(format!("`{glob}` is not a glob: {error}"));
        let mut set = GlobSetBuilder::new();
        set.add(GlobBuilder::new(glob).literal_separator(true).build().map_err(broken)?);
        // A folder means all that is in it.
        set.add(GlobBuilder::new(&format!("{}/**", glob.trim_end_matches('/'))).literal_separator(true).build().map_err(broken)?);
        let set = set.build().map_err(broken)?;
        let outside = matches!(Path::new(glob).components().next(), Some(Component::ParentDir | Component::RootDir));
        if outside {
            let fixed = Path::new(glob).components().take_while(|part| !part.as_os_str().to_string_lossy().contains(WILD));
            return Ok(Self { set, start: fixed.collect(), folders: Vec::new() });
        }
        // A part such as `{a` of `{a/b,c}` is no glob of its own: from there on any folder will do.
        let parts = glob.split('/').take_while(|part| *part != "**").map_while(|part| GlobBuilder::new(part).build().ok());
        Ok(Self { set, start: PathBuf::new(), folders: parts.map(|glob| glob.compile_matcher()).collect() })
    }

    /// Whether a path matches, given relative to the root.
    pub(super) fn is_match(&self, relative: &Path) -> bool {
        self.set.is_match(relative)
    }

    /// Collects what matches below the root.
    pub(super) fn look(&self, root: &Path, found: &mut Found) {
        self.walk(root, &root.join(&self.start), 0, found);
    }

    fn walk(&self, root: &Path, dir: &Path, depth: usize, found: &mut Found) {
        let Ok(entries) = std::fs::read_dir(dir) else { return };
        found.dirs.push(dir.to_owned());
        for entry in entries.flatten() {
            let path = entry.path();
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                let leads = self.folders.get(depth).is_none_or(|folder| folder.is_match(entry.file_name()));
                if leads && !is_private(&path) {
                    self.walk(root, &path, depth + 1, found);
                }
            } else if self.is_match(path.strip_prefix(root).unwrap_or(&path)) && path.is_file() {
                found.files.push(path);
            }
        }
    }
}

/// Folders that belong to git and to instep itself.
pub(super) fn is_private(path: &Path) -> bool {
    path.ends_with(".git") || path.ends_with(".instep/state")
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test makes its own files")]
mod tests {
    use super::*;

    #[test]
    fn only_folders_on_the_way_are_looked_into() {
        let dir = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        let root = dir.path();
        for file in ["Cargo.toml", "src/a.rs", "src/b/c.rs", "target/x/y.rs", ".git/z.rs", "docs/a/b.md"] {
            let file = root.join(file);
            std::fs::create_dir_all(file.parent().unwrap_or(root)).unwrap_or_else(|error| panic!("{error}"));
            std::fs::write(file, "").unwrap_or_else(|error| panic!("{error}"));
        }
        let look = |glob: &str| {
            let mut found = Found::default();
            Glob::new(glob).unwrap_or_else(|error| panic!("{error:?}")).look(root, &mut found);
            let relative = |paths: Vec<PathBuf>| {
                let mut names: Vec<String> =
                    paths.iter().map(|path| path.strip_prefix(root).unwrap_or(path).display().to_string()).collect();
                names.sort();
                names
            };
            (relative(found.files), relative(found.dirs))
        };
        let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        assert_eq!(look("Cargo.*"), (names(&["Cargo.toml"]), names(&[""])));
        assert_eq!(look("./src/**"), (names(&["src/a.rs", "src/b/c.rs"]), names(&["", "src", "src/b"])));
        assert_eq!(look("src"), (names(&["src/a.rs", "src/b/c.rs"]), names(&["", "src", "src/b"])));
        assert_eq!(look("*/*.rs").0, names(&["src/a.rs"]));
        assert_eq!(look("{src/b,docs/a}/*").0, names(&["docs/a/b.md", "src/b/c.rs"]));
        assert_eq!(look("**/*.rs").0, names(&["src/a.rs", "src/b/c.rs", "target/x/y.rs"]));
    }
}
