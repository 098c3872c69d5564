//! What will be built and pushed, as a value.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::dockerfile::Dockerfile;
use super::reference::Reference;
use crate::config::{BuildSecret, Builder, Image};
use crate::plan::Plan;
use crate::repo::{Facts, tag};
use crate::report::{Error, Problem, Result};

/// What the user asked for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Build the images.
    pub build: bool,
    /// Push them.
    pub push: bool,
    /// Build arguments, stronger than those of the file.
    pub build_args: Vec<(String, String)>,
    /// Use nothing of earlier builds.
    pub no_cache: bool,
    /// Build also when nothing changed.
    pub force: bool,
    /// The network of the build's containers.
    pub network: Option<String>,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Action {
    /// Builds an image and tags it.
    Build(Box<Build>),
    /// Pushes an image under all its tags.
    Push(Push),
}

/// An image to be built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Build {
    /// The image's key in the file.
    pub key: String,
    /// Registry and name.
    pub repository: String,
    /// Its tags, the version first.
    pub tags: Vec<String>,
    /// The Dockerfile.
    pub dockerfile: PathBuf,
    /// The folder that is sent.
    pub context: PathBuf,
    /// The stage.
    pub target: Option<String>,
    /// Build arguments: the user's, and those of instep that the Dockerfile declares.
    pub args: Vec<(String, String)>,
    /// Labels of the image.
    pub labels: Vec<(String, String)>,
    /// Use nothing of earlier builds.
    pub no_cache: bool,
    /// Build also when nothing changed.
    pub force: bool,
    /// The network of the build's containers; none: the engine's own choice.
    pub network: Option<String>,
    /// The platforms; none: the engine's own.
    pub platforms: Vec<String>,
    /// Secrets, by name.
    pub secrets: Vec<BuildSecret>,
    /// Who builds.
    pub builder: Builder,
    /// Caches elsewhere that it takes from, and that it fills.
    pub cache_from: Vec<String>,
    /// See `cache_from`.
    pub cache_to: Vec<String>,
    /// The same in further registries, for several platforms: they are pushed while they are built.
    pub also: Vec<String>,
    /// On a release: the tag of an image of the same commit, which is that release.
    pub retag: Option<String>,
    /// No file of the image is younger than the commit, in seconds since 1970.
    pub latest: Option<i64>,
    /// The arguments that are instep's.
    #[serde(skip)]
    pub own_args: Vec<String>,
    /// Where it runs: the root of the repo.
    #[serde(skip)]
    pub root: PathBuf,
}

/// An image to be pushed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Push {
    /// The image's key in the file.
    pub key: String,
    /// Registry and name.
    pub repository: String,
    /// Its tags, the version first.
    pub tags: Vec<String>,
    /// The tag of its commit: the one that is built.
    pub source: String,
    /// The version is a release: its tag is never overwritten.
    pub release: bool,
    /// The same in further registries.
    pub also: Vec<String>,
}

impl Push {
    /// The same push to another repository.
    pub(super) fn to(&self, repository: &str) -> Self {
        Self { repository: repository.to_owned(), also: Vec::new(), ..self.clone() }
    }

    /// The tags in the order in which they are pushed: the version last, when all else is there.
    pub fn in_order(&self) -> impl Iterator<Item = &String> {
        self.tags.iter().rev()
    }
}

/// Plans builds and pushes; gives what is worth a warning as well.
///
/// # Errors
/// Exit code 2 when there is no image, no Dockerfile, or no commit to push.
pub fn plan(images: &[Image], facts: &Facts, root: &Path, request: &Request) -> Result<(Plan<Action>, Vec<Problem>)> {
    if images.is_empty() {
        return Err(Error::usage("there is no image to build")
            .help("add to instep.toml:\n[image]\nrepository = \"registry.example.com/team/name\""));
    }
    if request.push {
        facts.need_commit()?;
    }
    let mut plan = Plan::default();
    let mut warnings: Vec<Problem> = facts.shallow().filter(|_| request.build).into_iter().collect();
    for image in images {
        let name = if image.key == "image" { String::new() } else { format!(" {}", image.key) };
        if request.build {
            if image.platforms.len() > 1 && !request.push {
                return Err(Error::usage("an image for several platforms fits into no engine, only into a registry")
                    .help("push it at once: `instep docker-build --push`"));
            }
            let (build, unused) = build(image, facts, root, request)?;
            warnings.extend(unused);
            plan.push(format!("build{name}"), Action::Build(Box::new(build)));
        }
        // Several platforms are pushed while they are built.
        if request.push && !(request.build && image.platforms.len() > 1) {
            plan.push(format!("push{name}"), Action::Push(push(image, facts)));
        }
    }
    let used_nowhere =
        |name: &str| plan.steps.iter().all(|step| !matches!(&step.action, Action::Build(b) if b.args.iter().any(|(n, _)| n == name)));
    for (name, _) in request.build_args.iter().filter(|(name, _)| request.build && used_nowhere(name)) {
        warnings.push(Problem { message: format!("--build-arg {name}: no Dockerfile has `ARG {name}`"), ..Problem::default() });
    }
    Ok((plan, warnings))
}

