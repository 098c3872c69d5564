//! What CI files run: which of the tasks that is, and what no task does.

use std::path::Path;

use serde_json::Value;

use super::{Fact, Found, targets};
use crate::config::{BUILT_IN, STEPS, same};

/// Lines for a shell, and where they stand: `.travis.yml, script`.
type Script = Fact<String>;

/// The file, and how `instep ci --print` calls its system.
const FILES: [(&str, Option<&str>); 6] = [
    (".circleci/config.yml", None),
    (".drone.yml", None),
    (".gitlab-ci.yml", Some("gitlab")),
    (".travis.yml", Some("travis")),
    ("Jenkinsfile", Some("jenkins")),
    ("azure-pipelines.yml", None),
];
const WORKFLOWS: &str = ".github/workflows";

/// Below these keys stand lines for a shell, in one system or another.
const LINES: [&str; 8] = ["after_script", "bash", "before_install", "before_script", "commands", "install", "run", "script"];
/// And below these something else, whatever it is called there.
const OTHERS: [&str; 8] = ["cache", "defaults", "env", "environment", "matrix", "services", "variables", "with"];

/// Reads all that are there; the tasks are known by now.
pub fn read(root: &Path, found: &mut Found) {
    let workflows = std::fs::read_dir(root.join(WORKFLOWS)).into_iter().flatten().flatten();
    let mut files: Vec<(String, Option<&str>)> = FILES.iter().map(|(file, system)| ((*file).to_owned(), *system)).collect();
    files.extend(workflows.map(|entry| (format!("{WORKFLOWS}/{}", entry.file_name().to_string_lossy()), Some("github"))));
    files.sort();
    let mut steps = Vec::new();
    for (file, system) in files {
        let Ok(text) = std::fs::read_to_string(root.join(&file)) else { continue };
        for script in scripts(&file, &text) {
            one(&script, &mut steps, found);
        }
        let instead =
            system.map_or_else(|| "`instep ci` runs".to_owned(), |system| format!("`instep ci --print {system}` prints one that runs"));
        found.leave(file, format!("left as it is; {instead} these tasks"));
    }
    found.steps = pipeline(steps, found.dockerfile.is_some());
}

/// The steps with what every pipeline does with an image; none when they are the usual ones.
fn pipeline(called: Vec<Script>, image: bool) -> Option<Fact<Vec<String>>> {
    let (mut value, mut from): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for step in called.into_iter().filter(|step| !STEPS[2..].contains(&step.value.as_str())) {
        if !value.contains(&step.value) {
            value.push(step.value);
        }
        if !from.contains(&step.from) {
            from.push(step.from);
        }
    }
    if value.iter().all(|step| STEPS[..2].contains(&step.as_str())) {
        return None;
    }
    let rest = STEPS[2..].iter().filter(|step| image || !step.contains('-'));
    value.extend(rest.map(|step| (*step).to_owned()));
    Some(Fact { value, from: from.join("; ") })
}

fn scripts(file: &str, text: &str) -> Vec<Script> {
    if file == "Jenkinsfile" {
        return shell_steps(file, text);
    }
    let mut scripts = Vec::new();
    for document in serde_saphyr::from_multiple::<Value>(text).unwrap_or_default() {
        walk(file, &document, &mut Vec::new(), &mut scripts);
    }
    scripts
}

fn walk(file: &str, value: &Value, path: &mut Vec<String>, scripts: &mut Vec<Script>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(file, item, path, scripts)),
        Value::Object(keys) => {
            for (key, inner) in keys.iter().filter(|(key, _)| !OTHERS.contains(&key.as_str())) {
                path.push(key.clone());
                if let Some(action) = inner.as_str().filter(|action| key == "uses" && !prepares(action)) {
                    scripts.push(Fact { value: format!("uses: {action}"), from: format!("{file}, {}", job(path)) });
                }
                match lines(inner).filter(|_| LINES.contains(&key.as_str())) {
                    Some(value) => scripts.push(Fact { value, from: format!("{file}, {}", job(path)) }),
                    None => walk(file, inner, path, scripts),
                }
                path.pop();
            }
        }
        _ => {}
    }
}

/// Whether an action of GitHub only makes the machine ready.
fn prepares(action: &str) -> bool {
    ["checkout", "cache", "setup"].iter().any(|word| action.contains(word))
}

/// The job's name.
fn job(path: &[String]) -> &str {
    let at = usize::from(path.first().is_some_and(|first| first == "jobs") && path.len() > 1);
    &path[at]
}

/// A text, texts in a list, or the command of a step.
fn lines(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => Some(items.iter().map(Value::as_str).collect::<Option<Vec<_>>>()?.join("\n")),
        other => other["command"].as_str().map(str::to_owned),
    }
}

/// `sh 'make test'` of a Jenkinsfile, in any of Groovy's quotes (groovy-lang.org/syntax.html, 4 "Strings").
fn shell_steps(file: &str, text: &str) -> Vec<Script> {
    let mut scripts = Vec::new();
    let mut end = 0;
    for (at, word) in text.match_indices("sh") {
        let begins = !text[..at].ends_with(|c: char| c.is_alphanumeric() || "_'\"./-".contains(c));
        let behind = text[at + word.len()..].trim_start_matches(['(', ' ']).trim_start_matches("script:").trim_start();
        let Some(quote) = ["'''", "\"\"\"", "'", "\""].into_iter().find(|quote| behind.starts_with(quote)) else { continue };
        let Some(length) = behind[quote.len()..].find(quote).filter(|_| begins && at >= end) else { continue };
        let start = text.len() - behind.len() + quote.len();
        end = start + length;
        let number = text[..at].matches('\n').count() + 1;
        scripts.push(Fact { value: text[start..end].to_owned(), from: format!("{file}:{number}") });
    }
    scripts
}

