//! The version that `/info` says is held against the one that was deployed: on a real cluster, with images that were
//! really built and pushed.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use support::kube::{Place, image};

/// A repo whose image is its own, with what `/info` says of the version; the image is removed at the end.
struct Built {
    place: Place,
    repository: String,
}

impl Built {
    fn new() -> Option<Self> {
        let place = Place::new("")?;
        let repository = format!("localhost:5000/{}", place.namespace);
        let busybox = std::fs::read("/bin/busybox").expect("busybox-static is installed");
        let file = place.world.file("busybox", busybox);
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
        Some(Self { place, repository })
    }

    /// Writes, commits, builds and pushes.
    fn build(&self, said: &str, written: &str) {
        let Place { context, namespace, world, .. } = &self.place;
        world.file(
            "Dockerfile",
            format!(
                r#"FROM scratch
COPY busybox /bin/busybox
ARG VERSION=unknown
RUN ["/bin/busybox", "sh", "-c", "/bin/busybox mkdir /www && cd /www && echo ok > health && echo up 1 > metrics && echo '{{\"version\": \"'{said}'\"}}' > info"]
ENTRYPOINT ["/bin/busybox"]
CMD ["httpd", "-f", "-p", "8080", "-h", "/www"]
"#
            ),
        );
        world.file(
            "instep.toml",
            format!(
                "[service]\nname = \"hello\"\nport = 8080\n{written}\n[image]\nrepository = \"{}\"\n\n\
                 [environments.staging]\ncontext = \"{context}\"\nnamespace = \"{namespace}\"\n",
                self.repository
            ),
        );
        world.commit("next");
        world.run(["docker-build", "--push"]).code(0);
    }

    fn version(&self) -> String {
        let world = &self.place.world;
        format!("0.0.0-{}.g{}", world.git(&["rev-list", "--count", "HEAD"]), world.git(&["rev-parse", "--short=7", "HEAD"]))
    }
}

impl Drop for Built {
    fn drop(&mut self) {
        let script = format!("docker images --quiet {} | sort -u | xargs --no-run-if-empty docker rmi --force", self.repository);
        drop(Command::new("sh").args(["-c", &script]).output());
    }
}

#[test]
fn another_version_than_the_deployed_one_fails_where_info_is_written() {
    let Some(built) = Built::new() else { return };
    let world = &built.place.world;
    built.build("$VERSION", "info = \"/info\"\n");
    let ran = world.run(["kube-apply", "staging", "--output", "json"]);
    assert_eq!(ran.code(0).json()["releases"][0]["smoke"], serde_json::json!({ "passed": 4, "failed": 0, "warned": 0, "skipped": 0 }));
    world.run(["smoke-test", "staging"]).code(0).prints("✓ info     GET /info    → 200").says("4 checks passed");

    built.build("9.9.9", "info = \"/info\"\n");
    let ran = world.run(["kube-apply", "staging"]);
    ran.code(1)
        .prints("✗ info     GET /info    → 200")
        .says(&format!("error: check info: expected version {}, which was deployed, got version 9.9.9\n", built.version()))
        .says("instep.toml:4:8\n")
        .says("`info = false` if the service has none")
        .says("note: all is as before: v1 (");
    assert_eq!(built.place.outcomes(), "instep-release-hello-v1=deployed instep-release-hello-v2=rolled-back");

    // Not written, it is only said.
    built.build("9.9.9", "");
    let ran = world.run(["kube-apply", "staging", "--output", "json"]);
    assert_eq!(ran.code(0).json()["releases"][0]["smoke"], serde_json::json!({ "passed": 3, "failed": 0, "warned": 1, "skipped": 0 }));
    let ran = world.run(["smoke-test", "staging"]);
    ran.code(0)
        .prints("! info     GET /info    → 200")
        .says(&format!("warning: check info: expected version {}, which was deployed, got version 9.9.9\n", built.version()))
        .says("add `info = false` to [service] if it has none");
}

/// The image of a tag is the one that its commit has already; one that is named may be of any version.
#[test]
fn a_retagged_and_a_named_image_are_not_wrong() {
    let Some(built) = Built::new() else { return };
    let world = &built.place.world;
    built.build("$VERSION", "info = \"/info\"\n");
    world.git(&["tag", "v1.2.3"]);
    world.run(["docker-build", "--push"]).code(0).says("it is retagged, not built again");
    let ran = world.run(["kube-apply", "staging", "--output", "json"]).code(0).json();
    assert_eq!((&ran["releases"][0]["version"], &ran["releases"][0]["smoke"]["passed"]), (&"1.2.3".into(), &4.into()));
    world.run(["smoke-test", "staging"]).code(0).says("4 checks passed");

    world.run(["kube-apply", "staging", "--image", image()]).code(0);
    world.run(["smoke-test", "staging"]).code(0).says("4 checks passed");
}
