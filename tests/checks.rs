//! The vocabulary of checks: each kind of question and each test, against servers that answer by a script.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]
mod support;

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use support::World;
use support::server::{Server, reply};

const SERVICE: &str = "[service]\nname = \"users\"\nport = 8080\n[smoke-test]\nbuilt-in = false\n";

fn world(checks: &str, url: &str) -> World {
    let mut world = World::with(&format!("{SERVICE}{checks}"));
    world.env("TARGET_URL", url);
    world
}

/// One check called `x`.
fn one(check: &str) -> String {
    format!("[smoke-test.checks.x]\n{check}\n")
}

const USERS: &str = r#"{"items": [{"name": "ada", "age": 36}, {"name": "bob", "age": 7}], "total": 2, "next": null}"#;

/// Users, an echo of the request, redirects.
fn users() -> Server {
    Server::new(|line, stream| {
        let path = line.split(' ').nth(1).unwrap_or_default();
        match path {
            "/users" => reply(stream, "200 OK", "content-type: application/json; charset=utf-8\r\nx-count: 42\r\n", USERS),
            "/old" => reply(stream, "302 Found", "location: /older\r\n", ""),
            "/older" => reply(stream, "301 Moved Permanently", "location: users\r\n", ""),
            "/round" => reply(stream, "302 Found", "location: /round\r\n", ""),
            _ if line.starts_with("POST") => reply(stream, "201 Created", "", "made"),
            _ => reply(stream, "404 Not Found", "", "nothing here"),
        }
    })
}

#[test]
fn every_test_holds_or_says_expected_and_actual() {
    let server = users();
    let cases = [
        ("status = [200, 404]", ""),
        ("status = \"2xx\"", ""),
        ("status = [\"3xx\", 404]", "expected status 3xx or 404 Not Found, got 200 OK"),
        ("content-type = \"application/json\"", ""),
        ("content-type = \"text/html\"", "expected content type text/html, got application/json; charset=utf-8"),
        ("headers = { x-count = { \"<\" = 43, matches = \"^[0-9]+$\" }, x-none = { exists = false } }", ""),
        ("headers = { x-count = { \">\" = 42 } }", "expected header x-count > 42, got 42"),
        ("headers = { x-none = { exists = true } }", "expected header x-none exists, got nothing there"),
        ("body-contains = [\"ada\", \"bob\"]", ""),
        ("body-matches = '\"age\": \\d+'", ""),
        ("body-matches = 'carl'", "expected a body that matches `carl`, got a body without it"),
        ("json = { \"$.total\" = 2, \"$.items[0].name\" = \"ada\", \"$.next\" = { type = \"null\" } }", ""),
        ("json = { \"$.items\" = { count = 2 }, \"$.items[*].age\" = { \">=\" = 7, \"<=\" = 36 } }", ""),
        ("json = { \"$.items[?@.age > 30].name\" = [\"ada\"], \"$.none\" = { exists = false } }", ""),
        ("json = { \"$.items[0]\" = { \"==\" = { name = \"ada\", age = 36 } } }", ""),
        ("json = { \"$.items[0].name\" = \"bob\" }", "expected $.items[0].name == \"bob\", got \"ada\""),
        ("json = { \"$.items\" = { count = 3 } }", "expected $.items count 3, got 2 of them"),
        ("json = { \"$.total\" = { type = \"string\" } }", "expected $.total is of type string, got 2"),
        ("json = { \"$..name\" = { matches = \"^a\" } }", "expected $..name matches ^a, got \"bob\" among 2 values"),
        ("json = { \"$.total\" = { \"!=\" = 2 } }", "expected $.total != 2, got 2"),
        ("min-size = 10\nmax-size = \"1Ki\"", ""),
        ("max-size = 10", "expected a body of 10 B at most, got 92 B"),
        ("max-first-byte = \"10s\"\nmax-latency = \"10s\"", ""),
    ];
    let checks: Vec<String> = (0..cases.len()).map(|i| format!("[smoke-test.checks.c{i}]\npath = \"/users\"\n{}\n", cases[i].0)).collect();
    let ran = world(&checks.concat(), &server.url).run(["smoke-test", "--deadline", "20s"]);
    ran.code(1);
    for (i, (check, fault)) in cases.iter().enumerate() {
        if fault.is_empty() {
            ran.prints(&format!("✓ c{i} "));
            assert!(!ran.err().contains(&format!("check c{i}:")), "{check}: {ran:?}");
        } else {
            ran.says(&format!("error: check c{i}: {fault}\n"));
        }
    }
    // In the order of the file, however long each took.
    let names: Vec<String> = ran.out().lines().map(|line| line.split_whitespace().nth(1).unwrap().to_owned()).collect();
    assert_eq!(names, (0..cases.len()).map(|i| format!("c{i}")).collect::<Vec<_>>());
}

