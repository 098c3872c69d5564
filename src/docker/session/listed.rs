//! What of a folder the engine may ask the content of, by the numbers of the entries it was told. Kept small:
//! a context can have a hundred thousand of them.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use super::folder::{Entry, Source};

/// The entries so far.
#[derive(Debug, Default)]
pub struct Listed {
    /// The names of the files on the disk, one behind the other.
    names: Vec<u8>,
    /// Where the name of each entry ends; without content it has none.
    ends: Vec<u32>,
    own: BTreeMap<usize, Box<[u8]>>,
}

/// The content of an entry.
#[derive(Debug, PartialEq, Eq)]
pub enum Content {
    /// Here.
    Bytes(Box<[u8]>),
    /// In this file of the folder.
    File(PathBuf),
}

impl Listed {
    /// Adds the next entry.
    pub fn add(&mut self, entry: Entry) {
        match entry.source {
            Source::Bytes(bytes) => drop(self.own.insert(self.ends.len(), bytes)),
            Source::File => self.names.extend_from_slice(entry.name.as_os_str().as_bytes()),
            Source::Link(_) | Source::None => {}
        }
        self.ends.push(self.names.len() as u32);
    }

    /// Where the content of an entry is; none for one that has no content, or that was never told.
    pub fn content(&mut self, id: usize) -> Option<Content> {
        if let Some(bytes) = self.own.remove(&id) {
            return Some(Content::Bytes(bytes));
        }
        let end = *self.ends.get(id)? as usize;
        let start = id.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        let name = self.names.get(start..end).filter(|name| !name.is_empty())?;
        Some(Content::File(Path::new(OsStr::from_bytes(name)).to_owned()))
    }
}
