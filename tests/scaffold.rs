//! `instep scaffold`, `instep add`, `instep update --fleet`, and where scaffolds come from.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use support::World;
use support::terminal::Person;

const MANIFEST: &str = r#"
name = "mine"
description = "Our way"
version = 1
executable = ["run.sh"]

[questions.ci]
type = "multi-choice"
choices = ["github", "gitlab"]
description = "CI systems"
default = ["github"]

[questions.database]
type = "choice"
choices = ["none", "postgres"]
description = "Database"
default = "none"

[questions.schema]
when = "database == 'postgres'"
description = "Schema"
form = "label"
default = "{= name =}-data"

[questions.jobs]
description = "Jobs, with commas"
default = ""

[files.".gitlab-ci.yml"]
when = "'gitlab' in ci"
[files."jobs/{= item =}.py"]
each = "jobs"

[components.ci-gitlab]
description = "GitLab CI"
set = { ci = "gitlab" }
[components.postgres]
description = "A database"
set = { database = "postgres" }
"#;

fn write(dir: &Path, path: &str, text: &str) {
    let file = dir.join(path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
}

/// A scaffold that uses everything.
fn mine(dir: &Path) {
    write(dir, "scaffold.toml", MANIFEST);
    write(dir, "template/README.md", "# {= name =}\n{~ if database == 'postgres' ~}\nSchema {= schema =}\n{~ endif ~}\n");
    write(dir, "template/run.sh", "#!/bin/sh\n");
    write(dir, "template/.gitlab-ci.yml", "test: { script: [instep ci] }\n");
    write(dir, "template/jobs/{= item =}.py", "print('{= item =}')\n");
    std::os::unix::fs::symlink("README.md", dir.join("template/INDEX.md")).unwrap();
}

fn files(dir: &Path) -> Vec<String> {
    let output = std::process::Command::new("git").args(["ls-files"]).current_dir(dir).output().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn files_by_condition_one_for_each_item_links_and_exec_bits() {
    let world = World::new();
    mine(&world.home().join("mine"));
    let answers = "[answers]\nci = [\"gitlab\", \"github\"]\njobs = \"nightly,weekly\"\n";
    std::fs::write(world.home().join("answers.toml"), answers).unwrap();
    let ran = world.run_in(
        &world.home(),
        ["new-service", "a", "--scaffold", "./mine", "--yes", "--answers", "answers.toml", "--set", "database=postgres"],
    );
    ran.code(0).says("--set ci=gitlab,github --set database=postgres --set schema=a-data --set jobs=nightly,weekly");
    let repo = world.home().join("a");
    let expected = [".gitlab-ci.yml", ".instep/scaffold.toml", "INDEX.md", "README.md", "jobs/nightly.py", "jobs/weekly.py", "run.sh"];
    assert_eq!(files(&repo), expected);
    assert_eq!(std::fs::read_to_string(repo.join("jobs/weekly.py")).unwrap(), "print('weekly')\n");
    assert_eq!(std::fs::read_to_string(repo.join("README.md")).unwrap(), "# a\nSchema a-data\n");
    assert_eq!(std::fs::read_link(repo.join("INDEX.md")).unwrap(), PathBuf::from("README.md"));
    assert_eq!(repo.join("run.sh").metadata().unwrap().permissions().mode() & 0o111, 0o111);
    let plain = world.run_in(&world.home(), ["new-service", "b", "--scaffold", "./mine", "--yes"]);
    plain.code(0);
    assert_eq!(files(&world.home().join("b")), [".instep/scaffold.toml", "INDEX.md", "README.md", "run.sh"]);
}

#[test]
fn a_dry_run_shows_the_tree_and_writes_nothing() {
    let world = World::new();
    mine(&world.home().join("mine"));
    let ran = world.run_in(&world.home(), ["new-service", "a", "--scaffold", "./mine", "--yes", "--set", "jobs=x", "--dry-run"]);
    ran.code(0).prints("#   [ROOT]/home/a/\n#     .instep/\n#       scaffold.toml\n#     INDEX.md\n#     README.md\n#     jobs/\n#       x.py\n#     run.sh\n");
    assert!(!world.home().join("a").exists());
}

#[test]
fn a_wrong_answer_names_the_flag_with_what_would_do() {
    let world = World::new();
    mine(&world.home().join("mine"));
    let run = |set: &str| world.run_in(&world.home(), ["new-service", "a", "--scaffold", "./mine", "--yes", "--set", set]);
    run("ci=gitlap").code(2).says("`gitlap` is no answer for `ci`: it must be one of github, gitlab").says("for example --set ci=gitlab");
    let ran = world.run_in(
        &world.home(),
        ["new-service", "a", "--scaffold", "./mine", "--yes", "--set", "database=postgres", "--set", "schema=My_Data"],
    );
    ran.code(2).says("`My_Data` is no answer for `schema`").says("for example --set schema=my-data");
}

#[test]
fn a_scaffold_from_git_is_pinned_and_updated() {
    let world = World::new();
    let remote = world.root().join("platform");
    mine(&remote.join("scaffolds/mine"));
    let git = |args: &[&str]| {
        let output =
            world.command("git", &remote).args(["-c", "user.name=t", "-c", "user.email=t@example.com"]).args(args).output().unwrap();
        assert!(output.status.success(), "{args:?} {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    git(&["init", "-q", "-b", "main"]);
    git(&["add", "-A"]);
    git(&["commit", "-qm", "1"]);
    let url = format!("git+file://{}//scaffolds/mine#main", remote.display());
    // By a name of the user's own configuration.
    write(&world.home(), ".config/instep/config.toml", &format!("[scaffolds]\nours = \"{url}\"\n"));
    world.run_in(&world.home(), ["scaffold", "list"]).code(0).prints("ours    git+file://");
    world.run_in(&world.home(), ["new-service", "a", "--scaffold", "ours", "--yes"]).code(0);
    let record = std::fs::read_to_string(world.home().join("a/.instep/scaffold.toml")).unwrap();
    let first = git(&["rev-parse", "HEAD"]);
    assert!(record.contains(&format!("source = \"{url}\"\ncommit = \"{first}\"\n")), "{record}");
    assert_eq!(std::fs::read_link(world.home().join("a/INDEX.md")).unwrap(), PathBuf::from("README.md"));
    write(&remote, "scaffolds/mine/template/new", "new\n");
    write(&remote, "scaffolds/mine/scaffold.toml", &MANIFEST.replace("version = 1", "version = 2"));
    git(&["add", "-A"]);
    git(&["commit", "-qm", "2"]);
    world.run_in(&world.home().join("a"), ["update", "--apply"]).code(0).stdout("mine 1 → 2\n  + new  new\n");
    world
        .run_in(&world.home(), ["new-service", "b", "--scaffold", &url.replace("#main", "#v9"), "--yes"])
        .code(2)
        .says("there is no branch, tag or commit `v9`");
    world
        .run_in(&world.home(), ["new-service", "b", "--scaffold", &url.replace("//scaffolds/mine", "//other"), "--yes"])
        .code(2)
        .says("there is no scaffold.toml in other");
    // Several in one repository; and what was fetched by its commit is there without a network.
    write(&remote, "scaffolds/other/scaffold.toml", "name = \"other\"\ndescription = \"x\"\nversion = 1\n");
    write(&remote, "scaffolds/other/template/a", "{= name =}\n");
    git(&["add", "-A"]);
    git(&["commit", "-qm", "3"]);
    let pinned = url.replace("scaffolds/mine#main", &format!("scaffolds/other#{}", git(&["rev-parse", "HEAD"])));
    world.run_in(&world.home(), ["new-service", "c", "--scaffold", &pinned, "--yes"]).code(0);
    assert_eq!(files(&world.home().join("c")), [".instep/scaffold.toml", "a"]);
    std::fs::remove_dir_all(&remote).unwrap();
    world.run_in(&world.home(), ["new-service", "d", "--scaffold", &pinned, "--yes"]).code(0);
    world.run_in(&world.home(), ["new-service", "e", "--scaffold", &url, "--yes"]).code(1);
}

#[test]
fn a_link_of_a_scaffold_from_git_may_not_lead_out() {
    let world = World::new();
    let remote = world.root().join("platform");
    write(&remote, "scaffold.toml", "name = \"mine\"\ndescription = \"x\"\nversion = 1\n");
    std::fs::create_dir(remote.join("template")).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", remote.join("template/a")).unwrap();
    for args in [&["init", "-q", "-b", "main"][..], &["add", "-A"], &["-c", "user.name=t", "-c", "user.email=t@e", "commit", "-qm", "1"]] {
        assert!(world.command("git", &remote).args(args).status().unwrap().success());
    }
    let url = format!("git+file://{}#main", remote.display());
    let ran = world.run_in(&world.home(), ["new-service", "a", "--scaffold", &url, "--yes"]);
    ran.code(2).says("the link a leads out of the repo: /etc/hostname");
    assert!(!world.home().join("a").exists());
    let other = world.run_in(&world.home(), ["new-service", "a", "--scaffold", &url.replace("#main", "#v9"), "--yes"]);
    other.code(2).says("there is no branch, tag or commit `v9`");
}

#[test]
fn a_repo_names_scaffolds_of_its_own() {
    let world = World::with("[service]\nname = \"a\"\n[scaffolds]\nours = \"tools/mine\"\n");
    mine(&world.repo().join("tools/mine"));
    world.run(["scaffold", "list"]).code(0).prints("rust ").prints("ours ");
    let ran = world.run(["scaffold", "show", "ours"]);
    ran.code(0)
        .prints("mine 1: Our way\n")
        .prints("  ci        CI systems (github, gitlab)")
        .prints("  ci-gitlab  GitLab CI\n")
        .prints("  README.md\n");
    world.run(["scaffold", "lint", "ours"]).code(0).prints("✓ mine: no faults, with ");
    world
        .run(["scaffold", "test", "ours"])
        .code(0)
        .prints("✓ mine: generate     with ")
        .prints("– mine: test         skipped: there is no instep.toml");
}

#[test]
fn a_base_names_scaffolds_for_all_that_extend_it() {
    let world = World::with("extends = [\"../platform/base.toml\"]\n[service]\nname = \"a\"\n");
    mine(&world.root().join("platform/scaffolds/mine"));
    write(&world.root(), "platform/base.toml", "[scaffolds]\ntheirs = \"scaffolds/mine\"\n");
    world.run(["scaffold", "list"]).code(0).prints("theirs ");
    world.run(["new-service", "b", "--scaffold", "theirs", "--yes", "--dir", "../b"]).code(0);
    let record = std::fs::read_to_string(world.root().join("b/.instep/scaffold.toml")).unwrap();
    assert!(record.contains("platform/scaffolds/mine\"\n"), "{record}");
}

#[test]
fn lint_finds_what_would_surprise() {
    let world = World::new();
    let dir = world.home().join("bad");
    write(
        &dir,
        "scaffold.toml",
        "name = \"bad\"\ndescription = \"x\"\nversion = 1\nexecutable = [\"gone\"]\n[questions.unused]\ndescription = \"x\"\n[files.\"*.md\"]\nowner = \"once\"\n",
    );
    write(&dir, "template/a", "{= nmae =}\n");
    let ran = world.run_in(&world.home(), ["scaffold", "lint", "./bad"]);
    ran.code(1).stdout(
        "✗ [files.\"*.md\"] matches no file\n✗ `executable` names gone, which is never generated\n✗ `unused` has no default: --yes can't answer it\n\
         ✗ a uses `nmae`, which nobody asks for\n✗ the answer to `unused` is used nowhere\n",
    );
}

#[test]
fn the_embedded_scaffolds_have_no_faults() {
    let world = World::new();
    for name in ["go", "node", "php", "python", "rust", "static"] {
        world.run_in(&world.home(), ["scaffold", "lint", name]).code(0);
    }
    world
        .run_in(&world.home(), ["scaffold", "test", "--all", "--quick"])
        .code(0)
        .prints("✓ python: generate     with ")
        .prints("✓ python: update ");
}

#[test]
fn every_part_of_the_embedded_scaffolds_is_added_and_the_file_holds() {
    let world = World::new();
    for scaffold in ["python", "static"] {
        let none = ["--set", "ci=none", "--set", "renovate=no", "--set", "context=c"];
        let name = format!("my-{scaffold}");
        world.run_in(&world.home(), [&["new-service", &name, "--scaffold", scaffold, "--yes"][..], &none].concat()).code(0);
        let repo = world.home().join(&name);
        for (part, said) in [
            ("ci-github", "+ .github/workflows/ci.yml"),
            ("ci-gitlab", "+ .gitlab-ci.yml"),
            ("ci-jenkins", "+ Jenkinsfile"),
            ("ci-travis", "+ .travis.yml"),
            ("prometheus", "+ prometheus.yml"),
            ("postgres", "~ instep.toml"),
        ] {
            world.run_in(&repo, ["add", part]).code(0).prints(said);
            world.run_in(&repo, ["update", "--check"]).code(0);
        }
        // The database is there for run-local, and for compose.
        let plan = world.run_in(&repo, ["run-local", "--dry-run"]);
        plan.code(0).prints("postgres:17").prints("DATABASE_URL");
        let compose = std::fs::read_to_string(repo.join("compose.yaml")).unwrap();
        assert!(compose.contains("condition: service_healthy") && compose.contains("pg_isready") && compose.contains("prom/prometheus"));
        assert!(std::fs::read_to_string(repo.join(".env.example")).unwrap().contains("\nDATABASE_URL=postgres://"));
    }
}

#[test]
fn a_part_is_added_by_the_same_merge() {
    let world = World::new();
    mine(&world.home().join("mine"));
    world.run_in(&world.home(), ["new-service", "a", "--scaffold", "./mine", "--yes"]).code(0);
    let repo = world.home().join("a");
    write(&repo, "README.md", "# Mine\n# a\n");
    world.run_in(&repo, ["add", "ci-gitlap"]).code(2).says("did you mean `ci-gitlab`?");
    world.run_in(&repo, ["add", "ci-gitlab", "--dry-run"]).code(0).stdout("mine 1\n  + .gitlab-ci.yml  new\n");
    assert!(!repo.join(".gitlab-ci.yml").exists());
    world.run_in(&repo, ["add", "ci-gitlab"]).code(0).says("✓ written; `instep update --undo` takes it back");
    world.run_in(&repo, ["add", "postgres"]).code(0).stdout("mine 1\n  ~ README.md  changed, your changes stay\n");
    assert_eq!(std::fs::read_to_string(repo.join("README.md")).unwrap(), "# Mine\n# a\nSchema a-data\n");
    let record = std::fs::read_to_string(repo.join(".instep/scaffold.toml")).unwrap();
    assert!(record.contains("ci = [\"github\", \"gitlab\"]"), "{record}");
}

#[test]
fn a_fleet_is_looked_at_and_only_what_is_clean_is_written() {
    let world = World::new();
    let mine_dir = world.home().join("mine");
    mine(&mine_dir);
    for name in ["a", "b", "c"] {
        let dir = format!("fleet/{name}");
        world.run_in(&world.home(), ["new-service", name, "--scaffold", "./mine", "--yes", "--dir", &dir]).code(0);
    }
    write(&world.home(), "fleet/b/run.sh", "#!/bin/sh\necho mine\n");
    world.run_in(&world.home(), ["update", "--fleet", "fleet", "--check"]).code(0);
    write(&mine_dir, "template/run.sh", "#!/bin/sh\necho theirs\n");
    write(&mine_dir, "scaffold.toml", &MANIFEST.replace("version = 1", "version = 2"));
    let fleet = |args: &[&str]| world.run_in(&world.home(), [&["update", "--fleet", "fleet"], args].concat());
    fleet(&["--check"]).code(3).says("3 repos behind");
    let shown = "a  mine 1 → 2  ~ 1 file would change\nb  mine 1 → 2  ✗ 0 files would change, 1 conflict  1 file edited\nc  mine 1 → 2  ~ 1 file would change\n";
    fleet(&[]).code(0).stdout(shown);
    fleet(&["--apply"]).code(0).prints("a  mine 1 → 2  ✓ updated: 1 file\nb  mine 1 → 2  ✗ ");
    assert_eq!(std::fs::read_to_string(world.home().join("fleet/b/run.sh")).unwrap(), "#!/bin/sh\necho mine\n");
    assert_eq!(std::fs::read_to_string(world.home().join("fleet/c/run.sh")).unwrap(), "#!/bin/sh\necho theirs\n");
}

#[test]
fn a_prompt_offers_what_was_meant_and_goes_back() {
    let world = World::new();
    mine(&world.home().join("mine"));
    let mut person = Person::starts(&world, &world.home(), &["new-service", "My Svc", "--scaffold", "./mine"]);
    for (asked, answer) in [
        ("Use `my-svc` [Y/n]: ", ""),
        ("CI systems, several with commas, or none [github]: ", "2,1"),
        ("Database [none] (< goes back): ", "<"),
        ("CI systems, several with commas, or none [gitlab,github]: ", "gitlap,2"),
        ("or none [gitlab]: ", "gitlap"),
        ("or none [gitlab]: ", ""),
        ("Database [none] (< goes back): ", "postgres"),
        ("Schema [my-svc-data] (< goes back): ", "My Data"),
        ("Schema [my-data] (< goes back): ", ""),
        ("Jobs, with commas [none] (< goes back): ", ""),
    ] {
        person.answers(asked, answer);
    }
    person.reads("--set ci=gitlab --set database=postgres --set schema=my-data");
    person.sees_the_end();
    assert_eq!(std::fs::read_to_string(world.home().join("my-svc/README.md")).unwrap(), "# my-svc\nSchema my-data\n");
    let record = std::fs::read_to_string(world.home().join("my-svc/.instep/scaffold.toml")).unwrap();
    assert!(record.contains("ci = [\"gitlab\"]\n"), "what was offered has the type of the question: {record}");
}

#[test]
fn every_type_is_held_at_the_prompt_and_defaults_follow_what_was_said() {
    let world = World::new();
    let mine = world.home().join("mine");
    let questions = "[questions.port]\ntype = \"int\"\ndescription = \"Port\"\ndefault = 8080\nmin = 1\nmax = 65535\n\
                     [questions.big]\ntype = \"bool\"\ndescription = \"Big\"\ndefault = false\n\
                     [questions.size]\nwhen = \"big\"\nform = \"filled\"\ndescription = \"Size\"\ndefault = \"size-{= port =}\"\n\
                     [questions.url]\ndescription = \"URL\"\ndefault = \"http://localhost:{= port =}\"\n";
    write(&mine, "scaffold.toml", &format!("name = \"mine\"\ndescription = \"x\"\nversion = 1\n{questions}"));
    write(&mine, "template/a", "{= port + 1 =} {= big =} {= size =} {= url =}\n");
    let mut person = Person::starts(&world, &world.home(), &["new-service", "a", "--scaffold", "./mine"]);
    for (asked, answer) in [
        ("Port [8080]: ", "80a"),
        ("it must be a whole number", ""),
        ("Big [y/N] (< goes back): ", "perhaps"),
        ("it must be yes or no", ""),
        ("URL [http://localhost:80] (< goes back): ", "<"),
        ("Big [y/N] (< goes back): ", "<"),
        ("Port [80]: ", "70000"),
        ("Port [65535]: ", "90"),
        ("Big [y/N] (< goes back): ", "Yes"),
        ("Size [size-90] (< goes back): ", ""),
        ("URL [http://localhost:90] (< goes back): ", ""),
    ] {
        person.answers(asked, answer);
    }
    person.reads("cd a && instep run-local");
    assert_eq!(std::fs::read_to_string(world.home().join("a/a")).unwrap(), "91 true size-90 http://localhost:90\n");
}

#[test]
fn a_default_that_is_no_answer_is_refused() {
    let world = World::new();
    let mine = world.home().join("mine");
    let question = "[questions.schema]\nform = \"label\"\ndescription = \"Schema\"\ndefault = \"{= name =}_data\"\n";
    write(&mine, "scaffold.toml", &format!("name = \"mine\"\ndescription = \"x\"\nversion = 1\n{question}"));
    write(&mine, "template/a", "{= schema =}\n");
    let ran = world.run_in(&world.home(), ["new-service", "a", "--scaffold", "./mine", "--yes"]);
    ran.code(2).says("`a_data` is no answer for `schema`").says("for example --set schema=a-data");
    world.run_in(&world.home(), ["scaffold", "lint", "./mine"]).code(1).prints("is no answer for `schema`");
}

/// A scaffold that wants two commands, one of them a file of its own.
fn with_commands(dir: &Path) {
    let commands = "[[commands]]\nrun = \"sh setup.sh\"\ndescription = \"Locks the dependencies\"\n\
                    [[commands]]\nrun = 'echo \"$ANSWER_COLOUR\" >colour'\ndescription = \"Notes the colour\"\n";
    let question = "[questions.colour]\ndescription = \"Colour\"\ndefault = \"$(touch evil)\"\n";
    write(dir, "scaffold.toml", &format!("name = \"mine\"\ndescription = \"x\"\nversion = 1\n{commands}{question}"));
    write(dir, "template/setup.sh", "echo locked >lock\n");
    write(dir, "template/README.md", "# {= name =} {= colour =}\n");
}

/// What is to be given to `--trust`, as the refusal says.
fn hash_of(ran: &support::Ran) -> String {
    ran.err().split("--trust ").last().unwrap().split_whitespace().next().unwrap().to_owned()
}

#[test]
fn commands_of_a_scaffold_are_refused_until_someone_agrees_and_again_when_they_change() {
    let world = World::new();
    let mine = world.home().join("mine");
    with_commands(&mine);
    let make =
        |name: &str, more: &[&str]| world.run_in(&world.home(), [&["new-service", name, "--scaffold", "./mine", "--yes"], more].concat());
    let refused = make("a", &[]);
    refused.code(6).stdout("").says("error: the scaffold mine wants to run commands, and nobody has agreed to them");
    refused
        .says("$ sh setup.sh")
        .says("Locks the dependencies")
        .says("with its own setup.sh")
        .says("help: when they are as they should be, add --trust ");
    assert!(!world.home().join("a").exists());
    let hash = hash_of(&refused);
    make("a", &["--trust", "0000"]).code(6).says("wants to run other commands than those of --trust").says(&hash);
    make("a", &["--dry-run"]).code(0).prints("&& sh -eu -c 'sh setup.sh')");
    make("a", &[]).code(6);
    make("a", &["--trust", &hash]).code(0);
    let repo = world.home().join("a");
    assert_eq!(std::fs::read_to_string(repo.join("lock")).unwrap(), "locked\n");
    // Answers reach a command as variables, never as a part of its line.
    assert_eq!(std::fs::read_to_string(repo.join("colour")).unwrap(), "$(touch evil)\n");
    assert!(!repo.join("evil").exists());
    assert_eq!(files(&repo), [".instep/scaffold.toml", "README.md", "colour", "lock", "setup.sh"]);
    // What a command made is the user's: an update leaves it alone.
    world.run_in(&repo, ["update"]).code(0).stdout("mine 1: up to date\n");
    write(&mine, "template/README.md", "# {= name =} {= colour =}, new\n");
    world.run_in(&repo, ["update", "--apply"]).code(0).stdout("mine 1\n  ~ README.md  changed\n");
    // Agreed to once: not again, until the commands or their files are others.
    make("b", &[]).code(0);
    write(&mine, "template/setup.sh", "echo other >lock\n");
    let changed = make("c", &[]);
    changed.code(6).says("nobody has agreed to them");
    assert_ne!(hash_of(&changed), hash);
    make("c", &["--trust", &hash]).code(6);
    assert!(!world.home().join("c").exists());
    world.run_in(&world.home(), ["scaffold", "show", "./mine"]).code(0).prints("Wants to run\n  $ sh setup.sh");
    world
        .run_in(&world.home(), ["scaffold", "test", "./mine", "--quick"])
        .code(0)
        .prints("skipped: nobody has agreed to the scaffold's commands");
}

#[test]
fn a_command_that_fails_leaves_nothing() {
    let world = World::new();
    let mine = world.home().join("mine");
    with_commands(&mine);
    write(&mine, "template/setup.sh", "echo no network >&2; exit 3\n");
    let make = |more: &[&str]| world.run_in(&world.home(), [&["new-service", "a", "--scaffold", "./mine", "--yes"], more].concat());
    let hash = hash_of(&make(&[]));
    make(&["--trust", &hash]).code(1).says("error: the scaffold's command `sh setup.sh` failed: exit code 3").says("no network");
    let mut left: Vec<_> = std::fs::read_dir(world.home()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, [".local", "mine"]);
}

#[test]
fn on_a_terminal_the_commands_are_asked_for_once_and_enter_is_no() {
    let world = World::new();
    with_commands(&world.home().join("mine"));
    let starts = |name: &str| Person::starts(&world, &world.home(), &["new-service", name, "--scaffold", "./mine", "--set", "colour=red"]);
    let mut first = starts("a");
    first.reads("The scaffold mine wants to run in the new repo:");
    first.reads("$ sh setup.sh");
    first.answers("Agree, now and whenever it is the same [y/N]: ", "");
    first.reads("nobody has agreed to them");
    first.sees_the_end();
    assert!(!world.home().join("a").exists());
    let mut second = starts("a");
    second.answers("[y/N]: ", "y");
    second.reads("cd a && instep run-local");
    starts("b").reads("cd b && instep run-local");
}

#[test]
fn a_worker_and_a_nightly_job_are_added_to_a_service_that_was_worked_on() {
    let world = World::new();
    for scaffold in ["go", "node", "php", "python", "rust"] {
        let name = format!("my-{scaffold}");
        world.run_in(&world.home(), ["new-service", &name, "--scaffold", scaffold, "--yes", "--set", "context=c"]).code(0);
        let repo = world.home().join(&name);
        let toml = std::fs::read_to_string(repo.join("instep.toml")).unwrap();
        write(&repo, "instep.toml", &toml.replace("[tasks]\n", "[kube]\nreplicas = 3 # mine\n\n[tasks]\n"));
        for part in ["worker", "cron-job"] {
            world.run_in(&repo, ["add", part]).code(0).prints("~ instep.toml").prints("changed, your changes stay");
        }
        world.run_in(&repo, ["add", "worker"]).code(0).prints(": up to date");
        let text = std::fs::read_to_string(repo.join("instep.toml")).unwrap();
        assert!(text.contains("replicas = 3 # mine"), "{text}");
        let rendered = world.run_in(&repo, ["kube-render", "staging", "--config", "image.repository=x"]);
        rendered.code(0).prints(&format!("name: {name}-worker")).prints("schedule: 15 3 * * *").prints("kind: CronJob");
    }
    world.run_in(&world.home(), ["new-service", "site", "--scaffold", "static", "--yes", "--set", "context=c"]).code(0);
    world.run_in(&world.home().join("site"), ["add", "worker"]).code(2).says("the scaffold static has no part `worker`");
}

#[test]
fn templates_include_texts_that_several_scaffolds_share() {
    let world = World::new();
    let file = |path: &str, text: &str| write(&world.home().join("all"), path, text);
    file("mine/scaffold.toml", "name = \"mine\"\ndescription = \"x\"\nversion = 1\ninclude = [\"shared\"]\n");
    file("mine/template/a.sh", "#!/bin/sh\n{~ include 'begin' ~}\n{~ include 'own' ~}\necho ${{ end }}\n");
    file("mine/partials/own", "echo mine\n");
    file("shared/part.toml", "");
    file("shared/partials/begin", "set -eu\necho {= name =} ${x#y}\n");
    file("shared/partials/own", "echo shared\n");
    let run = |dir: &str| world.run_in(&world.home(), ["new-service", "a-b", "--scaffold", "./all/mine", "--yes", "--dir", dir]);
    run("out").code(0);
    let text = std::fs::read_to_string(world.home().join("out/a.sh")).unwrap();
    assert_eq!(text, "#!/bin/sh\nset -eu\necho a-b ${x#y}\necho mine\necho ${{ end }}\n");
    assert_eq!(files(&world.home().join("out")), [".instep/scaffold.toml", "a.sh"], "what is included is no file of its own");
    file("shared/partials/begin", "\necho {= nam =}\n");
    run("out2").code(2).says("broken scaffold: in `begin`: `nam` is not defined").says("a.sh:2:4");
    let lint = world.run_in(&world.home(), ["scaffold", "lint", "./all/mine"]);
    lint.code(1).prints("partials/begin uses `nam`, which nobody asks for");
    file("shared/partials/begin", "{~ if ~}\n");
    run("out2").code(2).says("broken scaffold: ").says("partials/begin:1:");
    std::fs::remove_file(world.home().join("all/shared/partials/begin")).unwrap();
    run("out2").code(2).says("non-existing template 'begin'").says("a.sh:2:4");
    assert!(!world.home().join("out2").exists());
}
