//! What must not be deployed from this checkout: refused where the environment is protected, warned of elsewhere.

use crate::config::{Environment, Project};
use crate::kube::record::Record;
use crate::report::{Error, Kind, Place, Problem, Report, Result, text};

/// One thing that speaks against it.
struct Objection {
    message: String,
    help: String,
    place: Option<Place>,
}

/// Objects to changed files, to a commit that does not belong here, and to one that lacks what runs now.
///
/// # Errors
/// Exit code 6 in a protected environment, unless `reason` overrides it.
pub(super) fn guard(
    project: &Project,
    environment: &Environment,
    running: Option<&Record>,
    reason: Option<&str>,
    report: &Report,
) -> Result<()> {
    let objections = [changed(project), foreign(project, environment), lost(project, running)];
    for Objection { message, help, place } in objections.into_iter().flatten() {
        match reason {
            Some(reason) => report.note(&format!("  overridden ({reason}): {message}")),
            None if environment.protected => {
                let error = Error::new(Kind::Refused, message).at(place).note("nothing was changed");
                return Err(error.help(help).help("or go past it: --override REASON, which is recorded"));
            }
            None => report.warn(&Problem { message, place, notes: Vec::new(), help: vec![help] }),
        }
    }
    Ok(())
}

fn changed(project: &Project) -> Option<Objection> {
    let dirty = project.facts().commit().is_some_and(|commit| commit.dirty);
    dirty.then(|| Objection {
        message: "files are changed that are not committed: the image of the commit does not have the changes".to_owned(),
        help: "commit, then `instep docker-build --push`".to_owned(),
        place: None,
    })
}

/// A commit whose branch or tag is not one that is deployed here.
fn foreign(project: &Project, environment: &Environment) -> Option<Objection> {
    let rule = environment.deploy_on.as_ref()?;
    let branch = project.facts().branch();
    let fits = branch.as_ref().is_some_and(|branch| rule.branch(branch)) || project.facts().tags().iter().any(|tag| rule.tag(tag));
    (!fits).then(|| Objection {
        message: format!(
            "environment `{}` is deployed from {}, not from {}",
            environment.name,
            rule,
            branch.unwrap_or_else(|| "here".to_owned())
        ),
        help: "check out what is to be deployed".to_owned(),
        place: rule.place.clone(),
    })
}

/// What runs is not part of what is deployed: a hot fix would get lost.
fn lost(project: &Project, running: Option<&Record>) -> Option<Objection> {
    let running = running?;
    let sha = running.commit.as_ref()?;
    let short = &sha[..sha.len().min(12)];
    let words = format!("commit {short} ({}), which runs there (v{}, by {})", running.version, running.revision, running.who);
    match project.facts().includes(sha) {
        Some(true) => None,
        Some(false) => Some(Objection {
            message: format!("this checkout does not have {words}: it would get lost"),
            help: text::list(&[
                format!("bring it in first: `git merge {short}`"),
                "or go back on purpose with `instep kube-rollback`".to_owned(),
            ]),
            place: None,
        }),
        None => Some(Objection {
            message: format!("git does not know {words}"),
            help: "fetch it: `git fetch --all --tags` (in a shallow clone: `git fetch --unshallow`)".to_owned(),
            place: None,
        }),
    }
}
