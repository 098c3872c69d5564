//! What goes wrong in clusters, made to go wrong: each with the words that a person gets.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use support::docker::{PASSWORD, Private, docker_sh};
use support::kube::{Place, image};
use support::wait_until;

const SLOW: &str = "[kube]\ncommand = [\"/bin/busybox\", \"sh\", \"-c\", \"sleep 8; exec /bin/busybox httpd -f -p 8080 -h /www\"]\n";

fn wait_for_pods(place: &Place) {
    wait_until("there is a pod", Duration::from_secs(30), || {
        place.kubectl_any(&["--namespace", &place.namespace, "get", "pods", "--output=name"]).contains("pod/hello-")
    });
}

#[test]
fn out_of_memory_and_no_room() {
    let eats = "[kube]\nmemory = \"16Mi\"\ncommand = [\"/bin/busybox\", \"tail\", \"/dev/zero\"]\n";
    let Some(place) = Place::new(eats) else { return };
    let ran = place.apply(&[]);
    ran.code(8).says("error: `hello` takes more memory than it may, and is killed\n").says("memory = \"16Mi\"").says("give it more: ");
    place.kubectl(&["delete", "deployment", "hello"]);
    // The quota comes with the release itself: nothing can be known of it before.
    place.world.file("k8s/quota.yaml", "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: none}\nspec: {hard: {pods: '0'}}\n");
    place.config("[kube]\nmanifests = [\"k8s\"]\n");
    let ran = place.apply(&["--timeout", "4s"]);
    ran.code(8).says("error: not ready in time: no room for more pods: ").says("exceeded quota: none");
}

#[test]
fn a_pod_that_no_node_takes_is_waited_for_and_told_with_the_reason() {
    let patch = "[kube.patch.\"Deployment/hello\".spec.template.spec.nodeSelector]\n\"example.com/none\" = \"x\"\n";
    let Some(place) = Place::new(SLOW) else { return };
    place.apply(&[]).code(0);
    place.config(&format!("{SLOW}{patch}"));
    let ran = place.apply(&["--timeout", "4s"]);
    ran.code(4).says(": no node takes it: 0/1 nodes are available: ").says("error: not ready in time: 0 of 1 pod ready · hello-");
    ran.says("note: FailedScheduling: 0/1 nodes are available: ").says("note: all is as before: v1 (");
    ran.says("help: give it more time with `start-within` or --timeout");
    // Probes of the pod that serves failed while it started: that is over.
    assert!(!ran.err().contains("Unhealthy"), "{ran:?}");
}

#[test]
fn a_field_that_can_not_change_is_found_before_anything_does() {
    let Some(place) = Place::new("") else { return };
    place.apply(&[]).code(0);
    place.config("[kube]\nselector = { app = \"other\" }\n");
    let ran = place.apply(&[]);
    ran.code(1).says("error: a field that can't change once an object is there would have to change\n").says("note: nothing was changed\n");
    ran.says("spec.selector").says("help: keep the old value, or delete the object first");
}

#[test]
fn deleted_by_hand_and_scaled_by_hand_while_it_waits() {
    let Some(place) = Place::new(SLOW) else { return };
    let child = place.start_apply();
    wait_for_pods(&place);
    place.kubectl(&["scale", "deployment", "hello", "--replicas=2"]);
    place.end(child).code(0).prints("revision  v1\n");
    place.config(&format!("{SLOW}[kube.env]\nA = \"1\"\n"));
    let child = place.start_apply();
    wait_until("it is applied", Duration::from_secs(30), || {
        place.kubectl(&["get", "deployment", "hello", "--output=jsonpath={.spec.template.spec.containers[0].env[*].name}"]).contains('A')
    });
    place.kubectl(&["delete", "deployment", "hello"]);
    let ran = place.end(child);
    ran.code(1).says("error: `hello`: somebody deleted it\n").says("note: all is as before: v1 (");
    assert_eq!(place.kubectl(&["get", "deployment", "hello", "--output=jsonpath={.status.readyReplicas}"]), "1");
}

