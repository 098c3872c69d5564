//! Pushing an image under all its tags; a release tag is never moved.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use bollard::auth::DockerCredentials;
use bollard::errors::Error as Fault;
use http_body_util::Empty;
use hyper::Request;
use serde_json::Value;

use super::digest::Local;
use super::engine::Engine;
use super::plan::Push;
use super::record::ImageRecord;
use super::reference::Reference;
use super::way::Way;
use super::{auth, fault, wire};
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
        // All registries are asked before anything is sent: a release goes everywhere or nowhere.
        let all: Vec<Push> = std::iter::once(push.to(&push.repository)).chain(push.also.iter().map(|there| push.to(there))).collect();
        let there = all.iter().map(|push| self.released(push, &image)).collect::<Result<Vec<_>>>()?;
        let mut digests = Vec::new();
        for (push, there) in all.iter().zip(there) {
            if all.len() > 1 {
                report.note(&paint(DIM, &format!("  to {}", push.repository)));
            }
            if there.is_some() {
                report.note(&paint(DIM, &format!("  {} is there already", push.tags[0])));
            }
            digests.push(there.map_or_else(|| self.push_tags(id, push, &image, report), Ok)?);
        }
        let digest = digests.swap_remove(0);
        Ok(ImageRecord {
            key: push.key.clone(),
            repository: push.repository.clone(),
            tags: push.tags.clone(),
            id: image.id,
            size: image.facts.size,
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
        let mut digest = String::new();
        for tag in push.in_order() {
            let name = named(push, tag);
            self.tag(&image.id, &push.repository, tag)?;
            let mut watch = Watch { id, tag, report, told: Instant::now(), layers: Layers::default() };
            let request = request(&name, auth::of(name.registry())?)?;
            let pushed = self.wait(watch.follow(&self.way, request))?;
            digest = pushed.map_err(|error| refused(&error, &name))?;
        }
        Ok(digest)
    }
}

/// See docs.docker.com/reference/api/engine, ImagePush. By hand: bollard leaves the ids of layers and the
/// digest out.
fn request(name: &Reference, credentials: Option<DockerCredentials>) -> Result<wire::Asked> {
    let tag = wire::query(&[("tag", name.tag.clone().unwrap_or_default())]);
    let json = serde_json::to_vec(&credentials.unwrap_or_default()).unwrap_or_default();
    Request::post(format!("/images/{}/push?{tag}", name.repository))
        .header("X-Registry-Auth", URL_SAFE.encode(json))
        .body(Empty::new())
        .map_err(|error| Error::usage(format!("{name} is no name of an image: {error}")))
}

/// A registry that refuses, has trouble, or says nothing.
fn refused(fault: &Fault, name: &Reference) -> Error {
    let doing = format!("push {name}");
    match fault {
        Fault::RequestTimeoutError => fault::of_silence(&doing, name),
        Fault::HyperResponseError { .. } | Fault::IOError { .. } => fault::of(fault, &doing),
        other => fault::of_registry(&fault::reason(other), &doing, name),
    }
}

fn named(push: &Push, tag: &str) -> Reference {
    Reference { repository: push.repository.clone(), tag: Some(tag.to_owned()), digest: None }
}

