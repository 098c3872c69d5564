//! Many services at once: restarted, refreshed, looked at; commands in many checkouts.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use support::kube::image;
use support::{Ran, World, cluster, engine};

/// Several services in one namespace, in an environment that no other test has.
struct Fleet {
    world: World,
    kubeconfig: String,
    context: String,
    name: String,
}

impl Fleet {
    fn new() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let (kubeconfig, context) = cluster()?;
        if !engine() {
            return None;
        }
        let name = format!("instep-fleet-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut world = World::new();
        world.env("KUBECONFIG", &kubeconfig).env("USER", "ada");
        let fleet = Self { world, kubeconfig, context, name };
        fleet.user_file("");
        Some(fleet)
    }

    /// The user's own file, by which commands outside of a repo know the environment.
    fn user_file(&self, more: &str) {
        let dir = self.world.home().join(".config/instep");
        std::fs::create_dir_all(&dir).unwrap();
        let text = format!("[environments.{}]\ncontext = \"{}\"\n{more}", self.name, self.context);
        std::fs::write(dir.join("config.toml"), text).unwrap();
    }

    /// Deploys services: their names, and more of their files.
    fn deploy(&self, services: &[(&str, &str)]) {
        std::thread::scope(|scope| {
            for (name, more) in services {
                scope.spawn(|| {
                    self.apply(name, more).code(0);
                });
            }
        });
    }

    fn apply(&self, name: &str, more: &str) -> Ran {
        let team = if name.starts_with("ops") { "ops" } else { "growth" };
        let toml = format!(
            "[service]\nname = \"{name}\"\nteam = \"{team}\"\n[image]\nrepository = \"instep-test/kube-hello\"\n\
             [environments.{env}]\ncontext = \"{context}\"\nnamespace = \"{env}\"\n\
             [kube]\ncommand = [\"/bin/busybox\", \"sh\", \"-c\", \"trap exit TERM; sleep 3600 & wait\"]\n{more}",
            env = self.name,
            context = self.context,
        );
        self.world.file(&format!("{name}/instep.toml"), toml);
        self.world.run_in(&self.world.repo().join(name), ["kube-apply", &self.name, "--image", image()])
    }

    /// instep outside of any repo.
    fn run(&self, args: &[&str]) -> Ran {
        self.world.run_in(&self.world.home(), args.iter().map(|arg| arg.replace("ENV", &self.name)))
    }

