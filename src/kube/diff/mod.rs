//! What a deployment would change, or what others changed: objects and their fields.

mod owner;
mod tree;

use serde::Serialize;
use serde_json::{Value, json};

pub use self::owner::{RESTARTED, is_ours_alone, last as last_written};
use self::tree::{Field, compare};
pub use self::tree::{Step, overlay};
use super::object::{Key, text};
use super::render::VERSION;
use crate::report::style::{BAD, DIM, GOOD, WARN, paint};

/// How much of a value is shown.
const WIDTH: usize = 72;
/// How many lines of a text that differ are shown.
const LINES: usize = 12;

/// What happens to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// It is made.
    Added,
    /// Fields of it differ.
    Changed,
    /// It goes.
    Removed,
}

/// One object that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Which.
    pub key: Key,
    /// How.
    pub kind: Kind,
    fields: Vec<(Field, Option<owner::Owner>)>,
}

/// All that differs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes(pub Vec<Change>);

impl Changes {
    /// From what is there to what will be there; `removed` goes.
    pub fn between(live: &[Value], next: &[Value], removed: &[Key]) -> Self {
        let find = |key: &Key| live.iter().find(|object| Key::of(object).same(key));
        let mut changes = Vec::new();
        for object in next {
            let key = Key::of(object);
            match find(&key) {
                None => changes.push(Change { key, kind: Kind::Added, fields: Vec::new() }),
                Some(old) => {
                    let fields: Vec<_> = compare(old, object).into_iter().map(|field| with_owner(field, old)).collect();
                    if !fields.is_empty() {
                        changes.push(Change { key, kind: Kind::Changed, fields });
                    }
                }
            }
        }
        changes.extend(removed.iter().map(|key| Change { key: key.clone(), kind: Kind::Removed, fields: Vec::new() }));
        Self(changes)
    }

    /// What others did since the release: from what it wrote (`written`, as the cluster would take it now) to
    /// what is there; `all` is what the release had.
    pub fn drift(live: &[Value], written: &[Value], all: &[Key]) -> Self {
        let mut changes = Vec::new();
        for key in all {
            let Some(is) = live.iter().find(|object| Key::of(object).same(key)) else {
                changes.push(Change { key: key.clone(), kind: Kind::Removed, fields: Vec::new() });
                continue;
            };
            let was = written.iter().find(|object| Key::of(object).same(key)).unwrap_or(is);
            let mut fields: Vec<_> = compare(was, is).into_iter().map(|field| with_owner(field, is)).collect();
            for (steps, value, owner) in owner::foreign(is) {
                let field = Field { steps, old: None, new: Some(value) };
                if !fields.iter().any(|(known, _)| field.path().starts_with(&known.path())) {
                    fields.push((field, Some(owner)));
                }
            }
            if !fields.is_empty() {
                changes.push(Change { key: key.clone(), kind: Kind::Changed, fields });
            }
        }
        Self(changes)
    }

    /// Nothing differs.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Told apart from other changes: what was approved is what is applied.
    pub fn digest(&self) -> String {
        blake3::hash(self.json().to_string().as_bytes()).to_hex()[..12].to_owned()
    }

    /// `1 object to make, 2 to change`.
    pub fn words(&self) -> String {
        let count = |kind: Kind| self.0.iter().filter(|change| change.kind == kind).count();
        let parts = [(Kind::Added, "new"), (Kind::Changed, "changed"), (Kind::Removed, "removed")];
        let parts: Vec<String> =
            parts.iter().filter(|(kind, _)| count(*kind) > 0).map(|(kind, word)| format!("{} {word}", count(*kind))).collect();
        if parts.is_empty() { "no object differs".to_owned() } else { parts.join(", ") }
    }

    /// As a person reads it: a line per object, and one per field. The version, which every object has in some labels, is
    /// told once for each.
    pub fn text(&self, indent: usize) -> String {
        let mut out = String::new();
        let pad = " ".repeat(indent);
        for change in &self.0 {
            let sign = match change.kind {
                Kind::Added => paint(GOOD, "+"),
                Kind::Changed => paint(WARN, "~"),
                Kind::Removed => paint(BAD, "-"),
            };
            let version = change.fields.iter().find_map(version);
            let told = version.as_ref().map_or_else(String::new, |(old, new)| paint(DIM, &format!("  version {old} → {new}")));
            out.push_str(&format!("{pad}{sign} {}{told}\n", change.key));
            for (field, owner) in change.fields.iter().filter(|field| version.is_none() || self::version(field) != version) {
                let secret = change.key.kind == "Secret" && is_content(field);
                let owner = owner.as_ref().map_or_else(String::new, |owner| paint(DIM, &format!("  ({owner})")));
                out.push_str(&format!("{pad}    {}{owner}\n", words(field, secret, &format!("{pad}      "))));
            }
        }
        out
    }

