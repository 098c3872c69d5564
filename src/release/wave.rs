//! Several clusters, one after the other: what happens between two of them.

use std::time::{Duration, Instant};

use super::deploy::Deploy;
use crate::config::{Image, Target};
use crate::kube::newest_pod;
use crate::kube::plan::Action;
use crate::plan::Plan;
use crate::process::cancel;
use crate::report::{Event, Result, What, text};

/// How often it is told how long the wait still is.
const TOLD: u64 = 30;

impl Deploy<'_> {
    /// The wait before a cluster; none before the first, and where no pause is written.
    pub(super) fn pause(&self, target: &Target) -> Option<Plan<Action>> {
        let at = self.environment.places.iter().position(|place| place.cluster == target.cluster)?;
        let before = self.environment.places.get(at.checked_sub(1)?)?;
        let seconds = self.environment.pause?.as_secs();
        let mut plan = Plan::default();
        let action = Action::Pause { after: before.cluster.clone(), before: target.cluster.clone(), seconds };
        plan.push(format!("pause:{}", target.cluster), action);
        Some(plan)
    }

    /// Waits, then checks the cluster before once more.
    ///
    /// # Errors
    /// Exit codes 1 and 4, as the smoke test's own.
    pub(super) fn wave(&self, pause: &Plan<Action>) -> Result<()> {
        pause.run(self.report, |step| {
            let Action::Pause { after, seconds, .. } = &step.action else { return Ok(()) };
            self.wait(&step.id, Duration::from_secs(*seconds))?;
            self.environment.places.iter().filter(|place| place.cluster == *after).try_for_each(|target| self.again(target))
        })
    }

    fn wait(&self, step: &str, time: Duration) -> Result<()> {
        let end = Instant::now() + time;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            if left.as_secs() >= TOLD {
                let message = format!("{} left", text::elapsed(left));
                self.report.event(&Event::new(step, What::Progress { message }));
            }
            cancel::sleep(left.min(Duration::from_secs(TOLD)))?;
        }
    }

    /// What was checked when it was deployed, of the newest pod that serves now.
    fn again(&self, target: &Target) -> Result<()> {
        let what = self.what_of(Image::main(&target.scope)?.repository);
        self.with(target, &what, |request| match &request.gate {
            Some(gate) => (gate.run)(&newest_pod(target, self.report)?).map(drop),
            None => Ok(()),
        })
    }
}
