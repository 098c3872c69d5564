//! `instep update --base`: fetches the bases anew, and shows what that changes for this repo.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use serde_json::{Value as Json, json};

use super::Context;
use super::config::flatten;
use crate::config::bases::{FOLDER, GitUrl, LOCK, Lock, Pin, Vendored};
use crate::config::explain::shown;
use crate::config::node::{Node, Table};
use crate::config::workspace::{self, MemberFile};
use crate::config::{Project, find, same, vendor};
use crate::process::cancel;
use crate::repo;
use crate::report::style::{BAD, DIM, GOOD, NAME, WARN, paint};
use crate::report::table::columns;
use crate::report::{Error, Event, Report, Result, What};

/// Fetches, shows the difference, writes.
pub fn run(context: &Context) -> Result<()> {
    let file = find::find(&context.dir).ok_or_else(|| find::none(&context.dir))?;
    let name = find::shown(&file, &context.dir);
    // A member whose base is missing can't be loaded yet; its file can be found.
    let members = workspace::files(&file, &name)?;
    let service = context.global.service.as_deref();
    let named = |member: &&MemberFile| service.is_none_or(|service| same(&workspace::name_in(member), service));
    let chosen: Vec<&MemberFile> = members.iter().filter(named).collect();
    if members.is_empty() || (chosen.is_empty() && service.is_some()) {
        context.global.service.as_ref().map_or(Ok(()), |_| context.project().map(drop))?;
        return fetch_for(&file, &name, context);
    }
    if service.is_none() {
        fetch_for(&file, &name, context)?;
    }
    for member in chosen {
        let has_bases = member.file.with_file_name(LOCK).is_file() || !matches!(vendor::check(&member.file, &member.shown), Ok(0));
        if service.is_some() || has_bases {
            let part = context.of_part(&workspace::name_in(member));
            part.report.note(&format!("{} {}", paint(NAME, "▸"), paint(NAME, &member.dir)));
            fetch_for(&member.file, &member.shown, &part)?;
        }
    }
    Ok(())
}

/// Fetches the bases of one file.
fn fetch_for(file: &Path, name: &str, context: &Context) -> Result<()> {
    let root = file.parent().unwrap_or(&context.dir);
    // A lock that can't be read is written anew.
    let old = Lock::read(root).unwrap_or_default();
    let wanted = vendor::collect(file, name, &mut |url| fetch(url, &context.report))?;
    let beside = beside(root, context.global.dry_run)?;
    let staged = vendor::stage(&wanted, &beside.path().join("base"), &old)?;
    // Nothing is written unless the whole is right with it.
    let new = Project::with(file, name, &context.global.config, Some(staged.clone()))?;
    let before = Project::sketch(file, name, &context.global.config, &gone(&old, &staged.lock));
    let changes = changes(&before, new.scope().tree());
    cancel::check()?;
    let stale = !fresh(root, &staged);
    let write = stale && !context.global.dry_run;
    if write {
        install(root, beside.path(), &staged.lock)?;
    }
    show(&old, &staged.lock, &changes, context);
    end(stale, write, &staged.lock, context);
    Ok(())
}

fn end(stale: bool, written: bool, lock: &Lock, context: &Context) {
    context.report.document(json!({ "written": written }));
    let done = paint(GOOD, "✓");
    match (stale, written) {
        (true, true) if lock.pins.is_empty() => context.report.note(&format!("{done} removed {FOLDER}/ and {LOCK}")),
        (true, true) => context.report.note(&format!("{done} wrote {FOLDER}/ and {LOCK}: commit both")),
        (true, false) => context.report.note(&paint(DIM, "a dry run: nothing was written")),
        _ => {}
    }
}

fn fetch(url: &GitUrl, report: &Report) -> Result<repo::Fetched> {
    let begin = Instant::now();
    let tell = |what: What| report.event(&Event::new(&*url.repo, what));
    tell(What::Started { title: format!("fetch {}", url.shown_reference()) });
    let fetched = repo::fetch(&url.repo, url.reference.as_deref());
    let elapsed = begin.elapsed();
    tell(match &fetched {
        Ok(_) => What::Finished { elapsed },
        Err(error) => What::Failed { reason: error.message().to_owned(), elapsed },
    });
    fetched
}

/// A folder on the same disk as the repo, so that one rename moves it; a dry run leaves the repo alone.
fn beside(root: &Path, dry_run: bool) -> Result<tempfile::TempDir> {
    let dir = if dry_run { std::env::temp_dir() } else { repo::state_dir(root)? };
    let made = tempfile::Builder::new().prefix("base-").tempdir_in(&dir);
    made.map_err(|error| Error::failed(format!("can't write {}: {error}", dir.display())))
}

