//! Generated files held against the linters that are here.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::{Outcome, said};
use crate::process::{self, Command};
use crate::report::Result;

/// What a linter is called with: its name, its options, and the files that it knows.
type Linter = (&'static str, &'static [&'static str], &'static str);

const LINTERS: [Linter; 7] = [
    ("hadolint", &[], "Dockerfile"),
    ("check-jsonschema", &["--quiet", "--builtin-schema", "vendor.github-workflows"], ".github/workflows/ci.yml"),
    ("check-jsonschema", &["--quiet", "--builtin-schema", "vendor.gitlab-ci"], ".gitlab-ci.yml"),
    ("check-jsonschema", &["--quiet", "--builtin-schema", "vendor.travis"], ".travis.yml"),
    ("check-jsonschema", &["--quiet", "--builtin-schema", "vendor.compose-spec"], "compose.yaml"),
    ("check-jsonschema", &["--quiet", "--builtin-schema", "vendor.renovate"], "renovate.json"),
    ("shellcheck", &[], "*.sh"),
];

/// Runs them on what is in these repos; of files that are the same in several, on one.
///
/// # Errors
/// What a linter complains of.
pub fn run(repos: &[PathBuf]) -> Result<Outcome> {
    let (mut used, mut missing, mut count) = (Vec::new(), Vec::new(), 0);
    for (program, options, pattern) in LINTERS {
        if !process::exists(program) {
            missing.push(program);
            continue;
        }
        let files = distinct(repos, pattern);
        if !files.is_empty() {
            said(&Command::new(program, options).args(&files))?;
            used.push(program);
            count += files.len();
        }
    }
    missing.dedup();
    used.dedup();
    let lacking = format!("no {} here", missing.join(", no "));
    let done = format!("{}: {}", used.join(", "), crate::report::text::count(count, "file"));
    Ok(match (used.as_slice(), missing.as_slice()) {
        ([], []) => Outcome::Skipped("no file that a linter knows".to_owned()),
        ([], _) => Outcome::Skipped(lacking),
        (_, []) => Outcome::Good(Some(done)),
        (_, _) => Outcome::Good(Some(format!("{done}; {lacking}"))),
    })
}

/// The files of this name, or of this ending at the root.
fn distinct(repos: &[PathBuf], pattern: &str) -> Vec<PathBuf> {
    let mut seen = HashSet::new();
    let files = repos.iter().flat_map(|repo| match pattern.strip_prefix('*') {
        Some(ending) => at_root(repo, ending),
        None => vec![repo.join(pattern)],
    });
    files.filter(|file| std::fs::read(file).is_ok_and(|bytes| seen.insert(bytes))).collect()
}

fn at_root(repo: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(repo).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.to_string_lossy().ends_with(ending)).collect();
    files.sort();
    files
}
