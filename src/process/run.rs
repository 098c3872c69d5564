//! Starts programs and waits for them: the one seam over `duct`.

use std::ffi::OsString;
use std::io::{self, Read};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};

use duct::Expression;

use super::command::Command;
use super::{cancel, find, registry, signal};
use crate::report::{Error, Kind, Result};

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// With this code.
    Code(i32),
    /// By this signal.
    Signal(u8),
    /// It ran out of its time and was stopped.
    TimedOut,
}

impl Exit {
    /// Whether it ended well.
    pub fn ok(self) -> bool {
        self == Self::Code(0)
    }

    pub(super) fn of(status: ExitStatus) -> Self {
        use std::os::unix::process::ExitStatusExt as _;
        match status.code() {
            Some(code) => Self::Code(code),
            None => Self::Signal(status.signal().and_then(|signal| u8::try_from(signal).ok()).unwrap_or(9)),
        }
    }
}

/// `exit code 3`, `SIGKILL`, `timed out`.
impl std::fmt::Display for Exit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal(signal) => write!(f, "ended by {}", crate::report::error::signal_name(*signal)),
            Self::TimedOut => f.write_str("timed out"),
        }
    }
}

/// What a captured program left.
#[derive(Clone, Debug)]
pub struct Output {
    /// How it ended.
    pub exit: Exit,
    /// What it wrote to stdout.
    pub stdout: Vec<u8>,
    /// What it wrote to stderr.
    pub stderr: Vec<u8>,
}

impl Output {
    /// stdout as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// stderr as text, without white space around it.
    pub fn complaint(&self) -> String {
        String::from_utf8_lossy(&self.stderr).trim().to_owned()
    }
}

/// Runs with our terminal: stdin, stdout and stderr are handed over. Waits for the end.
///
/// With a terminal it stays in our process group, as a program that reads keys must; without one it
/// gets a group of its own.
pub fn with_terminal(command: &Command) -> Result<Exit> {
    with_terminal_and_handle(command, |_| {})
}

/// As [`with_terminal`]; `started` is told how to stop it.
pub fn with_terminal_and_handle(command: &Command, started: impl FnOnce(Stopper)) -> Result<Exit> {
    use std::io::IsTerminal as _;
    let leads = !io::stdin().is_terminal();
    ready(command)?;
    let child = inherit(command, leads).map_err(|error| not_started(command, &error))?;
    let entry = Entry::new(command, child.pid(), leads);
    started(Stopper(entry.id));
    let status = child.wait().map_err(|error| lost(command, &error))?;
    Ok(entry.ended(Exit::of(status)))
}

/// A program that has our streams.
enum Inherit {
    Plain(std::process::Child),
    Duct(Box<duct::Handle>),
}

impl Inherit {
    fn pid(&self) -> u32 {
        match self {
            Self::Plain(child) => child.id(),
            Self::Duct(handle) => first(&handle.pids()),
        }
    }

    fn wait(self) -> io::Result<ExitStatus> {
        match self {
            Self::Plain(mut child) => child.wait(),
            Self::Duct(handle) => handle.wait().map(|output| output.status),
        }
    }
}

/// Nothing is read or written here, so nothing of duct is needed but its handling of stdin. Duct copies the
/// environment thrice for each program: for a short one, that is most of the cost (docs/architecture.md).
fn inherit(command: &Command, leads: bool) -> io::Result<Inherit> {
    if command.stdin.is_none() {
        #[expect(clippy::disallowed_methods, reason = "this is the seam")]
        let mut plain = std::process::Command::new(program(command));
        plain.args(&command.argv[1..]).envs(command.env.iter().map(|(name, value)| (name, value)));
        if let Some(dir) = &command.dir {
            plain.current_dir(dir);
        }
        if leads {
            plain.process_group(0);
        }
        match plain.spawn() {
            Err(error) if is_script(&error) => {}
            spawned => return spawned.map(Inherit::Plain),
        }
    }
    start(command, leads, |expression| expression.start()).map(|handle| Inherit::Duct(Box::new(handle)))
}

