//! `[image]` and `[images.NAME]` as they hold.

use std::path::PathBuf;

use super::Scope;
use super::read::Read;
use crate::report::{Place, Result};

/// An image of the repo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Its key: `image`, or the name in `[images]`.
    pub key: String,
    /// Registry and name, without a tag.
    pub repository: String,
    /// The Dockerfile.
    pub dockerfile: PathBuf,
    /// Where the Dockerfile's path is written, when it is.
    pub dockerfile_place: Option<Place>,
    /// The folder that is sent to the engine.
    pub context: PathBuf,
    /// The stage to build.
    pub target: Option<String>,
    /// Build arguments.
    pub build_args: Vec<(String, String)>,
}

impl Image {
    /// All images of the repo: the main one first.
    ///
    /// # Errors
    /// Exit code 2 when a repository is not set, or a template has a fault.
    pub fn all(scope: &Scope) -> Result<Vec<Self>> {
        let main = scope.read("image");
        let mut images = Vec::new();
        if main.exists() {
            images.push(Self::read("image", &main)?);
        }
        for (name, read) in scope.read_root().tables("images") {
            images.push(Self::read(name, &read)?);
        }
        Ok(images)
    }

    /// The image that the service runs.
    ///
    /// # Errors
    /// Exit code 2 when there is none.
    pub fn main(scope: &Scope) -> Result<Self> {
        Self::read("image", &scope.read("image"))
    }

    fn read(key: &str, read: &Read<'_>) -> Result<Self> {
        Ok(Self {
            key: key.to_owned(),
            repository: read.text_needed("repository", "\"registry.example.com/team/name\"")?,
            dockerfile: read.path_of("dockerfile")?,
            dockerfile_place: read.place("dockerfile"),
            context: read.path_of("context")?,
            target: read.text_opt("target")?,
            build_args: read.pairs("build-args")?,
        })
    }
}
