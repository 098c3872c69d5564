//! Generated files held against the linters that are here.

use std::path::Path;

use super::{Outcome, said};
use crate::process::{self, Command};
use crate::report::Result;

/// Runs them.
///
/// # Errors
/// What a linter complains of.
pub fn run(repo: &Path) -> Result<Outcome> {
    let (mut used, mut missing) = (Vec::new(), Vec::new());
    for (program, options, files) in linters(repo) {
        if !process::exists(program) {
            missing.push(program);
        } else if !files.is_empty() {
            said(&Command::new(program, &options).args(&files).dir(repo))?;
            used.push(program);
        }
    }
    missing.dedup();
    used.dedup();
    let lacking = format!("no {} here", missing.join(", no "));
    Ok(match (used.as_slice(), missing.as_slice()) {
        ([], []) => Outcome::Skipped("no file that a linter knows".to_owned()),
        ([], _) => Outcome::Skipped(lacking),
        (used, []) => Outcome::Good(Some(used.join(", "))),
        (used, _) => Outcome::Good(Some(format!("{}; {lacking}", used.join(", ")))),
    })
}

/// Program, options, and the files that it looks at.
fn linters(repo: &Path) -> Vec<(&'static str, Vec<&'static str>, Vec<String>)> {
    let there = |file: &str| Vec::from_iter(repo.join(file).is_file().then(|| file.to_owned()));
    let schema = |name, file: &str| ("check-jsonschema", vec!["--quiet", "--builtin-schema", name], there(file));
    let names = std::fs::read_dir(repo).into_iter().flatten().flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut scripts: Vec<String> = names.filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "sh")).collect();
    scripts.sort();
    vec![
        ("hadolint", vec![], there("Dockerfile")),
        schema("vendor.github-workflows", ".github/workflows/ci.yml"),
        schema("vendor.gitlab-ci", ".gitlab-ci.yml"),
        schema("vendor.travis", ".travis.yml"),
        schema("vendor.compose-spec", "compose.yaml"),
        schema("vendor.renovate", "renovate.json"),
        ("shellcheck", vec![], scripts),
    ]
}
