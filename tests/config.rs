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
fn a_file_that_is_not_utf_8_is_shown_with_the_byte() {
    let world = World::new();
    world.file("instep.toml", b"[service]\nname = \"us\xe9rs\"\n");
    std::fs::create_dir_all(world.repo().join("a")).unwrap();
    world.run_in(&world.repo().join("a"), ["config"]).code(2).stdout("").stderr(
        "error: ../instep.toml is not UTF-8\n  ╭▸ ../instep.toml:2:11\n  │\n2 │ name = \"us\u{fffd}rs\"\n  │           ━ this byte\n  │\n  \
         ╰ help: save the file as UTF-8\n",
    );
}

/// What a base keeps in the cluster may be a text in one environment: nothing is left of the Secret.
#[test]
fn a_variable_of_another_kind_replaces_the_one_below() {
    let world = World::with(
        "extends = \"base.toml\"\n[service]\nname = \"users\"\n[image]\nrepository = \"r.example.com/u\"\n\
         [environments.staging]\ncontext = \"c\"\n[environments.staging.kube.env]\nA = { value = \"plain\" }\nB = { key = \"other\" }\n\
         [workloads.mailer.env]\nB = { value = \"text\" }\n",
    );
    world.file("base.toml", "[kube.env]\nA = { secret = \"s\", key = \"k\" }\nB = { secret = \"s\", key = \"k\" }\n");
    world.commit("first");
    let ran = world.run(["kube-render", "staging", "--output", "json"]);
    let objects = ran.code(0).json().pointer("/places/0/objects").unwrap().as_array().unwrap().clone();
    let deployments: Vec<_> = objects
        .iter()
        .filter(|object| object["kind"] == "Deployment")
        .map(|object| &object["spec"]["template"]["spec"]["containers"][0]["env"])
        .collect();
    assert_eq!(
        deployments[0],
        &serde_json::json!([
            { "name": "A", "value": "plain" },
            { "name": "B", "valueFrom": { "secretKeyRef": { "name": "s", "key": "other" } } }
        ])
    );
    assert_eq!(deployments[1][1], serde_json::json!({ "name": "B", "value": "text" }));
}

