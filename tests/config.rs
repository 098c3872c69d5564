//! `instep.toml`: found, checked, merged, evaluated; and `instep config`.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use support::World;

#[test]
fn without_a_file_the_error_says_where_it_was_searched() {
    let world = World::new();
    std::fs::create_dir_all(world.repo().join("a/b")).unwrap();
    world.run_in(&world.repo().join("a/b"), ["config"]).code(2).stdout("").stderr(
        "error: there is no instep.toml here\n │\n ├ note: searched from [ROOT]/repo/a/b up to [ROOT]/repo, the root of the git repository\n \
         ╰ help: `instep new-service NAME` makes a new repo; in an existing one, write an instep.toml with [service] name and port\n",
    );
}

#[test]
fn it_is_found_from_any_folder_below_and_by_c() {
    let world = World::with("[service]\nname = \"users\"\n");
    std::fs::create_dir_all(world.repo().join("a/b")).unwrap();
    world.run_in(&world.repo().join("a/b"), ["config"]).code(0).stdout("service.name = \"users\"  ../../instep.toml:2\n");
    world.run_in(&world.home(), ["-C", "../repo", "config"]).code(0).stdout("service.name = \"users\"  instep.toml:2\n");
    world.run(["-C", "nowhere", "config"]).code(2).stderr("error: -C: there is no folder [ROOT]/repo/nowhere\n");
}

#[test]
fn every_problem_is_reported_in_one_run() {
    let world = World::with(
        "[service]\nname = \"Users\"\nprot = 8080\nhealth = 5\n\n[tasks.lint]\nrun = \"true\"\ntimeout = \"10\"\nneeds = [\"tset\"]\n\n\
         [tasks.a]\nneeds = [\"b\"]\n[tasks.b]\nneeds = [\"a\"]\n\n[environments.staging]\ncluster = \"ue\"\n[clusters.eu]\ncontext = \"x\"\n",
    );
    world.run(["config"]).code(2).stdout("").stderr(
        "error: `service.name` must be lower-case letters, digits and `-`, at most 63, beginning with a letter and not ending with `-` (a DNS-1123 label)\n\
         \x20 ╭▸ instep.toml:2:8\n  │\n2 │ name = \"Users\"\n  │        ━━━━━━━\n  │\n  ╰ help: for example \"users\"\n\
         error: unknown key `prot` in [service]\n  ╭▸ instep.toml:3:1\n  │\n3 │ prot = 8080\n  │ ━━━━ not known here\n  │\n  ╰ help: did you mean `port`?\n\
         error: `service.health` must be a string, or a table, not an integer\n  ╭▸ instep.toml:4:10\n  │\n4 │ health = 5\n  ╰╴         ━ an integer here\n\
         error: `tasks.lint.timeout` needs a unit, not \"10\"\n  ╭▸ instep.toml:8:11\n  │\n8 │ timeout = \"10\"\n  │           ━━━━\n  │\n  \
         ╰ help: write \"10s\" for seconds, \"10ms\" for milliseconds\n\
         error: task `lint` needs `tset`, which is not a task\n  ╭▸ instep.toml:9:10\n  │\n9 │ needs = [\"tset\"]\n  │          ━━━━━━ no such task\n  │\n  \
         ╰ help: add [tasks.tset], or take it out\n\
         error: tasks need each other in a circle: a → b → a\n   ╭▸ instep.toml:14:10\n   │\n14 │ needs = [\"a\"]\n   │          ━━━ closes the circle\n   │\n   \
         ╰ help: take one of these needs out\n\
         error: environment `staging` names the cluster `ue`, which is not there\n   ╭▸ instep.toml:17:11\n   │\n17 │ cluster = \"ue\"\n   │           \
         ━━━━ no such cluster\n   │\n   ╰ help: add [clusters.ue] with its context\n",
    );
}

#[test]
fn every_syntax_error_is_reported() {
    let world = World::with("[service\nname = \"users\"\n\n[image]\nrepository = \n");
    let ran = world.run(["config"]);
    ran.code(2).says("instep.toml:1:").says("instep.toml:5:");
    world.run(["doctor", "--help"]).code(0);
    world.run(["completions", "bash"]).code(0).stderr("");
}

#[test]
fn a_newer_file_says_too_old_and_not_unknown_key() {
    let world = World::with("minimum-version = \"99.0\"\n[brand-new]\nkey = 1\n");
    world.run(["config"]).code(2).stderr(&format!(
        "error: this repo needs instep 99.0 or newer; this is {}\n  ╭▸ instep.toml:1:19\n  │\n1 │ minimum-version = \"99.0\"\n  │                   ━━━━━━\n  │\n  \
         ╰ help: install a newer instep\n",
        env!("CARGO_PKG_VERSION")
    ));
    World::with("edition = 2\n[brand-new]\n").run(["config"]).code(2).says("edition 2 is newer than this instep");
}

