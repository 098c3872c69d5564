//! Everything in memory first: names and contents rendered and checked before anything is written.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use minijinja::Environment;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value as Jinja};
use serde_json::Value;

use super::answers::Answers;
use super::manifest::{Owner, Rule};
use super::source::{Mode, Scaffold, Template};
use crate::config::template;
use crate::report::{Error, Place, Result};

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Below the new repo.
    pub path: PathBuf,
    /// The content; of a link, where it leads.
    pub bytes: Vec<u8>,
    /// What kind of file it is.
    pub mode: Mode,
    /// Whose it is when the repo is updated.
    pub owner: Owner,
}

/// Renders all files of a scaffold.
///
/// # Errors
/// Exit code 2 for undefined names, paths or links that leave the repo, two names that differ only by
/// case, and TOML, YAML or JSON that does not parse.
pub fn all(scaffold: &Scaffold, answers: &Answers) -> Result<Vec<File>> {
    let engine = engine()?;
    let rules = rules(scaffold)?;
    let mut files = Vec::new();
    for source in &scaffold.files {
        let rule = rules.iter().rev().find(|(glob, _)| glob.is_match(plain_name(&source.path))).map(|(_, rule)| *rule);
        let rule = rule.cloned().unwrap_or_default();
        if !holds(rule.when.as_deref(), answers)? {
            continue;
        }
        for answers in each(rule.each.as_deref(), answers)? {
            files.push(one(&engine, scaffold, source, rule.owner, &answers)?);
        }
    }
    distinct(&files)?;
    Ok(files)
}

fn one(engine: &Environment<'_>, scaffold: &Scaffold, source: &Template, owner: Owner, answers: &Answers) -> Result<File> {
    let context = Jinja::from(Serde(answers));
    let name = source.path.to_string_lossy();
    let path = render(engine, &name, &name, context.clone())?;
    let path = inside(path.strip_suffix(".tmpl").unwrap_or(&path))?;
    let bytes = match std::str::from_utf8(&source.bytes) {
        Ok(text) => render(engine, &name, text, context)?.into_bytes(),
        Err(_) => source.bytes.clone(),
    };
    let listed = scaffold.manifest.executable.iter().any(|glob| Path::new(glob) == path);
    let mode = if listed { Mode::Executable } else { source.mode };
    if mode == Mode::Link {
        leads_inside(&path, Path::new(&*String::from_utf8_lossy(&bytes)))?;
    } else {
        parses(&path, &bytes)?;
    }
    Ok(File { path, bytes, mode, owner })
}

/// The rules of `[files]` with their globs; of several that match, the last in the alphabet holds.
fn rules(scaffold: &Scaffold) -> Result<Vec<(GlobMatcher, &Rule)>> {
    let glob = |text: &String| -> Result<GlobMatcher> {
        // Braces of names are no alternatives.
        let plain = text.replace("{=", "[{]=").replace("=}", "=[}]");
        let glob = GlobBuilder::new(&plain).literal_separator(true).build();
        Ok(glob.map_err(|error| Error::usage(format!("broken scaffold: the glob \"{text}\": {}", error.kind())))?.compile_matcher())
    };
    scaffold.manifest.files.iter().map(|(text, rule)| Ok((glob(text)?, rule))).collect()
}

/// The path of a template without the `.tmpl` that is taken off.
fn plain_name(path: &Path) -> PathBuf {
    let name = path.to_string_lossy();
    PathBuf::from(name.strip_suffix(".tmpl").unwrap_or(&name))
}

/// The answers for each file that comes of a template: with `item`, when there is one for each item of a list.
fn each(list: Option<&str>, answers: &Answers) -> Result<Vec<Answers>> {
    let Some(name) = list else { return Ok(vec![answers.clone()]) };
    let items: Vec<Value> = match answers.get(name) {
        Some(Value::Array(items)) => items.clone(),
        Some(Value::String(text)) => text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(Value::from).collect(),
        _ => return Err(Error::usage(format!("broken scaffold: `each` names `{name}`, which is no list of the answers"))),
    };
    Ok(items
        .into_iter()
        .map(|item| answers.iter().map(|(k, v)| (k.clone(), v.clone())).chain([("item".to_owned(), item)]).collect())
        .collect())
}

/// Whether an expression of the answers is true; none is.
pub fn holds(expression: Option<&str>, answers: &Answers) -> Result<bool> {
    let Some(expression) = expression else { return Ok(true) };
    let text = text(&format!("{{~ if {expression} ~}}yes{{~ endif ~}}"), answers)?;
    Ok(text == "yes")
}

/// The names that a text uses and does not set itself.
///
/// # Errors
/// Exit code 2 for a text that is no template.
pub fn names(source: &str) -> Result<Vec<String>> {
    let engine = engine()?;
    let template = engine.template_from_str(source).map_err(|error| {
        let line = error.line().and_then(|line| source.lines().nth(line.saturating_sub(1))).unwrap_or_default();
        Error::usage(format!("broken scaffold: {error}")).note(line.trim().to_owned())
    })?;
    let mut names: Vec<String> = template.undeclared_variables(false).into_iter().collect();
    names.sort();
    Ok(names)
}

/// The globs of `[files]` that match no file of the scaffold.
///
/// # Errors
/// A glob that is none.
pub fn idle_rules(scaffold: &Scaffold) -> Result<Vec<String>> {
    let idle = |glob: &GlobMatcher| !scaffold.files.iter().any(|file| glob.is_match(plain_name(&file.path)));
    let rules = rules(scaffold)?;
    let texts = scaffold.manifest.files.keys();
    Ok(texts.zip(&rules).filter(|(_, (glob, _))| idle(glob)).map(|(text, _)| text.clone()).collect())
}

/// Renders a single text of a scaffold.
pub fn text(source: &str, answers: &Answers) -> Result<String> {
    render(&engine()?, "scaffold.toml", source, Jinja::from(Serde(answers)))
}

/// Delimiters that collide with nothing that people generate (`${{ }}` of GitHub Actions, Go templates,
/// shell, Jinja itself).
pub(super) fn engine() -> Result<Environment<'static>> {
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

/// A link that stays inside of the repo.
fn leads_inside(link: &Path, to: &Path) -> Result<()> {
    let mut depth = link.components().count() - 1;
    for part in to.components() {
        match part {
            Component::Normal(_) => depth += 1,
            Component::CurDir => {}
            Component::ParentDir if depth > 0 => depth -= 1,
            _ => return Err(Error::usage(format!("broken scaffold: the link {} leads out of the repo: {}", link.display(), to.display()))),
        }
    }
    Ok(())
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
        Some("json") => serde_json::from_str::<Value>(&text).err().map(|error| error.to_string()),
        Some("yaml" | "yml") => serde_saphyr::from_multiple::<Value>(&text).err().map(|error| error.to_string()),
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
    fn links_stay_inside_of_the_repo() {
        for (link, to, good) in
            [("a", "b/c", true), ("a/b", "../c", true), ("a", "../c", false), ("a/b", "../../c", false), ("a", "/etc/hostname", false)]
        {
            assert_eq!(leads_inside(Path::new(link), Path::new(to)).is_ok(), good, "{link} → {to}");
        }
    }

    #[test]
    fn braces_of_other_languages_are_left_alone() {
        let answers = Answers::from([("name".to_owned(), "users".into())]);
        let text = "${{ github.ref }} {{ go }} {% raw %} ${X#y} {= name =}\n";
        assert_eq!(super::text(text, &answers), Ok("${{ github.ref }} {{ go }} {% raw %} ${X#y} users\n".to_owned()));
    }
}
