//! A namespace of the test cluster, and a repo whose service is deployed there.

use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use super::{INSTEP, Ran, World, cluster, engine};

/// A small image with an HTTP server, in the engine only: the kubelet uses the engine's images.
pub fn image() -> &'static str {
    const NAME: &str = "instep-test/kube-httpd:3";
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        let there = Command::new("docker").args(["image", "inspect", NAME]).output().unwrap();
        if there.status.success() {
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let busybox = std::env::split_paths(&std::env::var_os("PATH").unwrap()).map(|dir| dir.join("busybox")).find(|file| file.is_file());
        std::fs::copy(busybox.expect("busybox-static is needed"), dir.path().join("busybox")).unwrap();
        std::fs::create_dir(dir.path().join("www")).unwrap();
        for (path, text) in [("health", "ok\n"), ("info", "{\"version\":\"1.0.0\"}\n"), ("metrics", "up 1\n")] {
            std::fs::write(dir.path().join("www").join(path), text).unwrap();
        }
        let dockerfile = "FROM scratch\nCOPY busybox /bin/busybox\nCOPY www /www\nENTRYPOINT [\"/bin/busybox\"]\n\
                          CMD [\"httpd\", \"-f\", \"-p\", \"8080\", \"-h\", \"/www\"]\n";
        std::fs::write(dir.path().join("Dockerfile"), dockerfile).unwrap();
        let mut build = Command::new("docker");
        build.env("DOCKER_BUILDKIT", "0").args(["build", "--quiet", "--tag", NAME]).arg(dir.path());
        let output = build.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    });
    NAME
}

/// Whether a program is on the PATH.
pub fn has(program: &str) -> bool {
    std::env::split_paths(&std::env::var_os("PATH").unwrap()).any(|dir| dir.join(program).is_file())
}

/// Puts helm on the world's PATH: the caller's own, or the one beside the test cluster.
pub fn add_helm(world: &mut World) -> bool {
    let dir = std::env::var("INSTEP_CLUSTER_DIR").unwrap_or_else(|_| "/var/cache/instep-cluster".to_owned());
    let beside = std::path::Path::new(&dir).join("bin/helm");
    if beside.is_file() {
        world.program("helm", &format!("#!/bin/sh\nexec {} \"$@\"\n", beside.display()));
    }
    super::available(beside.is_file() || has("helm"), "helm")
}

/// The same image with more lines of a Dockerfile.
pub fn variant(name: &'static str, lines: &str) -> &'static str {
    let script = format!(
        "docker image inspect {name} || printf 'FROM {}\\n{lines}' | DOCKER_BUILDKIT=0 docker build --quiet --tag {name} -",
        image()
    );
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    name
}

/// The same image under another name.
pub fn tag(name: &str) {
    let output = Command::new("docker").args(["tag", image(), name]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A namespace of its own; deleted at the end.
pub struct Place {
    pub world: World,
    pub kubeconfig: String,
    pub context: String,
    pub namespace: String,
}

impl Place {
    /// None where there is no cluster or no engine.
    pub fn new(more: &str) -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let (kubeconfig, context) = cluster()?;
        if !engine() {
            return None;
        }
        let namespace = format!("instep-test-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut world = World::new();
        world.env("KUBECONFIG", &kubeconfig);
        let place = Self { world, kubeconfig, context, namespace };
        place.config(more);
        place.world.commit("first");
        Some(place)
    }

    /// Writes instep.toml anew, with more at its end.
    pub fn config(&self, more: &str) {
        let Self { context, namespace, .. } = self;
        self.world.file(
            "instep.toml",
            format!(
                "[service]\nname = \"hello\"\nport = 8080\n\n[image]\nrepository = \"instep-test/kube-hello\"\n\n\
                 [environments.staging]\ncontext = \"{context}\"\nnamespace = \"{namespace}\"\n\n{more}"
            ),
        );
    }

    /// kube-apply with the image.
    pub fn apply(&self, more: &[&str]) -> Ran {
        let args = ["kube-apply", "staging", "--image", image()].into_iter().chain(more.iter().copied());
        self.world.run(args)
    }

    /// Starts instep; [`Place::end`] waits for it.
    pub fn start(&self, args: &[&str]) -> Child {
        let mut command = self.world.command(INSTEP, &self.world.repo());
        command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    /// Starts kube-apply with the image.
    pub fn start_apply(&self) -> Child {
        self.start(&["kube-apply", "staging", "--image", image()])
    }

    /// What became of it.
    pub fn end(&self, child: Child) -> Ran {
        Ran::of(child.wait_with_output().unwrap(), &self.world)
    }

    /// Puts lines of the shell in front of the kubectl that instep calls: they may look at `$*`, and run
    /// `$kubectl`. Without lines it is as before.
    pub fn in_front_of_kubectl(&self, lines: &str) {
        let find = "for kubectl in $(which -a kubectl); do [ \"$kubectl\" = \"$0\" ] || break; done";
        self.world.program("kubectl", &format!("#!/bin/sh\n{find}\n{lines}\nexec \"$kubectl\" \"$@\"\n"));
    }

    /// What kubectl says in the namespace.
    pub fn kubectl(&self, args: &[&str]) -> String {
        let here = ["--kubeconfig", &self.kubeconfig, "--context", &self.context, "--namespace", &self.namespace];
        let output = Command::new("kubectl").args(here).args(args).output().unwrap();
        assert!(output.status.success(), "kubectl {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// What kubectl says, in no namespace; it may fail.
    pub fn kubectl_any(&self, args: &[&str]) -> String {
        let here = ["--kubeconfig", &self.kubeconfig, "--context", &self.context];
        let output = Command::new("kubectl").args(here).args(args).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// The records, the oldest first.
    pub fn outcomes(&self) -> String {
        self.kubectl(&[
            "get",
            "secrets",
            "--selector=instep.dev/release=hello",
            "--sort-by=.metadata.creationTimestamp",
            "--output=jsonpath={range .items[*]}{.metadata.name}={.metadata.labels.instep\\.dev/outcome} {end}",
        ])
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let args = ["--kubeconfig", &self.kubeconfig, "--context", &self.context, "delete", "namespace", &self.namespace];
        let _ = Command::new("kubectl").args(args).args(["--ignore-not-found", "--wait=false"]).output();
    }
}
