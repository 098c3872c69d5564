//! The docker program doing the same: what `--dry-run` prints, and what `builder = "docker"` runs.

use std::path::{Path, PathBuf};

use super::plan::{Action, Build, Push};
use crate::config::SecretSource;
use crate::plan::Action as Act;
use crate::process::{Command, quote};

impl Act for Action {
    fn title(&self) -> String {
        match self {
            Self::Build(build) => format!("{}:{}", build.repository, build.tags[0]),
            Self::Push(push) => format!("{}:{}", push.repository, push.tags[0]),
        }
    }

    fn script(&self) -> Vec<String> {
        match self {
            Self::Build(build) => build.asked().map(|(_, name, argv)| asking(&name, argv)).chain([build.command().to_string()]).collect(),
            Self::Push(push) => push.commands().iter().map(ToString::to_string).collect(),
        }
    }
}

/// The line of a script that takes a secret from a program.
fn asking(variable: &str, argv: &[String]) -> String {
    let words: Vec<String> = argv.iter().map(|word| quote(word)).collect();
    format!("{variable}=\"$({})\" && export {variable}", words.join(" "))
}

impl Build {
    /// What only buildx can do.
    pub(super) fn needs_buildx(&self) -> bool {
        self.platforms.len() > 1 || !self.cache_from.is_empty() || !self.cache_to.is_empty()
    }

    /// The secrets that a program is asked for: id, the variable in which the docker program gets it, program.
    pub(super) fn asked(&self) -> impl Iterator<Item = (&str, String, &[String])> {
        self.secrets.iter().enumerate().filter_map(|(at, secret)| match &secret.source {
            SecretSource::Command(argv) => Some((secret.id.as_str(), secret_variable(at), argv.as_slice())),
            SecretSource::Env(_) | SecretSource::File(_) => None,
        })
    }

    /// The docker program doing the same.
    pub(super) fn command(&self) -> Command {
        let pair = |(key, value): &(String, String)| format!("{key}={value}");
        let buildx = self.needs_buildx();
        let mut command = if buildx { Command::new("docker", ["buildx", "build"]) } else { Command::new("docker", ["build"]) };
        if !self.secrets.is_empty() && !buildx {
            command = command.env("DOCKER_BUILDKIT", "1");
        }
        command = command.arg("--file").arg(relative(&self.dockerfile, &self.root));
        for repository in std::iter::once(&self.repository).chain(&self.also) {
            for tag in &self.tags {
                command = command.arg("--tag").arg(format!("{repository}:{tag}"));
            }
        }
        if let Some(target) = &self.target {
            command = command.arg("--target").arg(target);
        }
        for arg in &self.args {
            command = command.arg("--build-arg").arg(pair(arg));
        }
        for label in &self.labels {
            command = command.arg("--label").arg(pair(label));
        }
        if self.no_cache {
            command = command.arg("--no-cache");
        }
        if !self.platforms.is_empty() {
            command = command.arg("--platform").arg(self.platforms.join(","));
        }
        for (at, secret) in self.secrets.iter().enumerate() {
            command = command.arg("--secret").arg(secret.argument(&secret_variable(at)));
        }
        for (option, caches) in [("--cache-from", &self.cache_from), ("--cache-to", &self.cache_to)] {
            for cache in caches {
                command = command.arg(option).arg(cache);
            }
        }
        if buildx {
            // No engine holds an image for several platforms.
            command = command.arg(if self.platforms.len() > 1 { "--push" } else { "--load" });
        }
        if let Some(network) = &self.network {
            command = command.arg("--network").arg(network);
        }
        command.arg(relative(&self.context, &self.root)).dir(&self.root)
    }
}

impl Push {
    fn commands(&self) -> Vec<Command> {
        let name = |tag: &str| format!("{}:{tag}", self.repository);
        let others = self.tags.iter().filter(|tag| **tag != self.source);
        let mut commands: Vec<Command> = others.map(|tag| Command::new("docker", ["tag"]).arg(name(&self.source)).arg(name(tag))).collect();
        commands.extend(self.in_order().map(|tag| Command::new("docker", ["push"]).arg(name(tag))));
        for repository in &self.also {
            for tag in self.in_order() {
                let there = format!("{repository}:{tag}");
                commands.push(Command::new("docker", ["tag"]).arg(name(&self.source)).arg(&there));
                commands.push(Command::new("docker", ["push"]).arg(there));
            }
        }
        commands
    }
}

/// Not of the secret's id, which may hold what no variable can.
fn secret_variable(at: usize) -> String {
    format!("INSTEP_SECRET_{}", at + 1)
}

fn relative(path: &Path, root: &Path) -> PathBuf {
    match path.strip_prefix(root) {
        Ok(inside) if inside.as_os_str().is_empty() => PathBuf::from("."),
        Ok(inside) => inside.to_owned(),
        Err(_) => path.to_owned(),
    }
}
