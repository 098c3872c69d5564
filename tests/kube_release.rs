//! One deployment at a time, checked before it counts, compared, listed, put back, deleted: on a real cluster.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::io::{BufRead as _, BufReader};
use std::time::Duration;

use support::kube::{Place, image};
use support::{INSTEP, Ran, wait_until};

const SLOW: &str = "[kube]\ncommand = [\"/bin/busybox\", \"sh\", \"-c\", \"sleep 4; exec /bin/busybox httpd -f -p 8080 -h /www\"]\n";

fn now(place: &Place) -> String {
    let now = place.world.command("date", &place.world.repo()).args(["-u", "+%Y-%m-%dT%H:%M:%S.000000Z"]).output().unwrap();
    String::from_utf8(now.stdout).unwrap().trim().to_owned()
}

/// A Lease as another deployer left it, `seconds` long.
fn leave_lease(place: &Place, seconds: u32) {
    let holder = r#"{"id":"x","who":"anna","version":"1.2.3","since":"2026-01-02T03:04:05.000000Z"}"#;
    let lease = serde_json::json!({
        "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
        "metadata": { "name": "instep-hello", "annotations": { "instep.dev/holder": holder } },
        "spec": { "holderIdentity": "x", "leaseDurationSeconds": seconds, "renewTime": now(place) },
    });
    let file = place.world.file("lease.json", lease.to_string());
    place.kubectl(&["apply", "-f", file.to_str().unwrap()]);
}

#[test]
fn two_deployers_at_the_same_instant_go_one_after_the_other() {
    let Some(place) = Place::new(SLOW) else { return };
    place.kubectl_any(&["create", "namespace", &place.namespace]);
    let args = ["kube-apply", "staging", "--image", image()];
    let (one, two) = (place.start(&args), place.start(&args));
    let (one, two) = (place.end(one), place.end(two));
    one.code(0);
    two.code(0);
    let (first, second) = if one.out().contains("revision  v1") { (one, two) } else { (two, one) };
    second.says("▸ lock wait for others that deploy the same\n").says("1st in line, ahead: ").prints("revision  v2\n");
    assert!(!first.err().contains("▸ lock"), "{first:?}");
    // Once more, where the lock is there and free: one of them finds that the other was quicker.
    let (one, two) = (place.start(&args), place.start(&args));
    let (one, two) = (place.end(one), place.end(two));
    one.code(0);
    two.code(0);
    assert!(!format!("{}{}", one.err(), two.err()).contains("0th in line"), "{one:?}{two:?}");
    place.world.run(["kube-unlock", "staging"]).code(0).prints("staging is not locked");
}

#[test]
fn a_lock_is_respected_shown_freed_and_taken_over() {
    let Some(place) = Place::new("") else { return };
    place.kubectl_any(&["create", "namespace", &place.namespace]);
    leave_lease(&place, 60);
    let ran = place.apply(&["--lock-timeout", "1s"]);
    ran.code(5).says("error: another deployment holds the lock: anna (1.2.3)\n").says("note: since 2026-01-02T03:04:05Z\n");
    ran.says("nothing was changed").says("`instep kube-unlock ENV` shows the lock, and frees it with --free\n");
    assert_eq!(place.kubectl(&["get", "deployments,secrets", "--selector=app.kubernetes.io/name=hello", "--output=name"]), "");
    place.world.run(["kube-unlock", "staging"]).code(0).prints("staging is locked by anna (1.2.3)\n").says("--free frees it");
    let json = place.world.run(["kube-unlock", "staging", "--free", "--output", "json"]).json();
    assert_eq!((&json["places"][0]["holder"]["who"], &json["places"][0]["freed"]), (&"anna".into(), &true.into()));
    place.world.run(["kube-unlock", "staging"]).code(0).prints("staging is not locked");

    leave_lease(&place, 3);
    place.apply(&[]).code(0).says("  the lock of anna (1.2.3) was left behind, and is taken over\n").prints("revision  v1\n");
}