/// Runs without a terminal, in a group of its own, stdout and stderr in one stream that goes to
/// `sink` piece by piece. Waits for the end.
pub fn with_sink(command: &Command, sink: &mut dyn FnMut(&[u8])) -> Result<Exit> {
    with_handle(command, |_| {}, sink)
}

/// As [`with_sink`]; `started` is told how to stop it.
pub fn with_handle(command: &Command, started: impl FnOnce(Stopper), sink: &mut dyn FnMut(&[u8])) -> Result<Exit> {
    ready(command)?;
    let reader = start(command, true, |expression| apart(command, expression).stderr_to_stdout().reader());
    let reader = reader.map_err(|error| not_started(command, &error))?;
    let entry = Entry::new(command, first(&reader.pids()), true);
    started(Stopper(entry.id));
    let mut buffer = vec![0; 16 * 1024];
    loop {
        match (&reader).read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => sink(&buffer[..n]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(lost(command, &error)),
        }
    }
    let status = reader.try_wait().map_err(|error| lost(command, &error))?.map(|output| output.status);
    Ok(entry.ended(status.map_or(Exit::Signal(9), Exit::of)))
}

/// Runs and keeps what it writes. Waits for the end.
pub fn capture(command: &Command) -> Result<Output> {
    ready(command)?;
    let handle = start(command, true, |expression| apart(command, expression).stdout_capture().stderr_capture().start());
    let handle = handle.map_err(|error| not_started(command, &error))?;
    let entry = Entry::new(command, first(&handle.pids()), true);
    let output = handle.into_output().map_err(|error| lost(command, &error))?;
    let exit = entry.ended(Exit::of(output.status));
    cancel::check()?;
    Ok(Output { exit, stdout: output.stdout, stderr: output.stderr })
}

/// Runs and gives its stdout without the last line end.
///
/// # Errors
/// A program that ends badly is an error of kind failed, with what it wrote to stderr.
pub fn read(command: &Command) -> Result<String> {
    let output = capture(command)?;
    if !output.exit.ok() {
        let error = Error::failed(format!("`{}` failed: {}", command.program(), output.exit));
        return Err(error.note(format!("{}\n{}", command.line(), output.complaint())));
    }
    let mut text = output.text();
    text.truncate(text.trim_end_matches(['\n', '\r']).len());
    Ok(text)
}

/// What a program prints: a password manager that is asked for a value.
///
/// # Errors
/// As [`read`]; exit code 2 for an empty command.
pub fn ask(argv: &[String]) -> Result<String> {
    match argv.split_first() {
        Some((program, args)) => read(&Command::new(program, args)),
        None => Err(Error::usage("an empty command can't be asked for a value")),
    }
}

/// Stops a running program and all that it started.
#[derive(Clone, Copy, Debug)]
pub struct Stopper(u64);

impl Stopper {
    /// TERM now, KILL after its grace. Returns at once.
    pub fn stop(self) {
        registry::stop(self.0);
    }

    /// INT now, as a person who presses Ctrl-C would, KILL after its grace. Returns at once.
    pub fn interrupt(self) {
        registry::interrupt(self.0);
    }

    /// Whether the program itself has ended; what it started may still live and hold its output open.
    pub fn has_ended(self) -> bool {
        registry::has_ended(self.0)
    }
}

/// Whether anything may still be started.
pub(super) fn ready(command: &Command) -> Result<()> {
    signal::listen();
    if !command.cleanup || cancel::is_hard() {
        cancel::check()?;
    }
    if command.argv.is_empty() { Err(Error::usage("an empty command can't be run")) } else { Ok(()) }
}

/// The program; one with a relative path is in the folder where it runs.
fn program(command: &Command) -> OsString {
    let program = &command.argv[0];
    match &command.dir {
        Some(dir) if program.as_encoded_bytes().contains(&b'/') && Path::new(program).is_relative() => {
            let path = dir.join(program);
            std::path::absolute(&path).unwrap_or(path).into()
        }
        _ => program.clone(),
    }
}

