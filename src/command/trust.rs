//! Whether the commands of a scaffold may run: a person has agreed to exactly these, now or before.

use std::io::IsTerminal as _;

use super::Context;
use crate::report::style::{BOLD, DIM, NAME, paint};
use crate::report::table::columns;
use crate::report::{Error, Kind, Result};
use crate::scaffold::{self, Hook, Scaffold};

/// The commands that may run; asks once on a terminal. `given` is the hash of `--trust`.
///
/// # Errors
/// Exit code 6 when nobody agreed.
pub fn agreed(scaffold: &Scaffold, given: Option<&str>, context: &Context) -> Result<Vec<Hook>> {
    let commands = &scaffold.manifest.commands;
    let Some(hash) = scaffold::fingerprint(scaffold) else { return Ok(Vec::new()) };
    if context.global.dry_run {
        // They are shown, and not run.
        return Ok(commands.clone());
    }
    let agreed = match given {
        Some(given) => given == hash,
        None => scaffold::is_trusted(&hash)? || asked(scaffold, context)?,
    };
    if agreed {
        scaffold::remember(scaffold, &hash)?;
        return Ok(commands.clone());
    }
    let name = &scaffold.manifest.name;
    let what = match given {
        Some(_) => format!("the scaffold {name} wants to run other commands than those of --trust"),
        None => format!("the scaffold {name} wants to run commands, and nobody has agreed to them"),
    };
    Err(Error::new(Kind::Refused, what).note(list(scaffold)).help(format!("when they are as they should be, add --trust {hash}")))
}

/// `--yes` answers harmless questions only: this one is not asked then.
fn asked(scaffold: &Scaffold, context: &Context) -> Result<bool> {
    if context.global.yes || !std::io::stdin().is_terminal() || !context.report.is_live() {
        return Ok(false);
    }
    let wants = format!("The scaffold {} wants to run in the new repo:", scaffold.manifest.name);
    context.report.note(&format!("{}\n{}", paint(BOLD, &wants), list(scaffold)));
    scaffold::agree("Agree, now and whenever it is the same", false, &context.report)
}

/// The commands as a person reads them, with the files that they name.
pub fn list(scaffold: &Scaffold) -> String {
    let row = |hook: &Hook| vec![format!("$ {}", paint(NAME, &hook.run)), paint(DIM, &hook.description)];
    let rows: Vec<Vec<String>> = scaffold.manifest.commands.iter().map(row).collect();
    let files = scaffold::named_files(scaffold);
    let with = if files.is_empty() { String::new() } else { format!("\n  with its own {}", files.join(", ")) };
    format!("{}{with}", columns(&rows, 2).trim_end())
}