#[test]
fn an_older_commit_of_the_branch_gives_way_to_a_newer_one_that_waits_too() {
    let Some(place) = Place::new("") else { return };
    place.kubectl_any(&["create", "namespace", &place.namespace]);
    leave_lease(&place, 60);
    let newer = serde_json::json!({ "id": "y", "who": "bob", "version": "1.3.0", "branch": "main", "commit-time": 9_999_999_999_i64,
        "since": now(&place), "beat": now(&place) });
    place.kubectl(&["annotate", "lease", "instep-hello", &format!("instep.dev/waits-y={newer}")]);
    let ran = place.apply(&["--lock-timeout", "30s"]);
    ran.code(5).says("error: a newer commit of `main` waits to be deployed: this one gives way\n").says("note: it is bob (1.3.0)\n");
    assert_eq!(place.kubectl(&["get", "deployments,secrets", "--selector=app.kubernetes.io/name=hello", "--output=name"]), "");
}

/// Deploys under a real terminal; before the name of the environment is typed for the first time, this is done.
fn typed(place: &Place, before: &str) -> Ran {
    let script = format!(
        "import os, pty, sys\npid, fd = pty.fork()\nif pid == 0:\n    os.environ.update(TERM='xterm', NO_COLOR='1')\n    os.execv({INSTEP:?}, ['instep', 'kube-apply', 'staging', '--image', {image:?}])\n\
         text, seen = b'', 0\nwhile True:\n    try:\n        piece = os.read(fd, 4096)\n    except OSError:\n        break\n    if not piece:\n        break\n    text += piece\n\
         \x20   if text.count(b'to go on:') > seen:\n        seen += 1\n        if seen == 1:\n            os.system({before:?})\n        os.write(fd, b'staging\\n')\n\
         sys.stdout.buffer.write(text)\nsys.stdout.flush()\nsys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n",
        image = image()
    );
    let output = place.world.command("python3", &place.world.repo()).args(["-c", &script]).output().unwrap();
    Ran::of(output, &place.world)
}

#[test]
fn what_changed_while_a_person_thought_is_shown_again() {
    let Some(place) = Place::new("") else { return };
    place.apply(&[]).code(0);
    place.config("[kube.env]\nA = \"1\"\n");
    let text = place.world.read("instep.toml");
    place.world.file("instep.toml", text.replace("[environments.staging]\n", "[environments.staging]\nprotected = true\n"));
    place.world.commit("protected");
    let Place { kubeconfig, context, namespace, .. } = &place;
    let ran = typed(&place, &format!("kubectl --kubeconfig {kubeconfig} --context {context} --namespace {namespace} delete service hello"));
    let text = ran.code(0).out();
    assert_eq!(text.matches("to go on:").count(), 2, "{text}");
    let (first, second) = text.split_once("the cluster has changed in the meantime; now this would change:").unwrap();
    assert!(!first.contains("+ Service hello") && second.contains("+ Service hello"), "{text}");
    let ran = typed(&place, "true");
    assert_eq!(ran.code(0).out().matches("to go on:").count(), 1, "{ran:?}");
}

#[test]
fn killed_while_it_waits_for_pods_a_rerun_finishes() {
    let Some(place) = Place::new(SLOW) else { return };
    let mut child = place.start(&["kube-apply", "staging", "--image", image()]);
    wait_until("the record says that it runs", Duration::from_secs(60), || {
        place.kubectl_any(&["--namespace", &place.namespace, "get", "secrets", "--output=name"]).contains("instep-release-hello-v1")
    });
    child.kill().unwrap();
    child.wait().unwrap();
    let short = r#"{"spec":{"leaseDurationSeconds":2}}"#;
    place.kubectl(&["patch", "lease", "instep-hello", "--type=merge", "--patch", short]);
    let ran = place.apply(&[]);
    ran.code(0).says("was left behind, and is taken over\n").prints("revision  v2\n");
    assert_eq!(place.outcomes(), "instep-release-hello-v1=running instep-release-hello-v2=deployed");
    place.world.run(["kube-history", "staging"]).code(0).prints("  v1  interrupted  ");
}