/// Starts through duct. A name is looked up here, where the PATH is ours: what is started by its path needs
/// no fork, which copies what we have in memory (`posix_spawn`). A script without `#!` needs one.
pub(super) fn start<T>(command: &Command, leads: bool, run: impl Fn(Expression) -> io::Result<T>) -> io::Result<T> {
    let name = program(command);
    let known = (!command.env.iter().any(|(name, _)| name == "PATH")).then(|| find::on_path(&name)).flatten();
    if let Some(path) = known {
        match run(expression(command, path.into(), leads)) {
            Err(error) if is_script(&error) => {}
            started => return started,
        }
    }
    run(expression(command, name, leads))
}

/// The system can't run it, but a shell could.
fn is_script(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::NOEXEC.raw_os_error())
}

#[expect(clippy::disallowed_methods, reason = "this is the seam")]
fn expression(command: &Command, program: OsString, leads: bool) -> Expression {
    let (name, dir) = (command.argv[0].clone(), command.dir.clone());
    let expression = duct::cmd(program, &command.argv[1..]).unchecked().before_spawn(move |command| {
        command.arg0(&name);
        if let Some(dir) = &dir {
            command.current_dir(dir);
        }
        if leads {
            command.process_group(0);
        }
        Ok(())
    });
    // Of several values the last one counts; duct takes the one that was set first.
    let expression = command.env.iter().rev().fold(expression, |expression, (name, value)| expression.env(name, value));
    match &command.stdin {
        Some(text) => expression.stdin_bytes(text.as_str()),
        None => expression,
    }
}

/// It does not read what we could read.
fn apart(command: &Command, expression: Expression) -> Expression {
    if command.stdin.is_none() { expression.stdin_null() } else { expression }
}

pub(super) fn first(pids: &[u32]) -> u32 {
    pids.first().copied().unwrap_or(0)
}

pub(super) fn not_started(command: &Command, error: &io::Error) -> Error {
    let program = command.program();
    match error.kind() {
        io::ErrorKind::NotFound => match command.dir.as_ref().filter(|dir| !dir.is_dir()) {
            Some(dir) => Error::usage(format!("`{}` is not a folder; `{program}` was to run there", dir.display())),
            None => find::not_found(&program),
        },
        _ => Error::new(Kind::Missing, format!("`{program}` can't be started: {error}")),
    }
}

fn lost(command: &Command, error: &io::Error) -> Error {
    Error::failed(format!("lost contact with `{}`: {error}", command.program()))
}

/// Keeps a process in the registry while it lives, and stops it when its time is over.
struct Entry {
    id: u64,
    timed_out: Arc<AtomicBool>,
    _timer: Option<std::sync::mpsc::Sender<()>>,
}

impl Entry {
    fn new(command: &Command, pid: u32, leads: bool) -> Self {
        let id = registry::add(pid, leads, command);
        let timed_out = Arc::new(AtomicBool::new(false));
        let timer = command.timeout.map(|timeout| {
            let (alive, ended) = channel::<()>();
            let flag = Arc::clone(&timed_out);
            std::thread::spawn(move || {
                if ended.recv_timeout(timeout) == Err(RecvTimeoutError::Timeout) {
                    flag.store(true, Ordering::Relaxed);
                    registry::stop(id);
                }
            });
            alive
        });
        Self { id, timed_out, _timer: timer }
    }

    fn ended(self, exit: Exit) -> Exit {
        if self.timed_out.load(Ordering::Relaxed) { Exit::TimedOut } else { exit }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        registry::remove(self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_of_a_variable_counts() {
        let command = Command::new("sh", ["-c", "echo $X; test $X = c"]).env("X", "a").env("X", "b").env("X", "c");
        assert_eq!(read(&command).ok().as_deref(), Some("c"));
        assert_eq!(with_sink(&command, &mut |_| {}).ok(), Some(Exit::Code(0)));
    }
}
