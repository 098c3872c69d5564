//! Whether a task is up to date: by the content of what it reads, through an index of size, times and
//! inode as git keeps one, so that unchanged files are not read again.

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::work::Inputs;
use crate::repo::{self, disk, files};
use crate::report::{Error, Result, clock, text};

/// The first record of an index; another one means another format, and the index is made anew.
const MAGIC: &str = "instep index 2";

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
    index: Index,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Stat {
    size: u64,
    modified: i128,
    changed: i128,
    inode: u64,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Index {
    /// When it was written, in nanoseconds since 1970.
    written: i128,
    definition: String,
    files: HashMap<PathBuf, (Stat, String)>,
}

/// Looks at the files and compares with what was kept.
///
/// # Errors
/// Exit code 2 for a broken glob; an unreadable source.
pub fn check(inputs: &Inputs) -> Result<(Verdict, Fingerprint)> {
    let file = repo::state_dir(&inputs.home)?.join("tasks").join(&inputs.task);
    let kept = std::fs::read(&file).ok();
    let known = kept.as_deref().and_then(Index::read);
    let mut index = Index { definition: blake3::hash(inputs.definition.as_bytes()).to_hex().to_string(), ..Index::default() };
    for path in files(&inputs.root, &inputs.sources)? {
        let unreadable = |error: std::io::Error| Error::failed(format!("can't read {}: {error}", path.display()));
        let stat = Stat::of(&std::fs::metadata(&path).map_err(unreadable)?);
        let trusted = known.as_ref().and_then(|index| index.trusted(&path, &stat));
        let hash = match trusted {
            Some(hash) => hash.to_owned(),
            None => blake3::hash(&std::fs::read(&path).map_err(unreadable)?).to_hex().to_string(),
        };
        index.files.insert(path, (stat, hash));
    }
    let verdict = match known {
        None if kept.is_some() => Verdict::Stale("what was kept of its last run is damaged".to_owned()),
        None => Verdict::Stale("it has not run yet".to_owned()),
        Some(old) => index.compare(&old, inputs)?,
    };
    Ok((verdict, Fingerprint { file, index }))
}

impl Fingerprint {
    /// Keeps it: the task ended well.
    ///
    /// # Errors
    /// A disk that can't be written.
    pub fn keep(mut self) -> Result<()> {
        self.index.written = now();
        disk::write(&self.file, &self.index.bytes())
    }
}

impl Stat {
    fn of(meta: &std::fs::Metadata) -> Self {
        let time = |seconds: i64, nanos: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
        Self {
            size: meta.len(),
            modified: time(meta.mtime(), meta.mtime_nsec()),
            changed: time(meta.ctime(), meta.ctime_nsec()),
            inode: meta.ino(),
        }
    }
}

impl Index {
    /// The hash of an unchanged file. A file as young as the index may have changed since, unseen by
    /// its times: it is read again (git's "racy" rule, Documentation/technical/racy-git.txt).
    fn trusted(&self, path: &Path, stat: &Stat) -> Option<&str> {
        let (old, hash) = self.files.get(path)?;
        let young = stat.modified.max(stat.changed) + 10_000_000 >= self.written;
        (old == stat && !young).then_some(hash)
    }

    fn compare(&self, old: &Self, inputs: &Inputs) -> Result<Verdict> {
        if self.definition != old.definition {
            return Ok(Verdict::Stale("its command, arguments or variables changed".to_owned()));
        }
        let mut changed: Vec<&Path> = self
            .files
            .iter()
            .filter(|(path, (_, hash))| old.files.get(*path).is_none_or(|(_, was)| was != hash))
            .map(|(path, _)| path.as_path())
            .collect();
        changed.extend(old.files.keys().filter(|path| !self.files.contains_key(*path)).map(PathBuf::as_path));
        if !changed.is_empty() {
            changed.sort();
            let named: Vec<String> =
                changed.iter().take(3).map(|path| path.strip_prefix(&inputs.root).unwrap_or(path).display().to_string()).collect();
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

    /// Records end with a NUL: no path can hold one. The checksum of all comes last.
    fn bytes(&self) -> Vec<u8> {
        use std::os::unix::ffi::OsStrExt as _;
        let mut out = format!("{MAGIC}\0{} {} {}\0", self.written, self.definition, self.files.len()).into_bytes();
        for (path, (stat, hash)) in &self.files {
            out.extend(format!("{} {} {} {} {hash} ", stat.size, stat.modified, stat.changed, stat.inode).into_bytes());
            out.extend(path.as_os_str().as_bytes());
            out.push(0);
        }
        let sum = checksum(&out);
        out.extend(sum);
        out
    }

    /// None for anything that is not a whole index.
    fn read(bytes: &[u8]) -> Option<Self> {
        use std::os::unix::ffi::OsStrExt as _;
        let (bytes, sum) = bytes.split_last_chunk::<8>()?;
        (checksum(bytes) == *sum).then_some(())?;
        let mut records = bytes.strip_suffix(b"\0")?.split(|&byte| byte == 0);
        (records.next()? == MAGIC.as_bytes()).then_some(())?;
        let head = std::str::from_utf8(records.next()?).ok()?;
        let [written, definition, count] = head.split(' ').collect::<Vec<_>>().try_into().ok()?;
        let mut index = Self { written: written.parse().ok()?, definition: definition.to_owned(), files: HashMap::new() };
        for record in records {
            let parts: Vec<&[u8]> = record.splitn(6, |&byte| byte == b' ').collect();
            let text = |i: usize| std::str::from_utf8(parts.get(i)?).ok();
            let stat = Stat {
                size: text(0)?.parse().ok()?,
                modified: text(1)?.parse().ok()?,
                changed: text(2)?.parse().ok()?,
                inode: text(3)?.parse().ok()?,
            };
            let path = PathBuf::from(std::ffi::OsStr::from_bytes(parts.get(5)?));
            index.files.insert(path, (stat, text(4)?.to_owned()));
        }
        (index.files.len() == count.parse::<usize>().ok()?).then_some(index)
    }
}

/// Tells a damaged index from a whole one. Each step is reversible, so a change within one word always
/// changes the sum; it costs one multiplication for eight bytes.
fn checksum(bytes: &[u8]) -> [u8; 8] {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let mut sum = bytes.len() as u64;
    for word in words.iter().chain([&last]) {
        sum = (sum ^ u64::from_le_bytes(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    }
    sum.to_le_bytes()
}

fn now() -> i128 {
    clock::since_1970().as_nanos().cast_signed()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_truncated_or_garbled_index_is_not_believed() {
        let mut index = Index { written: 5, definition: "d".into(), files: HashMap::new() };
        index.files.insert("a b\nc".into(), (Stat { size: 1, modified: 2, changed: 3, inode: 4 }, "h".into()));
        index.files.insert("d".into(), (Stat { size: 1, modified: 2, changed: 3, inode: 4 }, "h".into()));
        let bytes = index.bytes();
        assert_eq!(Index::read(&bytes).map(|index| index.files.len()), Some(2));
        for cut in 0..bytes.len() {
            assert!(Index::read(&bytes[..cut]).is_none(), "cut at {cut}");
        }
        assert!(Index::read(b"\0\0\0").is_none() && Index::read(&[255; 40]).is_none());
    }

    fn index() -> impl Strategy<Value = Index> {
        let file = (any::<(u64, i64, i64, u64)>(), "[0-9a-f]{64}").prop_map(|((size, modified, changed, inode), hash)| {
            (Stat { size, modified: modified.into(), changed: changed.into(), inode }, hash)
        });
        let files = prop::collection::hash_map("[^\0]{1,12}".prop_map(PathBuf::from), file, 0..5);
        (any::<i64>(), "[0-9a-f]{64}", files).prop_map(|(written, definition, files)| Index { written: written.into(), definition, files })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

        #[test]
        fn an_index_comes_back_as_it_was_written(index in index()) {
            prop_assert_eq!(Index::read(&index.bytes()), Some(index));
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
