//! Files of `tests/corpus/`: a new case is a new file.
//!
//! `valid/NAME.toml` passes `instep config` without a word; `invalid/NAME.toml` fails with exactly what
//! `invalid/NAME.stderr` holds. With `INSTEP_WRITE_DOCS=1` the latter are written instead of compared:
//! look at them before they are committed.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::path::{Path, PathBuf};

use support::World;

/// The cases of a folder, in alphabetical order.
fn cases(folder: &str) -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(folder);
    let files = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> = files.filter(|file| file.extension().is_some_and(|extension| extension == "toml")).collect();
    cases.sort();
    assert!(!cases.is_empty(), "no cases in {folder}");
    cases
}

#[test]
fn valid_files_pass_without_a_word() {
    for case in cases("valid") {
        let ran = World::with(&std::fs::read_to_string(&case).unwrap()).run(["config"]);
        assert!(ran.exit() == 0 && ran.err().is_empty() && !ran.out().is_empty(), "{}\n{ran:?}", case.display());
    }
}

#[test]
fn invalid_files_fail_with_exactly_these_words() {
    let write = std::env::var_os("INSTEP_WRITE_DOCS").is_some();
    let mut faults = Vec::new();
    for case in cases("invalid") {
        let ran = World::with(&std::fs::read_to_string(&case).unwrap()).run(["config"]);
        let words = case.with_extension("stderr");
        if (ran.exit(), ran.out().as_str()) != (2, "") {
            faults.push(format!("{}: {ran:?}", case.display()));
        } else if write {
            std::fs::write(words, ran.err()).unwrap();
        } else if std::fs::read_to_string(&words).ok() != Some(ran.err()) {
            faults.push(format!("{} does not hold what is printed:\n{}", words.display(), ran.err()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_expectation_has_its_case() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/invalid");
    for file in std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
        assert!(file.with_extension("toml").is_file(), "{} has no .toml beside it", file.display());
    }
}
