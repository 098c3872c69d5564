//! What an edition generates never changes: `edition = 1` gives the same bytes with every newer binary.
//!
//! `tests/editions/N/NAME.toml` is a repo; `NAME.yaml` is what it renders in all its environments, `NAME.json` the
//! tags, labels and arguments of its images. `INSTEP_BLESS=1` writes a file that is not there, and never one that is.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use instep::config::schema::EDITION;
use support::World;

fn folder(edition: i64) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/editions").join(edition.to_string())
}

/// The repos of an edition, in alphabetical order.
fn repos(edition: i64) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder(edition)).unwrap_or_else(|error| panic!("edition {edition} has no tests: {error}"));
    let mut repos: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|file| file.extension().unwrap() == "toml").collect();
    repos.sort();
    repos
}

/// The repo, with a commit that is the same on every machine, and a release tag.
fn world(toml: &str) -> World {
    let mut world = World::with(toml);
    for dockerfile in ["Dockerfile", "docker/nginx/Dockerfile"] {
        world.file(dockerfile, "ARG VERSION\nARG PROFILE\nFROM scratch AS runtime\nCOPY . /\n");
    }
    for name in ["GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"] {
        world.env(name, "2026-01-02T03:04:05Z");
    }
    world.env("TZ", "UTC");
    world.commit("first");
    world.git(&["tag", "v1.2.3"]);
    world
}

/// What all environments render.
fn manifests(world: &World) -> String {
    let names = world.run(["config", "environments", "--output", "json"]).json();
    let mut names: Vec<String> = names["config"].as_object().unwrap().keys().map(|key| key.split('.').nth(1).unwrap().to_owned()).collect();
    names.dedup();
    let mut out = String::new();
    for name in names {
        let ran = world.run(["kube-render", &name]);
        ran.code(0).stderr("");
        write!(out, "##### instep kube-render {name}\n{}", ran.out()).unwrap();
    }
    out
}

/// The tags, labels and arguments of the images.
fn images(world: &World) -> String {
    let plan = world.run(["docker-build", "--dry-run", "--output", "json"]).code(0).json();
    let image = |step: &serde_json::Value| {
        let keys = ["repository", "tags", "args", "labels"].into_iter();
        keys.map(|key| (key.to_owned(), step[key].clone())).collect::<serde_json::Map<_, _>>()
    };
    let images: Vec<_> = plan["plan"]["steps"].as_array().unwrap().iter().map(image).collect();
    serde_json::to_string_pretty(&images).unwrap() + "\n"
}

#[track_caller]
fn held(file: &Path, edition: i64, now: &str) {
    if !file.exists() && std::env::var_os("INSTEP_BLESS").is_some() {
        std::fs::write(file, now).unwrap();
    }
    let then = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}; INSTEP_BLESS=1 writes it", file.display()));
    let changed = then.lines().zip(now.lines()).position(|(then, now)| then != now);
    let at = changed.unwrap_or_else(|| then.lines().count().min(now.lines().count()));
    assert!(
        then == now,
        "what edition {edition} generates has changed: {}:{}\n  was {:?}\n  is  {:?}\n\
         A released edition stays as it is: the new shape belongs to a new edition (CONTRIBUTING.md, \"Editions\").",
        file.display(),
        at + 1,
        then.lines().nth(at),
        now.lines().nth(at),
    );
}

#[test]
fn every_edition_generates_what_it_always_did() {
    for edition in 1..=EDITION {
        let repos = repos(edition);
        assert!(repos.len() >= 4, "edition {edition} has {} repos", repos.len());
        for file in repos {
            let world = world(&std::fs::read_to_string(&file).unwrap());
            assert!(world.read("instep.toml").contains(&format!("edition = {edition}\n")), "{}", file.display());
            held(&file.with_extension("yaml"), edition, &manifests(&world));
            held(&file.with_extension("json"), edition, &images(&world));
        }
    }
}

#[test]
fn a_file_without_an_edition_is_of_the_first() {
    let toml = std::fs::read_to_string(folder(1).join("smallest.toml")).unwrap();
    let without = manifests(&world(&toml.replace("edition = 1\n", "")));
    assert_eq!(without, manifests(&world(&toml)));
}

#[test]
fn every_folder_is_an_edition() {
    for entry in std::fs::read_dir(folder(1).parent().unwrap()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name.parse().is_ok_and(|edition: i64| (1..=EDITION).contains(&edition)), "{name} is no edition");
    }
}
