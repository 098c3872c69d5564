//! Everything else that can be rendered and deployed: files, volumes, sidecars, jobs, own manifests.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use support::World;
use support::kube::{Place, image};

const ALL: &str = r#"[vars]
cost_centre = "4711"
[service]
name = "users"
port = 8080
[image]
repository = "r.example.com/users"
[images.nginx]
repository = "r.example.com/nginx"
[kube]
workload = "statefulset"
replicas = 2
service-account = "users"
manifests = ["k8s"]
[kube.env]
DATABASE_URL = { secret = "users-db", key = "url" }
[kube.env-from]
secrets = ["users-extra"]
config-maps = ["common"]
[kube.files]
"/etc/users/config.yaml" = "config/{{ environment }}.yaml"
"/etc/users/logo.bin" = "config/logo.bin"
"/etc/users/tls" = { secret = "users-tls" }
[kube.volumes.data]
path = "/var/lib/users"
size = "1Gi"
[kube.volumes.scratch]
path = "/scratch"
[kube.external]
legacy-db = "db.internal.example.com"
[kube.sidecars.nginx]
image = "nginx"
port = 8000
env = { A = "on" }
[kube.patch."StatefulSet/users"]
spec.template.spec.priorityClassName = "high-{{ environment }}"
spec.template.spec.containers = [{ name = "nginx", args = ["-q"] }]
[workloads.mailer]
command = ["./users", "mailer"]
workload = "deployment"
[workloads.agent]
workload = "daemonset"
replicas = 3
image = "r.example.com/agent:1"
[jobs.nightly]
command = ["./users", "report"]
schedule = "15 3 * * *"
concurrency = "replace"
timeout = "1h"
[jobs.migrate]
command = ["./migrate", "up"]
before-deploy = true
[clusters.old]
context = "instep"
kube-version = "1.20"
[clusters.new]
context = "new"
kube-version = "1.30"
[environments.staging]
cluster = ["old", "new"]
"#;

const EXTRA: &str = r#"apiVersion: v1
kind: Secret
metadata:
  name: extra
stringData:
  # load! parts/secret-${ENVIRONMENT}.yaml, parts/secret.yaml
  # load? parts/none.yaml
  centre: "${COST_CENTRE}"
  shell: "$${HOME} ${home}"
---
apiVersion: batch/v1
kind: Job
metadata:
  name: once-{{ environment }}
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: x
          image: r.example.com/nginx:latest
"#;

fn world(toml: &str) -> World {
    let world = World::with(toml);
    world.file("config/staging.yaml", "level: debug\n");
    world.file("config/logo.bin", b"\0\xffx");
    world.file("k8s/extra.yaml", EXTRA);
    world.file("k8s/parts/secret.yaml", "a: b\n# load! inner/${SERVICE}.yaml, inner/more.yaml\n");
    world.file("k8s/parts/inner/more.yaml", "${NAMESPACE}: c\n");
    world
}

#[test]
fn all_kinds_render_and_a_cluster_takes_them() {
    let world = world(ALL);
    let ran = world.run(["kube-render", "staging/old", "--image", "r.example.com/users@sha256:5f0c"]);
    ran.code(0).stderr("");
    support::golden("kube-parts.yaml", &ran.out());
    world.run(["kube-render", "staging/new"]).code(0).prints("apiVersion: batch/v1\nkind: CronJob").prints("apiVersion: policy/v1\n");
    let Some(place) = Place::new("") else { return };
    place.kubectl_any(&["create", "namespace", &place.namespace]);
    let file = place.world.file("all.yaml", ran.out().replace("namespace: users", &format!("namespace: {}", place.namespace)));
    let taken = place.kubectl(&["apply", "--server-side", "--dry-run=server", "-f", file.to_str().unwrap()]);
    assert_eq!(taken.lines().count(), 14, "{taken}");
}

