//! `instep kube-apply` on a real cluster: what works, and every way in which it can't.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use support::World;
use support::kube::{Place, image};

#[test]
fn it_deploys_deploys_again_and_deletes_what_went_out() {
    let worker = "[workloads.worker]\ncommand = [\"/bin/busybox\", \"sleep\", \"3600\"]\n";
    let Some(place) = Place::new(worker) else { return };
    place.world.run(["kube-status", "staging"]).code(0).prints("  nothing is deployed; `instep kube-apply staging` does it\n");
    let ran = place.apply(&[]);
    ran.code(0);
    ran.says("▸ namespace make namespace instep-test-").says("▸ apply Service hello, Deployment hello and Deployment hello-worker\n");
    ran.says("▸ wait until hello and hello-worker serve; giving up after 2 m 00 s\n")
        .says("▸ record v1 of hello in Secret instep-release-hello-v1\n");
    ran.prints(" serves in staging ([TIME])\n  revision  v1\n  image     instep-test/kube-httpd:3\n");
    ran.prints(&format!("kubectl --context {} --namespace {} port-forward service/hello 8080:8080\n", place.context, place.namespace));
    assert_eq!(place.kubectl(&["get", "deployments", "--output=name"]), "deployment.apps/hello\ndeployment.apps/hello-worker");

    let status = place.world.run(["kube-status", "staging"]);
    status
        .code(0)
        .stderr("")
        .prints("staging (context ")
        .prints("  release       v1 ")
        .prints("hello-worker  1 of 1 pod ready instep-test/kube-httpd:3\n");

    place.config("");
    let ran = place.apply(&[]);
    ran.code(0).says("▸ prune delete 1 object, no longer part of it: Deployment hello-worker\n").prints("revision  v2\n");
    assert_eq!(place.kubectl(&["get", "deployments", "--output=name"]), "deployment.apps/hello");
    assert_eq!(place.outcomes(), "instep-release-hello-v1=deployed instep-release-hello-v2=deployed");
}

#[test]
fn a_service_that_crashes_is_taken_back() {
    let Some(place) = Place::new("") else { return };
    place.apply(&[]).code(0);
    let pods = place.kubectl(&["get", "pods", "--output=name"]);

    place.config(
        "[kube]\ncommand = [\"/bin/busybox\", \"sh\", \"-c\", \"echo 'FATAL: DATABASE_URL is not set'; exit 3\"]\n[kube.env]\nA = \"1\"\n",
    );
    let ran = place.apply(&[]);
    ran.code(1).stdout("");
    ran.says("\n  last lines of hello-").says("│ FATAL: DATABASE_URL is not set\n");
    ran.says("error: `hello` ends with exit code 3 soon after its start, again and again\n");
    ran.says("note: its last line: FATAL: DATABASE_URL is not set\n").says("note: all is as before: v1 (");
    ran.says("help: add it to [kube.env]: DATABASE_URL = \"…\"\n");
    assert_eq!(place.kubectl(&["get", "deployment", "hello", "--output=jsonpath={.status.readyReplicas}"]), "1");
    assert!(place.kubectl(&["get", "pods", "--output=name"]).contains(&pods), "the old pod served all the time");
    assert_eq!(place.outcomes(), "instep-release-hello-v1=deployed instep-release-hello-v2=rolled-back");
    assert_eq!(place.world.read(".instep/state/.gitignore"), "*\n");
    let evidence = place.world.repo().join(".instep/state/evidence/staging-hello-v2-wait");
    let files: Vec<String> = std::fs::read_dir(evidence).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    for wanted in ["events.json", "nodes.json", "objects.json", ".hello.log", ".hello.previous.log"] {
        assert!(files.iter().any(|name| name.ends_with(wanted)), "{wanted}: {files:?}");
    }
    assert!(place.world.read(".instep/state/evidence/staging-hello-v2-wait/objects.json").contains("\"exitCode\": 3"));

    // What is wrong and what to do come first when it fails; and with -q nothing else comes.
    let first_ten = |text: &str, from: &str| {
        let lines: Vec<&str> = text.lines().skip_while(|line| !line.contains(from)).take(10).collect();
        let has = |text: &str| lines.iter().any(|line| line.contains(text));
        assert!(has("FATAL: DATABASE_URL is not set") && has("instep.toml:") && has("DATABASE_URL = \"…\""), "{lines:#?}");
    };
    first_ten(&ran.err(), "  `hello` ends with exit code 3 soon after its start, again and again");
    place.world.commit("as it is");
    let ran = place.apply(&["-q"]);
    first_ten(&ran.code(1).err(), "");
    assert!(ran.err().lines().count() <= 10, "{ran:?}");

    // The good version after the bad one.
    place.config("");
    place.apply(&[]).code(0).prints("revision  v4\n");
}

