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

fn carry_over(file: &str, value: &Value, found: &mut Found) {
    let plain = |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
    let variables: BTreeMap<String, String> = value["vars"].as_object().into_iter().flatten().filter_map(plain).collect();
    for key in ["includes", "dotenv"] {
        if value.get(key).is_some() {
            found.leave(file, format!("`{key}`"));
        }
    }
    for (name, written) in value["tasks"].as_object().into_iter().flatten() {
        let task = &written;
        let mut ready = Task { name: name.clone(), from: format!("{file}, {name}"), ..Task::default() };
        ready.description =
            ["desc", "summary"].iter().find_map(|key| task[*key].as_str()).and_then(|text| text.lines().next()).map(str::to_owned);
        ready.needs = texts(&task["deps"], "task").iter().map(|need| super::targets::name(need)).collect();
        ready.sources = texts(&task["sources"], "");
        ready.outputs = texts(&task["generates"], "");
        ready.env = task["env"].as_object().into_iter().flatten().filter_map(plain).collect();
        let special = ["for", "dir", "preconditions", "requires", "vars"].iter().find(|key| task.get(**key).is_some());
        match special.map_or_else(|| run(task, &variables), |key| Err(format!("`{key}`"))) {
            Ok(run) => ready.run = run,
            Err(why) => {
                found.leave(&ready.from, format!("its commands stay there, for {why}: the task calls `task {name}`"));
                ready.run = vec![format!("task {name}")];
                ready.needs.clear();
            }
        }
        found.add(ready);
    }
}

/// The texts of a list; of a table, the one under this key.
fn texts(value: &Value, key: &str) -> Vec<String> {
    let text = |item: &Value| item.as_str().or_else(|| item[key].as_str()).map(str::to_owned);
    value.as_array().into_iter().flatten().filter_map(text).collect()
}

fn run(task: &Value, variables: &BTreeMap<String, String>) -> Result<Vec<String>, String> {
    let commands: Vec<&Value> = match (task, &task["cmds"], &task["cmd"]) {
        (Value::String(_), ..) => vec![task],
        (Value::Array(items), ..) | (_, Value::Array(items), _) => items.iter().collect(),
        (_, Value::String(_), _) => vec![&task["cmds"]],
        (_, _, Value::String(_)) => vec![&task["cmd"]],
        _ => Vec::new(),
    };
    let line = |command: &Value| match (command, &command["cmd"], &command["task"]) {
        (Value::String(text), ..) | (_, Value::String(text), _) => filled(text, variables),
        (_, _, Value::String(name)) if command.get("vars").is_none() => Ok(format!("instep {}", super::targets::name(name))),
        _ => Err("a command of another form".to_owned()),
    };
    commands.into_iter().map(line).collect()
}

fn filled(text: &str, variables: &BTreeMap<String, String>) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text.trim_end();
    while let Some((before, after)) = rest.split_once("{{") {
        let (inner, after) = after.split_once("}}").ok_or("braces that are not closed")?;
        let name = inner.trim().trim_start_matches('.');
        out.push_str(before);
        out.push_str(variables.get(name).ok_or_else(|| format!("{{{{{inner}}}}}"))?);
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
        assert_eq!(found.tasks[2].run, ["task x"]);
    }
}
