//! `instep load-test`, with both engines, against servers that freeze, fail and lie.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]
mod support;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use expectrl::Expect as _;
use support::World;
use support::nginx::Nginx;
use support::server::{Server, reply};

/// A server that keeps its connections and answers each request as `answer` says: how long it waits, and the status.
fn keeping(answer: impl Fn(Instant) -> (Duration, &'static str) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (answer, begin) = (Arc::new(answer), Instant::now());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = answer.clone();
            thread::spawn(move || serve(stream, begin, &*answer));
        }
    });
    url
}

fn serve(mut stream: TcpStream, begin: Instant, answer: &dyn Fn(Instant) -> (Duration, &'static str)) {
    let mut buffer = [0; 4096];
    while stream.read(&mut buffer).is_ok_and(|n| n > 0) {
        let (pause, status) = answer(begin);
        thread::sleep(pause);
        // In one piece: small ones wait for each other (Nagle).
        if stream.write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 2\r\n\r\nok").as_bytes()).is_err() {
            return;
        }
    }
}

fn world(load: &str, url: &str) -> World {
    let mut world = World::with(&format!("[service]\nname = \"users\"\nport = 8080\n[load-test]\n{load}\n"));
    world.env("TARGET_URL", url);
    world
}

const SHORT: &str = "duration = \"1s\"\nwarm-up = \"0s\"\nconnections = 4\n";
const OWN: &str = "engine = \"built-in\"\n";

/// A server that freezes for 3 s of 8: 37 % of those who come at any time wait, so p90 is seconds. It takes
/// as long as that; both engines and both models run at once.
#[test]
fn a_freeze_shows_in_the_percentiles() {
    let engines = ["engine = \"built-in\"", "engine = \"built-in\"\nrate = 20", "engine = \"wrk\""];
    thread::scope(|scope| {
        for engine in engines {
            if engine.contains("wrk") && !wrk() {
                continue;
            }
            scope.spawn(move || {
                let url = keeping(|begin| {
                    let (from, to) = (Duration::from_secs(3), Duration::from_secs(6));
                    let now = begin.elapsed();
                    (if (from..to).contains(&now) { to.saturating_sub(now) } else { Duration::ZERO }, "200 OK")
                });
                let load = format!("{engine}\nconnections = 1\nwarm-up = \"0s\"\nduration = \"8s\"");
                let ran = world(&load, &url).run(["load-test", "--output", "json"]);
                let json = ran.code(0).json();
                let p90 = json["latency-ms"]["p90"].as_f64().unwrap();
                assert!((1000.0..3000.0).contains(&p90), "{engine}: p90 {p90} ms\n{ran:?}");
                assert!(json["latency-ms"]["max"].as_f64().unwrap() > 2500.0, "{ran:?}");
                assert_eq!(json["errors"], serde_json::json!({}), "{ran:?}");
            });
        }
    });
}

fn wrk() -> bool {
    support::available(std::path::Path::new("/usr/bin/wrk").exists(), "wrk")
}

#[test]
fn thresholds_decide_the_exit_code() {
    let url = keeping(|_| (Duration::from_millis(5), "200 OK"));
    let good = world(&format!("{OWN}{SHORT}max-p99 = \"1s\"\nmin-rate = 10"), &url).run(["load-test"]);
    good.code(0).prints("✓ p99     ").prints("✓ rate    ").prints("errors    none").prints("(corrected for coordinated omission)");
    let bad = world(&format!("{OWN}{SHORT}max-p50 = \"1ms\"\nmin-rate = 100000"), &url).run(["load-test"]);
    bad.code(1).prints("✗ p50 ").says("error: thresholds were missed").says("wanted at most 1 ms").says("wanted at least 100000/s");
}

#[test]
fn answers_outside_of_2xx_and_3xx_are_errors() {
    let engines = [OWN, "engine = \"wrk\"\n"];
    for engine in engines {
        if engine.contains("wrk") && !wrk() {
            continue;
        }
        let url = keeping(|_| (Duration::from_millis(2), "404 Not Found"));
        let ran = world(&format!("{engine}{SHORT}"), &url).run(["load-test"]);
        ran.code(1).prints("✗ errors  100 %").says("errors: 100 %, wanted at most 0 %");
        let url = keeping(|_| (Duration::from_millis(2), "302 Found"));
        world(&format!("{engine}{SHORT}"), &url).run(["load-test"]).code(0).prints("✓ errors  0 %");
    }
}

