//! What every command gets: the report, the common options, the repo.

use std::cell::Cell;
use std::path::PathBuf;
use std::rc::Rc;

use super::Global;
use crate::config::Project;
use crate::report::{Error, Report, Result};

/// What every command gets.
pub struct Context {
    /// The way out to the terminal.
    pub report: Report,
    /// The common options.
    pub global: Global,
    /// Where the user is, or `-C`.
    pub dir: PathBuf,
    /// The service of a workspace that this run of a command is about, when it runs for each.
    pub service: Option<String>,
    /// The name of the protected environment was typed.
    pub confirmed: Rc<Cell<bool>>,
    project: Result<Project>,
}

impl Context {
    /// Puts it together; a broken project is an error only for a command that needs it.
    pub fn new(report: Report, global: Global, dir: PathBuf, project: Result<Project>) -> Self {
        Self { report, global, dir, service: None, confirmed: Rc::default(), project }
    }

    /// The same for one service of a workspace.
    #[must_use]
    pub fn of_service(&self, name: &str, project: &Project) -> Self {
        Self { project: Ok(project.clone()), ..self.of_part(name) }
    }

    /// The same, with a report for one service of a workspace.
    #[must_use]
    pub fn of_part(&self, name: &str) -> Self {
        Self {
            report: self.report.of_part(name),
            global: self.global.clone(),
            dir: self.dir.clone(),
            service: Some(name.to_owned()),
            confirmed: self.confirmed.clone(),
            project: self.project.clone(),
        }
    }

    /// The repo's configuration.
    ///
    /// # Errors
    /// What was wrong with the file, or that there is none.
    pub fn project(&self) -> Result<&Project> {
        self.project.as_ref().map_err(Clone::clone)
    }

    /// `-e KEY=VALUE` as pairs.
    ///
    /// # Errors
    /// Exit code 2 for one without `=`.
    pub fn env(&self) -> Result<Vec<(String, String)>> {
        let pair = |text: &String| {
            let (name, value) = text.split_once('=').filter(|(name, _)| !name.is_empty())?;
            Some((name.to_owned(), value.to_owned()))
        };
        let usage = |text: &String| Error::usage(format!("-e takes KEY=VALUE, not `{text}`"));
        self.global.env.iter().map(|text| pair(text).ok_or_else(|| usage(text))).collect()
    }
}
