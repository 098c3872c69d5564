//! Newer programs of Docker than the machine's own: an engine of 26 with its own BuildKit, and the real buildx.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use support::docker::{Private, Repo, SMALL, WITH_SHELL, docker_sh, registry_tags};
use support::wait_until;

/// Where an engine keeps its images: only containerd's store holds one for several platforms.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Store {
    Docker,
    Containerd,
}

/// An engine of its own, with a store of its own, beside the machine's.
struct Newer {
    engine: Child,
    dir: tempfile::TempDir,
    programs: PathBuf,
    /// Removed behind the engine.
    _bridge: Bridge,
}

/// A bridge of its own: an engine without one would take away that of the machine's engine.
struct Bridge(String);

impl Bridge {
    fn new() -> Self {
        static NEXT: AtomicU8 = AtomicU8::new(0);
        let (pid, number) = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let bridge = Self(format!("it{pid}x{number}"));
        let name = &bridge.0;
        let address = format!("10.{}.{}.1/24", 200 + number, pid % 256);
        docker_sh(&format!("ip link add {name} type bridge && ip addr add {address} dev {name} && ip link set {name} up"));
        bridge
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        docker_sh(&format!("ip link del {}", self.0));
    }
}

impl Newer {
    /// None where there are no such programs, or no engine can run.
    fn start(store: Store) -> Option<Self> {
        if !support::engine() {
            return None;
        }
        let programs = support::docker::newer()?;
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name).display().to_string();
        let log = std::fs::File::create(dir.path().join("log")).unwrap();
        let features = serde_json::json!({ "features": { "containerd-snapshotter": store == Store::Containerd } });
        std::fs::write(dir.path().join("config.json"), features.to_string()).unwrap();
        let mut command = Command::new(programs.join("usr/sbin/dockerd"));
        let bridge = Bridge::new();
        command.args(["--data-root", &path("data"), "--exec-root", &path("run"), "--pidfile", &path("pid"), "--bridge", &bridge.0]);
        command.args([
            "--iptables=false",
            "--ip6tables=false",
            "--ip-forward=false",
            "--ip-masq=false",
            "--host",
            &format!("unix://{}", path("docker.sock")),
        ]);
        command.args(["--config-file", &path("config.json")]);
        command.env("PATH", support::docker::before(&programs.join("usr/bin"))).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let newer = Self { engine: command.spawn().unwrap(), dir, programs, _bridge: bridge };
        let log = newer.dir.path().join("log");
        let ready = || std::fs::read_to_string(&log).unwrap_or_default().contains("API listen on");
        wait_until("the newer engine listens", Duration::from_secs(60), ready);
        Some(newer)
    }

    fn host(&self) -> String {
        format!("unix://{}/docker.sock", self.dir.path().display())
    }

    /// A repo that is built there.
    fn repo(&self, dockerfile: &str) -> Repo {
        let mut repo = Repo::new(dockerfile);
        let path = support::docker::before(&self.programs.join("usr/bin"));
        repo.world.env("DOCKER_HOST", self.host()).env("PATH", path);
        let config = repo.world.home().join(".docker");
        std::fs::create_dir_all(&config).unwrap();
        std::os::unix::fs::symlink(self.programs.join("usr/libexec/docker/cli-plugins"), config.join("cli-plugins")).unwrap();
        repo
    }

    fn docker(&self, words: &str) -> String {
        docker_sh(&format!("{}/usr/bin/docker --host {} {words}", self.programs.display(), self.host()))
    }
}

impl Drop for Newer {
    fn drop(&mut self) {
        // With its children: containerd is one of them.
        let _ = Command::new("kill").arg(self.engine.id().to_string()).status();
        let _ = self.engine.wait();
    }
}

