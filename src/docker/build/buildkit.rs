//! BuildKit inside of the engine: `/build?version=2` with a session, through which it fetches the
//! files, credentials and secrets that it needs. No buildx plugin takes part.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bollard::errors::Error as Fault;
use bytes::Bytes;
use http_body_util::Empty;
use hyper::Request;
use serde_json::Value;

use super::show::{Show, TICK};
use super::trace::Trace;
use super::vertices::Vertices;
use super::{Built, failure};
use crate::docker::dockerfile::Dockerfile;
use crate::docker::engine::Engine;
use crate::docker::plan::Build;
use crate::docker::session::{Offer, Session};
use crate::docker::way::Way;
use crate::docker::{fault, wire};
use crate::report::{Report, Result, text};

impl Engine {
    pub(super) fn build_buildkit(&self, id: &str, build: &Build, offer: Offer, dockerfile: &Dockerfile, report: &Report) -> Result<Built> {
        let offer = Arc::new(offer);
        let mut watch =
            Watch { show: Show::new(id, build, report), vertices: Vertices::default(), image: String::new(), offer: offer.clone() };
        let result = self.wait(watch.run(&self.way, build));
        match result? {
            Ok(()) => Ok(Built { image: watch.image, sent: Some(offer.sent.load(Ordering::Relaxed)) }),
            Err(Fault::RequestTimeoutError) => Err(failure::of_silence(watch.vertices.fetches().unwrap_or_default(), dockerfile, build)),
            Err(fault) => {
                let error = offer.trouble();
                Err(error.unwrap_or_else(|| failure::of_buildkit(&fault, watch.vertices.failed(), dockerfile, build)))
            }
        }
    }
}

/// Follows a build and tells the report.
struct Watch<'a> {
    show: Show<'a>,
    vertices: Vertices,
    image: String,
    offer: Arc<Offer>,
}

impl Watch<'_> {
    async fn run(&mut self, way: &Way, build: &Build) -> Result<(), Fault> {
        // Builds of the same folder share what was sent.
        let shared = blake3::hash(build.context.as_os_str().as_encoded_bytes()).to_hex().to_string();
        let session = Session::open(way, &shared, self.offer.clone()).await?;
        let request = Request::post(format!("/build?{}", parameters(build, &session.id)));
        let request = request.body(Empty::<Bytes>::new()).map_err(|error| Fault::DockerStreamError { error: error.to_string() })?;
        let response = wire::send(way, request).await?;
        let (show, vertices, image, offer) = (&mut self.show, &mut self.vertices, &mut self.image, &self.offer);
        let sent = || offer.sent.load(Ordering::Relaxed);
        let watch = std::cell::RefCell::new((show, vertices));
        let line = |value: Value| {
            let (show, vertices) = &mut *watch.borrow_mut();
            take(&value, show, vertices, image, sent());
            Ok(())
        };
        let tick = |silent| {
            let (show, vertices) = &mut *watch.borrow_mut();
            show.tick(|| message(vertices, sent()));
            if vertices.fetches().is_some() && silent > fault::silence() { Err(Fault::RequestTimeoutError) } else { Ok(()) }
        };
        wire::lines(response.into_body(), TICK, line, tick).await?;
        if self.image.is_empty() {
            return Err(Fault::DockerStreamError { error: "the engine ended the build without an image".into() });
        }
        Ok(())
    }
}

fn take(value: &Value, show: &mut Show<'_>, vertices: &mut Vertices, image: &mut String, sent: u64) {
    let aux = value.get("aux");
    match value.get("id").and_then(Value::as_str) {
        Some("moby.buildkit.trace") => {
            let bytes = aux.and_then(Value::as_str).and_then(|text| STANDARD.decode(text).ok()).unwrap_or_default();
            let said = vertices.take(Trace::read(&bytes));
            let some = !said.is_empty();
            show.tell(said);
            if some && show.is_live() {
                show.progress(&message(vertices, sent));
            }
        }
        Some("moby.image.id") => {
            aux.and_then(|aux| aux.get("ID")).and_then(Value::as_str).unwrap_or_default().clone_into(image);
        }
        _ => {}
    }
}

fn message(vertices: &Vertices, sent: u64) -> String {
    if vertices.sends_context() {
        return format!("sending what changed of the context: {}", text::bytes(sent));
    }
    vertices.now().unwrap_or_else(|| "waiting for the engine".to_owned())
}

/// See docs.docker.com/reference/api/engine, ImageBuild.
fn parameters(build: &Build, session: &str) -> String {
    let map = |pairs: &[(String, String)]| {
        let map: BTreeMap<&str, &str> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        serde_json::to_string(&map).unwrap_or_default()
    };
    let name = build.dockerfile.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut pairs = vec![
        ("version", "2".to_owned()),
        ("remote", "client-session".to_owned()),
        ("session", session.to_owned()),
        ("buildid", session.to_owned()),
        ("dockerfile", name),
        ("buildargs", map(&build.args)),
        ("labels", map(&build.labels)),
        ("rm", "1".to_owned()),
        ("forcerm", "1".to_owned()),
    ];
    pairs.extend(build.tags.iter().map(|tag| ("t", format!("{}:{tag}", build.repository))));
    pairs.extend(build.no_cache.then(|| ("nocache", "1".to_owned())));
    pairs.extend(build.target.clone().map(|target| ("target", target)));
    pairs.extend(build.network.clone().map(|network| ("networkmode", network)));
    if let [platform] = build.platforms.as_slice() {
        pairs.push(("platform", platform.clone()));
    }
    wire::query(&pairs)
}
