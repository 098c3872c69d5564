//! `scaffold.toml`: what a scaffold is and what it asks.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::report::{Error, Place, Result};

/// A scaffold's description of itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Its name.
    pub name: String,
    /// One line.
    pub description: String,
    /// Counts up with every change of what it generates.
    pub version: u32,
    /// Commands that succeed where its repos can be built.
    #[serde(default)]
    pub toolchain: Vec<String>,
    /// Names that a service can't have, since the language has taken them.
    #[serde(default)]
    pub reserved: Vec<String>,
    /// Globs of files that get the exec bit.
    #[serde(default)]
    pub executable: Vec<String>,
    /// What it asks, by name.
    #[serde(default)]
    pub questions: BTreeMap<String, Question>,
}

/// A question.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The type of its answer.
    #[serde(rename = "type", default)]
    pub kind: Kind,
    /// What is asked.
    pub description: String,
    /// The answer when none is given; may be a template of earlier answers.
    pub default: Option<toml::Value>,
    /// What a choice may be.
    #[serde(default)]
    pub choices: Vec<String>,
}

/// The types of answers.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Any text.
    #[default]
    String,
    /// An integer.
    Int,
    /// Yes or no.
    Bool,
    /// One of `choices`.
    Choice,
}

impl Manifest {
    /// Reads it; `file` is how it is shown.
    ///
    /// # Errors
    /// Exit code 2 with the place of the fault.
    pub fn parse(text: &str, file: &str) -> Result<Self> {
        toml::from_str(text).map_err(|error| {
            let place = error.span().map(|span| Place { file: Arc::from(file), text: Arc::from(text), span, label: String::new() });
            Error::usage(format!("broken scaffold: {}", error.message())).at(place)
        })
    }
}
