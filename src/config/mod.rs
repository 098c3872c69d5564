//! `instep.toml`: found, read, checked, merged, evaluated. What a command gets has no `Option` where
//! a default exists, and knows where it was written.

mod advice;
pub mod bases;
mod check;
mod ci;
mod deploy_on;
pub mod dotenv;
mod environment;
pub mod explain;
pub mod find;
mod image;
mod job;
mod json_schema;
mod kube;
mod load;
mod load_test;
mod local;
mod merge;
mod names;
pub mod node;
mod notify;
mod params;
pub mod parse;
mod plain;
mod pod;
mod project;
mod read;
mod reference;
mod refs;
mod scaffolds;
pub mod schema;
mod scope;
mod service;
mod smoke;
mod task;
pub mod template;
pub mod value;
pub mod variables;
pub mod vendor;
mod whole;
pub mod workspace;
mod wrapper;

pub use self::ci::{DEPLOY, Pipeline, STEPS};
pub use self::deploy_on::DeployOn;
pub use self::environment::{Environment, Gitops, Target};
pub use self::image::{BuildSecret, Builder, Image, SecretSource};
pub use self::job::Job;
pub use self::json_schema::json_schema;
pub use self::kube::{Ingress, Kind, Own, Replicas, Resource, Workload};
pub use self::load_test::{Limits, LoadTest};
pub use self::local::{Companion, Forward, RunLocal, Signal};
pub use self::names::{Names, same};
pub use self::notify::Notify;
pub use self::pod::{File, FileFrom, Patch, Sidecar, Volume};
pub use self::project::Project;
pub use self::read::{EnvValue, Read};
pub use self::reference::reference;
pub use self::scope::Scope;
pub use self::service::{Endpoint, Service};
pub use self::smoke::{Address, Ask, Body, Capture, Check, Expect, HttpAsk, SmokeTest, Status, Test, Tls};
pub use self::task::{Head, Param, ParamKind, Task};
pub use self::wrapper::Wrapper;

/// The options common to all commands, as identifiers: a parameter of a task can't have these names.
pub const COMMON_OPTIONS: &[&str] = &[
    "args",
    "color",
    "config",
    "dir",
    "dry_run",
    "env",
    "force",
    "help",
    "jobs",
    "junit",
    "keep_going",
    "no_needs",
    "output",
    "quiet",
    "service",
    "verbose",
    "version",
    "watch",
    "yes",
];

/// The built-in commands that a task of the same name extends or replaces, and that tasks may need.
pub const BUILT_IN: &[&str] = &[
    "add",
    "adopt",
    "ci",
    "docker-build",
    "docker-push",
    "fleet",
    "job",
    "kube-apply",
    "kube-delete",
    "kube-deploy",
    "kube-diff",
    "kube-history",
    "kube-logs",
    "kube-render",
    "kube-rollback",
    "kube-status",
    "kube-unlock",
    "load-test",
    "new-service",
    "promote",
    "redeploy",
    "run-local",
    "secret",
    "smoke-test",
    "update",
];

/// The commands about the repo and the tool: a task can't have their names.
pub const ABOUT: &[&str] = &["completions", "config", "doctor", "list", "scaffold", "schema", "tour", "why"];