/// Tells the tasks that a script calls from what no task does.
fn one(script: &Script, steps: &mut Vec<Script>, found: &mut Found) {
    let mut open = Vec::new();
    for command in commands(&script.value) {
        match called(command, found) {
            Some(tasks) => {
                for value in tasks {
                    let step = Fact { value, from: script.from.clone() };
                    if releases(&step) {
                        let what = format!("`{command}`: when that is a step of every pipeline, add `{}` to `steps` of [ci]", step.value);
                        found.leave(&script.from, what);
                    } else {
                        steps.push(step);
                    }
                }
            }
            None => open.push(command),
        }
    }
    if let [first, more @ ..] = open.as_slice() {
        let first: String = first.chars().take(70).collect();
        let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
        found.leave(&script.from, format!("`{first}`{more}: {}", reason(&open)));
    }
}

/// The commands of a script, without what only prepares or talks.
fn commands(script: &str) -> impl Iterator<Item = &str> {
    let quiet = ["cd ", "echo ", "export ", "set ", "#"];
    let all = script.lines().flat_map(|line| line.split(" && ")).map(str::trim);
    all.filter(move |command| !command.is_empty() && !quiet.iter().any(|word| command.starts_with(word)))
}

/// The tasks that a command runs, when it runs nothing else.
fn called(command: &str, found: &Found) -> Option<Vec<String>> {
    let named = |word: &str| {
        let name = targets::name(word);
        let built_in = BUILT_IN.iter().find(|built_in| same(built_in, word)).map(|word| (*word).to_owned());
        found.tasks.iter().any(|task| task.name == name).then_some(name).or(built_in)
    };
    let words: Vec<&str> = command.split_whitespace().collect();
    let targets: &[&str] = match words.as_slice() {
        ["composer" | "npm" | "pnpm" | "yarn", "run" | "run-script", script, ..] => std::slice::from_ref(script),
        ["npm" | "pnpm", script, ..] if matches!(*script, "start" | "test") => std::slice::from_ref(script),
        ["just" | "make" | "task" | "yarn", targets @ ..] => targets,
        _ => &[],
    };
    let targets: Vec<&str> = targets.iter().copied().filter(|word| !word.starts_with('-') && !word.contains('=')).collect();
    if !targets.is_empty() {
        return targets.into_iter().map(named).collect();
    }
    let same_line = found.tasks.iter().find(|task| matches!(task.run.as_slice(), [line] if line == command));
    same_line.map(|task| vec![task.name.clone()])
}

/// Whether a task belongs to a release: not every push is one.
fn releases(step: &Script) -> bool {
    let words = ["deploy", "publish", "push", "release", "upload"];
    !STEPS.contains(&step.value.as_str()) && words.iter().any(|word| step.value.contains(word) || step.from.contains(word))
}

fn reason(commands: &[&str]) -> &'static str {
    let any = |words: &[&str]| commands.iter().any(|command| words.iter().any(|word| command.contains(word)));
    if any(&["helm upgrade", "kubectl apply", "kubectl set image"]) {
        "`deploy-on` of an environment lets `instep ci` do it"
    } else if any(&["docker build", "docker push", "docker login"]) {
        "`instep ci` builds and pushes the image"
    } else {
        "no task does this"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shell_steps_of_a_jenkinsfile() {
        let text = "node {\n  sh 'make a'\n  sh \"make b\"\n  sh '''\n    make c\n    make sh 'x'\n  '''\n  sh(script: 'make d')\n  bash 'no'\n}\n";
        let all: Vec<String> =
            shell_steps("J", text).into_iter().map(|script| format!("{} {}", script.from, script.value.trim())).collect();
        assert_eq!(all, ["J:2 make a", "J:3 make b", "J:4 make c\n    make sh 'x'", "J:8 make d"]);
    }

    #[test]
    fn the_lines_of_several_systems() {
        for (text, expected) in [
            ("script: [make a, make b]\n", "f, script: make a\nmake b"),
            ("test:\n  stage: x\n  script: make a\n", "f, test: make a"),
            (
                "jobs:\n  t:\n    env: { run: no }\n    steps: [{ uses: actions/setup-go@v2, with: { script: no } }, { run: make a }]\n",
                "f, t: make a",
            ),
            ("jobs:\n  t:\n    steps: [checkout, { run: { name: x, command: make a } }]\n", "f, t: make a"),
            ("jobs: { t: { steps: [{ uses: golangci/golangci-lint-action@v3 }] } }\n", "f, t: uses: golangci/golangci-lint-action@v3"),
            ("steps:\n- commands: [make a]\n", "f, steps: make a"),
        ] {
            let all: Vec<String> = scripts("f", text).into_iter().map(|script| format!("{}: {}", script.from, script.value)).collect();
            assert_eq!(all, [expected], "{text}");
        }
    }
}
