//! `[tasks.NAME]` as it holds.

use std::path::PathBuf;
use std::time::Duration;

use super::node::{Entry, Table, Value};
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
    /// Its parameters, in the order of the file.
    pub params: Vec<Param>,
    /// It runs again when its sources change.
    pub watch: bool,
    /// Where it is written.
    pub place: Option<Place>,
}

/// A parameter of a task: the one declaration for parsing, help, completion and errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Its name; the variable that the task sees has the same.
    pub name: String,
    /// Its type.
    pub kind: ParamKind,
    /// One line for the help.
    pub description: Option<String>,
    /// Its value when it is not given; a parameter with one is an option, one without is positional.
    pub default: Option<String>,
    /// What it may be; empty: anything of its type.
    pub choices: Vec<String>,
    /// Takes all that is left.
    pub variadic: bool,
}

/// The types of parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    /// Any text.
    String,
    /// An integer.
    Int,
    /// A flag.
    Bool,
    /// A path.
    Path,
    /// An environment of the repo.
    Environment,
}

impl Param {
    fn all(read: &Read<'_>) -> Vec<Self> {
        let one = |(name, read): (&str, Read<'_>)| {
            let kind = match read.words("type").first().map(String::as_str) {
                Some("int") => ParamKind::Int,
                Some("bool") => ParamKind::Bool,
                Some("path") => ParamKind::Path,
                Some("environment") => ParamKind::Environment,
                _ => ParamKind::String,
            };
            let default = read.node("default").map(|node| match &node.value {
                Value::Str(text) => text.clone(),
                other => other.json().to_string(),
            });
            Self {
                name: name.to_owned(),
                kind,
                description: read.words("description").into_iter().next(),
                default: default.or_else(|| (kind == ParamKind::Bool).then(|| "false".to_owned())),
                choices: read.words("choices"),
                variadic: read.flag("variadic"),
            }
        };
        read.tables("params").into_iter().map(one).collect()
    }
}

