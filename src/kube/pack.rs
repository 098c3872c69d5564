//! Texts of any size in Secrets: compressed, and in parts that the API server takes.

use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use crate::report::{Error, Result};

/// What the API server takes in one Secret is 1 MiB; this leaves room for the rest of it.
const PART: usize = 700 * 1024;
/// How the data of gzip begins (RFC 1952).
const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The parts, each as the value of a Secret; one at least.
///
/// # Errors
/// None that a person could do something about: memory is all that it needs.
pub(super) fn pack(text: &str) -> Result<Vec<String>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let packed = encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish());
    let packed = packed.map_err(|error| Error::failed(format!("the manifests can't be compressed: {error}")))?;
    Ok(packed.chunks(PART).map(|part| BASE64.encode(part)).collect())
}

/// The text of all parts in their order; as it is, when it was never packed. None for what is neither.
pub(super) fn unpack<'a>(parts: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend(BASE64.decode(part).ok()?);
    }
    if !bytes.starts_with(&MAGIC) {
        return String::from_utf8(bytes).ok();
    }
    let mut text = String::new();
    GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_any_size_comes_back() {
        // Hardly to be compressed: a hash of each line's number.
        let long = (0..40_000_u32).map(|n| blake3::hash(&n.to_le_bytes()).to_string()).collect::<Vec<_>>().join("\n");
        for text in ["", "kind: Service\n", &long] {
            let parts = pack(text).unwrap_or_default();
            assert_eq!(unpack(parts.iter().map(String::as_str)).as_deref(), Some(text));
        }
        assert!(pack(&long).is_ok_and(|parts| parts.len() > 1 && parts.iter().all(|part| part.len() < 1024 * 1024)));
        assert_eq!(unpack([BASE64.encode("plain")].iter().map(String::as_str)).as_deref(), Some("plain"));
    }
}
