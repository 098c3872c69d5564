//! Whether a task is up to date: by the content of what it reads, through an index of size, times and
//! inode as git keeps one, so that unchanged files are not read again.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use super::work::Inputs;
use crate::repo::{self, Stat, checksum, disk, files};
use crate::report::{Error, Result, clock, text};

/// The beginning of an index; another one means another format, and the index is made anew.
const MAGIC: &[u8; 16] = b"instep index  3\n";

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing changed since it last ended well.
    Fresh,
    /// It has to run, and why.
    Stale(String),
}

/// The state of a task's inputs now, to be kept when it has ended well.
#[derive(Debug)]
pub struct Fingerprint {
    file: PathBuf,
    index: Index<PathBuf>,
}

/// BLAKE3.
type Hash = [u8; 32];

/// What was so when a task ended well. The files are sorted by the bytes of their paths.
#[derive(Debug, Default, PartialEq, Eq)]
struct Index<P> {
    /// When the look at the files began, in nanoseconds since 1970.
    looked: i128,
    definition: Hash,
    files: Vec<Record<P>>,
}

#[derive(Debug, PartialEq, Eq)]
struct Record<P> {
    path: P,
    stat: Stat,
    hash: Hash,
}

/// Looks at the files and compares with what was kept.
///
/// # Errors
/// Exit code 2 for a broken glob; an unreadable source.
pub fn check(inputs: &Inputs) -> Result<(Verdict, Fingerprint)> {
    let file = repo::state_dir(&inputs.home)?.join("tasks").join(&inputs.task);
    let kept = std::fs::read(&file).ok();
    let known = kept.as_deref().and_then(Index::read);
    // What is changed from here on, if unseen, is read again by the next look.
    let looked = now();
    let found = files(&inputs.root, &inputs.sources)?;
    let mut index = Index { looked, definition: hash(inputs.definition.as_bytes()), files: Vec::with_capacity(found.len()) };
    let mut old = known.iter().flat_map(|known| &known.files).peekable();
    for (path, stat) in found {
        let bytes = path.as_os_str().as_bytes();
        while old.next_if(|record| record.path < bytes).is_some() {}
        let trusted = old.peek().filter(|record| record.path == bytes && known.as_ref().is_some_and(|known| known.trusts(record, &stat)));
        let hash = match trusted {
            Some(record) => record.hash,
            None => content(&inputs.root.join(&path))?,
        };
        index.files.push(Record { path, stat, hash });
    }
    let verdict = match known {
        None if kept.is_some() => Verdict::Stale("what was kept of its last run can't be used".to_owned()),
        None => Verdict::Stale("it has not run yet".to_owned()),
        Some(old) => index.compare(&old, inputs)?,
    };
    Ok((verdict, Fingerprint { file, index }))
}

fn hash(bytes: &[u8]) -> Hash {
    *blake3::hash(bytes).as_bytes()
}

fn content(path: &Path) -> Result<Hash> {
    let bytes = std::fs::read(path).map_err(|error| Error::failed(format!("can't read {}: {error}", path.display())))?;
    Ok(hash(&bytes))
}

impl Fingerprint {
    /// Keeps it: the task ended well.
    ///
    /// # Errors
    /// A disk that can't be written.
    pub fn keep(self) -> Result<()> {
        disk::write(&self.file, &self.index.bytes())
    }
}

impl Index<&[u8]> {
    /// Whether a file is unchanged. One as young as the look may have changed since, unseen by
    /// its times: it is read again (git's "racy" rule, Documentation/technical/racy-git.txt).
    fn trusts(&self, old: &Record<&[u8]>, stat: &Stat) -> bool {
        let young = stat.modified.max(stat.changed) + 10_000_000 >= self.looked;
        old.stat == *stat && !young
    }
}

impl Index<PathBuf> {
    fn compare(&self, old: &Index<&[u8]>, inputs: &Inputs) -> Result<Verdict> {
        if self.definition != old.definition {
            return Ok(Verdict::Stale("its command, arguments or variables changed".to_owned()));
        }
        let changed = self.changed(old);
        if !changed.is_empty() {
            let named: Vec<String> = changed.iter().take(3).map(|path| path.display().to_string()).collect();
            let dots = if changed.len() > 3 { ", …" } else { "" };
            return Ok(Verdict::Stale(format!("{} changed: {}{dots}", text::count(changed.len(), "file"), named.join(", "))));
        }
        for glob in &inputs.outputs {
            if files(&inputs.root, std::slice::from_ref(glob))?.is_empty() && !inputs.root.join(glob).exists() {
                return Ok(Verdict::Stale(format!("its output {glob} is not there")));
            }
        }
        Ok(Verdict::Fresh)
    }

    /// The files that are new, gone, or have another content. Both lists are sorted.
    fn changed<'a>(&'a self, old: &Index<&'a [u8]>) -> Vec<&'a Path> {
        let mut gone = old.files.iter().peekable();
        let mut changed = Vec::new();
        for record in &self.files {
            let bytes = record.path.as_os_str().as_bytes();
            while let Some(old) = gone.next_if(|old| old.path < bytes) {
                changed.push(Path::new(OsStr::from_bytes(old.path)));
            }
            if gone.next_if(|old| old.path == bytes).is_none_or(|old| old.hash != record.hash) {
                changed.push(&record.path);
            }
        }
        changed.extend(gone.map(|old| Path::new(OsStr::from_bytes(old.path))));
        changed
    }

