//! `instep run-local` with containers: companions, compose files, the built image; on the real engine.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use expectrl::Expect as _;
use support::{INSTEP, Ran, World, count_processes, engine, wait_until};

const LIMIT: Duration = Duration::from_secs(60);

/// A small image with a shell, `httpd` and `nc`; made once.
fn image() -> &'static str {
    static MADE: OnceLock<()> = OnceLock::new();
    MADE.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        std::fs::copy("/bin/busybox", dir.path().join("busybox")).expect("busybox-static is installed");
        let text = "FROM scratch\nCOPY busybox /bin/busybox\nRUN [\"/bin/busybox\", \"--install\", \"-s\", \"/bin\"]\nWORKDIR /srv\n";
        std::fs::write(dir.path().join("Dockerfile"), text).unwrap();
        let built = Command::new("docker").args(["build", "--quiet", "--tag", "instep-test/box:1"]).arg(dir.path()).output().unwrap();
        assert!(built.status.success(), "{built:?}");
    });
    "instep-test/box:1"
}

/// A port that nobody else in these tests is given; other test files use other ranges.
fn free_port() -> u16 {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    loop {
        let offset = TAKEN.fetch_add(1, Ordering::Relaxed);
        let port = u16::try_from(29_500 + (std::process::id() * 60 + offset) % 3_000).unwrap();
        if TcpListener::bind(("0.0.0.0", port)).is_ok() {
            return port;
        }
    }
}

/// A number that is in the command line of every process of a test; `sleep` takes it too.
fn mark() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("8{:07}{:02}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A repo whose containers are taken away at the end, whatever happens.
struct Repo(World);

impl Repo {
    /// `{box}` is the image.
    fn new(port: u16, run_local: &str) -> Self {
        Self::of(port, &run_local.replace("{box}", image()))
    }

    /// Without an image.
    fn of(port: u16, text: &str) -> Self {
        Self(World::with(&format!("[service]\nname = \"hello\"\nport = {port}\n[run-local]\n{text}\n")))
    }

    /// What the engine has of runs of this repo: containers and networks.
    fn left(&self) -> Vec<String> {
        let filter = format!("label=instep.root={}", self.0.repo().display());
        let list = |args: &[&str]| {
            let output = Command::new("docker").args(args).args(["--filter", &filter]).output().unwrap();
            String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect::<Vec<_>>()
        };
        let networks = list(&["network", "ls", "--format", "{{.Name}}"]);
        list(&["ps", "--all", "--format", "{{.Names}}"]).into_iter().chain(networks).collect()
    }

    fn start(&self, args: &[&str]) -> Run {
        let log = |name: &str| std::fs::File::create(self.0.root().join(name)).unwrap();
        let mut command = self.0.command(INSTEP, &self.0.repo());
        command.arg("run-local").args(args).stdin(Stdio::null()).stdout(log("out")).stderr(log("err"));
        Run(command.spawn().unwrap())
    }

    fn ready(&self, args: &[&str]) -> Run {
        let mut run = self.start(args);
        wait_until("all is ready", LIMIT, || run.0.try_wait().unwrap().is_some() || self.log("err").contains("Ctrl-C stops it"));
        run
    }

    fn log(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.root().join(name)).unwrap_or_default()
    }

    fn run(&self, args: &[&str]) -> Ran {
        self.0.run([&["run-local"], args].concat())
    }
}

impl Drop for Repo {
    fn drop(&mut self) {
        for name in self.left() {
            drop(Command::new("docker").args(["rm", "--force", "--volumes", &name]).output());
            drop(Command::new("docker").args(["network", "rm", &name]).output());
        }
    }
}

struct Run(Child);

impl Run {
    fn signal(&self, signal: &str) {
        assert!(Command::new("kill").args([signal, &self.0.id().to_string()]).status().unwrap().success());
    }

