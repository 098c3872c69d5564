//! Where scaffolds come from: embedded in the binary, a folder, or a git repository.

use std::collections::BTreeMap;
use std::path::Path;

use super::folder::{Folder, Partials, Template, embedded_with};
use super::manifest::Manifest;
use crate::config::bases::GitUrl;
use crate::process::{self, Command};
use crate::repo;
use crate::report::{Error, Result, text};

/// The description of a scaffold, in its folder.
const MANIFEST: &str = "scaffold.toml";
/// The description of what several scaffolds share.
const PART: &str = "part.toml";

/// A scaffold: its description and its files, not rendered.
#[derive(Clone, Debug)]
pub struct Scaffold {
    /// Its description.
    pub manifest: Manifest,
    /// Its files.
    pub files: Vec<Template>,
    /// What its files include.
    pub partials: Partials,
    /// Where it comes from; none: embedded.
    pub origin: Option<Origin>,
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
        let folder = Folder::embedded(name, MANIFEST)?;
        Some(Self::of(folder, &format!("{name}/{MANIFEST}"), None, |name| Ok(Folder::embedded(name, PART))))
    }

    fn in_folder(dir: &Path, shown: &str) -> Result<Self> {
        let missing = || Error::usage(format!("{} is not a scaffold: there is no {MANIFEST} in it", dir.display()));
        let folder = Folder::on_disk(dir, MANIFEST)?.ok_or_else(missing)?;
        let source = dir.canonicalize().map_or_else(|_| shown.to_owned(), |dir| dir.display().to_string());
        let origin = Origin { source, commit: None };
        let part = |name: &str| Folder::on_disk(&dir.join("..").join(name), PART);
        Self::of(folder, &dir.join(MANIFEST).display().to_string(), Some(origin), part)
    }

    /// `git+https://HOST/REPO.git//FOLDER#REF`, in the user's cache of clones; without a folder it is the repository's root.
    fn in_repository(url: &str) -> Result<Self> {
        let git = GitUrl::of_folder(url).map_err(|fault| {
            let error = Error::usage(format!("the scaffold's URL {}", fault.what));
            error.help("write git+https://HOST/REPO.git//FOLDER#TAG (or git+ssh, git+file); without //FOLDER it is the root")
        })?;
        let fetched = repo::fetch(&git.repo, git.reference.as_deref())?;
        let dir = Path::new(&git.path);
        let place = if git.path.is_empty() { "the root" } else { git.path.as_str() };
        let missing = || Error::usage(format!("there is no {MANIFEST} in {place} of {} at {}", git.repo, git.shown_reference()));
        let folder = Folder::fetched(&fetched, dir, MANIFEST)?.ok_or_else(missing)?;
        let origin = Origin { source: url.to_owned(), commit: Some(fetched.commit.clone()) };
        let part = |name: &str| Folder::fetched(&fetched, &dir.with_file_name(name), PART);
        Self::of(folder, &dir.join(MANIFEST).display().to_string(), Some(origin), part)
    }

    /// Puts it together with the parts that it shares with others; of two files of one name its own holds.
    fn of(own: Folder, shown: &str, origin: Option<Origin>, part: impl Fn(&str) -> Result<Option<Folder>>) -> Result<Self> {
        let mut manifest = Manifest::parse(&own.description, shown)?;
        let Folder { mut files, mut partials, .. } = own;
        for name in manifest.include.clone() {
            let missing = || {
                Error::usage(format!("broken scaffold: `include` names {name}, and there is no {PART} in a folder of that name beside it"))
            };
            let more = part(&name)?.ok_or_else(missing)?;
            manifest.take(&more.description, &format!("{name}/{PART}"))?;
            let new: Vec<Template> = more.files.into_iter().filter(|file| files.iter().all(|own| own.path != file.path)).collect();
            files.extend(new);
            for (name, text) in more.partials {
                partials.entry(name).or_insert(text);
            }
        }
        files.sort();
        Ok(Self { manifest, files, partials, origin })
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
    embedded_with(MANIFEST)
}
