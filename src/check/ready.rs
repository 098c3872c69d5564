//! One question to a service that starts: is it ready?

use std::time::Duration;

use super::http::{Client, Request};
use super::judge::named;
use crate::report::Result;

/// What a service that starts says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It can take requests.
    Ready,
    /// Nothing answers; why.
    NotThere(String),
    /// Something answers, but not with a 2xx; what.
    Answers(String),
}

/// Asks once.
///
/// # Errors
/// Only when we are asked to stop.
pub fn ready(url: &str) -> Result<Readiness> {
    let client = Client::new(false)?;
    let timeout = Duration::from_secs(2);
    Ok(match client.send(Request { method: "GET", url, headers: &[], body: None, timeout })? {
        Ok(answer) if (200..300).contains(&answer.status) => Readiness::Ready,
        Ok(answer) => Readiness::Answers(format!("it answers {}", named(answer.status))),
        Err(fault) => Readiness::NotThere(fault.to_string()),
    })
}
