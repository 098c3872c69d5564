//! BuildKit's session: while it builds, the engine calls back and asks for files, credentials and
//! secrets (moby/buildkit, session/grpc.go). gRPC over HTTP/2 over one upgraded connection; the few
//! services are answered here by hand, which costs two crates instead of sixty.

mod answers;
mod files;
mod folder;
mod grpc;
mod listed;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};

use bollard::errors::Error as Fault;
use bytes::Bytes;
use h2::RecvStream;
use h2::server::SendResponse;
use http_body_util::Empty;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::task::JoinHandle;

use super::context::Context;
use super::way::Way;
use super::wire;
use crate::repo::Index;
use crate::report::Error;

/// What the engine may ask for.
#[derive(Debug, Default)]
pub struct Offer {
    /// The folder that `COPY` sees.
    pub context: Option<Context>,
    /// The Dockerfile and its ignore file, by name.
    pub dockerfiles: BTreeMap<String, Vec<u8>>,
    /// The hashes of the context's files.
    pub index: Option<Arc<Index>>,
    /// No file is younger, in seconds since 1970.
    pub latest: Option<i64>,
    /// Secrets, by id.
    pub secrets: BTreeMap<String, Vec<u8>>,
    /// Bytes of the context that were sent.
    pub sent: AtomicU64,
    /// What went wrong here while the engine was served: the cause of what it complains of.
    pub trouble: Mutex<Option<Error>>,
}

impl Offer {
    fn complain(&self, error: Error) {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    /// Takes what went wrong.
    pub fn trouble(&self) -> Option<Error> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A session that serves the engine until it is dropped.
#[derive(Debug)]
pub struct Session {
    /// Its id, for the build.
    pub id: String,
    task: JoinHandle<()>,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The engine asks for each file in a frame of its own, which h2 takes for an attack after some hundred.
const SMALL_FRAMES: usize = 1 << 30;

/// The methods that are served.
const METHODS: [&str; 4] = [answers::HEALTH, answers::CREDENTIALS, answers::SECRET, files::DIFF_COPY];

impl Session {
    /// Opens a session at an engine. A build of the same `shared` key gets only the files that
    /// changed since the last one.
    pub async fn open(way: &Way, shared: &str, offer: Arc<Offer>) -> Result<Self, Fault> {
        let id = unique();
        let mut request = Request::post("/session")
            .header("Connection", "Upgrade")
            .header("Upgrade", "h2c")
            .header("X-Docker-Expose-Session-Uuid", &id)
            .header("X-Docker-Expose-Session-Name", "instep")
            .header("X-Docker-Expose-Session-Sharedkey", shared);
        for method in METHODS {
            request = request.header("X-Docker-Expose-Session-Grpc-Method", method);
        }
        let request = request.body(Empty::<Bytes>::new()).map_err(|error| Fault::DockerStreamError { error: error.to_string() })?;
        let response = wire::send(way, request).await?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            let message = "the engine offers no sessions".to_owned();
            return Err(Fault::DockerResponseServerError { status_code: response.status().as_u16(), message });
        }
        let connection = hyper::upgrade::on(response).await?;
        let serving = async move {
            let mut builder = h2::server::Builder::new();
            builder.data_frame_budget(SMALL_FRAMES);
            let Ok(mut server) = builder.handshake::<_, Bytes>(TokioIo::new(connection)).await else { return };
            while let Some(Ok((request, respond))) = server.accept().await {
                let offer = offer.clone();
                tokio::spawn(async move { drop(serve(request, respond, &offer).await) });
            }
        };
        Ok(Self { id, task: tokio::spawn(serving) })
    }
}

async fn serve(request: Request<RecvStream>, mut respond: SendResponse<Bytes>, offer: &Arc<Offer>) -> Result<(), h2::Error> {
    let path = request.uri().path().to_owned();
    if path == files::DIFF_COPY {
        return files::serve(request, &mut respond, offer).await;
    }
    let message = grpc::unary(request.into_body()).await?;
    match answers::answer(&path, &message, offer) {
        Ok(answer) => grpc::reply(&mut respond, answer.as_bytes()).await,
        Err((code, message)) => grpc::refuse(&mut respond, code, &message),
    }
}

/// A word that no other session has.
fn unique() -> String {
    let time = crate::report::clock::since_1970().as_nanos();
    let seed = format!("{time} {} {:?}", std::process::id(), std::thread::current().id());
    blake3::hash(seed.as_bytes()).to_hex().chars().take(25).collect()
}
