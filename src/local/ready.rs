//! Waits until what starts is ready.

use std::io::{ErrorKind, Read as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::plan::{How, Ready, Service};
use super::port;
use super::service::Running;
use crate::process::{self, Command, Exit, cancel};
use crate::repo::{Change, Watch};
use crate::report::{Error, Kind, Report, Result, text};

const FIRST_PAUSE: Duration = Duration::from_millis(30);
/// While nothing listens; a question costs nearly nothing then.
const LONGEST_SILENT_PAUSE: Duration = Duration::from_millis(40);
/// A command costs more.
const COMMAND_PAUSE: Duration = Duration::from_millis(250);
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

impl NotReady {
    fn because(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), answers: false }
    }
}

/// What is asked over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked<'a> {
    /// The URL that tells whether it is ready.
    pub url: &'a str,
    /// Where all of it is, when it is the service that this repo is about.
    pub service: Option<String>,
}

/// Asks one service again and again whether it is ready.
pub trait Question {
    /// Asks once, for this long at most; none: it is ready.
    ///
    /// # Errors
    /// When we are asked to stop.
    fn ask(&mut self, left: Duration) -> Result<Option<NotReady>>;

    /// What was answered in vain, and how often.
    fn tries(&self) -> &[(String, usize)];

    /// The same as a text, with what came at last; empty when the first answer was right.
    fn story(&self) -> String;
}

