//! Which questions a service's checks are, against a target.

use super::fill::address;
use super::needs;
use super::probe::{Ask, Content, Http, Probe, Release};
use crate::config::{self, Body, Check, Endpoint, Expect, Service, SmokeTest, Status};
use crate::http::Base;
use crate::plan::Plan;
use crate::report::{Error, Place, Result, text};

/// What is checked, and where.
pub struct Wanted<'a> {
    /// Where declared checks go; none: only what is not about HTTP can be asked.
    pub base: Option<&'a Base>,
    /// Where the built-in checks go: at the service's own port (none) or another; or why not.
    pub inside: &'a dyn Fn(Option<u16>) -> Result<std::result::Result<Base, String>>,
    /// What was deployed there.
    pub release: Option<&'a Release>,
    /// The environment, for `skip-in`.
    pub environment: Option<&'a str>,
    /// Only these checks and what they need; empty: all.
    pub only: &'a [String],
    /// Where a key of `[service]` is written.
    pub place: &'a dyn Fn(&str) -> Option<Place>,
}

/// The checks of a service: the built-in ones, then the declared ones, in the order of the file. A
/// declared check takes the place of a built-in one of its name.
///
/// # Errors
/// Exit code 2 when a check is asked for or needed that there is not; what the way inside says.
pub fn plan(service: &Service, smoke: &SmokeTest, wanted: &Wanted<'_>) -> Result<Plan<Probe>> {
    let mut probes: Vec<Probe> = Vec::new();
    if smoke.built_in {
        let asked = |name: &str| wanted.only.is_empty() || wanted.only.iter().any(|only| only == name);
        let standard = standard(service).into_iter().filter(|(name, ..)| !smoke.checks.iter().any(|check| check.name == *name));
        for (name, endpoint, content) in standard {
            // The way inside is opened only for what will be asked.
            probes.push(if asked(name) { built_in(service, name, endpoint, content, wanted)? } else { bare(name) });
        }
    }
    probes.extend(smoke.checks.iter().map(|check| declared(check, wanted)));
    needs::resolve(&mut probes)?;
    let chosen = chosen(&probes, wanted.only)?;
    let mut plan = Plan::default();
    for probe in probes.into_iter().filter(|probe| chosen.contains(&probe.name)) {
        plan.push(probe.name.clone(), probe);
    }
    Ok(plan)
}

/// The names that are asked for, with all that they need.
fn chosen(probes: &[Probe], only: &[String]) -> Result<Vec<String>> {
    if only.is_empty() {
        return Ok(probes.iter().map(|probe| probe.name.clone()).collect());
    }
    let mut chosen: Vec<String> = Vec::new();
    let mut open: Vec<String> = only.to_vec();
    while let Some(name) = open.pop() {
        let probe = probes.iter().find(|probe| probe.name == name).ok_or_else(|| unknown(&name, probes))?;
        if !chosen.contains(&name) {
            open.extend(probe.needs.iter().cloned());
            chosen.push(name);
        }
    }
    Ok(chosen)
}

