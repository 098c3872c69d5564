//! The rules of a Makefile as tasks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::expand::{Rule, Variables, expand};
use super::makefile::{Makefile, Written};
use super::{Found, Task};
use crate::config::{ABOUT, BUILT_IN, same};

/// Adds a task for every rule that is one; `make` calls the Makefile for recipes that have no counterpart.
pub fn carry_over(root: &Path, makefile: Makefile, make: &str, found: &mut Found) {
    let Makefile { variables, exported, rules, phony, one_shell, left } = makefile;
    found.left.extend(left);
    let env = environment(&variables, &exported);
    let rules = joined(rules, &variables, found);
    let all: BTreeSet<&str> = rules.iter().map(|rule| rule.target.as_str()).collect();
    for rule in &rules {
        let Ready { target, needs, written } = rule;
        let from = written.from.clone();
        if let Some((command, reason)) = replaced(target) {
            found.leave(&from, format!("`{target}`: {reason}"));
            let needs: Vec<String> = needs.iter().filter(|need| all.contains(need.as_str())).map(|need| name(need)).collect();
            if let Some(command) = command.filter(|_| !needs.is_empty()) {
                found.add(Task { name: command.to_owned(), from, needs, ..Task::default() });
            }
            continue;
        }
        let is_file = !phony.contains(target) && is_file(root, target, needs, &all);
        let mut task = Task { name: target.clone(), from, description: written.description.clone(), env: env.clone(), ..Task::default() };
        task.needs = needs.iter().filter(|need| all.contains(need.as_str())).map(|need| name(need)).collect();
        if is_file {
            task.sources = needs.iter().filter(|need| !all.contains(need.as_str())).cloned().collect();
            task.outputs = if task.sources.is_empty() { Vec::new() } else { vec![target.clone()] };
        }
        match recipe(rule, &variables, &all, one_shell) {
            Ok(run) => task.run = [built_before(needs, &all), run].concat(),
            Err(why) => {
                found.leave(
                    &task.from,
                    format!("the recipe of `{target}` stays in the Makefile, for {why}: the task calls `{make} {target}`"),
                );
                task.run = vec![passed_on(&format!("{make} {target}"))];
                // make does these itself.
                task.needs.clear();
            }
        }
        if task.run.is_empty() && task.needs.is_empty() {
            found.leave(&task.from, format!("`{target}` does nothing"));
            continue;
        }
        found.add(task);
    }
}

/// A line for a shell: the other tool, with whatever arguments the task is given.
pub fn passed_on(command: &str) -> String {
    format!("{command} \"$@\"")
}

/// A name that a task can have.
pub fn name(target: &str) -> String {
    let allowed = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let plain: String = target.chars().map(allowed).collect();
    let plain = plain.trim_start_matches(['-', '.', '_']).to_owned();
    // Commands about the repo can't be replaced, and these should not be by chance.
    let taken = ABOUT.iter().chain(&["add", "adopt", "new-service", "update"]);
    if taken.into_iter().any(|word| same(word, &plain)) { format!("repo-{plain}") } else { plain }
}

/// Why a target needs no task, and the built-in command that does it.
fn replaced(target: &str) -> Option<(Option<&'static str>, String)> {
    if target == "help" {
        return Some((None, "`instep` alone lists the tasks with their descriptions".to_owned()));
    }
    let does = ["docker-", "kube-", "smoke-"];
    let command = BUILT_IN.iter().find(|command| same(command, target) && does.iter().any(|word| command.starts_with(word)))?;
    Some((Some(command), format!("the built-in `instep {command}` takes its place")))
}

/// The images that a target needs: the command that takes that target's place builds them.
fn built_before(needs: &[String], all: &BTreeSet<&str>) -> Vec<String> {
    let command = |need: &String| replaced(need)?.0.filter(|command| command.starts_with("docker-"));
    needs.iter().filter(|need| all.contains(need.as_str())).filter_map(command).map(|command| format!("instep {command}")).collect()
}

/// A rule with its names expanded.
struct Ready {
    target: String,
    needs: Vec<String>,
    written: Written,
}