    fn end(mut self) -> i32 {
        use std::os::unix::process::ExitStatusExt as _;
        let status = self.0.wait().unwrap();
        status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Serves `www` on $PORT on the host; the mark is in its command line.
fn serve(mark: &str) -> String {
    format!("run = \"mkdir -p www; echo ok > www/health; busybox httpd -f -p $PORT -h www; : {mark}\"")
}

/// A companion that serves its own root on this port.
fn db(port: u16) -> String {
    format!(
        "[run-local.companions.db]\nimage = \"{{box}}\"\nport = {port}\ncommand = [\"sh\", \"-c\", \"trap 'echo bye; exit 0' TERM; httpd -f -p {port} -h /bin & wait\"]\n"
    )
}

#[test]
fn companions_come_first_and_the_service_is_told_where_they_are() {
    if !engine() {
        return;
    }
    let (port, db_port, mark) = (free_port(), free_port(), mark());
    let more = format!(
        "run = \"env | grep -E 'DB_|DATABASE' | sort; mkdir -p www; echo ok > www/health; exec busybox httpd -f -p $PORT -h www\"\n\
         env = {{ DATABASE = \"{{{{ companions.db.host }}}}:{{{{ companions.db.port }}}}/x\" }}\n{}\
         [run-local.companions.queue]\nimage = \"{{box}}\"\nready = {{ log = \"queue is up\" }}\n\
         command = [\"sh\", \"-c\", \"sleep 1; echo queue is up; exec sleep {mark}\"]\nstop-within = \"1s\"\n\
         [run-local.companions.asked]\nimage = \"{{box}}\"\nready = \"test -f /tmp/ready\"\nstop-within = \"1s\"\n\
         command = [\"sh\", \"-c\", \"mkdir /tmp; sleep 1; touch /tmp/ready; exec sleep {mark}\"]\n\
         [run-local.companions.migrate]\nimage = \"{{box}}\"\nonce = true\n\
         command = [\"sh\", \"-c\", \"wget -q -O - http://db:{db_port}/sh | wc -c; echo migrated\"]\n\
         [workloads.mailer]\nlocal = \"echo mail; exec sleep {mark}\"\n",
        db(db_port)
    );
    let repo = Repo::new(port, &more);
    let run = repo.ready(&[]);
    let (out, err) = (repo.log("out"), repo.log("err"));
    for line in [
        format!(
            "hello   │ DATABASE=127.0.0.1:{db_port}/x\nhello   │ DB_HOST=127.0.0.1\nhello   │ DB_PORT={db_port}\nhello   │ DB_URL=http://127.0.0.1:{db_port}\n"
        ),
        "migrate │ migrated\n".to_owned(),
        "queue   │ queue is up\n".to_owned(),
        "mailer  │ mail\n".to_owned(),
    ] {
        assert!(out.contains(&line), "lacks {line}\n{out}{err}");
    }
    let at = |text: &str| out.find(text).unwrap_or_else(|| panic!("{text}: {out}"));
    assert!(at("queue is up") < at("migrated") && at("migrated") < at("DB_HOST"), "{out}");
    assert_eq!(repo.left().len(), 5, "four containers and a network: {:?}", repo.left());
    for row in [
        format!("  ✓ db       ready  127.0.0.1:{db_port}"),
        "  ✓ migrate  done ".to_owned(),
        format!("  ✓ hello    ready  http://127.0.0.1:{port}"),
        "  ✓ mailer   runs\n".to_owned(),
    ] {
        assert!(err.contains(&row), "lacks {row}\n{err}");
    }
    run.signal("-INT");
    assert_eq!(run.end(), 130);
    let (out, err) = (repo.log("out"), repo.log("err"));
    assert!(err.contains("▸ stopping mailer, hello, asked, queue and db (again to kill)\n"), "{err}");
    let stopped: Vec<&str> = err.lines().filter(|line| line.contains(" stopped")).collect();
    // What --explain reads does not stumble over templates that only a run can know.
    repo.0.run(["config", "--explain", "DATABASE"]).code(0).prints("companions.db.host");
    assert!(stopped[..2].iter().all(|line| line.contains("hello") || line.contains("mailer")) && stopped.len() == 5, "{err}");
    assert!(err.contains("✓ db stopped\n") && out.contains("db      │ bye\n"), "{out}{err}");
    assert_eq!((repo.left(), count_processes(&mark)), (Vec::<String>::new(), 0));
}

#[test]
fn what_a_killed_run_left_is_taken_away_by_the_next() {
    if !engine() {
        return;
    }
    let (port, mark) = (free_port(), mark());
    let db_port = free_port();
    let repo = Repo::new(port, &format!("{}\n{}", serve(&format!("{mark}; sleep {mark}")), db(db_port)));
    let run = repo.ready(&[]);
    run.signal("-KILL");
    assert_eq!(run.end(), 137);
    assert_eq!(repo.left().len(), 2);
    assert!(count_processes(&mark) > 0, "the service lives on");
    // Another repo's run leaves it alone.
    Repo::new(free_port(), &format!("{}\n{}", serve("x"), db(free_port()))).run(&["--exec", "true"]).code(0);
    assert_eq!(repo.left().len(), 2);
    let ran = repo.run(&["--exec", "sh", "-c", "docker ps --filter name=hello-db --format '{{.Ports}}'"]);
    // The ports are free again before they are looked at.
    ran.code(0)
        .prints(&format!("127.0.0.1:{db_port}->{db_port}/tcp\n"))
        .says("– took away what a killed run left: ")
        .says(" the container hello-db-")
        .says(" and the network hello-");
    assert_eq!((repo.left(), count_processes(&mark)), (Vec::<String>::new(), 0));
    repo.run(&["--stop"]).code(0).stderr("nothing runs here\n");
}

#[test]
fn a_companion_that_fails_is_told_with_its_last_lines() {
    if !engine() {
        return;
    }
    let fails = "[run-local.companions.db]\nimage = \"{box}\"\nport = 9\ncommand = [\"sh\", \"-c\", \"seq 1 40; echo no space; exit 3\"]\n";
    let repo = Repo::new(free_port(), &format!("{}\n{fails}", serve("x")));
    let ran = repo.run(&[]);
    ran.code(1).says("error: db ended before it was ready: exit code 3\n").says("instep.toml:7:9\n").says("the last 30 lines of db:\n");
    ran.says("no space").prints("db    │ 40\n");
    assert_eq!(repo.left(), Vec::<String>::new());

    let late = fails.replace("seq 1 40;", "sleep 2;").replace("port = 9", "ready = \"true\"");
    let ran = Repo::new(free_port(), &format!("{}\n{late}", serve("x"))).run(&[]);
    ran.code(1).says("✓ hello is ready").says("error: db ended: exit code 3\n").says("the last 1 line of db:");

    let repo =
        Repo::new(free_port(), &format!("ready-within = \"1s\"\n{}\n{}", serve("x"), db(free_port()).replace("httpd", "sleep 9 & true")));
    repo.run(&[]).code(4).says("error: db was not ready within [TIME]\n").says("port ");
    assert_eq!(repo.left(), Vec::<String>::new());

    let gone = format!("{}\n[run-local.companions.db]\nimage = \"localhost:5000/instep-test/no-such-image\"\n", serve("x"));
    let repo = Repo::new(free_port(), &gone);
    repo.run(&[]).code(1).says("error: can't fetch the image localhost:5000/instep-test/no-such-image\n").says("instep.toml:7:9\n");
    assert_eq!(repo.left(), Vec::<String>::new());
}

#[test]
fn a_port_that_a_container_has_is_named_and_a_companion_moves_on() {
    if !engine() {
        return;
    }
    let taken = free_port();
    let name = format!("instep-test-taken-{}", mark());
    let publish = format!("127.0.0.1:{taken}:80");
    let args = ["run", "--rm", "--detach", "--name", &name, "--publish", &publish, image(), "sleep", "60"];
    assert!(Command::new("docker").args(args).output().unwrap().status.success());
    let repo = Repo::new(taken, &serve("x"));
    repo.run(&[]).code(1).says(&format!("error: port {taken} is in use\n")).says(&format!("by the container {name}: `docker stop {name}`"));
    let repo = Repo::new(free_port(), &format!("{}\n{}", serve("x"), db(taken)));
    let ran = repo.run(&["-v", "--exec", "true"]);
    drop(Command::new("docker").args(["rm", "--force", &name]).output());
    ran.code(0).says(&format!("port {taken} is in use; db is at "));
}

/// A run in a terminal; what it shows is collected.
struct Terminal(expectrl::session::OsSession, String);

impl Terminal {
    fn start(repo: &Repo) -> Self {
        let mut command = repo.0.command(INSTEP, &repo.0.repo());
        command.arg("run-local").env("TERM", "xterm");
        let mut session = expectrl::Session::spawn(command).unwrap();
        session.set_expect_timeout(Some(LIMIT));
        Self(session, String::new())
    }

    fn until(&mut self, text: &str) {
        let found = self.0.expect(text).unwrap_or_else(|error| panic!("{text}: {error}\n{}", self.1));
        self.1.push_str(&String::from_utf8_lossy(found.as_bytes()));
    }

    fn ctrl_c(&mut self) {
        self.0.send(expectrl::ControlCode::EndOfText).unwrap();
    }

    fn end(mut self) -> (String, String) {
        let mut rest = Vec::new();
        let mut buffer = [0; 4096];
        while let Ok(n @ 1..) = self.0.read(&mut buffer) {
            rest.extend_from_slice(&buffer[..n]);
        }
        let status = self.0.get_process().wait().unwrap();
        (format!("{status:?}"), self.1 + &String::from_utf8_lossy(&rest))
    }
}

/// A service and a companion that both ignore TERM.
fn stubborn(mark: &str) -> Repo {
    let more = format!(
        "stop-within = \"3s\"\nrun = \"trap '' TERM INT; mkdir -p www; echo ok > www/health; busybox httpd -p $PORT -h www; sleep {mark}\"\n\
         [run-local.companions.db]\nimage = \"{{box}}\"\nstop-within = \"3s\"\ncommand = [\"sleep\", \"{mark}\"]\n"
    );
    Repo::new(free_port(), &more)
}

#[test]
fn the_first_ctrl_c_counts_down_and_stops_in_reverse_order() {
    if !engine() {
        return;
    }
    let mark = mark();
    let repo = stubborn(&mark);
    let mut terminal = Terminal::start(&repo);
    terminal.until("Ctrl-C stops it");
    terminal.ctrl_c();
    terminal.until("stopping hello and db (again to kill)");
    terminal.until("stopping: hello is killed in 3 s");
    terminal.until("stopping: hello is killed in 1 s");
    terminal.until("hello stopped (killed: it did not end when asked to)");
    terminal.until("stopping: db is killed in 2 s");
    terminal.until("db stopped (killed");
    let (status, text) = terminal.end();
    assert!(status.contains("130") && text.contains("its first process ignores SIGTERM"), "{status}{text}");
    assert_eq!((repo.left(), count_processes(&mark)), (Vec::<String>::new(), 0));
}

#[test]
fn the_second_ctrl_c_kills_and_the_third_leaves_and_lists() {
    if !engine() {
        return;
    }
    let mark_two = mark();
    let repo = stubborn(&mark_two);
    repo.0.file("instep.toml", repo.0.read("instep.toml").replace("\"3s\"", "\"50s\""));
    let mut terminal = Terminal::start(&repo);
    terminal.until("Ctrl-C stops it");
    terminal.ctrl_c();
    terminal.until("stopping: hello is killed in 50 s");
    let begin = Instant::now();
    terminal.ctrl_c();
    let (status, text) = terminal.end();
    assert!(begin.elapsed() < Duration::from_secs(10) && status.contains("130"), "{status}{text}");
    assert!(text.contains("killing hello and db") && text.contains("db stopped (killed"), "{text}");
    assert_eq!((repo.left(), count_processes(&mark_two)), (Vec::<String>::new(), 0));

    let mark_three = mark();
    let repo = stubborn(&mark_three);
    repo.0.file("instep.toml", repo.0.read("instep.toml").replace("\"3s\"", "\"50s\""));
    let mut terminal = Terminal::start(&repo);
    terminal.until("Ctrl-C stops it");
    for _ in 0..3 {
        terminal.ctrl_c();
        // Signals of one kind that come at once are one to the system.
        std::thread::sleep(Duration::from_millis(80));
    }
    let (status, text) = terminal.end();
    assert!(status.contains("130") && text.contains("left at once"), "{status}{text}");
    let left = repo.left();
    let listed = left.iter().all(|name| text.contains(&format!("{name}`")));
    assert!(listed, "what stayed is listed: {left:?}\n{text}");
    repo.run(&["--stop"]).code(0);
    wait_until("all is gone", LIMIT, || repo.left().is_empty() && count_processes(&mark_three) == 0);
}

#[test]
fn a_signal_stops_containers_too() {
    if !engine() {
        return;
    }
    for (signal, code) in [("-TERM", 143), ("-HUP", 129)] {
        let mark = mark();
        let repo = Repo::new(free_port(), &format!("{}\n{}", serve(&mark), db(free_port())));
        let run = repo.ready(&[]);
        run.signal(signal);
        assert_eq!(run.end(), code);
        assert!(repo.log("err").contains("✓ db stopped\n"), "{}", repo.log("err"));
        assert_eq!((repo.left(), count_processes(&mark)), (Vec::<String>::new(), 0));
    }
}

/// What answers at a path; empty when nobody does.
fn ask(port: u16, path: &str) -> String {
    let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", port)) else { return String::new() };
    let mut text = String::new();
    drop(stream.set_read_timeout(Some(Duration::from_secs(5))));
    drop(stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()));
    drop(stream.read_to_string(&mut text));
    text.split("\r\n\r\n").nth(1).unwrap_or_default().trim().to_owned()
}

#[test]
fn a_dry_run_with_companions_is_a_script_that_works() {
    if !engine() {
        return;
    }
    let (port, db_port) = (free_port(), free_port());
    let repo = Repo::new(
        port,
        &format!(
            "{}\n{}",
            serve("x").replace("; : x", "").replace("busybox", "exec busybox"),
            db(db_port).replace("port =", "ready = \"true\"\nport =")
        ),
    );
    let ran = repo.run(&[
        "--dry-run",
        "--exec",
        "sh",
        "-c",
        &format!("busybox wget -q -O - http://127.0.0.1:{db_port}/sh | wc -c; echo done $TARGET_URL"),
    ]);
    ran.code(0).stderr("").prints("docker network create hello-").prints(&format!(" --publish 127.0.0.1:{db_port}:{db_port} "));
    assert_eq!(repo.left(), Vec::<String>::new());
    let script = repo.0.file("script.sh", ran.bytes());
    let output = repo.0.command("sh", &repo.0.repo()).arg(script).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && text.contains(&format!("done http://127.0.0.1:{port}\n")), "{output:?}");
    let names: Vec<&str> = text.lines().collect();
    let ps = Command::new("docker")
        .args(["ps", "--all", "--quiet", "--filter", "name=hello-db", "--filter", &format!("publish={db_port}")])
        .output()
        .unwrap();
    assert!(ps.stdout.is_empty(), "{names:?}");
    assert_eq!(ask(port, "/health"), "");
}

