//! `[ci.wrapper]` as it holds: where `./instepw` gets the pinned instep from.

use super::Scope;
use super::node::{Node, Origin, Table, Value};
use crate::report::{Error, Problem, Result, text};

/// The platforms that there are programs for, as their addresses name them.
pub const PLATFORMS: [&str; 4] = ["darwin-amd64", "darwin-arm64", "linux-amd64", "linux-arm64"];

/// Where `./instepw` gets the pinned instep from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrapper {
    /// Its address, with `{version}` and `{platform}`.
    pub url: String,
    /// The checksums, by platform.
    pub sha256: Vec<(String, String)>,
    /// The version that the file asks for.
    pub version: Option<String>,
}

impl Wrapper {
    /// Reads `[ci.wrapper]`.
    ///
    /// # Errors
    /// Exit code 2 where it is not written.
    pub fn of(scope: &Scope) -> Result<Self> {
        let read = scope.read("ci").table("wrapper");
        let Some(url) = read.words("url").into_iter().next() else {
            return Err(Error::usage("nobody says where ./instepw gets instep from").help(
                "add to instep.toml, or to your base:\n[ci.wrapper]\nurl = \"https://downloads.example.com/instep/{version}/instep-{platform}\"\nsha256 = { linux-amd64 = \"…\" }",
            ));
        };
        let version = scope.read_root().words("minimum-version").into_iter().next();
        Ok(Self { url, sha256: read.pairs("sha256")?, version })
    }
}

/// Finds addresses and checksums that could not be put into a script: they stand there as they are.
pub(super) fn check(table: &Table, problems: &mut Vec<Problem>) {
    let Some(Node { value: Value::Table(wrapper), .. }) = table.at(&["ci", "wrapper"]) else { return };
    let mut tell = |at: &Origin, message: String, help: &str| {
        problems.push(Problem { message, place: at.place(""), help: vec![help.to_owned()], ..Problem::default() });
    };
    if let Some(Node { value: Value::Str(url), origin }) = wrapper.get("url") {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?&=%+,@{}".contains(c);
        if !(url.starts_with("https://") || url.starts_with("http://")) || !url.chars().all(plain) {
            let message = format!("`{url}` is not an address to load a program from");
            tell(origin, message, "write \"https://HOST/PATH/{version}/instep-{platform}\"");
        }
    }
    for entry in wrapper.table("sha256").into_iter().flat_map(Table::iter) {
        let Value::Str(sum) = &entry.node.value else { continue };
        if sum.len() != 64 || !sum.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c)) {
            tell(&entry.node.origin, format!("`{sum}` is not a SHA-256"), "write the 64 digits that `sha256sum FILE` prints");
        }
        if !PLATFORMS.contains(&entry.key.as_str()) {
            tell(&entry.at, format!("there is no platform `{}`", entry.key), &format!("known are {}", text::list(&PLATFORMS)));
        }
    }
}
