//! Jobs in the cluster: run, followed, stopped, left alone, recorded.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use support::kube::Place;
use support::{INSTEP, Ran, wait_until};

const JOBS: &str = r#"[kube.env]
LEVEL = "info"
[jobs.backup]
command = ["/bin/busybox", "sh", "-c", 'echo "level $LEVEL, id $BACKUP_ID, args $0 $@"; test "$BACKUP_ID" != bad || { echo broken; exit 5; }']
env = { BACKUP_ID = "none" }
[jobs.long]
command = ["/bin/busybox", "sh", "-c", "echo begun; trap 'exit 0' TERM; sleep 300 & wait"]
[jobs.short]
command = ["/bin/busybox", "sleep", "60"]
timeout = "2s"
[jobs.needy]
command = ["/bin/busybox", "true"]
env = { TOKEN = { secret = "needy", key = "token" } }
"#;

/// A service that serves, and its jobs.
fn place() -> Option<Place> {
    let mut place = Place::new(JOBS)?;
    place.world.env("USER", "ada");
    place.apply(&[]).code(0);
    Some(place)
}

#[test]
fn a_job_runs_with_the_service_s_image_and_its_exit_code() {
    let Some(place) = place() else { return };
    let run = |args: &[&str]| place.world.run(args);
    run(&["job", "bakcup", "staging"]).code(2).says("error: there is no job `bakcup`\n │\n ╰ help: did you mean `backup`?\n");
    run(&["job", "--list", "staging"]).code(0).prints("  no job was run; there are: backup, long, short and needy\n");

    let ran = run(&["job", "backup", "staging", "--", "--full", "a b"]);
    ran.code(0).stdout("level info, id none, args --full a b\n");
    ran.says("▸ backup-1 hello 0.0.0").says(" in staging -- --full a b\n").says("✓ backup-1 [TIME]\n");
    ran.says("its log is kept: instep job --logs staging/backup-1\n");
    let ran = run(&["job", "backup", "staging", "--set", "backup-id=bad"]);
    ran.code(5).stdout("level info, id bad, args sh \nbroken\n");
    ran.says("✗ backup-2 exit code 5 ([TIME])\n").says("error: backup-2 ended with exit code 5\n").says("note: its last line: broken\n");
    // All is cleaned up, and the logs are kept.
    assert_eq!(place.kubectl(&["get", "jobs,pods", "--selector=job-name", "--output=name"]), "");
    run(&["job", "--logs", "staging/backup-2"]).code(0).stdout("level info, id bad, args sh \nbroken\n");
    run(&["job", "--logs", "backup-1"]).code(0).stdout("level info, id none, args --full a b\n");
    run(&["job", "--logs", "backup-3"]).code(1).says("error: there is no run `backup-3`\n");
    let json = run(&["job", "--list", "staging", "--output", "json"]).code(0).json();
    let runs = json["places"][0]["runs"].as_array().unwrap();
    let told = |at: usize| format!("{} {} {} {}", runs[at]["number"], runs[at]["outcome"], runs[at]["exit-code"], runs[at]["who"]);
    assert_eq!([told(0), told(1)], ["2 \"failed\" 5 \"ada\"", "1 \"done\" 0 \"ada\""]);
    let list = run(&["job", "--list", "staging"]);
    list.code(0).prints("  backup-2  failed (5)  0.0.0").prints("  ada  -- --full a b\n");
}

#[test]
fn what_can_t_run_is_said_at_once() {
    let Some(place) = place() else { return };
    let run = |args: &[&str]| place.world.run(args);
    let ran = run(&["job", "needy", "staging"]);
    ran.code(1).says("error: Secret `needy` with the key `token` is not there").says("instep.toml:24:");
    let ran = run(&["job", "short", "staging"]);
    ran.code(4).says("error: short-1 failed: ");
    let ran = run(&["job", "backup", "staging", "--image", "localhost:5000/instep-test/no-such-image:1"]);
    ran.code(1).says("error: backup-1 failed: the image can't be pulled: ");
    assert_eq!(place.kubectl(&["get", "jobs", "--output=name"]), "");
    let script = run(&["job", "backup", "staging", "--dry-run", "--", "--full"]);
    script
        .code(0)
        .prints("# backup-2: run hello-backup-2; giving up after ")
        .prints("        - --full\n")
        .prints(" logs job/hello-backup-2\n");
    let protected = place.world.read("instep.toml").replace("[environments.staging]\n", "[environments.staging]\nprotected = true\n");
    place.world.file("instep.toml", protected);
    run(&["job", "backup", "staging"]).code(6).says("help: say that it is meant: --confirm staging\n");
    run(&["job", "backup", "staging", "--confirm", "staging"]).code(0);
}

