//! Completion: the protocol, real TABs in real shells, and the files for packages.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use completest_pty::{BashRuntimeBuilder, FishRuntimeBuilder, Runtime as _, RuntimeBuilder, Term, ZshRuntimeBuilder};
use support::World;

const REPO: &str = "[service]\nname = \"users\"\n[tasks.lint]\ndescription = \"Check style\"\nrun = \"true\"\n[tasks.db.migrate]\nhidden = true\nrun = \"true\"\n\
                    [environments.staging]\ncontext = \"gke_staging\"\n[environments.production]\ncontext = \"gke_production\"\n";

/// What a shell is told for these words; the last one is to be completed.
fn candidates(world: &World, words: &[&str]) -> String {
    let mut command = world.command(support::INSTEP, &world.repo());
    command.env("INSTEP_COMPLETE", "fish").args(["--", "instep"]).args(words);
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

fn repo() -> World {
    World::with(&REPO.replace("[tasks.db.migrate]", "[tasks.\"db.migrate\"]"))
}

#[test]
fn commands_and_tasks_come_with_their_descriptions() {
    let world = repo();
    let all = candidates(&world, &[""]);
    assert!(all.contains("lint\tCheck style\n"), "{all}");
    assert!(all.contains("new-service\tMake a new repo from a scaffold\n"), "{all}");
    assert!(!all.contains("db.migrate"), "hidden: {all}");
    assert_eq!(candidates(&world, &["li"]), "list\tList the repo's tasks and the built-in commands\nlint\tCheck style\n");
}

#[test]
fn values_are_completed_where_they_belong() {
    let world = repo();
    let environments = "staging\tgke_staging\nproduction\tgke_production\n";
    for command in ["kube-apply", "kube-render", "smoke-test"] {
        let found = candidates(&world, &[command, ""]);
        assert!(found.starts_with(environments), "{command}: {found}");
    }
    assert_eq!(candidates(&world, &["kube-apply", "pro"]), "production\tgke_production\n");
    let scaffolds = candidates(&world, &["new-service", "x", "--scaffold", ""]);
    assert!(scaffolds.contains("\npython\tAn HTTP service in Python") && scaffolds.contains("\nrust\t"), "{scaffolds}");
    assert_eq!(candidates(&world, &["why", "l"]), "lint\tCheck style\n");
    assert_eq!(candidates(&world, &["completions", "f"]), "fish\n");
}

#[test]
fn a_broken_file_still_completes_the_commands() {
    let world = World::with("[service\n");
    assert!(candidates(&world, &["new"]).starts_with("new-service\t"));
}

/// Types into a real shell and gives the screen.
fn screen<B: RuntimeBuilder>(input: &str) -> Option<String> {
    let there = std::process::Command::new(B::name()).arg("--version").output().is_ok();
    if !there {
        assert!(std::env::var_os("CI").is_none(), "{} is needed on CI, and is not there", B::name());
        support::skipped(B::name());
        return None;
    }
    let world = repo();
    let bin = std::path::Path::new(support::INSTEP).parent().unwrap().to_owned();
    let mut runtime = B::new(bin, world.home()).unwrap();
    let script = world.run(["completions", B::name()]).code(0).out();
    runtime.register("instep", &script).unwrap();
    // The screen is read after a short silence; a busy machine may need a second try.
    let input = input.replace("[REPO]", &world.repo().display().to_string());
    let wanted = "production";
    let mut last = String::new();
    for _ in 0..4 {
        last = runtime.complete(&input, &Term::new()).unwrap();
        if last.contains(wanted) {
            break;
        }
    }
    Some(last)
}

#[test]
fn bash_completes_at_a_real_tab() {
    if let Some(screen) = screen::<BashRuntimeBuilder>("cd [REPO]\ninstep kube-apply \t\t") {
        assert!(screen.contains("production") && screen.contains("staging"), "{screen}");
    }
}

#[test]
fn zsh_completes_at_a_real_tab() {
    if let Some(screen) = screen::<ZshRuntimeBuilder>("cd [REPO]\ninstep kube-apply \t\t") {
        assert!(screen.contains("gke_production"), "with descriptions: {screen}");
    }
}

#[test]
fn fish_completes_at_a_real_tab() {
    if let Some(screen) = screen::<FishRuntimeBuilder>("cd [REPO]\ninstep kube-apply \t\t") {
        assert!(screen.contains("gke_production"), "with descriptions: {screen}");
    }
}

/// With `INSTEP_WRITE_DOCS=1` the files are written instead of compared.
#[test]
fn the_files_for_packages_are_fresh() {
    let world = World::new();
    for (shell, file) in
        [("bash", "instep.bash"), ("elvish", "instep.elv"), ("fish", "instep.fish"), ("powershell", "_instep.ps1"), ("zsh", "_instep")]
    {
        let made = world.run(["completions", "--static", shell]).code(0).bytes().to_vec();
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("completions").join(file);
        if std::env::var_os("INSTEP_WRITE_DOCS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, made).unwrap();
        } else {
            assert!(std::fs::read(&path).is_ok_and(|text| text == made), "{file} is stale: run `instep generate`");
        }
    }
}
