//! What happens while a plan runs. Human output, JSON and JUnit are readers of these.

use std::time::Duration;

use serde::Serialize;

/// Why a step is skipped whose result is there already.
pub const UP_TO_DATE: &str = "up to date";

/// Something that happened to one step.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// The step's id in its plan.
    pub step: String,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

impl Event {
    /// An event of the step `step`.
    pub fn new(step: impl Into<String>, what: What) -> Self {
        Self { step: step.into(), what }
    }
}

/// The kinds of events.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum What {
    /// The step begins; `title` says what it does.
    Started {
        /// What a person would call it.
        title: String,
    },
    /// A piece of output, as the program wrote it (bytes that are not UTF-8 pass unchanged).
    Output {
        /// The bytes.
        #[serde(serialize_with = "lossy")]
        bytes: Vec<u8>,
    },
    /// The step says how far it is.
    Progress {
        /// One line.
        message: String,
    },
    /// Its program ended.
    Exited {
        /// With this code; 128+n for signal n.
        code: u8,
    },
    /// Done.
    Finished {
        /// How long it took.
        #[serde(serialize_with = "seconds")]
        elapsed: Duration,
    },
    /// Not run, and why.
    Skipped {
        /// Why.
        reason: String,
    },
    /// Failed.
    Failed {
        /// Why.
        reason: String,
        /// How long it took.
        #[serde(serialize_with = "seconds")]
        elapsed: Duration,
    },
}

fn lossy<S: serde::Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&String::from_utf8_lossy(bytes))
}

fn seconds<S: serde::Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((time.as_secs_f64() * 1000.0).round() / 1000.0)
}
