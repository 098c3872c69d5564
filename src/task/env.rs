//! The environment of what is run, in the contract's one order of precedence.

use std::path::PathBuf;

use crate::config::{EnvValue, Image, Project, Service};
use crate::process::{self, Command};
use crate::report::{Error, Masker, Result};

/// The variables of one program, weakest first. Set over the caller's environment.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    pairs: Vec<(String, String)>,
}

impl Variables {
    /// Defaults: what the caller has wins.
    pub fn weak(&mut self, pairs: impl IntoIterator<Item = (String, String)>) {
        for (name, value) in pairs {
            if std::env::var_os(&name).is_none() {
                self.put(name, value);
            }
        }
    }

    /// Files with variables, later ones win; what the caller has wins over all of them.
    ///
    /// # Errors
    /// Exit code 2 for a file that is not there or has a broken line.
    pub fn files(&mut self, files: &[PathBuf]) -> Result<()> {
        for file in files {
            let lines = dotenvy::from_path_iter(file).map_err(|error| unreadable(file, &error))?;
            let pairs = lines.collect::<std::result::Result<Vec<_>, _>>().map_err(|error| unreadable(file, &error))?;
            self.weak(pairs);
        }
        Ok(())
    }

    /// Declared values: they win over the caller's. A program is asked for its value now; what it
    /// says, and what is marked so, is masked from now on.
    ///
    /// # Errors
    /// A program that fails; a Secret of the cluster, which is not here.
    pub fn strong(&mut self, values: Vec<(String, EnvValue)>, masker: &Masker) -> Result<()> {
        for (name, value) in values {
            let value = match value {
                EnvValue::Text(text) => text,
                EnvValue::Masked(text) => masked(text, masker),
                EnvValue::Command(argv) => masked(ask(&name, &argv)?, masker),
                EnvValue::Secret { name: secret, key } => {
                    return Err(Error::usage(format!(
                        "`{name}` is the key {key} of the Secret {secret}, which is only there in the cluster"
                    ))
                    .help(format!("give it another value here: {name} = \"…\", or {name} = {{ command = [\"…\"] }}")));
                }
            };
            self.put(name, value);
        }
        Ok(())
    }

    /// `-e KEY=VALUE`: the strongest.
    pub fn given(&mut self, pairs: &[(String, String)]) {
        for (name, value) in pairs {
            self.put(name.clone(), value.clone());
        }
    }

    /// The pairs, each name once.
    pub fn into_pairs(self) -> Vec<(String, String)> {
        self.pairs
    }

    fn put(&mut self, name: String, value: String) {
        match self.pairs.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.pairs.push((name, value)),
        }
    }
}

fn masked(text: String, masker: &Masker) -> String {
    masker.add(&text);
    text
}

fn ask(name: &str, argv: &[String]) -> Result<String> {
    let Some((program, args)) = argv.split_first() else {
        return Err(Error::usage(format!("the command for `{name}` is empty")));
    };
    process::read(&Command::new(program, args)).map_err(|error| {
        Error::new(error.kind, format!("no value for `{name}`: {}", error.message())).help(format!("run it by hand: {}", argv.join(" ")))
    })
}

fn unreadable(file: &std::path::Path, error: &dotenvy::Error) -> Error {
    let error = match error {
        dotenvy::Error::Io(fault) if fault.kind() == std::io::ErrorKind::NotFound => {
            Error::usage(format!("the env file {} is not there", file.display()))
        }
        other => Error::usage(format!("the env file {} can't be read: {other}", file.display())),
    };
    let example = file.with_extension("example");
    let beside = PathBuf::from(format!("{}.example", file.display()));
    match [beside, example].into_iter().find(|path| path.is_file()) {
        Some(example) => error.help(format!("cp {} {}", example.display(), file.display())),
        None => error,
    }
}

/// `$VAR_…` for every key of `[vars]`, and `$PORT`.
pub fn facts(project: &Project, environment: Option<&str>) -> Result<Vec<(String, String)>> {
    let scope = environment.map_or_else(|| project.scope().clone(), |name| project.scope_in(name, None));
    let mut pairs: Vec<(String, String)> =
        scope.read_root().pairs("vars")?.into_iter().map(|(name, value)| (format!("VAR_{}", name.to_uppercase()), value)).collect();
    if let Some(port) = scope.read("service").port("port") {
        pairs.push(("PORT".to_owned(), port.to_string()));
    }
    Ok(pairs)
}

/// `$INSTEP_…`: what git knows of the repo, and the image that is built from it. Each costs calls of
/// git, so they are only looked up for a program that uses them.
pub fn git_facts(project: &Project, environment: Option<&str>) -> Vec<(String, String)> {
    let facts = project.facts();
    let mut pairs = vec![("INSTEP_VERSION".to_owned(), facts.version().text.clone())];
    if let Some(commit) = facts.commit() {
        pairs.push(("INSTEP_GIT_SHA".to_owned(), commit.sha.clone()));
        pairs.push(("INSTEP_GIT_BRANCH".to_owned(), commit.branch.clone().unwrap_or_default()));
    }
    if let Some(environment) = environment {
        pairs.push(("INSTEP_ENVIRONMENT".to_owned(), environment.to_owned()));
    }
    if let (Ok(image), Ok(_)) = (Image::main(project.scope()), Service::of(project.scope())) {
        let tag = crate::repo::tag(&facts.version().text);
        pairs.push(("INSTEP_IMAGE".to_owned(), format!("{}:{tag}", image.repository)));
    }
    pairs
}

/// Whether a program uses `$INSTEP_…`: its words do, or a file of the repo that they name does.
pub fn uses_git_facts(words: &[String], root: &std::path::Path) -> bool {
    let names_them = |text: &str| text.contains("INSTEP_");
    words.iter().any(|word| {
        names_them(word)
            || word
                .split(|c: char| c.is_whitespace() || "\"';&|()".contains(c))
                .filter(|part| part.contains('/') || part.contains('.'))
                .any(|part| {
                    let file = root.join(part);
                    let small = file.metadata().is_ok_and(|meta| meta.is_file() && meta.len() < 256 * 1024);
                    small && std::fs::read(&file).is_ok_and(|bytes| names_them(&String::from_utf8_lossy(&bytes)))
                })
    })
}
