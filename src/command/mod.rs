//! The built-in commands: a file each, with its arguments and one function.

mod context;
mod docker_build;
mod list;

use clap::Subcommand;

pub use self::context::Context;
use crate::report::Result;

/// The built-in commands, in alphabetical order.
#[derive(Debug, Subcommand)]
pub enum BuiltIn {
    /// Build the images of the repo, and push them with --push
    DockerBuild(docker_build::Args),
    /// Push the images that are built
    DockerPush(docker_build::PushArgs),
    /// List the repo's tasks and the built-in commands
    List(list::Args),
}

impl BuiltIn {
    /// Runs the command.
    pub fn run(&self, context: &Context) -> Result<()> {
        match self {
            Self::DockerBuild(args) => docker_build::run(args, context),
            Self::DockerPush(args) => docker_build::push(args, context),
            Self::List(args) => list::run(args, context),
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
