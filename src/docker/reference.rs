//! `registry/path/name:tag@digest` taken apart (the grammar of distribution/reference).

use std::fmt;

/// The name of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Registry and name, as written.
    pub repository: String,
    /// The tag.
    pub tag: Option<String>,
    /// `sha256:…`.
    pub digest: Option<String>,
}

impl Reference {
    /// Takes a name apart.
    pub fn parse(text: &str) -> Self {
        let (name, digest) = text.split_once('@').map_or((text, None), |(name, digest)| (name, Some(digest.to_owned())));
        // A colon before the last slash belongs to the registry's port.
        let (repository, tag) = match name.rsplit_once(':') {
            Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag.to_owned())),
            _ => (name, None),
        };
        Self { repository: repository.to_owned(), tag, digest }
    }

    /// The registry's host and port; `docker.io` where none is written.
    pub fn registry(&self) -> &str {
        match self.repository.split_once('/') {
            Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => host,
            _ => "docker.io",
        }
    }

    /// `repository@sha256:…`.
    pub fn pinned(&self, digest: &str) -> String {
        format!("{}@{digest}", self.repository)
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repository)?;
        self.tag.iter().try_for_each(|tag| write!(f, ":{tag}"))?;
        self.digest.iter().try_for_each(|digest| write!(f, "@{digest}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart_and_put_together_again() {
        for (text, registry, tag) in [
            ("busybox", "docker.io", None),
            ("team/app:1", "docker.io", Some("1")),
            ("localhost:5000/a/b", "localhost:5000", None),
            ("localhost/a:x", "localhost", Some("x")),
            ("r.example.com/a/b:1.0@sha256:abc", "r.example.com", Some("1.0")),
        ] {
            let reference = Reference::parse(text);
            assert_eq!((reference.registry(), reference.tag.as_deref()), (registry, tag), "{text}");
            assert_eq!(reference.to_string(), text);
        }
    }
}
