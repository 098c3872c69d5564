//! What is in the cluster before instep is, and what stays in it: objects that kubectl deployed, and claims.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use support::kube::{Place, tag};

const IMAGE: &str = "instep-test/kube-hello:1";
const LIVE: &str = "apiVersion: v1
kind: Service
metadata: {name: hello}
spec: {selector: {app: web}, ports: [{port: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: hello-deployment, labels: {app.kubernetes.io/name: web}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: instep-test/kube-hello:1
          env: [{name: OLD, value: '1'}, {name: KEPT, value: '1'}]
          ports: [{containerPort: 8080}]
          readinessProbe: {httpGet: {path: /health, port: 8080}, periodSeconds: 1}
          resources: {requests: {cpu: 10m, memory: 16Mi}}
";
const OWN: &str = "[kube]\nname = \"hello-deployment\"\ngenerate = false\nmanifests = [\"k8s\"]\n";

/// The pods, how often they were started again, and the variables of the Deployment.
fn pods(place: &Place) -> String {
    place.kubectl(&[
        "get",
        "pods",
        "--selector=app=web",
        "--output=jsonpath={range .items[*]}{.metadata.uid} {.status.containerStatuses[0].restartCount} {end}",
    ])
}

#[test]
fn what_kubectl_deployed_is_taken_over_without_a_new_pod() {
    let Some(place) = Place::new(OWN) else { return };
    tag(IMAGE);
    place.kubectl_any(&["create", "namespace", &place.namespace]);
    let file = place.world.file("k8s/app.yaml", LIVE);
    place.kubectl(&["apply", "-f", file.to_str().unwrap()]);
    place.kubectl(&["rollout", "status", "deployment/hello-deployment", "--timeout=60s"]);
    let before = pods(&place);
    let diff = || place.world.run(["kube-diff", "staging", "--image", IMAGE]);
    let ran = diff();
    ran.code(3).prints("+ metadata.labels[app.kubernetes.io/managed-by]: instep\n");
    assert!(!ran.out().contains("template"), "{ran:?}");

    let apply = |image: &str| place.world.run(["kube-apply", "staging", "--image", image]);
    let ran = apply(IMAGE);
    ran.code(0).prints("revision  v1\n").prints("✓ health   GET /health  → 200");
    assert!(!ran.err().contains("template"), "{ran:?}");
    assert_eq!(pods(&place), before, "the same pods, as they were");
    diff().code(0).prints("\n  no object differs\n");

    // Its pods are known by what keeps them.
    let ran = place.world.run(["kube-status", "staging"]);
    ran.code(0).prints("hello-deployment  1 of 1 pod ready").prints("  ✓  hello-deployment-");
    place.world.run(["kube-logs", "staging", "hello-deployment"]).code(0);
    place.world.run(["kube-logs", "staging", "--dry-run", "-f"]).code(0).prints(" logs hello-deployment-").prints(" --follow --prefix &\n");
    place.world.run(["kube-diff", "staging", "--drift"]).code(0);

    // What goes out of the file goes out of the cluster, though kubectl owned it; and the new pods are waited for.
    place.world.file("k8s/app.yaml", LIVE.replace("{name: OLD, value: '1'}, ", ""));
    apply(IMAGE).code(0).says("- spec.template.spec.containers[web].env[OLD]: 1\n");
    let env = "--output=jsonpath={.spec.template.spec.containers[0].env[*].name}";
    assert_eq!(place.kubectl(&["get", "deployment", "hello-deployment", env]), "KEPT");
    let ran = apply("localhost:5000/instep-test/no-such-image:1");
    ran.code(1).says("error: the image can't be pulled: ").says("note: all is as before: v2 (");
    assert_eq!(place.kubectl(&["get", "deployment", "hello-deployment", "--output=jsonpath={.status.readyReplicas}"]), "1");
}

const CLAIM: &str = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}\n";

const MORE: &str = "apiVersion: v1
kind: Namespace
metadata: {name: SPACE}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.GROUP}
spec:
  group: GROUP
  scope: Namespaced
  names: {kind: Thing, plural: things}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
";

/// Taken away at the end.
struct More<'a> {
    place: &'a Place,
    space: &'a str,
    group: &'a str,
}

impl Drop for More<'_> {
    fn drop(&mut self) {
        let names = [format!("namespace/{}", self.space), format!("customresourcedefinition/things.{}", self.group)];
        self.place.kubectl_any(&["delete", &names[0], &names[1], "--ignore-not-found", "--wait=false"]);
    }
}

#[test]
fn a_claim_stays_until_it_is_asked_for_by_its_own_flag() {
    let Some(place) = Place::new("[kube]\nreplicas = 0\nmanifests = [\"k8s\"]\n") else { return };
    place.world.file("k8s/claim.yaml", CLAIM);
    place.world.file("k8s/map.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\ndata: {a: b}\n");
    // These two are of no namespace, and would take all that is in them along.
    let (space, group) = (format!("{}-more", place.namespace), format!("{}.example.com", place.namespace));
    let _more = More { place: &place, space: &space, group: &group };
    place.world.file("k8s/more.yaml", MORE.replace("SPACE", &space).replace("GROUP", &group));
    let both =
        || place.kubectl_any(&["get", &format!("namespace/{space}"), &format!("customresourcedefinition/things.{group}"), "--output=name"]);
    place.apply(&[]).code(0);
    assert_eq!(both().lines().count(), 2, "{}", both());
    let names = || place.kubectl(&["get", "persistentvolumeclaims,configmaps", "--output=jsonpath={.items[*].metadata.name}"]);
    let names = || names().replace("kube-root-ca.crt", " ").split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(names(), "data map");
    // Neither is in the configuration any more.
    place.config("[kube]\nreplicas = 0\n");
    place.apply(&[]).code(0).says("▸ prune delete 1 object, no longer part of it: ConfigMap map\n");
    assert_eq!(names(), "data");
    assert_eq!(both().lines().count(), 2, "{}", both());
    place.config("[kube]\nreplicas = 0\nmanifests = [\"k8s/claim.yaml\"]\n");
    place.apply(&[]).code(0);
    let ran = place.world.run(["kube-delete", "staging", "--confirm", "staging"]);
    ran.code(0).prints("    PersistentVolumeClaim data stays, with its data (--claims deletes it)\n");
    assert_eq!(names(), "data");
    place.apply(&[]).code(0);
    let ran = place.world.run(["kube-delete", "staging", "--confirm", "staging", "--claims", "--output", "json"]);
    let deleted = ran.code(0).json()["places"][0]["deleted"].clone();
    assert!(deleted.as_array().unwrap().contains(&"PersistentVolumeClaim data".into()), "{deleted}");
    assert_eq!(both().lines().count(), 2, "{}", both());
    support::wait_until("the claim is gone", std::time::Duration::from_secs(20), || names().is_empty());
}
