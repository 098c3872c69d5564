//! The way to an engine: a socket of this machine, TCP, TLS over it, or ssh to the docker program there.

use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bollard::errors::Error as Fault;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::TlsConnector;

use super::endpoint::Endpoint;
use crate::http;
use crate::process::{self, Command, quote};

/// What can be read and written.
pub trait Connection: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Connection for T {}

/// The ports of an engine without and with TLS.
const PORT: u16 = 2375;
const TLS_PORT: u16 = 2376;
/// How long an engine may take to say that it is there; one behind ssh has a longer way.
const PATIENCE: Duration = Duration::from_secs(10);
const SSH_PATIENCE: Duration = Duration::from_secs(40);
/// How long ssh may take to say why it ended.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// How an engine is reached.
pub struct Way {
    kind: Kind,
    /// Where ssh says why it ended.
    words: Mutex<Option<Receiver<String>>>,
}

enum Kind {
    Ssh(Command),
    Tcp(String),
    Tls { address: String, name: ServerName<'static>, connector: TlsConnector },
    Unix(PathBuf),
}

impl Way {
    /// The way to an endpoint.
    ///
    /// # Errors
    /// In words, why there can be none.
    pub fn to(endpoint: &Endpoint) -> Result<Self, String> {
        let (scheme, rest) = endpoint.url.split_once("://").unwrap_or((&endpoint.url, ""));
        let kind = match scheme {
            "unix" => Kind::Unix(rest.into()),
            "tcp" | "http" => match &endpoint.tls {
                Some(tls) => encrypted(rest, tls)?,
                None => Kind::Tcp(with_port(rest, PORT)),
            },
            "ssh" => Kind::Ssh(ssh(rest)?),
            scheme => return Err(format!("instep doesn't speak `{scheme}` to an engine, only unix, tcp and ssh")),
        };
        Ok(Self { kind, words: Mutex::default() })
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn open(&self) -> Result<Box<dyn Connection>, Fault> {
        let broken = |err: io::Error| Fault::IOError { err };
        Ok(match &self.kind {
            Kind::Ssh(command) => Box::new(self.dial(command).map_err(broken)?),
            Kind::Tcp(address) => Box::new(tcp(address).await.map_err(broken)?),
            Kind::Tls { address, name, connector } => {
                let stream = tcp(address).await.map_err(broken)?;
                let shaken = connector.connect(name.clone(), stream).await;
                Box::new(shaken.map_err(|error| broken(io::Error::other(tls_words(&error))))?)
            }
            Kind::Unix(path) => Box::new(UnixStream::connect(path).await.map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => Fault::SocketNotFoundError(path.display().to_string()),
                _ => broken(error),
            })?),
        })
    }

    fn dial(&self, command: &Command) -> io::Result<UnixStream> {
        let (tell, words) = channel();
        let dialled = process::dial(command, move |said| drop(tell.send(said)));
        let stream = dialled.map_err(|error| io::Error::other(error.message().to_owned()))?;
        *self.words.lock().unwrap_or_else(PoisonError::into_inner) = Some(words);
        stream.set_nonblocking(true)?;
        UnixStream::from_std(stream)
    }

    /// Why the connection that was opened last has ended, in the words of the program that carried it.
    pub fn last_words(&self) -> Option<String> {
        let words = self.words.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        words.recv_timeout(LAST_WORDS).ok().filter(|words| !words.is_empty())
    }

    /// How long an engine may take to say that it is there.
    pub fn patience(&self) -> Duration {
        if matches!(self.kind, Kind::Ssh(_)) { SSH_PATIENCE } else { PATIENCE }
    }

    /// What requests call the engine's machine.
    pub fn host(&self) -> &str {
        match &self.kind {
            Kind::Tcp(address) | Kind::Tls { address, .. } => address,
            Kind::Ssh(_) | Kind::Unix(_) => "docker",
        }
    }
}

async fn tcp(address: &str) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn tls_words(error: &io::Error) -> String {
    use rustls::CertificateError::{BadSignature, UnknownIssuer};
    match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        // A bad signature is that of another CA of the same name.
        Some(rustls::Error::InvalidCertificate(BadSignature | UnknownIssuer)) => {
            "its certificate is of no CA that is trusted here".to_owned()
        }
        _ => http::Fault::of(error).to_string(),
    }
}

fn encrypted(rest: &str, tls: &http::Tls) -> Result<Kind, String> {
    if let Some(missing) = tls.ca.as_ref().filter(|file| !file.exists()) {
        return Err(format!("its certificate can't be checked: {} is not there", missing.display()));
    }
    let address = with_port(rest, TLS_PORT);
    let host = address.rsplit_once(':').map_or(&*address, |(host, _)| host).trim_start_matches('[').trim_end_matches(']');
    let name = ServerName::try_from(host.to_owned()).map_err(|error| format!("no certificate can be for {host}: {error}"))?;
    let (config, _) = http::tls_config(tls).map_err(|error| error.message().to_owned())?;
    Ok(Kind::Tls { address, name, connector: TlsConnector::from(Arc::new(config)) })
}

/// The engine's own port where none is written.
fn with_port(rest: &str, port: u16) -> String {
    let rest = rest.trim_end_matches('/');
    let has_port = rest.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    if has_port { rest.to_owned() } else { format!("{rest}:{port}") }
}

/// `[USER@]HOST[:PORT][/SOCKET]`: the docker program over there lends its standard streams (docker/cli,
/// cli/connhelper). Nobody could answer a question of ssh here.
fn ssh(rest: &str) -> Result<Command, String> {
    let (place, socket) = rest.split_once('/').unwrap_or((rest, ""));
    let (user, place) = place.rsplit_once('@').map_or((None, place), |(user, place)| (Some(user), place));
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if port.parse::<u16>().is_ok() => (host, Some(port)),
        _ => (place, None),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    if host.is_empty() || user.is_some_and(|user| user.contains(':')) {
        return Err("it must be ssh://[USER@]HOST[:PORT], without a password".to_owned());
    }
    let mut command = Command::new("ssh", ["-o", "BatchMode=yes", "-o", "ConnectTimeout=30", "-T"]);
    for (option, value) in [("-l", user), ("-p", port)] {
        command = value.map_or(command.clone(), |value| command.args([option, value]));
    }
    command = command.args(["--", host, "docker"]);
    if !socket.is_empty() {
        command = command.args(["--host", &quote(&format!("unix:///{socket}"))]);
    }
    Ok(command.args(["system", "dial-stdio"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_of_the_engine_is_added() {
        assert_eq!(with_port("build", PORT), "build:2375");
        assert_eq!(with_port("build:4000/", PORT), "build:4000");
        assert_eq!(with_port("[::1]", TLS_PORT), "[::1]:2376");
    }

    #[test]
    fn an_address_of_ssh_becomes_its_arguments() {
        let line = |rest: &str| ssh(rest).map(|command| command.line().replace("ssh -o 'BatchMode=yes' -o 'ConnectTimeout=30' -T ", ""));
        assert_eq!(line("build").as_deref(), Ok("-- build docker system dial-stdio"));
        assert_eq!(line("me@build:22/").as_deref(), Ok("-l me -p 22 -- build docker system dial-stdio"));
        assert_eq!(line("[fe80::1]/run/a b.sock").as_deref(), Ok("-- fe80::1 docker --host \"'unix:///run/a b.sock'\" system dial-stdio"));
        assert!(line("").is_err() && line("me:secret@build").is_err());
    }
}
