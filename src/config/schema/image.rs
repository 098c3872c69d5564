//! `[image]` and `[images.NAME]`.

use super::{Fields, Form, Key, Shape, TEXT_MAP, TEXTS, key};

pub(super) static IMAGE: Fields = Fields { doc: "The image that is built from this repo.", groups: &[&PLACE, &BUILD] };
/// What an environment may say of an image: where it is found, not how it is built.
pub(super) static IMAGE_OVERLAY: Fields = Fields { doc: "The image, in this environment.", groups: &[&PLACE] };

static PLACE: [Key; 2] = [
    key("registry", Shape::Text, "the registry, for {{ image.registry }}"),
    key("repository", Shape::Text, "registry and name, without a tag"),
];

static BUILD: [Key; 10] = [
    key("also-push", TEXTS, "further registries that get every push"),
    key("build-args", TEXT_MAP, "build arguments of the Dockerfile"),
    key("build-secrets", Shape::Map(Form::Free, &Shape::Table(&BUILD_SECRET)), "secrets of the build, by id"),
    key("builder", Shape::Choice(&["bollard", "docker"]), "who builds: instep through the engine's API, or the docker program")
        .or("bollard"),
    key("cache-from", TEXTS, "caches elsewhere that a build takes from, as docker buildx writes them; needs docker buildx"),
    key("cache-to", TEXTS, "caches elsewhere that a build fills, as docker buildx writes them; needs docker buildx"),
    key("context", Shape::Text, "the folder that is sent to the engine").or("."),
    key("dockerfile", Shape::Text, "the Dockerfile, relative to this file's folder").or("Dockerfile"),
    key("platforms", TEXTS, "platforms to build for; several need docker buildx"),
    key("target", Shape::Text, "the stage of the Dockerfile to build"),
];

static BUILD_SECRET: Fields = Fields {
    doc: "A secret of the build.",
    groups: &[&[
        key("command", TEXTS, "a program whose output is the value"),
        key("env", Shape::Word(Form::Variable), "the environment variable that holds the value"),
        key("file", Shape::Text, "the file that holds the value, relative to this file's folder"),
    ]],
};
