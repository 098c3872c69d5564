//! `instep new-service`: a repo that is whole or not there.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::os::unix::fs::PermissionsExt as _;

use support::World;

fn answered(world: &World, extra: &[&str]) -> support::Ran {
    let mut args = vec!["new-service", "hello", "--scaffold", "python", "--yes", "--set", "context=staging"];
    args.extend(extra);
    world.run_in(&world.home(), args)
}

#[test]
fn the_new_repo_is_committed_and_says_where_it_came_from() {
    let world = World::new();
    let ran = answered(&world, &["--set", "port=9000"]);
    ran.code(0).stdout("  cd hello && instep run-local\n").says(
        "The same again:\n  instep new-service hello --scaffold python --set context=staging --set registry=localhost:5000 --set port=9000 --set ci=github --set licence=none --set postgres=false --set prometheus=false --set renovate=true --set worker=false --set nightly=false\n",
    );
    let repo = world.home().join("hello");
    let git = |args: &[&str]| String::from_utf8(world.command("git", &repo).args(args).output().unwrap().stdout).unwrap().trim().to_owned();
    assert_eq!(git(&["status", "--porcelain"]), "");
    assert_eq!(git(&["log", "--format=%s"]), "Record the scaffold that this repo came from\nNew service from the scaffold python 1");
    let record = std::fs::read_to_string(repo.join(".instep/scaffold.toml")).unwrap();
    let tree = git(&["rev-parse", "HEAD~1^{tree}"]);
    let expected = format!(
        "# What this repo was generated from; `instep update` reads it.\nscaffold = \"python\"\nversion = 1\ninstep = \"{}\"\ntree = \"{tree}\"\n\n[answers]\n\
         ci = [\"github\"]\ncontext = \"staging\"\nholder = \"\"\nlicence = \"none\"\nname = \"hello\"\nnightly = false\npackage = \"hello\"\nport = 9000\n\
         postgres = false\nprometheus = false\nregistry = \"localhost:5000\"\nrenovate = true\nworker = false\n",
        env!("CARGO_PKG_VERSION")
    );
    let listing = git(&["ls-tree", "-r", "HEAD~1"]);
    let files: Vec<String> = listing
        .lines()
        .map(|line| {
            let (meta, path) = line.split_once('\t').unwrap();
            let words: Vec<&str> = meta.split(' ').collect();
            let plain = path.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
            if plain {
                format!("{path} = \"{} {}\"\n", words[0], words[2])
            } else {
                format!("\"{path}\" = \"{} {}\"\n", words[0], words[2])
            }
        })
        .collect();
    assert_eq!(record, format!("{expected}\n[files]\n{}", files.concat()));
    assert_eq!(leftovers(&world), Vec::<String>::new());
}

/// What a run left beside the new repo.
fn leftovers(world: &World) -> Vec<String> {
    let names = std::fs::read_dir(world.home()).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with(".instep")).collect()
}

/// What `git` says in a repo.
fn git(world: &World, repo: &std::path::Path, args: &[&str]) -> String {
    String::from_utf8(world.command("git", repo).args(args).output().unwrap().stdout).unwrap().trim().to_owned()
}

#[test]
fn the_command_at_the_end_makes_the_same_repo_again() {
    let world = World::new();
    std::fs::create_dir(world.home().join("sub")).unwrap();
    let holder = "holder=The \"A's\" & $HOME";
    let sets = ["--set", "context=a b", "--set", "licence=MIT", "--set", holder, "--set", "ci=none", "--set", "worker=yes"];
    let args = ["-C", "sub", "new-service", "hello", "--scaffold", "python", "--yes", "--dir", "my services/hello"];
    let ran = world.run_in(&world.home(), [&args[..], &sets].concat());
    ran.code(0).stdout("  cd 'sub/my services/hello' && instep run-local\n");
    let repo = world.home().join("sub/my services/hello");
    let made = git(&world, &repo, &["rev-parse", "HEAD^{tree}"]);
    std::fs::remove_dir_all(&repo).unwrap();
    let line = ran.err().lines().find(|line| line.starts_with("  instep ")).unwrap().trim().to_owned();
    let path = format!("{}:{}", std::path::Path::new(support::INSTEP).parent().unwrap().display(), std::env::var("PATH").unwrap());
    let again = world.command("sh", &world.home()).env("PATH", path).args(["-c", &line]).output().unwrap();
    assert!(again.status.success(), "{line}\n{}", String::from_utf8_lossy(&again.stderr));
    assert_eq!(git(&world, &repo, &["rev-parse", "HEAD^{tree}"]), made, "{line}");
    assert!(std::fs::read_to_string(repo.join("LICENSE")).unwrap().contains("The \"A's\" & $HOME"));
    // Without --dir the repo is in the folder of -C, by its name.
    world
        .run_in(&world.home(), ["-C", "sub", "new-service", "b", "--scaffold", "static", "--yes"])
        .code(0)
        .stdout("  cd sub/b && instep run-local\n");
    assert!(world.home().join("sub/b/instep.toml").is_file());
}

