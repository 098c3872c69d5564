//! The way out to the terminal, and the words for what is said: errors, events, texts, tables.

pub mod ci;
pub mod error;
pub mod event;
mod human;
pub mod masker;
mod snippet;
pub mod style;
pub mod table;
mod terminal;
pub mod text;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anstream::ColorChoice;
use serde::Serialize;
use serde_json::{Map, Value, json};

pub use self::ci::Ci;
pub use self::error::{Error, Kind, Place, Problem, Result};
pub use self::event::{Event, What};
use self::human::Human;
pub use self::human::Layout;
pub use self::masker::Masker;
use self::snippet::{Severity, draw};
use self::terminal::Terminal;

/// How results are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Human,
    /// One JSON document on stdout.
    Json,
}

/// What the user asked of the output.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// Human or JSON.
    pub format: Format,
    /// When to colour.
    pub color: ColorChoice,
    /// 0 normal, 1 or 2 more.
    pub verbose: u8,
    /// Only results and errors.
    pub quiet: bool,
    /// The CI system.
    pub ci: Ci,
}

/// The way out to the terminal. Cheap to clone, safe to share between threads.
#[derive(Clone)]
pub struct Report {
    settings: Settings,
    /// Hides the secrets of this run.
    pub masker: Masker,
    state: Arc<Mutex<State>>,
}

struct State {
    terminal: Terminal,
    human: Human,
    document: Map<String, Value>,
    steps: Vec<(String, Map<String, Value>)>,
    printed: bool,
}

impl Report {
    /// A report with these settings.
    pub fn new(settings: Settings) -> Self {
        let human = Human::new(settings.ci, settings.quiet);
        let state = State { terminal: Terminal::new(settings.color), human, document: Map::new(), steps: Vec::new(), printed: false };
        Self { settings, masker: Masker::default(), state: Arc::new(Mutex::new(state)) }
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
        self.lock().terminal.live
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

    /// A result that is neither decorated nor left out in JSON mode: a script, a schema, a manifest.
    pub fn raw(&self, text: &str) {
        let mut state = self.lock();
        state.printed = true;
        state.terminal.out_bytes(self.masker.mask(text).as_bytes());
    }

    /// Keys of the one JSON document.
    pub fn document(&self, value: impl Serialize) {
        if self.is_json() {
            match serde_json::to_value(value) {
                Ok(Value::Object(map)) => self.lock().document.extend(map),
                Ok(other) => drop(self.lock().document.insert("result".into(), other)),
                Err(error) => drop(self.lock().document.insert("result".into(), error.to_string().into())),
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
        let steps = self.lock().steps.drain(..).map(|(_, step)| Value::Object(step)).collect();
        document.insert("steps".into(), Value::Array(steps));
        document.extend(error.map(|error| ("error".to_owned(), error_json(error))));
        self.line(&Value::Object(document));
    }

    /// A line about what happens, on stderr.
    pub fn note(&self, text: &str) {
        if !self.settings.quiet {
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

    /// A line that the next output replaces; nothing where there is no terminal.
    pub fn transient(&self, text: &str) {
        let mut state = self.lock();
        if state.terminal.live && !self.settings.quiet {
            state.terminal.transient(&self.masker.mask(text));
        }
    }

    /// A warning on stderr.
    pub fn warn(&self, problem: &Problem) {
        let text = draw(Severity::Warning, problem, Terminal::width());
        self.lock().terminal.err(&format!("{}\n", self.masker.mask(&text)));
    }

    /// Sets how the output of the coming steps is laid out.
    pub fn layout(&self, layout: Layout) {
        self.lock().human.layout = layout;
    }

    /// Something happened to a step.
    pub fn event(&self, event: &Event) {
        let mut guard = self.lock();
        let state = &mut *guard;
        if self.is_json() {
            record(&mut state.steps, event);
        } else {
            state.human.event(event, &mut state.terminal);
        }
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

    /// An error on stderr, whatever the format.
    pub fn complain(&self, error: &Error) {
        let text = drawn(error, Terminal::width());
        self.lock().terminal.err(&self.masker.mask(&text));
    }

    fn close_json(&self, state: &mut State, error: Option<&Error>) {
        let mut document = std::mem::take(&mut state.document);
        if !state.steps.is_empty() {
            let steps = state.steps.drain(..).map(|(_, step)| Value::Object(step)).collect();
            document.insert("steps".into(), Value::Array(steps));
        }
        if let Some(error) = error {
            document.insert("error".into(), error_json(error));
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

/// Folds an event into the record of its step.
fn record(steps: &mut Vec<(String, Map<String, Value>)>, event: &Event) {
    let at = steps.iter().position(|(id, _)| *id == event.step).unwrap_or_else(|| {
        let step = Map::from_iter([("id".to_owned(), Value::from(event.step.clone()))]);
        steps.push((event.step.clone(), step));
        steps.len() - 1
    });
    let step = &mut steps[at].1;
    let mut set = |key: &str, value: Value| drop(step.insert(key.to_owned(), value));
    match &event.what {
        What::Started { title } => set("title", json!(title)),
        What::Output { bytes } => {
            let text = format!("{}{}", step.get("output").and_then(Value::as_str).unwrap_or_default(), String::from_utf8_lossy(bytes));
            step.insert("output".to_owned(), text.into());
        }
        What::Progress { .. } => {}
        What::Finished { elapsed } => {
            set("outcome", json!("done"));
            set("seconds", json!(round(elapsed.as_secs_f64())));
        }
        What::Skipped { reason } => {
            set("outcome", json!("skipped"));
            set("reason", json!(reason));
        }
        What::Failed { reason, elapsed } => {
            set("outcome", json!("failed"));
            set("reason", json!(reason));
            set("seconds", json!(round(elapsed.as_secs_f64())));
        }
    }
}

fn round(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

fn error_json(error: &Error) -> Value {
    let problems: Vec<Value> = error
        .problems
        .iter()
        .map(|problem| {
            json!({
                "message": problem.message,
                "file": problem.place.as_ref().map(|place| place.file.to_string()),
                "line": problem.place.as_ref().map(Place::line),
                "notes": problem.notes,
                "help": problem.help,
            })
        })
        .collect();
    json!({ "kind": error.kind.name(), "exit-code": error.kind.exit_code(), "message": error.message(), "problems": problems })
}
