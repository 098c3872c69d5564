//! A program to be run, as plain data: it can be printed, compared, serialised.

use std::ffi::{OsStr, OsString};
use std::fmt::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Serialize, Serializer};

/// How long a program may take to end after it was asked to, unless said otherwise.
pub const GRACE: Duration = Duration::from_secs(10);

/// A program with its arguments, folder, environment and input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Command {
    /// The program and its arguments.
    #[serde(serialize_with = "lossy")]
    pub argv: Vec<OsString>,
    /// Where it runs; none: where instep runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dir: Option<PathBuf>,
    /// Variables set over the inherited environment, weakest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<(String, String)>,
    /// What it reads on stdin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stdin: Option<String>,
    /// How long it may take to end after a signal, before it is killed.
    #[serde(skip)]
    pub grace: Duration,
    /// A service: asked to end with TERM, whatever signal we got, as in production; and what it leaves
    /// behind when it ends is stopped too.
    #[serde(skip)]
    pub service: bool,
    /// How long it may run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Duration>,
    /// It cleans up: it runs also when we were asked to stop; only a second signal ends it.
    #[serde(skip)]
    pub cleanup: bool,
}

impl Command {
    /// This program with these arguments.
    pub fn new<S: AsRef<OsStr>>(program: impl AsRef<OsStr>, args: impl IntoIterator<Item = S>) -> Self {
        let mut argv = vec![program.as_ref().to_owned()];
        argv.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        Self { argv, dir: None, env: Vec::new(), stdin: None, grace: GRACE, service: false, timeout: None, cleanup: false }
    }

    /// One more argument.
    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.argv.push(arg.as_ref().to_owned());
        self
    }

    /// More arguments.
    #[must_use]
    pub fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.argv.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// In this folder.
    #[must_use]
    pub fn dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.dir = Some(dir.into());
        self
    }

    /// With this variable.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// With this text on stdin.
    #[must_use]
    pub fn stdin(mut self, text: impl Into<String>) -> Self {
        self.stdin = Some(text.into());
        self
    }

    /// The program's name.
    pub fn program(&self) -> String {
        self.argv.first().map_or_else(String::new, |program| program.to_string_lossy().into_owned())
    }

    /// The program and its arguments as a line for a shell, without folder and variables.
    pub fn line(&self) -> String {
        self.argv.iter().map(|arg| quote(&arg.to_string_lossy())).collect::<Vec<_>>().join(" ")
    }
}

/// The line that a person would type in a POSIX shell to the same effect.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = String::new();
        for (name, value) in &self.env {
            write!(line, "{name}={} ", quote(value))?;
        }
        line.push_str(&self.line());
        if let Some(dir) = &self.dir {
            line = format!("(cd {} && {line})", quote(&dir.to_string_lossy()));
        }
        match &self.stdin {
            Some(text) => {
                let end = if text.ends_with('\n') { "" } else { "\n" };
                write!(f, "{line} <<'END_OF_INPUT'\n{text}{end}END_OF_INPUT")
            }
            None => f.write_str(&line),
        }
    }
}

/// One word for a POSIX shell.
pub fn quote(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| word.replace('\0', ""), std::borrow::Cow::into_owned)
}

fn lossy<S: Serializer>(argv: &[OsString], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(argv.iter().map(|arg| arg.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_prints_as_the_line_a_person_would_type() {
        let command = Command::new("sh", ["-c", "echo $X"]).env("X", "a b").dir("/tmp/my dir").stdin("in");
        let expected = "(cd '/tmp/my dir' && X='a b' sh -c 'echo $X') <<'END_OF_INPUT'\nin\nEND_OF_INPUT";
        assert_eq!(command.to_string(), expected);
    }
}
