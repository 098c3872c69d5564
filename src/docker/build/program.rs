//! `builder = "docker"`: the docker program builds; and what only its buildx plugin can do.

use super::Built;
use crate::docker::engine::Engine;
use crate::docker::plan::Build;
use crate::process::{self, Command};
use crate::report::{Error, Report, Result};

/// How many of its last words are shown when it fails.
const KEPT: usize = 30;

impl Engine {
    pub(super) fn build_program(&self, build: &Build, report: &Report) -> Result<Built> {
        process::find("docker")?;
        let several = build.platforms.len() > 1;
        if several {
            needs_buildx(build)?;
        }
        super::secrets(build, report)?;
        let command = build.command().env("DOCKER_HOST", &self.endpoint.url);
        let mut last = std::collections::VecDeque::new();
        let mut rest = Vec::new();
        let exit = process::with_sink(&command, &mut |bytes| {
            rest.extend_from_slice(bytes);
            while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
                let line: Vec<u8> = rest.drain(..=end).collect();
                let line = String::from_utf8_lossy(&line).trim_end().to_owned();
                report.note(&format!("  │ {line}"));
                if last.len() == KEPT {
                    last.pop_front();
                }
                last.push_back(line);
            }
        })?;
        if !exit.ok() {
            let words: Vec<String> = last.into_iter().collect();
            return Err(Error::failed("the docker program could not build the image")
                .note(format!("its last words:\n{}", words.join("\n")))
                .note(format!("it was run as: {}", command.line())));
        }
        let name = format!("{}:{}", build.repository, build.tags[0]);
        let image = if several { name } else { self.local(&name)?.map(|image| image.id).unwrap_or(name) };
        Ok(Built { image, sent: 0 })
    }
}

fn needs_buildx(build: &Build) -> Result<()> {
    if process::capture(&Command::new("docker", ["buildx", "version"])).is_ok_and(|output| output.exit.ok()) {
        return Ok(());
    }
    let why = format!("an image for several platforms ({})", build.platforms.join(", "));
    Err(Error::missing(format!("{why} needs the buildx plugin of the docker program, which is not there"))
        .help("install it: https://docs.docker.com/build/install-buildx (Debian, from Docker's packages: apt-get install docker-buildx-plugin)")
        .help("or build for one: `platforms = [\"linux/amd64\"]`"))
}
