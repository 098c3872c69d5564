//! One contract for all scaffolds: generated, its own tests, run-local, the smoke checks, a signal, an update.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use support::{INSTEP, World};

/// Starts `run-local`, checks what it serves as a user would, and stops it.
fn served_and_checked(world: &World, dir: &Path) {
    let mut command = world.command(INSTEP, dir);
    let args = ["run-local", "--port", "auto", "--output", "json"];
    let mut child = command.args(args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let url = lines
        .find_map(|line| {
            let event: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
            (event["event"] == "ready").then(|| event["url"].as_str().unwrap().to_owned())
        })
        .expect("run-local ended before the service was ready");
    let checked = world.command(INSTEP, dir).env("TARGET_URL", &url).arg("smoke-test").output().unwrap();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    let shown = String::from_utf8_lossy(&checked.stdout).into_owned();
    for path in ["/health", "/ready", "/metrics", "/info"] {
        assert!(shown.contains(&format!("GET {path}")), "{shown}");
    }
}

/// The whole contract for one scaffold; its tests hold what SIGTERM does.
fn keeps_the_contract(scaffold: &str, program: &str) {
    if Command::new(program).arg("version").output().is_err() {
        return support::skipped(program);
    }
    let world = World::new();
    let everything = ["ci=github,gitlab,jenkins,travis", "licence=Apache-2.0", "postgres=yes", "prometheus=yes"];
    let set = everything.iter().flat_map(|answer| ["--set", answer]);
    let args = ["new-service", "a-b", "--scaffold", scaffold, "--yes", "--set", "context=staging"].into_iter().chain(set);
    world.run_in(&world.home(), args).code(0);
    let repo = world.home().join("a-b");
    world.run_in(&repo, ["test"]).code(0);
    served_and_checked(&world, &repo);
    for ci in [".github/workflows/ci.yml", ".gitlab-ci.yml", "Jenkinsfile", ".travis.yml"] {
        assert!(std::fs::read_to_string(repo.join(ci)).unwrap().contains("instep ci"), "{ci}");
    }
    let status = world.command("git", &repo).args(["status", "--porcelain"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&status.stdout), "", "all that a run makes is ignored");
    world.run_in(&repo, ["update", "--check"]).code(0);
    world.run_in(&repo, ["update", "--set", "renovate=no", "--apply"]).code(0).prints("- renovate.json");
}

#[test]
fn go_keeps_the_contract() {
    keeps_the_contract("go", "go");
}

#[test]
#[ignore = "installs packages from npm into an empty cache, and compiles twice: a minute and more on two cores"]
fn node_keeps_the_contract() {
    keeps_the_contract("node", "npm");
}
