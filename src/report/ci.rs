//! The CI system that this runs in, and how its logs fold.

/// Tells a program that what it writes is in a fold already.
pub const FOLDED: &str = "INSTEP_FOLDED";

/// The systems whose logs can fold; all others are plain. How each marks a fold is in its own documentation: "Grouping
/// log lines" of GitHub Actions, "Custom collapsible sections" of GitLab, "Managing log output" of Buildkite, "Logging
/// commands" of Azure Pipelines; for Travis CI it is what its own build scripts print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ci {
    /// No CI system.
    #[default]
    None,
    /// A system without folds (Jenkins, CircleCI, Drone, and any that only sets `CI`).
    Plain,
    /// Azure Pipelines: `##[group]`.
    Azure,
    /// Buildkite: `---` begins a fold, which ends where the next one begins.
    Buildkite,
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
        let systems = [
            ("BUILDKITE", Self::Buildkite),
            ("GITHUB_ACTIONS", Self::GitHub),
            ("GITLAB_CI", Self::GitLab),
            ("TF_BUILD", Self::Azure),
            ("TRAVIS", Self::Travis),
            ("CI", Self::Plain),
            ("JENKINS_URL", Self::Plain),
        ];
        systems.into_iter().find(|(name, _)| set(name)).map_or(Self::None, |(_, system)| system)
    }

    /// Whether its logs fold.
    pub fn folds(self) -> bool {
        !matches!(self, Self::None | Self::Plain)
    }

    /// The line that opens a fold. `now` is in seconds since 1970.
    pub fn open(self, name: &str, title: &str, now: u64) -> String {
        match self {
            Self::Azure => format!("##[group]{title}\n"),
            Self::Buildkite => format!("--- {title}\n"),
            Self::GitHub => format!("::group::{title}\n"),
            Self::GitLab => format!("\x1b[0Ksection_start:{now}:{}[collapsed=true]\r\x1b[0K{title}\n", plain(name)),
            Self::Travis => format!("travis_fold:start:{}\r\x1b[0K{title}\n", plain(name)),
            Self::None | Self::Plain => String::new(),
        }
    }

    /// The line that closes it.
    pub fn close(self, name: &str, now: u64) -> String {
        match self {
            Self::Azure => "##[endgroup]\n".to_owned(),
            Self::GitHub => "::endgroup::\n".to_owned(),
            Self::GitLab => format!("\x1b[0Ksection_end:{now}:{}\r\x1b[0K\n", plain(name)),
            Self::Travis => format!("travis_fold:end:{}\r\x1b[0K\n", plain(name)),
            Self::None | Self::Plain | Self::Buildkite => String::new(),
        }
    }

    /// The line before what is to be seen at once, where it would be in a fold without one.
    pub fn unfolded(self, title: &str) -> String {
        if self == Self::Buildkite { format!("+++ {title}\n") } else { String::new() }
    }

    /// Whether the system acts on a line instead of showing it: shown once more, it would act once more.
    pub fn acts_on(self, line: &str) -> bool {
        match self {
            Self::Azure => line.starts_with("##[") || line.starts_with("##vso["),
            Self::GitHub => line.starts_with("::"),
            Self::GitLab => line.contains("section_start:") || line.contains("section_end:"),
            Self::Travis => line.contains("travis_fold:"),
            Self::None | Self::Plain | Self::Buildkite => false,
        }
    }
}

/// The name of a fold: GitLab and Travis take letters, digits, `_`, `.` and `-` only.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || "_.-".contains(c) { c } else { '.' }).collect()
}
