//! One contract for all scaffolds: `instep scaffold test` generates a service from an older version, updates it to all parts,
//! lints it, runs its tests, serves, builds the image and ends it by a signal, deploys, and asks what is deployed.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use support::{Ran, World};

/// The scaffolds as a version before this one could have been: another README and `.editorconfig`, a file that is gone today.
fn older(world: &World, name: &str) -> PathBuf {
    let root = world.home().join("older");
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("scaffolds");
    assert!(Command::new("cp").arg("-r").args([&ours, &root]).status().unwrap().success());
    let edit = |path: &str, from: &str, to: &str| {
        let file = root.join(name).join(path);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{path} lacks {from}");
        std::fs::write(file, text.replace(from, to)).unwrap();
    };
    edit("scaffold.toml", "version = 1\n", "version = 0\n");
    edit("template/README.md", "Everything that one does here", "All that one does here");
    edit("template/.editorconfig", "charset = utf-8\n", "");
    edit("template/Dockerfile", "start-period=", "start-period=1");
    std::fs::write(root.join(name).join("template/GONE.md"), "Of the older version.\n").unwrap();
    root.join(name)
}

/// The whole contract for one scaffold; `images`: base images of this machine. What is skipped is said, and may only be what
/// this machine lacks.
fn keeps_the_contract(scaffold: &str, images: &[&str]) {
    let mut world = World::new();
    let cluster = support::cluster();
    if let Some((kubeconfig, _)) = &cluster {
        world.env("KUBECONFIG", kubeconfig);
    }
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/ci-tools/bin");
    world.env("PATH", format!("{}:{}", std::env::var("PATH").unwrap(), tools.display()));
    world.share_caches();
    let since = older(&world, scaffold).display().to_string();
    let context = cluster.map_or_else(|| "none".to_owned(), |(_, context)| context);
    // No database's image can be had without a public registry; how the file looks with it is linted all the same.
    let mut args = vec!["scaffold", "test", scaffold, "--since", &since, "--context", &context, "--set", "postgres=no"];
    args.extend(images.iter().flat_map(|image| ["--build-arg", image]));
    let mut command = world.command(support::INSTEP, &world.home());
    command.args([&args[..], &["--output", "json"]].concat()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let service = format!("contract-{scaffold}-{}", child.id());
    let ran = Ran::of(child.wait_with_output().unwrap(), &world);
    ran.code(0);
    let document = ran.json();
    let steps = document["scaffolds"][0]["steps"].as_array().unwrap();
    let names: Vec<&str> = steps.iter().map(|step| step["step"].as_str().unwrap()).collect();
    assert_eq!(names, ["generate", "update", "lint", "test", "run-local", "docker-build", "image", "kube-apply", "smoke-test"]);
    // Past the capture: each run's log has the table.
    let mut log = std::io::stderr();
    for step in steps {
        let (name, outcome) = (step["step"].as_str().unwrap(), step["outcome"].as_str().unwrap());
        let reason = step["reason"].as_str().unwrap_or_default();
        let seconds = step["seconds"].as_f64().unwrap();
        writeln!(log, "{scaffold:8}{name:14}{outcome:9}{seconds:6.1} s  {reason}").unwrap();
        if outcome == "skipped" {
            support::available(false, &format!("{scaffold}, {name}: {reason}; that"));
        }
    }
    let left = Command::new("docker").args(["images", "--quiet", "--filter", &format!("reference=*/{service}")]).output();
    assert_eq!(left.map(|left| String::from_utf8_lossy(&left.stdout).into_owned()).unwrap_or_default(), "", "images are left behind");
}

#[test]
fn go_keeps_the_contract() {
    keeps_the_contract("go", &["GO_IMAGE=instep-test/go:1"]);
}

#[test]
fn node_keeps_the_contract() {
    keeps_the_contract("node", &["NODE_IMAGE=instep-test/node:20"]);
}

#[test]
fn php_keeps_the_contract() {
    keeps_the_contract("php", &["PHP_IMAGE=instep-test/php:8"]);
}

#[test]
fn python_keeps_the_contract() {
    keeps_the_contract("python", &["PYTHON_IMAGE=instep-test/python:3"]);
}

#[test]
#[ignore = "compiles the dependencies twice, for the tests and in the image: two minutes on two cores, and CI has 45 for all"]
fn rust_keeps_the_contract() {
    keeps_the_contract("rust", &["RUST_IMAGE=instep-test/rust:1", "RUNTIME_IMAGE=instep-test/runtime:1"]);
}

#[test]
fn static_keeps_the_contract() {
    keeps_the_contract("static", &["NGINX_IMAGE=instep-test/nginx:1"]);
}
