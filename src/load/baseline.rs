//! The figures of before, in a file that is committed.

use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::figures::Figures;
use super::judge::Finding;
use crate::report::{Error, Result, text};

/// The figures that are compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Baseline {
    /// Requests per second.
    pub rate: f64,
    /// Half of all answers stay below.
    pub p50_ms: f64,
    /// 95 of 100.
    pub p95_ms: f64,
    /// 99 of 100.
    pub p99_ms: f64,
}

impl Baseline {
    /// The figures to compare with next time.
    pub fn of(figures: &Figures) -> Self {
        let ms = |at: f64| figures.at(at).as_micros() as f64 / 1000.0;
        Self { rate: (figures.rate() * 10.0).round() / 10.0, p50_ms: ms(50.0), p95_ms: ms(95.0), p99_ms: ms(99.0) }
    }

    /// Reads the file; none when it is not there.
    ///
    /// # Errors
    /// Exit code 2 for a file that holds something else.
    pub fn read(file: &Path) -> Result<Option<Self>> {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::usage(format!("can't read the baseline {}: {error}", file.display()))),
        };
        serde_json::from_str(&text).map(Some).map_err(|error| {
            Error::usage(format!("{} is no baseline: {error}", file.display())).help("`instep load-test --save-baseline` writes it anew")
        })
    }

    /// As it stands in the file.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// How today compares. A difference of less than a millisecond is none.
    pub(super) fn compared(&self, figures: &Figures, most: f64) -> Vec<Finding> {
        let now = Self::of(figures);
        let worse = |then: f64, now: f64| if then > 0.0 { now / then - 1.0 } else { 0.0 };
        let latency = |ms: f64| text::latency(Duration::from_secs_f64(ms.max(0.0) / 1000.0));
        let one = |name: &str, then: f64, now: f64| Finding {
            name: format!("{name} against baseline"),
            wanted: format!("{} + {:.0} %", latency(then), most * 100.0),
            came: format!("{} ({:+.0} %)", latency(now), worse(then, now) * 100.0),
            holds: worse(then, now) <= most || now - then < 1.0,
        };
        let slower = worse(now.rate, self.rate);
        vec![
            one("p50", self.p50_ms, now.p50_ms),
            one("p95", self.p95_ms, now.p95_ms),
            one("p99", self.p99_ms, now.p99_ms),
            Finding {
                name: "rate against baseline".into(),
                wanted: format!("{:.0}/s - {:.0} %", self.rate, most * 100.0),
                came: format!("{:.0}/s ({:+.0} %)", now.rate, worse(self.rate, now.rate) * 100.0),
                holds: now.rate > 0.0 && slower <= most,
            },
        ]
    }
}
