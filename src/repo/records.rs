//! The form of an index: records of files one behind the other, in memory as in its file, so that a hundred
//! thousand of them are held once. Numbers with the lowest byte first.

use std::io::{self, Write};

use super::globs::Stat;

/// The bytes of a record before its path.
const HEAD: usize = 4 * 8 + 32 + 2 + 4;

/// BLAKE3 of a content.
pub type Hash = [u8; 32];

/// What is known of a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Its size, times and inode.
    pub stat: Stat,
    /// Of its content.
    pub hash: Hash,
    /// What else counts, as its mode.
    pub mark: u16,
    /// Its path.
    pub path: &'a [u8],
}

/// Records, sorted by the bytes of their paths once [`Self::sort`] was called or [`Self::parse`] found them so.
#[derive(Debug, Default)]
pub struct Records {
    bytes: Vec<u8>,
    starts: Vec<u32>,
}

impl Records {
    /// Reads `count` records that fill the bytes from `start` on; none when they do not, or are not sorted.
    pub fn parse(bytes: Vec<u8>, start: usize, end: usize, count: usize) -> Option<Self> {
        u32::try_from(bytes.len()).ok()?;
        let mut rest = bytes.get(start..end)?;
        // The count is not believed before the records are there.
        let mut starts = Vec::with_capacity(count.min(rest.len() / HEAD));
        let mut last: Option<&[u8]> = None;
        for _ in 0..count {
            starts.push((end - rest.len()) as u32);
            let path = record(&mut rest)?.path;
            last.is_none_or(|last| last < path).then_some(())?;
            last = Some(path);
        }
        rest.is_empty().then_some(Self { bytes, starts })
    }

    /// Adds one.
    pub fn push(&mut self, path: &[u8], stat: &Stat, hash: &Hash, mark: u16) {
        let out = &mut self.bytes;
        self.starts.push(out.len() as u32);
        out.reserve(HEAD + path.len());
        out.extend_from_slice(&stat.size.to_le_bytes());
        out.extend_from_slice(&stat.modified.to_le_bytes());
        out.extend_from_slice(&stat.changed.to_le_bytes());
        out.extend_from_slice(&stat.inode.to_le_bytes());
        out.extend_from_slice(hash);
        out.extend_from_slice(&mark.to_le_bytes());
        out.extend_from_slice(&(path.len() as u32).to_le_bytes());
        out.extend_from_slice(path);
    }

    /// Sorts them; they were found in an order that is nearly this one.
    pub fn sort(&mut self) {
        let bytes = &self.bytes;
        self.starts.sort_by(|&a, &b| path(bytes, a).cmp(path(bytes, b)));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// How many bytes they take in a file.
    pub fn size(&self) -> usize {
        self.starts.iter().map(|&at| HEAD + path(&self.bytes, at).len()).sum()
    }

    /// One of them.
    pub fn at(&self, number: usize) -> Option<Record<'_>> {
        record(&mut &self.bytes[*self.starts.get(number)? as usize..])
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = Record<'_>> {
        self.starts.iter().filter_map(|&at| record(&mut &self.bytes[at as usize..]))
    }

    /// Which has this path.
    pub fn search(&self, name: &[u8]) -> Option<usize> {
        self.starts.binary_search_by(|&at| path(&self.bytes, at).cmp(name)).ok()
    }

    /// Writes them in order.
    ///
    /// # Errors
    /// What the writer gives.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        self.starts.iter().try_for_each(|&at| {
            let end = HEAD + path(&self.bytes, at).len();
            out.write_all(&self.bytes[at as usize..][..end])
        })
    }
}

/// The path of the record that begins there.
fn path(bytes: &[u8], at: u32) -> &[u8] {
    let Some((head, rest)) = bytes[at as usize..].split_first_chunk::<HEAD>() else { return &[] };
    let length = head.last_chunk().map_or(0, |length| u32::from_le_bytes(*length));
    rest.get(..length as usize).unwrap_or_default()
}

/// The next record.
fn record<'a>(rest: &mut &'a [u8]) -> Option<Record<'a>> {
    let stat = Stat {
        size: u64::from_le_bytes(take(rest)?),
        modified: i64::from_le_bytes(take(rest)?),
        changed: i64::from_le_bytes(take(rest)?),
        inode: u64::from_le_bytes(take(rest)?),
    };
    let (hash, mark) = (take(rest)?, u16::from_le_bytes(take(rest)?));
    let length = u32::from_le_bytes(take(rest)?);
    Some(Record { stat, hash, mark, path: slice(rest, length)? })
}

/// The next text, behind its length.
pub fn text(rest: &mut &[u8]) -> Option<String> {
    let length = u32::from_le_bytes(take(rest)?);
    String::from_utf8(slice(rest, length)?.to_vec()).ok()
}

/// The next bytes.
pub fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, left) = rest.split_first_chunk()?;
    *rest = left;
    Some(*taken)
}

fn slice<'a>(rest: &mut &'a [u8], length: u32) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length as usize)?;
    *rest = left;
    Some(taken)
}

/// Tells a damaged index from a whole one. Each step is reversible, so a change within one word always
/// changes the sum; it costs one multiplication for eight bytes.
#[derive(Debug)]
pub struct Sum<W> {
    out: W,
    state: u64,
    /// The word that is not full yet.
    word: [u8; 8],
    held: usize,
}

impl Sum<io::Sink> {
    /// The sum of bytes that are there as a whole.
    pub fn of(bytes: &[u8]) -> [u8; 8] {
        let mut sum = Sum::begin(io::sink(), bytes.len());
        sum.add(bytes);
        sum.end().1
    }
}

impl<W: Write> Sum<W> {
    /// Sums what will be written to there: so many bytes in all.
    pub fn begin(out: W, length: usize) -> Self {
        Self { out, state: length as u64, word: [0; 8], held: 0 }
    }

    /// The writer, and the sum of all.
    pub fn end(mut self) -> (W, [u8; 8]) {
        self.word[self.held..].fill(0);
        self.step(self.word);
        (self.out, self.state.to_le_bytes())
    }

    fn add(&mut self, mut bytes: &[u8]) {
        if self.held > 0 {
            let room = bytes.len().min(8 - self.held);
            self.word[self.held..][..room].copy_from_slice(&bytes[..room]);
            self.held += room;
            bytes = &bytes[room..];
            if self.held < 8 {
                return;
            }
            self.step(self.word);
        }
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.step(*word);
        }
        self.word[..rest.len()].copy_from_slice(rest);
        self.held = rest.len();
    }

    fn step(&mut self, word: [u8; 8]) {
        self.state = (self.state ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    }
}

impl<W: Write> Write for Sum<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.add(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_does_not_depend_on_the_pieces() {
        let bytes: Vec<u8> = (0..=255).cycle().take(1003).collect();
        for piece in 1..20 {
            let mut sum = Sum::begin(Vec::new(), bytes.len());
            bytes.chunks(piece).for_each(|bytes| sum.write_all(bytes).expect("written"));
            assert_eq!(sum.end(), (bytes.clone(), Sum::of(&bytes)), "in pieces of {piece}");
        }
    }
}
