//! What all checks gave, for CI systems: JUnit's XML, a summary in Markdown, annotations of GitHub.

use super::show::{history, tries};
use super::summary::{Outcome, State, Summary};
use crate::report::junit::{Case, Ended, Suite};
use crate::report::{Problem, text};

/// JUnit's XML: a suite for each target.
pub fn junit(runs: &[(String, Summary)]) -> Vec<Suite> {
    let suite = |(target, summary): &(String, Summary)| Suite {
        name: format!("smoke-test {target}"),
        cases: summary.outcomes.iter().map(|outcome| case(target, outcome)).collect(),
    };
    runs.iter().map(suite).collect()
}

fn case(target: &str, outcome: &Outcome) -> Case {
    let problem = outcome.problem();
    let told = match (&outcome.state, problem) {
        (State::Skipped(reason), _) => Ended::Skipped(reason.clone()),
        (State::Failed(_) | State::TimedOut(_), Some(problem)) => {
            Ended::Failed { message: problem.message.clone(), kind: "failed".to_owned(), text: problem.notes.join("\n") }
        }
        _ => Ended::Passed,
    };
    let output = match &outcome.state {
        State::Warned(mismatch) => format!("warning: expected {}, got {}", mismatch.expected, mismatch.actual),
        State::Passed if !outcome.tries.is_empty() => history(outcome),
        _ => String::new(),
    };
    Case { name: outcome.probe.name.clone(), class: format!("smoke-test.{target}"), time: outcome.elapsed, outcome: told, output }
}

/// A summary in Markdown.
pub fn markdown(runs: &[(String, Summary)]) -> String {
    let mut page = String::from("## Smoke test\n");
    for (target, summary) in runs {
        page.push_str(&format!("\n### {target}: {}\n\n| | check | asked | came | |\n| --- | --- | --- | --- | --- |\n", summary.words()));
        for outcome in &summary.outcomes {
            let sign = match outcome.state {
                State::Passed => "✅",
                State::Failed(_) | State::TimedOut(_) => "❌",
                State::Warned(_) => "⚠️",
                State::Skipped(_) => "➖",
            };
            let came = outcome.came.as_ref();
            let word = came.map(|came| came.word.clone()).unwrap_or_default();
            let how = match &outcome.state {
                State::Passed => came.map(|came| text::latency(came.answer.latency)).unwrap_or_default(),
                State::Failed(mismatch) | State::Warned(mismatch) => format!("expected {}, got {}", mismatch.expected, mismatch.actual),
                State::TimedOut(_) => tries(&outcome.tries),
                State::Skipped(reason) => reason.clone(),
            };
            let asked = if matches!(outcome.state, State::Skipped(_)) { String::new() } else { format!("`{}`", outcome.probe.what()) };
            page.push_str(&format!("| {sign} | {} | {} | {word} | {} |\n", outcome.probe.name, cell(&asked), cell(&how)));
        }
    }
    page
}

/// Text for a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

/// Lines that GitHub Actions shows beside the file
/// (<https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions>).
pub fn annotations(runs: &[(String, Summary)]) -> Vec<String> {
    let outcomes = runs.iter().flat_map(|(_, summary)| &summary.outcomes);
    let line = |outcome: &Outcome| {
        let level = if matches!(outcome.state, State::Warned(_)) { "warning" } else { "error" };
        outcome.problem().map(|problem| annotation(level, &outcome.probe.name, &problem))
    };
    outcomes.filter_map(line).collect()
}

fn annotation(level: &str, name: &str, problem: &Problem) -> String {
    let escape = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| escape(text).replace(':', "%3A").replace(',', "%2C");
    let place = problem.place.as_ref();
    let place = place.map(|place| format!("file={},line={},", property(&place.file), place.line())).unwrap_or_default();
    format!("::{level} {place}title={}::{}", property(&format!("smoke-test {name}")), escape(&problem.message))
}
