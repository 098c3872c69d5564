//! `[ci]`.

use super::{Fields, Form, Shape, key};

pub(super) static CI: Fields = Fields {
    doc: "What a pipeline runs.",
    groups: &[&[
        key("skip", WORDS, "steps that are left out: tasks, commands, or environments"),
        key(
            "steps",
            WORDS,
            "the steps in their order: tasks of the repo, docker-build, smoke-test (of the built image), docker-push, deploy (every environment whose deploy-on matches)",
        )
        .or("lint, test, docker-build, smoke-test, docker-push, deploy"),
    ]],
};

const WORDS: Shape = Shape::List(&Shape::Word(Form::Task));
