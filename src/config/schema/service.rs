//! `[service]`.

use super::{Fields, Form, Key, PORT, Shape, key};

pub(super) static SERVICE: Fields = Fields { doc: "The service that this repo is.", groups: &[&NAME, &FACTS] };
/// What an environment may say of the service: all but its name.
pub(super) static SERVICE_OVERLAY: Fields = Fields { doc: "The service, in this environment.", groups: &[&FACTS] };

static NAME: [Key; 2] = [
    key("name", Shape::Word(Form::Label), "the service's name, a DNS-1123 label").required(),
    key(
        "paths",
        Shape::List(&Shape::Word(Form::Free)),
        "in a workspace: globs of what else belongs to it, so that `instep ci` runs it when that changes",
    ),
];

static FACTS: [Key; 8] = [
    key("health", Shape::Either(&[Shape::Text, Shape::Table(&ENDPOINT)]), "the path that tells that the process lives").or("/health"),
    key("info", PATH_OR_NONE, "the path that tells version and commit; false: there is none").or("/info"),
    key("metrics", PATH_OR_NONE, "the path of the Prometheus metrics; false: there is none").or("/metrics"),
    key("port", PORT, "the port it serves HTTP on; leave it out for a worker"),
    key("ports", Shape::Map(Form::Label, &PORT), "further ports by name"),
    key(
        "ready",
        Shape::Either(&[Shape::Text, Shape::Table(&ENDPOINT)]),
        "the path that tells that it can take requests; default: as health",
    ),
    key("tag-prefix", Shape::Text, "which git tags are this service's releases, in a repo of several"),
    key("team", Shape::Word(Form::Label), "the team that owns it"),
];

const PATH_OR_NONE: Shape = Shape::Either(&[Shape::Text, Shape::False]);

static ENDPOINT: Fields = Fields {
    doc: "A path on one of the ports.",
    groups: &[&[
        key("path", Shape::Text, "the path").or("/health"),
        key("port", Shape::Word(Form::Label), "a name from service.ports; default: service.port"),
    ]],
};