#[test]
fn a_signal_stops_the_job_and_keeps_its_log() {
    let Some(place) = place() else { return };
    let mut command = place.world.command(INSTEP, &place.world.repo());
    let mut child =
        command.args(["job", "long", "staging"]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "begun");
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let ran = Ran::of(child.wait_with_output().unwrap(), &place.world);
    ran.code(130).says("✗ long-1 stopped; `instep job --logs staging/long-1` shows what it wrote");
    assert_eq!(place.kubectl(&["get", "jobs", "--output=name"]), "");
    place.world.run(["job", "--logs", "staging/long-1"]).code(0).stdout("begun\n");
    place.world.run(["job", "--list", "staging"]).code(0).prints("  long-1  stopped  ");
}

#[test]
fn a_run_whose_follower_was_killed_is_followed_again_and_concluded() {
    let Some(place) = place() else { return };
    let mut command = place.world.command(INSTEP, &place.world.repo());
    let mut child =
        command.args(["job", "long", "staging"]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "begun");
    child.kill().unwrap();
    child.wait().unwrap();
    place.world.run(["job", "--list", "staging"]).code(0).prints("  long-1  running  ");

    let mut command = place.world.command(INSTEP, &place.world.repo());
    let mut child = command
        .args(["job", "--logs", "staging/long-1"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "begun");
    // Who only looks leaves it running.
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let ran = Ran::of(child.wait_with_output().unwrap(), &place.world);
    ran.code(130).says("long-1 runs on in the cluster; `instep job --logs staging/long-1` follows it again\n");
    assert_eq!(place.kubectl(&["get", "jobs", "--output=name"]), "job.batch/hello-long-1");

    let pod = place.kubectl(&["get", "pods", "--selector=job-name=hello-long-1", "--output=name"]);
    // The exec may die with the container.
    place.kubectl_any(&["--namespace", &place.namespace, "exec", &pod, "--", "/bin/busybox", "kill", "-TERM", "1"]);
    wait_until("the Job has ended", Duration::from_secs(30), || {
        place.kubectl(&["get", "job", "hello-long-1", "--output=jsonpath={.status.succeeded}"]) == "1"
    });
    place.world.run(["job", "--list", "staging"]).code(0).prints("  long-1  done  ");
    assert_eq!(place.kubectl(&["get", "jobs", "--output=name"]), "");
    place.world.run(["job", "--logs", "staging/long-1"]).code(0).stdout("begun\n");
}

/// Runs a job under a real terminal, types Ctrl-C when it has begun, and then this answer.
fn asked(place: &Place, answer: &str) -> (i32, String) {
    let script = format!(
        "import os, pty, sys, time\npid, fd = pty.fork()\nif pid == 0:\n    os.environ['TERM'] = 'xterm'\n    os.execv({INSTEP:?}, ['instep', 'job', 'long', 'staging'])\n\
         text, sent = b'', 0\nwhile True:\n    try:\n        piece = os.read(fd, 4096)\n    except OSError:\n        break\n    if not piece:\n        break\n    text += piece\n\
         \x20   if sent == 0 and b'begun' in text:\n        sent = 1\n        os.write(fd, b'\\x03')\n    if sent == 1 and b'go on (Enter)? ' in text:\n        sent = 2\n        os.write(fd, {answer:?}.encode() + b'\\n')\n\
         sys.stdout.buffer.write(text)\nsys.stdout.flush()\nsys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n"
    );
    let output = place.world.command("python3", &place.world.repo()).args(["-c", &script]).output().unwrap();
    let ran = Ran::of(output, &place.world);
    (ran.exit(), ran.out())
}

#[test]
fn a_person_is_asked_what_ctrl_c_means() {
    let Some(place) = place() else { return };
    let (code, text) = asked(&place, "d");
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("long-1 runs on in the cluster; `instep job --logs staging/long-1` follows it again"), "{text}");
    assert_eq!(place.kubectl(&["get", "jobs", "--output=name"]), "job.batch/hello-long-1");
    let (code, text) = asked(&place, "s");
    assert_eq!(code, 130, "{text}");
    assert!(text.contains("stopped; `instep job --logs staging/long-2` shows what it wrote"), "{text}");
    assert_eq!(place.kubectl(&["get", "jobs", "--output=name"]), "job.batch/hello-long-1");
    // kube-delete leaves nothing of it.
    place.world.run(["kube-delete", "staging", "--confirm", "staging"]).code(0);
    assert_eq!(place.kubectl(&["get", "jobs,secrets", "--selector=app.kubernetes.io/managed-by=instep", "--output=name"]), "");
}

/// An image whose programs have their usual names.
fn with_programs() -> &'static str {
    support::kube::variant("instep-test/kube-programs:1", "RUN [\"/bin/busybox\", \"--install\", \"-s\", \"/bin\"]\\n")
}

const ARTIFACTS: &str = r#"[jobs.report]
command = ["/bin/busybox", "sh", "-c", 'cd /out; mkdir -p deep; echo "$0 rows" >rows; echo deep >deep/er; echo log >/tmp/log; echo written; exit ${CODE:-0}']
artifacts = ["/out", "/tmp/log"]
[jobs.lacking]
command = ["/bin/busybox", "true"]
artifacts = ["/tmp/nothing"]
[jobs.long]
command = ["/bin/busybox", "sh", "-c", "echo begun; sleep 3; echo kept >/out/kept"]
artifacts = ["/out"]
"#;

