//! Certificates by openssl, and an engine behind TLS.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

use super::World;

const KEY: &str = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";

fn openssl(dir: &Path, args: &str) {
    let output = Command::new("openssl").current_dir(dir).args(args.split(' ')).output().unwrap();
    assert!(output.status.success(), "openssl {args}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Makes a CA: `ca.pem` and `ca.key`.
pub fn ca(dir: &Path) {
    openssl(dir, &format!("req -x509 {KEY} -keyout ca.key -out ca.pem -days 9 -subj /CN=test-ca"));
}

/// Makes `FILE.pem` and `FILE.key` for a name, signed by the CA, valid for so many days.
pub fn certificate(dir: &Path, file: &str, name: &str, days: &str) {
    std::fs::write(dir.join(format!("{file}.ext")), format!("subjectAltName=DNS:{name}\nbasicConstraints=CA:FALSE\n")).unwrap();
    openssl(dir, &format!("req {KEY} -keyout {file}.key -out {file}.csr -subj /CN={name}"));
    let signed = format!("x509 -req -in {file}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out {file}.pem -days {days}");
    openssl(dir, &format!("{signed} -extfile {file}.ext"));
}

/// A web server of openssl's, with a certificate for `name` that ends in `days`, signed by a CA of the
/// test's own; its port, and the file with that CA.
pub fn www(world: &World, name: &str, days: &str) -> (Child, u16, String) {
    let dir = world.root();
    ca(&dir);
    certificate(&dir, "leaf", name, days);
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = world.command("openssl", &dir);
    command.args(["s_server", "-quiet", "-www", "-cert", "leaf.pem", "-key", "leaf.key", "-accept", &format!("127.0.0.1:{port}")]);
    let server = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    super::wait_until("it listens", Duration::from_secs(10), || TcpStream::connect(("127.0.0.1", port)).is_ok());
    (server, port, dir.join("ca.pem").display().to_string())
}

/// The engine behind TLS, for who shows a certificate of the CA in this folder; `localhost:PORT`.
pub fn engine(dir: &Path) -> String {
    ca(dir);
    certificate(dir, "server", "localhost", "9");
    let pem = |name: &str| CertificateDer::from_pem_file(dir.join(name)).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(pem("ca.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().unwrap();
    let key = PrivateKeyDer::from_pem_file(dir.join("server.key")).unwrap();
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_client_cert_verifier(verifier).with_single_cert(vec![pem("server.pem")], key).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let host = format!("localhost:{}", listener.local_addr().unwrap().port());
    std::thread::spawn(move || serve(listener, config));
    host
}

fn serve(listener: TcpListener, config: ServerConfig) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        while let Ok((client, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut client) = acceptor.accept(client).await else { return };
                // As what is made of openssl without care: it can't go on with an earlier session.
                if client.get_ref().1.handshake_kind() != Some(rustls::HandshakeKind::Full) {
                    return;
                }
                let mut engine = tokio::net::UnixStream::connect(super::proxy::ENGINE).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut client, &mut engine).await;
            });
        }
    });
}
