//! Which files have which content: an index of size, times and inode as git keeps one, so that
//! unchanged files are not read again.

use std::collections::{BTreeMap, HashMap};
use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::state::write_state;
use crate::report::Result;

/// The first record of an index; another one means another format, and the index is made anew.
const MAGIC: &str = "instep index 2";

/// Times of files tick at most this coarsely (10 ms: a kernel with 100 ticks a second).
const TICK: i128 = 10_000_000;
/// How much of a file is read at once.
const PIECE: usize = 64 * 1024;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Stat {
    size: u64,
    modified: i128,
    changed: i128,
    inode: u64,
}

/// Files with their content's hash, and what else was so when they were looked at.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// When the look began, in nanoseconds since 1970.
    looked: i128,
    /// What else decides, by what a person calls it.
    pub parts: BTreeMap<String, String>,
    files: HashMap<PathBuf, (Stat, String)>,
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
        write_state(file, &self.bytes())
    }

    /// Adds a file under a name: by what `old` knows of it when it did not change since, else by reading
    /// it. Gives its hash, with `mark` behind it (what changes the mark must change a time of the file).
    ///
    /// # Errors
    /// A file that can't be read.
    pub fn add(&mut self, name: PathBuf, path: &Path, meta: &Metadata, mark: &str, old: Option<&Self>) -> io::Result<String> {
        let stat = Stat::of(meta);
        let hash = if let Some(hash) = old.and_then(|old| old.trusted(&name, &stat)) {
            hash.to_owned()
        } else {
            self.read += 1;
            hash(path)? + mark
        };
        self.files.insert(name, (stat, hash.clone()));
        Ok(hash)
    }

    /// Adds something that has no content worth reading, as a link.
    pub fn note(&mut self, name: PathBuf, meta: &Metadata, word: String) {
        self.files.insert(name, (Stat::of(meta), word));
    }

    /// The hash of a file.
    pub fn hash(&self, name: &Path) -> Option<&str> {
        self.files.get(name).map(|(_, hash)| hash.as_str())
    }

    /// Whether files were read that the next look need not read.
    pub fn learned(&self) -> bool {
        self.read > 0
    }

    /// The hash of an unchanged file. A file as young as the look may have changed right behind it, unseen
    /// by its times: it is read again (git's "racy" rule, Documentation/technical/racy-git.txt).
    fn trusted(&self, name: &Path, stat: &Stat) -> Option<&str> {
        let (old, hash) = self.files.get(name)?;
        let young = stat.modified.max(stat.changed) + TICK >= self.looked;
        (old == stat && !young).then_some(hash)
    }

    /// The files that are new, gone or of another content than in `old`, sorted.
    pub fn changed<'a>(&'a self, old: &'a Self) -> Vec<&'a Path> {
        let mut changed: Vec<&Path> = self
            .files
            .iter()
            .filter(|(name, (_, hash))| old.files.get(*name).is_none_or(|(_, known)| known != hash))
            .map(|(name, _)| name.as_path())
            .chain(old.files.keys().filter(|name| !self.files.contains_key(*name)).map(PathBuf::as_path))
            .collect();
        changed.sort_unstable();
        changed
    }

    /// Records end with a NUL: no path can hold one.
    fn bytes(&self) -> Vec<u8> {
        let mut out = format!("{MAGIC}\0{} {} {}\0", self.looked, self.parts.len(), self.files.len()).into_bytes();
        for (name, value) in &self.parts {
            out.extend(format!("{value} {name}\0").into_bytes());
        }
        for (path, (stat, hash)) in &self.files {
            out.extend(format!("{} {} {} {} {hash} ", stat.size, stat.modified, stat.changed, stat.inode).into_bytes());
            out.extend(path.as_os_str().as_bytes());
            out.push(0);
        }
        out
    }

    /// None for anything that is not a whole index.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut records = bytes.strip_suffix(b"\0")?.split(|&byte| byte == 0);
        (records.next()? == MAGIC.as_bytes()).then_some(())?;
        let head = std::str::from_utf8(records.next()?).ok()?;
        let [looked, parts, count] = head.split(' ').collect::<Vec<_>>().try_into().ok()?;
        let mut index = Self { looked: looked.parse().ok()?, ..Self::default() };
        for _ in 0..parts.parse::<usize>().ok()? {
            let (value, name) = std::str::from_utf8(records.next()?).ok()?.split_once(' ')?;
            index.parts.insert(name.to_owned(), value.to_owned());
        }
        for record in records {
            let mut parts = record.splitn(6, |&byte| byte == b' ');
            let mut text = || std::str::from_utf8(parts.next()?).ok();
            let stat = Stat {
                size: text()?.parse().ok()?,
                modified: text()?.parse().ok()?,
                changed: text()?.parse().ok()?,
                inode: text()?.parse().ok()?,
            };
            let hash = text()?.to_owned();
            index.files.insert(PathBuf::from(std::ffi::OsStr::from_bytes(parts.next()?)), (stat, hash));
        }
        (index.files.len() == count.parse::<usize>().ok()?).then_some(index)
    }
}

