//! The built-in commands: a file each, with its arguments and one function.

mod confirm;
mod context;
mod kube_apply;
mod kube_render;
mod kube_status;
mod list;

use clap::Subcommand;

pub use self::context::Context;
use crate::report::Result;

/// The built-in commands, in alphabetical order.
#[derive(Debug, Subcommand)]
pub enum BuiltIn {
    /// Deploy to an environment: apply, wait until it serves, take it back if it fails
    KubeApply(kube_apply::Args),
    /// Print the Kubernetes manifests of an environment, or write them to a folder
    KubeRender(kube_render::Args),
    /// Show the newest release in an environment, and what runs of it
    KubeStatus(kube_status::Args),
    /// List the repo's tasks and the built-in commands
    List(list::Args),
}

impl BuiltIn {
    /// Runs the command.
    pub fn run(&self, context: &Context) -> Result<()> {
        match self {
            Self::KubeApply(args) => kube_apply::run(args, context),
            Self::KubeRender(args) => kube_render::run(args, context),
            Self::KubeStatus(args) => kube_status::run(args, context),
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

/// The tables that decide what runs in Kubernetes in this environment.
fn kube_tables(environment: &str) -> Vec<String> {
    let own = ["kube", "workloads", "jobs"];
    let over = own.map(|table| format!("environments.{environment}.{table}"));
    own.map(str::to_owned).into_iter().chain(over).collect()
}
