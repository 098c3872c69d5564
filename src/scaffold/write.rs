//! The plan of a new repo, and its execution: beside the target first, then one rename.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::answers::Answers;
use super::manifest::Hook;
use super::record::{RECORD, Record};
use super::render::File;
use super::source::{Mode, Scaffold};
use crate::plan::{Action, Plan, Step};
use crate::process::{self, Command, quote};
use crate::repo::{self, Trees, disk};
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
    /// Run a command of the scaffold in it.
    Run {
        /// The new repo.
        target: PathBuf,
        /// A line for `sh`.
        run: String,
        /// What for.
        description: String,
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
            Self::Run { description, .. } => description.clone(),
            Self::Commit { message, .. } => format!("git init, first commit: {message}"),
        }
    }

    fn script(&self) -> Vec<String> {
        match self {
            Self::Write { target, files } => tree(target, files),
            Self::Run { target, run, .. } => {
                vec![format!("(cd {} && sh -eu -c {})", quote(&target.display().to_string()), quote(run))]
            }
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

/// The files as a tree, in comments of a script.
fn tree(target: &Path, files: &[PathBuf]) -> Vec<String> {
    let mut lines = vec![format!("#   {}/", target.display())];
    let mut above: Vec<String> = Vec::new();
    let mut sorted: Vec<&PathBuf> = files.iter().collect();
    sorted.sort();
    for file in sorted {
        let parts: Vec<String> = file.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        let Some((name, folders)) = parts.split_last() else { continue };
        let same = folders.iter().zip(&above).take_while(|(a, b)| a == b).count();
        for (depth, folder) in folders.iter().enumerate().skip(same) {
            lines.push(format!("#   {}{folder}/", "  ".repeat(depth + 1)));
        }
        lines.push(format!("#   {}{name}", "  ".repeat(folders.len() + 1)));
        above = folders.to_vec();
    }
    lines
}

/// The plan for these files in this folder, and for the commands that may run there.
///
/// # Errors
/// Exit code 6 when something is there already: nothing is ever overwritten.
pub fn plan(target: &Path, files: &[File], scaffold: &Scaffold, commands: &[Hook], git: bool) -> Result<Plan<Make>> {
    let empty = std::fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_none());
    if target.symlink_metadata().is_ok() && !empty {
        return Err(Error::new(crate::report::Kind::Refused, format!("{} is there already, and not empty", target.display()))
            .help("take another name, or --dir for another folder"));
    }
    let mut plan = Plan::default();
    plan.push("write", Make::Write { target: target.to_owned(), files: files.iter().map(|file| file.path.clone()).collect() });
    if git {
        let message = format!("New service from the scaffold {} {}", scaffold.manifest.name, scaffold.manifest.version);
        plan.push("git", Make::Commit { target: target.to_owned(), message });
    }
    // Behind the first commit, which holds what was generated and nothing else: updates begin from that.
    for (number, Hook { run, description }) in (1..).zip(commands) {
        let (target, run, description) = (target.to_owned(), run.clone(), description.clone());
        plan.push(format!("command-{number}"), Make::Run { target, run, description });
    }
    Ok(plan)
}

/// Makes the repo step by step, in a folder beside its place.
pub struct Maker<'a> {
    /// The rendered files.
    pub files: &'a [File],
    /// The scaffold.
    pub scaffold: &'a Scaffold,
    /// The answers, to be recorded.
    pub answers: &'a Answers,
    beside: tempfile::TempDir,
}

impl<'a> Maker<'a> {
    /// Makes the folder beside the target.
    ///
    /// # Errors
    /// A folder that can't be written.
    pub fn new(target: &Path, files: &'a [File], scaffold: &'a Scaffold, answers: &'a Answers) -> Result<Self> {
        let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        disk::make_dir(parent)?;
        // The kind alone: the error of tempfile names a path that nobody asked for.
        let refused = |error: std::io::Error| disk::unwritable(parent, &error.kind().into());
        let beside = tempfile::Builder::new().prefix(".instep-new-").tempdir_in(parent).map_err(refused)?;
        Ok(Self { files, scaffold, answers, beside })
    }

    /// Does one step of the plan.
    ///
    /// # Errors
    /// A disk that can't be written; git that refuses.
    pub fn act(&self, step: &Step<Make>) -> Result<()> {
        match &step.action {
            Make::Write { .. } => {
                write_files(self.beside.path(), self.files)?;
                let made = self.beside.path();
                // In a repository that is there already, the user commits.
                self.record(if repo::is_inside(made) { Some(Trees::open(made, false)?) } else { None }.as_ref())
            }
            Make::Run { run, .. } => self.run(run),
            Make::Commit { message, .. } => self.commit(message),
        }
    }

    /// Moves the finished repo to its place: from here on it is there, whole.
    ///
    /// # Errors
    /// A target that came into being meanwhile.
    pub fn finish(self, target: &Path) -> Result<()> {
        let made = self.beside.path();
        if made.join(".git").is_dir() {
            repo::commit_all(made, "Record the scaffold that this repo came from")?;
        }
        disk::set_mode(made, 0o755)?;
        // An empty folder may be replaced; anything else makes the rename fail.
        disk::rename(made, target)?;
        let _gone = self.beside.keep();
        Ok(())
    }

    /// The generated tree is committed first, so that its id is that of a tree every clone has; the
    /// record, which holds this id, comes in a second commit, with what commands have made.
    fn commit(&self, message: &str) -> Result<()> {
        let made = self.beside.path();
        let record = made.join(RECORD);
        disk::remove(&record)?;
        repo::init_with_commit(made, message)?;
        self.record(Some(&Trees::open(made, false)?))
    }

    /// The answers are in the environment, as `ANSWER_PORT`: pasted into a line of a shell they could be commands.
    fn run(&self, line: &str) -> Result<()> {
        let mut command = Command::new("sh", ["-eu", "-c", line]).dir(self.beside.path());
        for (name, value) in self.answers {
            command = command.env(format!("ANSWER_{}", name.to_uppercase().replace('-', "_")), super::plain(value));
        }
        let output = process::capture(&command)?;
        if output.exit.ok() {
            return Ok(());
        }
        let said = format!("{}\n{}", output.text().trim(), output.complaint());
        Err(Error::failed(format!("the scaffold's command `{line}` failed: {}", output.exit)).note(said.trim().to_owned()))
    }

    fn record(&self, trees: Option<&Trees>) -> Result<()> {
        let made = self.beside.path();
        let generated = match trees {
            Some(trees) => {
                let tree = trees.of_folder(made)?;
                Some((tree.clone(), trees.entries(&tree)?))
            }
            None => None,
        };
        let record = Record::of(self.scaffold, self.answers, generated.as_ref().map(|(tree, entries)| (tree.as_str(), entries)));
        write(made, Path::new(RECORD), record.text()?.as_bytes(), Mode::Plain)
    }
}

/// Writes files below a folder.
///
/// # Errors
/// A disk that is full or can't be written.
pub fn write_files(dir: &Path, files: &[File]) -> Result<()> {
    files.iter().try_for_each(|file| write(dir, &file.path, &file.bytes, file.mode))
}

fn write(dir: &Path, path: &Path, bytes: &[u8], mode: Mode) -> Result<()> {
    let file = dir.join(path);
    match mode {
        Mode::Link => disk::symlink(String::from_utf8_lossy(bytes).as_ref(), &file),
        Mode::Plain => disk::write(&file, bytes),
        Mode::Executable => disk::write(&file, bytes).and_then(|()| disk::set_mode(&file, 0o755)),
    }
}
