//! `instep load-test [ENV]`.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::json;

use super::Context;
use super::confirm::confirm;
use super::smoke_test::{duration, plan};
use super::target::{self, Given, Target};
use crate::check::{self, Ask};
use crate::config::{Environment, LoadTest, value};
use crate::http::Base;
use crate::load::{self, Baseline, Engine, Figures, Finding, Job, Request};
use crate::plan::{Action as _, Plan};
use crate::process;
use crate::report::style::{BOLD, paint};
use crate::report::{Ci, Error, Kind, Problem, Result};

/// Arguments of `load-test`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The environment whose url is loaded; TARGET_URL wins. Default: the local run
    #[arg(value_name = "ENV", add = clap_complete::ArgValueCandidates::new(super::complete::environments))]
    environment: Option<String>,
    /// Load this URL instead
    #[arg(long, value_name = "URL")]
    target_url: Option<String>,
    /// How long is measured; default: load-test.duration, else 10s
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    duration: Option<Duration>,
    /// Connections at once; default: load-test.connections, else 50
    #[arg(long, value_name = "N", value_parser = value::whole::<u16>(1, 10_000))]
    connections: Option<u16>,
    /// Requests per second, whether the answers keep up or not
    #[arg(long, value_name = "N", value_parser = value::whole::<u32>(1, 1_000_000))]
    rate: Option<u32>,
    /// The name of a protected environment, to say that it is meant
    #[arg(long, value_name = "ENV")]
    confirm: Option<String>,
    /// Keep the figures as those to compare with (load-test.baseline)
    #[arg(long)]
    save_baseline: bool,
    /// Draw latencies and rate into an SVG file
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    plot: Option<PathBuf>,
    /// Write a summary in Markdown
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    summary: Option<PathBuf>,
}

/// Loads the service, and holds the figures against the thresholds.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    context.refuse_planned(&["load-test", "smoke-test"])?;
    let urls: Vec<String> = args.target_url.iter().cloned().collect();
    let given = Given { environment: args.environment.as_deref(), urls: &urls, port_forward: None };
    let targets = target::targets(&given, context)?;
    let [target] = targets.as_slice() else {
        return Err(Error::usage("a load test has one target; this environment has several").help("narrow it: ENV/CLUSTER"));
    };
    let Some(base) = &target.base else {
        return Err(Error::usage("the service has no port, so there is nothing that could be loaded"));
    };
    let wanted = LoadTest::of(&target.scope)?;
    if !context.global.dry_run {
        allowed(target, base, &wanted, args, context)?;
    }
    let job = job(target, base, &wanted, args, context)?;
    if context.global.dry_run {
        let mut plan = Plan::default();
        plan.push("load", job);
        target.by_hand().iter().for_each(|line| context.report.raw(&format!("{line} &\n")));
        plan.show(&context.report);
        return Ok(());
    }
    context.report.note(&paint(BOLD, &job.title()));
    let before = wanted.baseline.as_deref().map(Baseline::read).transpose()?.flatten();
    let figures = load::run(&job, base, &wanted.limits, &context.report)?;
    let findings = load::judge(&wanted.limits, &figures, before.as_ref().filter(|_| !args.save_baseline));
    tell(&target.name, &figures, &findings, &job, args, context)?;
    save(&wanted, &figures, before.is_some(), args, context)?;
    verdict(&figures, &findings, target)
}

/// Only what is this repo's own may be loaded: this machine, its environments, what the file allows.
fn allowed(target: &Target, base: &Base, wanted: &LoadTest, args: &Args, context: &Context) -> Result<()> {
    let project = context.project()?;
    if target.is_here() && target.scope.environment().is_none() {
        return Ok(());
    }
    for name in project.environment_names() {
        // An environment that can't be read is none that this URL could belong to.
        let Ok(environment) = Environment::of(project, name) else { continue };
        let urls = environment.places.iter().filter_map(|place| Base::parse(place.url.as_deref()?).ok());
        let own = urls.into_iter().any(|url| url.host() == base.host());
        if own || target.scope.environment() == Some(name) {
            return confirm(&environment, args.confirm.as_deref(), context);
        }
    }
    if wanted.allow.iter().any(|host| host == base.host()) || target.is_here() {
        return Ok(());
    }
    let message = format!("{base} is neither this machine nor one of this repo's environments: it is not loaded");
    Err(Error::new(Kind::Refused, message).help(format!("if it is yours, add `allow-targets = [\"{}\"]` to [load-test]", base.host())))
}

