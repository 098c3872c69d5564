//! From the configuration to what is started: names, ports, variables.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};

use super::address::{Address, known};
use super::compose::{Compose, Main, Program};
use super::metrics;
use super::plan::{Container, Endpoint, How, Ready, Service, Stage, Tunnel};
use super::port;
use super::run_id::RunId;
use crate::config::variables::{self, Layers, Value, Variable};
use crate::config::{self, Environment, Project, RunLocal, Scope, Signal};
use crate::process;
use crate::report::{Error, Report, Result};

/// What the user asked for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The port.
    pub port: Port,
    /// The built image, and not the command.
    pub image: Option<String>,
    /// What builds it, as lines of a script.
    pub build: Vec<String>,
    /// Nothing is watched.
    pub once: bool,
    /// `-e`.
    pub env: Vec<(String, String)>,
}

/// `--port`.
#[derive(Clone, Copy, Debug, Default)]
pub enum Port {
    /// As it is written.
    #[default]
    Written,
    /// A free one.
    Auto,
    /// This one.
    Number(u16),
    /// So much higher, for all that is written.
    Shifted(u16),
}

impl Port {
    fn of(self, written: Option<u16>) -> Result<Option<u16>> {
        match self {
            Self::Written => Ok(written),
            Self::Auto => port::free().map(Some),
            Self::Number(number) => Ok(Some(number)),
            Self::Shifted(by) => written.map(|port| shifted(port, by)).transpose(),
        }
    }
}

/// So much higher.
pub(super) fn shifted(port: u16, by: u16) -> Result<u16> {
    port.checked_add(by).ok_or_else(|| Error::usage(format!("--port +{by}: {port} + {by} is no port")))
}

/// What is started.
///
/// # Errors
/// Exit code 2 when nothing is, or templates have faults; 1 when the system gives no free port.
pub fn stage(project: &Project, request: &Request, report: &Report) -> Result<Stage> {
    let scope = project.scope();
    let run = RunId::of_us(&project.root);
    let service = config::Service::of(scope)?;
    let inside = request.image.is_some();
    let addresses =
        RunLocal::companions(scope)?.into_iter().map(|one| Address::of(one, request.port, inside, report)).collect::<Result<Vec<_>>>()?;
    let scope = scope.knowing("companions", known(&addresses));
    let run_local = RunLocal::of(&scope)?;
    let forwards = run_local.forward.iter().map(|forward| tunnel(project, forward)).collect::<Result<Vec<_>>>()?;
    let context =
        Builder { project, scope: &scope, run: &run, run_local: &run_local, service: &service, request, report, told: Cell::default() };
    let facts = facts(&addresses, &forwards);
    let mut stage = Stage { ready_within: run_local.ready_within, forwards, build: request.build.clone(), ..Stage::default() };
    for address in &addresses {
        let companion = context.companion(address)?;
        if address.companion.once { &mut stage.once } else { &mut stage.companions }.push(companion);
    }
    stage.services.extend(context.main(&facts)?);
    stage.services.extend(context.workloads(&facts)?);
    if run_local.metrics && !request.once {
        stage.companions.extend(context.prometheus(stage.services.first().map_or(service.port, |main| main.port))?);
    }
    stage.network = (inside || !addresses.is_empty()).then(|| network(&service.name, &run));
    if let Some(file) = &run_local.compose {
        stage.compose = Some(context.compose(file)?);
    }
    if stage.services.is_empty() && stage.compose.is_none() {
        return Err(scope.read("run-local").lacks("run", "\"the command that starts the service on $PORT\""));
    }
    Ok(stage)
}

fn network(service: &str, run: &RunId) -> String {
    format!("{service}-{}", run.short())
}

/// Where companions and remote services are: `POSTGRES_HOST`, `POSTGRES_PORT`, `POSTGRES_URL`.
fn facts(addresses: &[Address], forwards: &[Tunnel]) -> Vec<(String, String)> {
    let mut facts: Vec<(String, String)> = addresses.iter().flat_map(Address::variables).collect();
    facts.extend(forwards.iter().map(|tunnel| (tunnel.variable.clone(), format!("http://127.0.0.1:{}", tunnel.local))));
    facts
}

/// That the environment is not protected was checked when the file was read.
fn tunnel(project: &Project, forward: &config::Forward) -> Result<Tunnel> {
    let environment = Environment::of(project, &forward.environment).map_err(|error| error.at(forward.place.clone()))?;
    let place = environment.places.first().map(|place| (place.context.clone(), place.namespace.clone()));
    let (context, namespace) = place.unwrap_or_default();
    Ok(Tunnel {
        variable: forward.variable.clone(),
        environment: forward.environment.clone(),
        context,
        namespace,
        service: forward.service.clone(),
        port: forward.port,
        local: port::free()?,
    })
}

