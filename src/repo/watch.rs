//! Waits for changes of files. The system's events only say when to look; two looks, compared, say what
//! changed: however an editor writes, whatever was created or deleted on the way, and also when events
//! were lost.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{ErrorKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::selection::{Selected, Selection, Snapshot};
use crate::process::cancel;
use crate::report::{Error, Result};

/// After so much silence a save is taken for complete: editors write a file in several steps.
const QUIET: Duration = Duration::from_millis(20);
/// A look is taken after so much time even if files are written without a pause.
const LONGEST: Duration = Duration::from_millis(200);

/// Files that changed together.
#[derive(Clone, Debug)]
pub struct Change {
    /// When the first of it was noticed.
    pub at: Instant,
    /// What changed, relative to the first root.
    pub files: Vec<PathBuf>,
}

impl Change {
    /// `src/app.py (and 2 more)`.
    pub fn title(&self) -> String {
        let first = self.files.first().map(|file| file.display().to_string()).unwrap_or_default();
        match self.files.len() {
            0 | 1 => first,
            n => format!("{first} (and {} more)", n - 1),
        }
    }
}

/// What arrives from other threads.
enum Told {
    Event(Instant, notify::Result<notify::Event>),
    /// Look whether something else is to be done.
    Wake,
}

/// Watches files.
pub struct Watch {
    selected: Vec<Selected>,
    root: PathBuf,
    watcher: RecommendedWatcher,
    /// The folders that the system tells of.
    watched: BTreeSet<PathBuf>,
    snapshot: Snapshot,
    told: Receiver<Told>,
    tell: Sender<Told>,
    _guard: cancel::Guard,
}

/// Ends a wait from another thread.
#[derive(Clone)]
pub struct Waker(Sender<Told>);

impl Waker {
    /// [`Watch::wait`] returns.
    pub fn wake(&self) {
        // Nobody waits any more.
        let _ = self.0.send(Told::Wake);
    }
}

impl Watch {
    /// Watches from now on.
    ///
    /// # Errors
    /// Exit code 2 for a broken glob, 1 when the system gives no (more) watches.
    pub fn new(selections: &[Selection]) -> Result<Self> {
        let selected = selections.iter().map(Selected::new).collect::<Result<Vec<_>>>()?;
        let root = selections.first().map(|selection| selection.root.clone()).unwrap_or_default();
        let (tell, told) = channel();
        let events = tell.clone();
        let watcher = notify::recommended_watcher(move |event| drop(events.send(Told::Event(Instant::now(), event))))
            .map_err(|error| refused(&error, &root))?;
        let waker = Waker(tell.clone());
        let guard = cancel::listen(move || waker.wake());
        let mut watch =
            Self { selected, root, watcher, watched: BTreeSet::new(), snapshot: Snapshot::default(), told, tell, _guard: guard };
        watch.snapshot = watch.look()?;
        Ok(watch)
    }

    /// Ends a wait from another thread.
    pub fn waker(&self) -> Waker {
        Waker(self.tell.clone())
    }

