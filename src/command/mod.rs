//! The built-in commands: a file each, with its arguments and one function.

mod context;
mod list;
mod new_service;
mod task;

use clap::Subcommand;

pub use self::context::Context;
use crate::report::Result;

/// The built-in commands, in alphabetical order.
#[derive(Debug, Subcommand)]
pub enum BuiltIn {
    /// List the repo's tasks and the built-in commands
    List(list::Args),
    /// Make a new repo from a scaffold
    NewService(new_service::Args),
}

impl BuiltIn {
    /// Runs the command.
    pub fn run(&self, context: &Context) -> Result<()> {
        match self {
            Self::List(args) => list::run(args, context),
            Self::NewService(args) => new_service::run(args, context),
        }
    }
}

/// `instep` alone.
pub fn list(context: &Context) -> Result<()> {
    list::run(&list::Args::default(), context)
}

/// A task of the repo.
pub fn task(name: &str, arguments: &clap::ArgMatches, context: &Context) -> Result<()> {
    let args: Vec<std::ffi::OsString> = arguments.get_many("args").into_iter().flatten().cloned().collect();
    task::run(name, &args, context)
}

/// What a built-in command needs, when a task of its name says so.
pub fn needs(name: &str, context: &Context) -> Result<()> {
    if context.global.no_needs { Ok(()) } else { task::needs(name, context) }
}
