//! What was found, as an `instep.toml` whose lines say where they come from.

use std::collections::BTreeMap;

use super::{Fact, Found, Task};

/// The text of the file.
pub fn propose(found: &Found) -> String {
    let mut text = String::from("# Proposed by `instep adopt`: each line says where it comes from.\n");
    service(found, &mut text);
    image(found, &mut text);
    kube(found, &mut text);
    found.tasks.iter().for_each(|task| one_task(task, &found.notes, &mut text));
    if let Some(Fact { value, from }) = &found.steps {
        text.push_str(&format!("\n[ci] # {from}\nsteps = {}\n", list(value)));
    }
    if !found.left.is_empty() {
        text.push_str("\n# Not carried over:\n");
        for left in &found.left {
            text.push_str(&format!("# - {}: {}\n", left.from, left.what.replace('\n', " ")));
        }
    }
    text
}

/// `key = value  # from`, when there is one.
fn line<T>(text: &mut String, key: &str, fact: Option<&Fact<T>>, value: impl Fn(&T) -> String) {
    if let Some(fact) = fact {
        text.push_str(&format!("{key} = {} # {}\n", value(&fact.value), fact.from));
    }
}

fn service(found: &Found, text: &mut String) {
    text.push_str("\n[service]\n");
    line(text, "name", found.name.as_ref(), |name| quoted(name));
    match &found.port {
        Some(_) => line(text, "port", found.port.as_ref(), u16::to_string),
        None => text.push_str("# port = 8080 # no file says which: add it, when the service serves HTTP\n"),
    }
    line(text, "health", found.health.as_ref(), |path| quoted(path));
    line(text, "ready", found.ready.as_ref(), |path| quoted(path));
}

fn image(found: &Found, text: &mut String) {
    if let Some(dockerfile) = &found.dockerfile {
        text.push_str("\n[image]\n");
        match &found.repository {
            Some(_) => line(text, "repository", found.repository.as_ref(), |name| quoted(name)),
            None => text.push_str("# repository = \"registry.example.com/team/name\" # where its pushes go\n"),
        }
        if dockerfile.value == "Dockerfile" {
            text.push_str(&format!("# {} is used as it is\n", dockerfile.value));
        } else {
            line(text, "dockerfile", Some(dockerfile), |file| quoted(file));
        }
        line(text, "target", found.target.as_ref(), |stage| quoted(stage));
        for note in found.notes.iter().filter(|note| note.from.starts_with(&dockerfile.value)) {
            text.push_str(&format!("# {}: {}\n", note.from, note.value));
        }
    }
    if found.run_local.is_some() || found.compose.is_some() {
        text.push_str("\n[run-local]\n");
        line(text, "run", found.run_local.as_ref(), |run| quoted(run));
        line(text, "compose", found.compose.as_ref(), |file| quoted(file));
    }
}

fn kube(found: &Found, text: &mut String) {
    if found.manifests.is_some() || found.user.is_some() || found.workload.is_some() {
        text.push_str("\n[kube]\n");
        if let Some(Fact { value: (key, place), from }) = &found.manifests {
            if key == "manifests" {
                text.push_str(&format!(
                    "generate = false # what is live stays as it is; without this line instep generates what {from} lacks\n"
                ));
                text.push_str(&format!("manifests = [{}] # {from}\n", quoted(place)));
            } else {
                text.push_str(&format!("{key} = {} # {from}\n", quoted(place)));
            }
        }
        line(text, "name", found.workload.as_ref(), |name| quoted(name));
        line(text, "selector", found.selector.as_ref(), inline);
        line(text, "replicas", found.replicas.as_ref(), u64::to_string);
        line(text, "user", found.user.as_ref(), u32::to_string);
    }
    let shell = |command: &str| format!("[\"sh\", \"-c\", {}]", quoted(command));
    for Fact { value: (name, command), from } in &found.workloads {
        text.push_str(&format!("\n[workloads.{name}] # {from}\ncommand = {}\n", shell(command)));
    }
    if let Some(Fact { value, from }) = &found.release {
        text.push_str(&format!("\n[jobs.release] # {from}\ncommand = {}\nbefore-deploy = true\n", shell(value)));
    }
}

fn one_task(task: &Task, notes: &[Fact<String>], text: &mut String) {
    let bare = task.name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    let name = if bare { task.name.clone() } else { quoted(&task.name) };
    text.push_str(&format!("\n[tasks.{name}] # {}\n", task.from));
    let renamed = format!("is called `{}` here", task.name);
    for note in notes.iter().filter(|note| note.from == task.from && note.value.ends_with(&renamed)) {
        text.push_str(&format!("# {}\n", note.value));
    }
    if let Some(command) = built_in(task) {
        text.push_str(&format!("# `instep {command}` does this without a task\n"));
    }
    let mut key = |key: &str, value: String| text.push_str(&format!("{key} = {value}\n"));
    if let Some(description) = &task.description {
        key("description", quoted(description));
    }
    if !task.needs.is_empty() {
        key("needs", list(&task.needs));
    }
    match task.run.as_slice() {
        [] => {}
        [one] => key("run", quoted(one)),
        several => key(
            "run",
            format!("[\n{}]", several.iter().flat_map(|line| ["  ".to_owned(), quoted(line), ",\n".to_owned()]).collect::<String>()),
        ),
    }
    if !task.env.is_empty() {
        key("env", inline(&task.env));
    }
    if !task.sources.is_empty() {
        key("sources", list(&task.sources));
    }
    if !task.outputs.is_empty() {
        key("outputs", list(&task.outputs));
    }
}

/// The command that does what a task does by hand.
fn built_in(task: &Task) -> Option<&'static str> {
    let hands = [
        ("docker build ", "docker-build"),
        ("docker push ", "docker-build --push"),
        ("kubectl apply", "kube-apply ENV"),
        ("helm upgrade", "kube-apply ENV"),
    ];
    hands.iter().find(|(words, _)| task.run.iter().any(|line| line.contains(words))).map(|(_, command)| *command)
}

fn list(texts: &[String]) -> String {
    let mut seen = Vec::new();
    for text in texts.iter().map(|text| quoted(text)) {
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    format!("[{}]", seen.join(", "))
}

fn inline(map: &BTreeMap<String, String>) -> String {
    let pairs: Vec<String> = map.iter().map(|(key, value)| format!("{} = {}", quoted(key), quoted(value))).collect();
    format!("{{ {} }}", pairs.join(", "))
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}
