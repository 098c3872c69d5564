//! What is wrong with a scaffold before anybody generates from it: names that nobody asks for, answers that
//! nothing uses, rules that match nothing, delimiters that are left over.

use std::collections::BTreeSet;
use std::path::Path;

use super::answers::Answers;
use super::manifest::{Manifest, Question};
use super::render;
use super::source::Scaffold;
use crate::report::Result;

/// What instep knows without asking.
const KNOWN: [&str; 4] = ["context", "name", "package", "registry"];

/// The faults of a scaffold, in words; `sets`: the answers that it is rendered with.
///
/// # Errors
/// Text that is no template at all.
pub fn lint(scaffold: &Scaffold, sets: &[Answers]) -> Result<Vec<String>> {
    let manifest = &scaffold.manifest;
    let mut faults = questions(manifest);
    let mut used = BTreeSet::new();
    let files = scaffold.files.iter().map(|file| (file.path.display().to_string(), String::from_utf8_lossy(&file.bytes)));
    let partials = scaffold.partials.iter().map(|(name, text)| (render::partial(name), text.into()));
    for (name, text) in files.chain(partials) {
        for unknown in render::names(&format!("{name}\n{text}"))? {
            let known = KNOWN.contains(&unknown.as_str()) || manifest.question(&unknown).is_some() || unknown == "item";
            if !known {
                faults.push(format!("{name} uses `{unknown}`, which nobody asks for"));
            }
            used.insert(unknown);
        }
    }
    for expression in expressions(manifest) {
        used.extend(render::names(&format!("{{= {expression} =}}"))?);
    }
    let unused = manifest.questions.iter().filter(|(name, _)| !used.contains(name));
    faults.extend(unused.map(|(name, _)| format!("the answer to `{name}` is used nowhere")));
    let mut outputs = BTreeSet::new();
    for answers in sets {
        match render::all(scaffold, answers) {
            Ok(files) => {
                for file in files {
                    let text = String::from_utf8_lossy(&file.bytes);
                    let left = ["{=", "=}", "{~", "~}"].iter().find(|mark| text.contains(**mark));
                    faults.extend(left.map(|mark| format!("{} comes out with `{mark}` in it", file.path.display())));
                    outputs.insert(file.path);
                }
            }
            Err(error) => faults.push(format!("{}: {}", shown(manifest, answers), error.message())),
        }
    }
    let missing = manifest.executable.iter().filter(|path| !outputs.contains(Path::new(path)));
    faults.extend(missing.map(|path| format!("`executable` names {path}, which is never generated")));
    faults.extend(render::idle_rules(scaffold)?.into_iter().map(|glob| format!("[files.\"{glob}\"] matches no file")));
    faults.sort();
    faults.dedup();
    Ok(faults)
}

/// The answers that tell one set from the others.
pub fn shown(manifest: &Manifest, answers: &Answers) -> String {
    let pair = |(name, _): &(String, Question)| Some(format!("{name}={}", super::plain(answers.get(name)?)));
    manifest.questions.iter().filter_map(pair).collect::<Vec<_>>().join(" ")
}

fn expressions(manifest: &Manifest) -> Vec<&str> {
    let rules = manifest.files.values().flat_map(|rule| [rule.when.as_deref(), rule.each.as_deref()]);
    rules.chain(manifest.questions.iter().map(|(_, question)| question.when.as_deref())).flatten().collect()
}

fn questions(manifest: &Manifest) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, question) in &manifest.questions {
        if KNOWN.contains(&name.as_str()) {
            faults.push(format!("`{name}` is known without asking"));
        }
        if question.default.is_none() {
            faults.push(format!("`{name}` has no default: --yes can't answer it"));
        }
    }
    for (name, component) in &manifest.components {
        for key in component.set.keys().filter(|key| manifest.question(key).is_none()) {
            faults.push(format!("the component {name} sets `{key}`, which nobody asks for"));
        }
    }
    faults
}
