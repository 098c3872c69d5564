//! Building an image: the context streamed to the engine, its steps told to the report.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bollard::errors::Error as Fault;
use bollard::models::BuildInfo;
use bollard::query_parameters::{BuildImageOptions, BuildImageOptionsBuilder, TagImageOptionsBuilder};
use futures_util::{Stream, StreamExt as _};

use super::auth;
use super::context::Context;
use super::dockerfile::Dockerfile;
use super::engine::Engine;
use super::fault;
use super::plan::Build;
use super::record::ImageRecord;
use super::steps::{Said, Steps};
use super::tarball::Stream as Sending;
use crate::report::style::{DIM, paint};
use crate::report::{Error, Event, Report, Result, What, text};

/// How often a running step says on a terminal that it runs, and how often elsewhere.
const TICK: Duration = Duration::from_secs(1);
const HEARTBEAT: Duration = Duration::from_secs(30);

/// How often a build is begun anew when somebody else's clean-up got in its way.
const RETRIES: u32 = 3;

/// The classic builder looks at every image for one that fits, and gives up when one is removed
/// meanwhile: by `docker image prune` of a CI machine, say (moby, image/cache).
fn lost_its_cache(fault: &Fault) -> bool {
    fault::reason(fault).contains("unable to find image \"sha256:")
}

impl Engine {
    /// Builds an image and tags it.
    ///
    /// # Errors
    /// Exit code 1 with the step that failed, its last lines and its place in the Dockerfile.
    pub fn build(&self, id: &str, build: &Build, report: &Report) -> Result<ImageRecord> {
        let dockerfile = Dockerfile::read(&build.dockerfile, &build.root)?;
        let registries = dockerfile.registries(&build.args);
        let credentials = auth::of_all(registries.iter().map(String::as_str))?;
        let mut tries = 0;
        let (image, sent) = loop {
            let context = Context::of(&build.context, &build.dockerfile, &build.root)?;
            let options = options(build, &context.dockerfile);
            let sending = context.stream();
            let mut watch = Watch::new(id, build, report, &sending);
            let body = bollard::body_try_stream(sending.pieces());
            let stream = self.docker.build_image(options, Some(credentials.clone()), Some(body));
            let result = self.wait(watch.follow(stream));
            let unread = sending.end().err();
            let fault = match result? {
                Ok(image) => break (image, watch.sent.load(Ordering::Relaxed)),
                Err(fault) => fault,
            };
            if lost_its_cache(&fault) && tries < RETRIES {
                tries += 1;
                report.note(&paint(DIM, "  an image of the cache was removed at this moment; trying again"));
                continue;
            }
            return Err(match unread {
                // Nothing was built: what kept the context from being read is the cause.
                Some(error) if watch.steps.current.is_none() => error,
                _ => watch.failed(&fault, &dockerfile, build),
            });
        };
        for tag in &build.tags {
            self.tag(&image, &build.repository, tag)?;
        }
        let record = self.record(build, image)?;
        let tags = build.tags.join(", ");
        let line = format!("  {tags} · {} · sent {}", text::bytes(record.size), text::bytes(sent));
        report.note(&paint(DIM, &line));
        Ok(record)
    }

    /// Gives an image a further name.
    pub(super) fn tag(&self, image: &str, repository: &str, tag: &str) -> Result<()> {
        let options = TagImageOptionsBuilder::new().repo(repository).tag(tag).build();
        let tagged = self.wait(self.docker.tag_image(image, Some(options)))?;
        tagged.map_err(|error| fault::of(&error, &format!("tag the image as {repository}:{tag}")))
    }

    fn record(&self, build: &Build, image: String) -> Result<ImageRecord> {
        let inspected = self.wait(self.docker.inspect_image(&image))?.map_err(|error| fault::of(&error, "look at the new image"))?;
        Ok(ImageRecord {
            key: build.key.clone(),
            repository: build.repository.clone(),
            tags: build.tags.clone(),
            id: image,
            size: inspected.size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0),
            digest: None,
            reference: None,
        })
    }
}

fn options(build: &Build, dockerfile: &str) -> BuildImageOptions {
    let map = |pairs: &[(String, String)]| pairs.iter().cloned().collect::<HashMap<_, _>>();
    // Without `forcerm`, a step that fails leaves its container behind.
    let mut options = BuildImageOptionsBuilder::new()
        .dockerfile(dockerfile)
        .buildargs(&map(&build.args))
        .labels(&map(&build.labels))
        .nocache(build.no_cache)
        .rm(true)
        .forcerm(true);
    if let Some(target) = &build.target {
        options = options.target(target);
    }
    if let Some(network) = &build.network {
        options = options.networkmode(network);
    }
    options.build()
}

/// Follows a build and tells the report.
struct Watch<'a> {
    id: &'a str,
    many: bool,
    report: &'a Report,
    steps: Steps,
    sent: Arc<AtomicU64>,
    /// A stage has ended, and no further one has begun.
    stage_over: bool,
    /// What is pulled, when something is.
    pulling: Option<String>,
    told: Instant,
}

impl<'a> Watch<'a> {
    fn new(id: &'a str, build: &Build, report: &'a Report, sending: &Sending) -> Self {
        let steps = Steps::new(build.labels.len());
        Self {
            id,
            many: build.key != "image",
            report,
            steps,
            sent: sending.counter(),
            stage_over: false,
            pulling: None,
            told: Instant::now(),
        }
    }

