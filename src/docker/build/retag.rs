//! Built once: on a release tag, the image that this commit has already gets a further name.

use crate::docker::Reference;
use crate::docker::digest::Local;
use crate::docker::engine::Engine;
use crate::docker::plan::Build;
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
        self.pull(&name, &mut |_| ())?;
        told("is in the registry already");
        self.local(&name)
    }
}
