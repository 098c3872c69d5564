//! `instep smoke-test [ENV]`.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::json;

use super::Context;
use super::target::{self, Given, Target};
use crate::check::{self, Limits, Summary, Wanted};
use crate::config::{Service, SmokeTest, value};
use crate::plan::Plan;
use crate::report::style::{BOLD, DIM, paint};
use crate::report::{Ci, Error, Result, text};

/// Arguments of `smoke-test`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The environment whose url is checked; TARGET_URL wins. Default: the local run
    #[arg(value_name = "ENV", add = clap_complete::ArgValueCandidates::new(super::complete::environments))]
    environment: Option<String>,
    /// Check this URL instead; can be given several times
    #[arg(long, value_name = "URL", conflicts_with = "port_forward")]
    target_url: Vec<String>,
    /// Reach the service in this environment through a port-forward, whatever its url
    #[arg(long, value_name = "ENV", conflicts_with = "environment", add = clap_complete::ArgValueCandidates::new(super::complete::environments))]
    port_forward: Option<String>,
    /// Only this check and what it needs; can be given several times
    #[arg(long, value_name = "NAME")]
    check: Vec<String>,
    /// How long the whole run may take; default: smoke-test.deadline, else 30s
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    deadline: Option<Duration>,
    /// Write a summary in Markdown
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    summary: Option<PathBuf>,
    /// Propose a check from what this URL answers, and check nothing
    #[arg(long, value_name = "URL", conflicts_with_all = ["environment", "target_url", "port_forward", "check"])]
    record: Option<String>,
}

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    value::duration(text).map_err(|fault| fault.what)
}

/// Checks the service; every target in turn.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    if let Some(url) = &args.record {
        return record(url, context);
    }
    let given = Given { environment: args.environment.as_deref(), urls: &args.target_url, port_forward: args.port_forward.as_deref() };
    let targets = target::targets(&given, context)?;
    let mut runs: Vec<(String, Summary)> = Vec::new();
    let mut verdict = Ok(());
    let mut end = None;
    for target in &targets {
        let (plan, declared) = plan(target, &args.check, context)?;
        if context.global.dry_run {
            target.by_hand().iter().for_each(|line| context.report.raw(&format!("{line} &\n")));
            plan.show(&context.report);
            continue;
        }
        // One deadline for the whole run.
        let end = *end.get_or_insert_with(|| Instant::now() + args.deadline.unwrap_or(declared.deadline));
        let limits = Limits { end, jobs: context.global.jobs.map(usize::from) };
        context.report.note(&paint(BOLD, &target.name));
        let summary = check::run(&plan, limits, &context.report)?;
        summary.warnings().iter().for_each(|problem| context.report.warn(problem));
        context.report.note(&format!("{} {}", summary.words(), paint(DIM, &format!("({})", text::latency(summary.elapsed)))));
        verdict = both(verdict, summary.verdict().map_err(|error| target.explained(error)));
        runs.push((target.name.clone(), summary));
    }
    if !context.global.dry_run {
        tell(&runs, args, context)?;
    }
    verdict
}

/// The checks against a target; what must not be shown is known from here on.
pub(super) fn plan(target: &Target, only: &[String], context: &Context) -> Result<(Plan<check::Probe>, SmokeTest)> {
    let declared = SmokeTest::of(&target.scope)?;
    let service = Service::of(&target.scope)?;
    let read = target.scope.read("service");
    let release = if declared.built_in && service.info.is_some() && (only.is_empty() || only.iter().any(|name| name == "info")) {
        target.release()?
    } else {
        None
    };
    let wanted = Wanted {
        base: target.base.as_ref(),
        inside: &|port| target.inside(port),
        release: release.as_ref(),
        environment: target.scope.environment(),
        only,
        place: &|key| read.place(key),
    };
    let plan = check::plan(&service, &declared, &wanted)?;
    plan.steps.iter().flat_map(|step| step.action.secrets()).for_each(|secret| context.report.masker.add(secret));
    Ok((plan, declared))
}

/// All problems of both; a failed check outweighs a deadline.
fn both(first: Result<()>, second: Result<()>) -> Result<()> {
    match (first, second) {
        (Err(mut first), Err(second)) => {
            if second.kind.exit_code() < first.kind.exit_code() {
                first.kind = second.kind;
            }
            first.problems.extend(second.problems);
            Err(first)
        }
        (first, second) => first.and(second),
    }
}

/// The table of several targets, the JSON document, and the files that CI systems read.
fn tell(runs: &[(String, Summary)], args: &Args, context: &Context) -> Result<()> {
    let report = &context.report;
    let mut documents: Vec<_> = runs
        .iter()
        .map(|(target, summary)| {
            let mut document = summary.json();
            document["target"] = json!(target);
            document
        })
        .collect();
    if let [document] = documents.as_mut_slice() {
        report.document(document.take());
    } else {
        report.document(json!({ "targets": documents }));
        report.result(&format!("\n{}", check::table(runs).trim_end()));
    }
    context.report.suites(check::junit(runs));
    if let Some(file) = &args.summary {
        target::write(file, &check::markdown(runs), context)?;
    }
    if report.ci() == Ci::GitHub {
        for line in check::annotations(runs) {
            report.note(&line);
        }
        target::step_summary(&check::markdown(runs), context)?;
    }
    Ok(())
}

fn record(url: &str, context: &Context) -> Result<()> {
    if context.global.dry_run {
        return Err(Error::usage("--record only looks: there is nothing that --dry-run could leave out"));
    }
    let check = check::propose(url)?;
    if context.report.is_json() {
        context.report.document(json!({ "toml": check }));
    } else {
        context.report.raw(&check);
    }
    Ok(())
}
