//! One deployment to one place: observe, plan, run; taken back as a whole when it fails.

mod back;
mod image;
mod job;
mod prepare;
mod run;

pub use self::run::show_changes;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::diff::Changes;
use super::lock::Lock;
use super::object::Key;
use super::observe::Ground;
use super::plan::Action;
use super::preflight::Images;
use super::record::Record;
use super::rollout::Restarts;
use crate::config::Target;
use crate::plan::Plan;
use crate::report::{Report, Result};

/// What is to be deployed.
#[derive(Clone)]
pub struct Request<'a> {
    /// Where to.
    pub target: &'a Target,
    /// The environment.
    pub environment: &'a str,
    /// Where the objects come from.
    pub source: Source,
    /// The image, best by its digest.
    pub image: &'a str,
    /// The further images of the repo, by their keys.
    pub images: &'a [(String, String)],
    /// Images were named, and may be of another version.
    pub named: bool,
    /// The service's version.
    pub version: &'a str,
    /// The commit.
    pub commit: Option<&'a str>,
    /// Tracked files differ from it.
    pub dirty: bool,
    /// The user or the CI job.
    pub who: &'a str,
    /// For how long to wait, when not as long as the workloads say.
    pub timeout: Option<Duration>,
    /// The repo's folder.
    pub root: &'a Path,
    /// Who knows what images say of themselves.
    pub look: &'a dyn Images,
    /// What may be meant was warned of already.
    pub told: bool,
    /// What must hold of the new pods, beyond that they are ready.
    pub gate: Option<Gate<'a>>,
    /// The first cluster of the environment: what runs once per release runs there.
    pub first: bool,
    /// Why a refusal is gone past.
    pub override_reason: Option<&'a str>,
    /// Go back to the last good release when this one fails.
    pub rollback: bool,
    /// What becomes of fields that others own by now.
    pub foreign: Foreign,
}

/// What becomes of fields that would be set and that somebody else changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// Nothing is done.
    Refuse,
    /// Nothing will be done: they are only named.
    Show,
    /// They are taken over.
    Take,
}

/// Where the objects of a deployment come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The configuration.
    Config,
    /// What is live, with another image.
    Image,
    /// The record of this release; none: of the one before the release that serves.
    Release(Option<u32>),
}

/// Checks of the pods that are new. What they are is the business of another room.
#[derive(Clone)]
pub struct Gate<'a> {
    /// The workload whose pods are checked.
    pub workload: String,
    /// What is checked, in one line.
    pub title: String,
    /// What a person would run.
    pub script: Vec<String>,
    /// Runs them against a pod; gives what came out.
    pub run: &'a dyn Fn(&str) -> Result<Value>,
}

/// A deployment that is planned.
pub struct Deployment<'a> {
    /// What will be done.
    pub plan: Plan<Action>,
    /// What that changes in the cluster.
    pub changes: Changes,
    request: Request<'a>,
    ground: Ground,
    report: Report,
    records: Vec<Record>,
    live: Vec<Value>,
    record: Record,
    lock: Option<Lock>,
    begun: bool,
    /// A job ran to its end: the schema may be another one.
    migrated: bool,
    written: Vec<Value>,
    pod: Option<String>,
    /// How often pods had been started again when they served.
    restarts: Restarts,
}

impl Deployment<'_> {
    /// The release that serves now.
    pub fn running(&self) -> Option<&Record> {
        super::record::last_good(&self.records)
    }

    /// The objects that are there and went out of the release: by their uid from the records, or by our labels.
    fn gone(&self, keep: &[Key]) -> Vec<Key> {
        prepare::gone(&self.live, &self.records, &self.ground.service, keep)
    }
}
