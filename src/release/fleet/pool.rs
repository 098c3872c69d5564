//! The same for many, some at once: what each is at in one table that changes, what it said where it failed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::process::cancel;
use crate::report::style::{NAME, paint};
use crate::report::table::columns;
use crate::report::{Error, Event, Kind, Problem, Report, Result, Said, What, text};

/// How much at once, and for how long after failures.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// At most so many at once.
    pub parallel: usize,
    /// Nothing more is begun after so many failures; 0: all is begun.
    pub failures: usize,
}

/// How it went with one.
#[derive(Clone, Debug)]
pub enum Ended<T> {
    /// Well.
    Done(T, Duration),
    /// Not well.
    Failed(Error, Duration),
    /// It was not begun.
    Left,
}

/// What runs, and what is shown of it.
struct Board {
    report: Report,
    running: Mutex<Vec<Running>>,
}

/// One that runs.
struct Running {
    name: String,
    begin: Instant,
    line: String,
    /// What it said for a person; told only if it fails.
    said: Vec<Spoken>,
}

enum Spoken {
    Note(String),
    Warning(Problem),
}

/// Gives what `work` makes of each item, at most `parallel` at once; none for those that were not begun, since
/// `go_on` said no or the run was asked to stop.
pub fn map<I: Sync, T: Send>(
    items: &[I],
    parallel: usize,
    go_on: impl Fn() -> bool + Sync,
    work: impl Fn(&I) -> T + Sync,
) -> Vec<Option<T>> {
    let next = AtomicUsize::new(0);
    let ended: Vec<Mutex<Option<T>>> = items.iter().map(|_| Mutex::new(None)).collect();
    let worker = || {
        while go_on() && cancel::requested().is_none() {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { return };
            *lock(&ended[at]) = Some(work(item));
        }
    };
    thread::scope(|scope| (0..parallel.min(items.len())).for_each(|_| drop(scope.spawn(worker))));
    ended.into_iter().map(|one| one.into_inner().unwrap_or_else(PoisonError::into_inner)).collect()
}

/// Runs `work` for each of the named, as many at once as the limits allow. What each says goes into one table; of
/// those that fail all of it is told when they end.
pub fn each<I: Sync, T: Send>(
    items: &[(String, I)],
    title: &str,
    limits: Limits,
    report: &Report,
    work: impl Fn(&I, &Report) -> Result<T> + Sync,
) -> Vec<Ended<T>> {
    let board = Arc::new(Board { report: report.clone(), running: Mutex::default() });
    let failed = AtomicUsize::new(0);
    let go_on = || limits.failures == 0 || failed.load(Ordering::Relaxed) < limits.failures;
    let one = |(name, item): &(String, I)| {
        let (begin, quiet) = (Instant::now(), Board::begin(&board, name, title));
        let result = work(item, &quiet);
        failed.fetch_add(usize::from(result.is_err()), Ordering::Relaxed);
        board.end(name, result.as_ref().err());
        match result {
            Ok(value) => Ended::Done(value, begin.elapsed()),
            Err(error) => Ended::Failed(error, begin.elapsed()),
        }
    };
    map(items, limits.parallel, go_on, one).into_iter().map(|ended| ended.unwrap_or(Ended::Left)).collect()
}

/// The one error of all that failed: its kind where they agree, else the plain failure; what is broken counts most.
pub fn joined(failures: &[(&str, &Error)]) -> Result<()> {
    let kinds: Vec<Kind> = failures.iter().map(|(_, error)| error.kind).collect();
    let Some(first) = kinds.first() else { return Ok(()) };
    let signal = kinds.iter().find(|kind| matches!(kind, Kind::Signal(_)));
    let kind = match signal {
        Some(signal) => *signal,
        None if kinds.contains(&Kind::Broken) => Kind::Broken,
        None if kinds.iter().all(|kind| kind == first) => *first,
        None => Kind::Failed,
    };
    let told = failures.iter().filter(|(_, error)| !error.silent).flat_map(|(name, error)| {
        error.problems.iter().map(move |problem| Problem { message: format!("{name}: {}", problem.message), ..problem.clone() })
    });
    let problems: Vec<Problem> = told.collect();
    Err(Error { silent: problems.is_empty(), ..Error::of(kind, problems) })
}

impl Board {
    /// One more runs; what it is to report to.
    fn begin(board: &Arc<Self>, name: &str, title: &str) -> Report {
        board.report.event(&Event::new(name, What::Started { title: title.to_owned() }));
        let one = Running { name: name.to_owned(), begin: Instant::now(), line: title.to_owned(), said: Vec::new() };
        lock(&board.running).push(one);
        let (owner, told) = (name.to_owned(), Arc::clone(board));
        board.report.told_to(name, Arc::new(move |said| told.hear(&owner, said)))
    }

    fn hear(&self, name: &str, said: Said<'_>) {
        let mut running = lock(&self.running);
        let Some(one) = running.iter_mut().find(|one| one.name == name) else { return };
        match said {
            Said::Event(event) => match &event.what {
                What::Started { title } => one.line.clone_from(title),
                What::Progress { message } => one.line.clone_from(message),
                _ => {}
            },
            Said::Note(text) => one.said.push(Spoken::Note(text.to_owned())),
            Said::Warning(problem) => one.said.push(Spoken::Warning(problem.clone())),
        }
        self.draw(&running);
    }

    fn end(&self, name: &str, error: Option<&Error>) {
        let mut running = lock(&self.running);
        let Some(at) = running.iter().position(|one| one.name == name) else { return };
        let one = running.remove(at);
        let elapsed = one.begin.elapsed();
        match error {
            None => self.report.event(&Event::new(name, What::Finished { elapsed })),
            Some(error) => {
                self.report.event(&Event::new(name, What::Failed { reason: error.message().to_owned(), elapsed }));
                for spoken in &one.said {
                    match spoken {
                        Spoken::Note(text) => self.report.note(text),
                        Spoken::Warning(problem) => self.report.warn(problem),
                    }
                }
            }
        }
        self.draw(&running);
    }

    /// One line for each that runs.
    fn draw(&self, running: &[Running]) {
        if !self.report.is_live() || self.report.is_json() || running.is_empty() {
            return;
        }
        let row = |one: &Running| vec![paint(NAME, &one.name), text::elapsed(one.begin.elapsed()), one.line.clone()];
        self.report.transient(columns(&running.iter().map(row).collect::<Vec<_>>(), 2).trim_end());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