impl Stat {
    fn of(meta: &Metadata) -> Self {
        let time = |seconds: i64, nanos: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
        Self {
            size: meta.len(),
            modified: time(meta.mtime(), meta.mtime_nsec()),
            changed: time(meta.ctime(), meta.ctime_nsec()),
            inode: meta.ino(),
        }
    }
}

fn hash(path: &Path) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    let (mut file, mut piece) = (File::open(path)?, vec![0; PIECE]);
    loop {
        match file.read(&mut piece)? {
            0 => break,
            n => hasher.update(&piece[..n]),
        };
    }
    Ok(hasher.finalize().to_hex().to_string())
}

fn now() -> i128 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos().cast_signed())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_truncated_or_garbled_index_is_not_believed() {
        let mut index = Index { looked: 5, ..Index::default() };
        index.parts.insert("the b".into(), "v".into());
        index.files.insert("a b\nc".into(), (Stat { size: 1, modified: 2, changed: 3, inode: 4 }, "h".into()));
        index.files.insert("d".into(), (Stat { size: 1, modified: 2, changed: 3, inode: 4 }, "h".into()));
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
        let look = |looked: i128, old: Option<&Index>| {
            let mut index = Index { looked, ..Index::default() };
            index.add("f".into(), &path, &meta, "", old).expect("a hash");
            index
        };
        let young = look(Stat::of(&meta).modified + TICK / 2, None);
        let later = look(Stat::of(&meta).modified + 10 * TICK, None);
        // The same size and, as far as `meta` says, the same times.
        std::fs::write(&path, "two").expect("a file");
        assert!(look(now(), Some(&young)).changed(&young).len() == 1 && look(now(), Some(&young)).learned());
        assert!(!look(now(), Some(&later)).learned(), "trusted by its times");
    }

    fn index() -> impl Strategy<Value = Index> {
        let file = (any::<(u64, i64, i64, u64)>(), "[0-9a-f]{64}").prop_map(|((size, modified, changed, inode), hash)| {
            (Stat { size, modified: modified.into(), changed: changed.into(), inode }, hash)
        });
        let files = prop::collection::hash_map("[^\0]{1,12}".prop_map(PathBuf::from), file, 0..5);
        let parts = prop::collection::btree_map("[^\0]{1,12}", "[0-9a-f]{64}", 0..3);
        (any::<i64>(), parts, files).prop_map(|(looked, parts, files)| Index { looked: looked.into(), parts, files, read: 0 })
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
        fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..80), index in index(), at in any::<prop::sample::Index>()) {
            let _ = Index::parse(&bytes);
            let whole = index.bytes();
            let at = at.index(whole.len());
            let _ = Index::parse(&[&whole[..at], &bytes, &whole[at..]].concat());
        }
    }
}
