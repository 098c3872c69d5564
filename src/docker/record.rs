//! What was built and pushed, kept for other commands and the next stage of a pipeline.

use std::path::Path;

use serde::{Serialize, Serializer};

use crate::repo::{Facts, disk, state_dir};
use crate::report::{Error, Result};

/// An image as it was built or pushed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImageRecord {
    /// Its key in the file.
    #[serde(skip)]
    pub key: String,
    /// Registry and name.
    pub repository: String,
    /// Its tags, the version first.
    pub tags: Vec<String>,
    /// Its id in the engine.
    pub id: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its digest in the registry, once it is pushed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// `repository@sha256:…`, once it is pushed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// The images of one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Record {
    /// The version.
    pub version: String,
    /// The commit.
    pub commit: Option<String>,
    /// The images, by key.
    #[serde(serialize_with = "by_key")]
    pub images: Vec<ImageRecord>,
}

impl Record {
    /// The record of these images.
    pub fn new(facts: &Facts, images: Vec<ImageRecord>) -> Self {
        Self { version: facts.version().text.clone(), commit: facts.commit().map(|commit| commit.sha.clone()), images }
    }

    /// Writes `.instep/state/image.json`: whole, or not at all.
    pub fn write(&self, root: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).map_err(|error| Error::failed(error.to_string()))?;
        disk::write(&state_dir(root)?.join("image.json"), format!("{text}\n").as_bytes())
    }
}

fn by_key<S: Serializer>(images: &[ImageRecord], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(images.iter().map(|image| (&image.key, image)))
}
