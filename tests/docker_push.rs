//! Pushing, and registries that do not do what they should.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use support::docker::{Private, Repo, SMALL, docker_sh, registry_tags};

#[test]
fn a_push_goes_to_all_registries_and_skips_what_they_have() {
    let Some(other) = Private::start() else { return };
    let repo = Repo::new(SMALL);
    let toml = repo.world.read("instep.toml");
    repo.world.file("instep.toml", format!("{toml}also-push = [\"{}\"]\n", other.host));
    repo.world.commit("second");
    repo.world.git(&["tag", "v1.0.0"]);
    let path = repo.repository.split_once('/').unwrap().1;
    let there = format!("{}/{path}", other.host);
    let ran = repo.world.run(["docker-build", "--push"]);
    ran.code(1).says(&format!("help: log in to the registry: `docker login {}`", other.host));
    other.log_in(&repo.world, support::docker::PASSWORD);
    let ran = repo.world.run(["docker-push"]);
    let digest = ran.code(0).says(&format!("  to {there}\n")).says("· 1 layer sent, ").out();
    let sha = format!("sha-{}", repo.commit());
    let list = docker_sh(&format!("curl -s -u 'user:{}' http://{}/v2/{path}/tags/list", support::docker::PASSWORD, other.host));
    assert!(list.contains("\"1.0.0\"") && list.contains(&sha), "{list}");
    assert_eq!(registry_tags(&repo.repository)["tags"].as_array().map(Vec::len), Some(2));
    // Another content under the same release is refused before anything is sent anywhere.
    docker_sh(&format!("docker rmi --force $(docker images --quiet {} | sort -u)", repo.repository));
    repo.world.commit("third");
    repo.world.git(&["tag", "--force", "v1.0.0"]);
    repo.world.run(["docker-build", "--push"]).code(6).says("is in the registry already, with another content");
    assert_eq!(registry_tags(&repo.repository)["tags"].as_array().map(Vec::len), Some(2));
    assert_ne!(digest, "");
    docker_sh(&format!("docker rmi --force $(docker images --quiet {there} | sort -u)"));
}

/// A registry that answers every request with this; nothing: it hangs, but for saying that it is one.
fn fake_registry(status: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = format!("localhost:{}", listener.local_addr().unwrap().port());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                loop {
                    let mut request = String::new();
                    while reader.read_line(&mut request).is_ok_and(|n| n > 2) {}
                    let is_there = status.is_empty() && request.starts_with("GET /v2/ ");
                    let status = if is_there { "200 OK" } else { status };
                    if request.is_empty() {
                        return;
                    }
                    if !status.is_empty() && write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").is_err() {
                        return;
                    }
                }
            });
        }
    });
    host
}

#[test]
fn a_registry_that_refuses_is_quoted_with_what_to_do() {
    if !support::engine() {
        return;
    }
    for (status, help) in [
        ("401 Unauthorized", "help: log in to the registry: `docker login "),
        ("429 Too Many Requests", " wants fewer requests: wait a minute and run it again"),
        ("500 Internal Server Error", " has trouble of its own: run it again later"),
    ] {
        let repo = Repo::at(&fake_registry(status), SMALL);
        // A release is looked for first. (In a push itself the engine tries five times, for a minute.)
        repo.world.git(&["tag", "v1.0.0"]);
        let ran = repo.world.run(["docker-build", "--push"]);
        ran.code(1).stdout("").says(&format!("error: can't look for {}:1.0.0\n", repo.repository)).says(help);
        assert_eq!(ran.err().matches("error: ").count(), 1, "{ran:?}");
        assert!(!repo.world.repo().join(".instep/state/image.json").exists());
    }
}

#[test]
fn a_registry_that_hangs_is_not_waited_for_for_ever() {
    if !support::engine() {
        return;
    }
    let mut repo = Repo::at(&fake_registry(""), SMALL);
    repo.world.env("INSTEP_REGISTRY_TIMEOUT", "2");
    let begin = Instant::now();
    let ran = repo.world.run(["docker-build", "--push"]);
    ran.code(4).says(&format!("error: can't push {}:sha-", repo.repository)).says("the registry has said nothing for 2 s");
    ran.says("help: to wait longer: `export INSTEP_REGISTRY_TIMEOUT=SECONDS`");
    // A release is looked for first.
    repo.world.git(&["tag", "v1.0.0"]);
    repo.world
        .run(["docker-push"])
        .code(4)
        .says(&format!("error: can't look for {}:1.0.0: the registry has said nothing for 2 s", repo.repository));
    assert!(begin.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_base_image_from_a_registry_that_refuses_or_hangs_is_told_at_its_line() {
    if !support::engine() {
        return;
    }
    for (status, code, says) in [
        ("401 Unauthorized", 1, "help: log in to the registry: `docker login localhost:"),
        ("429 Too Many Requests", 1, " wants fewer requests: wait a minute and run it again"),
        ("500 Internal Server Error", 1, " has trouble of its own: run it again later"),
        ("", 4, ": the registry has said nothing for 2 s"),
    ] {
        let base = format!("{}/base:1", fake_registry(status));
        let mut repo = Repo::new(&format!("# built on\nFROM {base}\nCOPY busybox /\n"));
        repo.world.env("INSTEP_REGISTRY_TIMEOUT", "2");
        for builder in ["1", "0"] {
            let ran = repo.world.env("DOCKER_BUILDKIT", builder).run(["docker-build"]);
            ran.code(code).stdout("").says(&format!("error: can't get the base image {base}")).says("Dockerfile:2:1").says(says);
            assert_eq!(ran.err().matches("error: ").count(), 1, "{ran:?}");
        }
    }
}
