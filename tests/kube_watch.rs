//! How a deployment waits: told of changes by watches, which may break off, be refused, and must not outlive it.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::time::{Duration, Instant};

use support::kube::Place;
use support::{count_processes, wait_until};

/// It serves after so many seconds.
fn slow(seconds: u32) -> String {
    format!("[kube]\ncommand = [\"/bin/busybox\", \"sh\", \"-c\", \"sleep {seconds}; exec /bin/busybox httpd -f -p 8080 -h /www\"]\n")
}

/// How a watch of this place is called.
fn watch(place: &Place, what: &str) -> String {
    format!("--namespace {} get --raw {what}", place.namespace)
}

fn watched(place: &Place) -> usize {
    count_processes(&watch(place, ""))
}

/// Kills all that watches.
fn kill_all(place: &Place) {
    let needle = watch(place, "");
    let pids = std::fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| {
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).replace('\0', " ").contains(&needle).then(|| entry.file_name().into_string().unwrap())
    });
    let pids: Vec<String> = pids.collect();
    place.world.command("kill", &place.world.repo()).arg("-9").args(pids).output().unwrap();
}

/// Writes every call of kubectl down.
fn note_calls(place: &Place) -> std::path::PathBuf {
    let file = place.world.root().join("calls");
    place.in_front_of_kubectl(&format!("echo \"$*\" >>{}", file.display()));
    file
}

#[test]
fn a_rollout_is_watched_and_hardly_asked_for() {
    let Some(place) = Place::new(&slow(6)) else { return };
    let calls = note_calls(&place);
    let begin = Instant::now();
    place.apply(&["-v"]).code(0).says("runs, not ready yet\n").says(" calls of kubectl\n");
    assert!(begin.elapsed() > Duration::from_secs(6), "it was waited for");
    let calls = std::fs::read_to_string(calls).unwrap();
    let of = |part: &str| calls.lines().filter(|line| line.contains(part)).count();
    let asked = of("get --output=json --ignore-not-found --request-timeout=15s deployments,pods,replicasets ");
    // At the beginning, at the end, and after the checks; each 10 s of a slow machine cost one more.
    assert!(asked <= 4 + usize::try_from(begin.elapsed().as_secs() / 10).unwrap(), "it was asked {asked} times\n{calls}");
    for kind in ["apps/v1/namespaces/*/deployments?", "apps/v1/namespaces/*/replicasets?", "/api/v1/namespaces/*/pods?"] {
        let kind = kind.replace('*', &place.namespace);
        assert_eq!(of(&format!("{kind}labelSelector=app.kubernetes.io%2Fname%3Dhello&watch=true")), 1, "{kind}\n{calls}");
    }
    assert_eq!(watched(&place), 0, "nothing is left behind");
    // What serves already is looked at once, and not watched.
    std::fs::remove_file(place.world.root().join("calls")).unwrap();
    place.apply(&[]).code(0).says("  no object differs\n");
    let calls = std::fs::read_to_string(place.world.root().join("calls")).unwrap();
    assert_eq!(calls.matches("watch=true").count(), 0, "{calls}");
}

#[test]
fn a_watch_that_breaks_off_misses_nothing() {
    let Some(place) = Place::new(&slow(40)) else { return };
    let child = place.start_apply();
    wait_until("all is watched", Duration::from_secs(60), || watched(&place) == 3);
    assert_eq!(count_processes(&watch(&place, "/api/v1/")), 1);
    kill_all(&place);
    wait_until("they are begun anew", Duration::from_secs(20), || watched(&place) == 3);
    // While nobody watches, it is deleted: no event ever tells of that.
    kill_all(&place);
    place.kubectl(&["delete", "deployment", "hello", "--wait=false"]);
    let deleted = Instant::now();
    let ran = place.end(child);
    ran.code(8).says("error: `hello`: somebody deleted it\n").says("note: there is no earlier release to go back to");
    assert!(deleted.elapsed() < Duration::from_secs(15), "it took {:?}", deleted.elapsed());
    assert_eq!(watched(&place), 0, "nothing is left behind");
}

#[test]
fn who_may_not_watch_asks_again_and_again() {
    let Some(place) = Place::new(&slow(3)) else { return };
    place.kubectl_any(&["create", "namespace", &place.namespace]);
    let rules = format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {{name: deployer}}\nrules:\n\
         - {{apiGroups: ['*'], resources: ['*'], verbs: [get, list, create, update, patch, delete]}}\n---\n\
         apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {{name: deployer}}\n\
         roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: deployer}}\n\
         subjects: [{{kind: ServiceAccount, name: deployer, namespace: {}}}]\n",
        place.namespace
    );
    let file = place.world.file("rules.yaml", rules);
    place.kubectl(&["apply", "-f", file.to_str().unwrap()]);
    let calls = place.world.root().join("calls");
    let account = format!("--as system:serviceaccount:{}:deployer", place.namespace);
    place.in_front_of_kubectl(&format!("echo \"$*\" >>{}\ncase \"$1\" in config) ;; *) set -- {account} \"$@\";; esac", calls.display()));
    place.apply(&["-v"]).code(0).says("the cluster does not let us watch: it is asked once a second\n").prints("revision  v1\n");
    let calls = std::fs::read_to_string(calls).unwrap();
    assert_eq!(calls.matches("watch=true").count(), 3, "it is not tried again\n{calls}");
    assert!(calls.matches(" deployments,pods,replicasets ").count() >= 4, "{calls}");
}

