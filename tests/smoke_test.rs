//! `instep smoke-test`, against servers that answer by a script.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]
mod support;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use support::nginx::Nginx;
use support::server::{Server, reply};
use support::{Ran, World};

const SERVICE: &str = "[service]\nname = \"users\"\nport = 8080\n";

/// A world whose only check is this one.
fn world_with(check: &str) -> World {
    World::with(&format!("{SERVICE}[smoke-test]\nbuilt-in = false\n[smoke-test.checks.list]\npath = \"/users\"\n{check}"))
}

fn target(mut world: World, url: &str) -> World {
    world.env("TARGET_URL", url);
    world
}

const GOOD: &[(&str, &str, &str)] = &[
    ("/health", "200 OK", "ok"),
    ("/info", "200 OK", "{\"version\": \"1.0\"}"),
    ("/metrics", "200 OK", "# HELP up\nup 1\nrequests_total{path=\"/\"} 3 1700000000\n"),
    ("/v1/health", "200 OK", "ok"),
];

#[test]
fn the_built_in_checks_pass_against_a_good_service() {
    let server = Server::pages(GOOD);
    let ran = target(World::with(SERVICE), &server.url).run(["smoke-test"]);
    ran.code(0).says("\n4 checks passed (");
    let lines: Vec<String> = ran.out().lines().map(|line| line.rsplit_once("  ").unwrap().0.to_owned()).collect();
    let expected = [
        "✓ health   GET /health  → 200",
        "✓ ready    GET /health  → 200",
        "✓ metrics  GET /metrics → 200",
        "✓ info     GET /info    → 200",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn json_tells_every_check() {
    let server = Server::pages(GOOD);
    let world = target(World::with(&format!("{SERVICE}metrics = false\n")), &server.url);
    let json = world.run(["smoke-test", "--output", "json"]).code(0).json();
    assert_eq!((json["passed"].as_u64(), json["failed"].as_u64(), json["skipped"].as_u64()), (Some(3), Some(0), Some(1)));
    let of = |key: &str| json["checks"].as_array().unwrap().iter().map(|check| check[key].as_str().unwrap_or("-")).collect::<Vec<_>>();
    assert_eq!(of("name"), ["health", "ready", "metrics", "info"]);
    assert_eq!(of("outcome"), ["passed", "passed", "skipped", "passed"]);
    assert_eq!(json["checks"][2]["reason"], "service.metrics is false");
    assert_eq!(json["checks"][0]["status"], 200);
}

#[test]
fn a_prefix_of_the_target_is_kept_and_a_scheme_may_be_missing() {
    let server = Server::pages(GOOD);
    let url = format!("{}/v1/", server.url.trim_start_matches("http://"));
    target(World::with(SERVICE), &url).run(["smoke-test", "--check", "health"]).code(0);
    assert!(server.requests()[0].starts_with("GET /v1/health HTTP/1.1\r\n"));
}

#[test]
fn a_wrong_status_fails_at_once_with_all_that_helps() {
    let server = Server::pages(&[("/users", "500 Internal Server Error", "boom\n\u{1b}[31mred")]);
    let world = target(
        world_with("method = \"POST\"\nbody = \"it's\"\nrequest-headers = { Authorization = \"Bearer s3cr3ttoken\" }\n"),
        &server.url,
    );
    let begin = Instant::now();
    let ran = world.run(["smoke-test"]);
    assert!(begin.elapsed() < Duration::from_secs(5), "{ran:?}");
    ran.code(1)
        .prints("✗ list  POST /users → 500  ")
        .prints("expected status 200 OK")
        .says("error: check list: expected status 200 OK, got 500 Internal Server Error\n")
        .says("instep.toml:7:8\n")
        .says("boom\n")
        .says("\u{fffd}[31mred")
        .says(&format!("curl -isS --max-time 5 -X POST -H 'Authorization: ***' -H Content-Type: --data-raw \"it's\" {}/users", server.url));
    assert!(!ran.err().contains("s3cr3ttoken"), "{ran:?}");
    assert!(server.requests()[0].contains("Bearer s3cr3ttoken\r\n") && server.requests()[0].ends_with("\r\n\r\nit's"));
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn headers_bodies_and_times_are_held_against_the_answer() {
    let page = |line: &str, stream: &mut TcpStream| {
        if line.starts_with("GET /slow") {
            thread::sleep(Duration::from_millis(60));
        }
        reply(stream, "200 OK", "content-type: application/json; charset=utf-8\r\nx-a: 1\r\nX-A: 2\r\n", "[\"ada\"]");
    };
    let server = Server::new(page);
    for (check, code, part) in [
        ("headers = { content-type = \"application/json\", X-A = \"2\" }\nbody-contains = \"ada\"", 0, ""),
        ("headers = { x-a = \"3\" }", 1, "expected header x-a: 3, got x-a: 1, 2"),
        ("headers = { x-b = \"3\" }", 1, "expected header x-b: 3, got no such header"),
        ("body-contains = \"bob\"", 1, "expected a body that holds `bob`, got a body without it"),
        ("max-latency = \"20s\"", 0, ""),
        ("status = 204", 1, "expected status 204 No Content, got 200 OK"),
    ] {
        let ran = target(world_with(check), &server.url).run(["smoke-test"]);
        ran.code(code).says(part);
    }
    let slow = "[smoke-test.checks.slow]\npath = \"slow\"\nmax-latency = \"50ms\"\n";
    let ran = target(World::with(&format!("{SERVICE}{slow}")), &server.url).run(["smoke-test", "--check", "slow"]);
    ran.code(1).says("expected an answer within 50 ms, got one after ");
}

#[test]
fn metrics_and_info_are_looked_into() {
    let server = Server::pages(&[("/health", "200 OK", ""), ("/metrics", "200 OK", "<html>hello</html>"), ("/info", "200 OK", "[1]")]);
    let ran = target(World::with(SERVICE), &server.url).run(["smoke-test"]);
    ran.code(0)
        .says("warning: check metrics: expected metrics in Prometheus' text format, got line 1 is no sample")
        .says("add `metrics = false` to [service] if it has none")
        .says("4 checks: 2 passed, 2 warned");
    let written = format!("{SERVICE}metrics = \"/metrics\"\ninfo = \"/info\"\n");
    let ran = target(World::with(&written), &server.url).run(["smoke-test"]);
    ran.code(1)
        .says("error: check metrics: expected metrics in Prometheus' text format, got line 1 is no sample")
        .says("`metrics = false` if the service has none")
        .says("check info: expected a JSON object with the version, got JSON, but not an object")
        .says("4 checks: 2 passed, 2 failed");
}

#[test]
fn a_redirect_is_not_followed() {
    let server = Server::new(|_, stream| reply(stream, "302 Found", "location: /login\r\n", ""));
    target(world_with(""), &server.url).run(["smoke-test"]).code(1).says("got 302 Found to /login");
}

#[test]
fn what_is_not_there_yet_is_tried_again_and_told() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let world = target(world_with("[smoke-test.checks.more]\npath = \"/users\"\n"), &format!("http://{port}"));
    let later = thread::spawn(move || {
        thread::sleep(Duration::from_millis(400));
        let begin = Instant::now();
        Server::on(TcpListener::bind(port).unwrap(), move |_, stream| {
            let status = if begin.elapsed() < Duration::from_millis(400) { "503 Service Unavailable" } else { "200 OK" };
            reply(stream, status, "", "");
        })
    });
    let ran = world.run(["smoke-test", "--deadline", "20s"]);
    later.join().unwrap();
    ran.code(0);
    let out = ran.out();
    let told = regex(&out);
    assert!(told, "{out}");
}

/// `(refused ×N, 503 ×N, then 200 after T s)` on the first line, nothing on the second.
fn regex(out: &str) -> bool {
    let lines: Vec<&str> = out.lines().collect();
    lines.len() == 2
        && lines[0].starts_with("✓ list  GET /users → 200  ")
        && lines[0].contains("(refused ×")
        && lines[0].contains(", 503 ×")
        && lines[0].ends_with(", then 200 after [TIME])")
        && !lines[1].contains('(')
}

#[test]
fn the_deadline_ends_it_with_its_own_code() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let world = target(world_with("[smoke-test.checks.more]\npath = \"/\"\n"), &format!("http://{port}"));
    let begin = Instant::now();
    let ran = world.run(["smoke-test", "--deadline", "500ms"]);
    let took = begin.elapsed();
    assert!(took > Duration::from_millis(500) && took < Duration::from_secs(5), "{took:?}");
    ran.code(4)
        .prints("✗ list  GET /users → refused ×")
        .prints("– more  not run: the deadline has passed\n")
        .says("check list: no right answer in [TIME]: refused ×")
        .says("the last try: connection refused: nothing listens there");
}

/// What a server does, the exit code, and what is said.
type Lie = (&'static str, fn(&str, &mut TcpStream), i32, &'static str);

/// Servers that lie: each is named, none makes instep hang or panic.
#[test]
fn lying_servers_are_named() {
    let lies: [Lie; 12] = [
        ("garbage", |_, stream| drop(stream.write_all(b"SSH-2.0-OpenSSH_9\r\n\r\n")), 1, "what came is not HTTP"),
        (
            "too short",
            |_, stream| drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc")),
            1,
            "the body broke off after 3 bytes",
        ),
        (
            "two lengths",
            |_, stream| drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab")),
            1,
            "not HTTP",
        ),
        (
            "bad chunk",
            |_, stream| drop(stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n")),
            1,
            "check list: ",
        ),
        (
            "endless header",
            |_, stream| {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nx: ");
                while stream.write_all(&[b'a'; 8192]).is_ok() {}
            },
            1,
            "the header of the answer is larger than 256 KiB",
        ),
        (
            "endless headers",
            |_, stream| {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
                while stream.write_all(b"x: y\r\n").is_ok() {}
            },
            1,
            "the header of the answer is larger than 256 KiB, or has more than 200 lines",
        ),
        (
            "endless body",
            |_, stream| {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
                while stream.write_all(&[b'a'; 8192]).is_ok() {}
            },
            1,
            "got not in the first 1.0 MiB; no more is read",
        ),
        (
            "not UTF-8",
            |_, stream| drop(stream.write_all(b"HTTP/1.1 200 OK\r\nx-a: \xff\r\ncontent-length: 2\r\n\r\n\xff\xfe")),
            1,
            "a body without it",
        ),
        ("1xx for ever", |_, stream| while stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").is_ok() {}, 4, "timed out"),
        (
            "upgrade",
            |_, stream| drop(stream.write_all(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n")),
            1,
            "got 101",
        ),
        ("nothing", |_, _| thread::sleep(Duration::from_secs(20)), 4, "timed out: no answer"),
        ("closed", |_, _| {}, 4, "closed without an answer ×"),
    ];
    thread::scope(|scope| {
        for (name, lie, code, part) in lies {
            scope.spawn(move || {
                let server = Server::new(lie);
                let begin = Instant::now();
                let ran = target(world_with("body-contains = \"ada\"\n"), &server.url).run(["smoke-test", "--deadline", "3s"]);
                assert!(begin.elapsed() < Duration::from_secs(10), "{name}: {ran:?}");
                assert_eq!(ran.exit(), code, "{name}: {ran:?}");
                assert!(ran.err().contains(part) && !ran.err().contains("panicked"), "{name}: {ran:?}");
            });
        }
    });
}

#[test]
fn no_check_at_all_is_a_failure() {
    let world = target(World::with(&format!("{SERVICE}[smoke-test]\nbuilt-in = false\n")), "http://127.0.0.1:1");
    world.run(["smoke-test"]).code(1).says("no check was run, so nothing is proved");
    let skipped = "[environments.prod]\ncontext = \"x\"\nurl = \"http://127.0.0.1:1\"\n[smoke-test]\nbuilt-in = false\n[smoke-test.checks.w]\npath = \"/\"\nskip-in = [\"prod\"]\n";
    let ran = World::with(&format!("{SERVICE}{skipped}")).run(["smoke-test", "prod"]);
    ran.code(1).stdout("– w  skip-in names prod\n").says("no check was run");
}

#[test]
fn a_check_is_chosen_by_name() {
    let server = Server::pages(GOOD);
    let world = target(World::with(SERVICE), &server.url);
    world.run(["smoke-test", "--check", "info", "--check", "health"]).code(0).says("2 checks passed");
    world.run(["smoke-test", "--check", "helth"]).code(2).says("there is no check `helth`").says("did you mean `health`?");
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn the_target_is_the_variable_then_the_environment_then_the_local_run() {
    let server = Server::pages(GOOD);
    let port = server.url.rsplit(':').next().unwrap();
    let toml = format!(
        "[service]\nname = \"users\"\nport = {port}\n[environments.staging]\ncontext = \"x\"\nurl = \"{}/v1\"\n[environments.bare]\ncontext = \"y\"\n[smoke-test.checks.list]\npath = \"/health\"\n",
        server.url
    );
    let mut world = World::with(&toml);
    world.env("INSTEP_ENV", "staging");
    world.run(["smoke-test", "--check", "health"]).code(0).says(&format!("{}\n", server.url));
    world.run(["smoke-test", "staging", "--check", "list"]).code(0).says(&format!("{}/v1\n", server.url));
    // The service's own endpoints are never asked through the public URL.
    world.run(["smoke-test", "staging", "--check", "health"]).code(2).says("the kubeconfig has no context `x`");
    world.run(["smoke-test", "bare"]).code(2).says("the kubeconfig has no context `y`");
    world.run(["smoke-test", "prod"]).code(2).says("there is no environment `prod`");
    let world = target(world, "ftp://example.com");
    let ran = world.run(["smoke-test", "staging"]);
    ran.code(2).stdout("").says("error: TARGET_URL has the scheme `ftp`; http and https can be checked: \"ftp://example.com\"");
}

#[test]
fn a_worker_has_nothing_to_ask() {
    let ran = World::with("[service]\nname = \"mailer\"\n").run(["smoke-test"]);
    ran.code(1).prints("– health   the service has no port: that it rolls out is its check\n").says("no check was run");
}

#[test]
fn another_port_is_asked_only_where_it_can_be_reached() {
    let toml = format!(
        "{SERVICE}ports = {{ admin = 9090 }}\nhealth = {{ path = \"/h\", port = \"admin\" }}\nready = \"/health\"\ninfo = false\nmetrics = false\n"
    );
    let server = Server::pages(GOOD);
    let ran = target(World::with(&toml), &server.url).run(["smoke-test"]);
    ran.code(0).prints(&format!("– health   port 9090 can't be reached through {}\n", server.url)).says("4 checks: 1 passed, 3 skipped");
}

#[test]
fn a_dry_run_prints_curl_commands_and_asks_nothing() {
    let world = target(world_with("method = \"HEAD\"\n"), "http://127.0.0.1:1");
    world
        .run(["smoke-test", "--dry-run"])
        .code(0)
        .stdout("set -eu\n\n# list: HEAD /users → 200\ncurl -isS --max-time 5 --head http://127.0.0.1:1/users\n")
        .stderr("");
}

#[test]
fn ctrl_c_ends_it_at_once() {
    let server = Server::new(|_, _| thread::sleep(Duration::from_secs(30)));
    let world = target(world_with("timeout = \"20s\"\n"), &server.url);
    let mut child = world.command(support::INSTEP, &world.repo()).arg("smoke-test").spawn().unwrap();
    support::wait_until("the request came", Duration::from_secs(10), || !server.requests().is_empty());
    let begin = Instant::now();
    assert!(std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
}

#[test]
fn certificates_are_checked_and_their_faults_named() {
    for (name, days, known, code, part) in [
        ("localhost", "9", true, 0, ""),
        ("localhost", "9", false, 1, "check list: the certificate is of an issuer that this machine does not know"),
        ("example.com", "9", true, 1, "check list: the certificate is for another name: example.com\n"),
        ("localhost", "-1", true, 1, "check list: the certificate has expired"),
    ] {
        let mut world = world_with("");
        let (mut server, port, ca) = support::tls::www(&world, name, days);
        world.env("TARGET_URL", format!("https://localhost:{port}"));
        if known {
            world.env("SSL_CERT_FILE", ca);
        }
        let ran = world.run(["smoke-test", "--deadline", "10s"]);
        server.kill().unwrap();
        server.wait().unwrap();
        ran.code(code).says(part);
    }
}

#[test]
fn nginx_is_asked_with_and_without_tls_and_may_not_be_slow() {
    let mut world = World::new();
    let Some(nginx) = Nginx::start(&world) else { return };
    let slow = "[smoke-test.checks.slow]\npath = \"/slow\"\nmax-first-byte = \"900ms\"\nmax-latency = \"LIMIT\"\nmax-size = \"4Ki\"\n";
    let checks =
        format!("{SERVICE}[smoke-test]\nbuilt-in = false\n[smoke-test.checks.page]\npath = \"/\"\nbody-contains = \"users\"\n{slow}");
    world.env("SSL_CERT_FILE", &nginx.ca);
    for url in [&nginx.http, &nginx.https] {
        world.file("instep.toml", checks.replace("LIMIT", "5s"));
        world.run(["smoke-test", "--target-url", url]).code(0).prints("✓ page  GET /     → 200").prints("✓ slow  GET /slow → 200");
        world.file("instep.toml", checks.replace("LIMIT", "500ms"));
        world.run(["smoke-test", "--target-url", url]).code(1).says("error: check slow: expected an answer within 500 ms, got one after ");
    }
    // Its lines end with CR LF.
    world.file("instep.toml", checks.replace("LIMIT", "5s").replace("\"/slow\"", "\"/none\""));
    let ran = world.run(["smoke-test", "--target-url", &nginx.http]);
    ran.code(1).says("the answer's body:\n   │       <html>\n   │       <head><title>404 Not Found</title></head>\n");
}

#[test]
fn a_check_trusts_its_own_ca_and_wants_days_and_a_name() {
    let world = world_with("");
    // Whether the first of the days has begun depends on the second.
    let (mut server, port, ca) = support::tls::www(&world, "internal.example", "9");
    let mut outcomes = Vec::new();
    for tls in [
        "path = \"/\"\ntls = { ca = \"CA\", name = \"internal.example\", valid-days = 5 }",
        "tcp = PORT\ntls = { ca = \"CA\", name = \"internal.example\", valid-days = 5 }",
        "path = \"/\"\ntls = { ca = \"CA\", name = \"internal.example\", valid-days = 30 }",
        "tcp = \"localhost:PORT\"\ntls = { ca = \"CA\", name = \"internal.example\", valid-days = 30 }",
        "tcp = PORT\ntls = { ca = \"CA\" }",
        "tcp = PORT\ntls = { ca = \"instep.toml\" }",
    ] {
        let check = tls.replace("CA", &ca).replace("PORT", &port.to_string());
        world.file("instep.toml", format!("{SERVICE}[smoke-test]\nbuilt-in = false\n[smoke-test.checks.x]\n{check}\n"));
        let url = format!("https://localhost:{port}");
        outcomes.push(world.run(["smoke-test", "--deadline", "10s", "--target-url", &url]));
    }
    server.kill().unwrap();
    server.wait().unwrap();
    outcomes[0].code(0).prints("→ 200");
    outcomes[1].code(0).prints("→ valid");
    let few = |ran: &Ran| ["8", "9"].iter().any(|days| ran.err().contains(&format!("valid for 30 more days, got {days} days")));
    assert!(few(outcomes[2].code(1)), "{:?}", outcomes[2]);
    assert!(few(outcomes[3].code(1).says("openssl s_client")), "{:?}", outcomes[3]);
    outcomes[4].code(1).says("the certificate is for another name: internal.example");
    outcomes[5].code(1).says("holds no CA certificate");
}

#[test]
fn tls_where_there_is_none_is_said() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            reply(&mut stream, "400 Bad Request", "", "");
        }
    });
    target(world_with(""), &url).run(["smoke-test"]).code(1).says("check list: it does not speak TLS on this port; is it http:// there?");
}