#[test]
fn the_dry_run_shows_what_is_written() {
    let world = World::new();
    let shown = answered(&world, &["--dry-run", "--output", "json"]).code(0).json();
    let mut shown: Vec<&str> = shown["plan"]["steps"][0]["files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap()).collect();
    answered(&world, &[]).code(0);
    let written = git(&world, &world.home().join("hello"), &["ls-files"]);
    shown.sort_unstable();
    assert_eq!(shown, written.lines().collect::<Vec<_>>());
}

#[test]
fn every_embedded_scaffold_is_small_and_strict() {
    for scaffold in ["go", "node", "php", "python", "rust", "static"] {
        let world = World::new();
        let ran = world.run_in(&world.home(), ["new-service", "a-b", "--scaffold", scaffold, "--yes", "--set", "context=staging"]);
        ran.code(0);
        let repo = world.home().join("a-b");
        world.run_in(&repo, ["config"]).code(0).stderr("").prints("service.name = \"a-b\"");
        world.run_in(&repo, ["kube-render", "staging"]).code(0).prints("kind: Deployment");
        let text = std::fs::read_to_string(repo.join("instep.toml")).unwrap();
        let settings = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).count();
        assert!(settings <= 15, "{scaffold}: {settings} lines of settings");
        let readme = std::fs::read_to_string(repo.join("README.md")).unwrap();
        let first = readme.lines().find(|line| line.starts_with("## ")).unwrap();
        assert!(readme.split(first).nth(1).unwrap().split("\n## ").next().unwrap().contains("instep run-local"), "run-local comes first");
        for file in walk(&repo) {
            let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
            for delimiter in ["{=", "=}", "{~", "~}"] {
                assert!(!text.contains(delimiter), "{} has a delimiter left", file.display());
            }
        }
    }
}

#[test]
fn every_image_is_built_in_stages_with_caches_and_runs_as_a_numeric_user() {
    for (scaffold, cached) in [("go", 1), ("node", 2), ("php", 2), ("python", 1), ("rust", 2), ("static", 0)] {
        let world = World::new();
        let ran = world.run_in(&world.home(), ["new-service", "a-b", "--scaffold", scaffold, "--yes", "--set", "context=staging"]);
        ran.code(0);
        let text = std::fs::read_to_string(world.home().join("a-b/Dockerfile")).unwrap();
        let lines = |beginning: &str| text.lines().filter(|line| line.starts_with(beginning)).count();
        assert!(lines("FROM ") >= 2, "{scaffold}: {text}");
        assert_eq!(text.matches("--mount=type=cache,").count(), cached, "{scaffold}: {text}");
        // Base images are arguments with a default; the build's identity comes last, and voids no layer.
        let own = |line: &str| line == "FROM scratch" || line.starts_with("FROM ${") || text.contains(&format!(" AS {}\n", &line[5..]));
        assert!(text.lines().filter(|line| line.starts_with("FROM ")).all(|line| own(line.split(" AS ").next().unwrap())), "{text}");
        let last = text.split("\nARG VERSION=unknown\nARG REVISION=unknown\nARG BUILD_DATE=unknown\n").nth(1).unwrap();
        assert!(last.contains("org.opencontainers.image.title=\"a-b\"") && !last.contains("COPY") && !last.contains("RUN"), "{last}");
        let health = text.lines().find(|line| line.starts_with("HEALTHCHECK ")).unwrap();
        assert!(!health.contains("curl") && health.contains("\"healthcheck\"]"), "{health}");
        assert_eq!((lines("USER 10001:10001"), lines("USER ")), (1, 1), "{scaffold}");
    }
}

#[test]
fn a_classic_builder_says_which_line_it_cannot_build() {
    if !support::engine() {
        return;
    }
    let mut world = World::new();
    world.run_in(&world.home(), ["new-service", "hello", "--scaffold", "go", "--yes", "--set", "context=staging"]).code(0);
    world.env("DOCKER_BUILDKIT", "0");
    let ran = world.run_in(&world.home().join("hello"), ["docker-build", "--build-arg", "GO_IMAGE=scratch"]);
    ran.code(1).says("requires BuildKit").says("take DOCKER_BUILDKIT=0 away, or the option out of the line");
}

fn walk(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true if path.ends_with(".git") => {}
            true => found.extend(walk(&path)),
            false => found.push(path),
        }
    }
    found
}

#[test]
fn nothing_is_ever_overwritten() {
    let world = World::new();
    std::fs::create_dir(world.home().join("hello")).unwrap();
    std::fs::write(world.home().join("hello/mine"), "mine").unwrap();
    answered(&world, &[])
        .code(6)
        .stdout("")
        .stderr("error: [ROOT]/home/hello is there already, and not empty\n │\n ╰ help: take another name, or --dir for another folder\n");
    assert_eq!(std::fs::read_to_string(world.home().join("hello/mine")).unwrap(), "mine");
    // An empty folder is taken.
    std::fs::remove_file(world.home().join("hello/mine")).unwrap();
    answered(&world, &[]).code(0);
    assert_eq!(leftovers(&world), Vec::<String>::new());
}

