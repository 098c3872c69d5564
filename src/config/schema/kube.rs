//! `[kube]`, `[workloads.NAME]`, `[jobs.NAME]`.

use super::{ENV, Fields, Form, Key, PORT, Shape, TEXT_MAP, TEXTS, key};

pub(super) static KUBE: Fields =
    Fields { doc: "How it runs in Kubernetes; the defaults of every workload.", groups: &[&POD, &RUN, &OBJECTS] };
pub(super) static WORKLOAD: Fields =
    Fields { doc: "A further long-running part of the same image.", groups: &[&POD, &RUN, &OBJECTS, &PART] };
pub(super) static JOB: Fields = Fields { doc: "A part that runs to completion.", groups: &[&POD, &JOBS] };

static POD: [Key; 18] = [
    key("annotations", TEXT_MAP, "annotations of the pods"),
    key("command", TEXTS, "program and arguments, instead of the image's"),
    key("cpu", Shape::Either(&[Shape::Quantity, Shape::Table(&RESOURCE)]), "the CPU request").or("100m"),
    key("env", ENV, "environment variables"),
    key("env-from", Shape::Table(&ENV_FROM), "whole Secrets and ConfigMaps as environment variables"),
    key("files", Shape::Named(Form::Free, &FILE), "files in the container, by path"),
    key("image", Shape::Text, "a key of [images], or a reference"),
    key("labels", TEXT_MAP, "labels of the objects and pods"),
    key("memory", Shape::Either(&[Shape::Quantity, Shape::Table(&RESOURCE)]), "the memory request and limit").or("128Mi"),
    key("patch", Shape::Map(Form::Free, &Shape::Any), "strategic merge patches, by Kind or Kind/name"),
    key("pull-secrets", TEXTS, "Secrets for pulling the image"),
    key("read-only-root", Shape::Bool, "the root file system can't be written; /tmp can").or("true"),
    key("service-account", Shape::Text, "the ServiceAccount; its token is mounted only if this is set"),
    key("sidecars", Shape::Named(Form::Label, &Shape::Table(&SIDECAR)), "further containers of the pod"),
    key("stop-within", Shape::Duration, "how long it may take to stop").or("30s"),
    key("user", Shape::Int(0, 4_294_967_295), "the numeric user; 0 only if written").or("10001"),
    key("volumes", Shape::Named(Form::Label, &Shape::Table(&VOLUME)), "volumes: with a size a claim, without an emptyDir"),
    key("working-dir", Shape::Text, "the working folder, instead of the image's"),
];

static RUN: [Key; 4] = [
    key("replicas", Shape::Either(&[Shape::Int(0, 10_000), Shape::Table(&REPLICAS)]), "how many pods; or min, max and cpu for autoscaling")
        .or("1"),
    key("start-within", Shape::Duration, "how long it may take to become ready").or("60s"),
    key("strategy", Shape::Choice(&["rolling", "recreate"]), "how pods are replaced").or("rolling"),
    key("workload", Shape::Choice(&["deployment", "statefulset", "daemonset"]), "the kind of the workload").or("deployment"),
];

static OBJECTS: [Key; 8] = [
    key("chart", Shape::Text, "a helm chart that is rendered instead"),
    key("external", TEXT_MAP, "legacy hosts by a cluster name"),
    key("generate", Shape::Bool, "false: only what `manifests` gives").or("true"),
    key("ingress", Shape::Table(&INGRESS), "the way in from outside; there when hosts is set"),
    key("kustomize", Shape::Text, "a kustomization that is rendered instead"),
    key("manifests", TEXTS, "own manifests; same kind and name replaces a generated object"),
    key("name", Shape::Text, "the workload's name, when adopting what is live"),
    key("selector", TEXT_MAP, "the workload's selector, when adopting what is live"),
];

static PART: [Key; 4] = [
    key("health", Shape::Text, "its health path"),
    key("local", Shape::Word(Form::Free), "the command that run-local runs for it, by the shell"),
    key("port", PORT, "the port it serves"),
    key("ready", Shape::Text, "its ready path"),
];

static JOBS: [Key; 8] = [
    key(
        "artifacts",
        TEXTS,
        "folders, or paths below /tmp or a volume, that `instep job` brings back when the run has ended; the image needs tar",
    ),
    key("before-deploy", Shape::Bool, "run once per release, before the workloads").or("false"),
    key("concurrency", Shape::Choice(&["allow", "forbid", "replace"]), "what a CronJob does when the last run still runs").or("forbid"),
    key("each-cluster", Shape::Bool, "before-deploy: in each cluster").or("false"),
    key("retries", Shape::Int(0, 100), "how often a failed run is tried again").or("0"),
    key("rollback-floor", Shape::Text, "the oldest version that works with today's schema"),
    key("schedule", Shape::Text, "a cron expression: makes it a CronJob"),
    key("timeout", Shape::Duration, "how long a run may take"),
];

static RESOURCE: Fields = Fields {
    doc: "A request and a limit.",
    groups: &[&[key("limit", Shape::Quantity, "the limit"), key("request", Shape::Quantity, "the request")]],
};

static REPLICAS: Fields = Fields {
    doc: "Autoscaling.",
    groups: &[&[
        key("cpu", Shape::Int(1, 1000), "the target, in per cent of the request").or("80"),
        key("max", Shape::Int(1, 10_000), "at most").required(),
        key("min", Shape::Int(1, 10_000), "at least").required(),
    ]],
};

static ENV_FROM: Fields = Fields {
    doc: "Whole Secrets and ConfigMaps.",
    groups: &[&[key("config-maps", TEXTS, "ConfigMaps"), key("secrets", TEXTS, "Secrets")]],
};

const FILE: Shape = Shape::Either(&[Shape::Text, Shape::Table(&FILE_FROM)]);
static FILE_FROM: Fields = Fields {
    doc: "A mounted Secret or ConfigMap.",
    groups: &[&[key("config-map", Shape::Text, "a ConfigMap"), key("secret", Shape::Text, "a Secret")]],
};

static VOLUME: Fields = Fields {
    doc: "A volume.",
    groups: &[&[
        key("class", Shape::Text, "the storage class"),
        key("path", Shape::Text, "where it is mounted").required(),
        key("size", Shape::Quantity, "the size of the claim"),
    ]],
};

static INGRESS: Fields = Fields {
    doc: "The way in from outside.",
    groups: &[&[
        key("annotations", TEXT_MAP, "annotations of the Ingress"),
        key("class", Shape::Text, "the ingress class"),
        key("hosts", TEXTS, "the host names"),
        key("path", Shape::Text, "the path, not rewritten").or("/"),
        key("tls", Shape::Text, "the Secret with the certificate"),
    ]],
};

static SIDECAR: Fields = Fields {
    doc: "A further container.",
    groups: &[&[
        key("command", TEXTS, "program and arguments"),
        key("cpu", Shape::Quantity, "the CPU request"),
        key("env", ENV, "environment variables"),
        key("image", Shape::Text, "a key of [images], or a reference").required(),
        key("memory", Shape::Quantity, "the memory request and limit"),
        key("port", PORT, "the port it serves"),
    ]],
};
