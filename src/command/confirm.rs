//! The name of a protected environment, typed or given.

use std::io::IsTerminal as _;

use super::Context;
use crate::config::Environment;
use crate::process;
use crate::report::{Error, Kind, Result};

/// Asks for the name of a protected environment, unless `--confirm` gave it.
///
/// # Errors
/// Exit code 6 when it is not the name, or nobody is there to type it.
pub fn confirm(environment: &Environment, given: Option<&str>, context: &Context) -> Result<()> {
    let name = &environment.name;
    if !environment.protected || context.confirmed.get() {
        return Ok(());
    }
    let refused = |message: String| Error::new(Kind::Refused, message);
    match given {
        Some(given) if given == name => Ok(()),
        Some(given) => Err(refused(format!("--confirm {given} does not name the environment `{name}`"))),
        None if std::io::stdin().is_terminal() && context.report.is_live() => {
            context.report.note(&format!("Environment `{name}` is protected. Type its name to go on:"));
            context.confirmed.set(process::typed()?.trim() == *name);
            if context.confirmed.get() { Ok(()) } else { Err(refused(format!("that is not `{name}`: nothing was changed"))) }
        }
        None => Err(refused(format!("environment `{name}` is protected")).help(format!("say that it is meant: --confirm {name}"))),
    }
}
