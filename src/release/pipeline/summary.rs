//! A pipeline as a person reads it: before (the plan with its reasons) and after (what came of it).

use serde_json::{Value, json};

use super::{Outcome, Pipeline, Step};
use crate::report::style::{BAD, BOLD, DIM, GOOD, NAME, paint};
use crate::report::table::columns;
use crate::report::{Report, text};

impl Pipeline {
    /// `Travis CI: tag v1.2.3 at 1a2b3c4`.
    pub fn head(&self) -> String {
        let sha = &self.commit[..self.commit.len().min(7)];
        format!("{}: {} at {sha}", self.system.unwrap_or("here"), self.trigger)
    }

    /// Every step with the reason for it, and the line of instep.toml that asks for it.
    pub fn explained(&self) -> String {
        let row = |step: &Step| {
            let (sign, command) =
                if step.command.is_empty() { (paint(DIM, "–"), String::new()) } else { (paint(GOOD, "▸"), step.typed()) };
            let line = step.line.as_ref().map(|line| format!(", {line}")).unwrap_or_default();
            vec![sign, paint(NAME, &step.id), command, paint(DIM, &format!("# {}{line}", step.why))]
        };
        let rows: Vec<_> = self.steps.iter().map(row).collect();
        format!("{}\n{}", paint(BOLD, &self.head()), columns(&rows, 0).trim_end())
    }

    /// For `--output json`: the plan; the events say what came of its steps.
    pub fn document(&self) -> Value {
        json!({ "system": self.system, "trigger": self.trigger, "commit": self.commit, "plan": self.steps })
    }

    /// What came of it as a table of Markdown, for the job summary of GitHub Actions.
    pub fn markdown(&self, outcomes: &[Outcome]) -> String {
        let mut page = format!("### instep ci: {}\n\n| | step | |\n| --- | --- | --- |\n", self.trigger);
        for (step, outcome) in self.steps.iter().zip(outcomes) {
            let (sign, rest) = match outcome {
                Outcome::Done(elapsed) => ("✓", text::elapsed(*elapsed)),
                Outcome::Skipped(reason) => ("–", reason.clone()),
                Outcome::Failed(reason, elapsed) => ("✗", format!("{reason} ({})", text::elapsed(*elapsed))),
            };
            page.push_str(&format!("| {sign} | {} | {} |\n", step.id, rest.replace('|', "\\|")));
        }
        page
    }
}

/// The table at the end of a run.
pub fn show(pipeline: &Pipeline, outcomes: &[Outcome], report: &Report) {
    let mut rows = Vec::new();
    for (step, outcome) in pipeline.steps.iter().zip(outcomes) {
        let (style, sign, rest) = match outcome {
            Outcome::Done(elapsed) => (GOOD, "✓", text::elapsed(*elapsed)),
            Outcome::Skipped(reason) => (DIM, "–", reason.clone()),
            Outcome::Failed(reason, elapsed) => (BAD, "✗", format!("{reason} ({})", text::elapsed(*elapsed))),
        };
        rows.push(vec![paint(style, sign), step.id.clone(), paint(DIM, &rest)]);
    }
    report.result(&format!("\n{}\n{}", paint(BOLD, &pipeline.head()), columns(&rows, 0).trim_end()));
}
