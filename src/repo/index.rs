//! Which files have which content: an index of size, times and inode as git keeps one, so that
//! unchanged files are not read again.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufWriter, Read as _, Write};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use super::disk;
use super::globs::Stat;
use super::records::{Hash, Record, Records, Sum, take, text};
use crate::report::{Result, clock};

/// What an index begins with; anything else means another format, and the index is made anew.
const MAGIC: &[u8; 16] = b"instep index  4\n";
/// Times of files tick at most this coarsely (10 ms: a kernel with 100 ticks a second).
const TICK: i64 = 10_000_000;
/// How much of a file is read at once.
const PIECE: usize = 64 * 1024;

/// Files with their content's hash, and what else was so when they were looked at.
#[derive(Debug, Default)]
pub struct Index {
    /// When the look began, in nanoseconds since 1970.
    looked: i64,
    /// What else decides, by what a person calls it.
    pub parts: BTreeMap<String, String>,
    files: Records,
}

/// An index that was kept. It stays in the form of its file.
#[derive(Debug)]
pub struct Kept {
    looked: i64,
    /// What else decided.
    pub parts: BTreeMap<String, String>,
    files: Records,
    /// Which was found last: whoever asks in order gets the next without a search.
    last: Cell<usize>,
}

/// An index in the making.
#[derive(Debug)]
pub struct Survey<'a> {
    old: Option<&'a Kept>,
    index: Index,
    /// Whether files were read that the next look need not read.
    pub learned: bool,
}

impl<'a> Survey<'a> {
    /// Begins to look; what `old` knows is not read again.
    pub fn begin(old: Option<&'a Kept>) -> Self {
        Self { old, index: Index { looked: now(), ..Index::default() }, learned: false }
    }

    /// Adds a file below a folder; it is read unless it is known and did not change since. Gives the hash of its
    /// content. `mark` is what else counts, as its mode.
    ///
    /// # Errors
    /// A file that can't be read.
    pub fn add(&mut self, folder: &Path, name: &Path, stat: &Stat, mark: u16) -> io::Result<Hash> {
        let hash = if let Some(known) = self.old.and_then(|old| old.trusted(name, stat)) {
            known
        } else {
            self.learned = true;
            hash(&folder.join(name))?
        };
        self.index.put(name, stat, &hash, mark);
        Ok(hash)
    }

    /// Adds something that is not read: a link's target, a folder.
    pub fn note(&mut self, name: &Path, word: &[u8], mark: u16) -> Hash {
        let hash = *blake3::hash(word).as_bytes();
        self.index.put(name, &Stat::default(), &hash, mark);
        hash
    }

    /// All that was found, and what else decides.
    pub fn end(mut self, parts: BTreeMap<String, String>) -> Index {
        self.index.files.sort();
        self.index.parts = parts;
        self.index
    }
}

impl Index {
    /// Keeps it.
    ///
    /// # Errors
    /// A disk that is full or can't be written.
    pub fn save(&self, file: &Path) -> Result<()> {
        disk::write_with(file, |out| self.write(BufWriter::new(out)))
    }

    /// The hash of a file.
    pub fn hash(&self, name: &Path) -> Option<Hash> {
        Some(self.files.at(self.files.search(name.as_os_str().as_bytes())?)?.hash)
    }

    /// The files that are new, gone or other than in `old`, sorted.
    pub fn changed<'a>(&'a self, old: &'a Kept) -> Vec<&'a Path> {
        let mut gone = old.files.iter().peekable();
        let mut changed = Vec::new();
        for file in self.files.iter() {
            while let Some(old) = gone.next_if(|old| old.path < file.path) {
                changed.push(old.path);
            }
            if gone.next_if(|old| old.path == file.path).is_none_or(|old| (old.hash, old.mark) != (file.hash, file.mark)) {
                changed.push(file.path);
            }
        }
        changed.extend(gone.map(|old| old.path));
        changed.into_iter().map(|path| Path::new(OsStr::from_bytes(path))).collect()
    }

    fn put(&mut self, name: &Path, stat: &Stat, hash: &Hash, mark: u16) {
        self.files.push(name.as_os_str().as_bytes(), stat, hash, mark);
    }

