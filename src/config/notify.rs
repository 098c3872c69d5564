//! `[notify]` as it holds.

use super::Scope;
use crate::report::Result;

/// Who is told of a deployment.
#[derive(Clone, Debug, Default)]
pub struct Notify {
    /// The webhook of a channel of Slack; none where it is not named, or the caller's environment lacks it.
    pub slack: Option<String>,
}

impl Notify {
    /// Reads `[notify]`.
    ///
    /// # Errors
    /// Exit code 2 for templates with faults.
    pub fn of(scope: &Scope) -> Result<Self> {
        let slack = scope.read("notify").table("slack");
        let from_env = slack.table("webhook");
        let webhook = match from_env.words("env").pop() {
            #[expect(clippy::disallowed_methods, reason = "what the caller's environment gives is part of the configuration")]
            Some(name) => std::env::var(name).ok(),
            None => slack.text_opt("webhook")?,
        };
        Ok(Self { slack: webhook.filter(|url| !url.trim().is_empty()) })
    }
}
