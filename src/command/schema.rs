//! `instep schema`: the JSON Schema of instep.toml, for editors.

use super::Context;
use crate::config;
use crate::report::{Error, Result};

/// Arguments of `schema`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The reference as a page in Markdown instead
    #[arg(long)]
    markdown: bool,
}

/// Prints it.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    if args.markdown {
        context.report.raw(&config::reference());
        return Ok(());
    }
    let text = serde_json::to_string_pretty(&config::json_schema()).map_err(|error| Error::failed(error.to_string()))?;
    context.report.raw(&format!("{text}\n"));
    Ok(())
}
