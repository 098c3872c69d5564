//! The built-in commands: a file each, with its arguments and one function.

mod add;
mod adopt;
mod ci;
mod ci_files;
mod complete;
mod completions;
mod config;
mod confirm;
mod context;
mod docker_build;
mod doctor;
mod doctor_write;
mod each;
mod early;
mod explain;
mod fleet;
mod instepw;
mod job;
mod junit;
mod kube_apply;
mod kube_delete;
mod kube_deploy;
mod kube_diff;
mod kube_eject;
mod kube_history;
mod kube_logs;
mod kube_render;
mod kube_rollback;
mod kube_status;
mod kube_unlock;
mod list;
mod load_test;
mod new_service;
mod options;
mod promote;
mod redeploy;
mod run_local;
mod scaffold;
mod scaffold_test;
mod scaffolds;
mod schema;
mod secret;
mod smoke_test;
mod target;
mod task;
mod tour;
mod trust;
mod update;
mod update_base;
mod update_fleet;
mod update_scaffold;
mod why;

use clap::Subcommand;

pub use self::complete::VARIABLE as COMPLETE_VARIABLE;
pub use self::context::Context;
pub use self::early::Early;
pub use self::junit::reported;
pub use self::options::{Global, Output};
use crate::config::same;
use crate::report::Result;

/// One table of the built-in commands. The whole command line is made of it, and the line of one command
/// alone: building all of them for each call would cost more than most calls do.
macro_rules! built_in {
    ($($name:literal $variant:ident($args:path) => $run:path, $about:literal;)*) => {
        /// The built-in commands, in alphabetical order.
        #[derive(Debug, Subcommand)]
        pub enum BuiltIn {
            $(#[doc = $about] #[command(name = $name)] $variant($args),)*
        }

        impl BuiltIn {
            /// Runs the command.
            pub fn run(&self, context: &Context) -> Result<()> {
                match self {
                    $(Self::$variant(args) => $run(args, context),)*
                }
            }
        }

        /// Each built-in command with what it does, in one line.
        pub const BUILT_INS: &[(&str, &str)] = &[$(($name, $about)),*];

        /// The built-in command of this name; underscores and hyphens are the same.
        pub fn built_in(word: &str) -> Option<clap::Command> {
            $(if same(word, $name) {
                return Some(<$args as clap::Args>::augment_args(clap::Command::new($name)).about($about));
            })*
            None
        }
    };
}

built_in! {
    "add" Add(add::Args) => add::run, "Add a part of the scaffold that the repo did not take at first";
    "adopt" Adopt(adopt::Args) => adopt::run, "Propose an instep.toml for a repo that was not generated";
    "ci" Ci(ci::Args) => ci::run, "Run what a pipeline runs: works out from the event what to build, test and deploy";
    "completions" Completions(completions::Args) => completions::run, "Print the script that completes instep's words in a shell";
    "config" Config(config::Args) => config::run, "Print the merged configuration, each value with where it was written";
    "docker-build" DockerBuild(docker_build::Args) => docker_build::run, "Build the images of the repo, and push them with --push";
    "docker-push" DockerPush(docker_build::PushArgs) => docker_build::push, "Push the images that are built";
    "doctor" Doctor(doctor::Args) => doctor::run, "Tell what this repo needs, whether it is there, and the cure where it is not";
    "fleet" Fleet(fleet::Args) => fleet::run, "Look at many services at once, or run a command in many checkouts";
    "job" Job(job::Args) => job::run, "Run a job of the service in the cluster, list its runs, show what one wrote";
    "kube-apply" KubeApply(kube_apply::Args) => kube_apply::run, "Deploy to an environment: apply, wait until it serves, take it back if it fails";
    "kube-delete" KubeDelete(kube_delete::Args) => kube_delete::run, "Delete everything that releases of this service made in an environment";
    "kube-deploy" KubeDeploy(kube_deploy::Args) => kube_deploy::run, "Roll out only a new image; no configuration is applied";
    "kube-diff" KubeDiff(kube_diff::Args) => kube_diff::run, "Tell what kube-apply would change, or with --drift what others changed";
    "kube-history" KubeHistory(kube_history::Args) => kube_history::run, "List the releases in an environment";
    "kube-logs" KubeLogs(kube_logs::Args) => kube_logs::run, "Show what the pods write";
    "kube-render" KubeRender(kube_render::Args) => kube_render::run, "Print the Kubernetes manifests of an environment, or write them to a folder";
    "kube-rollback" KubeRollback(kube_rollback::Args) => kube_rollback::run, "Put an earlier release back";
    "kube-status" KubeStatus(kube_status::Args) => kube_status::run, "Show the newest release in an environment, and what runs of it";
    "kube-unlock" KubeUnlock(kube_unlock::Args) => kube_unlock::run, "Show who holds the lock of a deployment, and free it";
    "list" List(list::Args) => list::run, "List the repo's tasks and the built-in commands";
    "load-test" LoadTest(load_test::Args) => load_test::run, "Load a running service for a short time, and hold the figures against thresholds";
    "new-service" NewService(new_service::Args) => new_service::run, "Make a new repo from a scaffold";
    "promote" Promote(promote::Args) => promote::run, "Deploy by a commit to the platform repo, or a pull request there";
    "redeploy" Redeploy(redeploy::Args) => redeploy::run, "Restart many services, or apply their releases again";
    "run-local" RunLocal(run_local::Args) => run_local::run, "Start the service on this machine; Ctrl-C stops everything";
    "scaffold" Scaffold(scaffold::Args) => scaffold::run, "List, show, lint and test scaffolds";
    "schema" Schema(schema::Args) => schema::run, "Print the JSON Schema of instep.toml";
    "secret" Secret(secret::Args) => secret::run, "Set a key of a Secret, or list which are there, wanted and read";
    "smoke-test" SmokeTest(smoke_test::Args) => smoke_test::run, "Check a running service: TARGET_URL, an environment, or the local run";
    "tour" Tour(tour::Args) => tour::run, "Show the whole way of a service, each command printed before it runs";
    "update" Update(update::Args) => update::run, "Bring the repo to the newest version of its scaffold; with --base: of its bases";
    "why" Why(why::Args) => why::run, "Tell why a task would run, or not";
}

/// `instep` alone.
pub fn list(context: &Context) -> Result<()> {
    list::run(&list::Args::default(), context)
}

/// A task of the repo.
pub fn task(name: &str, arguments: &clap::ArgMatches, context: &Context) -> Result<()> {
    task::run(name, arguments, context)
}

/// A built-in command, with what a task of its name says that it needs; at the root of a workspace for each
/// service that it concerns.
pub fn run_built_in(command: &BuiltIn, name: &str, arguments: &clap::ArgMatches, context: &Context) -> Result<()> {
    each::run(command, name, arguments, context)
}

/// The built-in commands as clap knows them, with the options common to all.
pub fn tree() -> clap::Command {
    use clap::Args as _;
    BuiltIn::augment_subcommands(Global::augment_args(clap::Command::new("instep").version(env!("CARGO_PKG_VERSION"))))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_command_can_be_replaced_or_is_about_the_tool() {
        let mut names: Vec<&str> = super::BUILT_INS.iter().map(|(name, _)| *name).collect();
        let mut known = [crate::config::BUILT_IN, crate::config::ABOUT].concat();
        names.sort_unstable();
        known.sort_unstable();
        assert_eq!(names, known);
    }
}
