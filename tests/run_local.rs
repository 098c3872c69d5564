//! `instep run-local`, with small services that really serve.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]
mod support;

use std::io::Read as _;
use std::net::TcpListener;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use expectrl::Expect as _;
use support::{INSTEP, World, count_processes, wait_until};

const LIMIT: Duration = Duration::from_secs(30);

/// Answers `ok` to everything, and says what it sees.
const APP: &str = r#"
import http.server, os, signal, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")
    def log_message(self, *arguments):
        pass
def stop(*_):
    print("asked to stop")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
print("serving on", os.environ["PORT"])
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"#;

/// A port that nobody else in these tests is given.
fn free_port() -> u16 {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    loop {
        let offset = TAKEN.fetch_add(1, Ordering::Relaxed);
        let port = u16::try_from(20_000 + (std::process::id() * 40 + offset) % 9_000).unwrap();
        if TcpListener::bind(("0.0.0.0", port)).is_ok() {
            return port;
        }
    }
}

/// A number that is in the command line of every process of a test; `sleep` takes it too.
fn mark() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("7{:07}{:02}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A repo whose service is APP, with more of `[run-local]`.
fn app(port: u16, more: &str) -> World {
    let world = World::with(&format!("[service]\nname = \"hello\"\nport = {port}\n[run-local]\n{more}\n"));
    world.file("app.py", APP);
    world
}

const RUN: &str = "run = \"exec python3 app.py\"";

fn running(world: &World) -> bool {
    world.run(["run-local", "--status"]).out().contains(" runs ")
}

/// A run in the background; killed when the test fails.
struct Run(Option<Child>);

impl Run {
    fn start(world: &World, args: &[&str]) -> Self {
        let mut command = world.command(INSTEP, &world.repo());
        command.arg("run-local").args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(Some(command.spawn().unwrap()))
    }

    fn ready(world: &World, args: &[&str]) -> Self {
        let mut run = Self::start(world, args);
        wait_until("the service is ready", LIMIT, || run.0.as_mut().unwrap().try_wait().unwrap().is_some() || running(world));
        run
    }

    fn signal(&self, signal: &str) {
        let id = self.0.as_ref().unwrap().id().to_string();
        assert!(std::process::Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// The exit code, stdout and stderr.
    fn end(mut self) -> (i32, String, String) {
        let output = self.0.take().unwrap().wait_with_output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            // The first asks, the second kills what it started; then itself.
            for _ in 0..2 {
                drop(std::process::Command::new("kill").arg(child.id().to_string()).status());
                std::thread::sleep(Duration::from_millis(200));
            }
            drop(child.kill());
            drop(child.wait());
        }
    }
}

#[test]
fn it_serves_until_a_signal_and_leaves_nothing() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143), ("-HUP", 129)] {
        let (port, mark) = (free_port(), mark());
        // A child beside the server, which has a child in a session of its own.
        let line = format!("run = \"python3 app.py {mark} & sh -c 'setsid sleep {mark} & wait' & wait\"");
        let world = app(port, &line);
        let run = Run::ready(&world, &[]);
        // instep's own shell, the server, the child, the grandchild.
        wait_until("all have started", LIMIT, || count_processes(&mark) == 4);
        let begin = Instant::now();
        run.signal(signal);
        let (exit, out, err) = run.end();
        assert_eq!(exit, code, "{signal}: {out}{err}");
        assert!(begin.elapsed() < Duration::from_secs(8), "{signal}: {:?}", begin.elapsed());
        assert!(out.contains(&format!("serving on {port}\n")) && out.contains("asked to stop\n"), "{out}");
        assert!(err.contains("▸ stopping hello (again to kill)\n") && err.ends_with("✓ hello stopped\n"), "{err}");
        assert_eq!(count_processes(&mark), 0, "{signal}");
        assert!(TcpListener::bind(("127.0.0.1", port)).is_ok());
        assert!(!world.repo().join(".instep/state/run-local.json").exists());
        assert_eq!(world.read(".instep/state/.gitignore"), "*\n");
    }
}

