//! What can be known to fail is said before anything is changed, with the line to change.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::time::Duration;

use support::docker::{docker_sh, inspect};
use support::kube::{Place, image, variant};
use support::wait_until;

/// A quota, once the cluster has counted what there is.
fn quota(place: &Place, name: &str, hard: &str) {
    place.kubectl(&["create", "quota", name, &format!("--hard={hard}")]);
    wait_until("the quota is counted", Duration::from_secs(20), || {
        !place.kubectl(&["get", "quota", name, "--output=jsonpath={.status.used}"]).is_empty()
    });
}

#[test]
fn pods_that_a_quota_has_no_room_for_are_refused_before_anything_changes() {
    let Some(place) = Place::new("[kube]\nstop-within = \"1s\"\n") else { return };
    place.kubectl_any(&["create", "namespace", &place.namespace]);
    quota(&place, "one", "pods=1");
    place.apply(&[]).code(0);
    place.config("[kube]\nstop-within = \"1s\"\n[kube.env]\nA = \"1\"\n");
    let ran = place.apply(&[]);
    ran.code(1).says("error: ResourceQuota `one` has no room to replace the pods of `hello`\n");
    ran.says("note: pods: 1 needed for one pod more than there are, 0 free of 1\n").says("note: nothing was changed\n");
    ran.says("help: `strategy = \"recreate\"` in [kube] stops the old pods first");
    // That advice is good, and nothing that works is refused.
    place.config("[kube]\nstop-within = \"1s\"\nstrategy = \"recreate\"\n[kube.env]\nA = \"1\"\n");
    place.apply(&[]).code(0);
    assert_eq!(place.outcomes(), "instep-release-hello-v1=deployed instep-release-hello-v2=deployed");
}

#[test]
fn cpu_and_memory_that_a_quota_does_not_allow_are_refused_with_the_line() {
    let Some(place) = Place::new("[kube]\nmemory = \"150Mi\"\nreplicas = 2\n") else { return };
    place.kubectl_any(&["create", "namespace", &place.namespace]);
    quota(&place, "memory", "requests.memory=200Mi");
    let ran = place.apply(&[]);
    ran.code(1).says("error: ResourceQuota `memory` has no room for the pods of `hello`\n").says("memory = \"150Mi\"");
    ran.says("note: requests.memory: 300Mi more needed, 200Mi free of 200Mi\n").says("note: nothing was changed\n");
    place.kubectl(&["delete", "quota", "memory"]);
    quota(&place, "cpu", "limits.cpu=1");
    place.config("");
    let ran = place.apply(&[]);
    ran.code(1).says("error: ResourceQuota `cpu` lets no pod in that does not say its limits.cpu\n");
    ran.says("help: say it in [kube]: `cpu = { request = \"100m\", limit = \"1\" }`\n");
    place.config("[kube]\ncpu = { request = \"100m\", limit = \"2\" }\n");
    place.apply(&[]).code(1).says("note: limits.cpu: 2 more needed, 1 free of 1\n").says("cpu = { request = \"100m\", limit = \"2\" }");
    place.config("[kube]\ncpu = { request = \"100m\", limit = \"500m\" }\n");
    place.apply(&["--dry-run"]).code(0);
}

#[test]
fn what_an_image_says_of_itself_is_held_against_its_pods() {
    let image = variant("instep-test/kube-says:1", "USER 1000\\nEXPOSE 3000\\n");
    let Some(place) = Place::new("") else { return };
    let ran = place.world.run(["kube-apply", "staging", "--image", image]);
    ran.code(0)
        .says("warning: the image exposes port 3000, and is asked at 8080\n")
        .says("instep.toml:3:8")
        .says("`port = 3000`, if it listens there");
    ran.says("warning: the image is made for user 1000 (USER), and runs as 10001: ")
        .says("write it into [kube]: `user = 1000`; or `user = 10001`");
    assert_eq!(ran.err().matches("warning: ").count(), 2, "each once: {ran:?}");
    place.config("[kube]\nuser = 10001\n");
    let ran = place.world.run(["kube-diff", "staging", "--image", image]);
    assert_eq!(ran.err().matches("warning: ").count(), 1, "{ran:?}");
}

