use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

#[test]
fn the_worker_ends_with_0_on_sigterm() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_{= name =}"));
    let mut worker = command.arg("worker").stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(worker.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("a piece of work")));
    let kill = format!("kill -TERM {}", worker.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    assert!(lines.any(|line| line.unwrap().contains("stopped")));
    assert_eq!(worker.wait().unwrap().code(), Some(0));
}
