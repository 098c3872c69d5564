//! One check, as it is written: what is asked, what must come, what is kept.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::report::Place;

/// One check.
#[derive(Clone, Debug)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// What is asked.
    pub ask: Ask,
    /// What must come.
    pub expect: Expect,
    /// What is kept for other checks.
    pub capture: Vec<Capture>,
    /// Checks that must have passed before.
    pub needs: Vec<String>,
    /// A wrong answer is asked for again too.
    pub retry: bool,
    /// For one try.
    pub timeout: Duration,
    /// Environments in which it is not run.
    pub skip_in: Vec<String>,
    /// Where it is written; none for a built-in one.
    pub place: Option<Place>,
    /// Where each of its expectations is written: `status`, `json $.items`.
    pub places: Vec<(String, Place)>,
}

/// What is asked.
#[derive(Clone, Debug)]
pub enum Ask {
    /// HTTP, at a path of the target.
    Http(Box<HttpAsk>),
    /// Whether something listens; and with TLS, whether its certificate is right.
    Tcp(Address, Option<Tls>),
    /// gRPC's health service.
    Grpc(Address, String, Option<Tls>),
    /// A program.
    Command(Vec<String>),
}

/// A request.
#[derive(Clone, Debug, Default)]
pub struct HttpAsk {
    /// The method.
    pub method: String,
    /// Appended to the target's URL.
    pub path: String,
    /// Added to the path.
    pub query: Vec<(String, String)>,
    /// Its headers, with those that the body and the credentials need.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Body,
    /// Redirects are followed.
    pub follow: bool,
    /// How TLS is checked.
    pub tls: Option<Tls>,
    /// Values that are never shown.
    pub secrets: Vec<String>,
}

/// The body of a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Body {
    /// None.
    #[default]
    None,
    /// A text.
    Text(String),
    /// A value, as JSON.
    Json(Value),
    /// A form's fields.
    Form(Vec<(String, String)>),
    /// The content of a file.
    File(PathBuf),
}

/// Where something listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A port of the target's host.
    Port(u16),
    /// `HOST:PORT`.
    Text(String),
}

/// How TLS is checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// The file with the CA to trust.
    pub ca: Option<PathBuf>,
    /// The name that the certificate must be for.
    pub name: Option<String>,
}

/// A value of an answer that other checks use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Capture {
    /// Used as `${NAME}`.
    pub name: String,
    /// From this header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// From this place of the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<String>,
    /// This part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matches: Option<String>,
    /// Never shown.
    pub mask: bool,
}

/// What must hold of an answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Expect {
    /// One of these; none: no status is looked at.
    pub status: Vec<Status>,
    /// Headers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, Vec<Test>)>,
    /// The media type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Texts in the body.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub body_contains: Vec<String>,
    /// A regular expression that the body matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_matches: Option<String>,
    /// Values of the body, by JSONPath.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub json: Vec<(String, Vec<Test>)>,
    /// The fewest bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_size: Option<u64>,
    /// The most bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_size: Option<u64>,
    /// Until the answer begins.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "seconds")]
    pub max_first_byte: Option<Duration>,
    /// For the whole answer.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "seconds")]
    pub max_latency: Option<Duration>,
    /// How many redirects there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirects: Option<u32>,
    /// Where they end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub final_url: Option<String>,
    /// How many days the certificate is still valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_days: Option<u32>,
}

/// A status, or a class of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Status {
    /// This one.
    Is(u16),
    /// `2xx`.
    Class(u16),
}

impl Status {
    /// Whether a status is meant.
    pub fn holds(self, status: u16) -> bool {
        match self {
            Self::Is(one) => one == status,
            Self::Class(class) => status / 100 == class,
        }
    }
}

/// `200`, `2xx`.
impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Is(status) => write!(f, "{status}"),
            Self::Class(class) => write!(f, "{class}xx"),
        }
    }
}

/// What must hold of a value.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Test {
    /// This value.
    Is(Value),
    /// Another value.
    IsNot(Value),
    /// A number on this side of another: the sign, and the other.
    Compare(&'static str, f64),
    /// A part of a text, or an element of an array.
    Contains(Value),
    /// How many.
    Count(u64),
    /// Whether it is there.
    Exists(bool),
    /// A regular expression.
    Matches(String),
    /// A type of JSON, or `integer`.
    Type(String),
}

#[expect(clippy::ref_option, reason = "serde hands the field over by reference")]
fn seconds<S: Serializer>(time: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    time.map(|time| time.as_secs_f64()).serialize(serializer)
}

impl Check {
    /// A check that a path answers 200.
    pub fn get(name: &str, path: &str) -> Self {
        Self {
            name: name.to_owned(),
            ask: Ask::Http(Box::new(HttpAsk { method: "GET".to_owned(), path: path.to_owned(), ..HttpAsk::default() })),
            expect: Expect { status: vec![Status::Is(200)], ..Expect::default() },
            capture: Vec::new(),
            needs: Vec::new(),
            retry: false,
            timeout: Duration::from_secs(5),
            skip_in: Vec::new(),
            place: None,
            places: Vec::new(),
        }
    }
}
