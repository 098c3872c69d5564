//! The record of a release: a Secret per revision, beside what was deployed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::object::{Key, text};
use super::render::{MANAGED_BY, label_value};
use super::yaml;
use crate::report::{Error, Kind, Result};

/// How many releases are kept.
pub const KEPT: usize = 10;
/// The label that names the service of a record.
pub const LABEL: &str = "instep.dev/release";
/// What the API server takes in one Secret, with room for the rest of it (1 MiB).
const LARGEST: usize = 900 * 1024;

/// How a release went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It serves.
    #[default]
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
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
    /// Which release it brought back, when it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollback_of: Option<u32>,
    /// Why a refusal was gone past.
    #[serde(rename = "override", skip_serializing_if = "Option::is_none")]
    pub override_reason: Option<String>,
    /// The oldest version that works with the schema that it left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub floor: Option<String>,
    /// What the changes that were planned are told apart by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// What the smoke test of it gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smoke: Option<Value>,
    /// What was applied.
    pub objects: Vec<Key>,
    /// What went out of the release, and stays as long as a ReplicaSet names it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<Key>,
    /// The manifests, as they were applied.
    #[serde(skip)]
    pub manifests: String,
}

impl Record {
    /// The name of its Secret.
    pub fn name(&self) -> String {
        format!("instep-release-{}-v{}", self.service, self.revision)
    }

    /// The names of all Secrets that it is kept in.
    pub fn names(&self) -> Vec<String> {
        vec![self.name()]
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

/// The release that served before the one that serves now, which may itself have brought an older one back.
pub fn previous(records: &[Record]) -> Option<&Record> {
    let now = last_good(records)?;
    let from = now.rollback_of.unwrap_or(now.revision);
    records
        .iter()
        .filter(|record| record.outcome == Outcome::Deployed && record.revision < from && record.rollback_of.is_none())
        .max_by_key(|record| record.revision)
}

/// The newest release that serves.
pub fn last_good(records: &[Record]) -> Option<&Record> {
    records.iter().filter(|record| record.outcome == Outcome::Deployed).max_by_key(|record| record.revision)
}

/// Whether an older release still works with what a newer one left behind.
///
/// # Errors
/// Exit code 6 when it is below the newer one's `rollback-floor`, with the way forward.
pub fn above_floor(older: &Record, newer: &Record) -> Result<()> {
    let (Some(floor), Ok(version)) = (&newer.floor, semver::Version::parse(&older.version)) else { return Ok(()) };
    if semver::Version::parse(floor).is_ok_and(|floor| version >= floor) {
        return Ok(());
    }
    let Record { revision, version, .. } = older;
    let error =
        Error::new(Kind::Refused, format!("v{revision} ({version}) does not work with today's schema: {floor} is the oldest that does"));
    Err(error
        .note(format!("v{} ({}) migrated it (rollback-floor)", newer.revision, newer.version))
        .help("go forward: mend it, build it, and `instep kube-apply` it"))
}

/// The objects that a release applied.
///
/// # Errors
/// A record that somebody changed.
pub fn objects(record: &Record) -> Result<Vec<Value>> {
    yaml::read(&record.manifests).map_err(|error| error.note(format!("in Secret {}", record.name())))
}

/// Objects of these kinds hold what can't be made again.
pub fn is_kept_always(key: &Key) -> bool {
    ["CustomResourceDefinition", "Namespace", "PersistentVolumeClaim"].contains(&key.kind.as_str())
}

/// All objects of these and of earlier releases, each once, without those that are never deleted.
pub fn known(records: &[Record], these: &[Key]) -> Vec<Key> {
    let mut all: Vec<Key> = these.to_vec();
    for key in records.iter().flat_map(|record| record.objects.iter().chain(&record.kept)) {
        if !all.iter().any(|known| known.same(key)) && !is_kept_always(key) {
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
        let manifests = "kind: Service\n".to_owned();
        Record { revision, service: "users".into(), outcome, ready_after: Some(1.5), manifests, ..Record::default() }
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
