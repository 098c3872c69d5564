//! `instep list`, and `instep` alone.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use support::World;

#[test]
fn the_repos_tasks_come_first() {
    let world = World::with("[tasks.lint]\ndescription = \"Check style\"\nrun = \"true\"\n[tasks.quiet]\nhidden = true\nrun = \"true\"\n");
    let ran = world.run(["list"]);
    ran.code(0).stderr("");
    assert!(ran.out().starts_with("Tasks of this repo\n  lint  Check style\n\nCommands\n"), "{ran:?}");
    world.run(["list", "--all"]).code(0).prints("  quiet\n");
}

#[test]
fn a_broken_file_does_not_break_the_list() {
    let world = World::with("[service]\nname = \"users\"\nprot = 1\n");
    world.run(["list"]).code(0).prints("Commands\n").says("unknown key `prot` in [service]");
    world.run(["--version"]).code(0).stdout(&format!("instep {}\n", env!("CARGO_PKG_VERSION"))).stderr("");
}
