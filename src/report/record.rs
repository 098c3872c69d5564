//! What became of each step so far: what JSON, JUnit and the table at the end are made from.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::event::{Event, What};

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    /// Not run, and why.
    Skipped(String),
    /// Why it failed.
    Failed(String),
}

/// One step.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) id: String,
    pub(super) title: Option<String>,
    /// All that it printed, when somebody wants it.
    pub(super) output: Vec<u8>,
    /// None: it has not ended.
    pub(super) outcome: Option<Outcome>,
    pub(super) elapsed: Option<Duration>,
    /// Of its program.
    pub(super) exit_code: Option<u8>,
}

/// Folds an event into the record of its step.
pub(super) fn fold(records: &mut Vec<Record>, event: &Event, with_output: bool) {
    // Events of one step come close together.
    // Names often begin alike: their ends tell them apart sooner.
    let last = event.step.as_bytes().last();
    let at = records.iter().rposition(|record| record.id.as_bytes().last() == last && record.id == event.step).unwrap_or_else(|| {
        let id = event.step.clone();
        records.push(Record { id, title: None, output: Vec::new(), outcome: None, elapsed: None, exit_code: None });
        records.len() - 1
    });
    let record = &mut records[at];
    match &event.what {
        What::Started { title } => record.title = Some(title.clone()),
        What::Output { bytes } if with_output => record.output.extend_from_slice(bytes),
        What::Output { .. } | What::Progress { .. } => {}
        What::Exited { code } => record.exit_code = Some(*code),
        What::Finished { elapsed } => (record.outcome, record.elapsed) = (Some(Outcome::Done), Some(*elapsed)),
        What::Skipped { reason } => record.outcome = Some(Outcome::Skipped(reason.clone())),
        What::Failed { reason, elapsed } => (record.outcome, record.elapsed) = (Some(Outcome::Failed(reason.clone())), Some(*elapsed)),
    }
}

/// A step in the JSON document.
pub(super) fn to_json(record: Record) -> Value {
    let mut map = Map::from_iter([("id".to_owned(), Value::from(record.id))]);
    let mut set = |key: &str, value: Option<Value>| map.extend(value.map(|value| (key.to_owned(), value)));
    set("title", record.title.map(Value::from));
    set("output", (!record.output.is_empty()).then(|| String::from_utf8_lossy(&record.output).into()));
    set("exit-code", record.exit_code.map(Value::from));
    let (outcome, reason) = match record.outcome {
        Some(Outcome::Done) => (Some("done"), None),
        Some(Outcome::Skipped(reason)) => (Some("skipped"), Some(reason)),
        Some(Outcome::Failed(reason)) => (Some("failed"), Some(reason)),
        None => (None, None),
    };
    set("outcome", outcome.map(Value::from));
    set("reason", reason.map(Value::from));
    set("seconds", record.elapsed.map(|elapsed| json!((elapsed.as_secs_f64() * 1000.0).round() / 1000.0)));
    Value::Object(map)
}
