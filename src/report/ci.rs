//! The CI system that this runs in, and how its logs fold.

/// The systems whose logs can fold; all others are plain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ci {
    /// No CI system.
    #[default]
    None,
    /// A system without folds (Jenkins, and any that only sets `CI`).
    Plain,
    /// GitHub Actions: `::group::`.
    GitHub,
    /// GitLab: `section_start`.
    GitLab,
    /// Travis CI: `travis_fold`.
    Travis,
}

impl Ci {
    /// Finds the system by the variables that it sets.
    pub fn detect(env: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| env(name).is_some_and(|value| !value.is_empty() && value != "false");
        if set("GITHUB_ACTIONS") {
            Self::GitHub
        } else if set("GITLAB_CI") {
            Self::GitLab
        } else if set("TRAVIS") {
            Self::Travis
        } else if set("CI") || set("JENKINS_URL") {
            Self::Plain
        } else {
            Self::None
        }
    }

    /// The line that opens a fold. `now` is in seconds since 1970.
    pub fn open(self, name: &str, title: &str, now: u64) -> String {
        match self {
            Self::GitHub => format!("::group::{title}\n"),
            Self::GitLab => format!("\x1b[0Ksection_start:{now}:{name}[collapsed=true]\r\x1b[0K{title}\n"),
            Self::Travis => format!("travis_fold:start:{name}\r\x1b[0K{title}\n"),
            Self::None | Self::Plain => String::new(),
        }
    }

    /// The line that closes it.
    pub fn close(self, name: &str, now: u64) -> String {
        match self {
            Self::GitHub => "::endgroup::\n".to_owned(),
            Self::GitLab => format!("\x1b[0Ksection_end:{now}:{name}\r\x1b[0K\n"),
            Self::Travis => format!("travis_fold:end:{name}\r\x1b[0K\n"),
            Self::None | Self::Plain => String::new(),
        }
    }
}
