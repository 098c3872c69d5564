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
    /// `--output json`: faults in the arguments are told as JSON too.
    pub json: bool,
}

impl Early {
    /// Looks through the arguments up to `--`.
    pub fn look(args: &[OsString]) -> Self {
        let mut early = Self::default();
        let mut args = args.iter().skip(1).map_while(|arg| (arg != "--").then(|| arg.to_string_lossy()));
        while let Some(arg) = args.next() {
            match arg.as_ref() {
                "-C" => early.dir = args.next().map(|dir| PathBuf::from(dir.into_owned())),
                "--output" => early.json = args.next().is_some_and(|format| format == "json"),
                "--output=json" => early.json = true,
                "--config" => early.config.extend(args.next().map(std::borrow::Cow::into_owned)),
                other => {
                    if let Some(dir) = other.strip_prefix("-C") {
                        early.dir = Some(PathBuf::from(dir));
                    } else if let Some(pair) = other.strip_prefix("--config=") {
                        early.config.push(pair.to_owned());
                    }
                }
            }
        }
        early
    }
}
