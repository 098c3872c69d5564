//! The built-in commands: a file each, with its arguments and one function.

mod add;
mod adopt;
mod complete;
mod completions;
mod config;
mod confirm;
mod context;
mod docker_build;
mod doctor;
mod early;
mod kube_apply;
mod kube_render;
mod kube_status;
mod list;
mod new_service;
mod options;
mod run_local;
mod scaffold;
mod scaffolds;
mod schema;
mod smoke_test;
mod task;
mod tour;
mod update;
mod update_base;
mod update_fleet;
mod update_scaffold;
mod why;

use clap::Subcommand;

pub use self::complete::VARIABLE as COMPLETE_VARIABLE;
pub use self::context::Context;
pub use self::early::Early;
pub use self::options::{Global, Output};
use crate::config::{ABOUT, BUILT_IN, same};
use crate::report::Result;

/// The built-in commands, in alphabetical order.
#[derive(Debug, Subcommand)]
pub enum BuiltIn {
    /// Add a part of the scaffold that the repo did not take at first
    Add(add::Args),
    /// Propose an instep.toml for a repo that was not generated
    Adopt(adopt::Args),
    /// Print the script that completes instep's words in a shell
    Completions(completions::Args),
    /// Print the merged configuration, each value with where it was written
    Config(config::Args),
    /// Build the images of the repo, and push them with --push
    DockerBuild(docker_build::Args),
    /// Push the images that are built
    DockerPush(docker_build::PushArgs),
    /// Tell what this repo needs, whether it is there, and the cure where it is not
    Doctor(doctor::Args),
    /// Deploy to an environment: apply, wait until it serves, take it back if it fails
    KubeApply(kube_apply::Args),
    /// Print the Kubernetes manifests of an environment, or write them to a folder
    KubeRender(kube_render::Args),
    /// Show the newest release in an environment, and what runs of it
    KubeStatus(kube_status::Args),
    /// List the repo's tasks and the built-in commands
    List(list::Args),
    /// Make a new repo from a scaffold
    NewService(new_service::Args),
    /// Start the service on this machine; Ctrl-C stops everything
    RunLocal(run_local::Args),
    /// List, show, lint and test scaffolds
    Scaffold(scaffold::Args),
    /// Print the JSON Schema of instep.toml
    Schema(schema::Args),
    /// Check a running service: TARGET_URL, an environment, or the local run
    SmokeTest(smoke_test::Args),
    /// Show the whole way of a service, each command printed before it runs
    Tour(tour::Args),
    /// Bring the repo to the newest version of its scaffold; with --base: of its bases
    Update(update::Args),
    /// Tell why a task would run, or not
    Why(why::Args),
}

impl BuiltIn {
    /// Runs the command.
    pub fn run(&self, context: &Context) -> Result<()> {
        match self {
            Self::Add(args) => add::run(args, context),
            Self::Adopt(args) => adopt::run(args, context),
            Self::Completions(args) => completions::run(args, context),
            Self::Config(args) => config::run(args, context),
            Self::DockerBuild(args) => docker_build::run(args, context),
            Self::DockerPush(args) => docker_build::push(args, context),
            Self::Doctor(args) => doctor::run(args, context),
            Self::KubeApply(args) => kube_apply::run(args, context),
            Self::KubeRender(args) => kube_render::run(args, context),
            Self::KubeStatus(args) => kube_status::run(args, context),
            Self::List(args) => list::run(args, context),
            Self::NewService(args) => new_service::run(args, context),
            Self::RunLocal(args) => run_local::run(args, context),
            Self::Scaffold(args) => scaffold::run(args, context),
            Self::Schema(args) => schema::run(args, context),
            Self::SmokeTest(args) => smoke_test::run(args, context),
            Self::Tour(args) => tour::run(args, context),
            Self::Update(args) => update::run(args, context),
            Self::Why(args) => why::run(args, context),
        }
    }
}

/// `instep` alone.
pub fn list(context: &Context) -> Result<()> {
    list::run(&list::Args::default(), context)
}

/// A task of the repo.
pub fn task(name: &str, arguments: &clap::ArgMatches, context: &Context) -> Result<()> {
    task::run(name, arguments, context)
}

/// What a built-in command needs, when a task of its name says so.
pub fn needs(name: &str, context: &Context) -> Result<()> {
    if context.global.no_needs { Ok(()) } else { task::needs(name, context) }
}

/// The built-in commands as clap knows them, with the options common to all.
pub fn tree() -> clap::Command {
    use clap::Args as _;
    BuiltIn::augment_subcommands(Global::augment_args(clap::Command::new("instep").version(env!("CARGO_PKG_VERSION"))))
}

/// The tables that decide what runs in Kubernetes in this environment.
fn kube_tables(environment: &str) -> Vec<String> {
    let own = ["kube", "workloads", "jobs"];
    let over = own.map(|table| format!("environments.{environment}.{table}"));
    own.map(str::to_owned).into_iter().chain(over).collect()
}

/// Whether a built-in command has this name; underscores and hyphens are the same.
pub fn is_built_in(word: &str) -> bool {
    [BUILT_IN, ABOUT].iter().any(|names| names.iter().any(|name| same(name, word)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_command_can_be_replaced_or_is_about_the_tool() {
        let tree = super::tree();
        let mut names: Vec<&str> = tree.get_subcommands().map(clap::Command::get_name).collect();
        let mut known = [super::BUILT_IN, super::ABOUT].concat();
        names.sort_unstable();
        known.sort_unstable();
        assert_eq!(names, known);
    }
}
