//! One connection: TCP, or TLS over it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::fault::Fault;
use super::tls::{self, Seen, Tls};

/// An open connection.
#[derive(Debug)]
pub enum Stream {
    /// Plain.
    Tcp(TcpStream),
    /// Encrypted; and the certificate that was shown.
    Tls(Box<TlsStream<TcpStream>>, Seen),
}

/// Connects; with `tls`, shakes hands too and offers these protocols (ALPN).
///
/// # Errors
/// Why there is no connection.
pub async fn connect(host: &str, port: u16, tls: Option<&Tls>, protocols: &[&[u8]]) -> Result<Stream, Fault> {
    let plain_host = host.trim_start_matches('[').trim_end_matches(']');
    // A name that is not known has no kind of its own: the look-up stands apart.
    let found = tokio::net::lookup_host((plain_host, port)).await.map_err(|_| Fault::NoName)?;
    let mut last = Fault::NoName;
    for address in found {
        match TcpStream::connect(address).await {
            Ok(stream) => return encrypt(stream, plain_host, tls, protocols).await,
            Err(error) => last = Fault::of(&error),
        }
    }
    Err(last)
}

async fn encrypt(stream: TcpStream, host: &str, tls: Option<&Tls>, protocols: &[&[u8]]) -> Result<Stream, Fault> {
    stream.set_nodelay(true).map_err(|error| Fault::of(&error))?;
    let Some(tls) = tls else { return Ok(Stream::Tcp(stream)) };
    let (mut config, seen) = tls::config(tls).map_err(|error| Fault::Tls(error.message().to_owned()))?;
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    let name = tls.name.clone().unwrap_or_else(|| host.to_owned());
    let name = ServerName::try_from(name).map_err(|error| Fault::Tls(format!("no certificate can be for this name: {error}")))?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(|error| Fault::of(&error))?;
    Ok(Stream::Tls(Box::new(stream), seen))
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Tls(stream, _) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<std::io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write(cx, buf),
            Self::Tls(stream, _) => Pin::new(stream).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream, _) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream, _) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
