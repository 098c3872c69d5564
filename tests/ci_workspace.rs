//! `instep ci` in a workspace: which services an event concerns, and what runs for them.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]
mod support;

use support::{Ran, World};

const ROOT: &str = "[workspace]\nmembers = [\"services/*\"]\n\n[tasks.lint]\nrun = \"echo lint of all\"\n";
const SHARED: &str = "[tasks.test]\nrun = \"echo test of $INSTEP_NAME\"\n";

/// A service with a prefix for its tags.
fn service(name: &str) -> String {
    format!(
        "extends = \"../../shared.toml\"\n[service]\nname = \"{name}\"\ntag-prefix = \"{name}-\"\npaths = [\"../../libs/{name}\", \"../../proto/*.proto\"]\n\
         [environments.staging]\ncontext = \"none\"\nnamespace = \"{name}-staging\"\ndeploy-on = {{ branch = \"main\", tag = \"**\" }}\n\
         [tasks.test]\nrun = \"echo test of {name}; exit ${{CODE_{}:-0}}\"\n[tasks.kube-apply]\nparams = {{ place = {{ type = \"string\" }} }}\nrun = \"echo {name} goes to $place\"\n",
        name.to_uppercase()
    )
}

/// Three services, pushed to a remote once.
fn workspace() -> World {
    let world = World::with(ROOT);
    world.file("shared.toml", SHARED);
    world.file("README.md", "one\n");
    for name in ["api", "web"] {
        world.file(&format!("services/{name}/instep.toml"), service(name));
        world.file(&format!("services/{name}/main"), "one\n");
    }
    world.file("services/zoo/instep.toml", "[service]\nname = \"zoo\"\n[tasks.test]\nrun = \"echo test of zoo\"\n");
    world.commit("one");
    let origin = world.root().join("origin.git").display().to_string();
    world.git(&["clone", "--quiet", "--bare", ".", &origin]);
    world.git(&["remote", "add", "origin", &origin]);
    world.git(&["fetch", "--quiet", "origin"]);
    world.git(&["branch", "--quiet", "--set-upstream-to", "origin/main"]);
    world
}

/// The services of a plan: `+` runs, `-` is left out.
#[track_caller]
fn concerned(world: &World, args: &[&str]) -> String {
    let ran = world.run(["ci", "--plan", "--output", "json"].iter().chain(args));
    let services = ran.code(0).json()["services"].clone();
    let one = |service: &serde_json::Value| {
        format!("{}{}", if service["runs"] == true { "+" } else { "-" }, service["service"].as_str().unwrap())
    };
    services.as_array().unwrap().iter().map(one).collect::<Vec<_>>().join(" ")
}