fn job(target: &Target, base: &Base, wanted: &LoadTest, args: &Args, context: &Context) -> Result<Job> {
    let rate = args.rate.or(wanted.rate);
    let engine = match wanted.engine.as_str() {
        "wrk" if rate.is_some() => {
            return Err(Error::usage("wrk can't keep a rate").help("leave `rate` out, or write `engine = \"built-in\"` in [load-test]"));
        }
        "wrk" => process::find("wrk").map(|_| Engine::Wrk)?,
        "auto" if rate.is_none() && process::exists("wrk") => Engine::Wrk,
        _ => Engine::BuiltIn,
    };
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let connections = args.connections.map_or(wanted.connections, usize::from);
    Ok(Job {
        engine,
        requests: requests(target, base, wanted, context)?,
        connections,
        // The service needs processors too, when it is here.
        threads: (processors / 2).clamp(1, connections),
        rate,
        duration: args.duration.unwrap_or(wanted.duration).max(Duration::from_secs(1)),
        warm_up: wanted.warm_up,
        timeout: wanted.timeout,
    })
}

/// What is sent: `path`, or what smoke checks ask. Those run once before, so that what is loaded is right,
/// and so that captured values are known.
fn requests(target: &Target, base: &Base, wanted: &LoadTest, context: &Context) -> Result<Vec<Request>> {
    if wanted.checks.is_empty() {
        let path = if wanted.path.starts_with('/') { wanted.path.clone() } else { format!("/{}", wanted.path) };
        return Ok(vec![Request { method: "GET".to_owned(), url: base.join(&path), headers: wanted.headers.clone(), body: Vec::new() }]);
    }
    let (plan, declared) = plan(target, &wanted.checks, context)?;
    let probes: Vec<check::Probe> = if context.global.dry_run {
        plan.steps.into_iter().map(|step| step.action).collect()
    } else {
        let limits = check::Limits { end: Instant::now() + declared.deadline, jobs: Some(1) };
        let summary = check::run(&plan, limits, &context.report)?;
        summary.verdict().map_err(|error| target.explained(error))?;
        summary.outcomes.into_iter().map(|outcome| outcome.probe).collect()
    };
    let chosen = probes.iter().filter(|probe| wanted.checks.contains(&probe.name));
    let requests = chosen.map(|probe| match &probe.ask {
        Ask::Http(http) if probe.skip.is_none() => {
            let body = http.bytes().map_err(|fault| Error::failed(fault.to_string()))?.to_vec();
            Ok(Request { method: http.method.clone(), url: http.url.clone(), headers: http.headers.clone(), body })
        }
        _ => Err(Error::usage(format!("check `{}` is no request that could be sent", probe.name)).at(probe.place.clone())),
    });
    requests.collect()
}

fn tell(name: &str, figures: &Figures, findings: &[Finding], job: &Job, args: &Args, context: &Context) -> Result<()> {
    let report = &context.report;
    report.result(&load::text(figures, findings, job));
    figures.doubts.iter().for_each(|doubt| report.warn(&Problem { message: doubt.clone(), ..Problem::default() }));
    let mut document = figures.json();
    document["target"] = json!(name);
    document["engine"] = json!(job.engine.name());
    document["thresholds"] = findings
        .iter()
        .map(|finding| json!({ "name": finding.name, "wanted": finding.wanted, "came": finding.came, "holds": finding.holds }))
        .collect();
    report.document(document);
    let markdown = || load::markdown(name, figures, findings, job);
    if let Some(file) = &args.plot {
        target::write(file, &load::svg(figures, job), context)?;
    }
    context.report.suites(vec![load::junit(name, figures, findings)]);
    if let Some(file) = &args.summary {
        target::write(file, &markdown(), context)?;
    }
    if report.ci() == Ci::GitHub {
        target::step_summary(&markdown(), context)?;
    }
    Ok(())
}

fn save(wanted: &LoadTest, figures: &Figures, there: bool, args: &Args, context: &Context) -> Result<()> {
    match (&wanted.baseline, args.save_baseline) {
        (Some(file), true) => {
            target::write(file, &Baseline::of(figures).text(), context)?;
            context.report.note(&format!("these figures are the baseline now: {}", file.display()));
        }
        (None, true) => {
            return Err(Error::usage("there is no place for a baseline").help("add `baseline = \"load-baseline.json\"` to [load-test]"));
        }
        (Some(_), false) if !there => context.report.note("there is no baseline yet: --save-baseline writes it"),
        _ => {}
    }
    Ok(())
}

fn verdict(figures: &Figures, findings: &[Finding], target: &Target) -> Result<()> {
    if figures.requests == 0 {
        return Err(target.explained(Error::failed("no request was answered, so nothing is proved")));
    }
    let missed: Vec<String> = findings
        .iter()
        .filter(|finding| !finding.holds)
        .map(|finding| format!("{}: {}, wanted {}", finding.name, finding.came, finding.wanted))
        .collect();
    if missed.is_empty() {
        return Ok(());
    }
    let word = if missed.len() == 1 { "a threshold was missed" } else { "thresholds were missed" };
    let error = missed.into_iter().fold(Error::failed(word), Error::note);
    Err(match &figures.aborted {
        Some(why) => error.note(format!("ended early: {why}")),
        None => error,
    })
}
