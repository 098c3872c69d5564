//! `docker-build` with contexts and engines that do not do what they should: one clear error, the right
//! exit code, nothing left behind.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::docker::{Repo, SMALL, WITH_SHELL, docker_sh};
use support::proxy::Proxy;
use support::{INSTEP, wait_until};

/// The names of an image's files, as bytes with escapes.
fn names(image: &str) -> String {
    docker_sh(&format!("id=$(docker create {image} x) && docker export $id | tar --quoting-style=escape -t; docker rm $id >/dev/null"))
}

#[test]
fn sockets_loops_and_strange_names_are_no_trouble() {
    if !support::engine() {
        return;
    }
    let mut repo = Repo::new("FROM scratch\nCOPY . /\n");
    let dir = repo.world.repo();
    std::fs::remove_file(dir.join("busybox")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(dir.join("socket")).unwrap();
    docker_sh(&format!("mkfifo {}", dir.join("pipe").display()));
    symlink("loop2", dir.join("loop1")).unwrap();
    symlink("loop1", dir.join("loop2")).unwrap();
    symlink("..", dir.join("up")).unwrap();
    symlink("/nowhere", dir.join("dangling")).unwrap();
    std::fs::write(dir.join("new\nline"), "1").unwrap();
    std::fs::write(dir.join(OsStr::from_bytes(b"latin\xe9")), "1").unwrap();
    std::fs::create_dir(dir.join("empty")).unwrap();
    for builder in ["1", "0"] {
        repo.world.env("DOCKER_BUILDKIT", builder);
        repo.world.run(["docker-build", "--force"]).code(0);
        let names = names(&repo.image());
        let lines: Vec<&str> = names.lines().collect();
        for there in ["new\\nline", "latin\\351", "loop1", "loop2", "up", "dangling", "empty/"] {
            assert!(lines.contains(&there), "{builder}: {there} in {lines:?}");
        }
        assert!(!lines.contains(&"socket") && !lines.contains(&"pipe"), "{builder}: {lines:?}");
    }
    repo.world.run(["docker-build"]).code(0).says("  nothing changed: ");
}

#[test]
fn a_file_that_cannot_be_read_is_named_before_anything_is_sent() {
    if !support::engine() || !support::available(!docker_sh("command -v setpriv").is_empty(), "setpriv") {
        return;
    }
    let repo = Repo::new(SMALL);
    let proxy = Proxy::start(&repo.world.root());
    repo.world.file("private/key", "1");
    let root = repo.world.root();
    docker_sh(&format!(
        "chown -R 65534:65534 {0}; chmod 000 {0}/repo/private/key; git config --global --get safe.directory",
        root.display()
    ));
    let run = || {
        let mut command = repo.world.command("setpriv", &repo.world.repo());
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", INSTEP, "docker-build"]).env("DOCKER_HOST", proxy.url());
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, said) = run();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("error: can't read private/key for the build: Permission denied"), "{said}");
    assert!(said.contains("help: make it readable, or leave it out with a line in .dockerignore"), "{said}");
    std::fs::set_permissions(root.join("repo/private"), std::fs::Permissions::from_mode(0o000)).unwrap();
    let (code, said) = run();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("error: can't read private for the build: Permission denied"), "{said}");
    assert!(!proxy.requests().iter().any(|line| line.starts_with("POST ")), "{:?}", proxy.requests());
    repo.world.file(".dockerignore", "private\n");
    let (code, said) = run();
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn an_engine_that_is_cut_off_in_the_middle_is_said_and_a_rerun_works() {
    if !support::engine() {
        return;
    }
    let marker = format!("cut-{}", std::process::id());
    let mut repo = Repo::new(&format!("{WITH_SHELL}RUN sleep 30; : {marker}\n"));
    for (builder, number) in [("1", 1), ("0", 2)] {
        let proxy = Proxy::start(&{
            let dir = repo.world.root().join(format!("proxy{number}"));
            std::fs::create_dir(&dir).unwrap();
            dir
        });
        repo.world.env("DOCKER_BUILDKIT", builder).env("DOCKER_HOST", proxy.url());
        let running = || support::count_processes(&format!("sleep 30; : {marker}")) > 0;
        let child = repo.world.command(INSTEP, &repo.world.repo()).arg("docker-build").stderr(Stdio::piped()).spawn().unwrap();
        wait_until("the step runs", Duration::from_secs(60), running);
        let begin = Instant::now();
        proxy.cut();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
        assert!(said.contains("note: the connection to the engine broke; it may have stopped or been restarted"), "{said}");
        assert_eq!(said.matches("error: ").count(), 1, "{said}");
        wait_until("the step is gone", Duration::from_secs(20), || !running());
        assert_eq!(docker_sh(&format!("docker images --quiet {}", repo.repository)), "");
    }
    repo.world.file("Dockerfile", WITH_SHELL);
    repo.world.env("DOCKER_HOST", "").run(["docker-build"]).code(0);
}

