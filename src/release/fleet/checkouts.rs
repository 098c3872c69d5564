//! A command in many checkouts.

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::{Value, json};

use super::pool::{self, Ended, Limits};
use crate::process::{self, Command, Exit};
use crate::repo;
use crate::report::style::{BAD, DIM, GOOD, paint};
use crate::report::table::columns;
use crate::report::{Error, Kind, Report, Result, text};

/// Checkouts by the names under which they are shown.
pub type Checkouts = Vec<(String, PathBuf)>;

/// How many lines of a failed command are shown.
const LINES: usize = 20;

/// Every repo of instep below a folder.
///
/// # Errors
/// Exit code 2 for a folder that can't be read, or has none.
pub fn below(dir: &Path) -> Result<Checkouts> {
    let file = crate::config::find::FILE;
    let found = repo::checkouts(dir, file)?;
    if found.is_empty() {
        return Err(Error::usage(format!("there is no repo in {}: nothing has {file}", dir.display())));
    }
    let name = |root: &PathBuf| {
        let name = root.strip_prefix(dir).unwrap_or(root).display().to_string();
        if name.is_empty() { ".".to_owned() } else { name }
    };
    Ok(found.into_iter().map(|root| (name(&root), root)).collect())
}

/// The checkouts that a file names, a folder on each line; `#` begins a remark. Paths belong to the file's folder.
///
/// # Errors
/// Exit code 2 for a file that can't be read, and for folders that are not there.
pub fn listed(file: &Path) -> Result<Checkouts> {
    let shown = file.display();
    let text = std::fs::read_to_string(file).map_err(|error| Error::usage(format!("can't read {shown}: {error}")))?;
    let dir = file.parent().unwrap_or(file);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let found: Checkouts = lines.map(|line| (line.to_owned(), dir.join(line))).collect();
    match found.iter().find(|(_, root)| !root.is_dir()) {
        Some((line, _)) => Err(Error::usage(format!("{shown} names {line}, which is no folder"))),
        None if found.is_empty() => Err(Error::usage(format!("{shown} names no checkout"))),
        None => Ok(found),
    }
}

/// A command for all of them.
pub struct Run<'a> {
    /// Where.
    pub checkouts: &'a Checkouts,
    /// The program and its arguments.
    pub command: &'a [String],
    /// How many at once, and until when.
    pub limits: Limits,
    /// Only show it.
    pub dry_run: bool,
    /// The way out.
    pub report: &'a Report,
}

impl Run<'_> {
    /// Runs it, with these variables; a table tells how it went where.
    ///
    /// # Errors
    /// Exit code 1 when it failed anywhere; 7 when the program is not there.
    pub fn run(&self, env: &[(String, String)]) -> Result<()> {
        let Some((program, args)) = self.command.split_first() else { return Ok(()) };
        let command = |root: &PathBuf| {
            let command = Command::new(program, args).dir(root);
            env.iter().fold(command, |command, (name, value)| command.env(name, value))
        };
        if self.dry_run {
            self.checkouts.iter().for_each(|(_, root)| self.report.raw(&format!("{}\n", command(root))));
            return Ok(());
        }
        let begin = Instant::now();
        let title = Command::new(program, args).line();
        let ended = pool::each(self.checkouts, &title, self.limits, self.report, |root, report| one(&command(root), report));
        let rows: Vec<(&String, Ended<String>)> = self.checkouts.iter().map(|(name, _)| name).zip(ended).collect();
        self.tell(&rows, begin);
        let failed = rows.iter().filter(|(_, ended)| !matches!(ended, Ended::Done(..))).count();
        process::cancel::check()?;
        if failed == 0 {
            Ok(())
        } else {
            Err(Error::failed(format!("`{title}` failed in {failed} of {}", text::count(rows.len(), "repo"))))
        }
    }

    fn tell(&self, rows: &[(&String, Ended<String>)], begin: Instant) {
        let row = |(name, ended): &(&String, Ended<String>)| {
            let (sign, time, about) = match ended {
                Ended::Done(last, took) => (paint(GOOD, "✓"), text::elapsed(*took), paint(DIM, last)),
                Ended::Failed(error, took) => (paint(BAD, "✗"), text::elapsed(*took), error.message().to_owned()),
                Ended::Left => (paint(DIM, "–"), String::new(), paint(DIM, "not run")),
            };
            vec![format!("{sign} {name}"), time, about]
        };
        let table = columns(&rows.iter().map(row).collect::<Vec<_>>(), 0);
        let done = rows.iter().filter(|(_, ended)| matches!(ended, Ended::Done(..))).count();
        let all = text::count(rows.len(), "repo");
        self.report.result(&format!("\n{table}{all} in {}: {done} done", text::elapsed(begin.elapsed())));
        let json = |(name, ended): &(&String, Ended<String>)| -> Value {
            match ended {
                Ended::Done(last, took) => json!({ "repo": name, "outcome": "done", "last-line": last, "seconds": took.as_secs_f64() }),
                Ended::Failed(error, took) => {
                    json!({ "repo": name, "outcome": "failed", "error": error.json(), "seconds": took.as_secs_f64() })
                }
                Ended::Left => json!({ "repo": name, "outcome": "not-run" }),
            }
        };
        self.report.document(json!({ "repos": rows.iter().map(json).collect::<Vec<_>>() }));
    }
}

/// In one checkout; gives the last line that it wrote.
fn one(command: &Command, report: &Report) -> Result<String> {
    let mut bytes = Vec::new();
    let exit = process::with_sink(command, &mut |piece| bytes.extend_from_slice(piece))?;
    process::cancel::check()?;
    let output = anstream::adapter::strip_str(&String::from_utf8_lossy(&bytes)).to_string();
    let lines: Vec<&str> = output.trim_end().lines().collect();
    if exit.ok() {
        return Ok(lines.last().map_or_else(String::new, |last| last.trim().chars().take(60).collect()));
    }
    for line in &lines[lines.len().saturating_sub(LINES)..] {
        report.note(&format!("  {} {line}", paint(DIM, "│")));
    }
    let code = match exit {
        Exit::Code(code) => code.to_string(),
        Exit::Signal(_) | Exit::TimedOut => exit.to_string(),
    };
    Err(Error::new(Kind::Failed, if matches!(exit, Exit::Code(_)) { format!("exit code {code}") } else { code }))
}
