//! What containers need around them: their image, a network; and what is found by its labels.

use std::collections::HashMap;
use std::sync::Arc;

use bollard::errors::Error as Fault;
use bollard::models::{ContainerSummary, NetworkCreateRequest};
use bollard::query_parameters::{
    CreateImageOptionsBuilder, ListContainersOptionsBuilder, ListImagesOptionsBuilder, ListNetworksOptionsBuilder,
};
use futures_util::StreamExt as _;

use super::container::Container;
use super::engine::Engine;
use super::reference::Reference;
use super::{auth, fault};
use crate::report::Result;

/// How long the engine may take for a small thing.
const MOMENT: std::time::Duration = std::time::Duration::from_secs(30);

/// A container or network that a list gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: HashMap<String, String>,
    /// Ports of this machine and where they lead.
    pub ports: Vec<(u16, u16)>,
}

impl Engine {
    /// Whether the engine has this image.
    pub fn has_image(&self, image: &str) -> Result<bool> {
        match self.wait(self.docker.inspect_image(image))? {
            Ok(_) => Ok(true),
            Err(Fault::DockerResponseServerError { status_code: 404, .. }) => Ok(false),
            Err(error) => Err(fault::of(&error, &format!("look for the image {image}"))),
        }
    }

    /// The newest image of a repository, by one of its tags.
    pub fn newest(&self, repository: &str) -> Result<Option<String>> {
        let filters = HashMap::from([("reference", vec![repository])]);
        let options = ListImagesOptionsBuilder::new().filters(&filters).build();
        let listed = self.wait(self.docker.list_images(Some(options)))?.map_err(|error| fault::of(&error, "list the images"))?;
        let newest = listed.into_iter().max_by_key(|image| image.created);
        Ok(newest.and_then(|image| image.repo_tags.into_iter().find(|tag| tag.starts_with(&format!("{repository}:")))))
    }

    /// Fetches an image; `tell` hears how far it is.
    ///
    /// # Errors
    /// What the registry says.
    pub fn pull(&self, image: &str, tell: &mut dyn FnMut(&str)) -> Result<()> {
        let reference = Reference::parse(image);
        let credentials = auth::of(reference.registry())?;
        // Without a tag the engine would fetch all of them.
        let named = reference.tag.is_some() || reference.digest.is_some();
        let name = if named { image.to_owned() } else { format!("{image}:latest") };
        let options = CreateImageOptionsBuilder::new().from_image(&name).build();
        let pulled = self.wait(async {
            let mut news = self.docker.create_image(Some(options), None, credentials);
            while let Some(news) = tokio::time::timeout(fault::silence(), news.next()).await.map_err(|_| Fault::RequestTimeoutError)? {
                news?.status.iter().for_each(|status| tell(status));
            }
            Ok(())
        })?;
        let doing = format!("fetch the image {image}");
        pulled.map_err(|error: Fault| match error {
            Fault::RequestTimeoutError => fault::of_silence(&doing, &reference),
            error => fault::of_registry(&fault::reason(&error), &doing, &reference),
        })
    }

    /// Makes a network.
    pub fn make_network(&self, name: &str, labels: &[(String, String)]) -> Result<()> {
        let labels = Some(labels.iter().cloned().collect());
        let request = NetworkCreateRequest { name: name.to_owned(), labels, ..NetworkCreateRequest::default() };
        // Not given up half way: nobody would know of it.
        let made = self.finish(MOMENT, self.docker.create_network(request))?;
        made.map(drop).map_err(|error| fault::of(&error, &format!("make the network {name}")))
    }

    /// Takes a network away; one that is gone is no error.
    pub fn remove_network(&self, name: &str) -> Result<()> {
        match self.finish(MOMENT, self.docker.remove_network(name))? {
            Ok(()) | Err(Fault::DockerResponseServerError { status_code: 404, .. }) => Ok(()),
            Err(error) => Err(fault::of(&error, &format!("remove the network {name}"))),
        }
    }

    /// All containers, also those that have ended, with this label (`NAME` or `NAME=VALUE`).
    pub fn containers(&self, label: &str) -> Result<Vec<Found>> {
        self.list(&HashMap::from([("label", vec![label])]), true)
    }

    /// The container that has this port of the machine.
    pub fn publisher(&self, port: u16) -> Result<Option<Found>> {
        let port = port.to_string();
        Ok(self.list(&HashMap::from([("publish", vec![port.as_str()])]), false)?.into_iter().next())
    }

    fn list(&self, filters: &HashMap<&str, Vec<&str>>, all: bool) -> Result<Vec<Found>> {
        let options = ListContainersOptionsBuilder::new().all(all).filters(filters).build();
        let listed = self.finish(MOMENT, self.docker.list_containers(Some(options)))?;
        Ok(listed.map_err(|error| fault::of(&error, "list the containers"))?.into_iter().map(found).collect())
    }

    /// All networks with this label.
    pub fn networks(&self, label: &str) -> Result<Vec<Found>> {
        let options = ListNetworksOptionsBuilder::new().filters(&HashMap::from([("label", vec![label])])).build();
        let listed = self.finish(MOMENT, self.docker.list_networks(Some(options)))?;
        let networks = listed.map_err(|error| fault::of(&error, "list the networks"))?.into_iter();
        let found = |network: bollard::models::Network| Found {
            id: network.id.unwrap_or_default(),
            name: network.name.unwrap_or_default(),
            labels: network.labels.unwrap_or_default(),
            ports: Vec::new(),
        };
        Ok(networks.map(found).collect())
    }

    /// A container that is there.
    pub fn container(self: &Arc<Self>, name: &str) -> Container {
        Container::new(self, name)
    }
}

fn found(summary: ContainerSummary) -> Found {
    let name = summary.names.into_iter().flatten().next().map(|name| name.trim_start_matches('/').to_owned());
    let ports = summary.ports.into_iter().flatten().filter_map(|port| Some((port.public_port?, port.private_port))).collect();
    let id = summary.id.unwrap_or_default();
    Found { name: name.unwrap_or_else(|| id.clone()), id, labels: summary.labels.unwrap_or_default(), ports }
}
