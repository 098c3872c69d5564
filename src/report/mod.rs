//! The way out to the terminal, and the words for what is said: errors, events, texts, tables.

pub mod ci;
pub mod clock;
pub mod error;
pub mod event;
mod human;
pub mod junit;
mod listener;
pub mod masker;
mod record;
mod settings;
mod snippet;
pub mod style;
mod summary;
pub mod table;
mod terminal;
pub mod text;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value};

pub use self::ci::Ci;
pub use self::error::{Error, Kind, Place, Problem, Result};
pub use self::event::{Event, UP_TO_DATE, What};
use self::human::Human;
pub use self::human::Layout;
pub use self::listener::{Listener, Said};
pub use self::masker::Masker;
use self::record::Record;
pub use self::settings::{Format, Settings};
use self::snippet::{Severity, draw};
pub use self::terminal::HEARTBEAT;
use self::terminal::Terminal;

/// The way out to the terminal. Cheap to clone, safe to share between threads.
#[derive(Clone)]
pub struct Report {
    settings: Settings,
    /// Hides the secrets of this run.
    pub masker: Masker,
    /// Which of several services is reported on.
    part: Option<Arc<str>>,
    /// Who shows what is said, instead of the terminal.
    listener: Option<Listener>,
    state: Arc<Mutex<State>>,
}

struct State {
    terminal: Terminal,
    human: Human,
    document: Map<String, Value>,
    records: Vec<Record>,
    suites: Vec<junit::Suite>,
    /// The documents of single services.
    parts: Vec<(Arc<str>, Map<String, Value>)>,
    printed: bool,
}

impl Report {
    /// A report with these settings.
    pub fn new(settings: Settings) -> Self {
        // A fold in a fold is a fault in most systems: the end of the inner one would end the outer one too.
        let folds = if settings.folded { Ci::Plain } else { settings.ci };
        let human = Human::new(folds, settings.quiet);
        let state = State {
            terminal: Terminal::new(settings.color),
            human,
            document: Map::new(),
            records: Vec::new(),
            suites: Vec::new(),
            parts: Vec::new(),
            printed: false,
        };
        Self { settings, masker: Masker::default(), part: None, listener: None, state: Arc::new(Mutex::new(state)) }
    }

    /// The same way out for one of several services: its steps carry its name, and its document is one of `services`.
    #[must_use]
    pub fn of_part(&self, name: &str) -> Self {
        Self { part: Some(name.into()), ..self.clone() }
    }

    /// As [`Report::of_part`]; what a person would read goes to `listener`: several services at once would mix.
    #[must_use]
    pub fn told_to(&self, name: &str, listener: Listener) -> Self {
        Self { listener: Some(listener), ..self.of_part(name) }
    }

    /// Whether one JSON document is wanted.
    pub fn is_json(&self) -> bool {
        self.settings.format == Format::Json
    }

    /// How much more than usual to say: 0, 1 or 2.
    pub fn verbose(&self) -> u8 {
        self.settings.verbose
    }

    /// Whether a person looks at stderr on a terminal.
    pub fn is_live(&self) -> bool {
        self.listener.is_none() && self.lock().terminal.live
    }

    /// The CI system.
    pub fn ci(&self) -> Ci {
        self.settings.ci
    }

    /// A result for a person: text on stdout, with a line end.
    pub fn result(&self, text: &str) {
        if !self.is_json() {
            self.lock().terminal.out(&format!("{}\n", self.masker.mask(text)));
        }
    }

    /// Whether something was printed with [`Report::raw`].
    pub fn has_printed(&self) -> bool {
        self.lock().printed
    }

    /// A result that is neither decorated nor left out in JSON mode: a script, a schema, a manifest.
    pub fn raw(&self, text: &str) {
        let mut state = self.lock();
        state.printed = true;
        state.terminal.out_bytes(self.masker.mask(text).as_bytes());
    }

    /// Keys of the one JSON document.
    pub fn document(&self, value: impl Serialize) {
        if self.is_json() {
            let map = match serde_json::to_value(value) {
                Ok(Value::Object(map)) => map,
                Ok(other) => Map::from_iter([("result".to_owned(), other)]),
                Err(error) => Map::from_iter([("result".to_owned(), error.to_string().into())]),
            };
            let mut state = self.lock();
            match &self.part {
                None => state.document.extend(map),
                Some(part) => match state.parts.iter_mut().find(|(name, _)| name == part) {
                    Some((_, known)) => known.extend(map),
                    None => state.parts.push((part.clone(), map)),
                },
            }
        }
    }

    /// One JSON line on stdout, for what streams.
    pub fn line(&self, value: &Value) {
        let mut state = self.lock();
        state.printed = true;
        state.terminal.out_bytes(format!("{}\n", self.masker.mask(&value.to_string())).as_bytes());
    }

    /// What the steps so far did, and the error if there was one, as one JSON line; the next steps begin anew.
    pub fn document_line(&self, event: &str, error: Option<&Error>) {
        let mut document = Map::from_iter([("event".to_owned(), Value::from(event))]);
        let steps = self.lock().records.drain(..).map(record::to_json).collect();
        document.insert("steps".into(), Value::Array(steps));
        document.extend(error.map(|error| ("error".to_owned(), error.json())));
        self.line(&Value::Object(document));
    }

    /// Bytes on stdout, unchanged, behind a prefix that may have colours.
    pub fn prefixed(&self, prefix: &str, bytes: &[u8]) {
        self.lock().terminal.out_prefixed(prefix, bytes);
    }

    /// A line about what happens, on stderr.
    pub fn note(&self, text: &str) {
        if let Some(listener) = &self.listener {
            listener(Said::Note(&self.masker.mask(text)));
        } else if !self.settings.quiet {
            self.lock().terminal.err(&format!("{}\n", self.masker.mask(text)));
        }
    }

