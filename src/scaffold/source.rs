//! Where scaffolds come from: embedded in the binary, a folder, or a git repository.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::manifest::Manifest;
use crate::config::bases::GitUrl;
use crate::process::{self, Command};
use crate::repo;
use crate::report::{Error, Result, text};

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scaffolds");

/// The description of a scaffold, in its folder.
const MANIFEST: &str = "scaffold.toml";
/// The description of what several scaffolds share.
const PART: &str = "part.toml";

/// A scaffold: its description and its files, not rendered.
#[derive(Clone, Debug)]
pub struct Scaffold {
    /// Its description.
    pub manifest: Manifest,
    /// Its files: path below `template/`, and content.
    pub files: Vec<Template>,
    /// Where it comes from; none: embedded.
    pub origin: Option<Origin>,
}

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

/// A place outside of the binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// As it is written: a folder or a URL.
    pub source: String,
    /// The commit, when it is from git.
    pub commit: Option<String>,
}

/// Names for scaffolds elsewhere: `[scaffolds]`.
pub type Names = BTreeMap<String, String>;

impl Scaffold {
    /// By a name of `[scaffolds]`, the name of an embedded one, the path of a folder (with a slash), or a URL.
    /// Paths are meant from `from`.
    ///
    /// # Errors
    /// Exit code 2 when there is none; what git says of a repository that can't be reached.
    pub fn find(name: &str, names: &Names, from: &Path) -> Result<Self> {
        let place = names.get(name).map_or(name, String::as_str);
        if place.contains("://") {
            return Self::in_repository(place);
        }
        if place.contains('/') {
            return Self::in_folder(&from.join(place), place);
        }
        Self::embedded_one(place).unwrap_or_else(|| {
            let known: Vec<&str> = embedded_names().into_iter().chain(names.keys().map(String::as_str)).collect();
            let error = Error::usage(format!("there is no scaffold `{name}`")).note(format!("there are: {}", text::list(&known)));
            Err(match text::nearest(name, known.iter().copied()) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help("a scaffold of your own is named by its folder, as in ./my-scaffold"),
            })
        })
    }

    /// All embedded ones, in alphabetical order.
    pub fn embedded() -> Vec<Self> {
        embedded_names().into_iter().filter_map(|name| Self::embedded_one(name)?.ok()).collect()
    }

    fn embedded_one(name: &str) -> Option<Result<Self>> {
        let dir = EMBEDDED.get_dir(name)?;
        let text = dir.get_file(dir.path().join(MANIFEST))?.contents_utf8()?;
        let mut files = Vec::new();
        collect_embedded(dir, &dir.path().join("template"), &mut files);
        let part = |name: &str| {
            let dir = EMBEDDED.get_dir(name)?;
            let mut files = Vec::new();
            collect_embedded(dir, &dir.path().join("template"), &mut files);
            Some((dir.get_file(dir.path().join(PART))?.contents_utf8()?.to_owned(), files))
        };
        Some(Self::of(text, &format!("{name}/{MANIFEST}"), files, None, |name| Ok(part(name))))
    }

    fn in_folder(dir: &Path, shown: &str) -> Result<Self> {
        let file = dir.join(MANIFEST);
        let text = std::fs::read_to_string(&file).map_err(|error| Error::usage(format!("{} is not a scaffold: {error}", dir.display())))?;
        let mut files = Vec::new();
        collect(&dir.join("template"), &dir.join("template"), &mut files)?;
        let source = dir.canonicalize().map_or_else(|_| shown.to_owned(), |dir| dir.display().to_string());
        let part = |name: &str| {
            let dir = dir.join("..").join(name);
            let Ok(text) = std::fs::read_to_string(dir.join(PART)) else { return Ok(None) };
            let mut files = Vec::new();
            collect(&dir.join("template"), &dir.join("template"), &mut files)?;
            Ok(Some((text, files)))
        };
        Self::of(&text, &file.display().to_string(), files, Some(Origin { source, commit: None }), part)
    }

    /// `git+https://HOST/REPO.git//FOLDER#REF`, in the user's cache of clones.
    fn in_repository(url: &str) -> Result<Self> {
        let git = GitUrl::parse(url).map_err(|fault| {
            let error = Error::usage(format!("the scaffold's URL {}", fault.what));
            error.help("write git+https://HOST/REPO.git//FOLDER#TAG (or git+ssh, git+file)")
        })?;
        let fetched = repo::fetch(&git.repo, git.reference.as_deref())?;
        let folder = Path::new(&git.path);
        let (text, files) = fetched_folder(&fetched, folder, MANIFEST)?;
        let part = |name: &str| {
            let (text, files) = fetched_folder(&fetched, &folder.with_file_name(name), PART)?;
            Ok(text.map(|text| (text, files)))
        };
        let missing = || Error::usage(format!("there is no {MANIFEST} in {} of {} at {}", git.path, git.repo, git.shown_reference()));
        let origin = Origin { source: url.to_owned(), commit: Some(fetched.commit.clone()) };
        Self::of(&text.ok_or_else(missing)?, &format!("{}/{MANIFEST}", git.path), files, Some(origin), part)
    }

    /// Puts it together with the parts that it shares with others; of two files of one name its own holds.
    fn of(
        text: &str,
        shown: &str,
        mut files: Vec<Template>,
        origin: Option<Origin>,
        part: impl Fn(&str) -> Result<Option<(String, Vec<Template>)>>,
    ) -> Result<Self> {
        let mut manifest = Manifest::parse(text, shown)?;
        for name in manifest.include.clone() {
            let missing = || {
                Error::usage(format!("broken scaffold: `include` names {name}, and there is no {PART} in a folder of that name beside it"))
            };
            let (text, more) = part(&name)?.ok_or_else(missing)?;
            manifest.take(&text, &format!("{name}/{PART}"))?;
            let new: Vec<Template> = more.into_iter().filter(|file| files.iter().all(|own| own.path != file.path)).collect();
            files.extend(new);
        }
        files.sort();
        Ok(Self { manifest, files, origin })
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
}

