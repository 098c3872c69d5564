//! A disk that is full or can't be written gives one clear error: real mounts, in a namespace of their own.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::process::{Output, Stdio};

use support::World;

const TOML: &str = "[service]\nname = \"users\"\n[tasks.build]\nsources = [\"instep.toml\"]\nrun = \"true\"\n\
                    [tasks.t]\nrun = \"echo ran\"\n[run-local]\nrun = \"echo up\"\n";
/// What is there stays, and nothing can be written any more.
const READ_ONLY: &str = "mount --bind . . && cd \"$PWD\" && mount -o remount,bind,ro .";
/// A small disk with the same files, filled to the last byte.
const FULL: &str = "mkdir -p ../small && mount -t tmpfs -o size=64k tmpfs ../small && cp -r . ../small && cd ../small && \
                    { head -c 65536 /dev/zero >filler 2>/dev/null || true; }";

/// Runs in the repo, on such a disk; none where nothing can be mounted, and then says so.
fn on(disk: &str, world: &World, args: &str) -> Option<Output> {
    let script = format!("{disk} || exit 99; {} {args}", support::INSTEP);
    let mut command = world.command("unshare", &world.repo());
    command.args(["--mount", "--map-root-user", "sh", "-c", &script]).stdin(Stdio::null());
    let output = command.output().ok().filter(|output| output.status.code() != Some(99) && !output.stderr.starts_with(b"unshare"));
    support::available(output.is_some(), "way to mount a disk").then_some(output).flatten()
}

/// Expects exactly this error, and nothing beside it.
#[track_caller]
fn says(disk: &str, world: &World, args: &str, code: i32, expected: &str) {
    let Some(output) = on(disk, world, args) else { return };
    let err = String::from_utf8_lossy(&output.stderr).replace(&world.root().display().to_string(), "[ROOT]");
    assert_eq!((output.status.code(), err.as_str()), (Some(code), expected), "{args}");
}

const ROOM: &str = " │\n ╰ help: make room on the disk, then run the command again\n";

#[test]
fn a_task_that_can_not_be_remembered_says_so() {
    let world = World::with(TOML);
    says(READ_ONLY, &world, "build", 1, "error: can't write [ROOT]/repo/.instep/state: Read-only file system (os error 30)\n");
    let full = format!("error: can't write [ROOT]/small/.instep/state/.gitignore: No space left on device (os error 28)\n{ROOM}");
    says(FULL, &world, "build", 1, &full);
    // What needs no memory runs.
    if let Some(output) = on(READ_ONLY, &world, "t") {
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), &b"ran\n"[..]));
    }
}

#[test]
fn a_new_service_without_room_leaves_nothing() {
    let world = World::with(TOML);
    let read_only = "error: can't write [ROOT]/repo: read-only filesystem or storage medium\n";
    says(READ_ONLY, &world, "new-service hello --scaffold python --yes -q", 1, read_only);
    let Some(output) = on(FULL, &world, "new-service hello --scaffold python --yes -q; code=$?; ls -A; exit $code") else { return };
    let err = String::from_utf8_lossy(&output.stderr);
    // The step that failed, the error, what to do.
    assert!(err.starts_with("✗ write can't write ") && err.contains("\nerror: can't write ") && err.ends_with(ROOM), "{err}");
    assert_eq!((output.status.code(), err.lines().count()), (Some(1), 4), "{err}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), ".git\nfiller\ninstep.toml\n");
}

#[test]
fn a_local_run_that_can_not_be_remembered_says_so_and_runs() {
    let world = World::with(TOML);
    let read_only = "warning: can't write [ROOT]/repo/.instep/state: Read-only file system (os error 30)\n";
    says(READ_ONLY, &world, "run-local -q", 0, read_only);
    let full = format!("warning: can't write [ROOT]/small/.instep/state/.gitignore: No space left on device (os error 28)\n{ROOM}");
    says(FULL, &world, "run-local -q", 0, &full);
}

#[test]
fn a_junit_report_that_can_not_be_written_says_so() {
    let world = World::with(TOML);
    let refused = "error: --junit j.xml: nothing can be written there: Read-only file system (os error 30)\n";
    says(READ_ONLY, &world, "t --junit j.xml", 2, refused);
    let full = format!("error: can't write [ROOT]/small/j.xml: No space left on device (os error 28)\n{ROOM}");
    says(FULL, &world, "t --junit j.xml", 1, &full);
    // A failure of the task itself is not hidden behind it.
    world.file("instep.toml", TOML.replace("echo ran", "exit 5"));
    if let Some(output) = on(FULL, &world, "t --junit j.xml") {
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(5), "{err}");
        assert!(err.contains("error: task `t` failed: exit code 5") && err.contains("j.xml: No space left"), "{err}");
    }
}
