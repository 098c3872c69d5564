//! `instep ci`: the event, the plan with its reasons, and the run.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]
mod support;

use support::World;

const REPO: &str = r#"[service]
name = "users"
port = 8080

[image]
repository = "localhost:5000/users"

[environments.staging]
context = "none"
namespace = "users-staging"
deploy-on = { branch = "main" }

[environments.production]
context = "none"
protected = true
deploy-on = { tag = ["v*", "hotfix/**"] }

[tasks.lint]
run = "echo linted"

[tasks.test]
needs = ["lint", "unit"]

[tasks.unit]
needs = ["lint"]
run = "echo units; exit ${CODE:-0}"

[tasks.docker-build]
needs = ["test"]
"#;

/// A repo that runs its tasks only: what an image or a cluster needs is left out.
const TASKS: &str = r#"
[ci]
skip = ["docker-build", "docker_push", "smoke-test", "staging", "production"]
"#;

fn repo(more: &str) -> World {
    let world = World::with(&format!("{REPO}{more}"));
    world.commit("one");
    world
}

#[test]
fn the_plan_says_why_and_names_the_line() {
    let world = repo("");
    let sha = &world.git(&["rev-parse", "HEAD"])[..7];
    world.run(["ci", "--plan"]).code(0).stderr("").stdout(&format!(
        "here: branch main at {sha}
–  lint                                                                             # `test` needs it, instep.toml:19
▸  test          instep test                                                        # [tasks.test], instep.toml:22
▸  docker-build  instep docker-build --no-needs                                     # [image], instep.toml:6
▸  smoke-test    instep run-local --in-docker --port auto --exec instep smoke-test  # the image answers before it is pushed, instep.toml:3
▸  docker-push   instep docker-push                                                 # the image of branch main
▸  staging       instep kube-apply staging                                          # deploys on branch main, instep.toml:11
–  production                                                                       # deploys on tag v* or tag hotfix/**, not on branch main, instep.toml:16
"
    ));
}

