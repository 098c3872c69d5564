//! Building an image: not at all when nothing changed; else by BuildKit, or by the classic builder
//! where an engine has no other, or by the docker program for whoever wants that.

mod advice;
mod buildkit;
mod classic;
mod failure;
mod fresh;
mod program;
mod retag;
mod show;
mod steps;
mod trace;
mod vertices;

use std::collections::BTreeMap;

use bollard::query_parameters::TagImageOptionsBuilder;
use bytes::Bytes;
use http_body_util::Empty;
use hyper::{HeaderMap, Request};

use self::fresh::Look;
use super::context::Context;
use super::digest::Local;
use super::dockerfile::Dockerfile;
use super::engine::Engine;
use super::plan::Build;
use super::record::ImageRecord;
use super::session::Offer;
use super::{fault, wire};
use crate::config::Builder;
use crate::report::style::{DIM, paint};
use crate::report::{Error, Report, Result, text};

/// The API of Docker 18.09, the first with BuildKit (docs.docker.com/reference/api/engine/version-history).
const FIRST_WITH_BUILDKIT: (u32, u32) = (1, 39);

/// An image that was built.
struct Built {
    image: String,
    /// Bytes that were sent for it, when they were counted here.
    sent: Option<u64>,
}

impl Engine {
    /// Builds an image and tags it.
    ///
    /// # Errors
    /// Exit code 1 with the step that failed, its last lines and its place in the Dockerfile.
    pub fn build(&self, id: &str, build: &Build, report: &Report) -> Result<ImageRecord> {
        if build.platforms.len() > 1 {
            return self.build_platforms(build, report);
        }
        if let Some(image) = self.image_of_this_commit(build, report)? {
            return self.tagged(build, image, report);
        }
        let dockerfile = Dockerfile::read(&build.dockerfile, &build.root)?;
        let context = Context::of(&build.context, &build.dockerfile, &build.root)?;
        let look = Look::at(build, &context, &dockerfile, &self.bases(build, &dockerfile)?)?;
        let known = self.with_label(build, &look)?;
        if let Some(image) = known.filter(|_| !build.force && !build.no_cache) {
            look.refresh(&image.id);
            report.note(&paint(DIM, &format!("  nothing changed: {} is this already, nothing is sent", short_id(&image.id))));
            return self.tagged(build, image, report);
        }
        let reason = if build.no_cache {
            "--no-cache".to_owned()
        } else if build.force {
            "--force".to_owned()
        } else {
            look.reason.clone()
        };
        report.note(&paint(DIM, &format!("  builds because: {reason}")));
        if reason.contains(" .git/") {
            report.note(&paint(DIM, "  .git is sent and changes with every commit: a line `.git` in .dockerignore leaves it out"));
        }
        if let Some(advice) = look.sizes.advice(&dockerfile) {
            report.note(&paint(DIM, &format!("  {advice}")));
        }
        let mut labelled = build.clone();
        labelled.labels.push((fresh::LABEL.to_owned(), look.fingerprint.clone()));
        let built = self.built(id, &labelled, &context, &dockerfile, &look, report)?;
        look.keep(&built.image);
        if let Some(sent) = built.sent {
            report.note(&paint(DIM, &format!("  sent {}", text::bytes(sent))));
        }
        let Some(image) = self.local(&built.image)? else { return Err(Error::failed("the engine has lost the new image already")) };
        self.tagged(build, image, report)
    }

    fn built(&self, id: &str, build: &Build, context: &Context, dockerfile: &Dockerfile, look: &Look, report: &Report) -> Result<Built> {
        if build.builder == Builder::Docker || build.needs_buildx() {
            return self.build_program(build, report);
        }
        let secrets = secrets(build, report)?;
        if self.has_buildkit()? {
            let offer = Offer {
                context: Some(context.clone()),
                dockerfiles: dockerfiles(build, dockerfile, context),
                index: Some(look.index.clone()),
                latest: build.latest,
                secrets,
                ..Offer::default()
            };
            return self.build_buildkit(id, build, offer, dockerfile, report);
        }
        if let Some(secret) = build.secrets.first() {
            return Err(Error::missing(format!("the secret {} needs BuildKit, which this engine does not build with", secret.id))
                .help("use Docker 18.09 or newer, and take DOCKER_BUILDKIT=0 away"));
        }
        self.build_classic(id, build, context, dockerfile, report)
    }

    /// Whether it builds with BuildKit; `DOCKER_BUILDKIT=0` says no, as it does to the docker program.
    fn has_buildkit(&self) -> Result<bool> {
        if crate::process::env::var("DOCKER_BUILDKIT").is_some_and(|value| value == "0") {
            return Ok(false);
        }
        let way = &self.way;
        let ping = async {
            let request = Request::get("/_ping").body(Empty::<Bytes>::new()).ok()?;
            let response = tokio::time::timeout(way.patience(), wire::send(way, request)).await.ok()?.ok()?;
            Some(has_buildkit(response.headers()))
        };
        Ok(self.wait(ping)?.unwrap_or(false))
    }