#[test]
fn requests_have_queries_bodies_and_credentials() {
    let server = users();
    let world = world(
        "[smoke-test.checks.query]\npath = \"/q\"\nstatus = 404\nquery = { page = 2, q = \"a b&c\", all = true }\n\
         [smoke-test.checks.json]\npath = \"/j\"\nstatus = 201\nbody = { json = { name = \"{{ service.name }}\", n = [1, 2.5] } }\n\
         [smoke-test.checks.form]\npath = \"/f\"\nstatus = 201\nbody = { form = { a = \"1 2\", b = \"ü\" } }\n\
         [smoke-test.checks.file]\npath = \"/b\"\nmethod = \"POST\"\nstatus = 201\nbody = { file = \"body.bin\" }\n\
         [smoke-test.checks.basic]\npath = \"/a\"\nstatus = 404\nbasic-auth = { user = \"ada\", password = \"lovelace1\" }\n",
        &server.url,
    );
    world.file("body.bin", b"\x00\x01raw");
    let ran = world.run(["smoke-test", "--jobs", "1"]);
    ran.code(0);
    let requests = server.requests();
    assert!(requests[0].starts_with("GET /q?page=2&q=a+b%26c&all=true HTTP/1.1\r\n"), "{requests:?}");
    assert!(requests[1].contains("content-type: application/json\r\n") && requests[1].ends_with("{\"name\":\"users\",\"n\":[1,2.5]}"));
    assert!(requests[2].contains("application/x-www-form-urlencoded\r\n") && requests[2].ends_with("a=1+2&b=%C3%BC"), "{requests:?}");
    assert!(requests[3].ends_with("\u{0}\u{1}raw"), "{requests:?}");
    assert!(requests[4].contains("authorization: Basic YWRhOmxvdmVsYWNlMQ==\r\n"), "{requests:?}");
}

/// What `to ask again` says, pasted into a shell, asks for the same.
#[test]
fn the_curl_line_asks_the_same() {
    let server = Server::new(|line, stream| match line.split(' ').nth(1).unwrap_or_default() {
        "/moved" => reply(stream, "302 Found", "location: /there\r\n", ""),
        _ => reply(stream, "500 Internal Server Error", "", ""),
    });
    let checks = [
        "path = \"/a b?x=1\"\nquery = { q = \"ü&'\\\"\" }\nrequest-headers = { X-Note = \"it's $HOME\" }",
        "path = \"/text\"\nbody = \"@a\\n'b' $HOME\"",
        "path = \"/json\"\nmethod = \"PATCH\"\nbody = { json = { a = \"'\", b = [1] } }",
        "path = \"/form\"\nbody = { form = { a = \"1 2\", b = \"&\" } }",
        "path = \"/file\"\nmethod = \"PUT\"\nbody = { file = \"body.bin\" }",
        "path = \"/moved\"\nbody = \"x\"\nfollow = true",
        "path = \"/head\"\nmethod = \"HEAD\"",
    ];
    for check in checks {
        let world = world(&one(check), &server.url);
        world.file("body.bin", b"raw\n\0'");
        let before = server.requests().len();
        let json = world.run(["smoke-test", "--output", "json"]).code(1).json();
        let ours = server.requests()[before..].to_vec();
        let line = json["checks"][0]["curl"].as_str().unwrap().to_owned();
        assert!(world.command("sh", &world.repo()).args(["-c", &line]).output().unwrap().status.success(), "{line}");
        let theirs = server.requests()[before + ours.len()..].to_vec();
        let plain = |requests: &[String]| requests.iter().map(|request| comparable(request)).collect::<Vec<_>>();
        assert_eq!(plain(&theirs), plain(&ours), "{line}");
    }
}

