//! After a promotion: the cluster is watched until it runs what was committed, checked, and `release.json` completed.

use std::time::Duration;

use serde_json::Value;

use super::folder::{RELEASE, Release};
use super::plan::Act;
use super::run::Change;
use super::{Promote, Wanted, folder, held, passed};
use crate::check;
use crate::config::{Gitops, Target};
use crate::kube::arrive::Arrival;
use crate::kube::record::MAIN;
use crate::kube::{Ground, newest_pod};
use crate::plan::Plan;
use crate::release::gate::Checks;
use crate::repo::Fetched;
use crate::report::{Error, Kind, Problem, Result};

impl Promote<'_> {
    /// The steps that follow the commit.
    pub(super) fn arrival(&self, give_up: Duration) -> Plan<Act> {
        let mut plan = Plan::default();
        for target in &self.environment.places {
            let at = if self.environment.places.len() > 1 { format!(":{}", target.cluster) } else { String::new() };
            let service = target.scope.read("service").text_opt("name").ok().flatten().unwrap_or_default();
            let (context, namespace) = (target.context.clone(), target.namespace.clone());
            plan.push(
                format!("wait{at}"),
                Act::Wait { context, namespace, service, cluster: target.cluster.clone(), seconds: give_up.as_secs() },
            );
        }
        plan
    }

    /// Waits in every cluster, checks what serves there, and writes how that went into `release.json`.
    ///
    /// # Errors
    /// Exit code 8 when what was committed does not serve or fails its checks; 4 when it does not arrive.
    pub(super) fn arrive(&self, gitops: &Gitops, wanted: &Wanted, give_up: Duration) -> Result<()> {
        let mut passed = Vec::new();
        self.arrival(give_up).run(self.report, |step| {
            let Act::Wait { cluster, .. } = &step.action else { return Ok(()) };
            for target in self.environment.places.iter().filter(|target| target.cluster == *cluster) {
                passed.push(self.one(&step.id, target, wanted, give_up).map_err(|error| self.committed(error))?);
            }
            Ok(())
        })?;
        self.complete(gitops, &wanted.release, &passed.join("; "))
    }

    /// What was committed stays: going back is a commit too.
    fn committed(&self, mut error: Error) -> Error {
        if error.kind == Kind::Failed {
            error.kind = Kind::Broken;
        }
        if matches!(error.kind, Kind::Signal(_)) {
            return error;
        }
        error
            .note("the commit stands in the platform repo")
            .help(format!("`instep promote {} --rollback` takes it back", self.environment.name))
    }

    fn one(&self, step: &str, target: &Target, wanted: &Wanted, give_up: Duration) -> Result<String> {
        let ground = Ground::of(target, self.report)?;
        let objects = folder::rendered(target, &wanted.release.images, &wanted.release.version)?;
        let (image, root, report) = (wanted.release.images.get(MAIN).map_or("", String::as_str), self.project.root.as_path(), self.report);
        Arrival { ground: &ground, target, objects: &objects, image, give_up, root, report }.wait(step)?;
        // A named image may be of another version.
        let Release { version, commit, .. } = &wanted.release;
        let told = self.image.is_empty().then(|| check::Release { version: version.clone(), commit: commit.clone() });
        let checks = Checks::of(target, told, self.report)?;
        let run = |pod: &str| checks.run(pod);
        let result = match checks.gate(&run)? {
            Some(gate) => (gate.run)(&newest_pod(target, self.report)?)?,
            None => Value::Null,
        };
        Ok(match result["passed"].as_u64() {
            Some(n) => format!("{n} passed in {}", target.cluster),
            None => format!("serves in {}", target.cluster),
        })
    }

    /// `release.json` says that it passed: in the folder, or, where that takes pull requests only, on a branch of
    /// instep's own beside it.
    fn complete(&self, gitops: &Gitops, release: &Release, passed: &str) -> Result<()> {
        self.report.result(&format!("  {passed}"));
        let change = |fetched: &Fetched| {
            let Some(now) = held(fetched, gitops).filter(|now| now.same(release) && now.passed.as_deref() != Some(passed)) else {
                return Ok(None);
            };
            let text = Release { passed: Some(passed.to_owned()), ..now }.text()?;
            let mut files = fetched.list(&fetched.commit, &gitops.path)?;
            files.retain(|(name, _)| name != RELEASE);
            files.push((RELEASE.to_owned(), fetched.keep(&text)?));
            let message = format!("{} {} passed in {}\n\n{passed}\n", release.service, release.version, release.environment);
            Ok(Some(Change { files, message }))
        };
        if !gitops.pull_request {
            return self.work(gitops).push(&change, release).map(drop);
        }
        let own = passed::branch(&release.service, &release.environment);
        if let Some(said) = self.work(gitops).push_beside(&own, &change)? {
            let message = format!("nobody will know that it passed: {} does not take a push to {own}", gitops.repository);
            let help = vec!["the branch is instep's own: allow pushes to instep/**".to_owned()];
            self.report.warn(&Problem { message, place: gitops.place.clone(), notes: vec![said], help });
        }
        Ok(())
    }
}