    /// Numbers with the lowest byte first; each path behind its length. The checksum of all comes last.
    fn bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend(self.looked.to_le_bytes());
        out.extend(self.definition);
        out.extend((self.files.len() as u64).to_le_bytes());
        for Record { path, stat, hash } in &self.files {
            let path = path.as_os_str().as_bytes();
            out.extend(stat.size.to_le_bytes());
            out.extend(stat.modified.to_le_bytes());
            out.extend(stat.changed.to_le_bytes());
            out.extend(stat.inode.to_le_bytes());
            out.extend(hash);
            out.extend((path.len() as u64).to_le_bytes());
            out.extend(path);
        }
        let sum = checksum(&out);
        out.extend(sum);
        out
    }
}

impl<'a> Index<&'a [u8]> {
    /// None for anything that is not a whole index.
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let (bytes, sum) = bytes.split_last_chunk::<8>()?;
        (checksum(bytes) == *sum).then_some(())?;
        let mut rest = bytes.strip_prefix(MAGIC)?;
        let mut index = Self { looked: i128::from_le_bytes(take(&mut rest)?), definition: take(&mut rest)?, files: Vec::new() };
        let count = u64::from_le_bytes(take(&mut rest)?);
        // The count is not believed before the records are there.
        index.files.reserve(usize::try_from(count).ok()?.min(bytes.len() / 64));
        for _ in 0..count {
            let stat = Stat {
                size: u64::from_le_bytes(take(&mut rest)?),
                modified: i128::from_le_bytes(take(&mut rest)?),
                changed: i128::from_le_bytes(take(&mut rest)?),
                inode: u64::from_le_bytes(take(&mut rest)?),
            };
            let hash = take(&mut rest)?;
            let length = u64::from_le_bytes(take(&mut rest)?);
            let (path, left) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            rest = left;
            index.files.last().is_none_or(|last: &Record<&[u8]>| last.path < path).then_some(())?;
            index.files.push(Record { path, stat, hash });
        }
        rest.is_empty().then_some(index)
    }
}

/// The next bytes.
fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (bytes, left) = rest.split_first_chunk::<N>()?;
    *rest = left;
    Some(*bytes)
}

fn now() -> i128 {
    clock::since_1970().as_nanos().cast_signed()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn file(path: &str) -> Record<PathBuf> {
        Record { path: path.into(), stat: Stat { size: 1, modified: 2, changed: 3, inode: 4 }, hash: hash(path.as_bytes()) }
    }

    #[test]
    fn a_truncated_or_garbled_index_is_not_believed() {
        let index = Index { looked: 5, definition: hash(b"d"), files: vec![file("a b\nc"), file("d")] };
        let bytes = index.bytes();
        assert_eq!(Index::read(&bytes).map(|index| index.files.len()), Some(2));
        for cut in 0..bytes.len() {
            assert!(Index::read(&bytes[..cut]).is_none(), "cut at {cut}");
        }
        assert!(Index::read(b"\0\0\0").is_none() && Index::read(&[255; 40]).is_none());
        let unsorted = Index { looked: 5, definition: hash(b"d"), files: vec![file("d"), file("a")] };
        assert!(Index::read(&unsorted.bytes()).is_none(), "an index that is not sorted can't be compared");
    }

    #[test]
    fn files_that_are_new_gone_or_changed_are_told() {
        let index = |files| Index { looked: 5, definition: hash(b"d"), files };
        let old = index(vec![file("a"), file("b"), file("d"), file("e")]).bytes();
        let old = Index::read(&old).unwrap_or_default();
        let other = Record { hash: hash(b"x"), ..file("b") };
        let names = |index: &Index<PathBuf>| index.changed(&old).iter().map(|path| path.display().to_string()).collect::<Vec<_>>();
        assert_eq!(names(&index(vec![file("a"), other, file("c"), file("d")])), ["b", "c", "e"]);
        assert!(names(&index(vec![file("a"), file("b"), file("d"), file("e")])).is_empty());
    }

    fn index() -> impl Strategy<Value = Index<PathBuf>> {
        let stat = any::<(u64, i64, i64, u64)>().prop_map(|(size, modified, changed, inode)| Stat {
            size,
            modified: modified.into(),
            changed: changed.into(),
            inode,
        });
        let files = prop::collection::btree_map("[^\0]{1,12}", (stat, any::<Hash>()), 0..5);
        (any::<i64>(), any::<Hash>(), files).prop_map(|(looked, definition, files)| {
            let files = files.into_iter().map(|(path, (stat, hash))| Record { path: path.into(), stat, hash }).collect();
            Index { looked: looked.into(), definition, files }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

        #[test]
        fn an_index_comes_back_as_it_was_written(index in index()) {
            let bytes = index.bytes();
            let read = Index::read(&bytes).unwrap_or_default();
            let same = read.files.iter().zip(&index.files).all(|(a, b)| {
                a.path == b.path.as_os_str().as_bytes() && a.stat == b.stat && a.hash == b.hash
            });
            prop_assert!(same && read.files.len() == index.files.len());
            prop_assert_eq!((read.looked, read.definition), (index.looked, index.definition));
        }

        #[test]
        fn a_cut_index_is_not_believed(index in index(), cut in any::<prop::sample::Index>()) {
            let bytes = index.bytes();
            prop_assert_eq!(Index::read(&bytes[..cut.index(bytes.len())]), None);
        }

        #[test]
        fn a_changed_byte_is_never_believed(index in index(), at in any::<prop::sample::Index>(), by in 1..=255u8) {
            let mut bytes = index.bytes();
            let at = at.index(bytes.len());
            bytes[at] ^= by;
            prop_assert_eq!(Index::read(&bytes), None);
        }

        #[test]
        fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..80), index in index(), at in any::<prop::sample::Index>()) {
            prop_assert_eq!(Index::read(&bytes), None);
            let whole = index.bytes();
            let at = at.index(whole.len());
            let spoilt = [&whole[..at], &bytes, &whole[at..]].concat();
            prop_assert!(bytes.is_empty() || Index::read(&spoilt).is_none());
        }
    }
}
