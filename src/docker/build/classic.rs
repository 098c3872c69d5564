//! The engine's classic builder, through bollard: the whole context as a tar.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use bollard::errors::Error as Fault;
use bollard::models::BuildInfo;
use bollard::query_parameters::{BuildImageOptions, BuildImageOptionsBuilder};
use futures_util::{Stream, StreamExt as _};

use super::Built;
use super::failure::{self, Failure};
use super::show::{Show, TICK, short};
use super::steps::Steps;
use crate::docker::context::Context;
use crate::docker::dockerfile::Dockerfile;
use crate::docker::engine::Engine;
use crate::docker::plan::Build;
use crate::docker::{auth, fault};
use crate::report::{Report, Result, text};

/// How often a build is begun anew when somebody else's clean-up got in its way.
const RETRIES: u32 = 3;

/// The classic builder looks at every image for one that fits, and gives up when one is removed
/// meanwhile: by `docker image prune` of a CI machine, say (moby, image/cache).
fn lost_its_cache(fault: &Fault) -> bool {
    fault::reason(fault).contains("unable to find image \"sha256:")
}

impl Engine {
    pub(super) fn build_classic(
        &self,
        id: &str,
        build: &Build,
        context: &Context,
        dockerfile: &Dockerfile,
        report: &Report,
    ) -> Result<Built> {
        let registries = dockerfile.registries(&build.args);
        let credentials = auth::of_all(registries.iter().map(String::as_str))?;
        let mut tries = 0;
        loop {
            let options = options(build, &context.dockerfile);
            let sending = context.clone().stream(build.latest);
            let mut watch = Watch::new(Show::new(id, build, report), build, sending.counter());
            let body = bollard::body_try_stream(sending.pieces());
            let stream = self.docker.build_image(options, Some(credentials.clone()), Some(body));
            let result = self.wait(watch.follow(stream));
            let unread = sending.end().err();
            let fault = match result? {
                Ok(image) => return Ok(Built { image, sent: Some(watch.sent.load(Ordering::Relaxed)) }),
                Err(fault) => fault,
            };
            if lost_its_cache(&fault) && tries < RETRIES {
                tries += 1;
                watch.show.note("an image of the cache was removed at this moment; trying again");
                continue;
            }
            return Err(match unread {
                // Nothing was built: what kept the context from being read is the cause.
                Some(error) if watch.steps.current.is_none() => error,
                _ => watch.failed(&fault, dockerfile, build),
            });
        }
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
    if let [platform] = build.platforms.as_slice() {
        options = options.platform(platform);
    }
    if let Some(network) = &build.network {
        options = options.networkmode(network);
    }
    options.build()
}

/// Follows a build and tells the report.
struct Watch<'a> {
    show: Show<'a>,
    steps: Steps,
    sent: Arc<AtomicU64>,
    /// A stage has ended, and no further one has begun.
    stage_over: bool,
    /// What is pulled, when something is.
    pulling: Option<String>,
}

impl<'a> Watch<'a> {
    fn new(show: Show<'a>, build: &Build, sent: Arc<AtomicU64>) -> Self {
        Self { show, steps: Steps::new(build.labels.len()), sent, stage_over: false, pulling: None }
    }

    /// Reads to the end; gives the id of the image.
    async fn follow(&mut self, stream: impl Stream<Item = Result<BuildInfo, Fault>>) -> Result<String, Fault> {
        let mut stream = std::pin::pin!(stream);
        let mut image = String::new();
        let mut heard = Instant::now();
        loop {
            match tokio::time::timeout(TICK, stream.next()).await {
                Err(_) if heard.elapsed() > fault::silence() && self.fetches().is_some() => return Err(Fault::RequestTimeoutError),
                Err(_) => {}
                Ok(None) => break,
                Ok(Some(info)) => {
                    heard = Instant::now();
                    self.take(info?, &mut image);
                }
            }
            let message = || message(&self.steps, self.pulling.as_deref(), &self.sent);
            self.show.tick(message);
        }
        if image.is_empty() {
            return Err(Fault::DockerStreamError { error: "the engine ended the build without an image".into() });
        }
        let last = self.steps.end();
        self.show.tell(last);
        Ok(image)
    }

    /// The instruction that waits for a registry.
    fn fetches(&self) -> Option<&str> {
        self.steps
            .current
            .as_ref()
            .map(|step| &*step.text)
            .filter(|text| text.get(..5).is_some_and(|word| word.eq_ignore_ascii_case("FROM ")))
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
            self.stage_over &= !piece.starts_with("Step ") && !piece.starts_with("STEP ");
            if self.stage_over {
                return;
            }
            self.pulling = None;
            let before = self.steps.now().map(|(step, _)| step);
            let said = self.steps.take(&piece);
            self.show.tell(said);
            if self.show.is_live() && self.steps.now().map(|(step, _)| step) != before {
                self.show.progress(&message(&self.steps, None, &self.sent));
            }
        }
    }

    fn failed(&self, fault: &Fault, dockerfile: &Dockerfile, build: &Build) -> crate::report::Error {
        if matches!(fault, Fault::RequestTimeoutError) {
            return failure::of_silence(self.fetches().unwrap_or_default(), dockerfile, build);
        }
        let reason = fault::reason(fault);
        let Some(step) = self.steps.current.as_ref().filter(|_| !fault::is_gone(fault)) else {
            return failure::refused(fault, &reason, dockerfile);
        };
        let code = reason.rsplit_once("returned a non-zero code: ").or_else(|| reason.rsplit_once("exit status "));
        let code = code.and_then(|(_, code)| code.trim().parse().ok());
        let lines = step.lines.iter().cloned().collect();
        let name = format!("step {}", step.number);
        failure::of_step(&Failure { name, index: Some(step.number - 1), reason, code, lines }, dockerfile, build)
    }
}

fn message(steps: &Steps, pulling: Option<&str>, sent: &AtomicU64) -> String {
    match (steps.now(), pulling) {
        (Some((step, _)), Some(pulling)) => format!("{} · {pulling}", short(&step)),
        (Some((step, elapsed)), None) => format!("{} · {}", short(&step), text::elapsed(elapsed)),
        (None, _) => format!("sending the context: {}", text::bytes(sent.load(Ordering::Relaxed))),
    }
}

fn size(bytes: i64) -> String {
    text::bytes(u64::try_from(bytes).unwrap_or(0))
}
