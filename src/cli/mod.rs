//! Arguments as typed: the clap types, with the repo's tasks as real subcommands.

mod params;

use clap::{CommandFactory as _, Parser};

use crate::command::{BuiltIn, Global};
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

/// The command line of one task: the rest would only cost time.
pub fn tree_of_task(task: &Head<'_>, environments: &[&str]) -> clap::Command {
    use clap::Args as _;
    let root = clap::Command::new("instep").version(env!("CARGO_PKG_VERSION")).subcommand_required(true);
    Global::augment_args(root).subcommand(of_task(task, environments))
}

/// The whole command line for completing its first word: no command needs the common options then.
pub fn tree_of_words(tasks: &[Head<'_>], environments: &[&str]) -> clap::Command {
    tree(tasks, environments).mut_args(|arg| arg.global(false))
}

fn of_task(task: &Head<'_>, environments: &[&str]) -> clap::Command {
    let other = if task.name.contains('-') { task.name.replace('-', "_") } else { task.name.replace('_', "-") };
    let command =
        clap::Command::new(task.name.to_owned()).hide(task.hidden).args(task.params.iter().map(|param| params::arg(param, environments)));
    let command = match &task.description {
        Some(description) => command.about(description.clone()),
        None => command,
    };
    // A task with parameters takes what they say, and anything behind `--`; one without takes anything.
    let command = if task.params.is_empty() { command.arg(params::anything()) } else { command.arg(params::behind_dashes()) };
    if other == task.name { command } else { command.alias(other) }
}
