//! Logs: one JSON object a line, on stdout.

use serde_json::{Map, Value};
use std::{
    io::Write,
    sync::atomic::{AtomicU8, Ordering},
    time::SystemTime,
};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Level {
    Debug,
    Info,
    Warning,
    Error,
}

impl Level {
    pub const ALL: [Level; 4] = [Level::Debug, Level::Info, Level::Warning, Level::Error];

    pub fn name(self) -> &'static str {
        ["debug", "info", "warning", "error"][self as usize]
    }
}

static LEAST: AtomicU8 = AtomicU8::new(Level::Info as u8);

pub fn set_level(level: Level) {
    LEAST.store(level as u8, Ordering::Relaxed);
}

/// `fields` is an object; its keys stand beside time, level and message.
pub fn log(level: Level, message: &str, fields: Value) {
    if (level as u8) < LEAST.load(Ordering::Relaxed) {
        return;
    }
    let mut line = Map::new();
    line.insert("time".into(), humantime::format_rfc3339_millis(SystemTime::now()).to_string().into());
    line.insert("level".into(), level.name().into());
    line.insert("message".into(), message.into());
    if let Value::Object(fields) = fields {
        line.extend(fields);
    }
    // A reader of stdout that has gone away is no reason to stop serving.
    let _ = writeln!(std::io::stdout(), "{}", Value::Object(line));
}
