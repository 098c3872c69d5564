//! `deploy-on`: what event of git deploys to an environment.

use globset::{GlobBuilder, GlobMatcher};

use super::node::{Node, Table, Value};
use super::read::Read;
use crate::repo::Trigger;
use crate::report::{Error, Place, Problem, Result};

const HELP: &str = "`*` is any text without a slash, `**` any text, `[ab]` one of these, `{a,b}` either";

/// The branches and tags that are deployed to an environment.
#[derive(Clone, Debug)]
pub struct DeployOn {
    branches: Vec<Pattern>,
    tags: Vec<Pattern>,
    /// Where it is written.
    pub place: Option<Place>,
}

#[derive(Clone, Debug)]
struct Pattern {
    text: String,
    glob: GlobMatcher,
}

impl Pattern {
    /// `*` stops at a slash, `**` does not.
    fn of(text: &str) -> std::result::Result<Self, String> {
        let glob = GlobBuilder::new(text).literal_separator(true).build();
        let glob = glob.map_err(|fault| format!("`{text}` is not a pattern: {}", fault.kind()))?;
        Ok(Self { text: text.to_owned(), glob: glob.compile_matcher() })
    }
}

impl DeployOn {
    /// Reads it; none where nothing is written.
    ///
    /// # Errors
    /// Exit code 2 for what is no pattern.
    pub(super) fn of(environment: &Read<'_>) -> Result<Option<Self>> {
        let read = environment.table("deploy-on");
        if !read.exists() {
            return Ok(None);
        }
        let place = read.place("branch").or_else(|| read.place("tag")).or_else(|| environment.place("deploy-on"));
        let patterns = |key: &str| -> Result<Vec<Pattern>> {
            let fault = |fault| Error::usage(fault).at(read.place(key)).help(HELP);
            read.texts(key)?.iter().map(|text| Pattern::of(text).map_err(fault)).collect()
        };
        Ok(Some(Self { branches: patterns("branch")?, tags: patterns("tag")?, place }))
    }

    /// Whether this event deploys. A pull request never does.
    pub fn matches(&self, trigger: &Trigger) -> bool {
        match trigger {
            Trigger::Branch { name } => self.branch(name),
            Trigger::Tag { name } => self.tag(name),
            Trigger::Commit | Trigger::PullRequest { .. } => false,
        }
    }

    /// Whether this branch is deployed.
    pub fn branch(&self, name: &str) -> bool {
        any(&self.branches, name)
    }

    /// Whether this tag is deployed.
    pub fn tag(&self, name: &str) -> bool {
        any(&self.tags, name)
    }
}

/// `branch main`, `branch main or tag v*`.
impl std::fmt::Display for DeployOn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let named = |kind: &str, patterns: &[Pattern]| patterns.iter().map(|it| format!("{kind} {}", it.text)).collect::<Vec<_>>();
        let all = [named("branch", &self.branches), named("tag", &self.tags)].concat();
        f.write_str(&if all.is_empty() { "nothing".to_owned() } else { all.join(" or ") })
    }
}

fn any(patterns: &[Pattern], name: &str) -> bool {
    patterns.iter().any(|pattern| pattern.text == name || pattern.glob.is_match(name))
}

/// Finds patterns that can't be understood; a template is known only once it is evaluated.
pub(super) fn check(table: &Table, problems: &mut Vec<Problem>) {
    for environment in table.table("environments").into_iter().flat_map(Table::iter) {
        let Value::Table(inner) = &environment.node.value else { continue };
        for node in ["branch", "tag"].iter().filter_map(|key| inner.at(&["deploy-on", key])).flat_map(Node::items) {
            let Value::Str(pattern) = &node.value else { continue };
            if let (false, Err(message)) = (pattern.contains("{{"), Pattern::of(pattern)) {
                problems.push(Problem { message, place: node.origin.place(""), notes: Vec::new(), help: vec![HELP.into()] });
            }
        }
    }
}
