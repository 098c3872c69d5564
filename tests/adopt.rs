//! `instep adopt`: a repo that was never generated.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use support::World;
use support::terminal::Person;

const MAKEFILE: &str = "NAME := users
IMAGE = registry.example.com/team/$(NAME)
PORT ?= 8080
export LOG = debug

# Everything that a release needs
.PHONY: all test lint
all: lint test

test: lint ## Run the tests
\t@echo tested on $(PORT) in $$LOG

lint:
\t-@false

bin/users: main.c
\tcp $< $@

push: docker_build
\tdocker push $(IMAGE):$(shell git describe)

docker_build: test
\tdocker build -t $(IMAGE) .

odd:
\techo $(subst a,b,$(NAME))

include other.mk
";

const DEPLOYMENT: &str = "apiVersion: apps/v1
kind: Deployment
metadata: { name: users-deployment }
spec:
  replicas: 3
  selector: { matchLabels: { app: users } }
  template:
    spec:
      containers:
      - name: main
        image: registry.example.com/team/users:1.2
        ports: [{ containerPort: 9000 }]
        livenessProbe: { httpGet: { path: /livez, port: 9000 } }
";

fn repo() -> World {
    let world = World::new();
    world.file("Makefile", MAKEFILE);
    world.file("main.c", "int main;\n");
    std::fs::create_dir(world.repo().join("bin")).unwrap();
    world
}

#[test]
fn a_makefile_becomes_tasks_that_run() {
    let world = repo();
    let ran = world.run(["adopt", "--yes"]);
    ran.code(0).stdout(
        r#"# Proposed by `instep adopt`: each line says where it comes from.

[service]
name = "repo" # the folder's name
# port = 8080 # no file says which: add it, when the service serves HTTP

[tasks.all] # Makefile:8
needs = ["lint", "test"]
env = { "LOG" = "debug" }

[tasks.test] # Makefile:10
description = "Run the tests"
needs = ["lint"]
run = "echo tested on ${PORT:-8080} in $LOG"
env = { "LOG" = "debug" }

[tasks.lint] # Makefile:13
run = "false || true"
env = { "LOG" = "debug" }

[tasks.bin-users] # Makefile:16
# `bin/users` is called `bin-users` here
run = "cp main.c bin/users"
env = { "LOG" = "debug" }
sources = ["main.c"]
outputs = ["bin/users"]

[tasks.push] # Makefile:19
# `instep docker-build --push` does this without a task
run = [
  "instep docker-build",
  "docker push registry.example.com/team/users:$(git describe)",
]
env = { "LOG" = "debug" }

[tasks.docker-build] # Makefile:22
needs = ["test"]

[tasks.odd] # Makefile:25
run = 'make odd "$@"'
env = { "LOG" = "debug" }

# Not carried over:
# - Makefile:28: `include other.mk`: other files are not read
# - Makefile:22: `docker_build`: the built-in `instep docker-build` takes its place
# - Makefile:25: the recipe of `odd` stays in the Makefile, for $(subst …): the task calls `make odd`
"#,
    );
    ran.says("✓ wrote instep.toml");
    world.run(["test"]).code(0).prints("tested on 8080 in debug");
    world.run(["bin-users"]).code(0);
    assert_eq!(world.read("bin/users"), "int main;\n");
}

#[test]
fn nothing_is_written_unasked_or_over_another_file() {
    let world = repo();
    world.run(["adopt"]).code(0).says("nothing was written: --yes writes it");
    assert!(!world.repo().join("instep.toml").exists());
    let json = world.run(["adopt", "--output", "json"]).code(0).json();
    assert_eq!((&json["found"]["tasks"][1]["name"], &json["written"]), (&"test".into(), &false.into()));
    assert_eq!(json["found"]["left"][0]["from"], "Makefile:28");
    world.file("instep.toml", "[service]\nname = \"mine\"\n");
    world.run(["adopt", "--yes"]).code(6).stdout("").says("instep.toml is there already").says("[tasks.bin-users]");
    assert_eq!(world.read("instep.toml"), "[service]\nname = \"mine\"\n");
}

#[test]
fn a_makefile_shim_keeps_make_working() {
    let mut world = repo();
    world.run(["adopt", "--yes", "--makefile-shim"]).code(0).says("✓ wrote instep.toml and Makefile");
    assert_eq!(world.read("Makefile.old"), MAKEFILE);
    assert!(world.read("instep.toml").contains("run = 'make -f Makefile.old odd \"$@\"'"));
    let path = std::path::Path::new(support::INSTEP).parent().unwrap().display().to_string();
    world.env("PATH", format!("{path}:{}", std::env::var("PATH").unwrap()));
    let make = |target: &str| world.command("make", &world.repo()).arg(target).output().unwrap();
    let ran = make("test");
    assert!(ran.status.success() && String::from_utf8_lossy(&ran.stdout).contains("tested on 8080"), "{ran:?}");
    assert!(make("bin/users").status.success());
    assert_eq!(world.read("bin/users"), "int main;\n");
    world.run(["adopt", "--yes", "--makefile-shim"]).code(6);
}

