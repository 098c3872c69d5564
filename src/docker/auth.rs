//! The credentials of registries, as the docker program has them: `auths`, `credsStore`, `credHelpers`.

use std::collections::HashMap;

use bollard::auth::DockerCredentials;
use docker_credential::{CredentialRetrievalError as Fault, DockerCredential};
use hyper::header::HeaderValue;

use crate::report::{Error, Result};

/// Docker Hub's name in config.json (moby: registry.IndexServer).
const HUB: &str = "https://index.docker.io/v1/";

/// The credentials for a registry; none when the user has not logged in there.
///
/// # Errors
/// Exit code 7 when the credential helper is missing; exit code 2 for a broken config.json.
pub fn of(registry: &str) -> Result<Option<DockerCredentials>> {
    let server = if registry == "docker.io" { HUB } else { registry };
    let mut credentials = DockerCredentials { serveraddress: Some(server.to_owned()), ..DockerCredentials::default() };
    match docker_credential::get_credential(server) {
        Ok(DockerCredential::IdentityToken(token)) => credentials.identitytoken = Some(token),
        Ok(DockerCredential::UsernamePassword(user, password)) => {
            credentials.username = Some(user);
            credentials.password = Some(password);
        }
        Err(Fault::NoCredentialConfigured | Fault::ConfigNotFound) => return Ok(None),
        Err(Fault::ConfigReadError) if !config().exists() => return Ok(None),
        // What every helper prints for a registry that it does not know (docker-credential-helpers).
        Err(Fault::HelperFailure { stdout, stderr, .. }) if format!("{stdout}{stderr}").contains("credentials not found") => {
            return Ok(None);
        }
        Err(fault) => return Err(refused(&fault, registry)),
    }
    Ok(Some(credentials))
}

/// The credentials for several registries, by the names under which a build looks for them.
pub fn of_all<'a>(registries: impl IntoIterator<Item = &'a str>) -> Result<HashMap<String, DockerCredentials>> {
    let mut all = HashMap::new();
    for registry in registries {
        if let Some(credentials) = of(registry)? {
            all.insert(credentials.serveraddress.clone().unwrap_or_default(), credentials);
        }
    }
    Ok(all)
}

/// The engine reads these headers as URL-safe base64; bollard writes the standard alphabet, so that
/// one in four passwords with symbols was refused (bollard#169).
pub fn url_safe(mut request: bollard::BollardRequest) -> bollard::BollardRequest {
    for name in ["x-registry-auth", "x-registry-config"] {
        if let Some(value) = request.headers_mut().get_mut(name)
            && let Ok(text) = value.to_str()
            && let Ok(changed) = HeaderValue::from_str(&text.replace('+', "-").replace('/', "_"))
        {
            *value = changed;
        }
    }
    request
}

fn config() -> std::path::PathBuf {
    super::endpoint::Surroundings::here().config.join("config.json")
}

fn refused(fault: &Fault, registry: &str) -> Error {
    let file = config();
    match fault {
        Fault::ConfigReadError => Error::usage(format!("{} is not what the docker program writes", file.display()))
            .help("repair it, or move it away and log in again: `docker login`"),
        Fault::HelperCommunicationError => Error::missing(format!("the credential helper for {registry} can't be run"))
            .note(format!("named by `credsStore` or `credHelpers` in {}", file.display()))
            .help("install it, or take the line away and log in again: `docker login`"),
        other => Error::failed(format!("no credentials for {registry}: {}", other.to_string().trim()))
            .help(format!("log in again: `docker login {registry}`")),
    }
}
