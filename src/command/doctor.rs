//! `instep doctor`: what this repo needs, whether it is there, and the cure where it is not.

use std::time::Duration;

use serde::Serialize;
use serde_json::json;

use super::{Context, doctor_write};
use crate::config::bases::LOCK;
use crate::config::{Environment, Project, find, vendor};
use crate::docker::Engine;
use crate::process::{self, Command};
use crate::report::style::{BAD, DIM, GOOD, NAME, WARN, paint};
use crate::report::{Error, Kind, Result, text};

/// Arguments of `doctor`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Write the version and the uid of every cluster into instep.toml, where they are not written
    #[arg(long)]
    write: bool,
}

/// How well something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Health {
    Good,
    /// Not needed here, or not needed now.
    Fair,
    Bad,
}

#[derive(Debug, Serialize)]
struct Finding {
    name: String,
    health: Health,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cure: Option<String>,
}

/// Looks at everything; exit code 2 for a broken file, 7 when something needed is missing.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    if args.write {
        return doctor_write::write(context.project()?, context);
    }
    let mut findings = vec![program("git", &["--version"], true)];
    findings.extend(bases(context));
    let project = context.project();
    let parts: Vec<(Option<&str>, &Project)> = project.as_ref().map(|project| project.parts().collect()).unwrap_or_default();
    for (_, part) in &parts {
        for finding in required(part)? {
            // Services of a workspace may need the same.
            if !findings.iter().any(|known| known.name == finding.name && known.text == finding.text) {
                findings.push(finding);
            }
        }
    }
    findings.push(engine(parts.iter().any(|(_, part)| part.scope().tree().get("image").is_some())));
    findings.extend(clusters(&parts));
    findings.extend(project.iter().flat_map(|project| super::ci_files::found(project)).map(pipeline));
    findings.extend(project.iter().filter_map(|project| wrapper(project)));
    findings.push(completion());
    context.report.document(json!({ "findings": findings }));
    for finding in &findings {
        show(finding, context);
    }
    project?;
    let missing: Vec<&str> = findings.iter().filter(|finding| finding.health == Health::Bad).map(|finding| finding.name.as_str()).collect();
    if missing.is_empty() { Ok(()) } else { Err(Error::new(Kind::Missing, format!("needed here and not well: {}", text::list(&missing)))) }
}

fn show(finding: &Finding, context: &Context) {
    let (style, sign) = match finding.health {
        Health::Good => (GOOD, "✓"),
        Health::Fair => (WARN, "–"),
        Health::Bad => (BAD, "✗"),
    };
    context.report.result(&format!("{} {}  {}", paint(style, sign), paint(NAME, &finding.name), finding.text));
    if let Some(cure) = &finding.cure {
        context.report.result(&paint(DIM, &format!("    {cure}")));
    }
}

fn finding(name: &str, health: Health, text: impl Into<String>, cure: Option<String>) -> Finding {
    Finding { name: name.to_owned(), health, text: text.into(), cure }
}

/// A program and what it says of its version.
fn program(name: &str, args: &[&str], needed: bool) -> Finding {
    match process::find(name).and_then(|_| process::read(&Command::new(name, args))) {
        Ok(said) => finding(name, Health::Good, version_line(&said), None),
        Err(error) => {
            let health = if needed { Health::Bad } else { Health::Fair };
            finding(name, health, error.message(), error.problems.first().and_then(|problem| problem.help.first().cloned()))
        }
    }
}

/// A CI file: what it runs itself drifts from what a person runs here.
fn pipeline(found: super::ci_files::Found) -> Finding {
    match found.drift {
        None => finding(found.place, Health::Good, "calls instep ci", None),
        Some(drift) => finding(found.place, Health::Fair, drift, Some(format!("{} prints a whole one", found.print))),
    }
}

/// The script that gets the pinned instep, held against what asks for it.
fn wrapper(project: &Project) -> Option<Finding> {
    let name = super::instepw::FILE;
    Some(match super::instepw::drift(project)? {
        Ok(said) => finding(name, Health::Good, said, None),
        Err(drift) => {
            let cure = format!("instep ci --print wrapper >{name} && chmod +x {name}");
            finding(name, Health::Fair, drift, Some(cure))
        }
    })
}

/// The bases from git, held against their lock; none where there are none.
fn bases(context: &Context) -> Option<Finding> {
    let file = find::find(&context.dir)?;
    match vendor::check(&file, &find::shown(&file, &context.dir)) {
        Ok(0) => None,
        Ok(n) => Some(finding("bases", Health::Good, format!("{} as {LOCK} pins them", text::count(n, "base")), None)),
        Err(error) => {
            let cure = error.problems.first().and_then(|problem| problem.help.first().cloned());
            Some(finding("bases", Health::Bad, error.message(), cure))
        }
    }
}

fn version_line(said: &str) -> String {
    said.lines().next().unwrap_or_default().trim().to_owned()
}

/// The programs of `[requires]`, with their versions.
fn required(project: &Project) -> Result<Vec<Finding>> {
    let pairs = project.scope().read_root().pairs("requires")?;
    pairs.iter().map(|(name, wanted)| one_required(name, wanted)).collect()
}