#[test]
fn what_is_live_keeps_its_names() {
    let world = World::new();
    world.file("k8s/deployment.yaml", DEPLOYMENT);
    world.file(
        "docker/Dockerfile",
        "FROM a AS build\nFROM b\nEXPOSE 80\nUSER 1000:1000\nHEALTHCHECK CMD curl -f http://localhost:80/up || exit 1\n",
    );
    world.file("docker-compose.yml", "services: {}\n");
    world.file("Procfile", "web: ./serve\nrelease: ./migrate\nclock_work: ./clock\n");
    world.file(".travis.yml", "script: make test\n");
    let ran = world.run(["adopt"]);
    ran.code(0).stdout(
        r#"# Proposed by `instep adopt`: each line says where it comes from.

[service]
name = "repo" # the folder's name
port = 9000 # k8s/deployment.yaml
health = "/livez" # k8s/deployment.yaml

[image]
repository = "registry.example.com/team/users" # k8s/deployment.yaml
dockerfile = "docker/Dockerfile" # docker/Dockerfile
# docker/Dockerfile: 2 stages; the last one is built: `target` names another (build)

[run-local]
run = "./serve" # Procfile:1
compose = "docker-compose.yml" # docker-compose.yml

[kube]
generate = false # what is live stays as it is; without this line instep generates what k8s/ lacks
manifests = ["k8s"] # k8s/
name = "users-deployment" # k8s/deployment.yaml
selector = { "app" = "users" } # k8s/deployment.yaml
replicas = 3 # k8s/deployment.yaml
user = 1000 # docker/Dockerfile:4

[workloads.clock-work] # Procfile:3
command = ["sh", "-c", "./clock"]

[jobs.release] # Procfile:2
command = ["sh", "-c", "./migrate"]
before-deploy = true

# Not carried over:
# - docker/Dockerfile:3: port 80: `ports` of [service] names further ones, `ports = { admin = 80 }`
# - .travis.yml, script: `make test`: no task does this
# - .travis.yml: left as it is; `instep ci --print travis` prints one that runs these tasks
"#,
    );
}

#[test]
fn justfile_taskfile_and_packages_are_read_and_the_first_wins() {
    let world = World::new();
    world.file("justfile", "# Build it\nbuild:\n    echo just built\n\ndeploy ENV:\n    ship {{ENV}}\n");
    world.file("Taskfile.yml", "tasks:\n  build: echo task built\n  gen:\n    cmds: [echo generated]\n");
    world.file("package.json", "{\"name\": \"@acme/users\", \"scripts\": {\"build\": \"tsc\", \"start\": \"node .\", \"list\": \"ls\"}}");
    let ran = world.run(["adopt", "--yes"]);
    ran.code(0)
        .prints("name = \"acme-users\" # package.json")
        .prints("run = \"npm run start\"")
        .prints("[tasks.repo-list] # package.json\n# `list` is called `repo-list` here\n");
    ran.prints("# - Taskfile.yml, build: `build` is also in justfile:2, which is taken");
    ran.prints("# - justfile:5: the recipe `deploy` stays in justfile, for parameters: the task calls `just deploy`");
    world.run(["build"]).code(0).prints("just built");
    world.run(["gen"]).code(0).prints("generated");
}

#[test]
fn a_compose_service_made_from_the_repo_is_the_service() {
    let world = World::new();
    world.file(
        "compose.yaml",
        "services:\n  db: { image: postgres, ports: ['5432:5432'] }\n  web: { build: ., ports: ['127.0.0.1:8000:80'] }\n",
    );
    world.file("Procfile", "web: serve --port 8000\n");
    world.file("package.json", "{\"name\": \"users\", \"scripts\": {\"start\": \"node .\"}}");
    world.run(["adopt", "--yes"]).code(0).stdout(
        r#"# Proposed by `instep adopt`: each line says where it comes from.

[service]
name = "users" # package.json
port = 80 # compose.yaml, web

[run-local]
compose = "compose.yaml" # compose.yaml

[tasks.start] # package.json
description = "node ."
run = "npm run start"

# Not carried over:
# - Procfile:1: `serve --port 8000`: the service itself is web of compose.yaml; without it, this is what `run` could be
"#,
    );
    world.run(["config"]).code(0);
}

#[test]
fn what_stays_in_another_tools_file_gets_the_tasks_arguments() {
    let world = World::new();
    world.file("justfile", "deploy ENV:\n    echo just deploys {{ENV}}\n");
    world.file("Makefile", "greet:\n\t@echo make greets $(WHO) $(words a b)\n");
    world.program("just", "#!/bin/sh\necho \"just $*\"\n");
    world.run(["adopt", "--yes"]).code(0);
    world.run(["deploy", "staging"]).code(0).stdout("just deploy staging\n");
    world.run(["greet", "WHO=ada"]).code(0).prints("make greets ada 2");
}