/// A request without what is not the check's: the agent's name and the order of headers.
fn comparable(request: &str) -> (String, Vec<String>, String) {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let (line, headers) = head.split_once("\r\n").unwrap();
    let mut headers: Vec<String> = headers
        .lines()
        .filter_map(|header| header.split_once(": ").map(|(name, value)| format!("{}: {value}", name.to_lowercase())))
        .filter(|header| !header.starts_with("user-agent") && header != "content-length: 0")
        .collect();
    headers.sort();
    (line.to_owned(), headers, body.to_owned())
}

#[test]
fn a_captured_value_is_used_and_never_shown() {
    let server = Server::new(|line, stream| match line.split(' ').nth(1).unwrap_or_default() {
        "/login" => reply(stream, "200 OK", "location: /users/17\r\n", "{\"token\": \"s3cr3t-token\", \"id\": 7}"),
        "/users/7" => reply(stream, "200 OK", "", "{\"id\": 7, \"echo\": \"s3cr3t-token\"}"),
        _ => reply(stream, "500 Internal Server Error", "", "s3cr3t-token"),
    });
    let checks = "[smoke-test.checks.me]\npath = \"/users/${id}\"\nbearer = \"${token}\"\njson = { \"$.id\" = \"${id}\" }\n\
         [smoke-test.checks.gone]\npath = \"/gone/${number}\"\nrequest-headers = { X-Api-Key = \"${token}\" }\n\
         [smoke-test.checks.after]\npath = \"/\"\nneeds = [\"gone\"]\n\
         [smoke-test.checks.login]\npath = \"/login\"\nbody = { json = { password = \"hunter22\" } }\n\
         capture = { token = \"$.token\", id = \"$.id\", number = { header = \"location\", matches = \"/users/(\\\\d+)\" } }\n";
    let world = world(checks, &server.url);
    let ran = world.run(["smoke-test", "--junit", "junit.xml", "--summary", "summary.md"]);
    ran.code(1)
        .prints("✓ me     GET /users/7        → 200")
        .prints("✗ gone   GET /gone/17        → 500")
        .prints("– after  needs gone, which failed\n")
        .prints("✓ login  POST /login         → 200")
        .says(&format!("to ask again: curl -isS --max-time 5 -H 'X-Api-Key: ***' {}/gone/17\n", server.url))
        .says("4 checks: 2 passed, 1 failed, 1 skipped");
    assert!(server.requests().iter().any(|request| request.starts_with("GET /users/7") && request.contains("Bearer s3cr3t-token\r\n")));
    let json = world.run(["smoke-test", "--output", "json"]);
    support::junit::holds(&world, "junit.xml");
    let (junit, summary) = (world.read("junit.xml"), world.read("summary.md"));
    for text in [ran.out(), ran.err(), String::from_utf8_lossy(json.bytes()).into_owned(), junit.clone(), summary.clone()] {
        assert!(!text.contains("s3cr3t") && !text.contains("hunter22"), "{text}");
    }
    assert!(junit.contains("tests=\"4\" failures=\"1\" errors=\"0\" skipped=\"1\""), "{junit}");
    assert!(
        junit.contains("<failure message=\"check gone: expected status 200 OK, got 500 Internal Server Error\" type=\"failed\">"),
        "{junit}"
    );
    assert!(summary.contains("| ❌ | gone | `GET /gone/17` | 500 | expected status 200 OK, got 500 Internal Server Error |"), "{summary}");
    assert_eq!(json.code(1).json()["checks"][2]["reason"], "needs gone, which failed");
}

