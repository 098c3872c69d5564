//! What BuildKit tells while it builds (moby/buildkit, api/services/control/control.proto,
//! StatusResponse), as values.

use crate::docker::protobuf::{Value, fields};

/// One message: what is new since the last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// Steps that began or ended.
    pub vertexes: Vec<Vertex>,
    /// How far something is.
    pub statuses: Vec<Status>,
    /// What steps wrote.
    pub logs: Vec<Log>,
}

/// A step of the build.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vertex {
    /// Its key.
    pub digest: String,
    /// `[build 2/5] RUN make`.
    pub name: String,
    /// Its result was there.
    pub cached: bool,
    /// When it began, in seconds since 1970.
    pub started: Option<f64>,
    /// When it ended.
    pub completed: Option<f64>,
    /// Why it failed.
    pub error: String,
}

/// How far a part of a step is, as a layer that is pulled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The step.
    pub vertex: String,
    /// What it is.
    pub id: String,
    /// Bytes so far.
    pub current: u64,
    /// Bytes in all; 0: not known.
    pub total: u64,
}

/// Output of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// The step.
    pub vertex: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Trace {
    /// Reads a message; what it does not know is left out.
    pub fn read(bytes: &[u8]) -> Self {
        let mut trace = Self::default();
        for (field, value) in fields(bytes) {
            match field {
                1 => trace.vertexes.push(vertex(value)),
                2 => trace.statuses.push(status(value)),
                3 => trace.logs.push(log(value)),
                _ => {}
            }
        }
        trace
    }
}

fn vertex(value: Value<'_>) -> Vertex {
    let mut vertex = Vertex::default();
    for (field, value) in fields(value.bytes()) {
        match field {
            1 => vertex.digest = value.text(),
            3 => vertex.name = value.text(),
            4 => vertex.cached = value.number() != 0,
            5 => vertex.started = Some(time(value)),
            6 => vertex.completed = Some(time(value)),
            7 => vertex.error = value.text(),
            _ => {}
        }
    }
    vertex
}

fn status(value: Value<'_>) -> Status {
    let mut status = Status::default();
    for (field, value) in fields(value.bytes()) {
        match field {
            1 => status.id = value.text(),
            2 => status.vertex = value.text(),
            4 => status.current = value.number(),
            5 => status.total = value.number(),
            _ => {}
        }
    }
    status
}

fn log(value: Value<'_>) -> Log {
    let mut log = Log::default();
    for (field, value) in fields(value.bytes()) {
        match field {
            1 => log.vertex = value.text(),
            4 => log.bytes = value.bytes().to_vec(),
            _ => {}
        }
    }
    log
}

/// google.protobuf.Timestamp
fn time(value: Value<'_>) -> f64 {
    fields(value.bytes()).fold(0.0, |time, (field, value)| match field {
        1 => time + value.number() as f64,
        2 => time + value.number() as f64 / 1e9,
        _ => time,
    })
}
