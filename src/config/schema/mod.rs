//! What may stand in `instep.toml`: the one source of checking, defaults, suggestions, the JSON
//! Schema and the reference page.

mod ci;
mod image;
mod kube;
mod load_test;
mod local;
mod place;
mod root;
mod service;
mod smoke;
mod task;

pub use self::root::ROOT;

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A string that may be a template.
    Text,
    /// A string that is never a template, of this form.
    Word(Form),
    /// `true` or `false`.
    Bool,
    /// Only `false`: takes something away.
    False,
    /// An integer in this range.
    Int(i64, i64),
    /// An integer or a float.
    Number,
    /// `"500ms"`, `"10s"`, `"5m"`.
    Duration,
    /// A quantity of Kubernetes: `"100m"`, `"128Mi"`.
    Quantity,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// An array of these.
    List(&'static Shape),
    /// A table with known keys.
    Table(&'static Fields),
    /// A table with free keys of a form.
    Map(Form, &'static Shape),
    /// As [`Shape::Map`]; `KEY = false` removes an entry that a weaker layer brings.
    Named(Form, &'static Shape),
    /// Anything; its owner checks it.
    Any,
    /// The first of these that the value's type fits.
    Either(&'static [Shape]),
}

/// The form of a word or of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Anything.
    Free,
    /// A DNS-1123 label: lower-case letters, digits, `-`; at most 63.
    Label,
    /// Letters, digits, `-`, `_`, `.`: a task.
    Task,
    /// `snake_case`: a variable.
    Snake,
    /// The name of an environment variable.
    Variable,
    /// A version of instep itself.
    Release,
    /// A semantic version requirement.
    Version,
    /// A JSONPath (RFC 9535).
    JsonPath,
    /// A share: `"1%"`.
    Percent,
    /// A regular expression, in the syntax of the `regex` crate.
    Regex,
}

/// A table with known keys.
#[derive(Debug)]
pub struct Fields {
    /// What the table is for: one line.
    pub doc: &'static str,
    /// The keys, in groups that tables share.
    pub groups: &'static [&'static [Key]],
}

impl Fields {
    /// All keys.
    pub fn keys(&self) -> impl Iterator<Item = &'static Key> {
        self.groups.iter().flat_map(|group| group.iter())
    }

    /// A key by its name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys().find(|key| key.name == name)
    }
}

/// One key.
#[derive(Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What its value may be.
    pub shape: Shape,
    /// One line for the reference.
    pub doc: &'static str,
    /// The default as it would be written, without quotes; empty: none.
    pub default: &'static str,
    /// It must be there.
    pub required: bool,
}

const fn key(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key { name, shape, doc, default: "", required: false }
}

impl Key {
    const fn or(mut self, default: &'static str) -> Self {
        self.default = default;
        self
    }

    const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

/// The newest edition: the shape of what is generated. `tests/edition.rs` holds the output of every one.
pub const EDITION: i64 = 1;

const TEXTS: Shape = Shape::List(&Shape::Text);
const PORT: Shape = Shape::Int(1, 65535);
const TEXT_MAP: Shape = Shape::Map(Form::Free, &Shape::Text);

/// The value of an environment variable.
const ENV_VALUE: Shape = Shape::Either(&[Shape::Text, Shape::Table(&ENV_TABLE), Shape::False]);
/// A table of environment variables.
const ENV: Shape = Shape::Named(Form::Variable, &ENV_VALUE);

pub static ENV_TABLE: Fields = Fields {
    doc: "A value that is masked, asked for, or kept in the cluster.",
    groups: &[&[
        key("command", TEXTS, "a program whose output is the value; run only when needed, always masked; not under kube"),
        key("key", Shape::Text, "the key in the Secret"),
        key("mask", Shape::Bool, "hide the value in all output").or("false"),
        key("secret", Shape::Text, "the name of a Kubernetes Secret; only under kube, workloads and jobs"),
        key("value", Shape::Text, "the value"),
    ]],
};
