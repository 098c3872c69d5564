//! A Makefile whose targets call instep, so that `make test` still works.

use super::{Found, makefile, targets};

/// Where the Makefile that was there goes: its recipes may still be called.
pub const OLD: &str = "Makefile.old";

/// The text of the Makefile; `before`: the one that was there.
pub fn shim(found: &Found, before: Option<&str>) -> String {
    let before = before.map(|text| makefile::target_names(&makefile::parse("Makefile", text))).unwrap_or_default();
    let mut rules: Vec<(String, String)> = before
        .into_keys()
        .filter(|target| !target.starts_with('.'))
        .map(|target| {
            let task = targets::name(&target);
            (target, task)
        })
        .collect();
    for task in &found.tasks {
        if !rules.iter().any(|(_, name)| *name == task.name) {
            rules.push((task.name.clone(), task.name.clone()));
        }
    }
    rules.sort();
    let words: Vec<&str> = rules.iter().map(|(target, _)| target.as_str()).collect();
    let mut text =
        format!("# Written by `instep adopt --makefile-shim`: every target is a task of instep.toml.\n.PHONY: {}\n", words.join(" "));
    for (target, task) in &rules {
        text.push_str(&format!("\n{target}:\n\t@instep {task}\n"));
    }
    text
}
