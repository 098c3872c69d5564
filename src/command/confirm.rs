//! The name of a protected environment, typed or given.

use std::io::IsTerminal as _;

use super::Context;
use crate::config::Environment;
use crate::process;
use crate::report::{Error, Kind, Result};

/// Whether a person has to type the name of a protected environment; `--confirm` may have given it.
///
/// # Errors
/// Exit code 6 when it is not the name, or nobody is there to type it.
pub fn must_ask(environment: &Environment, given: Option<&str>, context: &Context) -> Result<bool> {
    let name = &environment.name;
    if !environment.protected || context.confirmed.get() {
        return Ok(false);
    }
    match given {
        Some(given) if given == name => Ok(false),
        Some(given) => Err(refused(format!("--confirm {given} does not name the environment `{name}`"))),
        None if std::io::stdin().is_terminal() && context.report.is_live() => Ok(true),
        None => Err(refused(format!("environment `{name}` is protected")).help(format!("say that it is meant: --confirm {name}"))),
    }
}

/// Asks for the name where a person has to type it; once for all services of a workspace.
///
/// # Errors
/// As [`must_ask`] and [`ask`].
pub fn confirm(environment: &Environment, given: Option<&str>, context: &Context) -> Result<()> {
    if must_ask(environment, given, context)? { ask(&environment.name, context) } else { Ok(()) }
}

/// Asks for the name.
///
/// # Errors
/// Exit code 6 when another one is typed.
pub fn ask(name: &str, context: &Context) -> Result<()> {
    ask_for(&format!("Environment `{name}` is protected."), name, context)?;
    context.confirmed.set(true);
    Ok(())
}

/// As [`ask`], for this reason.
pub fn ask_for(why: &str, name: &str, context: &Context) -> Result<()> {
    context.report.note(&format!("{why} Type its name ({name}) to go on:"));
    if process::typed()?.trim() == name { Ok(()) } else { Err(refused(format!("that is not `{name}`: nothing was changed"))) }
}

fn refused(message: String) -> Error {
    Error::new(Kind::Refused, message)
}
