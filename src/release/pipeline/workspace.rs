//! Which services of a workspace an event concerns: pure.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::Occasion;
use crate::config::Project;
use crate::repo::{Area, Changes, Trigger};
use crate::report::{Result, text};

/// A service of the workspace, and whether the event concerns it.
#[derive(Clone, Debug, Serialize)]
pub struct Concern {
    /// Its name.
    pub service: String,
    /// It is concerned.
    pub runs: bool,
    /// Why, or why not.
    pub why: String,
}

/// A service of the workspace.
pub(super) struct Part<'a> {
    pub(super) name: &'a str,
    pub(super) project: &'a Project,
    pub(super) area: Arc<Area>,
}

/// The services of a workspace, its root among them where that is one.
///
/// # Errors
/// Exit code 2 for `service.paths` that are no globs.
pub(super) fn parts(project: &Project) -> Result<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    for (name, part) in project.parts() {
        let Some(name) = name.or_else(|| part.service_name()) else { continue };
        let below = |other: &PathBuf| *other != real(&part.root) && other.starts_with(real(&part.root));
        let others = project.members.iter().map(|member| real(&member.project.root)).filter(below).collect();
        let area = Area::new(&real(&part.root), others, part.files.clone());
        let read = part.scope().read("service");
        let globs: Vec<(PathBuf, &str)> = read.strings("paths").into_iter().map(|(glob, at)| (real(&at.source.dir), glob)).collect();
        let area = area.with_globs(globs.iter().map(|(dir, glob)| (dir.as_path(), *glob)));
        let area = Arc::new(area.map_err(|error| error.at(read.place("paths")))?);
        parts.push(Part { name, project: part, area });
    }
    Ok(parts)
}

/// Git tells files by their real paths.
fn real(dir: &Path) -> PathBuf {
    let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    dir.canonicalize().unwrap_or_else(|_| dir.to_owned())
}

/// Which of them an event concerns: by its prefix for a tag, else by what changed; all where nobody can tell, and where
/// all are asked for.
pub(super) fn concerned(parts: &[Part<'_>], occasion: &Occasion, root: &Path) -> Vec<Concern> {
    let workspace = real(root);
    let concern = |part: &Part<'_>| {
        let (runs, why) = match (&occasion.changes, &occasion.trigger) {
            (None, _) => (true, "all are asked for".to_owned()),
            (Some(_), Trigger::Tag { name }) => by_tag(part, parts, name),
            (Some(Changes::Unknown(why)), _) => (true, format!("all are run: {why}")),
            (Some(Changes::Since { files, .. }), _) => by_files(part, files, &workspace),
        };
        Concern { service: part.name.to_owned(), runs, why }
    };
    parts.iter().map(concern).collect()
}

/// The longest prefix that a tag begins with names the service; without one it is all that have none.
fn by_tag(part: &Part<'_>, parts: &[Part<'_>], tag: &str) -> (bool, String) {
    let prefix = |part: &Part<'_>| part.project.facts().tag_prefix().to_owned();
    let own = prefix(part);
    let longest = parts.iter().map(prefix).filter(|prefix| tag.starts_with(prefix.as_str())).max_by_key(String::len);
    let why = if own.is_empty() { "its releases are tags without a prefix".to_owned() } else { format!("its releases are tags {own}*") };
    (longest == Some(own), why)
}

fn by_files(part: &Part<'_>, files: &[PathBuf], workspace: &Path) -> (bool, String) {
    let own: Vec<&Path> = files.iter().map(PathBuf::as_path).filter(|file| part.area.has(file)).collect();
    if own.is_empty() {
        return (false, "nothing of it changed".to_owned());
    }
    let root = real(&part.project.root);
    let shown = |file: &&Path| -> PathBuf {
        let near = [root.as_path(), workspace].into_iter().find_map(|dir| file.strip_prefix(dir).ok());
        near.unwrap_or(*file).to_owned()
    };
    let shown: Vec<PathBuf> = own.iter().map(shown).collect();
    (true, text::changed(shown.iter().map(PathBuf::as_path)))
}
