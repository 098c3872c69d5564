//! Engines that are elsewhere: behind TLS, behind ssh; and what only buildx can do.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::path::PathBuf;

use support::docker::{Repo, SMALL, WITH_SHELL, docker_sh, inspect};
use support::sshd::Sshd;
use support::{World, tls};

/// A repo, and an engine that trusts the certificate in its `.docker`.
fn behind_tls() -> (Repo, String, PathBuf) {
    let mut repo = Repo::new(&format!("{WITH_SHELL}RUN --mount=type=cache,target=/cache echo a > /cache/a\n"));
    let dir = repo.world.root().join("tls");
    std::fs::create_dir(&dir).unwrap();
    let host = tls::engine(&dir);
    tls::certificate(&dir, "user", "user", "9");
    let config = repo.world.home().join(".docker");
    std::fs::create_dir(&config).unwrap();
    for (from, to) in [("ca.pem", "ca.pem"), ("user.pem", "cert.pem"), ("user.key", "key.pem")] {
        std::fs::copy(dir.join(from), config.join(to)).unwrap();
    }
    repo.world.env("DOCKER_HOST", format!("tcp://{host}"));
    (repo, host, config)
}

#[test]
fn an_engine_behind_tls_builds_with_both_builders_and_pushes() {
    if !support::engine() {
        return;
    }
    let (mut repo, host, _) = behind_tls();
    repo.world.env("DOCKER_TLS_VERIFY", "1");
    repo.world.run(["docker-build", "-v"]).code(0).says(&format!("at tcp://{host}: DOCKER_HOST\n")).says("✓ stage-0 3/3 RUN");
    repo.world.run(["docker-push"]).code(0).prints(&format!("{}@sha256:", repo.repository));
    repo.world.file("Dockerfile", SMALL);
    repo.world.env("DOCKER_BUILDKIT", "0").run(["docker-build"]).code(0).says("✓ 2/2 COPY busybox /bin/busybox [TIME]\n");
    repo.world.run(["docker-build"]).code(0).says("  nothing changed: ");
}

#[test]
fn certificates_that_do_not_fit_are_told_with_what_is_needed() {
    if !support::engine() {
        return;
    }
    let (mut repo, host, config) = behind_tls();
    let help = "help: in DOCKER_CERT_PATH, or in the docker context, must be: ca.pem of its CA, and cert.pem and key.pem of a user";
    repo.world.run(["docker-build"]).code(7).says(&format!("tcp://{host}  DOCKER_HOST ("));
    // The name in the certificate is localhost.
    repo.world.env("DOCKER_TLS_VERIFY", "1");
    let other = format!("tcp://{}", host.replace("localhost", "127.0.0.1"));
    repo.world.run(["docker-build", "--host", &other]).code(7).says("(the certificate is for another name: localhost)").says(help);
    let elsewhere = repo.world.root().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    repo.world.env("DOCKER_CERT_PATH", elsewhere.display().to_string());
    repo.world.run(["docker-build"]).code(7).says("(its certificate can't be checked: [ROOT]/elsewhere/ca.pem is not there)").says(help);
    tls::ca(&elsewhere);
    repo.world.run(["docker-build"]).code(7).says("(its certificate is of no CA that is trusted here)").says(help);
    std::fs::copy(config.join("ca.pem"), elsewhere.join("ca.pem")).unwrap();
    repo.world.run(["docker-build"]).code(7).says("(received fatal alert: CertificateRequired)").says(help);
    std::fs::copy(config.join("key.pem"), elsewhere.join("key.pem")).unwrap();
    repo.world.run(["docker-build"]).code(7).says("elsewhere/cert.pem holds no certificate: ").says(help);
    // Without a check of the engine's certificate.
    std::fs::copy(config.join("cert.pem"), elsewhere.join("cert.pem")).unwrap();
    std::fs::remove_file(elsewhere.join("ca.pem")).unwrap();
    repo.world.env("DOCKER_TLS_VERIFY", "").env("DOCKER_TLS", "1").run(["docker-build"]).code(0);
}

