//! What the compose file says (docs.docker.com/reference/compose-file).

use std::path::Path;

use serde_json::Value;

use super::{Fact, Found, first};

/// Reads it: its service that is made from this repo is the service itself.
pub fn read(root: &Path, found: &mut Found) {
    let names = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
    let Some((file, text)) = first(root, &names) else { return };
    found.compose = Some(Fact { value: file.to_owned(), from: file.to_owned() });
    let Ok(value) = serde_saphyr::from_str::<Value>(&text) else { return };
    let Some((name, service)) = value["services"].as_object().into_iter().flatten().find(|(_, service)| is_ours(service)) else { return };
    let from = format!("{file}, {name}");
    if let (None, Some(value)) = (&found.port, service["ports"].get(0).and_then(port)) {
        found.port = Some(Fact { value, from: from.clone() });
    }
    found.target = service["build"]["target"].as_str().map(|target| Fact { value: target.to_owned(), from: from.clone() });
    found.composed = Some(Fact { value: name.clone(), from });
}

/// Built from this folder, or with it mounted.
fn is_ours(service: &Value) -> bool {
    let here = |path: &str| matches!(path.trim_end_matches('/'), "." | "$PWD" | "${PWD}");
    let built = service["build"].as_str().or_else(|| service["build"]["context"].as_str()).is_some_and(here);
    let mounted =
        |volume: &Value| volume.as_str().and_then(|volume| volume.split(':').next()).or(volume["source"].as_str()).is_some_and(here);
    built || service["volumes"].as_array().into_iter().flatten().any(mounted)
}

/// The container's side of a published port: `8080:80`, `127.0.0.1:8080:80/tcp`, or the long form.
fn port(written: &Value) -> Option<u16> {
    let number = |value: &Value| value.as_u64().and_then(|port| u16::try_from(port).ok());
    if let Some(target) = written.get("target") {
        return number(target);
    }
    number(written).or_else(|| written.as_str()?.rsplit(':').next()?.split('/').next()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_those_of_the_container() {
        for (written, expected) in [
            (Value::from("8080:80"), Some(80)),
            (Value::from("127.0.0.1:8080:80/tcp"), Some(80)),
            (Value::from("9090"), Some(9090)),
            (Value::from(9090), Some(9090)),
            (serde_json::json!({ "target": 80, "published": "8080" }), Some(80)),
            (Value::from("${PORT:-80}:${PORT:-80}"), None),
        ] {
            assert_eq!(port(&written), expected, "{written}");
        }
    }

    #[test]
    fn what_is_built_or_mounted_here_is_the_service() {
        for (service, ours) in [
            (serde_json::json!({ "build": "." }), true),
            (serde_json::json!({ "build": { "context": "./" } }), true),
            (serde_json::json!({ "image": "php", "volumes": ["logs:/logs", ".:/var/www"] }), true),
            (serde_json::json!({ "image": "postgres", "volumes": ["./data:/data"] }), false),
            (serde_json::json!({ "build": "./worker" }), false),
        ] {
            assert_eq!(is_ours(&service), ours, "{service}");
        }
    }
}
