//! The files and folders that globs mean. `.git` and `.instep/state` are never looked into.

use std::ffi::{CStr, OsStr, OsString};
use std::fs::Metadata;
use std::ops::Range;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

use globset::{GlobBuilder, GlobMatcher, GlobSet, GlobSetBuilder};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};

use crate::report::{Error, Result};

/// What tells that a file was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    /// In bytes.
    pub size: u64,
    /// When its content was last changed, in nanoseconds since 1970.
    pub modified: i64,
    /// When anything of it was last changed, in nanoseconds since 1970.
    pub changed: i64,
    /// Which file it is.
    pub inode: u64,
}

impl From<&Metadata> for Stat {
    fn from(meta: &Metadata) -> Self {
        let modified = nanos(meta.mtime(), meta.mtime_nsec());
        Self { size: meta.len(), modified, changed: nanos(meta.ctime(), meta.ctime_nsec()), inode: meta.ino() }
    }
}

/// A time as nanoseconds, which are enough until the year 2262.
fn nanos(seconds: i64, nanos: i64) -> i64 {
    seconds.saturating_mul(1_000_000_000).saturating_add(nanos)
}

/// What globs found below a folder.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The files that match, relative to the root.
    pub(super) files: Vec<(PathBuf, Stat)>,
    /// The folders that were looked into: a new file in one of them may match.
    pub(super) dirs: Vec<PathBuf>,
}

