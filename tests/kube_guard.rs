//! What must not be deployed, where it goes when a cluster fails, and who is told.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use support::World;
use support::kube::{Place, image};

/// Answers every request with 200, and gives the bodies.
fn webhook() -> (String, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/services/T0/secret", listener.local_addr().unwrap());
    let (send, bodies) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut text = String::new();
            let mut buffer = [0; 4096];
            while !text.contains('}') {
                let n = stream.read(&mut buffer).unwrap();
                text.push_str(&String::from_utf8_lossy(&buffer[..n]));
            }
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok");
            let _ = send.send(text.split("\r\n\r\n").nth(1).unwrap_or_default().to_owned());
        }
    });
    (url, bodies)
}

#[test]
fn a_commit_that_lacks_what_runs_is_refused_where_it_is_protected() {
    let Some(mut place) = Place::new("") else { return };
    let (url, told) = webhook();
    place.world.env("HOOK", &url).env("USER", "ada");
    let notify = "[notify]\nslack = { webhook = { env = \"HOOK\" } }\n";
    let config = |more: &str| {
        place.config(&format!("{notify}{more}"));
        let text = place.world.read("instep.toml");
        place.world.file(
            "instep.toml",
            text.replace("[environments.staging]\n", "[environments.staging]\nprotected = true\ndeploy-on = { tag = \"v*\" }\n"),
        );
    };
    config("");
    place.world.commit("rules");
    let ran = place.apply(&["--confirm", "staging"]);
    ran.code(6).says("error: environment `staging` is deployed from tag v*, not from main\n").says("instep.toml:10:21");
    ran.says("help: or go past it: --override REASON, which is recorded\n").says("note: nothing was changed\n");
    assert_eq!(told.recv().unwrap(), r#"{"text":"✗ hello 0.0.0-2.g"#.to_owned() + &rest(&ran.err()));
    // What fails before anything is looked at in the cluster is told too.
    let ran =
        place.world.run(["kube-apply", "staging", "--confirm", "staging", "--config", "image.repository=localhost:5000/instep-test/none"]);
    ran.code(1).says(" has no image yet\n");
    let text = told.recv().unwrap();
    assert!(text.contains(" in staging: was not begun. By ada.\\ncommit ") && text.contains(" has no image yet\\n– looked for "), "{text}");
    place.world.git(&["tag", "v1.0.0"]);
    place.apply(&["--confirm", "staging"]).code(0);
    assert!(told.recv().unwrap().contains("✓ hello 1.0.0 (v1) in staging: serves. By ada."));

    // A hot fix was deployed from a branch; the next release does not have it.
    place.world.git(&["checkout", "--quiet", "-b", "fix"]);
    place.world.commit("hot fix");
    place.world.git(&["tag", "v1.0.1"]);
    place.apply(&["--confirm", "staging"]).code(0);
    let fix = place.world.git(&["rev-parse", "--short=12", "HEAD"]);
    place.world.git(&["checkout", "--quiet", "main"]);
    place.world.commit("a feature");
    place.world.git(&["tag", "v1.1.0"]);
    let ran = place.apply(&["--confirm", "staging"]);
    ran.code(6)
        .says(&format!("error: this checkout does not have commit {fix} (1.0.1), which runs there (v2, by ada): it would get lost\n"));
    let ran = place.apply(&["--confirm", "staging", "--override", "fix is in by hand"]);
    ran.code(0).says("  overridden (fix is in by hand): this checkout does not have commit ");
    let json = place.world.run(["kube-history", "staging", "--output", "json"]).json();
    assert_eq!(json["places"][0]["releases"][0]["override"], "fix is in by hand");
    assert!(told.iter().take(3).last().unwrap().contains("A refusal was overridden: fix is in by hand"));
    assert!(!ran.err().contains("/services/T0/secret"), "{ran:?}");
    place.world.run(["kube-rollback", "staging", "--confirm", "staging"]).code(0);
    assert!(told.recv().unwrap().contains("✓ hello 1.0.1 (v4) in staging: serves again. By ada."));
}

#[test]
fn a_pull_request_is_no_push_to_its_target() {
    let Some(mut place) = Place::new("") else { return };
    place.config("");
    let text = place.world.read("instep.toml");
    let rule = "[environments.staging]\nprotected = true\ndeploy-on = { branch = \"main\" }\n";
    place.world.file("instep.toml", text.replace("[environments.staging]\n", rule));
    place.world.commit("rules");
    place.world.git(&["checkout", "--quiet", "--detach"]);
    place.apply(&["--confirm", "staging"]).code(6).says("is deployed from branch main, not from here");
    // CI systems name the target's branch, or the fork's, beside a pull request.
    place.world.env("TRAVIS", "true").env("TRAVIS_BRANCH", "main").env("TRAVIS_PULL_REQUEST", "7");
    place.apply(&["--confirm", "staging"]).code(6).says("is deployed from branch main, not from here");
    place.world.env("TRAVIS_PULL_REQUEST", "false");
    place.apply(&["--confirm", "staging"]).code(0);
    let text = place.world.read("instep.toml");
    place.world.file("instep.toml", format!("{text}# not committed\n"));
    place.apply(&["--confirm", "staging"]).code(6).says("error: files are changed that are not committed: ");
}

/// What follows the version in the message of the refusal.
fn rest(err: &str) -> String {
    let sha = err.split(".g").nth(1).unwrap().split(' ').next().unwrap();
    format!(
        "{sha} in staging: was not begun. By ada.\\nenvironment `staging` is deployed from tag v*, not from main\\n– nothing was changed\"}}"
    )
}

#[test]
fn the_clusters_before_the_one_that_fails_go_back_too() {
    let Some(place) = Place::new("") else { return };
    let (url, told) = webhook();
    let Place { context, namespace, kubeconfig, .. } = &place;
    let mut config = std::fs::read_to_string(kubeconfig).unwrap();
    config = config.replacen("contexts:\n", "contexts:\n- context: {cluster: away, user: away}\n  name: away\n", 1);
    config = config.replacen("clusters:\n", "clusters:\n- cluster: {server: 'https://127.0.0.1:1'}\n  name: away\n", 1);
    config = config.replacen("users:\n", "users:\n- name: away\n  user: {token: t}\n", 1);
    let file = place.world.file("kubeconfig", config);
    let toml = |env: &str| {
        place.world.file(
            "instep.toml",
            format!(
                "[service]\nname = \"hello\"\nport = 8080\n[image]\nrepository = \"r/hello\"\n[clusters.eu]\ncontext = \"{context}\"\n\
                 [clusters.us]\ncontext = \"away\"\n[environments.production]\ncluster = [\"eu\", \"us\"]\nnamespace = \"{namespace}\"\n\
                 [notify]\nslack = {{ webhook = {{ env = \"HOOK\" }} }}\n{env}"
            ),
        )
    };
    let apply = |args: &[&str]| {
        let mut command = place.world.command(support::INSTEP, &place.world.repo());
        command.env("KUBECONFIG", &file).env("HOOK", &url).args(["kube-apply", "--image", image()]).args(args);
        support::Ran::of(command.output().unwrap(), &place.world)
    };
    toml("");
    apply(&["production/eu"]).code(0);
    assert!(told.recv().unwrap().contains(" (v1) in production: serves. By "));
    toml("[kube.env]\nA = \"1\"\n");
    let ran = apply(&["production"]);
    ran.code(7).says("error: the cluster of context `away` does not answer\n").says("note: not deployed to: us\n");
    ran.says("note: eu went back too: ").says("▸ record v3 of hello");
    // One message for both clusters.
    let text = told.recv().unwrap();
    assert!(text.contains(" (v2) in production: failed, and the release before serves again. By "), "{text}");
    assert!(text.contains("– not deployed to: us\\n– eu went back too: ") && told.try_recv().is_err(), "{text}");
    let env = "--output=jsonpath={.spec.template.spec.containers[0].env[*].name}";
    assert_eq!(place.kubectl(&["get", "deployment", "hello", env]), "PORT");
    // Told otherwise, it stays.
    apply(&["production", "--no-rollback"]).code(8).says("note: eu stays at v4: --no-rollback\n");
    assert_eq!(place.kubectl(&["get", "deployment", "hello", env]), "PORT A");
    assert!(told.recv().unwrap().contains(" (v4) in production: failed, and is not as it was before. By "));
}

#[test]
fn an_autoscaler_gets_the_pods_as_they_are_and_a_host_is_nobodys_twice() {
    let Some(place) = Place::new("[kube]\nreplicas = 2\n") else { return };
    place.apply(&[]).code(0);
    place.config("[kube]\nreplicas = { min = 1, max = 4 }\n");
    let ran = place.apply(&[]);
    assert!(!ran.err().contains("spec.replicas: "), "{ran:?}");
    ran.code(0).says("▸ hand-over leave the number of pods to the autoscaler\n");
    assert_eq!(place.kubectl(&["get", "deployment", "hello", "--output=jsonpath={.spec.replicas}"]), "2");
    place.apply(&[]).code(0).says("  no object differs\n");
    place.world.run(["kube-diff", "staging", "--drift"]).code(0);
    // And gives them back when it goes.
    place.config("[kube]\nreplicas = 3\n");
    place.apply(&[]).code(0).says("spec.replicas: 2 → 3  (instep-replicas, ").says("- HorizontalPodAutoscaler hello\n");
    assert_eq!(place.kubectl(&["get", "deployment", "hello", "--output=jsonpath={.spec.replicas}"]), "3");

    let host = format!("{}.example.com", place.namespace);
    let other = format!(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: other}}\nspec:\n  rules:\n  - host: {host}\n    http: {{paths: [\
         {{path: /, pathType: Prefix, backend: {{service: {{name: other, port: {{number: 80}}}}}}}}]}}\n"
    );
    let file = place.world.file("other.yaml", other);
    place.kubectl(&["apply", "-f", file.to_str().unwrap()]);
    place.config(&format!("[kube.ingress]\nhosts = [\"{host}\"]\n"));
    let ran = place.apply(&[]);
    ran.code(1).says(&format!("error: {host}/ is already served by Ingress `other` in namespace `{}`\n", place.namespace));
    ran.says("instep.toml:13:9").says("note: nothing was changed\n");
}

