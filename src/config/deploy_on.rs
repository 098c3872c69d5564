//! `deploy-on`: what event of git deploys to an environment.

use globset::Glob;

use super::read::Read;
use crate::report::{Error, Place, Result, text};

/// The branches and tags that are deployed to an environment.
#[derive(Clone, Debug)]
pub struct DeployOn {
    branches: Vec<String>,
    tags: Vec<String>,
    /// Where it is written.
    pub place: Option<Place>,
}

impl DeployOn {
    /// Reads it; none where nothing is written.
    ///
    /// # Errors
    /// Exit code 2 for what is no pattern.
    pub(super) fn of(read: &Read<'_>) -> Result<Option<Self>> {
        let table = read.table("deploy-on");
        if !table.exists() {
            return Ok(None);
        }
        let (branches, tags) = (table.texts("branch")?, table.texts("tag")?);
        if let Some(broken) = branches.iter().chain(&tags).find(|pattern| Glob::new(pattern).is_err()) {
            return Err(Error::usage(format!("`{broken}` is not a pattern")).at(read.place("deploy-on")).help("for example \"v*\""));
        }
        Ok(Some(Self { branches, tags, place: read.place("deploy-on") }))
    }

    /// Whether this branch is deployed.
    pub fn branch(&self, name: &str) -> bool {
        any(&self.branches, name)
    }

    /// Whether this tag is deployed.
    pub fn tag(&self, name: &str) -> bool {
        any(&self.tags, name)
    }

    /// `branch main or tag v*`.
    pub fn words(&self) -> String {
        let named = |kind: &str, names: &[String]| names.iter().map(|name| format!("{kind} {name}")).collect::<Vec<_>>();
        text::list(&[named("branch", &self.branches), named("tag", &self.tags)].concat())
    }
}

fn any(patterns: &[String], name: &str) -> bool {
    patterns.iter().any(|pattern| Glob::new(pattern).is_ok_and(|glob| glob.compile_matcher().is_match(name)))
}
