//! `./instepw`: the script that gets the pinned instep, run by real shells against a real HTTP server.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]
mod support;

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use support::server::Server;
use support::{INSTEP, Ran, World};

fn sha256(file: &str) -> String {
    let output = Command::new("sha256sum").arg(file).output().unwrap();
    String::from_utf8(output.stdout).unwrap().split(' ').next().unwrap().to_owned()
}

/// Serves these bytes under any address of version 0.1.0 for this platform.
fn serving(bytes: Vec<u8>) -> Server {
    let bytes = Arc::new(bytes);
    Server::new(move |line, stream| {
        let found = line.starts_with("GET /0.1.0/instep-linux-");
        let (status, body): (_, &[u8]) = if found { ("200 OK", &bytes) } else { ("404 Not Found", b"") };
        let _ = write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
        let _ = stream.write_all(body);
    })
}

/// A stand-in that says how it was called: a shell script is a program, too.
const FAKE: &[u8] = b"#!/bin/sh\necho \"instep at ${0##*/} got $# words: $*\"\nexit 3\n";

fn platform() -> &'static str {
    if cfg!(target_arch = "aarch64") { "linux-arm64" } else { "linux-amd64" }
}

/// A repo that pins what the server serves.
fn pinned(url: &str, sum: &str) -> World {
    let mut world = World::with("");
    let wrapper = format!("[ci.wrapper]\nurl = \"{url}/{{version}}/instep-{{platform}}\"\nsha256 = {{ {} = \"{sum}\" }}\n", platform());
    world.file("instep.toml", format!("minimum-version = \"0.1.0\"\n{wrapper}"));
    world.env("XDG_CACHE_HOME", world.root().join("cache").display().to_string());
    write(&world);
    world
}