impl Task {
    /// Every task's name and description, without evaluating anything.
    pub fn heads(scope: &Scope) -> Vec<Head<'_>> {
        let tasks = scope.tree().table("tasks").into_iter().flat_map(Table::iter);
        tasks.filter_map(|entry| Head::of(scope, entry)).collect()
    }

    /// The head of one task; underscores and hyphens are the same.
    pub fn head<'a>(scope: &'a Scope, name: &str) -> Option<Head<'a>> {
        let entry = scope.tree().table("tasks")?.iter().find(|entry| super::names::same(&entry.key, name))?;
        Head::of(scope, entry)
    }

    /// The parameters of a task.
    pub fn params(scope: &Scope, name: &str) -> Vec<Param> {
        scope.read_root().find("tasks", |known| super::names::same(known, name)).map(|(_, read)| Param::all(&read)).unwrap_or_default()
    }

    /// A task by its name; underscores and hyphens are the same.
    pub fn of(scope: &Scope, name: &str) -> Result<Option<Self>> {
        let tasks = scope.tree().table("tasks");
        match tasks.and_then(|tasks| tasks.iter().find(|entry| super::names::same(&entry.key, name))) {
            Some(entry) => Self::of_entry(scope, entry, &Self::blank(scope)?),
            None => Ok(None),
        }
    }

    /// A task by its entry in the file; `blank`: see [`Task::blank`].
    pub fn of_entry(scope: &Scope, entry: &Entry, blank: &Self) -> Result<Option<Self>> {
        scope.read_root().entry("tasks", entry).map(|read| Self::read(entry, &read, blank)).transpose()
    }

    /// A task of which nothing is written: the defaults of the schema.
    pub fn blank(scope: &Scope) -> Result<Self> {
        let read = scope.read_root().nothing("tasks");
        Ok(Self {
            name: String::new(),
            description: None,
            group: None,
            hidden: read.flag("hidden"),
            needs: Vec::new(),
            finally: Vec::new(),
            run: Vec::new(),
            command: Vec::new(),
            shell: ["sh", "-eu", "-c"].map(str::to_owned).to_vec(),
            dir: scope.root().join(read.text("dir")?),
            env: Vec::new(),
            env_files: Vec::new(),
            confirm: None,
            interactive: read.flag("interactive"),
            os: Vec::new(),
            sources: Vec::new(),
            outputs: Vec::new(),
            timeout: None,
            retries: count(&read),
            grace: read.duration("grace"),
            params: Vec::new(),
            watch: read.flag("watch"),
            place: None,
        })
    }

    /// Reads what is written, over a blank task: most tasks are three lines long.
    fn read(entry: &Entry, read: &Read<'_>, blank: &Self) -> Result<Self> {
        let mut task = Self { name: entry.key.clone(), ..blank.clone() };
        let Value::Table(table) = &entry.node.value else { return Ok(task) };
        for Entry { key, node, .. } in table.iter() {
            match key.as_str() {
                "command" => task.command = read.texts(key)?,
                "confirm" => task.confirm = read.text_opt(key)?,
                "description" => task.description = read.text_opt(key)?,
                "dir" => task.dir = read.scope().root().join(read.text(key)?),
                "env" => task.env = read.env(key)?,
                "env-files" => task.env_files = read.texts(key)?.iter().map(|file| node.origin.source.dir.join(file)).collect(),
                "finally" => task.finally = read.words(key),
                "grace" => task.grace = read.duration(key),
                "group" => task.group = read.text_opt(key)?,
                "hidden" => task.hidden = read.flag(key),
                "interactive" => task.interactive = read.flag(key),
                "needs" => task.needs = read.words(key),
                "os" => task.os = read.words(key),
                "outputs" => task.outputs = read.texts(key)?,
                "params" => task.params = Param::all(read),
                "retries" => task.retries = count(read),
                "run" => task.run = read.words(key),
                "shell" => task.shell = Some(read.texts(key)?).filter(|words| !words.is_empty()).unwrap_or(task.shell),
                "sources" => task.sources = read.texts(key)?,
                "timeout" => task.timeout = read.duration_opt(key),
                "watch" => task.watch = read.flag(key),
                _ => {}
            }
        }
        task.place = ["run", "command", "needs"].iter().find_map(|key| read.place(key));
        Ok(task)
    }
}

fn count(read: &Read<'_>) -> u32 {
    u32::try_from(read.int("retries")).unwrap_or(0)
}

/// What a list and a completion show of a task, as it is written.
#[derive(Clone, Debug)]
pub struct Head<'a> {
    /// Its name.
    pub name: &'a str,
    /// One line.
    pub description: Option<&'a str>,
    /// A heading.
    pub group: Option<&'a str>,
    /// Not in the list.
    pub hidden: bool,
    /// It has work of its own, so it replaces a built-in command of its name.
    pub runs: bool,
    scope: &'a Scope,
    has_params: bool,
}

impl<'a> Head<'a> {
    fn of(scope: &'a Scope, entry: &'a Entry) -> Option<Self> {
        let Value::Table(table) = &entry.node.value else { return None };
        let mut head = Self { name: &entry.key, description: None, group: None, hidden: false, runs: false, scope, has_params: false };
        for entry in table.iter() {
            match (entry.key.as_str(), &entry.node.value) {
                ("description", Value::Str(text)) => head.description = Some(text),
                ("group", Value::Str(text)) => head.group = Some(text),
                ("hidden", Value::Bool(flag)) => head.hidden = *flag,
                ("params", _) => head.has_params = true,
                ("run" | "command", _) => head.runs = true,
                _ => {}
            }
        }
        Some(head)
    }

    /// Its parameters.
    pub fn params(&self) -> Vec<Param> {
        if self.has_params { Task::params(self.scope, self.name) } else { Vec::new() }
    }
}
