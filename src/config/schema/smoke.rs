//! `[smoke-test]`, `[notify]`.

use super::{Fields, Form, Key, Shape, TEXT_MAP, TEXTS, key};

pub(super) static SMOKE_TEST: Fields = Fields {
    doc: "What must hold of a running service.",
    groups: &[&[
        key("built-in", Shape::Bool, "check health, ready, metrics and info too").or("true"),
        key("checks", Shape::Named(Form::Task, &Shape::Table(&CHECK)), "checks by name"),
        key("deadline", Shape::Duration, "for the whole run").or("30s"),
    ]],
};

static CHECK: Fields = Fields {
    doc: "One check: what is asked (path, tcp, grpc or command), what must come, what is kept for other checks.",
    groups: &[&ASK, &EXPECT, &RULES],
};

static ASK: [Key; 14] = [
    key("basic-auth", Shape::Table(&BASIC), "name and password of the request"),
    key("bearer", Shape::Text, "the token of the request: `Authorization: Bearer …`"),
    key("body", Shape::Either(&[Shape::Text, Shape::Table(&BODY)]), "the body of the request"),
    key("command", TEXTS, "instead of path: a program; 0 is right, and what it prints is the body"),
    key("follow", Shape::Bool, "follow redirects, ten at most").or("false"),
    key("grpc", ADDRESS, "instead of path: ask gRPC's health service, at a port of the target's host or HOST:PORT"),
    key("grpc-service", Shape::Text, "with grpc: the service that is asked for; default: the whole server"),
    key(
        "method",
        Shape::Choice(&["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
        "the method; default: GET, with a body POST",
    ),
    key("path", Shape::Text, "appended to the target's URL"),
    key("query", Shape::Map(Form::Free, &SCALAR), "added to the path, encoded"),
    key("request-headers", TEXT_MAP, "headers of the request"),
    key("tcp", ADDRESS, "instead of path: connect to a port of the target's host, or to HOST:PORT"),
    key("timeout", Shape::Duration, "for one try").or("5s"),
    key("tls", Shape::Table(&TLS), "how TLS is checked; with tcp and grpc: speak TLS"),
];

static EXPECT: [Key; 12] = [
    key("body-contains", Shape::Either(&[Shape::Text, TEXTS]), "a text, or several, that the answer holds"),
    key("body-matches", Shape::Word(Form::Regex), "a regular expression that the answer's body matches"),
    key("content-type", Shape::Text, "the media type of the answer"),
    key("final-url", Shape::Text, "where the redirects end: a URL, or a path of the target"),
    key("headers", Shape::Map(Form::Free, &Shape::Either(&[Shape::Text, Shape::Table(&TEST)])), "headers of the answer"),
    key(
        "json",
        Shape::Map(Form::JsonPath, &Shape::Either(&[Shape::Table(&TEST), Shape::Any])),
        "values of the answer, by JSONPath (RFC 9535)",
    ),
    key("max-first-byte", Shape::Duration, "how long it may take until the answer begins"),
    key("max-latency", Shape::Duration, "how long the whole answer may take"),
    key("max-size", SIZE, "the most bytes that the body has"),
    key("min-size", SIZE, "the fewest bytes that the body has"),
    key("redirects", Shape::Int(0, 10), "how many redirects there are; they are followed"),
    key(
        "status",
        Shape::Either(&[Shape::Int(100, 599), CLASS, Shape::List(&Shape::Either(&[Shape::Int(100, 599), CLASS]))]),
        "the status of the answer, several, or a class such as \"2xx\"",
    )
    .or("200"),
];

static RULES: [Key; 4] = [
    key(
        "capture",
        Shape::Map(Form::Snake, &Shape::Either(&[Shape::Word(Form::JsonPath), Shape::Table(&CAPTURE)])),
        "values of the answer that other checks use as ${NAME}",
    ),
    key("needs", TEXTS, "checks that must have passed before; who uses ${NAME} needs its check anyway"),
    key("retry", Shape::Bool, "ask again after a wrong answer too, until the deadline").or("false"),
    key("skip-in", TEXTS, "environments in which it is not run"),
];

const CLASS: Shape = Shape::Choice(&["1xx", "2xx", "3xx", "4xx", "5xx"]);
const SCALAR: Shape = Shape::Either(&[Shape::Text, Shape::Int(i64::MIN, i64::MAX), Shape::Bool]);
const ADDRESS: Shape = Shape::Either(&[Shape::Int(1, 65535), Shape::Text]);
const SIZE: Shape = Shape::Either(&[Shape::Int(0, i64::MAX), Shape::Quantity]);

static BASIC: Fields = Fields {
    doc: "Name and password.",
    groups: &[&[key("password", Shape::Text, "the password").required(), key("user", Shape::Text, "the name").required()]],
};

static BODY: Fields = Fields {
    doc: "The body of the request, in one of these forms.",
    groups: &[&[
        key("file", Shape::Text, "the content of this file, as it is"),
        key("form", Shape::Map(Form::Free, &SCALAR), "fields, as a browser sends a form"),
        key("json", Shape::Any, "a value, sent as JSON"),
        key("text", Shape::Text, "this text"),
    ]],
};

static TEST: Fields = Fields {
    doc: "What must hold of a value. Several hold together; where a JSONPath gives several values, for each.",
    groups: &[&[
        key("!=", Shape::Any, "another value than this"),
        key("<", Shape::Number, "a number below this"),
        key("<=", Shape::Number, "a number not above this"),
        key("==", Shape::Any, "this value; a table, an array or a plain value"),
        key(">", Shape::Number, "a number above this"),
        key(">=", Shape::Number, "a number not below this"),
        key("contains", Shape::Any, "a text with this part, or an array with this value"),
        key("count", Shape::Int(0, i64::MAX), "how many values the path gives; for one array: how many it holds"),
        key("exists", Shape::Bool, "whether it is there at all"),
        key("matches", Shape::Word(Form::Regex), "a text that matches this regular expression"),
        key("type", Shape::Choice(&["array", "boolean", "integer", "null", "number", "object", "string"]), "the type of the value"),
    ]],
};

static CAPTURE: Fields = Fields {
    doc: "Where a value is taken from: the body, unless a header is named.",
    groups: &[&[
        key("header", Shape::Text, "this header"),
        key("json", Shape::Word(Form::JsonPath), "this value of the body"),
        key("mask", Shape::Bool, "hide it in all output; so are names that sound secret").or("false"),
        key("matches", Shape::Word(Form::Regex), "the part of it in the first (…), else all that matches"),
    ]],
};

static TLS: Fields = Fields {
    doc: "How TLS is checked.",
    groups: &[&[
        key("ca", Shape::Text, "a file with the CA to trust, instead of those of the machine"),
        key("name", Shape::Text, "the name that the certificate must be for; default: the host's"),
        key("valid-days", Shape::Int(0, 36500), "how many days the certificate must still be valid"),
    ]],
};

pub(super) static NOTIFY: Fields =
    Fields { doc: "Who is told of a deployment.", groups: &[&[key("slack", Shape::Table(&SLACK), "a channel of Slack").planned()]] };

static SLACK: Fields = Fields {
    doc: "A channel of Slack.",
    groups: &[&[key("webhook", Shape::Either(&[Shape::Text, Shape::Table(&FROM_ENV)]), "the webhook's URL").required()]],
};

static FROM_ENV: Fields =
    Fields { doc: "A value from the environment.", groups: &[&[key("env", Shape::Word(Form::Variable), "the variable").required()]] };
