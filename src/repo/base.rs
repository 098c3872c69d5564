//! Bases from git: fetched with the git program into the user's cache, written into the repo whole or not at all.
#![expect(clippy::disallowed_methods, reason = "a clone and its lock are kept, and folders swapped, as nothing else needs it")]

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::disk::{self, unwritable};
use crate::process::{self, Command};
use crate::report::{Error, Kind, Result};

/// A file of a base.
#[derive(Clone, Debug)]
pub struct BaseFile {
    /// Its path in the repository.
    pub path: PathBuf,
    /// What is in it; of a symbolic link, where it leads.
    pub bytes: Vec<u8>,
    /// Whether it can be run.
    pub executable: bool,
    /// Whether it is a symbolic link.
    pub link: bool,
}

/// A commit of another repository, in the cache.
#[derive(Clone, Debug)]
pub struct Fetched {
    pub(super) git_dir: PathBuf,
    /// The commit.
    pub commit: String,
}

/// Fetches one commit of a repository: of a branch, a tag or a full commit; none: of the default branch.
///
/// # Errors
/// Exit code 7 without git, 1 for a repository that can't be reached, 2 for a ref that is not there.
pub fn fetch(url: &str, reference: Option<&str>) -> Result<Fetched> {
    process::find("git")?;
    let git_dir = cache()?.join(blake3::hash(url.as_bytes()).to_hex().as_str());
    make(&git_dir).map_err(|error| unwritable(&git_dir, &error))?;
    let _alone = lock(&git_dir.join("instep.lock"))?;
    let wanted = reference.unwrap_or("HEAD");
    // Kept, so that the next fetch brings only what is new.
    let here = format!("refs/instep/{}", blake3::hash(wanted.as_bytes()).to_hex());
    let known = || process::read(&git(&git_dir, &["rev-parse", "--verify", "--quiet", &format!("{here}^{{commit}}")]));
    // A branch moves, a tag may; a commit that is here is what it was, and needs no network.
    if known().is_ok_and(|commit| commit == wanted) {
        return Ok(Fetched { git_dir, commit: wanted.to_owned() });
    }
    let pair = format!("+{wanted}:{here}");
    let mut command = git(&git_dir, &["fetch", "--quiet", "--no-tags", "--depth", "1", url, &pair]);
    command.timeout = Some(Duration::from_secs(300));
    let output = process::capture(&unasked(command))?;
    if !output.exit.ok() {
        return Err(refused(url, reference, &output));
    }
    let commit = known()?;
    Ok(Fetched { git_dir, commit })
}

/// A bare repository (gitrepository-layout). `git init` would fail in a hook, where `GIT_WORK_TREE` is set.
fn make(git_dir: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(git_dir.join("objects"))?;
    std::fs::create_dir_all(git_dir.join("refs"))?;
    let write = |name: &str, text: &str| if git_dir.join(name).exists() { Ok(()) } else { std::fs::write(git_dir.join(name), text) };
    write("config", "[core]\n\trepositoryformatversion = 0\n\tbare = true\n")?;
    write("HEAD", "ref: refs/heads/main\n")
}

/// Waits until no other run fetches into the same clone; the lock ends with the file, or with the process.
fn lock(file: &Path) -> Result<std::fs::File> {
    let open = std::fs::File::create(file).map_err(|error| unwritable(file, &error))?;
    while let Err(error) = rustix::fs::flock(&open, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
        if error != rustix::io::Errno::WOULDBLOCK && error != rustix::io::Errno::INTR {
            return Err(unwritable(file, &error.into()));
        }
        process::cancel::sleep(Duration::from_millis(50))?;
    }
    Ok(open)
}

impl Fetched {
    /// All files of a folder of the repository (empty: of all of it); none when there is no such folder.
    ///
    /// # Errors
    /// What git says; a hard link, which git does not make.
    pub fn folder(&self, folder: &Path) -> Result<Vec<BaseFile>> {
        let tree = format!("{}:{}", self.commit, folder.display());
        if !process::capture(&git(&self.git_dir, &["cat-file", "-e", &tree]))?.exit.ok() {
            return Ok(Vec::new());
        }
        let mut command = git(&self.git_dir, &["archive", "--format=tar", &self.commit]);
        if !folder.as_os_str().is_empty() {
            command = command.arg("--").arg(folder);
        }
        let output = process::capture(&command)?;
        if !output.exit.ok() {
            return Err(Error::failed(format!("`git archive` failed: {}", output.exit)).note(output.complaint()));
        }
        unpack(&output.stdout).map_err(|error| Error::failed(format!("the base can't be unpacked: {error}")))
    }
}

