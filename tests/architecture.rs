//! The source is held to `docs/architecture.md`: who imports whom, and one line per file.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const MARK: &str = "<!-- files -->\n";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page() -> String {
    std::fs::read_to_string(root().join("docs/architecture.md")).unwrap()
}

/// All source files, in alphabetical order.
fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The table of rooms: name and allowed imports.
fn rooms() -> BTreeMap<String, BTreeSet<String>> {
    let page = page();
    let table = page.split("| room | what lives there | may import |").nth(1).unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let imports = cells[2].split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
        (cells[0].trim_matches('`').to_owned(), imports)
    })
    .collect()
}

/// The rooms that a text names as `crate::room` (or `instep::room`).
fn imports(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            // use crate::{a::b, c}: every first word at depth one.
            let mut depth = 1;
            let mut word = String::new();
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    ',' if depth == 1 => drop(found.insert(std::mem::take(&mut word))),
                    _ if depth == 1 && !c.is_whitespace() => word.push(c),
                    _ => {}
                }
                if depth == 0 {
                    found.insert(word);
                    break;
                }
            }
        } else {
            found.insert(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    found.into_iter().map(|word| word.split("::").next().unwrap_or_default().to_owned()).filter(|word| !word.is_empty()).collect()
}

#[test]
fn every_room_imports_only_what_the_table_allows() {
    let rooms = rooms();
    let mut faults = Vec::new();
    for file in sources(&root().join("src")) {
        let relative = file.strip_prefix(root().join("src")).unwrap();
        let first = relative.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
        let room = first.trim_end_matches(".rs").to_owned();
        let Some(allowed) = rooms.get(&room) else {
            faults.push(format!("src/{} is in no room of the table", relative.display()));
            continue;
        };
        let text = std::fs::read_to_string(&file).unwrap();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        for import in imports(&code) {
            let macro_or_self = import == room || !rooms.contains_key(&import);
            if !macro_or_self && !allowed.contains(&import) {
                faults.push(format!("src/{} imports {import}", relative.display()));
            }
        }
    }
    assert!(faults.is_empty(), "against the table in docs/architecture.md:\n{}", faults.join("\n"));
}

#[test]
fn every_room_of_the_table_is_there() {
    for room in rooms().keys() {
        let there = root().join("src").join(room).is_dir() || root().join("src").join(format!("{room}.rs")).is_file();
        assert!(there, "docs/architecture.md names the room `{room}`, which is not in src/");
    }
}

/// With `INSTEP_WRITE_DOCS=1` the list is written instead of compared.
#[test]
fn the_list_of_files_is_complete() {
    let line = |file: &PathBuf| format!("- `{}`: {}\n", file.strip_prefix(root()).unwrap().display(), first_sentence(file));
    let list: Vec<String> = sources(&root().join("src")).iter().map(line).collect();
    let page = page();
    let (before, written) = page.split_once(MARK).unwrap();
    if std::env::var_os("INSTEP_WRITE_DOCS").is_some() {
        std::fs::write(root().join("docs/architecture.md"), format!("{before}{MARK}\n{}", list.concat())).unwrap();
        return;
    }
    let lacking: Vec<&String> = list.iter().filter(|line| !written.contains(line.as_str())).collect();
    let same = written.trim() == list.concat().trim();
    assert!(same, "docs/architecture.md is stale: run `instep generate`\n{lacking:#?}");
}

/// The first sentence of a file's own documentation.
fn first_sentence(file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap();
    let lines = text.lines().map_while(|line| line.strip_prefix("//! "));
    let paragraph = lines.collect::<Vec<_>>().join(" ");
    assert!(!paragraph.is_empty(), "{} does not begin with `//! `", file.display());
    paragraph.split_once(". ").map_or(paragraph.clone(), |(sentence, _)| format!("{sentence}."))
}

#[test]
fn files_are_short() {
    let mut long = Vec::new();
    for file in sources(&root().join("src")) {
        let text = std::fs::read_to_string(&file).unwrap();
        let lines = text.split("#[cfg(test)]").next().unwrap_or_default().lines().count();
        if lines > 350 {
            long.push(format!("{}: {lines} lines", file.display()));
        }
    }
    assert!(long.is_empty(), "over 350 lines without its tests: two subjects in one file?\n{}", long.join("\n"));
}
