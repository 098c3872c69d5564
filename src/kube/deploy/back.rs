//! The last good release put back, when a deployment failed.

use serde_json::Value;

use super::Deployment;
use super::run::broken;
use crate::kube::object::Key;
use crate::kube::record::{self, Outcome, Record};
use crate::kube::{fault, observe, plan};
use crate::report::{Error, Kind, Problem, Result};

impl Deployment<'_> {
    /// Puts the last good release back, and says how it went.
    pub(super) fn take_back(&mut self, error: Error) -> Error {
        self.record.reason = Some(self.report.masker.mask(error.message()).into_owned());
        let look = self.ground.kubectl.place.command(["get", "pods"]).line();
        let Some(good) = record::last_good(&self.records).cloned() else {
            self.conclude(Outcome::Failed);
            return broken(error, "there is no earlier release to go back to: what was applied is left to be looked at")
                .help(format!("correct it and run kube-apply again; `{look}` shows what is there"));
        };
        if !self.request.rollback {
            self.conclude(Outcome::Failed);
            let back = format!("`instep kube-rollback {} --to {}` puts v{} back", self.record.environment, good.revision, good.revision);
            return broken(error, "it is left as it is (--no-rollback)").help(format!("{back}; `{look}` shows what is there"));
        }
        let this = self.migrated.then_some(&self.record);
        if let Err(floor) = record::above_floor(&good, self.records.iter().chain(this)) {
            self.conclude(Outcome::Failed);
            let mut error = broken(error, floor.message());
            for problem in floor.problems {
                error = problem.notes.into_iter().fold(error, Error::note);
                error = problem.help.into_iter().fold(error, Error::help);
            }
            return error;
        }
        let gone = self.gone(&good.objects);
        let foreign = |key: &Key| self.live.iter().any(|object| Key::of(object).same(key)) && !gone.iter().any(|known| known.same(key));
        let plan = plan::back(&self.ground.kubectl.place, &good, &self.record, &gone, &foreign);
        let report = self.report.clone();
        match plan.run(&report, |step| self.act(step)) {
            Ok(()) => {
                self.conclude(Outcome::RolledBack);
                error.note(format!("all is as before: v{} ({}) serves", good.revision, good.version))
            }
            Err(second) if matches!(second.kind, Kind::Signal(_)) => {
                self.interrupted();
                broken(error, "going back was interrupted")
            }
            Err(second) => {
                self.conclude(Outcome::Failed);
                broken(error, &format!("going back to v{} failed too: {}", good.revision, second.message()))
            }
        }
    }

    /// What was recorded comes back, also where somebody changed it meanwhile: whose change that was is told.
    pub(super) fn put_back(&self, manifests: &str) -> Result<Vec<Value>> {
        let kubectl = &self.ground.kubectl;
        let complaint = match kubectl.try_apply(manifests, &[])? {
            Ok(written) => return Ok(written),
            Err(complaint) => complaint,
        };
        let conflicts = fault::conflicts(&complaint);
        if conflicts.is_empty() {
            return Err(fault::explain(&complaint, &kubectl.place));
        }
        let live = observe::live(kubectl, &self.record.objects)?;
        for conflict in conflicts.iter().filter(|conflict| !conflict.is_free(true)) {
            self.report.note(&format!("  overwritten: {}", conflict.words(&live)));
        }
        kubectl.apply(manifests, &["--force-conflicts"])
    }

    fn conclude(&mut self, outcome: Outcome) {
        self.record.outcome = outcome;
        if let Err(error) = self.finish_record() {
            let message = format!("v{} is not recorded: {}", self.record.revision, error.message());
            self.report.warn(&Problem { message, ..Problem::default() });
        }
    }

    pub(super) fn interrupted(&self) {
        if self.record.outcome == Outcome::Running {
            let Record { revision, service, environment, .. } = &self.record;
            self.report.note(&format!(
                "interrupted: v{revision} of {service} was applied, and the cluster goes on with it; `instep kube-apply {environment}` again finishes it"
            ));
        }
    }
}
