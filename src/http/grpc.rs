//! gRPC's health question: one unary call over HTTP/2, its two messages of one field each written by hand
//! (<https://github.com/grpc/grpc/blob/master/doc/health-checking.md>).

use bytes::{BufMut as _, Bytes, BytesMut};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};

use super::connect::connect;
use super::fault::Fault;
use super::tls::Tls;

/// Answers are a few bytes; more is a lie.
const LIMIT: usize = 64 * 1024;

/// What the server says of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// SERVING.
    Serving,
    /// Something else, in its own word.
    Not(String),
}

/// Asks whether a service serves; the empty name is the whole server.
///
/// # Errors
/// Why there was no answer.
pub async fn health(host: &str, port: u16, service: &str, tls: Option<&Tls>) -> Result<Health, Fault> {
    let stream = connect(host, port, tls, &[b"h2"]).await?;
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.map_err(|error| not_h2(&error))?;
    let driver = tokio::spawn(connection);
    let scheme = if tls.is_some() { "https" } else { "http" };
    let request = hyper::Request::post(format!("{scheme}://{host}:{port}/grpc.health.v1.Health/Check"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(Full::new(question(service)))
        .map_err(|error| Fault::Broken(format!("the request can't be sent: {error}")))?;
    let outcome = async {
        let response = sender.send_request(request).await.map_err(|error| not_h2(&error))?;
        answer(response).await
    };
    let outcome = outcome.await;
    driver.abort();
    outcome
}

fn not_h2(error: &hyper::Error) -> Fault {
    match Fault::of(error) {
        Fault::Broken(why) => Fault::Broken(format!("it does not speak gRPC (HTTP/2): {why}")),
        other => other,
    }
}

/// Not compressed, the length, and field 1 as a string.
fn question(service: &str) -> Bytes {
    let mut message = BytesMut::new();
    if !service.is_empty() {
        message.put_u8(0x0a);
        varint(service.len(), &mut message);
        message.extend_from_slice(service.as_bytes());
    }
    let mut framed = BytesMut::new();
    framed.put_u8(0);
    framed.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
    framed.extend_from_slice(&message);
    framed.freeze()
}

fn varint(mut n: usize, out: &mut BytesMut) {
    while n >= 0x80 {
        out.put_u8((n & 0x7f) as u8 | 0x80);
        n >>= 7;
    }
    out.put_u8(n as u8);
}

async fn answer(response: hyper::Response<hyper::body::Incoming>) -> Result<Health, Fault> {
    let (head, mut body) = response.into_parts();
    if head.status != 200 {
        return Err(Fault::Broken(format!("it does not speak gRPC: it answers {}", head.status)));
    }
    let mut trailers = head.headers;
    let mut message = BytesMut::new();
    while let Some(frame) = body.frame().await {
        match frame.map_err(|error| not_h2(&error))?.into_data() {
            Ok(data) if message.len() + data.len() <= LIMIT => message.extend_from_slice(&data),
            Ok(_) => return Err(Fault::Broken("the answer is larger than any health answer".into())),
            Err(frame) => trailers.extend(frame.into_trailers().unwrap_or_default()),
        }
    }
    let text = |name: &str| trailers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    match text("grpc-status").as_deref() {
        Some("0") => status(&message),
        // https://grpc.io/docs/guides/status-codes
        Some("5") => Ok(Health::Not("the server does not know this service".into())),
        Some("12") => Ok(Health::Not("the server has no health service".into())),
        Some("14") => Ok(Health::Not("UNAVAILABLE".into())),
        Some(code) => Ok(Health::Not(format!("status {code} {}", text("grpc-message").unwrap_or_default()).trim().to_owned())),
        None => Err(Fault::Broken("it does not speak gRPC: the answer has no grpc-status".into())),
    }
}

/// Field 1 of HealthCheckResponse.
fn status(framed: &[u8]) -> Result<Health, Fault> {
    match framed {
        [0, _, _, _, _, 0x08, 1, ..] => Ok(Health::Serving),
        [0, _, _, _, _] | [0, _, _, _, _, 0x08, 0, ..] => Ok(Health::Not("UNKNOWN".into())),
        [0, _, _, _, _, 0x08, 2, ..] => Ok(Health::Not("NOT_SERVING".into())),
        [0, _, _, _, _, 0x08, 3, ..] => Ok(Health::Not("SERVICE_UNKNOWN".into())),
        _ => Err(Fault::Broken("the answer is no HealthCheckResponse".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_is_framed() {
        assert_eq!(&question("")[..], [0, 0, 0, 0, 0]);
        assert_eq!(&question("ab")[..], [0, 0, 0, 0, 4, 0x0a, 2, b'a', b'b']);
        let long = question(&"x".repeat(200));
        assert_eq!(long[5..8], [0x0a, 0xc8, 1]);
    }

    #[test]
    fn only_serving_is_serving() {
        assert_eq!(status(&[0, 0, 0, 0, 2, 8, 1]), Ok(Health::Serving));
        assert_eq!(status(&[0, 0, 0, 0, 0]), Ok(Health::Not("UNKNOWN".into())));
        assert!(status(&[1, 2]).is_err() && status(b"hello world").is_err());
    }
}
