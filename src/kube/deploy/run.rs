//! Walking the plan of a deployment.

use std::time::{Duration, Instant};

use super::{Deployment, prepare};
use crate::kube::lock::Lock;
use crate::kube::object::{self, Key};
use crate::kube::plan::{self, Action};
use crate::kube::ready::{Served, Wait};
use crate::kube::record::{self, Outcome, Record};
use crate::kube::rollout::{self, Expected};
use crate::kube::{observe, yaml};
use crate::plan::Step;
use crate::process::cancel;
use crate::report::{Error, Kind, Report, Result, clock};

impl Deployment<'_> {
    /// Runs the plan, and gives the record as it stands then, together with how it went. The lock is freed.
    ///
    /// # Errors
    /// Exit code 1 or 4 when it failed and all is as before; 8 when it failed and is not.
    pub fn run(mut self, lock: Option<Lock>) -> (Record, Result<()>) {
        self.lock = lock;
        let plan = std::mem::take(&mut self.plan);
        let report = self.report.clone();
        let result = plan.run(&report, |step| self.act(step)).map_err(|error| match error.kind {
            Kind::Signal(_) => {
                self.interrupted();
                error
            }
            _ if !self.begun => {
                self.record.outcome = Outcome::Failed;
                let nothing = if self.migrated { "no workload was changed" } else { "nothing was changed" };
                error.note(nothing)
            }
            // Somebody else deploys now: what we began is theirs.
            Kind::Locked => broken(error, "what was applied is left as it is"),
            _ if self.record.outcome == Outcome::Deployed => broken(error, "it serves, but it is not recorded"),
            _ => self.take_back(error),
        });
        (self.record, result)
    }

    pub(super) fn act(&mut self, step: &Step<Action>) -> Result<()> {
        if let Some(lock) = &self.lock {
            lock.check()?;
        }
        match &step.action {
            Action::CreateNamespace { .. } => self.ground.make_namespace(),
            Action::Apply { manifests, .. } if step.id == plan::ROLL_BACK => {
                self.written = self.put_back(manifests)?;
                Ok(())
            }
            Action::Apply { manifests, force, .. } => {
                if self.record.outcome != Outcome::Running {
                    self.record.outcome = Outcome::Running;
                    self.write_record()?;
                }
                self.begun = true;
                let more: &[&str] = if *force { &["--force-conflicts"] } else { &[] };
                self.written = self.ground.kubectl.apply(manifests, more)?;
                Ok(())
            }
            Action::HandOver { place, manifests } => {
                self.ground.kubectl.must(&plan::hand_over(place).args(["-f", "-"]).stdin(manifests)).map(drop)
            }
            Action::Job { name, objects, manifests, give_up, .. } => self.job(&step.id, name, objects, manifests, *give_up),
            Action::Pause { seconds, .. } => cancel::sleep(Duration::from_secs(*seconds)),
            Action::Wait { give_up, .. } => self.wait(&step.id, *give_up),
            Action::Verify { .. } => self.verify(&step.id),
            Action::Prune { objects, .. } => match self.prune(objects) {
                // What is new serves; the next deployment tries again.
                Err(error) if step.id == plan::PRUNE && !matches!(error.kind, Kind::Signal(_)) => {
                    error.problems.iter().for_each(|problem| self.report.warn(problem));
                    Ok(())
                }
                result => result,
            },
            Action::Record { .. } => {
                self.record.outcome = Outcome::Deployed;
                self.finish_record()
            }
        }
    }

    fn wait(&mut self, step: &str, give_up: u64) -> Result<()> {
        let begin = Instant::now();
        let Served { expected, objects, at_once } = self.waiting().until_ready(step, &self.written, Duration::from_secs(give_up))?;
        // Where nothing was rolled out, nothing can be learned from it.
        self.record.ready_after = (!at_once).then(|| (begin.elapsed().as_secs_f64() * 10.0).round() / 10.0);
        self.restarts = rollout::restarts(&objects);
        let meant = |it: &&Expected| self.request.gate.as_ref().is_some_and(|gate| gate.workload == it.name);
        self.pod = expected.iter().find(meant).and_then(|main| rollout::serving(&objects, main));
        Ok(())
    }

    pub(super) fn waiting(&self) -> Wait<'_> {
        let Record { service, revision, image, .. } = &self.record;
        Wait {
            kubectl: &self.ground.kubectl,
            report: &self.report,
            root: self.request.root,
            target: self.request.target,
            service,
            revision: *revision,
            image,
        }
    }

    /// What the checks say of a new pod; no pod, as with no replicas, is nothing to check.
    fn verify(&mut self, step: &str) -> Result<()> {
        let (Some(gate), Some(pod)) = (&self.request.gate, &self.pod) else { return Ok(()) };
        let result = (gate.run)(pod);
        match result {
            Ok(summary) => {
                self.record.smoke = Some(summary);
                if self.record.ready_after.is_none() {
                    return Ok(());
                }
                // What was just made may have ended while it was checked.
                let (give_up, before) = (Duration::from_secs(self.record.give_up), std::mem::take(&mut self.restarts));
                self.waiting().still_ready(step, &self.written, give_up, before)
            }
            Err(error) if matches!(error.kind, Kind::Signal(_)) => Err(error),
            Err(error) => {
                let objects = observe::of_service(&self.ground.kubectl, &self.record.service).unwrap_or_default();
                Err(self.waiting().explained("smoke-test", &objects, pod, |_| error))
            }
        }
    }

    /// What is deleted has still the uid that was seen; a ConfigMap or Secret that a ReplicaSet names stays.
    fn prune(&mut self, objects: &[Key]) -> Result<()> {
        let kubectl = &self.ground.kubectl;
        let named = if objects.iter().any(|key| matches!(key.kind.as_str(), "ConfigMap" | "Secret")) {
            observe::of_service(kubectl, &self.record.service)?
        } else {
            Vec::new()
        };
        let (kept, gone): (Vec<&Key>, Vec<&Key>) = objects.iter().partition(|key| prepare::needed(key, &named));
        self.record.kept = kept.into_iter().cloned().collect();
        if gone.is_empty() {
            return Ok(());
        }
        let keys: Vec<Key> = gone.into_iter().cloned().collect();
        let same = |live: &Key| keys.iter().any(|key| key.same(live) && (key.uid.is_none() || key.uid == live.uid));
        let live: Vec<Key> = observe::live(kubectl, &keys)?.iter().map(Key::of).filter(|live| same(live)).collect();
        if live.is_empty() {
            return Ok(());
        }
        let args = ["delete", "--ignore-not-found", "--wait=false"].map(str::to_owned).into_iter();
        kubectl.must(&kubectl.place.command(args.chain(live.iter().map(Key::argument)))).map(drop)
    }

    fn write_record(&self) -> Result<()> {
        let manifest = yaml::documents(&self.record.secrets()?)?;
        self.ground.kubectl.apply(&manifest, &["--force-conflicts"]).map(drop)
    }

    pub(super) fn finish_record(&mut self) -> Result<()> {
        self.record.ended = Some(now());
        for key in &mut self.record.objects {
            key.uid = self.written.iter().map(object::Key::of).find(|written| written.same(key)).and_then(|written| written.uid);
        }
        self.write_record()?;
        let old = record::outdated(&self.records, self.record.revision);
        if old.is_empty() {
            return Ok(());
        }
        let args = ["delete", "secret", "--ignore-not-found"].map(str::to_owned).into_iter().chain(old);
        self.ground.kubectl.must(&self.ground.kubectl.place.command(args)).map(drop)
    }
}

/// Failed, and not as it was before.
pub(super) fn broken(mut error: Error, why: &str) -> Error {
    error.kind = Kind::Broken;
    error.note(why)
}

/// Now, to the second.
pub(super) fn now() -> String {
    format!("{:.0}", clock::timestamp())
}

/// Shows what a deployment would change.
pub fn show_changes(changes: &crate::kube::diff::Changes, report: &Report) {
    let text = if changes.is_empty() { "  no object differs".to_owned() } else { changes.text(2).trim_end().to_owned() };
    report.note(&text);
}
