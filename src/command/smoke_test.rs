//! `instep smoke-test [ENV]`.

use std::time::Duration;

use serde_json::json;

use super::Context;
use crate::check::{self, Base, Wanted};
use crate::config::{self, Environment, Scope, Service, SmokeTest, value};
use crate::local::State;
use crate::process;
use crate::release::smoke::{self, Way};
use crate::report::style::{BOLD, DIM, paint};
use crate::report::{Error, Result, text};

/// Arguments of `smoke-test`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The environment whose url is checked; TARGET_URL wins. Default: the local run
    #[arg(value_name = "ENV", add = clap_complete::ArgValueCandidates::new(super::complete::environments))]
    environment: Option<String>,
    /// Only this check; can be given several times
    #[arg(long, value_name = "NAME")]
    check: Vec<String>,
    /// How long the whole run may take; default: smoke-test.deadline, else 30s
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    deadline: Option<Duration>,
}

fn duration(text: &str) -> Result<Duration, String> {
    value::duration(text).map_err(|fault| fault.what)
}

/// What is checked: a URL and the values that hold there.
struct Target {
    base: Base,
    local: bool,
    environment: Option<String>,
    scope: Scope,
    /// Nothing says that something runs there.
    guessed: bool,
    /// Keeps a port-forward open while the checks run.
    _way: Option<Way>,
}

/// Checks the service; every target in turn.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    context.refuse_planned(&["smoke-test"])?;
    let mut documents = Vec::new();
    let mut verdict = Ok(());
    for target in targets(args, context)? {
        let declared = SmokeTest::of(&target.scope)?;
        let service = Service::of(&target.scope)?;
        let read = target.scope.read("service");
        let place = |key: &str| read.place(key);
        let environment = target.environment.as_deref();
        let wanted = Wanted { base: &target.base, local: target.local, environment, only: &args.check, place: &place };
        let plan = check::plan(&service, &declared, &wanted)?;
        plan.steps.iter().flat_map(|step| step.action.secrets()).for_each(|secret| context.report.masker.add(secret));
        if context.global.dry_run {
            plan.show(&context.report);
            continue;
        }
        context.report.note(&paint(BOLD, &target.base.to_string()));
        let summary = check::run(&plan, args.deadline.unwrap_or(declared.deadline), &context.report)?;
        context.report.note(&format!("{} {}", summary.words(), paint(DIM, &format!("({})", text::latency(summary.elapsed)))));
        let mut document = summary.json();
        document["target"] = json!(target.base.to_string());
        documents.push(document);
        let ended = summary.verdict().map_err(|error| {
            if target.guessed {
                error.help("nothing of this repo seems to run here: `instep run-local` starts it, TARGET_URL names another place")
            } else {
                error
            }
        });
        verdict = verdict.and(ended);
    }
    match documents.len() {
        0 => {}
        1 => context.report.document(documents.remove(0)),
        _ => context.report.document(json!({ "targets": documents })),
    }
    verdict
}

fn targets(args: &Args, context: &Context) -> Result<Vec<Target>> {
    let project = context.project()?;
    let environment = args.environment.as_deref().map(|name| Environment::of(project, name)).transpose()?;
    let given = process::env::var("TARGET_URL").filter(|url| !url.trim().is_empty());
    let Some(environment) = environment else {
        let scope = project.scope().clone();
        let local = given.is_none();
        let (base, guessed) = match given {
            Some(url) => (parse("TARGET_URL", &url)?, false),
            None => local_run(&scope, context)?,
        };
        return Ok(vec![Target { base, local, environment: None, scope, guessed, _way: None }]);
    };
    let mut targets: Vec<Target> = Vec::new();
    for place in &environment.places {
        let (base, way) = match &given {
            Some(url) => (parse("TARGET_URL", url)?, None),
            None => deployed(&environment.name, place, context)?,
        };
        // Several clusters may stand behind one address.
        if targets.iter().all(|known| known.base != base) {
            let local = matches!(way, Some(Way::Forward(_)));
            targets.push(Target {
                base,
                local,
                environment: Some(environment.name.clone()),
                scope: place.scope.clone(),
                guessed: false,
                _way: way,
            });
        }
    }
    Ok(targets)
}

/// The way to what is deployed. A dry run opens nothing; it says what a person would run first.
fn deployed(environment: &str, place: &config::Target, context: &Context) -> Result<(Base, Option<Way>)> {
    let name = format!("the url of environment `{environment}`");
    if context.global.dry_run {
        let (first, url) = smoke::by_hand(place)?;
        if let Some(first) = first {
            context.report.raw(&format!("{first} &\n"));
        }
        return Ok((parse(&name, &url)?, None));
    }
    let way = Way::open(place, &context.report)?;
    Ok((parse(&name, &way.url())?, Some(way)))
}

fn parse(name: &str, url: &str) -> Result<Base> {
    Base::parse(url)
        .map_err(|fault| Error::usage(format!("{name} {fault}: \"{url}\"")).help("write it as http://HOST:PORT or https://HOST/PATH"))
}

/// The service that run-local runs; else its port on this machine, which is a guess.
fn local_run(scope: &Scope, context: &Context) -> Result<(Base, bool)> {
    let service = Service::of(scope)?;
    let running = State::load(&context.project()?.root).and_then(|state| state.url);
    let guessed = running.is_none();
    let default = service.port.map(|port| format!("http://127.0.0.1:{port}"));
    let Some(url) = running.or(default) else {
        return Err(Error::usage(format!("`{}` has no port, so there is nothing that could be asked over HTTP", service.name))
            .help("set TARGET_URL, name an environment with a url, or add `port = 8080` to [service]"));
    };
    Ok((parse("the local run", &url)?, guessed))
}