#[test]
fn a_docker_context_brings_its_own_certificates() {
    if !support::engine() {
        return;
    }
    let (mut repo, host, config) = behind_tls();
    repo.world.env("DOCKER_HOST", "");
    let create = |name: &str, more: &str| {
        let made =
            repo.world.command("docker", &repo.world.repo()).args(["context", "create", name, "--docker"]).arg(more).output().unwrap();
        assert!(made.status.success(), "{made:?}");
    };
    let file = |name: &str| config.join(name).display().to_string();
    let user = format!("host=tcp://{host},cert={},key={}", file("cert.pem"), file("key.pem"));
    create("far", &format!("{user},ca={}", file("ca.pem")));
    create("careless", &format!("{user},skip-tls-verify=true"));
    let doctor = format!(" at tcp://{host} (the docker context `far` (DOCKER_CONTEXT))");
    repo.world.env("DOCKER_CONTEXT", "far").run(["doctor"]).prints(&doctor);
    repo.world.run(["docker-build"]).code(0);
    // The docker program is led to the same engine.
    let toml = repo.world.read("instep.toml");
    repo.world.file("Dockerfile", SMALL);
    repo.world.file("instep.toml", format!("{toml}builder = \"docker\"\n"));
    repo.world.env("DOCKER_BUILDKIT", "0").run(["docker-build", "--force"]).code(0).says("Successfully built");
    repo.world.env("DOCKER_CONTEXT", "careless").run(["docker-build"]).code(0).says("  nothing changed: ");
}

/// What ssh would do, on this machine; it notes what it was asked.
const SSH: &str =
    "#!/bin/sh\nunset DOCKER_HOST\necho \"$@\" >> ssh.log\nwhile [ \"$1\" != -- ]; do shift; done\nshift 2\nexec sh -c \"$*\"\n";

#[test]
fn an_engine_behind_ssh_builds_with_both_builders_and_pushes() {
    if !support::engine() {
        return;
    }
    let mut repo = Repo::new(&format!("{WITH_SHELL}RUN --mount=type=cache,target=/cache echo a > /cache/a\n"));
    repo.world.program("ssh", SSH);
    repo.world.file(".dockerignore", "ssh.log\n");
    repo.world.env("DOCKER_HOST", "ssh://me@build:2222");
    repo.world.run(["docker-build", "-v"]).code(0).says(" at ssh://me@build:2222: DOCKER_HOST\n").says("✓ stage-0 3/3 RUN");
    let asked = repo.world.read("ssh.log");
    let first = asked.lines().next().unwrap();
    assert_eq!(first, "-o BatchMode=yes -o ConnectTimeout=30 -T -l me -p 2222 -- build docker system dial-stdio");
    repo.world.run(["docker-push"]).code(0).prints(&format!("{}@sha256:", repo.repository));
    repo.world.file("Dockerfile", SMALL);
    repo.world.env("DOCKER_BUILDKIT", "0").run(["docker-build"]).code(0).says("✓ 2/2 COPY busybox /bin/busybox [TIME]\n");
    let mark = repo.world.root().display().to_string();
    assert_eq!(support::count_processes(&mark), 0, "no ssh is left");
}

#[test]
fn an_engine_is_reached_through_a_real_sshd() {
    if !support::engine() {
        return;
    }
    let mut repo = Repo::new(&format!("{WITH_SHELL}RUN --mount=type=cache,target=/cache echo a > /cache/a\n"));
    let Some(sshd) = Sshd::start(&repo.world) else { return };
    let host = format!("ssh://{}@127.0.0.1:{}", docker_sh("id -un"), sshd.port);
    repo.world.env("DOCKER_HOST", &host);
    repo.world.run(["docker-build", "-v"]).code(0).says(&format!(" at {host}: DOCKER_HOST\n")).says("✓ stage-0 3/3 RUN");
    repo.world.run(["docker-build"]).code(0).says("  nothing changed: ");
    repo.world.run(["docker-push"]).code(0).prints(&format!("{}@sha256:", repo.repository));
    // Who has no key is told so.
    std::fs::write(repo.world.root().join("sshd/authorized"), "").unwrap();
    let ran = repo.world.run(["docker-build"]);
    ran.code(7).says("Permission denied (publickey").says("` must work, and without a question: `ssh-add` keeps the key of a user ready");
}

