//! `[smoke-test]` as it holds.

use std::time::Duration;

use super::Scope;
use crate::report::{Place, Result};

/// What must hold of a running service.
#[derive(Clone, Debug)]
pub struct SmokeTest {
    /// For the whole run.
    pub deadline: Duration,
    /// Check the standard endpoints too.
    pub built_in: bool,
    /// The declared checks.
    pub checks: Vec<Check>,
}

/// One check: a request, and what its answer must be.
#[derive(Clone, Debug)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// The method.
    pub method: String,
    /// Appended to the target's URL.
    pub path: String,
    /// Headers of the request.
    pub request_headers: Vec<(String, String)>,
    /// The body of the request.
    pub body: Option<String>,
    /// The status of the answer.
    pub status: u16,
    /// Headers that the answer has.
    pub headers: Vec<(String, String)>,
    /// A text that the answer holds.
    pub body_contains: Option<String>,
    /// How long the answer may take.
    pub max_latency: Option<Duration>,
    /// For one try.
    pub timeout: Duration,
    /// Environments in which it is not run.
    pub skip_in: Vec<String>,
    /// Where it is written; none for a built-in one.
    pub place: Option<Place>,
}

impl Check {
    /// A check that a path answers 200.
    pub fn get(name: &str, path: &str) -> Self {
        Self {
            name: name.to_owned(),
            method: "GET".to_owned(),
            path: path.to_owned(),
            request_headers: Vec::new(),
            body: None,
            status: 200,
            headers: Vec::new(),
            body_contains: None,
            max_latency: None,
            timeout: Duration::from_secs(5),
            skip_in: Vec::new(),
            place: None,
        }
    }
}

impl SmokeTest {
    /// Reads `[smoke-test]`.
    pub fn of(scope: &Scope) -> Result<Self> {
        let read = scope.read("smoke-test");
        let checks = read.tables("checks").into_iter().map(|(name, read)| {
            Ok(Check {
                name: name.to_owned(),
                method: read.text("method")?,
                path: read.text_needed("path", "\"/\"")?,
                request_headers: read.pairs("request-headers")?,
                body: read.text_opt("body")?,
                status: u16::try_from(read.int("status")).unwrap_or(200),
                headers: read.pairs("headers")?,
                body_contains: read.text_opt("body-contains")?,
                max_latency: read.duration_opt("max-latency"),
                timeout: read.duration("timeout"),
                skip_in: read.texts("skip-in")?,
                place: read.place("path"),
            })
        });
        Ok(Self { deadline: read.duration("deadline"), built_in: read.flag("built-in"), checks: checks.collect::<Result<_>>()? })
    }
}