fn build(image: &Image, facts: &Facts, root: &Path, request: &Request) -> Result<(Build, Vec<Problem>)> {
    let dockerfile = Dockerfile::of(image, root)?;
    if !image.context.is_dir() {
        let name = image.context.strip_prefix(root).unwrap_or(&image.context).display();
        let error = Error::usage(format!("the context of the build is not a folder: {name}"));
        return Err(error.at(image.context_place.clone()).note("the path is relative to the folder of the file that names it"));
    }
    let mut args = own_args(facts);
    args.retain(|(name, _)| dockerfile.declares(name));
    let mut own: Vec<String> = args.iter().map(|(name, _)| name.clone()).collect();
    let mut unused = Vec::new();
    for (name, value) in image.build_args.iter().chain(&request.build_args) {
        args.retain(|(known, _)| known != name);
        own.retain(|known| known != name);
        if dockerfile.declares(name) || is_proxy(name) {
            args.push((name.clone(), value.clone()));
        } else if !request.build_args.iter().any(|(asked, _)| asked == name) {
            unused.push(Problem {
                message: format!("build-args of [{}]: the Dockerfile has no `ARG {name}`", image.key),
                ..Problem::default()
            });
        }
    }
    let several = image.platforms.len() > 1;
    let build = Build {
        key: image.key.clone(),
        repository: image.repository.clone(),
        tags: tags(facts),
        dockerfile: image.dockerfile.clone(),
        context: image.context.clone(),
        target: image.target.clone(),
        args,
        labels: labels(facts),
        no_cache: request.no_cache,
        force: request.force,
        platforms: image.platforms.clone(),
        secrets: image.secrets.clone(),
        builder: image.builder,
        cache_from: image.cache_from.clone(),
        cache_to: image.cache_to.clone(),
        also: image.also_push.iter().map(|registry| elsewhere(&image.repository, registry)).filter(|_| several).collect(),
        retag: tags(facts).pop().filter(|_| facts.version().release && request.build_args.is_empty()),
        latest: facts.commit().filter(|commit| !commit.dirty).map(|commit| commit.time),
        own_args: own,
        network: request.network.clone(),
        root: root.to_owned(),
    };
    Ok((build, unused))
}

fn push(image: &Image, facts: &Facts) -> Push {
    let tags = tags(facts);
    Push {
        key: image.key.clone(),
        repository: image.repository.clone(),
        source: tags.last().cloned().unwrap_or_default(),
        tags,
        release: facts.version().release,
        also: image.also_push.iter().map(|registry| elsewhere(&image.repository, registry)).collect(),
    }
}

/// `r.example.com/team/name` in another registry.
fn elsewhere(repository: &str, registry: &str) -> String {
    let own = format!("{}/", Reference::parse(repository).registry());
    format!("{}/{}", registry.trim_end_matches('/'), repository.strip_prefix(&own).unwrap_or(repository))
}

/// The version, and `sha-COMMIT`.
fn tags(facts: &Facts) -> Vec<String> {
    let commit = facts.commit().map(|commit| format!("sha-{}{}", commit.sha, if commit.dirty { "-dirty" } else { "" }));
    [tag(&facts.version().text)].into_iter().chain(commit).collect()
}

/// What instep tells a Dockerfile that asks for it.
fn own_args(facts: &Facts) -> Vec<(String, String)> {
    let mut args = vec![("VERSION".to_owned(), facts.version().text.clone())];
    if let Some(commit) = facts.commit() {
        args.push(("REVISION".into(), commit.sha.clone()));
        args.push(("BUILD_DATE".into(), date(commit.time)));
        args.push(("SOURCE_DATE_EPOCH".into(), commit.time.to_string()));
    }
    args
}

/// The labels of the OCI image specification (its annotations.md).
fn labels(facts: &Facts) -> Vec<(String, String)> {
    let commit = facts.commit();
    let values = [
        ("created", commit.map(|commit| date(commit.time))),
        ("revision", commit.map(|commit| commit.sha.clone())),
        ("source", facts.source()),
        ("version", Some(facts.version().text.clone())),
    ];
    values.into_iter().filter_map(|(name, value)| Some((format!("org.opencontainers.image.{name}"), value?))).collect()
}

/// Seconds since 1970 as RFC 3339.
fn date(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |time| time.to_string())
}

/// The arguments that an engine takes without an `ARG`.
fn is_proxy(name: &str) -> bool {
    ["ALL_PROXY", "FTP_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"].contains(&name.to_uppercase().as_str())
}