#[test]
fn a_failure_leaves_nothing() {
    let world = World::new();
    // git that refuses to commit.
    world.program("git", "#!/bin/sh\ncase \"$*\" in *commit*) echo 'disk full' >&2; exit 1;; *) PATH=${PATH#*:} exec git \"$@\";; esac\n");
    answered(&world, &[]).code(1).says("`git` failed: exit code 1").says("disk full");
    assert!(!world.home().join("hello").exists());
    assert_eq!(leftovers(&world), Vec::<String>::new());
}

#[test]
fn a_wrong_name_scaffold_or_answer_says_what_to_write() {
    let world = World::new();
    let run = |args: &[&str]| world.run_in(&world.home(), [&["new-service"], args].concat());
    run(&["My_Svc", "--scaffold", "python"]).code(2).says("the name `My_Svc` must be").says("for example \"my-svc\"");
    run(&["hello"]).code(2).says("which scaffold?").says("python: ").says("add --scaffold NAME, with one of these");
    run(&["hello", "--scaffold", "pyhton"]).code(2).says("did you mean `python`?");
    run(&["hello", "--scaffold", "python"])
        .code(2)
        .says("`port` is not answered, and there is no terminal to ask")
        .says("--set port=8080, or --yes");
    run(&["hello", "--scaffold", "python", "--yes", "--set", "port=x"])
        .code(2)
        .says("`x` is no answer for `port`: it must be a whole number");
    run(&["hello", "--scaffold", "python", "--yes", "--set", "prot=1"]).code(2).says("did you mean `port`?");
    assert_eq!(std::fs::read_dir(world.home()).unwrap().count(), 0);
}

#[test]
fn names_that_the_language_has_taken_are_refused() {
    let world = World::new();
    let run = |name: &str, scaffold: &str| world.run_in(&world.home(), ["new-service", name, "--scaffold", scaffold, "--yes"]);
    run("json", "python").code(2).says("the name `json`").says("for example \"json-service\"");
    run("class", "python").code(2).says("the name `class`");
    run("test", "rust").code(2).says("the name `test`");
    run("fastify", "node").code(2).says("the name `fastify`");
}

#[test]
fn a_scaffold_may_be_a_folder() {
    let world = World::new();
    let file = |path: &str, text: &str| {
        let file = world.home().join("mine").join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    file(
        "scaffold.toml",
        "name = \"mine\"\ndescription = \"Mine\"\nversion = 3\nexecutable = [\"run.sh\"]\n[questions.colour]\ntype = \"choice\"\nchoices = [\"red\", \"blue\"]\ndescription = \"Colour\"\ndefault = \"red\"\n",
    );
    file("template/run.sh", "#!/bin/sh\necho ${{ x }} {= name =}{~ if colour == 'blue' ~} sky{~ endif +~}\n");
    file("template/{= package =}.txt.tmpl", "{= colour =}\n");
    let run = |args: &[&str]| world.run_in(&world.home(), [&["new-service", "a-b", "--scaffold", "./mine", "--yes"], args].concat());
    run(&["--set", "colour=green"]).code(2).says("it must be one of red, blue");
    run(&["--set", "colour=blue", "--dir", "out"]).code(0);
    let out = world.home().join("out");
    assert_eq!(std::fs::read_to_string(out.join("run.sh")).unwrap(), "#!/bin/sh\necho ${{ x }} a-b sky\n");
    assert_eq!(std::fs::read_to_string(out.join("a_b.txt")).unwrap(), "blue\n");
    assert_eq!(std::fs::metadata(out.join("run.sh")).unwrap().permissions().mode() & 0o777, 0o755);
    file("template/bad", "{= colur =}\n");
    run(&["--dir", "out2"]).code(2).says("broken scaffold: `colur` is not defined").says("bad:1:4");
    assert!(!world.home().join("out2").exists());
}

#[test]
fn inside_of_a_repository_no_second_one_is_made() {
    let world = World::new();
    world.file("README", "x");
    world.commit("first");
    world.run(["new-service", "hello", "--scaffold", "rust", "--yes", "--set", "context=c"]).code(0);
    assert!(!world.repo().join("hello/.git").exists());
    assert!(world.repo().join("hello/Cargo.lock").exists());
}

#[test]
fn dry_run_shows_the_files_and_writes_nothing() {
    let world = World::new();
    answered(&world, &["--dry-run"]).code(0).stderr("").prints("#     instep.toml\n").prints("git init");
    assert_eq!(std::fs::read_dir(world.home()).unwrap().count(), 0);
    let ran = answered(&world, &["--dry-run", "--output", "json"]);
    assert_eq!(ran.code(0).json()["plan"]["steps"][0]["id"], "write");
}
