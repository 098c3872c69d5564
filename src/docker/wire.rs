//! Requests to the engine: those of bollard, and those that it has no words for, as a build by BuildKit with its
//! session.

use std::time::{Duration, Instant};

use bollard::errors::Error as Fault;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1;
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use serde_json::Value;

use super::way::Way;

/// A request without a body.
pub type Asked = Request<Empty<Bytes>>;

/// Sends a request over a connection of its own, and gives the head of the answer, whatever it is.
pub async fn exchange<B>(way: &Way, mut request: Request<B>) -> Result<Response<Incoming>, Fault>
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let connection = way.open().await?;
    if let Ok(host) = way.host().parse() {
        request.headers_mut().insert(hyper::header::HOST, host);
    }
    if let Some(path) = request.uri().path_and_query().cloned() {
        *request.uri_mut() = Uri::from(path);
    }
    let (mut sender, driver) = http1::handshake(TokioIo::new(connection)).await?;
    tokio::spawn(driver.with_upgrades());
    Ok(sender.send_request(request).await?)
}

/// Sends a request, and gives the head of a good answer.
pub async fn send(way: &Way, request: Asked) -> Result<Response<Incoming>, Fault> {
    let response = exchange(way, request).await?;
    if response.status().is_success() || response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return Ok(response);
    }
    let status_code = response.status().as_u16();
    let body = response.into_body().collect().await?.to_bytes();
    let json: Option<Value> = serde_json::from_slice(&body).ok();
    let message = json.as_ref().and_then(|json| json.get("message")?.as_str());
    let message = message.map_or_else(|| String::from_utf8_lossy(&body).trim().to_owned(), str::to_owned);
    Err(Fault::DockerResponseServerError { status_code, message })
}

/// Reads an answer to its end: a JSON value per line. `tick` is called now and then, also in silence,
/// with the time since the last word; an error of either ends the reading.
pub async fn lines(
    mut body: Incoming,
    every: Duration,
    mut line: impl FnMut(Value) -> Result<(), Fault>,
    mut tick: impl FnMut(Duration) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut rest: Vec<u8> = Vec::new();
    let mut heard = Instant::now();
    loop {
        match tokio::time::timeout(every, body.frame()).await {
            Err(_) => {}
            Ok(None) => return Ok(()),
            Ok(Some(frame)) => {
                rest.extend_from_slice(&frame?.into_data().unwrap_or_default());
                heard = Instant::now();
            }
        }
        while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
            let whole: Vec<u8> = rest.drain(..=end).collect();
            let Ok(value) = serde_json::from_slice::<Value>(&whole) else { continue };
            if let Some(error) = value.get("error").and_then(Value::as_str) {
                return Err(Fault::DockerStreamError { error: error.to_owned() });
            }
            line(value)?;
        }
        tick(heard.elapsed())?;
    }
}

/// `key=value&…`, percent-encoded (RFC 3986).
pub fn query(pairs: &[(&str, String)]) -> String {
    let encode = |text: &str| -> String {
        let byte = |byte: u8| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        };
        text.bytes().map(byte).collect()
    };
    pairs.iter().map(|(key, value)| format!("{key}={}", encode(value))).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    #[test]
    fn values_of_a_query_are_encoded() {
        let query = super::query(&[("t", "r.example.com:5/a:1".into()), ("labels", "{\"a\":\"é &\"}".into())]);
        assert_eq!(query, "t=r.example.com%3A5%2Fa%3A1&labels=%7B%22a%22%3A%22%C3%A9%20%26%22%7D");
    }
}