#[test]
fn an_engine_of_26_builds_with_both_builders_and_sends_nothing_when_nothing_changed() {
    let Some(newer) = Newer::start(Store::Docker) else { return };
    let mut repo = newer.repo(&format!(
        "{WITH_SHELL}RUN --mount=type=cache,target=/cache --mount=type=secret,id=token \
         wc -c < /run/secrets/token > /length && echo more >> /cache/a && cp /cache/a /seen\nCOPY note /note\n"
    ));
    let toml = repo.world.read("instep.toml");
    repo.world.file("instep.toml", format!("{toml}build-secrets = {{ token = {{ env = \"TOKEN\" }} }}\n"));
    repo.world.file("note", "one\n");
    repo.world.commit("with a note");
    let image = format!("{}:0.0.0-2.g{}", repo.repository, &repo.commit()[..7]);
    repo.world.env("TOKEN", "12345");
    let ran = repo.world.run(["docker-build", "-v"]);
    ran.code(0)
        .stdout(&format!("{image}\n"))
        .says("Docker 26.")
        .says(&format!(" at {}: DOCKER_HOST\n", newer.host()))
        .says("✓ stage-0 3/4 RUN ");
    repo.world.run(["docker-build"]).code(0).says("  nothing changed: ");
    repo.world.file("note", "two\n");
    let ran = repo.world.run(["docker-build"]);
    ran.code(0)
        .says("  builds because: 1 file changed: note; ")
        .says("– stage-0 3/4 RUN --mount=type=cache")
        .says("✓ stage-0 4/4 COPY note /note [TIME]\n");
    let read = format!("run --rm --network none {} /bin/cat /length /seen /note", ran.out().trim());
    assert_eq!(newer.docker(&read), "5\nmore\ntwo");
    repo.world.run(["docker-push"]).code(0).prints(&format!("{}@sha256:", repo.repository));
    // The builder of before is still in there.
    repo.world.file("instep.toml", toml);
    repo.world.file("Dockerfile", SMALL);
    repo.world.env("DOCKER_BUILDKIT", "0").run(["docker-build"]).code(0).says("✓ 2/2 COPY busybox /bin/busybox [TIME]\n");
}

#[test]
fn the_real_buildx_builds_for_several_platforms_and_pushes() {
    let Some(newer) = Newer::start(Store::Containerd) else { return };
    let repo = newer.repo(SMALL);
    let toml = repo.world.read("instep.toml");
    repo.world.file("instep.toml", format!("{toml}platforms = [\"linux/amd64\", \"linux/arm64\"]\n"));
    repo.world.commit("for two machines");
    let ran = repo.world.run(["docker-build", "--push"]);
    let version = format!("0.0.0-2.g{}", &repo.commit()[..7]);
    ran.code(0).prints(&format!("{}@sha256:", repo.repository));
    assert!(registry_tags(&repo.repository)["tags"].as_array().unwrap().contains(&version.as_str().into()), "{ran:?}");
    let (_, digest) = ran.out().trim().split_once('@').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let path = repo.repository.split_once('/').unwrap().1;
    let accept = "Accept: application/vnd.oci.image.index.v1+json";
    let index = docker_sh(&format!("curl -s -H '{accept}' http://localhost:5000/v2/{path}/manifests/{digest}"));
    assert!(index.contains("\"amd64\"") && index.contains("\"arm64\""), "{index}");
}

#[test]
fn the_docker_program_of_26_builds_with_its_buildx_and_keeps_a_cache_in_the_registry() {
    let Some(newer) = Newer::start(Store::Containerd) else { return };
    let repo = newer.repo(&format!("{WITH_SHELL}RUN echo a > /a\n"));
    let toml = repo.world.read("instep.toml");
    let cache = format!("type=registry,ref={}:cache", repo.repository);
    repo.world.file("instep.toml", format!("{toml}cache-from = [\"{cache}\"]\ncache-to = [\"{cache},mode=max\"]\n"));
    repo.world.run(["docker-build"]).code(0).says("  │ ").says("exporting cache");
    newer.docker("builder prune --all --force");
    repo.world.file("Dockerfile", format!("{WITH_SHELL}RUN echo a > /a\nRUN echo b > /b\n"));
    repo.world.run(["docker-build"]).code(0).says(" CACHED");
}

#[test]
fn a_password_of_a_registry_reaches_an_engine_of_26() {
    let (Some(newer), Some(private)) = (Newer::start(Store::Docker), Private::start()) else { return };
    let repo = newer.repo(SMALL);
    let repository = format!("{}/instep-test/newer", private.host);
    repo.world.file("instep.toml", format!("[service]\nname = \"hello\"\n[image]\nrepository = \"{repository}\"\n"));
    private.log_in(&repo.world, support::docker::PASSWORD);
    repo.world.run(["docker-build", "--push"]).code(0).prints(&format!("{repository}@sha256:"));
}
