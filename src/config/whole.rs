//! What must hold of the merged whole, in every environment: nothing that is needed is missing, and what is
//! written together fits together.

use super::node::{Entry, Node, Table, Value};
use super::schema::{ENV_TABLE, Fields, Key, ROOT, Shape};
use crate::report::{Place, Problem, text};

/// The tables that an environment may lie over.
const OVERLAID: [&str; 9] = ["image", "jobs", "kube", "load-test", "notify", "service", "smoke-test", "vars", "workloads"];

/// The file as it holds somewhere.
pub struct Holds<'a> {
    /// The merged tree.
    pub tree: &'a Table,
    /// The environment; none: outside of any.
    pub environment: Option<&'a str>,
    /// Every table is looked at; else only those that an environment may lie over.
    pub all: bool,
    /// What is missing in those tables is an error. A base may leave it to the environments.
    pub complete: bool,
    /// The tables that the repo's own file writes: of others, a base may say what this repo does not use.
    pub own: &'a Table,
}

impl Holds<'_> {
    /// Finds what is wrong; each problem once, however often it is found.
    pub fn check(&self, problems: &mut Vec<Problem>) {
        let mut finder = Finder { holds: self, found: Vec::new() };
        finder.table(self.tree, &ROOT, &mut Vec::new(), None);
        finder.ports();
        for path in [&["kube"][..], &["workloads", "*"], &["jobs", "*"], &["kube", "sidecars", "*"], &["workloads", "*", "sidecars", "*"]] {
            finder.images(path);
        }
        for problem in finder.found {
            let same = |known: &Problem| known.message == problem.message && at(known) == at(&problem);
            if !problems.iter().any(same) {
                problems.push(problem);
            }
        }
    }
}

fn at(problem: &Problem) -> Option<(&str, usize)> {
    problem.place.as_ref().map(|place| (&*place.file, place.span.start))
}

struct Finder<'a> {
    holds: &'a Holds<'a>,
    found: Vec<Problem>,
}

