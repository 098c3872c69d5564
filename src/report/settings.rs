//! What the user asked of the output.

use anstream::ColorChoice;

use super::Ci;

/// How results are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Human,
    /// One JSON document on stdout.
    Json,
}

/// What the user asked of the output.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// Human or JSON.
    pub format: Format,
    /// When to colour.
    pub color: ColorChoice,
    /// 0 normal, 1 or 2 more.
    pub verbose: u8,
    /// Only results and errors.
    pub quiet: bool,
    /// A JUnit report is wanted too.
    pub junit: bool,
    /// The CI system.
    pub ci: Ci,
    /// All that is written is in a fold of somebody else's already.
    pub folded: bool,
}
