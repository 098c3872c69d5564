//! Which instep runs the service of this repo: a file that other commands read.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::process;
use crate::repo;
use crate::report::{Error, Result};

/// A run, as other commands see it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    /// The instep that owns it.
    pub pid: u32,
    /// Tells it from a later process with the same number.
    pub started: String,
    /// The service.
    pub service: String,
    /// Where it answers; none for a worker.
    pub url: Option<String>,
    /// All has become ready.
    pub ready: bool,
    /// Containers belong to it.
    #[serde(default)]
    pub containers: bool,
    /// How long all of it may take to stop.
    #[serde(default)]
    pub stop_within: Duration,
    /// What runs.
    #[serde(default)]
    pub services: Vec<Member>,
}

/// One of the things that run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// `starting`, `ready`, `done`, `ended`.
    pub state: String,
    /// Where it answers.
    pub url: Option<String>,
    /// How long it took to become ready.
    pub seconds: Option<f64>,
}

impl State {
    /// This process, running this service.
    pub fn of_us(service: &str, url: Option<&str>) -> Self {
        let pid = std::process::id();
        let started = process::identity(pid).unwrap_or_default();
        let (service, url) = (service.to_owned(), url.map(str::to_owned));
        Self { pid, started, service, url, ready: false, containers: false, stop_within: Duration::ZERO, services: Vec::new() }
    }

    /// The run that lives; none when there is none, or what the file tells of has ended.
    pub fn load(root: &Path) -> Option<Self> {
        Self::read(root).filter(Self::lives)
    }

    /// The run that a kill ended: its file is still there.
    pub fn killed(root: &Path) -> Option<Self> {
        Self::read(root).filter(|state| !state.lives())
    }

    fn read(root: &Path) -> Option<Self> {
        serde_json::from_str(&std::fs::read_to_string(file(root)).ok()?).ok()
    }

    /// Whether its process still lives.
    pub fn lives(&self) -> bool {
        process::identity(self.pid).is_some_and(|started| started == self.started)
    }

    /// Writes it as a whole or not at all.
    ///
    /// # Errors
    /// Exit code 1 when the folder can't be written.
    pub fn save(&self, root: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).map_err(|error| Error::failed(error.to_string()))?;
        repo::state_dir(root)?;
        repo::disk::write(&file(root), text.as_bytes())
    }

    /// Takes the file away when it is ours.
    pub fn remove(&self, root: &Path) {
        if Self::read(root).is_some_and(|written| written.pid == self.pid) {
            // Left behind, it is stale and known as such.
            let _ = repo::disk::remove(&file(root));
        }
    }
}

fn file(root: &Path) -> PathBuf {
    root.join(".instep/state/run-local.json")
}