/// A base may say less than is needed, and more than this repo uses.
#[test]
fn what_is_needed_is_asked_of_the_merged_whole() {
    let world = World::with("extends = \"base.toml\"\n[kube.volumes.data]\npath = \"/data\"\n[tasks.lint]\ncommand = [\"true\"]\n");
    world.file(
        "base.toml",
        "[service]\nteam = \"growth\"\n[kube.volumes.data]\nsize = \"1Gi\"\n[kube.volumes.more]\nsize = \"1Gi\"\n[tasks.lint]\nrun = \"false\"\n",
    );
    world.run(["config"]).code(2).stdout("").stderr(
        "error: task `lint` has both `run` and `command`\n  ╭▸ instep.toml:5:1\n  │\n5 │ command = [\"true\"]\n  │ ━━━━━━━\n  │\n  \
         ├ note: `run` is at base.toml:8\n  ╰ help: keep one of them; `run = []` takes away what a base says\n\
         error: `kube.volumes.more.path` is not set\n  ╭▸ base.toml:5:15\n  │\n5 │ [kube.volumes.more]\n  │               ━━━━ in this table\n  │\n  \
         ╰ help: add `path = \"…\"` to [kube.volumes.more]: where it is mounted\n",
    );
    world.file(
        "instep.toml",
        "extends = \"base.toml\"\n[kube.volumes]\nmore = false\ndata.path = \"/data\"\n[tasks.lint]\nrun = []\ncommand = [\"true\"]\n",
    );
    world.run(["lint"]).code(0);
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
        "extends = [\"base.toml\"]\n[kube]\nreplicas = 2\n\n[environments.staging]\ncontext = \"c\"\n[environments.staging.kube]\nreplicas = 1\n\
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

const EXPLAINED: &str = "extends = \"base.toml\"\n[service]\nname = \"users\"\nport = 8080\n[kube]\nmemory = \"256Mi\"\n\
    [workloads.mailer.env]\nLOG_LEVEL = \"debug\"\n[environments.staging]\ncontext = \"c\"\n[environments.staging.kube.env]\nLOG_LEVEL = \"trace\"\n\
    [tasks.test]\nrun = \"true\"\nenv-files = [\".env\", \".env.local\"]\nenv.LOG_LEVEL = \"info\"\n\
    env.TOKEN = { value = \"s3cret!\", mask = true }\nenv.X = \"{{ env.NOBODY | default('y') }}\"\n";

fn explained() -> World {
    let world = World::with(EXPLAINED);
    world
        .file("base.toml", "[kube]\nmemory = \"64Mi\"\n[kube.env]\nLOG_LEVEL = \"warn\"\n[environments.staging.kube]\nmemory = \"32Mi\"\n");
    world.file(".env", "# first\nOTHER=1\n");
    world.file(".env.local", "OTHER=2\n\nexport OTHER=\"3\"\n");
    world
}

#[test]
fn explain_shows_every_layer_of_a_key_and_who_wins() {
    let world = explained();
    world.run(["config", "--explain", "kube.memory", "--environment", "staging", "--config", "kube.memory=1Gi"]).code(0).stdout(
        "kube.memory\n  ✓ kube.memory                       \"1Gi\"    --config:1\n    kube.memory                       \"256Mi\"  instep.toml:6\n    \
         environments.staging.kube.memory  \"32Mi\"   base.toml:6\n    kube.memory                       \"64Mi\"   base.toml:2\n    \
         default                           128Mi\n",
    );
    let json = world.run(["config", "--explain", "kube.memory", "--output", "json"]).json();
    assert_eq!(
        json["explained"][0]["said"][0],
        serde_json::json!({ "layer": "kube.memory", "value": "\"256Mi\"", "place": "instep.toml:6", "wins": true })
    );
    world.run(["config", "--explain", "kube.memroy"]).code(2).says("did you mean `kube.memory`?");
    world.run(["config", "--explain", "LOG_LEVL"]).code(2).says("did you mean `LOG_LEVEL`?");
}

#[test]
fn explain_shows_every_layer_of_a_variable_and_hides_secrets() {
    let mut world = explained();
    world.env("LOG_LEVEL", "caller").env("TOKEN", "{another secret}");
    world.run(["config", "--explain", "LOG_LEVEL", "--for", "test", "-e", "LOG_LEVEL=cli"]).code(0).stdout(
        "LOG_LEVEL of test\n  ✓ -e                        cli\n    tasks.test.env.LOG_LEVEL  \"info\"  instep.toml:16\n    \
         the caller's environment  caller\n",
    );
    world.run(["config", "--explain", "LOG_LEVEL", "--for", "mailer", "--environment", "staging"]).code(0).stdout(
        "LOG_LEVEL of mailer\n  ✓ workloads.mailer.env.LOG_LEVEL           \"debug\"  instep.toml:8\n    \
         environments.staging.kube.env.LOG_LEVEL  \"trace\"  instep.toml:12\n    kube.env.LOG_LEVEL                       \"warn\"   base.toml:4\n",
    );
    // Without a name: everybody for whom the repo says something.
    world.run(["config", "--explain", "OTHER"]).code(0).stdout("OTHER of test\n  ✓ env-files  3  .env.local:3\n    env-files  1  .env:2\n");
    world.run(["config", "--explain", "X", "--for", "test"]).code(0).prints("\"{{ env.NOBODY | default('y') }}\" → y  instep.toml:18\n");
    let token = world.run(["config", "--explain", "TOKEN"]);
    token.code(0).stdout(
        "TOKEN of test\n  ✓ tasks.test.env.TOKEN      { value = ***, mask = true }  instep.toml:17\n    the caller's environment  ***\n",
    );
    world
        .run(["config", "--explain", "tasks.test.env.TOKEN.value"])
        .code(0)
        .prints("  ✓ tasks.test.env.TOKEN.value  ***  instep.toml:17\n");
    world.run(["config", "tasks.test.env.TOKEN.value"]).code(0).stdout("tasks.test.env.TOKEN.value = \"***\"  instep.toml:17\n");
    world.run(["config", "--explain", "X", "--for", "tset"]).code(2).says("did you mean `test`?");
}

/// Who is said to win is who wins: every combination of the layers, against what the task sees.
#[test]
fn explain_and_the_task_agree() {
    for mask in 0..32_u8 {
        let has = |layer: u8| mask & (1 << layer) != 0;
        let own = if has(1) { "env.VAR_A = \"own\"\n" } else { "" };
        let vars = if has(4) { "[vars]\na = \"default\"\n" } else { "" };
        let mut world = World::with(&format!("{vars}[tasks.t]\nrun = \"echo ${{VAR_A-none}}\"\nenv-files = [\".env\"]\n{own}"));
        world.file(".env", if has(3) { "VAR_A=file\n" } else { "" });
        if has(2) {
            world.env("VAR_A", "caller");
        }
        let argument: &[&str] = if has(0) { &["-e", "VAR_A=cli"] } else { &[] };
        let seen = world.run(["t"].iter().chain(argument)).code(0).out();
        let json = world.run(["config", "--explain", "VAR_A", "--for", "t", "--output", "json"].iter().chain(argument)).json();
        let said = json["explained"][0]["said"][0]["value"].as_str().unwrap_or("none").trim_matches('"').to_owned();
        assert_eq!(said, seen.trim(), "{mask:b}");
    }
}
