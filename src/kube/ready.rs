//! Waits until what was written serves; what went wrong is collected, shown, and told with the line to change.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use super::blame;
use super::evidence::{self, Evidence};
use super::kubectl::Kubectl;
use super::object::text;
use super::plan::WAIT_AGAIN;
use super::rollout::{self, Expected, Restarts, Watch};
use crate::config::Target;
use crate::report::{Error, Event, Report, Result, What};

/// What a wait needs to know of the release that is waited for.
pub(super) struct Wait<'a> {
    pub(super) kubectl: &'a Kubectl,
    pub(super) report: &'a Report,
    /// The folder whose state keeps the evidence.
    pub(super) root: &'a Path,
    pub(super) target: &'a Target,
    pub(super) service: &'a str,
    pub(super) revision: u32,
    pub(super) image: &'a str,
}

/// What was waited for.
pub(super) struct Served {
    pub(super) expected: Vec<Expected>,
    /// All objects that were looked at, as they are then.
    pub(super) objects: Vec<Value>,
    /// Nothing had to be waited for.
    pub(super) at_once: bool,
}

impl Wait<'_> {
    /// Until all of these objects that have pods serve.
    ///
    /// # Errors
    /// Exit code 1 for pods that never will, 4 when the time is over.
    pub(super) fn until_ready(&self, step: &str, written: &[Value], give_up: Duration) -> Result<Served> {
        self.until(step, written, give_up, None)
    }

    /// The same of objects that served, with so many restarts of their pods: at once when they still do.
    ///
    /// # Errors
    /// As [`Wait::until_ready`].
    pub(super) fn still_ready(&self, step: &str, written: &[Value], give_up: Duration, before: Restarts) -> Result<()> {
        self.until(step, written, give_up, Some(before)).map(drop)
    }

    fn until(&self, step: &str, written: &[Value], give_up: Duration, before: Option<Restarts>) -> Result<Served> {
        let expected = written
            .iter()
            .filter(|object| rollout::rolls_out(text(object, "/kind")))
            .map(|object| Expected::of(object, self.service))
            .collect();
        let back = step == WAIT_AGAIN;
        let watch = Watch { service: self.service, expected, give_up, back, before };
        let progress = |line: &str| self.report.event(&Event::new(step, What::Progress { message: line.to_owned() }));
        match rollout::wait(self.kubectl, &watch, progress)? {
            rollout::End::Ready { objects, at_once } => Ok(Served { expected: watch.expected, objects, at_once }),
            rollout::End::Lost(failure, objects) => {
                Err(self.explained(step, &objects, &failure.pod, |it| blame::error(&failure, it, self.target, self.image)))
            }
            rollout::End::Late(waiting, objects) => {
                Err(self.explained(step, &objects, "", |evidence| blame::late(&waiting, evidence, self.target)))
            }
        }
    }

    /// The error that `blame` makes of the evidence, which is collected and shown before anything is put back.
    pub(super) fn explained(&self, step: &str, objects: &[Value], pod: &str, blame: impl FnOnce(&Evidence) -> Error) -> Error {
        let evidence = evidence::collect(self.kubectl, objects, pod, &self.folder(step), &self.report.masker);
        let error = blame(&evidence);
        evidence.show(&error, self.report, self.root);
        error
    }

    fn folder(&self, step: &str) -> PathBuf {
        let name = format!("{}-{}-v{}-{step}", self.target.cluster, self.service, self.revision);
        evidence::folder(self.root, &name).unwrap_or_else(|_| PathBuf::from("."))
    }
}
