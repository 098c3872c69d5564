//! Git trees as values: of files in memory and of the work tree, merged and compared beside the repository,
//! so that looking changes nothing in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::disk;
use crate::process::{self, Command};
use crate::report::{Error, Kind, Result};

/// The oldest git whose `merge-tree` makes a real merge (Documentation/RelNotes/2.38.0).
const NEEDED: (u32, u32) = (2, 38);

/// One file of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// `100644`, `100755`, `120000`.
    pub mode: String,
    /// The object's id.
    pub id: String,
}

/// The files of a tree by path.
pub type Entries = BTreeMap<String, Blob>;

/// A file that differs between two trees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta {
    /// `A`, `M`, `D`, `R`, `T`.
    pub status: char,
    /// Where it was, when it was renamed.
    pub from: Option<String>,
    /// The path.
    pub path: String,
}

/// Trees of the repository that a folder is in.
pub struct Trees {
    /// The folder whose files the trees hold.
    pub root: PathBuf,
    prefix: String,
    git_dir: PathBuf,
    objects: PathBuf,
    /// What an object's id is when there is none.
    zero: String,
    scratch: tempfile::TempDir,
    keep: bool,
}

impl Trees {
    /// Of this folder. `keep`: new objects go to the repository; else they are gone with this value.
    ///
    /// # Errors
    /// Exit code 7 without git or with one that is too old, 2 outside of a repository.
    pub fn open(root: &Path, keep: bool) -> Result<Self> {
        process::find("git")?;
        new_enough()?;
        let ask =
            Command::new("git", ["rev-parse", "--absolute-git-dir", "--git-path", "objects", "--show-object-format", "--show-prefix"])
                .dir(root);
        let output = process::capture(&ask)?;
        let text = output.text();
        let mut lines = text.lines();
        let (Some(git_dir), Some(objects), Some(format), true) = (lines.next(), lines.next(), lines.next(), output.exit.ok()) else {
            let error = Error::usage(format!("{} is not in a git repository", root.display()));
            return Err(error.help("run `git init && git add -A && git commit -m 'First commit'`"));
        };
        let scratch =
            tempfile::Builder::new().prefix("instep-trees-").tempdir().map_err(|error| unwritable("a temporary folder", &error))?;
        disk::make_dir(&scratch.path().join("objects"))?;
        let prefix = lines.next().unwrap_or_default().to_owned();
        let zero = "0".repeat(if format == "sha256" { 64 } else { 40 });
        Ok(Self { root: root.to_owned(), prefix, git_dir: git_dir.into(), objects: root.join(objects), zero, scratch, keep })
    }

    /// The tree of these files on disk, as `git add --all` there would make it.
    pub fn of_folder(&self, folder: &Path) -> Result<String> {
        let index = self.index("folder");
        let args = ["-c", "core.excludesFile=/dev/null", "-c", "core.safecrlf=false", "add", "--all", "."];
        self.read(&self.on(folder, &index).args(args))?;
        self.write_tree(&index)
    }

    /// The tree of the work tree as it is: tracked files and others that are not ignored, and of the ignored
    /// ones those that are named.
    ///
    /// # Errors
    /// Exit code 6 in the middle of a merge.
    pub fn of_work_tree(&self, also: &[&str]) -> Result<String> {
        let here = |args: &[&str]| self.command(&self.root).args(args);
        if !self.read(&here(&["ls-files", "--unmerged", "."]))?.is_empty() {
            let error = Error::new(Kind::Refused, "a merge is under way here");
            return Err(error.help("finish it (`git status` shows what is open), or take it back, then try again"));
        }
        let listed = self.read(&here(&["ls-files", "-z", "--cached", "--others", "--exclude-standard", "."]))?;
        let is_file = |path: &&str| self.root.join(path).symlink_metadata().is_ok_and(|meta| !meta.is_dir());
        let named = also.iter().copied().filter(is_file);
        let paths: Vec<&str> = listed.split('\0').filter(|path| !path.is_empty() && !path.ends_with('/')).chain(named).collect();
        let index = self.index("work-tree");
        // The real index knows which files are as they were: nothing has to be read again.
        if self.prefix.is_empty() {
            drop(disk::copy(&self.git_dir.join("index"), &index));
        }
        // A tracked file that has become a folder is gone; one that has become another repository is git's to judge.
        let is_folder = |path: &&str| {
            let path = self.root.join(path);
            path.symlink_metadata().is_ok_and(|meta| meta.is_dir()) && !path.join(".git").exists()
        };
        let (gone, paths): (Vec<&str>, Vec<&str>) = paths.into_iter().partition(is_folder);
        if !gone.is_empty() {
            let lines: String = gone.iter().map(|path| self.line(path, None, 0)).collect();
            self.read(&self.on(&self.root, &index).args(["update-index", "-z", "--index-info"]).stdin(lines))?;
        }
        // And a folder that has become a file makes room for it.
        let update = self.on(&self.root, &index).args(["update-index", "-z", "--add", "--remove", "--replace", "--stdin"]);
        self.read(&update.stdin(zero(&paths)))?;
        self.write_tree(&index)
    }

