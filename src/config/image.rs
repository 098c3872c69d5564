//! `[image]` and `[images.NAME]` as they hold.

use std::path::PathBuf;

use serde::Serialize;

use super::Scope;
use super::read::Read;
use crate::report::{Error, Place, Result};

/// An image of the repo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Its key: `image`, or the name in `[images]`.
    pub key: String,
    /// Registry and name, without a tag.
    pub repository: String,
    /// The Dockerfile.
    pub dockerfile: PathBuf,
    /// Where the Dockerfile's path is written, when it is.
    pub dockerfile_place: Option<Place>,
    /// The folder that is sent to the engine.
    pub context: PathBuf,
    /// Where that folder is written, when it is.
    pub context_place: Option<Place>,
    /// The stage to build.
    pub target: Option<String>,
    /// Build arguments.
    pub build_args: Vec<(String, String)>,
    /// Secrets of the build.
    pub secrets: Vec<BuildSecret>,
    /// Who builds it.
    pub builder: Builder,
    /// The platforms to build for; none: the engine's own.
    pub platforms: Vec<String>,
    /// Further registries that get every push.
    pub also_push: Vec<String>,
    /// Caches elsewhere that a build takes from, in the words of buildx.
    pub cache_from: Vec<String>,
    /// Caches elsewhere that a build fills.
    pub cache_to: Vec<String>,
}

/// Who builds an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Builder {
    /// instep, through the engine's API.
    #[default]
    Bollard,
    /// The docker program.
    Docker,
}

/// A secret of a build: a value that no layer keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BuildSecret {
    /// Its id, as in `RUN --mount=type=secret,id=ID`.
    pub id: String,
    /// Where its value is.
    pub source: SecretSource,
    /// Where it is written, to be underlined.
    #[serde(skip)]
    pub place: Option<Place>,
}

/// Where the value of a secret is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretSource {
    /// What this program prints.
    Command(Vec<String>),
    /// In this variable.
    Env(String),
    /// In this file.
    File(PathBuf),
}

impl BuildSecret {
    /// The value; `ask` runs a program.
    ///
    /// # Errors
    /// Exit code 2 for a variable that is not set and a file that can't be read; what `ask` gives.
    pub fn value(&self, ask: impl Fn(&[String]) -> Result<String>) -> Result<Vec<u8>> {
        let usage = |what: String| Error::usage(format!("the secret {} of the build: {what}", self.id)).at(self.place.clone());
        match &self.source {
            SecretSource::Command(argv) => {
                ask(argv).map(String::into_bytes).map_err(|error| error.note(format!("asked for the secret {} of the build", self.id)))
            }
            #[expect(clippy::disallowed_methods, reason = "what the caller's environment gives is part of the configuration")]
            SecretSource::Env(name) => match std::env::var_os(name) {
                Some(value) => Ok(value.into_encoded_bytes()),
                None => {
                    Err(usage(format!("${name} is not set")).help(format!("`export {name}=…`, or in CI: a secret variable of that name")))
                }
            },
            SecretSource::File(file) => std::fs::read(file).map_err(|error| usage(format!("can't read {}: {error}", file.display()))),
        }
    }

    /// What the docker program is told of it; the output of a program reaches it in `variable`.
    pub fn argument(&self, variable: &str) -> String {
        match &self.source {
            SecretSource::Command(_) => format!("id={},env={variable}", self.id),
            SecretSource::Env(name) => format!("id={},env={name}", self.id),
            SecretSource::File(file) => format!("id={},src={}", self.id, file.display()),
        }
    }

    fn read(id: &str, read: &Read<'_>) -> Result<Self> {
        let place = ["command", "env", "file"].iter().find_map(|key| read.place(key));
        let source = match (read.texts("command")?, read.text_opt("env")?, read.has("file")) {
            (argv, _, _) if !argv.is_empty() => SecretSource::Command(argv),
            (_, Some(name), _) => SecretSource::Env(name),
            (_, _, true) => SecretSource::File(read.path_of("file")?),
            _ => {
                return Err(Error::usage(format!("`{}` says nowhere where its value is", read.path))
                    .help("write { env = \"NAME\" }, { file = \"PATH\" } or { command = [\"…\"] }"));
            }
        };
        Ok(Self { id: id.to_owned(), source, place })
    }
}

impl Image {
    /// All images of the repo: the main one first.
    ///
    /// # Errors
    /// Exit code 2 when a repository is not set, or a template has a fault.
    pub fn all(scope: &Scope) -> Result<Vec<Self>> {
        let main = scope.read("image");
        let mut images = Vec::new();
        if main.exists() {
            images.push(Self::read("image", &main)?);
        }
        for (name, read) in scope.read_root().tables("images") {
            images.push(Self::read(name, &read)?);
        }
        Ok(images)
    }

    /// The image that the service runs.
    ///
    /// # Errors
    /// Exit code 2 when there is none.
    pub fn main(scope: &Scope) -> Result<Self> {
        Self::read("image", &scope.read("image"))
    }

    fn read(key: &str, read: &Read<'_>) -> Result<Self> {
        Ok(Self {
            key: key.to_owned(),
            repository: read.text_needed("repository", "\"registry.example.com/team/name\"")?,
            dockerfile: read.path_of("dockerfile")?,
            dockerfile_place: read.place("dockerfile"),
            context: read.path_of("context")?,
            context_place: read.place("context"),
            target: read.text_opt("target")?,
            build_args: read.pairs("build-args")?,
            secrets: read.tables("build-secrets").iter().map(|(id, read)| BuildSecret::read(id, read)).collect::<Result<_>>()?,
            builder: if read.text("builder")? == "docker" { Builder::Docker } else { Builder::Bollard },
            platforms: read.texts("platforms")?,
            also_push: read.texts("also-push")?,
            cache_from: read.texts("cache-from")?,
            cache_to: read.texts("cache-to")?,
        })
    }
}
