//! The smoke test as a part of a deployment: the built-in checks through a port-forward to a new pod, the
//! declared ones against the environment's url.

use serde_json::{Value, json};

use super::smoke::main;
use crate::check::{self, Base, Probe, Wanted};
use crate::config::{Service, SmokeTest, Target};
use crate::kube::deploy::Gate;
use crate::kube::{self, Place};
use crate::plan::{Action as _, Plan};
use crate::report::{Error, Report, Result, text};

/// The checks of one place.
pub(super) struct Checks<'a> {
    target: &'a Target,
    environment: &'a str,
    service: Service,
    smoke: SmokeTest,
    report: &'a Report,
}

impl<'a> Checks<'a> {
    /// What is checked there.
    ///
    /// # Errors
    /// Exit code 2 for faults in the file.
    pub(super) fn of(target: &'a Target, environment: &'a str, report: &'a Report) -> Result<Self> {
        let (service, smoke) = (Service::of(&target.scope)?, SmokeTest::of(&target.scope)?);
        Ok(Self { target, environment, service, smoke, report })
    }

    /// What must hold of a new pod; none where there is nothing to check.
    ///
    /// # Errors
    /// Exit code 2 for faults in the file.
    pub(super) fn gate<'b>(&self, run: &'b dyn Fn(&str) -> Result<Value>) -> Result<Option<Gate<'b>>> {
        let inside = self.inside()?;
        let outside = self.outside()?;
        let mut titles = Vec::new();
        let mut script = Vec::new();
        if !inside.steps.is_empty() {
            titles.push(format!("{} of a new pod", names(&inside)));
            script.extend(self.forwarded(&inside)?);
        }
        if let (Some(url), false) = (&self.target.url, outside.steps.is_empty()) {
            titles.push(format!("{} of {url}", names(&outside)));
            script.extend(outside.steps.iter().flat_map(|step| step.action.script()));
        }
        let workload = main(self.target)?;
        Ok((!titles.is_empty()).then(|| Gate { workload, title: format!("check {}", titles.join("; ")), script, run }))
    }

    /// Runs them against a pod.
    ///
    /// # Errors
    /// Exit codes 1 and 4, as the smoke test's own.
    pub(super) fn run(&self, pod: &str) -> Result<Value> {
        let mut inside = self.inside()?;
        let mut summaries = Vec::new();
        if !inside.steps.is_empty() {
            let resource = format!("pod/{pod}");
            let ports = self.ports();
            let forward = kube::forward(self.target, &resource, &ports, self.report)?;
            for step in &mut inside.steps {
                redirect(&mut step.action, &forward.ports);
            }
            let way =
                self.place().command(["port-forward", &resource].into_iter().map(str::to_owned).chain(ports.iter().map(u16::to_string)));
            summaries.push(self.checked(&inside).map_err(|error| error.note(format!("it was asked through `{}`", way.line())))?);
        }
        let outside = self.outside()?;
        if !outside.steps.is_empty() {
            summaries.push(self.checked(&outside)?);
        }
        let sum = |key: &str| summaries.iter().filter_map(|summary| summary[key].as_u64()).sum::<u64>();
        Ok(json!({ "passed": sum("passed"), "failed": sum("failed"), "skipped": sum("skipped") }))
    }

    fn checked(&self, plan: &Plan<Probe>) -> Result<Value> {
        plan.steps.iter().flat_map(|step| step.action.secrets()).for_each(|secret| self.report.masker.add(secret));
        let summary = check::run(plan, self.smoke.deadline, self.report)?;
        summary.verdict().map(|()| summary.json())
    }

    /// The checks that go to the pod itself: the built-in ones; all, where no url says how the service is
    /// reached from outside.
    fn inside(&self) -> Result<Plan<Probe>> {
        let Some(port) = self.service.port else { return Ok(Plan::default()) };
        let mut plan = self.plan(&format!("http://127.0.0.1:{port}"), true)?;
        let declared = |name: &str| self.smoke.checks.iter().any(|check| check.name == name);
        plan.steps.retain(|step| step.action.skip.is_none() && (self.target.url.is_none() || !declared(&step.id)));
        Ok(plan)
    }

    fn outside(&self) -> Result<Plan<Probe>> {
        let Some(url) = &self.target.url else { return Ok(Plan::default()) };
        let mut plan = self.plan(url, false)?;
        plan.steps.retain(|step| step.action.skip.is_none() && self.smoke.checks.iter().any(|check| check.name == step.id));
        Ok(plan)
    }

    fn plan(&self, url: &str, local: bool) -> Result<Plan<Probe>> {
        let base =
            Base::parse(url).map_err(|fault| Error::usage(format!("the url of environment `{}` {fault}: \"{url}\"", self.environment)))?;
        let read = self.target.scope.read("service");
        let place = |key: &str| read.place(key);
        let wanted = Wanted { base: &base, local, environment: Some(self.environment), only: &[], place: &place };
        check::plan(&self.service, &self.smoke, &wanted)
    }

    /// The ports that the checks ask, the main one first.
    fn ports(&self) -> Vec<u16> {
        let mut ports: Vec<u16> = self.service.port.into_iter().collect();
        for port in [self.service.health.port, self.service.ready.port].into_iter().flatten() {
            if !ports.contains(&port) {
                ports.push(port);
            }
        }
        ports
    }

    /// The same by hand: local ports that are the same every time, and hardly another's.
    fn forwarded(&self, plan: &Plan<Probe>) -> Result<Vec<String>> {
        let place = self.place();
        let hash = blake3::hash(format!("{} {}", place.context, place.namespace).as_bytes());
        let first = 40_000 + u16::from_le_bytes([hash.as_bytes()[0], hash.as_bytes()[1]]) % 10_000;
        let pairs: Vec<(u16, u16)> = self.ports().into_iter().zip(first..).collect();
        let ports = pairs.iter().map(|(remote, local)| format!("{local}:{remote}"));
        let resource = format!("deployment/{}", main(self.target)?);
        let forward = place.command(["port-forward".to_owned(), resource].into_iter().chain(ports));
        let mut script = vec![format!("{} >/dev/null &\nforward=$!\nsleep 2", forward.line())];
        for step in &plan.steps {
            let mut probe = step.action.clone();
            redirect(&mut probe, &pairs);
            script.extend(probe.script());
        }
        script.push("kill \"$forward\"".to_owned());
        Ok(script)
    }

    fn place(&self) -> Place {
        Place::of(self.target)
    }
}

/// Sends a request for a port of the pod to the local port that leads there.
fn redirect(probe: &mut Probe, ports: &[(u16, u16)]) {
    for (remote, local) in ports {
        if let Some(rest) = probe.url.strip_prefix(&format!("http://127.0.0.1:{remote}/")) {
            probe.url = format!("http://127.0.0.1:{local}/{rest}");
            return;
        }
    }
}

fn names(plan: &Plan<Probe>) -> String {
    text::list(&plan.steps.iter().map(|step| step.id.as_str()).collect::<Vec<_>>())
}
