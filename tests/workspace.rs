//! A repo of several services: `[workspace]` and `--service`.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use support::{Ran, World};

const ROOT: &str = "[workspace]\nmembers = [\"services/*\"]\n\n[tasks.lint]\ndescription = \"Check style\"\nrun = \"echo root\"\n";
const API: &str = "[service]\nname = \"api\"\nport = 8080\n[image]\nrepository = \"registry.example.com/t/api\"\n\
    [environments.staging]\ncontext = \"staging\"\n[tasks.gen]\nrun = \"echo made >> made; cat made\"\nsources = [\"instep.toml\"]\n\
    [tasks.lint]\nneeds = [\"gen\"]\nrun = \"echo api in $PWD\"\n";
const WEB: &str = "[service]\nname = \"web\"\n[image]\nrepository = \"registry.example.com/t/web\"\n\
    [environments.staging]\ncontext = \"staging\"\nnamespace = \"web-staging\"\n[environments.production]\ncontext = \"production\"\n\
    [tasks.e2e]\ndescription = \"End to end\"\nrun = \"exit 3\"\n[tasks.lint]\nrun = \"echo web\"\n";

fn workspace() -> World {
    let world = World::with(ROOT);
    world.file("services/api/instep.toml", API);
    world.file("services/web/instep.toml", WEB);
    world
}

/// What is printed, one line per line that is not about times.
fn lines(ran: &Ran, part: &str) -> Vec<String> {
    ran.out().lines().filter(|line| line.contains(part)).map(str::to_owned).collect()
}

#[test]
fn the_list_shows_the_root_and_then_each_service() {
    let world = workspace();
    let ran = world.run(["list"]);
    ran.code(0).stderr("");
    let expected = "Tasks of this repo\n  lint  Check style\n\napi (services/api)\n  gen\n  lint\n\nweb (services/web)\n  e2e   End to end\n  lint\n\nCommands\n";
    assert!(ran.out().starts_with(expected), "{ran:?}");
    let json = world.run(["list", "--output", "json"]).json();
    assert_eq!(json.pointer("/services/1/name").unwrap(), "web");
    assert_eq!(json.pointer("/services/1/tasks/0/description").unwrap(), "End to end");
    // The nearest file wins.
    assert!(!world.run_in(&world.repo().join("services/web"), ["list"]).code(0).out().contains("api"));
}

#[test]
fn a_task_runs_in_all_that_have_it_as_one_graph() {
    let world = workspace();
    let ran = world.run(["lint", "--jobs", "1"]);
    ran.code(0).stdout("root\nmade\napi in [ROOT]/repo/services/api\nweb\n");
    for id in ["✓ lint [", "✓ api:gen [", "✓ api:lint [", "✓ web:lint ["] {
        ran.says(id);
    }
    let why = world.run(["why", "lint"]);
    why.code(0).prints("✓ api:gen  up to date\n").prints("▸ web:lint  ");
    // What is up to date is remembered by the service, wherever it was run from.
    world.run_in(&world.repo().join("services/api"), ["gen"]).code(0).stdout("").says("up to date");
    world.run(["e2e"]).code(3).says("task `web:e2e` failed: exit code 3").says("services/web/instep.toml:12:7");
}

#[test]
fn one_service_is_chosen_by_its_name() {
    let world = workspace();
    world.run(["lint", "--service", "web"]).code(0).stdout("web\n");
    world.run(["--service=api", "config", "service.port"]).code(0).prints("service.port = 8080  services/api/instep.toml:3\n");
    world
        .run(["lint", "--service", "wep"])
        .code(2)
        .stdout("")
        .stderr("error: there is no service `wep` here\n │\n ╰ help: did you mean `web`?\n");
    world.run(["run-local"]).code(2).says("run-local is for one service").says("instep run-local --service api");
    let lone = World::with("[service]\nname = \"users\"\n");
    lone.run(["list", "--service", "users"]).code(0);
    lone.run(["config", "--service", "api"]).code(2).says("--service is for the root of a workspace");
}

#[test]
fn built_in_commands_go_through_the_services_that_they_concern() {
    let world = workspace();
    world.commit("first");
    let both = world.run(["kube-render", "staging"]);
    both.code(0).stderr("");
    assert_eq!(lines(&both, "# service"), ["# service api", "# service web"]);
    assert_eq!(both.out().matches("kind: Deployment").count(), 2, "{both:?}");
    let one = world.run(["kube-render", "production"]);
    one.code(0).stderr("– api  it has no environment production\n");
    assert_eq!(lines(&one, "# service"), ["# service web"]);
    world.run(["kube-render", "staging", "--output-dir", "out"]).code(0);
    assert!(world.read("out/web/deployment-web.yaml").contains("name: web"));
    world.run(["kube-render", "prod"]).code(2).says("no service of this workspace has an environment `prod`").says("`production`");
    let json = world.run(["kube-render", "staging", "--output", "json"]).json();
    assert_eq!(json.pointer("/services/web/places/0/namespace").unwrap(), "web-staging");
    assert_eq!(json.pointer("/summary/0/outcome").unwrap(), "done");
}

