//! `[run-local]` as it holds.

use std::path::PathBuf;
use std::time::Duration;

use super::{EnvValue, Scope};
use crate::report::{Place, Result};

/// How the service runs on this machine.
#[derive(Clone, Debug)]
pub struct RunLocal {
    /// The shell line.
    pub run: Option<String>,
    /// Where it is written.
    pub place: Option<Place>,
    /// Variables.
    pub env: Vec<(String, EnvValue)>,
    /// Files with variables, weakest first.
    pub env_files: Vec<PathBuf>,
    /// How long it may take to become ready.
    pub ready_within: Duration,
    /// How long it may take to stop.
    pub stop_within: Duration,
    /// Globs of files whose change restarts it.
    pub watch: Vec<String>,
}

impl RunLocal {
    /// Reads `[run-local]`.
    pub fn of(scope: &Scope) -> Result<Self> {
        let read = scope.read("run-local");
        let env_files = read.strings("env-files").into_iter().map(|(text, origin)| Ok(origin.source.dir.join(scope.eval(text, origin)?)));
        Ok(Self {
            run: read.words("run").into_iter().next(),
            place: read.place("run"),
            env: read.env("env")?,
            env_files: env_files.collect::<Result<_>>()?,
            ready_within: read.duration("ready-within"),
            stop_within: read.duration("stop-within"),
            watch: read.texts("watch")?,
        })
    }
}
