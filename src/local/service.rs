//! Something that runs: a program in a group of its own, or a container; its output passed on, its end noticed.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::time::{Duration, Instant};

use super::containers::{Containers, Handle, Order};
use super::output::{Output, Tail};
use super::plan::{Container, How, Ready, Service};
use super::run_id::{RunId, VARIABLE};
use crate::process::{self, Command, Exit, Stopper, cancel};
use crate::report::{Error, Report, Result, clock};

/// What the thread that follows it says.
enum Message {
    Started(Stopper),
    Ended(Result<Exit>),
}

/// Something that was started.
pub(super) struct Running {
    pub(super) service: Service,
    pub(super) begin: Instant,
    /// How long it took to become ready; none: it is not.
    pub(super) ready_after: Option<Duration>,
    /// What it answered before that, and how often.
    pub(super) tries: Vec<(String, usize)>,
    /// The same, in words.
    pub(super) story: String,
    pub(super) tail: Tail,
    body: Body,
    messages: Receiver<Message>,
    exit: Option<Exit>,
    /// It was asked to end, or what it left running was.
    asked: bool,
    /// Its end was told of.
    pub(super) told: bool,
}

/// As what it runs.
enum Body {
    Program { command: Command, stopper: Stopper },
    Container(Arc<dyn Handle>),
}

/// A tail that looks for what the service says when it is ready.
pub(super) fn tail(service: &Service) -> Tail {
    Tail::wanting(match &service.ready {
        Ready::Log(text) => Some(text.clone()),
        _ => None,
    })
}

impl Running {
    fn new(service: &Service, tail: Tail, body: Body, messages: Receiver<Message>) -> Self {
        let begin = Instant::now();
        Self {
            service: service.clone(),
            begin,
            ready_after: None,
            tries: Vec::new(),
            story: String::new(),
            tail,
            body,
            messages,
            exit: None,
            asked: false,
            told: false,
        }
    }

    /// Starts a program.
    pub(super) fn program(service: &Service, run: &RunId, output: Output, tail: Tail, report: &Report) -> Result<Self> {
        let command = command(service, run, report)?;
        let (stopper, messages) = launch(&service.name, &command, output)?;
        Ok(Self::new(service, tail, Body::Program { command, stopper }, messages))
    }

    /// Starts a container.
    pub(super) fn container(
        (service, container): (&Service, &Container),
        run: &RunId,
        engine: &dyn Containers,
        output: Output,
        tail: Tail,
        report: &Report,
    ) -> Result<Self> {
        let order = order(service, container, run, report)?;
        let handle = engine.start(&order).map_err(|error| error.at(service.place.clone()))?;
        let messages = follow(&handle, 0, output);
        Ok(Self::new(service, tail, Body::Container(handle), messages))
    }

    /// Follows a container that somebody else started, from `since` (seconds since 1970).
    pub(super) fn found(service: &Service, handle: Arc<dyn Handle>, since: i64, output: Output, tail: Tail) -> Self {
        let messages = follow(&handle, since, output);
        Self::new(service, tail, Body::Container(handle), messages)
    }

    /// How it ended, when it has.
    ///
    /// # Errors
    /// When it can't be followed any more, or when we are asked to stop.
    pub(super) fn poll(&mut self) -> Result<Option<Exit>> {
        self.look()?;
        cancel::check()?;
        Ok(self.exit)
    }

    fn look(&mut self) -> Result<()> {
        if self.exit.is_some() {
            return Ok(());
        }
        match self.messages.try_recv() {
            Ok(Message::Ended(ended)) => self.exit = Some(ended?),
            Err(TryRecvError::Disconnected) => return Err(Error::failed(format!("lost contact with {}", self.service.name))),
            Ok(Message::Started(_)) | Err(TryRecvError::Empty) => self.sweep(),
        }
        Ok(())
    }

    /// A program whose own process has ended is over, even if what it started holds its output open.
    fn sweep(&mut self) {
        if let Body::Program { stopper, .. } = &self.body
            && !self.asked
            && stopper.has_ended()
        {
            self.asked = true;
            stopper.stop();
        }
    }

    /// How it ended, as far as was seen.
    pub(super) fn exit(&self) -> Option<Exit> {
        self.exit
    }

    /// Whether it has ended, also while we are asked to stop.
    pub(super) fn is_over(&mut self) -> bool {
        self.look().is_err() || self.exit.is_some()
    }

    /// The container, when it is one.
    pub(super) fn handle(&self) -> Option<&Arc<dyn Handle>> {
        match &self.body {
            Body::Container(handle) => Some(handle),
            Body::Program { .. } => None,
        }
    }

