//! Everything in memory first: names and contents rendered and checked before anything is written.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use minijinja::Environment;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value as Jinja};

use super::answers::Answers;
use super::source::Scaffold;
use crate::config::template;
use crate::report::{Error, Place, Result};

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Below the new repo.
    pub path: PathBuf,
    /// The content.
    pub bytes: Vec<u8>,
    /// Whether it gets the exec bit.
    pub executable: bool,
}

/// Renders all files of a scaffold.
///
/// # Errors
/// Exit code 2 for undefined names, paths that leave the repo, two names that differ only by case, and
/// TOML or JSON that does not parse.
pub fn all(scaffold: &Scaffold, answers: &Answers) -> Result<Vec<File>> {
    let engine = engine()?;
    let context = Jinja::from(Serde(answers));
    let mut files = Vec::new();
    for (path, bytes) in &scaffold.files {
        let name = path.to_string_lossy();
        let target = render(&engine, &name, &name, context.clone())?;
        let target = inside(target.strip_suffix(".tmpl").unwrap_or(&target))?;
        let bytes = match std::str::from_utf8(bytes) {
            Ok(text) => render(&engine, &name, text, context.clone())?.into_bytes(),
            Err(_) => bytes.clone(),
        };
        parses(&target, &bytes)?;
        let executable = scaffold.manifest.executable.iter().any(|glob| Path::new(glob) == target);
        files.push(File { path: target, bytes, executable });
    }
    distinct(&files)?;
    Ok(files)
}

/// Renders a single text of a scaffold.
pub fn text(source: &str, answers: &Answers) -> Result<String> {
    render(&engine()?, "scaffold.toml", source, Jinja::from(Serde(answers)))
}

/// Delimiters that collide with nothing that people generate (`${{ }}` of GitHub Actions, Go templates,
/// shell, Jinja itself).
fn engine() -> Result<Environment<'static>> {
    let mut engine = template::engine();
    let syntax = SyntaxConfig::builder()
        .variable_delimiters("{=", "=}")
        .block_delimiters("{~", "~}")
        .comment_delimiters("{*", "*}")
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
        .map_err(|error| Error::failed(error.to_string()))?;
    engine.set_syntax(syntax);
    Ok(engine)
}

fn render(engine: &Environment<'_>, name: &str, source: &str, context: Jinja) -> Result<String> {
    template::render(engine, source, context).map_err(|fault| {
        let place = fault.range.map(|span| Place { file: name.into(), text: source.into(), span, label: String::new() });
        Error::usage(format!("broken scaffold: {}", fault.message)).at(place)
    })
}

/// A path that stays inside of the repo.
fn inside(path: &str) -> Result<PathBuf> {
    let path = Path::new(path);
    let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    if plain && path.file_name().is_some() && !path.starts_with(".git") {
        return Ok(path.to_owned());
    }
    Err(Error::usage(format!("broken scaffold: {} would be written outside of the repo", path.display())))
}

/// Some file systems do not tell upper from lower case.
fn distinct(files: &[File]) -> Result<()> {
    let mut seen: HashMap<String, &Path> = HashMap::new();
    for file in files {
        if let Some(other) = seen.insert(file.path.to_string_lossy().to_lowercase(), &file.path) {
            return Err(Error::usage(format!(
                "broken scaffold: {} and {} are the same file on some disks",
                other.display(),
                file.path.display()
            )));
        }
    }
    Ok(())
}

fn parses(path: &Path, bytes: &[u8]) -> Result<()> {
    let text = String::from_utf8_lossy(bytes);
    let fault = match path.extension().and_then(|extension| extension.to_str()) {
        Some("toml") => text.parse::<toml::Table>().err().map(|error| error.message().to_owned()),
        Some("json") => serde_json::from_str::<serde_json::Value>(&text).err().map(|error| error.to_string()),
        _ => None,
    };
    match fault {
        Some(fault) => Err(Error::usage(format!("broken scaffold: {} would not parse: {fault}", path.display()))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside_of_the_repo() {
        for bad in ["../evil", "/etc/passwd", "a/../../b", ".git/hooks/pre-commit", ""] {
            assert!(inside(bad).is_err(), "{bad}");
        }
        assert!(inside("a/b.txt").is_ok());
    }

    #[test]
    fn braces_of_other_languages_are_left_alone() {
        let answers = Answers::from([("name".to_owned(), "users".into())]);
        let text = "${{ github.ref }} {{ go }} {% raw %} ${X#y} {= name =}\n";
        assert_eq!(super::text(text, &answers), Ok("${{ github.ref }} {{ go }} {% raw %} ${X#y} users\n".to_owned()));
    }
}