    /// Waits until files change, or for as long as this; none when nothing did, and when woken.
    ///
    /// # Errors
    /// When we are asked to stop; when the system gives no more watches.
    pub fn wait(&mut self, most: Duration) -> Result<Option<Change>> {
        let end = Instant::now() + most;
        loop {
            cancel::check()?;
            match self.told.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(Told::Event(at, event)) => {
                    let (matters, woken) = self.settle(at, event);
                    let change = if matters { self.compare(at)? } else { None };
                    if change.is_some() || woken {
                        cancel::check()?;
                        return Ok(change);
                    }
                }
                Ok(Told::Wake) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    cancel::check()?;
                    return Ok(None);
                }
            }
        }
    }

    /// What changed since the last look, though the system may not have told of it yet.
    ///
    /// # Errors
    /// When the system gives no more watches.
    pub fn look_again(&mut self) -> Result<Option<Change>> {
        self.compare(Instant::now())
    }

    /// Takes what follows an event closely. Gives whether files that count may have changed, and whether
    /// we were woken.
    fn settle(&mut self, at: Instant, event: notify::Result<notify::Event>) -> (bool, bool) {
        let (mut matters, mut woken) = (self.matters(event), false);
        while matters && !woken {
            let pause = QUIET.min((at + LONGEST).saturating_duration_since(Instant::now()));
            match self.told.recv_timeout(pause) {
                Ok(Told::Event(_, event)) => matters |= self.matters(event),
                Ok(Told::Wake) => woken = true,
                Err(_) => break,
            }
        }
        (matters, woken)
    }

    fn matters(&mut self, event: notify::Result<notify::Event>) -> bool {
        let Ok(event) = event else {
            // Something was lost.
            self.watched.clear();
            return true;
        };
        if event.need_rescan() {
            self.watched.clear();
            return true;
        }
        let read_only = matches!(event.kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write));
        if read_only {
            return false;
        }
        let moved = matches!(event.kind, EventKind::Create(_) | EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)));
        let mut matters = false;
        for path in &event.paths {
            // A folder that went away, or came back as another one, is no longer told of.
            let was_watched = moved && self.watched.remove(path);
            matters |= was_watched || self.selected.iter().any(|selected| selected.may_hold(path));
        }
        matters
    }

    fn compare(&mut self, at: Instant) -> Result<Option<Change>> {
        let now = self.look()?;
        let files = now.since(&self.snapshot);
        self.snapshot = now;
        if files.is_empty() {
            return Ok(None);
        }
        let files = files.iter().map(|file| file.strip_prefix(&self.root).unwrap_or(file).to_owned()).collect();
        Ok(Some(Change { at, files }))
    }

    /// What is there now. A folder is watched before it is looked into, so that nothing is missed in between.
    fn look(&mut self) -> Result<Snapshot> {
        loop {
            let snapshot = Snapshot::of(&self.selected);
            self.watched.retain(|dir| snapshot.dirs.contains(dir));
            let new: Vec<PathBuf> = snapshot.dirs.difference(&self.watched).cloned().collect();
            if new.is_empty() {
                return Ok(snapshot);
            }
            for dir in new {
                match self.watcher.watch(&dir, RecursiveMode::NonRecursive) {
                    Ok(()) => drop(self.watched.insert(dir)),
                    // It is gone again, which its parent tells.
                    Err(_) if !dir.is_dir() => {}
                    // What we may not read is not ours to watch.
                    Err(error) if is_forbidden(&error) => drop(self.watched.insert(dir)),
                    Err(error) => return Err(refused(&error, &dir)),
                }
            }
        }
    }
}

fn is_forbidden(error: &notify::Error) -> bool {
    matches!(&error.kind, ErrorKind::Io(fault) if fault.kind() == std::io::ErrorKind::PermissionDenied)
}

/// The limits of inotify(7) are the usual reasons.
fn refused(error: &notify::Error, dir: &Path) -> Error {
    let limit = match &error.kind {
        ErrorKind::MaxFilesWatch => Some("fs.inotify.max_user_watches=524288"),
        ErrorKind::Io(fault) if fault.raw_os_error() == Some(rustix::io::Errno::MFILE.raw_os_error()) => {
            Some("fs.inotify.max_user_instances=512")
        }
        _ => None,
    };
    match limit {
        Some(limit) => Error::failed(format!("can't watch {}: this system's limit of watches is reached", dir.display()))
            .help(format!("raise it with `sudo sysctl {limit}`, or name fewer folders")),
        None => Error::failed(format!("can't watch {}: {error}", dir.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "what is watched is written by others")]
    fn what_the_system_has_not_told_of_yet_is_seen() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("a.txt");
        std::fs::write(&file, "one").expect("a file");
        let selection = Selection { root: dir.path().to_owned(), globs: vec!["*.txt".to_owned()], except: Vec::new() };
        let mut watch = Watch::new(&[selection]).expect("a watch");
        assert!(watch.look_again().expect("a look").is_none());
        std::fs::write(&file, "another").expect("a file");
        let change = watch.look_again().expect("a look").expect("a change");
        assert_eq!(change.files, [PathBuf::from("a.txt")]);
        assert!(watch.wait(Duration::from_millis(300)).expect("a wait").is_none(), "it is told once");
    }
}
