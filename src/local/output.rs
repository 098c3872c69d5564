//! What a service writes: whole lines to the report, the last ones kept for a failure.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anstyle::{AnsiColor, Style};
use serde_json::json;

use crate::repo::disk;
use crate::report::masker::Stream;
use crate::report::style::paint;
use crate::report::{Event, Report, Result, What, clock};

/// How many lines are said again when a service fails.
const KEPT: usize = 30;
/// A longer line is passed on in pieces.
const LONGEST: usize = 64 * 1024;
/// Colours of prefixes: none that means good or bad.
const COLORS: [AnsiColor; 8] = [
    AnsiColor::Cyan,
    AnsiColor::Magenta,
    AnsiColor::Blue,
    AnsiColor::Yellow,
    AnsiColor::BrightCyan,
    AnsiColor::BrightMagenta,
    AnsiColor::BrightBlue,
    AnsiColor::BrightYellow,
];

/// How the output of services is shown.
#[derive(Clone, Debug, Default)]
pub struct Outputs {
    /// Only kept, not shown.
    pub silent: bool,
    /// Without the name of the service.
    pub no_prefix: bool,
    /// With the time of each line.
    pub timestamps: bool,
    /// A folder with a file per service, too.
    pub dir: Option<PathBuf>,
}

/// The one service whose lines are shown; none: all are.
#[derive(Clone, Default)]
pub(super) struct Only(Arc<Mutex<Option<String>>>);

impl Only {
    pub(super) fn get(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set(&self, name: Option<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = name;
    }
}

impl Outputs {
    /// The way out of a service, one of these `names`.
    ///
    /// # Errors
    /// When its file can't be written.
    pub(super) fn of(&self, name: &str, names: &[String], only: &Only, report: &Report, tail: Tail) -> Result<Output> {
        let file = self.dir.as_deref().map(|dir| disk::append(&dir.join(format!("{name}.log")))).transpose()?;
        Ok(Output {
            prefix: if self.no_prefix || names.len() < 2 { String::new() } else { prefix(name, names) },
            name: name.to_owned(),
            timestamps: self.timestamps,
            silent: self.silent,
            only: only.clone(),
            report: report.clone(),
            masker: report.masker.stream(),
            line: Vec::new(),
            tail,
            file,
        })
    }
}

/// Aligned, in a colour that follows from the name; when another has it, the next.
fn prefix(name: &str, names: &[String]) -> String {
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
    let mut taken: Vec<usize> = Vec::new();
    for other in names {
        let mut color = blake3::hash(other.as_bytes()).as_bytes()[0] as usize % COLORS.len();
        while taken.len() < COLORS.len() && taken.contains(&color) {
            color = (color + 1) % COLORS.len();
        }
        taken.push(color);
    }
    let at = names.iter().position(|other| other == name).and_then(|at| taken.get(at)).copied().unwrap_or_default();
    paint(Style::new().fg_color(Some(COLORS[at].into())), &format!("{name:width$} │ "))
}

/// The last lines, shared with whoever tells of a failure.
#[derive(Clone, Default)]
pub(super) struct Tail(Arc<Lines>);

#[derive(Default)]
struct Lines {
    last: Mutex<VecDeque<String>>,
    /// A text that is waited for, and whether it came.
    wanted: Option<String>,
    seen: AtomicBool,
}

impl Tail {
    /// Looks for this text.
    pub(super) fn wanting(text: Option<String>) -> Self {
        Self(Arc::new(Lines { wanted: text, ..Lines::default() }))
    }

    /// Whether the text came.
    pub(super) fn seen(&self) -> bool {
        self.0.seen.load(Ordering::Relaxed)
    }

    fn push(&self, line: &[u8]) {
        let text = anstream::adapter::strip_str(&String::from_utf8_lossy(line)).to_string();
        if self.0.wanted.as_ref().is_some_and(|wanted| text.contains(wanted.as_str())) {
            self.0.seen.store(true, Ordering::Relaxed);
        }
        let mut lines = self.0.last.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == KEPT {
            lines.pop_front();
        }
        lines.push_back(text.trim_end().replace(|c: char| c.is_control() && c != '\t', "\u{fffd}"));
    }

    /// The last lines as a note of an error.
    pub(super) fn note(&self, name: &str) -> String {
        let lines = self.0.last.lock().unwrap_or_else(PoisonError::into_inner);
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
    prefix: String,
    timestamps: bool,
    silent: bool,
    only: Only,
    report: Report,
    masker: Stream,
    line: Vec<u8>,
    tail: Tail,
    file: Option<File>,
}

impl Output {
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
        let time = self.timestamps.then(now);
        if let Some(file) = &mut self.file {
            let stamp = time.as_ref().map(|time| format!("{time} ")).unwrap_or_default();
            // A full disk must not end the service.
            let _ = file.write_all(&[stamp.as_bytes(), &line].concat());
        }
        if self.silent || self.only.get().is_some_and(|only| only != self.name) {
            return;
        }
        if self.report.is_json() {
            let text = String::from_utf8_lossy(&line);
            let mut event = json!({ "event": "output", "service": self.name, "line": text.trim_end_matches(['\n', '\r']) });
            if let Some(time) = time {
                event["time"] = time.into();
            }
            return self.report.line(&event);
        }
        let stamp = time.map(|time| format!("{time} ")).unwrap_or_default();
        match format!("{stamp}{}", self.prefix) {
            head if head.is_empty() => self.report.event(&Event::new(&*self.name, What::Output { bytes: line })),
            head => self.report.prefixed(&head, &line),
        }
    }
}

/// RFC 3339, to the millisecond.
fn now() -> String {
    let now = clock::timestamp();
    format!("{now:.3}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_line_up_and_each_has_its_own_colour() {
        let names: Vec<String> = ["users", "mailer", "postgres"].map(str::to_owned).to_vec();
        let prefixes: Vec<String> = names.iter().map(|name| super::prefix(name, &names)).collect();
        let plain: Vec<String> = prefixes.iter().map(|prefix| anstream::adapter::strip_str(prefix).to_string()).collect();
        assert_eq!(plain, ["users    │ ", "mailer   │ ", "postgres │ "]);
        let colors: std::collections::HashSet<&str> = prefixes.iter().filter_map(|prefix| prefix.split('m').next()).collect();
        assert_eq!(colors.len(), 3);
    }
}