#[test]
fn a_signal_leaves_no_watch_behind() {
    let Some(place) = Place::new(&slow(600)) else { return };
    let child = place.start_apply();
    wait_until("all is watched", Duration::from_secs(60), || watched(&place) == 3);
    place.world.command("kill", &place.world.repo()).args(["-INT", &child.id().to_string()]).output().unwrap();
    let ran = place.end(child);
    ran.code(130).says("interrupted: v1 of hello was applied, and the cluster goes on with it; ");
    assert_eq!(watched(&place), 0, "nothing is left behind");
}

#[test]
fn a_killed_deployment_leaves_watches_that_end_with_the_next_change() {
    let Some(place) = Place::new(&slow(600)) else { return };
    let mut child = place.start_apply();
    wait_until("all is watched", Duration::from_secs(60), || watched(&place) == 3);
    // Where nothing changes any more, the cluster ends them after a minute.
    assert_eq!(count_processes(&format!("--namespace {} get --raw", place.namespace)), 3);
    assert_eq!(
        count_processes(&format!(
            "{}/pods?labelSelector=app.kubernetes.io%2Fname%3Dhello&watch=true&allowWatchBookmarks=true&timeoutSeconds=60",
            place.namespace
        )),
        1
    );
    child.kill().unwrap();
    child.wait().unwrap();
    for kind in ["deployments", "replicasets", "pods"] {
        place.kubectl(&["annotate", kind, "--all", "touched=1"]);
    }
    wait_until("nothing is watched any more", Duration::from_secs(20), || watched(&place) == 0);
}

/// Ends as soon as the file is there, and each time it is started after that.
const ENDS: &str = "[kube]\ncommand = [\"/bin/busybox\", \"sh\", \"-c\", \"[ -e /tmp/end ] && echo disk is full && exit 7; /bin/busybox httpd -p 8080 -h /www; \
                    while [ ! -e /tmp/end ]; do /bin/busybox sleep 0.1; done; echo disk is full; exit 7\"]\n";
const END: &str = "exec deployment/hello -- /bin/busybox touch /tmp/end";

#[test]
fn a_crash_while_it_is_checked_counts() {
    let Some(place) = Place::new("") else { return };
    place.apply(&[]).code(0);
    place.config(ENDS);
    // Once its checks are begun, the first look at its pods finds them ended.
    let (flag, Place { kubeconfig, context, namespace, .. }) = (place.world.root().join("flag"), &place);
    place.in_front_of_kubectl(&format!(
        "case \"$*\" in\n*port-forward*) touch {flag};;\n*deployments,pods,replicasets*) if [ -e {flag} ]; then rm {flag}\n  \
         \"$kubectl\" --kubeconfig {kubeconfig} --context {context} --namespace {namespace} {END}; sleep 2; fi;;\nesac",
        flag = flag.display()
    ));
    let ran = place.apply(&[]);
    ran.code(1).prints("✓ info     GET /info    → 200").says("│ disk is full\n");
    ran.says("error: `hello` ends with exit code 7 soon after its start, again and again\n").says("note: all is as before: v1 (");
}

#[test]
fn a_crash_after_the_deployment_is_told_by_the_status() {
    let Some(place) = Place::new(ENDS) else { return };
    place.apply(&[]).code(0);
    place.world.run(["kube-status", "staging"]).code(0).prints("  ready\n");
    let args: Vec<&str> = END.split(' ').collect();
    place.kubectl(&args);
    wait_until("it was started again, in vain", Duration::from_secs(30), || {
        place.kubectl(&["get", "pods", "--output=jsonpath={.items[0].status.containerStatuses[0].restartCount}"]) != "0"
            && place.kubectl(&["get", "deployment", "hello", "--output=jsonpath={.status.readyReplicas}"]).is_empty()
    });
    let ran = place.world.run(["kube-status", "staging"]);
    ran.code(0).prints("0 of 1 pod ready").prints(" last ended with exit code 7 20");
    ran.prints("  `instep kube-logs staging --previous` shows what they wrote before they ended\n");
    let json = place.world.run(["kube-status", "staging", "--output", "json"]).json();
    assert_eq!(json["places"][0]["pods"][0]["last-end"]["exit-code"], 7);
    place.world.run(["kube-logs", "staging", "--previous"]).code(0);
}