/// A repo with an image of its own name; `app` is what the container runs.
fn built(port: u16, app: &str, more: &str) -> (Repo, String) {
    let repository = format!("instep-test/local-{}", mark());
    let repo = Repo::new(port, more);
    let toml = repo.0.read("instep.toml") + &format!("\n[image]\nrepository = \"{repository}\"\n");
    repo.0.file("instep.toml", toml);
    repo.0.file("Dockerfile", format!("FROM {}\nCOPY version www/health\nCOPY app.sh .\nCMD [\"sh\", \"app.sh\"]\n", image()));
    repo.0.file("app.sh", app);
    repo.0.file("version", "one\n");
    repo.0.file(".gitignore", ".instep/state\n");
    repo.0.commit("first");
    (repo, repository)
}

fn remove_images(repository: &str) {
    let script = format!("docker images --quiet {repository} | sort -u | xargs --no-run-if-empty docker rmi --force");
    drop(Command::new("sh").args(["-c", &script]).output());
}

const APP: &str = "echo told $GREETING $DB_URL $CALLER; trap 'exit 0' TERM; httpd -f -p $PORT -h /srv/www & wait";

#[test]
fn the_built_image_runs_beside_its_companions() {
    if !engine() {
        return;
    }
    let (port, db_port) = (free_port(), free_port());
    let more = format!("env = {{ GREETING = \"hi\" }}\nenv-files = [\".env\"]\n{}", db(db_port));
    let (mut repo, repository) = built(port, APP, &more);
    repo.0.file(".env", "CALLER=file\n");
    repo.0.env("CALLER", "caller");
    let line = format!(
        "busybox wget -q -O - $TARGET_URL/health; docker exec $(docker ps -q -f publish={port}) wget -q -O - http://db:{db_port}/sh | wc -c"
    );
    let ran = repo.run(&["-v", "--in-docker", "--port", "auto", "--exec", "sh", "-c", "busybox wget -q -O - $TARGET_URL/health"]);
    ran.code(0).prints(&format!("hello │ told hi http://db:{db_port} caller\n")).prints("one\n").says("✓ build");
    // What was built last, without a build; the companion is reached by its name.
    repo.0.file("Dockerfile", "broken");
    let ran = repo.run(&["--in-docker", "--no-build", "--exec", "sh", "-c", &line]);
    ran.code(0).prints("one\n");
    let bytes: usize = ran.out().lines().last().unwrap().trim().parse().unwrap();
    assert!(bytes > 100_000, "{ran:?}");
    assert_eq!(repo.left(), Vec::<String>::new());
    remove_images(&repository);
    repo.run(&["--in-docker", "--no-build"]).code(1).says("there is no image").says("without --no-build");
}

