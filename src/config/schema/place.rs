//! `[clusters.NAME]` and `[environments.NAME]`.

use super::image::IMAGE_OVERLAY;
use super::kube::{JOB, KUBE, WORKLOAD};
use super::load_test::LOAD_TEST;
use super::service::SERVICE_OVERLAY;
use super::smoke::{NOTIFY, SMOKE_TEST};
use super::task::VARS;
use super::{Fields, Form, Key, Shape, TEXTS, key};

pub(super) static CLUSTER: Fields = Fields {
    doc: "A Kubernetes cluster.",
    groups: &[&[
        key("context", Shape::Text, "its context in the kubeconfig").required(),
        key("kube-version", Shape::Text, "its version: decides which API versions are rendered"),
        key("platform", Shape::Text, "the platform of its nodes, such as linux/amd64: images for others are refused"),
        key("uid", Shape::Text, "the uid of its kube-system namespace; a mismatch is refused"),
    ]],
};

pub(super) static ENVIRONMENT: Fields = Fields { doc: "One place: a cluster and a namespace.", groups: &[&WHERE, &RULES, &OVERLAY] };

static WHERE: [Key; 6] = [
    key("cluster", NAMES, "its cluster, or several in order"),
    key("context", Shape::Text, "short for a cluster of its own: the context in the kubeconfig"),
    key("kube-version", Shape::Text, "with context: its version, which decides the API versions that are rendered"),
    key("namespace", Shape::Text, "the namespace; default: the service's name"),
    key("uid", Shape::Text, "with context: the uid of its kube-system namespace"),
    key("url", Shape::Text, "where the service is reached from outside"),
];

static RULES: [Key; 6] = [
    key("clusters", Shape::Map(Form::Label, &Shape::Table(&PER_CLUSTER)), "what differs in one of its clusters"),
    key("deploy-on", Shape::Table(&DEPLOY_ON), "what event of git deploys here, in `instep ci`"),
    key("gitops", Shape::Table(&GITOPS), "deploy by a commit to a platform repo"),
    key("pause", Shape::Duration, "with several clusters: how long to wait, and then check again, before the next one"),
    key("protected", Shape::Bool, "ask for the environment's name before anything is changed").or("false"),
    key("sealed", Shape::Bool, "secret set seals values by kubeseal into files that are committed, and applied by kube-apply").or("false"),
];

/// The tables that lie over the file's own.
static OVERLAY: [Key; 9] = [
    key("image", Shape::Table(&IMAGE_OVERLAY), "lies over [image]"),
    key("jobs", Shape::Named(Form::Label, &Shape::Table(&JOB)), "lies over [jobs]"),
    key("kube", Shape::Table(&KUBE), "lies over [kube]"),
    key("load-test", Shape::Table(&LOAD_TEST), "lies over [load-test]"),
    key("notify", Shape::Table(&NOTIFY), "lies over [notify]"),
    key("service", Shape::Table(&SERVICE_OVERLAY), "lies over [service]"),
    key("smoke-test", Shape::Table(&SMOKE_TEST), "lies over [smoke-test]"),
    key("vars", VARS, "lies over [vars]"),
    key("workloads", Shape::Named(Form::Label, &Shape::Table(&WORKLOAD)), "lies over [workloads]"),
];

static PER_CLUSTER: Fields = Fields {
    doc: "What differs in one cluster.",
    groups: &[&[key("url", Shape::Text, "where the service is reached in this cluster")], &OVERLAY],
};

static DEPLOY_ON: Fields = Fields {
    doc: "What event of git deploys here.",
    groups: &[&[
        key("branch", PATTERNS, "a push to a branch like this; `*` is any text without a slash, `**` any text"),
        key("tag", PATTERNS, "a tag like this, as branch"),
    ]],
};

const NAMES: Shape = Shape::Either(&[Shape::Word(Form::Label), Shape::List(&Shape::Word(Form::Label))]);
const PATTERNS: Shape = Shape::Either(&[Shape::Text, TEXTS]);

static GITOPS: Fields = Fields {
    doc: "A platform repo that gets the manifests.",
    groups: &[&[
        key("branch", Shape::Text, "its branch").or("main"),
        key("passed-in", NAMES, "an image must have passed in these environments before; default: the one above this one; []: in none"),
        key("path", Shape::Text, "the service's folder in it").or("{{ service.name }}"),
        key("pull-request", Shape::Bool, "open a pull request").or("false"),
        key("repository", Shape::Text, "its URL").required(),
    ]],
};
