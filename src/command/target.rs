//! What smoke-test and load-test ask: a URL, an environment, or the local run; and the files that they leave.

use std::io::Write as _;
use std::path::Path;

use super::Context;
use crate::check::Release;
use crate::config::{self, Environment, Scope, Service};
use crate::http::Base;
use crate::local::State;
use crate::process;
use crate::release::smoke::{self, Ways};
use crate::repo::disk;
use crate::report::{Error, Kind, Result};

/// What the command line says of it.
pub(super) struct Given<'a> {
    pub(super) environment: Option<&'a str>,
    pub(super) urls: &'a [String],
    pub(super) port_forward: Option<&'a str>,
}

/// One target: a URL and the values that hold there.
pub(super) struct Target {
    /// As it is shown.
    pub(super) name: String,
    /// Where declared checks go; none for a service without a port.
    pub(super) base: Option<Base>,
    /// The values that hold there.
    pub(super) scope: Scope,
    inside: Inside,
    /// Nothing says that something runs there.
    guessed: bool,
}

/// How the service's own endpoints are reached.
enum Inside {
    /// They are on this machine: every port can be asked.
    Here,
    /// Through the URL: only the service's own port is behind it.
    Url,
    /// Through port-forwards.
    Ways(Ways),
    /// Through port-forwards that a person would open.
    ByHand(config::Target),
}

impl Target {
    /// Where the service's own endpoints are, on its port or another; or why they can't be asked.
    pub(super) fn inside(&self, other: Option<u16>) -> Result<Result<Base, String>> {
        let port = Service::of(&self.scope)?.port;
        let Some(base) = &self.base else { return Ok(Err("the service has no port".to_owned())) };
        Ok(match (&self.inside, other) {
            (Inside::Ways(ways), other) => Ok(ways.inside(other)?),
            (Inside::ByHand(target), other) => Ok(smoke::by_hand(target, other.or(port).unwrap_or_default())?.1),
            (_, None) => Ok(base.clone()),
            (Inside::Here, Some(port)) => Ok(base.on_port(port)),
            (Inside::Url, Some(port)) => Err(format!("port {port} can't be reached through {base}")),
        })
    }

    /// What was deployed there, when that is known.
    pub(super) fn release(&self) -> Result<Option<Release>> {
        if let Inside::Ways(ways) = &self.inside { ways.release() } else { Ok(None) }
    }

    /// What a person would start first.
    pub(super) fn by_hand(&self) -> Vec<String> {
        let Inside::ByHand(target) = &self.inside else { return Vec::new() };
        let Ok(service) = Service::of(&self.scope) else { return Vec::new() };
        smoke::ports(&service).iter().filter_map(|port| Some(smoke::by_hand(target, *port).ok()?.0)).collect()
    }

    /// The error, with what helps when nothing runs there.
    pub(super) fn explained(&self, error: Error) -> Error {
        if self.guessed && error.kind == Kind::TimedOut {
            error.help("nothing of this repo seems to run here: `instep run-local` starts it, TARGET_URL names another place")
        } else {
            error
        }
    }

