//! Which files have which content: an index of size, times and inode as git keeps one, so that
//! unchanged files are not read again.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::disk;
use crate::report::{Result, clock};

/// What an index begins with; anything else means another format, and the index is made anew.
const MAGIC: &[u8] = b"instep index 3\0";

/// Times of files tick at most this coarsely (10 ms: a kernel with 100 ticks a second).
const TICK: i128 = 10_000_000;
/// How much of a file is read at once.
const PIECE: usize = 64 * 1024;

/// The hash of a content.
pub type Hash = [u8; 32];

/// A file as it was when it was looked at. Kept small: a context can have a hundred thousand of them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    /// A hash of its size, times and inode; all zero: not to be trusted.
    stat: [u8; 16],
    hash: Hash,
    mark: u16,
}

/// Files with their content's hash, and what else was so when they were looked at.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// When the look began, in nanoseconds since 1970.
    looked: i128,
    /// What else decides, by what a person calls it: words without spaces.
    pub parts: BTreeMap<String, String>,
    files: HashMap<Box<Path>, Known>,
    /// How many files had to be read.
    read: usize,
}

impl Index {
    /// An index that is filled from now on.
    pub fn begin() -> Self {
        Self { looked: now(), ..Self::default() }
    }

    /// What was kept; none when there is nothing, or nothing whole.
    pub fn load(file: &Path) -> Option<Self> {
        Self::parse(&std::fs::read(file).ok()?)
    }

    /// Keeps it.
    ///
    /// # Errors
    /// A disk that is full or can't be written.
    pub fn save(&self, file: &Path) -> Result<()> {
        disk::write(file, &self.bytes())
    }

    /// Adds a file under a name: by what `old` knows of it when it did not change since, else by reading
    /// it. Gives the hash of its content. `mark` is what else counts, as its mode.
    ///
    /// # Errors
    /// A file that can't be read.
    pub fn add(&mut self, name: &Path, path: &Path, meta: &Metadata, mark: u16, old: Option<&Self>) -> io::Result<Hash> {
        let stat = self.stat(meta);
        let trusted = |known: &&Known| known.stat == stat && stat != [0; 16];
        let hash = if let Some(known) = old.and_then(|old| old.files.get(name)).filter(trusted) {
            known.hash
        } else {
            self.read += 1;
            hash(path)?
        };
        self.files.insert(name.into(), Known { stat, hash, mark });
        Ok(hash)
    }

    /// Adds something that is not read: a link's target, a folder.
    pub fn note(&mut self, name: &Path, word: &[u8], mark: u16) -> Hash {
        let hash = *blake3::hash(word).as_bytes();
        self.files.insert(name.into(), Known { stat: [0; 16], hash, mark });
        hash
    }

    /// The hash of a file.
    pub fn hash(&self, name: &Path) -> Option<&Hash> {
        self.files.get(name).map(|known| &known.hash)
    }

    /// Whether files were read that the next look need not read.
    pub fn learned(&self) -> bool {
        self.read > 0
    }

    /// What tells that a file was not changed: nothing (zeros) for one as young as the look, which may
    /// change right behind it, unseen by its times (git's "racy" rule, Documentation/technical/racy-git.txt).
    fn stat(&self, meta: &Metadata) -> [u8; 16] {
        let time = |seconds: i64, nanos: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
        let (modified, changed) = (time(meta.mtime(), meta.mtime_nsec()), time(meta.ctime(), meta.ctime_nsec()));
        let mut stat = [0; 16];
        if modified.max(changed) + TICK < self.looked {
            let mut hasher = blake3::Hasher::new();
            hasher.update(&meta.len().to_le_bytes()).update(&meta.ino().to_le_bytes());
            hasher.update(&modified.to_le_bytes()).update(&changed.to_le_bytes());
            stat.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        }
        stat
    }

    /// The files that are new, gone or other than in `old`, sorted.
    pub fn changed<'a>(&'a self, old: &'a Self) -> Vec<&'a Path> {
        let same = |known: &Known, was: &Known| (known.hash, known.mark) == (was.hash, was.mark);
        let other = self.files.iter().filter(|(name, known)| !old.files.get(*name).is_some_and(|was| same(known, was)));
        let gone = old.files.keys().filter(|name| !self.files.contains_key(*name));
        let mut changed: Vec<&Path> = other.map(|(name, _)| &**name).chain(gone.map(|name| &**name)).collect();
        changed.sort_unstable();
        changed
    }

