//! Live feedback: the service is restarted when its files change, whatever state it is in.

use std::time::{Duration, Instant};

use serde_json::json;

use super::plan::Service;
use super::port;
use super::ready::{Outcome, Probe, await_ready};
use super::service::Running;
use super::show;
use crate::process::{self, cancel};
use crate::repo::{Change, Selection, Watch};
use crate::report::style::{DIM, paint};
use crate::report::{Error, Report, Result, text};

/// Between two looks whether the service lives.
const PAUSE: Duration = Duration::from_millis(250);

/// Restarts a service when its files change.
pub(super) struct Live<'a> {
    watch: Watch,
    probe: Probe<'a>,
    report: &'a Report,
    /// That it does not run was said.
    told: bool,
}

impl<'a> Live<'a> {
    /// None for a service that names no files.
    pub(super) fn of(service: &Service, probe: Probe<'a>, report: &'a Report) -> Result<Option<Self>> {
        if service.watch.is_empty() {
            return Ok(None);
        }
        let selection = Selection { root: service.dir.clone(), globs: service.watch.clone(), except: Vec::new() };
        let watch = Watch::new(&[selection]).map_err(|error| error.at(service.watch_place.clone()))?;
        Ok(Some(Self { watch, probe, report, told: false }))
    }

    /// Waits for the first readiness; a change meanwhile starts the service anew.
    pub(super) fn first_ready(&mut self, running: &mut Running, url: &str) -> Result<()> {
        match await_ready(running, url, self.probe, Some(&mut self.watch), self.report)? {
            Outcome::Ready(_) => running.ready(false, self.report),
            Outcome::Failed(error) => return Err(error),
            Outcome::Changed(change) => self.restart(running, change)?,
        }
        Ok(())
    }

    /// Serves until we are asked to stop.
    pub(super) fn serve(&mut self, running: &mut Running) -> Result<()> {
        loop {
            if let Some(exit) = running.poll(Duration::ZERO)?
                && !self.told
            {
                let name = &running.service.name;
                let error = Error::failed(format!("{name} ended: {exit}")).at(running.service.run_place.clone());
                self.failed(&error.note(running.tail.note(name)), running);
            }
            if let Some(change) = self.watch.wait(PAUSE)? {
                self.restart(running, change)?;
            }
        }
    }

    /// Until it is ready, or has failed with the files as they are now.
    fn restart(&mut self, running: &mut Running, change: Change) -> Result<()> {
        let mut next = Some(change);
        while let Some(change) = next.take() {
            next = self.once(running, &change)?;
        }
        Ok(())
    }

    /// One restart; another change when one came before it was ready.
    fn once(&mut self, running: &mut Running, change: &Change) -> Result<Option<Change>> {
        show::changed(&running.service, change, self.report);
        self.told = false;
        running.mark_ready(false);
        let noticed = change.at.elapsed();
        running.halt();
        let gone = Instant::now();
        if running.was_killed() {
            self.report.note(&paint(DIM, &format!("  {} did not end when asked to, and was killed", running.service.name)));
        }
        process::settle();
        cancel::check()?;
        if let Err(error) = await_port(&running.service) {
            cancel::check()?;
            self.failed(&error, running);
            return Ok(None);
        }
        running.again(self.report)?;
        let own = noticed + gone.elapsed();
        let Some(url) = running.service.ready_url().map(str::to_owned) else {
            self.ready(running, change, own);
            return Ok(None);
        };
        match await_ready(running, &url, self.probe, Some(&mut self.watch), self.report)? {
            Outcome::Ready(late) => self.ready(running, change, own + late),
            Outcome::Failed(error) => {
                running.halt();
                self.failed(&error, running);
            }
            Outcome::Changed(change) => return Ok(Some(change)),
        }
        Ok(None)
    }

    fn ready(&self, running: &mut Running, change: &Change, own: Duration) {
        running.mark_ready(true);
        show::ready_again(&running.service, change.at.elapsed(), own, self.report);
    }

    /// It does not run as it is; the next change may mend it.
    fn failed(&mut self, error: &Error, running: &mut Running) {
        self.told = true;
        running.mark_ready(false);
        let name = &running.service.name;
        if self.report.is_json() {
            let problem = error.problems.first();
            let notes = problem.map(|problem| problem.notes.clone()).unwrap_or_default();
            self.report.line(&json!({ "event": "failed", "service": name, "message": error.message(), "notes": notes }));
            return;
        }
        self.report.complain(error);
        self.report.note(&paint(DIM, "… waiting for changes (Ctrl-C ends)"));
    }
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
