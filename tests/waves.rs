//! Several clusters one after the other, with a pause and another check between them.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use support::kube::{Place, image};
use support::server::{Server, reply};

/// The caller's kubeconfig, where the cluster has the second name `us`.
fn two_names(place: &Place) -> String {
    let file = place.world.file("kubeconfig", std::fs::read_to_string(&place.kubeconfig).unwrap()).display().to_string();
    let kubectl = |args: &[&str]| {
        let output = Command::new("kubectl").args(["--kubeconfig", &file, "config"]).args(args).output().unwrap();
        assert!(output.status.success(), "{args:?}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    let of = |what: &str| kubectl(&["view", &format!("--output=jsonpath={{.contexts[?(@.name=='{}')].context.{what}}}", place.context)]);
    kubectl(&["set-context", "us", "--cluster", &of("cluster"), "--user", &of("user")]);
    file
}

#[test]
fn a_cluster_that_fails_during_the_pause_goes_back_and_the_next_is_not_reached() {
    let Some(mut place) = Place::new("") else { return };
    let asked = AtomicU32::new(0);
    // Well through the first deployment (each cluster, and the pause between), and once more.
    let server = Server::new(move |_, stream| {
        let well = asked.fetch_add(1, Ordering::Relaxed) < 4;
        reply(stream, if well { "200 OK" } else { "500 Internal Server Error" }, "", "x");
    });
    let kubeconfig = two_names(&place);
    let toml = |level: &str| {
        format!(
            "[service]\nname = \"hello\"\nport = 8080\n[image]\nrepository = \"r/hello\"\n[kube.env]\nLEVEL = \"{level}\"\n\
             [smoke-test]\ndeadline = \"2s\"\n[smoke-test.checks.extra]\npath = \"/extra\"\n\
             [clusters.eu]\ncontext = \"{}\"\n[clusters.us]\ncontext = \"us\"\n\
             [environments.production]\ncluster = [\"eu\", \"us\"]\nnamespace = \"{}\"\npause = \"1s\"\nurl = \"{}\"\n",
            place.context, place.namespace, server.url
        )
    };
    let (first, second) = (toml("info"), toml("debug"));
    place.world.env("KUBECONFIG", kubeconfig);
    let apply = |toml: &str| {
        place.world.file("instep.toml", toml);
        place.world.run(["kube-apply", "production", "--image", image()])
    };
    apply(&first).code(0).says("▸ pause:us [TIME] before us; then eu is checked again\n✓ pause:us [TIME]\n");
    let ran = apply(&second);
    ran.code(1).says("✗ pause:us ").says("note: not deployed to: us\n").says("note: eu went back too: ");
    let level = "--output=jsonpath={.spec.template.spec.containers[0].env[?(@.name=='LEVEL')].value}";
    assert_eq!(place.kubectl(&["get", "deployment", "hello", level]), "info");
    let script = || place.world.run(["kube-apply", "production", "--image", image(), "--dry-run"]);
    script().code(0).prints("\n# pause:us: [TIME] before us; then eu is checked again\nsleep 1\n");
    // A job runs once per release, in the first cluster; or in each, where that is written.
    for (more, times) in [("", 1), ("each-cluster = true\n", 2)] {
        let job = format!("[jobs.migrate]\nbefore-deploy = true\ncommand = [\"/bin/busybox\", \"true\"]\n{more}");
        place.world.file("instep.toml", format!("{second}{job}"));
        assert_eq!(script().code(0).out().matches("\n# job:migrate: ").count(), times);
    }
}

#[test]
fn each_cluster_is_checked_at_its_own_url_or_through_a_port_forward() {
    let Some(mut place) = Place::new("") else { return };
    let counting = || {
        let asked = Arc::new(AtomicU32::new(0));
        let count = asked.clone();
        let server = Server::new(move |_, stream| {
            count.fetch_add(1, Ordering::Relaxed);
            reply(stream, "200 OK", "", "x");
        });
        (server, asked)
    };
    let (shared, own) = (counting(), counting());
    let toml = |urls: &str| {
        format!(
            "[service]\nname = \"hello\"\nport = 8080\n[image]\nrepository = \"r/hello\"\n[smoke-test.checks.extra]\npath = \"/health\"\n\
             [clusters.eu]\ncontext = \"{}\"\n[clusters.us]\ncontext = \"us\"\n\
             [environments.production]\ncluster = [\"eu\", \"us\"]\nnamespace = \"{}\"\n{urls}",
            place.context, place.namespace
        )
    };
    let both = format!("url = \"{}\"\n[environments.production.clusters.us]\nurl = \"{}\"\n", shared.0.url, own.0.url);
    let (with, without) = (toml(&both), toml(""));
    let kubeconfig = two_names(&place);
    place.world.env("KUBECONFIG", kubeconfig);
    let counts = || (shared.1.load(Ordering::Relaxed), own.1.load(Ordering::Relaxed));
    for toml in [with, without] {
        place.world.file("instep.toml", toml);
        let ran = place.world.run(["kube-apply", "production", "--image", image()]);
        // In both clusters the same checks pass, wherever they are sent.
        assert_eq!(ran.code(0).out().matches("✓ extra    GET /health  → 200 ").count(), 2, "{ran:?}");
        assert_eq!(counts(), (1, 1), "{ran:?}");
    }
}
