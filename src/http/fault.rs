//! Why no answer came: every class has its own words, and is either passing or final.

use std::error::Error;
use std::io;

use rustls::CertificateError;

/// Why no answer came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nobody listens there.
    Refused,
    /// The connection was reset.
    Reset,
    /// The connection was closed before an answer came.
    Closed,
    /// The time for one try is over; what was waited for.
    TimedOut(&'static str),
    /// The host's name is not known.
    NoName,
    /// There is no way to the host.
    Unreachable(String),
    /// The certificate, or the TLS handshake, is wrong.
    Tls(String),
    /// What came is not HTTP, or lies about itself.
    Broken(String),
}

impl Fault {
    /// What can be there a moment later: it is tried again.
    pub fn passing(&self) -> bool {
        !matches!(self, Self::Tls(_) | Self::Broken(_))
    }

    /// In a word or two, for counting.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Reset => "reset",
            Self::Closed => "closed without an answer",
            Self::TimedOut(_) => "timed out",
            Self::NoName => "name not found",
            Self::Unreachable(_) => "unreachable",
            Self::Tls(_) => "TLS failed",
            Self::Broken(_) => "broken answer",
        }
    }

    /// From what the client says: the innermost cause that is known.
    pub fn of(error: &(dyn Error + 'static)) -> Self {
        let mut broken = None;
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(tls) = error.downcast_ref::<rustls::Error>() {
                return Self::Tls(tls_words(tls));
            }
            if error.to_string() == "dns error" {
                return Self::NoName;
            }
            if let Some(fault) = error.downcast_ref::<hyper::Error>().and_then(of_hyper) {
                broken = Some(fault);
            }
            let io = error.downcast_ref::<io::Error>();
            if let Some(fault) = io.and_then(of_io) {
                return fault;
            }
            // The error inside of an io::Error is not its source, but beside it.
            next = match io.and_then(io::Error::get_ref) {
                Some(inner) => Some(inner),
                None => error.source(),
            };
        }
        broken.unwrap_or_else(|| Self::Broken(innermost(error)))
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused => f.write_str("connection refused: nothing listens there"),
            Self::Reset => f.write_str("connection reset"),
            Self::Closed => f.write_str("connection closed without an answer"),
            Self::TimedOut(what) => write!(f, "timed out: {what}"),
            Self::NoName => f.write_str("the host's name was not found"),
            Self::Unreachable(why) | Self::Tls(why) | Self::Broken(why) => f.write_str(why),
        }
    }
}

fn of_io(error: &io::Error) -> Option<Fault> {
    use io::ErrorKind as Kind;
    Some(match error.kind() {
        Kind::ConnectionRefused => Fault::Refused,
        Kind::ConnectionReset | Kind::BrokenPipe | Kind::ConnectionAborted => Fault::Reset,
        Kind::TimedOut => Fault::TimedOut("no connection"),
        Kind::HostUnreachable | Kind::NetworkUnreachable | Kind::AddrNotAvailable | Kind::NetworkDown => {
            Fault::Unreachable(format!("there is no way to the host: {error}"))
        }
        Kind::UnexpectedEof => Fault::Closed,
        _ => return None,
    })
}

fn of_hyper(error: &hyper::Error) -> Option<Fault> {
    if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
        return Some(Fault::Closed);
    }
    if error.is_parse_version_h2() {
        return Some(Fault::Broken("it speaks HTTP/2 only; checks speak HTTP/1.1".into()));
    }
    if error.is_parse_too_large() {
        return Some(Fault::Broken("the header of the answer is larger than 256 KiB, or has more than 200 lines".into()));
    }
    error.is_parse().then(|| Fault::Broken(format!("what came is not HTTP: {}", innermost(error))))
}

fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

fn tls_words(error: &rustls::Error) -> String {
    use rustls::Error as Tls;
    match error {
        Tls::InvalidCertificate(fault) => certificate_words(fault),
        Tls::InvalidMessage(_) => "it does not speak TLS on this port; is it http:// there?".into(),
        Tls::AlertReceived(alert) => format!("the server refused TLS: {alert:?}"),
        other => format!("TLS failed: {other}"),
    }
}

fn certificate_words(fault: &CertificateError) -> String {
    match fault {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "the certificate has expired".into(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "the certificate is not valid yet".into(),
        CertificateError::UnknownIssuer => {
            "the certificate is of an issuer that this machine does not know; name a file with its CA in SSL_CERT_FILE (for one check: `tls.ca`)"
                .into()
        }
        CertificateError::NotValidForName => "the certificate is for another name".into(),
        CertificateError::NotValidForNameContext { presented, .. } => {
            // Each as `DnsName("example.com")`.
            let names: Vec<&str> = presented.iter().map(|name| name.split('"').nth(1).unwrap_or(name)).collect();
            format!("the certificate is for another name: {}", names.join(", "))
        }
        CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
            "the certificate is a CA's own (self-signed); the server must show one that a CA has signed".into()
        }
        CertificateError::Revoked => "the certificate has been revoked".into(),
        other => format!("the certificate is wrong: {other}"),
    }
}
