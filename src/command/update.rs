//! `instep update`: the newest version of the scaffold into a repo; with --base: the bases anew.

use std::path::PathBuf;

use super::{Context, update_base, update_fleet, update_scaffold};
use crate::report::Result;

/// Arguments of `update`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Fetch the bases that instep.toml extends, and pin them in instep.lock
    #[arg(long, conflicts_with_all = ["apply", "check", "undo", "set", "scaffold"])]
    base: bool,
    /// Write the update into the work tree, conflicts with marks
    #[arg(long)]
    pub apply: bool,
    /// Only tell whether the repo is behind its scaffold: exit code 3 when it is
    #[arg(long, conflicts_with = "apply")]
    pub check: bool,
    /// Take the last update of this checkout back
    #[arg(long, conflicts_with_all = ["apply", "check", "set", "scaffold"])]
    pub undo: bool,
    /// Answer a question of the scaffold anew
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// The scaffold, when it is elsewhere now: a folder (with a slash) or a URL
    #[arg(long, value_name = "SCAFFOLD")]
    pub scaffold: Option<String>,
    /// Look at all generated services below a folder; with --apply, update those without conflicts
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath, conflicts_with_all = ["base", "undo", "set", "scaffold"])]
    fleet: Option<PathBuf>,
}

/// Updates from the bases, or from the scaffold.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    match &args.fleet {
        Some(dir) => update_fleet::run(dir, args.apply, args.check, context),
        None if args.base => update_base::run(context),
        None => update_scaffold::run(args, context),
    }
}