    /// As JSON; without the contents of Secrets.
    pub fn json(&self) -> Value {
        let field = |change: &Change, (field, owner): &(Field, Option<owner::Owner>)| {
            let secret = change.key.kind == "Secret" && is_content(field);
            let shown = |value: &Option<Value>| if secret { value.as_ref().map(|_| json!("***")) } else { value.clone() };
            let mut out = json!({ "path": field.path(), "old": shown(&field.old), "new": shown(&field.new) });
            if let Some(owner) = owner {
                out["manager"] = owner.manager.as_str().into();
                out["time"] = owner.time.as_str().into();
            }
            out
        };
        let change = |it: &Change| {
            json!({
                "kind": it.key.kind,
                "name": it.key.name,
                "change": it.kind,
                "fields": it.fields.iter().map(|one| field(it, one)).collect::<Vec<_>>(),
            })
        };
        self.0.iter().map(change).collect()
    }
}

fn with_owner(field: Field, object: &Value) -> (Field, Option<owner::Owner>) {
    let owner = owner::other(object, &field.steps);
    (field, owner)
}

/// From which version to which a label goes that names it.
fn version((field, owner): &(Field, Option<owner::Owner>)) -> Option<(&str, &str)> {
    let named = owner.is_none() && matches!(field.steps.last(), Some(Step::Key(key)) if key == VERSION);
    if named { Some((field.old.as_ref()?.as_str()?, field.new.as_ref()?.as_str()?)) } else { None }
}

/// What a Secret keeps, or where kubectl notes all of it once more.
fn is_content(field: &Field) -> bool {
    let first = field.path();
    first.starts_with("data") || first.starts_with("stringData") || first.contains("last-applied")
}

fn words(field: &Field, secret: bool, pad: &str) -> String {
    let path = field.path();
    match (&field.old, &field.new) {
        (Some(_), Some(_)) if secret => format!("{path}: *** → *** (another value)"),
        (Some(Value::String(old)), Some(Value::String(new))) if old.contains('\n') || new.contains('\n') => {
            format!("{path}:\n{}", lines(old, new, pad))
        }
        (Some(old), Some(new)) => format!("{path}: {} → {}", value(old), value(new)),
        (None, Some(_)) if secret => format!("{} {path}: ***", paint(GOOD, "+")),
        (Some(_), None) if secret => format!("{} {path}: ***", paint(BAD, "-")),
        (None, Some(new)) => format!("{} {path}: {}", paint(GOOD, "+"), value(new)),
        (Some(old), None) => format!("{} {path}: {}", paint(BAD, "-"), value(old)),
        (None, None) => path,
    }
}

fn value(value: &Value) -> String {
    let text = match value {
        Value::String(text) if !text.is_empty() && !text.contains(char::is_control) => text.clone(),
        // The name stands in the path.
        Value::Object(map) if map.len() == 2 && map.contains_key("name") && map.contains_key("value") => {
            return self::value(&map["value"]);
        }
        other => other.to_string(),
    };
    if text.chars().count() <= WIDTH { text } else { text.chars().take(WIDTH - 1).collect::<String>() + "…" }
}

/// The lines that differ of two texts.
fn lines(old: &str, new: &str, pad: &str) -> String {
    let (a, b): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let start = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let most = a.len().min(b.len()) - start;
    let end = a.iter().rev().zip(b.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let gone = a[start..a.len() - end].iter().map(|line| format!("{pad}{} {}", paint(BAD, "-"), cut(line)));
    let come = b[start..b.len() - end].iter().map(|line| format!("{pad}{} {}", paint(GOOD, "+"), cut(line)));
    let all: Vec<String> = gone.chain(come).collect();
    let more = all.len().saturating_sub(LINES);
    let mut out = all[..all.len() - more].join("\n");
    if more > 0 {
        out.push_str(&format!("\n{pad}… {more} more"));
    }
    out
}

fn cut(line: &str) -> String {
    let plain: String = line.chars().filter(|c| !c.is_control()).collect();
    if plain.chars().count() <= 100 { plain } else { plain.chars().take(99).collect::<String>() + "…" }
}

/// When somebody wrote any of these objects last.
pub fn since(live: &[Value], manager: &str) -> Option<String> {
    live.iter().filter(|object| !text(object, "/kind").is_empty()).filter_map(|object| last_written(object, manager)).max()
}