#[test]
fn an_edit_shows_in_the_container_and_a_rebuild_takes_a_new_image() {
    if !engine() {
        return;
    }
    let port = free_port();
    let more = "sync = { site = \"/srv/www/site\" }\nwatch = [\"app.sh\"]\nrebuild = [\"version\"]";
    let (repo, repository) = built(port, APP, more);
    repo.0.file("site/page", "before");
    let run = repo.ready(&["--in-docker"]);
    assert_eq!(ask(port, "/site/page"), "before");
    repo.0.file("site/page", "after");
    wait_until("the edit shows", LIMIT, || ask(port, "/site/page") == "after");
    assert!(!repo.log("err").contains("changed:"), "without a restart: {}", repo.log("err"));
    repo.0.file("version", "two\n");
    wait_until("the new image runs", LIMIT, || repo.log("err").contains("is ready again"));
    assert_eq!(ask(port, "/health"), "two", "{}", repo.log("err"));
    run.signal("-INT");
    assert_eq!(run.end(), 130);
    remove_images(&repository);
    assert_eq!(repo.left(), Vec::<String>::new());
}

#[test]
fn it_runs_in_the_background_until_it_is_stopped() {
    if !engine() {
        return;
    }
    let (port, mark) = (free_port(), mark());
    let repo = Repo::new(port, &format!("{}\n{}", serve(&format!("{mark}; sleep {mark}")), db(free_port())));
    repo.run(&["--wait"]).code(1).says("error: hello does not run here\n");
    let ran = repo.run(&["--detach", "--wait"]);
    ran.code(0)
        .prints(&format!("hello runs  http://127.0.0.1:{port}  (process "))
        .prints("  ✓ db     ready  127.0.0.1:")
        .says("run-local.log");
    repo.run(&["--detach"]).code(1).says("error: hello already runs here: process ");
    repo.run(&["--wait"]).code(0).prints("hello runs  ");
    let status = repo.0.run(["run-local", "--status", "--output", "json"]).json();
    assert_eq!((&status["ready"], &status["services"][1]["name"]), (&true.into(), &"hello".into()), "{status}");
    assert_eq!(ask(port, "/health"), "ok");
    repo.run(&["--stop"]).code(0).stderr("hello stopped\n");
    assert_eq!((repo.left(), count_processes(&mark)), (Vec::<String>::new(), 0));
    // What fails at its start is told here, with its exit code.
    repo.0.file("instep.toml", repo.0.read("instep.toml").replace("httpd -f -p", "nothing -f -p"));
    repo.run(&["--detach", "--wait"]).code(1).says("error: the run in the background has ended\n").says("ended before it was ready");
    repo.run(&["--status"]).code(1);
}

