//! `[tasks.NAME]`.

use super::{ENV, Fields, Form, Shape, TEXT_MAP, TEXTS, key};

pub(super) static TASK: Fields = Fields {
    doc: "A task of the repo.",
    groups: &[&[
        key("command", TEXTS, "program and arguments, without a shell; may be a template"),
        key("confirm", Shape::Text, "a question that is asked before anything runs"),
        key("description", Shape::Text, "one line for the list"),
        key("dir", Shape::Text, "the folder it runs in").or("."),
        key("env", ENV, "environment variables"),
        key("env-files", TEXTS, "files with variables; later ones win"),
        key("finally", WORDS, "run afterwards, also after a failure or a signal"),
        key("grace", Shape::Duration, "how long it may take to end after a signal, before it is killed").or("10s"),
        key("group", Shape::Text, "a heading in the list"),
        key("hidden", Shape::Bool, "not in the list").or("false"),
        key("interactive", Shape::Bool, "it owns the terminal; nothing runs beside it").or("false"),
        key("needs", WORDS, "tasks that run before it"),
        key("os", Shape::Either(&[Shape::Choice(OS), Shape::List(&Shape::Choice(OS))]), "only on these systems"),
        key("outputs", TEXTS, "globs of what it makes"),
        key(
            "params",
            Shape::Named(Form::Snake, &Shape::Table(&PARAM)),
            "parameters: with a default an option, without one positional; the task sees each as a variable of its name",
        ),
        key("retries", Shape::Int(0, 100), "how often a failed run is tried again").or("0"),
        key("run", WORDS, "a shell line, or several that run one after the other"),
        key("shell", TEXTS, "the shell and its options").or("sh -eu -c"),
        key("sources", TEXTS, "globs of what it reads: unchanged, it is not run again"),
        key("timeout", Shape::Duration, "how long it may run"),
        key("watch", Shape::Bool, "run again when its sources change, until Ctrl-C; as --watch").or("false"),
    ]],
};

const OS: &[&str] = &["linux", "macos"];
const WORDS: Shape = Shape::Either(&[Shape::Word(Form::Free), Shape::List(&Shape::Word(Form::Free))]);

static PARAM: Fields = Fields {
    doc: "A parameter of a task.",
    groups: &[&[
        key("choices", TEXTS, "what it may be"),
        key("default", Shape::Either(&[Shape::Text, Shape::Bool, Shape::Int(i64::MIN, i64::MAX)]), "its value when it is not given"),
        key("description", Shape::Text, "one line for the help"),
        key("type", Shape::Choice(&["string", "int", "bool", "path", "environment"]), "its type").or("string"),
        key("variadic", Shape::Bool, "takes all that is left").or("false"),
    ]],
};

pub(super) static WORKSPACE: Fields = Fields {
    doc: "A repo of several services.",
    groups: &[&[key("members", TEXTS, "globs of their folders; `!services/old` leaves one out").required()]],
};

/// `[requires]`: a program and the versions that will do.
pub(super) const REQUIRES: Shape = Shape::Map(Form::Free, &Shape::Word(Form::Version));
/// `[vars]`.
pub(super) const VARS: Shape = Shape::Map(Form::Snake, &Shape::Text);
/// `[scaffolds]`: names for scaffolds elsewhere.
pub(super) const SCAFFOLDS: Shape = TEXT_MAP;
