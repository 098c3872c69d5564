//! `[load-test]`.

use super::{Fields, Form, Shape, TEXT_MAP, TEXTS, key};

pub(super) static LOAD_TEST: Fields = Fields {
    doc: "A short load test with thresholds.",
    groups: &[&[
        key("allow-targets", TEXTS, "hosts that may be loaded besides this machine and the environments' urls"),
        key("baseline", Shape::Text, "a file with the figures to compare with; --save-baseline writes it"),
        key("checks", TEXTS, "the requests: those of these smoke checks, which must pass first; instead of path"),
        key("connections", Shape::Int(1, 10_000), "connections at once").or("50"),
        key("duration", Shape::Duration, "how long is measured").or("10s"),
        key("engine", Shape::Choice(&["auto", "wrk", "built-in"]), "auto: wrk when it is installed and no rate is set").or("auto"),
        key("max-error-rate", Shape::Word(Form::Percent), "threshold: answers outside of 2xx and 3xx, and none at all").or("0%"),
        key("max-p50", Shape::Duration, "threshold"),
        key("max-p95", Shape::Duration, "threshold"),
        key("max-p99", Shape::Duration, "threshold"),
        key("max-regression", Shape::Word(Form::Percent), "threshold: how much worse than the baseline it may be").or("15%"),
        key("min-rate", Shape::Int(1, 10_000_000), "threshold: requests per second at least"),
        key("path", Shape::Text, "appended to the target's URL").or("/"),
        key("rate", Shape::Int(1, 1_000_000), "requests per second, whether the answers keep up or not; default: as fast as they come"),
        key("request-headers", TEXT_MAP, "headers of the requests to path"),
        key("timeout", Shape::Duration, "for one request").or("10s"),
        key("warm-up", Shape::Duration, "how long is not measured at the begin").or("1s"),
    ]],
};