    /// Reads to the end; gives the id of the image.
    async fn follow(&mut self, stream: impl Stream<Item = Result<BuildInfo, Fault>>) -> Result<String, Fault> {
        let mut stream = std::pin::pin!(stream);
        let mut image = String::new();
        loop {
            match tokio::time::timeout(TICK, stream.next()).await {
                Err(_) => {}
                Ok(None) => break,
                Ok(Some(info)) => self.take(info?, &mut image),
            }
            self.tick();
        }
        if image.is_empty() {
            return Err(Fault::DockerStreamError { error: "the engine ended the build without an image".into() });
        }
        let last = self.steps.end();
        self.tell(last);
        Ok(image)
    }

    fn take(&mut self, info: BuildInfo, image: &mut String) {
        if let Some(id) = info.aux.and_then(|aux| aux.id) {
            // Every stage ends with an id; the last one is the image.
            *image = id;
            self.stage_over = true;
        }
        if let Some(status) = info.status {
            let bytes = info.progress_detail.and_then(|detail| Some((detail.current?, detail.total?)));
            let far = bytes.map(|(at, all)| format!(" {} of {}", size(at), size(all))).unwrap_or_default();
            self.pulling = Some(format!("{}{far}", status.trim()));
        }
        if let Some(piece) = info.stream {
            // Behind the last stage come words of the engine's own ("Successfully built").
            self.stage_over &= !piece.starts_with("Step ");
            if self.stage_over {
                return;
            }
            self.pulling = None;
            let before = self.steps.now().map(|(step, _)| step);
            let said = self.steps.take(&piece);
            self.tell(said);
            if self.report.is_live() && self.steps.now().map(|(step, _)| step) != before {
                self.progress();
            }
        }
    }

    fn tell(&mut self, said: impl IntoIterator<Item = Said>) {
        for said in said {
            match said {
                Said::Line(line) => self.report.detail(&format!("  │ {line}")),
                Said::Ended { name, .. } if is_note(&name) && self.report.verbose() == 0 => {}
                Said::Ended { name, cached, elapsed } => {
                    let what = if cached { What::Skipped { reason: "cached".into() } } else { What::Finished { elapsed } };
                    let name = if self.many { format!("{}: {name}", self.id) } else { name };
                    self.report.event(&Event::new(short(&name), what));
                    self.told = Instant::now();
                }
            }
        }
    }

    /// A line that changes on a terminal; elsewhere a sign of life, seldom.
    fn tick(&mut self) {
        let pause = if self.report.is_live() { TICK } else { HEARTBEAT };
        if self.told.elapsed() >= pause {
            self.progress();
        }
    }

    fn progress(&mut self) {
        self.told = Instant::now();
        let message = match (self.steps.now(), &self.pulling) {
            (Some((step, _)), Some(pulling)) => format!("{} · {pulling}", short(&step)),
            (Some((step, elapsed)), None) => format!("{} · {}", short(&step), text::elapsed(elapsed)),
            (None, _) => format!("sending the context: {}", text::bytes(self.sent.load(Ordering::Relaxed))),
        };
        self.report.event(&Event::new(self.id, What::Progress { message }));
    }

    /// The error of a build, with all that helps.
    fn failed(&self, fault: &Fault, dockerfile: &Dockerfile, build: &Build) -> Error {
        let reason = fault::reason(fault);
        let Some(step) = &self.steps.current else { return refused(fault, &reason, dockerfile) };
        let index = step.number - 1;
        let place = dockerfile.place(index);
        if let Some(base) = dockerfile.bases(&build.args).into_iter().find(|base| base.at == index) {
            let reference = super::Reference::parse(&base.reference);
            let error = fault::of_registry(&reason, &format!("get the base image {}", base.reference), &reference).at(place);
            return base.arguments.iter().fold(error, |error, name| {
                error.help(format!("another image can take its place: `instep docker-build --build-arg {name}=IMAGE`, or `build-args = {{ {name} = \"IMAGE\" }}` in instep.toml"))
            });
        }
        let code = reason.rsplit_once("returned a non-zero code: ").map(|(_, code)| code);
        let error = match code {
            Some(code) => Error::failed(format!("step {} ended with exit code {code}", step.number)),
            None => Error::failed(format!("step {} failed: {reason}", step.number)),
        };
        let mut error = error.at(place);
        if !step.lines.is_empty() {
            let lines: Vec<&str> = step.lines.iter().map(String::as_str).collect();
            error = error.note(format!("the last lines of its output:\n{}", lines.join("\n")));
        }
        if reason.contains("requires BuildKit") {
            error = error.help("this version of instep builds with the engine's classic builder: take the option out of the line");
        }
        error
    }
}

/// A step that only notes something down in the image: not worth a line.
fn is_note(step: &str) -> bool {
    const NOTES: [&str; 10] = ["ARG", "CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "STOPSIGNAL", "USER", "WORKDIR"];
    let instruction = step.split(' ').nth(1).unwrap_or_default().to_ascii_uppercase();
    NOTES.contains(&instruction.as_str())
}

/// The engine did not even begin: the Dockerfile or the context is not what it should be.
fn refused(fault: &Fault, reason: &str, dockerfile: &Dockerfile) -> Error {
    let numbered = reason.split_once("parse error line ").and_then(|(_, rest)| rest.split_once(": "));
    match numbered.and_then(|(line, message)| Some((line.parse::<usize>().ok()?, message))) {
        Some((line, message)) => Error::usage(format!("the Dockerfile has a fault: {message}")).at(dockerfile.line(line)),
        None => fault::of(fault, "build the image"),
    }
}

/// A step's line, cut to what a line of a log can hold.
fn short(line: &str) -> String {
    let plain = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if plain.chars().count() <= 72 { plain } else { format!("{}…", plain.chars().take(71).collect::<String>()) }
}

fn size(bytes: i64) -> String {
    text::bytes(u64::try_from(bytes).unwrap_or(0))
}