#[test]
fn the_ready_block_tells_where_it_is() {
    let port = free_port();
    let world = app(port, RUN);
    let run = Run::ready(&world, &[]);
    let ran = world.run(["run-local", "--status"]);
    let pid = run.0.as_ref().unwrap().id();
    ran.code(0).stdout(&format!("hello runs  http://127.0.0.1:{port}  (process {pid})\n")).stderr("");
    run.signal("-INT");
    let (_, _, err) = run.end();
    let block = format!(
        "  url            http://127.0.0.1:{port}\n  health, ready  http://127.0.0.1:{port}/health\n  \
         metrics        http://127.0.0.1:{port}/metrics\n  info           http://127.0.0.1:{port}/info\n  Ctrl-C stops it\n"
    );
    assert!(err.starts_with("▸ hello exec python3 app.py\n") && err.contains("✓ hello is ready (") && err.contains(&block), "{err}");
}

#[test]
fn what_ignores_term_is_killed_after_its_grace() {
    let (port, mark) = (free_port(), mark());
    let line = format!("stop-within = \"500ms\"\nrun = \"trap '' TERM INT; python3 -m http.server $PORT 2>/dev/null; sleep {mark}\"");
    let world = app(port, &line);
    world.file("health", "ok");
    let run = Run::ready(&world, &[]);
    let begin = Instant::now();
    run.signal("-TERM");
    let (exit, _, err) = run.end();
    assert_eq!(exit, 143, "{err}");
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    assert!(err.ends_with("✓ hello stopped (killed: it did not end when asked to)\n"), "{err}");
    assert_eq!(count_processes(&mark), 0);
    assert!(TcpListener::bind(("0.0.0.0", port)).is_ok());
}

#[test]
fn a_second_signal_kills() {
    let (port, mark) = (free_port(), mark());
    let world = app(port, &format!("run = \"trap '' TERM INT; python3 app.py {mark}; sleep {mark}\""));
    world.file("app.py", APP.replace("sys.exit(0)", "pass"));
    let run = Run::ready(&world, &[]);
    run.signal("-INT");
    std::thread::sleep(Duration::from_millis(500));
    assert!(count_processes(&mark) > 0, "it was to ignore the first one");
    let begin = Instant::now();
    run.signal("-INT");
    let (exit, _, err) = run.end();
    assert_eq!(exit, 130);
    assert!(begin.elapsed() < Duration::from_secs(5) && err.contains("▸ killing hello\n"), "{err}");
    assert_eq!(count_processes(&mark), 0);
}

#[test]
fn a_crash_at_the_start_is_told_at_once() {
    let world = app(free_port(), "run = \"seq 1 40; echo no database >&2; exit 3\"");
    let begin = Instant::now();
    let ran = world.run(["run-local"]);
    assert!(begin.elapsed() < Duration::from_secs(5));
    ran.code(1)
        .says("error: hello ended before it was ready: exit code 3\n")
        .says("instep.toml:5:7\n")
        .says("the last 30 lines of hello:\n");
    let lines: Vec<String> = ran.err().lines().map(|line| line.trim_start_matches(['│', ' ']).to_owned()).collect();
    assert!(lines.iter().any(|line| line == "12") && lines.iter().all(|line| line != "11"), "{ran:?}");
    assert_eq!(lines.last().unwrap(), "no database");
    assert!(ran.out().starts_with("1\n2\n") && ran.out().ends_with("40\nno database\n"), "{ran:?}");
}

#[test]
fn a_service_that_leaves_children_and_ends_is_over() {
    for redirect in ["", ">/dev/null 2>&1"] {
        let mark = mark();
        let world = app(free_port(), &format!("run = \"sleep {mark} {redirect} & exit 0\""));
        let begin = Instant::now();
        let ran = world.run(["run-local"]);
        ran.code(1).says("hello ended before it was ready: exit code 0").says("does it put itself into the background?");
        assert!(begin.elapsed() < Duration::from_secs(8), "{:?}", begin.elapsed());
        assert_eq!(count_processes(&mark), 0, "{redirect}");
    }
}

#[test]
fn not_ready_in_time_says_why() {
    let mark = mark();
    let world = app(free_port(), &format!("ready-within = \"700ms\"\nrun = \"sleep {mark}\""));
    let ran = world.run(["run-local"]);
    ran.code(4)
        .says("error: hello was not ready within [TIME]\n")
        .says("/health: connection refused: nothing listens there")
        .says("the service must listen on $PORT, which is ");
    assert_eq!(count_processes(&mark), 0);

    let port = free_port();
    let toml = "ready = \"/nothing\"\n[run-local]\nready-within = \"4s\"\nrun = \"exec python3 -m http.server $PORT\"\n";
    let ran = World::with(&format!("[service]\nname = \"hello\"\nport = {port}\n{toml}")).run(["run-local"]);
    ran.code(4).says("instep.toml:4:9\n").says("/nothing: it answers 404 Not Found").says("is the path right?");
    assert!(TcpListener::bind(("0.0.0.0", port)).is_ok());
}

