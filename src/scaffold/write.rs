//! The plan of a new repo, and its execution: beside the target first, then one rename.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::answers::Answers;
use super::manifest::Manifest;
use super::render::File;
use crate::plan::{Action, Plan, Step};
use crate::process::quote;
use crate::repo::{self, disk};
use crate::report::{Error, Result, text};

/// What making a repo consists of.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Make {
    /// Write all files.
    Write {
        /// The new repo.
        target: PathBuf,
        /// What is written, below it.
        files: Vec<PathBuf>,
    },
    /// Make it a git repository with a first commit.
    Commit {
        /// The new repo.
        target: PathBuf,
        /// The commit's message.
        message: String,
    },
}

impl Action for Make {
    fn title(&self) -> String {
        match self {
            Self::Write { target, files } => format!("{} into {}/", text::count(files.len(), "file"), target.display()),
            Self::Commit { message, .. } => format!("git init, first commit: {message}"),
        }
    }

    fn script(&self) -> Vec<String> {
        match self {
            Self::Write { target, files } => files.iter().map(|file| format!("#   {}", target.join(file).display())).collect(),
            Self::Commit { target, message } => {
                vec![format!(
                    "(cd {} && git init && git add --all && git commit -m {})",
                    quote(&target.display().to_string()),
                    quote(message)
                )]
            }
        }
    }
}

/// The plan for these files in this folder.
///
/// # Errors
/// Exit code 6 when something is there already: nothing is ever overwritten.
pub fn plan(target: &Path, files: &[File], manifest: &Manifest, git: bool) -> Result<Plan<Make>> {
    let empty = std::fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_none());
    if target.symlink_metadata().is_ok() && !empty {
        return Err(Error::new(crate::report::Kind::Refused, format!("{} is there already, and not empty", target.display()))
            .help("take another name, or --dir for another folder"));
    }
    let mut plan = Plan::default();
    plan.push("write", Make::Write { target: target.to_owned(), files: files.iter().map(|file| file.path.clone()).collect() });
    if git {
        let message = format!("New service from the scaffold {} {}", manifest.name, manifest.version);
        plan.push("git", Make::Commit { target: target.to_owned(), message });
    }
    Ok(plan)
}

/// Makes the repo step by step, in a folder beside its place.
pub struct Maker<'a> {
    /// The rendered files.
    pub files: &'a [File],
    /// The scaffold.
    pub manifest: &'a Manifest,
    /// The answers, to be recorded.
    pub answers: &'a Answers,
    beside: tempfile::TempDir,
}

impl<'a> Maker<'a> {
    /// Makes the folder beside the target.
    ///
    /// # Errors
    /// A folder that can't be written.
    pub fn new(target: &Path, files: &'a [File], manifest: &'a Manifest, answers: &'a Answers) -> Result<Self> {
        let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        disk::make_dir(parent)?;
        // The kind alone: the error of tempfile names a path that nobody asked for.
        let refused = |error: std::io::Error| disk::unwritable(parent, &error.kind().into());
        let beside = tempfile::Builder::new().prefix(".instep-new-").tempdir_in(parent).map_err(refused)?;
        Ok(Self { files, manifest, answers, beside })
    }

    /// Does one step of the plan.
    ///
    /// # Errors
    /// A disk that can't be written; git that refuses.
    pub fn act(&self, step: &Step<Make>) -> Result<()> {
        match &step.action {
            Make::Write { .. } => {
                for file in self.files {
                    self.write(&file.path, &file.bytes, file.executable)?;
                }
                self.record(None)
            }
            Make::Commit { message, .. } => self.commit(message),
        }
    }

    /// Moves the finished repo to its place: from here on it is there, whole.
    ///
    /// # Errors
    /// A target that came into being meanwhile.
    pub fn finish(self, target: &Path) -> Result<()> {
        let made = self.beside.path();
        disk::set_mode(made, 0o755)?;
        // An empty folder may be replaced; anything else makes the rename fail.
        disk::rename(made, target)?;
        let _gone = self.beside.keep();
        Ok(())
    }

    /// The generated tree is committed first, so that its id is that of a tree every clone has; the
    /// record, which holds this id, comes in a second commit.
    fn commit(&self, message: &str) -> Result<()> {
        let record = self.beside.path().join(RECORD);
        disk::remove(&record)?;
        let tree = repo::init_with_commit(self.beside.path(), message)?;
        self.record(Some(&tree))?;
        repo::commit_all(self.beside.path(), "Record the scaffold that this repo came from")
    }

    fn record(&self, tree: Option<&str>) -> Result<()> {
        let answers = toml::Table::try_from(self.answers).map_err(|error| Error::failed(error.to_string()))?;
        let mut table = toml::Table::new();
        table.insert("scaffold".into(), self.manifest.name.clone().into());
        table.insert("version".into(), i64::from(self.manifest.version).into());
        table.insert("instep".into(), env!("CARGO_PKG_VERSION").into());
        if let Some(tree) = tree {
            table.insert("tree".into(), tree.into());
        }
        table.insert("answers".into(), answers.into());
        let text = format!("# What this repo was generated from; `instep update` reads it.\n{table}");
        self.write(Path::new(RECORD), text.as_bytes(), false)
    }

    fn write(&self, path: &Path, bytes: &[u8], executable: bool) -> Result<()> {
        let file = self.beside.path().join(path);
        disk::write(&file, bytes)?;
        if executable { disk::set_mode(&file, 0o755) } else { Ok(()) }
    }
}

/// Where a repo says what it was generated from.
const RECORD: &str = ".instep/scaffold.toml";
