//! `instep doctor`: each finding with its cure.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use support::World;

/// A world without an engine, whose user logs in with this shell.
fn world(toml: &str, shell: &str) -> World {
    let mut world = World::with(toml);
    world.env("DOCKER_HOST", "unix:///nowhere/docker.sock").env("SHELL", shell);
    world.program("git", "#!/bin/sh\necho git version 2.47.3\n");
    world.program("kubectl", "#!/bin/sh\ncase \"$*\" in *raw*) echo 'error: context \"eu\" does not exist' >&2; exit 1;; *) echo Client Version: v1.32.4;; esac\n");
    world
}

#[test]
fn what_is_needed_and_not_well_is_named_with_its_cure() {
    let world = world("[requires]\nold = \">=1.22\"\nnew = \">=1.22\"\nabsent = \">=1\"\n", "/bin/zsh");
    world.program("old", "#!/bin/sh\necho old version 1.21.3\n");
    // As go: only `version`, without dashes.
    world.program("new", "#!/bin/sh\n[ \"$1\" = version ] && echo new version new1.23.4 linux/amd64\n");
    world
        .run(["doctor"])
        .code(7)
        .stdout(
            "✓ git  git version 2.47.3\n\
             ✗ old  1.21.3, but >=1.22 is needed\n    install old >=1.22\n\
             ✓ new  1.23.4 (>=1.22)\n\
             ✗ absent  `absent` is not installed, or not on the PATH\n    install `absent`, then run the command again\n\
             – engine  no container engine answers\n    DOCKER_HOST names this engine: start it there, or take the setting away\n\
             ✓ kubectl  Client Version: v1.32.4\n\
             – completion  not set up in ~/.zshrc\n    add to it: source <(instep completions zsh)\n",
        )
        .stderr("error: needed here and not well: old and absent\n");
    let json = world.run(["doctor", "--output", "json"]).code(7).json();
    assert_eq!(json["findings"][1]["cure"], "install old >=1.22");
    assert_eq!((&json["findings"][1]["health"], &json["error"]["kind"]), (&"bad".into(), &"missing".into()));
}

#[test]
fn an_engine_is_needed_where_images_are_built_and_a_cluster_may_be_away() {
    let toml = "[service]\nname = \"users\"\n[image]\nrepository = \"r.example.com/users\"\n[environments.staging]\ncontext = \"eu\"\n";
    let ran = world(toml, "/bin/bash").run(["doctor"]);
    ran.code(7).prints("✗ engine  ").prints("– staging  eu: error: context \"eu\" does not exist\n    kubectl config get-contexts lists");
}

#[test]
fn completion_that_is_set_up_is_well() {
    for (shell, file, line) in [
        ("bash", ".bashrc", "source <(instep completions bash)"),
        ("elvish", ".config/elvish/rc.elv", "eval (instep completions elvish | slurp)"),
        ("fish", ".config/fish/config.fish", "instep completions fish | source"),
        ("zsh", ".zshrc", "source <(instep completions zsh)"),
    ] {
        let world = world("", &format!("/usr/bin/{shell}"));
        world.run(["doctor"]).code(0).prints(&format!("– completion  not set up in ~/{file}\n    add to it: {line}\n"));
        let file_path = world.home().join(file);
        std::fs::create_dir_all(file_path.parent().unwrap()).unwrap();
        std::fs::write(&file_path, format!("{line}\n")).unwrap();
        world.run(["doctor"]).code(0).prints(&format!("✓ completion  set up in ~/{file}\n"));
    }
    world("", "/bin/tcsh").run(["doctor"]).code(0).prints("– completion  no shell in $SHELL that it is known for\n");
}

#[test]
fn a_ci_file_that_goes_its_own_way_is_told() {
    let world = world("", "/bin/zsh");
    world.file(".travis.yml", "script: make test # not instep ci\n");
    world.file(
        ".github/workflows/ci.yaml",
        "on: { push: {} }\njobs: { ci: { steps: [{ with: { fetch-depth: 0 } }, { run: instep ci }] } }\n",
    );
    world.file(".gitlab-ci.yml", "# GIT_DEPTH: 0\nci: { script: [instep ci] }\n");
    let ran = world.run(["doctor"]);
    ran.code(0).prints("– .github/workflows  calls instep ci, but lacks `pull_request`: nothing runs for pull requests\n");
    ran.prints("– .gitlab-ci.yml  calls instep ci, but lacks `GIT_DEPTH: 0`: versions and deployments need the whole history\n");
    ran.prints(
        "– .travis.yml  does not call instep ci: what runs there may be another thing than here\n    instep ci --print travis prints a whole one\n",
    );
    for (system, file) in
        [("github", ".github/workflows/ci.yaml"), ("gitlab", ".gitlab-ci.yml"), ("jenkins", "Jenkinsfile"), ("travis", ".travis.yml")]
    {
        world.file(file, world.run(["ci", "--print", system]).out());
        let shown = file.trim_end_matches("/ci.yaml");
        world.run(["doctor"]).code(0).prints(&format!("✓ {shown}  calls instep ci\n"));
    }
}
