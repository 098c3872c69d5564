//! A world of its own for every test: a folder, an empty HOME, a small environment, and the built
//! binary run as a user runs it.
#![allow(dead_code, clippy::print_stderr, reason = "each test file uses its own part of this; a skip is said on stderr")]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "a test runs programs, waits, and fails by panicking"
)]

pub mod docker;
pub mod junit;
pub mod kube;
pub mod nginx;
pub mod platform;
pub mod proxy;
pub mod server;
pub mod sshd;
pub mod terminal;
pub mod tls;

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The binary under test.
pub const INSTEP: &str = env!("CARGO_BIN_EXE_instep");

/// A folder with a repo in it, and the environment that programs see.
pub struct World {
    dir: tempfile::TempDir,
    env: Vec<(String, String)>,
}

impl World {
    /// An empty git repository called `repo`, beside an empty HOME.
    pub fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("instep-test-").tempdir().unwrap();
        let world = Self { dir, env: Vec::new() };
        std::fs::create_dir_all(world.home()).unwrap();
        std::fs::create_dir_all(world.repo()).unwrap();
        // The search for instep.toml ends at a git root; no need to run git for that.
        std::fs::create_dir_all(world.repo().join(".git")).unwrap();
        world
    }

    /// A world whose repo has this `instep.toml`.
    pub fn with(toml: &str) -> Self {
        let world = Self::new();
        world.file("instep.toml", toml);
        world
    }

    /// The repo's folder.
    pub fn repo(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join("repo")
    }

    /// The folder around the repo and HOME.
    pub fn root(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap()
    }

    /// HOME.
    pub fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    /// Writes a file of the repo.
    pub fn file(&self, path: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let file = self.repo().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, text).unwrap();
        file
    }

    /// Writes a program into a folder that comes first on the PATH.
    pub fn program(&self, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        let bin = self.dir.path().join("bin");
        std::fs::create_dir_all(&bin).unwrap();
        std::fs::write(bin.join(name), script).unwrap();
        std::fs::set_permissions(bin.join(name), std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Reads a file of the repo.
    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.repo().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Sets a variable for all that is run from now on.
    pub fn env(&mut self, name: &str, value: impl AsRef<str>) -> &mut Self {
        self.env.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// What was fetched and compiled for one run serves the next, as it does for a person.
    pub fn share_caches(&mut self) {
        for (variable, folder) in [("GOCACHE", "go"), ("PIP_CACHE_DIR", "pip"), ("npm_config_cache", "npm")] {
            self.env(variable, std::env::temp_dir().join("instep-test-caches").join(folder).display().to_string());
        }
        // Compiling all of the packages takes longer than compiling what is imported.
        self.env("PIP_NO_COMPILE", "1");
    }

    /// Makes a real git repository with one commit of all files.
    pub fn commit(&self, message: &str) {
        let dot_git = self.repo().join(".git");
        if !dot_git.join("HEAD").exists() {
            std::fs::remove_dir(&dot_git).unwrap();
            self.git(&["init", "--quiet", "--initial-branch", "main"]);
        }
        self.git(&["add", "--all"]);
        self.git(&["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "--allow-empty", "-m", message]);
    }

    /// Runs git in the repo, and gives what it prints.
    pub fn git(&self, args: &[&str]) -> String {
        let output = self.command("git", &self.repo()).args(args).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Runs instep in the repo.
    #[track_caller]
    pub fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Ran {
        self.run_in(&self.repo(), args)
    }

    /// Runs instep in a folder.
    #[track_caller]
    pub fn run_in<S: AsRef<OsStr>>(&self, dir: &Path, args: impl IntoIterator<Item = S>) -> Ran {
        let output = self.command(INSTEP, dir).args(args).stdin(Stdio::null()).output().unwrap();
        Ran { output, root: self.root() }
    }

    /// A program with the environment of this world, to be started by the test itself.
    pub fn command(&self, program: &str, dir: &Path) -> Command {
        let mut command = Command::new(program);
        let path = std::env::var("PATH").unwrap_or_default();
        command.current_dir(dir).env_clear();
        command.env("PATH", format!("{}:{path}", self.dir.path().join("bin").display()));
        command.env("HOME", self.home()).env("LC_ALL", "C.UTF-8").env("TERM", "dumb");
        command.env("GIT_CONFIG_NOSYSTEM", "1");
        // The toolchain lives in the real HOME; the tests of scaffolds need it.
        for name in ["RUSTUP_HOME", "CARGO_HOME"] {
            let default =
                Path::new(&std::env::var("HOME").unwrap_or_default()).join(if name == "CARGO_HOME" { ".cargo" } else { ".rustup" });
            command.env(name, std::env::var(name).unwrap_or_else(|_| default.display().to_string()));
        }
        // How this machine reaches its registries.
        for name in ["SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "PIP_FIND_LINKS", "PYENV_ROOT", "PYENV_VERSION"] {
            if let Ok(value) = std::env::var(name) {
                command.env(name, value);
            }
        }
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// A program that has ended.
pub struct Ran {
    output: Output,
    root: PathBuf,
}

impl Ran {
    /// A program that the test started itself.
    pub fn of(output: Output, world: &World) -> Self {
        Self { output, root: world.root() }
    }

    /// stdout, with the parts that differ from run to run replaced.
    pub fn out(&self) -> String {
        self.redact(&self.output.stdout)
    }

    /// stderr, with the parts that differ from run to run replaced.
    pub fn err(&self) -> String {
        self.redact(&self.output.stderr)
    }

    /// stdout as it is.
    pub fn bytes(&self) -> &[u8] {
        &self.output.stdout
    }

    /// stdout as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.output.stdout).unwrap_or_else(|error| panic!("not JSON: {error}\n{self:?}"))
    }

    /// The exit code, 128+n for a signal.
    pub fn exit(&self) -> i32 {
        use std::os::unix::process::ExitStatusExt as _;
        self.output.status.code().unwrap_or_else(|| 128 + self.output.status.signal().unwrap_or(0))
    }

    /// Expects this exit code.
    #[track_caller]
    pub fn code(&self, expected: i32) -> &Self {
        assert_eq!(self.exit(), expected, "exit code\n{self:?}");
        self
    }

    /// Expects exactly this on stdout.
    #[track_caller]
    pub fn stdout(&self, expected: &str) -> &Self {
        assert_same("stdout", &self.out(), expected, self);
        self
    }

    /// Expects exactly this on stderr.
    #[track_caller]
    pub fn stderr(&self, expected: &str) -> &Self {
        assert_same("stderr", &self.err(), expected, self);
        self
    }

    /// Expects a text somewhere on stderr.
    #[track_caller]
    pub fn says(&self, part: &str) -> &Self {
        assert!(self.err().contains(part), "stderr lacks: {part}\n{self:?}");
        self
    }

    /// Expects a text somewhere on stdout.
    #[track_caller]
    pub fn prints(&self, part: &str) -> &Self {
        assert!(self.out().contains(part), "stdout lacks: {part}\n{self:?}");
        self
    }

    fn redact(&self, bytes: &[u8]) -> String {
        // Bars are as long as their times.
        let text = String::from_utf8_lossy(bytes).replace(&self.root.display().to_string(), "[ROOT]").replace('█', " ");
        times(&text)
    }
}

impl std::fmt::Debug for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit code {}\n--- stdout\n{}\n--- stderr\n{}\n---", self.exit(), self.out(), self.err())
    }
}

#[track_caller]
fn assert_same(what: &str, actual: &str, expected: &str, ran: &Ran) {
    if actual != expected {
        let mut diff = String::new();
        let (a, b): (Vec<_>, Vec<_>) = (actual.lines().collect(), expected.lines().collect());
        for i in 0..a.len().max(b.len()) {
            if a.get(i) != b.get(i) {
                writeln!(diff, "line {}:\n  is       {:?}\n  expected {:?}", i + 1, a.get(i), b.get(i)).unwrap();
            }
        }
        panic!("{what} differs\n{diff}\n{ran:?}");
    }
}

/// `0.24 s`, `12.3 s`, `3 m 05 s` → `[TIME]`.
fn times(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let mut out: Vec<String> = Vec::new();
    let mut i = 0;
    while i < words.len() {
        let number = words[i].trim_start_matches('(');
        let is_time = number.contains('.') && number.parse::<f64>().is_ok();
        let unit = words.get(i + 1).is_some_and(|unit| {
            *unit == "s"
                || unit.starts_with("s\n")
                || unit.starts_with("s)")
                || unit.starts_with("s,")
                || unit.starts_with("s:")
                || unit.starts_with("s\x1b")
        });
        if is_time && unit {
            let open = if words[i].starts_with('(') { "(" } else { "" };
            out.push(format!("{open}[TIME]{}", &words[i + 1][1..]));
            i += 2;
        } else {
            out.push(words[i].to_owned());
            i += 1;
        }
    }
    out.join(" ")
}

/// Waits until the condition holds.
#[track_caller]
pub fn wait_until(what: &str, limit: Duration, mut condition: impl FnMut() -> bool) {
    let end = Instant::now() + limit;
    while !condition() {
        assert!(Instant::now() < end, "not in {limit:?}: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// How many living processes have this text in their command line (zombies do not count).
pub fn count_processes(needle: &str) -> usize {
    let Ok(entries) = std::fs::read_dir("/proc") else { return 0 };
    entries
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(|name| name.parse::<u32>().is_ok()))
        .filter(|entry| {
            let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
            let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
            let zombie = stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('Z'));
            !zombie && String::from_utf8_lossy(&line).replace('\0', " ").contains(needle)
        })
        .count()
}

/// Whether a real engine answers. On CI it must; elsewhere a test that needs it says that it is skipped.
pub fn engine() -> bool {
    let up = Command::new("docker").arg("version").output().is_ok_and(|output| output.status.success());
    available(up, "a Docker engine")
}

/// The kubeconfig of the test cluster and the context in it: `INSTEP_TEST_CONTEXT` with the caller's own
/// kubeconfig, or the cluster of `cluster-up`.
pub fn cluster() -> Option<(String, String)> {
    if let Ok(context) = std::env::var("INSTEP_TEST_CONTEXT") {
        let home = std::env::var("HOME").unwrap_or_default();
        return Some((std::env::var("KUBECONFIG").unwrap_or_else(|_| format!("{home}/.kube/config")), context));
    }
    let dir = std::env::var("INSTEP_CLUSTER_DIR").unwrap_or_else(|_| "/var/cache/instep-cluster".to_owned());
    let config = format!("{dir}/admin.kubeconfig");
    let up = Command::new("kubectl")
        .args(["--kubeconfig", &config, "get", "--raw", "/readyz"])
        .output()
        .is_ok_and(|output| output.status.success());
    available(up, "a Kubernetes cluster").then(|| (config, "instep".to_owned()))
}

/// Whether something that a test needs is there. On CI it must be; elsewhere the test says that it is skipped.
pub fn available(up: bool, what: &str) -> bool {
    let ci = std::env::var("CI").is_ok_and(|value| !value.is_empty());
    assert!(up || !ci, "{what} is needed on CI, and is not there");
    if !up {
        eprintln!("skipped: there is no {what} here");
    }
    up
}

/// Compares with a file of tests/golden; `INSTEP_BLESS=1` writes it instead.
#[track_caller]
pub fn golden(name: &str, actual: &str) {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("INSTEP_BLESS").is_some() {
        std::fs::write(&file, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    for (i, (is, should)) in actual.lines().zip(expected.lines()).enumerate() {
        assert_eq!(is, should, "{name}:{}", i + 1);
    }
    assert_eq!(actual.len(), expected.len(), "{name} has another length");
}
