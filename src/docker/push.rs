//! Pushing an image under all its tags; a release tag is never moved.

use std::time::{Duration, Instant};

use bollard::errors::Error as Fault;
use bollard::models::PushImageInfo;
use bollard::query_parameters::PushImageOptionsBuilder;
use futures_util::{Stream, StreamExt as _};

use super::digest::Local;
use super::engine::Engine;
use super::plan::Push;
use super::record::ImageRecord;
use super::reference::Reference;
use super::{auth, fault};
use crate::report::style::{DIM, paint};
use crate::report::{Error, Event, Kind, Report, Result, What, text};

const TICK: Duration = Duration::from_secs(1);
const HEARTBEAT: Duration = Duration::from_secs(30);

impl Engine {
    /// Pushes an image.
    ///
    /// # Errors
    /// Exit code 1 when it is not built, or the registry refuses; exit code 6 when the release is there
    /// with another digest.
    pub fn push(&self, id: &str, push: &Push, report: &Report) -> Result<ImageRecord> {
        let source = named(push, &push.source);
        let Some(image) = self.local(&source.to_string())? else {
            return Err(Error::failed(format!("{source} is not built"))
                .help("build it first: `instep docker-build`, or `instep docker-build --push`"));
        };
        let digest = match self.released(push, &image)? {
            Some(digest) => {
                report.note(&paint(DIM, &format!("  {} is there already", push.tags[0])));
                digest
            }
            None => self.push_tags(id, push, &image, report)?,
        };
        Ok(ImageRecord {
            key: push.key.clone(),
            repository: push.repository.clone(),
            tags: push.tags.clone(),
            id: image.id,
            size: image.size,
            reference: Some(source.pinned(&digest)),
            digest: Some(digest),
        })
    }

    /// The digest of a release that the registry has. It may be this very image, or an earlier build of
    /// this very commit.
    fn released(&self, push: &Push, image: &Local) -> Result<Option<String>> {
        if !push.release {
            return Ok(None);
        }
        let (release, source) = (named(push, &push.tags[0]), named(push, &push.source));
        let Some(taken) = self.registry_digest(&release)? else { return Ok(None) };
        let same = image.digest_in(&source).as_ref() == Some(&taken) || self.registry_digest(&source)?.as_ref() == Some(&taken);
        if same { Ok(Some(taken)) } else { Err(overwritten(&release, &taken)) }
    }

    fn push_tags(&self, id: &str, push: &Push, image: &Local, report: &Report) -> Result<String> {
        let registry = named(push, &push.source);
        let credentials = auth::of(registry.registry())?;
        let mut digest = String::new();
        for tag in push.in_order() {
            self.tag(&image.id, &push.repository, tag)?;
            let options = PushImageOptionsBuilder::new().tag(tag).build();
            let mut watch = Watch { id, tag, report, told: Instant::now(), layers: Layers::default() };
            let pushed = self.wait(watch.follow(self.docker.push_image(&push.repository, Some(options), credentials.clone())))?;
            let refused = |error| fault::of_registry(&fault::reason(&error), &format!("push {}", named(push, tag)), &registry);
            digest = pushed.map_err(refused)?;
        }
        Ok(digest)
    }
}

fn named(push: &Push, tag: &str) -> Reference {
    Reference { repository: push.repository.clone(), tag: Some(tag.to_owned()), digest: None }
}

fn overwritten(release: &Reference, taken: &str) -> Error {
    Error::new(Kind::Refused, format!("{release} is in the registry already, with another content"))
        .note(format!("there: {taken}"))
        .note("a release is never overwritten: whoever runs it would silently get something else")
        .help("release under a new tag: `git tag vNEXT && git push --tags`")
}

/// Follows a push and tells the report.
struct Watch<'a> {
    id: &'a str,
    tag: &'a str,
    report: &'a Report,
    told: Instant,
    layers: Layers,
}

/// Layers by what became of them. bollard keeps no ids of layers, so they are counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Layers {
    all: usize,
    there: usize,
    pushed: usize,
    /// Bytes of the layer that is under way.
    now: Option<(i64, i64)>,
}

impl Watch<'_> {
    /// Reads to the end; gives the digest.
    async fn follow(&mut self, stream: impl Stream<Item = Result<PushImageInfo, Fault>>) -> Result<String, Fault> {
        let mut stream = std::pin::pin!(stream);
        let mut digest = None;
        loop {
            match tokio::time::timeout(TICK, stream.next()).await {
                Err(_) => {}
                Ok(None) => break,
                Ok(Some(info)) => digest = self.layers.take(&info?).or(digest),
            }
            self.tick();
        }
        let done = self.layers.done();
        self.report.note(&paint(DIM, &format!("  {}{done}", self.tag)));
        digest.ok_or_else(|| Fault::DockerStreamError { error: "the engine ended the push without a digest".into() })
    }

    fn tick(&mut self) {
        let pause = if self.report.is_live() { TICK } else { HEARTBEAT };
        if self.told.elapsed() >= pause {
            self.told = Instant::now();
            self.report.event(&Event::new(self.id, What::Progress { message: format!("{}{}", self.tag, self.layers.now()) }));
        }
    }
}

impl Layers {
    /// Counts a message; gives the digest when it is the last (`TAG: digest: sha256:… size: N`).
    fn take(&mut self, info: &PushImageInfo) -> Option<String> {
        let status = info.status.as_deref()?;
        match status {
            "Preparing" => self.all += 1,
            "Layer already exists" => self.there += 1,
            "Pushed" => {
                self.pushed += 1;
                self.now = None;
            }
            _ => {}
        }
        if status.starts_with("Mounted from") {
            self.there += 1;
        }
        if let Some(detail) = info.progress_detail.as_ref().filter(|_| status == "Pushing") {
            self.now = detail.current.zip(detail.total);
        }
        let (_, rest) = status.split_once("digest: ")?;
        rest.split_whitespace().next().map(str::to_owned)
    }

    fn now(&self) -> String {
        let size = |n: i64| text::bytes(u64::try_from(n).unwrap_or(0));
        // What is sent is compressed, what is promised is not: the one can exceed the other.
        let bytes = self.now.map(|(at, all)| format!(", {} of {}", size(at.min(all)), size(all))).unwrap_or_default();
        format!(" · {} of {}{bytes}", self.there + self.pushed, text::count(self.all, "layer"))
    }

    fn done(&self) -> String {
        match (self.pushed, self.there) {
            (0, _) => " · nothing to send".to_owned(),
            (new, 0) => format!(" · {} sent", text::count(new, "layer")),
            (new, old) => format!(" · {} sent, {old} there already", text::count(new, "layer")),
        }
    }
}