/// System, its variables, and what is deployed and pushed.
type Case = (&'static str, &'static [(&'static str, &'static str)], &'static str);

const EVENTS: &[Case] = &[
    ("azure", &[("TF_BUILD", "True"), ("BUILD_SOURCEBRANCH", "refs/heads/main")], "branch main → push staging"),
    ("azure", &[("TF_BUILD", "True"), ("BUILD_SOURCEBRANCH", "refs/tags/v1")], "tag v1 → push production"),
    (
        "azure",
        &[
            ("TF_BUILD", "True"),
            ("BUILD_REASON", "PullRequest"),
            ("SYSTEM_PULLREQUEST_PULLREQUESTID", "7"),
            ("SYSTEM_PULLREQUEST_ISFORK", "False"),
        ],
        "pull request 7 →",
    ),
    (
        "azure",
        &[
            ("TF_BUILD", "True"),
            ("BUILD_REASON", "PullRequest"),
            ("SYSTEM_PULLREQUEST_PULLREQUESTNUMBER", "7"),
            ("SYSTEM_PULLREQUEST_ISFORK", "True"),
        ],
        "pull request 7 from a fork →",
    ),
    (
        "buildkite",
        &[("BUILDKITE", "true"), ("BUILDKITE_PULL_REQUEST", "false"), ("BUILDKITE_BRANCH", "main")],
        "branch main → push staging",
    ),
    (
        "buildkite",
        &[
            ("BUILDKITE", "true"),
            ("BUILDKITE_PULL_REQUEST", "7"),
            ("BUILDKITE_PULL_REQUEST_REPO", "git://x/own"),
            ("BUILDKITE_REPO", "git://x/own"),
            ("BUILDKITE_BRANCH", "main"),
        ],
        "pull request 7 →",
    ),
    (
        "buildkite",
        &[("BUILDKITE", "true"), ("BUILDKITE_PULL_REQUEST", "false"), ("BUILDKITE_TAG", "v1"), ("BUILDKITE_BRANCH", "v1")],
        "tag v1 → push production",
    ),
    (
        "buildkite",
        &[
            ("BUILDKITE", "true"),
            ("BUILDKITE_PULL_REQUEST", "7"),
            ("BUILDKITE_PULL_REQUEST_REPO", "git://x/fork"),
            ("BUILDKITE_REPO", "git://x/own"),
            ("BUILDKITE_BRANCH", "main"),
        ],
        "pull request 7 from a fork →",
    ),
    ("circle", &[("CIRCLECI", "true"), ("CIRCLE_BRANCH", "main")], "branch main → push staging"),
    ("circle", &[("CIRCLECI", "true"), ("CIRCLE_TAG", "v1")], "tag v1 → push production"),
    ("circle", &[("CIRCLECI", "true"), ("CIRCLE_BRANCH", "pull/7"), ("CIRCLE_PR_NUMBER", "7")], "pull request 7 from a fork →"),
    ("drone", &[("DRONE", "true"), ("DRONE_BRANCH", "main")], "branch main → push staging"),
    ("drone", &[("DRONE", "true"), ("DRONE_TAG", "v1"), ("DRONE_BRANCH", "main")], "tag v1 → push production"),
    ("drone", &[("DRONE", "true"), ("DRONE_PULL_REQUEST", "7"), ("DRONE_BRANCH", "main")], "pull request 7 from a fork →"),
    (
        "github",
        &[("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", "push"), ("GITHUB_REF", "refs/heads/main")],
        "branch main → push staging",
    ),
    ("github", &[("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", "push"), ("GITHUB_REF", "refs/tags/v1")], "tag v1 → push production"),
    (
        "github",
        &[("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_REPOSITORY", "own/users"), ("PAYLOAD", "own/users")],
        "pull request 7 →",
    ),
    (
        "github",
        &[
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", "pull_request_target"),
            ("GITHUB_REPOSITORY", "own/users"),
            ("PAYLOAD", "else/users"),
        ],
        "pull request 7 from a fork →",
    ),
    (
        "github without its payload",
        &[("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_REPOSITORY", "own/users")],
        "pull request from a fork →",
    ),
    ("gitlab", &[("GITLAB_CI", "true"), ("CI_COMMIT_BRANCH", "main")], "branch main → push staging"),
    ("gitlab", &[("GITLAB_CI", "true"), ("CI_COMMIT_TAG", "v1")], "tag v1 → push production"),
    (
        "gitlab",
        &[
            ("GITLAB_CI", "true"),
            ("CI_MERGE_REQUEST_IID", "7"),
            ("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH", "own/users"),
            ("CI_MERGE_REQUEST_PROJECT_PATH", "own/users"),
        ],
        "pull request 7 →",
    ),
    (
        "gitlab",
        &[
            ("GITLAB_CI", "true"),
            ("CI_MERGE_REQUEST_IID", "7"),
            ("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH", "else/users"),
            ("CI_MERGE_REQUEST_PROJECT_PATH", "own/users"),
        ],
        "pull request 7 from a fork →",
    ),
    (
        "gitlab",
        &[
            ("GITLAB_CI", "true"),
            ("CI_EXTERNAL_PULL_REQUEST_IID", "7"),
            ("CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY", "own/users"),
            ("CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY", "own/users"),
        ],
        "pull request 7 →",
    ),
    ("jenkins multibranch", &[("JENKINS_URL", "http://j/"), ("BRANCH_NAME", "main")], "branch main → push staging"),
    ("jenkins multibranch", &[("JENKINS_URL", "http://j/"), ("BRANCH_NAME", "PR-7"), ("CHANGE_ID", "7")], "pull request 7 →"),
    ("jenkins multibranch", &[("JENKINS_URL", "http://j/"), ("BRANCH_NAME", "v1"), ("TAG_NAME", "v1")], "tag v1 → push production"),
    (
        "jenkins multibranch",
        &[("JENKINS_URL", "http://j/"), ("BRANCH_NAME", "PR-7"), ("CHANGE_ID", "7"), ("CHANGE_FORK", "else")],
        "pull request 7 from a fork →",
    ),
    ("jenkins", &[("JENKINS_URL", "http://j/"), ("GIT_BRANCH", "origin/main")], "branch main → push staging"),
    ("jenkins", &[("JENKINS_URL", "http://j/"), ("GIT_BRANCH", "refs/tags/hotfix/a/b")], "tag hotfix/a/b → push production"),
    ("travis", &[("TRAVIS", "true"), ("TRAVIS_PULL_REQUEST", "false"), ("TRAVIS_BRANCH", "main")], "branch main → push staging"),
    (
        "travis",
        &[("TRAVIS", "true"), ("TRAVIS_PULL_REQUEST", "false"), ("TRAVIS_BRANCH", "v1"), ("TRAVIS_TAG", "v1")],
        "tag v1 → push production",
    ),
    (
        "travis",
        &[
            ("TRAVIS", "true"),
            ("TRAVIS_PULL_REQUEST", "7"),
            ("TRAVIS_BRANCH", "main"),
            ("TRAVIS_PULL_REQUEST_SLUG", "else/users"),
            ("TRAVIS_REPO_SLUG", "own/users"),
        ],
        "pull request 7 from a fork →",
    ),
    (
        "travis",
        &[
            ("TRAVIS", "true"),
            ("TRAVIS_PULL_REQUEST", "7"),
            ("TRAVIS_BRANCH", "main"),
            ("TRAVIS_PULL_REQUEST_SLUG", "own/users"),
            ("TRAVIS_REPO_SLUG", "own/users"),
        ],
        "pull request 7 →",
    ),
    ("an unknown system", &[("CI", "true")], "branch main → push staging"),
    (
        "another branch",
        &[("TRAVIS", "true"), ("TRAVIS_PULL_REQUEST", "false"), ("TRAVIS_BRANCH", "feature/v1")],
        "branch feature/v1 → push",
    ),
];

/// The event of a plan, and the steps that run.
fn event_and_steps(plan: &str) -> (String, Vec<String>) {
    let event = plan.lines().next().unwrap().split_once(": ").unwrap().1.rsplit_once(" at ").unwrap().0;
    let runs = plan.lines().filter(|line| line.starts_with('▸'));
    (event.to_owned(), runs.map(|line| line.split_whitespace().nth(1).unwrap().to_owned()).collect())
}

/// Every system and event, and what runs then, as docs/ci-events.md shows it. With `INSTEP_WRITE_DOCS=1` the page is
/// written instead of compared.
#[test]
fn every_ci_system_tells_its_events() {
    let mut page = format!(
        "# Events of CI systems\n\n*Written by a test (`tests/ci.rs`), which runs `instep ci --plan` with these variables.*\n\nThe repo's file:\n\n```toml\n{REPO}```\n\n\
         | system | its variables | the event | what runs |\n| --- | --- | --- | --- |\n"
    );
    for (system, variables, expected) in EVENTS {
        let mut world = repo("");
        for (name, value) in *variables {
            if *name == "PAYLOAD" {
                let payload = format!(r#"{{"number": 7, "pull_request": {{"head": {{"repo": {{"full_name": "{value}"}}}}}}}}"#);
                let file = world.root().join("event.json");
                std::fs::write(&file, payload).unwrap();
                world.env("GITHUB_EVENT_PATH", file.display().to_string());
            } else {
                world.env(name, value);
            }
        }
        let ran = world.run(["ci", "--plan"]);
        let (event, steps) = event_and_steps(&ran.code(0).out());
        let does = [("docker-push", "push"), ("staging", "staging"), ("production", "production")];
        let done: Vec<&str> = does.iter().filter(|(step, _)| steps.iter().any(|known| known == step)).map(|(_, word)| *word).collect();
        assert_eq!(format!("{event} → {}", done.join(" ")).trim(), *expected, "{system}");
        let shown =
            |(name, value): &(&str, &str)| if *name == "PAYLOAD" { format!("its file: from {value}") } else { format!("`{name}={value}`") };
        let variables: Vec<String> = variables.iter().map(shown).collect();
        page.push_str(&format!("| {system} | {} | {event} | {} |\n", variables.join(" "), steps.join(", ")));
    }
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci-events.md");
    if std::env::var_os("INSTEP_WRITE_DOCS").is_some() {
        std::fs::write(&file, &page).unwrap();
    }
    assert!(
        std::fs::read_to_string(&file).unwrap_or_default() == page,
        "docs/ci-events.md is stale: run `INSTEP_WRITE_DOCS=1 cargo test --test ci`"
    );
}

#[test]
fn without_a_branch_or_tag_nothing_is_deployed() {
    let world = repo("");
    world.git(&["checkout", "--quiet", "--detach"]);
    let ran = world.run(["ci", "--plan"]);
    assert_eq!(
        event_and_steps(&ran.code(0).out()),
        ("a commit on no branch".to_owned(), ["test", "docker-build", "smoke-test", "docker-push"].map(str::to_owned).to_vec())
    );
}

#[test]
fn a_fork_that_rewrites_the_file_to_deploy_deploys_nothing() {
    let mut world = repo("");
    let greedy = world.read("instep.toml").replace("branch = \"main\"", "branch = \"**\", tag = \"**\"").replace("protected = true\n", "");
    world.file("instep.toml", greedy);
    world.commit("deploy me");
    world.env("TRAVIS", "true").env("TRAVIS_PULL_REQUEST", "7").env("TRAVIS_BRANCH", "main").env("TRAVIS_REPO_SLUG", "own/users");
    world.env("TRAVIS_PULL_REQUEST_SLUG", "else/users");
    let ran = world.run(["ci", "--plan"]);
    assert_eq!(event_and_steps(&ran.code(0).out()).1, ["test", "docker-build", "smoke-test"]);
    ran.prints("# nothing is pushed for a pull request\n").prints("not on pull request 7 from a fork, instep.toml:11\n");
}

#[test]
fn a_protected_environment_is_confirmed_by_a_ci_system_only() {
    let mut world = repo("");
    world.run(["ci", "--plan", "--event", "tag=v1"]).code(0).prints("instep kube-apply production  ");
    world.git(&["tag", "v1"]);
    world.run(["ci", "--plan"]).code(0).prints("tag v1 at").prints("instep kube-apply production  ");
    world.env("GITLAB_CI", "true").env("CI_COMMIT_TAG", "v1");
    world.run(["ci", "--plan"]).code(0).prints("instep kube-apply production --confirm production  ");
}

#[test]
fn steps_run_in_order_and_a_table_ends_it() {
    let world = repo(TASKS);
    let sha = &world.git(&["rev-parse", "HEAD"])[..7];
    world
        .run(["ci"])
        .code(0)
        .stdout(&format!(
            "linted\nunits\n
here: branch main at {sha}
–  lint          `test` needs it
✓  test          [TIME]
–  docker-build  [ci] skip
–  smoke-test    [ci] skip
–  docker-push   [ci] skip
–  staging       [ci] skip
–  production    [ci] skip
"
        ))
        .says("▸ test instep test\n");
    world.run(["ci", "--dry-run"]).code(0).stdout("set -eu\n\n# test: instep test\ninstep test\n").stderr("");
}

#[test]
fn a_failed_step_ends_it_and_its_end_is_shown_open() {
    let mut world = repo("");
    world.env("CODE", "3");
    world.run(["ci"]).code(1).prints("✗  test          exit code 1 ([TIME])\n–  docker-build  a step before it failed\n");
    world.env("GITLAB_CI", "true").env("CI_COMMIT_BRANCH", "main");
    let ran = world.run(["ci", "-e", "CODE=5"]);
    let out = ran.code(1).out();
    let (folded, rest) = out.split_once("section_end:").unwrap();
    let open = rest.rsplit_once("section_end:").map_or(rest, |(_, open)| open);
    assert!(folded.contains("section_start:"), "{ran:?}");
    assert!(open.contains("units\n✗ unit exit code 5"), "{ran:?}");
}

#[test]
fn the_job_summary_of_github_gets_a_table() {
    let mut world = repo(TASKS);
    let page = world.root().join("summary.md");
    std::fs::write(&page, "before\n").unwrap();
    world.env("GITHUB_STEP_SUMMARY", page.display().to_string());
    world.run(["ci"]).code(0);
    let text = std::fs::read_to_string(page).unwrap();
    assert!(
        text.starts_with(
            "before\n### instep ci: branch main\n\n| | step | |\n| --- | --- | --- |\n| – | lint | `test` needs it |\n| ✓ | test | "
        ),
        "{text}"
    );
}

#[test]
fn json_is_one_document_with_the_plan_and_what_came_of_it() {
    let mut world = repo(TASKS);
    world.env("CODE", "3");
    let ran = world.run(["ci", "--output", "json"]);
    let document = ran.code(1).json();
    assert_eq!(document["trigger"], serde_json::json!({ "event": "branch", "name": "main" }));
    assert_eq!(document["plan"][1]["command"], serde_json::json!(["test"]));
    assert_eq!(document["steps"][1]["outcome"], "failed");
    assert!(document["steps"][1]["output"].as_str().unwrap().contains("units"), "{document}");
    assert_eq!(document["error"]["exit-code"], 1);
}

#[test]
fn an_older_commit_never_replaces_a_newer_one_of_its_branch() {
    let mut world = repo("\n[ci]\nsteps = [\"deploy\"]\n");
    let origin = world.root().join("origin.git");
    world.git(&["clone", "--quiet", "--bare", ".", &origin.display().to_string()]);
    world.git(&["remote", "add", "origin", &origin.display().to_string()]);
    world.commit("two");
    world.git(&["push", "--quiet", "origin", "main"]);
    let newer = world.git(&["rev-parse", "--short=7", "HEAD"]);
    world.git(&["checkout", "--quiet", "HEAD~1"]);
    world.env("TRAVIS", "true").env("TRAVIS_BRANCH", "main").env("TRAVIS_PULL_REQUEST", "false");
    world.run(["ci"]).code(0).prints(&format!("–  staging     branch main has moved on to {newer}; its own pipeline deploys\n"));
    // The newest one, and one that is not pushed yet, go on to kube-apply.
    world.git(&["checkout", "--quiet", "main"]);
    let ran = world.run(["ci"]);
    assert!(ran.out().contains("✗  staging"), "{ran:?}");
}

#[test]
fn steps_can_be_chosen_and_unknown_ones_are_named() {
    let world = repo("\n[ci]\nsteps = [\"unit\", \"docker-build\"]\n");
    let ran = world.run(["ci", "--plan"]);
    let out = ran.code(0).out();
    assert_eq!(out.lines().count(), 3, "{out}");
    // `docker-build` needs `test`, which has not run as a step: it runs then.
    assert!(out.contains("▸  docker-build  instep docker-build  #"), "{out}");
    let world = repo("\n[ci]\nskip = [\"stagin\"]\n");
    world.run(["ci"]).code(2).says("`stagin` is not a step of a pipeline").says("instep.toml:32").says("did you mean `staging`?");
}

#[test]
fn without_a_commit_there_is_no_event() {
    World::with(REPO).run(["ci", "--plan"]).code(2).says("is not in a git repository with a commit");
}

#[test]
fn the_files_of_ci_systems_call_instep_and_parse() {
    let world = repo("");
    world.run(["ci", "--print", "travis"]).code(0).stdout("language: minimal\ngit: { depth: false }\nscript: instep ci\n");
    let jenkins = "pipeline {\n  agent any\n  stages { stage('ci') { steps { sh 'instep ci' } } }\n}\n";
    world.run(["ci", "--print", "jenkins"]).code(0).stdout(jenkins);
    for system in ["github", "gitlab"] {
        world.run(["ci", "--print", system]).code(0).prints("instep ci");
    }
    world.run(["ci", "--event", "nonsense"]).code(2).says("there is no event `nonsense`");
}

/// YAML without what a scaffold's file says more than the printed one: how instep gets there, and what people read.
fn essence(text: &str) -> serde_json::Value {
    let plain = text.replace("actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683", "actions/checkout@v4").replace("rust", "minimal");
    let mut file: serde_json::Value = serde_saphyr::from_str(&plain).unwrap();
    let installs = |step: &serde_json::Value| step["run"].as_str().is_some_and(|run| run.contains("cargo install --locked instep"));
    if let Some(steps) = file.pointer_mut("/jobs/ci/steps").and_then(serde_json::Value::as_array_mut) {
        steps.retain(|step| !installs(step));
    }
    for (place, keys) in [("", &["install", "name", "permissions"][..]), ("/ci", &["before_script", "image"])] {
        if let Some(table) = file.pointer_mut(place).and_then(serde_json::Value::as_object_mut) {
            table.retain(|key, _| !keys.contains(&key.as_str()));
        }
    }
    file
}

#[test]
fn the_scaffolds_files_are_the_printed_ones_and_get_instep_first() {
    let world = World::new();
    let all = "ci=github,gitlab,jenkins,travis";
    world.run_in(&world.home(), ["new-service", "a", "--scaffold", "static", "--yes", "--set", all, "--set", "context=c"]).code(0);
    let repo = world.home().join("a");
    for (system, path) in [("github", ".github/workflows/ci.yml"), ("gitlab", ".gitlab-ci.yml"), ("travis", ".travis.yml")] {
        let (file, printed) = (std::fs::read_to_string(repo.join(path)).unwrap(), world.run_in(&repo, ["ci", "--print", system]).out());
        assert!(file.contains("command -v instep || cargo install --locked instep"), "{file}");
        assert_eq!(essence(&file), essence(&printed), "{path}");
    }
    let dense = |text: &str| {
        let said = text.lines().filter(|line| !line.starts_with("//") && !line.contains("cargo install"));
        said.collect::<String>().split_whitespace().collect::<String>()
    };
    let file = std::fs::read_to_string(repo.join("Jenkinsfile")).unwrap();
    assert_eq!(dense(&file), dense(&world.run_in(&repo, ["ci", "--print", "jenkins"]).out()));
    for place in [".github/workflows", ".gitlab-ci.yml", "Jenkinsfile", ".travis.yml"] {
        world.run_in(&repo, ["doctor"]).prints(&format!("✓ {place}  calls instep ci\n"));
    }
}

/// What the checks of the built image need: a variable of the cluster's, one of the caller's.
const NEEDY: &str = r#"
[kube.env]
LEVEL = "info"
DATABASE_URL = { secret = "users-db", key = "url" }

[run-local]
env-files = [".env"]
[run-local.env]
API_TOKEN = "{{ env.API_TOKEN }}"
STAGE = "{{ env.STAGE | default('ci') }}"
"#;

/// The line of the plan about the checks of the built image.
#[track_caller]
fn smoke_step(world: &World, args: &[&str]) -> String {
    let ran = world.run(["ci", "--plan"].iter().chain(args));
    let out = ran.code(0).out();
    let line = out.lines().find(|line| line.contains("smoke-test ")).unwrap_or_default();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn checks_of_the_image_are_left_out_where_a_value_has_no_source() {
    let mut world = repo(NEEDY);
    assert_eq!(smoke_step(&world, &[]), "– smoke-test # API_TOKEN is not set here, which API_TOKEN asks for, instep.toml:38");
    world.env("API_TOKEN", "t");
    let secret = "– smoke-test # DATABASE_URL is a Secret of the cluster, and nothing gives it here: [run-local.env] can, instep.toml:33";
    assert_eq!(smoke_step(&world, &[]), secret);
    // Any of these is a source.
    let runs = "▸ smoke-test instep run-local --in-docker --port auto --exec instep smoke-test # the image answers before it is pushed, instep.toml:3";
    assert_eq!(smoke_step(&world, &["-e", "DATABASE_URL=x"]), runs);
    assert_eq!(smoke_step(&world, &["--config", "run-local.env.DATABASE_URL='x'"]), runs);
    world.file(".env", "DATABASE_URL=x\n");
    assert_eq!(smoke_step(&world, &[]), runs);
    world.file(".env", "");
    assert_eq!(smoke_step(&world, &[]), secret);
    let text = world
        .read("instep.toml")
        .replace("[run-local.env]", "[run-local.companions.database]\nimage = \"postgres:16\"\nport = 5432\n[run-local.env]");
    world.file("instep.toml", text);
    assert_eq!(smoke_step(&world, &[]), runs);
    // What one environment alone has counts too.
    world.file("instep.toml", world.read("instep.toml") + "[environments.staging.kube.env]\nKEY = { secret = \"users\", key = \"key\" }\n");
    assert!(smoke_step(&world, &[]).starts_with("– smoke-test # KEY is a Secret of the cluster"));
}

#[test]
fn a_fork_is_asked_no_secret_and_reaches_no_cluster() {
    let world = repo("\n[run-local.env]\nTOKEN = { command = [\"gopass\", \"show\", \"token\"] }\n");
    assert!(smoke_step(&world, &["--event", "pull-request"]).starts_with("▸ "));
    assert_eq!(smoke_step(&world, &["--event", "fork"]), "– smoke-test # a fork gets no secrets, and TOKEN is one, instep.toml:32");
    let world = repo("\n[run-local.forward]\nPAY_URL = { environment = \"staging\", service = \"pay\", port = 80 }\n");
    assert!(smoke_step(&world, &["--event", "pull-request"]).starts_with("▸ "));
    assert_eq!(smoke_step(&world, &["--event", "fork"]), "– smoke-test # a fork reaches no cluster, and PAY_URL is in one, instep.toml:32");
}

/// Every step waits once, so that it can be killed there.
const SLOW: &str = r#"[service]
name = "users"
port = 8080
[image]
repository = "localhost:5000/users"
[environments.staging]
context = "none"
deploy-on = { branch = "main" }
[ci]
skip = ["smoke-test"]
[tasks.once]
hidden = true
params = { step = {} }
run = "echo at $step; test -e .git/$step || { touch .git/$step; sleep 298; }"
[tasks.lint]
run = "instep once lint"
[tasks.test]
run = "instep once test"
[tasks.docker-build]
run = "instep once docker-build"
[tasks.docker-push]
run = "instep once docker-push"
[tasks.kube-apply]
params = { place = {} }
run = "instep once kube-apply"
"#;

#[test]
fn a_pipeline_that_is_killed_in_any_step_can_be_run_again() {
    use std::io::{BufRead as _, BufReader};
    use std::process::Stdio;
    let world = World::with(SLOW);
    world.commit("one");
    for (at, step) in ["lint", "test", "docker-build", "docker-push", "kube-apply"].iter().enumerate() {
        let mut command = world.command(support::INSTEP, &world.repo());
        // What a KILL leaves behind would keep a pipe open.
        let errors = std::fs::File::create(world.root().join("errors")).unwrap();
        let mut child = command.arg("ci").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let found = lines.find(|line| line.as_ref().is_ok_and(|line| *line == format!("at {step}")));
        assert!(found.is_some(), "{step} is not reached");
        // By a signal, and without any chance to clean up.
        let signal = ["-TERM", "-KILL"][at % 2];
        assert!(world.command("kill", &world.repo()).args([signal, &child.id().to_string()]).status().unwrap().success());
        let status = child.wait().unwrap();
        assert!(!status.success(), "{step}");
    }
    for id in processes("sleep 298") {
        let _ = world.command("kill", &world.repo()).args(["-KILL", &id]).status();
    }
    let ran = world.run(["ci"]);
    ran.code(0).prints("at lint\nat test\nat docker-build\nat docker-push\nat kube-apply\n").prints("✓  staging       [TIME]\n");
}

/// The ids of processes that have this text in their command line.
fn processes(needle: &str) -> Vec<String> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let line = |id: &str| std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
    let ids = entries.filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| name.parse::<u32>().is_ok());
    ids.filter(|id| String::from_utf8_lossy(&line(id)).replace('\0', " ").contains(needle)).collect()
}
