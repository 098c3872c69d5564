//! Bases from git: their URLs, the lock that pins them, and whether what is vendored is what was pinned.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::value::Fault;
use crate::report::{Error, Result};

/// The file that pins the bases, beside `instep.toml`.
pub const LOCK: &str = "instep.lock";
/// Where bases are vendored, beside `instep.toml`.
pub const FOLDER: &str = ".instep/base";
/// What to do about every base that is missing or is not what was pinned.
const CURE: &str = "`instep update --base` fetches it and writes .instep/base/ and instep.lock: commit both";

/// `git+SCHEME://REPOSITORY//PATH.toml#REF` taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitUrl {
    /// All of it but the ref.
    pub text: String,
    /// What git fetches from.
    pub repo: String,
    /// The file in the repository.
    pub path: String,
    /// A branch, a tag or a full commit; none: the default branch.
    pub reference: Option<String>,
}

impl GitUrl {
    /// Takes a URL apart.
    ///
    /// # Errors
    /// What is wrong with it, and how one looks that is right.
    pub fn parse(url: &str) -> Result<Self, Fault> {
        Self::read(url, false)
    }

    /// The same of a folder: without a `//` it is the whole repository.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn of_folder(url: &str) -> Result<Self, Fault> {
        Self::read(url, true)
    }

    fn read(url: &str, whole: bool) -> Result<Self, Fault> {
        let fault = |what: &str| Fault {
            what: format!("{what}: \"{url}\""),
            help: Some("write git+https://HOST/REPO.git//FOLDER/base.toml#TAG (or git+ssh, git+file)".into()),
        };
        let (text, reference) = url.split_once('#').map_or((url, None), |(text, reference)| (text, Some(reference)));
        let (scheme, rest) = text.split_once("://").ok_or_else(|| fault("is not a URL"))?;
        if !["git+file", "git+https", "git+ssh"].contains(&scheme) {
            return Err(fault("must begin with git+https://, git+ssh:// or git+file://"));
        }
        let (repo, path) = match rest.split_once("//") {
            Some(pair) => pair,
            None if whole => (rest, ""),
            None => return Err(fault("names no file: there is no `//` between the repository and the file")),
        };
        if repo.split('/').next().is_some_and(|host| host.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))) {
            return Err(Fault { what: "holds a password".into(), help: Some("git's own credential helpers know it: leave it out".into()) });
        }
        let plain = |path: &str| path.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
        if repo.is_empty() || !(plain(path) || whole && path.is_empty()) {
            return Err(fault("names no file in a repository"));
        }
        if reference.is_some_and(|name| !is_reference(name)) {
            return Err(fault("has no branch, tag or commit after the `#`"));
        }
        let repo = format!("{}://{repo}", scheme.trim_start_matches("git+"));
        Ok(Self { text: text.to_owned(), repo, path: path.to_owned(), reference: reference.map(str::to_owned) })
    }

    /// The last part of the repository's address: `platform`.
    pub fn name(&self) -> String {
        let last = self.repo.trim_end_matches('/').rsplit('/').next().unwrap_or_default().trim_end_matches(".git");
        let clean: String = last.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
        let clean = clean.trim_start_matches('.');
        if clean.is_empty() { "base".to_owned() } else { clean.to_owned() }
    }

    /// `v3`, or `the default branch`.
    pub fn shown_reference(&self) -> &str {
        self.reference.as_deref().unwrap_or("the default branch")
    }
}

/// What git takes for a ref in its plain form (git-check-ref-format), as far as it could do harm.
fn is_reference(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('-')
        && !name.contains("..")
        && !name.contains(|c: char| c.is_whitespace() || c.is_control() || "~^:?*[\\".contains(c))
}

/// `instep.lock`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// One entry for each base.
    #[serde(default, rename = "base")]
    pub pins: Vec<Pin>,
}

/// What a base is pinned to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// The URL without the ref.
    pub url: String,
    /// The ref as written.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What it was when it was fetched.
    pub commit: String,
    /// Of all vendored files: `blake3:…`.
    pub hash: String,
    /// Its folder in `.instep/base/`.
    pub folder: String,
}

impl Lock {
    /// Reads the lock of a repo; an empty one when there is none.
    ///
    /// # Errors
    /// Exit code 2 for a file that is not a lock.
    pub fn read(root: &Path) -> Result<Self> {
        let file = root.join(LOCK);
        if !file.exists() {
            return Ok(Self::default());
        }
        let broken = |why: &str| Error::usage(format!("{LOCK} can't be read: {why}")).help(CURE);
        let lock: Self = toml::from_str(&super::find::read(&file, LOCK)?).map_err(|error| broken(error.message()))?;
        match lock.pins.iter().find(|pin| Path::new(&pin.folder).components().count() != 1 || pin.folder.starts_with('.')) {
            Some(pin) => Err(broken(&format!("`{}` is not a folder's name", pin.folder))),
            None => Ok(lock),
        }
    }

