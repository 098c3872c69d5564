//! `[tasks.NAME]` as it holds.

use std::path::PathBuf;
use std::time::Duration;

use super::read::Read;
use super::{EnvValue, Scope};
use crate::report::{Place, Result};

/// A task of the repo.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its name.
    pub name: String,
    /// One line for the list.
    pub description: Option<String>,
    /// A heading in the list.
    pub group: Option<String>,
    /// Not in the list.
    pub hidden: bool,
    /// Tasks that run before it.
    pub needs: Vec<String>,
    /// Tasks that run afterwards, whatever happens.
    pub finally: Vec<String>,
    /// Shell lines, one after the other.
    pub run: Vec<String>,
    /// Program and arguments, without a shell.
    pub command: Vec<String>,
    /// The shell and its options.
    pub shell: Vec<String>,
    /// The folder it runs in.
    pub dir: PathBuf,
    /// Variables.
    pub env: Vec<(String, EnvValue)>,
    /// Files with variables, weakest first.
    pub env_files: Vec<PathBuf>,
    /// A question asked before anything runs.
    pub confirm: Option<String>,
    /// It owns the terminal.
    pub interactive: bool,
    /// Only on these systems; empty: on all.
    pub os: Vec<String>,
    /// Globs of what it reads.
    pub sources: Vec<String>,
    /// Globs of what it makes.
    pub outputs: Vec<String>,
    /// How long it may run.
    pub timeout: Option<Duration>,
    /// How often a failed run is tried again.
    pub retries: u32,
    /// How long it may take to end after a signal.
    pub grace: Duration,
    /// Where it is written.
    pub place: Option<Place>,
}

impl Task {
    /// Every task's name and description, without evaluating anything.
    pub fn heads(scope: &Scope) -> Vec<Head<'_>> {
        let tables = scope.read_root().tables("tasks");
        tables
            .into_iter()
            .map(|(name, read)| Head {
                name,
                description: read.words("description").into_iter().next(),
                group: read.words("group").into_iter().next(),
                hidden: read.flag("hidden"),
                runs: read.has("run") || read.has("command"),
            })
            .collect()
    }

    /// A task by its name; underscores and hyphens are the same.
    pub fn of(scope: &Scope, name: &str) -> Result<Option<Self>> {
        let tables = scope.read_root().tables("tasks");
        let found = tables.into_iter().find(|(known, _)| super::refs::same(known, name));
        found.map(|(name, read)| Self::read(name, &read)).transpose()
    }

    fn read(name: &str, read: &Read<'_>) -> Result<Self> {
        let file_dir = |key: &str| read.node(key).map_or_else(|| read.scope().root().clone(), |node| node.origin.source.dir.clone());
        let env_files = read.texts("env-files")?.iter().map(|file| file_dir("env-files").join(file)).collect();
        let mut shell = read.texts("shell")?;
        if shell.is_empty() {
            shell = ["sh", "-eu", "-c"].map(str::to_owned).to_vec();
        }
        Ok(Self {
            name: name.to_owned(),
            description: read.text_opt("description")?,
            group: read.text_opt("group")?,
            hidden: read.flag("hidden"),
            needs: read.words("needs"),
            finally: read.words("finally"),
            run: read.words("run"),
            command: read.texts("command")?,
            shell,
            dir: read.scope().root().join(read.text("dir")?),
            env: read.env("env")?,
            env_files,
            confirm: read.text_opt("confirm")?,
            interactive: read.flag("interactive"),
            os: read.words("os"),
            sources: read.texts("sources")?,
            outputs: read.texts("outputs")?,
            timeout: read.duration_opt("timeout"),
            retries: u32::try_from(read.int("retries")).unwrap_or(0),
            grace: read.duration("grace"),
            place: read.place("run").or_else(|| read.place("command")).or_else(|| read.place("needs")),
        })
    }
}

/// What a list and a completion show of a task.
#[derive(Clone, Debug)]
pub struct Head<'a> {
    /// Its name.
    pub name: &'a str,
    /// One line.
    pub description: Option<String>,
    /// A heading.
    pub group: Option<String>,
    /// Not in the list.
    pub hidden: bool,
    /// It has work of its own, so it replaces a built-in command of its name.
    pub runs: bool,
}