fn write(world: &World) {
    let file = world.file("instepw", world.run(["ci", "--print", "wrapper"]).code(0).bytes());
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn wrapper(world: &World, shell: &[&str], args: &[&str]) -> Ran {
    let mut command = world.command(shell[0], &world.repo());
    command.args(&shell[1..]).arg("./instepw").args(args).stdin(Stdio::null());
    Ran::of(command.output().unwrap(), world)
}

/// What lies in the cache, below the folder of the pinned version.
fn cached(world: &World) -> Vec<String> {
    let bin = world.root().join("cache/instep/bin");
    let folders = std::fs::read_dir(bin).into_iter().flatten().flatten();
    let files = folders.flat_map(|folder| std::fs::read_dir(folder.path()).unwrap()).flatten();
    files.map(|file| file.file_name().to_string_lossy().into_owned()).collect()
}

fn fake() -> (Server, String) {
    let world = World::new();
    let file = world.file("fake", FAKE);
    (serving(FAKE.to_vec()), sha256(&file.display().to_string()))
}

#[test]
fn it_runs_the_pinned_instep_in_every_shell() {
    let server = serving(std::fs::read(INSTEP).unwrap());
    let world = pinned(&server.url, &sha256(INSTEP));
    world.file("instep.toml", world.read("instep.toml") + "[tasks.hello]\nrun = \"echo hello; instep --version\"\n");
    let ran = wrapper(&world, &["dash"], &["hello"]);
    let said = format!("instepw: fetching instep 0.1.0 for {}\n", platform());
    ran.code(0).stdout(&format!("hello\ninstep {}\n", env!("CARGO_PKG_VERSION"))).says(&said);
    assert_eq!(cached(&world), ["instep"]);
    for shell in [&["bash", "--posix"][..], &["busybox", "sh"]] {
        let ran = wrapper(&world, shell, &["hello"]);
        ran.code(0).prints("hello\n");
        assert!(!ran.err().contains("fetching"), "{ran:?}");
    }
    assert_eq!(server.requests().len(), 1);
    // From a folder below, as instep itself.
    world.file("sub/x", "");
    let mut command = world.command("../instepw", &world.repo().join("sub"));
    assert!(Ran::of(command.arg("hello").output().unwrap(), &world).out().starts_with("hello\n"));
}

#[test]
fn arguments_and_the_exit_code_pass_through_as_they_are() {
    let (server, sum) = fake();
    let world = pinned(&server.url, &sum);
    wrapper(&world, &["sh"], &["job", "a b", "", "--", "*"]).code(3).stdout("instep at instep got 5 words: job a b  -- *\n");
    // Whatever there is to fetch with.
    for (fetcher, other) in [("curl", "wget"), ("wget", "curl")] {
        std::fs::remove_dir_all(world.root().join("cache")).unwrap();
        let bin = only(&world, fetcher);
        let mut command = world.command("/bin/sh", &world.repo());
        let ran = Ran::of(command.arg("./instepw").env("PATH", &bin).output().unwrap(), &world);
        ran.code(3).stdout("instep at instep got 0 words: \n");
        assert!(!bin.join(other).exists());
    }
    std::fs::remove_dir_all(world.root().join("cache")).unwrap();
    let mut command = world.command("/bin/sh", &world.repo());
    let ran = Ran::of(command.arg("./instepw").env("PATH", only(&world, "ls")).output().unwrap(), &world);
    ran.code(7).says("instepw: neither curl nor wget is installed\n");
    assert_eq!(cached(&world), [""; 0]);
}

/// A folder with this program and the few that the script needs.
fn only(world: &World, program: &str) -> PathBuf {
    let bin = world.root().join(format!("only-{program}"));
    std::fs::create_dir_all(&bin).unwrap();
    for name in ["chmod", "cut", "mkdir", "mktemp", "mv", "rm", "sh", "sha256sum", "uname", program] {
        let output = Command::new("sh").args(["-c", &format!("command -v {name}")]).output().unwrap();
        let path = String::from_utf8(output.stdout).unwrap();
        let _ = std::os::unix::fs::symlink(path.trim(), bin.join(name));
    }
    bin
}

#[test]
fn what_is_not_what_was_pinned_is_never_run() {
    let (server, _) = fake();
    let wrong = "1".repeat(64);
    let world = pinned(&server.url, &wrong);
    let ran = wrapper(&world, &["sh"], &["--version"]);
    ran.code(6)
        .stdout("")
        .says(&format!("/0.1.0/instep-{} is not what was pinned: its sha256 is ", platform()))
        .says(&format!(", not {wrong}\n"));
    assert_eq!(cached(&world), [""; 0]);
    // What somebody put into the cache is fetched anew.
    let (server, sum) = fake();
    let world = pinned(&server.url, &sum);
    wrapper(&world, &["sh"], &[]).code(3);
    let program = world.root().join(format!("cache/instep/bin/0.1.0-{}/instep", &sum[..12]));
    std::fs::write(&program, "#!/bin/sh\necho evil\n").unwrap();
    wrapper(&world, &["sh"], &[]).code(3).prints("instep at instep").says("fetching");
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn without_a_server_the_cached_one_runs_and_else_it_says_so() {
    let (server, sum) = fake();
    let world = pinned(&server.url, &sum);
    wrapper(&world, &["sh"], &[]).code(3);
    // Nobody listens on port 9.
    world.file("instepw", world.read("instepw").replace(&server.url, "http://127.0.0.1:9"));
    wrapper(&world, &["sh"], &["x"]).code(3).stdout("instep at instep got 1 words: x\n").stderr("");
    std::fs::remove_dir_all(world.root().join("cache")).unwrap();
    let ran = wrapper(&world, &["sh"], &["x"]);
    ran.code(1).stdout("").says(&format!("instepw: http://127.0.0.1:9/0.1.0/instep-{} can't be fetched\n", platform()));
    assert_eq!(cached(&world), [""; 0]);
    // A server that has no such version.
    world.file("instepw", world.read("instepw").replace("http://127.0.0.1:9/0.1.0", &format!("{}/0.2.0", server.url)));
    wrapper(&world, &["sh"], &["x"]).code(1).says("can't be fetched\n");
    assert_eq!(cached(&world), [""; 0]);
}

#[test]
fn a_platform_without_a_checksum_is_named() {
    let (server, sum) = fake();
    let world = pinned(&server.url, &sum);
    world.program("uname", "#!/bin/sh\ncase $1 in -s) echo Darwin ;; *) echo arm64 ;; esac\n");
    let ran = wrapper(&world, &["sh"], &[]);
    ran.code(7).says("instepw: no checksum of instep 0.1.0 for darwin-arm64 is known: add it to [ci.wrapper] in instep.toml");
    world.program("uname", "#!/bin/sh\ncase $1 in -s) echo Plan9 ;; *) echo mips ;; esac\n");
    wrapper(&world, &["sh"], &[]).code(7).stderr("instepw: there is no instep for Plan9 on mips\n");
    assert!(server.requests().is_empty());
}

#[test]
fn many_at_once_run_whole_programs() {
    let (server, sum) = fake();
    let world = pinned(&server.url, &sum);
    let start = |_| {
        let mut command = world.command("./instepw", &world.repo());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<_> = (0..8).map(start).collect();
    for child in children {
        let output: Output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(3), &b"instep at instep got 0 words: \n"[..]), "{output:?}");
    }
    assert_eq!(cached(&world), ["instep"]);
}

#[test]
fn a_download_that_breaks_off_leaves_nothing() {
    let server = Server::new(|_, stream| {
        let _ = write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\nconnection: close\r\n\r\n#!/bin/sh\necho half\n");
    });
    let world = pinned(&server.url, &"1".repeat(64));
    wrapper(&world, &["sh"], &[]).code(1).stdout("").says("can't be fetched\n");
    assert_eq!(cached(&world), [""; 0]);
}

#[test]
fn the_script_has_no_fault_that_shellcheck_knows() {
    if !support::available(Command::new("shellcheck").arg("--version").output().is_ok(), "shellcheck") {
        return;
    }
    let world = pinned("https://downloads.example.com", &"1".repeat(64));
    let ran = Ran::of(world.command("shellcheck", &world.repo()).arg("instepw").output().unwrap(), &world);
    ran.code(0).stdout("");
}

#[test]
fn ci_files_call_it_and_the_doctor_tells_when_it_has_drifted() {
    let world = pinned("https://downloads.example.com", &"1".repeat(64));
    world.run(["ci", "--print", "travis"]).code(0).prints("script: ./instepw ci\n");
    world.run(["doctor"]).prints("✓ instepw  pins instep 0.1.0\n");
    world.file(".travis.yml", "git: { depth: false }\nscript: instep ci\n");
    world.run(["doctor"]).prints("– .travis.yml  calls instep ci, but not by ./instepw: it may be another version than the pinned one\n");

    let toml = world.read("instep.toml");
    world.file("instep.toml", toml.replace("1111111", "2222222"));
    let ran = world.run(["doctor"]);
    ran.prints("– instepw  is not what [ci.wrapper] asks for\n    instep ci --print wrapper >instepw && chmod +x instepw\n");
    world.file("instep.toml", toml.replace("\"0.1.0\"", "\"0.0.9\""));
    world.run(["doctor"]).prints("– instepw  pins instep 0.1.0, and minimum-version is 0.0.9\n");
    // Where the file asks for none, any version will do.
    world.file("instep.toml", toml.replace("minimum-version = \"0.1.0\"\n", ""));
    world.file("instepw", world.read("instepw").replace("0.1.0", "0.0.7"));
    world.run(["doctor"]).prints("✓ instepw  pins instep 0.0.7\n");
    std::fs::set_permissions(world.repo().join("instepw"), std::fs::Permissions::from_mode(0o644)).unwrap();
    world.run(["doctor"]).prints("– instepw  can't be run: it is not executable\n");
}

#[test]
fn what_it_needs_is_asked_for_and_checked() {
    let world = World::with("[service]\nname = \"users\"\n");
    world.run(["ci", "--print", "wrapper"]).code(2).stdout("").says("nobody says where ./instepw gets instep from").says("[ci.wrapper]\n");
    for (line, said) in [
        ("url = \"https://x/$(id)\"", "`https://x/$(id)` is not an address to load a program from"),
        ("url = \"ftp://x/instep\"", "is not an address to load a program from"),
        ("url = \"https://x/i\"\nsha256 = { linux-amd64 = \"12ab\" }", "`12ab` is not a SHA-256"),
        ("url = \"https://x/i\"\nsha256 = { windows = \"12ab\" }", "there is no platform `windows`"),
        ("url = \"https://x/i\"", "sha256"),
    ] {
        let world = World::with(&format!("[ci.wrapper]\n{line}\n"));
        world.run(["ci", "--print", "wrapper"]).code(2).stdout("").says(said).says("instep.toml:");
    }
}