#[test]
fn a_compose_file_is_started_followed_and_taken_down_by_compose_1() {
    if engine() && support::available(Command::new("docker-compose").arg("version").output().is_ok(), "docker-compose") {
        compose("docker-compose", None, &[]);
    }
}

/// podman-compose lists all containers unasked, and refuses to be asked for them (`ps --all`).
#[test]
fn a_compose_program_that_knows_no_all_is_understood() {
    let real = support::docker::docker_sh("command -v docker-compose");
    if engine() && support::available(!real.is_empty(), "docker-compose") {
        let own = "#!/bin/sh\ncase \"$*\" in *--all*) echo 'unrecognized arguments: --all' >&2; exit 2 ;; esac\n";
        let own = format!("{own}case \"$*\" in *'ps --quiet') set -- --file compose.yaml ps --all --quiet ;; esac\nexec {real} \"$@\"\n");
        let none = "#!/bin/sh\nexit 1\n";
        compose("podman-compose", None, &[("docker", none), ("docker-compose", none), ("podman", none), ("podman-compose", &own)]);
    }
}

#[test]
fn a_compose_file_is_started_followed_and_taken_down_by_compose_2() {
    if let Some(programs) = support::docker::newer().filter(|_| engine()) {
        compose("docker compose", Some(&programs.join("usr/libexec/docker/cli-plugins")), &[]);
    }
}

