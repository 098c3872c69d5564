//! Names of tasks: underscores and hyphens are the same.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use super::node::{Entry, Table};

/// Underscores and hyphens are the same.
pub fn same(a: &str, b: &str) -> bool {
    a == b || a.len() == b.len() && a.bytes().map(hyphen).eq(b.bytes().map(hyphen))
}

fn hyphen(byte: u8) -> u8 {
    if byte == b'_' { b'-' } else { byte }
}

/// The entries of a table, found by name.
#[derive(Debug, Default)]
pub struct Names<'a> {
    /// The entries, in the order of the file.
    pub entries: Vec<&'a Entry>,
    by_name: HashMap<Name<'a>, usize, BuildHasherDefault<Fnv>>,
}

impl<'a> Names<'a> {
    /// Of this table.
    pub fn new(table: &'a Table) -> Self {
        let entries: Vec<&Entry> = table.iter().collect();
        let by_name = entries.iter().enumerate().map(|(at, entry)| (Name(&entry.key), at)).collect();
        Self { entries, by_name }
    }

    /// The number of the entry with this name; of several, the last.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(&Name(name)).copied()
    }
}

#[derive(Clone, Copy, Debug)]
struct Name<'a>(&'a str);

impl PartialEq for Name<'_> {
    fn eq(&self, other: &Self) -> bool {
        same(self.0, other.0)
    }
}

impl Eq for Name<'_> {}

impl Hash for Name<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.bytes().for_each(|byte| state.write_u8(hyphen(byte)));
    }
}

/// FNV-1a (draft-eastlake-fnv): for a few hundred short words it costs a tenth of the standard hasher.
#[derive(Debug)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u8(*byte);
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }

    /// Mixed: the table looks at the highest and the lowest bits.
    fn finish(&self) -> u64 {
        self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(26)
    }
}
