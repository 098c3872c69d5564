//! Signals leave nothing running: counted after each of them.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use support::{World, count_processes, wait_until};

/// A number that stands in the command line of every process of one test.
fn marker() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // As an argument of sleep: a duration that nobody else uses.
    format!("{}.{:05}{}", 3000 + NEXT.fetch_add(1, Ordering::Relaxed), std::process::id() % 100_000, "7")
}

fn start(world: &World, args: &[&str]) -> Child {
    world
        .command(support::INSTEP, &world.repo())
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn signal(child: &Child, name: &str) {
    let done = std::process::Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap();
    assert!(done.success());
}

fn exit(child: Child, limit: Duration) -> (i32, String) {
    use std::os::unix::process::ExitStatusExt as _;
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || tell.send(child.wait_with_output().unwrap()));
    // Whoever is left running holds its output open.
    let output = told.recv_timeout(limit).expect("it ends in time, with all that it started");
    let code = output.status.code().unwrap_or_else(|| 128 + output.status.signal().unwrap_or(0));
    (code, String::from_utf8_lossy(&output.stderr).into_owned())
}

const SIGNALS: [(&str, i32); 3] = [("INT", 130), ("TERM", 143), ("HUP", 129)];

#[test]
fn grandchildren_of_a_single_task_end_with_it() {
    for (name, code) in SIGNALS {
        let n = marker();
        let world = World::with(&format!("[tasks.t]\nrun = \"sleep {n} & (sleep {n} & setsid sleep {n}) & sleep {n}\"\n"));
        let child = start(&world, &["t"]);
        // Four sleeps, and the shells whose command line holds the number.
        wait_until("all processes are up", Duration::from_secs(20), || count_processes(&format!("sleep {n}")) >= 5);
        signal(&child, name);
        let (exit, _) = exit(child, Duration::from_secs(8));
        assert_eq!(exit, code, "SIG{name}");
        assert_eq!(count_processes(&format!("sleep {n}")), 0, "left after SIG{name}");
    }
}

#[test]
fn who_is_started_behind_the_signal_ends_too() {
    for (name, code) in SIGNALS {
        let n = marker();
        let escape = format!("trap 'setsid sleep {n} & sleep 0.3; exit' TERM; sleep {n}; sleep {n}");
        let world = World::with(&format!("[tasks.t]\nrun = \"({escape}) & sleep {n}\"\n"));
        let child = start(&world, &["t"]);
        wait_until("all processes are up", Duration::from_secs(20), || count_processes(&format!("sleep {n}")) >= 4);
        signal(&child, name);
        let (exit, _) = exit(child, Duration::from_secs(8));
        assert_eq!(exit, code, "SIG{name}");
        assert_eq!(count_processes(&format!("sleep {n}")), 0, "left after SIG{name}");
    }
}

#[test]
fn parallel_tasks_all_end() {
    for (name, code) in SIGNALS {
        let n = marker();
        let world = World::with(&format!(
            "[tasks.all]\nneeds = [\"a\", \"b\", \"c\"]\n[tasks.a]\nrun = \"sleep {n} & wait\"\n[tasks.b]\nrun = \"sleep {n}; touch next\"\n[tasks.c]\nrun = \"sleep {n}\"\n"
        ));
        let child = start(&world, &["all", "--jobs", "3"]);
        wait_until("all processes are up", Duration::from_secs(20), || count_processes(&format!("sleep {n}")) >= 5);
        signal(&child, name);
        let (exit, _) = exit(child, Duration::from_secs(8));
        assert_eq!(exit, code, "SIG{name}");
        assert_eq!(count_processes(&format!("sleep {n}")), 0, "left after SIG{name}");
        assert!(!world.repo().join("next").exists(), "no next step starts");
    }
}

#[test]
fn who_ignores_the_signal_is_killed_after_the_grace() {
    let n = marker();
    let world = World::with(&format!("[tasks.t]\ngrace = \"500ms\"\nrun = \"trap '' INT TERM HUP; sleep {n}; sleep {n}\"\n"));
    let child = start(&world, &["t"]);
    wait_until("it is up", Duration::from_secs(20), || count_processes(&format!("sleep {n}")) >= 2);
    signal(&child, "TERM");
    let (code, _) = exit(child, Duration::from_secs(6));
    assert_eq!(code, 143);
    assert_eq!(count_processes(&format!("sleep {n}")), 0);
}

#[test]
fn a_task_may_clean_up_within_its_grace() {
    let n = marker();
    let world = World::with(&format!("[tasks.t]\nrun = \"trap 'sleep 0.3; touch cleaned; exit 1' TERM; sleep {n} & wait\"\n"));
    let child = start(&world, &["t"]);
    wait_until("it is up", Duration::from_secs(20), || count_processes(&format!("sleep {n}")) >= 2);
    signal(&child, "TERM");
    assert_eq!(exit(child, Duration::from_secs(8)).0, 143);
    assert!(world.repo().join("cleaned").exists());
}

#[test]
fn a_second_signal_kills_at_once() {
    let n = marker();
    let world = World::with(&format!("[tasks.t]\ngrace = \"1m\"\nrun = \"trap '' INT; sleep {n}; sleep {n}\"\n"));
    let child = start(&world, &["t"]);
    wait_until("it is up", Duration::from_secs(20), || count_processes(&format!("sleep {n}")) >= 2);
    signal(&child, "INT");
    std::thread::sleep(Duration::from_millis(300));
    signal(&child, "INT");
    assert_eq!(exit(child, Duration::from_secs(6)).0, 130);
    assert_eq!(count_processes(&format!("sleep {n}")), 0);
}

#[test]
fn finally_runs_after_a_signal() {
    let n = marker();
    let world =
        World::with(&format!("[tasks.t]\nrun = \"sleep {n}\"\nfinally = [\"clean\"]\n[tasks.clean]\nrun = \"sleep 0.2; touch cleaned\"\n"));
    let child = start(&world, &["t"]);
    wait_until("it is up", Duration::from_secs(20), || count_processes(&format!("sleep {n}")) >= 1);
    signal(&child, "INT");
    assert_eq!(exit(child, Duration::from_secs(8)).0, 130);
    assert!(world.repo().join("cleaned").exists());
}

#[test]
fn ctrl_c_on_a_terminal_reaches_everything() {
    use expectrl::{Eof, Expect as _, Session};
    let n = marker();
    let world = World::with(&format!("[tasks.t]\nrun = \"echo up; sleep {n} & sleep {n}\"\n"));
    let mut command = world.command(support::INSTEP, &world.repo());
    command.arg("t");
    let mut session = Session::spawn(command).unwrap();
    session.set_expect_timeout(Some(Duration::from_secs(20)));
    session.expect("up").unwrap();
    wait_until("it is up", Duration::from_secs(20), || count_processes(&format!("sleep {n}")) >= 3);
    session.send(expectrl::ControlCode::EndOfText).unwrap();
    session.expect(Eof).unwrap();
    let status = session.get_process().wait().unwrap();
    assert!(format!("{status:?}").contains("130"), "{status:?}");
    assert_eq!(count_processes(&format!("sleep {n}")), 0);
}
