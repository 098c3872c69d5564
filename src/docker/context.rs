//! The build context: the folder walked in a fixed order, what is ignored left out, streamed as a tar
//! from a thread, so that memory stays small however large it is.

use std::fs::Metadata;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use bytes::Bytes;
use tar::{EntryType, Header};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::ignore::{Ignore, Matched};
use crate::report::{Error, Place, Result};

/// The size of a piece, and how many wait to be sent: together the memory that a context takes.
const PIECE: usize = 64 * 1024;
const PIECES: usize = 16;
/// What instep itself writes while it works; a build must not depend on it.
const OWN: &str = ".instep/state";
/// The name in the tar of a Dockerfile that is not part of the context.
const OUTSIDE: &str = ".dockerfile.instep";

/// What is sent to the engine.
#[derive(Clone, Debug)]
pub struct Context {
    dir: PathBuf,
    ignore: Ignore,
    /// The Dockerfile's name in the tar.
    pub dockerfile: String,
    /// Files that are in the tar in this form, whatever is in the folder.
    own: Vec<(String, Vec<u8>)>,
    /// The Dockerfile and the ignore file: sent even when they are ignored, for the engine to read.
    always: Vec<String>,
}

impl Context {
    /// Reads the ignore file and finds the Dockerfile's place. `NAME.dockerignore` beside the Dockerfile
    /// wins over `.dockerignore`.
    ///
    /// # Errors
    /// Exit code 2 for a folder that is not there and for a broken ignore file.
    pub fn of(dir: &Path, dockerfile: &Path, root: &Path) -> Result<Self> {
        let dir = dir.canonicalize().ok().filter(|dir| dir.is_dir());
        let dir = dir.ok_or_else(|| Error::usage("the context of the build is not a folder").help("see `context` in [image]"))?;
        let beside = dockerfile.with_file_name(format!("{}.dockerignore", name_of(dockerfile)));
        let file = if beside.is_file() { beside } else { dir.join(".dockerignore") };
        let text = if file.is_file() { read(&file)? } else { Vec::new() };
        let text = String::from_utf8_lossy(&text).into_owned();
        let ignore = Ignore::parse(&text)
            .map_err(|fault| broken(file.strip_prefix(root).unwrap_or(&file), &text, fault.line, fault.message))?
            .after(OWN);
        let inside = dockerfile.canonicalize().ok().and_then(|path| Some(path.strip_prefix(&dir).ok()?.to_string_lossy().into_owned()));
        let mut context = Self { always: vec![".dockerignore".into()], dir, ignore, dockerfile: OUTSIDE.into(), own: Vec::new() };
        match inside {
            Some(name) => {
                context.always.push(name.clone());
                context.dockerfile = name;
            }
            None => context.bring(dockerfile)?,
        }
        Ok(context)
    }

    /// A Dockerfile from outside: under a name of its own, which `COPY` must not see. The engine takes
    /// out of the context what `.dockerignore` names, once it has read it.
    fn bring(&mut self, dockerfile: &Path) -> Result<()> {
        let file = self.dir.join(".dockerignore");
        let mut ignore = if file.is_file() { read(&file)? } else { b".dockerignore".to_vec() };
        ignore.extend_from_slice(format!("\n{OUTSIDE}\n").as_bytes());
        self.own = vec![(OUTSIDE.into(), read(dockerfile)?), (".dockerignore".into(), ignore)];
        Ok(())
    }

    /// Starts a thread that makes the tar.
    pub fn stream(self) -> Stream {
        let (sender, receiver) = channel(PIECES);
        let sent = Arc::new(AtomicU64::new(0));
        let pipe = Pipe { sender, piece: Vec::with_capacity(PIECE), sent: sent.clone() };
        Stream { receiver: Some(receiver), sent, thread: std::thread::spawn(move || self.write(pipe)) }
    }

    fn write(&self, pipe: Pipe) -> Result<()> {
        let mut tar = Tar { builder: tar::Builder::new(pipe), pending: Vec::new() };
        let result = self.pack(&mut tar);
        let mut pipe = match result {
            Ok(()) => tar.builder.into_inner().map_err(|error| Error::failed(format!("can't send the context: {error}")))?,
            Err(error) => {
                // The end of the tar is never sent, so that the engine can't take half a context for a whole one.
                tar.builder.get_mut().fail();
                return Err(error);
            }
        };
        drop(pipe.flush());
        Ok(())
    }

    fn pack(&self, tar: &mut Tar) -> Result<()> {
        for (name, bytes) in &self.own {
            tar.bytes(name, bytes)?;
        }
        self.folder(&self.dir, "", &self.ignore.top(), tar)
    }

    fn folder(&self, dir: &Path, inside: &str, above: &Matched, tar: &mut Tar) -> Result<()> {
        let unreadable = |error: &io::Error| unreadable(if inside.is_empty() { "." } else { inside }, error);
        let entries = std::fs::read_dir(dir).map_err(|error| unreadable(&error))?;
        let mut paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>().map_err(|e| unreadable(&e))?;
        paths.sort();
        for path in paths {
            let name = name_of(&path);
            let inside = if inside.is_empty() { name } else { format!("{inside}/{name}") };
            if self.own.iter().any(|(own, _)| *own == inside) {
                continue;
            }
            self.entry(&path, &inside, above, tar)?;
        }
        Ok(())
    }