#[test]
fn a_hopeless_test_ends_early() {
    let url = keeping(|_| (Duration::from_millis(2), "500 Internal Server Error"));
    let begin = Instant::now();
    let ran = world(&format!("{OWN}connections = 4\nduration = \"60s\"\nmax-error-rate = \"1%\""), &url).run(["load-test"]);
    assert!(begin.elapsed() < Duration::from_secs(10), "{ran:?}");
    ran.code(1).says("ended early: ").says(" requests failed").prints("status 500 ×");
}

#[test]
fn servers_that_lie_are_counted_and_end_in_time() {
    type Lie = (fn(&str, &mut TcpStream), &'static str);
    let lies: [Lie; 4] = [
        (|_, stream| drop(stream.write_all(b"SSH-2.0-x\r\n\r\n")), "broken answer"),
        (|_, stream| drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc")), "closed without an answer"),
        (|_, _| {}, "closed without an answer"),
        (|_, _| thread::sleep(Duration::from_secs(20)), "timed out"),
    ];
    thread::scope(|scope| {
        for (lie, word) in lies {
            scope.spawn(move || {
                let server = Server::new(lie);
                let begin = Instant::now();
                let ran = world(&format!("{OWN}{SHORT}timeout = \"500ms\""), &server.url).run(["load-test", "--rate", "40"]);
                assert!(begin.elapsed() < Duration::from_secs(8), "{word}: {ran:?}");
                ran.code(1).prints(&format!("{word} ×"));
            });
        }
    });
}

/// The engines that are here.
fn engines() -> impl Iterator<Item = &'static str> {
    [OWN, "engine = \"wrk\"\n"].into_iter().filter(|engine| !engine.contains("wrk") || wrk())
}

#[test]
fn nothing_is_sent_to_where_nothing_listens() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for engine in engines() {
        let ran = world(&format!("{engine}{SHORT}"), &format!("http://127.0.0.1:{port}")).run(["load-test"]);
        ran.code(1).says(&format!("there is nothing to load at http://127.0.0.1:{port}: connection refused: nothing listens there\n"));
    }
}

#[test]
fn certificates_are_looked_at_with_both_engines() {
    let world = World::new();
    let Some(nginx) = Nginx::start(&world) else { return };
    let (mut strange, mut known) = (Vec::new(), Vec::new());
    for engine in engines() {
        let mut world = self::world(&format!("{engine}{SHORT}"), &nginx.https);
        strange.push(world.run(["load-test"]));
        known.push(world.env("SSL_CERT_FILE", &nginx.ca).run(["load-test"]));
    }
    for ran in strange {
        ran.code(1).says(&format!(
            "error: there is nothing to load at {}: the certificate is of an issuer that this machine does not know; \
             name a file with its CA in SSL_CERT_FILE (for one check: `tls.ca`)\n",
            nginx.https
        ));
    }
    known.iter().for_each(|ran| _ = ran.code(0).prints("✓ errors"));
}

#[test]
fn the_requests_of_smoke_checks_are_sent_with_what_they_captured() {
    let server = Server::new(|line, stream| match line.split(' ').nth(1).unwrap_or_default() {
        "/login" => reply(stream, "200 OK", "", "{\"token\": \"s3cr3t-token\"}"),
        _ => reply(stream, "200 OK", "", "{}"),
    });
    let checks = "[smoke-test.checks.login]\npath = \"/login\"\nbody = \"x\"\ncapture = { token = \"$.token\" }\n\
                  [smoke-test.checks.list]\npath = \"/users\"\nbearer = \"${token}\"\n[smoke-test.checks.one]\npath = \"/users/1\"\n";
    let load = format!("{OWN}{SHORT}rate = 50\nchecks = [\"list\", \"one\"]\n{checks}");
    let ran = world(&load, &server.url).run(["load-test"]);
    ran.code(0).prints("✓ login  POST /login").says("GET ").says("/users and 1 more: 50 requests/s over 4 connections for 1 s (built-in)");
    let requests = server.requests();
    let count = |part: &str| requests.iter().filter(|request| request.contains(part)).count();
    assert_eq!(count("POST /login"), 1);
    let (list, one) = (count("GET /users HTTP/1.1"), count("GET /users/1 HTTP/1.1"));
    assert!(list.abs_diff(one) <= 3 && list > 15, "{list} {one}");
    assert!(count("GET /users HTTP/1.1") == count("Bearer s3cr3t-token"), "{requests:?}");
    let broken = load.replace("path = \"/users/1\"", "path = \"/users/1\"\nstatus = 404");
    world(&broken, &server.url).run(["load-test"]).code(1).says("check one: expected status 404 Not Found, got 200 OK");
}