#[test]
fn templates_are_evaluated_only_when_needed() {
    let world = World::with(
        "[service]\nname = \"users\"\n[image]\nrepository = \"{{ env.NOT_THERE }}/x\"\n[tasks.t]\nrun = \"echo {{ not.a.template }}\"\n",
    );
    world.run(["t"]).code(0).stdout("{{ not.a.template }}\n");
}

#[test]
fn an_undefined_name_is_underlined_where_it_stands() {
    let world = World::with("[service]\nname = \"users\"\n[tasks.t]\nenv = { X = \"a {{ vars.colour }} b\" }\nrun = \"true\"\n");
    world.run(["t"]).code(2).stdout("").stderr(
        "error: template: `vars.colour` is not defined\n  ╭▸ instep.toml:4:19\n  │\n4 │ env = { X = \"a {{ vars.colour }} b\" }\n  │                   \
         ━━━━━━━━━━━\n  │\n  ╰ help: known are git.sha, git.branch, version, service.name, environment, image.registry, env.NAME and vars.NAME\n",
    );
}

#[test]
fn layers_lie_on_each_other_and_false_removes() {
    let world = World::with(
        "extends = [\"base.toml\"]\n[kube]\nreplicas = 2\n[tasks.old]\n[environments.staging]\ncontext = \"c\"\n[environments.staging.kube]\nreplicas = 1\n\
         [environments.staging.smoke-test.checks]\nlogin = false\n",
    );
    world.file(
        "base.toml",
        "[kube]\nreplicas = 5\nmemory = \"64Mi\"\n[environments.staging.kube]\nmemory = \"32Mi\"\nreplicas = 9\n\
         [smoke-test.checks.login]\npath = \"/login\"\n[smoke-test.checks.list]\npath = \"/list\"\n[service]\nname = \"users\"\n",
    );
    world.run(["config", "kube"]).code(0).stdout("kube.replicas = 2     instep.toml:3\nkube.memory = \"64Mi\"  base.toml:3\n");
    world
        .run(["config", "kube", "--environment", "staging"])
        .code(0)
        .stdout("kube.replicas = 1     instep.toml:8\nkube.memory = \"32Mi\"  base.toml:5\n");
    world
        .run(["config", "smoke-test", "--environment", "staging"])
        .code(0)
        .stdout("smoke-test.checks.list.path = \"/list\"  base.toml:10\n");
    world.run(["config", "service.port", "--config", "service.port=9"]).code(0).stdout("service.port = 9  --config:1\n");
    world.run(["config", "--config", "service.prot=9"]).code(2).says("--config:1").says("did you mean `port`?");
}

#[test]
fn two_environments_at_one_place_are_an_error() {
    let world = World::with("[service]\nname = \"users\"\n[environments.a]\ncontext = \"x\"\n[environments.b]\ncontext = \"x\"\n");
    world.run(["config"]).code(2).says("environments `a` and `b` are the same place: context x, namespace \"users\"");
}

#[test]
fn the_error_is_json_when_json_is_wanted() {
    let world = World::with("[service]\nprot = 1\n");
    let ran = world.run(["config", "--output", "json"]);
    ran.code(2).stderr("");
    assert_eq!(ran.json()["error"]["kind"], "usage");
    assert_eq!(ran.json()["error"]["problems"][0]["line"], 2);
    let ran = world.run(["lsit", "--output", "json"]);
    assert_eq!(ran.code(2).json()["error"]["message"], "there is no command or task `lsit`");
    let ran = world.run(["list", "--nonsense", "--output=json"]);
    assert_eq!(ran.code(2).json()["error"]["exit-code"], 2);
}

/// With `INSTEP_WRITE_DOCS=1` the files are written instead of compared.
#[test]
fn the_schema_and_the_reference_are_fresh() {
    let world = World::new();
    for (args, file) in [(vec!["schema"], "docs/instep.schema.json"), (vec!["schema", "--markdown"], "docs/instep-toml.md")] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let made = String::from_utf8(world.run(args).code(0).bytes().to_vec()).unwrap();
        if std::env::var_os("INSTEP_WRITE_DOCS").is_some() {
            std::fs::write(&path, made).unwrap();
        } else {
            assert!(std::fs::read_to_string(&path).unwrap() == made, "{file} is stale: run `INSTEP_WRITE_DOCS=1 cargo test --test config`");
        }
    }
}

#[test]
fn a_task_can_not_take_the_name_of_a_command_about_the_repo() {
    let world = World::with("[tasks.list]\nrun = \"true\"\n");
    world.run(["config"]).code(2).says("a task can't be called `list`: that command tells about the repo").says("instep.toml:1:8");
}
