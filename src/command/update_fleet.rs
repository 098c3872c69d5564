//! `instep update --fleet DIR`: how far many checkouts are behind their scaffolds, and what an update would meet.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Context, scaffolds};
use crate::repo::{self, Trees};
use crate::report::style::{BAD, DIM, GOOD, NAME, WARN, paint};
use crate::report::table::columns;
use crate::report::{Error, Kind, Result, text};
use crate::scaffold::update::{self, Update};
use crate::scaffold::{self, RECORD, Record, Scaffold};

/// Looks at every checkout below the folder; with `apply`, updates those that have no conflict.
pub fn run(dir: &Path, apply: bool, check: bool, context: &Context) -> Result<()> {
    let dir = context.dir.join(dir);
    let roots = roots(&dir)?;
    let mut rows = Vec::new();
    let mut documents = Vec::new();
    let (mut behind, mut failed) = (0, 0);
    for root in &roots {
        let name = root.strip_prefix(&dir).unwrap_or(root).display().to_string();
        context.report.transient(&format!("looking at {name}"));
        match one(root, apply && !context.global.dry_run, context) {
            Ok((update, applied)) => {
                behind += usize::from(update.behind && !applied);
                rows.push(row(&name, &update, applied));
                documents.push(json!({ "repo": name, "update": update, "applied": applied }));
            }
            Err(error) => {
                failed += 1;
                rows.push(vec![paint(NAME, &name), String::new(), format!("{} {}", paint(BAD, "✗"), error.message())]);
                documents.push(json!({ "repo": name, "error": error.message() }));
            }
        }
    }
    context.report.document(json!({ "repos": documents }));
    context.report.result(columns(&rows, 0).trim_end());
    match (failed, behind) {
        (0, 0) => Ok(()),
        (0, _) if check => Err(Error::new(Kind::Differences, format!("{} behind", text::count(behind, "repo")))),
        (0, _) => Ok(()),
        _ => Err(Error::failed(format!("{} could not be looked at", text::count(failed, "repo")))),
    }
}

fn one(root: &Path, apply: bool, context: &Context) -> Result<(Update, bool)> {
    let record = Record::read(root)?;
    let scaffold = Scaffold::find(record.place(), &scaffolds::names(context)?, root)?;
    let (answers, _) = scaffold::carry_over(&scaffold.manifest, &record.answers, &[])?;
    let trees = Trees::open(root, apply)?;
    let update = update::plan(&trees, &record, &scaffold, &answers)?;
    let write = apply && update.behind && update.conflicts.is_empty();
    if write {
        update::apply(&trees, &update)?;
    }
    Ok((update, write))
}

fn row(name: &str, update: &Update, applied: bool) -> Vec<String> {
    let Update { scaffold, from, to, .. } = update;
    let changed = text::count(update.changes.len(), "file");
    let state = match (update.behind, applied, update.conflicts.len()) {
        (false, ..) => format!("{} up to date", paint(GOOD, "✓")),
        (true, true, _) => format!("{} updated: {changed}", paint(GOOD, "✓")),
        (true, false, 0) => format!("{} {changed} would change", paint(WARN, "~")),
        (true, false, open) => format!("{} {changed} would change, {}", paint(BAD, "✗"), text::count(open, "conflict")),
    };
    let versions = if from == to { format!("{scaffold} {from}") } else { format!("{scaffold} {from} → {to}") };
    let edited =
        if update.edited.is_empty() { String::new() } else { paint(DIM, &format!("{} edited", text::count(update.edited.len(), "file"))) };
    vec![paint(NAME, name), versions, state, edited]
}

/// The generated services below a folder.
fn roots(dir: &Path) -> Result<Vec<PathBuf>> {
    let found = repo::checkouts(dir, RECORD)?;
    if found.is_empty() {
        return Err(Error::usage(format!("there is no generated service in {}: nothing has {RECORD}", dir.display())));
    }
    Ok(found)
}
