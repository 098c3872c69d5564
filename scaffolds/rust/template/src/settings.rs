//! Every setting that the service reads from the environment; `.env.example` lists them.

use crate::logs::Level;
use std::time::Duration;

#[derive(Debug)]
pub struct Settings {
    pub host: String,
    pub port: u16,
    pub log_level: Level,
    pub drain: Duration,
}

impl Settings {
    /// `variable` looks up a variable of the environment; an empty one counts as not set.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let text = |name: &str, default: &str| {
            variable(name).filter(|value| !value.is_empty()).unwrap_or_else(|| default.into())
        };
        let (port, level, drain) =
            (text("PORT", "{= port =}"), text("LOG_LEVEL", "info"), text("DRAIN_SECONDS", "2"));
        Ok(Self {
            host: text("HOST", "0.0.0.0"),
            port: port.parse().map_err(|_| format!("PORT must be a port, not {port:?}"))?,
            log_level: Level::ALL
                .into_iter()
                .find(|known| known.name() == level)
                .ok_or(format!("LOG_LEVEL must be debug, info, warning or error, not {level:?}"))?,
            drain: drain
                .parse()
                .ok()
                .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
                .ok_or(format!("DRAIN_SECONDS must be a number, not {drain:?}"))?,
        })
    }
}
