//! What run-local needs of a container engine and of a cluster: whoever joins the rooms gives it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::plan::Tunnel;
use crate::process::Exit;
use crate::report::{Report, Result};

/// A container to be started.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// Its name in the engine.
    pub name: String,
    /// Its name in the network.
    pub alias: String,
    /// The image.
    pub image: String,
    /// Program and arguments; empty: the image's.
    pub command: Vec<String>,
    /// Variables.
    pub env: Vec<(String, String)>,
    /// A port of 127.0.0.1, and where it leads.
    pub publish: Option<(u16, u16)>,
    /// The network.
    pub network: String,
    /// Labels.
    pub labels: Vec<(String, String)>,
    /// `SOURCE:PATH`.
    pub volumes: Vec<String>,
}

/// A container or network that is there.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: HashMap<String, String>,
    /// Ports of this machine, and where they lead.
    pub ports: Vec<(u16, u16)>,
}

/// What a container's own health check says: none when it has no such check.
pub type Beside = Option<Result<(), String>>;

/// A container engine.
pub trait Containers: Send + Sync {
    /// Makes a network.
    fn make_network(&self, name: &str, labels: &[(String, String)]) -> Result<()>;
    /// Takes a network away.
    fn remove_network(&self, name: &str) -> Result<()>;
    /// Fetches an image that is not there; `tell` hears how far it is.
    fn prepare(&self, image: &str, tell: &mut dyn FnMut(&str)) -> Result<()>;
    /// Starts a container.
    fn start(&self, order: &Order) -> Result<Arc<dyn Handle>>;
    /// A container that is there.
    fn find(&self, name: &str) -> Result<Arc<dyn Handle>>;
    /// Containers with a label, also those that have ended.
    fn containers(&self, label: &str) -> Result<Vec<Listed>>;
    /// Networks with a label.
    fn networks(&self, label: &str) -> Result<Vec<Listed>>;
    /// The name of the container that has this port; none also without an engine.
    fn publisher(&self, port: u16) -> Option<String>;
}

/// A container that was started.
pub trait Handle: Send + Sync {
    /// Hands on what it writes from `since` (seconds since 1970) until it ends.
    fn follow(&self, since: i64, sink: &mut dyn FnMut(&[u8])) -> Result<Exit>;
    /// What its own health check says.
    fn health(&self) -> Result<Beside>;
    /// Runs a command in it; what it wrote when it failed.
    fn exec(&self, command: &[String]) -> Result<Result<(), String>>;
    /// Asks it to end, kills it after the grace; returns when it has ended.
    fn stop(&self, grace: Duration) -> Result<()>;
    /// Kills it now.
    fn kill(&self) -> Result<()>;
    /// Takes it away.
    fn remove(&self) -> Result<()>;
}

/// Opens ways to services of an environment; each lasts until it is dropped.
pub type Tunnels<'a> = &'a dyn Fn(&Tunnel, &Report) -> Result<Box<dyn Send>>;

/// Builds the image of the service again.
pub type Rebuild<'a> = &'a dyn Fn(&Report) -> Result<()>;