/// How a service is asked.
pub type Questions<'a> = &'a dyn Fn(&Asked<'_>) -> Result<Box<dyn Question>>;

/// What came of the waiting.
pub(super) enum Outcome {
    /// All are ready; so long before one was asked in vain, at most.
    Ready(Duration),
    /// One ended, or all took too long.
    Failed(Error),
    /// Files changed meanwhile.
    Changed(Change),
}

/// When to ask next.
struct Pace {
    at: usize,
    next: Instant,
    pause: Duration,
    fault: NotReady,
    /// What asks over HTTP, once it was needed.
    question: Option<Box<dyn Question>>,
}

/// Asks until all are ready, one has ended, the time is over, or files change.
pub(super) fn await_ready(
    running: &mut [&mut Running],
    within: Duration,
    begin: Instant,
    questions: Questions<'_>,
    mut watch: Option<&mut Watch>,
    report: &Report,
) -> Result<Outcome> {
    let now = Instant::now();
    let first = |(at, one): (usize, &&mut Running)| Pace {
        at,
        next: now + if one.handle().is_some() { Duration::ZERO } else { FIRST_PAUSE },
        pause: FIRST_PAUSE,
        fault: NotReady::because("it was not asked yet"),
        question: None,
    };
    let mut pending: Vec<Pace> = running.iter().enumerate().filter(|(_, one)| one.ready_after.is_none()).map(first).collect();
    let mut late = Duration::ZERO;
    loop {
        let mut at = 0;
        while let Some(pace) = pending.get_mut(at) {
            let one = &mut *running[pace.at];
            match ask(one, pace, questions, within.saturating_sub(begin.elapsed()))? {
                State::Ready => {
                    late = late.max(pace.pause);
                    one.ready_after = Some(one.begin.elapsed());
                    pending.remove(at);
                    continue;
                }
                State::Crashed(exit) => return Ok(Outcome::Failed(crashed(one, exit))),
                State::NotYet => {}
            }
            at += 1;
        }
        let Some(slowest) = pending.first() else { return Ok(Outcome::Ready(late)) };
        let one = &*running[slowest.at];
        if begin.elapsed() >= within {
            return Ok(Outcome::Failed(not_ready(one, within, slowest)));
        }
        report.transient(&format!("  waiting for {}: {}", target(&one.service), slowest.fault.reason));
        let next = pending.iter().map(|pace| pace.next).min().unwrap_or(now);
        let pause = next.saturating_duration_since(Instant::now()).min(LONGEST_SILENT_PAUSE);
        match &mut watch {
            Some(watch) => {
                if let Some(change) = watch.wait(pause)? {
                    return Ok(Outcome::Changed(change));
                }
            }
            None => cancel::sleep(pause)?,
        }
    }
}

enum State {
    Ready,
    NotYet,
    Crashed(Exit),
}

fn ask(one: &mut Running, pace: &mut Pace, questions: Questions<'_>, left: Duration) -> Result<State> {
    if one.service.ready == Ready::Runs {
        return Ok(State::Ready);
    }
    if let Some(exit) = one.poll()? {
        // Compose does not say which of its services are there to end.
        let may_end = one.service.ready == Ready::Done || matches!(one.service.how, How::Composed { .. });
        return Ok(if may_end && exit.ok() { State::Ready } else { State::Crashed(exit) });
    }
    if Instant::now() < pace.next {
        return Ok(State::NotYet);
    }
    let Some(fault) = fault(one, pace, questions, left)? else {
        if let Some(question) = &pace.question {
            (one.tries, one.story) = (question.tries().to_vec(), question.story());
        }
        // Whoever answers: the service itself must live.
        return Ok(one.poll()?.map_or(State::Ready, State::Crashed));
    };
    let longest = match &one.service.ready {
        _ if fault.answers => LONGEST_PAUSE,
        Ready::Command(_) => COMMAND_PAUSE,
        _ => LONGEST_SILENT_PAUSE,
    };
    pace.pause = (pace.pause * 3 / 2).min(longest);
    pace.next = Instant::now() + pace.pause;
    pace.fault = fault;
    Ok(State::NotYet)
}

/// Why it is not ready; none: it is.
fn fault(one: &Running, pace: &mut Pace, questions: Questions<'_>, left: Duration) -> Result<Option<NotReady>> {
    let service = &one.service;
    match (&service.ready, one.handle()) {
        (Ready::Http(url), _) => {
            let question = match pace.question.take() {
                Some(question) => question,
                None => questions(&Asked { url, service: service.url().filter(|_| service.is_main()) })?,
            };
            pace.question.insert(question).ask(left)
        }
        (Ready::Tcp, _) => Ok(service.port.and_then(connect)),
        (Ready::Log(text), _) => Ok((!one.tail.seen()).then(|| NotReady::because(format!("it has not written `{text}`")))),
        (Ready::Command(line), Some(handle)) => {
            let shell = ["sh", "-c", line].map(str::to_owned);
            Ok(handle.exec(&shell)?.err().map(|said| NotReady::because(format!("`{line}` fails: {said}"))))
        }
        (Ready::Command(line), None) => on_host(line, service),
        (Ready::Health, Some(handle)) => Ok(match handle.health()? {
            Some(health) => health.err().map(NotReady::because),
            None => service.port.and_then(connect),
        }),
        (Ready::Done, _) => Ok(Some(NotReady::because("it has not ended yet"))),
        (Ready::Health | Ready::Runs, _) => Ok(None),
    }
}

fn on_host(line: &str, service: &Service) -> Result<Option<NotReady>> {
    let mut command = Command::new("sh", ["-c", line]);
    command.timeout = Some(Duration::from_secs(10));
    if let How::Program { dir, .. } = &service.how {
        command = command.dir(dir);
    }
    if let Some(port) = service.port {
        command = command.env("PORT", port.to_string());
    }
    let output = process::capture(&command)?;
    Ok((!output.exit.ok()).then(|| NotReady::because(format!("`{line}` fails: {}", output.exit))))
}

/// Why nobody serves there. What forwards a port for a container takes every connection, and closes it at
/// once while nobody listens behind it.
fn connect(port: u16) -> Option<NotReady> {
    const PATIENCE: Duration = Duration::from_millis(150);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let said = TcpStream::connect_timeout(&address, PATIENCE).and_then(|mut stream| {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.read(&mut [0; 1])
    });
    match said {
        Ok(0) => Some(NotReady::because(format!("port {port} closes at once"))),
        Ok(_) => None,
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => None,
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => Some(NotReady::because(format!("nothing listens on port {port}"))),
        Err(error) => Some(NotReady::because(format!("port {port}: {error}"))),
    }
}

fn target(service: &Service) -> &str {
    match &service.ready {
        Ready::Http(url) => url,
        _ => &service.name,
    }
}

fn crashed(running: &Running, exit: Exit) -> Error {
    let service = &running.service;
    let what = if service.ready == Ready::Done { "failed" } else { "ended before it was ready" };
    let error = Error::failed(format!("{} {what}: {exit}", service.name)).at(service.place.clone());
    let error = error.note(running.tail.note(&service.name));
    // Somebody took it behind our look at it.
    let port = service.port.filter(|_| matches!(service.how, How::Program { .. }));
    let holder = port.and_then(|number| Some(format!("port {number} is in use by {}", port::owner(number)?)));
    let error = holder.into_iter().fold(error, Error::note);
    match &service.how {
        How::Program { .. } if exit.ok() => error.help("a service stays in the foreground; does it put itself into the background?"),
        How::Container(_) if exit.ok() => error.help("if it is to run to its end before the service starts, add `once = true` to it"),
        _ => error,
    }
}

fn not_ready(running: &Running, within: Duration, pace: &Pace) -> Error {
    let (service, fault) = (&running.service, &pace.fault);
    let message = format!("{} was not ready within {}", service.name, text::elapsed(within));
    let error = Error::new(Kind::TimedOut, message);
    let port = service.port.unwrap_or_default();
    let error = match (&service.how, &service.ready, fault.answers, &service.ready_place) {
        (How::Program { .. }, Ready::Http(_), false, _) => {
            error.at(service.place.clone()).help(format!("the service must listen on $PORT, which is {port}, on 0.0.0.0 or 127.0.0.1"))
        }
        (_, Ready::Http(_), true, None) => error.help("is the path right? Add `ready = \"/…\"` to [service] if it is another one"),
        (_, Ready::Http(_), true, Some(place)) => error.at(Some(place.clone())).help("is the path right?"),
        (_, _, _, place) => error.at(place.clone().or_else(|| service.place.clone())),
    };
    let story = pace.question.as_ref().map(|question| question.story()).filter(|story| !story.is_empty());
    let story = story.map(|story| format!(" ({story})")).unwrap_or_default();
    error.note(format!("{}: {}{story}", target(service), fault.reason)).note(running.tail.note(&service.name))
}
