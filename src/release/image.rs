//! Which image a release runs: the one that is named, or the one of HEAD's commit; never a new one.

use super::Resolve;
use crate::config::{Image, Project, Scope};
use crate::report::{Error, Result, text};

/// The image, by its digest where one is known.
///
/// # Errors
/// Exit code 1 naming `docker-build --push` when the commit has no image; 2 for a name that is not there.
pub(super) fn choose(project: &Project, scope: &Scope, named: Option<&str>, resolve: Resolve<'_>) -> Result<String> {
    let main = Image::main(scope)?;
    let Some(named) = named else { return of_commit(project, &main, resolve) };
    let reference = without_name(scope, named)?;
    if reference.contains("@sha256:") {
        return Ok(reference.to_owned());
    }
    // What can't be found from here may still be there for the cluster.
    Ok(resolve(reference)?.unwrap_or_else(|| reference.to_owned()))
}

fn of_commit(project: &Project, main: &Image, resolve: Resolve<'_>) -> Result<String> {
    let commit = project.facts().need_commit()?;
    let reference = format!("{}:sha-{}", main.repository, commit.sha);
    resolve(&reference)?.ok_or_else(|| {
        Error::failed(format!("commit {} has no image yet", commit.short()))
            .note(format!("looked for {reference}"))
            .help("build and push it first: `instep docker-build --push`; or name another one with --image")
    })
}

/// `[NAME=]REF`. The only image that workloads run is the main one.
fn without_name<'a>(scope: &Scope, named: &'a str) -> Result<&'a str> {
    let Some((name, reference)) = named.split_once('=') else { return Ok(named) };
    if name == "image" {
        return Ok(reference);
    }
    let images = Image::all(scope)?;
    let known: Vec<&str> = images.iter().map(|image| image.key.as_str()).collect();
    let error = Error::usage(if known.contains(&name) {
        format!("--image: no workload runs the image `{name}`")
    } else {
        format!("--image: there is no image `{name}`")
    });
    Err(error.help(format!("the images of this repo: {}; `--image REF` means the main one", text::list(&known))))
}
