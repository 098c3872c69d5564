//! What of a repository belongs to one of its services.

use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::report::{Error, Result};

/// What of a repository belongs to one of its services.
#[derive(Clone, Debug, Default)]
pub struct Area {
    /// Its folder, all that is in it.
    folder: PathBuf,
    /// Folders in it that belong to others.
    without: Vec<PathBuf>,
    /// Files anywhere.
    files: Vec<PathBuf>,
    globs: GlobSet,
}

impl Area {
    /// A folder, without these folders in it, and files beside it.
    pub fn new(folder: &Path, without: Vec<PathBuf>, files: Vec<PathBuf>) -> Self {
        Self { folder: folder.to_owned(), without, files, globs: GlobSet::empty() }
    }

    /// With what globs mean, each from a folder; `..` may stand at its begin, and a folder means all that is in it.
    ///
    /// # Errors
    /// What is no glob, in words.
    pub fn with_globs<'a>(mut self, globs: impl IntoIterator<Item = (&'a Path, &'a str)>) -> Result<Self> {
        let mut set = GlobSetBuilder::new();
        for (dir, glob) in globs {
            let whole = absolute(dir, glob);
            for pattern in [format!("{whole}/**"), whole] {
                let built = GlobBuilder::new(&pattern).literal_separator(true).build();
                set.add(built.map_err(|error| Error::usage(format!("`{glob}` is not a glob: {}", error.kind())))?);
            }
        }
        self.globs = set.build().map_err(|error| Error::usage(error.to_string()))?;
        Ok(self)
    }

    /// Whether a file belongs to it, by its full path.
    pub fn has(&self, file: &Path) -> bool {
        let inside = file.starts_with(&self.folder) && !self.without.iter().any(|other| file.starts_with(other));
        inside || self.files.iter().any(|own| own == file) || self.globs.is_match(file)
    }
}

/// A glob from a folder as one that matches full paths.
fn absolute(dir: &Path, glob: &str) -> String {
    let (mut dir, mut glob) = (dir.to_owned(), glob.trim_end_matches('/'));
    if glob.starts_with('/') {
        return glob.to_owned();
    }
    while let Some((first, rest)) = glob.split_once('/').or_else(|| (glob == ".." || glob == ".").then_some((glob, ""))) {
        match Path::new(first).components().next() {
            Some(Component::ParentDir) => {
                dir.pop();
            }
            Some(Component::CurDir) => {}
            _ => break,
        }
        glob = rest;
    }
    let dir = globset::escape(dir.to_string_lossy().trim_end_matches('/'));
    if glob.is_empty() { dir } else { format!("{dir}/{glob}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_has_its_folder_and_what_its_globs_mean() {
        let dir = Path::new("/r/services/a[1]");
        let globs = ["../../libs/common", "../../*.toml", "./x"].map(|glob| (dir, glob));
        let area = Area::new(dir, vec![dir.join("inner")], vec!["/r/shared.toml".into()]).with_globs(globs).unwrap_or_default();
        for (file, expected) in [
            ("/r/services/a[1]/src/main.rs", true),
            ("/r/services/a[1]/inner/main.rs", false),
            ("/r/services/a1/src/main.rs", false),
            ("/r/services/a[1]b/src/main.rs", false),
            ("/r/libs/common/deep/x.c", true),
            ("/r/libs/commoner/x.c", false),
            ("/r/Cargo.toml", true),
            ("/r/libs/x.toml", false),
            ("/r/shared.toml", true),
        ] {
            assert_eq!(area.has(Path::new(file)), expected, "{file}");
        }
    }
}