pub(super) fn overwritten(release: &Reference, taken: &str) -> Error {
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

/// Layers by what became of them.
#[derive(Clone, Debug, Default, PartialEq)]
struct Layers {
    all: BTreeMap<String, Layer>,
}

/// What became of a layer, and its bytes so far and in all.
#[derive(Clone, Debug, Default, PartialEq)]
struct Layer {
    there: bool,
    pushed: bool,
    at: u64,
    all: u64,
}

impl Watch<'_> {
    /// Reads to the end; gives the digest.
    async fn follow(&mut self, way: &Way, request: wire::Asked) -> Result<String, Fault> {
        let response = tokio::time::timeout(fault::silence(), wire::send(way, request)).await.map_err(|_| Fault::RequestTimeoutError)??;
        let mut digest = None;
        let watch = std::cell::RefCell::new(self);
        let line = |value: Value| {
            digest = watch.borrow_mut().layers.take(&value).or(digest.take());
            Ok(())
        };
        let tick = |silent: Duration| {
            watch.borrow_mut().tick();
            if silent > fault::silence() { Err(Fault::RequestTimeoutError) } else { Ok(()) }
        };
        wire::lines(response.into_body(), TICK, line, tick).await?;
        let watch = watch.into_inner();
        watch.report.note(&paint(DIM, &format!("  {}{}", watch.tag, watch.layers.done())));
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
    /// Notes a message; gives the digest when it is the last.
    fn take(&mut self, value: &Value) -> Option<String> {
        if let Some(digest) = value.pointer("/aux/Digest").and_then(Value::as_str) {
            return Some(digest.to_owned());
        }
        let status = value.get("status")?.as_str()?;
        // Podman and old engines give the digest in words only: `TAG: digest: sha256:… size: N`.
        if let Some((_, rest)) = status.split_once("digest: ") {
            return rest.split_whitespace().next().map(str::to_owned);
        }
        let layer = value.get("id").and_then(Value::as_str).map(|id| self.all.entry(id.to_owned()).or_default())?;
        layer.there |= status == "Layer already exists" || status.starts_with("Mounted from");
        layer.pushed |= status == "Pushed";
        let bytes = |key: &str| value.pointer(&format!("/progressDetail/{key}")).and_then(Value::as_u64);
        if let Some(at) = bytes("current") {
            // What is sent is compressed, what is promised is not: the one can exceed the other.
            layer.all = bytes("total").unwrap_or(0).max(at);
            layer.at = at;
        }
        None
    }

    fn now(&self) -> String {
        let done = self.all.values().filter(|layer| layer.there || layer.pushed).count();
        let under_way = self.all.values().filter(|layer| !layer.there && !layer.pushed && layer.all > 0);
        let (at, all) = under_way.fold((0, 0), |(at, all), layer| (at + layer.at, all + layer.all));
        let bytes = if all > 0 { format!(", {} of {}", text::bytes(at), text::bytes(all)) } else { String::new() };
        format!(" · {done} of {}{bytes}", text::count(self.all.len(), "layer"))
    }

    fn done(&self) -> String {
        let there = self.all.values().filter(|layer| layer.there).count();
        let new: Vec<&Layer> = self.all.values().filter(|layer| layer.pushed).collect();
        let sent = format!(" · {} sent, {}", text::count(new.len(), "layer"), text::bytes(new.iter().map(|layer| layer.at).sum()));
        match (new.len(), there) {
            (0, _) => " · nothing to send".to_owned(),
            (_, 0) => sent,
            (_, old) => format!("{sent}; {old} there already"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn layers_are_counted_by_their_ids() {
        let mut layers = Layers::default();
        for (id, status, at, all) in [
            ("a", "Preparing", 0, 0),
            ("b", "Preparing", 0, 0),
            ("c", "Waiting", 0, 0),
            ("a", "Layer already exists", 0, 0),
            ("b", "Pushing", 512, 2048),
            ("c", "Pushing", 138_752, 3216),
        ] {
            assert_eq!(layers.take(&json!({ "id": id, "status": status, "progressDetail": { "current": at, "total": all } })), None);
        }
        assert_eq!(layers.now(), " · 1 of 3 layers, 136.0 KiB of 137.5 KiB");
        for id in ["b", "c"] {
            layers.take(&json!({ "id": id, "status": "Pushed" }));
        }
        assert_eq!(layers.done(), " · 2 layers sent, 136.0 KiB; 1 there already");
        assert_eq!(layers.take(&json!({ "aux": { "Tag": "1", "Digest": "sha256:ab" } })).as_deref(), Some("sha256:ab"));
        assert_eq!(layers.take(&json!({ "status": "1: digest: sha256:cd size: 528" })).as_deref(), Some("sha256:cd"));
    }
}
