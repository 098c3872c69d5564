//! Which build this is: put into the image by `instep docker-build`, given by instep otherwise.

use serde_json::{Value, json};

#[derive(Debug, PartialEq)]
pub struct Identity {
    pub name: String,
    pub version: String,
    pub revision: String,
    pub build_date: String,
}

impl Identity {
    /// `variable` looks up a variable of the environment.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: &[&str]| {
            let known = |value: &String| !value.is_empty() && value != "unknown";
            names.iter().filter_map(|name| variable(name)).find(known).unwrap_or_else(|| "unknown".into())
        };
        Self {
            name: "{= name =}".into(),
            version: first(&["VERSION", "INSTEP_VERSION"]),
            revision: first(&["REVISION", "INSTEP_GIT_SHA"]),
            build_date: first(&["BUILD_DATE"]),
        }
    }

    pub fn info(&self) -> Value {
        json!({
            "name": self.name,
            "version": self.version,
            "git": { "sha": self.revision, "dirty": self.version.ends_with("-dirty") },
            "build": { "date": self.build_date },
            "runtime": { "language": "rust", "version": env!("RUSTC_VERSION") },
        })
    }
}
