//! Arguments as typed: the clap types, with the repo's tasks as real subcommands.

pub mod complete;
mod early;

use std::path::PathBuf;

use anstream::ColorChoice;
use clap::{Args, CommandFactory as _, Parser, ValueEnum};

pub use self::early::Early;
use crate::command::BuiltIn;
use crate::config::Head;

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

/// The options common to all commands.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Common options")]
pub struct Global {
    /// Run as if started in this folder
    #[arg(short = 'C', value_name = "DIR", global = true, value_hint = clap::ValueHint::DirPath)]
    pub dir: Option<PathBuf>,
    /// How results are printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "human", global = true)]
    pub output: Output,
    /// Print what would be done, as a script that a person could run, and do nothing
    #[arg(long, global = true)]
    pub dry_run: bool,
    /// Say more; twice: even more
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub verbose: u8,
    /// Only results and errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Answer harmless questions with yes
    #[arg(long, global = true)]
    pub yes: bool,
    /// When to colour: auto, always, never
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto", global = true)]
    pub color: Color,
    /// How many tasks run at once; default: as many as there are processors
    #[arg(long, value_name = "N", global = true, value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// Run tasks that are up to date too
    #[arg(long, global = true)]
    pub force: bool,
    /// After a failure, go on with what does not need the failed task
    #[arg(long, global = true)]
    pub keep_going: bool,
    /// Only the command itself, not the tasks that it needs here
    #[arg(long, hide = true, global = true)]
    pub no_needs: bool,
    /// Set an environment variable for what is run
    #[arg(short = 'e', long = "env", value_name = "KEY=VALUE", global = true)]
    pub env: Vec<String>,
    /// Set a key of instep.toml for this run
    #[arg(long, value_name = "KEY=VALUE", global = true)]
    pub config: Vec<String>,
}

/// `--output`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people
    #[default]
    Human,
    /// One JSON document
    Json,
}

/// `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl From<Color> for ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

/// The whole command line: built-in commands, and a subcommand for every task of the repo.
/// A task that has work of its own takes the place of a built-in command of its name.
pub fn tree(tasks: &[Head<'_>]) -> clap::Command {
    let mut cli = Cli::command();
    let names: Vec<String> = cli.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    for name in names.iter().filter(|name| name.contains('-')) {
        cli = cli.mut_subcommand(name, |command| command.alias(name.replace('-', "_")));
    }
    for task in tasks {
        if let Some(name) = names.iter().find(|name| crate::config::same(name, task.name)) {
            if !task.runs {
                continue;
            }
            cli = cli.mut_subcommand(name, |command| command.name(format!("built-in {name}")).hide(true));
        }
        cli = cli.subcommand(of_task(task));
    }
    cli
}

fn of_task(task: &Head<'_>) -> clap::Command {
    let other = if task.name.contains('-') { task.name.replace('-', "_") } else { task.name.replace('_', "-") };
    let rest = clap::Arg::new("args")
        .value_name("ARGS")
        .num_args(0..)
        .trailing_var_arg(true)
        .allow_hyphen_values(true)
        .value_parser(clap::value_parser!(std::ffi::OsString))
        .help("Passed on to the task, as \"$@\"");
    let command = clap::Command::new(task.name.to_owned()).hide(task.hidden).arg(rest);
    let command = match &task.description {
        Some(description) => command.about(description.clone()),
        None => command,
    };
    if other == task.name { command } else { command.alias(other) }
}