#[test]
fn who_may_only_read_is_told_so() {
    let Some(place) = Place::new("") else { return };
    place.kubectl_any(&["create", "namespace", &place.namespace]);
    place.kubectl(&["create", "serviceaccount", "reader"]);
    let account = format!("--serviceaccount={}:reader", place.namespace);
    place.kubectl(&["create", "rolebinding", "reader", "--clusterrole=view", &account]);
    let as_user = format!("--as system:serviceaccount:{}:reader", place.namespace);
    place.in_front_of_kubectl(&format!("case \"$1\" in config) ;; *) set -- {as_user} \"$@\";; esac"));
    let ran = place.apply(&[]);
    ran.code(1).says("error: the cluster does not allow this in namespace ").says("help: ask whoever runs the cluster for these rights\n");
    place.in_front_of_kubectl("");
    place.apply(&[]).code(0);
    place.in_front_of_kubectl(&format!("case \"$1\" in config) ;; *) set -- {as_user} \"$@\";; esac"));
    let ran = place.world.run(["kube-status", "staging"]);
    ran.code(0).stderr("").prints("  release  you may not read the records of the releases (Secrets)\n").prints("1 of 1 pod ready");
    place.apply(&[]).code(1).says("secrets is forbidden");
    place.world.run(["kube-logs", "staging"]).code(0);
}

#[test]
fn an_init_container_that_fails_shows_its_own_log() {
    let patch = format!(
        "[[kube.patch.\"Deployment/hello\".spec.template.spec.initContainers]]\nname = \"prepare\"\nimage = \"{}\"\n\
         command = [\"/bin/busybox\", \"sh\", \"-c\", \"echo no schema here; exit 5\"]\n",
        image()
    );
    let Some(place) = Place::new(&patch) else { return };
    let ran = place.apply(&[]);
    ran.code(8).says("│ no schema here\n").says("error: `prepare` ends with exit code 5 soon after its start, again and again\n");
    ran.says("note: its last line: no schema here\n");
}

#[test]
fn a_crash_a_while_after_the_start_is_seen_while_min_ready_seconds_watch() {
    let serve = "/bin/busybox httpd -p 8080 -h /www; sleep 4; printf 'a\\\\033[2Jb\\\\377: disk is full\\\\n'; exit 7";
    let more = format!(
        "[kube]\ncommand = [\"/bin/busybox\", \"sh\", \"-c\", \"{serve}\"]\n[kube.patch.\"Deployment/hello\"]\nspec.minReadySeconds = 12\n"
    );
    let Some(place) = Place::new("") else { return };
    place.apply(&[]).code(0);
    place.config(&more);
    let ran = place.apply(&[]);
    ran.code(1).says("│ ab\u{fffd}: disk is full\n").says("error: `hello` ends with exit code 7 soon after its start, again and again\n");
    ran.says("note: all is as before: v1 (");
}

#[test]
fn a_registry_that_wants_a_password_is_named_with_the_way_in() {
    let Some(place) = Place::new("") else { return };
    let Some(private) = Private::start() else { return };
    private.log_in(&place.world, PASSWORD);
    let name = format!("{}/instep-test/private:1", private.host);
    support::kube::tag(&name);
    let docker = |args: &[&str]| {
        let output = place.world.command("docker", &place.world.repo()).args(args).output().unwrap();
        assert!(output.status.success(), "docker {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    docker(&["push", "--quiet", &name]);
    docker(&["rmi", &name]);
    let deploy = || place.world.run(["kube-apply", "staging", "--image", &name]);
    let ran = deploy();
    ran.code(8).says("error: the image can't be pulled: ").says(&format!("note: image: {}/instep-test/private@sha256:", private.host));
    ran.says("help: let the cluster log in: make a Secret with the registry's credentials, and name it in `pull-secrets` of [kube]\n");
    let server = format!("--docker-server={}", private.host);
    let password = format!("--docker-password={PASSWORD}");
    place.kubectl(&["create", "secret", "docker-registry", "registry", &server, "--docker-username=user", &password]);
    place.config("[kube]\npull-secrets = [\"registry\"]\n");
    deploy().code(0);
    docker_sh(&format!(
        "docker images --digests --format '{{{{.Repository}}}}@{{{{.Digest}}}}' {}/instep-test/private | xargs docker rmi --force",
        private.host
    ));
}

const ORDERED: &str =
    "[kube]\nworkload = \"statefulset\"\n[kube.patch.\"StatefulSet/hello\"]\nspec.podManagementPolicy = \"OrderedReady\"\n";
const NOT_READY: &str = "[environments.staging.service]\nready = \"/not-there\"\n";

#[test]
fn a_stateful_set_that_is_stuck_is_found_and_the_remedy_helps() {
    let Some(place) = Place::new(&format!("{ORDERED}{NOT_READY}")) else { return };
    place.apply(&["--timeout", "4s"]).code(8).says("error: not ready in time: ");
    place.config(ORDERED);
    let ran = place.apply(&["--timeout", "4s"]);
    ran.code(8).says("error: the cluster does not begin with `hello`: it waits for hello-0, which is of the release before (");
    let remedy =
        format!("delete it, it does not serve: `kubectl --context {} --namespace {} delete pod hello-0`", place.context, place.namespace);
    ran.says(&remedy);
    place.kubectl(&["delete", "pod", "hello-0"]);
    place.apply(&[]).code(0);
}

#[test]
fn a_stateful_set_that_got_stuck_goes_back_by_itself() {
    let Some(place) = Place::new(ORDERED) else { return };
    place.apply(&[]).code(0);
    place.config(&format!("{ORDERED}{NOT_READY}"));
    let ran = place.apply(&["--timeout", "5s"]);
    ran.code(4).says("error: not ready in time: ").says("note: all is as before: v1 (");
    assert_eq!(place.kubectl(&["get", "statefulset", "hello", "--output=jsonpath={.status.readyReplicas}"]), "1");
}

/// A way to the API server that can be cut.
struct Proxy {
    port: u16,
    cut: Arc<AtomicBool>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Proxy {
    fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (cut, open) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let (is_cut, all) = (Arc::clone(&cut), Arc::clone(&open));
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if is_cut.load(Ordering::Relaxed) {
                    continue;
                }
                let Ok(server) = TcpStream::connect(&server) else { continue };
                for (mut from, mut to) in [(client.try_clone().unwrap(), server.try_clone().unwrap()), (server, client)] {
                    all.lock().unwrap().push(from.try_clone().unwrap());
                    std::thread::spawn(move || {
                        let _ = std::io::copy(&mut from, &mut to);
                        let _ = to.shutdown(Shutdown::Both);
                    });
                }
            }
        });
        Self { port, cut, open }
    }

    fn cut(&self, cut: bool) {
        self.cut.store(cut, Ordering::Relaxed);
        if cut {
            self.open.lock().unwrap().drain(..).for_each(|stream| drop(stream.shutdown(Shutdown::Both)));
        }
    }
}

