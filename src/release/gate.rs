//! The smoke test as a part of a deployment: the built-in checks through a port-forward to a new pod, the
//! declared ones against the environment's url.

use std::time::Instant;

use serde_json::{Value, json};

use super::smoke::{Ways, base, forwarding, here, main, ports};
use crate::check::{self, Limits, Probe, Release, Wanted};
use crate::config::{Service, SmokeTest, Target};
use crate::http::Base;
use crate::kube::deploy::Gate;
use crate::plan::{Action as _, Plan, Step};
use crate::report::{Report, Result, text};

/// The checks of one place.
pub(super) struct Checks<'a> {
    target: &'a Target,
    /// What is deployed; none when the image may be of another one.
    release: Option<Release>,
    service: Service,
    smoke: SmokeTest,
    report: &'a Report,
}

/// Where the service's own endpoints are.
type Inside<'a> = &'a dyn Fn(Option<u16>) -> Result<std::result::Result<Base, String>>;

impl<'a> Checks<'a> {
    /// What is checked there.
    ///
    /// # Errors
    /// Exit code 2 for faults in the file.
    pub(super) fn of(target: &'a Target, release: Option<Release>, report: &'a Report) -> Result<Self> {
        let (service, smoke) = (Service::of(&target.scope)?, SmokeTest::of(&target.scope)?);
        Ok(Self { target, release, service, smoke, report })
    }

    /// What must hold of a new pod; none where there is nothing to check.
    ///
    /// # Errors
    /// Exit code 2 for faults in the file.
    pub(super) fn gate<'b>(&self, run: &'b dyn Fn(&str) -> Result<Value>) -> Result<Option<Gate<'b>>> {
        let pairs = self.by_hand();
        let inside = |other: Option<u16>| {
            let port = other.or(self.service.port).unwrap_or_default();
            let local = pairs.iter().find(|(remote, _)| *remote == port).map_or(port, |(_, local)| *local);
            base(self.target, &here(local)).map(Ok)
        };
        let outside = match (&self.target.url, self.service.port) {
            (Some(url), _) => Some(base(self.target, url)?),
            (None, Some(_)) => inside(None)?.ok(),
            (None, None) => None,
        };
        let plan = self.plan(outside.as_ref(), &inside)?;
        let (own, other): (Vec<_>, Vec<_>) = plan.steps.iter().filter(|step| step.action.skip.is_none()).partition(|it| self.is_inside(it));
        let of_url = self.target.url.as_ref().map_or_else(String::new, |url| format!(" of {url}"));
        let titles = [names(&own).map(|names| format!("{names} of a new pod")), names(&other).map(|names| format!("{names}{of_url}"))];
        let titles: Vec<String> = titles.into_iter().flatten().collect();
        if titles.is_empty() {
            return Ok(None);
        }
        let mut script: Vec<String> = plan.steps.iter().flat_map(|step| step.action.script()).collect();
        if !own.is_empty() {
            script.insert(0, format!("{} >/dev/null &\nforward=$!\nsleep 2", forwarding(self.target, &pairs)?.line()));
            script.push("kill \"$forward\"".to_owned());
        }
        Ok(Some(Gate { workload: main(self.target)?, title: format!("check {}", titles.join("; ")), script, run }))
    }

    /// Runs them against a pod.
    ///
    /// # Errors
    /// Exit codes 1 and 4, as the smoke test's own.
    pub(super) fn run(&self, pod: &str) -> Result<Value> {
        let ways = Ways::of_pod(self.target.clone(), self.report.clone(), pod);
        let plan = self.plan(ways.outside()?.as_ref(), &|other| ways.inside(other).map(Ok))?;
        plan.steps.iter().flat_map(|step| step.action.secrets()).for_each(|secret| self.report.masker.add(secret));
        let limits = Limits { end: Instant::now() + self.smoke.deadline, jobs: None };
        let summary = check::run(&plan, limits, self.report)?;
        summary.warnings().iter().for_each(|problem| self.report.warn(problem));
        let json = summary.json();
        summary.verdict().map_err(|error| match self.service.port {
            Some(port) if plan.steps.iter().any(|step| self.is_inside(step)) => {
                error.note(format!("a pod is asked through `kubectl port-forward pod/{pod} {port}`"))
            }
            _ => error,
        })?;
        Ok(json!({ "passed": json["passed"], "failed": json["failed"], "warned": json["warned"], "skipped": json["skipped"] }))
    }

    /// All that is asked; what is left out, and nobody waits for, is not mentioned.
    fn plan(&self, base: Option<&Base>, inside: Inside<'_>) -> Result<Plan<Probe>> {
        let read = self.target.scope.read("service");
        let wanted = Wanted {
            base,
            inside,
            release: self.release.as_ref(),
            environment: self.target.scope.environment(),
            only: &[],
            place: &|key| read.place(key),
        };
        let mut plan = check::plan(&self.service, &self.smoke, &wanted)?;
        let needed: Vec<String> = plan.steps.iter().flat_map(|step| step.action.needs.clone()).collect();
        plan.steps.retain(|step| step.action.skip.is_none() || needed.contains(&step.id));
        Ok(plan)
    }

    /// Whether the pod itself is asked: by the built-in checks, and by all where no url says how the service is
    /// reached from outside.
    fn is_inside(&self, step: &Step<Probe>) -> bool {
        let declared = self.smoke.checks.iter().any(|check| check.name == step.id);
        self.service.port.is_some() && (self.target.url.is_none() || !declared)
    }

    /// Each port with a local one that is the same every time, and hardly another's.
    fn by_hand(&self) -> Vec<(u16, u16)> {
        let hash = blake3::hash(format!("{} {}", self.target.context, self.target.namespace).as_bytes());
        let first = 40_000 + u16::from_le_bytes([hash.as_bytes()[0], hash.as_bytes()[1]]) % 10_000;
        ports(&self.service).into_iter().zip(first..).collect()
    }
}

fn names(steps: &[&Step<Probe>]) -> Option<String> {
    let names: Vec<&str> = steps.iter().map(|step| step.id.as_str()).collect();
    (!names.is_empty()).then(|| text::list(&names))
}