    /// The head, the records, and the checksum of all.
    fn write(&self, out: impl Write) -> io::Result<()> {
        let head = self.head();
        let mut out = Sum::begin(out, head.len() + self.files.size());
        out.write_all(&head)?;
        self.files.write(&mut out)?;
        let (mut out, sum) = out.end();
        out.write_all(&sum)?;
        out.flush()
    }

    fn head(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend(self.looked.to_le_bytes());
        out.extend((self.parts.len() as u32).to_le_bytes());
        for text in self.parts.iter().flat_map(|(name, value)| [name, value]) {
            out.extend((text.len() as u32).to_le_bytes());
            out.extend(text.as_bytes());
        }
        out.extend((self.files.len() as u32).to_le_bytes());
        out
    }
}

impl Kept {
    /// What was kept; none when there is nothing, or nothing whole.
    pub fn load(file: &Path) -> Option<Self> {
        Self::parse(std::fs::read(file).ok()?)
    }

    /// None for anything that is not a whole index.
    fn parse(bytes: Vec<u8>) -> Option<Self> {
        let (whole, sum) = bytes.split_last_chunk::<8>()?;
        (Sum::of(whole) == *sum).then_some(())?;
        let mut rest = whole.strip_prefix(MAGIC)?;
        let looked = i64::from_le_bytes(take(&mut rest)?);
        let mut parts = BTreeMap::new();
        for _ in 0..u32::from_le_bytes(take(&mut rest)?) {
            parts.insert(text(&mut rest)?, text(&mut rest)?);
        }
        let count = u32::from_le_bytes(take(&mut rest)?) as usize;
        let (start, end) = (whole.len() - rest.len(), whole.len());
        Some(Self { looked, parts, files: Records::parse(bytes, start, end, count)?, last: Cell::new(0) })
    }

    /// The hash of a file that did not change since. One as young as the look may have changed right behind it, unseen
    /// by its times: it is read again (git's "racy" rule, Documentation/technical/racy-git.txt).
    fn trusted(&self, name: &Path, stat: &Stat) -> Option<Hash> {
        let young = stat.modified.max(stat.changed).saturating_add(TICK) >= self.looked;
        let known = self.find(name.as_os_str().as_bytes()).filter(|known| known.stat == *stat && !young)?;
        Some(known.hash)
    }

    fn find(&self, name: &[u8]) -> Option<Record<'_>> {
        let next = self.last.get();
        let found = match self.files.at(next) {
            Some(record) if record.path == name => next,
            _ => self.files.search(name)?,
        };
        self.last.set(found + 1);
        self.files.at(found)
    }
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

