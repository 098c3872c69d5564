//! `instep new-service`: a new repo from a scaffold.

use std::path::{Path, PathBuf};

use clap_complete::ArgValueCandidates;
use serde_json::{Value, json};

use super::{Context, complete};
use crate::config::value;
use crate::process::{self, Command};
use crate::report::style::{DIM, NAME, paint};
use crate::report::{Error, Result};
use crate::scaffold::{self, Answers, Maker, Scaffold};

/// Arguments of `new-service`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The service's name: lower-case letters, digits and `-`
    name: String,
    /// The scaffold: an embedded one, or a folder (with a slash)
    #[arg(long, value_name = "SCAFFOLD", add = ArgValueCandidates::new(complete::scaffolds))]
    scaffold: Option<String>,
    /// Answer a question of the scaffold
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// The folder of the new repo; default: ./NAME
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    dir: Option<PathBuf>,
}

/// Makes the repo, whole or not at all.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    value::check_form(crate::config::schema::Form::Label, &args.name).map_err(|fault| {
        let error = Error::usage(format!("the name `{}` {}", args.name, fault.what));
        fault.help.into_iter().fold(error, Error::help)
    })?;
    let scaffold = Scaffold::find(&choose(args, context)?)?;
    scaffold.check_name(&args.name)?;
    let answers = scaffold::collect(&scaffold.manifest, known(&args.name), &args.set, context.global.yes)?;
    let files = scaffold::render(&scaffold, &answers)?;
    let target = args.dir.clone().unwrap_or_else(|| PathBuf::from(&args.name));
    let place = context.dir.join(&target);
    let inside = crate::repo::is_inside(&context.dir);
    let plan = scaffold::plan(&place, &files, &scaffold.manifest, !inside)?;
    if context.global.dry_run {
        plan.show(&context.report);
        return Ok(());
    }
    let maker = Maker::new(&place, &files, &scaffold.manifest, &answers)?;
    plan.run(&context.report, |step| maker.act(step))?;
    maker.finish(&place)?;
    done(args, &target, &scaffold, &answers, context);
    Ok(())
}

/// The one that was named; else, asked on a terminal; else the choice is the user's to make.
fn choose(args: &Args, context: &Context) -> Result<String> {
    if let Some(name) = &args.scaffold {
        // A folder is meant from where the user is.
        let folder = name.contains('/') && Path::new(name).is_relative();
        return Ok(if folder { context.dir.join(name).display().to_string() } else { name.clone() });
    }
    let all = Scaffold::embedded();
    let lines: Vec<String> = all.iter().map(|scaffold| format!("{}: {}", scaffold.manifest.name, scaffold.manifest.description)).collect();
    Err(Error::usage("which scaffold?")
        .note(lines.join("\n"))
        .help(format!("add --scaffold {}", scaffold::embedded_names().join(" or --scaffold "))))
}

/// What instep knows without asking.
fn known(name: &str) -> Answers {
    Answers::from([
        ("name".to_owned(), Value::from(name)),
        ("package".to_owned(), Value::from(name.replace('-', "_"))),
        ("registry".to_owned(), Value::from("localhost:5000")),
        ("context".to_owned(), Value::from(kube_context().unwrap_or_else(|| "staging".to_owned()))),
    ])
}

/// The context that a first deployment may go to: the only one of the kubeconfig, or the current one
/// when its name says that it is a cluster on this machine. It is written into the file, where
/// everybody sees it; no deployment ever asks for the current context.
fn kube_context() -> Option<String> {
    let contexts = complete::kube_contexts();
    if let [only] = contexts.as_slice() {
        return Some(only.clone());
    }
    let current = process::read(&Command::new("kubectl", ["config", "current-context"])).ok()?;
    let local = ["kind-", "k3d-", "minikube", "docker-desktop", "colima", "rancher-desktop", "orbstack"];
    local.iter().any(|prefix| current.starts_with(prefix)).then_some(current)
}

fn done(args: &Args, target: &Path, scaffold: &Scaffold, answers: &Answers, context: &Context) {
    let mut command =
        vec!["instep".to_owned(), "new-service".into(), args.name.clone(), "--scaffold".into(), scaffold.manifest.name.clone()];
    command.extend(scaffold::as_flags(&scaffold.manifest, answers));
    context.report.document(json!({
        "service": args.name,
        "scaffold": scaffold.manifest.name,
        "version": scaffold.manifest.version,
        "folder": target,
        "answers": answers,
        "command": command,
    }));
    let next = format!("cd {} && instep run-local", process::quote(&target.display().to_string()));
    context.report.note(&format!("\n{}\n  {}\n\n{}", paint(DIM, "The same again:"), command.join(" "), paint(DIM, "Next:")));
    context.report.result(&format!("  {}", paint(NAME, &next)));
}
