//! What the tests of images share: a repo with an image of its own, questions to the engine and the
//! registry, a registry with a password.

use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::{World, wait_until};

/// A repo with one image of its own name; the image is removed at the end.
pub struct Repo {
    pub world: World,
    pub repository: String,
}

impl Repo {
    pub fn new(dockerfile: &str) -> Self {
        Self::at("localhost:5000", dockerfile)
    }

    pub fn at(registry: &str, dockerfile: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let repository = format!("{registry}/instep-test/b{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let world = World::with(&format!("[service]\nname = \"hello\"\n\n[image]\nrepository = \"{repository}\"\n"));
        world.file("Dockerfile", dockerfile);
        world.file(".gitignore", "busybox\n");
        // Of its own for every repo: the classic builder would take a layer of another test from its
        // cache, which that test removes at this moment.
        let mut busybox = std::fs::read("/bin/busybox").expect("busybox-static is installed");
        busybox.extend_from_slice(repository.as_bytes());
        world.file("busybox", busybox);
        std::fs::set_permissions(world.repo().join("busybox"), std::fs::Permissions::from_mode(0o755)).unwrap();
        world.commit("first");
        Self { world, repository }
    }

    pub fn commit(&self) -> String {
        self.world.git(&["rev-parse", "HEAD"])
    }

    pub fn version(&self) -> String {
        format!("0.0.0-1.g{}", &self.commit()[..7])
    }

    pub fn image(&self) -> String {
        format!("{}:{}", self.repository, self.version())
    }
}

impl Drop for Repo {
    fn drop(&mut self) {
        let script = format!("docker images --quiet {} | sort -u | xargs --no-run-if-empty docker rmi --force", self.repository);
        let _ = Command::new("sh").args(["-c", &script]).output();
    }
}

pub fn docker_sh(script: &str) -> String {
    let output = Command::new("sh").args(["-c", script]).output().expect("sh");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// The files of an image that has no shell: an entry of the tar per line.
pub fn files(image: &str) -> Vec<String> {
    let script = format!("id=$(docker create {image} x) && docker export $id | tar --numeric-owner -tv; docker rm $id >/dev/null");
    docker_sh(&script).lines().map(str::to_owned).collect()
}

pub fn inspect(image: &str, format: &str) -> String {
    docker_sh(&format!("docker image inspect --format '{format}' {image}"))
}

/// The tags that the registry has of a repository.
pub fn registry_tags(repository: &str) -> serde_json::Value {
    let path = repository.split_once('/').expect("a registry").1;
    serde_json::from_str(&docker_sh(&format!("curl -s http://localhost:5000/v2/{path}/tags/list"))).expect("JSON")
}

pub const SMALL: &str = "FROM scratch\nCOPY busybox /bin/busybox\n";
pub const WITH_SHELL: &str = "FROM scratch\nCOPY busybox /bin/busybox\nRUN [\"/bin/busybox\", \"--install\", \"/bin\"]\n";

/// A registry that wants a password whose base64 has `+` and `/`.
pub struct Private {
    child: std::process::Child,
    pub host: String,
    _dir: tempfile::TempDir,
}

pub const PASSWORD: &str = "pa>>?ss~~~???>>>";
pub const ENTRY: &str = "user:$2b$12$Tu3xjKcJ5UjsCPzWY4wry.DTMVhJVxucj73SfhVPAtjOFIezVcDq.\n";

impl Private {
    pub fn start() -> Option<Self> {
        if !super::engine() || !super::available(!docker_sh("command -v docker-registry").is_empty(), "docker-registry") {
            return None;
        }
        let dir = tempfile::tempdir().expect("a folder");
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port();
        let path = dir.path().display();
        std::fs::write(dir.path().join("htpasswd"), ENTRY).expect("htpasswd");
        let config = format!(
            "version: 0.1\nlog: {{ level: error }}\nstorage: {{ filesystem: {{ rootdirectory: {path} }} }}\nhttp: {{ addr: 127.0.0.1:{port} }}\nauth: {{ htpasswd: {{ realm: r, path: {path}/htpasswd }} }}\n"
        );
        std::fs::write(dir.path().join("config.yml"), config).expect("config.yml");
        let child = Command::new("docker-registry")
            .args(["serve", &format!("{path}/config.yml")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("docker-registry");
        wait_until("the registry listens", Duration::from_secs(20), || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        Some(Self { child, host: format!("127.0.0.1:{port}"), _dir: dir })
    }

    pub fn log_in(&self, world: &World, password: &str) {
        let auth = docker_sh(&format!("printf %s 'user:{password}' | base64 --wrap 0"));
        let config = serde_json::json!({ "auths": { &self.host: { "auth": auth } } });
        std::fs::create_dir_all(world.home().join(".docker")).expect("a folder");
        std::fs::write(world.home().join(".docker/config.json"), config.to_string()).expect("config.json");
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Newer programs of Docker than the machine's: what `.ci/newer-docker` has unpacked.
pub fn newer() -> Option<std::path::PathBuf> {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/ci-tools/docker");
    super::available(dir.join("usr/sbin/dockerd").exists(), "newer Docker (.ci/newer-docker target/ci-tools/docker)").then_some(dir)
}

/// The PATH with a folder in front.
pub fn before(dir: &std::path::Path) -> String {
    format!("{}:{}", dir.display(), std::env::var("PATH").unwrap_or_default())
}
