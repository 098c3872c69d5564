//! `[run-local]` as it holds.

use std::path::PathBuf;
use std::time::Duration;

use super::read::Read;
use super::{EnvValue, Scope};
use crate::report::{Error, Place, Result};

/// How the service runs on this machine.
#[derive(Clone, Debug)]
pub struct RunLocal {
    /// The shell line.
    pub run: Option<String>,
    /// Where it is written.
    pub place: Option<Place>,
    /// The compose file.
    pub compose: Option<PathBuf>,
    /// Containers beside it.
    pub companions: Vec<Companion>,
    /// Services of an environment.
    pub forward: Vec<Forward>,
    /// A local Prometheus scrapes it.
    pub metrics: bool,
    /// Variables.
    pub env: Vec<(String, EnvValue)>,
    /// Files with variables, weakest first.
    pub env_files: Vec<PathBuf>,
    /// How it tells that it is ready; none: by the service's ready path.
    pub ready: Option<Signal>,
    /// How long all of it may take to become ready.
    pub ready_within: Duration,
    /// How long it may take to stop.
    pub stop_within: Duration,
    /// Globs of files whose change restarts it.
    pub watch: Vec<String>,
    /// Globs of files whose change builds the image again.
    pub rebuild: Vec<String>,
    /// Folders, and where the container sees them.
    pub sync: Vec<(PathBuf, String)>,
}

/// A container beside the service.
#[derive(Clone, Debug)]
pub struct Companion {
    /// Its key, and its name in the network.
    pub name: String,
    /// The image.
    pub image: String,
    /// Where it is written.
    pub place: Option<Place>,
    /// Program and arguments.
    pub command: Vec<String>,
    /// Variables.
    pub env: Vec<(String, EnvValue)>,
    /// The port it serves.
    pub port: Option<u16>,
    /// How it tells that it is ready.
    pub ready: Option<Signal>,
    /// It runs to its end before the service starts.
    pub once: bool,
    /// How long it may take to stop.
    pub stop_within: Duration,
    /// `SOURCE:PATH`, a folder as an absolute path.
    pub volumes: Vec<String>,
}

/// How something tells that it is ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// A shell line that ends with 0.
    Command(String),
    /// A text in a line that it writes.
    Log(String),
    /// A path that answers with 2xx.
    Path(String),
    /// Its port takes connections.
    Tcp,
}

/// A service of an environment.
#[derive(Clone, Debug)]
pub struct Forward {
    /// The variable that gets its URL.
    pub variable: String,
    /// The environment.
    pub environment: String,
    /// Where it is written.
    pub place: Option<Place>,
    /// The service.
    pub service: String,
    /// Its port.
    pub port: u16,
}

impl RunLocal {
    /// Reads `[run-local]`.
    pub fn of(scope: &Scope) -> Result<Self> {
        let read = scope.read("run-local");
        let sync = read.pairs("sync")?.into_iter().map(|(folder, path)| (scope.root().join(folder), path)).collect();
        Ok(Self {
            run: read.words("run").into_iter().next(),
            place: read.place("run"),
            compose: read.has("compose").then(|| read.path_of("compose")).transpose()?,
            companions: read.tables("companions").into_iter().map(|(name, table)| companion(name, &table)).collect::<Result<_>>()?,
            forward: read.tables("forward").into_iter().map(|(name, table)| forward(name, &table)).collect::<Result<_>>()?,
            metrics: read.flag("metrics"),
            env: read.env("env")?,
            env_files: Self::env_files(scope)?,
            ready: signal(&read)?,
            ready_within: read.duration("ready-within"),
            stop_within: read.duration("stop-within"),
            watch: read.texts("watch")?,
            rebuild: read.texts("rebuild")?,
            sync,
        })
    }

    /// The files with variables, weakest first.
    ///
    /// # Errors
    /// Templates with faults.
    pub fn env_files(scope: &Scope) -> Result<Vec<PathBuf>> {
        let read = scope.read("run-local");
        let file = |(text, origin): (&str, &super::node::Origin)| Ok(origin.source.dir.join(scope.eval(text, origin)?));
        read.strings("env-files").into_iter().map(file).collect()
    }

    /// The companions, before anything else is evaluated: what is in `env` may ask where they are.
    pub fn companions(scope: &Scope) -> Result<Vec<Companion>> {
        scope.read("run-local").tables("companions").into_iter().map(|(name, table)| companion(name, &table)).collect()
    }
}

fn companion(name: &str, read: &Read<'_>) -> Result<Companion> {
    Ok(Companion {
        name: name.to_owned(),
        image: read.text_needed("image", "\"postgres:16\"")?,
        place: read.place("image"),
        command: read.texts("command")?,
        env: read.env("env")?,
        port: read.port("port"),
        ready: signal(read)?,
        once: read.flag("once"),
        stop_within: read.duration("stop-within"),
        volumes: volumes(read)?,
    })
}

/// A folder is meant from where the file is.
fn volumes(read: &Read<'_>) -> Result<Vec<String>> {
    let volume = |(text, origin): (&str, &super::node::Origin)| {
        let text = read.scope().eval(text, origin)?;
        match text.split_once(':') {
            Some((source, path)) if source.starts_with('.') => Ok(format!("{}:{path}", clean(&origin.source.dir.join(source)).display())),
            Some(_) => Ok(text),
            None => Err(Error::usage(format!("`{text}` has no path in the container"))
                .at(origin.place(""))
                .help(format!("write `NAME:{text}`"))),
        }
    };
    read.strings("volumes").into_iter().map(volume).collect()
}

/// Without `.` in the middle.
fn clean(path: &std::path::Path) -> PathBuf {
    path.components().collect()
}

fn forward(variable: &str, read: &Read<'_>) -> Result<Forward> {
    Ok(Forward {
        variable: variable.to_owned(),
        environment: read.text("environment")?,
        place: read.place("environment"),
        service: read.text("service")?,
        port: read.port("port").unwrap_or_default(),
    })
}

/// `ready`: a shell line, or a table with one key.
fn signal(read: &Read<'_>) -> Result<Option<Signal>> {
    let table = read.table("ready");
    if !table.exists() {
        return Ok(read.text_opt("ready")?.map(Signal::Command));
    }
    let mut found: Vec<Signal> = Vec::new();
    found.extend(table.text_opt("command")?.map(Signal::Command));
    found.extend(table.text_opt("log")?.map(Signal::Log));
    found.extend(table.text_opt("path")?.map(Signal::Path));
    found.extend(table.flag("tcp").then_some(Signal::Tcp));
    match <[Signal; 1]>::try_from(found) {
        Ok([one]) => Ok(Some(one)),
        Err(found) => Err(Error::usage(format!("`{}` needs one of command, log, path and tcp, and has {}", table.path, found.len()))
            .at(read.place("ready"))
            .help("write ready = { log = \"ready to accept connections\" }, say")),
    }
}
