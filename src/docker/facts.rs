//! What an image says of itself: its user, its ports, the machines that it is for.

use super::engine::Engine;
use super::reference::Reference;
use super::{auth, fault};
use crate::report::Result;

/// What an image says of itself (the image specification of OCI, `config.md`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// `USER`, without the group; empty means root.
    pub user: String,
    /// `EXPOSE`: the TCP ports.
    pub ports: Vec<u16>,
    /// `linux/amd64`: what the engine's copy is for.
    pub platform: String,
    /// How many bytes all of its layers have, unpacked.
    pub size: u64,
}

impl Engine {
    /// What an image that the engine has says of itself; none when the engine doesn't have it.
    ///
    /// # Errors
    /// Exit code 1 when the engine can't say.
    pub fn facts(&self, name: &str) -> Result<Option<Facts>> {
        Ok(self.local(name)?.map(|image| image.facts))
    }

    /// All platforms that an image's registry has it for.
    ///
    /// # Errors
    /// Exit code 1 when the registry can't be asked.
    pub fn platforms(&self, name: &str) -> Result<Vec<String>> {
        let reference = Reference::parse(name);
        let credentials = auth::of(reference.registry())?;
        let found = self.wait(self.docker.inspect_registry_image(name, credentials))?;
        let found = found.map_err(|error| fault::of_registry(&fault::reason(&error), &format!("look for {name}"), &reference))?;
        Ok(found.platforms.into_iter().map(|it| platform(it.os, it.architecture)).collect())
    }
}

/// `linux/amd64`.
pub(super) fn platform(os: Option<String>, architecture: Option<String>) -> String {
    format!("{}/{}", os.unwrap_or_default(), architecture.unwrap_or_default())
}

/// The number of a TCP port: `8080/tcp`, or `8080`.
pub(super) fn tcp(port: &str) -> Option<u16> {
    port.strip_suffix("/tcp").unwrap_or(port).parse().ok()
}
