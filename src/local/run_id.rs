//! The mark of a run: on its containers and networks as labels, on its processes as a variable, so that a
//! later run can tell what a killed one left.

use std::collections::HashMap;
use std::path::Path;

use crate::process;

/// The variable that every process of a run has.
pub(super) const VARIABLE: &str = "INSTEP_RUN";
/// The label that everything of a run has.
pub(super) const LABEL: &str = "instep.run";

/// A run of a repo: by which process, on which machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunId {
    pid: u32,
    /// Tells the process from a later one with the same number.
    started: String,
    host: String,
    root: String,
}

impl RunId {
    /// This process, in this repo.
    pub fn of_us(root: &Path) -> Self {
        let pid = std::process::id();
        let started = process::identity(pid).unwrap_or_default().replace(' ', "-");
        Self { pid, started, host: process::host(), root: root.display().to_string() }
    }

    /// Six letters: part of the names of what belongs to it.
    pub fn short(&self) -> String {
        blake3::hash(self.value().as_bytes()).to_hex().chars().take(6).collect()
    }

    /// As labels.
    pub fn labels(&self) -> Vec<(String, String)> {
        let pairs = [("pid", self.pid.to_string()), ("started", self.started.clone()), ("host", self.host.clone())];
        let more = pairs.into_iter().chain([("root", self.root.clone())]).map(|(name, value)| (format!("instep.{name}"), value));
        [(LABEL.to_owned(), self.short())].into_iter().chain(more).collect()
    }

    /// As the value of the variable.
    pub(super) fn value(&self) -> String {
        format!("{}:{}:{}:{}", self.pid, self.started, self.host, self.root)
    }

    /// From labels.
    pub(super) fn of_labels(labels: &HashMap<String, String>) -> Option<Self> {
        let label = |name: &str| labels.get(&format!("instep.{name}")).cloned();
        Some(Self { pid: label("pid")?.parse().ok()?, started: label("started")?, host: label("host")?, root: label("root")? })
    }

    /// From the value of the variable.
    pub(super) fn of_value(value: &str) -> Option<Self> {
        let mut parts = value.splitn(4, ':');
        let pid = parts.next()?.parse().ok()?;
        let mut text = || parts.next().map(str::to_owned);
        Some(Self { pid, started: text()?, host: text()?, root: text()? })
    }

    /// Whether this is an earlier run of the same repo on this machine, whose instep has ended.
    pub(super) fn is_dead(&self, now: &Self) -> bool {
        let lives = || process::identity(self.pid).is_some_and(|started| started.replace(' ', "-") == self.started);
        self.root == now.root && self.host == now.host && self != now && !lives()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_known_again_by_its_labels_and_its_variable() {
        let run = RunId::of_us(Path::new("/a:b/c"));
        assert_eq!(RunId::of_value(&run.value()), Some(run.clone()));
        assert_eq!(RunId::of_labels(&run.labels().into_iter().collect()), Some(run.clone()));
        let other = RunId { started: "then".into(), ..run.clone() };
        assert!(other.is_dead(&run) && !run.is_dead(&other) && other.short() != run.short());
        assert!(!RunId { host: "elsewhere".into(), ..other }.is_dead(&run), "it can't be told from here");
    }
}