fn one_required(name: &str, wanted: &str) -> Result<Finding> {
    let requirement = semver::VersionReq::parse(wanted)
        .map_err(|error| Error::usage(format!("`requires.{name}` is not a version requirement: {error}")).help("for example \">=1.22\""))?;
    // go and a few others have no --version.
    let said = process::read(&Command::new(name, ["--version"])).or_else(|error| match error.kind {
        Kind::Missing => Err(error),
        _ => process::read(&Command::new(name, ["version"])),
    });
    Ok(match said {
        Err(error) => finding(name, Health::Bad, error.message(), error.problems.first().and_then(|problem| problem.help.first().cloned())),
        Ok(said) => match first_version(&said) {
            Some(version) if requirement.matches(&version) => finding(name, Health::Good, format!("{version} ({wanted})"), None),
            Some(version) => {
                finding(name, Health::Bad, format!("{version}, but {wanted} is needed"), Some(format!("install {name} {wanted}")))
            }
            None => finding(name, Health::Fair, format!("no version found in: {}", version_line(&said)), None),
        },
    })
}

/// The first thing in a text that looks like a version.
fn first_version(said: &str) -> Option<semver::Version> {
    let words = said.split(|c: char| !(c.is_ascii_digit() || c == '.'));
    words.filter(|word| word.contains('.') && word.starts_with(|c: char| c.is_ascii_digit())).find_map(|word| {
        let mut numbers = word.split('.').map(|part| part.parse::<u64>().unwrap_or(0));
        Some(semver::Version::new(numbers.next()?, numbers.next()?, numbers.next().unwrap_or(0)))
    })
}

fn engine(needed: bool) -> Finding {
    match Engine::find().and_then(|engine| engine.describe()) {
        Ok(engine) => finding("engine", Health::Good, format!("{} at {} ({})", engine.product, engine.url, engine.origin), None),
        Err(error) => {
            let health = if needed { Health::Bad } else { Health::Fair };
            finding("engine", health, error.message(), error.problems.first().and_then(|problem| problem.help.first().cloned()))
        }
    }
}

/// kubectl, and every environment's cluster.
fn clusters(parts: &[(Option<&str>, &Project)]) -> Vec<Finding> {
    let needed = parts.iter().any(|(_, part)| !part.environment_names().is_empty());
    let mut findings = vec![program("kubectl", &["version", "--client"], needed)];
    if findings[0].health != Health::Good {
        return findings;
    }
    for (service, part) in parts {
        for name in part.environment_names() {
            let mut found = match Environment::of(part, name) {
                Err(error) => {
                    finding(name, Health::Bad, error.message(), error.problems.first().and_then(|problem| problem.help.first().cloned()))
                }
                Ok(environment) => cluster(&environment),
            };
            found.name = service.map_or(found.name.clone(), |service| format!("{service}:{name}"));
            findings.push(found);
        }
    }
    findings
}

const UNWRITTEN: &str =
    "`instep doctor --write` writes its version and uid down: kube-render renders for it, and no other cluster is taken for it";

fn cluster(environment: &Environment) -> Finding {
    let mut away = Vec::new();
    let mut there = Vec::new();
    for place in &environment.places {
        let mut command = Command::new("kubectl", ["--context", &place.context, "get", "--raw", "/version", "--request-timeout=5s"]);
        command.timeout = Some(Duration::from_secs(10));
        match process::capture(&command) {
            Ok(output) if output.exit.ok() => {
                let version: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
                there.push(format!(
                    "{} (Kubernetes {})",
                    place.context,
                    version["gitVersion"].as_str().unwrap_or("?").trim_start_matches('v')
                ));
            }
            Ok(output) => away.push(format!("{}: {}", place.context, output.complaint().lines().last().unwrap_or_default())),
            Err(error) => away.push(format!("{}: {}", place.context, error.message())),
        }
    }
    if away.is_empty() {
        let unwritten = environment.places.iter().any(|place| place.kube_version.is_none() || place.uid.is_none());
        let cure = unwritten.then_some(UNWRITTEN);
        return finding(&environment.name, Health::Good, there.join(", "), cure.map(str::to_owned));
    }
    finding(
        &environment.name,
        Health::Fair,
        away.join("; "),
        Some("kubectl config get-contexts lists what the kubeconfig knows".to_owned()),
    )
}

/// Whether the shell that the user logs in with completes instep's words.
fn completion() -> Finding {
    let shell = process::env::var("SHELL").unwrap_or_default();
    let shell = shell.rsplit('/').next().unwrap_or_default().to_owned();
    let home = std::path::PathBuf::from(process::env::var_os("HOME").unwrap_or_default());
    let (file, line) = match shell.as_str() {
        "bash" => (".bashrc", "source <(instep completions bash)"),
        "elvish" => (".config/elvish/rc.elv", "eval (instep completions elvish | slurp)"),
        "zsh" => (".zshrc", "source <(instep completions zsh)"),
        "fish" => (".config/fish/config.fish", "instep completions fish | source"),
        _ => return finding("completion", Health::Fair, "no shell in $SHELL that it is known for", None),
    };
    let set_up = std::fs::read_to_string(home.join(file)).is_ok_and(|text| text.contains("instep completions"));
    if set_up {
        return finding("completion", Health::Good, format!("set up in ~/{file}"), None);
    }
    finding("completion", Health::Fair, format!("not set up in ~/{file}"), Some(format!("add to it: {line}")))
}
