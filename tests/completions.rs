//! Completion: the protocol, real TABs in real shells, and the files for packages.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use completest_pty::{BashRuntimeBuilder, ElvishRuntimeBuilder, FishRuntimeBuilder, Runtime as _, RuntimeBuilder, Term, ZshRuntimeBuilder};
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
fn the_contexts_of_the_kubeconfig_are_completed() {
    if !support::available(std::process::Command::new("kubectl").args(["version", "--client"]).output().is_ok(), "kubectl") {
        return;
    }
    let mut world = repo();
    let context = |name: &str| format!("- name: {name}\n  context: {{cluster: c, user: u}}\n");
    let config =
        world.file("kubeconfig", format!("apiVersion: v1\nkind: Config\ncontexts:\n{}{}", context("kind-one"), context("kind-two")));
    world.env("KUBECONFIG", config.display().to_string());
    assert_eq!(candidates(&world, &["tour", "--context", ""]), "kind-one\nkind-two\n");
}

#[test]
fn a_broken_file_still_completes_the_commands() {
    let world = World::with("[service\n");
    assert!(candidates(&world, &["new"]).starts_with("new-service\t"));
}

/// What is typed after `instep `, up to a real TAB, and what must then be on the screen: a name, and its
/// description where it has one.
const TYPED: &[(&str, &[(&str, &str)])] = &[
    ("kube-", &[("kube-apply", "Deploy to an environment"), ("kube-render", "Print the Kubernetes manifests")]),
    ("deploy-", &[("deploy-it", "Bring it out"), ("deploy-not", "")]),
    ("kube-apply ", &[("staging", "gke_staging"), ("production", "gke_production")]),
    ("deploy-it ", &[("staging", ""), ("production", "")]),
    ("deploy-it staging --level ", &[("low", ""), ("high", "")]),
    ("new-service x --scaffold ", &[("python", "An HTTP service in Python"), ("rust", "An HTTP service in Rust")]),
];

/// Types into a real shell, and reads the screen.
fn types_into<B: RuntimeBuilder>(describes: bool) {
    let name = B::name();
    // Elvish knows no long options.
    let there = ["--version", "-version"]
        .iter()
        .any(|option| std::process::Command::new(name).arg(option).output().is_ok_and(|output| output.status.success()));
    if !support::available(there, name) {
        return;
    }
    let world = repo();
    let more = "[tasks.deploy-not]\nrun = \"true\"\n[tasks.deploy-it]\ndescription = \"Bring it out\"\nrun = \"true\"\n\
                [tasks.deploy-it.params]\ntarget = { type = \"environment\" }\nlevel = { choices = [\"low\", \"high\"], default = \"low\" }\n";
    world.file("instep.toml", world.read("instep.toml") + more);
    let bin = std::path::Path::new(support::INSTEP).parent().unwrap().to_owned();
    let mut runtime = B::new(bin, world.home()).unwrap();
    let script = world.run(["completions", name]).code(0).out();
    runtime.register("instep", &script).unwrap();
    for (typed, wanted) in TYPED {
        let input = format!("cd {}\ninstep {typed}\t\t", world.repo().display());
        let missing =
            |screen: &str| wanted.iter().any(|(name, description)| !screen.contains(name) || describes && !screen.contains(description));
        // The screen is read after a short silence; a busy machine needs more tries.
        let mut screen = String::new();
        let begin = std::time::Instant::now();
        while screen.is_empty() || begin.elapsed().as_secs() < 40 {
            screen = runtime.complete(&input, &Term::new()).unwrap();
            if !missing(&screen) {
                break;
            }
        }
        assert!(!missing(&screen), "{name}: instep {typed}[TAB]\n{screen}");
    }
}

#[test]
fn bash_completes_at_a_real_tab() {
    types_into::<BashRuntimeBuilder>(false);
}

#[test]
fn elvish_completes_at_a_real_tab() {
    types_into::<ElvishRuntimeBuilder>(false);
}

#[test]
fn fish_completes_at_a_real_tab() {
    types_into::<FishRuntimeBuilder>(true);
}

#[test]
fn zsh_completes_at_a_real_tab() {
    types_into::<ZshRuntimeBuilder>(true);
}

/// With `INSTEP_WRITE_DOCS=1` the files are written instead of compared.
#[test]
fn no_option_of_a_command_takes_the_place_of_a_common_one() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/completions/instep.bash")).unwrap();
    let commands: Vec<&str> = text.lines().map(str::trim).filter(|line| line.starts_with("opts=\"") && line.contains("--output")).collect();
    assert!(commands.len() > 40, "{}", commands.len());
    for options in commands {
        // Two arguments of one name are one for clap, and `-C` was lost.
        for common in ["-C ", "-e ", "-q ", "-v ", "--config ", "--dry-run ", "--jobs ", "--service ", "--yes "] {
            assert!(options.contains(common), "{common}is not among {options}");
        }
    }
}

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
