//! `.dockerignore` as the docker program and BuildKit understand it: generated patterns over a tree of
//! awkward names, held against both. `INSTEP_TEST_CASES=1000` for more of them.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test runs programs, waits, and fails by panicking"
)]

mod support;

use std::collections::BTreeSet;
use std::io::{Read, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use support::docker::{Repo, docker_sh, files};
use support::{INSTEP, World};

const FILES: [&str; 34] = [
    "a",
    "b",
    "ab",
    "abc",
    "a.txt",
    "b.txt",
    ".hidden",
    "!x",
    "#x",
    "a b",
    " lead",
    "é",
    "[z]",
    "x*y",
    "dir/a",
    "dir/b.txt",
    "dir/sub/a",
    "dir/sub/c.txt",
    "dir/sub/deep/a",
    "dir2/a",
    "dir2/.hidden",
    "a.d/a",
    "a.d/b/c",
    "foo/bar",
    "foo/x/bar",
    "foobar/q",
    "Xfoo/a",
    "sub/foo",
    "sub/dir/a",
    "sub/dir/b.txt",
    "keep/keep.txt",
    "keep/no/keep.txt",
    "A",
    "Dir/a",
];

const PARTS: [&str; 30] = [
    "a", "b", "ab", "dir", "sub", "foo", "*", "*.txt", "?", "??", "**", "[ab]", "[^a]", "[a-c]*", "a*", "*b", "\\!x", "#x", "keep",
    "keep.txt", "deep", ".hidden", ".*", "..", ".", "é", "a\\b", "a b", "foo*", "x\\*y",
];

/// Numbers that look random and are the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides
    }

    fn pattern(&mut self) -> String {
        let parts: Vec<&str> = (0..=self.roll(3)).map(|_| PARTS[self.roll(PARTS.len())]).collect();
        let glue = if self.roll(12) == 0 { "" } else { "/" };
        let mut pattern = parts.join(glue);
        match self.roll(10) {
            0 => pattern.insert(0, '/'),
            1 => pattern.push('/'),
            2 => pattern.insert_str(0, "./"),
            3 => pattern.insert_str(0, "**/"),
            4 => pattern.push_str("/**"),
            5 => pattern.insert_str(0, "  "),
            _ => {}
        }
        if self.roll(3) == 0 { format!("!{pattern}") } else { pattern }
    }

    fn file(&mut self) -> String {
        (0..=self.roll(5)).map(|_| self.pattern() + if self.roll(15) == 0 { "\r\n" } else { "\n" }).collect()
    }
}

fn tree() -> World {
    let world = World::with(
        "[service]\nname = \"a\"\n[image]\nrepository = \"r.example.com/a\"\ncontext = \"ctx\"\ndockerfile = \"ctx/Dockerfile\"\n",
    );
    for file in FILES {
        world.file(&format!("ctx/{file}"), "1");
    }
    world.file("ctx/Dockerfile", "FROM scratch\nCOPY . /\n");
    world
}

/// An engine that keeps the names in the tar of a build, and builds nothing.
fn listener(world: &World) -> (String, Arc<Mutex<Option<BTreeSet<String>>>>) {
    let path = world.root().join("tar.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let names = Arc::new(Mutex::new(None));
    let kept = names.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let kept = kept.clone();
            std::thread::spawn(move || answer(stream, &kept));
        }
    });
    (format!("unix://{}", path.display()), names)
}

fn answer(mut stream: UnixStream, kept: &Mutex<Option<BTreeSet<String>>>) {
    loop {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            if stream.read(&mut byte).unwrap_or(0) == 0 {
                return;
            }
            head.push(byte[0]);
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        if head.starts_with("POST") && head.contains("/build?") {
            let names = tar::Archive::new(Chunks { stream: stream.try_clone().unwrap(), left: 0 });
            *kept.lock().unwrap() = Some(listing(names));
            let _ = stream.write_all(b"HTTP/1.1 500 No\r\nConnection: close\r\nContent-Length: 15\r\n\r\n{\"message\":\"-\"}");
            return;
        }
        let status = if head.contains("/images/") { "404 Not Found" } else { "200 OK" };
        let version = "Api-Version: 1.41\r\nOSType: linux\r\nContent-Type: application/json";
        let length = if head.starts_with("HEAD") { "" } else { "{\"message\":\"-\"}" };
        let _ = write!(stream, "HTTP/1.1 {status}\r\n{version}\r\nContent-Length: {}\r\n\r\n{length}", length.len());
    }
}

fn listing(mut archive: tar::Archive<impl Read>) -> BTreeSet<String> {
    let entries = archive.entries().unwrap().map(|entry| entry.unwrap());
    let names =
        entries.map(|entry| (entry.header().entry_type().is_dir(), entry.path().unwrap().to_string_lossy().trim_matches('/').to_owned()));
    names.filter(|(dir, _)| !dir).map(|(_, name)| name).collect()
}

/// A body that comes in chunks.
struct Chunks {
    stream: UnixStream,
    left: usize,
}

impl Read for Chunks {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.left == 0 {
            let mut line = Vec::new();
            let mut byte = [0];
            while !line.ends_with(b"\r\n") || line.len() == 2 {
                if line == b"\r\n" {
                    line.clear();
                }
                if self.stream.read(&mut byte)? == 0 {
                    return Ok(0);
                }
                line.push(byte[0]);
            }
            self.left = usize::from_str_radix(String::from_utf8_lossy(&line).trim(), 16).unwrap_or(0);
            if self.left == 0 {
                return Ok(0);
            }
        }
        let room = buffer.len().min(self.left);
        let n = self.stream.read(&mut buffer[..room])?;
        self.left -= n;
        Ok(n)
    }
}