#[test]
fn what_can_never_run_is_said_with_its_place() {
    let cases = [
        ("path = \"/${tokn}\"", "check `x` uses `${tokn}`, which no check captures", "did you mean `${token}`?"),
        ("path = \"/\"\nneeds = [\"y\", \"z\"]", "check `x` needs `z`, which is not another check", "add [smoke-test.checks.z]"),
        ("path = \"/\"\nneeds = [\"y\"]\n[smoke-test.checks.y]\npath = \"/\"\nneeds = [\"x\"]", "checks x and y need each other", ""),
        ("path = \"/\"\ntcp = 80", "`smoke-test.checks.x` has path and tcp: a check asks one thing", ""),
        ("timeout = \"1s\"", "`smoke-test.checks.x.path` is not set", "or tcp, grpc or command"),
        ("tcp = 80\nstatus = 200", "`smoke-test.checks.x.status` says nothing for a check with `tcp`", ""),
        ("path = \"/\"\njson = { \"$.a[\" = 1 }", "`$.a[` in [smoke-test.checks.x.json] is not a JSONPath", "begins with `$`"),
        (
            "path = \"/\"\njson = { \"$.a\" = { equals = 1 } }",
            "unknown key `equals` in [smoke-test.checks.x.json.$.a]",
            "known keys: !=, <",
        ),
        ("path = \"/\"\njson = { \"$.a\" = { \"<\" = \"1\" } }", "must be a number, not a string", ""),
        ("path = \"/\"\nbody-matches = \"(\"", "`smoke-test.checks.x.body-matches` is not a regular expression: unclosed group", ""),
        ("path = \"/\"\nstatus = \"2x\"", "\"1xx\", \"2xx\"", ""),
        ("path = \"/\"\nbody = { json = 1, text = \"\" }", "must have one of file, form, json and text", ""),
        ("path = \"/\"\ncapture = { a = { mask = true } }", "`smoke-test.checks.x.capture.a` must say where the value is", ""),
    ];
    for (check, message, help) in cases {
        let other = if check.contains("checks.y") { "" } else { "[smoke-test.checks.y]\npath = \"/\"\ncapture = { token = \"$.t\" }\n" };
        let ran = world(&(one(check) + other), "http://127.0.0.1:1").run(["smoke-test"]);
        ran.code(2).stdout("").says(message).says(help).says("instep.toml:");
    }
}

#[test]
fn redirects_are_counted_and_loops_named() {
    let server = users();
    let run = |check: &str| world(&one(check), &server.url).run(["smoke-test"]);
    run("path = \"/old\"\nredirects = 2\nfinal-url = \"/users\"\nbody-contains = \"ada\"").code(0).prints("→ 200");
    run("path = \"/old\"\nredirects = 1").code(1).says("expected 1 redirect, got 2 → http://").says("/older → ");
    run("path = \"/old\"\nfinal-url = \"/older\"").code(1).says(&format!("expected to end at {0}/older, got {0}/users", server.url));
    run("path = \"/round\"\nfollow = true").code(1).says("the redirects go round: ");
    run("path = \"/old\"").code(1).says("got 302 Found to /older");
}

#[test]
fn credentials_do_not_follow_to_another_host() {
    let other = Server::pages(&[("/there", "200 OK", "ok")]);
    let to = format!("location: {}/there\r\n", other.url);
    let server = Server::new(move |_, stream| reply(stream, "307 Temporary Redirect", &to, ""));
    world(&one("path = \"/\"\nfollow = true\nbearer = \"abc123\""), &server.url).run(["smoke-test"]).code(0);
    assert!(server.requests()[0].contains("Bearer abc123") && !other.requests()[0].contains("abc123"));
}

#[test]
fn a_wrong_answer_is_asked_for_again_only_when_that_is_wanted() {
    let begin = Instant::now();
    let server = Server::new(move |_, stream| {
        let body = if begin.elapsed() < Duration::from_millis(500) { "starting" } else { "done" };
        reply(stream, "200 OK", "", body);
    });
    let ran = world(&one("path = \"/\"\nbody-contains = \"done\"\nretry = true"), &server.url).run(["smoke-test"]);
    ran.code(0).prints("(200 but wrong ×").prints(", then 200 after ");
    let ran = world(&one("path = \"/\"\nbody-contains = \"never\"\nretry = true"), &server.url).run(["smoke-test", "--deadline", "300ms"]);
    ran.code(4).says("the last try: expected a body that holds `never`, got a body without it");
}