#[test]
fn a_full_disk_here_is_no_reason_to_lose_a_build_and_over_there_is_said() {
    if !support::engine() {
        return;
    }
    // Here: what instep would remember can't be written.
    let repo = Repo::new(SMALL);
    let state = repo.world.repo().join(".instep/state");
    std::fs::create_dir_all(&state).unwrap();
    if Command::new("mount").args(["-t", "tmpfs", "-o", "size=4k", "tmpfs"]).arg(&state).status().is_ok_and(|status| status.success()) {
        docker_sh(&format!("head -c 100000 /dev/zero > {}/fill", state.display()));
        let ran = repo.world.run(["docker-build"]);
        let push = repo.world.run(["docker-push"]);
        docker_sh(&format!("umount {}", state.display()));
        ran.code(0);
        push.code(1).says("error: can't write ").says("No space left on device");
    }
    // There: a step that fills a small file system of its own.
    let full = Repo::new(&format!("{WITH_SHELL}RUN dd if=/dev/zero of=/dev/shm/x bs=1M count=200\n"));
    let ran = full.world.run(["docker-build"]);
    ran.code(1).says("error: step 3/3 ended with exit code 1").says("No space left on device").says("Dockerfile:4:1");
}

#[test]
fn several_platforms_need_buildx_and_say_so() {
    if !support::engine() {
        return;
    }
    let repo = Repo::new(SMALL);
    repo.world
        .program("docker", "#!/bin/sh\ncase $1 in buildx) echo 'docker: unknown command: docker buildx' >&2; exit 1;; esac\nexit 9\n");
    let toml = repo.world.read("instep.toml");
    repo.world.file("instep.toml", format!("{toml}platforms = [\"linux/amd64\", \"linux/arm64\"]\n"));
    let ran = repo.world.run(["docker-build", "--push"]);
    ran.code(7).says("error: an image for several platforms (linux/amd64, linux/arm64) needs the buildx plugin of the docker program");
    repo.world.run(["docker-build"]).code(2).says("error: an image for several platforms fits into no engine").says("docker-build --push");
    let script = repo.world.run(["docker-build", "--push", "--dry-run"]).code(0).out();
    assert!(!script.contains("docker push"), "{script}");
    assert!(script.contains("docker buildx build") && script.contains("--platform 'linux/amd64,linux/arm64' --push ."), "{script}");
}

#[test]
fn the_docker_program_can_build_instead() {
    if !support::engine() {
        return;
    }
    let mut repo = Repo::new(&format!("{SMALL}ARG VERSION\nENV VERSION=$VERSION\n"));
    let toml = repo.world.read("instep.toml");
    repo.world.file("instep.toml", format!("{toml}builder = \"docker\"\n"));
    repo.world.commit("second");
    let image = format!("{}:0.0.0-2.g{}", repo.repository, &repo.commit()[..7]);
    repo.world.env("DOCKER_BUILDKIT", "0");
    repo.world.run(["docker-build"]).code(0).stdout(&format!("{image}\n")).says("  │ Step 2/").says("Successfully built");
    repo.world.run(["docker-build"]).code(0).says("  nothing changed: ");
    repo.world.file("Dockerfile", "FROM scratch\nCOPY nothing /\n");
    let ran = repo.world.run(["docker-build"]);
    ran.code(1).says("error: the docker program could not build the image").says("note: its last words:").says("it was run as: ");
}

