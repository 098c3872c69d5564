//! `instep update`: the newest version of its scaffold into a repo: shown, or written with --apply.

use serde_json::json;

use super::update::Args;
use super::{Context, scaffolds};
use crate::repo::Trees;
use crate::report::style::{BAD, BOLD, DIM, GOOD, NAME, WARN, paint};
use crate::report::table::columns;
use crate::report::{Error, Kind, Report, Result, text};
use crate::scaffold::update::{self, Change, Conflict, Update, What};
use crate::scaffold::{self, Answers, Record, Scaffold};

/// Shows, writes, checks or takes back.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let root = scaffolds::root(context)?;
    if args.undo {
        return undo(&Trees::open(&root, true)?, context);
    }
    let record = Record::read(&root)?;
    let place = args.scaffold.as_deref().unwrap_or(record.place());
    let from = if args.scaffold.is_some() { &context.dir } else { &root };
    let scaffold = Scaffold::find(place, &scaffolds::names(context)?, from)?;
    let (answers, new) = scaffold::carry_over(&scaffold.manifest, &record.answers, &args.set)?;
    if args.check {
        return check(&Trees::open(&root, false)?, &record, &scaffold, &answers, context);
    }
    tell_new(&new, &answers, context);
    go(&root, &record, &scaffold, &answers, args.apply, context)
}

/// Works an update out and shows it; writes it if that is wanted.
pub fn go(root: &std::path::Path, record: &Record, scaffold: &Scaffold, answers: &Answers, apply: bool, context: &Context) -> Result<()> {
    let apply = apply && !context.global.dry_run;
    let trees = Trees::open(root, apply)?;
    let update = update::plan(&trees, record, scaffold, answers)?;
    let report = &context.report;
    let write = apply && update.behind;
    if write {
        update::apply(&trees, &update)?;
    }
    report.document(&update);
    report.document(json!({ "applied": write }));
    show(&update, report);
    if report.verbose() > 0 {
        report.result(&trees.patch(&update.before, &update.after)?);
    }
    end(&update, write, report)
}

fn check(trees: &Trees, record: &Record, scaffold: &Scaffold, answers: &Answers, context: &Context) -> Result<()> {
    let behind = update::is_behind(trees, record, scaffold, answers)?;
    let (name, from, to) = (&scaffold.manifest.name, record.version, scaffold.manifest.version);
    context.report.document(json!({ "scaffold": name, "from": from, "to": to, "behind": behind }));
    if !behind {
        context.report.result(&format!("{name} {from}: up to date"));
        return Ok(());
    }
    let error = Error::new(Kind::Differences, format!("this repo is at {name} {from}, and the scaffold is at {to}"));
    Err(error.help("`instep update` shows what changes, `instep update --apply` writes it"))
}

fn undo(trees: &Trees, context: &Context) -> Result<()> {
    let undone = update::undo(trees)?;
    context.report.document(&undone);
    context.report.result(&format!("{} {} as before the update", paint(GOOD, "✓"), text::count(undone.files, "file")));
    for path in &undone.edited {
        context.report.note(&format!("{path} was edited since: git show {}:./{path}", undone.kept));
    }
    Ok(())
}

/// New questions are answered with their default, which is told.
fn tell_new(new: &[String], answers: &Answers, context: &Context) {
    for name in new {
        let answer = answers.get(name).map(scaffold::plain).unwrap_or_default();
        context.report.note(&format!("the scaffold asks for `{name}` now; the default is taken: --set {name}={answer}"));
    }
}

fn show(update: &Update, report: &Report) {
    let Update { scaffold, from, to, .. } = update;
    if !update.behind {
        return report.result(&format!("{scaffold} {to}: up to date"));
    }
    let versions = if from == to { format!("{scaffold} {to}") } else { format!("{scaffold} {from} → {to}") };
    report.result(&paint(BOLD, &versions));
    let rows: Vec<Vec<String>> = update.changes.iter().map(row).chain(update.conflicts.iter().map(conflict_row)).collect();
    report.result(columns(&rows, 2).trim_end());
    for note in &update.notes {
        report.note(&paint(WARN, note));
    }
}

fn row(change: &Change) -> Vec<String> {
    let edited = if change.merged { ", your changes stay" } else { "" };
    let (sign, words) = match change.what {
        What::Added => (paint(GOOD, "+"), "new".to_owned()),
        What::Changed => (paint(WARN, "~"), format!("changed{edited}")),
        What::Removed => (paint(BAD, "-"), "removed".to_owned()),
        What::Renamed => (paint(WARN, "→"), format!("was {}{edited}", change.from.as_deref().unwrap_or_default())),
    };
    vec![format!("{sign} {}", paint(NAME, &change.path)), paint(DIM, &words)]
}

fn conflict_row(conflict: &Conflict) -> Vec<String> {
    vec![format!("{} {}", paint(BAD, "✗"), paint(NAME, &conflict.path)), conflict.what.clone()]
}

fn end(update: &Update, written: bool, report: &Report) -> Result<()> {
    if !update.behind {
        return Ok(());
    }
    if written {
        report.note(&format!("{} written; `instep update --undo` takes it back", paint(GOOD, "✓")));
    } else {
        report.note(&paint(DIM, "nothing was written: `instep update --apply` does that, -v shows the differences"));
    }
    if update.conflicts.is_empty() {
        return Ok(());
    }
    let open = text::count(update.conflicts.len(), "conflict");
    let error = Error::failed(format!("{open} between the scaffold's changes and yours"));
    Err(if written {
        error.help("settle each in its file, then `git add` it; `git status` lists them")
    } else {
        error.help("`instep update --apply` writes the rest, and these with marks")
    })
}