#[test]
fn checks_run_side_by_side() {
    let server = Server::new(|_, stream| {
        thread::sleep(Duration::from_millis(200));
        reply(stream, "200 OK", "", "");
    });
    let checks: Vec<String> = (0..17).map(|i| format!("[smoke-test.checks.c{i}]\npath = \"/{i}\"\n")).collect();
    let begin = Instant::now();
    world(&checks.concat(), &server.url).run(["smoke-test"]).code(0).says("17 checks passed");
    // One alone, then sixteen by eights: 0.6 s; one after the other it would be 3.4 s.
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
}

#[test]
fn several_targets_are_one_table() {
    let (good, bad) = (Server::pages(&[("/v1/users", "200 OK", "ok")]), Server::pages(&[]));
    let world = World::with(&format!("{SERVICE}[smoke-test.checks.list]\npath = \"/users\"\n"));
    let (first, second) = (format!("{}/v1", good.url.trim_start_matches("http://")), bad.url.clone());
    let ran = world.run(["smoke-test", "--target-url", &first, "--target-url", &second]);
    ran.code(1).says("check list: expected status 200 OK, got 404 Not Found");
    let table: Vec<String> = ran.out().lines().skip(3).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(table[0], format!("{}/v1 {}", good.url, bad.url));
    assert!(table[1].starts_with("list ✓ 200 ") && table[1].ends_with(" ms ✗ 404"), "{table:?}");
    let json = world.run(["smoke-test", "--target-url", &first, "--target-url", &second, "--output", "json"]).code(1).json();
    assert_eq!(json["targets"][1]["checks"][0]["actual"], "404 Not Found");
}

#[test]
fn ports_and_programs_are_checked_too() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let checks = format!(
        "[smoke-test.checks.open]\ntcp = {port}\n[smoke-test.checks.other]\ntcp = \"localhost:{port}\"\n\
         [smoke-test.checks.no-port]\ntcp = \"localhost\"\n\
         [smoke-test.checks.program]\ncommand = [\"sh\", \"-c\", \"echo {{}} > ran; echo '{{\\\"url\\\":\\\"'$TARGET_URL'\\\"}}'\"]\n\
         json = {{ \"$.url\" = \"http://127.0.0.1:{port}\" }}\n\
         [smoke-test.checks.fails]\ncommand = [\"sh\", \"-c\", \"echo out; echo broken >&2; exit 3\"]\n\
         [smoke-test.checks.none]\ncommand = [\"no-such-program\"]\n"
    );
    let world = world(&checks, &format!("http://127.0.0.1:{port}"));
    let ran = world.run(["smoke-test"]);
    ran.code(1)
        .prints(&format!("✓ open     tcp 127.0.0.1:{port} "))
        .prints("✓ program  sh -c echo")
        .says("check no-port: `localhost` is not HOST:PORT")
        .says("check fails: expected exit code 0, got exit code 3")
        .says("broken")
        .says("check none: `no-such-program` is not installed, or not on the PATH");
    assert!(world.repo().join("ran").exists());
    drop(listener);
    let ran = world.run(["smoke-test", "--check", "open", "--deadline", "300ms"]);
    ran.code(4).says(&format!("to ask again: nc -z -w 5 127.0.0.1 {port}\n"));
}

/// A gRPC server that knows one service, `users.v1`, and says that it serves.
fn grpc() -> u16 {
    use hyper::body::{Bytes, Frame, Incoming};
    use hyper::{Request, Response};
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    listener.set_nonblocking(true).unwrap();
    let answer = |request: Request<Incoming>| async move {
        use http_body_util::BodyExt as _;
        assert_eq!(request.uri().path(), "/grpc.health.v1.Health/Check");
        let asked = request.into_body().collect().await?.to_bytes();
        let (status, message) = match &asked[5..] {
            b"" => ("0", &b"\0\0\0\0\x02\x08\x02"[..]),
            b"\x0a\x08users.v1" => ("0", &b"\0\0\0\0\x02\x08\x01"[..]),
            _ => ("5", &b""[..]),
        };
        let trailers = hyper::HeaderMap::from_iter([("grpc-status".parse().unwrap(), status.parse().unwrap())]);
        let frames = [Ok(Frame::data(Bytes::from_static(message))), Ok::<_, hyper::Error>(Frame::trailers(trailers))];
        let body = http_body_util::StreamBody::new(futures_util::stream::iter(frames));
        Ok::<_, hyper::Error>(Response::builder().header("content-type", "application/grpc").body(body).unwrap())
    };
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                let executor = hyper_util::rt::TokioExecutor::new();
                let server = hyper::server::conn::http2::Builder::new(executor);
                tokio::spawn(server.serve_connection(hyper_util::rt::TokioIo::new(stream), hyper::service::service_fn(answer)));
            }
        });
    });
    port
}

