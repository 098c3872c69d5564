//! Which requests a service's checks are, against a target.

use super::probe::{Content, Expect, Probe};
use super::url::Base;
use crate::config::{Check, Endpoint, Service, SmokeTest};
use crate::plan::Plan;
use crate::report::{Error, Place, Result, text};

/// What is checked, and where.
pub struct Wanted<'a> {
    /// The target.
    pub base: &'a Base,
    /// The target is the service on this machine: all of its ports can be reached.
    pub local: bool,
    /// The environment, for `skip-in`.
    pub environment: Option<&'a str>,
    /// Only these checks; empty: all.
    pub only: &'a [String],
    /// Where a key of `[service]` is written.
    pub place: &'a dyn Fn(&str) -> Option<Place>,
}

/// The checks of a service: the built-in ones, then the declared ones, in the order of the file. A
/// declared check takes the place of a built-in one of its name.
///
/// # Errors
/// Exit code 2 when a check is asked for that there is not.
pub fn plan(service: &Service, smoke: &SmokeTest, wanted: &Wanted<'_>) -> Result<Plan<Probe>> {
    let mut probes: Vec<Probe> = Vec::new();
    if smoke.built_in {
        probes.extend(built_in(service, wanted).filter(|probe| !smoke.checks.iter().any(|check| check.name == probe.name)));
    }
    probes.extend(smoke.checks.iter().map(|check| declared(check, wanted)));
    for name in wanted.only {
        if !probes.iter().any(|probe| probe.name == *name) {
            return Err(unknown(name, &probes));
        }
    }
    let mut plan = Plan::default();
    for probe in probes.into_iter().filter(|probe| wanted.only.is_empty() || wanted.only.contains(&probe.name)) {
        plan.push(probe.name.clone(), probe);
    }
    Ok(plan)
}

fn built_in<'a>(service: &'a Service, wanted: &'a Wanted<'_>) -> impl Iterator<Item = Probe> + 'a {
    let own = |path: &Option<String>| path.clone().map(|path| Endpoint { path, port: None });
    let standard = [
        ("health", Some(service.health.clone()), Content::Any),
        ("ready", Some(service.ready.clone()), Content::Any),
        ("metrics", own(&service.metrics), Content::Prometheus),
        ("info", own(&service.info), Content::JsonObject),
    ];
    standard.into_iter().map(move |(name, endpoint, content)| match endpoint {
        Some(endpoint) => standard_check(service, name, &endpoint, content, wanted),
        None => Probe { skip: Some(format!("service.{name} is false")), ..get(name, "/", wanted.base) },
    })
}

fn standard_check(service: &Service, name: &str, endpoint: &Endpoint, content: Content, wanted: &Wanted<'_>) -> Probe {
    let other = endpoint.port.filter(|port| Some(*port) != service.port);
    let base = match other {
        Some(port) if wanted.local => wanted.base.on_port(port),
        _ => wanted.base.clone(),
    };
    let skip = match (service.port, other) {
        (None, _) => Some("the service has no port".to_owned()),
        (_, Some(port)) if !wanted.local => Some(format!("port {port} can't be reached through {}", wanted.base)),
        _ => None,
    };
    let place = (wanted.place)(name);
    let help = match (&content, &place) {
        (Content::Any, Some(_)) => None,
        (Content::Any, None) => Some(format!("if the path is another one, add `{name} = \"/…\"` to [service]")),
        (_, Some(_)) => Some(format!("`{name} = false` if the service has none")),
        (_, None) => Some(format!("add `{name} = false` to [service] if it has none, or `{name} = \"/…\"` if the path is another one")),
    };
    let mut probe = Probe { skip, help, place, ..get(name, &endpoint.path, &base) };
    probe.expect.content = content;
    probe
}

fn get(name: &str, path: &str, base: &Base) -> Probe {
    of(&Check::get(name, path), base)
}

fn declared(check: &Check, wanted: &Wanted<'_>) -> Probe {
    let skipped = wanted.environment.filter(|name| check.skip_in.iter().any(|other| other == name));
    Probe { skip: skipped.map(|name| format!("skip-in names {name}")), place: check.place.clone(), ..of(check, wanted.base) }
}

fn of(check: &Check, base: &Base) -> Probe {
    let content = check.body_contains.clone().map_or(Content::Any, Content::Contains);
    let path = if check.path.starts_with('/') { check.path.clone() } else { format!("/{}", check.path) };
    Probe {
        name: check.name.clone(),
        method: check.method.clone(),
        url: base.join(&path),
        path,
        headers: check.request_headers.clone(),
        body: check.body.clone(),
        timeout: check.timeout,
        expect: Expect { status: check.status, headers: check.headers.clone(), content, max_latency: check.max_latency },
        skip: None,
        help: None,
        place: None,
    }
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
