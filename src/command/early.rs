//! What must be known before the arguments can be parsed, because the repo's tasks are part of the
//! command line: where the repo is, and which keys are overridden.

use std::ffi::OsString;
use std::path::PathBuf;

/// Options found by a quick look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Early {
    /// `-C DIR`.
    pub dir: Option<PathBuf>,
    /// `--config KEY=VALUE`.
    pub config: Vec<String>,
    /// `--service NAME`.
    pub service: Option<String>,
    /// The first word that is no option: the command or task, and where it stands.
    pub word: Option<(usize, String)>,
    /// Help or the version is asked for before any command.
    pub help: bool,
    /// `--output json`: faults in the arguments are told as JSON too.
    pub json: bool,
}

impl Early {
    /// Looks through the arguments up to `--`.
    pub fn look(args: &[OsString]) -> Self {
        let mut early = Self::default();
        let mut args = args.iter().enumerate().skip(1).map_while(|(at, arg)| (arg != "--").then(|| (at, arg.to_string_lossy())));
        while let Some((at, arg)) = args.next() {
            let mut value = || args.next().map(|(_, value)| value.into_owned());
            match arg.as_ref() {
                "-C" => early.dir = value().map(PathBuf::from),
                "--output" => early.json = value().is_some_and(|format| format == "json"),
                "--output=json" => early.json = true,
                "--config" => early.config.extend(value()),
                "--service" => early.service = value(),
                "--color" | "--jobs" | "--env" | "-e" => drop(value()),
                "--help" | "--version" => early.help |= early.word.is_none(),
                word if !word.starts_with('-') && early.word.is_none() => early.word = Some((at, word.to_owned())),
                other => {
                    if let Some(dir) = other.strip_prefix("-C") {
                        early.dir = Some(PathBuf::from(dir));
                    } else if let Some(pair) = other.strip_prefix("--config=") {
                        early.config.push(pair.to_owned());
                    } else if let Some(name) = other.strip_prefix("--service=") {
                        early.service = Some(name.to_owned());
                    } else if other.starts_with('-') && !other.starts_with("--") && other.contains(['h', 'V']) {
                        early.help |= early.word.is_none();
                    }
                }
            }
        }
        early
    }
}
