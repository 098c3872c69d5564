//! The program as Kubernetes sees it: a process, a port, a signal.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn command(port: u16) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_{= name =}"));
    command.env("HOST", "127.0.0.1").env("PORT", port.to_string()).env("DRAIN_SECONDS", "1");
    command.stdout(Stdio::null());
    command
}

fn ready(port: u16) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.write_all(b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.split(' ').nth(1).map(Into::into)
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(20), "waited too long: {what}");
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn sigterm_drains_then_exits_with_0() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut server = Running(command(port).spawn().unwrap());
    wait_until("ready", || ready(port).as_deref() == Some("200"));
    assert!(command(port).arg("healthcheck").status().unwrap().success());

    let kill = format!("kill -TERM {}", server.0.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    wait_until("not ready", || ready(port).as_deref() == Some("503"));
    assert_eq!(server.0.wait().unwrap().code(), Some(0));
    assert!(!command(port).arg("healthcheck").stderr(Stdio::null()).status().unwrap().success());
}
