//! `instep kube-render`.

use std::path::{Path, PathBuf};

use clap_complete::ArgValueCandidates;
use serde_json::{Value, json};

use super::Context;
use crate::config::{Environment, Image, Target};
use crate::kube::render::{Facts, KubeVersion, objects};
use crate::kube::yaml;
use crate::repo::disk;
use crate::report::{Error, Kind, Result, text};

/// Arguments of `kube-render`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The environment, or ENV/CLUSTER
    #[arg(value_name = "ENV", add = ArgValueCandidates::new(super::complete::environments))]
    pub(super) environment: String,
    /// The image to name, instead of the one that this version has
    #[arg(long, value_name = "REF")]
    image: Option<String>,
    /// Make the manifests the repo's own: write them to k8s/ENV, and name them in instep.toml
    #[arg(long, conflicts_with = "output_dir")]
    eject: bool,
    /// Write a file per object into this folder
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    output_dir: Option<PathBuf>,
}

/// Prints the manifests, or writes them. Never talks to a cluster or a registry.
///
/// # Errors
/// Exit code 2 for a faulty configuration; exit code 6 when a file of the user is in the way.
pub fn run(args: &Args, context: &Context) -> Result<()> {
    let project = context.project()?;
    let environment = Environment::of(project, &args.environment)?;
    let version = project.facts().version().text.clone();
    let mut places = Vec::new();
    for target in &environment.places {
        let image = args.image.clone().map_or_else(|| image(target, &version), Ok)?;
        let kube = target.kube_version.as_deref().and_then(KubeVersion::parse).unwrap_or(KubeVersion::NEWEST);
        let images = images(target, &version)?;
        places.push((target, objects(target, &Facts { image: &image, images: &images, version: &version, kube })?));
    }
    if args.eject {
        return super::kube_eject::eject(project, &environment, &places[0].1, context);
    }
    if let Some(dir) = &args.output_dir {
        let dir = context.dir.join(dir).join(context.service.as_deref().unwrap_or_default());
        return write_all(&dir, &places, context);
    }
    if context.report.is_json() {
        let places: Vec<Value> = places.iter().map(|(target, objects)| place_json(target, objects)).collect();
        context.report.document(json!({ "environment": environment.name, "version": version, "places": places }));
        return Ok(());
    }
    for (i, (target, objects)) in places.iter().enumerate() {
        let separator = if context.report.has_printed() { "---\n" } else { "" };
        let service = context.service.as_ref().filter(|_| i == 0).map_or_else(String::new, |name| format!("# service {name}\n"));
        let cluster = if places.len() == 1 { String::new() } else { format!("# cluster {}\n", target.cluster) };
        context.report.raw(&format!("{separator}{service}{cluster}{}", yaml::documents(objects)?));
    }
    Ok(())
}

fn image(target: &Target, version: &str) -> Result<String> {
    Ok(format!("{}:{}", Image::main(&target.scope)?.repository, crate::repo::tag(version)))
}

/// The further images of the repo, as they are called at this version.
fn images(target: &Target, version: &str) -> Result<Vec<(String, String)>> {
    let images = Image::all(&target.scope)?.into_iter().filter(|image| image.key != "image");
    Ok(images.map(|image| (image.key, format!("{}:{}", image.repository, crate::repo::tag(version)))).collect())
}

fn place_json(target: &Target, objects: &[Value]) -> Value {
    json!({ "cluster": target.cluster, "context": target.context, "namespace": target.namespace, "objects": objects })
}

/// A folder per cluster where there are several.
fn write_all(dir: &Path, places: &[(&Target, Vec<Value>)], context: &Context) -> Result<()> {
    let mut written = Vec::new();
    for (target, objects) in places {
        let dir = if places.len() == 1 { dir.to_owned() } else { dir.join(&target.cluster) };
        written.extend(write(&dir, objects, context.global.dry_run)?);
    }
    let shown: Vec<String> = written.iter().map(|file| file.display().to_string()).collect();
    context.report.document(json!({ "files": shown }));
    let verb = if context.global.dry_run { "would write" } else { "wrote" };
    context.report.note(&format!("{verb} {} to {}", text::count(shown.len(), "file"), dir.display()));
    context.report.result(&shown.join("\n"));
    Ok(())
}

fn write(dir: &Path, objects: &[Value], dry_run: bool) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for object in objects {
        let (name, text) = yaml::file(object)?;
        files.push((dir.join(name), text));
    }
    for (file, _) in &files {
        refuse_foreign(file)?;
    }
    if !dry_run {
        disk::make_dir(dir)?;
        for (file, text) in &files {
            disk::write(file, text.as_bytes())?;
        }
    }
    Ok(files.into_iter().map(|(file, _)| file).collect())
}

fn refuse_foreign(file: &Path) -> Result<()> {
    match std::fs::read(file) {
        Ok(bytes) if !bytes.starts_with(yaml::HEADER.as_bytes()) => {
            Err(Error::new(Kind::Refused, format!("{} is there and was not made by kube-render", file.display()))
                .help("name another folder, or move the file away"))
        }
        _ => Ok(()),
    }
}
