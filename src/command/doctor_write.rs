//! `instep doctor --write`: the version and the identity of every cluster, written beside its context.

use std::collections::BTreeMap;
use std::path::Path;

use super::Context;
use crate::config::{Environment, Project, Target};
use crate::kube;
use crate::repo::disk;
use crate::report::style::{DIM, GOOD, WARN, paint};
use crate::report::{Error, Place, Problem, Result, text};

/// A line to be put after another one.
struct Line {
    /// Where in the text.
    at: usize,
    text: String,
}

/// Asks each cluster, and writes what the file lacks. What is there and differs is only told.
///
/// # Errors
/// A file that can't be written. A cluster that does not answer is warned of.
pub(super) fn write(project: &Project, context: &Context) -> Result<()> {
    let mut files: BTreeMap<String, Vec<Line>> = BTreeMap::new();
    let mut known: Vec<String> = Vec::new();
    for name in project.environment_names() {
        let environment = Environment::of(project, name)?;
        for target in &environment.places {
            let Some(place) = target.context_place() else { continue };
            if known.contains(&place.short()) {
                continue;
            }
            known.push(place.short());
            match kube::identity(target, &context.report) {
                Ok(identity) => {
                    let lines = lines(target, &place, &identity, context);
                    files.entry(place.file.to_string()).or_default().extend(lines);
                }
                Err(error) => error.problems.iter().for_each(|problem| context.report.warn(problem)),
            }
        }
    }
    for (file, lines) in files.iter().filter(|(_, lines)| !lines.is_empty()) {
        edit(&context.dir.join(file), lines, context.global.dry_run)?;
        let verb = if context.global.dry_run { "would write" } else { "wrote" };
        context.report.result(&format!("{} {verb} {} to {file}", paint(GOOD, "✓"), text::count(lines.len(), "line")));
        for line in lines {
            context.report.result(&paint(DIM, &format!("    {}", line.text)));
        }
    }
    if files.values().all(Vec::is_empty) {
        context.report.result(&format!("{} every cluster that answers is written down", paint(WARN, "–")));
    }
    Ok(())
}

/// Below the line of the context: what is not written yet. A base is not ours to write.
fn lines(target: &Target, place: &Place, identity: &kube::Identity, context: &Context) -> Vec<Line> {
    if place.file.contains(".instep/base/") {
        return Vec::new();
    }
    let at = place.text[place.span.end..].find('\n').map_or(place.text.len(), |end| place.span.end + end + 1);
    let mut lines = Vec::new();
    let version = identity.version.to_string();
    match &target.kube_version {
        None => lines.push(Line { at, text: format!("kube-version = \"{version}\"") }),
        Some(written) if *written != version => differs(written, &version, target.kube_version_place(), context),
        Some(_) => {}
    }
    match &target.uid {
        None => lines.push(Line { at, text: format!("uid = \"{}\"", identity.uid) }),
        Some(written) if *written != identity.uid => differs(written, &identity.uid, target.uid_place(), context),
        Some(_) => {}
    }
    lines
}

fn differs(written: &str, is: &str, place: Option<Place>, context: &Context) {
    let message = format!("the file says {written}, but it is {is}");
    context.report.warn(&Problem {
        message,
        place,
        notes: Vec::new(),
        help: vec!["correct it, if this cluster is the one that is meant".to_owned()],
    });
}

/// Puts the lines in, the last first, so that the places of the others stay right.
fn edit(file: &Path, lines: &[Line], dry_run: bool) -> Result<()> {
    let unwritable = |error: std::io::Error| Error::failed(format!("can't write {}: {error}", file.display()));
    let mut text = std::fs::read_to_string(file).map_err(unwritable)?;
    let mut sorted: Vec<&Line> = lines.iter().collect();
    sorted.sort_by_key(|line| line.at);
    for line in sorted.into_iter().rev() {
        let start = if text[..line.at].ends_with('\n') { "" } else { "\n" };
        text.insert_str(line.at, &format!("{start}{}\n", line.text));
    }
    if dry_run {
        return Ok(());
    }
    disk::write(file, text.as_bytes())
}
