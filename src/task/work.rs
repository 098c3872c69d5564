//! What one task of a plan does: plain data.

use std::path::PathBuf;

use serde::Serialize;

use crate::config::variables::Variable;
use crate::plan::Action;
use crate::process::{Command, quote};

/// The work of one task, with everything resolved.
#[derive(Clone, Debug, Serialize)]
pub struct Work {
    /// The task's name; `SERVICE:TASK` in a workspace.
    pub name: String,
    /// Tasks of the plan that must have ended before.
    pub needs: Vec<usize>,
    /// What is run, one after the other; nothing for a task that only has needs.
    pub commands: Vec<Command>,
    /// Its variables, set over the caller's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<Variable>,
    /// The tasks that it ends with.
    #[serde(skip)]
    pub finally: Vec<String>,
    /// Run also when something failed before, or a signal came.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cleanup: bool,
    /// It owns the terminal; nothing runs beside it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub interactive: bool,
    /// How often a failed run is tried again.
    #[serde(skip_serializing_if = "is_zero")]
    pub retries: u32,
    /// A question that is asked before anything runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirm: Option<String>,
    /// What decides whether it is up to date; none: it always runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Inputs>,
    /// The folder that its globs are relative to.
    #[serde(skip)]
    pub dir: PathBuf,
    /// Globs of what it reads; empty: it does not say.
    #[serde(skip)]
    pub sources: Vec<String>,
    /// Globs of what it makes.
    #[serde(skip)]
    pub outputs: Vec<String>,
    /// Why it does not run at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip: Option<String>,
    /// Where the task is written.
    #[serde(skip)]
    pub place: Option<crate::report::Place>,
}

/// What a task reads and makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Inputs {
    /// The repo, or the member of a workspace, that remembers it.
    #[serde(skip)]
    pub home: PathBuf,
    /// The task's name there.
    #[serde(skip)]
    pub task: String,
    /// The folder that the globs are relative to.
    pub root: PathBuf,
    /// Globs of what it reads.
    pub sources: Vec<String>,
    /// Globs of what it makes.
    pub outputs: Vec<String>,
    /// Commands and variables, as one text.
    #[serde(skip)]
    pub definition: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

impl Action for Work {
    fn title(&self) -> String {
        match self.commands.as_slice() {
            [] => "needs".to_owned(),
            [only] => shown(only),
            [first, rest @ ..] => format!("{} (and {} more)", shown(first), rest.len()),
        }
    }

    fn script(&self) -> Vec<String> {
        let assignments = self.env.iter().fold(String::new(), |line, variable| line + &variable.assignment() + " ");
        let line = |command: &Command| match &command.dir {
            Some(dir) => format!("(cd {} && {assignments}{})", quote(&dir.to_string_lossy()), command.line()),
            None => format!("{assignments}{}", command.line()),
        };
        self.commands.iter().map(line).collect()
    }
}

/// A shell line as it was written; the shell around it is the same everywhere.
fn shown(command: &Command) -> String {
    match command.argv.as_slice() {
        [shell, .., flag, line, _name] if flag == "-c" && shell != "instep" => line.to_string_lossy().into_owned(),
        [_, .., flag, line] if flag == "-c" => line.to_string_lossy().into_owned(),
        _ => command.line(),
    }
}
