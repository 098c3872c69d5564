//! What makes a context large, and which line of the ignore file would leave it out.

use std::collections::BTreeMap;

use crate::docker::context::Found;
use crate::docker::dockerfile::Dockerfile;
use crate::process::quote;
use crate::report::text;

/// From here on a context is worth a word.
const LARGE: u64 = 100 * 1024 * 1024;
const MANY: usize = 10_000;
/// How many folders are named.
const NAMED: usize = 5;

/// The sizes of a context's folders.
#[derive(Clone, Debug, Default)]
pub struct Sizes {
    files: usize,
    bytes: u64,
    folders: BTreeMap<String, (u64, usize)>,
}

impl Sizes {
    /// Counts a file.
    pub fn add(&mut self, found: &Found) {
        if !found.meta.is_file() {
            return;
        }
        self.files += 1;
        self.bytes += found.meta.len();
        let mut parts = found.inside.components();
        let (first, rest) = (parts.next(), parts.next());
        if let (Some(first), Some(_)) = (first, rest) {
            let folder = self.folders.entry(first.as_os_str().to_string_lossy().into_owned()).or_default();
            folder.0 += found.meta.len();
            folder.1 += 1;
        }
    }

    /// Advice for a large context; none for others, and none when the Dockerfile names all that is large.
    pub fn advice(&self, dockerfile: &Dockerfile) -> Option<String> {
        if self.bytes < LARGE && self.files < MANY {
            return None;
        }
        // A hundredth of the bytes, or of the most files that go without a word, is not worth one.
        let counts = |(_, (bytes, files)): &(&String, &(u64, usize))| bytes * 100 >= self.bytes || files * 100 >= MANY;
        let mut folders: Vec<(&String, &(u64, usize))> = self.folders.iter().filter(counts).collect();
        folders.sort_by_key(|(_, size)| std::cmp::Reverse(**size));
        folders.truncate(NAMED);
        let copied = |folder: &str| {
            dockerfile.instructions.iter().any(|one| ["ADD", "COPY"].contains(&one.keyword.as_str()) && names(&one.rest, folder))
        };
        let unneeded: Vec<&str> = folders.iter().map(|(name, _)| name.as_str()).filter(|name| !copied(name)).collect();
        if unneeded.is_empty() {
            return None;
        }
        let width = folders.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        let line = |(name, (bytes, files)): &(&String, &(u64, usize))| {
            let share = bytes * 100 / self.bytes.max(1);
            format!("    {name:width$}  {:>9}  {share:>3} %  {}", text::bytes(*bytes), text::count(*files, "file"))
        };
        let lines: Vec<String> = folders.iter().map(line).collect();
        let patterns: Vec<String> = unneeded.into_iter().map(|name| quote(&pattern(name))).collect();
        let cure = format!("to leave out what the image does not need: printf '%s\\n' {} >> .dockerignore", patterns.join(" "));
        Some(format!("the context has {} in {}\n{}\n  {cure}", text::bytes(self.bytes), text::count(self.files, "file"), lines.join("\n")))
    }
}

/// The line of an ignore file that means this folder and nothing else.
fn pattern(name: &str) -> String {
    let special = |at: usize, c: char| "*?[\\".contains(c) || at == 0 && "!#".contains(c);
    let escaped = |(at, c)| if special(at, c) { vec!['\\', c] } else { vec![c] };
    name.char_indices().flat_map(escaped).collect()
}

/// Whether an instruction copies a folder by its name.
fn names(rest: &str, folder: &str) -> bool {
    let json: Option<Vec<String>> = serde_json::from_str(rest.trim()).ok();
    let words = json.unwrap_or_else(|| rest.split_whitespace().map(str::to_owned).collect());
    words.iter().any(|word| word.trim_start_matches("./").trim_start_matches('/').split('/').next() == Some(folder))
}