    /// Whether it is on this machine.
    pub(super) fn is_here(&self) -> bool {
        let host = self.base.as_ref().map(Base::host).unwrap_or_default();
        let plain = host.trim_matches(['[', ']']);
        plain == "localhost" || plain.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

/// All targets that are meant.
pub(super) fn targets(given: &Given<'_>, context: &Context) -> Result<Vec<Target>> {
    let project = context.project()?;
    let name = given.port_forward.or(given.environment);
    let environment = name.map(|name| Environment::of(project, name)).transpose()?;
    let urls = urls(given)?;
    let Some(environment) = environment else {
        let scope = project.scope().clone();
        if urls.is_empty() {
            return Ok(vec![local_run(scope, context)?]);
        }
        return Ok(urls.into_iter().map(|base| at_url(base, scope.clone())).collect());
    };
    if let (false, Some(place)) = (urls.is_empty(), environment.places.first()) {
        return Ok(urls.into_iter().map(|base| at_url(base, place.scope.clone())).collect());
    }
    let mut targets: Vec<Target> = Vec::new();
    for place in &environment.places {
        let target = deployed(place, given.port_forward.is_some(), context)?;
        // Several clusters may stand behind one address.
        if target.base.is_none() || targets.iter().all(|known| known.base != target.base) {
            targets.push(target);
        }
    }
    Ok(targets)
}

fn urls(given: &Given<'_>) -> Result<Vec<Base>> {
    if !given.urls.is_empty() {
        return given.urls.iter().map(|url| parse("--target-url", url)).collect();
    }
    let variable = process::env::var("TARGET_URL").filter(|url| !url.trim().is_empty() && given.port_forward.is_none());
    variable.iter().map(|url| parse("TARGET_URL", url)).collect()
}

fn at_url(base: Base, scope: Scope) -> Target {
    Target { name: base.to_string(), base: Some(base), scope, inside: Inside::Url, guessed: false }
}

/// What is deployed. A dry run opens nothing; it says what a person would run first.
fn deployed(place: &config::Target, forwarded: bool, context: &Context) -> Result<Target> {
    let scope = place.scope.clone();
    let port = Service::of(&scope)?.port;
    let url = place.url.as_ref().filter(|_| !forwarded);
    let environment = scope.environment().unwrap_or("ENV").to_owned();
    if context.global.dry_run {
        let base = match (url, port) {
            (Some(url), _) => Some(parse(&format!("the url of environment `{environment}`"), url)?),
            (None, Some(port)) => Some(smoke::by_hand(place, port)?.1),
            (None, None) => None,
        };
        return Ok(Target { name: environment, base, scope, inside: Inside::ByHand(place.clone()), guessed: false });
    }
    let ways = Ways::new(place.clone(), context.report.clone());
    let base = match (forwarded, port) {
        (true, Some(_)) => Some(ways.inside(None)?),
        _ => ways.outside()?,
    };
    let name = match url {
        Some(_) => base.as_ref().map(ToString::to_string).unwrap_or_default(),
        None => format!("{environment} ({})", place.context),
    };
    Ok(Target { name, base, scope, inside: Inside::Ways(ways), guessed: false })
}

fn parse(name: &str, url: &str) -> Result<Base> {
    Base::parse(url)
        .map_err(|fault| Error::usage(format!("{name} {fault}: \"{url}\"")).help("write it as http://HOST:PORT or https://HOST/PATH"))
}

/// The service that run-local runs; else its port on this machine, which is a guess.
fn local_run(scope: Scope, context: &Context) -> Result<Target> {
    let service = Service::of(&scope)?;
    let running = State::load(&context.project()?.root).and_then(|state| state.url);
    let guessed = running.is_none() && service.port.is_some();
    let default = service.port.map(|port| format!("http://127.0.0.1:{port}"));
    let base = running.or(default).map(|url| parse("the local run", &url)).transpose()?;
    let name = base.as_ref().map_or_else(|| service.name.clone(), ToString::to_string);
    Ok(Target { name, base, scope, inside: Inside::Here, guessed })
}

/// Writes a file for others to read; what must not be shown is not in it.
pub(super) fn write(file: &Path, text: &str, context: &Context) -> Result<()> {
    let path = context.dir.join(file);
    disk::write(&path, context.report.masker.mask(text).as_bytes())
}

/// Adds to the page that GitHub Actions shows for a step.
pub(super) fn step_summary(text: &str, context: &Context) -> Result<()> {
    let Some(file) = process::env::var_os("GITHUB_STEP_SUMMARY").filter(|file| !file.is_empty()) else { return Ok(()) };
    let mut page = disk::append(Path::new(&file))?;
    let written = page.write_all(context.report.masker.mask(text).as_bytes());
    written.map_err(|error| disk::unwritable(Path::new(&file), &error))
}
