//! What the engine and registries complain of, in words that say what to do.

use std::time::Duration;

use bollard::errors::Error as Fault;

use super::reference::Reference;
use crate::report::{Error, Kind};

/// The variable that says how long a registry may say nothing, in seconds.
const SILENCE: &str = "INSTEP_REGISTRY_TIMEOUT";

/// How long a registry may say nothing.
pub fn silence() -> Duration {
    let seconds = crate::process::env::var(SILENCE).and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(300))
}

/// The error for a registry that says nothing; `doing` follows "can't".
pub fn of_silence(doing: &str, reference: &Reference) -> Error {
    let host = reference.registry();
    Error::new(Kind::TimedOut, format!("can't {doing}: the registry has said nothing for {} s", silence().as_secs()))
        .help(format!("is {host} well? `curl -i https://{host}/v2/` from the engine's machine tells"))
        .help(format!("to wait longer: `export {SILENCE}=SECONDS`; what is there already is not sent again"))
}

/// The core of a complaint, without the layers that it came through.
pub fn reason(fault: &Fault) -> String {
    match fault {
        Fault::DockerResponseServerError { message, .. } => message.trim().to_owned(),
        Fault::DockerStreamError { error } => error.trim().to_owned(),
        Fault::SocketNotFoundError(_) => "not there".to_owned(),
        other => {
            let mut deepest: &dyn std::error::Error = other;
            while let Some(source) = deepest.source() {
                deepest = source;
            }
            deepest.to_string()
        }
    }
}

/// The error for something that the engine could not do; `doing` follows "can't".
pub fn of(fault: &Fault, doing: &str) -> Error {
    let reason = reason(fault);
    let error = Error::failed(format!("can't {doing}: {reason}"));
    if is_gone(fault) { error.note("the connection to the engine broke; it may have stopped or been restarted") } else { error }
}

/// Whether the connection broke.
pub fn is_gone(fault: &Fault) -> bool {
    matches!(fault, Fault::HyperResponseError { .. } | Fault::IOError { .. })
}

/// The error for something that a registry did not let us do; `doing` follows "can't".
pub fn of_registry(reason: &str, doing: &str, reference: &Reference) -> Error {
    let host = reference.registry();
    let error = Error::failed(format!("can't {doing}")).note(reason);
    let says = |words: &[&str]| words.iter().any(|word| reason.to_lowercase().contains(word));
    if says(&["unauthorized", "no basic auth credentials", "authentication required", "denied"]) || has_status(reason, &["401", "403"]) {
        error.help(format!("log in to the registry: `docker login {host}`; and check that this user may write there"))
    } else if says(&["too many requests", "toomanyrequests"]) || has_status(reason, &["429"]) {
        error.help(format!(
            "{host} wants fewer requests: wait a minute and run it again, or log in, which often allows more: `docker login {host}`"
        ))
    } else if says(&["500 internal", "502 bad", "503 service", "504 gateway", "internal server error", "status: 5"]) {
        error.help(format!("{host} has trouble of its own: run it again later; its log says more. What is there already is not sent again"))
    } else if says(&["connection refused"]) {
        error.help(format!("nothing listens at {host}: is the registry started, is the port right?"))
    } else if says(&["no such host", "lookup"]) {
        error.help(format!("there is no machine called {host}: check the name, and the name server of the engine's machine"))
    } else if says(&["server gave http response to https client"]) {
        error.help(format!("{host} speaks plain HTTP: add it to `insecure-registries` of the engine's daemon.json"))
    } else if says(&["certificate"]) {
        error.help(format!("the engine does not trust {host}: put its CA into /etc/docker/certs.d/{host}/ca.crt on the engine's machine"))
    } else {
        error
    }
}

/// Whether one of these numbers stands in the text by itself: not within a port or a digest, and not as a tag.
fn has_status(text: &str, numbers: &[&str]) -> bool {
    text.split([' ', ',', ';', '(', ')', '[', ']']).any(|word| numbers.contains(&word.trim_end_matches([':', '.'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_no_status() {
        let help = |reason: &str| of_registry(reason, "push it", &Reference::parse("localhost:40375/base:1")).problems[0].help.join("\n");
        let busy = "pulling from host localhost:40375 failed with status code [manifests 1]: 429 Too Many Requests";
        assert!(help(busy).contains(" wants fewer requests: "), "{}", help(busy));
        assert!(
            help("unexpected status from HEAD request to http://localhost:40375/v2/base:403: 500 Internal Server Error")
                .contains("trouble")
        );
        for refused in ["unexpected HTTP status: 403 Forbidden", "status code [manifests 1]: 401 Unauthorized", "received 403: go away"] {
            assert!(help(refused).starts_with("log in to the registry: "), "{refused}");
        }
    }
}
