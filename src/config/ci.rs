//! `[ci]` and `deploy-on` as they hold.

use globset::GlobBuilder;

use super::names::same;
use super::node::{Node, Table, Value};
use super::read::Read;
use super::{BUILT_IN, Scope};
use crate::repo::Trigger;
use crate::report::{Place, Problem, text};

/// The step of a pipeline that stands for every environment whose `deploy-on` matches.
pub const DEPLOY: &str = "deploy";

/// The steps of a pipeline when `[ci]` does not say others.
const STEPS: [&str; 6] = ["lint", "test", "docker-build", "smoke-test", "docker-push", DEPLOY];

/// What a pipeline runs.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// The steps in their order, with where they are written; the usual ones are written nowhere.
    pub steps: Vec<(String, Option<Place>)>,
    /// Steps that are left out.
    skip: Vec<(String, Option<Place>)>,
}

impl Pipeline {
    /// Reads `[ci]`.
    pub fn of(scope: &Scope) -> Self {
        let read = scope.read("ci");
        let words = |key: &str| {
            let found = read.strings(key).into_iter();
            found.map(|(word, origin)| (word.replace('_', "-"), origin.place(""))).collect::<Vec<_>>()
        };
        let steps = if read.has("steps") { words("steps") } else { STEPS.map(|step| (step.to_owned(), None)).to_vec() };
        Self { steps, skip: words("skip") }
    }

    /// Where it is written that this step is left out.
    pub fn skips(&self, step: &str) -> Option<&Option<Place>> {
        self.skip.iter().find(|(name, _)| same(name, step)).map(|(_, place)| place)
    }
}

/// What event of git deploys to an environment.
#[derive(Clone, Debug, Default)]
pub struct DeployOn {
    branch: Vec<String>,
    tag: Vec<String>,
    /// Where it is written.
    pub place: Option<Place>,
}

impl DeployOn {
    /// Reads `deploy-on` of an environment; none when it is not written.
    pub(super) fn of(environment: &Read<'_>) -> Option<Self> {
        let read = environment.table("deploy-on");
        let place = read.place("branch").or_else(|| read.place("tag")).or_else(|| environment.place("deploy-on"));
        read.exists().then(|| Self { branch: read.words("branch"), tag: read.words("tag"), place })
    }

    /// Whether this event deploys. A pull request never does.
    pub fn matches(&self, trigger: &Trigger) -> bool {
        match trigger {
            Trigger::Branch { name } => any(&self.branch, name),
            Trigger::Tag { name } => any(&self.tag, name),
            Trigger::Commit | Trigger::PullRequest { .. } => false,
        }
    }
}

/// `branch main`, `branch main or tag v*`.
impl std::fmt::Display for DeployOn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let named = |kind: &str, patterns: &[String]| patterns.iter().map(|pattern| format!("{kind} {pattern}")).collect::<Vec<_>>();
        let all = [named("branch", &self.branch), named("tag", &self.tag)].concat();
        f.write_str(&if all.is_empty() { "nothing".to_owned() } else { all.join(" or ") })
    }
}

fn any(patterns: &[String], name: &str) -> bool {
    patterns.iter().any(|pattern| {
        let glob = GlobBuilder::new(pattern).literal_separator(true).build();
        pattern == name || glob.is_ok_and(|glob| glob.compile_matcher().is_match(name))
    })
}

/// Finds steps that are nothing, and patterns that can't be understood.
pub(super) fn check(table: &Table, problems: &mut Vec<Problem>) {
    steps(table, problems);
    for environment in table.table("environments").into_iter().flat_map(Table::iter) {
        let Value::Table(inner) = &environment.node.value else { continue };
        for node in ["branch", "tag"].iter().filter_map(|key| inner.at(&["deploy-on", key])).flat_map(items) {
            let Value::Str(pattern) = &node.value else { continue };
            if let Err(fault) = GlobBuilder::new(pattern).build() {
                problems.push(Problem {
                    message: format!("`{pattern}` is not a pattern: {}", fault.kind()),
                    place: node.origin.place(""),
                    notes: Vec::new(),
                    help: vec!["`*` is any text without a slash, `**` any text, `[ab]` one of these, `{a,b}` either".into()],
                });
            }
        }
    }
}

fn steps(table: &Table, problems: &mut Vec<Problem>) {
    let tasks = table.table("tasks").into_iter().flat_map(Table::iter).map(|task| task.key.as_str());
    let environments = table.table("environments").into_iter().flat_map(Table::iter).map(|environment| environment.key.as_str());
    let usual: Vec<&str> = tasks.chain(STEPS).collect();
    for (key, more) in [("steps", Vec::new()), ("skip", environments.collect())] {
        for node in table.at(&["ci", key]).map(items).unwrap_or_default() {
            let Value::Str(name) = &node.value else { continue };
            let mut known = usual.iter().chain(&more).copied();
            if known.any(|known| same(known, name)) {
                continue;
            }
            let near = text::nearest(name, usual.iter().chain(&more).copied());
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None if BUILT_IN.iter().any(|known| same(known, name)) => format!("a pipeline's commands are {}", text::list(&STEPS[2..])),
                None => format!("add [tasks.{name}], or take it out"),
            };
            problems.push(Problem {
                message: format!("`{name}` is not a step of a pipeline"),
                place: node.origin.place("no such step"),
                notes: Vec::new(),
                help: vec![help],
            });
        }
    }
}

fn items(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(items) => items,
        _ => std::slice::from_ref(node),
    }
}
