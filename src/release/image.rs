//! Which images a release runs: those that are named, or those of HEAD's commit; never new ones.

use std::cell::OnceCell;

use serde_json::Value;

use super::Resolve;
use crate::config::{Image, Job, Own, Project, Scope, Workload};
use crate::docker;
use crate::kube::render::repository;
use crate::kube::{ImageFacts, Images};
use crate::report::{Error, Kind, Result, text};

/// What the engine and the registries know of images. Where there is no engine, nothing is known: who deploys
/// may be an agent that never built it.
#[derive(Default)]
pub(super) struct AtHand(OnceCell<Option<docker::Engine>>);

impl AtHand {
    fn ask<T>(&self, question: impl Fn(&docker::Engine) -> Result<T>) -> Result<Option<T>> {
        if self.0.get().is_none() {
            let _ = self.0.set(known(docker::Engine::find())?);
        }
        self.0.get().and_then(Option::as_ref).map_or(Ok(None), |engine| known(question(engine)))
    }
}

/// Nothing is asked of images: they ran there before.
pub(super) struct Unseen;

impl Images for Unseen {
    fn facts(&self, _: &str) -> Result<Option<ImageFacts>> {
        Ok(None)
    }

    fn platforms(&self, _: &str) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
}

/// Not to know is no failure; to be stopped is.
fn known<T>(answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Err(error) if matches!(error.kind, Kind::Signal(_)) => Err(error),
        answer => Ok(answer.ok()),
    }
}

impl Images for AtHand {
    fn facts(&self, image: &str) -> Result<Option<ImageFacts>> {
        let found = self.ask(|engine| engine.facts(image))?.flatten();
        Ok(found.map(|docker::Facts { user, ports, platform, size }| ImageFacts { user, ports, platform, size }))
    }

    fn platforms(&self, image: &str) -> Result<Vec<String>> {
        self.ask(|engine| engine.platforms(image)).map(Option::unwrap_or_default)
    }
}

/// The main image, by its digest where one is known.
///
/// # Errors
/// Exit code 1 naming `docker-build --push` when the commit has no image; 2 for a name that is not there.
pub(super) fn choose(project: &Project, scope: &Scope, named: &[String], resolve: Resolve<'_>) -> Result<String> {
    check_names(scope, named)?;
    one(project, &Image::main(scope)?, named, resolve)
}

/// The further images that something in Kubernetes runs, by their keys.
///
/// # Errors
/// As [`choose`].
pub(super) fn others(project: &Project, scope: &Scope, named: &[String], resolve: Resolve<'_>) -> Result<Vec<(String, String)>> {
    let used = used(scope)?;
    let images = Image::all(scope)?.into_iter().filter(|image| image.key != "image");
    // In own manifests an image is known by its repository: all may be meant.
    let own = Own::of(scope)?;
    let all = !own.manifests.is_empty() || own.chart.is_some() || own.kustomize.is_some();
    let mut found = Vec::new();
    for image in images {
        let needed = used.contains(&image.key);
        match one(project, &image, named, resolve) {
            Ok(reference) if needed || all => found.push((image.key, reference)),
            Err(error) if needed => return Err(error),
            _ => {}
        }
    }
    Ok(found)
}

/// The further images that these objects run, by their keys.
///
/// # Errors
/// Exit code 2 for templates with faults.
pub(super) fn of_objects(scope: &Scope, objects: &[Value]) -> Result<Vec<(String, String)>> {
    let run: Vec<&str> = objects.iter().flat_map(references).collect();
    let images = Image::all(scope)?.into_iter().filter(|image| image.key != "image");
    let reference = |image: &Image| Some((*run.iter().find(|reference| repository(reference) == image.repository)?).to_owned());
    Ok(images.filter_map(|image| Some((image.key.clone(), reference(&image)?))).collect())
}

/// What stands as `image` anywhere in it.
fn references(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(map) => {
            let own = map.get("image").and_then(Value::as_str);
            own.into_iter().chain(map.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// The images that workloads, jobs and sidecars name.
fn used(scope: &Scope) -> Result<Vec<String>> {
    let mut pods = Workload::all(scope)?;
    pods.extend(Job::all(scope)?.into_iter().map(|job| job.pod));
    let sidecars = pods.iter().flat_map(|pod| pod.sidecars.iter().map(|sidecar| sidecar.image.clone()));
    Ok(pods.iter().filter_map(|pod| pod.image.clone()).chain(sidecars).collect())
}

fn one(project: &Project, image: &Image, named: &[String], resolve: Resolve<'_>) -> Result<String> {
    let Some(reference) = named.iter().find_map(|text| meant(text, &image.key)) else { return of_commit(project, image, resolve) };
    if reference.contains("@sha256:") {
        return Ok(reference.to_owned());
    }
    // What can't be found from here may still be there for the cluster.
    Ok(resolve(reference)?.unwrap_or_else(|| reference.to_owned()))
}

fn of_commit(project: &Project, image: &Image, resolve: Resolve<'_>) -> Result<String> {
    let commit = project.facts().need_commit()?;
    let reference = format!("{}:sha-{}", image.repository, commit.sha);
    resolve(&reference)?.ok_or_else(|| {
        Error::failed(format!("commit {} has no image yet", commit.short()))
            .note(format!("looked for {reference}"))
            .help("build and push it first: `instep docker-build --push`; or name another one with --image")
    })
}

/// `[NAME=]REF`, where it means this image.
fn meant<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    match text.split_once('=') {
        Some((name, reference)) => (name == key).then_some(reference),
        None => (key == "image").then_some(text),
    }
}

fn check_names(scope: &Scope, named: &[String]) -> Result<()> {
    let images = Image::all(scope)?;
    let known: Vec<&str> = images.iter().map(|image| image.key.as_str()).collect();
    match named.iter().filter_map(|text| text.split_once('=')).find(|(name, _)| !known.contains(name)) {
        None => Ok(()),
        Some((name, _)) => Err(Error::usage(format!("--image: there is no image `{name}`"))
            .help(format!("the images of this repo: {}; `--image REF` means the main one", text::list(&known)))),
    }
}