/// The names of the embedded scaffolds, in alphabetical order.
pub fn embedded_names() -> Vec<&'static str> {
    let is_scaffold = |dir: &&Dir<'_>| dir.get_file(dir.path().join(MANIFEST)).is_some();
    let mut names: Vec<&str> = EMBEDDED.dirs().filter(is_scaffold).filter_map(|dir| dir.path().to_str()).collect();
    names.sort_unstable();
    names
}

/// A scaffold or a part of one in a repository: its description, and its templates.
fn fetched_folder(fetched: &repo::Fetched, folder: &Path, description: &str) -> Result<(Option<String>, Vec<Template>)> {
    let (mut text, mut files) = (None, Vec::new());
    for file in fetched.folder(folder)? {
        let Ok(path) = file.path.strip_prefix(folder) else { continue };
        if path == Path::new(description) {
            text = Some(String::from_utf8_lossy(&file.bytes).into_owned());
        } else if let Ok(path) = path.strip_prefix("template") {
            let mode = if file.executable { Mode::Executable } else { Mode::Plain };
            files.push(Template { path: path.to_owned(), bytes: file.bytes, mode });
        }
    }
    Ok((text, files))
}

fn collect_embedded(dir: &Dir<'_>, root: &Path, files: &mut Vec<Template>) {
    for file in dir.files() {
        if let Ok(path) = file.path().strip_prefix(root) {
            files.push(Template { path: path.to_owned(), bytes: file.contents().to_vec(), mode: Mode::Plain });
        }
    }
    for inner in dir.dirs() {
        collect_embedded(inner, root, files);
    }
}

fn collect(dir: &Path, root: &Path, files: &mut Vec<Template>) -> Result<()> {
    let unreadable = |path: &Path, error: &std::io::Error| Error::usage(format!("can't read {}: {error}", path.display()));
    // A part may be questions alone.
    if dir == root && !dir.exists() {
        return Ok(());
    }
    for entry in std::fs::read_dir(dir).map_err(|error| unreadable(dir, &error))? {
        let path = entry.map_err(|error| unreadable(dir, &error))?.path();
        let meta = path.symlink_metadata().map_err(|error| unreadable(&path, &error))?;
        if meta.is_dir() {
            collect(&path, root, files)?;
            continue;
        }
        let (bytes, mode) = if meta.is_symlink() {
            (std::fs::read_link(&path).map(|to| to.display().to_string().into_bytes()), Mode::Link)
        } else {
            let mode = if meta.permissions().mode() & 0o100 == 0 { Mode::Plain } else { Mode::Executable };
            (std::fs::read(&path), mode)
        };
        let bytes = bytes.map_err(|error| unreadable(&path, &error))?;
        files.push(Template { path: path.strip_prefix(root).unwrap_or(&path).to_owned(), bytes, mode });
    }
    Ok(())
}