#[test]
fn a_pull_that_fails_once_is_no_failure() {
    let Some(place) = Place::new("") else { return };
    let name = format!("instep-test/flaky-{}", place.namespace);
    let there = format!("localhost:5000/{name}:1");
    support::kube::tag(&there);
    let pushed = docker_sh(&format!("docker push --quiet {there} && docker image inspect --format '{{{{index .RepoDigests 0}}}}' {there}"));
    docker_sh(&format!("docker rmi {there}"));
    let digest = pushed.rsplit('@').next().unwrap();
    // The kubelet pulls through a way that is cut the first time.
    let proxy = Proxy::to("localhost:5000".to_owned());
    let image = format!("127.0.0.1:{}/{name}@{digest}", proxy.port);
    proxy.cut(true);
    let child = place.start(&["kube-apply", "staging", "--image", &image]);
    wait_until("a pull failed", Duration::from_secs(60), || {
        let events = ["get", "events", "--field-selector=reason=Failed", "--output=jsonpath={.items[*].message}"];
        place.kubectl_any(&[&["--namespace", &place.namespace][..], &events].concat()).contains("Failed to pull image")
    });
    proxy.cut(false);
    let ran = place.end(child);
    ran.code(0).says("the image can't be pulled, trying again: ").prints("revision  v1\n");
    docker_sh(&format!("docker rmi --force {image}"));
}

#[test]
fn an_api_server_that_goes_away_and_comes_back_is_waited_for() {
    let Some(mut place) = Place::new(SLOW) else { return };
    let config = std::fs::read_to_string(&place.kubeconfig).unwrap();
    let Some(server) = config.lines().find_map(|line| line.trim().strip_prefix("server: https://")) else { return };
    let proxy = Proxy::to(server.to_owned());
    let host = server.rsplit_once(':').map_or(server, |(host, _)| host);
    let through = format!("server: https://127.0.0.1:{}\n    tls-server-name: {host}", proxy.port);
    let file = place.world.file("kubeconfig", config.replace(&format!("server: https://{server}"), &through));
    place.world.env("KUBECONFIG", file.display().to_string());
    let child = place.start_apply();
    wait_for_pods(&place);
    proxy.cut(true);
    std::thread::sleep(Duration::from_secs(4));
    proxy.cut(false);
    place.end(child).code(0).prints("revision  v1\n");
    place.world.run(["kube-unlock", "staging"]).code(0).prints("staging is not locked");
}