#[test]
fn what_ssh_complains_of_is_quoted() {
    let mut world = World::with("[service]\nname = \"a\"\n[image]\nrepository = \"r.example.com/a\"\n");
    world.file("Dockerfile", SMALL);
    world.program("ssh", "#!/bin/sh\necho 'me@build: Permission denied (publickey).' >&2\nexit 255\n");
    world.env("DOCKER_HOST", "ssh://me@build:22");
    world.run(["docker-build"]).code(7).stdout("").stderr(
        "error: no container engine answers\n │\n ├ note: looked here:\n │       ssh://me@build:22  DOCKER_HOST (me@build: Permission denied (publickey).)\n ╰ help: `ssh me@build docker version` must work, and without a question: `ssh-add` keeps the key of a user ready\n",
    );
    world.env("DOCKER_HOST", "ssh://me:secret@build");
    world.run(["docker-build"]).code(7).says("(it must be ssh://[USER@]HOST[:PORT], without a password)");
    world.env("DOCKER_HOST", "npipe:////./pipe/docker_engine");
    world.run(["docker-build"]).code(7).says("(instep doesn't speak `npipe` to an engine, only unix, tcp and ssh)");
}

/// The docker program with a buildx that builds as well as the engine's classic builder can.
const BUILDX: &str = r#"#!/bin/sh
[ "$1" = buildx ] || exec DOCKER "$@"
[ "$2" = version ] && exit 0
shift
echo "$@" > asked
for word; do
    shift
    case $word in --cache-from | --cache-to) skip=1 ;; --load) ;; *) [ -z "$skip" ] && set -- "$@" "$word"; skip= ;; esac
done
[ -f cannot ] && { echo "ERROR: Cache export is not supported for the docker driver." >&2; exit 1; }
DOCKER_BUILDKIT=0 exec DOCKER "$@"
"#;

#[test]
fn an_external_cache_goes_through_buildx() {
    if !support::engine() {
        return;
    }
    let repo = Repo::new(SMALL);
    let toml = repo.world.read("instep.toml");
    let cache = format!("type=registry,ref={}:cache", repo.repository);
    repo.world.file(
        "instep.toml",
        format!("{toml}cache-from = [\"type=registry,ref={{{{ image.repository }}}}:cache\"]\ncache-to = [\"{cache},mode=max\"]\n"),
    );
    repo.world.file(".dockerignore", "asked\ncannot\n");
    repo.world.program("docker", "#!/bin/sh\necho 'docker: unknown command: docker buildx' >&2\nexit 1\n");
    repo.world
        .run(["docker-build"])
        .code(7)
        .stdout("")
        .says("error: an external cache needs the buildx plugin of the docker program, which is not there\n");
    let docker = docker_sh("command -v docker");
    repo.world.program("docker", &BUILDX.replace("DOCKER ", &format!("{docker} ")));
    let ran = repo.world.run(["docker-build"]);
    ran.code(0).says("Successfully built");
    let asked = repo.world.read("asked");
    assert!(asked.ends_with(&format!(" --cache-from {cache} --cache-to {cache},mode=max --load .\n")), "{asked}");
    assert!(inspect(ran.out().trim(), "{{ .Config.Labels }}").contains("instep.dev/fingerprint:"));
    repo.world.run(["docker-build"]).code(0).says("  nothing changed: ");
    let script = repo.world.run(["docker-build", "--dry-run"]).code(0).out();
    assert!(script.contains("docker buildx build ") && script.contains(&format!("--cache-to '{cache},mode=max' --load .")), "{script}");
    repo.world.file("cannot", "");
    let ran = repo.world.run(["docker-build", "--force"]);
    ran.code(1)
        .says("error: the docker program could not build the image")
        .says("help: a builder of its own can do that: `docker buildx create --use`");
}
