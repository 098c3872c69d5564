//! TLS: whom to trust, under which name, and how long the certificate that came is valid.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use serde::Serialize;

use crate::report::{Error, Kind, Result};

/// What differs from the usual in a TLS connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Tls {
    /// Trust the CA in this file instead of those of the machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
    /// The name that the certificate must be for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Show the certificate in the first file, with the key in the second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own: Option<(PathBuf, PathBuf)>,
    /// Take whatever certificate the server shows.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unchecked: bool,
}

/// The certificate that a server showed last.
#[derive(Clone, Debug, Default)]
pub struct Seen(Arc<Mutex<Option<Vec<u8>>>>);

impl Seen {
    /// How many days it is still valid.
    pub fn days_left(&self) -> Option<i64> {
        days_left(self.0.lock().unwrap_or_else(PoisonError::into_inner).as_deref()?)
    }
}

/// Settings of TLS, and where the server's certificate will be seen.
///
/// # Errors
/// Exit code 7 without CA certificates; exit code 2 for a file that does not hold what it should.
pub fn config(tls: &Tls) -> Result<(ClientConfig, Seen)> {
    let provider = Arc::new(ring::default_provider());
    let broken = |error: String| Error::failed(format!("TLS can't be set up: {error}"));
    let inner = if tls.unchecked {
        None
    } else {
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots(tls)?), Arc::clone(&provider)).build();
        Some(verifier.map_err(|error| broken(error.to_string()))?)
    };
    let seen = Seen::default();
    let witness = Witness { inner, provider: Arc::clone(&provider), seen: seen.clone() };
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| broken(error.to_string()))?.dangerous().with_custom_certificate_verifier(Arc::new(witness));
    let config = match &tls.own {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => {
            let bad = |why: String| Error::usage(format!("{} can't be used: {why}", certificate.display()));
            builder.with_client_auth_cert(chain(certificate)?, private(key)?).map_err(|error| bad(error.to_string()))?
        }
    };
    Ok((config, seen))
}

fn chain(file: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let bad = |why: String| Error::usage(format!("{} holds no certificate: {why}", file.display()));
    let found = CertificateDer::pem_file_iter(file).map_err(|error| bad(error.to_string()))?;
    found.collect::<std::result::Result<_, _>>().map_err(|error| bad(error.to_string()))
}

fn private(file: &Path) -> Result<PrivateKeyDer<'static>> {
    PrivateKeyDer::from_pem_file(file).map_err(|error| Error::usage(format!("{} holds no private key: {error}", file.display())))
}

/// Settings for connections that never speak TLS: nothing of the machine is read.
pub(super) fn none() -> Result<ClientConfig> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| Error::failed(format!("TLS can't be set up: {error}")))?;
    Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

fn roots(tls: &Tls) -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    if let Some(file) = &tls.ca {
        let bad = |why: String| Error::usage(format!("{} holds no CA certificate: {why}", file.display()));
        let found = CertificateDer::pem_file_iter(file).map_err(|error| bad(error.to_string()))?;
        roots.add_parsable_certificates(found.flatten());
        return if roots.is_empty() { Err(bad("none in PEM form was found".into())) } else { Ok(roots) };
    }
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        let why = found.errors.first().map(ToString::to_string);
        let error = Error::new(Kind::Missing, "this machine has no CA certificates, so no https:// can be checked");
        let error = why.into_iter().fold(error, Error::note);
        return Err(error.help("install them (Debian: apt-get install ca-certificates), or name a file in SSL_CERT_FILE"));
    }
    Ok(roots)
}

/// Verifies as rustls does, when it is asked to, and remembers what it saw.
#[derive(Debug)]
struct Witness {
    inner: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
    seen: Seen,
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        *self.seen.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(end_entity.to_vec());
        match &self.inner {
            Some(inner) => inner.verify_server_cert(end_entity, intermediates, name, ocsp, now),
            None => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// How many whole days a certificate (DER) is still valid: `notAfter` of RFC 5280, section 4.1.2.5.
pub fn days_left(der: &[u8]) -> Option<i64> {
    let end = not_after(der)?;
    let now = crate::report::clock::timestamp();
    Some((end.as_second() - now.as_second()).div_euclid(86_400))
}

fn not_after(der: &[u8]) -> Option<jiff::Timestamp> {
    let (_, certificate, _) = value(der)?;
    let (_, mut tbs, _) = value(certificate)?;
    if tbs.first() == Some(&0xa0) {
        tbs = value(tbs)?.2;
    }
    // serialNumber, signature, issuer: then validity.
    for _ in 0..3 {
        tbs = value(tbs)?.2;
    }
    let (_, validity, _) = value(tbs)?;
    let (_, _, rest) = value(validity)?;
    let (tag, text, _) = value(rest)?;
    let text = std::str::from_utf8(text).ok()?;
    let (year, rest) = match tag {
        0x17 => {
            let year: i32 = text.get(..2)?.parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, text.get(2..)?)
        }
        0x18 => (text.get(..4)?.parse().ok()?, text.get(4..)?),
        _ => return None,
    };
    let part = |at: usize| rest.get(at..at + 2);
    format!("{year:04}-{}-{}T{}:{}:{}Z", part(0)?, part(2)?, part(4)?, part(6)?, part(8)?).parse().ok()
}

/// One value of DER: its tag, its content, what follows.
fn value(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first - 0x80))?;
            (bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn der_is_read_only_as_far_as_it_goes() {
        assert_eq!(value(&[0x30, 2, 1, 2, 3]), Some((0x30, &[1, 2][..], &[3][..])));
        for bad in [&[][..], &[0x30], &[0x30, 5, 1], &[0x30, 0x85, 1, 1, 1, 1, 1], &[0x30, 0x82, 1]] {
            assert_eq!(value(bad), None, "{bad:?}");
            assert_eq!(days_left(bad), None);
        }
    }
}
