//! The one HTTP client: a plain function outwards, a runtime of one thread inside.

use std::cell::Cell;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::{Either, select};
use http_body_util::{BodyExt as _, Full};
use hyper::http::request::Builder;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use tokio::runtime::Runtime;
use tokio::sync::Notify;

use super::fault::Fault;
use crate::process::{self, cancel};
use crate::report::{Error, Kind, Result};

/// More of an answer is not read.
pub(super) const BODY_LIMIT: usize = 1024 * 1024;
const HEADER_LIMIT: usize = 256 * 1024;
const HEADER_LINES: usize = 200;

/// A request.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method.
    pub method: &'a str,
    /// The whole URL.
    pub url: &'a str,
    /// Headers.
    pub headers: &'a [(String, String)],
    /// The body.
    pub body: Option<&'a str>,
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
    /// From the first byte sent to the last byte read.
    pub latency: Duration,
}

/// A client that keeps its connections.
pub struct Client {
    runtime: Option<Runtime>,
    inner: legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Client {
    /// A client; the machine's CA certificates are read only for TLS.
    ///
    /// # Errors
    /// Exit code 7 when TLS is wanted and this machine has no CA certificates.
    pub fn new(tls: bool) -> Result<Self> {
        process::listen_for_signals();
        let broken = |error: std::io::Error| Error::failed(format!("the HTTP client can't start: {error}"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(broken)?;
        let connector = HttpsConnectorBuilder::new().with_tls_config(tls_config(tls)?).https_or_http().enable_http1().build();
        let inner =
            legacy::Client::builder(TokioExecutor::new()).http1_max_buf_size(HEADER_LIMIT).http1_max_headers(HEADER_LINES).build(connector);
        Ok(Self { runtime: Some(runtime), inner })
    }

    /// Sends a request and reads the answer. Redirects are not followed.
    ///
    /// # Errors
    /// Only when we are asked to stop; why no answer came is a value.
    pub fn send(&self, request: Request<'_>) -> Result<std::result::Result<Answer, Fault>> {
        cancel::check()?;
        let stop = Arc::new(Notify::new());
        let listener = Arc::clone(&stop);
        let _guard = cancel::listen(move || listener.notify_one());
        let Some(runtime) = &self.runtime else { return Ok(Err(Fault::Closed)) };
        let waits_for = Cell::new("no answer");
        let outcome = runtime.block_on(async {
            let answer = tokio::time::timeout(request.timeout, self.exchange(request, &waits_for));
            match select(pin!(answer), pin!(stop.notified())).await {
                Either::Left((Ok(answer), _)) => Some(answer),
                Either::Left((Err(_), _)) => Some(Err(Fault::TimedOut(waits_for.get()))),
                Either::Right(_) => None,
            }
        });
        cancel::check()?;
        Ok(outcome.unwrap_or(Err(Fault::Closed)))
    }

    async fn exchange(&self, request: Request<'_>, waits_for: &Cell<&'static str>) -> std::result::Result<Answer, Fault> {
        let mut builder = Builder::new().method(request.method).uri(request.url);
        for (name, value) in defaults(request.headers) {
            builder = builder.header(name, value);
        }
        let body = Full::new(Bytes::copy_from_slice(request.body.unwrap_or_default().as_bytes()));
        let built = builder.body(body).map_err(|error| Fault::Broken(format!("the request can't be sent: {error}")))?;
        let begin = Instant::now();
        let response = self.inner.request(built).await.map_err(|error| Fault::of(&error))?;
        waits_for.set("the body did not end");
        let (head, body) = response.into_parts();
        let headers = head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), lossy(value.as_bytes()))).collect();
        let (body, cut) = read(body).await?;
        Ok(Answer { status: head.status.as_u16(), headers, body, cut, latency: begin.elapsed() })
    }
}

impl Drop for Client {
    /// A look-up of a name can't be cancelled; it is left behind instead of waited for.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
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

fn tls_config(used: bool) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    if used {
        let found = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(found.certs);
        if roots.is_empty() {
            let why = found.errors.first().map(ToString::to_string);
            let error = Error::new(Kind::Missing, "this machine has no CA certificates, so no https:// can be checked");
            let error = why.into_iter().fold(error, Error::note);
            return Err(error.help("install them (Debian: apt-get install ca-certificates), or name a file in SSL_CERT_FILE"));
        }
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| Error::failed(format!("TLS can't be set up: {error}")))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