#[test]
fn a_failed_check_takes_the_deployment_back() {
    let Some(place) = Place::new("") else { return };
    let ran = place.apply(&["--output", "json"]);
    ran.code(0);
    assert_eq!(ran.json()["releases"][0]["smoke"], serde_json::json!({ "passed": 4, "failed": 0, "warned": 0, "skipped": 0 }));
    place.config("[smoke-test.checks.list]\npath = \"/users\"\n[kube.env]\nA = \"1\"\n");
    let ran = place.apply(&[]);
    ran.code(1).says("▸ smoke-test check health, ready, metrics, info and list of a new pod\n").prints("✗ list     GET /users   → 404");
    ran.says("error: check list: expected status 200 OK, got 404 Not Found\n").says("note: all is as before: v1 (");
    ran.says("path = \"/users\"").says("port-forward pod/hello-");
    assert_eq!(place.outcomes(), "instep-release-hello-v1=deployed instep-release-hello-v2=rolled-back");
    assert_eq!(place.kubectl(&["get", "deployment", "hello", "--output=jsonpath={.spec.template.spec.containers[0].env[*].name}"]), "PORT");
    let ran = place.apply(&["--no-rollback"]);
    ran.code(8).says("note: it is left as it is (--no-rollback)\n").says("`instep kube-rollback staging --to 1` puts v1 back");
    let env = place.kubectl(&["get", "deployment", "hello", "--output=jsonpath={.spec.template.spec.containers[0].env[*].name}"]);
    assert_eq!(env, "PORT A");
}

#[test]
fn differences_are_named_with_who_made_them() {
    let Some(place) = Place::new("") else { return };
    let ran = place.world.run(["kube-diff", "staging", "--image", image()]);
    ran.code(3).stderr("").prints("\n  2 new\n  + Service hello\n  + Deployment hello\n");
    place.apply(&[]).code(0).says("  + Deployment hello\n");
    place.world.run(["kube-diff", "staging", "--image", image()]).code(0).prints("\n  no object differs\n");
    place.world.run(["kube-diff", "staging", "--drift"]).code(0).prints("\n  no object differs since v1 (");
    // Without an image of this commit, the one that runs is compared with.
    let ran = place.world.run(["kube-diff", "staging"]);
    ran.code(0).says("this commit has no image yet: compared with the one that runs, instep-test/kube-httpd:3\n");

    place.config("[kube]\nreplicas = 2\n[kube.env]\nA = \"1\"\n");
    let ran = place.world.run(["kube-diff", "staging", "--image", image()]);
    ran.code(3).prints("    spec.replicas: 1 → 2\n").prints("+ spec.template.spec.containers[hello].env[A]: 1\n");
    ran.prints("  + PodDisruptionBudget hello\n");
    let json = place.world.run(["kube-diff", "staging", "--image", image(), "--output", "json"]).json();
    let changes = json["places"][0]["changes"].as_array().unwrap();
    let deployment = changes.iter().find(|change| change["kind"] == "Deployment").unwrap();
    let replicas = serde_json::json!({ "path": "spec.replicas", "old": 1, "new": 2 });
    assert!(deployment["fields"].as_array().unwrap().contains(&replicas), "{json:#}");

    place.config("");
    place.kubectl(&["set", "env", "deployment/hello", "DEBUG=1", "PORT=9"]);
    place.kubectl(&["delete", "service", "hello"]);
    let ran = place.world.run(["kube-diff", "staging", "--drift"]);
    ran.code(3)
        .prints("  - Service hello\n")
        .prints("env[PORT].value: 8080 → 9  (kubectl-set, 20")
        .prints("env[DEBUG]: 1  (kubectl-set, 20");
    let ran = place.world.run(["kube-diff", "staging", "--image", image()]);
    ran.code(3).prints("env[PORT].value: 9 → 8080  (kubectl-set, 20").prints("  + Service hello\n");
    ran.says("  taken over only with --force-conflicts: `.spec.template.spec.containers[name=\"hello\"].env[name=\"PORT\"].value` is owned by kubectl-set");
    let ran = place.apply(&[]);
    ran.code(1).says("error: fields that would be set belong to somebody else\n").says(" is owned by kubectl-set since 20");
    ran.says("the same command with --force-conflicts\n");
}

