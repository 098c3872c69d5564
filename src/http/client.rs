//! The one HTTP client: HTTP/1.1, over TLS or not, within limits.

use std::cell::Cell;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::http::request::Builder;
use hyper_rustls::{FixedServerNameResolver, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::ServerName;

use super::fault::Fault;
use super::tls::{self, Seen, Tls};
use crate::report::{Error, Result};

/// More of an answer is not read.
pub const BODY_LIMIT: usize = 1024 * 1024;
const HEADER_LIMIT: usize = 256 * 1024;
const HEADER_LINES: usize = 200;

/// A request.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The method.
    pub method: &'a str,
    /// The whole URL.
    pub url: &'a str,
    /// Headers.
    pub headers: &'a [(String, String)],
    /// The body.
    pub body: Bytes,
    /// For everything from the name's look-up to the last byte.
    pub timeout: Duration,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, in order; what is not UTF-8 is replaced.
    pub headers: Vec<(String, String)>,
    /// The body, as far as it was read.
    pub body: Bytes,
    /// The body was longer than what is read.
    pub cut: bool,
    /// From the begin, the connection included, to the head of the answer.
    pub first_byte: Duration,
    /// From the begin to the last byte read.
    pub latency: Duration,
}

/// A client that keeps its connections. It lives inside of [`super::run`].
pub struct Client {
    inner: legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    seen: Seen,
}

impl Client {
    /// A client; the CA certificates of the machine are read only for TLS.
    ///
    /// # Errors
    /// Exit code 7 when TLS is wanted and this machine has no CA certificates; 2 for a CA file that holds none.
    pub fn new(tls: Option<&Tls>) -> Result<Self> {
        let (config, seen) = match tls {
            Some(tls) => tls::config(tls)?,
            None => (tls::none()?, Seen::default()),
        };
        let builder = HttpsConnectorBuilder::new().with_tls_config(config).https_or_http();
        let name = tls.and_then(|tls| tls.name.clone()).map(ServerName::try_from).transpose();
        let name = name.map_err(|error| Error::usage(format!("no certificate can be for this name: {error}")))?;
        let connector = match name {
            Some(name) => builder.with_server_name_resolver(FixedServerNameResolver::new(name)).enable_http1().build(),
            None => builder.enable_http1().build(),
        };
        let inner =
            legacy::Client::builder(TokioExecutor::new()).http1_max_buf_size(HEADER_LIMIT).http1_max_headers(HEADER_LINES).build(connector);
        Ok(Self { inner, seen })
    }

    /// How many days the certificate of the server is still valid.
    pub fn days_left(&self) -> Option<i64> {
        self.seen.days_left()
    }

    /// Sends a request and reads the answer. Redirects are not followed.
    ///
    /// # Errors
    /// Why no answer came.
    pub async fn send(&self, request: Request<'_>) -> std::result::Result<Answer, Fault> {
        let waits_for = Cell::new("no answer");
        match tokio::time::timeout(request.timeout, self.exchange(request, &waits_for)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Fault::TimedOut(waits_for.get())),
        }
    }

    async fn exchange(&self, request: Request<'_>, waits_for: &Cell<&'static str>) -> std::result::Result<Answer, Fault> {
        let mut builder = Builder::new().method(request.method).uri(request.url);
        for (name, value) in defaults(request.headers) {
            builder = builder.header(name, value);
        }
        let body = Full::new(request.body.clone());
        let built = builder.body(body).map_err(|error| Fault::Broken(format!("the request can't be sent: {error}")))?;
        let begin = Instant::now();
        let response = self.inner.request(built).await.map_err(|error| Fault::of(&error))?;
        let first_byte = begin.elapsed();
        waits_for.set("the body did not end");
        let (head, body) = response.into_parts();
        let headers = head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), lossy(value.as_bytes()))).collect();
        let (body, cut) = read(body).await?;
        Ok(Answer { status: head.status.as_u16(), headers, body, cut, first_byte, latency: begin.elapsed() })
    }
}

async fn read(mut body: hyper::body::Incoming) -> std::result::Result<(Bytes, bool), Fault> {
    let mut read = bytes::BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| match Fault::of(&error) {
            Fault::Closed | Fault::Reset => {
                Fault::Broken(format!("the body broke off after {} bytes, before its announced end", read.len()))
            }
            other => other,
        })?;
        if let Ok(data) = frame.into_data() {
            let room = BODY_LIMIT - read.len();
            read.extend_from_slice(&data[..data.len().min(room)]);
            if data.len() > room {
                return Ok((read.freeze(), true));
            }
        }
    }
    Ok((read.freeze(), false))
}

/// The headers of a request, with those that every request has.
fn defaults(headers: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    let standard = [("accept", "*/*"), ("user-agent", concat!("instep/", env!("CARGO_PKG_VERSION")))];
    let has = |name: &str| headers.iter().any(|(own, _)| own.eq_ignore_ascii_case(name));
    let missing = standard.into_iter().filter(move |(name, _)| !has(name));
    missing.chain(headers.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl Answer {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// All headers of this name.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str()).collect()
    }
}