/// A docker program that builds with BuildKit; newer ones need the buildx plugin for that.
fn with_buildkit() -> String {
    let each = "DOCKER_BUILDKIT=1 $d build --help 2>/dev/null | grep -q -e --secret && echo $d && break";
    docker_sh(&format!("for d in $(IFS=:; for p in $PATH; do echo $p/docker; done); do {each}; done"))
}

#[test]
fn the_docker_program_gets_a_secret_that_a_program_was_asked_for() {
    let docker = with_buildkit();
    if !support::engine() || !support::available(!docker.is_empty(), "a docker program with BuildKit") {
        return;
    }
    let repo = Repo::new(&format!(
        "{WITH_SHELL}RUN --mount=type=secret,id=npm-token cat /run/secrets/npm-token && cat /run/secrets/npm-token > /got\n"
    ));
    let toml = repo.world.read("instep.toml");
    let secret = "build-secrets = { npm-token = { command = [\"sh\", \"-c\", \"echo its value; echo of two lines\"] } }";
    repo.world.file("instep.toml", format!("{toml}builder = \"docker\"\n{secret}\n"));
    repo.world.program("docker", &format!("#!/bin/sh\nexec {docker} \"$@\"\n"));
    let ran = repo.world.run(["docker-build", "--no-cache"]);
    assert!(!ran.code(0).err().contains("its value"), "{ran:?}");
    let got = || docker_sh(&format!("docker run --rm {} /bin/cat /got", ran.out().trim()));
    assert_eq!(got(), "its value\nof two lines");
    let script = repo.world.run(["docker-build", "--dry-run"]);
    script.code(0).prints("INSTEP_SECRET_1=\"$(sh -c 'echo its value; echo of two lines')\" && export INSTEP_SECRET_1\n");
    docker_sh(&format!("docker rmi --force {}", ran.out().trim()));
    let again = repo.world.command("sh", &repo.world.repo()).args(["-ec", &String::from_utf8_lossy(script.bytes())]).output().unwrap();
    assert!(again.status.success(), "{again:?}");
    assert_eq!(got(), "its value\nof two lines");
}

/// Podman's API socket, with a store of its own.
struct Podman {
    child: std::process::Child,
    dir: tempfile::TempDir,
}

impl Drop for Podman {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn podman_builds_through_its_api_socket() {
    if !support::available(!docker_sh("command -v podman").is_empty(), "podman") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    let socket = format!("unix://{}", path("podman.sock"));
    let args = ["--root", &path("root"), "--runroot", &path("run"), "--storage-driver", "vfs", "system", "service", "--time=120", &socket];
    let child = Command::new("podman").args(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let podman = Podman { child, dir };
    wait_until("podman listens", Duration::from_secs(20), || podman.dir.path().join("podman.sock").exists());
    let mut repo = Repo::new(&format!("{SMALL}ENV A=1\n"));
    repo.world.env("DOCKER_HOST", &socket);
    let ran = repo.world.run(["docker-build", "-v"]);
    ran.code(0).stdout(&format!("{}\n", repo.image())).says("Podman ").says("✓ 2/3 COPY busybox /bin/busybox [TIME]\n");
    repo.world.run(["docker-build"]).code(0).says("  nothing changed: ");
    repo.world.file("Dockerfile", format!("{SMALL}COPY nothing /\n"));
    repo.world.run(["docker-build"]).code(1).says("error: step 3 failed: ").says("Dockerfile:3:1");
}
