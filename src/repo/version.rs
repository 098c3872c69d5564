//! The version of what is checked out: a tag, or a snapshot since the nearest one.

use std::fmt;
use std::path::Path;

use super::answers::Answers;
use super::git::Commit;

/// See the contract, section 4, "Version".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// As people see it: `1.4.0`, `1.4.0-3.g1a2b3c4`, with `-dirty` when tracked files are changed.
    pub text: String,
    /// HEAD carries a release tag and nothing is changed.
    pub release: bool,
    /// The history is cut off, so the base is unknown.
    pub shallow: bool,
}

impl Version {
    pub(super) fn of(dir: &Path, answers: &Answers, prefix: &str, commit: Option<&Commit>) -> Self {
        let Some(commit) = commit else {
            return Self { text: file(dir).unwrap_or_else(|| "0.0.0".into()) + "-0.local", release: false, shallow: false };
        };
        let dirty = if commit.dirty { "-dirty" } else { "" };
        if let Some(tag) = tag_at_head(answers, prefix) {
            return Self { text: format!("{tag}{dirty}"), release: !commit.dirty, shallow: false };
        }
        let sha = &commit.sha[..commit.sha.len().min(7)];
        if answers.ask(&["rev-parse", "--is-shallow-repository"]).as_deref() == Some("true") {
            return Self { text: format!("0.0.0-0.g{sha}{dirty}"), release: false, shallow: true };
        }
        let (base, commits) = base(dir, answers, prefix);
        Self { text: format!("{base}-{commits}.g{sha}{dirty}"), release: false, shallow: false }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The version of a tag: prefix and `v` stripped; none for a tag that is not a release.
fn stripped<'a>(tag: &'a str, prefix: &str) -> Option<&'a str> {
    let rest = tag.strip_prefix(prefix)?;
    let rest = rest.strip_prefix('v').unwrap_or(rest);
    rest.starts_with(|c: char| c.is_ascii_digit()).then_some(rest)
}

fn tag_at_head(answers: &Answers, prefix: &str) -> Option<String> {
    let tags = answers.ask(&["tag", "--points-at", "HEAD", "--sort=-version:refname"])?;
    tags.lines().find_map(|tag| stripped(tag, prefix)).map(str::to_owned)
}

/// The nearest tag and the commits since; else the `VERSION` file and all commits.
fn base(dir: &Path, answers: &Answers, prefix: &str) -> (String, String) {
    let patterns = [format!("--match={prefix}v[0-9]*"), format!("--match={prefix}[0-9]*")];
    let described = answers.ask(&["describe", "--tags", "--long", &patterns[0], &patterns[1]]);
    if let Some((tag, commits)) = described.as_deref().and_then(split_description)
        && let Some(version) = stripped(tag, prefix)
    {
        return (version.to_owned(), commits.to_owned());
    }
    let all = answers.ask(&["rev-list", "--count", "HEAD"]).unwrap_or_else(|| "0".into());
    (file(dir).unwrap_or_else(|| "0.0.0".into()), all)
}

/// `TAG-COMMITS-gSHA`; the tag may hold dashes.
fn split_description(text: &str) -> Option<(&str, &str)> {
    text.rsplit_once("-g")?.0.rsplit_once('-')
}

fn file(dir: &Path) -> Option<String> {
    let text = std::fs::read_to_string(dir.join("VERSION")).ok()?;
    let line = text.lines().next()?.trim().trim_start_matches('v').to_owned();
    (!line.is_empty()).then_some(line)
}

/// A text as an image tag: letters, digits, `_`, `.`, `-`, at most 128, not beginning with `.` or `-`
/// (the distribution specification's grammar of tags).
pub fn tag(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_ascii_alphanumeric() || "_.-".contains(c) { c } else { '-' }).collect();
    clean.trim_start_matches(['.', '-']).chars().take(128).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tags_with_the_prefix_and_a_number_are_releases() {
        assert_eq!(stripped("v1.2.3", ""), Some("1.2.3"));
        assert_eq!(stripped("users-v1.2.3", "users-"), Some("1.2.3"));
        assert_eq!(stripped("users-v1.2.3", ""), None);
        assert_eq!(stripped("vim", ""), None);
    }

    #[test]
    fn tags_are_cleaned_to_what_a_registry_takes() {
        assert_eq!(tag("1.0.0+build/7"), "1.0.0-build-7");
        assert_eq!(tag("-x"), "x");
    }

    #[test]
    fn a_description_is_split_from_the_right() {
        assert_eq!(split_description("users-v1.2-rc-3-gabc1234"), Some(("users-v1.2-rc", "3")));
    }
}