#[test]
fn on_a_terminal_it_asks_before_it_writes() {
    for (answer, there) in [("n", false), ("", true)] {
        let world = repo();
        let mut person = Person::starts(&world, &world.repo(), &["adopt"]);
        person.reads("[tasks.odd] # Makefile:25");
        person.answers("Write instep.toml [Y/n]: ", answer);
        person.reads(if there { "wrote instep.toml" } else { "nothing was written" });
        person.sees_the_end();
        assert_eq!(world.repo().join("instep.toml").exists(), there);
    }
}

#[test]
fn what_a_run_target_needs_is_done_before_run_local() {
    let world = World::new();
    world.file("Makefile", ".PHONY: run build\nrun: build\n\t./app\nbuild:\n\techo built >app.log\n");
    let ran = world.run(["adopt", "--yes"]);
    ran.code(0).prints("[run-local]\nrun = \"./app\" # Makefile:2\n").prints("[tasks.run-local] # Makefile:2\nneeds = [\"build\"]\n");
    world.run(["run-local", "--dry-run"]).code(0).prints("echo built >app.log");
}

#[test]
fn what_ci_files_run_becomes_the_steps_of_the_pipeline() {
    let world = World::new();
    world.file(
        "Makefile",
        ".PHONY: test lint integration release\ntest:\n\tgo test ./...\nlint:\n\tvet\nintegration:\n\t./it.sh\nrelease:\n\tship\n",
    );
    world.file(
        "Dockerfile",
        "FROM golang AS build\nFROM scratch\nEXPOSE 80 9090\nHEALTHCHECK --interval=5s \\\n  CMD wget http://localhost/up\nUSER 5\n",
    );
    world.file("compose.yaml", "services:\n  web: { build: { context: ., target: build } }\n");
    world.file(
        ".travis.yml",
        "install: go mod download\nscript:\n- make lint test\n- go test ./...\n- make integration\ndeploy:\n  provider: script\n  script: make release\n",
    );
    world.file(
        ".github/workflows/ci.yml",
        "on: [push]\njobs:\n  build:\n    steps:\n    - uses: actions/checkout@v4\n    - run: |\n        cd sub\n        make test && ./odd.sh\n        ./more.sh\n    - run: kubectl apply -f k8s\n",
    );
    world.file("Jenkinsfile", "node {\n  sh 'docker build -t x .'\n}\n");
    let ran = world.run(["adopt", "--yes"]);
    ran.code(0)
        .prints("port = 80 # Dockerfile:3\nhealth = \"/up\" # Dockerfile:4\n")
        .prints("target = \"build\" # compose.yaml, web\n# Dockerfile: 2 stages; the last one is built: `target` names another (build)\n")
        .prints(
            "[ci] # .github/workflows/ci.yml, build; .travis.yml, script\n\
             steps = [\"test\", \"lint\", \"integration\", \"docker-build\", \"smoke-test\", \"docker-push\", \"deploy\"]\n",
        )
        .prints(
            "\n# Not carried over:\n# - Dockerfile:3: port 9090: `ports` of [service] names further ones, `ports = { admin = 9090 }`\n\
             # - .github/workflows/ci.yml, build: `./odd.sh` and 1 more: no task does this\n\
             # - .github/workflows/ci.yml, build: `kubectl apply -f k8s`: `deploy-on` of an environment lets `instep ci` do it\n\
             # - .github/workflows/ci.yml: left as it is; `instep ci --print github` prints one that runs these tasks\n\
             # - .travis.yml, install: `go mod download`: no task does this\n\
             # - .travis.yml, deploy: `make release`: when that is a step of every pipeline, add `release` to `steps` of [ci]\n\
             # - .travis.yml: left as it is; `instep ci --print travis` prints one that runs these tasks\n\
             # - Jenkinsfile:2: `docker build -t x .`: `instep ci` builds and pushes the image\n\
             # - Jenkinsfile: left as it is; `instep ci --print jenkins` prints one that runs these tasks\n",
        );
    world.commit("first");
    world.run(["ci", "--plan", "--config", "image.repository=x"]).code(0).prints("instep integration");
}

#[test]
fn the_usual_steps_of_a_pipeline_need_no_line() {
    let world = World::new();
    world.file("package.json", "{\"name\": \"a\", \"scripts\": {\"test\": \"x\", \"lint\": \"y\"}}");
    world.file(".gitlab-ci.yml", "check:\n  script: [npm run lint, npm test]\n");
    let ran = world.run(["adopt"]);
    ran.code(0).prints("# Not carried over:\n# - .gitlab-ci.yml: left as it is;");
    assert!(!ran.out().contains("[ci]"), "{ran:?}");
}
