//! The service's folder in the platform repo: manifests, and `release.json` that says what they are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::Target;
use crate::kube::record::MAIN;
use crate::kube::render::{Facts, KubeVersion, objects};
use crate::kube::yaml;
use crate::repo::Listed;
use crate::report::{Error, Result};

/// The name of the file that says what the folder holds.
pub(super) const RELEASE: &str = "release.json";

/// What the folder holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Release {
    /// The service.
    pub service: String,
    /// The environment.
    pub environment: String,
    /// The version.
    pub version: String,
    /// The commit.
    pub commit: Option<String>,
    /// The images, by their names in instep.toml.
    pub images: BTreeMap<String, String>,
    /// The user or the CI job.
    pub who: String,
    /// How it did in the environments before; none when there are none.
    pub smoke: Option<String>,
    /// How its own smoke test went; none when nobody waited for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<String>,
    /// Why a refusal was gone past.
    #[serde(rename = "override", default, skip_serializing_if = "Option::is_none")]
    pub overruled: Option<String>,
    /// The files beside this one, with git's ids of what was written.
    pub files: BTreeMap<String, String>,
}

impl Release {
    /// Reads `release.json`; none when it is not one of ours.
    pub(super) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// As it is written.
    ///
    /// # Errors
    /// None that a person could cause.
    pub(super) fn text(&self) -> Result<String> {
        let text = serde_json::to_string_pretty(self);
        text.map(|text| text + "\n").map_err(|error| Error::failed(format!("{RELEASE} can't be written: {error}")))
    }

    /// Whether the other one deploys the same thing; who did it, and how that went, is not part of that.
    pub(super) fn same(&self, other: &Self) -> bool {
        let plain = |release: &Self| Self { who: String::new(), smoke: None, passed: None, overruled: None, ..release.clone() };
        plain(self) == plain(other)
    }

    /// Files that are not as they were written: changed, missing or added by somebody else.
    pub(super) fn edits(&self, there: &[Listed]) -> Vec<Edit> {
        let other = there.iter().filter(|(name, id)| name != RELEASE && self.files.get(name) != Some(id));
        let changed = other.map(|(name, id)| Edit { name: name.clone(), written: self.files.get(name).cloned(), there: Some(id.clone()) });
        let missing = self.files.iter().filter(|(name, _)| !there.iter().any(|(known, _)| known == *name));
        changed.chain(missing.map(|(name, id)| Edit { name: name.clone(), written: Some(id.clone()), there: None })).collect()
    }
}

/// A file that somebody else wrote: git's ids of what instep wrote, and of what is there.
pub(super) struct Edit {
    pub(super) name: String,
    pub(super) written: Option<String>,
    pub(super) there: Option<String>,
}

impl Edit {
    /// `service-users.yaml is changed`.
    pub(super) fn words(&self) -> String {
        let what = match (&self.written, &self.there) {
            (Some(_), Some(_)) => "changed",
            (Some(_), None) => "gone",
            (None, _) => "new",
        };
        format!("{} is {what}", self.name)
    }
}

/// The manifests as files: a folder per cluster where there are several.
///
/// # Errors
/// Exit code 2 for a faulty configuration.
pub(super) fn manifests(targets: &[Target], images: &BTreeMap<String, String>, version: &str) -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for target in targets {
        for object in rendered(target, images, version)? {
            let folder = if targets.len() == 1 { String::new() } else { format!("{}/", target.cluster) };
            let (name, text) = yaml::file(&object)?;
            files.push((format!("{folder}{name}"), text));
        }
    }
    files.sort();
    Ok(files)
}

/// The manifests of one place.
///
/// # Errors
/// Exit code 2 for a faulty configuration.
pub(super) fn rendered(target: &Target, images: &BTreeMap<String, String>, version: &str) -> Result<Vec<Value>> {
    let others: Vec<(String, String)> =
        images.iter().filter(|(key, _)| *key != MAIN).map(|(key, image)| (key.clone(), image.clone())).collect();
    let image = images.get(MAIN).map_or("", String::as_str);
    let kube = target.kube_version.as_deref().and_then(KubeVersion::parse).unwrap_or(KubeVersion::NEWEST);
    objects(target, &Facts { image, images: &others, version, kube })
}