/// `plugins`: the folder of the docker program's plugins. `others`: what is there instead of the real programs.
fn compose(program: &str, plugins: Option<&std::path::Path>, others: &[(&str, &str)]) {
    let (port, db_port) = (free_port(), free_port());
    let repo = Repo::new(port, "compose = \"compose.yaml\"");
    for (name, text) in others {
        repo.0.program(name, text);
    }
    if let Some(plugins) = plugins {
        std::fs::create_dir_all(repo.0.home().join(".docker")).unwrap();
        std::os::unix::fs::symlink(plugins, repo.0.home().join(".docker/cli-plugins")).unwrap();
    }
    let file = "version: \"3\"\nservices:\n  web:\n    image: {box}\n    ports: [\"127.0.0.1:{port}:8080\"]\n    depends_on: [db]\n    \
                command: sh -c \"trap 'exit 0' TERM; mkdir -p www; echo ok > www/health; httpd -f -p 8080 -h www & wait\"\n  db:\n    \
                image: {box}\n    ports: [\"127.0.0.1:{db}:9000\"]\n    \
                command: sh -c \"trap 'echo bye; exit 0' TERM; httpd -f -p 9000 & wait\"\n  migrate:\n    image: {box}\n    command: echo migrated\n";
    let file = file.replace("{box}", image()).replace("{port}", &port.to_string()).replace("{db}", &db_port.to_string());
    // Compose takes the name of the project from the folder.
    let project = format!("instep{}", mark());
    repo.0.file(".env", format!("COMPOSE_PROJECT_NAME={project}\n"));
    repo.0.file("compose.yaml", &file);
    let left = || {
        let filter = format!("label=com.docker.compose.project={project}");
        let list = |args: &[&str]| Command::new("docker").args(args).args(["--quiet", "--filter", &filter]).output().unwrap().stdout;
        [list(&["ps", "--all"]), list(&["network", "ls"])].concat()
    };
    let run = repo.ready(&[]);
    let err = repo.log("err");
    for row in [
        "✓ migrate  done ".to_owned(),
        format!("✓ web      ready  http://127.0.0.1:{port}"),
        format!("✓ db       ready  127.0.0.1:{db_port}"),
    ] {
        assert!(err.contains(&row), "lacks {row}\n{err}");
    }
    assert!(
        err.starts_with(&format!("▸ compose {program} --file compose.yaml up\n"))
            && err.contains(&format!("  health, ready  http://127.0.0.1:{port}/health\n")),
        "{err}"
    );
    repo.run(&["--status"]).code(0).prints(&format!("hello runs  http://127.0.0.1:{port}"));
    run.signal("-TERM");
    assert_eq!(run.end(), 143);
    let (out, err) = (repo.log("out"), repo.log("err"));
    assert!(out.contains("migrate │ migrated\n") && out.contains("db      │ bye\n"), "{out}");
    assert!(err.contains("▸ stopping web and db (again to kill)\n") && err.contains("✓ db stopped\n") && !err.contains("warning"), "{err}");
    assert_eq!(left(), b"");

    repo.run(&["--exec", "sh", "-c", "busybox wget -q -O - $TARGET_URL/health; exit 4"]).code(4).prints("ok\n");
    repo.0.file("compose.yaml", file.replace("image", "picture"));
    repo.run(&[]).code(1).says(&format!("error: `{program} up` failed: exit code ")).says("picture");
    assert_eq!(left(), b"");
}

