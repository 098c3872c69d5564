//! A pipeline as a person reads it: before (the plan with its reasons) and after (what came of it).

use serde_json::{Value, json};

use super::{Concern, Outcome, Pipeline, Step};
use crate::report::style::{BAD, BOLD, DIM, GOOD, NAME, paint};
use crate::report::table::{columns, prose};
use crate::report::{Report, text};

impl Pipeline {
    /// `Travis CI: tag v1.2.3 at 1a2b3c4`; in a workspace also which services that concerns.
    pub fn head(&self) -> String {
        let sha = &self.commit[..self.commit.len().min(7)];
        let base = self.base.as_ref().map_or_else(String::new, |base| format!(", compared with {base}"));
        format!("{}: {} at {sha}{base}", self.system.unwrap_or("here"), self.trigger)
    }

    /// In a workspace: a line for every service, whether it is concerned, and why.
    pub fn concerns(&self) -> String {
        let row = |concern: &Concern| {
            let sign = if concern.runs { paint(GOOD, "▸") } else { paint(DIM, "–") };
            vec![sign, paint(NAME, &concern.service), paint(DIM, &concern.why)]
        };
        prose(&self.services.iter().map(row).collect::<Vec<_>>(), 0)
    }

    /// The services that are left out, as rows of a table: name and reason.
    fn left_out(&self) -> impl Iterator<Item = (&str, &str)> {
        self.services.iter().filter(|concern| !concern.runs).map(|concern| (concern.service.as_str(), concern.why.as_str()))
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
        let concerns = if self.services.is_empty() { String::new() } else { format!("{}\n", self.concerns()) };
        format!("{}\n{concerns}{}", paint(BOLD, &self.head()), prose(&rows, 0)).trim_end().to_owned()
    }

    /// For `--output json`: the plan; the events say what came of its steps.
    pub fn document(&self) -> Value {
        let mut document = json!({ "system": self.system, "trigger": self.trigger, "commit": self.commit, "plan": self.steps });
        if !self.services.is_empty() {
            document["compared-with"] = json!(self.base);
            document["services"] = json!(self.services);
        }
        document
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
        for (service, why) in self.left_out() {
            page.push_str(&format!("| – | {service} | {why} |\n"));
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
    let row = |(service, why): (&str, &str)| vec![paint(DIM, "–"), service.to_owned(), paint(DIM, why)];
    rows.extend(pipeline.left_out().map(row));
    report.result(&format!("\n{}\n{}", paint(BOLD, &pipeline.head()), columns(&rows, 0).trim_end()));
}