#[test]
fn a_first_release_that_fails_is_left_to_be_looked_at() {
    let Some(place) = Place::new("[kube]\ncommand = [\"/bin/nothing\"]\n") else { return };
    let ran = place.apply(&[]);
    ran.code(8).says("error: `hello` can't be started: ").says("no such file or directory");
    ran.says("command = [\"/bin/nothing\"]").says("help: correct the command: its first word must be a program of the image\n");
    ran.says("note: there is no earlier release to go back to");
    assert_eq!(place.kubectl(&["get", "deployments", "--output=name"]), "deployment.apps/hello");
    assert_eq!(place.outcomes(), "instep-release-hello-v1=failed");
    let json = place.apply(&["--output", "json"]).json();
    assert_eq!(json["error"]["exit-code"], 8);
    assert_eq!(json["releases"][0]["outcome"], "failed");
}

#[test]
fn a_wrong_image_is_said_within_seconds() {
    let Some(place) = Place::new("") else { return };
    let ran = place.world.run(["kube-apply", "staging", "--image", "localhost:5000/instep-test/no-such-image:1"]);
    let ended = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    ran.code(8)
        .says("error: the image can't be pulled: ")
        .says("not found")
        .says("note: image: localhost:5000/instep-test/no-such-image:1\n");
    ran.says("help: `instep docker-build --push` builds and pushes it; or correct --image\n");
    // Counted from what the kubelet said first: how soon it pulls is not ours.
    let first = place.kubectl(&[
        "get",
        "events",
        "--field-selector=reason=Failed",
        "--sort-by=.firstTimestamp",
        "--output=jsonpath={.items[0].firstTimestamp}",
    ]);
    let first = place.world.command("date", &place.world.repo()).args(["-u", "+%s", "-d", &first]).output().unwrap();
    let first: u64 = String::from_utf8(first.stdout).unwrap().trim().parse().unwrap();
    assert!(ended.as_secs() - first <= 10, "it took {} s from the first \"not found\"", ended.as_secs() - first);
}

#[test]
fn a_missing_secret_is_underlined() {
    let Some(place) = Place::new("[kube.env]\nURL = { secret = \"users-db\", key = \"url\" }\n") else { return };
    let ran = place.apply(&[]);
    ran.code(1).says(&format!("error: Secret `users-db` with the key `url` is not there in namespace `{}`\n", place.namespace));
    ran.says("instep.toml:13:7")
        .says("help: set it: `instep secret set staging users-db url` asks for the value; or correct its name here\n");
    assert_eq!(place.kubectl_any(&["get", "namespace", &place.namespace, "--ignore-not-found"]), "", "nothing was changed");
    place.kubectl_any(&["create", "namespace", &place.namespace]);
    place.kubectl(&["create", "secret", "generic", "users-db", "--from-literal=other=x"]);
    place.apply(&[]).code(1).says("Secret `users-db` with the key `url` is not there").says("note: nothing was changed\n");
    place.kubectl(&["delete", "secret", "users-db"]);
    place.kubectl(&["create", "secret", "generic", "users-db", "--from-literal=url=x"]);
    place.apply(&[]).code(0).prints("revision  v1\n");
}

#[test]
fn what_is_not_ready_in_time_is_taken_back() {
    let Some(place) = Place::new("") else { return };
    place.apply(&[]).code(0);
    place.config("[kube]\nreplicas = 2\n[environments.staging.service]\nready = \"/not-there\"\n");
    let ran = place.apply(&["--timeout", "12s"]);
    ran.code(4).says("error: not ready in time: 0 of 2 pods ready · hello-").says("note: all is as before: v1 (");
    ran.says("ready = \"/not-there\"")
        .says("Readiness probe failed: HTTP probe failed with statuscode: 404")
        .says("or name another path\n");
    ran.says("▸ remove delete 1 object, no longer part of it: PodDisruptionBudget hello\n");
    assert_eq!(place.kubectl(&["get", "poddisruptionbudgets", "--output=name"]), "");
    assert_eq!(place.outcomes(), "instep-release-hello-v1=deployed instep-release-hello-v2=rolled-back");
}

#[test]
fn a_field_of_somebody_else_is_a_conflict_before_anything_changes() {
    let Some(place) = Place::new("") else { return };
    place.apply(&[]).code(0);
    place.kubectl(&["patch", "deployment", "hello", "--patch={\"spec\":{\"replicas\":2}}"]);
    place.config("[kube]\nreplicas = 3\n");
    let ran = place.apply(&[]);
    ran.code(1).says("error: fields that would be set belong to somebody else\n");
    ran.says("note: `.spec.replicas` is owned by kubectl-patch since 20").says("note: nothing was changed\n");
    ran.says("help: leave the value to its owner, and take it out of instep.toml; or write the same value as the owner\n");
    ran.says("help: or take the fields over: the same command with --force-conflicts\n");
    assert_eq!(place.outcomes(), "instep-release-hello-v1=deployed");
    let ran = place.apply(&["--force-conflicts"]);
    ran.code(0).says("  taken over: `.spec.replicas` is owned by kubectl-patch since 20");
    assert_eq!(place.kubectl(&["get", "deployment", "hello", "--output=jsonpath={.spec.replicas}"]), "3");
    place.apply(&[]).code(0).says("  no object differs\n");
}