/// Listens after a while, is not there yet for another, and says on `/deep` when its database is up.
const SLOW: &str = r#"
import http.server, os, time
time.sleep(0.4)
begin = time.monotonic()
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        warm = time.monotonic() - begin > 0.5
        deep = self.path == "/deep"
        body = b'{"db": "up"}' if warm else b'{"db": "down"}'
        self.send_response(200 if warm or deep else 503)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *arguments):
        pass
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"#;

/// `parts` in this order in one line.
fn in_order(text: &str, parts: &[&str]) -> bool {
    text.lines().any(|line| parts.iter().try_fold(line, |rest, part| rest.split_once(part).map(|(_, rest)| rest)).is_some())
}

#[test]
fn how_it_became_ready_is_told() {
    let world = app(free_port(), RUN);
    world.file("app.py", SLOW);
    let ran = world.run(["run-local", "--exec", "true"]);
    assert!(in_order(&ran.code(0).err(), &["✓ hello is ready (", ")  refused ×", ", 503 ×", ", then 200 after "]), "{ran:?}");
    let run = Run::ready(&world, &["--output", "json"]);
    run.signal("-INT");
    let (_, out, _) = run.end();
    let ready: serde_json::Value = serde_json::from_str(out.lines().find(|line| line.contains("\"ready\"")).unwrap()).unwrap();
    assert_eq!((&ready["tries"][0]["reason"], &ready["tries"][1]["reason"]), (&"refused".into(), &"503".into()), "{ready}");

    let world = app(free_port(), "ready-within = \"4s\"\nrun = \"exec python3 app.py\"");
    world.file("app.py", SLOW.replace("> 0.5", "> 60"));
    let ran = world.run(["run-local"]);
    assert!(in_order(&ran.code(4).err(), &["/health: it answers 503", " (refused ×", ", 503 ×"]), "{ran:?}");
}

/// The smoke test's check `ready` says when the service is ready: the same question in all places.
#[test]
fn a_declared_check_says_when_it_is_ready() {
    let check = "[smoke-test.checks.ready]\npath = \"/deep\"\njson = { \"$.db\" = \"up\" }\n\
                 [smoke-test.checks.login]\npath = \"/login\"\nbearer = \"{{ vars.none }}\"\n";
    let more = |password: &str| format!("{RUN}\n{}", check.replace("{{ vars.none }}", password));
    let world = app(free_port(), &more("x"));
    world.file("app.py", SLOW);
    let ran = world.run(["run-local", "--exec", "true"]);
    assert!(in_order(&ran.code(0).err(), &["✓ hello is ready (", "refused ×", ", 200 but wrong ×", ", then 200 after "]), "{ran:?}");
    let world = app(free_port(), &format!("ready-within = \"5s\"\n{}", more("x")));
    world.file("app.py", SLOW.replace("> 0.5", "> 60"));
    world.run(["run-local"]).code(4).says("expected $.db == \"up\", got \"down\" (refused ×");
    // What other checks need may be unknown here.
    let world = app(free_port(), &more("{{ env.NO_SUCH_PASSWORD }}"));
    world.file("app.py", SLOW);
    world.run(["run-local", "--exec", "true"]).code(0).says("✓ hello is ready (").says(", 503 ×");
}

#[test]
fn a_busy_port_is_found_before_the_start_and_its_owner_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let world = app(port, RUN);
    let ran = world.run(["run-local"]);
    ran.code(1)
        .stdout("")
        .says(&format!("error: port {port} is in use\n"))
        .says("instep.toml:3:8\n")
        .says(&format!("by process {}: ", std::process::id()))
        .says("`--port auto` takes a free port, `--port N` another one");
}

