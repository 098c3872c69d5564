//! Files for the engine: it gets a list of all there are, and asks for the content of those that it
//! does not have yet (tonistiigi/fsutil, send.go and types/wire.proto).

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::{Bytes, BytesMut};
use h2::server::SendResponse;
use h2::{RecvStream, SendStream};
use hyper::Request;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::super::context::Context;
use super::super::protobuf::{Message, fields};
use super::super::tarball::unreadable;
use super::folder::{self, Asked, Entry};
use super::listed::{Content, Listed};
use super::{Offer, grpc};
use crate::report::{Error, Result};

pub const DIFF_COPY: &str = "/moby.filesync.v1.FileSync/DiffCopy";

/// How much is gathered before it is sent, and the largest piece of a file.
const BATCH: usize = 64 * 1024;
const PIECE: usize = 32 * 1024;
/// How many entries are handed over at once, and how often that waits to be told.
const SOME: usize = 256;
const BATCHES: usize = 4;

/// The kinds of packets.
const STAT: u64 = 0;
const REQUEST: u64 = 1;
const DATA: u64 = 2;
const FINISHED: u64 = 3;
const FAULT: u64 = 4;

/// What the engine says.
enum Said {
    /// It wants the content of this entry.
    Wants(usize),
    /// It has all.
    Finished,
}

/// Serves one folder.
pub async fn serve(request: Request<RecvStream>, respond: &mut SendResponse<Bytes>, offer: &Arc<Offer>) -> Result<(), h2::Error> {
    let asked = Asked::of(request.headers());
    let (listener, said) = unbounded_channel();
    tokio::spawn(listen(request.into_body(), listener));
    if asked.folder != "context" && asked.folder != "dockerfile" {
        return grpc::refuse(respond, grpc::NOT_FOUND, &format!("no access to the folder {}", asked.folder));
    }
    let stream = grpc::begin(respond)?;
    let mut sender =
        Sender { stream, batch: BytesMut::with_capacity(BATCH + PIECE), offer, listed: Listed::default(), piece: vec![0; PIECE] };
    match sender.list(asked).await? {
        Ok(()) => sender.answer(said).await?,
        Err(error) => sender.fault(error).await?,
    }
    grpc::end(&mut sender.stream)
}

/// Looks at a folder and hands over what is there.
fn look(asked: &Asked, offer: &Offer, found: &mpsc::Sender<Result<Vec<Entry>>>) {
    let mut some = Vec::with_capacity(SOME);
    let looked = folder::list(asked, offer, &mut |entry| {
        some.push(entry);
        if some.len() < SOME {
            return Ok(());
        }
        let full = std::mem::replace(&mut some, Vec::with_capacity(SOME));
        found.blocking_send(Ok(full)).map_err(|_| Error::failed("the engine listens no more"))
    });
    drop(found.blocking_send(looked.map(|()| some)));
}

/// Reads what the engine says, however busy the other direction is.
async fn listen(mut body: RecvStream, listener: UnboundedSender<Said>) {
    let mut messages = grpc::Messages::default();
    while let Some(Ok(data)) = body.data().await {
        if body.flow_control().release_capacity(data.len()).is_err() {
            return;
        }
        messages.push(&data);
        while let Some(message) = messages.next() {
            let field = |wanted| fields(&message).find(|(field, _)| *field == wanted).map_or(0, |(_, value)| value.number());
            let said = match field(1) {
                REQUEST => Said::Wants(usize::try_from(field(3)).unwrap_or(usize::MAX)),
                FINISHED => Said::Finished,
                // It complains in its own words, in the answer to the build.
                FAULT => return,
                _ => continue,
            };
            if listener.send(said).is_err() {
                return;
            }
        }
    }
}

struct Sender<'a> {
    stream: SendStream<Bytes>,
    batch: BytesMut,
    offer: &'a Arc<Offer>,
    listed: Listed,
    /// What is read of a file at once.
    piece: Vec<u8>,
}

