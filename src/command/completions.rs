//! `instep completions SHELL`: what a shell sources at its start.

use clap_complete::{Shell, generate};

use super::{Context, complete};
use crate::report::{Error, Result};

/// Arguments of `completions`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The shell
    shell: Shell,
    /// A file that knows the built-in commands only, for packages
    #[arg(long = "static")]
    fixed: bool,
}

/// Prints the script.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let mut script = Vec::new();
    if args.fixed {
        generate(args.shell, &mut super::tree(), "instep", &mut script);
    } else {
        let shells = clap_complete::env::Shells::builtins();
        let name = args.shell.to_string();
        let shell = shells.completer(&name).ok_or_else(|| Error::usage(format!("no live completion for {name}")))?;
        // Found on the PATH when it is called: the script stays right when instep moves.
        shell
            .write_registration(complete::VARIABLE, "instep", "instep", "instep", &mut script)
            .map_err(|error| Error::failed(format!("the script can't be made: {error}")))?;
    }
    context.report.raw(&String::from_utf8_lossy(&script));
    Ok(())
}
