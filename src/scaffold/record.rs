//! `.instep/scaffold.toml`: what a repo was generated from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::answers::Answers;
use super::source::{Origin, Scaffold};
use crate::repo::{Blob, Entries};
use crate::report::{Error, Result};

/// The file, below the root of the service.
pub const RECORD: &str = ".instep/scaffold.toml";
/// Files as the scaffold made them, where the repo's own differ: so that every clone can find them.
pub const KEPT: &str = ".instep/scaffold/";

/// What a repo was generated from.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The scaffold's name.
    pub scaffold: String,
    /// Where it comes from; none: it is embedded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The commit, when it is from git.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The scaffold's version.
    pub version: u32,
    /// Which instep did it.
    pub instep: String,
    /// The id of the git tree that was generated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tree: Option<String>,
    /// The answers.
    pub answers: Answers,
    /// Each generated file: its mode and the id of its content.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
}

impl Record {
    /// Of what is generated now.
    pub fn of(scaffold: &Scaffold, answers: &Answers, generated: Option<(&str, &Entries)>) -> Self {
        let Origin { source, commit } = scaffold.origin.clone().unwrap_or(Origin { source: String::new(), commit: None });
        let files = generated.map(|(_, entries)| entries.iter().map(|(path, blob)| (path.clone(), format!("{} {}", blob.mode, blob.id))));
        Self {
            scaffold: scaffold.manifest.name.clone(),
            source: Some(source).filter(|source| !source.is_empty()),
            commit,
            version: scaffold.manifest.version,
            instep: env!("CARGO_PKG_VERSION").to_owned(),
            tree: generated.map(|(tree, _)| tree.to_owned()),
            answers: answers.clone(),
            files: files.into_iter().flatten().collect(),
        }
    }

    /// The text of the file.
    ///
    /// # Errors
    /// An answer that TOML has no word for.
    pub fn text(&self) -> Result<String> {
        let table = toml::to_string(self).map_err(|error| Error::failed(format!("can't write {RECORD}: {error}")))?;
        Ok(format!("# What this repo was generated from; `instep update` reads it.\n{table}"))
    }

    /// Reads that of a service.
    ///
    /// # Errors
    /// Exit code 2 for a file that is not a record.
    pub fn read(root: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(root.join(RECORD)).map_err(|error| Error::usage(format!("can't read {RECORD}: {error}")))?;
        toml::from_str(&text).map_err(|error| Error::usage(format!("{RECORD} can't be read: {}", error.message())))
    }

    /// The folder at or above this one that was generated, up to the git root.
    ///
    /// # Errors
    /// Exit code 2 when there is none.
    pub fn find(start: &Path) -> Result<PathBuf> {
        for dir in start.ancestors() {
            if dir.join(RECORD).is_file() {
                return Ok(dir.to_owned());
            }
            if dir.join(".git").exists() {
                break;
            }
        }
        let error = Error::usage(format!("this repo was not made by `instep new-service`: there is no {RECORD}"));
        Err(error.help("`instep update --base` fetches the bases that instep.toml extends"))
    }

    /// What was generated, as the files of a tree.
    pub fn entries(&self) -> Entries {
        let entry = |(path, line): (&String, &String)| {
            let (mode, id) = line.split_once(' ')?;
            Some((path.clone(), Blob { mode: mode.to_owned(), id: id.to_owned() }))
        };
        self.files.iter().filter_map(entry).collect()
    }

    /// Where the scaffold is to be looked for.
    pub fn place(&self) -> &str {
        self.source.as_deref().unwrap_or(&self.scaffold)
    }
}
