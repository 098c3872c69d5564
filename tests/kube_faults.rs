//! What goes wrong in clusters, made to go wrong: each with the words that a person gets.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use support::kube::{Place, image};
use support::{INSTEP, Ran, wait_until};

const SLOW: &str = "[kube]\ncommand = [\"/bin/busybox\", \"sh\", \"-c\", \"sleep 8; exec /bin/busybox httpd -f -p 8080 -h /www\"]\n";

fn start(place: &Place) -> Child {
    let mut command = place.world.command(INSTEP, &place.world.repo());
    command.args(["kube-apply", "staging", "--image", image()]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

fn end(place: &Place, child: Child) -> Ran {
    Ran::of(child.wait_with_output().unwrap(), &place.world)
}

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
    place.config("");
    place.kubectl(&["delete", "deployment", "hello"]);
    place.kubectl(&["create", "quota", "none", "--hard=pods=0"]);
    let ran = place.apply(&["--timeout", "4s"]);
    ran.code(8).says("error: not ready in time: no room for more pods: ").says("exceeded quota: none");
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
    let child = start(&place);
    wait_for_pods(&place);
    place.kubectl(&["scale", "deployment", "hello", "--replicas=2"]);
    end(&place, child).code(0).prints("revision  v1\n");
    place.config(&format!("{SLOW}[kube.env]\nA = \"1\"\n"));
    let child = start(&place);
    wait_until("it is applied", Duration::from_secs(30), || {
        place.kubectl(&["get", "deployment", "hello", "--output=jsonpath={.spec.template.spec.containers[0].env[*].name}"]).contains('A')
    });
    place.kubectl(&["delete", "deployment", "hello"]);
    let ran = end(&place, child);
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
    let file = place.world.repo().join("kubeconfig");
    std::fs::copy(&place.kubeconfig, &file).unwrap();
    let user = format!("system:serviceaccount:{}:reader", place.namespace);
    place.world.program(
        "kubectl",
        &format!(
            "#!/bin/sh\nfor kubectl in $(which -a kubectl); do [ \"$kubectl\" = \"$0\" ] || break; done\n\
        case \"$1\" in config) exec \"$kubectl\" \"$@\";; esac\nexec \"$kubectl\" --as {user} \"$@\"\n"
        ),
    );
    let ran = place.apply(&[]);
    ran.code(1).says("error: the cluster does not allow this in namespace ").says("help: ask whoever runs the cluster for these rights\n");
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
fn an_api_server_that_goes_away_and_comes_back_is_waited_for() {
    let Some(mut place) = Place::new(SLOW) else { return };
    let config = std::fs::read_to_string(&place.kubeconfig).unwrap();
    let Some(server) = config.lines().find_map(|line| line.trim().strip_prefix("server: https://")) else { return };
    let proxy = Proxy::to(server.to_owned());
    let host = server.rsplit_once(':').map_or(server, |(host, _)| host);
    let through = format!("server: https://127.0.0.1:{}\n    tls-server-name: {host}", proxy.port);
    let file = place.world.file("kubeconfig", config.replace(&format!("server: https://{server}"), &through));
    place.world.env("KUBECONFIG", file.display().to_string());
    let child = start(&place);
    wait_for_pods(&place);
    proxy.cut(true);
    std::thread::sleep(Duration::from_secs(4));
    proxy.cut(false);
    end(&place, child).code(0).prints("revision  v1\n");
    place.world.run(["kube-unlock", "staging"]).code(0).prints("staging is not locked");
}