impl Finder<'_> {
    fn table<'t>(&mut self, table: &'t Table, fields: &'static Fields, path: &mut Vec<&'t str>, header: Option<&'t Entry>) {
        for key in fields.keys().filter(|key| key.required && table.get(key.name).is_none()) {
            // One that is not known may be the one that is missing, misspelt.
            if knows_all(fields, table) {
                self.lacks(key, path, header);
            }
        }
        for entry in table.iter().filter(|entry| matches!(entry.node.value, Value::Table(_))) {
            let Some(key) = fields.key(&entry.key) else { continue };
            let elsewhere = path.is_empty() && !self.holds.all && !OVERLAID.contains(&&*entry.key);
            // What an environment lies over is looked at merged.
            let lies_over = path.first() == Some(&"environments") && path.len() == 2 && ROOT.key(&entry.key).is_some();
            if !elsewhere && !lies_over {
                self.entry(entry, &key.shape, path);
            }
        }
    }

    fn entry<'t>(&mut self, entry: &'t Entry, shape: &'static Shape, path: &mut Vec<&'t str>) {
        let Value::Table(table) = &entry.node.value else { return };
        path.push(&entry.key);
        match of_table(shape) {
            Some(Shape::Table(fields)) if std::ptr::eq(*fields, &raw const ENV_TABLE) => self.variable(entry, table, path),
            Some(Shape::Table(fields)) => self.table(table, fields, path, Some(entry)),
            Some(Shape::Map(_, inner) | Shape::Named(_, inner)) => table.iter().for_each(|entry| self.entry(entry, inner, path)),
            _ => {}
        }
        path.pop();
    }

    fn lacks(&mut self, key: &Key, path: &[&str], header: Option<&Entry>) {
        let first = path.first().copied().unwrap_or_default();
        let overlaid = OVERLAID.contains(&first);
        if (overlaid && !self.holds.complete) || (path == ["service"] && self.holds.own.get("service").is_none()) {
            return;
        }
        let table = path.join(".");
        let example = match &key.shape {
            Shape::Int(..) => "1",
            Shape::List(_) => "[\"…\"]",
            _ => "\"…\"",
        };
        let notes = self.holds.environment.map(|name| format!("in environment {name}"));
        self.found.push(Problem {
            message: format!("`{table}.{}` is not set", key.name),
            place: header.and_then(|header| header.at.place("in this table")),
            notes: notes.into_iter().collect(),
            help: vec![format!("add `{} = {example}` to [{table}]: {}", key.name, key.doc)],
        });
    }

    /// A variable is a text, a masked text, a program's output or a key of a Secret.
    fn variable(&mut self, entry: &Entry, table: &Table, path: &[&str]) {
        let in_cluster = ["kube", "workloads", "jobs"].contains(&path[0]);
        let name = path.join(".");
        let kinds: Vec<&str> = ["command", "secret", "value"].into_iter().filter(|kind| table.get(kind).is_some()).collect();
        let mut fault = |what: String, place: Option<Place>, help: String| {
            self.found.push(Problem { message: format!("`{name}` {what}"), place, notes: Vec::new(), help: vec![help] });
        };
        let place = |key: &str| table.get(key).and_then(|node| node.origin.place(""));
        let in_the_cluster = || format!("keep it in the cluster: {} = {{ secret = \"NAME\", key = \"KEY\" }}", entry.key);
        let masked = table.get("mask").filter(|node| node.value == Value::Bool(true));
        match kinds.as_slice() {
            [] if !knows_all(&ENV_TABLE, table) => {}
            [] => fault(
                "has neither value, command nor secret".to_owned(),
                entry.node.origin.place(""),
                if in_cluster {
                    "write { value = \"…\" } or { secret = \"NAME\", key = \"KEY\" }".to_owned()
                } else {
                    "write { value = \"…\" } or { command = [\"…\"] }".to_owned()
                },
            ),
            ["command"] if in_cluster => fault("is secret and would land in a manifest".to_owned(), place("command"), in_the_cluster()),
            ["value"] if in_cluster && masked.is_some() => {
                fault("is secret and would land in a manifest".to_owned(), place("mask"), in_the_cluster());
            }
            ["secret"] if !in_cluster => fault(
                "is a Secret of a cluster, which is not here".to_owned(),
                place("secret"),
                "write { command = [\"…\"] } to ask a program for the value, or a text".to_owned(),
            ),
            ["secret"] if table.get("key").is_none() => {
                fault("names a Secret, and no key in it".to_owned(), place("secret"), format!("add `key = \"{}\"`", entry.key));
            }
            [_] => {}
            several => {
                let last = several.last().copied().unwrap_or_default();
                fault(format!("has {}: only one can be meant", text::list(several)), place(last), "keep one of them".to_owned());
            }
        }
    }

    /// `health.port` and `ready.port` are names from `service.ports`.
    fn ports(&mut self) {
        let Some(service) = self.holds.tree.table("service") else { return };
        let known: Vec<&str> = service.table("ports").into_iter().flat_map(Table::iter).map(|entry| entry.key.as_str()).collect();
        for key in ["health", "ready"] {
            let Some(Node { value: Value::Str(name), origin }) = service.at(&[key, "port"]) else { continue };
            if !known.contains(&name.as_str()) {
                let near = text::nearest(name, known.iter().copied()).map(|near| format!("did you mean \"{near}\"?"));
                self.found.push(Problem {
                    message: format!("`service.{key}.port` is not one of service.ports: {name}"),
                    place: origin.place("no such port"),
                    notes: Vec::new(),
                    help: vec![near.unwrap_or_else(|| format!("add it to [service]: ports = {{ {name} = 9090 }}"))],
                });
            }
        }
    }

    /// `image` is a key of \[images], or a reference. A word that is nearly a key is not meant as a reference.
    fn images(&mut self, path: &[&str]) {
        let images: Vec<&str> = self.holds.tree.table("images").into_iter().flat_map(Table::iter).map(|entry| entry.key.as_str()).collect();
        for table in tables(self.holds.tree, path) {
            let Some(Node { value: Value::Str(name), origin }) = table.get("image") else { continue };
            let is_word = !name.contains(['/', ':', '@', '{', '.']) && !images.contains(&name.as_str()) && name != "image";
            if let Some(near) = text::nearest(name, images.iter().copied()).filter(|_| is_word) {
                self.found.push(Problem {
                    message: format!("there is no image `{name}` in [images]"),
                    place: origin.place("no such image"),
                    notes: Vec::new(),
                    help: vec![format!("did you mean \"{near}\"? a reference has a tag: \"{name}:1\"")],
                });
            }
        }
    }
}

/// Whether every key of a table is one that can stand there.
fn knows_all(fields: &Fields, table: &Table) -> bool {
    table.iter().all(|entry| fields.key(&entry.key).is_some())
}

/// The tables at a path in which `*` stands for any name.
fn tables<'a>(table: &'a Table, path: &[&str]) -> Vec<&'a Table> {
    let Some((first, rest)) = path.split_first() else { return vec![table] };
    let inner = |entry: &'a Entry| match &entry.node.value {
        Value::Table(inner) => Some(inner),
        _ => None,
    };
    let below = table.iter().filter(|entry| *first == "*" || entry.key == *first).filter_map(inner);
    below.flat_map(|table| tables(table, rest)).collect()
}

/// Of several shapes, the one that is a table.
fn of_table(shape: &'static Shape) -> Option<&'static Shape> {
    match shape {
        Shape::Either(shapes) => shapes.iter().find_map(of_table),
        Shape::Table(_) | Shape::Map(..) | Shape::Named(..) => Some(shape),
        _ => None,
    }
}
