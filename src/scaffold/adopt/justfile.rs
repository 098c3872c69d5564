//! A justfile's recipes as tasks (just.systems/man: recipes, dependencies, settings).

use std::collections::BTreeMap;
use std::path::Path;

use super::{Found, Task, first};

/// Reads the repo's justfile.
pub fn read(root: &Path, found: &mut Found) {
    if let Some((name, text)) = first(root, &["justfile", "Justfile", ".justfile"]) {
        carry_over(name, &text, found);
    }
}

fn carry_over(file: &str, text: &str, found: &mut Found) {
    let mut variables: BTreeMap<String, String> = BTreeMap::new();
    let mut comment: Option<String> = None;
    let mut lines = text.lines().enumerate().peekable();
    while let Some((number, line)) = lines.next() {
        let from = format!("{file}:{}", number + 1);
        let plain = line.trim();
        if let Some(text) = plain.strip_prefix('#') {
            comment = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
            continue;
        }
        if plain.is_empty() || plain.starts_with('[') {
            continue;
        }
        if let Some((name, value)) = plain.split_once(":=") {
            let name = name.trim_start_matches("export ").trim();
            match value.trim().trim_matches(['"', '\'']) {
                _ if name.starts_with("set ") || name.starts_with("alias ") => found.leave(from, format!("`{plain}`")),
                value if !value.contains(['`', '(', '+', '/']) => drop(variables.insert(name.to_owned(), value.to_owned())),
                _ => found.leave(from, format!("`{plain}`: a value that just works out")),
            }
            continue;
        }
        let Some((head, needs)) = plain.split_once(':').filter(|_| !line.starts_with([' ', '\t'])) else {
            found.leave(from, format!("`{plain}`"));
            continue;
        };
        let mut body = Vec::new();
        while let Some((_, next)) = lines.next_if(|(_, next)| next.starts_with([' ', '\t']) || next.trim().is_empty()) {
            body.extend(Some(next.trim().to_owned()).filter(|next| !next.is_empty()));
        }
        let mut words = head.trim_start_matches('@').split_whitespace();
        let name = words.next().unwrap_or_default().to_owned();
        let has_parameters = words.next().is_some();
        let mut task = Task { name: name.clone(), from: from.clone(), description: comment.take(), ..Task::default() };
        task.needs = needs.split_whitespace().filter(|need| !need.starts_with('(') && *need != "&&").map(super::targets::name).collect();
        match shell(&body, &variables, has_parameters || needs.contains(['(', '&'])) {
            Ok(run) => task.run = run,
            Err(why) => {
                found.leave(&from, format!("the recipe `{name}` stays in {file}, for {why}: the task calls `just {name}`"));
                task.run = vec![super::targets::passed_on(&format!("just {name}"))];
                task.needs.clear();
            }
        }
        found.add(task);
    }
}

fn shell(body: &[String], variables: &BTreeMap<String, String>, parameters: bool) -> Result<Vec<String>, &'static str> {
    if parameters {
        return Err("parameters");
    }
    if body.first().is_some_and(|line| line.starts_with("#!")) {
        return Err("a language of its own");
    }
    let line = |line: &String| {
        let command = line.trim_start_matches(['@', '-']);
        let tolerant = line[..line.len() - command.len()].contains('-');
        let mut text = String::new();
        let mut rest = command;
        while let Some((before, after)) = rest.split_once("{{") {
            let (inner, after) = after.split_once("}}").ok_or("braces that are not closed")?;
            text.push_str(before);
            text.push_str(variables.get(inner.trim()).ok_or("a value that just works out")?);
            rest = after;
        }
        text.push_str(rest);
        Ok(if tolerant { format!("{text} || true") } else { text })
    };
    body.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipes_become_tasks() {
        let text = "set shell := [\"bash\"]\nport := \"80\"\n\n# Serve it\n@serve: build\n    -run --port {{port}}\n\nbuild:\n    make it\n\ndeploy env:\n    ship {{env}}\n";
        let mut found = Found::default();
        carry_over("justfile", text, &mut found);
        let serve = &found.tasks[0];
        assert_eq!((serve.run.join(";"), serve.needs.join(" ")), ("run --port 80 || true".into(), "build".into()));
        assert_eq!(serve.description.as_deref(), Some("Serve it"));
        assert_eq!(found.tasks[2].run, ["just deploy \"$@\""]);
        assert_eq!(found.left.len(), 2);
    }
}
