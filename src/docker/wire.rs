//! Requests to the engine that bollard has no words for: a build by BuildKit with its session. The
//! same address, over the same HTTP crate.

use std::path::Path;
use std::time::{Duration, Instant};

use bollard::errors::Error as Fault;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};

use super::endpoint::with_port;

trait Connection: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Connection for T {}

/// A request without a body.
pub type Asked = Request<Empty<Bytes>>;

/// Sends a request over a connection of its own, and gives the head of the answer.
pub async fn send(url: &str, mut request: Asked) -> Result<Response<Incoming>, Fault> {
    let (host, connection) = connect(url).await?;
    if let Ok(host) = host.parse() {
        request.headers_mut().insert(hyper::header::HOST, host);
    }
    let (mut sender, driver) = http1::handshake(TokioIo::new(connection)).await?;
    tokio::spawn(driver.with_upgrades());
    let response = sender.send_request(request).await?;
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

async fn connect(url: &str) -> Result<(String, Box<dyn Connection>), Fault> {
    let io = |err: std::io::Error| Fault::IOError { err };
    if let Some(path) = url.strip_prefix("unix://") {
        let stream = UnixStream::connect(Path::new(path)).await.map_err(io)?;
        return Ok(("docker".to_owned(), Box::new(stream)));
    }
    let address = with_port(url);
    let address = address.split_once("://").map_or(&*address, |(_, rest)| rest);
    let stream = TcpStream::connect(address).await.map_err(io)?;
    stream.set_nodelay(true).map_err(io)?;
    Ok((address.to_owned(), Box::new(stream)))
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
