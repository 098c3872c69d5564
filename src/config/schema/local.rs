//! `[run-local]`.

use super::{ENV, Fields, Form, PORT, Shape, TEXTS, key};

pub(super) static RUN_LOCAL: Fields = Fields {
    doc: "How the service runs on this machine.",
    groups: &[&[
        key("companions", Shape::Named(Form::Label, &Shape::Table(&COMPANION)), "what is started beside the service").planned(),
        key("compose", Shape::Text, "a compose file").planned(),
        key("env", ENV, "environment variables"),
        key("env-files", TEXTS, "files with variables; later ones win"),
        key("forward", Shape::Named(Form::Variable, &Shape::Table(&FORWARD)), "remote services, by the variable that gets their URL")
            .planned(),
        key("metrics", Shape::Bool, "start a local Prometheus").or("false").planned(),
        key("ready-within", Shape::Duration, "how long it may take to become ready").or("60s"),
        key("run", Shape::Word(Form::Free), "the command, run by the shell; $PORT is the port to serve on"),
        key("stop-within", Shape::Duration, "how long it may take to stop").or("10s"),
        key("watch", TEXTS, "globs; a change restarts the command"),
    ]],
};

static COMPANION: Fields = Fields {
    doc: "A container beside the service.",
    groups: &[&[
        key("command", TEXTS, "program and arguments"),
        key("env", ENV, "environment variables"),
        key("image", Shape::Text, "the image").required(),
        key("port", PORT, "the port it serves"),
        key("ready", Shape::Text, "a command that tells that it is ready"),
    ]],
};

static FORWARD: Fields = Fields {
    doc: "A remote service.",
    groups: &[&[
        key("environment", Shape::Word(Form::Label), "the environment it runs in").required(),
        key("port", PORT, "its port").required(),
        key("service", Shape::Word(Form::Label), "its name").required(),
    ]],
};
