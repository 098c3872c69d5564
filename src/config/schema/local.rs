//! `[run-local]`.

use super::{ENV, Fields, Form, PORT, Shape, TEXT_MAP, TEXTS, key};

pub(super) static RUN_LOCAL: Fields = Fields {
    doc: "How the service runs on this machine.",
    groups: &[&[
        key("companions", Shape::Named(Form::Label, &Shape::Table(&COMPANION)), "containers that are started beside the service"),
        key("compose", Shape::Text, "a compose file, started first"),
        key("env", ENV, "environment variables; {{ companions.NAME.url }}, .host and .port tell where a companion is"),
        key("env-files", TEXTS, "files with variables; later ones win"),
        key("forward", Shape::Named(Form::Variable, &Shape::Table(&FORWARD)), "remote services, by the variable that gets their URL"),
        key("metrics", Shape::Bool, "start a local Prometheus that scrapes the service").or("false"),
        key("ready", Shape::Table(&READY), "how it tells that it is ready; default: service.ready"),
        key("ready-within", Shape::Duration, "how long all of it may take to become ready").or("60s"),
        key("rebuild", TEXTS, "--in-docker: globs; a change builds the image again"),
        key("run", Shape::Word(Form::Free), "the command, run by the shell; $PORT is the port to serve on"),
        key("stop-within", Shape::Duration, "how long it may take to stop").or("10s"),
        key("sync", TEXT_MAP, "--in-docker: folders of the repo, and where the container sees them"),
        key("watch", TEXTS, "globs; a change restarts the command"),
    ]],
};

static COMPANION: Fields = Fields {
    doc: "A container beside the service.",
    groups: &[&[
        key("command", TEXTS, "program and arguments, instead of the image's"),
        key("env", ENV, "environment variables"),
        key("image", Shape::Text, "the image").required(),
        key("once", Shape::Bool, "it runs to its end before the service starts: a migration").or("false"),
        key("port", PORT, "the port it serves"),
        key(
            "ready",
            Shape::Either(&[Shape::Text, Shape::Table(&READY)]),
            "a command in the container that ends with 0 when it is ready; or path, tcp or log. Default: the image's health check, else the port",
        ),
        key("stop-within", Shape::Duration, "how long it may take to stop").or("10s"),
        key("volumes", TEXTS, "NAME:PATH or ./FOLDER:PATH, kept from run to run"),
    ]],
};

static READY: Fields = Fields {
    doc: "How something tells that it is ready: one of these.",
    groups: &[&[
        key("command", Shape::Text, "a shell line that ends with 0"),
        key("log", Shape::Text, "a text in a line that it writes"),
        key("path", Shape::Text, "a path that answers with 2xx"),
        key("tcp", Shape::Bool, "its port takes connections"),
    ]],
};

static FORWARD: Fields = Fields {
    doc: "A remote service.",
    groups: &[&[
        key("environment", Shape::Word(Form::Label), "the environment it runs in; never a protected one").required(),
        key("port", PORT, "its port").required(),
        key("service", Shape::Word(Form::Label), "its name").required(),
    ]],
};
