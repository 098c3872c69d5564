//! Runs of jobs: begun, followed to their end, recorded with their logs, and cleaned up.

mod fetch;
mod follow;
pub mod record;
mod state;
mod tail;

use serde_json::Value;

pub use self::fetch::Keep;
pub use self::follow::{End, Followed, Wish};
use self::record::{LABEL, Outcome, Run};
pub use self::state::{State, state};
pub use self::tail::Tail;
use super::kubectl::Kubectl;
use super::object::{self, Key, text};
use super::observe::Ground;
use super::record::known;
use super::render::label_value;
use super::watch::{Look, Source};
use super::{fault, preflight, yaml};
use crate::config::Target;
use crate::process::Command;
use crate::report::{Error, Report, Result, clock};

/// The jobs of a service in a place.
pub struct Jobs<'a> {
    /// Where.
    pub ground: &'a Ground,
    /// The way out.
    pub report: &'a Report,
    /// Where the files of runs go.
    pub keep: Keep<'a>,
}

impl Jobs<'_> {
    /// The runs that are recorded, the oldest first. Those that ended while nobody looked are concluded.
    ///
    /// # Errors
    /// What kubectl complains of.
    pub fn runs(&self) -> Result<Vec<Run>> {
        if !self.ground.has_namespace {
            return Ok(Vec::new());
        }
        let selector = format!("{LABEL}={}", label_value(&self.ground.service));
        let mut runs = Run::read_all(&self.ground.kubectl.get(["secrets", "--selector", &selector])?);
        for run in runs.iter_mut().filter(|run| run.outcome == Outcome::Running) {
            self.settle(run)?;
        }
        Ok(runs)
    }

    /// Begins a run: its number is taken by its record, then the Job is made. `objects` gives what is applied for a
    /// run of this name, the Job last.
    ///
    /// # Errors
    /// Exit code 1 for a Secret, a ConfigMap or a key that is not there, and for what the cluster refuses.
    pub fn start(&self, target: &Target, mut run: Run, objects: &dyn Fn(&Run) -> Result<Vec<Value>>) -> Result<Run> {
        preflight::check(self.ground, target, &objects(&run)?, &|problem| self.report.warn(problem))?;
        loop {
            let objects = objects(&run)?;
            let (job, needs) = objects.split_last().ok_or_else(|| Error::failed("there is no Job to run"))?;
            text(job, "/metadata/name").clone_into(&mut run.object);
            run.needs = self.own_needs(needs)?;
            let secret = run.secret()?;
            let create = self.ground.kubectl.place.command(["create", "--output=name", "-f", "-"]).stdin(secret.to_string());
            let output = self.ground.kubectl.run(&create)?;
            if output.exit.ok() {
                let applied = yaml::documents(&objects).and_then(|manifests| self.ground.kubectl.apply(&manifests, &[]));
                if let Err(error) = applied {
                    run.reason = Some(error.message().to_owned());
                    self.conclude(&mut run, Outcome::Failed)?;
                    return Err(error);
                }
                return Ok(run);
            }
            let complaint = output.complaint();
            if !complaint.contains("AlreadyExists") {
                return Err(fault::explain(&complaint, &self.ground.kubectl.place));
            }
            // Somebody else was quicker: the number is his.
            run.number += 1;
        }
    }

    /// What no release has: it goes with the run.
    fn own_needs(&self, needs: &[Value]) -> Result<Vec<String>> {
        if needs.is_empty() {
            return Ok(Vec::new());
        }
        let known = known(&self.ground.records()?, &[]);
        let own = needs.iter().map(Key::of).filter(|key| key.kind == "ConfigMap" && !known.iter().any(|other| other.same(key)));
        Ok(own.map(|key| key.argument()).collect())
    }

    /// Writes how it ended, with its log, then takes the Job away; also when this run of ours is being stopped.
    ///
    /// # Errors
    /// What kubectl complains of.
    pub fn conclude(&self, run: &mut Run, outcome: Outcome) -> Result<()> {
        run.outcome = outcome;
        run.ended = Some(now());
        run.cut_log();
        if outcome == Outcome::Stopped {
            self.remove(run)?;
        }
        let place = &self.ground.kubectl.place;
        let write = place.apply_command().args(["--force-conflicts", "--output=name", "-f", "-"]).stdin(run.secret()?.to_string());
        let written = self.clean_up(write);
        if outcome != Outcome::Stopped {
            self.remove(run)?;
        }
        written
    }

    /// Deletes the Job with its pods, and what only it needs.
    fn remove(&self, run: &Run) -> Result<()> {
        let args = ["delete", "--ignore-not-found", "--wait=false"].map(str::to_owned).into_iter();
        let objects = std::iter::once(format!("job.batch/{}", run.object)).chain(run.needs.iter().cloned());
        self.clean_up(self.ground.kubectl.place.command(args.chain(objects)))
    }

    /// Deletes the records of runs that are too old to be kept.
    ///
    /// # Errors
    /// What kubectl complains of.
    pub fn forget_old(&self, runs: &[Run], job: &str) -> Result<()> {
        let old = record::outdated(runs, job);
        if old.is_empty() {
            return Ok(());
        }
        let args = ["delete", "--ignore-not-found", "--wait=false"].map(str::to_owned).into_iter();
        self.ground.kubectl.must(&self.ground.kubectl.place.command(args.chain(old))).map(drop)
    }

    /// Runs it even when we are being stopped: then what it says is of no interest any more.
    fn clean_up(&self, mut command: Command) -> Result<()> {
        command.cleanup = true;
        let result = self.ground.kubectl.must(&command).map(drop);
        if crate::process::cancel::requested().is_some() { Ok(()) } else { result }
    }

    /// Concludes a run whose Job has ended, or is gone.
    fn settle(&self, run: &mut Run) -> Result<()> {
        let objects = list(&self.ground.kubectl, &run.object)?;
        let pods = pods(&objects);
        let outcome = match objects.iter().find(|object| text(object, "/kind") == "Job").map(|job| state(job, &objects)) {
            // Its record is written just before its Job is made.
            None if is_young(run) => return Ok(()),
            None => {
                run.reason = Some("somebody deleted its Job".to_owned());
                Outcome::Failed
            }
            Some(State::Going(_)) => return Ok(()),
            Some(State::Done) => Outcome::Done,
            Some(State::Failed(why)) => {
                run.reason = Some(why);
                Outcome::Failed
            }
        };
        run.exit_code = state::exit_code(&pods, &label_value(&run.service));
        for pod in pods.iter().map(|pod| text(pod, "/metadata/name")) {
            run.log.push_str(&tail::log(&self.ground.kubectl, pod, &label_value(&run.service)));
        }
        self.conclude(run, outcome)
    }
}