    fn kubectl(&self, args: &[&str]) -> String {
        let here = ["--kubeconfig", &self.kubeconfig, "--context", &self.context, "--namespace", &self.name];
        let output = Command::new("kubectl").args(here).args(args).output().unwrap();
        assert!(output.status.success(), "kubectl {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// What kubectl says, whatever comes of it.
    fn kubectl_any(&self, args: &[&str]) {
        let here = ["--kubeconfig", &self.kubeconfig, "--context", &self.context];
        let _ = Command::new("kubectl").args(here).args(args).output().unwrap();
    }

    /// The pods of a service that stay.
    fn pods(&self, service: &str) -> String {
        let selector = format!("--selector=app.kubernetes.io/name={service}");
        let stay = "--output=go-template={{range .items}}{{if not .metadata.deletionTimestamp}}{{.metadata.name}}{{\"\\n\"}}{{end}}{{end}}";
        self.kubectl(&["get", "pods", &selector, stay])
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        let here = ["--kubeconfig", &self.kubeconfig, "--context", &self.context, "delete", "namespace", &self.name];
        let _ = Command::new("kubectl").args(here).args(["--ignore-not-found", "--wait=false"]).output();
    }
}

#[test]
fn a_team_is_restarted_without_what_is_excluded() {
    let Some(fleet) = Fleet::new() else { return };
    fleet
        .run(&["redeploy", "ENV"])
        .code(2)
        .stderr("error: redeploy needs to know which services\n │\n ╰ help: name them: --team TEAM, --app SERVICE, or --all\n");
    fleet.deploy(&[("api", ""), ("web", ""), ("ops-bot", "")]);
    fleet
        .run(&["redeploy", "ENV", "--team", "grwth"])
        .code(2)
        .says(&format!("error: no team `grwth` is deployed in {}\n", fleet.name))
        .says("help: did you mean `growth`?\n");
    fleet.run(&["redeploy", "ENV", "--all", "--exclude-app", "ops-bto"]).code(2).says("help: did you mean `ops-bot`?\n");
    let labels = "--selector=instep.dev/team=growth,instep.dev/revision=1";
    assert_eq!(fleet.kubectl(&["get", "deployments", labels, "--output=name"]), "deployment.apps/api\ndeployment.apps/web");

    let before = [fleet.pods("api"), fleet.pods("web"), fleet.pods("ops-bot")];
    let listed = fleet.run(&["redeploy", "ENV", "--team", "growth", "--exclude-app", "web", "--dry-run"]);
    listed.code(0).prints("# api:restart: new pods of api\n").prints(" rollout restart deployment.apps/api\n");
    listed.prints(" rollout status deployment.apps/api --timeout ");
    assert!(!listed.out().contains("web"), "{listed:?}");
    assert_eq!(before[0], fleet.pods("api"));

    let ran = fleet.run(&["redeploy", "ENV", "--team", "growth", "--exclude-app", "web"]);
    ran.code(0).stdout("\n✓ api  0.0.0-0.local  [TIME]  restarted\n1 service in [TIME]: 1 restarted\n");
    ran.stderr(&format!(
        "restart in {}: 1 service\n  api  v1 0.0.0-0.local  growth  1 workload\n▸ api restart\n✓ api [TIME]\n",
        fleet.name
    ));
    let after = [fleet.pods("api"), fleet.pods("web"), fleet.pods("ops-bot")];
    assert_eq!(before[1..], after[1..]);
    assert!(!after[0].contains(&before[0]), "{before:?} {after:?}");
    // A restart is no change of what is configured.
    fleet.world.run_in(&fleet.world.repo().join("api"), ["kube-diff", &fleet.name, "--drift"]).code(0);

    fleet.user_file("protected = true\n");
    fleet.run(&["redeploy", "ENV", "--app", "ops-bot"]).code(6).says(&format!("help: say that it is meant: --confirm {}\n", fleet.name));
    let json = fleet.run(&["redeploy", "ENV", "--app", "ops-bot", "--confirm", "ENV", "--output", "json"]).code(0).json();
    assert_eq!(json["redeployed"][0]["service"], "ops-bot");
    assert_eq!(json["redeployed"][0]["outcome"], "done");
    assert!(!fleet.pods("ops-bot").contains(&after[2]));
}

#[test]
fn a_restart_that_fails_is_taken_back_and_no_more_are_begun() {
    let Some(fleet) = Fleet::new() else { return };
    fleet.kubectl_any(&["create", "namespace", &fleet.name]);
    fleet.kubectl(&["create", "secret", "generic", "api-db", "--from-literal=url=x"]);
    fleet.deploy(&[("api", "[kube.env]\nURL = { secret = \"api-db\", key = \"url\" }\n"), ("web", "")]);
    let before = [fleet.pods("api"), fleet.pods("web")];
    fleet.kubectl(&["delete", "secret", "api-db"]);
    let ran = fleet.run(&["redeploy", "ENV", "--all", "--max-parallel", "1"]);
    ran.code(1)
        .prints("✗ api  0.0.0-0.local  [TIME]  `api` can't be configured: secret \"api-db\" not found\n")
        .prints("– web  0.0.0-0.local");
    ran.prints("2 services in [TIME]: 1 failed, 1 not begun\n");
    ran.says("error: api: `api` can't be configured: secret \"api-db\" not found\n")
        .says("note: all is as before: the pods of v1 (0.0.0-0.local) serve\n");
    assert_eq!(before, [fleet.pods("api"), fleet.pods("web")]);

    // Under the repo's own file the line is known.
    let ran = fleet.world.run_in(&fleet.world.repo().join("api"), ["redeploy", &fleet.name, "--app", "api"]);
    ran.code(1).says("instep.toml:12:").says("help: set it: `instep secret set ");
}

#[test]
fn a_refresh_applies_the_recorded_release_again() {
    let Some(fleet) = Fleet::new() else { return };
    fleet.deploy(&[("api", "[kube.env]\nLEVEL = \"info\"\n")]);
    fleet.kubectl(&["set", "env", "deployment/api", "LEVEL=debug"]);
    fleet.kubectl(&["rollout", "status", "deployment/api"]);
    let level = "--output=jsonpath={.spec.template.spec.containers[0].env[0].value}";
    let status = fleet.run(&["fleet", "status", "ENV", "--output", "json"]).code(0).json();
    assert_eq!(status["clusters"][0]["services"][0]["drift"], 1, "{status:#}");
    fleet.run(&["redeploy", "ENV", "--app", "api", "--refresh", "--dry-run"]).code(0).prints("# api:apply: ").prints("value: info\n");
    let ran = fleet.run(&["redeploy", "ENV", "--app", "api", "--refresh"]);
    ran.code(0).prints("✓ api  0.0.0-0.local  [TIME]  applied again as v2\n");
    assert_eq!(fleet.kubectl(&["get", "deployment", "api", level]), "info");
    let history = fleet.world.run_in(&fleet.world.repo().join("api"), ["kube-history", &fleet.name]);
    history.code(0).prints("  v2  serves    0.0.0-0.local").prints("  ada  back to v1\n");
}

#[test]
fn the_status_tells_of_every_service_and_of_an_idle_cluster() {
    let Some(fleet) = Fleet::new() else { return };
    fleet.deploy(&[("api", "replicas = 2\ncpu = \"20m\"\n"), ("ops-bot", "")]);
    let ran = fleet.run(&["fleet", "status", "ENV"]);
    ran.code(0).stderr("");
    let lines: Vec<Vec<String>> = ran.out().lines().map(|line| line.split_whitespace().map(str::to_owned).collect()).collect();
    assert_eq!(lines[0].join(" "), format!("{} (context {})", fleet.name, fleet.context));
    assert_eq!(lines[1].join(" "), "SERVICE TEAM VERSION REV AGE HEALTH DRIFT CPU MEMORY BY");
    let row = |at: usize| format!("{} … {}", lines[at][..4].join(" "), lines[at][6..].join(" "));
    assert_eq!(row(2), "api growth 0.0.0-0.local v1 … ✓ 2/2 none 40m 256.0 MiB ada");
    assert_eq!(row(3), "ops-bot ops 0.0.0-0.local v1 … ✓ 1/1 none 100m 128.0 MiB ada");
    ran.prints("\n  the cluster: ").prints(" are requested; how much is used is not known (no metrics server)\n");
    let only = fleet.run(&["fleet", "status", "ENV", "--team", "ops"]);
    assert!(!only.code(0).out().contains("api"), "{only:?}");
    fleet.run(&["fleet", "status", "nowhere"]).code(2).says("error: there is no environment `nowhere`\n");

    // A cluster of the test has no metrics server, and is not full: both are played.
    let pod = fleet.pods("api").lines().next().unwrap().to_owned();
    let real = which("kubectl");
    let metrics = format!(
        r#"{{"items":[{{"metadata":{{"namespace":"{}","name":"{pod}"}},"containers":[{{"usage":{{"cpu":"7300000n","memory":"2048Ki"}}}}]}}]}}"#,
        fleet.name
    );
    let nodes = r#"{"items":[{"status":{"allocatable":{"cpu":"100m","memory":"1Ti"}}}],"kind":"List"}"#;
    fleet.world.program(
        "kubectl",
        &format!("#!/bin/sh\ncase \" $* \" in\n*/metrics.k8s.io/*) echo '{metrics}';;\n*' nodes '*|*' nodes') echo '{nodes}';;\n*) exec {real} \"$@\";;\nesac\n"),
    );
    let ran = fleet.run(&["fleet", "status", "ENV"]);
    ran.code(0).prints("  40m, 7m used   256.0 MiB, 2.0 MiB used  ada\n").says("is full of requests, and idle\n");
}

fn which(program: &str) -> String {
    let dirs = std::env::split_paths(&std::env::var_os("PATH").unwrap()).map(|dir| dir.join(program)).find(|file| file.is_file());
    dirs.unwrap().display().to_string()
}

#[test]
fn a_command_runs_in_every_checkout() {
    let world = World::new();
    for name in ["a", "group/b", "c"] {
        world.file(&format!("{name}/instep.toml"), format!("[service]\nname = \"{}\"\n", name.replace('/', "-")));
    }
    world.file("c/broken", "");
    let ran = world.run([
        "fleet",
        "run",
        "--max-parallel",
        "1",
        "--",
        "sh",
        "-c",
        "echo \"in $PWD\"; ls; test ! -e broken || { echo oh no; exit 3; }",
    ]);
    ran.code(1).stdout(
        "\n✓ a        [TIME]  instep.toml\n✗ c        [TIME]  exit code 3\n✓ group/b  [TIME]  instep.toml\n3 repos in [TIME]: 2 done\n",
    );
    ran.says("✗ c exit code 3 ([TIME])\n  │ in [ROOT]/repo/c\n  │ broken\n  │ instep.toml\n  │ oh no\n").says("failed in 1 of 3 repos\n");
    let ran = world.run(["fleet", "run", "--max-parallel", "1", "--max-failures", "1", "--", "false"]);
    ran.code(1).prints("✗ a        [TIME]  exit code 1\n– c                not run\n");
    world.file("list", "# ours\na\n\ngroup/b\n");
    let ran = world.run(["fleet", "run", "--list", "list", "-e", "WHO=ada", "--", "sh", "-c", "echo $WHO"]);
    ran.code(0).prints("✓ a        [TIME]  ada\n✓ group/b  [TIME]  ada\n2 repos in [TIME]: 2 done\n");
    let json = world.run(["fleet", "run", "--list", "list", "--output", "json", "--", "true"]).code(0).json();
    assert_eq!(json["repos"][1]["repo"], "group/b");
    world
        .run(["fleet", "run", "--list", "list", "--dry-run", "--", "git", "pull"])
        .code(0)
        .stdout("(cd [ROOT]/repo/a && git pull)\n(cd [ROOT]/repo/group/b && git pull)\n");
    world.file("list", "a\nnowhere\n");
    world.run(["fleet", "run", "--list", "list", "--", "true"]).code(2).says("list names nowhere, which is no folder\n");
    world.run(["fleet", "run", "--dir", "group/b/..", "--", "no-such-program"]).code(1).says("`no-such-program` is not installed");
}
