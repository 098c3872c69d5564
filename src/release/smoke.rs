//! Where an environment's service is reached by checks.

use crate::config::Target;
use crate::report::{Error, Result};

/// The URL of a service in an environment.
///
/// # Errors
/// Exit code 2 when the environment has none.
pub fn url(environment: &str, target: &Target) -> Result<String> {
    target.url.clone().ok_or_else(|| {
        Error::usage(format!("environment `{environment}` has no url"))
            .help(format!("add `url = \"https://…\"` to [environments.{environment}], or set TARGET_URL"))
    })
}
