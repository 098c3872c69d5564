//! An image held to the contract: a numeric user that is not root, nothing to write but /tmp, no capability; healthy by its
//! own check; not ready from SIGTERM on, and then it ends with 0.

use std::time::{Duration, Instant};

use bytes::Bytes;

use super::said;
use crate::command::tour::REGISTRY;
use crate::http::{self, Client, Request};
use crate::process::{Command, cancel};
use crate::report::{Error, Result};

/// How long a container may take to do what it should.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs the newest image of this name; tells what holds.
///
/// # Errors
/// What does not hold, with the container's log.
pub fn keeps_the_contract(name: &str, port: u16) -> Result<String> {
    let filter = format!("reference={REGISTRY}/{name}");
    let ids = docker(&["images", "--quiet", "--filter", &filter])?;
    let image = ids.lines().next().ok_or_else(|| Error::failed("the image is not in the engine"))?;
    let user = docker(&["image", "inspect", "--format", "{{.Config.User}}", image])?;
    if user.split(':').next().and_then(|id| id.parse::<u32>().ok()).is_none_or(|id| id == 0) {
        return Err(Error::failed(format!("the image's user must be a number, and not root; it is `{user}`")));
    }
    let publish = format!("127.0.0.1::{port}");
    let confined = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"];
    let run = [&["run", "--detach", "--name", name, "--health-interval", "1s", "--publish", &publish], &confined[..], &[image]];
    docker(&run.concat())?;
    let outcome = lives_and_ends(name, port);
    let log = docker(&["logs", name]).unwrap_or_default();
    drop(docker(&["rm", "--force", "--volumes", name]));
    outcome.map_err(|error| error.note(log))?;
    Ok(format!("user {user}, read-only root, drains"))
}

fn docker(args: &[&str]) -> Result<String> {
    said(&Command::new("docker", args))
}

/// From the start to the end of a container.
fn lives_and_ends(name: &str, port: u16) -> Result<()> {
    let address = docker(&["port", name, &format!("{port}/tcp")])?;
    let url = format!("http://{}/ready", address.lines().next().unwrap_or_default());
    until("it is never ready", || Ok(status(&url)? == Some(200)))?;
    let health = ["inspect", "--format", "{{if .State.Health}}{{.State.Health.Status}}{{end}}", name];
    until("its HEALTHCHECK never says healthy", || Ok(docker(&health)? == "healthy"))?;
    docker(&["kill", "--signal", "TERM", name])?;
    until("/ready does not answer 503 after SIGTERM", || Ok(status(&url)? == Some(503)))?;
    match docker(&["wait", name])?.as_str() {
        "0" => Ok(()),
        code => Err(Error::failed(format!("it ends with {code} after SIGTERM"))),
    }
}

/// Each question has a connection of its own: none is kept beyond its runtime.
fn status(url: &str) -> Result<Option<u16>> {
    let client = Client::new(None)?;
    let request = Request { method: "GET", url, headers: &[], body: Bytes::new(), timeout: Duration::from_secs(2) };
    Ok(http::run(client.send(request))?.ok().map(|answer| answer.status))
}

fn until(what: &str, condition: impl Fn() -> Result<bool>) -> Result<()> {
    let begin = Instant::now();
    while !condition()? {
        if begin.elapsed() > PATIENCE {
            return Err(Error::failed(what));
        }
        cancel::sleep(Duration::from_millis(50))?;
    }
    Ok(())
}