type Standard = (&'static str, Option<Endpoint>, Content);

fn standard(service: &Service) -> [Standard; 4] {
    let own = |path: &Option<String>| path.clone().map(|path| Endpoint { path, port: None });
    [
        ("health", Some(service.health.clone()), Content::Any),
        ("ready", Some(service.ready.clone()), Content::Any),
        ("metrics", own(&service.metrics), Content::Prometheus),
        ("info", own(&service.info), Content::Info(None)),
    ]
}

fn built_in(service: &Service, name: &str, endpoint: Option<Endpoint>, content: Content, wanted: &Wanted<'_>) -> Result<Probe> {
    let skipped = |reason: String| Ok(Probe { skip: Some(reason), ..bare(name) });
    let Some(endpoint) = endpoint else { return skipped(format!("service.{name} is false")) };
    if service.port.is_none() {
        return skipped("the service has no port: that it rolls out is its check".to_owned());
    }
    let base = match (wanted.inside)(endpoint.port.filter(|port| Some(*port) != service.port))? {
        Ok(base) => base,
        Err(reason) => return skipped(reason),
    };
    let place = (wanted.place)(name);
    let asked = |path| if content == Content::Any { plain(name, path, &base) } else { of(&Check::get(name, path), Some(&base)) };
    let mut probe = asked(&endpoint.path);
    probe.help = help(name, &content, place.is_some());
    // What every service must have must pass; what it may have, only where the file says that it has it.
    probe.optional = content != Content::Any && place.is_none();
    probe.place = place;
    probe.content = match content {
        Content::Info(_) => Content::Info(wanted.release.cloned()),
        other => other,
    };
    Ok(probe)
}

fn help(name: &str, content: &Content, written: bool) -> Option<String> {
    match (content, written) {
        (Content::Any, true) => None,
        (Content::Any, false) => Some(format!("if the path is another one, add `{name} = \"/…\"` to [service]")),
        (_, true) => Some(format!("`{name} = false` if the service has none")),
        (_, false) => Some(format!("add `{name} = false` to [service] if it has none, or `{name} = \"/…\"` if the path is another one")),
    }
}

/// A check that a path answers at all as it should: any 2xx, as the cluster's own probes take it.
pub fn plain(name: &str, path: &str, base: &Base) -> Probe {
    let check = Check::get(name, path);
    of(&Check { expect: Expect { status: vec![Status::Class(2)], ..check.expect }, ..check }, Some(base))
}

/// A built-in check that is not run.
fn bare(name: &str) -> Probe {
    let ask = Ask::Command { argv: vec![name.to_owned()], target: None };
    Probe { ask, ..of(&Check::get(name, "/"), None) }
}

fn declared(check: &Check, wanted: &Wanted<'_>) -> Probe {
    let mut probe = of(check, wanted.base);
    if let Some(name) = wanted.environment.filter(|name| check.skip_in.iter().any(|other| other == name)) {
        probe.skip = Some(format!("skip-in names {name}"));
    }
    probe.place.clone_from(&check.place);
    probe.places.clone_from(&check.places);
    probe
}

/// A check against a target. What needs a target and has none is not run.
fn of(check: &Check, base: Option<&Base>) -> Probe {
    let host = base.map(Base::host);
    let (ask, lacks) = match &check.ask {
        config::Ask::Http(ask) => (base.map(|base| Ask::Http(Box::new(http(ask, base)))), "the service has no port, so there is no URL"),
        config::Ask::Tcp(at, tls) => (address(at, host).map(|address| Ask::Tcp { address, tls: tls.clone() }), "there is no host"),
        config::Ask::Grpc(at, service, tls) => {
            let ask = |address| Ask::Grpc { address, service: service.clone(), tls: tls.clone() };
            (address(at, host).map(ask), "there is no host")
        }
        config::Ask::Command(argv) => (Some(Ask::Command { argv: argv.clone(), target: base.map(ToString::to_string) }), ""),
    };
    let skip = ask.is_none().then(|| lacks.to_owned());
    Probe {
        name: check.name.clone(),
        ask: ask.unwrap_or(Ask::Command { argv: Vec::new(), target: None }),
        timeout: check.timeout,
        expect: check.expect.clone(),
        content: Content::Any,
        capture: check.capture.clone(),
        needs: check.needs.clone(),
        retry: check.retry,
        optional: false,
        skip,
        help: None,
        place: None,
        places: Vec::new(),
    }
}

fn http(ask: &config::HttpAsk, base: &Base) -> Http {
    let path = if ask.path.starts_with('/') { ask.path.clone() } else { format!("/{}", ask.path) };
    let body: Body = ask.body.clone();
    let mut http = Http {
        method: ask.method.clone(),
        url: String::new(),
        headers: ask.headers.clone(),
        body,
        follow: ask.follow,
        path,
        query: ask.query.clone(),
        base: base.clone(),
        tls: ask.tls.clone(),
        secrets: ask.secrets.clone(),
    };
    http.update();
    http
}

fn unknown(name: &str, probes: &[Probe]) -> Error {
    let names: Vec<&str> = probes.iter().map(|probe| probe.name.as_str()).collect();
    let error = Error::usage(format!("there is no check `{name}`"));
    match text::nearest(name, names.iter().copied()) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None if names.is_empty() => error.help(format!("add [smoke-test.checks.{name}] with `path = \"/…\"`")),
        None => error.help(format!("there are: {}", text::list(&names))),
    }
}
