//! The merged values of one place, and the evaluation of templates in it.

use std::path::PathBuf;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, Serde, Value as Jinja};

use super::node::{Node, Origin, Source, Table, Value};
use super::schema::ROOT;
use super::template;
use crate::repo::Facts;
use crate::report::{Error, Problem, Result};

/// The values as they hold in one environment (or in none), merged from all layers.
#[derive(Clone, Debug)]
pub struct Scope(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    table: Arc<Table>,
    facts: Arc<Facts>,
    environment: Option<String>,
    root: PathBuf,
    /// What is known beyond the file: a name, and what it stands for.
    known: Option<(&'static str, serde_json::Value)>,
}

/// How deep a template may refer to keys that are templates themselves.
const DEPTH: u8 = 8;

impl Scope {
    pub(super) fn new(table: Arc<Table>, facts: Arc<Facts>, environment: Option<String>, root: PathBuf) -> Self {
        Self(Arc::new(Inner { table, facts, environment, root, known: None }))
    }

    /// The merged tree.
    pub fn tree(&self) -> &Table {
        &self.0.table
    }

    /// What git knows.
    pub fn facts(&self) -> &Arc<Facts> {
        &self.0.facts
    }

    /// The environment's name.
    pub fn environment(&self) -> Option<&str> {
        self.0.environment.as_deref()
    }

    /// The folder of the repo's own file.
    pub fn root(&self) -> &PathBuf {
        &self.0.root
    }

    /// A reader for a table at the top level.
    pub fn read(&self, key: &'static str) -> super::read::Read<'_> {
        self.read_root().table(key)
    }

    /// A reader for the whole file.
    pub fn read_root(&self) -> super::read::Read<'_> {
        super::read::Read::root(self, &ROOT)
    }

    /// The same place with another tree.
    pub(super) fn with_tree(&self, table: Table) -> Self {
        Self::new(Arc::new(table), self.0.facts.clone(), self.0.environment.clone(), self.0.root.clone())
    }

    /// The same place as a service without a file sees it: only its name is said.
    pub(super) fn with_only_service(&self, name: &str) -> Self {
        let text = format!("[service]\nname = {}\n", toml::Value::from(name));
        let source = Source { name: super::find::FILE.into(), dir: self.0.root.clone(), text: text.into() };
        self.with_tree(super::parse::parse(&Arc::new(source)).0)
    }

    /// The same place, where templates know one name more.
    #[must_use]
    pub fn knowing(&self, name: &'static str, value: serde_json::Value) -> Self {
        let inner = &self.0;
        let (table, facts, environment) = (inner.table.clone(), inner.facts.clone(), inner.environment.clone());
        Self(Arc::new(Inner { table, facts, environment, root: inner.root.clone(), known: Some((name, value)) }))
    }

    /// A string's value: itself, or what the template in it gives.
    ///
    /// # Errors
    /// Undefined names and faults in the template, underlined in the file.
    pub fn eval(&self, text: &str, origin: &Origin) -> Result<String> {
        self.eval_at(text, origin, 0)
    }

    fn eval_at(&self, text: &str, origin: &Origin, depth: u8) -> Result<String> {
        if !template::is_template(text) {
            return Ok(text.to_owned());
        }
        let context = Jinja::from_object(Root { scope: self.clone(), depth });
        template::render(&template::engine(), text, context).map_err(|fault| located(&fault, text, origin))
    }
}

fn located(fault: &template::Fault, text: &str, origin: &Origin) -> Error {
    let mut origin = origin.clone();
    // Where the text stands in the file as it is, the very part can be underlined.
    let written = origin.source.text.get(origin.span.clone()).unwrap_or_default();
    if let (Some(range), Some(at)) = (&fault.range, written.find(text)) {
        let start = origin.span.start + at;
        origin.span = start + range.start..start + range.end;
    }
    let help = "known are git.sha, git.branch, version, service.name, environment, image.registry, env.NAME and vars.NAME";
    let problem =
        Problem { message: format!("template: {}", fault.message), place: origin.place(""), notes: Vec::new(), help: vec![help.into()] };
    Error::of(crate::report::Kind::Usage, vec![problem])
}

/// What a template sees at its top level.
#[derive(Debug)]
struct Root {
    scope: Scope,
    depth: u8,
}

impl Object for Root {
    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        let scope = &self.scope;
        match key.as_str()? {
            "git" => Some(Jinja::from_object(Git(scope.facts().clone()))),
            "version" => Some(Jinja::from(scope.facts().version().text.clone())),
            "environment" => scope.environment().map(Jinja::from),
            "env" => Some(Jinja::from_object(Env)),
            name @ ("service" | "image" | "vars") => {
                let path = vec![name.to_owned()];
                Some(Jinja::from_object(Branch { scope: scope.clone(), path, depth: self.depth }))
            }
            name => scope.0.known.as_ref().filter(|(known, _)| *known == name).map(|(_, value)| Jinja::from(Serde(value.clone()))),
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Str(&["env", "environment", "git", "image", "service", "vars", "version"])
    }
}

/// `git.sha`, `git.branch`.
#[derive(Debug)]
struct Git(Arc<Facts>);

impl Object for Git {
    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        let commit = self.0.commit()?;
        match key.as_str()? {
            "sha" => Some(Jinja::from(commit.sha.clone())),
            "short" => Some(Jinja::from(commit.short())),
            "branch" => commit.branch.clone().map(Jinja::from),
            _ => None,
        }
    }
}

/// The caller's environment.
#[derive(Debug)]
struct Env;

impl Object for Env {
    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        #[expect(clippy::disallowed_methods, reason = "what the caller's environment gives is part of the configuration")]
        std::env::var(key.as_str()?).ok().map(Jinja::from)
    }
}

/// A table of the file; its strings are evaluated when they are used.
#[derive(Debug)]
struct Branch {
    scope: Scope,
    path: Vec<String>,
    depth: u8,
}

impl Object for Branch {
    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        let mut path = self.path.clone();
        path.push(key.as_str()?.to_owned());
        let node = self.scope.tree().at(&path.iter().map(String::as_str).collect::<Vec<_>>())?;
        Some(self.convert(node, path.clone()))
    }
}

impl Branch {
    fn convert(&self, node: &Node, path: Vec<String>) -> Jinja {
        match &node.value {
            Value::Str(text) if self.depth >= DEPTH => too_deep(text),
            Value::Str(text) => match self.scope.eval_at(text, &node.origin, self.depth + 1) {
                Ok(text) => Jinja::from(text),
                Err(error) => Jinja::from(minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, error.message().to_owned())),
            },
            Value::Int(n) => Jinja::from(*n),
            Value::Float(n) => Jinja::from(*n),
            Value::Bool(b) => Jinja::from(*b),
            Value::Date(text) => Jinja::from(text.as_str()),
            Value::List(items) => items.iter().map(|item| self.convert(item, path.clone())).collect(),
            Value::Table(_) => Jinja::from_object(Self { scope: self.scope.clone(), path, depth: self.depth }),
        }
    }
}

fn too_deep(text: &str) -> Jinja {
    let message = format!("`{text}` refers to itself");
    Jinja::from(minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, message))
}