    /// Asks it to end; it is killed after its grace. Returns at once.
    pub(super) fn ask_to_end(&mut self) {
        if self.exit.is_some() || std::mem::replace(&mut self.asked, true) {
            return;
        }
        match &self.body {
            // A signal has reached all programs already.
            Body::Program { stopper, .. } if cancel::requested().is_none() => stopper.stop(),
            Body::Program { .. } => {}
            Body::Container(handle) => {
                let (handle, grace) = (Arc::clone(handle), self.service.stop_within);
                // What does not stop is killed and said when it is taken away.
                std::thread::spawn(move || drop(handle.stop(grace)));
            }
        }
    }

    /// Ends it with all that it started, and waits until it is gone.
    pub(super) fn halt(&mut self) {
        self.ask_to_end();
        // What hides from us (a daemon of its own) may hold the output open for ever.
        let end = Instant::now() + self.service.stop_within + Duration::from_secs(2);
        while !self.is_over() && Instant::now() < end {
            rest();
        }
    }

    /// Starts a program anew, after [`Running::halt`].
    pub(super) fn again(&mut self, output: Output, tail: Tail) -> Result<()> {
        (self.exit, self.asked, self.told) = (None, false, false);
        (self.begin, self.tail, self.ready_after) = (Instant::now(), tail, None);
        let Body::Program { command, stopper } = &mut self.body else { return Ok(()) };
        match launch(&self.service.name, command, output) {
            Ok((new, messages)) => (*stopper, self.messages) = (new, messages),
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
        matches!(self.exit, Some(Exit::Signal(9) | Exit::Code(137)))
    }
}

/// Between two looks while something stops.
#[expect(clippy::disallowed_methods, reason = "what stops is waited for also after we were asked to stop")]
pub(super) fn rest() {
    std::thread::sleep(Duration::from_millis(4));
}

/// Seconds since 1970.
pub(super) fn seconds() -> i64 {
    clock::since_1970().as_secs().cast_signed()
}

fn launch(name: &str, command: &Command, mut output: Output) -> Result<(Stopper, Receiver<Message>)> {
    let (sender, messages) = channel();
    let command = command.clone();
    std::thread::spawn(move || {
        // Nobody listens any more only when the program ends.
        let started = |stopper| drop(sender.send(Message::Started(stopper)));
        let ended = process::with_handle(&command, started, &mut |bytes| output.push(bytes));
        output.finish();
        let _ = sender.send(Message::Ended(ended));
    });
    match messages.recv() {
        Ok(Message::Started(stopper)) => Ok((stopper, messages)),
        Ok(Message::Ended(Err(error))) => Err(error),
        Ok(Message::Ended(Ok(exit))) => Err(Error::failed(format!("{name} ended: {exit}"))),
        Err(_) => Err(Error::failed(format!("{name} could not be started"))),
    }
}

fn follow(handle: &Arc<dyn Handle>, since: i64, mut output: Output) -> Receiver<Message> {
    let (sender, messages): (Sender<Message>, _) = channel();
    let handle = Arc::clone(handle);
    std::thread::spawn(move || {
        let ended = handle.follow(since, &mut |bytes| output.push(bytes));
        output.finish();
        // Nobody listens any more only when the program ends.
        let _ = sender.send(Message::Ended(ended));
    });
    messages
}

fn command(service: &Service, run: &RunId, report: &Report) -> Result<Command> {
    let How::Program { run: line, dir } = &service.how else {
        return Err(Error::failed(format!("{} is not a program", service.name)));
    };
    let mut command = Command::new("sh", ["-eu", "-c", line]).dir(dir);
    for variable in &service.env {
        command = command.env(&variable.name, variable.resolve(report, process::ask)?);
    }
    command = command.env(VARIABLE, run.value());
    command.grace = service.stop_within;
    command.service = true;
    Ok(command)
}

fn order(service: &Service, container: &Container, run: &RunId, report: &Report) -> Result<Order> {
    let resolve = |variable: &crate::config::variables::Variable| Ok((variable.name.clone(), variable.resolve(report, process::ask)?));
    let mut labels = run.labels();
    labels.push(("instep.service".to_owned(), service.name.clone()));
    Ok(Order {
        name: container.name.clone(),
        alias: service.name.clone(),
        image: container.image.clone(),
        command: container.command.clone(),
        env: service.env.iter().map(resolve).collect::<Result<_>>()?,
        publish: service.port.zip(container.inside),
        network: container.network.clone(),
        labels,
        volumes: container.volumes.clone(),
    })
}
