//! What a service writes: whole lines to the report, the last ones kept for a failure.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::json;

use crate::report::masker::Stream;
use crate::report::{Event, Report, What};

/// How many lines are said again when a service fails.
const KEPT: usize = 30;
/// A longer line is passed on in pieces.
const LONGEST: usize = 64 * 1024;

/// The last lines, shared with whoever tells of a failure.
#[derive(Clone, Default)]
pub(super) struct Tail(Arc<Mutex<VecDeque<String>>>);

impl Tail {
    fn push(&self, line: &[u8]) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == KEPT {
            lines.pop_front();
        }
        let text = anstream::adapter::strip_str(&String::from_utf8_lossy(line)).to_string();
        lines.push_back(text.trim_end().replace(|c: char| c.is_control() && c != '\t', "\u{fffd}"));
    }

    /// The last lines as a note of an error.
    pub(super) fn note(&self, name: &str) -> String {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match lines.len() {
            0 => format!("{name} wrote nothing"),
            n => format!(
                "the last {} of {name}:\n{}",
                crate::report::text::count(n, "line"),
                lines.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
            ),
        }
    }
}

/// Takes what comes piece by piece.
pub(super) struct Output {
    name: String,
    report: Report,
    masker: Stream,
    line: Vec<u8>,
    tail: Tail,
    /// Only kept, not shown.
    silent: bool,
}

impl Output {
    pub(super) fn new(name: &str, report: &Report, tail: Tail, silent: bool) -> Self {
        Self { name: name.to_owned(), report: report.clone(), masker: report.masker.stream(), line: Vec::new(), tail, silent }
    }

    pub(super) fn push(&mut self, piece: &[u8]) {
        let masked = self.masker.push(piece);
        self.take(&masked);
    }

    pub(super) fn finish(&mut self) {
        let rest = self.masker.finish();
        self.take(&rest);
        if !self.line.is_empty() {
            self.line.push(b'\n');
            self.flush();
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            self.line.extend_from_slice(piece);
            if piece.last() == Some(&b'\n') || self.line.len() > LONGEST {
                self.flush();
            }
        }
    }

    fn flush(&mut self) {
        let line = std::mem::take(&mut self.line);
        self.tail.push(&line);
        if self.silent {
            return;
        }
        if self.report.is_json() {
            let text = String::from_utf8_lossy(&line);
            self.report.line(&json!({ "event": "output", "service": self.name, "line": text.trim_end_matches(['\n', '\r']) }));
        } else {
            self.report.event(&Event::new(&*self.name, What::Output { bytes: line }));
        }
    }
}
