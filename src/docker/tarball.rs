//! A tar that one thread writes while another sends it, through a channel that holds little.

use std::fs::Metadata;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use bytes::Bytes;
use tar::{EntryType, Header};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::context::Found;
use crate::report::{Error, Result};

/// The size of a piece, and how many wait to be sent: together the memory that a context takes.
const PIECE: usize = 64 * 1024;
const PIECES: usize = 16;

type Pieces = Receiver<io::Result<Bytes>>;

/// A tar on its way.
pub struct Stream {
    receiver: Arc<Mutex<Pieces>>,
    sent: Arc<AtomicU64>,
    thread: JoinHandle<Result<()>>,
}

impl Stream {
    /// Starts a thread in which `write` fills the tar.
    pub fn of(write: impl FnOnce(&mut Tar) -> Result<()> + Send + 'static) -> Self {
        let (sender, receiver) = channel(PIECES);
        let sent = Arc::new(AtomicU64::new(0));
        let pipe = Pipe { sender, piece: Vec::with_capacity(PIECE), sent: sent.clone() };
        let thread = std::thread::spawn(move || {
            let mut tar = Tar { builder: tar::Builder::new(pipe) };
            match write(&mut tar) {
                // An engine that takes no more says why itself; so does who stopped waiting.
                _ if tar.builder.get_ref().sender.is_closed() => Ok(()),
                Ok(()) => {
                    drop(tar.builder.into_inner().and_then(|mut pipe| pipe.flush()));
                    Ok(())
                }
                Err(error) => {
                    tar.builder.get_mut().break_off();
                    Err(error)
                }
            }
        });
        Self { receiver: Arc::new(Mutex::new(receiver)), sent, thread }
    }

    /// The pieces, for the body of a request.
    pub fn pieces(&self) -> impl futures_util::Stream<Item = io::Result<Bytes>> + Send + 'static {
        let receiver = self.receiver.clone();
        futures_util::stream::poll_fn(move |task| receiver.lock().unwrap_or_else(PoisonError::into_inner).poll_recv(task))
    }

    /// Counts the bytes that have left.
    pub fn counter(&self) -> Arc<AtomicU64> {
        self.sent.clone()
    }

    /// Stops it when it still runs, and gives what the thread met.
    pub fn end(self) -> Result<()> {
        // The body may live on in a connection that nobody serves any more: the thread must not wait for it.
        self.receiver.lock().unwrap_or_else(PoisonError::into_inner).close();
        self.thread.join().unwrap_or_else(|_| Err(Error::failed("the thread that reads the context broke down")))
    }
}

/// Cuts what is written into pieces and hands them over.
struct Pipe {
    sender: Sender<io::Result<Bytes>>,
    piece: Vec<u8>,
    sent: Arc<AtomicU64>,
}

impl Pipe {
    /// Ends the request with an error, so that the engine can't take half a context for a whole one.
    fn break_off(&mut self) {
        self.piece.clear();
        drop(self.sender.blocking_send(Err(io::Error::other("the context could not be read"))));
        // Dropping the builder writes the end of the tar: into the void.
        self.sender = channel(1).0;
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = (PIECE - self.piece.len()).min(bytes.len());
        self.piece.extend_from_slice(&bytes[..room]);
        if self.piece.len() == PIECE {
            self.flush()?;
        }
        Ok(room)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        self.sent.fetch_add(piece.len() as u64, Ordering::Relaxed);
        self.sender.blocking_send(Ok(piece.into())).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}

/// The tar.
pub struct Tar {
    builder: tar::Builder<Pipe>,
}

impl Tar {
    /// Writes a file, a link or a folder, no younger than `latest`.
    pub fn add(&mut self, found: &Found, latest: Option<i64>) -> Result<()> {
        let Found { path, inside, meta } = found;
        let shown = inside.display().to_string();
        if meta.is_dir() {
            return self.put(inside, header(meta, EntryType::Directory, 0, latest), io::empty());
        }
        if meta.is_symlink() {
            let target = std::fs::read_link(path).map_err(|error| unreadable(&shown, &error))?;
            let mut header = header(meta, EntryType::Symlink, 0, latest);
            return self.builder.append_link(&mut header, inside, target).map_err(|error| unreadable(&shown, &error));
        }
        let file = std::fs::File::open(path).map_err(|error| unreadable(&shown, &error))?;
        let size = meta.len();
        // The header has promised this many bytes: a file that grows is cut, one that shrinks is an error.
        let mut exact = Exact { file, left: size };
        self.put(inside, header(meta, EntryType::Regular, size, latest), &mut exact)
    }

    /// Writes a file with this content.
    pub fn bytes(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let mut header = Header::new_gnu();
        header.set_mode(0o644);
        header.set_size(bytes.len() as u64);
        self.put(Path::new(name), header, bytes)
    }

    fn put(&mut self, path: &Path, mut header: Header, data: impl Read) -> Result<()> {
        self.builder.append_data(&mut header, path, data).map_err(|error| unreadable(&path.display().to_string(), &error))
    }
}

struct Exact {
    file: std::fs::File,
    left: u64,
}

impl Read for Exact {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Ok(0);
        }
        let room = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        match self.file.read(&mut buffer[..room])? {
            0 => Err(io::Error::other("it became shorter while it was read")),
            n => {
                self.left -= n as u64;
                Ok(n)
            }
        }
    }
}

/// The header of an entry: the owner is root for every user and machine, the execute bits are kept.
fn header(metadata: &Metadata, kind: EntryType, size: u64, latest: Option<i64>) -> Header {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(metadata.permissions().mode() & 0o7777);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(u64::try_from(latest.map_or(metadata.mtime(), |latest| latest.min(metadata.mtime()))).unwrap_or(0));
    header.set_size(size);
    header
}

/// The error for something that can't be read.
pub fn unreadable(inside: &str, error: &io::Error) -> Error {
    Error::failed(format!("can't read {inside} for the build: {error}"))
        .help("make it readable, or leave it out with a line in .dockerignore")
}
