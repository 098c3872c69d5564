//! `instep update --base`, and bases from git.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use support::{Ran, World};

const SERVICE: &str = "[service]\nname = \"users\"\n";

/// A repository beside the repo that bases come from.
struct Remote<'a> {
    world: &'a World,
    name: &'static str,
}

impl<'a> Remote<'a> {
    fn new(world: &'a World, name: &'static str, files: &[(&str, &str)]) -> Self {
        let remote = Self { world, name };
        std::fs::create_dir_all(remote.dir()).unwrap();
        remote.git(&["init", "--quiet", "--initial-branch", "main"]);
        remote.commit(files);
        remote
    }

    fn dir(&self) -> PathBuf {
        self.world.root().join(self.name)
    }

    fn git(&self, args: &[&str]) -> String {
        let output = self.world.command("git", &self.dir()).args(args).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Commits these files, and gives the commit.
    fn commit(&self, files: &[(&str, &str)]) -> String {
        for (path, text) in files {
            let file = self.dir().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        self.git(&["add", "--all"]);
        self.git(&["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "-m", "x"]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn url(&self, rest: &str) -> String {
        format!("git+file://{}//{rest}", self.dir().display())
    }
}

fn extend(world: &World, urls: &[&str]) {
    let list: Vec<String> = urls.iter().map(|url| format!("\"{url}\"")).collect();
    world.file("instep.toml", format!("extends = [{}]\n{SERVICE}", list.join(", ")));
}

fn update(world: &World) -> Ran {
    world.run(["update", "--base"])
}

/// All files of the repo that `update --base` may write, with what is in them.
fn written(world: &World) -> Vec<(String, String)> {
    fn walk(dir: &Path, root: &Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(dir).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.ends_with(".instep/state") {
                // What is not committed; nothing may be left there either.
                let left = std::fs::read_dir(&path).unwrap().any(|entry| entry.unwrap().file_name().to_string_lossy().starts_with("base-"));
                assert!(!left, "something was left in .instep/state");
            } else if path.is_dir() {
                walk(&path, root, found);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(root).unwrap().display().to_string(), text));
            }
        }
    }
    let mut found = Vec::new();
    walk(&world.repo().join(".instep"), &world.repo(), &mut found);
    found.extend(std::fs::read_to_string(world.repo().join("instep.lock")).map(|text| ("instep.lock".to_owned(), text)));
    found.sort();
    found
}

fn names(world: &World) -> Vec<String> {
    written(world).into_iter().map(|(name, _)| name).collect()
}

#[test]
fn a_base_with_a_link_is_refused_as_it_could_lead_out() {
    let world = World::new();
    let base = Remote::new(&world, "platform", &[("instep/base.toml", "[kube]\nreplicas = 2\n")]);
    std::os::unix::fs::symlink("/etc/hostname", base.dir().join("instep/away")).unwrap();
    base.commit(&[]);
    extend(&world, &[&base.url("instep/base.toml#main")]);
    update(&world).code(2).says("the base can't be taken: instep/away is a symbolic link").says("instep.toml:1:");
    assert!(!world.repo().join(".instep/base").exists());
}

#[test]
fn a_base_is_vendored_with_its_folder_and_pinned() {
    let world = World::new();
    let remote = Remote::new(
        &world,
        "platform",
        &[("instep/base.toml", "[kube]\nmemory = \"128Mi\"\n"), ("instep/partials/x.yaml", "x\n"), ("other/y", "y\n")],
    );
    let commit = remote.git(&["rev-parse", "HEAD"]);
    remote.git(&["tag", "v1"]);
    extend(&world, &[&remote.url("instep/base.toml#v1")]);
    update(&world)
        .code(0)
        .stdout(&format!("platform  v1  {}\n  + kube.memory: \"128Mi\"  (.instep/base/platform/instep/base.toml:2)\n", &commit[..7]))
        .says("✓ wrote .instep/base/ and instep.lock: commit both\n");
    assert_eq!(
        names(&world),
        [
            ".instep/base/.gitattributes",
            ".instep/base/platform/instep/base.toml",
            ".instep/base/platform/instep/partials/x.yaml",
            "instep.lock"
        ]
    );
    let lock = world.read("instep.lock");
    let hash = lock.lines().find_map(|line| line.strip_prefix("hash = ")).unwrap().to_owned();
    assert_eq!(
        lock,
        format!(
            "# What `instep update --base` fetched into .instep/base/. Not edited by hand.\n\n[[base]]\nurl = \"{}\"\nref = \"v1\"\ncommit = \"{commit}\"\nhash = {hash}\nfolder = \"platform\"\n",
            remote.url("instep/base.toml")
        )
    );
    assert!(hash.starts_with("\"blake3:") && hash.len() == 64 + 9, "{hash}");
    // A second time there is nothing to do.
    let before = written(&world);
    update(&world).code(0).stdout(&format!("platform  v1  {}\nnothing changed for this repo\n", &commit[..7]));
    assert_eq!(written(&world), before);
}

#[test]
fn commands_work_when_the_remote_is_gone() {
    let world = World::new();
    let remote = Remote::new(&world, "platform", &[("base.toml", "[kube]\nmemory = \"128Mi\"\n[tasks.hi]\nrun = \"echo hi\"\n")]);
    extend(&world, &[&remote.url("base.toml")]);
    update(&world).code(0);
    std::fs::remove_dir_all(remote.dir()).unwrap();
    std::fs::remove_dir_all(world.home().join(".cache")).unwrap();
    world.run(["config", "kube"]).code(0).stdout("kube.memory = \"128Mi\"  .instep/base/platform/base.toml:2\n");
    std::fs::create_dir(world.repo().join("sub")).unwrap();
    world
        .run_in(&world.repo().join("sub"), ["config", "kube"])
        .code(0)
        .stdout("kube.memory = \"128Mi\"  ../.instep/base/platform/base.toml:2\n");
    world.run(["hi"]).code(0).stdout("hi\n");
    world.run(["doctor"]).prints("✓ bases  1 base as instep.lock pins them\n");
    let before = written(&world);
    update(&world).code(1).says("platform can't be fetched").says("instep.toml:1:12").says("━━━━");
    assert_eq!(written(&world), before);
}

#[test]
fn a_base_that_is_missing_or_changed_names_the_cure() {
    let world = World::new();
    let remote = Remote::new(&world, "platform", &[("base.toml", "[kube]\nmemory = \"128Mi\"\n")]);
    extend(&world, &[&remote.url("base.toml#main")]);
    let cure = "`instep update --base` fetches it";
    let config = || world.run(["config"]);
    config().code(2).stdout("").says("the base platform is not in instep.lock").says("instep.toml:1:12").says(cure);
    world.run(["doctor"]).code(2).prints("✗ bases  the base platform is not in instep.lock\n");
    world.run(["list"]).code(0).prints("Commands\n");
    update(&world).code(0);
    config().code(0);

    world.file(".instep/base/platform/base.toml", "[kube]\nmemory = \"1Gi\"\n");
    config().code(2).says("the base in .instep/base/platform is not what instep.lock pins").says(cure);
    world.run(["doctor"]).code(2).prints("✗ bases  the base in .instep/base/platform is not what instep.lock pins\n");
    update(&world).code(0).prints("~ kube.memory: \"1Gi\" → \"128Mi\"  (.instep/base/platform/base.toml:2)\n");
    config().code(0);

    // A file too many, and a file that can be run now.
    world.file(".instep/base/platform/more.toml", "");
    config().code(2).says("is not what instep.lock pins");
    update(&world).code(0);
    let file = world.repo().join(".instep/base/platform/base.toml");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    config().code(2).says("is not what instep.lock pins");
    update(&world).code(0);

    std::fs::remove_dir_all(world.repo().join(".instep/base")).unwrap();
    config().code(2).says("the base in .instep/base/platform is not there, but instep.lock names it").says(cure);
    update(&world).code(0);
    world.file("instep.lock", "<<<<<<< HEAD\n");
    config().code(2).says("instep.lock can't be read").says(cure);
    update(&world).code(0);
    config().code(0);
    assert_eq!(names(&world), [".instep/base/.gitattributes", ".instep/base/platform/base.toml", "instep.lock"]);
}

#[test]
fn a_ref_that_moved_shows_the_difference_in_the_merged_configuration() {
    let world = World::new();
    let first = "# old\n[kube]\nmemory = \"128Mi\"\ncpu = \"100m\"\n[vars]\nteam = \"a\"\n";
    let remote = Remote::new(&world, "platform", &[("base.toml", first)]);
    world.file("instep.toml", format!("extends = \"{}\"\n{SERVICE}[kube]\ncpu = \"50m\"\n", remote.url("base.toml#main")));
    update(&world).code(0);
    let old = remote.git(&["rev-parse", "HEAD"]);
    // The CPU is this repo's own: what the base says of it changes nothing here; nor does a comment.
    let new = remote.commit(&[("base.toml", "# new\n[kube]\nmemory = \"256Mi\"\ncpu = \"200m\"\n[tasks.lint]\nrun = \"true\"\n")]);
    world.run(["config", "kube.memory"]).code(0).prints("\"128Mi\"");
    let expected = format!(
        "platform  main  {} → {}\n  ~ kube.memory: \"128Mi\" → \"256Mi\"  (.instep/base/platform/base.toml:3)\n  \
         + tasks.lint.run: \"true\"          (.instep/base/platform/base.toml:6)\n  \
         - vars.team: \"a\"                  (was .instep/base/platform/base.toml:6)\n",
        &old[..7],
        &new[..7]
    );
    let before = written(&world);
    world.run(["update", "--base", "--dry-run"]).code(0).stdout(&expected).says("a dry run: nothing was written\n");
    assert_eq!(written(&world), before);
    let json = world.run(["update", "--base", "--dry-run", "--output", "json"]).code(0).json();
    assert_eq!(json["written"], false);
    assert_eq!(json["bases"][0]["commit"], new.as_str());
    assert_eq!(json["bases"][0]["before"], old.as_str());
    assert_eq!(json["changes"][0]["key"], "kube.memory");
    assert_eq!(json["changes"][0]["before"]["value"], "128Mi");
    assert_eq!(json["changes"][0]["after"]["origin"], ".instep/base/platform/base.toml:3");
    // The same when the file names another ref.
    world.file("instep.toml", world.read("instep.toml").replace("#main", &format!("#{new}")));
    update(&world).code(0).stdout(&expected.replace("platform  main", &format!("platform  {new}")));
    world.run(["config", "kube"]).code(0).prints("kube.memory = \"256Mi\"").prints("kube.cpu = \"50m\"");
}

#[test]
fn a_base_extends_others_beside_it_and_elsewhere() {
    let world = World::new();
    let lower = Remote::new(&world, "lower", &[("base.toml", "[vars]\na = \"lower\"\nb = \"lower\"\nc = \"lower\"\n")]);
    let upper = Remote::new(
        &world,
        "upper",
        &[
            ("go/base.toml", &format!("extends = [\"{}\", \"../all/all.toml\"]\n[vars]\nc = \"go\"\n", lower.url("base.toml"))),
            ("all/all.toml", "[vars]\nb = \"all\"\nc = \"all\"\n"),
            ("unrelated/x", "x"),
        ],
    );
    extend(&world, &[&upper.url("go/base.toml")]);
    update(&world).code(0);
    world.run(["config", "vars"]).code(0).stdout(
        "vars.a = \"lower\"  .instep/base/lower/base.toml:2\nvars.b = \"all\"    .instep/base/upper/all/all.toml:2\n\
         vars.c = \"go\"     .instep/base/upper/go/base.toml:3\n",
    );
    let lock = world.read("instep.lock");
    assert_eq!(lock.matches("[[base]]").count(), 2, "{lock}");
    assert!(!world.repo().join(".instep/base/upper/unrelated").exists());

    // What nothing extends any more goes away; in the end all of it.
    extend(&world, &[&lower.url("base.toml")]);
    update(&world).code(0).prints("upper  removed: nothing extends it\n").prints("~ vars.c: \"go\" → \"lower\"");
    assert_eq!(names(&world), [".instep/base/.gitattributes", ".instep/base/lower/base.toml", "instep.lock"]);
    extend(&world, &[]);
    update(&world).code(0).prints("- vars.a").stderr("✓ removed .instep/base/ and instep.lock\n");
    assert_eq!(names(&world), Vec::<String>::new());
    update(&world).code(0).stdout("no base from git is extended: there is nothing to fetch\n").stderr("");
}

#[test]
fn two_repositories_of_the_same_name_have_a_folder_each() {
    let world = World::new();
    let one = Remote::new(&world, "a/platform", &[("base.toml", "[vars]\na = \"1\"\n")]);
    let two = Remote::new(&world, "b/platform", &[("base.toml", "[vars]\na = \"2\"\n")]);
    extend(&world, &[&one.url("base.toml"), &two.url("base.toml")]);
    update(&world).code(0);
    world.run(["config", "vars.a"]).code(0).prints("vars.a = \"2\"  .instep/base/platform-");
}

#[test]
fn a_circle_is_printed_and_nothing_is_written() {
    let world = World::new();
    let one = Remote::new(&world, "one", &[("x", "x")]);
    let two = Remote::new(&world, "two", &[("base.toml", &format!("extends = \"{}\"\n", one.url("base.toml")))]);
    one.commit(&[("base.toml", &format!("extends = \"{}\"\n", two.url("base.toml")))]);
    extend(&world, &[&one.url("base.toml")]);
    update(&world)
        .code(2)
        .says("bases extend each other in a circle")
        .says(".instep/base/one/base.toml → .instep/base/two/base.toml → .instep/base/one/base.toml");
    assert_eq!(names(&world), Vec::<String>::new());
    // Local ones too.
    world.file("instep.toml", format!("extends = \"a.toml\"\n{SERVICE}"));
    world.file("a.toml", "extends = \"b.toml\"\n");
    world.file("b.toml", "extends = \"a.toml\"\n");
    world.run(["config"]).code(2).says("bases extend each other in a circle").says("a.toml → b.toml → a.toml");
}

#[test]
fn what_is_wrong_in_extends_is_underlined_and_nothing_is_written() {
    let world = World::new();
    let remote = Remote::new(
        &world,
        "platform",
        &[
            ("base.toml", "[kube]\nmemry = \"1\"\n"),
            ("out/base.toml", "extends = \"../../../instep.toml\"\n"),
            ("deep/base.toml", "extends = \"gone.toml\"\n"),
        ],
    );
    let case = |url: &str, code: i32, says: &str| {
        extend(&world, &[url]);
        update(&world).code(code).says(says).says("instep.toml:1:12");
        assert_eq!(names(&world), Vec::<String>::new());
    };
    case(&remote.url("base.toml#v9"), 2, "there is no branch, tag or commit `v9` in file://");
    case(&remote.url("base.toml#0123456789012345678901234567890123456789"), 2, "there is no branch, tag or commit `0123");
    case(&remote.url("nothing/base.toml"), 2, "there is no nothing/base.toml in file://");
    case("git+file:///nowhere/x.git//base.toml", 1, "file:///nowhere/x.git can't be fetched");
    case("https://example.com/x.git//base.toml", 2, "must begin with git+https://, git+ssh:// or git+file://");
    case("git+https://example.com/x.git", 2, "names no file");
    case("git+https://me:secret@example.com/x.git//base.toml", 2, "the base holds a password");
    // In the base itself.
    let inside = |url: &str, says: &str, place: &str| {
        extend(&world, &[url]);
        update(&world).code(2).says(says).says(place);
        assert_eq!(names(&world), Vec::<String>::new());
    };
    inside(
        &remote.url("out/base.toml"),
        "the base ../../../instep.toml is outside of the repository that names it",
        "platform//out/base.toml:1:11",
    );
    inside(&remote.url("deep/base.toml"), "there is no deep/gone.toml in file://", "platform//deep/base.toml:1:11");
    inside(&remote.url("base.toml"), "unknown key `memry` in [kube]", ".instep/base/platform/base.toml:2:1");
}

#[test]
fn a_commit_can_be_named_and_stays() {
    let world = World::new();
    let remote = Remote::new(&world, "platform", &[("base.toml", "[vars]\na = \"1\"\n")]);
    let commit = remote.git(&["rev-parse", "HEAD"]);
    remote.commit(&[("base.toml", "[vars]\na = \"2\"\n")]);
    extend(&world, &[&remote.url(&format!("base.toml#{commit}"))]);
    update(&world).code(0).prints("+ vars.a: \"1\"");
}

#[test]
fn paths_in_a_base_belong_to_the_base() {
    let world = World::new();
    let remote = Remote::new(
        &world,
        "platform",
        &[
            ("x/base.toml", "[tasks.hi]\nrun = \"echo $GREETING\"\nenv-files = [\"greeting.env\"]\n"),
            ("x/greeting.env", "GREETING=hello\n"),
        ],
    );
    extend(&world, &[&remote.url("x/base.toml")]);
    update(&world).code(0);
    world.run(["hi"]).code(0).stdout("hello\n");
}

#[test]
fn a_folder_that_cannot_be_written_leaves_all_as_it_was() {
    let world = World::new();
    let remote = Remote::new(&world, "platform", &[("base.toml", "[vars]\na = \"1\"\n")]);
    extend(&world, &[&remote.url("base.toml")]);
    update(&world).code(0);
    remote.commit(&[("base.toml", "[vars]\na = \"2\"\n")]);
    let before = written(&world);
    // Root may write everywhere: a folder in the way of the new lock stops it as well.
    std::fs::remove_file(world.repo().join("instep.lock")).unwrap();
    std::fs::create_dir(world.repo().join("instep.lock")).unwrap();
    std::fs::write(world.repo().join("instep.lock/x"), "").unwrap();
    update(&world).code(1).says("can't write [ROOT]/repo/");
    assert_eq!(world.read(".instep/base/platform/base.toml"), "[vars]\na = \"1\"\n");
    std::fs::remove_dir_all(world.repo().join("instep.lock")).unwrap();
    let lock = &before.iter().find(|(name, _)| name == "instep.lock").unwrap().1;
    world.file("instep.lock", lock);
    assert_eq!(written(&world), before);
    world.run(["config"]).code(0).prints("vars.a = \"1\"");
}

#[test]
fn a_run_that_was_killed_between_the_two_is_healed_by_the_next() {
    let world = World::new();
    let remote = Remote::new(&world, "platform", &[("base.toml", "[vars]\na = \"1\"\n")]);
    extend(&world, &[&remote.url("base.toml")]);
    update(&world).code(0);
    let old = world.read("instep.lock");
    remote.commit(&[("base.toml", "[vars]\na = \"2\"\n")]);
    update(&world).code(0);
    world.file("instep.lock", &old);
    world.run(["config"]).code(2).says("is not what instep.lock pins").says("instep update --base");
    update(&world).code(0);
    world.run(["config"]).code(0).prints("vars.a = \"2\"");
}

#[test]
fn a_signal_while_it_fetches_leaves_all_as_it_was() {
    let world = World::new();
    let remote = Remote::new(&world, "platform", &[("base.toml", "[vars]\na = \"1\"\n")]);
    extend(&world, &[&remote.url("base.toml")]);
    update(&world).code(0);
    let before = written(&world);
    let pause = format!("63.{}", std::process::id());
    world.program("git", &format!("#!/bin/sh\ncase \"$*\" in *fetch*) exec sleep {pause};; *) PATH=${{PATH#*:}} exec git \"$@\";; esac\n"));
    let mut child =
        world.command(support::INSTEP, &world.repo()).args(["update", "--base"]).stderr(std::process::Stdio::null()).spawn().unwrap();
    support::wait_until("it fetches", Duration::from_secs(20), || support::count_processes(&format!("sleep {pause}")) == 1);
    let pid = child.id().to_string();
    assert!(world.command("kill", &world.repo()).args(["-TERM", &pid]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(143));
    assert_eq!(support::count_processes(&format!("sleep {pause}")), 0);
    assert_eq!(written(&world), before);
}

#[test]
fn what_is_committed_is_what_a_clone_has() {
    let world = World::new();
    let remote = Remote::new(
        &world,
        "platform",
        &[("base.toml", "[tasks.hi]\nrun = \"echo hi\"\n"), ("run.sh", "#!/bin/sh\n"), ("dos.txt", "a\r\nb\r\n")],
    );
    std::fs::set_permissions(remote.dir().join("run.sh"), std::fs::Permissions::from_mode(0o755)).unwrap();
    remote.commit(&[("more", "x")]);
    extend(&world, &[&remote.url("base.toml")]);
    update(&world).code(0);
    world.commit("first");
    // Also where git changes line ends.
    for ends in ["true", "input", "false"] {
        let clone = world.root().join(format!("clone-{ends}"));
        world.git(&["-c", &format!("core.autocrlf={ends}"), "clone", "--quiet", ".", &clone.display().to_string()]);
        world.run_in(&clone, ["hi"]).code(0).stdout("hi\n");
    }
}

#[test]
fn many_repos_may_fetch_the_same_base_at_once() {
    let world = World::new();
    let remote = Remote::new(&world, "platform", &[("base.toml", "[vars]\na = \"1\"\n")]);
    let services: Vec<PathBuf> = (1..=6).map(|n| world.root().join(format!("service{n}"))).collect();
    for service in &services {
        std::fs::create_dir_all(service.join(".git")).unwrap();
        std::fs::write(service.join("instep.toml"), format!("extends = \"{}\"\n{SERVICE}", remote.url("base.toml"))).unwrap();
    }
    std::thread::scope(|scope| {
        for service in &services {
            scope.spawn(|| {
                world.run_in(service, ["update", "--base"]).code(0).prints("+ vars.a: \"1\"");
            });
        }
    });
}

#[test]
fn in_a_git_hook_the_repository_of_the_user_is_left_alone() {
    let mut world = World::new();
    let remote = Remote::new(&world, "platform", &[("base.toml", "[vars]\na = \"1\"\n")]);
    extend(&world, &[&remote.url("base.toml")]);
    world.commit("first");
    let config = world.read(".git/config");
    let refs = world.git(&["for-each-ref"]);
    let repo = world.repo().display().to_string();
    world.env("GIT_DIR", format!("{repo}/.git")).env("GIT_WORK_TREE", &repo).env("GIT_INDEX_FILE", format!("{repo}/.git/index"));
    update(&world).code(0).prints("+ vars.a: \"1\"");
    assert_eq!(world.read(".git/config"), config);
    assert_eq!(world.git(&["for-each-ref"]), refs);
}

#[test]
fn without_git_it_says_how_to_get_it() {
    let mut world = World::new();
    extend(&world, &["git+file:///x.git//base.toml"]);
    let empty = world.root().join("empty");
    std::fs::create_dir(&empty).unwrap();
    world.env("PATH", empty.display().to_string());
    update(&world).code(7).says("`git` is not installed").says("install it: https://git-scm.com/downloads");
}

#[test]
fn without_base_it_says_what_it_can_do() {
    let world = World::with(SERVICE);
    world.run(["update"]).code(2).stdout("").stderr(
        "error: this repo was not made by `instep new-service`: there is no .instep/scaffold.toml\n │\n ╰ help: `instep update --base` fetches the bases that instep.toml extends\n",
    );
}