#[test]
fn only_what_is_ones_own_is_loaded() {
    let own = "[environments.staging]\ncontext = \"c\"\nurl = \"http://staging.invalid\"\n[environments.production]\ncontext = \"d\"\nurl = \"http://prod.invalid\"\nprotected = true\n";
    let run = |load: &str, url: &str, more: &[&str]| {
        let args = ["load-test", "--target-url", url].into_iter().chain(more.iter().copied());
        world(&format!("{OWN}{SHORT}timeout = \"1s\"\n{load}{own}"), "").run(args)
    };
    run("", "http://example.invalid", &[])
        .code(6)
        .says("http://example.invalid is neither this machine nor one of this repo's environments")
        .says("add `allow-targets = [\"example.invalid\"]` to [load-test]");
    run("allow-targets = [\"example.invalid\"]\n", "http://example.invalid", &[])
        .code(1)
        .says("there is nothing to load at http://example.invalid: the host's name was not found");
    run("", "http://staging.invalid/x", &[])
        .code(1)
        .says("there is nothing to load at http://staging.invalid/x: the host's name was not found");
    run("", "http://prod.invalid", &[]).code(6).says("environment `production` is protected").says("--confirm production");
    run("", "http://prod.invalid", &["--confirm", "production"])
        .code(1)
        .says("there is nothing to load at http://prod.invalid: the host's name was not found");
}

#[test]
fn figures_are_kept_compared_and_drawn() {
    let url = keeping(|_| (Duration::from_millis(2), "200 OK"));
    let world = world(&format!("{OWN}{SHORT}rate = 100\nbaseline = \"load-baseline.json\"\nmax-regression = \"15%\""), &url);
    world.run(["load-test"]).code(0).says("there is no baseline yet: --save-baseline writes it");
    world.run(["load-test", "--save-baseline"]).code(0);
    assert!(world.read("load-baseline.json").contains("\"p99-ms\": "));
    world.file("load-baseline.json", "{\"rate\": 1000.0, \"p50-ms\": 0.1, \"p95-ms\": 60000, \"p99-ms\": 60000}");
    let files = ["--plot", "p.svg", "--junit", "j.xml", "--summary", "s.md"];
    let ran = world.run(["load-test"].into_iter().chain(files));
    ran.code(1)
        .prints("✗ p50 against baseline")
        .prints("✓ p99 against baseline")
        .prints("✗ rate against baseline")
        .says("wanted 1000/s - 15 %");
    assert!(world.read("p.svg").starts_with("<svg ") && world.read("p.svg").contains("<polyline points="));
    support::junit::holds(&world, "j.xml");
    assert!(world.read("j.xml").contains("<testcase name=\"rate against baseline\""), "{}", world.read("j.xml"));
    assert!(world.read("s.md").contains("| ❌ | rate against baseline |") && world.read("s.md").contains("≤ "));
    world.file("load-baseline.json", "{}");
    world.run(["load-test"]).code(2).says("load-baseline.json is no baseline: missing field `rate`");
}

/// What is on its way when the time is over is waited for by us, and forgotten by wrk.
#[test]
fn a_freeze_up_to_the_end_is_not_forgotten() {
    let engines = ["engine = \"built-in\"", "engine = \"built-in\"\nrate = 20", "engine = \"wrk\""];
    thread::scope(|scope| {
        for engine in engines {
            if engine.contains("wrk") && !wrk() {
                continue;
            }
            scope.spawn(move || {
                let url = keeping(|begin| (if begin.elapsed().as_secs() < 2 { Duration::ZERO } else { Duration::from_secs(60) }, "200 OK"));
                let load = format!("{engine}\nconnections = 2\nwarm-up = \"0s\"\nduration = \"6s\"\ntimeout = \"3s\"");
                let ran = world(&load, &url).run(["load-test", "--output", "json"]);
                let json = ran.code(1).json();
                let word = if engine.contains("wrk") { "no answer up to the end" } else { "timed out" };
                assert!(json["errors"][word].as_u64().is_some_and(|n| n >= 2), "{engine}: {ran:?}");
            });
        }
    });
}