    /// A question to a person, on stderr; the cursor stays behind it.
    pub fn prompt(&self, text: &str) {
        self.lock().terminal.err(&self.masker.mask(text));
    }

    /// A line about what happens, only with `-v`.
    pub fn detail(&self, text: &str) {
        if self.settings.verbose > 0 {
            self.note(&style::paint(style::DIM, text));
        }
    }

    /// A line that the next output replaces; where there is no terminal, one that stays, and only after a long silence.
    pub fn transient(&self, text: &str) {
        if !self.settings.quiet {
            self.lock().terminal.transient(&self.masker.mask(text));
        }
    }

    /// A warning on stderr.
    pub fn warn(&self, problem: &Problem) {
        if let Some(listener) = &self.listener {
            return listener(Said::Warning(problem));
        }
        let text = draw(Severity::Warning, problem, Terminal::width());
        self.lock().terminal.err(&format!("{}\n", self.masker.mask(&text)));
    }

    /// Sets how the output of the coming steps is laid out.
    pub fn layout(&self, layout: Layout) {
        self.lock().human.layout = layout;
    }

    /// Something happened to a step.
    pub fn event(&self, event: &Event) {
        let named = self.part.as_ref().map(|part| Event::new(format!("{part}:{}", event.step), event.what.clone()));
        let event = named.as_ref().unwrap_or(event);
        let mut guard = self.lock();
        let state = &mut *guard;
        record::fold(&mut state.records, event, self.keeps_output());
        if let Some(listener) = &self.listener {
            drop(guard);
            listener(Said::Event(event));
        } else if !self.is_json() {
            state.human.event(event, &mut state.terminal);
        }
    }

    /// Something happened to a step that speaks for itself: not shown, but in the JSON and JUnit reports.
    pub fn record(&self, event: &Event) {
        record::fold(&mut self.lock().records, event, self.keeps_output());
    }

    /// Whether what steps print must come through the report, as JSON and JUnit hold it.
    pub fn keeps_output(&self) -> bool {
        self.is_json() || self.settings.junit
    }

    /// For how long nothing was written to the terminal.
    pub fn silence(&self) -> Duration {
        self.lock().terminal.silence()
    }

    /// What the command found, for the JUnit report: told there instead of the steps.
    pub fn suites(&self, suites: Vec<junit::Suite>) {
        if self.settings.junit {
            self.lock().suites.extend(suites);
        }
    }

    /// The run so far as JUnit XML. `name`: the command; `began`: with `elapsed` before now.
    pub fn junit(&self, name: &str, elapsed: Duration, error: Option<&Error>) -> String {
        let state = self.lock();
        let began = (clock::timestamp() - elapsed).strftime("%Y-%m-%dT%H:%M:%S").to_string();
        junit::xml(&junit::Run { name, records: &state.records, error, elapsed, began: &began }, &state.suites, &self.masker)
    }

    /// The end: the error if there is one, the JSON document if one is wanted.
    /// Gives what went wrong while writing results, as when the disk is full.
    pub fn close(&self, error: Option<&Error>) -> Result<()> {
        let mut guard = self.lock();
        let state = &mut *guard;
        state.human.close(&mut state.terminal);
        if self.is_json() {
            self.close_json(state, error);
        } else if let Some(error) = error.filter(|error| !error.silent) {
            state.terminal.err(&self.masker.mask(&drawn(error, Terminal::width())));
        }
        match state.terminal.failure() {
            Some(fault) => Err(Error::failed(format!("can't write to stdout: {fault}"))),
            None => Ok(()),
        }
    }

    /// What is held back of the steps so far, as the output of a failed one, is shown: others may follow.
    pub fn end_of_run(&self) {
        let mut guard = self.lock();
        let state = &mut *guard;
        state.human.close(&mut state.terminal);
    }

    /// The end of a run of several tasks: what is held back, then a table of what became of them.
    pub fn summary(&self, elapsed: Duration) {
        self.end_of_run();
        if !self.is_json() && !self.settings.quiet {
            let mut state = self.lock();
            let table = summary::table(&state.records, elapsed);
            state.terminal.err(&self.masker.mask(&table));
        }
    }

    /// The steps so far are told; the next run begins anew.
    pub fn forget(&self) {
        self.lock().records.clear();
    }

    /// An error on stderr, whatever the format.
    pub fn complain(&self, error: &Error) {
        let text = drawn(error, Terminal::width());
        self.lock().terminal.err(&self.masker.mask(&text));
    }

    fn close_json(&self, state: &mut State, error: Option<&Error>) {
        let mut document = std::mem::take(&mut state.document);
        if !state.parts.is_empty() {
            let services = state.parts.drain(..).map(|(name, part)| (name.to_string(), Value::Object(part))).collect();
            document.insert("services".into(), Value::Object(services));
        }
        if !state.records.is_empty() {
            let steps = std::mem::take(&mut state.records).into_iter().map(record::to_json).collect();
            document.insert("steps".into(), Value::Array(steps));
        }
        if let Some(error) = error {
            document.insert("error".into(), error.json());
        }
        if error.is_some() || !document.is_empty() || !state.printed {
            let document = Value::Object(document);
            // After lines, one more line.
            let text = if state.printed { document.to_string() } else { format!("{document:#}") };
            state.terminal.out_bytes(format!("{}\n", self.masker.mask(&text)).as_bytes());
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An error as people see it, with colours: each problem with its place and what to do.
pub fn drawn(error: &Error, width: usize) -> String {
    error.problems.iter().flat_map(|problem| [draw(Severity::Error, problem, width), "\n".to_owned()]).collect()
}
