//! The commands of scaffolds: run only when a person has agreed to exactly these. What was agreed to is remembered by its hash.

use std::path::PathBuf;

use super::source::Scaffold;
use crate::process;
use crate::repo::disk;
use crate::report::{Error, Result};

/// The hash of what a scaffold wants to run: where it comes from, its commands, and those of its files that they name.
/// None: it wants nothing.
pub fn fingerprint(scaffold: &Scaffold) -> Option<String> {
    let commands = &scaffold.manifest.commands;
    if commands.is_empty() {
        return None;
    }
    let mut hasher = blake3::Hasher::new();
    let mut add = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    add(place(scaffold).as_bytes());
    for command in commands {
        add(command.run.as_bytes());
    }
    for name in named_files(scaffold) {
        add(name.as_bytes());
        scaffold.files.iter().filter(|file| file.path.to_string_lossy() == name).for_each(|file| add(&file.bytes));
    }
    // 128 bits: no author finds a harmless and a harmful scaffold that share one.
    Some(hasher.finalize().to_hex()[..32].to_owned())
}

/// Where it comes from; another tag of the same repository is the same place.
fn place(scaffold: &Scaffold) -> &str {
    let source = scaffold.origin.as_ref().map_or(scaffold.manifest.name.as_str(), |origin| &origin.source);
    source.split_once('#').map_or(source, |(place, _)| place)
}

/// The scaffold's own files whose names stand in its commands, as in `sh scripts/setup.sh`.
pub fn named_files(scaffold: &Scaffold) -> Vec<String> {
    let names = scaffold.files.iter().map(|file| file.path.to_string_lossy().into_owned());
    let named = |name: &String| {
        let made = name.strip_suffix(".tmpl").unwrap_or(name);
        scaffold.manifest.commands.iter().any(|command| command.run.contains(made))
    };
    names.filter(named).collect()
}

/// Whether somebody on this machine has agreed to this hash.
///
/// # Errors
/// Exit code 2 when there is no place to remember it.
pub fn is_trusted(hash: &str) -> Result<bool> {
    let text = std::fs::read_to_string(memory()?).unwrap_or_default();
    Ok(text.lines().any(|line| line.split(' ').next() == Some(hash)))
}

/// Remembers that somebody has agreed.
///
/// # Errors
/// A disk that can't be written.
pub fn remember(scaffold: &Scaffold, hash: &str) -> Result<()> {
    if is_trusted(hash)? {
        return Ok(());
    }
    let file = memory()?;
    let before = std::fs::read_to_string(&file).unwrap_or_default();
    disk::write(&file, format!("{before}{hash} {}\n", place(scaffold)).as_bytes())
}

/// `$XDG_STATE_HOME/instep/trusted-commands`.
fn memory() -> Result<PathBuf> {
    let own = process::env::own_dir("XDG_STATE_HOME", ".local/state");
    let missing = || Error::usage("there is no place to remember what is agreed to: neither XDG_STATE_HOME nor HOME is set");
    Ok(own.ok_or_else(missing)?.join("trusted-commands"))
}

#[cfg(test)]
mod tests {
    use super::super::manifest::Manifest;
    use super::super::source::{Mode, Origin, Template};
    use super::*;

    fn scaffold(source: &str, command: &str, script: &str) -> Scaffold {
        let text = format!("name = \"x\"\ndescription = \"x\"\nversion = 1\n[[commands]]\nrun = \"{command}\"\ndescription = \"x\"\n");
        let file = |path: &str, text: &str| Template { path: path.into(), bytes: text.into(), mode: Mode::Plain };
        Scaffold {
            manifest: Manifest::parse(&text, "x").expect("a manifest"),
            files: vec![file("setup.sh", script), file("other", script)],
            origin: Some(Origin { source: source.into(), commit: None }),
        }
    }

    #[test]
    fn another_place_command_or_script_is_another_hash_but_not_another_tag() {
        let hash = |source: &str, command: &str, script: &str| fingerprint(&scaffold(source, command, script)).expect("commands");
        let first = hash("git+https://a/b#v1", "sh setup.sh", "1");
        assert_eq!(first.len(), 32);
        assert_eq!(first, hash("git+https://a/b#v2", "sh setup.sh", "1"));
        assert_ne!(first, hash("git+https://a/c#v1", "sh setup.sh", "1"));
        assert_ne!(first, hash("git+https://a/b#v1", "sh ./setup.sh", "1"));
        assert_ne!(first, hash("git+https://a/b#v1", "sh setup.sh", "2"));
        assert_eq!(named_files(&scaffold("x", "sh setup.sh", "1")), ["setup.sh"]);
    }
}
