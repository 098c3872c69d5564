//! `instep new-service`: a new repo from a scaffold.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use clap_complete::ArgValueCandidates;
use serde_json::{Value, json};

use super::{Context, complete, scaffolds, trust};
use crate::config::schema::Form;
use crate::config::value;
use crate::process::{self, Command};
use crate::report::style::{DIM, NAME, paint};
use crate::report::{Error, Result};
use crate::scaffold::{self, Answers, Maker, Rest, Scaffold};

/// Arguments of `new-service`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The service's name: lower-case letters, digits and `-`
    name: String,
    /// The scaffold: a name, a folder (with a slash), or git+https://HOST/REPO.git//FOLDER#TAG
    #[arg(long, value_name = "SCAFFOLD", add = ArgValueCandidates::new(complete::scaffolds))]
    scaffold: Option<String>,
    /// Answer a question of the scaffold
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Take the answers of a TOML file; --set is stronger
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    answers: Option<PathBuf>,
    /// Agree to the commands that the scaffold wants to run, by the hash that is shown with them
    #[arg(long, value_name = "HASH")]
    trust: Option<String>,
    /// The folder of the new repo; default: ./NAME
    // With a name of its own: `-C` is called `dir`, too.
    #[arg(id = "place", long = "dir", value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    place: Option<PathBuf>,
}

/// Makes the repo, whole or not at all.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let name = &name(&args.name, context)?;
    let scaffold = choose(args, context)?;
    scaffold.check_name(name)?;
    let commands = trust::agreed(&scaffold, args.trust.as_deref(), context)?;
    let mut set = args.answers.as_deref().map(|file| scaffold::from_file(&context.dir.join(file))).transpose()?.unwrap_or_default();
    set.extend(args.set.iter().cloned());
    let rest = if context.global.yes { Rest::Defaults } else { Rest::Ask(&context.report) };
    let answers = scaffold::collect(&scaffold.manifest, known(name, &set), &set, rest)?;
    let files = scaffold::render(&scaffold, &answers)?;
    let target = args.place.clone().unwrap_or_else(|| PathBuf::from(name));
    let place = context.dir.join(&target);
    let inside = crate::repo::is_inside(&context.dir);
    let plan = scaffold::plan(&place, &files, &scaffold, &commands, !inside)?;
    if context.global.dry_run {
        plan.show(&context.report);
        return Ok(());
    }
    let maker = Maker::new(&place, &files, &scaffold, &answers, &plan)?;
    plan.run(&context.report, |step| maker.act(step))?;
    maker.finish(&place)?;
    done(name, args, &target, &scaffold, &answers, context);
    Ok(())
}

/// The name, if it is one; on a terminal, what was probably meant is offered.
fn name(given: &str, context: &Context) -> Result<String> {
    let Err(fault) = value::check_form(Form::Label, given) else { return Ok(given.to_owned()) };
    let instead = value::label(given);
    let error = Error::usage(format!("the name `{given}` {}", fault.what));
    if std::io::stdin().is_terminal() && context.report.is_live() && value::check_form(Form::Label, &instead).is_ok() {
        context.report.note(error.message());
        if scaffold::agree(&format!("Use `{instead}`"), true, &context.report)? {
            return Ok(instead);
        }
    }
    Err(fault.help.into_iter().fold(error, Error::help))
}

/// The one that was named; else, asked on a terminal; else the choice is the user's to make.
fn choose(args: &Args, context: &Context) -> Result<Scaffold> {
    let names = scaffolds::names(context)?;
    if let Some(name) = &args.scaffold {
        // A folder is meant from where the user is.
        return Scaffold::find(name, &names, &context.dir);
    }
    let all = Scaffold::embedded();
    let embedded = all.iter().map(|scaffold| (scaffold.manifest.name.as_str(), scaffold.manifest.description.as_str()));
    let rows: Vec<(&str, &str)> = embedded.chain(names.iter().map(|(name, place)| (name.as_str(), place.as_str()))).collect();
    let picked =
        if std::io::stdin().is_terminal() && context.report.is_live() { scaffold::pick("Scaffold", &rows, &context.report)? } else { None };
    if let Some(name) = picked {
        return Scaffold::find(&name, &names, &context.dir);
    }
    let lines: Vec<String> = rows.iter().map(|(name, words)| format!("{name}: {words}")).collect();
    Err(Error::usage("which scaffold?").note(lines.join("\n")).help("add --scaffold NAME, with one of these"))
}

/// What instep knows without asking; kubectl is asked only for what is not given.
fn known(name: &str, set: &[String]) -> Answers {
    let given = set.iter().any(|pair| pair.starts_with("context="));
    let context = if given { None } else { kube_context() };
    Answers::from([
        ("name".to_owned(), Value::from(name)),
        ("package".to_owned(), Value::from(name.replace('-', "_"))),
        ("registry".to_owned(), Value::from("localhost:5000")),
        ("context".to_owned(), Value::from(context.unwrap_or_else(|| "staging".to_owned()))),
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

fn done(name: &str, args: &Args, target: &Path, scaffold: &Scaffold, answers: &Answers, context: &Context) {
    let place = args.scaffold.clone().unwrap_or_else(|| scaffold.manifest.name.clone());
    let elsewhere = context.global.dir.iter().flat_map(|dir| ["-C".to_owned(), process::quote(&dir.display().to_string())]);
    let mut command: Vec<String> = std::iter::once("instep".to_owned()).chain(elsewhere).collect();
    command.extend(["new-service".to_owned(), name.to_owned(), "--scaffold".into(), process::quote(&place)]);
    command.extend(scaffold::as_flags(&scaffold.manifest, answers));
    command.extend(args.place.iter().flat_map(|dir| ["--dir".to_owned(), process::quote(&dir.display().to_string())]));
    command.extend(scaffold::fingerprint(scaffold).into_iter().flat_map(|hash| ["--trust".to_owned(), hash]));
    context.report.document(json!({
        "service": name,
        "scaffold": scaffold.manifest.name,
        "version": scaffold.manifest.version,
        "folder": target,
        "answers": answers,
        "command": command,
    }));
    let there = context.global.dir.as_ref().map_or_else(|| target.to_owned(), |dir| dir.join(target));
    let next = format!("cd {} && instep run-local", process::quote(&there.display().to_string()));
    context.report.note(&format!("\n{}\n  {}\n\n{}", paint(DIM, "The same again:"), command.join(" "), paint(DIM, "Next:")));
    context.report.result(&format!("  {}", paint(NAME, &next)));
}
