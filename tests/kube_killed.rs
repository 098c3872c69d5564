//! Killed with SIGKILL in each phase of a deployment: the same command again works, and nobody has to mend
//! anything. kubectl itself, on its way, kills the instep that called it.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use support::Ran;
use support::kube::Place;

const BAD: &str = "[kube]\ncommand = [\"/bin/busybox\", \"sh\", \"-c\", \"echo no good; exit 3\"]\n";

/// When, at one of kubectl's writes.
#[derive(Clone, Copy)]
enum At {
    /// It was asked to, and has not begun.
    Before(u32),
    /// It has done it, and nobody was told.
    After(u32),
    /// It is asked for something else, which is in its arguments.
    When(&'static str),
}

/// Deploys, and is killed at the n-th apply: 1 the record that it runs, 2 the objects, 3 the record that it serves
/// (or the release that comes back), 4 the record of that. What is left of the lock lives for 2 s more.
fn killed(place: &Place, at: At) {
    let (what, n, before, after) = match at {
        At::Before(n) => ("apply --server-side", n, "kill -9 $PPID; exit 1", ""),
        At::After(n) => ("apply --server-side", n, "", "kill -9 $PPID; exit"),
        At::When(what) => (what, 1, "kill -9 $PPID; exit 1", ""),
    };
    let count = place.world.root().join("count");
    let _ = std::fs::remove_file(&count);
    place.in_front_of_kubectl(&format!(
        "case \"$*\" in *--dry-run*) ;; *\"{what}\"*)\n  echo x >>{count}\n  if [ $(wc -l <{count}) -eq {n} ]; then\n    {before}\n    \
         \"$kubectl\" \"$@\"\n    {after}\n  fi;;\nesac",
        count = count.display()
    ));
    place.apply(&[]).code(137);
    place.in_front_of_kubectl("");
    let short = r#"{"spec":{"leaseDurationSeconds":2}}"#;
    place.kubectl(&["patch", "lease", "instep-hello", "--type=merge", "--patch", short]);
}

/// The same again.
fn again(place: &Place) -> Ran {
    let ran = place.apply(&[]);
    ran.says("was left behind, and is taken over\n");
    place.world.run(["kube-unlock", "staging"]).code(0).prints("staging is not locked");
    ran
}

fn serving(place: &Place) -> String {
    place.kubectl(&["get", "deployment", "hello", "--output=jsonpath={.status.readyReplicas} of {.status.replicas}"])
}

#[test]
fn before_the_first_write_and_before_the_objects() {
    let Some(place) = Place::new("") else { return };
    killed(&place, At::Before(1));
    assert_eq!(place.kubectl(&["get", "deployments,secrets", "--selector=app.kubernetes.io/managed-by=instep", "--output=name"]), "");
    again(&place).code(0).prints("revision  v1\n");
    place.config("[kube.env]\nA = \"1\"\n");
    killed(&place, At::After(1));
    assert_eq!(place.outcomes(), "instep-release-hello-v1=deployed instep-release-hello-v2=running");
    again(&place).code(0).prints("revision  v3\n").says("env[A]: 1\n");
    place.world.run(["kube-history", "staging"]).code(0).prints("  v2  interrupted  ");
}

#[test]
fn after_the_objects_and_while_it_is_recorded() {
    let Some(place) = Place::new("") else { return };
    killed(&place, At::After(2));
    again(&place).code(0).prints("revision  v2\n");
    place.config("[kube.env]\nA = \"1\"\n");
    killed(&place, At::Before(3));
    assert_eq!(place.outcomes().rsplit(' ').next(), Some("instep-release-hello-v3=running"));
    // It serves already: nothing is rolled out, and now it is recorded.
    let ran = again(&place);
    ran.code(0).says("  no object differs\n").prints("revision  v4\n");
    place.config("[kube.env]\nA = \"2\"\n");
    killed(&place, At::After(3));
    assert_eq!(place.outcomes().rsplit(' ').next(), Some("instep-release-hello-v5=deployed"));
    again(&place).code(0).prints("revision  v6\n");
    assert_eq!(serving(&place), "1 of 1");
}

#[test]
fn on_the_way_back_and_the_bad_one_again() {
    let Some(place) = Place::new("") else { return };
    place.apply(&[]).code(0);
    place.config(BAD);
    killed(&place, At::Before(3));
    let ran = again(&place);
    ran.code(1).says("│ no good\n").says("note: all is as before: v1 (");
    assert_eq!((serving(&place).as_str(), place.outcomes().rsplit(' ').next()), ("1 of 1", Some("instep-release-hello-v3=rolled-back")));
}

#[test]
fn on_the_way_back_and_a_good_one_next() {
    let Some(place) = Place::new("") else { return };
    place.apply(&[]).code(0);
    place.config(BAD);
    killed(&place, At::After(3));
    place.config("[kube.env]\nA = \"1\"\n");
    again(&place).code(0).prints("revision  v3\n");
    assert_eq!(serving(&place), "1 of 1");
}

#[test]
fn while_it_is_checked_and_while_what_is_gone_is_deleted() {
    let worker = "[workloads.worker]\ncommand = [\"/bin/busybox\", \"sleep\", \"3600\"]\n";
    let Some(place) = Place::new(worker) else { return };
    killed(&place, At::When(" port-forward "));
    assert_eq!(place.outcomes(), "instep-release-hello-v1=running");
    again(&place).code(0).says("  no object differs\n").says("✓ smoke-test ").prints("revision  v2\n");
    place.config("");
    killed(&place, At::When(" delete "));
    assert_eq!(place.outcomes().rsplit(' ').next(), Some("instep-release-hello-v3=running"));
    again(&place).code(0).says("▸ prune delete 1 object, no longer part of it: Deployment hello-worker\n").prints("revision  v4\n");
    assert_eq!(place.kubectl(&["get", "deployments", "--output=name"]), "deployment.apps/hello");
}

#[test]
fn in_a_migration_that_is_then_corrected() {
    let migrate = |line: &str| format!("[jobs.migrate]\nbefore-deploy = true\ncommand = [\"/bin/busybox\", \"sh\", \"-c\", \"{line}\"]\n");
    let Some(place) = Place::new(&migrate("sleep 600")) else { return };
    killed(&place, At::After(1));
    assert_eq!(place.kubectl(&["get", "jobs", "--output=name"]), "job.batch/hello-migrate-v1");
    place.config(&migrate("echo one table more"));
    again(&place).code(0).prints("one table more\n").prints("revision  v1\n");
    let pods = place.kubectl(&["get", "pods", "--selector=job-name=hello-migrate-v1", "--output=name"]);
    assert_eq!(pods.lines().count(), 1, "the first migration does not run beside the second: {pods}");
}