#[test]
fn grpc_services_say_whether_they_serve() {
    let port = grpc();
    let plain = Server::pages(&[]);
    let run = |check: &str| world(&one(check), &plain.url).run(["smoke-test", "--deadline", "1s"]);
    run(&format!("grpc = {port}\ngrpc-service = \"users.v1\"")).code(0).prints(&format!("✓ x  grpc 127.0.0.1:{port} users.v1 → SERVING"));
    run(&format!("grpc = \"127.0.0.1:{port}\"")).code(4).says("NOT_SERVING ×").says("grpcurl -plaintext");
    run(&format!("grpc = {port}\ngrpc-service = \"other\"")).code(4).says("the server does not know this service ×");
    let http = plain.url.rsplit(':').next().unwrap();
    let ran = run(&format!("grpc = {http}"));
    assert!(ran.exit() == 1 || ran.exit() == 4, "{ran:?}");
}

#[test]
fn answers_that_lie_are_named_and_end_in_time() {
    type Lie = (&'static str, fn(&str, &mut TcpStream), &'static str, &'static str);
    let lies: [Lie; 6] = [
        (
            "gzip bomb",
            |_, stream| {
                // A thousand bytes that would become a million.
                let bomb = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3].iter().chain(&[0; 990]).copied().collect::<Vec<u8>>();
                let _ = write!(stream, "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 1000\r\n\r\n");
                let _ = stream.write_all(&bomb);
            },
            "body-contains = \"ada\"",
            "got one packed with gzip, which was not asked for; nothing is unpacked",
        ),
        ("broken JSON", |_, stream| reply(stream, "200 OK", "", "{\"a\": "), "json = { \"$.a\" = 1 }", "expected JSON, got no JSON: EOF"),
        ("no JSON", |_, stream| reply(stream, "200 OK", "", ""), "json = { \"$.a\" = 1 }", "expected JSON, got an empty body"),
        (
            "deep JSON",
            |_, stream| reply(stream, "200 OK", "", &"[".repeat(100_000)),
            "json = { \"$..a\" = 1 }",
            "expected JSON, got no JSON: recursion limit exceeded",
        ),
        (
            "not UTF-8",
            |_, stream| drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n\"\xff\xfe\xfd\xfc\xfb\xfa\xf9\"")),
            "json = { \"$\" = \"x\" }",
            "got no JSON: invalid unicode code point",
        ),
        (
            "1 MiB of header",
            |_, stream| reply(stream, "200 OK", &format!("x: {}\r\n", "a".repeat(1 << 20)), ""),
            "body-contains = \"ada\"",
            "the header of the answer is larger than 256 KiB",
        ),
    ];
    thread::scope(|scope| {
        for (name, lie, check, part) in lies {
            scope.spawn(move || {
                let server = Server::new(lie);
                let begin = Instant::now();
                let ran = world(&one(&format!("path = \"/\"\n{check}")), &server.url).run(["smoke-test", "--deadline", "5s"]);
                assert!(begin.elapsed() < Duration::from_secs(8), "{name}: {ran:?}");
                assert!(ran.exit() == 1 && ran.err().contains(part) && !ran.err().contains("panicked"), "{name}: {ran:?}");
            });
        }
    });
}

