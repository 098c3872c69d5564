//! `builder = "docker"`: the docker program builds; and what only its buildx plugin can do.

use std::collections::VecDeque;

use super::Built;
use crate::docker::Reference;
use crate::docker::engine::Engine;
use crate::docker::plan::Build;
use crate::docker::push::overwritten;
use crate::docker::record::ImageRecord;
use crate::process::{self, Command};
use crate::report::style::{DIM, paint};
use crate::report::{Error, Report, Result};

/// How many of its last words are shown when it fails.
const KEPT: usize = 30;

impl Engine {
    pub(super) fn build_program(&self, build: &Build, report: &Report) -> Result<Built> {
        if build.needs_buildx() {
            has_buildx(build)?;
        }
        self.run_docker(build, report)?;
        Ok(Built { image: format!("{}:{}", build.repository, build.tags[0]), sent: None })
    }

    /// Builds for several platforms with buildx, which pushes at once: no engine holds such an image.
    pub(super) fn build_platforms(&self, build: &Build, report: &Report) -> Result<ImageRecord> {
        let named = |tag: &str| Reference { repository: build.repository.clone(), tag: Some(tag.to_owned()), digest: None };
        let version = named(&build.tags[0]);
        let taken = if build.retag.is_some() { self.registry_digest(&version)? } else { None };
        let digest = if let (Some(taken), Some(source)) = (taken, &build.retag) {
            if self.registry_digest(&named(source))?.as_ref() != Some(&taken) {
                return Err(overwritten(&version, &taken));
            }
            report.note(&paint(DIM, &format!("  {} is there already", build.tags[0])));
            Some(taken)
        } else {
            has_buildx(build)?;
            self.run_docker(build, report)?;
            self.registry_digest(&version)?
        };
        let reference = digest.as_ref().map(|digest| version.pinned(digest));
        Ok(ImageRecord { digest, reference, ..super::record(build, version.to_string(), 0) })
    }

    fn run_docker(&self, build: &Build, report: &Report) -> Result<()> {
        process::find("docker")?;
        let secrets = super::secrets(build, report)?;
        let (variable, engine) = self.endpoint.variable();
        let mut command = build.command().env(variable, engine);
        for (id, name, _) in build.asked() {
            command = command.env(name, secrets.get(id).map(|value| String::from_utf8_lossy(value)).unwrap_or_default());
        }
        let mut last = VecDeque::new();
        let exit = process::with_lines(&command, |_| {}, &mut |line| {
            report.note(&format!("  │ {}", line.trim_end()));
            if last.len() == KEPT {
                last.pop_front();
            }
            last.push_back(line.trim_end().to_owned());
        })?;
        if exit.ok() {
            return Ok(());
        }
        let words = last.into_iter().collect::<Vec<_>>().join("\n");
        let error = Error::failed("the docker program could not build the image")
            .note(format!("its last words:\n{words}"))
            .note(format!("it was run as: {}", command.line()));
        // buildx, build/opt.go: the builder inside of an engine can do less.
        let lacks = words.contains("docker driver") && words.contains("not supported");
        Err(if lacks { error.help("a builder of its own can do that: `docker buildx create --use`") } else { error })
    }
}

fn has_buildx(build: &Build) -> Result<()> {
    if process::capture(&Command::new("docker", ["buildx", "version"])).is_ok_and(|output| output.exit.ok()) {
        return Ok(());
    }
    let several = build.platforms.len() > 1;
    let what =
        if several { format!("an image for several platforms ({})", build.platforms.join(", ")) } else { "an external cache".to_owned() };
    Err(Error::missing(format!("{what} needs the buildx plugin of the docker program, which is not there"))
        .help("install it: https://docs.docker.com/build/install-buildx (Debian, from Docker's packages: apt-get install docker-buildx-plugin)")
        .help(if several { "or build for one: `platforms = [\"linux/amd64\"]`" } else { "or build without: take `cache-from` and `cache-to` out of instep.toml" }))
}