#[test]
fn the_first_failure_ends_it_and_the_summary_tells() {
    let world = workspace();
    world.file("services/api/instep.toml", format!("{API}[tasks.docker-build]\nrun = \"echo own build\"\n"));
    world.file("services/zoo/instep.toml", WEB.replace("\"web\"", "\"zoo\""));
    world.commit("first");
    let ran = world.run(["docker-build"]);
    ran.code(2).stdout("own build\n").says("the Dockerfile `Dockerfile` is not there").says("note: service web");
    ran.says("✓ api  [TIME]\n✗ web  the Dockerfile `Dockerfile` is not there\n– zoo  not run\n");
    world.run(["docker-build", "--push"]).code(2).says("docker-build of api is a task of its own");
}

#[test]
fn faults_of_members_have_their_places() {
    let world = World::with("[workspace]\nmembers = [\"services/*\", \"libs/*\", \"!services/old\"]\n");
    world.file("services/docs/README.md", "");
    world.file("services/old/README.md", "");
    world.file("services/api/instep.toml", API);
    world.file("services/web/instep.toml", "[service]\nname = \"api\"\nprot = 1\n");
    world.file("services/zoo/instep.toml", "[service]\nname = \"api\"\n");
    let ran = world.run(["lint"]);
    ran.code(2).stdout("");
    for said in [
        "the member services/docs has no instep.toml\n  ╭▸ instep.toml:2:12",
        "help: add services/docs/instep.toml, or leave the folder out: \"!services/docs\"",
        "no folder is meant by `libs/*`\n  ╭▸ instep.toml:2:26",
        "unknown key `prot` in [service]\n  ╭▸ services/web/instep.toml:3:1",
        "two services of this workspace are called `api`\n  ╭▸ services/zoo/instep.toml:2:8",
        "the other one is at services/api/instep.toml:2",
    ] {
        ran.says(said);
    }
    assert!(!ran.err().contains("member services/old"), "{ran:?}");
    world.run(["list"]).code(0).prints("Commands\n");
    // Another's fault does not matter to a service.
    world.file("services/zoo/instep.toml", "[service]\nname = \"zoo\"\n");
    world.run(["gen", "--service", "api"]).code(0).prints("made\n");
}

#[test]
fn services_and_their_tasks_are_completed() {
    let world = workspace();
    let candidates = |words: &[&str]| {
        let mut command = world.command(support::INSTEP, &world.repo());
        command.env("INSTEP_COMPLETE", "fish").args(["--", "instep"]).args(words);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert_eq!(candidates(&["lint", "--service", ""]), "api\tservices/api\nweb\tservices/web\n");
    assert_eq!(candidates(&["e2"]), "e2e\tEnd to end\n");
    assert_eq!(candidates(&["kube-render", "pro"]), "production\tproduction\n");
    assert_eq!(candidates(&["--service", "api", "kube-render", ""]).lines().next(), Some("staging\tstaging"));
}

#[test]
fn bases_are_fetched_for_every_service_that_has_some() {
    let world = workspace();
    let base = world.root().join("base");
    std::fs::create_dir_all(&base).unwrap();
    std::fs::write(base.join("base.toml"), "[vars]\nteam = \"growth\"\n").unwrap();
    for args in [&["init", "--quiet"][..], &["add", "."], &["-c", "user.name=t", "-c", "user.email=t@e", "commit", "-qm", "x"]] {
        assert!(world.command("git", &base).args(args).status().unwrap().success());
    }
    let url = format!("extends = \"git+file://{}//base.toml\"\n", base.display());
    world.file("services/web/instep.toml", format!("{url}{WEB}"));
    world.run(["lint"]).code(2).says("instep update --base");
    world.run(["update", "--base"]).code(0).prints("no base from git is extended").prints("vars.team: \"growth\"");
    world.read("services/web/instep.lock");
    assert!(!world.repo().join("instep.lock").exists() && !world.repo().join("services/api/instep.lock").exists());
    world.run(["lint"]).code(0);
}

#[test]
fn the_doctor_looks_at_every_service() {
    let world = workspace();
    for name in ["api", "web"] {
        let file = format!("services/{name}/instep.toml");
        let text = world.read(&file);
        world.file(&file, format!("{text}[requires]\nno-such-program = \"*\"\n"));
    }
    world.program("kubectl", "#!/bin/sh\necho no context >&2\nexit 1\n");
    let ran = world.run(["doctor"]);
    ran.code(7);
    assert_eq!(ran.out().matches("✗ no-such-program  ").count(), 1, "{ran:?}");
    world.program("kubectl", "#!/bin/sh\ncase $1 in version) echo v1;; *) echo no context >&2; exit 1;; esac\n");
    world.run(["doctor"]).prints("– api:staging  staging: no context\n").prints("– web:production  production: no context\n");
}
