//! `[smoke-test]`, `[load-test]`, `[notify]`.

use super::{Fields, Form, Key, Shape, TEXT_MAP, TEXTS, key};

pub(super) static SMOKE_TEST: Fields = Fields {
    doc: "What must hold of a running service.",
    groups: &[&[
        key("built-in", Shape::Bool, "check health, ready, metrics and info too").or("true"),
        key("checks", Shape::Named(Form::Task, &Shape::Table(&CHECK)), "checks by name"),
        key("deadline", Shape::Duration, "for the whole run").or("30s"),
    ]],
};

static CHECK: Fields = Fields { doc: "One check.", groups: &[&CHECK_KEYS] };

static CHECK_KEYS: [Key; 11] = [
    key("body", Shape::Text, "the body of the request"),
    key("body-contains", Shape::Text, "a text that the answer holds"),
    key("headers", TEXT_MAP, "headers of the answer"),
    key("json", Shape::Map(Form::Free, &Shape::Any), "values of the answer, by JSONPath").planned(),
    key("max-latency", Shape::Duration, "how long the answer may take"),
    key("method", Shape::Choice(&["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]), "the method").or("GET"),
    key("path", Shape::Text, "appended to the target's URL").required(),
    key("request-headers", TEXT_MAP, "headers of the request"),
    key("skip-in", TEXTS, "environments in which it is not run"),
    key("status", Shape::Int(100, 599), "the status of the answer").or("200"),
    key("timeout", Shape::Duration, "for one try").or("5s"),
];

pub(super) static LOAD_TEST: Fields = Fields {
    doc: "A short load test with thresholds.",
    groups: &[&[
        key("connections", Shape::Int(1, 100_000), "connections at once").or("50").planned(),
        key("duration", Shape::Duration, "how long").or("10s").planned(),
        key("max-p50", Shape::Duration, "threshold").planned(),
        key("max-p95", Shape::Duration, "threshold").planned(),
        key("max-p99", Shape::Duration, "threshold").planned(),
        key("path", Shape::Text, "appended to the target's URL").or("/").planned(),
        key("rate", Shape::Int(1, 10_000_000), "requests per second").planned(),
    ]],
};

pub(super) static NOTIFY: Fields =
    Fields { doc: "Who is told of a deployment.", groups: &[&[key("slack", Shape::Table(&SLACK), "a channel of Slack")]] };

static SLACK: Fields = Fields {
    doc: "A channel of Slack.",
    groups: &[&[key("webhook", Shape::Either(&[Shape::Text, Shape::Table(&FROM_ENV)]), "the webhook's URL").required()]],
};

static FROM_ENV: Fields =
    Fields { doc: "A value from the environment.", groups: &[&[key("env", Shape::Word(Form::Variable), "the variable").required()]] };