#[test]
fn who_takes_the_port_behind_our_look_is_named() {
    let port = free_port();
    let world = app(port, "ready = { log = \"never\" }\nrun = \"touch begun; while [ ! -f go ]; do sleep 0.05; done; exit 3\"");
    let mut command = world.command(INSTEP, &world.repo());
    let child = command.arg("run-local").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_until("it has begun", Duration::from_secs(20), || world.repo().join("begun").exists());
    let _listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    world.file("go", "");
    let ran = support::Ran::of(child.wait_with_output().unwrap(), &world);
    ran.code(1).says("error: hello ended before it was ready: exit code 3\n");
    ran.says(&format!("note: port {port} is in use by process {}: ", std::process::id()));
}

#[test]
fn a_second_run_is_pointed_to_stop_and_stop_stops() {
    let port = free_port();
    let world = app(port, RUN);
    let run = Run::ready(&world, &[]);
    world
        .run(["run-local"])
        .code(1)
        .says("hello already runs there: `instep run-local`, process ")
        .says("`instep run-local --stop` stops it");
    world.run(["smoke-test", "--check", "health"]).code(0).says(&format!("http://127.0.0.1:{port}\n"));
    world.run(["run-local", "--stop"]).code(0).stdout("").stderr("hello stopped\n");
    assert_eq!(run.end().0, 143);
    world.run(["run-local", "--status"]).code(1).stdout("hello does not run here\n").stderr("");
    world.run(["run-local", "--stop"]).code(0).stderr("nothing runs here\n");
}

#[test]
fn a_stale_state_is_not_believed() {
    let world = app(free_port(), RUN);
    let state = format!("{{\"pid\":{},\"started\":\"another\",\"service\":\"hello\",\"url\":null,\"ready\":true}}", std::process::id());
    world.file(".instep/state/run-local.json", state);
    world.run(["run-local", "--status"]).code(1).stdout("hello does not run here\n");
    world.file(".instep/state/run-local.json", "{ nonsense");
    world.run(["run-local", "--stop"]).code(0).stderr("nothing runs here\n");
}

#[test]
fn exec_runs_against_the_service_and_passes_its_code() {
    let (port, mark) = (free_port(), mark());
    let world = app(port, &format!("run = \"exec python3 app.py {mark}\""));
    let ran = world.run(["run-local", "--exec", "sh", "-c", "echo $TARGET_URL $PORT; exit 5"]);
    ran.code(5).stdout(&format!("http://127.0.0.1:{port} {port}\n")).says("`sh` failed: exit code 5");
    assert_eq!(count_processes(&mark), 0);
    let ran = world.run(["run-local", "--port", "auto", "--exec", INSTEP, "smoke-test", "--check", "health"]);
    ran.code(0).prints("✓ health  GET /health → 200");
    world.run(["run-local", "--exec", "no-such-program-here"]).code(7).stdout("");
}

#[test]
fn a_service_that_fails_later_is_told() {
    let world = app(free_port(), RUN);
    world.file(
        "app.py",
        APP.replace("print(\"serving", "signal.signal(signal.SIGALRM, lambda *_: os._exit(9))\nsignal.alarm(1)\nprint(\"serving"),
    );
    let ran = world.run(["run-local"]);
    ran.code(1).says("✓ hello is ready").says("error: hello ended: exit code 9").says("serving on ");
    assert!(!world.repo().join(".instep/state/run-local.json").exists());
}

#[test]
fn the_environment_has_its_layers() {
    let mut world = World::with(
        "[service]\nname = \"hello\"\n[vars]\ncost_centre = \"47\"\n[run-local]\nenv-files = [\"a.env\", \"b.env\", \"c.env\"]\n\
         run = \"env | grep -E '^(L[0-9]|VAR_|SECRET|INSTEP_V|PORT)' | sort\"\n\
         [run-local.env]\nL4 = \"own\"\nL5 = \"own\"\nSECRET = { command = [\"echo\", \"s3cr3tvalue\"] }\nSECRET2 = { value = \"hunter2hunter\", mask = true }\n",
    );
    world.file("a.env", "L1=a\nL2=a\nL3=a\nL4=a\nL5=a\n");
    world.file("b.env", "# later wins\nexport L2=\"b\"\nL3=b\n");
    world.file("c.env.example", "TOKEN=\nURL=\n");
    world.env("L3", "caller").env("L4", "caller").env("INSTEP_VERSION", "of another repo").env("PORT", "1");
    let ran = world.run(["run-local", "-e", "L5=argument"]);
    ran.code(0)
        .stdout("INSTEP_VERSION=0.0.0-0.local\nL1=a\nL2=b\nL3=caller\nL4=own\nL5=argument\nPORT=1\nSECRET2=***\nSECRET=***\nVAR_COST_CENTRE=47\n")
        .says("c.env is named in run-local.env-files, and is not there")
        .says("c.env.example has: TOKEN, URL")
        .says("run `cp c.env.example c.env`");
    world.run(["run-local", "-e", "PORT=9"]).code(2).says("use `--port N`");
    world.file("b.env", "fine=1\nnot a pair\n");
    world.run(["run-local"]).code(2).says("b.env:2:1\n").says("this line has no `=`");
    let text = "env-files = [\".env\"]\nrun = \"true\"\n[workloads.mailer]\nlocal = \"true\"";
    let ran = app(free_port(), text).run(["run-local", "--dry-run"]);
    assert_eq!(ran.code(0).err().matches("is not there").count(), 1, "not for each service: {ran:?}");
}

