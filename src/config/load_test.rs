//! `[load-test]` as it holds.

use std::path::PathBuf;
use std::time::Duration;

use super::{Scope, value};
use crate::report::Result;

/// A load test.
#[derive(Clone, Debug)]
pub struct LoadTest {
    /// Hosts that may be loaded.
    pub allow: Vec<String>,
    /// The file with the figures to compare with.
    pub baseline: Option<PathBuf>,
    /// The smoke checks whose requests are sent; none: `path`.
    pub checks: Vec<String>,
    /// Connections at once.
    pub connections: usize,
    /// How long is measured.
    pub duration: Duration,
    /// `auto`, `wrk` or `built-in`.
    pub engine: String,
    /// Requests per second; none: as fast as answers come.
    pub rate: Option<u32>,
    /// Appended to the target's URL.
    pub path: String,
    /// Headers of the requests to `path`.
    pub headers: Vec<(String, String)>,
    /// For one request.
    pub timeout: Duration,
    /// How long is not measured at the begin.
    pub warm_up: Duration,
    /// What decides the exit code.
    pub limits: Limits,
}

/// Thresholds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    /// The share of errors, 0 to 1.
    pub max_error_rate: f64,
    /// Percentiles (50, 95, 99) and their longest latency.
    pub max_latency: Vec<(f64, Duration)>,
    /// Requests per second.
    pub min_rate: Option<f64>,
    /// How much worse than the baseline, 0.15 for 15 %.
    pub max_regression: f64,
}

impl LoadTest {
    /// Reads `[load-test]`.
    ///
    /// # Errors
    /// Templates with faults.
    pub fn of(scope: &Scope) -> Result<Self> {
        let read = scope.read("load-test");
        let percent = |key: &str, default: &str| {
            let text = read.words(key).pop().unwrap_or_else(|| default.to_owned());
            value::percent(&text).unwrap_or_default()
        };
        let latencies = [("max-p50", 50.0), ("max-p95", 95.0), ("max-p99", 99.0)];
        Ok(Self {
            allow: read.texts("allow-targets")?,
            baseline: if read.has("baseline") { Some(read.path_of("baseline")?) } else { None },
            checks: read.texts("checks")?,
            connections: usize::try_from(read.int("connections")).unwrap_or(1),
            duration: read.duration("duration"),
            engine: read.text("engine")?,
            rate: read.int_opt("rate").and_then(|n| u32::try_from(n).ok()),
            path: read.text("path")?,
            headers: read.pairs("request-headers")?,
            timeout: read.duration("timeout"),
            warm_up: read.duration("warm-up"),
            limits: Limits {
                max_error_rate: percent("max-error-rate", "0%"),
                max_latency: latencies.iter().filter_map(|(key, at)| Some((*at, read.duration_opt(key)?))).collect(),
                min_rate: read.int_opt("min-rate").map(|n| n as f64),
                max_regression: percent("max-regression", "15%"),
            },
        })
    }
}