#[test]
fn wrk_is_ended_early_too() {
    if !wrk() {
        return;
    }
    let url = keeping(|_| (Duration::from_millis(2), "500 Internal Server Error"));
    let begin = Instant::now();
    let load = "engine = \"wrk\"\nconnections = 4\nwarm-up = \"0s\"\nduration = \"60s\"\nmax-error-rate = \"1%\"";
    let ran = world(load, &url).run(["load-test"]);
    assert!(begin.elapsed() < Duration::from_secs(20), "{ran:?}");
    ran.code(1).says("ended early: ").says(" samples failed").prints("status 4xx or 5xx ×").prints("✗ errors  100 %");
    let url = keeping(|_| (Duration::from_millis(30), "200 OK"));
    let ran = world(&load.replace("max-error-rate = \"1%\"", "max-p95 = \"5ms\""), &url).run(["load-test"]);
    assert!(begin.elapsed() < Duration::from_secs(40), "{ran:?}");
    ran.code(1).says(" answers took longer than 5 ms: p95 can't be met any more").prints("✗ p95     ").prints("errors    none");
}

/// On a terminal a line shows how it goes, with both engines.
#[test]
fn it_is_shown_while_it_runs() {
    for engine in ["built-in", "wrk"] {
        if engine == "wrk" && !wrk() {
            continue;
        }
        let url = keeping(|_| (Duration::from_millis(2), "200 OK"));
        let world = world(&format!("engine = \"{engine}\"\nconnections = 2\nwarm-up = \"0s\"\nduration = \"3s\""), &url);
        let mut command = world.command(support::INSTEP, &world.repo());
        command.arg("load-test").env("TERM", "xterm");
        let mut terminal = expectrl::Session::spawn(command).unwrap();
        terminal.set_expect_timeout(Some(Duration::from_secs(20)));
        // The rate, percentiles and errors, before the end.
        let live = "[12]\\.\\d s of 3 s   [1-9][0-9,]*/s   p50 [0-9.]+ ms   p95 [0-9.]+ ms   p99 [0-9.]+ ms   0 errors";
        let seen = terminal.expect(expectrl::Regex(live));
        assert!(seen.is_ok(), "{engine}: {seen:?}");
        terminal.expect("requests  ").unwrap();
    }
}

#[test]
fn ctrl_c_ends_it_at_once() {
    let url = keeping(|_| (Duration::from_millis(2), "200 OK"));
    for engine in [OWN, "engine = \"wrk\"\n"] {
        if engine.contains("wrk") && !wrk() {
            continue;
        }
        let world = world(&format!("{engine}connections = 2\nwarm-up = \"0s\"\nduration = \"30s\""), &url);
        let mut child = world.command(support::INSTEP, &world.repo()).arg("load-test").stdout(std::process::Stdio::null()).spawn().unwrap();
        thread::sleep(Duration::from_millis(700));
        let begin = Instant::now();
        assert!(std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(130), "{engine}");
        assert!(begin.elapsed() < Duration::from_secs(3), "{engine} {:?}", begin.elapsed());
    }
}

#[test]
fn a_dry_run_prints_what_a_person_could_run() {
    let world = world(&format!("{OWN}{SHORT}path = \"/users\""), "http://127.0.0.1:1");
    world.run(["load-test", "--dry-run", "--rate", "20"]).code(0).stdout(
        "set -eu\n\n# load: GET http://127.0.0.1:1/users: 20 requests/s over 4 connections for 1 s (built-in)\n\
         oha --no-tui -z 1s -c 4 -m GET -q 20 --latency-correction http://127.0.0.1:1/users\n",
    );
    world.run(["load-test", "--config", "load-test.engine=\"wrk\"", "--rate", "20"]).code(2).says("wrk can't keep a rate");
}
