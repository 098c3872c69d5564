//! The whole way of a service, from nothing to a smoke-tested deployment, as a user goes it.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use support::{INSTEP, World, count_processes};

/// The namespace of a test in the cluster; deleted at the end.
struct Namespace {
    kubeconfig: String,
    context: String,
    name: String,
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let args = ["--kubeconfig", &self.kubeconfig, "--context", &self.context, "delete", "namespace", &self.name];
        let _ = Command::new("kubectl").args(args).args(["--ignore-not-found", "--wait=false"]).output();
    }
}

/// Starts `run-local` and waits until it says where the service is.
#[allow(clippy::zombie_processes, reason = "the caller waits for it")]
fn serve(world: &World, dir: &std::path::Path) -> (Child, String) {
    let mut command = world.command(INSTEP, dir);
    let mut child =
        command.args(["run-local", "--port", "auto", "--output", "json"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for line in lines {
        let event: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        if let (Some("ready"), Some(url)) = (event["event"].as_str(), event["url"].as_str()) {
            return (child, url.to_owned());
        }
    }
    panic!("run-local ended before the service was ready");
}

#[test]
fn a_go_service_goes_the_whole_way() {
    let (Some((kubeconfig, context)), true) = (support::cluster(), support::engine()) else { return };
    let name = format!("walk-{}", std::process::id());
    let namespace = Namespace { kubeconfig: kubeconfig.clone(), context: context.clone(), name: name.clone() };
    let mut world = World::new();
    world.share_caches();
    world.env("KUBECONFIG", &kubeconfig);
    world.run_in(&world.home(), ["new-service", &name, "--scaffold", "go", "--yes", "--set", &format!("context={context}")]).code(0);
    let repo = world.home().join(&name);
    let run = |args: &[&str]| world.run_in(&repo, args);

    run(&["test"]).code(0);
    let (mut child, url) = serve(&world, &repo);
    let mut aimed = world.command(INSTEP, &repo);
    let checked = aimed.env("TARGET_URL", &url).arg("smoke-test").output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    let shown = String::from_utf8_lossy(&checked.stdout).into_owned();
    for path in ["/health", "/ready", "/metrics", "/info"] {
        assert!(shown.contains(&format!("GET {path}")), "{shown}");
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(count_processes(&format!("./{name}")), 0, "the service is left running");

    let built = run(&["docker-build", "--push", "--build-arg", "GO_IMAGE=instep-test/go:1"]);
    let image = built.code(0).out().trim().to_owned();
    assert!(image.starts_with(&format!("localhost:5000/{name}@sha256:")), "{image}");
    run(&["kube-apply", "staging"]).code(0).prints(&image).prints("serves in staging");
    run(&["smoke-test", "staging"]).code(0).says("4 checks passed");
    let status = run(&["kube-status", "staging", "--output", "json"]).code(0).json().to_string();
    assert!(status.contains(&image), "{status}");
    drop(namespace);
    let _ = Command::new("docker").args(["rmi", "--force", &image]).output();
}

#[test]
fn the_tour_shows_everything_and_leaves_nothing_running() {
    let (Some((kubeconfig, _)), true) = (support::cluster(), support::engine()) else { return };
    let mut world = World::new();
    world.share_caches();
    world.env("KUBECONFIG", &kubeconfig);
    let args = ["tour", "--scaffold", "python", "--build-arg", "PYTHON_IMAGE=instep-test/python:3"];
    let ran = world.run_in(&world.home(), args);
    ran.code(0).says("$ instep new-service instep-tour --scaffold python").says("$ instep kube-apply staging").says("What you have seen");
    for lesson in [
        "make a service",
        "run its tests",
        "run it, and check",
        "see its manifests",
        "build the image",
        "deploy it",
        "check what is deployed",
    ] {
        ran.prints(&format!("✓  {lesson}"));
    }
    let folder = ran.err().split("The service is in ").nth(1).unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(count_processes(&folder), 0, "something is left running");
    assert!(std::path::Path::new(&folder).join("instep.toml").exists(), "{folder}");
    let args = ["--kubeconfig", &kubeconfig, "get", "namespace", "instep-tour", "--ignore-not-found", "--output=name"];
    let left = Command::new("kubectl").args(args).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&left.stdout), "");
    std::fs::remove_dir_all(std::path::Path::new(&folder).parent().unwrap()).unwrap();
}

#[test]
fn without_engine_and_cluster_the_tour_says_what_it_skips() {
    let mut world = World::new();
    world.share_caches();
    world.env("DOCKER_HOST", "unix:///nowhere.sock").env("KUBECONFIG", "/nowhere");
    let ran = world.run_in(&world.home(), ["tour", "--scaffold", "python", "--output", "json"]);
    let document = ran.code(0).json();
    let outcomes: Vec<String> = document["stops"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stop| format!("{} {}", stop["command"][0].as_str().unwrap(), stop["outcome"].as_str().unwrap()))
        .collect();
    assert_eq!(
        outcomes,
        [
            "new-service shown",
            "test shown",
            "run-local shown",
            "kube-render shown",
            "docker-build skipped",
            "kube-apply skipped",
            "smoke-test skipped"
        ]
    );
    assert_eq!(document["stops"][4]["reason"], "no container engine answers");
    std::fs::remove_dir_all(std::path::Path::new(document["folder"].as_str().unwrap()).parent().unwrap()).unwrap();
}