/// Makes services of what is configured.
struct Builder<'a> {
    project: &'a Project,
    scope: &'a Scope,
    run: &'a RunId,
    run_local: &'a RunLocal,
    service: &'a config::Service,
    request: &'a Request,
    report: &'a Report,
    /// Which env-files are not there was said.
    told: Cell<bool>,
}

impl Builder<'_> {
    fn main(&self, facts: &[(String, String)]) -> Result<Option<Service>> {
        let (scope, run_local, service) = (self.scope, self.run_local, self.service);
        let port = self.request.port.of(service.port)?;
        let how = match (&self.request.image, &run_local.run) {
            (Some(image), _) => How::Container(Container {
                name: format!("{}-{}", service.name, self.run.short()),
                image: image.clone(),
                own: true,
                command: scope.read("kube").texts("command")?,
                inside: service.port.or(port),
                network: network(&service.name, self.run),
                volumes: run_local.sync.iter().map(|(folder, path)| format!("{}:{path}", folder.display())).collect(),
            }),
            (None, Some(run)) => How::Program { run: run.clone(), dir: self.project.root.clone() },
            (None, None) => return Ok(None),
        };
        let read = scope.read("run-local");
        let written = scope.read("service");
        let watched = !self.request.once;
        let inside = match &how {
            How::Container(container) => container.inside,
            _ => port,
        };
        Ok(Some(Service {
            name: service.name.clone(),
            env: self.env(inside, facts, matches!(how, How::Container(_)))?,
            endpoints: self.endpoints(port),
            ready: self.ready(port),
            http: true,
            port,
            stop_within: run_local.stop_within,
            watch: if watched { run_local.watch.clone() } else { Vec::new() },
            rebuild: if watched && self.request.image.is_some() { run_local.rebuild.clone() } else { Vec::new() },
            place: if self.request.image.is_some() { None } else { run_local.place.clone() },
            port_place: written.place("port").filter(|_| matches!(self.request.port, Port::Written)),
            ready_place: read.place("ready").or_else(|| written.place("ready")).or_else(|| written.place("health")),
            watch_place: read.place("watch"),
            how,
        }))
    }

    fn ready(&self, port: Option<u16>) -> Ready {
        let url = |path: &str, own: Option<u16>| own.or(port).map(|port| Ready::Http(format!("http://127.0.0.1:{port}{path}")));
        match &self.run_local.ready {
            Some(signal) => ready(signal, port),
            None => url(&self.service.ready.path, self.service.ready.port).filter(|_| port.is_some()).unwrap_or(Ready::Runs),
        }
    }

    /// It scrapes the service.
    fn prometheus(&self, port: Option<u16>) -> Result<Option<Service>> {
        let path = self.service.metrics.clone();
        let targets: Vec<_> = port.zip(path).map(|(port, path)| (format!("127.0.0.1:{port}"), path)).into_iter().collect();
        metrics::prometheus(&self.project.root, &targets, self.scope.read("run-local").place("metrics"), self.report)
    }

    /// The URLs of the service, each once.
    fn endpoints(&self, port: Option<u16>) -> Vec<Endpoint> {
        let (Some(port), service) = (port, self.service) else { return Vec::new() };
        let own = |path: &Option<String>| path.clone().map(|path| config::Endpoint { path, port: None });
        let all = [
            ("health", Some(service.health.clone())),
            ("ready", Some(service.ready.clone())),
            ("metrics", own(&service.metrics)),
            ("info", own(&service.info)),
        ];
        let url = |endpoint: &config::Endpoint| format!("http://127.0.0.1:{}{}", endpoint.port.unwrap_or(port), endpoint.path);
        all.into_iter().filter_map(|(name, endpoint)| Some(Endpoint { name: name.to_owned(), url: url(&endpoint?) })).collect()
    }

    /// Variables of what runs here; a container inherits none, so that it is told what the caller has.
    fn env(&self, port: Option<u16>, more: &[(String, String)], container: bool) -> Result<Vec<Variable>> {
        // Written to a pipe, Python would hold its output back until 8 KiB have come together.
        let mut defaults = vec![("PYTHONUNBUFFERED".to_owned(), "1".to_owned())];
        defaults.extend(variables::defaults(self.project, None)?);
        let mut facts = variables::git_facts(self.project, None);
        facts.extend(more.iter().cloned());
        facts.extend(port.map(|port| ("PORT".to_owned(), port.to_string())));
        // That a file is not there is said once, not for each service.
        let told = self.told.replace(true);
        let files: Vec<PathBuf> = self.run_local.env_files.iter().filter(|file| !told || file.exists()).cloned().collect();
        let arguments = self.request.env.clone();
        let layers = Layers { table: "run-local", defaults, files: &files, facts, own: &self.run_local.env, arguments };
        let inherited = RefCell::new(Vec::new());
        let mut merged = layers.merge(self.report, |name| {
            let value = process::env::var(name);
            let has = value.is_some();
            inherited.borrow_mut().extend(value.map(|value| (name.to_owned(), value)));
            has
        })?;
        if container {
            for (name, value) in inherited.into_inner() {
                if merged.iter().all(|variable| variable.name != name) {
                    merged.push(Variable { name, value: Value::Text(value) });
                }
            }
        }
        Ok(merged)
    }

    fn companion(&self, address: &Address) -> Result<Service> {
        let companion = &address.companion;
        let table = format!("run-local.companions.{}", companion.name);
        let layers = Layers { table: &table, own: &companion.env, ..Layers::default() };
        let ready = match (&companion.ready, companion.once) {
            (_, true) => Ready::Done,
            (Some(signal), false) => ready(signal, address.port),
            (None, false) => Ready::Health,
        };
        Ok(Service {
            name: companion.name.clone(),
            how: How::Container(Container {
                name: format!("{}-{}-{}", self.service.name, companion.name, self.run.short()),
                image: companion.image.clone(),
                own: false,
                command: companion.command.clone(),
                inside: companion.port,
                network: network(&self.service.name, self.run),
                volumes: companion.volumes.clone(),
            }),
            env: layers.merge(self.report, |_| false)?,
            port: address.port,
            http: false,
            endpoints: Vec::new(),
            ready,
            stop_within: companion.stop_within,
            watch: Vec::new(),
            rebuild: Vec::new(),
            place: companion.place.clone(),
            port_place: None,
            ready_place: None,
            watch_place: None,
        })
    }

    /// `[workloads.X]` with a `local` command.
    fn workloads(&self, facts: &[(String, String)]) -> Result<Vec<Service>> {
        let mut services = Vec::new();
        for (name, table) in self.scope.read_root().tables("workloads") {
            let Some(run) = table.words("local").into_iter().next() else { continue };
            let port = match (table.port("port"), self.request.port) {
                (Some(_), Port::Auto) => Some(port::free()?),
                (Some(port), Port::Shifted(by)) => Some(shifted(port, by)?),
                (port, _) => port,
            };
            let path = table.text_opt("ready")?.or(table.text_opt("health")?);
            let ready = match (port, path) {
                (Some(port), Some(path)) => Ready::Http(format!("http://127.0.0.1:{port}/{}", path.trim_start_matches('/'))),
                (Some(_), None) => Ready::Tcp,
                (None, _) => Ready::Runs,
            };
            services.push(Service {
                name: name.to_owned(),
                how: How::Program { run, dir: self.project.root.clone() },
                env: self.env(port, facts, false)?,
                http: matches!(ready, Ready::Http(_)),
                port,
                endpoints: Vec::new(),
                ready,
                stop_within: self.run_local.stop_within,
                watch: Vec::new(),
                rebuild: Vec::new(),
                place: table.place("local"),
                port_place: table.place("port"),
                ready_place: table.place("ready"),
                watch_place: None,
            });
        }
        Ok(services)
    }

    fn compose(&self, file: &Path) -> Result<Compose> {
        if !file.is_file() {
            return Err(Error::usage(format!("there is no {}", file.display())).at(self.scope.read("run-local").place("compose")));
        }
        let main = self.service.port.filter(|_| self.run_local.run.is_none()).map(|port| Main {
            port,
            ready: self.ready(Some(port)),
            endpoints: self.endpoints(Some(port)),
        });
        Ok(Compose {
            program: Program::find()?,
            file: file.strip_prefix(&self.project.root).unwrap_or(file).to_owned(),
            dir: self.project.root.clone(),
            stop_within: self.run_local.stop_within,
            ready_within: self.run_local.ready_within,
            main,
        })
    }
}

fn ready(signal: &Signal, port: Option<u16>) -> Ready {
    match signal {
        Signal::Command(line) => Ready::Command(line.clone()),
        Signal::Log(text) => Ready::Log(text.clone()),
        Signal::Path(path) => Ready::Http(format!("http://127.0.0.1:{}/{}", port.unwrap_or_default(), path.trim_start_matches('/'))),
        Signal::Tcp => Ready::Tcp,
    }
}