fn unpack(tar: &[u8]) -> std::io::Result<Vec<BaseFile>> {
    let mut files = Vec::new();
    for entry in tar::Archive::new(tar).entries()? {
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
        let kind = entry.header().entry_type();
        if kind.is_hard_link() {
            return Err(std::io::Error::other(format!("{} is a hard link", path.display())));
        }
        if kind.is_symlink() {
            let bytes = entry.link_name_bytes().unwrap_or_default().into_owned();
            files.push(BaseFile { path, bytes, executable: false, link: true });
        } else if kind.is_file() {
            let executable = entry.header().mode()? & 0o100 != 0;
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            files.push(BaseFile { path, bytes, executable, link: false });
        }
    }
    Ok(files)
}

/// Writes files below a folder.
///
/// # Errors
/// A disk that is full or can't be written.
pub fn write_files<'a>(dir: &Path, files: impl IntoIterator<Item = &'a BaseFile>) -> Result<()> {
    for file in files {
        let path = dir.join(&file.path);
        disk::write(&path, &file.bytes)?;
        disk::set_mode(&path, if file.executable { 0o755 } else { 0o644 })?;
    }
    Ok(())
}

/// Puts a folder in the place of another (none: takes that one away), and a file with this text beside
/// (none: takes it away). Both are written before anything is replaced; what fails is put back.
///
/// # Errors
/// A disk that is full or can't be written: then all is as it was.
pub fn swap(place: &Path, with: Option<&Path>, file: &Path, text: Option<&str>, attic: &Path) -> Result<()> {
    let beside = file.with_extension(format!("new-{}", std::process::id()));
    if let Some(text) = text {
        std::fs::write(&beside, text).map_err(|error| unwritable(file, &error))?;
    }
    let had = place.exists();
    let moved = (|| {
        if had {
            std::fs::rename(place, attic)?;
        }
        if let Some(with) = with {
            std::fs::rename(with, place)?;
        }
        match text {
            Some(_) => std::fs::rename(&beside, file),
            None if file.exists() => std::fs::remove_file(file),
            None => Ok(()),
        }
    })();
    moved.map_err(|error| {
        drop(std::fs::remove_file(&beside));
        if let Some(with) = with.filter(|with| !with.exists()) {
            drop(std::fs::rename(place, with));
        }
        if had && !place.exists() {
            drop(std::fs::rename(attic, place));
        }
        unwritable(file, &error)
    })
}

/// `$XDG_CACHE_HOME/instep/git`.
fn cache() -> Result<PathBuf> {
    let own = process::env::own_dir("XDG_CACHE_HOME", ".cache");
    Ok(own.ok_or_else(|| Error::usage("there is no place for clones: neither XDG_CACHE_HOME nor HOME is set"))?.join("git"))
}

pub(super) fn git(git_dir: &Path, args: &[&str]) -> Command {
    // Named outright: in a git hook, GIT_DIR is the user's own repository.
    Command::new("git", ["--git-dir"]).arg(git_dir).args(args).env("LC_ALL", "C")
}

/// Nobody is asked for a password: the question would come from a program that does not own the terminal.
pub(super) fn unasked(command: Command) -> Command {
    let command = command.env("GIT_TERMINAL_PROMPT", "0");
    let own = process::env::is_set("GIT_SSH_COMMAND") || process::env::is_set("GIT_SSH");
    if own { command } else { command.env("GIT_SSH_COMMAND", "ssh -o BatchMode=yes") }
}

fn refused(url: &str, reference: Option<&str>, output: &process::Output) -> Error {
    let said = output.complaint();
    let unknown = ["couldn't find remote ref", "not our ref", "unadvertised object", "invalid refspec"];
    if let Some(name) = reference.filter(|_| unknown.iter().any(|words| said.contains(words))) {
        return Error::usage(format!("there is no branch, tag or commit `{name}` in {url}"))
            .help(format!("`git ls-remote {url}` lists what is there; a commit is written in full"));
    }
    let kind = if output.exit == process::Exit::TimedOut { Kind::TimedOut } else { Kind::Failed };
    Error::new(kind, format!("{url} can't be fetched"))
        .note(said)
        .help(format!("try what git says to: git ls-remote {}", process::quote(url)))
}
