//! `scaffold.toml`: what a scaffold is, what it asks, and what becomes of each of its files.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

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
    /// Parts that several scaffolds share: folders beside this one, with a `part.toml` and a `template/`.
    #[serde(default)]
    pub include: Vec<String>,
    /// What it asks, by name, in the order of the file.
    #[serde(default, deserialize_with = "in_order")]
    pub questions: Vec<(String, Question)>,
    /// What becomes of files, by a glob of their path below `template/`.
    #[serde(default)]
    pub files: BTreeMap<String, Rule>,
    /// What is run once in a new repo, when a person has agreed to it.
    #[serde(default)]
    pub commands: Vec<Hook>,
    /// Parts that `instep add` brings in later: each is a set of answers.
    #[serde(default)]
    pub components: BTreeMap<String, Component>,
}

/// A command that a scaffold wants to run.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Hook {
    /// A line for `sh`; no template: the answers are in its environment.
    pub run: String,
    /// What for, in a line.
    pub description: String,
}

/// What several scaffolds share.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// What it asks, after the scaffold's own questions.
    #[serde(default, deserialize_with = "in_order")]
    pub questions: Vec<(String, Question)>,
    /// What becomes of its files.
    #[serde(default)]
    pub files: BTreeMap<String, Rule>,
    /// Parts that can be added later.
    #[serde(default)]
    pub components: BTreeMap<String, Component>,
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
    /// Asked only when this expression of earlier answers is true; else it is empty, zero or no.
    pub when: Option<String>,
    /// The least that a number may be.
    pub min: Option<i64>,
    /// The most that a number may be.
    pub max: Option<i64>,
    /// The form that a text must have.
    pub form: Option<TextForm>,
}

/// The types of answers.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
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
    /// Any of `choices`.
    MultiChoice,
}

/// The forms that a text can be held to.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum TextForm {
    /// A DNS-1123 label.
    Label,
    /// Not empty.
    Filled,
}

/// What becomes of a file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// There only when this expression of the answers is true.
    pub when: Option<String>,
    /// Once for each item of this list, which its name and content know as `item`.
    pub each: Option<String>,
    /// Whose it is when the repo is updated.
    #[serde(default)]
    pub owner: Owner,
}

/// Whose a generated file is.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Owner {
    /// Both sides': an update is merged into it.
    #[default]
    Merged,
    /// The scaffold's: edits are conflicts.
    Managed,
    /// The user's: generated once, never touched again.
    Once,
    /// The user's, but for what stands between the marks `instep:begin` and `instep:end`.
    Section,
}

/// A part that can be added later.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// One line.
    pub description: String,
    /// The answers that bring it in; to those of a multi-choice it is added.
    pub set: BTreeMap<String, toml::Value>,
}

impl Manifest {
    /// Reads it; `file` is how it is shown.
    ///
    /// # Errors
    /// Exit code 2 with the place of the fault.
    pub fn parse(text: &str, file: &str) -> Result<Self> {
        read(text, file)
    }

    /// Takes in a part.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn take(&mut self, text: &str, file: &str) -> Result<()> {
        let Part { questions, files, components } = read(text, file)?;
        let own: Vec<String> = self.questions.iter().map(|(name, _)| name.clone()).collect();
        self.questions.extend(questions.into_iter().filter(|(name, _)| !own.contains(name)));
        for (glob, rule) in files {
            self.files.entry(glob).or_insert(rule);
        }
        for (name, component) in components {
            self.components.entry(name).or_insert(component);
        }
        Ok(())
    }

    /// A question by name.
    pub fn question(&self, name: &str) -> Option<&Question> {
        self.questions.iter().find(|(other, _)| other == name).map(|(_, question)| question)
    }
}

fn read<T: serde::de::DeserializeOwned>(text: &str, file: &str) -> Result<T> {
    toml::from_str(text).map_err(|error| {
        let place = error.span().map(|span| Place { file: Arc::from(file), text: Arc::from(text), span, label: String::new() });
        Error::usage(format!("broken scaffold: {}", error.message())).at(place)
    })
}

/// Later questions may depend on earlier ones: their order counts.
fn in_order<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(String, Question)>, D::Error> {
    struct InOrder;
    impl<'de> Visitor<'de> for InOrder {
        type Value = Vec<(String, Question)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a table of questions")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut all = Vec::new();
            while let Some(pair) = map.next_entry()? {
                all.push(pair);
            }
            Ok(all)
        }
    }
    deserializer.deserialize_map(InOrder)
}