#[test]
fn only_the_image_is_rolled_out_and_earlier_releases_come_back() {
    let Some(place) = Place::new("") else { return };
    place.world.run(["kube-deploy", "staging", "--image", image()]).code(1).says("there is no release in staging to start from");
    place.world.run(["kube-rollback", "staging"]).code(1).says("there is no earlier release in staging to go back to");
    place.apply(&[]).code(0);
    place.kubectl(&["annotate", "deployment", "hello", "note=kept"]);
    let other = "instep-test/kube-other:1";
    support::kube::tag(other);
    // What the file says now is not applied.
    place.config("[kube]\nreplicas = 2\n[kube.env]\nA = \"1\"\n");
    let ran = place.world.run(["kube-deploy", "staging", "--image", other]);
    ran.code(0).says(&format!("containers[hello].image: {} → {other}\n", image())).prints("revision  v2\n");
    let template = "--output=jsonpath={.spec.replicas} {.metadata.annotations.note} {.spec.template.spec.containers[0].image}";
    assert_eq!(place.kubectl(&["get", "deployment", "hello", template]), format!("1 kept {other}"));

    let ran = place.world.run(["kube-rollback", "staging", "--to", "v1"]);
    ran.code(0).says("hello back to v1 → staging").says("▸ record v3 of hello").prints("revision  v3\n");
    assert_eq!(place.kubectl(&["get", "deployment", "hello", template]), format!("1 kept {}", image()));
    let ran = place.world.run(["kube-history", "staging"]);
    ran.code(0).stderr("").prints("  v3  serves    ").prints("  back to v1\n").prints("  v2  deployed  ");
    let json = place.world.run(["kube-history", "staging", "--output", "json"]).json();
    assert_eq!(json["places"][0]["releases"][0]["rollback-of"], 1);
    // Their scripts do the same by hand.
    let by_hand = |args: &[&str]| {
        let script = place.world.run(args.iter().copied().chain(["staging", "--dry-run"])).code(0).out();
        place.world.file("by-hand.sh", script);
        let ran = place.world.command("sh", &place.world.repo()).arg("by-hand.sh").output().unwrap();
        assert!(ran.status.success(), "{args:?}: {}", String::from_utf8_lossy(&ran.stderr));
        place.kubectl(&["get", "deployment", "hello", template])
    };
    assert_eq!(by_hand(&["kube-deploy", "--image", other]), format!("1 kept {other}"));
    assert_eq!(by_hand(&["kube-rollback", "--to", "1"]), format!("1 kept {}", image()));
    let json = place.world.run(["kube-history", "staging", "--output", "json"]).json();
    assert_eq!((&json["places"][0]["releases"][0]["revision"], &json["places"][0]["releases"][0]["rollback-of"]), (&5.into(), &1.into()));
    place.world.run(["kube-rollback", "staging", "--to", "7"]).code(2).says("there is no v7 in staging");

    assert_eq!(place.world.run(["kube-delete", "staging", "--output", "json"]).code(6).json()["error"]["kind"], "refused");
    place.world.run(["kube-delete", "staging"]).code(6).prints("  - Deployment hello\n").says("--confirm staging");
    place.world.run(["kube-delete", "staging", "--confirm", "staging"]).code(0).says("▸ forget 5 records of releases, and the lock\n");
    let left = place.kubectl(&["get", "deployments,services,secrets,leases", "--output=name"]);
    assert!(left.lines().all(|line| line.starts_with("secret/default-token-")), "{left}");
}

#[test]
fn what_was_recorded_comes_back_over_what_others_changed() {
    let with = |value: &str| format!("[kube.env]\nA = \"{value}\"\n");
    let Some(place) = Place::new(&with("1")) else { return };
    let value = "--output=jsonpath={.spec.template.spec.containers[0].env[?(@.name=='A')].value}";
    let value = || place.kubectl(&["get", "deployment", "hello", value]);
    place.apply(&[]).code(0);
    place.config(&with("2"));
    place.apply(&[]).code(0);
    // By hand.
    place.kubectl(&["set", "env", "deployment/hello", "A=3"]);
    let ran = place.world.run(["kube-rollback", "staging"]);
    ran.code(0)
        .says("  taken over: `.spec.template.spec.containers[name=\"hello\"].env[name=\"A\"].value` is owned by kubectl-set since 20");
    assert_eq!(value(), "1");
    place.world.run(["kube-diff", "staging", "--drift"]).code(0);
    // By itself: somebody changes what was just applied, and it fails.
    place.config(&format!("{}[kube]\ncommand = [\"/bin/busybox\", \"sh\", \"-c\", \"sleep 2; exit 3\"]\n", with("4")));
    let Place { kubeconfig, context, namespace, .. } = &place;
    let flag = place.world.root().join("flag").display().to_string();
    place.in_front_of_kubectl(&format!(
        "case \"$*\" in *deployments,pods,replicasets*) if [ ! -e {flag} ]; then touch {flag}\n  \
         \"$kubectl\" --kubeconfig {kubeconfig} --context {context} --namespace {namespace} set env deployment/hello A=5 >/dev/null; fi;; esac"
    ));
    let ran = place.apply(&[]);
    ran.code(1)
        .says("  overwritten: `.spec.template.spec.containers[name=\"hello\"].env[name=\"A\"].value` is owned by kubectl-set since 20");
    ran.says("note: all is as before: v3 (");
    assert_eq!(value(), "1");
}