#[test]
fn the_clusters_are_written_down_and_manifests_made_the_repos_own() {
    let Some(place) = Place::new("") else { return };
    let uid = place.kubectl_any(&["get", "namespace", "kube-system", "--output=jsonpath={.metadata.uid}"]);
    let text = place.world.read("instep.toml");
    let cluster = format!("[clusters.eu]\ncontext = \"{}\"\n\n[environments.eu]\ncluster = \"eu\"\nnamespace = \"other\"\n", place.context);
    place.world.file("instep.toml", format!("{text}{cluster}"));
    let hint = "`instep doctor --write` writes its version and uid down";
    place.world.run(["doctor"]).prints(hint);
    place.world.run(["doctor", "--write"]).code(0).prints("✓ wrote 4 lines to instep.toml\n").prints("    kube-version = \"1.");
    assert!(!place.world.run(["doctor"]).out().contains(hint));
    let written = place.world.read("instep.toml");
    assert_eq!(written.matches("\nkube-version = \"1.").count(), 2, "{written}");
    assert!(written.contains(&format!("[clusters.eu]\ncontext = \"{}\"\nkube-version = \"1.", place.context)), "{written}");
    assert_eq!(written.matches(&format!("uid = \"{uid}\"\n")).count(), 2, "{written}");
    place.world.run(["doctor", "--write"]).code(0).prints("every cluster that answers is written down");
    place.world.run(["kube-diff", "eu", "--image", image()]).code(3);
    // A cluster that is another one by now.
    let is = written.split("kube-version = \"").nth(1).unwrap().split('"').next().unwrap();
    place.world.file("instep.toml", written.replace(&format!("kube-version = \"{is}\""), "kube-version = \"1.19\""));
    let ran = place.apply(&["--dry-run"]);
    ran.code(0)
        .says(&format!("warning: cluster `staging` is {is}, but its kube-version says 1.19\n"))
        .says(&format!("help: correct it: kube-version = \"{is}\"\n"));
    place
        .world
        .run(["doctor", "--write"])
        .says(&format!("warning: the file says 1.19, but it is {is}\n"))
        .says("correct it, if this cluster is the one that is meant");
}

#[test]
fn ejected_manifests_render_the_same() {
    let world = World::with(
        "[service]\nname = \"users\"\nport = 8080\n[image]\nrepository = \"r/users\"\n[environments.staging]\ncontext = \"c\"\n",
    );
    let image = "--image=r/users@sha256:1";
    let before = world.run(["kube-render", "staging", image]).out();
    let ran = world.run(["kube-render", "staging", image, "--eject"]);
    ran.code(0).stdout("k8s/staging/service-users.yaml\nk8s/staging/deployment-users.yaml\ninstep.toml\n");
    assert!(world.read("instep.toml").ends_with("\n\n[environments.staging.kube]\ngenerate = false\nmanifests = [\"k8s/staging\"]\n"));
    world.run(["kube-render", "staging", image]).code(0).stdout(&before);
    world.run(["kube-render", "staging", "--eject"]).code(6).says("the folder k8s/staging is there");
}
