//! The whole file.

use super::ci::CI;
use super::image::IMAGE;
use super::kube::{JOB, KUBE, WORKLOAD};
use super::load_test::LOAD_TEST;
use super::local::RUN_LOCAL;
use super::place::{CLUSTER, ENVIRONMENT};
use super::service::SERVICE;
use super::smoke::{NOTIFY, SMOKE_TEST};
use super::task::{REQUIRES, SCAFFOLDS, TASK, VARS, WORKSPACE};
use super::{EDITION, Fields, Form, Key, Shape, key};

/// The keys of the file's top level.
pub static ROOT: Fields = Fields { doc: "The file instep.toml.", groups: &[&KEYS] };

static KEYS: [Key; 21] = [
    key("ci", Shape::Table(&CI), "what a pipeline runs"),
    key("clusters", Shape::Map(Form::Label, &Shape::Table(&CLUSTER)), "Kubernetes clusters"),
    key("edition", Shape::Int(1, EDITION), "the shape of what is generated").or("1"),
    key("environments", Shape::Map(Form::Label, &Shape::Table(&ENVIRONMENT)), "the places it is deployed to"),
    key(
        "extends",
        Shape::Either(&[Shape::Word(Form::Free), Shape::List(&Shape::Word(Form::Free))]),
        "bases, weakest first: a file, or git+https://HOST/REPO.git//FILE.toml#REF (git+ssh, git+file), fetched by instep update --base",
    ),
    key("image", Shape::Table(&IMAGE), "the image"),
    key("images", Shape::Map(Form::Label, &Shape::Table(&IMAGE)), "further images"),
    key("jobs", Shape::Named(Form::Label, &Shape::Table(&JOB)), "parts that run to completion"),
    key("kube", Shape::Table(&KUBE), "how it runs in Kubernetes"),
    key("load-test", Shape::Table(&LOAD_TEST), "the load test"),
    key("minimum-version", Shape::Word(Form::Release), "the oldest instep that understands this file"),
    key("notify", Shape::Table(&NOTIFY), "who is told of a deployment"),
    key("requires", REQUIRES, "programs that this repo needs, checked by doctor"),
    key("run-local", Shape::Table(&RUN_LOCAL), "how it runs on this machine"),
    key("scaffolds", SCAFFOLDS, "further scaffolds, by name"),
    key("service", Shape::Table(&SERVICE), "the service"),
    key("smoke-test", Shape::Table(&SMOKE_TEST), "what must hold of a running service"),
    key("tasks", Shape::Named(Form::Task, &Shape::Table(&TASK)), "the repo's own tasks"),
    key("vars", VARS, "free variables, for templates"),
    key("workloads", Shape::Named(Form::Label, &Shape::Table(&WORKLOAD)), "further long-running parts"),
    key("workspace", Shape::Table(&WORKSPACE), "a repo of several services"),
];
