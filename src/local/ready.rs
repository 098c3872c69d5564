//! Waits until a service that starts is ready.

use std::time::{Duration, Instant};

use super::service::Running;
use crate::process::Exit;
use crate::repo::{Change, Watch};
use crate::report::{Error, Kind, Report, Result, text};

const FIRST_PAUSE: Duration = Duration::from_millis(30);
/// While nothing listens; a question costs nearly nothing then.
const LONGEST_SILENT_PAUSE: Duration = Duration::from_millis(40);
/// Each question to a service that answers is a line in its log.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Why a service is not ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotReady {
    /// In words.
    pub reason: String,
    /// Something answers there, but not as it must.
    pub answers: bool,
}

/// Asks a URL once whether the service is ready; none: it is.
pub type Probe<'a> = &'a dyn Fn(&str) -> Result<Option<NotReady>>;

/// What came of the waiting.
pub(super) enum Outcome {
    /// It is ready; so long before it was asked in vain, at most.
    Ready(Duration),
    /// It ended, or took too long.
    Failed(Error),
    /// Files changed meanwhile.
    Changed(Change),
}

/// Asks until the service is ready, has ended, took too long, or until files change.
pub(super) fn await_ready(
    running: &mut Running,
    url: &str,
    probe: Probe<'_>,
    mut watch: Option<&mut Watch>,
    report: &Report,
) -> Result<Outcome> {
    let end = running.begin + running.service.ready_within;
    let mut pause = FIRST_PAUSE;
    loop {
        let exit = match &mut watch {
            None => running.poll(pause)?,
            Some(watch) => {
                if let Some(change) = watch.wait(pause)? {
                    return Ok(Outcome::Changed(change));
                }
                running.poll(Duration::ZERO)?
            }
        };
        if let Some(exit) = exit {
            return Ok(Outcome::Failed(crashed(running, exit)));
        }
        let Some(fault) = probe(url)? else {
            // Whoever answers: the service itself must live.
            return Ok(match running.poll(Duration::ZERO)? {
                Some(exit) => Outcome::Failed(crashed(running, exit)),
                None => Outcome::Ready(pause),
            });
        };
        if Instant::now() >= end {
            return Ok(Outcome::Failed(not_ready(running, url, &fault)));
        }
        report.transient(&format!("  waiting for {url}: {}", fault.reason));
        let longest = if fault.answers { LONGEST_PAUSE } else { LONGEST_SILENT_PAUSE };
        pause = (pause * 3 / 2).min(longest);
    }
}

fn crashed(running: &Running, exit: Exit) -> Error {
    let service = &running.service;
    let error = Error::failed(format!("{} ended before it was ready: {exit}", service.name)).at(service.run_place.clone());
    let error = error.note(running.tail.note(&service.name));
    if exit.ok() { error.help("a service stays in the foreground; does it put itself into the background?") } else { error }
}

fn not_ready(running: &Running, url: &str, fault: &NotReady) -> Error {
    let service = &running.service;
    let message = format!("{} was not ready within {}", service.name, text::elapsed(service.ready_within));
    let error = Error::new(Kind::TimedOut, message);
    let port = service.port.unwrap_or_default();
    let error = match (fault.answers, &service.ready_place) {
        (true, Some(place)) => error.at(Some(place.clone())).help("is the path right?"),
        (true, None) => error.help("is the path right? Add `ready = \"/…\"` to [service] if it is another one"),
        (false, _) => {
            error.at(service.run_place.clone()).help(format!("the service must listen on $PORT, which is {port}, on 0.0.0.0 or 127.0.0.1"))
        }
    };
    error.note(format!("{url}: {}", fault.reason)).note(running.tail.note(&service.name))
}
