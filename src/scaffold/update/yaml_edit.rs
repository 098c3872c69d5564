//! Changes of keys in the text of a YAML file of block mappings, all else kept as it is written.

use super::semantic::Edit;

/// A key of a block mapping with its lines.
struct Entry {
    path: Vec<String>,
    indent: usize,
    /// The line of the key, and the one after its last.
    lines: (usize, usize),
}

/// Our text with these changes, each written as in `theirs`; none when that can't be done.
pub fn apply(ours: &str, theirs: &str, edits: &[Edit]) -> Option<String> {
    let source: Vec<&str> = theirs.split_inclusive('\n').collect();
    let outline_of_source = outline(&source);
    let mut text = ours.to_owned();
    for edit in edits {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let entries = outline(&lines);
        let find = |path: &[String]| entries.iter().find(|entry| entry.path == path);
        let new: String = match &edit.value {
            Some(_) => {
                let entry = outline_of_source.iter().find(|entry| entry.path == edit.path)?;
                source[entry.lines.0..entry.lines.1].concat()
            }
            None => String::new(),
        };
        let (start, end) = if let Some(entry) = find(&edit.path) {
            entry.lines
        } else {
            // Behind the last key of the same mapping.
            let above = &edit.path[..edit.path.len() - 1];
            let last = entries.iter().rfind(|entry| entry.path.len() == edit.path.len() && entry.path.starts_with(above))?;
            (last.lines.1, last.lines.1)
        };
        let mut before = lines[..start].concat();
        if !before.is_empty() && !before.ends_with('\n') {
            before.push('\n');
        }
        text = before + &new + &lines[end..].concat();
    }
    Some(text)
}

/// The keys of all block mappings. What looks like a key in a multi-line text is listed too: it is never
/// asked for, and what comes of it all is checked by its value.
fn outline(lines: &[&str]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut last_full = 0;
    let mut text_above: Option<usize> = None;
    for (number, line) in lines.iter().enumerate() {
        let plain = line.trim_end();
        let content = plain.trim_start();
        let indent = plain.len() - content.len();
        if content.is_empty() || content.starts_with('#') || text_above.is_some_and(|above| indent > above) {
            if !content.is_empty() && !content.starts_with('#') {
                last_full = number;
            }
            continue;
        }
        text_above = None;
        let item = content.starts_with("- ") || content == "-";
        while let Some(&top) = open.last() {
            // The items of a list may stand below their key without an indent.
            if indent > entries[top].indent || (item && indent == entries[top].indent) {
                break;
            }
            entries[top].lines.1 = last_full + 1;
            open.pop();
        }
        last_full = number;
        let Some((key, value)) = key_of(content).filter(|_| !item) else { continue };
        let mut path = open.last().map(|&top| entries[top].path.clone()).unwrap_or_default();
        path.push(key);
        if value.starts_with(['|', '>']) {
            text_above = Some(indent);
        }
        open.push(entries.len());
        entries.push(Entry { path, indent, lines: (number, number + 1) });
    }
    for top in open {
        entries[top].lines.1 = last_full + 1;
    }
    entries
}

/// `key: value` taken apart.
fn key_of(content: &str) -> Option<(String, &str)> {
    let (key, value) = match content.split_once(": ") {
        Some(pair) => pair,
        None => (content.strip_suffix(':')?, ""),
    };
    let key = key.trim().trim_matches(['"', '\'']);
    (!key.is_empty()).then(|| (key.to_owned(), value.trim()))
}
