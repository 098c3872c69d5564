//! `instep kube-delete`.

use std::io::IsTerminal as _;

use clap_complete::ArgValueCandidates;
use serde_json::json;

use super::{Context, confirm};
use crate::config::Environment;
use crate::kube::Ground;
use crate::kube::delete::{Removal, act, removal};
use crate::kube::object::Key;
use crate::plan::Plan;
use crate::report::style::{BAD, paint};
use crate::report::{Error, Kind, Result, text};

/// Arguments of `kube-delete`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The environment, or ENV/CLUSTER
    #[arg(value_name = "ENV", add = ArgValueCandidates::new(super::complete::environments))]
    environment: String,
    /// Claims too, and the data that they hold
    #[arg(long)]
    claims: bool,
    /// Yes, this environment is meant
    #[arg(long, value_name = "ENV", add = ArgValueCandidates::new(super::complete::environments))]
    confirm: Option<String>,
}

/// Deletes everything that releases of this service made there. The namespace stays.
///
/// # Errors
/// Exit code 6 unless the environment's name is typed, or given with --confirm.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let environment = Environment::of(context.project()?, &args.environment)?;
    let mut found = Vec::new();
    for target in &environment.places {
        let ground = Ground::of(target, &context.report)?;
        let removal = removal(&ground, args.claims)?;
        found.push((ground, removal));
    }
    if context.global.dry_run {
        let mut whole = Plan::default();
        for (_, removal) in found {
            whole.steps.extend(removal.plan.steps);
        }
        whole.show(&context.report);
        return Ok(());
    }
    for (ground, removal) in &found {
        show(ground, removal, context);
    }
    let names = |keys: &[Key]| keys.iter().map(Key::to_string).collect::<Vec<_>>();
    let places = found.iter().map(
        |(ground, it)| json!({ "namespace": ground.kubectl.place.namespace, "deleted": names(&it.objects), "kept": names(&it.claims) }),
    );
    let document = json!({ "environment": environment.name, "places": places.collect::<Vec<_>>() });
    if found.iter().all(|(_, removal)| removal.plan.steps.is_empty()) {
        context.report.document(document);
        return Ok(());
    }
    agreed(args, &environment.name, context)?;
    for (ground, removal) in &found {
        removal.plan.run(&context.report, |step| act(ground, &step.action))?;
    }
    context.report.document(document);
    Ok(())
}

/// Deleting is never harmless: the name is wanted for every environment.
fn agreed(args: &Args, name: &str, context: &Context) -> Result<()> {
    let refused = |message: String| Error::new(Kind::Refused, message);
    match &args.confirm {
        Some(given) if given == name => Ok(()),
        Some(given) => Err(refused(format!("--confirm {given} does not name the environment `{name}`"))),
        None if std::io::stdin().is_terminal() && context.report.is_live() => confirm::ask_for("This deletes it all.", name, context),
        None => Err(refused("nothing was deleted".to_owned()).help(format!("say that it is meant: --confirm {name}"))),
    }
}

fn show(ground: &Ground, removal: &Removal, context: &Context) {
    let place = &ground.kubectl.place;
    let head = format!("{} in namespace {} (context {})", text::count(removal.objects.len(), "object"), place.namespace, place.context);
    context.report.result(&head);
    for key in &removal.objects {
        context.report.result(&format!("  {} {key}", paint(BAD, "-")));
    }
    for key in &removal.claims {
        context.report.result(&format!("    {key} stays, with its data (--claims deletes it)"));
    }
}
