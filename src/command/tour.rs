//! `instep tour`: the whole way of a service, each command printed before it runs.

use std::net::{TcpStream, ToSocketAddrs as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;

use super::Context;
use crate::docker::Engine;
use crate::process::{self, Command, cancel, quote};
use crate::report::style::{BAD, BOLD, DIM, GOOD, NAME, WARN, paint};
use crate::report::{Error, Kind, Report, Result, text};
use crate::scaffold::{Names, Scaffold};

/// Arguments of `tour`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The scaffold; default: the first whose toolchain is here
    #[arg(long, value_name = "SCAFFOLD", add = clap_complete::ArgValueCandidates::new(super::complete::scaffolds))]
    scaffold: Option<String>,
    /// Deploy to this context of the kubeconfig; default: one whose cluster is on this machine
    #[arg(long, value_name = "CONTEXT", add = clap_complete::ArgValueCandidates::new(super::complete::contexts))]
    context: Option<String>,
    /// Set a build argument, such as the base image where public ones can't be pulled
    #[arg(long, value_name = "NAME=VALUE")]
    build_arg: Vec<String>,
}

/// The service of the tour: a name that no one else has, so that nothing of the user's is touched.
const SERVICE: &str = "instep-tour";
/// The registry of this machine.
pub const REGISTRY: &str = "localhost:5000";

/// How one stop of the tour went.
enum Outcome {
    Shown(Duration),
    Skipped(String),
    Failed(String),
}

/// One command of the tour.
struct Stop {
    lesson: &'static str,
    args: Vec<String>,
    /// Why it can't be shown here.
    skip: Option<String>,
}

/// Shows everything that can be shown here.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let report = &context.report;
    let scaffold = choose(args)?;
    let folder = tempfile::Builder::new()
        .prefix("instep-tour-")
        .tempdir()
        .map_err(|error| Error::failed(format!("no folder for the tour: {error}")))?;
    let folder = folder.keep();
    let world = World::look(args.context.as_deref(), SERVICE);
    report.note(&format!("{}\nThe service is made in {}.\n", paint(BOLD, "A tour of instep."), folder.display()));
    let mut results = Vec::new();
    let mut broken: Option<&'static str> = None;
    for stop in stops(args, &scaffold, &world) {
        let dir = if results.is_empty() { folder.clone() } else { folder.join(SERVICE) };
        let outcome = match (&stop.skip, broken) {
            (Some(reason), _) => Outcome::Skipped(reason.clone()),
            (None, Some(before)) => Outcome::Skipped(format!("`{before}` failed")),
            (None, None) => show(&stop, &dir, report)?,
        };
        if matches!(outcome, Outcome::Failed(_)) {
            broken = Some(stop.lesson);
        }
        results.push((stop, outcome));
    }
    let cleaned = clean(&world, &results, report);
    summary(&scaffold, &folder, &results, report);
    cancel::check()?;
    cleaned?;
    match broken {
        Some(lesson) => {
            Err(Error::failed(format!("the tour failed at: {lesson}")).help(format!("look around in {}", folder.join(SERVICE).display())))
        }
        None => Ok(()),
    }
}

fn choose(args: &Args) -> Result<Scaffold> {
    match &args.scaffold {
        Some(name) => Scaffold::find(name, &Names::new(), Path::new(".")),
        None => Scaffold::embedded()
            .into_iter()
            .find(Scaffold::has_toolchain)
            .ok_or_else(|| Error::missing("no scaffold's toolchain is here").help("install Rust: https://rustup.rs")),
    }
}

/// What of the world around can be used.
pub struct World {
    /// Whether an engine answers, or why not.
    pub engine: Result<(), String>,
    /// Whether a registry of this machine answers.
    pub registry: bool,
    /// A context to deploy to, or why there is none.
    pub cluster: Result<String, String>,
}

impl World {
    /// Looks around; the namespace `service` must not be there yet.
    pub fn look(context: Option<&str>, service: &str) -> Self {
        let engine = Engine::find().map(drop).map_err(|error| error.message().to_owned());
        let address = REGISTRY.to_socket_addrs().ok().and_then(|mut found| found.next());
        let registry = address.is_some_and(|address| TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok());
        let cluster =
            engine.as_ref().map_err(|_| "there is no image without an engine".to_owned()).and_then(|()| cluster(context, service));
        Self { engine, registry, cluster }
    }
}

/// The context to deploy to. Nothing is ever deployed to a cluster elsewhere without being asked.
fn cluster(wanted: Option<&str>, service: &str) -> Result<String, String> {
    process::find("kubectl").map_err(|error| error.message().to_owned())?;
    let contexts = super::complete::kube_contexts();
    let Some(context) = wanted.map(str::to_owned).or_else(|| contexts.iter().find(|context| is_here(context)).cloned()) else {
        return Err(match contexts.len() {
            0 => "the kubeconfig knows no cluster".to_owned(),
            _ => "no cluster of the kubeconfig is on this machine; --context NAME takes another".to_owned(),
        });
    };
    let kubectl = |args: &[&str]| {
        let mut command = Command::new("kubectl", ["--context", &context, "--request-timeout=5s"]).args(args);
        command.timeout = Some(Duration::from_secs(10));
        process::capture(&command).map_err(|error| error.message().to_owned())
    };
    if !kubectl(&["get", "--raw", "/readyz"])?.exit.ok() {
        return Err(format!("the cluster of context {context} does not answer"));
    }
    if kubectl(&["get", "namespace", service])?.exit.ok() {
        return Err(format!("namespace {service} is there already in context {context}"));
    }
    Ok(context)
}