impl Sender<'_> {
    /// Tells what there is, while another thread looks.
    async fn list(&mut self, asked: Asked) -> Result<Result<()>, h2::Error> {
        let (found, mut batches) = mpsc::channel(BATCHES);
        let offer = self.offer.clone();
        tokio::task::spawn_blocking(move || look(&asked, &offer, &found));
        while let Some(batch) = batches.recv().await {
            let entries = match batch {
                Ok(entries) => entries,
                Err(error) => return Ok(Err(error)),
            };
            for entry in entries {
                self.packet(STAT, None, entry.stat().as_bytes(), &[]).await?;
                self.listed.add(entry);
            }
        }
        self.packet(STAT, None, &[], &[]).await?;
        Ok(Ok(()))
    }

    /// Gives the contents that the engine wants.
    async fn answer(&mut self, mut said: UnboundedReceiver<Said>) -> Result<(), h2::Error> {
        loop {
            // What is gathered goes out before there is a pause.
            let next = if let Ok(next) = said.try_recv() {
                Some(next)
            } else {
                self.flush().await?;
                said.recv().await
            };
            match next {
                Some(Said::Wants(id)) => match self.listed.content(id) {
                    Some(content) => {
                        if let Err(error) = self.content(id, content).await? {
                            return self.fault(error).await;
                        }
                    }
                    None => return Ok(()),
                },
                Some(Said::Finished) => {
                    self.packet(FINISHED, None, &[], &[]).await?;
                    return self.flush().await;
                }
                None => return Ok(()),
            }
        }
    }

    /// The content of a file, and an empty piece as its end.
    async fn content(&mut self, id: usize, content: Content) -> Result<Result<()>, h2::Error> {
        match content {
            Content::Bytes(bytes) => {
                for piece in bytes.chunks(PIECE) {
                    self.packet(DATA, Some(id), &[], piece).await?;
                }
            }
            Content::File(name) => {
                let dir = self.offer.context.as_ref().map_or(Path::new(""), Context::dir);
                if let Err(error) = self.file(id, &dir.join(&name)).await? {
                    return Ok(Err(unreadable(&name.display().to_string(), &error)));
                }
            }
        }
        self.packet(DATA, Some(id), &[], &[]).await?;
        Ok(Ok(()))
    }

    async fn file(&mut self, id: usize, path: &Path) -> Result<std::io::Result<()>, h2::Error> {
        let mut file = match std::fs::File::open(path) {
            Ok(file) => file,
            Err(error) => return Ok(Err(error)),
        };
        let mut piece = std::mem::take(&mut self.piece);
        let read = loop {
            match file.read(&mut piece) {
                Ok(0) => break Ok(()),
                Ok(n) => self.packet(DATA, Some(id), &[], &piece[..n]).await?,
                Err(error) => break Err(error),
            }
        };
        self.piece = piece;
        Ok(read)
    }

    /// Tells both sides what is wrong.
    async fn fault(&mut self, error: Error) -> Result<(), h2::Error> {
        self.packet(FAULT, None, &[], error.message().as_bytes()).await?;
        self.offer.complain(error);
        self.flush().await
    }

    async fn packet(&mut self, kind: u64, id: Option<usize>, stat: &[u8], data: &[u8]) -> Result<(), h2::Error> {
        let mut packet = Message::default();
        packet.number(1, kind);
        packet.bytes(2, stat);
        packet.number(3, id.unwrap_or(0) as u64);
        packet.bytes(4, data);
        grpc::frame(&mut self.batch, packet.as_bytes());
        self.offer.sent.fetch_add(data.len() as u64, Ordering::Relaxed);
        if self.batch.len() >= BATCH { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Result<(), h2::Error> {
        let batch = self.batch.split().freeze();
        grpc::send(&mut self.stream, batch).await
    }
}