#[test]
fn each_image_is_recorded_by_its_name_and_only_the_named_one_changes() {
    let side = "[images.side]\nrepository = \"instep-test/kube-side\"\n[kube.sidecars.side]\nimage = \"side\"\ncommand = [\"/bin/busybox\", \"sleep\", \"3600\"]\n";
    let Some(place) = Place::new(side) else { return };
    for name in ["instep-test/kube-side:1", "instep-test/kube-side:2"] {
        support::kube::tag(name);
    }
    let ran = place.apply(&["--image", "side=instep-test/kube-side:1"]);
    ran.code(0).prints("  image     instep-test/kube-httpd:3\n  side      instep-test/kube-side:1\n");
    place.world.run(["kube-deploy", "staging", "--image", "sid=x"]).code(2).says("--image: there is no image `sid`");
    let ran = place.world.run(["kube-deploy", "staging", "--image", "side=instep-test/kube-side:2"]);
    ran.code(0).says("containers[side].image: instep-test/kube-side:1 → instep-test/kube-side:2\n");
    assert!(!ran.err().contains("containers[hello].image"), "{ran:?}");
    let json = place.world.run(["kube-history", "staging", "--output", "json"]).json();
    let images = |n: usize| json["places"][0]["releases"][n]["images"].clone();
    assert_eq!(images(0), serde_json::json!({ "image": image(), "side": "instep-test/kube-side:2" }));
    assert_eq!(images(1), serde_json::json!({ "image": image(), "side": "instep-test/kube-side:1" }));
    let ran = place.world.run(["kube-rollback", "staging", "--output", "json"]);
    assert_eq!(ran.code(0).json()["releases"][0]["images"], images(1));
    let running = place.kubectl(&["get", "deployment", "hello", "--output=jsonpath={.spec.template.spec.containers[*].image}"]);
    assert!(running.contains("instep-test/kube-side:1") && running.contains(image()), "{running}");
}

#[test]
fn logs_of_all_pods_and_of_the_run_before() {
    let command = "[kube]\nreplicas = 2\ncommand = [\"/bin/busybox\", \"sh\", \"-c\", \"printf 'a\\\\033[2Jb\\\\377\\\\n'; exec /bin/busybox httpd -f -p 8080 -h /www\"]\n";
    let Some(place) = Place::new(command) else { return };
    place.world.run(["kube-logs", "staging"]).code(1).says("no pod of it runs in staging");
    place.apply(&[]).code(0);
    let ran = place.world.run(["kube-logs", "staging"]);
    ran.code(0).prints(" │ ab\u{fffd}\n");
    assert_eq!(ran.out().lines().count(), 2, "{ran:?}");
    let json = place.world.run(["kube-logs", "staging", "--output", "json"]).json();
    let lines = json["places"][0]["lines"].as_array().unwrap();
    assert_eq!((lines.len(), &lines[0]["container"], &lines[1]["line"]), (2, &"hello".into(), &"ab\u{fffd}".into()), "{json:#}");
    // The script shows the same.
    place.world.file("logs.sh", place.world.run(["kube-logs", "staging", "--dry-run"]).code(0).out());
    let script = place.world.command("sh", &place.world.repo()).arg("logs.sh").output().unwrap();
    let text = String::from_utf8_lossy(&script.stdout);
    assert_eq!((script.status.code(), text.matches("[pod/hello-").count()), (Some(0), 2), "{script:?}");
    place.world.run(["kube-logs", "staging", "--previous"]).code(1).says("no container was started again in staging");
    place.world.run(["kube-logs", "staging", "nope"]).code(2).says("there is no workload `nope`").says("there are: hello");
    let mut follow = place.start(&["kube-logs", "staging", "-f", "--output", "json"]);
    let mut lines = BufReader::new(follow.stdout.take().unwrap()).lines().map(Result::unwrap);
    for _ in 0..2 {
        let line = lines.next().unwrap();
        assert!(line.contains("\"container\":\"hello\""), "{line}");
    }
    place.world.command("kill", &place.world.repo()).args(["-INT", &follow.id().to_string()]).output().unwrap();
    place.end(follow).code(130);
}
