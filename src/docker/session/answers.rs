//! The short questions of the engine: is the client there, the credentials of a registry, a secret.

use super::super::auth;
use super::super::protobuf::{Message, fields};
use super::{Offer, grpc};

pub const HEALTH: &str = "/grpc.health.v1.Health/Check";
pub const CREDENTIALS: &str = "/moby.filesync.v1.Auth/Credentials";
pub const SECRET: &str = "/moby.buildkit.secrets.v1.Secrets/GetSecret";

/// Where an engine finds the images of Docker Hub, and by which name people log in there.
const HUB: &str = "registry-1.docker.io";

/// The answer to a call, or the code and the words of a refusal.
pub fn answer(path: &str, message: &[u8], offer: &Offer) -> Result<Message, (u32, String)> {
    let first = fields(message).find(|(field, _)| *field == 1).map(|(_, value)| value.text()).unwrap_or_default();
    let mut answer = Message::default();
    match path {
        // SERVING
        HEALTH => answer.number(1, 1),
        CREDENTIALS => return credentials(&first, offer),
        SECRET => match offer.secrets.get(&first) {
            Some(secret) => answer.bytes(1, secret),
            None => return Err((grpc::NOT_FOUND, format!("secret {first} not found"))),
        },
        _ => return Err((grpc::UNIMPLEMENTED, format!("no such method: {path}"))),
    }
    Ok(answer)
}

/// A user and a password, or an identity token as the password of nobody; nothing for a stranger.
fn credentials(host: &str, offer: &Offer) -> Result<Message, (u32, String)> {
    let registry = if host == HUB { "docker.io" } else { host };
    let found = auth::of(registry).map_err(|error| {
        let message = error.message().to_owned();
        offer.complain(error);
        (grpc::UNKNOWN, message)
    })?;
    let mut answer = Message::default();
    if let Some(found) = found {
        let secret = found.identitytoken.clone().or(found.password).unwrap_or_default();
        let user = if found.identitytoken.is_some() { String::new() } else { found.username.unwrap_or_default() };
        answer.bytes(1, user.as_bytes());
        answer.bytes(2, secret.as_bytes());
    }
    Ok(answer)
}
