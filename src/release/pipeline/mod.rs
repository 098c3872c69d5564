//! What a pipeline runs for an event: decided (pure), printed with its reasons, and walked.

mod plan;
mod run;
mod summary;

use serde::Serialize;

pub use self::plan::plan;
pub use self::run::Runner;
pub use self::summary::show;
use crate::plan::Action;
use crate::process::quote;
use crate::repo::Trigger;
use crate::report::Place;

/// What set the pipeline off, what it runs, and what it leaves out.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// The CI system that told the event; none on a laptop, and for an event that did not happen.
    pub system: Option<&'static str>,
    /// What happened in the repo.
    pub trigger: Trigger,
    /// The commit that is checked out.
    pub commit: String,
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
}

impl Step {
    fn run(id: &str, command: &[&str], why: String, place: Option<&Place>) -> Self {
        let command = command.iter().map(|word| (*word).to_owned()).collect();
        Self { id: id.to_owned(), command, why, line: place.map(Place::short), task: false, deploys: false }
    }

    fn left_out(id: &str, why: impl Into<String>, place: Option<&Place>) -> Self {
        Self::run(id, &[], why.into(), place)
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
