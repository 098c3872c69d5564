//! What package manifests and a Procfile say.

use std::path::Path;

use serde_json::Value;

use super::{Fact, Found, Task, first};

/// Reads all that are there.
pub fn read(root: &Path, found: &mut Found) {
    node(root, found);
    composer(root, found);
    procfile(root, found);
    let tables = [("Cargo.toml", "package", "cargo test"), ("pyproject.toml", "project", "python -m pytest")];
    for (file, table, test) in tables {
        if let Some((_, text)) = first(root, &[file]) {
            let parsed: Option<toml::Table> = text.parse().ok();
            let name = parsed.as_ref().and_then(|parsed| parsed.get(table)?.get("name")?.as_str());
            let pytest = file != "pyproject.toml" || root.join("tests").is_dir() || text.contains("pytest");
            named(found, file, name);
            usual(found, file, "test", test, pytest);
        }
    }
    if let Some((file, text)) = first(root, &["go.mod"]) {
        let module = text.lines().find_map(|line| line.strip_prefix("module "));
        // The last part may be a version: example.com/app/v2.
        let part = |part: &&str| !(part.starts_with('v') && part[1..].chars().all(|c| c.is_ascii_digit()));
        named(found, file, module.and_then(|module| module.trim().rsplit('/').find(part)));
        usual(found, file, "test", "go test ./...", true);
    }
    for (file, test) in [
        ("pom.xml", "mvn --batch-mode test"),
        ("build.gradle", "./gradlew test"),
        ("build.gradle.kts", "./gradlew test"),
        ("mix.exs", "mix test"),
        ("Gemfile", "bundle exec rake test"),
    ] {
        usual(found, file, "test", test, root.join(file).is_file());
    }
}

fn named(found: &mut Found, file: &str, name: Option<&str>) {
    if let (None, Some(name)) = (&found.name, name) {
        found.name = Some(Fact { value: name.trim_start_matches('@').replace('/', "-"), from: file.to_owned() });
    }
}

/// The usual command of a language, when no file says another.
fn usual(found: &mut Found, file: &str, name: &str, run: &str, there: bool) {
    if there && !found.tasks.iter().any(|task| task.name == name) {
        found.add(Task { name: name.to_owned(), from: file.to_owned(), run: vec![run.to_owned()], ..Task::default() });
    }
}

fn node(root: &Path, found: &mut Found) {
    let Some((file, text)) = first(root, &["package.json"]) else { return };
    let Ok(package) = serde_json::from_str::<Value>(&text) else { return };
    let locks = [("pnpm-lock.yaml", "pnpm"), ("yarn.lock", "yarn"), ("bun.lockb", "bun")];
    let program = locks.iter().find(|(lock, _)| root.join(lock).is_file()).map_or("npm", |(_, program)| program);
    named(found, file, package["name"].as_str());
    for (name, script) in package["scripts"].as_object().into_iter().flatten() {
        let around =
            ["pre", "post"].iter().any(|word| name.strip_prefix(word).is_some_and(|inner| package["scripts"].get(inner).is_some()));
        if around || matches!(name.as_str(), "prepare" | "postinstall" | "preinstall") {
            continue;
        }
        let description = script.as_str().map(|script| script.chars().take(80).collect());
        let task =
            Task { name: name.clone(), from: file.to_owned(), description, run: vec![format!("{program} run {name}")], ..Task::default() };
        if !found.tasks.iter().any(|other| other.name == task.name) {
            found.add(task);
        }
    }
}

fn composer(root: &Path, found: &mut Found) {
    let Some((file, text)) = first(root, &["composer.json"]) else { return };
    let Ok(package) = serde_json::from_str::<Value>(&text) else { return };
    named(found, file, package["name"].as_str().and_then(|name| name.rsplit('/').next()));
    for (name, _) in package["scripts"].as_object().into_iter().flatten() {
        let event = name.starts_with("post-") || name.starts_with("pre-");
        usual(found, file, name, &format!("composer run {name}"), !event);
    }
}

fn procfile(root: &Path, found: &mut Found) {
    let Some((file, text)) = first(root, &["Procfile"]) else { return };
    for (number, line) in text.lines().enumerate() {
        let Some((kind, command)) = line.split_once(':').filter(|_| !line.trim_start().starts_with('#')) else { continue };
        let (kind, command, from) = (kind.trim(), command.trim().to_owned(), format!("{file}:{}", number + 1));
        match kind {
            "web" => found.run_local = Some(Fact { value: command, from }),
            "release" => found.release = Some(Fact { value: command, from }),
            _ => found.workloads.push(Fact { value: (crate::config::value::label(kind), command), from }),
        }
    }
}
