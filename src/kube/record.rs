//! The record of a release: a Secret per revision, beside what was deployed.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::object::{Key, text};
use super::pack::{pack, unpack};
use super::render::{MANAGED_BY, label_value};
use super::yaml;
use crate::report::{Error, Kind, Result};

/// How many releases are kept.
pub const KEPT: usize = 10;
/// The label that names the service of a record.
pub const LABEL: &str = "instep.dev/release";
/// The name of the main image among the images.
pub const MAIN: &str = "image";
/// The label that counts the releases, on a record and on the workloads that it deployed.
pub const REVISION: &str = "instep.dev/revision";

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
    /// All images of the repo that it runs, by their names in instep.toml.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub images: BTreeMap<String, String>,
    /// Images were named: they may be of another version.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub named: bool,
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
    /// In how many Secrets it is kept.
    pub parts: usize,
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
        (1..=self.parts.max(1)).map(|part| self.part_name(part)).collect()
    }

    fn part_name(&self, part: usize) -> String {
        if part == 1 { self.name() } else { format!("{}-part{part}", self.name()) }
    }

    /// The Secrets: the first tells it all, further ones have only what did not fit of the manifests.
    ///
    /// # Errors
    /// None that a person could do something about.
    pub fn secrets(&self) -> Result<Vec<Value>> {
        let parts = pack(&self.manifests)?;
        let whole = Self { parts: parts.len(), ..self.clone() };
        let facts = BASE64.encode(whole.facts()?);
        let secret = |(i, manifests): (usize, String)| {
            let mut secret = json!({
                "apiVersion": "v1",
                "kind": "Secret",
                "type": "instep.dev/release",
                "metadata": { "name": self.part_name(i + 1), "labels": Value::from_iter(self.labels()) },
                "data": { "manifests": manifests },
            });
            if i == 0 {
                secret["data"]["release"] = facts.as_str().into();
            }
            secret
        };
        Ok(parts.into_iter().enumerate().map(secret).collect())
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
            (REVISION, self.revision.to_string()),
            ("instep.dev/outcome", self.outcome.word().to_owned()),
        ]
    }

    /// The releases in these Secrets, the oldest first. What is not ours, or of a later instep that writes it
    /// otherwise, is left out.
    pub fn read_all(secrets: &[Value]) -> Vec<Self> {
        let mut records: Vec<Self> = secrets.iter().filter_map(|secret| Self::read(secret, secrets)).collect();
        records.sort_by_key(|record| record.revision);
        records
    }

    fn read(secret: &Value, all: &[Value]) -> Option<Self> {
        let facts = String::from_utf8(BASE64.decode(text(secret, "/data/release")).ok()?).ok()?;
        let record: Self = serde_json::from_str(&facts).ok()?;
        let part =
            |name: &String| all.iter().find(|secret| text(secret, "/metadata/name") == name).map(|part| text(part, "/data/manifests"));
        let parts = record.names().iter().map(part).collect::<Option<Vec<&str>>>()?;
        Some(Self { manifests: unpack(parts.into_iter())?, ..record })
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

/// Whether an older release still works with what all later ones left behind, also those that failed since. Who went
/// past that has put the old schema back: what was migrated before then counts no more.
///
/// # Errors
/// Exit code 8 when it is below the highest `rollback-floor`, with the way forward: what was before can't be had back, by
/// hand or by itself.
pub fn above_floor<'r>(older: &Record, all: impl Iterator<Item = &'r Record> + Clone) -> Result<()> {
    let parse = |version: &str| semver::Version::parse(version).ok();
    let restored = all.clone().filter(|it| it.rollback_of.is_some() && it.override_reason.is_some()).map(|it| it.revision).max();
    let since = older.revision.max(restored.unwrap_or(0));
    let floor = |newer: &'r Record| Some((parse(newer.floor.as_deref()?)?, newer));
    let highest = all.filter(|newer| newer.revision > since).filter_map(floor).max_by(|a, b| a.0.cmp(&b.0));
    let (Some((floor, newer)), Some(version)) = (highest, parse(&older.version)) else { return Ok(()) };
    if version >= floor {
        return Ok(());
    }
    let Record { revision, version, .. } = older;
    let error =
        Error::new(Kind::Broken, format!("v{revision} ({version}) does not work with today's schema: {floor} is the oldest that does"));
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
    records.iter().filter(old).flat_map(Record::names).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(revision: u32, outcome: Outcome) -> Record {
        let manifests = "kind: Service\n".to_owned();
        Record { revision, service: "users".into(), outcome, ready_after: Some(1.5), manifests, ..Record::default() }
    }

    #[test]
    fn a_record_survives_its_secrets_however_large() {
        let manifests = (0..40_000_u32).map(|n| blake3::hash(&n.to_le_bytes()).to_string()).collect::<Vec<_>>().join("\n");
        for record in [record(3, Outcome::Deployed), Record { manifests, ..record(4, Outcome::Running) }] {
            let secrets = record.secrets().unwrap_or_default();
            let read = Record::read_all(&secrets);
            assert_eq!(read, [Record { parts: secrets.len(), ..record }]);
        }
    }

    #[test]
    fn the_highest_floor_since_counts_until_the_schema_is_put_back() {
        let floor = |revision: u32, version: &str, floor: &str| Record {
            version: version.into(),
            floor: (!floor.is_empty()).then(|| floor.into()),
            ..record(revision, Outcome::Deployed)
        };
        // The third release has no migration any more, the fourth migrated and failed.
        let mut all = vec![floor(1, "1.0.0", ""), floor(2, "2.0.0", "2.0.0"), floor(3, "3.0.0", ""), floor(4, "4.0.0", "4.0.0")];
        let works = |all: &[Record], n: usize| above_floor(&all[n], all.iter()).map_err(|error| error.problems[0].notes[0].clone());
        assert_eq!(works(&all, 0), Err("v4 (4.0.0) migrated it (rollback-floor)".to_owned()));
        assert_eq!(works(&all[..3], 0), Err("v2 (2.0.0) migrated it (rollback-floor)".to_owned()));
        assert_eq!((works(&all[..3], 1), works(&all, 3)), (Ok(()), Ok(())));
        assert!(works(&all, 2).is_err());
        all.push(Record { rollback_of: Some(3), override_reason: Some("restored".into()), ..floor(5, "3.0.0", "") });
        assert_eq!((works(&all, 0), works(&all, 3)), (Ok(()), Ok(())));
    }

    #[test]
    fn the_last_good_release_is_kept_however_old() {
        let records: Vec<Record> = (1..=12).map(|n| record(n, if n == 1 { Outcome::Deployed } else { Outcome::Failed })).collect();
        assert_eq!(last_good(&records).map(|record| record.revision), Some(1));
        assert_eq!(outdated(&records, 13), ["instep-release-users-v2", "instep-release-users-v3"]);
    }
}
