//! `instep why TASK`: why a task would run, or not.

use clap_complete::ArgValueCandidates;
use serde_json::json;

use super::{Context, complete};
use crate::report::Result;
use crate::report::style::{DIM, GOOD, NAME, paint};
use crate::task::{self, Part, Verdict, Wanted};

/// Arguments of `why`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The task
    #[arg(add = ArgValueCandidates::new(complete::tasks))]
    task: String,
}

/// Tells it for the task and all that it needs; runs nothing.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let project = context.project()?;
    let mut parts = project.parts_with(&args.task);
    if parts.is_empty() {
        parts.push((None, project));
    }
    let part = |(service, project)| Part { service, project, wanted: Wanted::default() };
    let plan = task::plan(&parts.into_iter().map(part).collect::<Vec<_>>(), &args.task, &context.report)?;
    let mut rows = Vec::new();
    for step in &plan.steps {
        let verdict = match (&step.action.skip, &step.action.inputs) {
            (Some(reason), _) => (false, reason.clone()),
            (None, None) if step.action.commands.is_empty() => (false, "it only has needs".to_owned()),
            (None, None) => (true, "it names no sources, so it always runs".to_owned()),
            (None, Some(inputs)) => match task::check(inputs)?.0 {
                Verdict::Fresh => (false, "up to date".to_owned()),
                Verdict::Stale(reason) => (true, reason),
            },
        };
        rows.push((step.id.clone(), verdict));
    }
    let row = |(task, (runs, reason)): &(String, (bool, String))| json!({ "task": task, "runs": runs, "reason": reason });
    context.report.document(json!({ "tasks": rows.iter().map(row).collect::<Vec<_>>() }));
    for (name, (runs, reason)) in rows {
        let sign = if runs { paint(NAME, "▸") } else { paint(GOOD, "✓") };
        context.report.result(&format!("{sign} {name}  {}", paint(DIM, &reason)));
    }
    Ok(())
}
