//! `[load-test]`.

use super::{Fields, Shape, key};

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
