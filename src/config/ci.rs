//! `[ci]` as it holds.

use super::names::same;
use super::node::{Node, Table, Value};
use super::{BUILT_IN, Scope};
use crate::report::{Place, Problem, text};

/// The step of a pipeline that stands for every environment whose `deploy-on` matches.
pub const DEPLOY: &str = "deploy";

/// The steps of a pipeline when `[ci]` does not say others: the first two are tasks, where the repo has them.
pub const STEPS: [&str; 6] = ["lint", "test", "docker-build", "smoke-test", "docker-push", DEPLOY];

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

/// Finds steps that are nothing.
pub(super) fn check(table: &Table, problems: &mut Vec<Problem>) {
    let tasks = table.table("tasks").into_iter().flat_map(Table::iter).map(|task| task.key.as_str());
    let environments = table.table("environments").into_iter().flat_map(Table::iter).map(|environment| environment.key.as_str());
    let usual: Vec<&str> = tasks.chain(STEPS).collect();
    for (key, more) in [("steps", Vec::new()), ("skip", environments.collect())] {
        for node in table.at(&["ci", key]).map(Node::items).unwrap_or_default() {
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