const OWN: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: own}\nspec:\n  selector: {matchLabels: {app: own}}\n  template:\n    \
                   metadata: {labels: {app: own}}\n    spec:\n      containers:\n        - {name: own, image: IMAGE, securityContext: {runAsNonRoot: true}}\n";

#[test]
fn an_image_that_runs_as_root_or_as_nobody_knows_who_can_not_start_as_non_root() {
    let named = variant("instep-test/kube-named:1", "USER app\\n");
    let Some(place) = Place::new("[kube]\nmanifests = [\"k8s\"]\n") else { return };
    place.world.file("k8s/own.yaml", OWN.replace("IMAGE", named));
    let ran = place.apply(&[]);
    ran.code(1).says("error: container `own` of Deployment own must not run as root, and its image runs as `app`, a name that may be root");
    ran.says("manifests = [\"k8s\"]")
        .says("`USER 10001`; or `runAsUser: 10001` beside `runAsNonRoot`\n")
        .says("note: nothing was changed\n");
    ran.says("warning: container `own` of Deployment own does not say how much CPU and memory it needs");
    place.world.file("k8s/own.yaml", OWN.replace("IMAGE", image()));
    place.apply(&[]).code(1).says("must not run as root, and its image runs as root\n");
    place.world.file("k8s/own.yaml", OWN.replace("IMAGE", "instep-test/kube-named:latest"));
    place
        .apply(&["--dry-run"])
        .says("warning: `instep-test/kube-named:latest` is another image tomorrow, and a rollback would not bring today's back\n");
    assert_eq!(place.kubectl_any(&["get", "namespace", &place.namespace, "--ignore-not-found"]), "", "nothing was changed");
}

#[test]
fn an_image_for_other_machines_is_refused() {
    let Some(place) = Place::new("") else { return };
    let here = docker_sh("docker version --format '{{.Server.Os}}/{{.Server.Arch}}'");
    let arch = if here == "linux/arm64" { "amd64" } else { "arm64" };
    let (name, other) = (format!("instep-test/kube-other-{}:1", std::process::id()), format!("linux/{arch}"));
    // Nothing here builds for other machines: the image says of itself that it is for them.
    let dir = place.world.root().join("image");
    let edit =
        format!("s,\"architecture\":\"[a-z0-9]*\",\"architecture\":\"{arch}\",; s,\"RepoTags\":\\[[^]]*\\],\"RepoTags\":[\"{name}\"],");
    docker_sh(&format!(
        "mkdir {dir} && cd {dir} && docker save {} | tar -x && sed -i '{edit}' *.json && rm -f repositories && tar -c . | docker load",
        image(),
        dir = dir.display()
    ));
    if !support::available(inspect(&name, "{{.Os}}/{{.Architecture}}") == other, "an engine that loads an image for other machines") {
        return;
    }
    let ran = place.world.run(["kube-apply", "staging", "--image", &name]);
    docker_sh(&format!("docker rmi --force {name}"));
    ran.code(1).says(&format!("error: the image is for {other}, and the nodes of the cluster are {here}\n")).says("instep.toml:6:14");
    ran.says(&format!("help: build it for them: `platforms = [\"{here}\"]` in [image]\n")).says("note: nothing was changed\n");
    // The file may say it, where the rights do not reach to the nodes.
    let text = place.world.read("instep.toml").replace(&format!("context = \"{}\"\n", place.context), "cluster = \"eu\"\n");
    place.world.file("instep.toml", format!("{text}[clusters.eu]\ncontext = \"{}\"\nplatform = \"linux/s390x\"\n", place.context));
    place.apply(&[]).code(1).says(&format!("error: the image is for {here}, and the nodes of the cluster are linux/s390x\n"));
}
