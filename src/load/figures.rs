//! What a load test measured, whoever sent.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde_json::{Value, json};

/// The percentiles of a curve: each of the first 99, and the tail.
pub(super) fn percentiles() -> impl Iterator<Item = f64> {
    (0..100).map(f64::from).chain([99.5, 99.9, 99.99, 100.0])
}

/// What a load test measured.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Requests that ended, well or not.
    pub requests: u64,
    /// Errors by kind, in the order in which they came.
    pub errors: Vec<(String, u64)>,
    /// Bytes of bodies (wrk: of all that was read).
    pub bytes: u64,
    /// How long was measured.
    pub elapsed: Duration,
    /// Latencies at percentiles, from 0 to 100.
    pub curve: Vec<(f64, Duration)>,
    /// The mean latency.
    pub mean: Duration,
    /// What happened in each second, when that is known.
    pub seconds: Vec<Second>,
    /// Why it ended before its time.
    pub aborted: Option<String>,
    /// What lets one doubt the figures.
    pub doubts: Vec<String>,
}

/// One second of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Second {
    /// Requests that ended in it.
    pub requests: u64,
    /// Errors among them.
    pub errors: u64,
    /// The latency that 99 of 100 stay below.
    pub p99: Duration,
}

impl Figures {
    /// Requests per second that were answered well.
    pub fn rate(&self) -> f64 {
        let seconds = self.elapsed.as_secs_f64();
        if seconds > 0.0 { self.requests.saturating_sub(self.failed()) as f64 / seconds } else { 0.0 }
    }

    /// How many failed.
    pub fn failed(&self) -> u64 {
        self.errors.iter().map(|(_, n)| n).sum()
    }

    /// The share that failed; all, when none was sent.
    pub fn error_rate(&self) -> f64 {
        if self.requests == 0 { 1.0 } else { self.failed() as f64 / self.requests as f64 }
    }

    /// The latency at a percentile.
    pub fn at(&self, percentile: f64) -> Duration {
        self.curve.iter().find(|(at, _)| *at >= percentile).or(self.curve.last()).map_or(Duration::ZERO, |(_, latency)| *latency)
    }

    /// Takes the latencies out of a histogram of microseconds.
    pub(super) fn with_latencies(mut self, latencies: &Histogram<u64>) -> Self {
        if !latencies.is_empty() {
            self.curve = percentiles().map(|at| (at, Duration::from_micros(latencies.value_at_percentile(at)))).collect();
            // What a value stands for is a range; nothing was slower than the slowest.
            self.curve.insert(0, (0.0, Duration::from_micros(latencies.min())));
            #[expect(clippy::cast_sign_loss, reason = "a mean of unsigned values")]
            let mean = latencies.mean() as u64;
            self.mean = Duration::from_micros(mean);
        }
        self
    }

    /// All of it as JSON.
    pub fn json(&self) -> Value {
        let named = [50.0, 75.0, 90.0, 95.0, 99.0, 99.9];
        let mut latency = json!({ "min": ms(self.at(0.0)), "mean": ms(self.mean), "max": ms(self.at(100.0)), "corrected": true });
        for at in named {
            latency[format!("p{at}")] = json!(ms(self.at(at)));
        }
        json!({
            "requests": self.requests,
            "rate": (self.rate() * 10.0).round() / 10.0,
            "errors": self.errors.iter().map(|(kind, n)| (kind.clone(), Value::from(*n))).collect::<serde_json::Map<_, _>>(),
            "error-rate": self.error_rate(),
            "bytes": self.bytes,
            "seconds": self.elapsed.as_secs_f64(),
            "latency-ms": latency,
            "aborted": self.aborted,
            "doubts": self.doubts,
        })
    }
}

fn ms(latency: Duration) -> f64 {
    latency.as_micros() as f64 / 1000.0
}
