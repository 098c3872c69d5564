//! `instep secret set ENV NAME KEY` and `instep secret list ENV`.

use std::io::IsTerminal as _;

use clap::Subcommand;
use clap_complete::ArgValueCandidates;
use serde_json::json;

use super::{Context, confirm};
use crate::config::{Environment, Service, Target};
use crate::kube::secret::{self, Entry, Known};
use crate::kube::{Ground, Place};
use crate::process;
use crate::report::style::{BAD, DIM, GOOD, NAME, paint};
use crate::report::table::columns;
use crate::report::{Error, Result};

/// Arguments of `secret`.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Set a key; its value is asked for, or comes on stdin
    Set(Set),
    /// Which Secrets and keys are there, who reads them, and which nobody set
    List(List),
}

#[derive(clap::Args, Debug)]
struct Set {
    /// The environment, or ENV/CLUSTER
    #[arg(value_name = "ENV", add = ArgValueCandidates::new(super::complete::environments))]
    environment: String,
    /// The Secret
    name: String,
    /// The key in it
    key: String,
    /// Yes, this protected environment is meant
    #[arg(long, value_name = "ENV", add = ArgValueCandidates::new(super::complete::environments))]
    confirm: Option<String>,
}

#[derive(clap::Args, Debug)]
struct List {
    /// The environment, or ENV/CLUSTER
    #[arg(value_name = "ENV", add = ArgValueCandidates::new(super::complete::environments))]
    environment: String,
}

/// Sets or lists Secrets of the service.
///
/// # Errors
/// Exit codes 1, 2, 6 and 7 of the contract.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    match &args.what {
        What::Set(args) => set(args, context),
        What::List(args) => list(args, context),
    }
}

fn set(args: &Set, context: &Context) -> Result<()> {
    let environment = Environment::of(context.project()?, &args.environment)?;
    let entry = Entry { name: &args.name, key: &args.key };
    names_are_good(entry)?;
    if context.global.dry_run {
        environment.places.iter().for_each(|target| context.report.raw(&secret::by_hand(&Place::of(target), entry)));
        return Ok(());
    }
    confirm::confirm(&environment, args.confirm.as_deref(), context)?;
    let value = value(&environment.name, entry, context)?;
    context.report.masker.add(&String::from_utf8_lossy(&value));
    let mut done = Vec::new();
    for target in &environment.places {
        let mut ground = Ground::of(target, &context.report)?;
        let said = if environment.sealed {
            let file = secret::seal(&ground, target, entry, &value)?;
            let shown = file.strip_prefix(target.scope.root()).unwrap_or(&file).display().to_string();
            format!("sealed in {shown}: commit it, kube-apply applies it")
        } else {
            if !ground.has_namespace {
                ground.make_namespace()?;
            }
            let there = secret::set(&ground, entry, &value)?;
            let verb = if there { "set" } else { "made" };
            format!(
                "{verb} in namespace {}; pods that run read it after `instep redeploy {} --app {}`",
                target.namespace,
                environment.name,
                Service::of(&target.scope)?.name
            )
        };
        context.report.result(&format!("{} {}/{} {said}", paint(GOOD, "✓"), entry.name, entry.key));
        done.push(json!({ "cluster": target.cluster, "namespace": target.namespace, "sealed": environment.sealed }));
    }
    context.report.document(json!({ "environment": environment.name, "secret": entry.name, "key": entry.key, "places": done }));
    Ok(())
}

/// Kubernetes' own rules (a DNS subdomain; letters, digits, `-`, `_`, `.`), told before a value is typed.
fn names_are_good(Entry { name, key }: Entry<'_>) -> Result<()> {
    let of = |text: &str, more: &str| {
        !text.is_empty() && text.len() <= 253 && text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    let edges = |text: &str| text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.ends_with(|c: char| c.is_ascii_alphanumeric());
    if !of(name, "-.") || name.chars().any(|c| c.is_ascii_uppercase()) || !edges(name) {
        return Err(Error::usage(format!("`{name}` can't be the name of a Secret")).help("lower-case letters, digits, `-` and `.`"));
    }
    if !of(key, "-_.") {
        let error = Error::usage(format!("`{key}` can't be a key of a Secret")).help("letters, digits, `-`, `_` and `.`");
        return Err(if key.contains('=') { error.help("the value is not given here: it is asked for, or comes on stdin") } else { error });
    }
    Ok(())
}

/// From a person who is not shown what he types, or from a pipe; without the line end of `echo`.
fn value(environment: &str, Entry { name, key }: Entry<'_>, context: &Context) -> Result<Vec<u8>> {
    let mut value = if std::io::stdin().is_terminal() {
        let typed = process::typed_hidden(|| context.report.prompt(&format!("{name}/{key} (not shown): ")))?;
        context.report.note("");
        typed.into_bytes()
    } else {
        process::input()?
    };
    value.truncate(value.strip_suffix(b"\n").map_or(value.len(), |rest| rest.strip_suffix(b"\r").unwrap_or(rest).len()));
    if value.is_empty() {
        return Err(Error::usage("there is no value").help(format!("type it, or: instep secret set {environment} {name} {key} <FILE")));
    }
    Ok(value)
}

fn list(args: &List, context: &Context) -> Result<()> {
    let environment = Environment::of(context.project()?, &args.environment)?;
    let mut places = Vec::new();
    for target in &environment.places {
        let ground = Ground::of(target, &context.report)?;
        let known = secret::known(&ground, target)?;
        context.report.result(&shown(target, &environment.name, &known));
        places.push(json!({ "cluster": target.cluster, "namespace": target.namespace, "secrets": known }));
    }
    context.report.document(json!({ "environment": environment.name, "places": places }));
    Ok(())
}

fn shown(target: &Target, environment: &str, known: &[Known]) -> String {
    let place = paint(DIM, &format!("(context {}, namespace {})", target.context, target.namespace));
    let rows: Vec<Vec<String>> = known.iter().flat_map(|secret| rows(secret, environment)).collect();
    let table = if rows.is_empty() { "  no Secret is there, and none is wanted".to_owned() } else { columns(&rows, 2) };
    format!("{} {place}\n{}", paint(NAME, environment), table.trim_end())
}

fn rows(secret: &Known, environment: &str) -> Vec<Vec<String>> {
    let by = |readers: &[String]| {
        let all: Vec<&str> = readers.iter().chain(&secret.read_by).map(String::as_str).collect();
        if all.is_empty() { paint(DIM, "read by nobody here") } else { format!("read by {}", all.join(", ")) }
    };
    let name = paint(NAME, &secret.name);
    if secret.keys.is_empty() {
        let there = if secret.exists { paint(DIM, "– no keys") } else { paint(BAD, "✗ not there") };
        return vec![vec![name, String::new(), there, by(&[])]];
    }
    let row = |(key, known): (&String, &secret::Key)| {
        let state = if known.set { paint(GOOD, "✓ set") } else { paint(BAD, "✗ nobody set it") };
        let cure = if known.set { String::new() } else { paint(DIM, &format!("instep secret set {environment} {} {key}", secret.name)) };
        vec![name.clone(), key.clone(), state, by(&known.read_by), cure]
    };
    secret.keys.iter().map(row).collect()
}