#[test]
fn a_dry_run_is_a_script_that_works() {
    let port = free_port();
    let world = app(port, "run = \"exec python3 app.py\"\nenv = { TOKEN = { command = [\"echo\", \"a b\"] } }");
    let ran = world.run(["run-local", "--dry-run", "--exec", "sh", "-c", "echo done"]);
    ran.code(0).prints("  TOKEN=\"$(echo 'a b')\" \\\n").prints("  sh -eu -c 'exec python3 app.py' &\n").stderr("");
    let script = world.file("script.sh", ran.bytes());
    let output = world.command("sh", &world.repo()).arg(script).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && text.contains("done\n"), "{output:?}");
    wait_until("the service is stopped", LIMIT, || TcpListener::bind(("0.0.0.0", port)).is_ok());
}

#[test]
fn json_is_a_line_for_each_event() {
    let world = app(free_port(), RUN);
    let run = Run::ready(&world, &["--output", "json"]);
    run.signal("-INT");
    let (code, out, _) = run.end();
    assert_eq!(code, 130);
    let events: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect();
    let names: Vec<&str> = events.iter().filter_map(|event| event["event"].as_str()).collect();
    assert_eq!(names, ["started", "output", "ready", "stopping", "output", "stopped"], "{out}");
    assert_eq!(events.last().unwrap()["error"]["kind"], "signal", "{out}");
}

#[test]
fn without_a_command_the_lines_to_add_are_named() {
    let ran = World::with("[service]\nname = \"hello\"\nport = 1\n").run(["run-local"]);
    ran.code(2).says("`run-local.run` is not set").says("[run-local]");
}

#[test]
fn ctrl_c_in_a_terminal_stops_it() {
    let (port, mark) = (free_port(), mark());
    let world = app(port, &format!("run = \"python3 app.py {mark} & wait\""));
    let mut command = world.command(INSTEP, &world.repo());
    command.arg("run-local").env("TERM", "xterm");
    let mut terminal = expectrl::Session::spawn(command).unwrap();
    wait_until("the service is ready", LIMIT, || running(&world));
    std::thread::sleep(Duration::from_millis(100));
    let mut seen = Vec::new();
    let end = Instant::now() + LIMIT;
    terminal.send(expectrl::ControlCode::EndOfText).unwrap();
    while Instant::now() < end {
        let mut buffer = [0; 4096];
        match terminal.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(n) => seen.extend_from_slice(&buffer[..n]),
        }
    }
    let text = String::from_utf8_lossy(&seen).into_owned();
    let status = terminal.get_process().wait().unwrap();
    assert!(format!("{status:?}").contains("130"), "{status:?}");
    assert!(text.contains("stopping hello (again to kill)") && text.contains("hello stopped"), "{text}");
    assert!(text.contains(&format!("\u{1b}]8;;http://127.0.0.1:{port}/health\u{1b}\\")), "a link: {text}");
    assert_eq!(count_processes(&mark), 0);
}

/// `instep run-local | less`: the reader sleeps, the pipe is full, and Ctrl-C must work all the same.
#[test]
fn a_signal_is_heard_while_nobody_reads() {
    let (port, mark) = (free_port(), mark());
    let world = app(port, &format!("stop-within = \"1s\"\nrun = \"yes & python3 app.py {mark} & sleep {mark}\""));
    let run = Run::start(&world, &[]);
    wait_until("the service runs", LIMIT, || count_processes(&mark) == 3);
    std::thread::sleep(Duration::from_millis(500));
    run.signal("-INT");
    wait_until("all is stopped", LIMIT, || count_processes(&mark) == 0);
    assert_eq!(run.end().0, 130);
}

