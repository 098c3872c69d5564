//! The plan of a new repo, and its execution: beside the target first, then one rename.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::answers::Answers;
use super::folder::Mode;
use super::manifest::Hook;
use super::record::{RECORD, Record};
use super::render::File;
use super::source::Scaffold;
use crate::plan::{Action, Plan, Step};
use crate::process::{self, Command, quote};
use crate::repo::{self, Entries, Trees, disk};
use crate::report::{Error, Result, text};

/// What making a repo consists of.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Make {
    /// Write all files.
    Write {
        /// The new repo.
        target: PathBuf,
        /// What is written below it, with the record of where that comes from.
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
                let there = quote(&target.display().to_string());
                vec![
                    format!("(cd {there} && git init && git add --all && git commit -m {})", quote(message)),
                    format!("# {RECORD} holds the id of that tree: it comes in a commit of its own"),
                ]
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
    let written = files.iter().map(|file| file.path.clone()).chain([PathBuf::from(RECORD)]);
    plan.push("write", Make::Write { target: target.to_owned(), files: written.collect() });
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

/// How the folders begin that repos are made in; then comes the number of the process.
const BESIDE: &str = ".instep-new-";

/// Makes the repo step by step, in a folder beside its place.
pub struct Maker<'a> {
    /// The rendered files.
    pub files: &'a [File],
    /// The scaffold.
    pub scaffold: &'a Scaffold,
    /// The answers, to be recorded.
    pub answers: &'a Answers,
    /// The plan makes a repository of it.
    git: bool,
    beside: tempfile::TempDir,
}

impl<'a> Maker<'a> {
    /// Makes the folder beside the target.
    ///
    /// # Errors
    /// A folder that can't be written.
    pub fn new(target: &Path, files: &'a [File], scaffold: &'a Scaffold, answers: &'a Answers, plan: &Plan<Make>) -> Result<Self> {
        let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        disk::make_dir(parent)?;
        sweep(parent);
        // The kind alone: the error of tempfile names a path that nobody asked for.
        let refused = |error: std::io::Error| disk::unwritable(parent, &error.kind().into());
        let beside = tempfile::Builder::new().prefix(&format!("{BESIDE}{}-", std::process::id())).tempdir_in(parent).map_err(refused)?;
        let git = plan.steps.iter().any(|step| matches!(step.action, Make::Commit { .. }));
        Ok(Self { files, scaffold, answers, git, beside })
    }

    /// Does one step of the plan.
    ///
    /// # Errors
    /// A disk that can't be written; git that refuses.
    pub fn act(&self, step: &Step<Make>) -> Result<()> {
        match &step.action {
            Make::Write { .. } => {
                let made = self.beside.path();
                write_files(made, self.files)?;
                if self.git {
                    return Ok(());
                }
                // In a repository that is there already, the user commits.
                let generated = if repo::is_inside(made) { Some(generated(&Trees::open(made, false)?, made)?) } else { None };
                self.record(generated.as_ref())
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
        if self.git {
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
        self.record(Some(&repo::init_with_commit(self.beside.path(), message)?))
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

    fn record(&self, generated: Option<&(String, Entries)>) -> Result<()> {
        let record = Record::of(self.scaffold, self.answers, generated.map(|(tree, entries)| (tree.as_str(), entries)));
        disk::write(&self.beside.path().join(RECORD), record.text()?.as_bytes())
    }
}

/// Takes away what killed runs left here.
fn sweep(parent: &Path) {
    for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(BESIDE)?.split('-').next()?.parse().ok());
        if owner.is_some_and(|pid| process::identity(pid).is_none()) {
            drop(disk::remove_tree(&entry.path()));
        }
    }
}

/// The tree of a folder, and its files.
fn generated(trees: &Trees, folder: &Path) -> Result<(String, Entries)> {
    let tree = trees.of_folder(folder)?;
    let entries = trees.entries(&tree)?;
    Ok((tree, entries))
}

/// Writes files below a folder that nobody looks at yet.
///
/// # Errors
/// A disk that is full or can't be written.
pub fn write_files(dir: &Path, files: &[File]) -> Result<()> {
    let folders: BTreeSet<&Path> = files.iter().filter_map(|file| file.path.parent()).collect();
    folders.iter().try_for_each(|folder| disk::make_dir(&dir.join(folder)))?;
    files.iter().try_for_each(|file| {
        let path = dir.join(&file.path);
        match file.mode {
            Mode::Link => disk::symlink(String::from_utf8_lossy(&file.bytes).as_ref(), &path),
            Mode::Plain => disk::write_new(&path, &file.bytes, 0o666),
            Mode::Executable => disk::write_new(&path, &file.bytes, 0o777),
        }
    })
}
