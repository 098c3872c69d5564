//! The one error type: what, where, what to do; its kind alone decides the exit code.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde_json::{Value, json};

/// Shorthand for everything that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something failed. Each kind has one exit code (contract, section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A task, check or deployment failed; a deployment was taken back.
    Failed,
    /// Wrong usage, or a wrong configuration file.
    Usage,
    /// Differences were found, by a command that looks for them.
    Differences,
    /// A deadline passed.
    TimedOut,
    /// Another deployment holds the lock.
    Locked,
    /// Refused for safety.
    Refused,
    /// A needed tool or daemon is missing.
    Missing,
    /// Failed, and the world is not as it was before: needs a person.
    Broken,
    /// Ended by this signal.
    Signal(u8),
    /// The one program that was asked for ended with this code.
    Program(u8),
}

impl Kind {
    /// The exit code of the contract.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Differences => 3,
            Self::TimedOut => 4,
            Self::Locked => 5,
            Self::Refused => 6,
            Self::Missing => 7,
            Self::Broken => 8,
            Self::Signal(signal) => 128 + signal,
            Self::Program(code) => code,
        }
    }

    /// The kind that an exit code of instep stands for; none for one that means more than one thing.
    pub fn of_exit_code(code: u8) -> Option<Self> {
        let kinds =
            [Self::Failed, Self::Usage, Self::Differences, Self::TimedOut, Self::Locked, Self::Refused, Self::Missing, Self::Broken];
        kinds.into_iter().find(|kind| kind.exit_code() == code)
    }

    /// The name used in JSON as `error.kind`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Failed | Self::Program(_) => "failed",
            Self::Usage => "usage",
            Self::Differences => "differences",
            Self::TimedOut => "timed-out",
            Self::Locked => "locked",
            Self::Refused => "refused",
            Self::Missing => "missing",
            Self::Broken => "broken",
            Self::Signal(_) => "signal",
        }
    }
}

/// A stretch of a text file that a message is about.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, as a person would type it from where they are.
    pub file: Arc<str>,
    /// The whole text of the file.
    pub text: Arc<str>,
    /// The bytes meant.
    pub span: Range<usize>,
    /// A few words beside the underline; may be empty.
    pub label: String,
}

impl Place {
    /// The line number of the span's start, counted from 1.
    pub fn line(&self) -> usize {
        let end = self.span.start.min(self.text.len());
        self.text.as_bytes()[..end].iter().filter(|&&b| b == b'\n').count() + 1
    }

    /// `file:line`, as editors and terminals link it.
    pub fn short(&self) -> String {
        format!("{}:{}", self.file, self.line())
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{:?}", self.short(), self.span)
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong: lower case, no final period.
    pub message: String,
    /// Where, when a file is to blame.
    pub place: Option<Place>,
    /// Facts that help to understand.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Vec<String>,
}

/// What every fallible function of instep gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Decides the exit code.
    pub kind: Kind,
    /// At least one; several when a file has several faults.
    pub problems: Vec<Problem>,
    /// Everything was already said by the events; nothing more is printed.
    pub silent: bool,
}

impl Error {
    /// An error of this kind with one problem.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        let problem = Problem { message: message.into(), ..Problem::default() };
        Self { kind, problems: vec![problem], silent: false }
    }

    /// Exit code 1.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(Kind::Failed, message)
    }

    /// Exit code 2.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// Exit code 7.
    pub fn missing(message: impl Into<String>) -> Self {
        Self::new(Kind::Missing, message)
    }

    /// Exit code 128+n; the person who sent the signal needs no explanation.
    pub fn signal(signal: u8) -> Self {
        let mut error = Self::new(Kind::Signal(signal), format!("stopped by {}", signal_name(signal)));
        error.silent = true;
        error
    }

    /// Several problems of one file.
    pub fn of(kind: Kind, problems: Vec<Problem>) -> Self {
        Self { kind, problems, silent: false }
    }

    /// Adds the place to the last problem.
    #[must_use]
    pub fn at(mut self, place: Option<Place>) -> Self {
        self.last().place = place;
        self
    }

    /// Adds a fact to the last problem.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.last().notes.push(note.into());
        self
    }

    /// Adds what to do to the last problem.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.last().help.push(help.into());
        self
    }

    /// Marks it as already told.
    #[must_use]
    pub fn silent(mut self) -> Self {
        self.silent = true;
        self
    }

    /// As the JSON document tells it.
    pub fn json(&self) -> Value {
        let told = |problem: &Problem| {
            json!({
                "message": problem.message,
                "file": problem.place.as_ref().map(|place| place.file.to_string()),
                "line": problem.place.as_ref().map(Place::line),
                "notes": problem.notes,
                "help": problem.help,
            })
        };
        let problems: Vec<Value> = self.problems.iter().map(told).collect();
        json!({ "kind": self.kind.name(), "exit-code": self.kind.exit_code(), "message": self.message(), "problems": problems })
    }

    /// The first problem's message.
    pub fn message(&self) -> &str {
        self.problems.first().map_or("", |problem| &problem.message)
    }

    fn last(&mut self) -> &mut Problem {
        if self.problems.is_empty() {
            self.problems.push(Problem::default());
        }
        let last = self.problems.len() - 1;
        &mut self.problems[last]
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Error {}

/// `SIGINT` for 2 and so on; the number for the rest.
pub fn signal_name(signal: u8) -> String {
    match signal {
        1 => "SIGHUP".into(),
        2 => "SIGINT".into(),
        3 => "SIGQUIT".into(),
        6 => "SIGABRT".into(),
        9 => "SIGKILL".into(),
        11 => "SIGSEGV".into(),
        13 => "SIGPIPE".into(),
        15 => "SIGTERM".into(),
        other => format!("signal {other}"),
    }
}