/// Why a service runs, or does not.
#[track_caller]
fn why(ran: &Ran, service: &str) -> String {
    let line = ran.out().lines().find(|line| line.split_whitespace().nth(1) == Some(service)).unwrap_or_default().to_owned();
    line.split_whitespace().skip(2).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_services_that_changed_run_and_the_plan_says_why() {
    let world = workspace();
    let base = world.git(&["rev-parse", "--short=7", "HEAD"]);
    world.file("services/api/main", "two\n");
    world.commit("two");
    let sha = world.git(&["rev-parse", "--short=7", "HEAD"]);
    world.run(["ci", "--plan"]).code(0).stderr("").stdout(&format!(
        "here: branch main at {sha}, compared with origin/main at {base}
▸  api  1 file changed: main
–  web  nothing of it changed
–  zoo  nothing of it changed

▸  lint              instep --service . lint                  # [tasks.lint], instep.toml:5
–  api:lint                                                   # the repo has no such task
▸  api:test          instep --service api test                # [tasks.test], services/api/instep.toml:11
–  api:docker-build                                           # the repo has no [image]
–  api:smoke-test                                             # the repo has no [image]
–  api:docker-push                                            # the repo has no [image]
▸  api:staging       instep --service api kube-apply staging  # deploys on branch main or tag **, services/api/instep.toml:9
"
    ));
}

#[test]
fn what_belongs_to_a_service_is_its_folder_its_paths_and_its_bases() {
    let world = workspace();
    for (file, expected) in [
        ("services/web/deep/new", "-api +web -zoo"),
        ("libs/api/src/lib.c", "+api -web -zoo"),
        ("libs/other/lib.c", "-api -web -zoo"),
        ("proto/users.proto", "+api +web -zoo"),
        ("proto/deep/users.proto", "-api -web -zoo"),
        ("shared.toml", "+api +web -zoo"),
        ("README.md", "-api -web -zoo"),
        ("services/zoo/instep.toml", "-api -web +zoo"),
    ] {
        let text = std::fs::read_to_string(world.repo().join(file)).unwrap_or_default();
        world.file(file, format!("{text}# new\n"));
        world.commit(file);
        assert_eq!(concerned(&world, &[]), expected, "{file}");
        world.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    }
    // A file that moves from one to the other, and one that is gone, change what they leave.
    world.git(&["mv", "services/api/main", "services/web/moved"]);
    world.commit("moved");
    assert_eq!(concerned(&world, &[]), "+api +web -zoo");
}

#[test]
fn the_event_says_what_it_is_compared_with() {
    let mut world = workspace();
    let first = world.git(&["rev-parse", "HEAD"]);
    world.git(&["checkout", "--quiet", "-b", "feature"]);
    for service in ["api", "web"] {
        world.file(&format!("services/{service}/main"), "two\n");
        world.commit(service);
    }
    let before = world.git(&["rev-parse", "HEAD~1"]);
    assert_eq!(concerned(&world, &["--since", "HEAD~1"]), "-api +web -zoo");
    assert_eq!(concerned(&world, &["--since", &first]), "+api +web -zoo");
    assert_eq!(concerned(&world, &["--all"]), "+api +web +zoo");
    world.run(["ci", "--plan", "--since", "nothing"]).code(2).says("--since: there is no commit `nothing` in this clone");
    world.run(["ci", "--plan", "--since", "--all"]).code(2);

    world.env("GITLAB_CI", "true").env("CI_COMMIT_BRANCH", "feature").env("CI_COMMIT_BEFORE_SHA", &before);
    assert_eq!(concerned(&world, &[]), "-api +web -zoo");
    let zeros = "0".repeat(40);
    world.env("CI_COMMIT_BEFORE_SHA", &zeros);
    let ran = world.run(["ci", "--plan"]);
    assert_eq!(why(&ran, "zoo"), "all are run: the branch is new");
    world.env("CI_COMMIT_BEFORE_SHA", "1111111111111111111111111111111111111111");
    let ran = world.run(["ci", "--plan"]);
    assert_eq!(why(&ran, "zoo"), "all are run: 1111111, which was there before, is not in this clone");
    // A merge request is compared with where it left its target.
    world.env("CI_MERGE_REQUEST_IID", "7").env("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main");
    let ran = world.run(["ci", "--plan"]);
    ran.prints(&format!(", compared with origin/main at {}\n", &first[..7]));
    assert_eq!((why(&ran, "api"), why(&ran, "zoo")), ("1 file changed: main".into(), "nothing of it changed".into()));
    world.env("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "gone");
    assert_eq!(why(&world.run(["ci", "--plan"]), "zoo"), "all are run: where it left gone is not in this clone");
}

#[test]
fn a_clone_that_can_t_tell_runs_all_and_says_so() {
    let mut world = workspace();
    world.file("services/api/main", "two\n");
    world.commit("two");
    world.git(&["push", "--quiet", "origin", "main"]);
    let before = world.git(&["rev-parse", "HEAD~1"]);
    let shallow = world.root().join("shallow");
    let origin = format!("file://{}", world.root().join("origin.git").display());
    world.git(&["clone", "--quiet", "--depth", "1", &origin, &shallow.display().to_string()]);
    world.env("TRAVIS", "true").env("TRAVIS_PULL_REQUEST", "false").env("TRAVIS_BRANCH", "main");
    let ran = world.run_in(&shallow, ["ci", "--plan"]);
    assert_eq!(why(&ran, "zoo"), "all are run: Travis CI does not tell what was there before");
    world.env("TRAVIS_COMMIT_RANGE", format!("{before}...{}", world.git(&["rev-parse", "HEAD"])));
    let ran = world.run_in(&shallow, ["ci", "--plan"]);
    assert_eq!(
        why(&ran, "zoo"),
        format!("all are run: {}, which was there before, is not in this clone: the clone is shallow", &before[..7])
    );
    assert_eq!(concerned(&world, &[]), "+api -web -zoo");
}

#[test]
fn a_tag_chooses_by_its_prefix() {
    let world = workspace();
    assert_eq!(concerned(&world, &["--event", "tag=api-1.0.0"]), "+api -web -zoo");
    assert_eq!(concerned(&world, &["--event", "tag=v1.0.0"]), "-api -web +zoo");
    let ran = world.run(["ci", "--plan", "--event", "tag=api-1.0.0"]);
    ran.prints("instep --service api kube-apply staging");
    assert_eq!((why(&ran, "api"), why(&ran, "web")), ("its releases are tags api-*".into(), "its releases are tags web-*".into()));
    // The longest prefix names it.
    world.file("services/api-admin/instep.toml", service("api-admin").replace("CODE_API-ADMIN", "CODE"));
    world.commit("admin");
    assert_eq!(concerned(&world, &["--event", "tag=api-admin-1.0.0"]), "-api +api-admin -web -zoo");
    assert_eq!(concerned(&world, &["--event", "tag=api-1.0.0", "--all"]), "+api +api-admin +web +zoo");
}

#[test]
fn nothing_is_deployed_before_all_services_have_passed() {
    let mut world = workspace();
    for service in ["api", "web"] {
        world.file(&format!("services/{service}/main"), "two\n");
    }
    world.commit("two");
    let ran = world.run(["ci"]);
    ran.code(0).says("\n▸  api  1 file changed: main\n").prints("–  zoo               nothing of it changed\n");
    let said: Vec<String> = ran.out().lines().take(5).map(str::to_owned).collect();
    assert_eq!(said, ["lint of all", "test of api", "test of web", "api goes to staging", "web goes to staging"]);
    world.env("CODE_WEB", "3");
    let ran = world.run(["ci"]);
    ran.code(1).prints("✗  web:test          exit code 3 ([TIME])\n").prints("–  api:staging       a step before it failed\n");
    assert!(!ran.out().contains("goes to staging"), "{ran:?}");
    world.run(["ci", "--dry-run"]).code(0).prints("# api:test: instep --service api test\ninstep --service api test\n");
}

#[test]
fn a_newer_commit_of_another_service_holds_nobody_up() {
    let mut world = workspace();
    world.file("services/api/main", "two\n");
    world.commit("two");
    let two = world.git(&["rev-parse", "HEAD"]);
    let one = world.git(&["rev-parse", "HEAD~1"]);
    world.file("services/web/main", "three\n");
    world.commit("three");
    world.git(&["push", "--quiet", "origin", "main"]);
    world.git(&["checkout", "--quiet", &two]);
    world.env("TRAVIS", "true").env("TRAVIS_PULL_REQUEST", "false").env("TRAVIS_BRANCH", "main");
    world.env("TRAVIS_COMMIT_RANGE", format!("{one}...{two}"));
    // The pipeline of commit three leaves the api out: only this one can deploy it.
    world.run(["ci"]).code(0).prints("api goes to staging\n");
    world.git(&["checkout", "--quiet", "main"]);
    world.file("services/api/main", "four\n");
    world.commit("four");
    world.git(&["push", "--quiet", "origin", "main"]);
    let four = world.git(&["rev-parse", "--short=7", "HEAD"]);
    world.git(&["checkout", "--quiet", &two]);
    let ran = world.run(["ci"]);
    ran.code(0).prints(&format!("–  api:staging       branch main has moved on to {four}; its own pipeline deploys\n"));
}

#[test]
fn the_root_may_be_a_service_of_its_own_and_a_part_of_the_repo() {
    let world = World::new();
    world.file("part/instep.toml", "[workspace]\nmembers = [\"api\"]\n[service]\nname = \"all\"\n[tasks.test]\nrun = \"true\"\n");
    world.file("part/api/instep.toml", "[service]\nname = \"api\"\n[tasks.test]\nrun = \"true\"\n");
    world.file("other/x", "one\n");
    world.commit("one");
    for (file, expected) in [("part/x", "+all -api"), ("part/api/x", "-all +api"), ("other/x", "-all -api")] {
        world.file(file, "two\n");
        world.commit(file);
        let ran = world.run_in(&world.repo().join("part"), ["ci", "--plan", "--since", "HEAD~1", "--output", "json"]);
        let services = ran.code(0).json()["services"].clone();
        let one = |service: &serde_json::Value| {
            format!("{}{}", if service["runs"] == true { "+" } else { "-" }, service["service"].as_str().unwrap())
        };
        assert_eq!(services.as_array().unwrap().iter().map(one).collect::<Vec<_>>().join(" "), expected, "{file}");
    }
    // One of them alone is a pipeline as ever.
    world.run_in(&world.repo().join("part"), ["ci", "--plan", "--service", "api"]).code(0).prints("▸  test          instep test");
}