/// A namespace with a service `payments`; deleted at the end.
struct Remote {
    kubectl: Vec<String>,
    namespace: String,
}

impl Remote {
    fn new(config: &str, context: &str) -> Self {
        let namespace = format!("instep-test-forward-{}", mark());
        let kubectl = ["--kubeconfig", config, "--context", context, "--namespace", &namespace].map(str::to_owned).to_vec();
        let remote = Self { kubectl, namespace };
        remote.kubectl(&["create", "namespace", &remote.namespace]);
        let serve = "mkdir -p /srv/www; echo paid > /srv/www/health; exec httpd -f -p 8080 -h /srv/www";
        remote.kubectl(&["create", "deployment", "payments", "--image", image(), "--", "sh", "-c", serve]);
        remote.kubectl(&["expose", "deployment", "payments", "--port", "80", "--target-port", "8080"]);
        remote.kubectl(&["rollout", "status", "deployment/payments", "--timeout=60s"]);
        remote
    }

    fn kubectl(&self, args: &[&str]) {
        let output = Command::new("kubectl").args(&self.kubectl).args(args).output().unwrap();
        assert!(output.status.success(), "kubectl {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        drop(Command::new("kubectl").args(&self.kubectl).args(["delete", "namespace", &self.namespace, "--wait=false"]).output());
    }
}

#[test]
fn a_service_of_an_environment_is_reached_and_reached_again() {
    let Some((config, context)) = support::cluster() else { return };
    let remote = Remote::new(&config, &context);
    let port = free_port();
    let mut repo = Repo::new(
        port,
        &format!(
            "run = \"echo $PAYMENTS_URL > where; mkdir -p www; echo ok > www/health; exec busybox httpd -f -p $PORT -h www\"\n\
             [run-local.forward]\nPAYMENTS_URL = {{ environment = \"staging\", service = \"payments\", port = 80 }}\n\
             [environments.staging]\ncontext = \"{context}\"\nnamespace = \"{}\"\n",
            remote.namespace
        ),
    );
    repo.0.env("KUBECONFIG", &config);
    let run = repo.ready(&[]);
    let url = repo.0.read("where");
    let there: u16 = url.trim().rsplit(':').next().unwrap().parse().unwrap();
    assert_eq!(ask(there, "/health"), "paid", "{url}{}", repo.log("err"));
    remote.kubectl(&["delete", "pod", "--selector", "app=payments", "--grace-period=1"]);
    remote.kubectl(&["rollout", "status", "deployment/payments", "--timeout=60s"]);
    wait_until("it is reached again", LIMIT, || ask(there, "/health") == "paid");
    run.signal("-INT");
    assert_eq!(run.end(), 130);
    assert!(repo.log("err").contains("the way to payments is open again"), "{}", repo.log("err"));
    assert!(TcpListener::bind(("127.0.0.1", there)).is_ok());
    repo.0.file("instep.toml", repo.0.read("instep.toml") + "protected = true\n");
    repo.run(&[]).code(2).says("error: run-local takes nothing from `staging`, which is protected\n").says("instep.toml:7:");
}

#[test]
fn a_local_prometheus_scrapes_the_service_or_a_hint_says_how_to_get_one() {
    let port = free_port();
    let text = serve("x").replace("; busybox", "; echo 'things_total 7' > www/metrics; exec busybox").replace("; : x", "");
    let mut repo = Repo::of(port, &format!("metrics = true\n{text}"));
    if support::available(Command::new("prometheus").arg("--version").output().is_ok(), "prometheus") {
        let run = repo.ready(&[]);
        let err = repo.log("err");
        assert!(err.contains(&format!("▸ prometheus scrapes 127.0.0.1:{port}/metrics every 2 s\n")), "{err}");
        let row = err.lines().find(|line| line.contains("✓ prometheus  ready  http://127.0.0.1:")).unwrap_or_else(|| panic!("{err}"));
        let there: u16 = row.split("127.0.0.1:").nth(1).unwrap().split_whitespace().next().unwrap().parse().unwrap();
        wait_until("it was scraped", LIMIT, || ask(there, "/api/v1/query?query=things_total").contains("\"7\""));
        run.signal("-INT");
        assert_eq!(run.end(), 130);
        assert!(TcpListener::bind(("127.0.0.1", there)).is_ok());
    }
    for name in ["sh", "mkdir", "busybox"] {
        let bin = repo.0.root().join("bin");
        std::fs::create_dir_all(&bin).unwrap();
        drop(std::os::unix::fs::symlink(format!("/bin/{name}"), bin.join(name)));
    }
    let bin = repo.0.root().join("bin").display().to_string();
    repo.0.env("PATH", bin);
    let run = repo.ready(&[]);
    run.signal("-INT");
    assert_eq!(run.end(), 130);
    let err = repo.log("err");
    assert!(err.contains("`prometheus` is not installed") && err.contains("`sudo apt-get install prometheus`"), "{err}");
}

/// Its own session, its parent gone: only its environment tells whose it is.
#[test]
fn a_daemon_that_the_service_left_is_ended_too() {
    let port = free_port();
    let repo = Repo::of(port, &serve("x").replace("httpd -f -p", "httpd -p").replace("; : x", "; sleep 300"));
    repo.run(&["--exec", "true"]).code(0).says("✓ hello stopped\n").says("  ended 1 process that hello had left behind\n");
    assert!(TcpListener::bind(("127.0.0.1", port)).is_ok());
}

#[test]
fn keys_restart_filter_open_and_stop() {
    if !engine() {
        return;
    }
    let (port, mark) = (free_port(), mark());
    let text = format!("{}\n[workloads.mailer]\nlocal = \"while true; do echo mail; sleep 0.2; done\"\n{}", serve(&mark), db(5432));
    let repo = Repo::new(port, &text.replace("; busybox", "; echo begun; busybox"));
    repo.0.program("xdg-open", "#!/bin/sh\necho \"$1\" > opened\n");
    let mut terminal = Terminal::start(&repo);
    terminal.until("q stops it");
    terminal.until("mail");
    terminal.0.send("o").unwrap();
    wait_until("it is opened", LIMIT, || repo.0.repo().join("opened").exists());
    assert_eq!(repo.0.read("opened"), format!("http://127.0.0.1:{port}\n"));
    terminal.0.send("l").unwrap();
    terminal.until("lines of hello only");
    std::thread::sleep(Duration::from_millis(300));
    terminal.0.send("r").unwrap();
    terminal.until("is ready again");
    terminal.until("of it instep's)");
    assert!(!terminal.1.contains("after the change"), "nothing was changed: {}", terminal.1);
    let quiet = terminal.1.rsplit("lines of hello only").next().unwrap().to_owned();
    assert!(quiet.contains("begun") && !quiet.contains("mail\r"), "{quiet}");
    terminal.0.send("q").unwrap();
    let (status, text) = terminal.end();
    assert!(status.contains(", 0)") && text.contains("hello stopped"), "{status}{text}");
    assert_eq!(count_processes(&mark), 0);
}

#[test]
fn ready_may_be_a_port_a_line_or_a_command() {
    let serve = serve("x").replace("; busybox", "; sleep 0.3; touch begun; echo it has begun; exec busybox").replace("; : x", "");
    for ready in ["tcp = true", "log = \"has begun\"", "command = \"test -f begun\"", "path = \"/health\""] {
        let repo = Repo::of(free_port(), &format!("ready = {{ {ready} }}\n{serve}"));
        repo.run(&["--exec", "sh", "-c", "ls begun"]).code(0).stdout("begun\n").says("✓ hello is ready (");
    }
    for (ready, why) in [
        ("tcp = true", "nothing listens on port "),
        ("log = \"no\"", "it has not written `no`"),
        ("command = \"exit 7\"", "fails: exit code 7"),
    ] {
        let repo = Repo::of(free_port(), &format!("ready-within = \"500ms\"\nready = {{ {ready} }}\nrun = \"sleep 60\""));
        repo.run(&[]).code(4).says("error: hello was not ready within [TIME]\n").says(why).says("instep.toml:6:9\n");
    }
    let repo = Repo::of(free_port(), "ready = { tcp = true, log = \"x\" }\nrun = \"true\"");
    repo.run(&[]).code(2).says("`run-local.ready` needs one of command, log, path and tcp, and has 2");
}
