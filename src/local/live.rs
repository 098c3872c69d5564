//! Live feedback: the service is restarted when its files change, whatever state it is in.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use super::crew::Crew;
use super::keys::{Asked, Keys};
use super::plan::Service;
use super::port;
use super::ready::{Outcome, await_ready};
use super::run::one_ended;
use super::service::Running;
use super::show;
use crate::process::{self, cancel};
use crate::repo::{Change, Selection, Watch};
use crate::report::style::{DIM, paint};
use crate::report::{Error, Result, text};

/// Between two looks whether all lives.
const PAUSE: Duration = Duration::from_millis(250);

/// Restarts a service when its files change.
pub(super) struct Live {
    watch: Watch,
    /// There are files to watch; else an end is the end.
    watches: bool,
    keys: Option<Keys>,
    /// Files whose change builds the image again.
    rebuild: globset::GlobSet,
    within: Duration,
    /// That it does not run was said.
    pub(super) told: bool,
}

impl Live {
    /// None when no service names files, and nobody can press a key.
    pub(super) fn of(services: &[&Service], root: &Path, on_terminal: bool) -> Result<Option<Self>> {
        let Some(service) = services.iter().find(|service| !service.watch.is_empty() || !service.rebuild.is_empty()) else {
            let watch = on_terminal.then(|| Watch::new(&[])).transpose()?;
            let keys = watch.as_ref().and_then(|watch| Keys::open(watch.waker()));
            let live =
                |watch| Self { watch, watches: false, rebuild: globset::GlobSet::empty(), within: Duration::ZERO, told: false, keys };
            return Ok(watch.map(live).filter(|live| live.keys.is_some()));
        };
        let globs = service.watch.iter().chain(&service.rebuild).cloned().collect();
        let selection = Selection { root: root.to_owned(), globs, except: Vec::new() };
        let watch = Watch::new(&[selection]).map_err(|error| error.at(service.watch_place.clone()))?;
        let mut rebuild = globset::GlobSetBuilder::new();
        // A broken one was found by the watch.
        for glob in service.rebuild.iter().filter_map(|glob| globset::Glob::new(glob).ok()) {
            rebuild.add(glob);
        }
        let rebuild = rebuild.build().unwrap_or_default();
        let keys = on_terminal.then(|| Keys::open(watch.waker())).flatten();
        Ok(Some(Self { watch, watches: true, rebuild, within: Duration::ZERO, told: false, keys }))
    }

