//! `instep scaffold test`: what scaffolds generate, held to the contract of a service, step by step.

mod container;
mod lint;
mod steps;

use std::time::{Duration, Instant};

use serde_json::json;

use self::steps::{STEPS, Service};
use super::{Context, complete, scaffolds};
use crate::process::{self, Command, cancel};
use crate::report::style::{BAD, BOLD, DIM, GOOD, NAME, WARN, paint};
use crate::report::table::columns;
use crate::report::{Error, Report, Result, text};
use crate::scaffold::Scaffold;

/// Arguments of `scaffold test`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A name, a folder (with a slash) or a URL
    #[arg(required_unless_present = "all", add = clap_complete::ArgValueCandidates::new(complete::scaffolds))]
    scaffold: Option<String>,
    /// All embedded scaffolds
    #[arg(long, conflicts_with_all = ["scaffold", "since"])]
    all: bool,
    /// Only generate, and update what was generated: nothing of the service is run
    #[arg(long)]
    pub quick: bool,
    /// Begin with an older version of the scaffold, and update from that: a folder (with a slash) or a URL
    #[arg(long, value_name = "SCAFFOLD")]
    pub since: Option<String>,
    /// Deploy to this context of the kubeconfig; default: one whose cluster is on this machine
    #[arg(long, value_name = "CONTEXT", add = clap_complete::ArgValueCandidates::new(complete::contexts))]
    pub context: Option<String>,
    /// Answer a question of the scaffold, where not all parts can be tried here (the image of a companion, say)
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Set a build argument, such as the base image where public ones can't be pulled
    #[arg(long, value_name = "NAME=VALUE")]
    pub build_arg: Vec<String>,
}

/// What became of a step.
pub enum Outcome {
    /// It holds; with what is worth knowing.
    Good(Option<String>),
    /// It can't be tried here.
    Skipped(String),
}

/// A step with what became of it.
struct Done {
    step: &'static str,
    outcome: Result<Outcome>,
    elapsed: Duration,
}

/// Tests one or all.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let all = match &args.scaffold {
        Some(name) => vec![Scaffold::find(name, &scaffolds::names(context)?, &context.dir)?],
        None => Scaffold::embedded(),
    };
    let mut results = Vec::new();
    for scaffold in &all {
        results.push((scaffold.manifest.name.clone(), one(scaffold, args, context)?));
    }
    context.report.document(json!({ "scaffolds": results.iter().map(document).collect::<Vec<_>>() }));
    if results.len() > 1 {
        table(&results, &context.report);
    }
    let failed: usize = results.iter().map(|(_, done)| done.iter().filter(|done| done.outcome.is_err()).count()).sum();
    if failed == 0 { Ok(()) } else { Err(Error::failed(format!("{} of the contract failed", text::count(failed, "step")))) }
}

fn one(scaffold: &Scaffold, args: &Args, context: &Context) -> Result<Vec<Done>> {
    let name = &scaffold.manifest.name;
    let mut service = Service::new(scaffold, args, context)?;
    let mut all: Vec<Done> = Vec::new();
    for &(title, needs, run) in STEPS.iter().filter(|(title, ..)| !args.quick || matches!(*title, "generate" | "update")) {
        let missing =
            needs.iter().find(|needed| all.iter().any(|done| done.step == **needed && !matches!(done.outcome, Ok(Outcome::Good(_)))));
        let done = match missing {
            Some(missing) => step(title, name, &context.report, || Ok(Outcome::Skipped(format!("there was no {missing}")))),
            None => step(title, name, &context.report, || run(&mut service)),
        };
        all.push(done?);
    }
    Ok(all)
}

/// Runs a step and says what became of it. An error of ours is one of the step; only a signal ends it all.
fn step(title: &'static str, name: &str, report: &Report, run: impl FnOnce() -> Result<Outcome>) -> Result<Done> {
    report.transient(&format!("{name}: {title}"));
    let begin = Instant::now();
    let outcome = run();
    cancel::check()?;
    let elapsed = begin.elapsed();
    let (sign, rest) = match &outcome {
        Ok(Outcome::Good(said)) => (paint(GOOD, "✓"), [said.clone().unwrap_or_default(), paint(DIM, &text::elapsed(elapsed))].join("  ")),
        Ok(Outcome::Skipped(reason)) => (paint(WARN, "–"), paint(DIM, &format!("skipped: {reason}"))),
        Err(error) => (paint(BAD, "✗"), error.message().to_owned()),
    };
    report.result(&format!("{sign} {}: {title:<13}{}", paint(NAME, name), rest.trim_start()));
    if let Err(error) = &outcome {
        report.complain(error);
    }
    Ok(Done { step: title, outcome, elapsed })
}

fn document((name, all): &(String, Vec<Done>)) -> serde_json::Value {
    let steps = all.iter().map(|done| {
        let (outcome, reason) = match &done.outcome {
            Ok(Outcome::Good(said)) => ("good", said.clone()),
            Ok(Outcome::Skipped(reason)) => ("skipped", Some(reason.clone())),
            Err(error) => ("failed", Some(error.message().to_owned())),
        };
        json!({ "step": done.step, "outcome": outcome, "reason": reason, "seconds": done.elapsed.as_secs_f64() })
    });
    json!({ "name": name, "steps": steps.collect::<Vec<_>>() })
}

/// Scaffold by step.
fn table(results: &[(String, Vec<Done>)], report: &Report) {
    let Some((_, first)) = results.first() else { return };
    let head = std::iter::once(String::new()).chain(first.iter().map(|done| paint(BOLD, done.step))).collect();
    let row = |(name, all): &(String, Vec<Done>)| {
        let sign = |done: &Done| match &done.outcome {
            Ok(Outcome::Good(_)) => paint(GOOD, "✓"),
            Ok(Outcome::Skipped(_)) => paint(WARN, "–"),
            Err(_) => paint(BAD, "✗"),
        };
        std::iter::once(paint(NAME, name)).chain(all.iter().map(sign)).collect::<Vec<_>>()
    };
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(results.iter().map(row)).collect();
    report.result(&format!("\n{}", columns(&rows, 0).trim_end()));
}

/// Runs a program; an error has all that it said.
fn said(command: &Command) -> Result<String> {
    let output = process::capture(command)?;
    if output.exit.ok() {
        return Ok(output.text().trim().to_owned());
    }
    let text = format!("$ {}\n{}\n{}", command.line(), output.text().trim(), output.complaint());
    let program = command.program();
    let name = std::path::Path::new(&program).file_name().map_or(program.clone(), |name| name.to_string_lossy().into_owned());
    Err(Error::failed(format!("`{name}` failed: {}", output.exit)).note(text))
}
