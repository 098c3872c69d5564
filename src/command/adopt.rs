//! `instep adopt`: an `instep.toml` for a repo that was not generated.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::Context;
use crate::config::{Project, find};
use crate::repo::disk;
use crate::report::style::{BOLD, DIM, GOOD, paint};
use crate::report::{Error, Kind, Result, text};
use crate::scaffold::{self, adopt};

/// Arguments of `adopt`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Leave a Makefile whose targets call instep; the one that is there becomes Makefile.old
    #[arg(long)]
    makefile_shim: bool,
}

/// Reads the repo, shows the proposal, and writes it if that is wanted.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let root = context.dir.ancestors().find(|dir| dir.join(".git").exists()).unwrap_or(&context.dir);
    let file = root.join(find::FILE);
    let make = if args.makefile_shim && makefile(root).is_some() { format!("make -f {}", adopt::OLD) } else { "make".to_owned() };
    let found = adopt::look(root, &make)?;
    let proposal = adopt::propose(&found);
    for path in [Some(&file), args.makefile_shim.then_some(&root.join(adopt::OLD))].into_iter().flatten() {
        if path.symlink_metadata().is_ok() {
            let error = Error::new(Kind::Refused, format!("{} is there already", path.display()));
            return Err(error.note(proposal).help("nothing is overwritten: take what you need of this proposal"));
        }
    }
    let report = &context.report;
    report.document(json!({ "proposal": proposal, "found": found }));
    report.result(proposal.trim_end());
    holds(&proposal)?;
    let carried = text::count(found.tasks.len(), "task");
    let left = match found.left.len() {
        0 => "nothing is left out".to_owned(),
        n => format!("{} not: named at the end", text::count(n, "line")),
    };
    report.note(&format!("\n{carried} carried over; {left}"));
    if !wanted(context)? {
        report.note(&paint(DIM, "nothing was written: --yes writes it"));
        report.document(json!({ "written": false }));
        return Ok(());
    }
    let mut written = vec![find::FILE];
    disk::write(&file, proposal.as_bytes())?;
    if args.makefile_shim {
        shim(root, &found)?;
        written.push("Makefile");
    }
    report.document(json!({ "written": true, "files": written }));
    report.note(&format!("{} wrote {}; {} lists what it can do", paint(GOOD, "✓"), text::list(&written), paint(BOLD, "instep")));
    Ok(())
}

fn wanted(context: &Context) -> Result<bool> {
    match (context.global.dry_run, context.global.yes) {
        (true, _) => Ok(false),
        (false, true) => Ok(true),
        _ if std::io::stdin().is_terminal() && context.report.is_live() => scaffold::agree("Write instep.toml", true, &context.report),
        _ => Ok(false),
    }
}

/// A proposal that instep itself refuses would help nobody.
fn holds(proposal: &str) -> Result<()> {
    let dir = tempfile::tempdir().map_err(|error| Error::failed(format!("can't write a temporary folder: {error}")))?;
    let file = dir.path().join(find::FILE);
    disk::write(&file, proposal.as_bytes())?;
    Project::read(&file, "the proposal", &[]).map(drop)
}

fn shim(root: &Path, found: &adopt::Found) -> Result<()> {
    let before = makefile(root);
    let text = before.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
    if let Some(file) = &before {
        disk::rename(file, &root.join(adopt::OLD))?;
    }
    disk::write(&root.join("Makefile"), adopt::shim(found, text.as_deref()).as_bytes())
}

fn makefile(root: &Path) -> Option<PathBuf> {
    ["GNUmakefile", "makefile", "Makefile"].iter().map(|name| root.join(name)).find(|file| file.is_file())
}