    fn entry(&self, path: &Path, inside: &str, above: &Matched, tar: &mut Tar) -> Result<()> {
        let (ignored, matched) = self.ignore.look(inside, above);
        let wanted = !ignored || self.always.iter().any(|name| name == inside);
        let may_hold = |folder: &str| self.always.iter().any(|name| name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')));
        let metadata = path.symlink_metadata().map_err(|error| unreadable(inside, &error))?;
        let held = tar.pending.len();
        let relative = path.strip_prefix(&self.dir).unwrap_or(path).to_owned();
        if metadata.is_dir() {
            if ignored && !self.ignore.may_keep_below(inside) && !may_hold(inside) {
                return Ok(());
            }
            tar.pending.push((relative, metadata));
            if wanted {
                tar.folders()?;
            }
            self.folder(path, inside, &matched, tar)?;
            tar.pending.truncate(held);
        } else if wanted {
            tar.folders()?;
            tar.leaf(path, &relative, &metadata)?;
        }
        Ok(())
    }
}

/// A tar on its way.
pub struct Stream {
    receiver: Option<Receiver<io::Result<Bytes>>>,
    sent: Arc<AtomicU64>,
    thread: JoinHandle<Result<()>>,
}

impl Stream {
    /// The pieces, for the body of a request; they can be taken once.
    pub fn pieces(&mut self) -> impl futures_util::Stream<Item = io::Result<Bytes>> + Send + 'static {
        let mut receiver = self.receiver.take();
        futures_util::stream::poll_fn(move |task| match &mut receiver {
            Some(receiver) => receiver.poll_recv(task),
            None => std::task::Poll::Ready(None),
        })
    }

    /// Counts the bytes that have left.
    pub fn counter(&self) -> Arc<AtomicU64> {
        self.sent.clone()
    }

    /// What the thread met, once nothing is taken any more.
    pub fn end(self) -> Result<()> {
        drop(self.receiver);
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
    fn fail(&mut self) {
        drop(self.sender.blocking_send(Err(io::Error::other("the context could not be read"))));
        self.piece.clear();
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

/// The tar, and the folders that are written once something in them is.
struct Tar {
    builder: tar::Builder<Pipe>,
    pending: Vec<(PathBuf, Metadata)>,
}

impl Tar {
    fn folders(&mut self) -> Result<()> {
        for (path, metadata) in std::mem::take(&mut self.pending) {
            self.put(&path, header(&metadata, EntryType::Directory, 0), io::empty())?;
        }
        Ok(())
    }

    fn leaf(&mut self, path: &Path, inside: &Path, metadata: &Metadata) -> Result<()> {
        let shown = inside.display().to_string();
        if metadata.is_symlink() {
            let target = std::fs::read_link(path).map_err(|error| unreadable(&shown, &error))?;
            let mut header = header(metadata, EntryType::Symlink, 0);
            return gone(self.builder.append_link(&mut header, inside, target), &shown);
        }
        // Sockets, pipes and devices have no content that could be sent.
        if !metadata.is_file() {
            return Ok(());
        }
        let file = std::fs::File::open(path).map_err(|error| unreadable(&shown, &error))?;
        let size = metadata.len();
        // The header has promised this many bytes: a file that grows is cut, one that shrinks is an error.
        let mut exact = Exact { file, left: size };
        self.put(inside, header(metadata, EntryType::Regular, size), &mut exact)
    }

    fn bytes(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let mut header = Header::new_gnu();
        header.set_mode(0o644);
        header.set_size(bytes.len() as u64);
        self.put(Path::new(name), header, bytes)
    }

    fn put(&mut self, path: &Path, mut header: Header, data: impl Read) -> Result<()> {
        gone(self.builder.append_data(&mut header, path, data), &path.display().to_string())
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
fn header(metadata: &Metadata, kind: EntryType, size: u64) -> Header {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(metadata.permissions().mode() & 0o7777);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(u64::try_from(metadata.mtime()).unwrap_or(0));
    header.set_size(size);
    header
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn read(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).map_err(|error| Error::usage(format!("can't read {}: {error}", file.display())))
}

/// Nobody takes the tar any more, or a file could not be read.
fn gone(result: io::Result<()>, inside: &str) -> Result<()> {
    result.map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Error::failed("the engine took no more of the context"),
        _ => unreadable(inside, &error),
    })
}

fn unreadable(inside: &str, error: &io::Error) -> Error {
    Error::failed(format!("can't read {inside} for the build: {error}"))
        .help("make it readable, or leave it out with a line in .dockerignore")
}

fn broken(file: &Path, text: &str, line: usize, message: String) -> Error {
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let end = start + text[start..].lines().next().unwrap_or_default().len();
    let place = Place { file: file.display().to_string().into(), text: text.into(), span: start..end, label: String::new() };
    Error::usage(message).at(Some(place))
}