/// One rule for each target, with the needs of all its lines.
fn joined(rules: Vec<Written>, variables: &Variables, found: &mut Found) -> Vec<Ready> {
    let mut ready: Vec<Ready> = Vec::new();
    for written in rules {
        let nothing = Rule { target: "", needs: &[] };
        let names = |text: &str| expand(text, variables, nothing).ok().filter(|text| !text.contains('$'));
        let (Some(targets), Some(needs)) = (names(&written.targets), names(&written.needs)) else {
            found.leave(&written.from, format!("`{}`: names that make works out", written.targets));
            continue;
        };
        if targets.contains('%') || needs.contains(':') {
            found.leave(&written.from, format!("`{targets}`: a rule for a pattern of names"));
            continue;
        }
        let needs: Vec<String> = needs.split_whitespace().map(str::to_owned).collect();
        for target in targets.split_whitespace() {
            let Some(before) = ready.iter_mut().find(|before| before.target == target) else {
                ready.push(Ready { target: target.to_owned(), needs: needs.clone(), written: written.clone() });
                continue;
            };
            before.needs.extend(needs.clone());
            if before.written.recipe.is_empty() {
                before.written =
                    Written { description: written.description.clone().or(before.written.description.take()), ..written.clone() };
            }
        }
    }
    ready
}

/// Whether a target is a file that its recipe makes: make would look at its age.
fn is_file(root: &Path, target: &str, needs: &[String], all: &BTreeSet<&str>) -> bool {
    let files = needs.iter().any(|need| !all.contains(need.as_str()) && need.contains(['.', '/']));
    files || target.contains(['/', '.']) || root.join(target).is_file()
}

/// The exported variables that are plain texts.
fn environment(variables: &Variables, exported: &BTreeSet<String>) -> BTreeMap<String, String> {
    let value = |name: &String| {
        let text = expand(&variables.get(name)?.value, variables, Rule { target: "", needs: &[] }).ok()?;
        (!text.contains('$')).then(|| (name.clone(), text))
    };
    exported.iter().filter_map(value).collect()
}

fn recipe(rule: &Ready, variables: &Variables, all: &BTreeSet<&str>, one_shell: bool) -> Result<Vec<String>, String> {
    if let Some(why) = &rule.written.broken {
        return Err(why.clone());
    }
    let at = Rule { target: &rule.target, needs: &rule.needs };
    let line = |text: &String| {
        let command = text.trim_start_matches(['@', '-', '+', ' ']);
        let tolerant = text[..text.len() - command.len()].contains('-');
        let command = calls(&expand(command, variables, at)?, all);
        Ok(if tolerant { format!("{command} || true") } else { command })
    };
    let lines: Vec<String> = rule.written.recipe.iter().map(line).collect::<Result<_, String>>()?;
    let lines: Vec<String> = lines.into_iter().filter(|line| !line.trim().is_empty()).collect();
    Ok(if one_shell && lines.len() > 1 { vec![lines.join("\n")] } else { lines })
}

/// `make a b` as `instep a && instep b`, when that is all of the line.
fn calls(line: &str, all: &BTreeSet<&str>) -> String {
    let Some(words) = line.strip_prefix("make ") else { return line.to_owned() };
    let words: Vec<&str> = words.split_whitespace().filter(|word| !matches!(*word, "--no-print-directory" | "-s" | "--silent")).collect();
    if words.is_empty() || !words.iter().all(|word| all.contains(word)) {
        return line.to_owned();
    }
    words.iter().map(|word| format!("instep {}", name(word))).collect::<Vec<_>>().join(" && ")
}

#[cfg(test)]
mod tests {
    use super::super::Left;
    use super::*;

    #[test]
    fn rules_become_tasks() {
        let text = "BIN = bin/app\n.PHONY: all lint\nall: lint $(BIN)\nlint:\n\t-@golint ./...\n$(BIN): main.go go.mod\n\tgo build -o $@ .\n\
                    list:\n\tls\nrelease: all\n\t$(MAKE) lint all\n\t@echo $(foreach x,a,b)\n";
        let mut found = Found::default();
        carry_over(Path::new("/nowhere"), super::super::makefile::parse("Makefile", text), "make", &mut found);
        let task = |name: &str| found.tasks.iter().find(|task| task.name == name).expect(name);
        assert_eq!(task("all").needs, ["lint", "bin-app"]);
        assert_eq!(task("lint").run, ["golint ./... || true"]);
        assert_eq!((task("bin-app").sources.join(" "), task("bin-app").outputs.join(" ")), ("main.go go.mod".into(), "bin/app".into()));
        assert_eq!(task("bin-app").run, ["go build -o bin/app ."]);
        assert_eq!(task("repo-list").run, ["ls"]);
        assert_eq!(task("release").run, ["make release \"$@\""]);
        assert_eq!(
            found.left,
            [Left {
                from: "Makefile:10".into(),
                what: "the recipe of `release` stays in the Makefile, for $(foreach …): the task calls `make release`".into()
            }]
        );
    }
}
