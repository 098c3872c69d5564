//! Everything in memory first: names and contents rendered and checked before anything is written.

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

use globset::{GlobBuilder, GlobSet};
use minijinja::Environment;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value as Jinja};
use serde_json::Value;

use super::answers::Answers;
use super::folder::{Mode, Template};
use super::manifest::{Owner, Rule};
use super::record::RECORD;
use super::source::Scaffold;
use crate::config::template::{self, Fault};
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
    let engine = including(scaffold)?;
    let globs = globs(scaffold)?;
    let rules: Vec<&Rule> = scaffold.manifest.files.values().collect();
    let whole = Jinja::from(Serde(answers));
    let mut files = Vec::new();
    for source in &scaffold.files {
        // Of several that match, the last in the alphabet holds.
        let rule = globs.matches(plain_name(&source.path)).last().and_then(|at| rules.get(*at).copied()).cloned().unwrap_or_default();
        if !holds(rule.when.as_deref(), answers)? {
            continue;
        }
        for context in each(rule.each.as_deref(), answers, &whole)? {
            files.push(one(&engine, scaffold, source, rule.owner, context)?);
        }
    }
    distinct(&files)?;
    Ok(files)
}

fn one(engine: &Environment<'_>, scaffold: &Scaffold, source: &Template, owner: Owner, context: Jinja) -> Result<File> {
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

/// The globs of `[files]`, in the order of their rules.
fn globs(scaffold: &Scaffold) -> Result<GlobSet> {
    let mut globs = GlobSet::builder();
    for text in scaffold.manifest.files.keys() {
        let broken = |error: globset::Error| Error::usage(format!("broken scaffold: the glob \"{text}\": {}", error.kind()));
        // Braces of names are no alternatives.
        let plain = text.replace("{=", "[{]=").replace("=}", "=[}]");
        globs.add(GlobBuilder::new(&plain).literal_separator(true).build().map_err(broken)?);
    }
    globs.build().map_err(|error| Error::usage(format!("broken scaffold: the globs of [files]: {}", error.kind())))
}

/// The path of a template without the `.tmpl` that is taken off.
fn plain_name(path: &Path) -> PathBuf {
    let name = path.to_string_lossy();
    PathBuf::from(name.strip_suffix(".tmpl").unwrap_or(&name))
}

/// What each file that comes of a template knows: the whole of the answers, and `item` when there is one for each item of
/// a list.
fn each(list: Option<&str>, answers: &Answers, whole: &Jinja) -> Result<Vec<Jinja>> {
    let Some(name) = list else { return Ok(vec![whole.clone()]) };
    let items: Vec<Value> = match answers.get(name) {
        Some(Value::Array(items)) => items.clone(),
        Some(Value::String(text)) => text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(Value::from).collect(),
        _ => return Err(Error::usage(format!("broken scaffold: `each` names `{name}`, which is no list of the answers"))),
    };
    let with =
        |item: Value| -> Answers { answers.iter().map(|(k, v)| (k.clone(), v.clone())).chain([("item".to_owned(), item)]).collect() };
    Ok(items.into_iter().map(|item| Jinja::from(Serde(with(item)))).collect())
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
    let globs = globs(scaffold)?;
    let used: HashSet<usize> = scaffold.files.iter().flat_map(|file| globs.matches(plain_name(&file.path))).collect();
    let texts = scaffold.manifest.files.keys().enumerate();
    Ok(texts.filter(|(at, _)| !used.contains(at)).map(|(_, text)| text.clone()).collect())
}

/// Renders a single text of a scaffold.
pub fn text(source: &str, answers: &Answers) -> Result<String> {
    render(engine()?, "scaffold.toml", source, Jinja::from(Serde(answers)))
}

/// What templates are rendered with, made once.
///
/// Its delimiters collide with nothing that people generate (`${{ }}` of GitHub Actions, Go templates, shell, Jinja itself).
fn engine() -> Result<&'static Environment<'static>> {
    static ENGINE: OnceLock<Environment<'static>> = OnceLock::new();
    if let Some(engine) = ENGINE.get() {
        return Ok(engine);
    }
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
    Ok(ENGINE.get_or_init(|| engine))
}

/// The engine with what the scaffold's templates may include.
fn including(scaffold: &Scaffold) -> Result<Environment<'_>> {
    let mut engine: Environment<'_> = engine()?.clone();
    for (name, text) in &scaffold.partials {
        engine.add_template(name, text).map_err(|error| broken(&partial(name), text, template::fault(&error, text)))?;
    }
    Ok(engine)
}

/// How a partial is shown.
pub fn partial(name: &str) -> String {
    format!("partials/{name}")
}

fn render(engine: &Environment<'_>, name: &str, source: &str, context: Jinja) -> Result<String> {
    // Most names of files, and many texts.
    if !["{=", "{~", "{*"].iter().any(|mark| source.contains(mark)) {
        return Ok(source.to_owned());
    }
    template::render(engine, source, context).map_err(|fault| broken(name, source, fault))
}

fn broken(name: &str, source: &str, fault: Fault) -> Error {
    let place = fault.range.map(|span| Place { file: name.into(), text: source.into(), span, label: String::new() });
    Error::usage(format!("broken scaffold: {}", fault.message)).at(place)
}

/// A path that stays inside of the repo.
fn inside(path: &str) -> Result<PathBuf> {
    let path = Path::new(path);
    let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    // Some file systems do not tell upper from lower case.
    let gits = path.components().next().is_some_and(|first| first.as_os_str().eq_ignore_ascii_case(".git"));
    if path == Path::new(RECORD) {
        return Err(Error::usage(format!("broken scaffold: {RECORD} is instep's own record")));
    }
    if plain && path.file_name().is_some() && !gits {
        return Ok(path.to_owned());
    }
    Err(Error::usage(format!("broken scaffold: {} would be written outside of the repo", path.display())))
}

/// A link that stays inside of the repo.
fn leads_inside(link: &Path, to: &Path) -> Result<()> {
    let mut depth = link.components().count() - 1;
    let mut down = false;
    for part in to.components() {
        match part {
            Component::Normal(_) => down = true,
            Component::CurDir => {}
            // Behind a name, which may be another link, nobody knows where it leads.
            Component::ParentDir if depth > 0 && !down => depth -= 1,
            _ => return Err(Error::usage(format!("broken scaffold: the link {} leads out of the repo: {}", link.display(), to.display()))),
        }
    }
    Ok(())
}

/// No file is in the way of another; some file systems do not tell upper from lower case.
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
    for file in files {
        let mut above = file.path.ancestors().skip(1);
        if let Some(other) = above.find_map(|folder| seen.get(&folder.to_string_lossy().to_lowercase())) {
            let (other, path) = (other.display(), file.path.display());
            return Err(Error::usage(format!("broken scaffold: {other} can't be a file, and the folder of {path}")));
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
        for bad in ["../evil", "/etc/passwd", "a/../../b", ".git/hooks/pre-commit", ".Git/config", ""] {
            assert!(inside(bad).is_err(), "{bad}");
        }
        assert!(inside("a/b.txt").is_ok());
    }

    #[test]
    fn links_stay_inside_of_the_repo() {
        for (link, to, good) in [
            ("a", "b/c", true),
            ("a/b", "../c", true),
            ("a", "../c", false),
            ("a/b", "../../c", false),
            ("a", "/etc/hostname", false),
            ("a", "b/../c", false),
        ] {
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