    /// The files of a tree.
    pub fn entries(&self, tree: &str) -> Result<Entries> {
        let text = self.read(&self.command(&self.root).args(["ls-tree", "-r", "-z", "--full-tree", tree]))?;
        Ok(listed(&text))
    }

    /// Whether the repository has all these objects.
    pub fn has<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> Result<bool> {
        let ids: Vec<&str> = ids.into_iter().collect();
        let text = self.read(&self.command(&self.root).args(["cat-file", "--batch-check"]).stdin(ids.join("\n") + "\n"))?;
        Ok(text.lines().all(|line| !line.ends_with(" missing")))
    }

    /// The content of a blob.
    pub fn blob(&self, id: &str) -> Result<Vec<u8>> {
        Ok(self.run(&self.command(&self.root).args(["cat-file", "blob", id]))?.stdout)
    }

    /// Stores a text, and gives its id.
    pub fn put(&self, text: &str) -> Result<String> {
        self.read(&self.command(&self.root).args(["hash-object", "-w", "--stdin"]).stdin(text))
    }

    /// A tree with these files replaced, or taken out.
    pub fn edit(&self, tree: &str, changes: &[(String, Option<Blob>)]) -> Result<String> {
        if changes.is_empty() {
            return Ok(tree.to_owned());
        }
        let index = self.index("edit");
        self.read(&self.on(&self.root, &index).args(["read-tree", tree]))?;
        let lines: String = changes.iter().map(|(path, blob)| self.line(path, blob.as_ref(), 0)).collect();
        self.read(&self.on(&self.root, &index).args(["update-index", "-z", "--index-info"]).stdin(lines))?;
        self.write_tree(&index)
    }

    /// The tree of exactly these files.
    pub fn of_entries(&self, entries: &Entries) -> Result<String> {
        let index = self.index("entries");
        let lines: String = entries.iter().map(|(path, blob)| self.line(path, Some(blob), 0)).collect();
        self.read(&self.on(&self.root, &index).args(["update-index", "-z", "--index-info"]).stdin(lines))?;
        self.write_tree(&index)
    }

    /// What differs between two trees.
    pub fn diff(&self, before: &str, after: &str, renames: bool) -> Result<Vec<Delta>> {
        let renames = if renames { "-M" } else { "--no-renames" };
        let text = self.read(&self.command(&self.root).args(["diff-tree", "-r", "-z", "--name-status", renames, before, after]))?;
        let mut fields = text.split('\0').filter(|field| !field.is_empty());
        let mut deltas = Vec::new();
        while let (Some(status), Some(first)) = (fields.next(), fields.next()) {
            let status = status.chars().next().unwrap_or('M');
            let second = if matches!(status, 'R' | 'C') { fields.next() } else { None };
            let path = second.unwrap_or(first).to_owned();
            deltas.push(Delta { status, from: second.map(|_| first.to_owned()), path });
        }
        Ok(deltas)
    }

    /// The difference of two trees as text.
    pub fn patch(&self, before: &str, after: &str) -> Result<String> {
        self.read(&self.command(&self.root).args(["diff-tree", "-r", "-p", "-M", "--no-color", before, after]))
    }