fn cases(default: u64) -> u64 {
    std::env::var("INSTEP_TEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Both programs send their tar of a tree; what is in it is compared.
#[test]
fn generated_patterns_mean_what_they_mean_to_the_docker_program() {
    if !support::available(!docker_sh("command -v docker").is_empty(), "docker program") {
        return;
    }
    let mut world = tree();
    let (host, names) = listener(&world);
    world.env("DOCKER_HOST", &host).env("DOCKER_BUILDKIT", "0").env("DOCKER_CLI_HINTS", "false");
    let ctx = world.repo().join("ctx");
    let sent = |program: &str, args: &[&str]| -> Option<BTreeSet<String>> {
        *names.lock().unwrap() = None;
        world.command(program, &world.repo()).args(args).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        names.lock().unwrap().take()
    };
    let (mut compared, mut refused, mut different) = (0, 0, 0);
    for seed in 0..cases(30) {
        let text = Dice(seed.wrapping_mul(7919)).file();
        std::fs::write(ctx.join(".dockerignore"), &text).unwrap();
        let theirs = sent("docker", &["build", "ctx"]);
        let ours = sent(INSTEP, &["docker-build"]);
        match (&theirs, &ours) {
            (None, None) => refused += 1,
            (Some(theirs), Some(ours)) => {
                let theirs: BTreeSet<&String> = theirs.iter().collect();
                let pruned: BTreeSet<&String> = ours.iter().filter(|name| !is_pruned(name, &text)).collect();
                different += usize::from(pruned.len() != ours.len());
                assert_eq!(pruned, theirs, "seed {seed}, .dockerignore: {text:?}");
                compared += 1;
            }
            _ => panic!("one refuses, one does not; seed {seed}, .dockerignore: {text:?}, docker {theirs:?}, instep {ours:?}"),
        }
    }
    eprintln!("{compared} compared, {refused} refused by both, {different} where the docker program prunes");
    assert!(compared > refused && compared > 10);
}

/// What the docker program leaves out though a `!` line keeps it: it does not look into an ignored folder
/// unless a `!` line begins with the folder's name (moby, pkg/archive; moby/moby#30018). BuildKit of today does.
fn is_pruned(name: &str, text: &str) -> bool {
    let ignore = instep::docker::Ignore::parse(text).unwrap();
    let keeps: Vec<String> = text.lines().filter_map(|line| line.trim().strip_prefix('!')).map(|line| clean(line.trim())).collect();
    let folders = name.match_indices('/').map(|(at, _)| &name[..at]);
    let ignored = |folder: &str| {
        let ends = folder.match_indices('/').map(|(at, _)| at).chain([folder.len()]);
        ends.fold((false, ignore.top()), |(_, above), end| ignore.look(&folder[..end], &above)).0
    };
    folders.into_iter().any(|folder| ignored(folder) && !keeps.iter().any(|keep| format!("{keep}/").starts_with(&format!("{folder}/"))))
}

/// Go's filepath.Clean, and no slash in front.
fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if path.starts_with('/') => {}
            other => parts.push(other),
        }
    }
    parts.join("/")
}

/// The whole way through the live engine: what `COPY .` finds.
#[test]
fn what_copy_finds_is_what_it_finds_with_buildkit_of_the_docker_program() {
    if !support::engine() {
        return;
    }
    let buildkit = docker_sh("DOCKER_BUILDKIT=1 /usr/bin/docker build --help 2>/dev/null | grep -c -- --secret");
    if !support::available(buildkit == "1", "docker program with BuildKit") {
        return;
    }
    let repo = Repo::new("FROM scratch\nCOPY . /\n");
    for file in FILES {
        repo.world.file(file, "1");
    }
    std::fs::remove_dir_all(repo.world.repo().join(".git")).unwrap();
    let image = format!("{}:0.0.0-0.local", repo.repository);
    let named = |image: &str| -> Vec<String> {
        files(image).iter().map(|line| line.split_whitespace().skip(5).collect::<Vec<_>>().join(" ")).collect()
    };
    for (name, text) in [
        (".dockerignore", "Dockerfile\n.dockerignore\n**/*.txt\n!dir/b.txt\nbusybox"),
        (".dockerignore", "*\n!dir/sub\n!é\n!a b\n"),
        (".dockerignore", "**/a\n!dir2/a\n[b-c]*\n\\!x\n#x\n"),
        ("Dockerfile.dockerignore", "dir\n!dir/sub/a\nbusybox\nfoo**\n"),
    ] {
        repo.world.file(".dockerignore", "a\n");
        repo.world.file(name, text);
        repo.world.run(["docker-build", "-q"]).code(0);
        let ours = named(&image);
        let theirs = format!("{}:theirs", repo.repository);
        let dir = repo.world.repo();
        docker_sh(&format!("cd {} && rm -rf .instep && DOCKER_BUILDKIT=1 /usr/bin/docker build -q -t {theirs} .", dir.display()));
        assert!(ours.len() > 4, "{ours:?}");
        assert_eq!(ours, named(&theirs), "{name}: {text:?}");
    }
}
