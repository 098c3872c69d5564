//! A Taskfile's tasks (taskfile.dev/docs/reference/schema).

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::{Found, Task, first};

/// Reads the repo's Taskfile.
pub fn read(root: &Path, found: &mut Found) {
    let names = ["Taskfile.yml", "taskfile.yml", "Taskfile.yaml", "taskfile.yaml", "Taskfile.dist.yml"];
    let Some((file, text)) = first(root, &names) else { return };
    match serde_saphyr::from_str::<Value>(&text) {
        Ok(value) => carry_over(file, &value, found),
        Err(_) => found.leave(file, "it can't be read as YAML"),
    }
}

/// What a task here has no word for: its commands stay where they are.
const SPECIAL: [&str; 9] = ["dir", "dotenv", "for", "ignore_error", "platforms", "preconditions", "requires", "status", "vars"];

type Texts = BTreeMap<String, String>;

fn carry_over(file: &str, value: &Value, found: &mut Found) {
    let (variables, shared) = (plain(&value["vars"]), plain(&value["env"]));
    for key in ["includes", "dotenv"] {
        if value.get(key).is_some() {
            found.leave(file, format!("`{key}`"));
        }
    }
    for (name, task) in value["tasks"].as_object().into_iter().flatten() {
        let mut ready = Task { name: name.clone(), from: format!("{file}, {name}"), ..Task::default() };
        ready.description =
            ["desc", "summary"].iter().find_map(|key| task[*key].as_str()).and_then(|text| text.lines().next()).map(str::to_owned);
        if let Err(why) = understood(task, &variables, &shared, &mut ready) {
            found.leave(&ready.from, format!("its commands stay there, for {why}: the task calls `task {name}`"));
            let Task { name, from, description, .. } = ready;
            let run = vec![super::targets::passed_on(&format!("task {name}"))];
            ready = Task { name, from, description, run, ..Task::default() };
        }
        let aliases = texts(&task["aliases"], "");
        if !aliases.is_empty() {
            found.leave(&ready.from, format!("its other names: {}", aliases.join(", ")));
        }
        found.add(ready);
    }
}

/// All of a task; `Err`: what has no counterpart here.
fn understood(task: &Value, variables: &Texts, shared: &Texts, ready: &mut Task) -> Result<(), String> {
    if let Some(key) = SPECIAL.iter().find(|key| task.get(**key).is_some()) {
        return Err(format!("`{key}`"));
    }
    let all = |texts: Vec<String>| texts.iter().map(|text| filled(text, variables)).collect::<Result<Vec<_>, _>>();
    ready.needs = texts(&task["deps"], "task").iter().map(|need| super::targets::name(need)).collect();
    ready.sources = all(texts(&task["sources"], ""))?;
    ready.outputs = all(texts(&task["generates"], ""))?;
    for (name, value) in shared.clone().into_iter().chain(plain(&task["env"])) {
        ready.env.insert(name, filled(&value, variables)?);
    }
    ready.run = run(task, variables)?;
    Ok(())
}

/// The texts of a table.
fn plain(table: &Value) -> Texts {
    table.as_object().into_iter().flatten().filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}

/// The texts of a list; of a table, the one under this key.
fn texts(value: &Value, key: &str) -> Vec<String> {
    let text = |item: &Value| item.as_str().or_else(|| item[key].as_str()).map(str::to_owned);
    value.as_array().into_iter().flatten().filter_map(text).collect()
}

fn run(task: &Value, variables: &Texts) -> Result<Vec<String>, String> {
    let commands: Vec<&Value> = match (task, &task["cmds"], &task["cmd"]) {
        (Value::String(_), ..) => vec![task],
        (Value::Array(items), ..) | (_, Value::Array(items), _) => items.iter().collect(),
        (_, Value::String(_), _) => vec![&task["cmds"]],
        (_, _, Value::String(_)) => vec![&task["cmd"]],
        _ => Vec::new(),
    };
    commands.into_iter().map(|command| line(command, variables)).collect()
}

