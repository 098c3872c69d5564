//! Hides secret values wherever they would be shown: as they are, and base64-, URL- and JSON-encoded.

use std::borrow::Cow;
use std::sync::{Arc, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// What is shown in the place of a secret.
const STARS: &[u8] = b"***";
/// Shorter values would blank out half of every text; they are left alone.
const SHORTEST: usize = 3;

/// Knows every masked value of this run. Cheap to clone; all clones share the values.
#[derive(Clone, Default)]
pub struct Masker {
    needles: Arc<RwLock<Vec<Vec<u8>>>>,
}

impl Masker {
    /// Hides this value from now on, in all its encodings.
    pub fn add(&self, value: &str) {
        if value.len() < SHORTEST {
            return;
        }
        let mut forms = vec![value.as_bytes().to_vec(), url(value).into_bytes(), json(value).into_bytes()];
        forms.extend(base64(value.as_bytes()));
        // A secret of several lines is shown line by line.
        forms.extend(value.lines().filter(|line| line.len() >= 8).map(|line| line.as_bytes().to_vec()));
        let mut needles = self.needles.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        for form in forms {
            if form.len() >= SHORTEST && !needles.contains(&form) {
                needles.push(form);
            }
        }
        needles.sort_by_key(|needle| std::cmp::Reverse(needle.len()));
    }

    /// Whether nothing has to be hidden.
    pub fn is_empty(&self) -> bool {
        self.read().is_empty()
    }

    /// The text with every secret replaced by stars.
    pub fn mask<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut out = Vec::with_capacity(text.len());
        replace(&self.read(), text.as_bytes(), true, &mut out);
        Cow::Owned(String::from_utf8_lossy(&out).into_owned())
    }

    /// A filter for output that comes in pieces: a secret cut in two by a border of pieces is found.
    pub fn stream(&self) -> Stream {
        Stream { masker: self.clone(), held: Vec::new() }
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Vec<Vec<u8>>> {
        self.needles.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// See [`Masker::stream`].
pub struct Stream {
    masker: Masker,
    held: Vec<u8>,
}

impl Stream {
    /// Takes a piece, gives what may be shown now.
    pub fn push(&mut self, piece: &[u8]) -> Vec<u8> {
        let needles = self.masker.read();
        if needles.is_empty() && self.held.is_empty() {
            return piece.to_vec();
        }
        self.held.extend_from_slice(piece);
        let mut out = Vec::with_capacity(self.held.len());
        let rest = replace(&needles, &self.held, false, &mut out);
        self.held.drain(..rest);
        out
    }

    /// The end of the output: what was held back.
    pub fn finish(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        replace(&self.masker.read(), &self.held, true, &mut out);
        self.held.clear();
        out
    }
}

/// Copies `text` to `out` with stars for needles; gives how much of `text` was used.
/// Unless `last`, a tail that could be the beginning of a needle is left.
fn replace(needles: &[Vec<u8>], text: &[u8], last: bool, out: &mut Vec<u8>) -> usize {
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if let Some(needle) = needles.iter().find(|needle| rest.starts_with(needle)) {
            // A longer needle may still be coming; only the end of the text leaves that open.
            if !last && needles.iter().any(|longer| longer.len() > rest.len() && longer.starts_with(rest)) {
                return at;
            }
            out.extend_from_slice(STARS);
            at += needle.len();
        } else if !last && needles.iter().any(|needle| needle.len() > rest.len() && needle.starts_with(rest)) {
            return at;
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
    at
}

/// Percent-encoding as `encodeURIComponent` writes it (RFC 3986, section 2.3).
fn url(value: &str) -> String {
    value.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

fn json(value: &str) -> String {
    let quoted = serde_json::Value::from(value).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// The base64 forms of a value, alone and inside a longer text at each of the three offsets
/// (RFC 4648, section 4 and 5); the characters that its neighbours share are left out.
fn base64(value: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    for url_safe in [false, true] {
        // Alone, with its padding: nothing of it is left to be seen.
        let alone = encode(value, url_safe);
        let padded = [alone.as_slice(), &b"=="[..(4 - alone.len() % 4) % 4]].concat();
        forms.extend([padded, alone]);
        for offset in 0..3 {
            let mut padded = vec![0; offset];
            padded.extend_from_slice(value);
            let text = encode(&padded, url_safe);
            let begin = [0, 2, 3][offset];
            let end = text.len() - usize::from(padded.len() % 3 != 0);
            if begin < end && end - begin >= 6 {
                forms.push(text[begin..end].to_vec());
            }
        }
    }
    forms
}

/// Base64 without padding.
fn encode(bytes: &[u8], url_safe: bool) -> Vec<u8> {
    let engine = if url_safe { URL_SAFE_NO_PAD } else { STANDARD_NO_PAD };
    engine.encode(bytes).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masker(value: &str) -> Masker {
        let masker = Masker::default();
        masker.add(value);
        masker
    }

    #[test]
    fn every_encoding_is_hidden() {
        let masker = masker("p@ss \"w+rd\"/1");
        // base64 of "p@ss \"w+rd\"/1", alone and after "user:" (as in a Basic header).
        for leak in ["p@ss \"w+rd\"/1", "p%40ss%20%22w%2Brd%22%2F1", "p@ss \\\"w+rd\\\"/1", "cEBzcyAidytyZCIvMQ=="] {
            let shown = masker.mask(leak);
            assert!(shown.starts_with("***"), "{leak} → {shown}");
        }
        assert_eq!(masker.mask("dXNlcjpwQHNzICJ3K3JkIi8x"), "dXNlcjp***");
    }

    #[test]
    fn a_secret_cut_by_a_chunk_border_is_hidden() {
        let masker = masker("hunter2secret");
        for cut in 1..20 {
            let text = b"a hunter2secret b";
            let (left, right) = text.split_at(cut.min(text.len()));
            let mut stream = masker.stream();
            let mut out = stream.push(left);
            out.extend(stream.push(right));
            out.extend(stream.finish());
            assert_eq!(String::from_utf8_lossy(&out), "a *** b", "cut at {cut}");
        }
    }

    #[test]
    fn other_bytes_pass_unchanged() {
        let mut stream = masker("hunter2secret").stream();
        let mut out = stream.push(b"\xff\xfe hunter");
        out.extend(stream.finish());
        assert_eq!(out, b"\xff\xfe hunter");
    }
}