fn now() -> i64 {
    i64::try_from(clock::since_1970().as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test writes its own files")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type File = (Stat, Hash, u16);

    /// The index of files in the order of their paths.
    fn of(looked: i64, parts: BTreeMap<String, String>, files: &BTreeMap<String, File>) -> Index {
        let mut index = Index { looked, parts, ..Index::default() };
        for (path, (stat, hash, mark)) in files {
            index.put(Path::new(path), stat, hash, *mark);
        }
        index
    }

    fn written(index: &Index) -> Vec<u8> {
        let mut out = Vec::new();
        index.write(&mut out).expect("written");
        out
    }

    fn file(word: &str) -> File {
        (Stat { size: 1, modified: 2, changed: 3, inode: 4 }, *blake3::hash(word.as_bytes()).as_bytes(), 7)
    }

    fn files(words: &[&str]) -> BTreeMap<String, File> {
        words.iter().map(|word| (word.split('=').next().unwrap_or_default().to_owned(), file(word))).collect()
    }

    #[test]
    fn a_truncated_or_garbled_index_is_not_believed() {
        let bytes = written(&of(5, [("the b".to_owned(), "v".to_owned())].into(), &files(&["a b\nc", "d"])));
        assert_eq!(Kept::parse(bytes.clone()).map(|kept| kept.files.len()), Some(2));
        for cut in 0..bytes.len() {
            assert!(Kept::parse(bytes[..cut].to_vec()).is_none(), "cut at {cut}");
        }
        assert!(Kept::parse(b"\0\0\0".to_vec()).is_none() && Kept::parse(vec![255; 40]).is_none());
        let mut unsorted = of(5, BTreeMap::new(), &files(&["d"]));
        let (stat, hash, mark) = file("a");
        unsorted.put(Path::new("a"), &stat, &hash, mark);
        assert!(Kept::parse(written(&unsorted)).is_none(), "an index that is not sorted can't be compared");
    }

    #[test]
    fn files_that_are_new_gone_or_changed_are_told() {
        let index = |words: &[&str]| of(5, BTreeMap::new(), &files(words));
        let old = Kept::parse(written(&index(&["a", "b", "d", "e"]))).expect("an index");
        let names = |index: &Index| index.changed(&old).iter().map(|path| path.display().to_string()).collect::<Vec<_>>();
        assert_eq!(names(&index(&["a", "b=other", "c", "d"])), ["b", "c", "e"]);
        assert!(names(&index(&["a", "b", "d", "e"])).is_empty());
    }

    #[test]
    fn a_file_as_young_as_the_look_is_read_again() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("f");
        std::fs::write(&path, "one").expect("a file");
        let stat = Stat::from(&path.metadata().expect("its times"));
        let look = |looked: i64, old: Option<&Kept>| {
            let mut survey = Survey::begin(old);
            survey.index.looked = looked;
            survey.add(dir.path(), Path::new("f"), &stat, 0).expect("a hash");
            (survey.learned, survey.end(BTreeMap::new()))
        };
        let kept = |index: &Index| Kept::parse(written(index)).expect("an index");
        let young = kept(&look(stat.modified + TICK / 2, None).1);
        let later = kept(&look(stat.modified + 10 * TICK, None).1);
        // The same size and, as far as `stat` says, the same times.
        std::fs::write(&path, "two").expect("a file");
        let (learned, again) = look(stat.modified + 20 * TICK, Some(&young));
        assert!(learned && again.changed(&young).len() == 1);
        assert!(!look(stat.modified + 20 * TICK, Some(&later)).0, "trusted by its times");
    }

    fn index() -> impl Strategy<Value = (Index, BTreeMap<String, File>)> {
        let stat = any::<(u64, i64, i64, u64)>().prop_map(|(size, modified, changed, inode)| Stat { size, modified, changed, inode });
        let files = prop::collection::btree_map("[^\0]{1,12}", (stat, any::<Hash>(), any::<u16>()), 0..5);
        let parts = prop::collection::btree_map("[^\0]{1,12}", "[0-9a-f]{64}", 0..3);
        (any::<i64>(), parts, files).prop_map(|(looked, parts, files)| (of(looked, parts, &files), files))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

        #[test]
        fn an_index_comes_back_as_it_was_written((index, files) in index()) {
            let kept = Kept::parse(written(&index)).expect("an index");
            prop_assert_eq!((kept.looked, &kept.parts), (index.looked, &index.parts));
            for (path, (stat, hash, mark)) in files.iter().rev() {
                let found = kept.find(path.as_bytes());
                prop_assert_eq!(found, Some(Record { stat: stat.clone(), hash: *hash, mark: *mark, path: path.as_bytes() }));
                prop_assert_eq!(index.hash(Path::new(path)), Some(*hash));
            }
            prop_assert!(kept.find(b"\0").is_none() && kept.files.len() == files.len() && index.changed(&kept).is_empty());
        }

        #[test]
        fn a_cut_index_is_not_believed((index, _) in index(), cut in any::<prop::sample::Index>()) {
            let bytes = written(&index);
            prop_assert!(Kept::parse(bytes[..cut.index(bytes.len())].to_vec()).is_none());
        }

        #[test]
        fn a_changed_byte_is_never_believed((index, _) in index(), at in any::<prop::sample::Index>(), by in 1..=255u8) {
            let mut bytes = written(&index);
            let at = at.index(bytes.len());
            bytes[at] ^= by;
            prop_assert!(Kept::parse(bytes).is_none());
        }

        #[test]
        fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..80), (index, _) in index(), at in any::<prop::sample::Index>()) {
            prop_assert!(Kept::parse(bytes.clone()).is_none());
            let whole = written(&index);
            let at = at.index(whole.len());
            let spoilt = [&whole[..at], &bytes, &whole[at..]].concat();
            prop_assert!(bytes.is_empty() || Kept::parse(spoilt).is_none());
        }
    }
}
