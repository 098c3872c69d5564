//! What a pipeline runs for an event: decided (pure), printed with its reasons, and walked.

mod plan;
mod run;
mod sources;
mod summary;
mod workspace;

use std::sync::Arc;

use serde::Serialize;

pub use self::plan::plan;
pub use self::run::Runner;
pub use self::summary::show;
pub use self::workspace::Concern;
use crate::config::workspace::ROOT;
use crate::plan::Action;
use crate::process::quote;
use crate::repo::{Area, Changes, Trigger};
use crate::report::Place;

/// What a pipeline is planned for.
#[derive(Clone, Debug)]
pub struct Occasion {
    /// The CI system that told the event; none on a laptop, and for an event that did not happen.
    pub system: Option<&'static str>,
    /// What happened in the repo.
    pub trigger: Trigger,
    /// In a workspace: what changed with it; none: every service is asked for.
    pub changes: Option<Changes>,
    /// The variables that the caller gives to what is run.
    pub given: Vec<String>,
}

/// What set the pipeline off, what it runs, and what it leaves out.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// The CI system that told the event; none on a laptop, and for an event that did not happen.
    pub system: Option<&'static str>,
    /// What happened in the repo.
    pub trigger: Trigger,
    /// The commit that is checked out.
    pub commit: String,
    /// For a tag: the branches that deploy, when its commit is on none of them.
    pub not_on: Vec<String>,
    /// In a workspace: which services it concerns.
    pub services: Vec<Concern>,
    /// In a workspace: what HEAD is compared with.
    pub base: Option<String>,
    /// Every step, in order.
    pub steps: Vec<Step>,
}

/// One step: run, or left out.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// Its name, unique in the pipeline.
    pub id: String,
    /// The words after `instep`; empty: left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// Why it is run, or left out.
    pub why: String,
    /// The line of instep.toml that asks for it, as `file:line`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// It is a task: its program's exit code means nothing to us.
    #[serde(skip)]
    pub task: bool,
    /// It puts this commit in the place of what runs somewhere.
    #[serde(skip)]
    pub deploys: bool,
    /// In a workspace: what of the repo belongs to the service that it is of.
    #[serde(skip)]
    pub area: Option<Arc<Area>>,
}

impl Step {
    fn run(id: &str, command: &[&str], why: String, place: Option<&Place>) -> Self {
        let command = command.iter().map(|word| (*word).to_owned()).collect();
        Self { id: id.to_owned(), command, why, line: place.map(Place::short), task: false, deploys: false, area: None }
    }

    fn left_out(id: &str, why: impl Into<String>, place: Option<&Place>) -> Self {
        Self::run(id, &[], why.into(), place)
    }

    /// The same for one service of a workspace.
    fn of_service(mut self, name: &str, area: Option<Arc<Area>>) -> Self {
        if !self.command.is_empty() {
            self.command = ["--service".to_owned(), name.to_owned()].into_iter().chain(self.command).collect();
        }
        if name != ROOT {
            self.id = format!("{name}:{}", self.id);
        }
        Self { area, ..self }
    }

    /// As a person would type it.
    pub fn typed(&self) -> String {
        self.command.iter().fold("instep".to_owned(), |line, word| format!("{line} {}", quote(word)))
    }
}

impl Action for Step {
    fn title(&self) -> String {
        self.typed()
    }

    fn script(&self) -> Vec<String> {
        vec![self.typed()]
    }
}

/// How a step ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Well, after so long.
    Done(std::time::Duration),
    /// Not run, and why.
    Skipped(String),
    /// Badly: how, after so long.
    Failed(String, std::time::Duration),
}