/// Whether a context's server is an address of this machine.
fn is_here(context: &str) -> bool {
    let query = "--output=jsonpath={.clusters[0].cluster.server}";
    let config = process::read(&Command::new("kubectl", ["--context", context, "config", "view", "--minify", query]));
    config.is_ok_and(|server| {
        let host = server.split("://").nth(1).unwrap_or_default();
        ["127.", "localhost", "[::1]"].iter().any(|local| host.starts_with(local))
    })
}

fn stops(args: &Args, scaffold: &Scaffold, world: &World) -> Vec<Stop> {
    let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let stop = |lesson, line: &str, skip: Option<String>| Stop { lesson, args: words(line), skip };
    let context = world.cluster.as_deref().unwrap_or("staging");
    let name = &scaffold.manifest.name;
    let away = world.engine.as_ref().err().cloned();
    let no_cluster = world.cluster.as_ref().err().cloned();
    let push = if world.registry { " --push" } else { "" };
    let mut build = stop("build the image", &format!("docker-build{push}"), away);
    build.args.extend(args.build_arg.iter().flat_map(|pair| ["--build-arg".to_owned(), pair.clone()]));
    vec![
        stop(
            "make a service",
            &format!("new-service {SERVICE} --scaffold {name} --yes --set registry={REGISTRY} --set context={context}"),
            None,
        ),
        stop("run its tests", "test", None),
        stop("run it, and check it while it runs", "run-local --port auto --exec instep smoke-test", None),
        stop("see its manifests", "kube-render staging", None),
        build,
        stop("deploy it", "kube-apply staging", no_cluster.clone()),
        stop("check what is deployed", "smoke-test staging", no_cluster),
    ]
}

/// Prints the command, then runs it with the terminal.
fn show(stop: &Stop, dir: &Path, report: &Report) -> Result<Outcome> {
    let line = stop.args.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ");
    report.note(&format!(
        "\n{}\n{} {}",
        paint(DIM, &format!("# {}", stop.lesson)),
        paint(GOOD, "$"),
        paint(NAME, &format!("instep {line}"))
    ));
    let begin = Instant::now();
    let instep = std::env::current_exe().map_err(|error| Error::failed(format!("instep can't find itself: {error}")))?;
    let command = Command::new(&instep, &stop.args).dir(dir).env("PATH", process::path_with(&instep));
    // A JSON document is the only thing on stdout.
    let exit = if report.is_json() { process::with_sink(&command, &mut |_| {})? } else { process::with_terminal(&command)? };
    cancel::check()?;
    Ok(if exit.ok() { Outcome::Shown(begin.elapsed()) } else { Outcome::Failed(exit.to_string()) })
}

/// Takes away what was deployed.
fn clean(world: &World, results: &[(Stop, Outcome)], report: &Report) -> Result<()> {
    let deployed = results.iter().any(|(stop, outcome)| stop.args[0] == "kube-apply" && !matches!(outcome, Outcome::Skipped(_)));
    let (Ok(context), true) = (&world.cluster, deployed) else { return Ok(()) };
    let mut command = Command::new("kubectl", ["--context", context, "delete", "namespace", SERVICE, "--ignore-not-found"]);
    command.cleanup = true;
    report.note(&format!("\n{}\n{} {}", paint(DIM, "# take it away again"), paint(GOOD, "$"), paint(NAME, &command.line())));
    let exit = if report.is_json() { process::with_sink(&command, &mut |_| {})? } else { process::with_terminal(&command)? };
    if exit.ok() { Ok(()) } else { Err(Error::new(Kind::Broken, format!("the namespace {SERVICE} is still there")).help(command.line())) }
}

fn summary(scaffold: &Scaffold, folder: &Path, results: &[(Stop, Outcome)], report: &Report) {
    report.note(&format!("\n{}", paint(BOLD, "What you have seen")));
    let mut rows = Vec::new();
    for (stop, outcome) in results {
        let (style, sign, rest) = match outcome {
            Outcome::Shown(time) => (GOOD, "✓", text::elapsed(*time)),
            Outcome::Skipped(reason) => (WARN, "–", format!("skipped: {reason}")),
            Outcome::Failed(reason) => (BAD, "✗", reason.clone()),
        };
        rows.push(vec![paint(style, sign), stop.lesson.to_owned(), format!("instep {}", stop.args[0]), paint(DIM, &rest)]);
    }
    report.result(crate::report::table::columns(&rows, 2).trim_end());
    report.document(document(scaffold, folder, results));
    let place: PathBuf = folder.join(SERVICE);
    report.note(&format!("\nThe service is in {}; look around.\nEverything that was started is stopped.", place.display()));
}

fn document(scaffold: &Scaffold, folder: &Path, results: &[(Stop, Outcome)]) -> serde_json::Value {
    let stops: Vec<_> = results
        .iter()
        .map(|(stop, outcome)| match outcome {
            Outcome::Shown(_) => json!({ "command": stop.args, "outcome": "shown" }),
            Outcome::Skipped(reason) => json!({ "command": stop.args, "outcome": "skipped", "reason": reason }),
            Outcome::Failed(reason) => json!({ "command": stop.args, "outcome": "failed", "reason": reason }),
        })
        .collect();
    json!({ "scaffold": scaffold.manifest.name, "folder": folder.join(SERVICE), "stops": stops })
}