    /// The keys that can be pressed.
    pub(super) fn hint(&self) -> &'static str {
        if self.keys.is_some() { " · r restarts it · l: lines of one service · o opens it · q stops it" } else { "" }
    }

    /// Waits for the first readiness; a change meanwhile starts the service anew.
    pub(super) fn first_ready(&mut self, crew: &mut Crew<'_>, within: Duration) -> Result<()> {
        self.within = within;
        let begin = crew.begin;
        match self.await_all(crew, begin)? {
            Outcome::Ready(_) => Ok(()),
            Outcome::Failed(error) => Err(error),
            Outcome::Changed(change) => self.restart(crew, change),
        }
    }

    fn await_all(&mut self, crew: &mut Crew<'_>, begin: Instant) -> Result<Outcome> {
        let (questions, report) = (crew.outside.questions, crew.report);
        let mut running: Vec<&mut Running> = crew.members.iter_mut().map(|(_, running)| running).collect();
        await_ready(&mut running, self.within, begin, questions, Some(&mut self.watch), report)
    }

    /// Serves until we are asked to stop.
    pub(super) fn serve(&mut self, crew: &mut Crew<'_>) -> Result<()> {
        loop {
            match one_ended(crew)? {
                None => {}
                Some(result) if !self.watches => return result,
                Some(Ok(())) => self.complain(&Error::failed(format!("{} has ended", crew.main)), crew),
                Some(Err(error)) => self.complain(&error, crew),
            }
            if let Some(change) = self.watch.wait(PAUSE)? {
                self.restart(crew, change)?;
            }
            match self.keys.as_ref().and_then(|keys| keys.handle(crew)) {
                Some(Asked::Quit) => return Ok(()),
                Some(Asked::Restart) => self.restart(crew, Change { at: Instant::now(), files: Vec::new() })?,
                None => {}
            }
        }
    }

    /// Until it is ready, or has failed with the files as they are now.
    fn restart(&mut self, crew: &mut Crew<'_>, change: Change) -> Result<()> {
        let mut next = Some(change);
        while let Some(change) = next.take() {
            next = self.once(crew, &change)?;
        }
        Ok(())
    }

    /// One restart; another change when one came before it was ready.
    fn once(&mut self, crew: &mut Crew<'_>, change: &Change) -> Result<Option<Change>> {
        show::changed(&crew.main, change, crew.report);
        self.told = false;
        crew.mark_ready(false);
        let noticed = change.at.elapsed();
        halt(crew);
        let gone = Instant::now();
        process::settle();
        cancel::check()?;
        if change.files.iter().any(|file| self.rebuild.is_match(file))
            && let Err(error) = (crew.outside.rebuild)(crew.report)
        {
            cancel::check()?;
            self.complain(&error, crew);
            return Ok(None);
        }
        let built = gone.elapsed();
        if let Err(error) = start(crew) {
            cancel::check()?;
            self.complain(&error, crew);
            return Ok(None);
        }
        let own = noticed + gone.elapsed().saturating_sub(built);
        match self.await_all(crew, Instant::now())? {
            Outcome::Ready(late) => {
                crew.mark_ready(true);
                if let Some(main) = crew.main() {
                    show::ready_again(&main.service, change, own + late, crew.report);
                }
            }
            Outcome::Failed(error) => {
                halt(crew);
                self.complain(&error, crew);
            }
            Outcome::Changed(change) => return Ok(Some(change)),
        }
        Ok(None)
    }

    /// It does not run as it is; the next change may mend it.
    fn complain(&mut self, error: &Error, crew: &mut Crew<'_>) {
        self.told = true;
        for running in crew.services() {
            running.told |= running.is_over();
        }
        crew.mark_ready(false);
        let report = crew.report;
        if report.is_json() {
            let problem = error.problems.first();
            let notes = problem.map(|problem| problem.notes.clone()).unwrap_or_default();
            report.line(&json!({ "event": "failed", "service": crew.main, "message": error.message(), "notes": notes }));
            return;
        }
        report.complain(error);
        report.note(&paint(DIM, "… waiting for changes (Ctrl-C ends)"));
    }
}

/// Stops the service and its workloads: all are asked first.
fn halt(crew: &mut Crew<'_>) {
    let report = crew.report;
    crew.services().for_each(Running::ask_to_end);
    for running in crew.services() {
        running.halt();
        if running.was_killed() {
            report.note(&paint(DIM, &format!("  {} did not end when asked to, and was killed", running.service.name)));
        }
    }
}

/// Starts them again.
fn start(crew: &mut Crew<'_>) -> Result<()> {
    let services: Vec<Service> = crew.services().map(|running| running.service.clone()).collect();
    services.iter().try_for_each(await_port)?;
    services.iter().try_for_each(|service| crew.again(service))
}

/// The port is ours again: what held it is gone.
fn await_port(service: &Service) -> Result<()> {
    let Some(number) = service.port else { return Ok(()) };
    let end = Instant::now() + service.stop_within;
    while port::is_busy(number)? {
        if Instant::now() >= end {
            let error = Error::failed(format!("port {number} is still in use after {}", text::elapsed(service.stop_within)));
            return Err(match port::owner(number) {
                Some(owner) => error.note(format!("by {owner}")),
                None => error,
            });
        }
        cancel::sleep(Duration::from_millis(5))?;
    }
    Ok(())
}
