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
        key("wrapper", Shape::Table(&WRAPPER), "where ./instepw gets instep from; `instep ci --print wrapper` prints it"),
    ]],
};

const WORDS: Shape = Shape::List(&Shape::Word(Form::Task));

static WRAPPER: Fields = Fields {
    doc: "Where the checked-in script ./instepw gets the pinned instep (minimum-version) from.",
    groups: &[&[
        key(
            "sha256",
            Shape::Map(Form::Free, &Shape::Word(Form::Free)),
            "the checksum of each platform's program, by its name: linux-amd64, linux-arm64, darwin-amd64, darwin-arm64",
        )
        .required(),
        key("url", Shape::Word(Form::Free), "the program's address, with {version} and {platform}").required(),
    ]],
};
