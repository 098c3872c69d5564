//! Looking at what is deployed: nothing secret is shown, and what is used stands beside what was asked for.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use support::kube::{Place, image};

const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata: {name: keys}\nstringData: {password: VALUE, old: VALUE}\n";

#[test]
fn what_a_secret_keeps_is_never_shown() {
    let Some(place) = Place::new("[kube]\nmanifests = [\"k8s\"]\n") else { return };
    let secrets = ["correct-horse", "battery-staple", "Y29ycmVjdC1ob3JzZQ", "YmF0dGVyeS1zdGFwbGU"];
    let is_clean = |ran: &support::Ran| {
        let text = format!("{}{}", ran.out(), ran.err());
        assert!(!secrets.iter().any(|secret| text.contains(secret)), "{ran:?}");
    };
    place.world.file("k8s/secret.yaml", SECRET.replace("VALUE", "correct-horse"));
    let ran = place.apply(&["-vv"]);
    ran.code(0).says("+ Secret keys\n");
    is_clean(&ran);
    let diff = |more: &[&str]| {
        let ran = place.world.run(["kube-diff", "staging", "--image", image()].into_iter().chain(more.iter().copied()));
        is_clean(&ran);
        ran
    };
    diff(&[]).code(0);
    place.world.file("k8s/secret.yaml", SECRET.replace("VALUE", "battery-staple").replace("old:", "new:"));
    let ran = diff(&[]);
    ran.code(3).prints("data.password: *** → *** (another value)\n").prints("+ data.new: ***\n").prints("- data.old: ***\n");
    let fields = diff(&["--output", "json"]).json()["places"][0]["changes"][0]["fields"].clone();
    let field = |path: &str, old: Option<&str>, new: Option<&str>| serde_json::json!({ "path": path, "old": old, "new": new });
    let stars = Some("***");
    let all = [field("data.old", stars, None), field("data.password", stars, stars), field("data.new", None, stars)];
    assert_eq!(fields, serde_json::json!(all));
    // The API server quotes what it can't read.
    place.world.file("k8s/secret.yaml", SECRET.replace("stringData", "data").replace("VALUE", "battery-staple!"));
    let ran = place.apply(&[]);
    ran.code(1).says("illegal base64 data");
    is_clean(&ran);
    place.kubectl(&["patch", "secret", "keys", "--patch={\"stringData\":{\"password\":\"battery-staple\"}}"]);
    let ran = place.world.run(["kube-diff", "staging", "--drift"]);
    ran.code(3).prints("data.password: *** → *** (another value)");
    is_clean(&ran);
    // Nor in what is kept of a failure, when the service itself writes it.
    place.kubectl(&["delete", "secret", "keys"]);
    place.world.file("k8s/secret.yaml", SECRET.replace("VALUE", "battery-staple"));
    let says = "command = [\"/bin/busybox\", \"sh\", \"-c\", \"echo the password is $P; exit 3\"]";
    place.config(&format!("[kube]\nmanifests = [\"k8s\"]\n{says}\n[kube.env]\nP = {{ secret = \"keys\", key = \"password\" }}\n"));
    let ran = place.apply(&[]);
    ran.code(1).says("│ the password is ***\n").says("note: its last line: the password is ***\n");
    is_clean(&ran);
    let evidence = place.world.repo().join(".instep/state/evidence");
    let kept = place.world.command("grep", &place.world.repo()).args(["-rlE", &secrets.join("|")]).arg(evidence).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&kept.stdout), "");
}

#[test]
fn what_pods_use_stands_beside_what_they_asked_for() {
    let Some(place) = Place::new("[workloads.agent]\nworkload = \"daemonset\"\n") else { return };
    place.apply(&[]).code(0);
    let ran = place.world.run(["kube-status", "staging"]);
    ran.code(0).prints("  hello        1 of 1 pod ready ").prints("  hello-agent  1 of 1 pod ready ");
    // The test cluster has no metrics API: its answer is made up, all else is real.
    let Place { kubeconfig, context, namespace, .. } = &place;
    let pod = format!(
        "\"$kubectl\" --kubeconfig {kubeconfig} --context {context} --namespace {namespace} get pods --output=name | sed -n 's,^pod/\\(hello-[0-9a-f]*-.*\\),\\1,p'"
    );
    let usage = r#"{"kind":"PodMetricsList","items":[{"metadata":{"name":"'$(POD)'","namespace":"SPACE"},"containers":[{"name":"hello","usage":{"cpu":"2500000n","memory":"12Mi"}}]}]}"#;
    place.in_front_of_kubectl(&format!(
        "case \"$*\" in *metrics.k8s.io*) echo '{}'; exit;; esac",
        usage.replace("POD", &pod).replace("SPACE", namespace)
    ));
    let ran = place.world.run(["kube-status", "staging"]);
    assert_eq!(ran.out().matches("uses ").count(), 1, "{ran:?}");
    ran.code(0).stderr("").prints("uses 3m of 100m CPU, 12Mi of 128Mi memory\n");
    let json = place.world.run(["kube-status", "staging", "--output", "json"]).json();
    let workload = json["places"][0]["workloads"].as_array().unwrap().iter().find(|workload| workload["name"] == "hello").unwrap();
    assert_eq!(workload["requested"], serde_json::json!({ "cpu": 100, "memory": 128 << 20 }));
    assert_eq!(workload["used"], serde_json::json!({ "cpu": 3, "memory": 12 << 20 }));
}