#[test]
fn the_files_of_a_run_are_brought_back() {
    let Some(place) = Place::new(ARTIFACTS) else { return };
    place.apply(&[]).code(0);
    let run = |args: &[&str]| place.world.run(args.iter().chain(&["--image", with_programs()]));
    let ran = place.world.run(["job", "report", "staging", "--image", with_programs(), "--", "12"]);
    ran.code(0).stdout("written\n").says("  its files: .instep/state/artifacts/staging/report-1 (3 files, ");
    let kept = |path: &str| place.world.read(&format!(".instep/state/artifacts/staging/report-1/{path}"));
    assert_eq!((kept("out/rows"), kept("out/deep/er"), kept("tmp/log")), ("12 rows\n".into(), "deep\n".into(), "log\n".into()));
    assert_eq!(place.kubectl(&["get", "jobs", "--output=name"]), "");
    // What a failed run made is brought back, too, and its exit code stays.
    let ran = run(&["job", "report", "staging", "--artifacts", "made", "-e", "CODE=7"]);
    ran.code(7).says("✗ report-2 exit code 7 ([TIME])\n").says("  its files: made (3 files, ");
    assert_eq!(place.world.read("made/tmp/log"), "log\n");
    let ran = run(&["job", "lacking", "staging"]);
    ran.code(1).says("✓ lacking-1 [TIME]\n").says("error: its files could not be brought back\n").says("tmp/nothing: No such file");
    let script = run(&["job", "report", "staging", "--dry-run"]);
    script.code(0).prints(" --container artifacts -- tar -c -f - -C / out tmp/log | tar -x -f -\n").prints(" delete job/hello-report-3\n");
}

#[test]
fn files_are_kept_until_somebody_fetches_them() {
    let Some(place) = Place::new(ARTIFACTS) else { return };
    place.apply(&[]).code(0);
    let mut command = place.world.command(INSTEP, &place.world.repo());
    let args = ["job", "long", "staging", "--image", with_programs()];
    let mut child = command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "begun");
    child.kill().unwrap();
    child.wait().unwrap();
    let ended = "--output=jsonpath={.items[0].status.containerStatuses[?(@.name==\"hello\")].state.terminated.exitCode}";
    wait_until("the program has ended", Duration::from_secs(30), || {
        place.kubectl(&["get", "pods", "--selector=job-name=hello-long-1", ended]) == "0"
    });
    place.world.run(["job", "--list", "staging"]).code(0).prints("  long-1  running  ");
    let ran = place.world.run(["job", "--logs", "staging/long-1", "--artifacts", "."]);
    ran.code(0).stdout("begun\n").says("its files: ");
    assert_eq!(place.world.read("out/kept"), "kept\n");
    place.world.run(["job", "--list", "staging"]).code(0).prints("  long-1  done  ");
}

#[test]
fn an_image_without_tar_is_said_at_once() {
    let Some(place) = Place::new(ARTIFACTS) else { return };
    place.apply(&[]).code(0);
    let ran = place.world.run(["job", "report", "staging"]);
    ran.code(1).says("`artifacts` ").says("help: its files are read by `tar`, which the image must have\n");
    assert_eq!(place.kubectl(&["get", "jobs", "--output=name"]), "");
}

#[test]
fn what_can_t_be_brought_back_is_told_from_the_file() {
    for (line, said, at) in [
        ("artifacts = [\"out\"]", "`out` is not a path in the container that files can be brought back from", "instep.toml:14:13"),
        ("artifacts = [\"/../etc\"]", "`/../etc` is not a path in the container", "instep.toml:14:13"),
        ("artifacts = [\"/out\"]\nretries = 2", "`jobs.x` has artifacts and retries", "instep.toml:15:11"),
    ] {
        let world = support::World::with(&format!(
            "[service]\nname = \"users\"\nport = 80\n[image]\nrepository = \"r/users\"\n[environments.staging]\ncontext = \"c\"\n\n\n\n\n[jobs.x]\ncommand = [\"x\"]\n{line}\n"
        ));
        world.commit("one");
        world.run(["kube-render", "staging", "--image", "r/users:1"]).code(2).says(said).says(at);
    }
}

#[test]
fn a_place_that_can_t_be_asked_is_said_and_not_that_nothing_was_run() {
    let world = support::World::with("[service]\nname = \"users\"\n[environments.staging]\ncontext = \"no-such-context\"\n");
    let ran = world.run(["job", "--logs", "backup-7"]);
    ran.says("note: so nobody knows whether `backup-7` was run in staging\n");
    assert!(!ran.err().contains("no job was run there") && !ran.err().contains("there is no run"), "{ran:?}");
}
