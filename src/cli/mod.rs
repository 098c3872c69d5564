//! Arguments as typed: the clap types, with the repo's tasks as real subcommands.

mod params;

use std::sync::{Mutex, PoisonError};

use clap::{CommandFactory as _, Parser};
use clap_complete::CompletionCandidate;
use clap_complete::engine::SubcommandCandidates;

use crate::command::{self, BUILT_INS, BuiltIn, Global};
use crate::config::{Head, same};

/// Every repo in step: the same commands in every repo, from one small instep.toml.
#[derive(Debug, Parser)]
#[command(name = "instep", version, disable_help_subcommand = true, max_term_width = 100)]
pub struct Cli {
    /// The options common to all commands.
    #[command(flatten)]
    pub global: Global,
    /// The built-in command.
    #[command(subcommand)]
    pub command: Option<BuiltIn>,
}

/// The whole command line: built-in commands, and a subcommand for every task of the repo.
/// A task that has work of its own takes the place of a built-in command of its name.
pub fn tree(tasks: &[Head<'_>], environments: &[&str]) -> clap::Command {
    let mut cli = Cli::command();
    let names: Vec<String> = cli.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    let own: Vec<&Head<'_>> = tasks.iter().filter(|task| names.iter().any(|name| same(name, task.name))).collect();
    let replaced = |name: &str| own.iter().any(|task| task.runs && same(name, task.name));
    for name in names.iter().filter(|name| name.contains('-') && !replaced(name)) {
        cli = cli.mut_subcommand(name, |command| command.alias(name.replace('-', "_")));
    }
    for task in tasks {
        if let Some(name) = own.iter().find(|own| own.name == task.name).and_then(|_| names.iter().find(|name| same(name, task.name))) {
            if !task.runs {
                continue;
            }
            cli = cli.mut_subcommand(name, |command| command.name(format!("built-in {name}")).hide(true));
        }
        cli = cli.subcommand(of_task(task, environments));
    }
    cli
}

/// The command line of one built-in command: the rest would only cost time.
pub fn tree_of_built_in(word: &str) -> Option<clap::Command> {
    let command = command::built_in(word)?;
    let other = command.get_name().replace('-', "_");
    Some(root().subcommand(if other == command.get_name() { command } else { command.alias(other) }))
}

/// The command line of one task.
pub fn tree_of_task(task: &Head<'_>, environments: &[&str]) -> clap::Command {
    root().subcommand(of_task(task, environments))
}

fn root() -> clap::Command {
    use clap::Args as _;
    let root = clap::Command::new("instep").version(env!("CARGO_PKG_VERSION"));
    Global::augment_args(root.subcommand_required(true).disable_help_subcommand(true).max_term_width(100))
}

/// The command line for completing its first word, which begins like this. What the commands take need
/// not be known then: they are mere words.
pub fn tree_of_words(tasks: &[Head<'_>], begin: &str) -> clap::Command {
    let words = Mutex::new(words(tasks, begin));
    let words = SubcommandCandidates::new(move || std::mem::take(&mut *words.lock().unwrap_or_else(PoisonError::into_inner)));
    root().allow_external_subcommands(true).mut_args(|arg| arg.global(false)).add(words)
}

/// What can be the first word, in the order of `--help`. Underscores may stand for hyphens, when they are typed.
fn words(tasks: &[Head<'_>], begin: &str) -> Vec<CompletionCandidate> {
    let built_in = BUILT_INS.iter().filter(|(name, _)| !tasks.iter().any(|task| task.runs && same(task.name, name)));
    let built_in = built_in.map(|(name, about)| (*name, Some(*about), false));
    let added = tasks.iter().filter(|task| task.runs || !BUILT_INS.iter().any(|(name, _)| same(task.name, name)));
    let added = added.map(|task| (task.name, task.description, task.hidden));
    let word = |(at, (name, about, hidden)): (usize, (&str, Option<&str>, bool))| {
        let other = || Some(other(name)).filter(|other| other.starts_with(begin));
        let name = if name.starts_with(begin) { Some(name.to_owned()) } else { other() }?;
        Some(CompletionCandidate::new(name).help(about.map(|line| line.to_owned().into())).display_order(Some(at)).hide(hidden))
    };
    built_in.chain(added).enumerate().filter_map(word).collect()
}

/// A name with hyphens for underscores, or the other way round.
fn other(name: &str) -> String {
    if name.contains('-') { name.replace('-', "_") } else { name.replace('_', "-") }
}

fn of_task(task: &Head<'_>, environments: &[&str]) -> clap::Command {
    let other = other(task.name);
    let params = task.params();
    let command = clap::Command::new(task.name.to_owned()).hide(task.hidden);
    let command = command.args(params.iter().map(|param| params::arg(param, environments)));
    let command = match task.description {
        Some(description) => command.about(description.to_owned()),
        None => command,
    };
    // A task with parameters takes what they say, and anything behind `--`; one without takes anything.
    let command = if params.is_empty() { command.arg(params::anything()) } else { command.arg(params::behind_dashes()) };
    if other == task.name { command } else { command.alias(other) }
}