/// The files that globs mean, relative to the root and sorted by the bytes of their paths, each once.
///
/// # Errors
/// Exit code 2 for a broken glob.
pub fn files(root: &Path, globs: &[String]) -> Result<Vec<(PathBuf, Stat)>> {
    let mut found = Found::default();
    for glob in globs {
        let plain = glob.trim_start_matches("./");
        let one = if glob.contains(WILD) { None } else { file(rustix::fs::CWD, root.join(plain)) };
        match one {
            Some(stat) => found.files.push((plain.into(), stat)),
            None => Glob::new(glob)?.look(root, &mut found),
        }
    }
    // One glob gives them sorted.
    found.files.sort_by(|(a, _), (b, _)| a.as_os_str().as_bytes().cmp(b.as_os_str().as_bytes()));
    found.files.dedup_by(|(a, _), (b, _)| a.as_os_str() == b.as_os_str());
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

/// What there is to know of a file; none for what is no file.
fn file(dir: impl std::os::fd::AsFd, path: impl rustix::path::Arg) -> Option<Stat> {
    let stat = rustix::fs::statat(dir, path, AtFlags::empty()).ok()?;
    (FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile).then(|| Stat {
        size: stat.st_size.cast_unsigned(),
        modified: nanos(stat.st_mtime, stat.st_mtime_nsec.cast_signed()),
        changed: nanos(stat.st_ctime, stat.st_ctime_nsec.cast_signed()),
        inode: stat.st_ino,
    })
}

/// What makes a text a pattern.
const WILD: [char; 4] = ['*', '?', '[', '{'];

/// One glob: what matches it, and which folders can hold such files.
#[derive(Debug)]
pub(super) struct Glob {
    globs: [globset::Glob; 2],
    /// Made of `globs` when it is needed: that takes longer than many a search.
    set: OnceLock<GlobSet>,
    /// Where the search begins, below the root.
    start: PathBuf,
    /// A pattern for each folder on the way, as far as that can be said; none: any folder.
    folders: Vec<GlobMatcher>,
    /// How a name alone decides, where it does.
    names: Option<Names>,
}

/// `src/*/*.c`, `src/**`, `src/**/*.c`: in a folder that a search leads to, the name of a file decides.
#[derive(Debug)]
struct Names {
    /// At which depth.
    depth: usize,
    /// And below that.
    deep: bool,
    like: Like,
}

#[derive(Debug)]
enum Like {
    Any,
    /// `*` and this.
    End(String),
    Glob(GlobMatcher),
}

impl Names {
    fn of(glob: &str) -> Option<Self> {
        if glob.contains(['{', '[', '\\']) {
            return None;
        }
        let mut folders: Vec<&str> = glob.split('/').collect();
        let mut name = folders.pop()?;
        let deep = name == "**" || folders.last() == Some(&"**");
        if name == "**" {
            name = "*";
        } else if deep {
            folders.pop();
        }
        if name.is_empty() || name.contains("**") || folders.iter().any(|folder| folder.contains("**") || folder.is_empty()) {
            return None;
        }
        let like = match name.strip_prefix('*') {
            Some("") => Like::Any,
            Some(end) if !end.contains(WILD) => Like::End(end.to_owned()),
            _ => Like::Glob(GlobBuilder::new(name).build().ok()?.compile_matcher()),
        };
        Some(Self { depth: folders.len(), deep, like })
    }

    fn is_match(&self, depth: usize, name: &[u8]) -> bool {
        let here = depth == self.depth || self.deep && depth > self.depth;
        here && match &self.like {
            Like::Any => true,
            Like::End(end) => name.ends_with(end.as_bytes()),
            Like::Glob(glob) => glob.is_match(OsStr::from_bytes(name)),
        }
    }
}

impl Glob {
    /// Understands a glob.
    pub(super) fn new(glob: &str) -> Result<Self> {
        let glob = glob.trim_start_matches("./");
        let broken = |error: globset::Error| Error::usage(format!("`{glob}` is not a glob: {error}"));
        let build = |glob: &str| GlobBuilder::new(glob).literal_separator(true).build().map_err(broken);
        // A folder means all that is in it.
        let globs = [build(glob)?, build(&format!("{}/**", glob.trim_end_matches('/')))?];
        let outside = matches!(Path::new(glob).components().next(), Some(Component::ParentDir | Component::RootDir));
        if outside {
            let fixed = Path::new(glob).components().take_while(|part| !part.as_os_str().to_string_lossy().contains(WILD));
            return Ok(Self { globs, set: OnceLock::new(), start: fixed.collect(), folders: Vec::new(), names: None });
        }
        // A part such as `{a` of `{a/b,c}` is no glob of its own: from there on any folder will do.
        let parts = glob.split('/').take_while(|part| *part != "**").map_while(|part| GlobBuilder::new(part).build().ok());
        let folders = parts.map(|glob| glob.compile_matcher()).collect();
        Ok(Self { globs, set: OnceLock::new(), start: PathBuf::new(), folders, names: Names::of(glob) })
    }

    /// Whether a path matches, given relative to the root.
    pub(super) fn is_match(&self, relative: &Path) -> bool {
        let set = self.set.get_or_init(|| {
            let mut set = GlobSetBuilder::new();
            for glob in &self.globs {
                set.add(glob.clone());
            }
            // What was understood can be built, as long as it is no novel.
            set.build().unwrap_or_default()
        });
        set.is_match(relative)
    }

    /// Collects what matches below the root.
    pub(super) fn look(&self, root: &Path, found: &mut Found) {
        let dir = rustix::fs::openat(rustix::fs::CWD, root.join(&self.start), FOLDER, Mode::empty());
        let Ok(dir) = dir else { return };
        let mut start = self.start.as_os_str().as_bytes().to_vec();
        if !start.is_empty() {
            start.push(b'/');
        }
        self.walk(&Walk { root, dir, depth: 0, all: false }, &mut start, found);
    }

    /// `path`: the folder's path below the root, with a `/` at its end; it is left as it was.
    fn walk(&self, walk: &Walk<'_>, path: &mut Vec<u8>, found: &mut Found) {
        found.dirs.push(walk.root.join(OsStr::from_bytes(path.strip_suffix(b"/").unwrap_or(path))));
        let listing = Listing::of(&walk.dir);
        for (name, kind) in listing.entries() {
            let bytes = name.to_bytes().strip_suffix(b"/").unwrap_or(name.to_bytes());
            let matches = walk.all || self.names.as_ref().is_some_and(|names| names.is_match(walk.depth, bytes));
            let length = path.len();
            path.extend_from_slice(name.to_bytes());
            if kind == FileType::Directory {
                let leads = self.folders.get(walk.depth).is_none_or(|folder| folder.is_match(OsStr::from_bytes(bytes)));
                if (leads || walk.all)
                    && !is_private(Path::new(OsStr::from_bytes(path)))
                    && let Ok(dir) = rustix::fs::openat(&walk.dir, name, FOLDER | OFlags::NOFOLLOW, Mode::empty())
                {
                    self.walk(&Walk { root: walk.root, dir, depth: walk.depth + 1, all: matches }, path, found);
                }
            } else if (matches || self.names.is_none() && self.is_match(Path::new(OsStr::from_bytes(path))))
                && let Some(stat) = file(&walk.dir, name)
            {
                found.files.push((PathBuf::from(OsString::from_vec(path.clone())), stat));
            }
            path.truncate(length);
        }
    }
}

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// Where a walk is.
struct Walk<'a> {
    root: &'a Path,
    dir: OwnedFd,
    depth: usize,
    /// The folder itself matches, or one above: all that is in it is meant.
    all: bool,
}

