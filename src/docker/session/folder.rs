//! What of a folder the engine asks for, and what it is told of each file (tonistiigi/fsutil,
//! types/stat.proto).

use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use hyper::HeaderMap;

use super::super::context::{Context, Found, Only};
use super::super::protobuf::Message;
use super::super::tarball::unreadable;
use super::Offer;
use crate::report::Result;

/// The bits of a file's mode as Go has them (os.FileMode).
const DIR: u32 = 1 << 31;
const SYMLINK: u32 = 1 << 27;
const SETUID: u32 = 1 << 23;
const SETGID: u32 = 1 << 22;
const STICKY: u32 = 1 << 20;

/// What the engine asks for (moby/buildkit, session/filesync).
#[derive(Debug, Default)]
pub struct Asked {
    /// `context` or `dockerfile`.
    pub folder: String,
    /// The paths that are wanted; empty: all.
    pub paths: Vec<String>,
}

/// A file, link or folder for the engine.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name in the folder.
    pub name: Box<Path>,
    mode: u32,
    size: u64,
    /// In nanoseconds since 1970.
    modified: i64,
    /// Where its content is.
    pub source: Source,
}

/// Where the content of a file is.
#[derive(Clone, Debug)]
pub enum Source {
    /// Here.
    Bytes(Box<[u8]>),
    /// On the disk.
    File,
    /// It is a link to there.
    Link(Box<Path>),
    /// It has none.
    None,
}

impl Asked {
    /// Reads a request.
    pub fn of(headers: &HeaderMap) -> Self {
        let all = |name: &str| -> Vec<String> {
            let encoded = headers.get(format!("{name}-encoded")).is_some();
            let values = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
            values.map(|value| if encoded { decoded(&value) } else { value }).collect()
        };
        let paths = all("followpaths").into_iter().chain(all("include-patterns")).collect();
        Self { folder: all("dir-name").pop().unwrap_or_default(), paths }
    }
}

/// Percent-encoding taken back (Go's `url.QueryEscape`).
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        rest = if let (b'%', Some(code)) = (byte, code) {
            bytes.push(code);
            &after[2..]
        } else {
            bytes.push(if byte == b'+' { b' ' } else { byte });
            after
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

impl Entry {
    /// The name for a message.
    pub fn shown(&self) -> String {
        self.name.display().to_string()
    }

    /// What the engine is told.
    pub fn stat(&self) -> Message {
        let mut stat = Message::default();
        stat.bytes(1, self.name.as_os_str().as_bytes());
        stat.number(2, self.mode.into());
        stat.number(5, self.size);
        stat.number(6, u64::try_from(self.modified).unwrap_or(0));
        if let Source::Link(target) = &self.source {
            stat.bytes(7, target.as_os_str().as_bytes());
        }
        stat
    }

    fn of(found: &Found, offer: &Offer) -> Result<Self> {
        let meta = &found.meta;
        let bits = meta.permissions().mode();
        let special = [(0o4000, SETUID), (0o2000, SETGID), (0o1000, STICKY)];
        let mut mode = bits & 0o777 | special.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, flag)| flag).sum::<u32>();
        let mut entry = Self { name: found.inside.as_path().into(), mode, size: 0, modified: 0, source: Source::None };
        if meta.is_dir() {
            mode |= DIR;
        } else if meta.is_symlink() {
            mode |= SYMLINK | 0o777;
            let target = std::fs::read_link(&found.path).map_err(|error| unreadable(&entry.shown(), &error))?;
            entry.source = Source::Link(target.into());
        } else {
            entry.size = meta.len();
            entry.source = Source::File;
        }
        let seconds = offer.latest.map_or(meta.mtime(), |latest| latest.min(meta.mtime()));
        entry.modified = seconds.saturating_mul(1_000_000_000).saturating_add(offer.fraction(found).into());
        entry.mode = mode;
        Ok(entry)
    }
}

impl Offer {
    /// The engine takes a file of the same size and time for the same file, so that a content that was
    /// changed behind the clock's back would stay the old one for ever (near/mpc#3579). The part of the
    /// time below a second, which no image keeps, is therefore made from the content.
    fn fraction(&self, found: &Found) -> u32 {
        let hash = self.index.as_ref().and_then(|index| index.hash(&found.inside));
        let time = || u32::try_from(found.meta.mtime_nsec()).unwrap_or(0);
        hash.map_or_else(time, |[a, b, c, d, ..]| u32::from_be_bytes([a, b, c, d]) % 1_000_000_000)
    }
}