#[test]
fn faults_in_own_manifests_have_their_line() {
    let world = world(ALL);
    world.file("k8s/extra.yaml", "kind: x\n  # load! parts/nope.yaml, parts/none.yaml\n");
    let ran = world.run(["kube-render", "staging"]);
    ran.code(2).says("error: none of these files is there: parts/nope.yaml and parts/none.yaml\n").says("k8s/extra.yaml:2:1");
    world.file("k8s/extra.yaml", "a: ${NOPE}\n");
    world.run(["kube-render", "staging"]).code(2).says("there is no variable `NOPE`").says("k8s/extra.yaml:1:1").says("`$${NOPE}`");
    world.file("k8s/extra.yaml", "a:\n  b: {{ nope }}\n");
    world.run(["kube-render", "staging"]).code(2).says("`nope` is not defined").says("k8s/extra.yaml:2:9");
    world.file("k8s/extra.yaml", "a: 1\n");
    world.run(["kube-render", "staging"]).code(2).says("k8s/extra.yaml holds something that is no Kubernetes object");
    let world = self::world(&ALL.replace("StatefulSet/users", "StatefulSet/user"));
    world
        .run(["kube-render", "staging"])
        .code(2)
        .says("no generated object is a StatefulSet/user")
        .says("did you mean \"StatefulSet/users\"?");
    let world = self::world(&ALL.replace("config/logo.bin", "config/none.bin"));
    world.run(["kube-render", "staging"]).code(2).says("config/none.bin: No such file").says("\"config/none.bin\"");
}

#[test]
fn a_kustomization_and_a_chart_render_instead() {
    let toml =
        "[service]\nname = \"users\"\n[image]\nrepository = \"r.example.com/users\"\n[environments.staging]\ncontext = \"c\"\n[kube]\n";
    let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: users}\nspec:\n  selector: {matchLabels: {app: users}}\n  \
                      template:\n    metadata: {labels: {app: users}}\n    spec: {containers: [{name: users, image: 'r.example.com/users:old'}]}\n";
    if support::kube::has("kubectl") {
        let world = World::with(&format!("{toml}kustomize = \"overlay\"\n"));
        world.file("overlay/kustomization.yaml", "resources: [deployment.yaml]\nnamePrefix: my-\n");
        world.file("overlay/deployment.yaml", deployment);
        let ran = world.run(["kube-render", "staging", "--image", "r.example.com/users@sha256:1"]);
        ran.code(0)
            .prints("  name: my-users\n")
            .prints("image: r.example.com/users@sha256:1\n")
            .prints("app.kubernetes.io/managed-by: instep\n");
        assert_eq!(ran.out().matches("kind: ").count(), 1, "{ran:?}");
    }
    let mut world = World::with(&format!("{toml}chart = \"chart\"\n"));
    if !support::kube::add_helm(&mut world) {
        return;
    }
    world.file("chart/Chart.yaml", "apiVersion: v2\nname: users\nversion: 0.1.0\n");
    world.file("chart/values.yaml", "replicas: 1\n");
    world.file("chart/values-staging.yaml", "replicas: 4\n");
    world.file("chart/templates/d.yaml", deployment.replace("spec:\n  selector", "spec:\n  replicas: {{ .Values.replicas }}\n  selector"));
    let ran = world.run(["kube-render", "staging", "--image", "r.example.com/users@sha256:1"]);
    ran.code(0).prints("  replicas: 4\n").prints("image: r.example.com/users@sha256:1\n");
}

#[test]
fn stateful_sets_daemon_sets_and_files_roll_out() {
    let more = "[kube]\nworkload = \"statefulset\"\n[kube.files]\n\"/www/extra\" = \"extra.txt\"\n\
                [workloads.agent]\nworkload = \"daemonset\"\n[workloads.web]\nworkload = \"deployment\"\ncommand = [\"/bin/busybox\", \"sleep\", \"3600\"]\n\
                [smoke-test.checks.extra]\npath = \"/extra\"\nbody-contains = \"one\"\n";
    let Some(place) = Place::new(more) else { return };
    place.world.file("extra.txt", "one\n");
    let ran = place.apply(&[]);
    ran.code(0).says("until hello-web, hello and hello-agent serve;").prints("✓ extra    GET /extra   → 200");
    place.world.file("extra.txt", "one and two\n");
    let ran = place.apply(&[]);
    ran.code(0).says("- ConfigMap hello-files-").says("▸ prune delete 3 objects, no longer part of it: ");
    // What the ReplicaSet of the release before names stays; the others are not needed any more.
    let maps = place.kubectl(&["get", "configmaps", "--selector=app.kubernetes.io/name=hello", "--output=name"]);
    let of = |workload: &str| maps.lines().filter(|name| name.starts_with(&format!("configmap/{workload}-files-"))).count();
    assert_eq!((of("hello"), of("hello-agent"), of("hello-web")), (1, 1, 2), "{maps}");

    let ran = place.world.run(["kube-apply", "staging", "--image", "localhost:5000/instep-test/no-such-image:1"]);
    ran.code(1).says("error: the image can't be pulled: ").says("note: all is as before: v2 (");
    assert_eq!(place.kubectl(&["get", "statefulset", "hello", "--output=jsonpath={.status.readyReplicas}"]), "1");
}