/// What is in a folder, sorted as the paths will be: as if a folder's name had a `/` at its end. The names
/// lie one behind the other: with thousands of files, a piece of memory for each would cost more than all else.
#[derive(Default)]
struct Listing {
    /// Each ends with a `/` when it is a folder's, and with a NUL.
    names: Vec<u8>,
    entries: Vec<(Range<usize>, FileType)>,
}

impl Listing {
    fn of(dir: &OwnedFd) -> Self {
        let mut listing = Self::default();
        let Ok(found) = Dir::read_from(dir) else { return listing };
        for entry in found.flatten() {
            let name = entry.file_name();
            if name != c"." && name != c".." {
                listing.add(name, kind(dir, &entry));
            }
        }
        let Self { names, entries } = &mut listing;
        entries.sort_unstable_by(|(a, _), (b, _)| names[a.clone()].cmp(&names[b.clone()]));
        listing
    }

    fn add(&mut self, name: &CStr, kind: FileType) {
        let start = self.names.len();
        self.names.extend_from_slice(name.to_bytes());
        if kind == FileType::Directory {
            self.names.push(b'/');
        }
        self.entries.push((start..self.names.len(), kind));
        self.names.push(0);
    }

    fn entries(&self) -> impl Iterator<Item = (&CStr, FileType)> {
        let name = |range: &Range<usize>| CStr::from_bytes_with_nul(&self.names[range.start..=range.end]).ok();
        self.entries.iter().filter_map(move |(range, kind)| Some((name(range)?, *kind)))
    }
}

fn kind(dir: &OwnedFd, entry: &rustix::fs::DirEntry) -> FileType {
    match entry.file_type() {
        FileType::Unknown => rustix::fs::statat(dir, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW)
            .map_or(FileType::Unknown, |stat| FileType::from_raw_mode(stat.st_mode)),
        kind => kind,
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
            (relative(found.files.into_iter().map(|(path, _)| path).collect()), relative(found.dirs))
        };
        let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        assert_eq!(look("Cargo.*"), (names(&["Cargo.toml"]), names(&[""])));
        assert_eq!(look("./src/**"), (names(&["src/a.rs", "src/b/c.rs"]), names(&["", "src", "src/b"])));
        assert_eq!(look("src"), (names(&["src/a.rs", "src/b/c.rs"]), names(&["", "src", "src/b"])));
        assert_eq!(look("*/*.rs").0, names(&["src/a.rs"]));
        assert_eq!(look("{src/b,docs/a}/*").0, names(&["docs/a/b.md", "src/b/c.rs"]));
        // The quick way finds what the pattern matches, no more and no less.
        let all = look("**").0;
        for glob in
            ["*", "**", "**/*.rs", "src", "src/*", "src/**", "src/**/*.rs", "s?c/**/c*", "*/b", "docs/*/*.md", "**/b", "**/b/*", "*c/**"]
        {
            let one = Glob::new(glob).unwrap_or_else(|error| panic!("{error:?}"));
            let wanted: Vec<String> = all.iter().filter(|file| one.is_match(Path::new(file))).cloned().collect();
            assert_eq!(look(glob).0, wanted, "{glob}");
        }
        assert_eq!(look("**/*.rs").0, names(&["src/a.rs", "src/b/c.rs", "target/x/y.rs"]));
    }
}
