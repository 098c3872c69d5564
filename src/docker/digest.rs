//! The digest behind a name: in the registry, else in the engine.

use std::collections::HashMap;

use bollard::errors::Error as Fault;

use super::engine::Engine;
use super::facts::{self, Facts};
use super::reference::Reference;
use super::{auth, fault};
use crate::report::Result;

/// `repository@sha256:…` of a reference, from the registry, else from the engine. An image that only
/// the engine has (it was never pushed) comes back under its tag: a cluster on this engine can run it.
/// None when neither knows it.
///
/// # Errors
/// Exit code 7 without an engine; exit code 1 when the registry can't be asked and the engine doesn't know.
pub fn digest(reference: &str) -> Result<Option<String>> {
    Engine::find()?.digest(reference)
}

impl Engine {
    /// See [`digest`].
    pub fn digest(&self, text: &str) -> Result<Option<String>> {
        let reference = Reference::parse(text);
        if reference.digest.is_some() {
            return Ok(Some(text.to_owned()));
        }
        let asked = self.registry_digest(&reference);
        if let Ok(Some(digest)) = asked {
            return Ok(Some(reference.pinned(&digest)));
        }
        match self.local(text)? {
            Some(image) => Ok(Some(image.digest_in(&reference).map_or_else(|| text.to_owned(), |digest| reference.pinned(&digest)))),
            None => asked.map(|_| None),
        }
    }

    /// The digest of a tag in its registry; none when it is not there.
    pub(super) fn registry_digest(&self, reference: &Reference) -> Result<Option<String>> {
        let credentials = auth::of(reference.registry())?;
        let name = reference.to_string();
        let asked = async { tokio::time::timeout(fault::silence(), self.docker.inspect_registry_image(&name, credentials)).await };
        match self.wait(asked)? {
            Err(_) => Err(fault::of_silence(&format!("look for {reference}"), reference)),
            Ok(Ok(found)) => Ok(found.descriptor.digest),
            Ok(Err(error)) => {
                let reason = fault::reason(&error);
                let absent = ["manifest unknown", "name unknown", "not found"].iter().any(|word| reason.contains(word));
                if absent { Ok(None) } else { Err(fault::of_registry(&reason, &format!("look for {reference}"), reference)) }
            }
        }
    }

    /// An image that the engine has.
    pub(super) fn local(&self, name: &str) -> Result<Option<Local>> {
        match self.wait(self.docker.inspect_image(name))? {
            Ok(image) => {
                let config = image.config.unwrap_or_default();
                let user = config.user.unwrap_or_default();
                Ok(Some(Local {
                    id: image.id.unwrap_or_default(),
                    digests: image.repo_digests.unwrap_or_default(),
                    labels: config.labels.unwrap_or_default(),
                    names: image.repo_tags.unwrap_or_default(),
                    facts: Facts {
                        user: user.split(':').next().unwrap_or_default().to_owned(),
                        ports: config.exposed_ports.iter().flatten().filter_map(|port| facts::tcp(port)).collect(),
                        platform: facts::platform(image.os, image.architecture),
                        size: image.size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0),
                    },
                }))
            }
            Err(Fault::DockerResponseServerError { status_code: 404, .. }) => Ok(None),
            Err(error) => Err(fault::of(&error, &format!("look for {name}"))),
        }
    }
}

/// An image in the engine.
pub(super) struct Local {
    pub(super) id: String,
    digests: Vec<String>,
    pub(super) labels: HashMap<String, String>,
    pub(super) names: Vec<String>,
    pub(super) facts: Facts,
}

impl Local {
    /// The digest under which a registry knows it.
    pub(super) fn digest_in(&self, reference: &Reference) -> Option<String> {
        let of = |name: &String| name.strip_prefix(&reference.repository)?.strip_prefix('@').map(str::to_owned);
        self.digests.iter().find_map(of)
    }
}
