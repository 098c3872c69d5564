//! Built once: on a release tag, the image that this commit has already gets a further name.

use bollard::query_parameters::CreateImageOptionsBuilder;
use futures_util::StreamExt as _;

use crate::docker::digest::Local;
use crate::docker::engine::Engine;
use crate::docker::plan::Build;
use crate::docker::{Reference, auth, fault};
use crate::report::style::{DIM, paint};
use crate::report::{Report, Result};

impl Engine {
    /// The image of this commit, from the engine or from the registry; none when there is none yet, when
    /// this is no release, or when another image is asked for.
    pub(super) fn image_of_this_commit(&self, build: &Build, report: &Report) -> Result<Option<Local>> {
        let Some(tag) = build.retag.as_ref().filter(|_| !build.force && !build.no_cache) else { return Ok(None) };
        let name = format!("{}:{tag}", build.repository);
        let told = |how: &str| report.note(&paint(DIM, &format!("  {tag} {how}: it is retagged, not built again")));
        if let Some(image) = self.local(&name)? {
            told("is here already");
            return Ok(Some(image));
        }
        let reference = Reference::parse(&name);
        // A registry that can't be asked now is asked again when it is pushed.
        if !matches!(self.registry_digest(&reference), Ok(Some(_))) {
            return Ok(None);
        }
        self.pull(&reference)?;
        told("is in the registry already");
        self.local(&name)
    }

    /// Fetches an image.
    ///
    /// # Errors
    /// Exit code 1 in the registry's words.
    pub fn pull(&self, reference: &Reference) -> Result<()> {
        let credentials = auth::of(reference.registry())?;
        let options = CreateImageOptionsBuilder::new().from_image(&reference.to_string()).build();
        let mut stream = self.docker.create_image(Some(options), None, credentials);
        let pulled = self.wait(async {
            while let Some(said) = stream.next().await {
                said?;
            }
            Ok(())
        })?;
        pulled.map_err(|error: bollard::errors::Error| fault::of_registry(&fault::reason(&error), &format!("fetch {reference}"), reference))
    }
}
