//! New pods for what runs: a restart as `kubectl rollout restart` does it, waited for and taken back as a deployment is.

use std::path::Path;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use super::diff::RESTARTED;
use super::kubectl::Place;
use super::object::Key;
use super::observe::Ground;
use super::ready::Wait;
use super::record::Record;
use crate::config::Target;
use crate::plan::{Action as Act, Plan, Step};
use crate::report::text::{elapsed, list};
use crate::report::{Error, Kind, Report, Result, clock};

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Action {
    /// Replaces the pods.
    Restart {
        /// Where.
        place: Place,
        /// What keeps the pods.
        workloads: Vec<Key>,
    },
    /// Waits until the new pods serve and the old ones are gone.
    Wait {
        /// Where.
        place: Place,
        /// What keeps the pods.
        workloads: Vec<Key>,
        /// For at most this many seconds.
        give_up: u64,
    },
}

impl Act for Action {
    fn title(&self) -> String {
        let (Self::Restart { workloads, .. } | Self::Wait { workloads, .. }) = self;
        let names = list(&workloads.iter().map(|key| key.name.as_str()).collect::<Vec<_>>());
        match self {
            Self::Restart { .. } => format!("new pods of {names}"),
            Self::Wait { give_up, .. } => {
                let serve = if workloads.len() == 1 { "serves" } else { "serve" };
                format!("until {names} {serve}; giving up after {}", elapsed(Duration::from_secs(*give_up)))
            }
        }
    }

    fn script(&self) -> Vec<String> {
        match self {
            Self::Restart { place, workloads } => {
                let names = workloads.iter().map(Key::argument);
                vec![place.command(["rollout", "restart"].map(str::to_owned).into_iter().chain(names)).to_string()]
            }
            Self::Wait { place, workloads, give_up } => {
                let wait =
                    |key: &Key| place.command(["rollout", "status", &key.argument(), "--timeout", &format!("{give_up}s")]).to_string();
                workloads.iter().map(wait).collect()
            }
        }
    }
}

/// A restart of one service.
pub struct Restart<'a> {
    /// Where it is.
    pub ground: &'a Ground,
    /// The place as its file sees it.
    pub target: &'a Target,
    /// The release that serves.
    pub release: &'a Record,
    /// What keeps its pods, as it is now.
    pub workloads: &'a [Value],
    /// For how long to wait, when not as long as its deployment may take.
    pub timeout: Option<Duration>,
    /// The folder whose state keeps evidence.
    pub root: &'a Path,
    /// The way out.
    pub report: &'a Report,
}

impl Restart<'_> {
    /// What will be done.
    pub fn plan(&self) -> Plan<Action> {
        let place = self.ground.kubectl.place.clone();
        let workloads: Vec<Key> = self.workloads.iter().map(Key::of).collect();
        let give_up = self.give_up().as_secs();
        let mut plan = Plan::default();
        plan.push("restart", Action::Restart { place: place.clone(), workloads: workloads.clone() });
        plan.push("wait", Action::Wait { place, workloads, give_up });
        plan
    }

    /// Restarts it, and waits.
    ///
    /// # Errors
    /// Exit code 1 or 4 when the new pods do not serve and the old ones do again; 8 when they do not.
    pub fn run(&self) -> Result<()> {
        let mut written = Vec::new();
        let act = |step: &Step<Action>| match &step.action {
            Action::Restart { .. } => {
                let now = Value::from(format!("{:.0}", clock::timestamp()));
                self.workloads.iter().try_for_each(|workload| self.stamp(workload, &now).map(|new| written.push(new)))
            }
            Action::Wait { .. } => self.wait(&step.id, &written),
        };
        let result = self.plan().run(self.report, act);
        result.map_err(|error| match error.kind {
            Kind::Signal(_) => {
                self.report.note(&format!("interrupted: the cluster goes on with the restart of {}", self.ground.service));
                error
            }
            _ if written.is_empty() => error.note("nothing was changed"),
            _ => self.take_back(error, written.len()),
        })
    }

    fn give_up(&self) -> Duration {
        self.timeout.unwrap_or(Duration::from_secs(self.release.give_up))
    }

    fn wait(&self, step: &str, written: &[Value]) -> Result<()> {
        let wait = Wait {
            kubectl: &self.ground.kubectl,
            report: self.report,
            root: self.root,
            target: self.target,
            service: &self.ground.service,
            revision: self.release.revision,
            image: &self.release.image,
        };
        wait.until_ready(step, written, self.give_up()).map(drop)
    }

    /// Sets the annotation that makes new pods: a value that it never had, or the one that it had.
    fn stamp(&self, workload: &Value, value: &Value) -> Result<Value> {
        let patch = json!({ "spec": { "template": { "metadata": { "annotations": { RESTARTED: value } } } } });
        let kubectl = &self.ground.kubectl;
        let command = kubectl.place.command([
            "patch",
            &Key::of(workload).argument(),
            "--type=strategic",
            "--field-manager=instep-redeploy",
            "--output=json",
            &format!("--patch={patch}"),
        ]);
        let written = super::kubectl::items(&kubectl.must(&command)?.text())?.into_iter().next();
        written.ok_or_else(|| Error::failed(format!("kubectl does not say what became of {}", Key::of(workload))))
    }

    /// The pods as they were: the ReplicaSet of before is there still.
    fn take_back(&self, error: Error, touched: usize) -> Error {
        let was = |workload: &Value| workload["spec"]["template"]["metadata"]["annotations"][RESTARTED].clone();
        let back = self.workloads[..touched].iter().map(|workload| self.stamp(workload, &was(workload)));
        let result = back.collect::<Result<Vec<Value>>>().and_then(|written| self.wait("wait-again", &written));
        let Record { revision, version, .. } = self.release;
        match result {
            Ok(()) => error.note(format!("all is as before: the pods of v{revision} ({version}) serve")),
            Err(second) => {
                let look = self.ground.kubectl.place.command(["get", "pods"]).line();
                let error = Error { kind: Kind::Broken, ..error };
                error.note(format!("going back failed too: {}", second.message())).help(format!("`{look}` shows what is there"))
            }
        }
    }
}
