//! `[smoke-test]` as it holds.

mod check;
mod read;

use std::time::Duration;

pub use self::check::{Address, Ask, Body, Capture, Check, Expect, HttpAsk, Status, Test, Tls};
use super::Scope;
use crate::report::Result;

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

impl SmokeTest {
    /// Reads `[smoke-test]`.
    ///
    /// # Errors
    /// Exit code 2 for keys that don't go together, and for templates with faults.
    pub fn of(scope: &Scope) -> Result<Self> {
        let read = scope.read("smoke-test");
        let checks = read.tables("checks").into_iter().map(|(name, table)| read::check(name, &table));
        Ok(Self { deadline: read.duration("deadline"), built_in: read.flag("built-in"), checks: checks.collect::<Result<_>>()? })
    }
}
