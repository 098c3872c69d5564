//! A plan as a value: printed, serialised or compared before anything happens, then walked.

use std::time::Instant;

use serde::Serialize;

use crate::report::{Event, Report, Result, What};

/// What one step does: plain data of one domain.
pub trait Action: Serialize {
    /// One line for a person.
    fn title(&self) -> String;
    /// The shell lines that a person could run to the same effect.
    fn script(&self) -> Vec<String>;
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step<A> {
    /// Its name, unique in the plan.
    pub id: String,
    /// What it does.
    #[serde(flatten)]
    pub action: A,
}

/// Steps in the order in which they run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan<A> {
    /// The steps.
    pub steps: Vec<Step<A>>,
}

impl<A> Default for Plan<A> {
    fn default() -> Self {
        Self { steps: Vec::new() }
    }
}

impl<A: Action> Plan<A> {
    /// Adds a step at the end.
    pub fn push(&mut self, id: impl Into<String>, action: A) {
        self.steps.push(Step { id: id.into(), action });
    }

    /// The whole plan as a script for `sh`.
    pub fn script(&self) -> String {
        let mut script = String::from("set -eu\n");
        for step in &self.steps {
            script.push_str(&format!("\n# {}: {}\n", step.id, step.action.title()));
            for line in step.action.script() {
                script.push_str(&line);
                script.push('\n');
            }
        }
        script
    }

    /// Prints the plan instead of running it: the script, or the plan itself as JSON.
    pub fn show(&self, report: &Report) {
        if report.is_json() {
            report.document(serde_json::json!({ "plan": self }));
        } else {
            report.raw(&self.script());
        }
    }

    /// Walks the plan, one step after the other, until one fails; tells the report.
    pub fn run(&self, report: &Report, mut act: impl FnMut(&Step<A>) -> Result<()>) -> Result<()> {
        for step in &self.steps {
            let begin = Instant::now();
            report.event(&Event::new(&*step.id, What::Started { title: step.action.title() }));
            match act(step) {
                Ok(()) => report.event(&Event::new(&*step.id, What::Finished { elapsed: begin.elapsed() })),
                Err(error) => {
                    let reason = error.message().to_owned();
                    report.event(&Event::new(&*step.id, What::Failed { reason, elapsed: begin.elapsed() }));
                    return Err(error);
                }
            }
        }
        Ok(())
    }
}