    /// The base images with their ids in the engine; one that it does not have has none.
    fn bases(&self, build: &Build, dockerfile: &Dockerfile) -> Result<Vec<(String, String)>> {
        let bases = dockerfile.bases(&build.args);
        bases
            .into_iter()
            .map(|base| Ok((base.reference.clone(), self.local(&base.reference)?.map(|image| image.id).unwrap_or_default())))
            .collect()
    }

    /// The image with this fingerprint: under one of its names, or the last one that was built here. (To
    /// ask the engine for all images with a label takes it half a second when it has some hundred.)
    fn with_label(&self, build: &Build, look: &Look) -> Result<Option<Local>> {
        let names = build.tags.iter().map(|tag| format!("{}:{tag}", build.repository)).chain(look.last.clone());
        for name in names {
            let found = self.local(&name)?;
            if let Some(image) = found.filter(|image| image.labels.get(fresh::LABEL) == Some(&look.fingerprint)) {
                return Ok(Some(image));
            }
        }
        Ok(None)
    }

    /// Gives an image its names, and tells what it is.
    fn tagged(&self, build: &Build, image: Local, report: &Report) -> Result<ImageRecord> {
        for tag in &build.tags {
            if !image.names.contains(&format!("{}:{tag}", build.repository)) {
                self.tag(&image.id, &build.repository, tag)?;
            }
        }
        report.note(&paint(DIM, &format!("  {} · {}", build.tags.join(", "), text::bytes(image.facts.size))));
        Ok(record(build, image.id, image.facts.size))
    }

    /// Gives an image a further name.
    pub(super) fn tag(&self, image: &str, repository: &str, tag: &str) -> Result<()> {
        let options = TagImageOptionsBuilder::new().repo(repository).tag(tag).build();
        let tagged = self.wait(self.docker.tag_image(image, Some(options)))?;
        tagged.map_err(|error| fault::of(&error, &format!("tag the image as {repository}:{tag}")))
    }
}

fn record(build: &Build, image: String, size: u64) -> ImageRecord {
    ImageRecord {
        key: build.key.clone(),
        repository: build.repository.clone(),
        tags: build.tags.clone(),
        id: image,
        size,
        digest: None,
        reference: None,
    }
}

/// What an engine says of itself in the head of its answer to `/_ping`. Docker 20.10 names no builder,
/// so its API's version tells; Podman builds with buildah.
fn has_buildkit(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(builder) = text("builder-version").filter(|builder| !builder.is_empty()) {
        return builder == "2";
    }
    let version = text("api-version").and_then(|version| {
        let (major, minor) = version.split_once('.')?;
        Some((major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?))
    });
    let docker = text("libpod-api-version").is_none() && text("ostype") != Some("windows");
    docker && version.is_some_and(|version| version >= FIRST_WITH_BUILDKIT)
}

/// The Dockerfile and the ignore file beside it, as they were read.
fn dockerfiles(build: &Build, dockerfile: &Dockerfile, context: &Context) -> BTreeMap<String, Vec<u8>> {
    let name = build.dockerfile.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let ignore = (format!("{name}.dockerignore"), context.ignore_text.clone().into_bytes());
    BTreeMap::from([(name, dockerfile.text().as_bytes().to_vec()), ignore])
}

/// The values of the secrets, hidden in all output from now on.
fn secrets(build: &Build, report: &Report) -> Result<BTreeMap<String, Vec<u8>>> {
    let value = |secret: &crate::config::BuildSecret| {
        let value = secret.value(crate::process::ask)?;
        if let Ok(text) = std::str::from_utf8(&value) {
            report.masker.add(text.trim_end());
        }
        Ok((secret.id.clone(), value))
    };
    build.secrets.iter().map(value).collect()
}

fn short_id(id: &str) -> &str {
    let plain = id.trim_start_matches("sha256:");
    plain.get(..12).unwrap_or(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_engines_build_with_buildkit() {
        for (headers, expected) in [
            (vec![("api-version", "1.41"), ("ostype", "linux")], true),
            (vec![("api-version", "1.38"), ("ostype", "linux")], false),
            (vec![("api-version", "1.47"), ("builder-version", "2")], true),
            (vec![("api-version", "1.47"), ("builder-version", "1")], false),
            (vec![("api-version", "1.41"), ("libpod-api-version", "4.3.1")], false),
            (vec![("api-version", "1.41"), ("ostype", "windows")], false),
            (vec![], false),
        ] {
            let map = headers.iter().map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value"))).collect();
            assert_eq!(has_buildkit(&map), expected, "{headers:?}");
        }
    }
}