    /// The file's text.
    ///
    /// # Errors
    /// None that happen: it is plain data.
    pub fn text(&self) -> Result<String> {
        let text = toml::to_string(self).map_err(|error| Error::failed(error.to_string()))?;
        Ok(format!("# What `instep update --base` fetched into {FOLDER}/. Not edited by hand.\n\n{text}"))
    }

    /// The pin of a URL.
    pub fn pin(&self, url: &GitUrl) -> Option<&Pin> {
        self.pins.iter().find(|pin| pin.url == url.text && pin.reference == url.reference)
    }
}

/// The vendored bases of a repo, with their lock.
#[derive(Clone, Debug)]
pub struct Vendored {
    /// The folder that holds the folders of the bases.
    pub dir: PathBuf,
    /// What they are pinned to.
    pub lock: Lock,
}

impl Vendored {
    /// Those of the repo in this folder.
    ///
    /// # Errors
    /// A lock that can't be read.
    pub fn of(root: &Path) -> Result<Self> {
        Ok(Self { dir: root.join(FOLDER), lock: Lock::read(root)? })
    }

    /// The folder's name of a base that is there and is what was pinned.
    ///
    /// # Errors
    /// Exit code 2 naming `instep update --base`.
    pub fn find(&self, url: &GitUrl) -> Result<&str> {
        let Some(pin) = self.lock.pin(url) else {
            return Err(Error::usage(format!("the base {} is not in {LOCK}", url.name())).help(CURE));
        };
        self.verify(pin)?;
        Ok(&pin.folder)
    }

    /// Holds a folder against its pin.
    ///
    /// # Errors
    /// Exit code 2 naming `instep update --base`.
    pub fn verify(&self, pin: &Pin) -> Result<()> {
        let dir = self.dir.join(&pin.folder);
        if !dir.is_dir() {
            return Err(Error::usage(format!("the base in {FOLDER}/{} is not there, but {LOCK} names it", pin.folder)).help(CURE));
        }
        match hash(&dir) {
            Ok(found) if found == pin.hash => Ok(()),
            Ok(_) => Err(Error::usage(format!("the base in {FOLDER}/{} is not what {LOCK} pins", pin.folder))
                .note("it was changed by hand, or not all of it was committed")
                .help(CURE)),
            Err(error) => Err(Error::usage(format!("the base in {FOLDER}/{} can't be read: {error}", pin.folder)).help(CURE)),
        }
    }
}

/// The hash of all files in a folder: their paths, whether they are executable, and what is in them.
///
/// # Errors
/// A file that can't be read; a symbolic link, which no base has.
pub fn hash(dir: &Path) -> std::io::Result<String> {
    let mut files = Vec::new();
    walk(dir, &mut files)?;
    files.sort();
    let mut hasher = blake3::Hasher::new();
    for file in files {
        let path = file.strip_prefix(dir).unwrap_or(&file).to_string_lossy().into_owned();
        let bytes = std::fs::read(&file)?;
        let executable = file.metadata()?.permissions().mode() & 0o100 != 0;
        hasher.update(&(path.len() as u64).to_le_bytes()).update(path.as_bytes()).update(&[u8::from(executable)]);
        hasher.update(&(bytes.len() as u64).to_le_bytes()).update(&bytes);
    }
    Ok(format!("blake3:{}", hasher.finalize().to_hex()))
}

fn walk(dir: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(&entry.path(), files)?;
        } else if kind.is_file() {
            files.push(entry.path());
        } else {
            return Err(std::io::Error::other(format!("{} is not a plain file", entry.path().display())));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::GitUrl;

    #[test]
    fn a_url_names_repository_file_and_ref() {
        let url = GitUrl::parse("git+ssh://git@example.com/acme/platform.git//instep/base.toml#v3").expect("a URL");
        assert_eq!((url.repo.as_str(), url.path.as_str()), ("ssh://git@example.com/acme/platform.git", "instep/base.toml"));
        assert_eq!((url.reference.as_deref(), url.name().as_str()), (Some("v3"), "platform"));
        let url = GitUrl::parse("git+file:///srv/base.git//base.toml").expect("a URL");
        assert_eq!((url.repo.as_str(), url.path.as_str(), url.reference), ("file:///srv/base.git", "base.toml", None));
    }

    #[test]
    fn what_could_do_harm_is_no_url() {
        for bad in [
            "https://example.com/x.git//base.toml",
            "git+http://example.com/x.git//base.toml",
            "git+https://example.com/x.git",
            "git+https://example.com/x.git//../base.toml",
            "git+https://example.com/x.git//a//b.toml",
            "git+https://user:token@example.com/x.git//base.toml",
            "git+https://example.com/x.git//base.toml#",
            "git+https://example.com/x.git//base.toml#--upload-pack=x",
            "git+https://example.com/x.git//base.toml#a:b",
        ] {
            assert!(GitUrl::parse(bad).is_err(), "{bad}");
        }
    }
}
