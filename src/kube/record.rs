//! The record of a release: a Secret per revision, beside what was deployed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::object::{Key, text};
use super::render::{MANAGED_BY, label_value};
use crate::report::{Error, Result};

/// How many releases are kept.
pub const KEPT: usize = 10;
/// The label that names the service of a record.
pub const LABEL: &str = "instep.dev/release";
/// What the API server takes in one Secret, with room for the rest of it (1 MiB).
const LARGEST: usize = 900 * 1024;

/// How a release went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It serves.
    Deployed,
    /// It failed, and what it left is still there.
    Failed,
    /// It failed, and the release before it was put back.
    RolledBack,
    /// It has begun; when nobody is at it any more, it was interrupted.
    Running,
}

impl Outcome {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Deployed => "deployed",
            Self::Failed => "failed",
            Self::RolledBack => "rolled-back",
            Self::Running => "running",
        }
    }
}

/// One deployment of one service to one place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Record {
    /// Counted from 1.
    pub revision: u32,
    /// The service.
    pub service: String,
    /// The environment.
    pub environment: String,
    /// The image.
    pub image: String,
    /// The version.
    pub version: String,
    /// The commit.
    pub commit: Option<String>,
    /// Tracked files differed from the commit.
    pub dirty: bool,
    /// The user or the CI job.
    pub who: String,
    /// When it began (RFC 3339).
    pub started: String,
    /// When it ended.
    pub ended: Option<String>,
    /// How long the new pods took to be ready, in seconds.
    pub ready_after: Option<f64>,
    /// How long they may take, in seconds.
    pub give_up: u64,
    /// How it went.
    pub outcome: Outcome,
    /// Why it failed.
    pub reason: Option<String>,
    /// What was applied.
    pub objects: Vec<Key>,
    /// The manifests, as they were applied.
    #[serde(skip)]
    pub manifests: String,
}

impl Record {
    /// The name of its Secret.
    pub fn name(&self) -> String {
        format!("instep-release-{}-v{}", self.service, self.revision)
    }

    /// The Secret.
    ///
    /// # Errors
    /// Manifests that are too large for one.
    pub fn secret(&self) -> Result<Value> {
        let facts = self.facts()?;
        if facts.len() + self.manifests.len() > LARGEST {
            let size = crate::report::text::bytes(self.manifests.len() as u64);
            return Err(Error::failed(format!("the manifests are too large to be recorded in the cluster: {size}")));
        }
        Ok(json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "type": "instep.dev/release",
            "metadata": { "name": self.name(), "labels": Value::from_iter(self.labels()) },
            "data": { "release": BASE64.encode(&facts), "manifests": BASE64.encode(&self.manifests) },
        }))
    }

    /// All but the manifests, as JSON.
    pub fn facts(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| Error::failed(format!("the record can't be written: {error}")))
    }

    /// The labels by which it is found.
    pub fn labels(&self) -> [(&'static str, String); 4] {
        [
            (MANAGED_BY, "instep".to_owned()),
            (LABEL, label_value(&self.service)),
            ("instep.dev/revision", self.revision.to_string()),
            ("instep.dev/outcome", self.outcome.word().to_owned()),
        ]
    }

    /// Reads the Secret; none when it is not one of ours, or of a later instep that writes it otherwise.
    pub fn read(secret: &Value) -> Option<Self> {
        let data = |key: &str| String::from_utf8(BASE64.decode(text(secret, &format!("/data/{key}"))).ok()?).ok();
        let record: Self = serde_json::from_str(&data("release")?).ok()?;
        Some(Self { manifests: data("manifests")?, ..record })
    }
}

/// The newest release that serves.
pub fn last_good(records: &[Record]) -> Option<&Record> {
    records.iter().filter(|record| record.outcome == Outcome::Deployed).max_by_key(|record| record.revision)
}

/// All objects of these and of earlier releases, each once, without those that are never deleted.
pub fn known(records: &[Record], these: &[Key]) -> Vec<Key> {
    const KEPT_ALWAYS: [&str; 3] = ["CustomResourceDefinition", "Namespace", "PersistentVolumeClaim"];
    let mut all: Vec<Key> = these.to_vec();
    for key in records.iter().flat_map(|record| &record.objects) {
        if !all.iter().any(|known| known.same(key)) && !KEPT_ALWAYS.contains(&key.kind.as_str()) {
            all.push(key.clone());
        }
    }
    all
}

/// Which records are too old to be kept: all but the newest, and never the last good one.
pub fn outdated(records: &[Record], newest: u32) -> Vec<String> {
    let good = last_good(records).map(|record| record.revision);
    let oldest = newest.saturating_sub(u32::try_from(KEPT).unwrap_or(u32::MAX) - 1);
    let old = |record: &&Record| record.revision < oldest && Some(record.revision) != good;
    records.iter().filter(old).map(Record::name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(revision: u32, outcome: Outcome) -> Record {
        Record {
            revision,
            service: "users".into(),
            environment: "staging".into(),
            image: "i".into(),
            version: "1".into(),
            commit: None,
            dirty: false,
            who: "ada".into(),
            started: String::new(),
            ended: None,
            ready_after: Some(1.5),
            give_up: 60,
            outcome,
            reason: None,
            objects: Vec::new(),
            manifests: "kind: Service\n".into(),
        }
    }

    #[test]
    fn a_record_survives_its_secret() {
        let record = record(3, Outcome::Deployed);
        assert_eq!(record.secret().ok().and_then(|secret| Record::read(&secret)), Some(record));
    }

    #[test]
    fn the_last_good_release_is_kept_however_old() {
        let records: Vec<Record> = (1..=12).map(|n| record(n, if n == 1 { Outcome::Deployed } else { Outcome::Failed })).collect();
        assert_eq!(last_good(&records).map(|record| record.revision), Some(1));
        assert_eq!(outdated(&records, 13), ["instep-release-users-v2", "instep-release-users-v3"]);
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let mut record = record(1, Outcome::Running);
        record.manifests = "x".repeat(LARGEST);
        assert!(record.secret().is_err_and(|error| error.message().contains("too large")));
    }
}