#[test]
fn github_sees_annotations_and_a_summary() {
    let server = Server::pages(&[]);
    let mut world = world(&one("path = \"/users\""), &server.url);
    let page = world.root().join("step.md");
    world.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", page.display().to_string());
    let ran = world.run(["smoke-test"]);
    ran.code(1).says("::error file=instep.toml,line=7,title=smoke-test x::check x: expected status 200 OK, got 404 Not Found\n");
    assert!(std::fs::read_to_string(page).unwrap().contains("1 check: 1 failed"));
}

#[test]
fn a_recorded_check_passes() {
    let server = users();
    let world = world("", &server.url);
    let ran = world.run(["smoke-test", "--record", &format!("{}/users", server.url)]);
    ran.code(0).prints("[smoke-test.checks.users]\npath = \"/users\"\ncontent-type = \"application/json\"\n");
    let toml = ran.out();
    assert!(toml.contains("\"$.items[0].name\" = \"ada\"\n\"$.items[0].age\" = { type = \"integer\" }\n"), "{toml}");
    world.file("instep.toml", format!("{SERVICE}{toml}"));
    world.run(["smoke-test"]).code(0).says("1 check passed");
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    world.run(["smoke-test", "--record", &format!("127.0.0.1:{port}/x")]).code(1).says("nothing to record at ");
}

/// A pod of the service in the test cluster, with a namespace that goes when this does.
struct Deployed {
    config: String,
    namespace: String,
}

impl Deployed {
    fn kubectl(&self, args: &[&str], input: &str) {
        use std::process::{Command, Stdio};
        let mut command = Command::new("kubectl");
        command.args(["--kubeconfig", &self.config, "--namespace", &self.namespace]).args(args);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "kubectl {args:?}");
    }
}

impl Drop for Deployed {
    fn drop(&mut self) {
        self.kubectl(&["delete", "namespace", &self.namespace, "--wait=false"], "");
    }
}

const POD: &str = r#"
apiVersion: v1
kind: Pod
metadata:
  name: users-1
  labels: {app.kubernetes.io/name: users, app.kubernetes.io/instance: users}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: users
    image: instep-test/python:3
    imagePullPolicy: Never
    command: [sh, -c, "mkdir /tmp/w; cd /tmp/w; echo ok > health; echo up 1 > metrics; echo '{\"version\": \"1.0.0\"}' > info; exec python3 -m http.server 8080"]
"#;

/// The service's own endpoints are asked in a pod, declared checks at the url.
#[test]
fn an_environments_endpoints_are_asked_inside() {
    let Some((config, context)) = support::cluster() else { return };
    let public = Server::pages(&[("/users", "200 OK", "ok")]);
    let namespace = format!("checks-{}", std::process::id());
    let mut world = World::with(&format!(
        "[service]\nname = \"users\"\nport = 8080\n[environments.staging]\ncontext = \"{context}\"\nnamespace = \"{namespace}\"\nurl = \"{}\"\n\
         [smoke-test.checks.list]\npath = \"/users\"\n",
        public.url
    ));
    world.env("KUBECONFIG", &config);
    let deployed = Deployed { config, namespace };
    deployed.kubectl(&["create", "namespace", &deployed.namespace], "");
    world.run(["smoke-test", "staging"]).code(1).says("no pod of `users` is ready in namespace");
    deployed.kubectl(&["apply", "-f", "-"], POD);
    deployed.kubectl(&["wait", "--for=condition=Ready", "pod/users-1", "--timeout=90s"], "");
    let ran = world.run(["smoke-test", "staging"]);
    ran.code(0).says("5 checks passed").prints("✓ info     GET /info    → 200").says(&format!("{}\n", public.url));
    let asked: Vec<String> = public.requests().iter().map(|request| request.lines().next().unwrap().to_owned()).collect();
    assert_eq!(asked, ["GET /users HTTP/1.1"]);
    // Without its url all of it goes through the port-forward.
    world
        .run(["smoke-test", "--port-forward", "staging"])
        .code(1)
        .says("check list: expected status 200 OK, got 404")
        .says("4 passed, 1 failed");
    world.run(["smoke-test", "staging", "--dry-run"]).code(0).prints("port-forward deployment/users 8080:8080 &\n");
}
