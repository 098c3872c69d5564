//! The built-in commands: a file each, with its arguments and one function.

mod context;
mod list;
mod run_local;
mod smoke_test;

use clap::Subcommand;

pub use self::context::Context;
use crate::report::Result;

/// The built-in commands, in alphabetical order.
#[derive(Debug, Subcommand)]
pub enum BuiltIn {
    /// List the repo's tasks and the built-in commands
    List(list::Args),
    /// Start the service on this machine; Ctrl-C stops everything
    RunLocal(run_local::Args),
    /// Check a running service: TARGET_URL, an environment, or the local run
    SmokeTest(smoke_test::Args),
}

impl BuiltIn {
    /// Runs the command.
    pub fn run(&self, context: &Context) -> Result<()> {
        match self {
            Self::List(args) => list::run(args, context),
            Self::RunLocal(args) => run_local::run(args, context),
            Self::SmokeTest(args) => smoke_test::run(args, context),
        }
    }
}

/// `instep` alone.
pub fn list(context: &Context) -> Result<()> {
    list::run(&list::Args::default(), context)
}

/// A task of the repo.
pub fn task(name: &str, _arguments: &clap::ArgMatches, _context: &Context) -> Result<()> {
    Err(crate::report::Error::failed(format!("task {name}: the scheduler comes next")))
}