const MIGRATE: &str = "[jobs.migrate]\nbefore-deploy = true\nrollback-floor = \"2.0.0\"\n";

#[test]
fn a_migration_runs_first_and_a_rollback_below_its_floor_is_refused() {
    let Some(place) = Place::new("") else { return };
    place.world.git(&["tag", "v1.0.0"]);
    place.apply(&[]).code(0);
    place.config(&format!("{MIGRATE}command = [\"/bin/busybox\", \"sh\", \"-c\", \"echo no such table; exit 3\"]\n"));
    let ran = place.apply(&[]);
    ran.code(1).says("▸ job:migrate run hello-migrate-v2; giving up after 10 m 00 s\n").prints("no such table\n");
    ran.says("error: job hello-migrate-v2 failed: ").says("note: its last line: no such table\n").says("note: nothing was changed\n");
    assert_eq!(place.kubectl(&["get", "jobs", "--output=name"]), "");
    assert_eq!(place.outcomes(), "instep-release-hello-v1=deployed");

    place.config(&format!("{MIGRATE}command = [\"/bin/busybox\", \"echo\", \"one table more\"]\n"));
    place.world.commit("second");
    place.world.git(&["tag", "v2.0.0"]);
    let ran = place.apply(&[]);
    ran.code(0).prints("one table more\n").prints("revision  v2\n");
    ran.says("  ~ Service hello  version 1.0.0 → 2.0.0\n  ~ Deployment hello  version 1.0.0 → 2.0.0\n▸ ");
    let ran = place.world.run(["kube-rollback", "staging"]);
    ran.code(8).says("error: v1 (1.0.0) does not work with today's schema: 2.0.0 is the oldest that does\n");
    ran.says("help: go forward: mend it, build it, and `instep kube-apply` it\n").says("note: nothing was changed\n");
    assert_eq!(place.outcomes(), "instep-release-hello-v1=deployed instep-release-hello-v2=deployed");

    let bad = "[kube]\ncommand = [\"/bin/nothing\"]\n[jobs.migrate]\nbefore-deploy = true\nrollback-floor = \"3.0.0\"\n";
    place.config(&format!("{bad}command = [\"/bin/busybox\", \"true\"]\n"));
    let ran = place.apply(&[]);
    ran.code(8).says("note: v2 (2.0.0) does not work with today's schema: 3.0.0 is the oldest that does\n").says("go forward");
    // By hand neither: what failed has migrated it all the same.
    let ran = place.world.run(["kube-rollback", "staging", "--to", "2"]);
    ran.code(8)
        .says("error: v2 (2.0.0) does not work with today's schema: 3.0.0 is the oldest that does\n")
        .says("note: v3 (2.0.0-dirty) migrated it");
    // Who has put the old schema back may go back.
    let ran = place.world.run(["kube-rollback", "staging", "--to", "1", "--override", "schema restored"]);
    ran.code(0).says("  overridden (schema restored): v1 (1.0.0) does not work with today's schema").prints("revision  v4\n");
    let json = place.world.run(["kube-history", "staging", "--output", "json"]).json();
    assert_eq!(json["places"][0]["releases"][0]["override"], "schema restored");
    place
        .world
        .run(["kube-deploy", "staging", "--image", image()])
        .code(0)
        .says("▸ job:migrate run hello-migrate-v5;")
        .says("✓ job:migrate ");
}