    /// Writes these files of a tree below a folder, as a checkout would.
    pub fn check_out<'a>(&self, tree: &str, paths: impl IntoIterator<Item = &'a str>, folder: &Path) -> Result<()> {
        let index = self.index("check-out");
        self.read(&self.on(folder, &index).args(["read-tree", tree]))?;
        let paths: Vec<&str> = paths.into_iter().collect();
        self.read(&self.on(folder, &index).args(["checkout-index", "-z", "--force", "--stdin"]).stdin(zero(&paths))).map(drop)
    }

    /// A commit of this tree that no branch holds.
    pub fn commit(&self, tree: &str, parent: Option<&str>) -> Result<String> {
        let mut command = self.command(&self.root).args(["commit-tree", tree, "-m", "instep update"]);
        for who in ["AUTHOR", "COMMITTER"] {
            command = command.env(format!("GIT_{who}_NAME"), "instep").env(format!("GIT_{who}_EMAIL"), "instep@localhost");
            command = command.env(format!("GIT_{who}_DATE"), "@0 +0000");
        }
        if let Some(parent) = parent {
            command = command.args(["-p", parent]);
        }
        self.read(&command)
    }

    /// Lets a ref hold a commit, so that git does not sweep it away.
    pub fn hold(&self, name: &str, commit: &str) -> Result<()> {
        self.read(&self.command(&self.root).args(["update-ref", name, commit])).map(drop)
    }

    /// A ref of this folder that no branch shows: `refs/instep/KIND/…`.
    pub fn ref_name(&self, kind: &str) -> String {
        let place = self.prefix.trim_end_matches('/');
        if place.is_empty() { format!("refs/instep/{kind}/root") } else { format!("refs/instep/{kind}/in/{place}") }
    }

    /// The lines of the index for these paths, as [`Self::set_staged`] takes them.
    pub fn staged(&self, paths: &[&str]) -> Result<String> {
        let command = self.command(&self.root).env("GIT_LITERAL_PATHSPECS", "1");
        self.read(&command.args(["ls-files", "-z", "--stage", "--full-name", "--"]).args(paths))
    }

    /// Replaces what the index says of these paths: by these lines, else by nothing.
    pub fn set_staged(&self, paths: &[&str], lines: &str) -> Result<()> {
        let gone: String = paths.iter().map(|path| self.line(&format!("{}{path}", self.prefix), None, 0)).collect();
        let command = self.command(&self.root).args(["update-index", "-z", "--index-info"]);
        self.read(&command.stdin(gone + lines)).map(drop)
    }

    /// A line for the index: this file at this stage.
    pub fn stage_line(&self, path: &str, blob: &Blob, stage: u8) -> String {
        self.line(&format!("{}{path}", self.prefix), Some(blob), stage)
    }

    /// git in a folder with the objects of this value; the index is the repository's own.
    pub(super) fn command(&self, dir: &Path) -> Command {
        let mut command = Command::new("git", ["-c", "core.quotePath=false"]).dir(dir).env("LC_ALL", "C");
        command = command.env("GIT_DIR", self.git_dir.display().to_string()).env("GIT_WORK_TREE", self.top().display().to_string());
        command = command.env("GIT_INDEX_FILE", self.git_dir.join("index").display().to_string());
        if !self.keep {
            let own = self.scratch.path().join("objects");
            command = command.env("GIT_OBJECT_DIRECTORY", own.display().to_string());
            command = command.env("GIT_ALTERNATE_OBJECT_DIRECTORIES", self.objects.display().to_string());
        }
        command
    }

    /// Runs git, and gives what it prints.
    pub(super) fn read(&self, command: &Command) -> Result<String> {
        Ok(self.run(command)?.text().trim_end_matches(['\n', '\r']).to_owned())
    }

    fn run(&self, command: &Command) -> Result<process::Output> {
        let output = process::capture(command)?;
        if output.exit.ok() {
            return Ok(output);
        }
        let error = Error::failed(format!("`git` failed in {}: {}", self.root.display(), output.exit));
        Err(error.note(format!("{}\n{}", command.line(), output.complaint())))
    }

    fn on(&self, folder: &Path, index: &Path) -> Command {
        self.command(folder).env("GIT_WORK_TREE", folder.display().to_string()).env("GIT_INDEX_FILE", index.display().to_string())
    }

    /// An index of its own for one purpose, empty.
    fn index(&self, purpose: &str) -> PathBuf {
        let index = self.scratch.path().join(purpose);
        drop(disk::remove(&index));
        index
    }

    fn write_tree(&self, index: &Path) -> Result<String> {
        self.read(&self.command(&self.root).env("GIT_INDEX_FILE", index.display().to_string()).arg("write-tree"))
    }

    /// A line of `git update-index -z --index-info`; without a blob, the one that takes the path out.
    fn line(&self, path: &str, blob: Option<&Blob>, stage: u8) -> String {
        match blob {
            Some(Blob { mode, id }) => format!("{mode} {id} {stage}\t{path}\0"),
            None => format!("0 {} 0\t{path}\0", self.zero),
        }
    }

    /// The root of the work tree.
    fn top(&self) -> &Path {
        let depth = Path::new(&self.prefix).components().count();
        self.root.ancestors().nth(depth).unwrap_or(&self.root)
    }
}

/// What `git ls-tree -r -z` prints.
fn listed(text: &str) -> Entries {
    let entry = |line: &str| {
        let (meta, path) = line.split_once('\t')?;
        let mut words = meta.split(' ');
        let (mode, id) = (words.next()?, words.nth(1)?);
        Some((path.to_owned(), Blob { mode: mode.to_owned(), id: id.to_owned() }))
    };
    text.split('\0').filter_map(entry).collect()
}

fn new_enough() -> Result<()> {
    let text = process::read(&Command::new("git", ["version"]))?;
    let numbers = text.split(' ').nth(2).unwrap_or_default();
    let mut parts = numbers.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let here = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if here >= NEEDED {
        return Ok(());
    }
    let error = Error::missing(format!("git {}.{} or newer is needed to merge, and this is {numbers}", NEEDED.0, NEEDED.1));
    Err(error.help("install a newer git"))
}

fn zero(paths: &[&str]) -> String {
    paths.iter().flat_map(|path| [*path, "\0"]).collect()
}

fn unwritable(what: &str, error: &std::io::Error) -> Error {
    Error::failed(format!("can't write {what}: {error}"))
}