#[test]
fn a_service_on_the_other_localhost_is_told() {
    if TcpListener::bind("[::1]:0").is_err() {
        return;
    }
    let world = app(free_port(), "ready-within = \"4s\"\nrun = \"exec python3 -m http.server --bind ::1 $PORT\"");
    world.run(["run-local"]).code(4).says("/health: it listens on [::1] only, not on 127.0.0.1").says("on 0.0.0.0 or 127.0.0.1");
}

/// Answers with what stood in `answer.txt` when it started.
fn watched(port: u16, mark: &str, more: &str) -> World {
    let run = format!("run = \"exec python3 app.py {mark}\"\nwatch = [\"*.py\", \"answer.txt\", \"src/**\"]\n{more}");
    let world = app(port, &run);
    let app = APP.replace("self.send_response", "if self.path == \"/die\": os._exit(9)\n        self.send_response");
    world.file(
        "app.py",
        app.replace("b\"ok\"", "answer").replace("print(\"serving", "answer = open(\"answer.txt\", \"rb\").read()\nprint(\"serving"),
    );
    world.file("answer.txt", "one");
    world
}

/// What the service answers; empty when it does not.
fn answer(port: u16) -> String {
    ask(port, "/")
}

fn ask(port: u16, path: &str) -> String {
    use std::io::Write as _;
    let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", port)) else { return String::new() };
    let mut text = String::new();
    drop(stream.set_read_timeout(Some(Duration::from_secs(5))));
    drop(stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()));
    drop(stream.read_to_string(&mut text));
    text.split("\r\n\r\n").nth(1).unwrap_or_default().to_owned()
}

/// A run whose output can be read while it goes on.
fn logged(world: &World, args: &[&str]) -> Run {
    let log = |name: &str| std::fs::File::create(world.root().join(name)).unwrap();
    let mut command = world.command(INSTEP, &world.repo());
    command.arg("run-local").args(args).stdin(Stdio::null()).stdout(log("out")).stderr(log("err"));
    Run(Some(command.spawn().unwrap()))
}

fn logs(world: &World) -> String {
    let read = |name: &str| std::fs::read_to_string(world.root().join(name)).unwrap();
    read("out") + &read("err")
}