/// A Job and its pods, as they become.
pub fn look<'a>(kubectl: &'a Kubectl, name: &'a str) -> Look<'a> {
    let sources = vec![Source::named("jobs", name), Source::selected("pods", &format!("job-name={name}"))];
    Look::new(kubectl, sources, Box::new(move |kubectl: &Kubectl| list(kubectl, name)))
}

/// A Job and its pods, in this order: when the Job has ended, the pods are as they were at its end.
fn list(kubectl: &Kubectl, name: &str) -> Result<Vec<Value>> {
    let mut objects = kubectl.get([&format!("job.batch/{name}")])?;
    objects.extend(kubectl.get(["pods", "--selector", &format!("job-name={name}")])?);
    Ok(objects)
}

/// The pods among these, the oldest first.
fn pods(objects: &[Value]) -> Vec<&Value> {
    let mut pods: Vec<&Value> = objects.iter().filter(|object| text(object, "/kind") == "Pod").collect();
    pods.sort_by_key(|pod| text(pod, "/metadata/creationTimestamp").to_owned());
    pods
}

/// Whether the main container of a pod was started.
fn was_started(pod: &Value) -> bool {
    ["Running", "Succeeded", "Failed"].contains(&text(pod, "/status/phase"))
        && object::list(pod, "/status/containerStatuses").iter().any(|status| status.pointer("/state/waiting").is_none())
}

fn is_young(run: &Run) -> bool {
    let started: Option<jiff::Timestamp> = run.started.parse().ok();
    started.is_some_and(|started| clock::timestamp().duration_since(started).as_secs() < 60)
}

/// Now, to the second.
pub fn now() -> String {
    format!("{:.0}", clock::timestamp())
}