/// Whether the repo has all this already.
fn fresh(root: &Path, staged: &Vendored) -> bool {
    let here = Vendored::of(root);
    here.is_ok_and(|here| here.lock == staged.lock && here.lock.pins.iter().all(|pin| here.verify(pin).is_ok()))
}

fn install(root: &Path, beside: &Path, lock: &Lock) -> Result<()> {
    let (place, file, attic) = (root.join(FOLDER), root.join(LOCK), beside.join("old"));
    if lock.pins.is_empty() {
        return repo::swap(&place, None, &file, None, &attic);
    }
    repo::swap(&place, Some(&beside.join("base")), &file, Some(&lock.text()?), &attic)
}

/// The bases that are extended no more.
fn gone<'a>(old: &'a Lock, new: &Lock) -> Vec<&'a Pin> {
    old.pins.iter().filter(|pin| new.pins.iter().all(|other| other.url != pin.url)).collect()
}

/// A key whose merged value is another one.
struct Change {
    key: String,
    before: Option<Node>,
    after: Option<Node>,
}

fn changes(before: &Table, after: &Table) -> Vec<Change> {
    let rows = |table| {
        let mut rows = Vec::new();
        flatten(table, "", &mut rows);
        rows.into_iter().map(|(key, node)| (key, node.clone())).collect::<BTreeMap<String, Node>>()
    };
    let (mut before, mut after) = (rows(before), rows(after));
    let keys: std::collections::BTreeSet<String> = before.keys().chain(after.keys()).cloned().collect();
    let change = |key: String| Change { before: before.remove(&key), after: after.remove(&key), key };
    let value = |node: &Option<Node>| node.as_ref().map(|node| node.value.json());
    keys.into_iter().map(change).filter(|change| value(&change.before) != value(&change.after)).collect()
}

impl Change {
    fn row(&self) -> Vec<String> {
        let value = |node: &Node| shown(&node.value);
        let (sign, text) = match (&self.before, &self.after) {
            (Some(before), Some(after)) => (paint(WARN, "~"), format!("{} → {}", value(before), value(after))),
            (None, Some(after)) => (paint(GOOD, "+"), value(after)),
            (Some(before), None) => (paint(BAD, "-"), value(before)),
            (None, None) => (String::new(), String::new()),
        };
        let origin = match (&self.after, &self.before) {
            (Some(node), _) => format!("({})", node.origin.short()),
            (None, Some(node)) => format!("(was {})", node.origin.short()),
            (None, None) => String::new(),
        };
        vec![format!("{sign} {}: {text}", paint(NAME, &self.key)), paint(DIM, &origin)]
    }

    fn json(&self) -> Json {
        let value = |node: &Option<Node>| node.as_ref().map(|node| json!({ "value": node.value.json(), "origin": node.origin.short() }));
        json!({ "key": self.key, "before": value(&self.before), "after": value(&self.after) })
    }
}

fn show(old: &Lock, new: &Lock, changes: &[Change], context: &Context) {
    let report = &context.report;
    let before = |new: &Pin| old.pins.iter().find(|pin| pin.url == new.url).map(|pin| pin.commit.clone());
    let bases: Vec<Json> = new
        .pins
        .iter()
        .map(|pin| json!({ "folder": pin.folder, "url": pin.url, "ref": pin.reference, "commit": pin.commit, "before": before(pin) }))
        .collect();
    let gone: Vec<&str> = gone(old, new).into_iter().map(|pin| pin.folder.as_str()).collect();
    report.document(json!({ "bases": bases, "removed": gone, "changes": changes.iter().map(Change::json).collect::<Vec<_>>() }));
    let short = |commit: &str| commit.chars().take(7).collect::<String>();
    for pin in &new.pins {
        let commit = match before(pin) {
            Some(before) if before != pin.commit => format!("{} → {}", short(&before), short(&pin.commit)),
            _ => short(&pin.commit),
        };
        report.result(&format!("{}  {}  {commit}", paint(NAME, &pin.folder), pin.reference.as_deref().unwrap_or("default branch")));
    }
    for name in &gone {
        report.result(&format!("{}  removed: nothing extends it", paint(NAME, name)));
    }
    if changes.is_empty() {
        let none = new.pins.is_empty() && gone.is_empty();
        report.result(if none { "no base from git is extended: there is nothing to fetch" } else { "nothing changed for this repo" });
    } else {
        let rows: Vec<Vec<String>> = changes.iter().map(Change::row).collect();
        report.result(columns(&rows, 2).trim_end());
    }
}
