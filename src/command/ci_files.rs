//! The files by which CI systems call `instep ci`: printed, and held against those that are there.

use std::path::{Path, PathBuf};

use super::instepw;
use crate::config::Project;
use crate::report::Result;

/// What `--print` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum File {
    /// .github/workflows/ci.yaml
    Github,
    /// .gitlab-ci.yml
    Gitlab,
    /// Jenkinsfile
    Jenkins,
    /// .travis.yml
    Travis,
    /// instepw: a script that gets the pinned instep, by its checksum
    Wrapper,
}

/// Something that the file of a CI system must say.
struct Essential {
    /// How it is written, without blanks and quotes.
    written: &'static str,
    /// How a person would write it.
    shown: &'static str,
    why: &'static str,
}

const HISTORY: &str = "versions and deployments need the whole history";

impl File {
    /// The whole file. It never changes when the workflow does; versions and deployments need the whole history.
    ///
    /// # Errors
    /// Exit code 2 when nobody says where the wrapper gets instep from.
    pub(super) fn text(self, project: &Project) -> Result<String> {
        let instep = if project.root.join(instepw::FILE).is_file() { "./instepw" } else { "instep" };
        Ok(match self {
            Self::Github => format!(
                "on: {{ push: {{ branches: [\"**\"], tags: [\"**\"] }}, pull_request: {{}} }}\n\
                 jobs: {{ ci: {{ runs-on: ubuntu-latest, steps: [{{ uses: actions/checkout@v4, with: {{ fetch-depth: 0 }} }}, {{ run: {instep} ci }}] }} }}\n"
            ),
            Self::Gitlab => format!(
                "ci: {{ script: {instep} ci --junit ci.xml, variables: {{ GIT_DEPTH: 0 }}, artifacts: {{ when: always, reports: {{ junit: ci.xml }} }} }}\n"
            ),
            // A declarative pipeline, since only there the variables of the git plugin are set.
            Self::Jenkins => format!(
                "pipeline {{\n  agent any\n  stages {{ stage('ci') {{ steps {{ sh '{instep} ci --junit ci.xml' }} }} }}\n  \
                 post {{ always {{ junit testResults: 'ci.xml', allowEmptyResults: true }} }}\n}}\n"
            ),
            Self::Travis => format!("language: minimal\ngit: {{ depth: false }}\nscript: {instep} ci\n"),
            Self::Wrapper => instepw::text(project)?,
        })
    }

    fn essentials(self) -> &'static [Essential] {
        match self {
            Self::Github => &[
                Essential { written: "fetch-depth:0", shown: "fetch-depth: 0", why: HISTORY },
                Essential { written: "push", shown: "push", why: "nothing runs for branches and tags" },
                Essential { written: "pull_request", shown: "pull_request", why: "nothing runs for pull requests" },
            ],
            Self::Gitlab => &[Essential { written: "GIT_DEPTH:0", shown: "GIT_DEPTH: 0", why: HISTORY }],
            Self::Travis => &[Essential { written: "depth:false", shown: "git: { depth: false }", why: HISTORY }],
            Self::Jenkins | Self::Wrapper => &[],
        }
    }
}

/// A file of a CI system that is there.
pub(super) struct Found {
    /// Where it is.
    pub(super) place: &'static str,
    /// What is wrong with it; none: it does what `instep ci --print` would.
    pub(super) drift: Option<String>,
    /// The command that prints one without that fault.
    pub(super) print: String,
}

/// The CI files that are there, each with how it differs from what `--print` prints.
pub(super) fn found(project: &Project) -> Vec<Found> {
    let systems = [
        (File::Github, ".github/workflows", "github"),
        (File::Gitlab, ".gitlab-ci.yml", "gitlab"),
        (File::Jenkins, "Jenkinsfile", "jenkins"),
        (File::Travis, ".travis.yml", "travis"),
    ];
    let wrapped = project.root.join(instepw::FILE).is_file();
    let look = |(file, place, name): (File, &'static str, &str)| {
        let texts = texts(&project.root.join(place));
        let drift = drift(file, &texts, wrapped);
        (!texts.is_empty()).then(|| Found { place, drift, print: format!("instep ci --print {name}") })
    };
    systems.into_iter().filter_map(look).collect()
}

/// What a file says, or all files of a folder, without comments.
fn texts(path: &Path) -> Vec<String> {
    let in_folder = std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = in_folder.chain([path.to_owned()]).collect();
    files.sort();
    let plain = |text: String| text.lines().map(|line| line.split(" #").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let comment = |line: &&str| !line.trim_start().starts_with('#') && !line.trim_start().starts_with("//");
    let code = |text: String| text.lines().filter(comment).collect::<Vec<_>>().join("\n");
    files.into_iter().filter_map(|file| std::fs::read_to_string(file).ok()).map(|text| plain(code(text))).collect()
}

/// What of the printed file is not in those that are there.
fn drift(file: File, texts: &[String], wrapped: bool) -> Option<String> {
    let calls = |text: &&String| text.contains("instep ci") || text.contains("instepw ci");
    let Some(text) = texts.iter().find(calls) else {
        return Some("does not call instep ci: what runs there may be another thing than here".to_owned());
    };
    if wrapped && !text.contains("instepw ci") {
        return Some("calls instep ci, but not by ./instepw: it may be another version than the pinned one".to_owned());
    }
    let bare: String = text.chars().filter(|c| !c.is_whitespace() && !"'\"".contains(*c)).collect();
    let lacking = file.essentials().iter().find(|essential| !bare.contains(essential.written));
    lacking.map(|essential| format!("calls instep ci, but lacks `{}`: {}", essential.shown, essential.why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_says_it_in_another_way_has_not_drifted() {
        let texts = |text: &str| vec![text.to_owned()];
        let gitlab = "variables:\n  GIT_DEPTH: \"0\"\nci:\n  script:\n    - make tools\n    - instep ci\n";
        assert_eq!(drift(File::Gitlab, &texts(gitlab), false), None);
        let github =
            "on:\n  push:\n    tags: ['v*']\njobs:\n  ci:\n    steps:\n      - with:\n          fetch-depth: 0\n      - run: instep ci\n";
        let said = drift(File::Github, &texts(github), false);
        assert_eq!(said.as_deref(), Some("calls instep ci, but lacks `pull_request`: nothing runs for pull requests"));
        let said = drift(File::Travis, &texts("script: instep ci\n"), false);
        assert_eq!(
            said.as_deref(),
            Some("calls instep ci, but lacks `git: { depth: false }`: versions and deployments need the whole history")
        );
        assert!(
            drift(File::Travis, &texts("git: {depth: false}\nscript: instep ci\n"), true).is_some_and(|said| said.contains("./instepw"))
        );
    }
}