#[test]
fn the_dry_run_is_a_script_that_does_the_same() {
    let Some(place) = Place::new("") else { return };
    let script = place.apply(&["--dry-run"]);
    script.code(0).stderr("").prints("set -eu\n");
    place.world.file("deploy.sh", script.bytes());
    let ran = place.world.command("sh", &place.world.repo()).arg("deploy.sh").output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let ran = place.apply(&["--output", "json"]);
    ran.code(0);
    let release = &ran.json()["releases"][0];
    assert_eq!((&release["revision"], &release["outcome"]), (&2.into(), &"deployed".into()), "{ran:?}");
    assert_eq!((release["namespace"].as_str(), release["image"].as_str()), (Some(&*place.namespace), Some(image())));
}

#[test]
fn other_kubectls_do_it_too() {
    let dir = std::env::var("INSTEP_CLUSTER_DIR").unwrap_or_else(|_| "/var/cache/instep-cluster".to_owned());
    for version in ["1.30", "1.37"] {
        let program = format!("{dir}/bin/kubectl-{version}");
        if !std::path::Path::new(&program).is_file() {
            continue;
        }
        let Some(place) = Place::new("") else { return };
        place.world.program("kubectl", &format!("#!/bin/sh\nexec {program} \"$@\"\n"));
        place.apply(&[]).code(0);
        let ran = place.world.run(["kube-apply", "staging", "--image", "localhost:5000/instep-test/no-such-image:1"]);
        ran.code(1).says("note: all is as before: v1 (");
    }
}

#[test]
fn the_cluster_that_is_meant_is_checked() {
    let Some(place) = Place::new("") else { return };
    let config = place.world.read("instep.toml");
    place.world.file("instep.toml", config.replace("[environments.staging]\n", "[environments.staging]\nuid = \"other\"\n"));
    place
        .apply(&[])
        .code(6)
        .says(&format!("context `{}` leads to another cluster than the one that is meant\n", place.context))
        .says("uid = \"other\"");
    place.world.file("instep.toml", config.replace(&format!("\"{}\"", place.context), "\"no-such-context\""));
    let ran = place.apply(&[]);
    ran.code(2).says("error: the kubeconfig has no context `no-such-context`\n").says("instep.toml:9:11").says("note: it has: ");
    place.world.file("instep.toml", config);
    place.world.run(["kube-apply", "stagin"]).code(2).says("there is no environment `stagin`").says("did you mean `staging`?");
    let ran = place.world.run(["kube-apply", "staging", "--config", "image.repository=localhost:5000/instep-test/kube-hello"]);
    ran.code(1).says("has no image yet\n").says("help: build and push it first: `instep docker-build --push`");
}

const CONFIG: &str =
    "[service]\nname = \"hello\"\nport = 8080\n[image]\nrepository = \"r/hello\"\n[environments.staging]\ncontext = \"c\"\n";

#[test]
fn a_cluster_that_is_away_is_named() {
    let mut world = World::with(CONFIG);
    let kubeconfig = "apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\n\
                      contexts: [{name: c, context: {cluster: c, user: u}}]\nusers: [{name: u, user: {token: t}}]\n";
    let file = world.file("kubeconfig", kubeconfig);
    world.env("KUBECONFIG", file.display().to_string());
    let ran = world.run(["kube-apply", "staging", "--image", "r/hello@sha256:00"]);
    ran.code(7).says("error: the cluster of context `c` does not answer\n").says("note: server: https://127.0.0.1:1\n");
    ran.says("help: check it: `kubectl --context c cluster-info`");
}

#[test]
fn without_kubectl_it_says_how_to_get_it() {
    let mut world = World::with(CONFIG);
    world.env("PATH", "/no-such-folder");
    let ran = world.run(["kube-apply", "staging", "--image", "r/hello@sha256:00"]);
    ran.code(7).stdout("").says("error: `kubectl` is not installed, or not on the PATH\n").says("apt-get install kubernetes-client");
}

#[test]
fn it_refuses_before_it_asks_anybody() {
    let world = World::with(&CONFIG.replace("context", "protected = true\ncontext"));
    let ran = world.run(["kube-apply", "staging"]);
    ran.code(6).stderr("error: environment `staging` is protected\n │\n ╰ help: say that it is meant: --confirm staging\n");
    world.run(["kube-apply", "staging", "--confirm", "production"]).code(6).says("does not name the environment `staging`");
    let world = World::with(&format!("{CONFIG}[environments.staging.gitops]\nrepository = \"git@example.com:platform.git\"\n"));
    world.run(["kube-apply", "staging"]).code(6).says("is deployed through its platform repo").says("`instep promote staging`");
    World::with(CONFIG).run(["kube-apply", "staging", "--timeout", "5"]).code(2).says("it needs a unit, not \"5\"");
}
