//! The record of a job's run: a Secret beside the releases, with the log.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::kube::object::text;
use crate::kube::pack::{pack, unpack};
use crate::kube::render::{MANAGED_BY, label_value};
use crate::report::{Error, Result};

/// The label that names the service of a run.
pub const LABEL: &str = "instep.dev/run";
/// How many runs of each job are kept.
const KEPT: usize = 20;
/// How much of the end of a log is kept: whatever it is, it fits into one Secret.
pub const LOG: usize = 512 * 1024;

/// How a run went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It ended well.
    Done,
    /// It did not.
    Failed,
    /// It goes on.
    #[default]
    Running,
    /// Somebody stopped it.
    Stopped,
}

impl Outcome {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Running => "running",
            Self::Stopped => "stopped",
        }
    }
}

/// One run of one job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Run {
    /// The job's key.
    pub job: String,
    /// Counted from 1, for each job.
    pub number: u32,
    /// The service.
    pub service: String,
    /// The environment.
    pub environment: String,
    /// What runs: the version.
    pub version: String,
    /// And the image.
    pub image: String,
    /// The arguments that were given.
    pub args: Vec<String>,
    /// The user or the CI job.
    pub who: String,
    /// When it began (RFC 3339).
    pub started: String,
    /// When it ended.
    pub ended: Option<String>,
    /// How it went.
    pub outcome: Outcome,
    /// Of its program.
    pub exit_code: Option<i64>,
    /// Why it failed.
    pub reason: Option<String>,
    /// The Job in the cluster.
    pub object: String,
    /// What it makes, to be brought back: paths in its container.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub artifacts: Vec<String>,
    /// What only this run needs besides: as kubectl wants it.
    pub needs: Vec<String>,
    /// What it wrote; the end of it.
    #[serde(skip)]
    pub log: String,
}

impl Run {
    /// The name by which people know it: `backup-7`.
    pub fn id(&self) -> String {
        format!("{}-{}", self.job, self.number)
    }

    /// Where it is found again: `staging/backup-7`.
    pub fn path(&self) -> String {
        format!("{}/{}", self.environment, self.id())
    }

    /// The name of its Secret.
    pub fn name(&self) -> String {
        format!("instep-run-{}-{}", self.service, self.id())
    }

    /// Drops what is too much of its log, from the beginning.
    pub fn cut_log(&mut self) {
        let too_much = self.log.len().saturating_sub(LOG);
        let at = (too_much..=self.log.len()).find(|&at| self.log.is_char_boundary(at)).unwrap_or_default();
        self.log.drain(..at);
    }

    /// The Secret.
    ///
    /// # Errors
    /// None that a person could do something about.
    pub fn secret(&self) -> Result<Value> {
        let facts = serde_json::to_string(self).map_err(|error| Error::failed(format!("the record can't be written: {error}")))?;
        let log = pack(&self.log)?.into_iter().next().unwrap_or_default();
        let labels = json!({
            MANAGED_BY: "instep",
            LABEL: label_value(&self.service),
            "instep.dev/job": label_value(&self.job),
            "instep.dev/outcome": self.outcome.word(),
        });
        Ok(json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "type": "instep.dev/run",
            "metadata": { "name": self.name(), "labels": labels },
            "data": { "run": BASE64.encode(facts), "log": log },
        }))
    }

    /// The runs in these Secrets, the oldest first. What is not ours is left out.
    pub fn read_all(secrets: &[Value]) -> Vec<Self> {
        let mut runs: Vec<Self> = secrets.iter().filter_map(Self::read).collect();
        runs.sort_by(|a, b| (&a.started, a.number).cmp(&(&b.started, b.number)));
        runs
    }

    fn read(secret: &Value) -> Option<Self> {
        let facts = BASE64.decode(text(secret, "/data/run")).ok()?;
        let run: Self = serde_json::from_slice(&facts).ok()?;
        let log = unpack([text(secret, "/data/log")].into_iter()).unwrap_or_default();
        Some(Self { log, ..run })
    }
}

/// The number of the next run of a job.
pub fn next(runs: &[Run], job: &str) -> u32 {
    runs.iter().filter(|run| run.job == job).map(|run| run.number).max().unwrap_or(0) + 1
}

/// The Secrets of the runs of a job that are too old to be kept; what runs is.
pub fn outdated(runs: &[Run], job: &str) -> Vec<String> {
    let all: Vec<&Run> = runs.iter().filter(|run| run.job == job && run.outcome != Outcome::Running).collect();
    all[..all.len().saturating_sub(KEPT)].iter().map(|run| format!("secret/{}", run.name())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(number: u32, outcome: Outcome) -> Run {
        Run { job: "backup".into(), number, service: "users".into(), outcome, ..Run::default() }
    }

    #[test]
    fn a_run_survives_its_secret_with_its_log() {
        let log = (0..6_000_u32).map(|n| blake3::hash(&n.to_le_bytes()).to_string()).collect::<Vec<_>>().join("\n");
        let run = Run { log, exit_code: Some(3), ..run(7, Outcome::Failed) };
        let secret = run.secret().unwrap_or_default();
        assert_eq!(Run::read_all(&[secret]), [run]);
    }

    #[test]
    fn old_runs_go_and_what_runs_stays() {
        let runs: Vec<Run> = (1..=22).map(|n| run(n, if n == 1 { Outcome::Running } else { Outcome::Done })).collect();
        assert_eq!(outdated(&runs, "backup"), ["secret/instep-run-users-backup-2"]);
        assert_eq!((next(&runs, "backup"), next(&runs, "other")), (23, 1));
    }
}