    fn bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend(format!("{} {}\0", self.parts.len(), self.files.len()).into_bytes());
        for (name, value) in &self.parts {
            out.extend(format!("{value} {name}\0").into_bytes());
        }
        for (path, known) in &self.files {
            out.extend_from_slice(&known.stat);
            out.extend_from_slice(&known.hash);
            out.extend_from_slice(&known.mark.to_le_bytes());
            // No path can hold a NUL.
            out.extend_from_slice(path.as_os_str().as_bytes());
            out.push(0);
        }
        let sum = checksum(&out);
        out.extend(sum);
        out
    }

    /// None for anything that is not a whole index.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let (bytes, sum) = bytes.split_last_chunk::<8>()?;
        (checksum(bytes) == *sum).then_some(())?;
        let mut rest = bytes.strip_prefix(MAGIC)?;
        let (parts, count) = std::str::from_utf8(take_text(&mut rest)?).ok()?.split_once(' ')?;
        let mut index = Self::default();
        for _ in 0..parts.parse::<usize>().ok()? {
            let (value, name) = std::str::from_utf8(take_text(&mut rest)?).ok()?.split_once(' ')?;
            index.parts.insert(name.to_owned(), value.to_owned());
        }
        while !rest.is_empty() {
            let known = Known { stat: take(&mut rest)?, hash: take(&mut rest)?, mark: u16::from_le_bytes(take(&mut rest)?) };
            index.files.insert(Path::new(OsStr::from_bytes(take_text(&mut rest)?)).into(), known);
        }
        (index.files.len() == count.parse::<usize>().ok()?).then_some(index)
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*taken)
}

/// What stands before the next NUL.
fn take_text<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let end = bytes.iter().position(|&byte| byte == 0)?;
    let text = &bytes[..end];
    *bytes = &bytes[end + 1..];
    Some(text)
}

/// Tells a damaged index from a whole one. Each step is reversible, so a change within one word always
/// changes the sum; it costs one multiplication for eight bytes.
pub fn checksum(bytes: &[u8]) -> [u8; 8] {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let mut sum = bytes.len() as u64;
    for word in words.iter().chain([&last]) {
        sum = (sum ^ u64::from_le_bytes(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    }
    sum.to_le_bytes()
}

fn hash(path: &Path) -> io::Result<Hash> {
    let mut hasher = blake3::Hasher::new();
    let (mut file, mut piece) = (File::open(path)?, vec![0; PIECE]);
    loop {
        match file.read(&mut piece)? {
            0 => break,
            n => hasher.update(&piece[..n]),
        };
    }
    Ok(*hasher.finalize().as_bytes())
}

fn now() -> i128 {
    clock::since_1970().as_nanos().cast_signed()
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test writes its own files")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_truncated_or_garbled_index_is_not_believed() {
        let mut index = Index::default();
        index.parts.insert("the b".into(), "v".into());
        index.note(Path::new("a b\nc"), b"w", 7);
        index.note(Path::new("d"), b"", 0);
        let bytes = index.bytes();
        assert_eq!(Index::parse(&bytes).map(|index| index.files.len()), Some(2));
        for cut in 0..bytes.len() {
            assert!(Index::parse(&bytes[..cut]).is_none(), "cut at {cut}");
        }
        assert!(Index::parse(b"\0\0\0").is_none() && Index::parse(&[255; 40]).is_none());
    }

    #[test]
    fn a_file_as_young_as_the_look_is_read_again() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("f");
        std::fs::write(&path, "one").expect("a file");
        let meta = path.metadata().expect("its times");
        let modified = i128::from(meta.mtime()) * 1_000_000_000 + i128::from(meta.mtime_nsec());
        let look = |looked: i128, old: Option<&Index>| {
            let mut index = Index { looked, ..Index::default() };
            index.add(Path::new("f"), &path, &meta, 0, old).expect("a hash");
            index
        };
        let (young, later) = (look(modified + TICK / 2, None), look(modified + 10 * TICK, None));
        // The same size and, as far as `meta` says, the same times.
        std::fs::write(&path, "two").expect("a file");
        let again = look(modified + 20 * TICK, Some(&young));
        assert!(again.learned() && again.changed(&young).len() == 1);
        assert!(!look(modified + 20 * TICK, Some(&later)).learned(), "trusted by its times");
    }

    fn index() -> impl Strategy<Value = Index> {
        let known = any::<([u8; 16], Hash, u16)>().prop_map(|(stat, hash, mark)| Known { stat, hash, mark });
        let files = prop::collection::hash_map("[^\0]{1,12}".prop_map(|name| Path::new(&name).into()), known, 0..5);
        let parts = prop::collection::btree_map("[^\0]{1,12}", "[0-9a-f]{64}", 0..3);
        (parts, files).prop_map(|(parts, files)| Index { parts, files, ..Index::default() })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

        #[test]
        fn an_index_comes_back_as_it_was_written(index in index()) {
            prop_assert_eq!(Index::parse(&index.bytes()), Some(index));
        }

        #[test]
        fn a_cut_index_is_not_believed(index in index(), cut in any::<prop::sample::Index>()) {
            let bytes = index.bytes();
            prop_assert_eq!(Index::parse(&bytes[..cut.index(bytes.len())]), None);
        }

        #[test]
        fn a_changed_byte_is_never_believed(index in index(), at in any::<prop::sample::Index>(), by in 1..=255u8) {
            let mut bytes = index.bytes();
            let at = at.index(bytes.len());
            bytes[at] ^= by;
            prop_assert_eq!(Index::parse(&bytes), None);
        }

        #[test]
        fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..80), index in index(), at in any::<prop::sample::Index>()) {
            let _ = Index::parse(&bytes);
            let whole = index.bytes();
            let at = at.index(whole.len());
            let _ = Index::parse(&[&whole[..at], &bytes, &whole[at..]].concat());
        }
    }
}
