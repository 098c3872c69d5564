//! `instep add COMPONENT`: a part of the scaffold that the repo did not take at first, by the same merge as an update.

use clap_complete::ArgValueCandidates;
use clap_complete::engine::CompletionCandidate;

use super::{Context, scaffolds, update_scaffold};
use crate::process;
use crate::report::{Error, Result, text};
use crate::scaffold::{self, Record, Scaffold};

/// Arguments of `add`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The part; `instep scaffold show NAME` lists them
    #[arg(add = ArgValueCandidates::new(components))]
    component: String,
    /// Answer a question of the scaffold anew
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
}

/// Merges what the scaffold generates with the part into the repo.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let root = scaffolds::root(context)?;
    let record = Record::read(&root)?;
    let scaffold = Scaffold::find(record.place(), &scaffolds::names(context)?, &root)?;
    let manifest = &scaffold.manifest;
    let component = manifest.components.get(&args.component).ok_or_else(|| unknown(&args.component, &scaffold))?;
    let mut set = scaffold::with_component(manifest, component, &record.answers);
    set.extend(args.set.iter().cloned());
    let (answers, _) = scaffold::carry_over(manifest, &record.answers, &set)?;
    update_scaffold::go(&root, &record, &scaffold, &answers, true, context)
}

fn unknown(name: &str, scaffold: &Scaffold) -> Error {
    let known: Vec<&str> = scaffold.manifest.components.keys().map(String::as_str).collect();
    let error = Error::usage(format!("the scaffold {} has no part `{name}`", scaffold.manifest.name));
    match text::nearest(name, known.iter().copied()) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None if known.is_empty() => error,
        None => error.help(format!("it has {}", text::list(&known))),
    }
}

/// The parts of the repo's scaffold, when that is embedded: nothing is fetched for a completion.
fn components() -> Vec<CompletionCandidate> {
    let here = process::env::current_dir().unwrap_or_default();
    let Some(record) = Record::find(&here).and_then(|root| Record::read(&root)).ok().filter(|record| record.source.is_none()) else {
        return Vec::new();
    };
    let scaffold = Scaffold::embedded().into_iter().find(|scaffold| scaffold.manifest.name == record.scaffold);
    let parts = scaffold.into_iter().flat_map(|scaffold| scaffold.manifest.components);
    parts.map(|(name, part)| CompletionCandidate::new(name).help(Some(part.description.into()))).collect()
}