/// Visits the entries of a folder, in the order that the engine wants: by the bytes of each part of the path.
///
/// # Errors
/// What can't be read, and what `visit` gives.
pub fn list(asked: &Asked, offer: &Offer, visit: &mut dyn FnMut(Entry) -> Result<()>) -> Result<()> {
    if asked.folder == "dockerfile" {
        let entry = |(name, bytes): (&String, &Vec<u8>)| Entry {
            name: Path::new(name).into(),
            mode: 0o644,
            size: bytes.len() as u64,
            modified: i64::from(u32::from_be_bytes(blake3::hash(bytes).as_bytes()[..4].try_into().unwrap_or_default())),
            source: Source::Bytes(bytes.as_slice().into()),
        };
        return offer.dockerfiles.iter().map(entry).try_for_each(visit);
    }
    let Some(context) = &offer.context else { return Ok(()) };
    let mut visit = |found: &Found| visit(Entry::of(found, offer)?);
    if asked.paths != [".dockerignore"] {
        return context.walk(&only(context, &asked.paths), &mut visit);
    }
    // The engine looks for the ignore file itself, before there are patterns.
    let path = context.dir().join(".dockerignore");
    path.metadata().map_or(Ok(()), |meta| visit(&Found { path, inside: ".dockerignore".into(), meta }))
}

/// The folder's part that holds what is wanted. Rather more than less: a link on the way means all.
fn only(context: &Context, paths: &[String]) -> Only {
    let wild = |part: &str| part.contains(['*', '?', '[', '\\']);
    let mut below = Vec::new();
    for path in paths {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        let plain: Vec<&str> = parts.iter().copied().take_while(|part| !wild(part)).collect();
        let prefix = plain.join("/");
        let links = (1..=plain.len()).any(|n| context.dir().join(plain[..n].join("/")).is_symlink());
        let wild_links = match parts.len() - plain.len() {
            0 => false,
            1 => holds_links(&context.dir().join(&prefix)),
            _ => true,
        };
        if prefix.is_empty() || links || wild_links || parts.contains(&"..") {
            return Only::All;
        }
        below.push(prefix);
    }
    if below.is_empty() { Only::All } else { Only::Below(below) }
}

fn holds_links(dir: &Path) -> bool {
    std::fs::read_dir(dir).is_ok_and(|entries| entries.flatten().any(|entry| entry.path().is_symlink()))
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test writes its own files")]
mod tests {
    use super::*;

    #[test]
    fn only_what_copy_can_reach_is_listed() {
        let dir = tempfile::tempdir().expect("a folder");
        for file in ["src/a/x.rs", "src/b.rs", "docs/d.md", "conf/one.cfg", "Dockerfile"] {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
            std::fs::write(path, file).expect("a file");
        }
        let context = Context::of(dir.path(), &dir.path().join("Dockerfile"), dir.path()).expect("a context");
        let offer = Offer { context: Some(context), ..Offer::default() };
        let names = |paths: &[&str]| -> Vec<String> {
            let asked = Asked { folder: "context".into(), paths: paths.iter().map(|&path| path.to_owned()).collect() };
            let mut names = Vec::new();
            let listed = list(&asked, &offer, &mut |entry| {
                names.push(entry.shown());
                Ok(())
            });
            listed.expect("a list");
            names
        };
        assert_eq!(names(&["src/a"]), ["src", "src/a", "src/a/x.rs"]);
        assert_eq!(names(&["conf/*.cfg", "docs/d.md"]), ["conf", "conf/one.cfg", "docs", "docs/d.md"]);
        assert_eq!(names(&["*.md"]).len(), 9);
        assert_eq!(names(&[".dockerignore"]), Vec::<String>::new());
        std::os::unix::fs::symlink("../docs/d.md", dir.path().join("conf/l.cfg")).expect("a link");
        assert_eq!(names(&["conf/*.cfg"]).len(), 10, "a link may lead anywhere");
    }

    #[test]
    fn names_in_headers_are_decoded() {
        let mut headers = HeaderMap::new();
        for (name, value) in [("dir-name", "context"), ("followpaths", "a%2Fb+%C3%A9"), ("followpaths-encoded", "1")] {
            headers.insert(name, value.parse().expect("a value"));
        }
        assert_eq!(Asked::of(&headers).paths, ["a/b é"]);
    }
}