fn line(command: &Value, variables: &Texts) -> Result<String, String> {
    if let Value::String(text) = command {
        return filled(text, variables);
    }
    let known = ["cmd", "ignore_error", "silent", "task"];
    if let Some(other) = command.as_object().and_then(|command| command.keys().find(|key| !known.contains(&key.as_str()))) {
        return Err(format!("`{other}`"));
    }
    let text = match (&command["cmd"], &command["task"]) {
        (Value::String(text), _) => filled(text, variables)?,
        (_, Value::String(name)) => format!("instep {}", super::targets::name(&filled(name, variables)?)),
        _ => return Err("a command of another form".to_owned()),
    };
    Ok(if command["ignore_error"] == true { format!("{text} || true") } else { text })
}

fn filled(text: &str, variables: &Texts) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text.trim_end();
    while let Some((before, after)) = rest.split_once("{{") {
        let (inner, after) = after.split_once("}}").ok_or("braces that are not closed")?;
        let value = variables.get(inner.trim().trim_start_matches('.'));
        out.push_str(before);
        // A variable of others is theirs to work out.
        out.push_str(value.filter(|value| !value.contains("{{")).ok_or_else(|| format!("{{{{{inner}}}}}"))?);
        rest = after;
    }
    Ok(out + rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_become_tasks() {
        let text = "vars: { BIN: app }\ntasks:\n  build:\n    desc: Build it\n    deps: [gen, { task: lint }]\n    sources: ['**/*.go']\n    generates: ['app']\n    cmds:\n      - go build -o {{.BIN}}\n      - task: lint\n  gen: echo gen\n  x:\n    cmds: ['echo {{.CLI_ARGS}}']\n";
        let mut found = Found::default();
        carry_over("Taskfile.yml", &serde_saphyr::from_str(text).expect("YAML"), &mut found);
        let build = &found.tasks[0];
        assert_eq!((build.run.join(";"), build.needs.join(" ")), ("go build -o app;instep lint".into(), "gen lint".into()));
        assert_eq!(found.tasks[1].run, ["echo gen"]);
        assert_eq!(found.tasks[2].run, ["task x \"$@\""]);
    }

    #[test]
    fn what_is_not_understood_stays_there_as_a_whole() {
        let text = "env: { A: '{{.BIN}}' }\nvars: { BIN: app, EXE: 'app{{exeExt}}' }\ntasks:\n  build:\n    aliases: [b]\n    sources: ['{{.BIN}}.go']\n    cmds:\n      - cmd: rm {{.BIN}}\n        ignore_error: true\n  exe:\n    deps: [build]\n    generates: ['{{.EXE}}']\n    cmds: [go build]\n  tidy:\n    cmds:\n      - defer: rm x\n  fresh:\n    status: [test -f x]\n    cmd: touch x\n";
        let mut found = Found::default();
        carry_over("Taskfile.yml", &serde_saphyr::from_str(text).expect("YAML"), &mut found);
        let build = &found.tasks[0];
        assert_eq!(
            (build.run.join(";"), build.sources.join(" "), build.env["A"].as_str()),
            ("rm app || true".into(), "app.go".into(), "app")
        );
        let exe = &found.tasks[1];
        assert_eq!((exe.run.join(";"), exe.needs.len(), exe.outputs.len()), ("task exe \"$@\"".into(), 0, 0));
        assert_eq!(found.tasks[2].run, ["task tidy \"$@\""]);
        assert_eq!(found.tasks[3].run, ["task fresh \"$@\""]);
        let whats: Vec<&str> = found.left.iter().map(|left| left.what.as_str()).collect();
        assert_eq!(
            whats,
            [
                "its other names: b",
                "its commands stay there, for {{.EXE}}: the task calls `task exe`",
                "its commands stay there, for `defer`: the task calls `task tidy`",
                "its commands stay there, for `status`: the task calls `task fresh`",
            ]
        );
    }
}
