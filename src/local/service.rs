//! A service that runs: started in a group of its own, its output passed on, its end noticed.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use serde_json::json;

use super::announce::Announcer;
use super::output::{Output, Tail};
use super::plan::Service;
use super::show;
use super::state::State;
use crate::process::{self, Command, Exit, Stopper, cancel};
use crate::report::style::{DIM, GOOD, NAME, paint};
use crate::report::{Error, Report, Result};

/// What the thread that runs the service says.
enum Message {
    Started(Stopper),
    Ended(Result<Exit>),
}

/// A service that was started.
pub(super) struct Running {
    pub(super) service: Service,
    pub(super) begin: Instant,
    pub(super) tail: Tail,
    /// With its variables, asked for once.
    command: Command,
    silent: bool,
    program: Program,
    exit: Option<Exit>,
    /// What it left running was asked to end.
    swept: bool,
    /// None while another run of this repo keeps the file: two at once need `--port`.
    state: Option<State>,
    announcer: Option<Announcer>,
}

/// The program of a service, in a thread of its own.
struct Program {
    stopper: Stopper,
    messages: Receiver<Message>,
}

/// Starts a service. `silent`: its output is only kept.
pub(super) fn start(service: &Service, silent: bool, report: &Report) -> Result<Running> {
    let command = command(service, report)?;
    announce(service, report);
    let (tail, begin) = (Tail::default(), Instant::now());
    let program = launch(service, &command, Output::new(&service.name, report, tail.clone(), silent))?;
    let state = State::load(&service.dir).is_none().then(|| State::of_us(&service.name, service.url().as_deref()));
    if let Some(Err(error)) = state.as_ref().map(|state| state.save(&service.dir)) {
        error.problems.iter().for_each(|problem| report.warn(problem));
    }
    let announcer = Some(Announcer::new(&service.name, report));
    Ok(Running { service: service.clone(), begin, tail, command, silent, program, exit: None, swept: false, state, announcer })
}

fn launch(service: &Service, command: &Command, output: Output) -> Result<Program> {
    let (sender, messages) = channel();
    let command = command.clone();
    std::thread::spawn(move || follow(&command, output, &sender));
    match messages.recv() {
        Ok(Message::Started(stopper)) => Ok(Program { stopper, messages }),
        Ok(Message::Ended(Err(error))) => Err(error),
        Ok(Message::Ended(Ok(exit))) => Err(Error::failed(format!("{} ended: {exit}", service.name))),
        Err(_) => Err(Error::failed(format!("{} could not be started", service.name))),
    }
}

fn command(service: &Service, report: &Report) -> Result<Command> {
    let mut command = Command::new("sh", ["-eu", "-c", &service.run]).dir(&service.dir);
    for variable in &service.env {
        command = command.env(&variable.name, variable.resolve(report, process::ask)?);
    }
    command.grace = service.stop_within;
    command.service = true;
    Ok(command)
}

fn follow(command: &Command, mut output: Output, sender: &Sender<Message>) {
    // Nobody listens any more only when the program ends.
    let started = |stopper| drop(sender.send(Message::Started(stopper)));
    let ended = process::with_handle(command, started, &mut |bytes| output.push(bytes));
    output.finish();
    let _ = sender.send(Message::Ended(ended));
}

fn announce(service: &Service, report: &Report) {
    if report.is_json() {
        report.line(&json!({ "event": "started", "service": service.name, "port": service.port }));
    } else {
        let line = service.run.trim().lines().next().unwrap_or_default();
        report.note(&format!("{} {} {}", paint(NAME, "▸"), paint(NAME, &service.name), paint(DIM, line)));
    }
}

impl Running {
    /// Waits this long for its end; how it ended, when it has.
    ///
    /// # Errors
    /// When we are asked to stop.
    pub(super) fn poll(&mut self, pause: Duration) -> Result<Option<Exit>> {
        if self.exit.is_none() {
            match self.program.messages.recv_timeout(pause) {
                Ok(Message::Ended(ended)) => self.exit = Some(ended?),
                Err(RecvTimeoutError::Disconnected) => return Err(Error::failed(format!("lost contact with {}", self.service.name))),
                Ok(Message::Started(_)) | Err(RecvTimeoutError::Timeout) => self.sweep(),
            }
        }
        cancel::check()?;
        Ok(self.exit)
    }

    /// A service whose own process has ended is over, even if what it started holds its output open.
    fn sweep(&mut self) {
        if !self.swept && self.program.stopper.has_ended() {
            self.swept = true;
            self.program.stopper.stop();
        }
    }

    /// It is ready: tells other commands.
    pub(super) fn mark_ready(&mut self, ready: bool) {
        if let Some(state) = self.state.as_mut() {
            state.ready = ready;
            // That it can't be written was said at the start.
            let _ = state.save(&self.service.dir);
        }
    }

    /// It is ready: tells people and other commands.
    pub(super) fn ready(&mut self, quick: bool, report: &Report) {
        self.mark_ready(true);
        show::ready(&self.service, self.begin.elapsed(), quick, report);
    }

    /// Ends it with all that it started, and waits until it is gone.
    pub(super) fn halt(&mut self) {
        if self.exit.is_none() && cancel::requested().is_none() && !self.swept {
            self.program.stopper.stop();
        }
        // What hides from us (a daemon of its own) may hold the output open for ever.
        let end = Instant::now() + self.service.stop_within + Duration::from_secs(2);
        while self.exit.is_none() && Instant::now() < end {
            match self.program.messages.recv_timeout(Duration::from_millis(100)) {
                Ok(Message::Ended(Ok(exit))) => self.exit = Some(exit),
                Ok(Message::Ended(Err(_))) | Err(RecvTimeoutError::Disconnected) => break,
                Ok(Message::Started(_)) | Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// Starts it anew, after [`Running::halt`].
    pub(super) fn again(&mut self, report: &Report) -> Result<()> {
        let tail = Tail::default();
        let output = Output::new(&self.service.name, report, tail.clone(), self.silent);
        (self.exit, self.swept, self.begin, self.tail) = (None, false, Instant::now(), tail);
        match launch(&self.service, &self.command, output) {
            Ok(program) => self.program = program,
            Err(error) => {
                // Nothing of it runs.
                self.exit = Some(Exit::Code(1));
                return Err(error);
            }
        }
        Ok(())
    }

    /// Whether it had to be killed.
    pub(super) fn was_killed(&self) -> bool {
        self.exit == Some(Exit::Signal(9))
    }

    /// Stops it, and waits until it is gone.
    pub(super) fn stop(mut self, report: &Report) {
        let by_us = self.exit.is_none() || cancel::requested().is_some();
        self.halt();
        if let Some(state) = &self.state {
            state.remove(&self.service.dir);
        }
        drop(self.announcer.take());
        if by_us {
            self.say_stopped(report);
        }
    }

    fn say_stopped(&self, report: &Report) {
        let name = &self.service.name;
        let killed = self.was_killed();
        if report.is_json() {
            report.line(&json!({ "event": "stopped", "service": name, "killed": killed }));
        } else if self.exit.is_none() {
            report.note(&format!("  something that {name} started still holds its output open"));
        } else {
            let how = if killed { " (killed: it did not end when asked to)" } else { "" };
            report.note(&format!("{} {name} stopped{how}", paint(GOOD, "✓")));
        }
    }
}