/// Waits until a text was said so often.
#[track_caller]
fn until_said(world: &World, text: &str, times: usize) {
    let end = Instant::now() + LIMIT;
    while logs(world).matches(text).count() < times {
        assert!(Instant::now() < end, "not said {times} times: {text}\n{}", logs(world));
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn an_edit_restarts_the_service_on_the_same_port() {
    let (port, mark) = (free_port(), mark());
    let world = watched(port, &mark, "");
    let run = logged(&world, &[]);
    until_said(&world, "is ready (", 1);
    assert_eq!(answer(port), "one");
    // As editors write: beside it, then by a rename.
    let beside = world.file("answer.txt~", "two");
    std::fs::rename(beside, world.repo().join("answer.txt")).unwrap();
    until_said(&world, "is ready again (", 1);
    assert_eq!((answer(port).as_str(), count_processes(&mark)), ("two", 1));
    // What matches nothing, then a new file in a new folder; then it is gone again.
    world.file("notes.md", "nothing");
    world.file("src/a/b/new.txt", "new");
    until_said(&world, "is ready again (", 2);
    std::fs::remove_dir_all(world.repo().join("src")).unwrap();
    until_said(&world, "is ready again (", 3);
    assert_eq!((answer(port).as_str(), count_processes(&mark)), ("two", 1));
    run.signal("-INT");
    assert_eq!(run.end().0, 130);
    let said = logs(&world);
    assert!(said.contains("▸ hello changed: answer.txt\n") && said.contains(" after the change; "), "{said}");
    assert_eq!(said.matches("▸ hello changed: src/a/b/new.txt\n").count(), 2, "{said}");
    assert!(!said.contains("notes.md") && !said.contains("in use"), "{said}");
    assert_eq!(count_processes(&mark), 0);
    assert!(TcpListener::bind(("0.0.0.0", port)).is_ok());
}

#[test]
fn a_crash_after_an_edit_waits_for_the_next_one() {
    let (port, mark) = (free_port(), mark());
    let world = watched(port, &mark, "");
    let run = logged(&world, &["--output", "json"]);
    until_said(&world, "\"event\":\"ready\"", 1);
    let good = world.read("app.py");
    world.file("app.py", "print('no such thing')\nraise SystemExit(3)\n");
    until_said(&world, "\"event\":\"failed\"", 1);
    assert_eq!(count_processes(&mark), 0);
    world.run(["run-local", "--status"]).code(0).prints("hello starts");
    world.file("app.py", good);
    until_said(&world, "\"event\":\"restarted\"", 1);
    assert_eq!(answer(port), "one");
    // Its end without an edit does not end the run either.
    ask(port, "/die");
    until_said(&world, "\"event\":\"failed\"", 2);
    world.file("answer.txt", "back");
    until_said(&world, "\"event\":\"restarted\"", 2);
    assert_eq!((answer(port).as_str(), count_processes(&mark)), ("back", 1));
    run.signal("-TERM");
    assert_eq!(run.end().0, 143);
    let text = std::fs::read_to_string(world.root().join("out")).unwrap();
    let events: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect();
    let of = |name: &str| events.iter().filter(|event| event["event"] == name).collect::<Vec<_>>();
    assert_eq!(of("changed").iter().map(|event| &event["files"][0]).collect::<Vec<_>>(), ["app.py", "app.py", "answer.txt"], "{text}");
    assert_eq!(of("failed")[0]["message"], "hello ended before it was ready: exit code 3", "{text}");
    assert!(of("failed")[0]["notes"][0].as_str().unwrap().contains("no such thing"), "{text}");
    assert_eq!(of("failed")[1]["message"], "hello ended: exit code 9", "{text}");
    assert!(of("restarted").iter().all(|event| event["seconds"].as_f64() >= event["own-seconds"].as_f64()), "{text}");
    assert_eq!(count_processes(&mark), 0);
}

#[test]
fn what_ignores_term_is_killed_before_the_next_start() {
    let (port, mark) = (free_port(), mark());
    let world = watched(port, &mark, "stop-within = \"400ms\"\n");
    world.file("app.py", world.read("app.py").replace("sys.exit(0)", "pass"));
    let run = logged(&world, &[]);
    until_said(&world, "is ready (", 1);
    world.file("answer.txt", "two");
    until_said(&world, "is ready again (", 1);
    assert_eq!(count_processes(&format!("app.py {mark}")), 1);
    run.signal("-INT");
    run.end();
    assert!(logs(&world).contains("  hello did not end when asked to, and was killed\n"), "{}", logs(&world));
    assert_eq!(count_processes(&mark), 0);
}

#[test]
fn ctrl_c_while_it_restarts_leaves_nothing() {
    // While the old one stops, and while the new one starts.
    for slow in ["time.sleep(1); sys.exit(0)", "sys.exit(0)"] {
        let (port, mark) = (free_port(), mark());
        let world = watched(port, &mark, "");
        let code = world.read("app.py").replace("sys.exit(0)", slow).replace("import http.server", "import time, http.server");
        world.file("app.py", &code);
        let run = Run::ready(&world, &[]);
        // The new one takes long to start.
        world.file("app.py", code.replace("answer = open", "open('begun', 'w').close(); time.sleep(60); answer = open"));
        if slow == "sys.exit(0)" {
            wait_until("the new one starts", LIMIT, || world.repo().join("begun").exists());
        } else {
            wait_until("the old one is asked to stop", LIMIT, || !running(&world));
        }
        run.signal("-INT");
        let (exit, out, err) = run.end();
        assert_eq!(exit, 130, "{out}{err}");
        assert!(err.contains("▸ hello changed: app.py\n") && err.ends_with("✓ hello stopped\n"), "{err}");
        assert_eq!(count_processes(&mark), 0, "{slow}");
        assert!(!world.repo().join(".instep/state/run-local.json").exists());
    }
}

#[test]
fn a_broken_glob_is_an_error_at_its_place() {
    let world = app(free_port(), "run = \"true\"\nwatch = [\"src/[\"]\n");
    world.run(["run-local"]).code(2).says("`src/[` is not a glob").says("instep.toml:6:9\n");
}
