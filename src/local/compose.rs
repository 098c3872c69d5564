//! The repo's compose file, through whichever program understands it.

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::containers::{Containers, Listed};
use super::output::{Only, Outputs, Tail};
use super::plan::{Endpoint, How, Ready, Service};
use crate::process::{self, Command};
use crate::report::style::{DIM, NAME, paint};
use crate::report::{Error, Report, Result};

/// What compose makes has these labels; all its programs agree on them.
const PROJECT: &str = "com.docker.compose.project";
const SERVICE: &str = "com.docker.compose.service";

/// A compose file, and the program for it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Compose {
    /// The program and its first words.
    pub program: Program,
    /// The file.
    pub file: PathBuf,
    /// The repo's folder.
    pub dir: PathBuf,
    /// How long its services may take to stop.
    #[serde(skip)]
    pub stop_within: Duration,
    /// How long all may take to become ready.
    #[serde(skip)]
    pub ready_within: Duration,
    /// The service itself, when it is one of those in the file.
    #[serde(skip)]
    pub main: Option<Main>,
}

/// The service itself: who serves on its port.
#[derive(Clone, Debug)]
pub struct Main {
    /// Its port.
    pub port: u16,
    /// How it tells that it is ready.
    pub ready: Ready,
    /// Where people look at it.
    pub endpoints: Vec<Endpoint>,
}

/// `docker compose`, `docker-compose`, `podman compose` or `podman-compose`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Program(Vec<String>);

impl Program {
    /// The first that is there.
    ///
    /// # Errors
    /// Exit code 7 with the ways to get one.
    pub fn find() -> Result<Self> {
        for words in [&["docker", "compose"][..], &["docker-compose"], &["podman", "compose"], &["podman-compose"]] {
            let program = Self(words.iter().map(|word| (*word).to_owned()).collect());
            let version = if words.len() == 1 { "--version" } else { "version" };
            let asked = process::exists(words[0]).then(|| process::capture(&program.command(&[version])));
            if asked.transpose()?.is_some_and(|output| output.exit.ok()) {
                return Ok(program);
            }
        }
        Err(Error::missing("no program for compose files is there")
            .note("looked for `docker compose`, `docker-compose`, `podman compose`, `podman-compose`")
            .help("`sudo apt-get install docker-compose-plugin`, or docker-compose; with Docker Desktop it is there"))
    }

    fn command(&self, args: &[&str]) -> Command {
        Command::new(&self.0[0], &self.0[1..]).args(args)
    }
}

impl Compose {
    /// The program with the file, and these words.
    pub(super) fn command(&self, args: &[&str]) -> Command {
        let mut command = self.program.command(&["--file"]).arg(&self.file).args(args);
        command.dir = Some(self.dir.clone());
        command
    }

    /// Starts everything; what it says is shown when it fails, or with `-v`.
    pub(super) fn up(&self, report: &Report) -> Result<()> {
        report.note(&format!("{} {} {}", paint(NAME, "▸"), paint(NAME, "compose"), paint(DIM, &self.command(&["up"]).line())));
        let tail = Tail::default();
        let outputs = Outputs { silent: report.verbose() == 0 || report.is_json(), ..Outputs::default() };
        let mut output = outputs.of("compose", &[], &Only::default(), report, tail.clone())?;
        let exit = process::with_sink(&self.command(&["up", "--detach"]), &mut |bytes| output.push(bytes))?;
        output.finish();
        process::cancel::check()?;
        if exit.ok() {
            return Ok(());
        }
        Err(Error::failed(format!("`{} up` failed: {exit}", self.program.0.join(" "))).note(tail.note("compose")))
    }

    /// What runs now, by its service's name.
    pub(super) fn services(&self, engine: &dyn Containers) -> Result<Vec<Service>> {
        let ids = self.containers()?;
        let ids: Vec<&str> = ids.lines().map(str::trim).filter(|id| !id.is_empty()).collect();
        let mut listed = engine.containers(PROJECT)?;
        listed.retain(|one| ids.iter().any(|id| one.id.starts_with(id)));
        listed.sort_by(|a, b| a.name.cmp(&b.name));
        let mut services: Vec<Service> = Vec::new();
        for one in &listed {
            let mut service = self.service(one);
            if services.iter().any(|other| other.name == service.name) {
                service.name.clone_from(&one.name);
            }
            services.push(service);
        }
        Ok(services)
    }

    /// The ids of its containers, also of those that have ended. podman-compose lists all of them unasked, and has no
    /// `--all` (containers/podman-compose, `compose_ps_parse`).
    fn containers(&self) -> Result<String> {
        let all = process::capture(&self.command(&["ps", "--all", "--quiet"]))?;
        if all.exit.ok() { Ok(all.text()) } else { process::read(&self.command(&["ps", "--quiet"])) }
    }

    fn service(&self, listed: &Listed) -> Service {
        let name = listed.labels.get(SERVICE).unwrap_or(&listed.name).clone();
        let ports: Vec<u16> = listed.ports.iter().map(|(public, _)| *public).collect();
        let main = self.main.as_ref().filter(|main| ports.contains(&main.port));
        Service {
            name,
            how: How::Composed { id: listed.id.clone() },
            env: Vec::new(),
            port: main.map(|main| main.port).or_else(|| ports.iter().min().copied()),
            http: main.is_some(),
            endpoints: main.map(|main| main.endpoints.clone()).unwrap_or_default(),
            ready: main.map_or(Ready::Health, |main| main.ready.clone()),
            stop_within: self.stop_within,
            watch: Vec::new(),
            rebuild: Vec::new(),
            place: None,
            port_place: None,
            ready_place: None,
            watch_place: None,
        }
    }

    /// Stops and removes everything; volumes stay.
    pub(super) fn down(&self) -> Result<()> {
        let seconds = self.stop_within.as_secs().max(1).to_string();
        let mut command = self.command(&["down", "--timeout", &seconds]);
        command.cleanup = true;
        let mut said = Vec::new();
        let exit = process::with_sink(&command, &mut |bytes| said.extend_from_slice(bytes))?;
        if exit.ok() {
            return Ok(());
        }
        Err(Error::failed(format!("`{}` failed: {exit}", command.line())).note(String::from_utf8_lossy(&said).trim().to_owned()))
    }
}
