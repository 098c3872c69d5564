//! What a scaffold, an answer or a kill can't do to the disk, and that bytes come out as they went in.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use support::World;

const HEAD: &str = "name = \"mine\"\ndescription = \"x\"\nversion = 1\n";

fn write(dir: &Path, path: &str, bytes: impl AsRef<[u8]>) {
    let file = dir.join(path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, bytes).unwrap();
}

/// All that is in HOME, but for the scaffold itself.
fn made(world: &World) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(world.home()).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| !path.ends_with("mine")).collect()
}

/// Runs `new-service` with a scaffold of one template.
fn with(questions: &str, path: &str, text: &str, set: &str) -> (World, support::Ran) {
    let world = World::new();
    let mine = world.home().join("mine");
    write(&mine, "scaffold.toml", format!("{HEAD}{questions}"));
    write(&mine, "template/README.md", "# {= name =}\n");
    write(&mine, &format!("template/{path}"), text);
    let ran = world.run_in(&world.home(), ["new-service", "a", "--scaffold", "./mine", "--yes", "--set", set]);
    (world, ran)
}

#[test]
fn what_would_break_a_repo_is_refused_before_anything_is_written() {
    let text = "[questions.text]\ndescription = \"Text\"\ndefault = \"x\"\n";
    for (path, template, answer, said) in [
        ("{= text =}.txt", "", "../../evil", "../../evil.txt would be written outside of the repo"),
        ("{= text =}", "", "/tmp/evil", "/tmp/evil would be written outside of the repo"),
        ("{= text =}/pre-commit", "", ".git/hooks", ".git/hooks/pre-commit would be written outside of the repo"),
        ("{= text =}/config", "", ".GIT", ".GIT/config would be written outside of the repo"),
        ("{= text =}", "", "", " would be written outside of the repo"),
        ("{= text =}", "", "Readme.MD", "are the same file on some disks"),
        ("{= text =}/x", "", "README.md", "README.md can't be a file, and the folder of README.md/x"),
        (".instep/{= text =}", "", "scaffold.toml", ".instep/scaffold.toml is instep's own record"),
        ("a.json", "{ \"a\": \"{= text =}\" }", "say \"hi\"", "a.json would not parse"),
        ("a.toml", "a = \"{= text =}\"", "\"", "a.toml would not parse"),
        ("a.yaml", "a: {= text =}", "b: c: d", "a.yaml would not parse"),
        ("a.yml", "a: [{= text =}", "b", "a.yml would not parse"),
        ("a", "{= nobody =}", "x", "`nobody` is not defined"),
        ("a", "{~ if text ~}", "x", "broken scaffold"),
        ("a", "{= text.nothing =}", "x", "is not defined"),
    ] {
        let (world, ran) = with(text, path, template, &format!("text={answer}"));
        ran.code(2).stdout("").says("broken scaffold: ").says(said);
        assert_eq!(made(&world), Vec::<PathBuf>::new(), "{path} {answer}");
        assert!(!world.root().join("evil.txt").exists() && !Path::new("/tmp/evil").exists());
    }
}

#[test]
fn a_link_may_not_lead_out_of_the_repo() {
    for to in ["../outside", "/etc/hostname", "a/../../outside"] {
        let world = World::new();
        let mine = world.home().join("mine");
        write(&mine, "scaffold.toml", HEAD);
        std::fs::create_dir_all(mine.join("template")).unwrap();
        std::os::unix::fs::symlink(to, mine.join("template/link")).unwrap();
        let ran = world.run_in(&world.home(), ["new-service", "a", "--scaffold", "./mine", "--yes"]);
        ran.code(2).says(&format!("the link link leads out of the repo: {to}"));
        assert_eq!(made(&world), Vec::<PathBuf>::new());
    }
}

#[test]
fn bytes_come_out_as_they_went_in() {
    let world = World::new();
    let mine = world.home().join("mine");
    write(&mine, "scaffold.toml", format!("{HEAD}[questions.text]\ndescription = \"Text\"\ndefault = \"x\"\n"));
    // What other engines escape, drop or take for their own.
    let cases: [(&str, &[u8], &[u8]); 8] = [
        ("crlf.txt", b"one\r\n{= text =}\r\n", b"one\r\n<a href=\"b\">&'\r\n"),
        ("crlf-if.txt", b"one\r\n{~ if text ~}\r\ntwo\r\n{~ endif ~}\r\n{* why *}\r\n", b"one\r\ntwo\r\n"),
        ("no-end.txt", b"{= text =}", b"<a href=\"b\">&'"),
        ("ends.txt", b"x\n\n\n", b"x\n\n\n"),
        ("page.html", b"<p>{= text =}</p>\n", b"<p><a href=\"b\">&'</p>\n"),
        ("image.png", b"\x89PNG\r\n\x1a\n\0{= text =}\xff\xfe", b"\x89PNG\r\n\x1a\n\0{= text =}\xff\xfe"),
        (
            "go.tmpl",
            b"{{ .Name }} {% raw %} {# no #} <%= x %> [[ y ]] ${{ z }} ${#a}\n",
            b"{{ .Name }} {% raw %} {# no #} <%= x %> [[ y ]] ${{ z }} ${#a}\n",
        ),
        ("empty", b"", b""),
    ];
    for (path, template, _) in cases {
        write(&mine, &format!("template/{path}"), template);
    }
    let set = "text=<a href=\"b\">&'";
    world.run_in(&world.home(), ["new-service", "a", "--scaffold", "./mine", "--yes", "--set", set]).code(0);
    for (path, _, expected) in cases {
        let file = world.home().join("a").join(path.strip_suffix(".tmpl").unwrap_or(path));
        assert_eq!(String::from_utf8_lossy(&std::fs::read(file).unwrap()), String::from_utf8_lossy(expected), "{path}");
    }
}

/// Whether the repo is there, and then whole.
fn is_there(world: &World) -> bool {
    let repo = world.home().join("a");
    if !repo.exists() {
        return false;
    }
    let git = |args: &[&str]| String::from_utf8(world.command("git", &repo).args(args).output().unwrap().stdout).unwrap();
    assert_eq!(git(&["status", "--porcelain"]), "");
    assert_eq!(git(&["ls-files"]).lines().count(), 31, "30 files and the record");
    assert_eq!(git(&["log", "--format=%s"]).lines().count(), 2);
    true
}

/// What a kill left does not outlive the next run, which needs no repair.
fn again(world: &World) {
    let ran = world.run_in(&world.home(), ["new-service", "a", "--scaffold", "./mine", "--yes"]);
    ran.code(0);
    assert!(is_there(world));
    let names: Vec<String> = made(world).iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
    assert!(!names.iter().any(|name| name.starts_with(".instep-new-")), "{names:?}");
}

fn thirty(world: &World) {
    let mine = world.home().join("mine");
    write(&mine, "scaffold.toml", HEAD);
    for number in 0..30 {
        write(&mine, &format!("template/d{}/f{number}", number % 5), "{= name =}\n".repeat(40));
    }
}

#[test]
fn killed_at_any_call_of_git_there_is_the_whole_repo_or_nothing() {
    let mut calls = 0;
    loop {
        calls += 1;
        let world = World::new();
        thirty(&world);
        let count = world.root().join("count");
        world.program(
            "git",
            &format!(
                "#!/bin/sh\necho >>{count}\nif [ $(wc -l <{count}) = {calls} ]; then kill -9 $PPID; exit 1; fi\nPATH=${{PATH#*:}} exec git \"$@\"\n",
                count = count.display()
            ),
        );
        let ran = world.run_in(&world.home(), ["new-service", "a", "--scaffold", "./mine", "--yes"]);
        // From here on git is git again.
        std::fs::remove_file(world.root().join("bin/git")).unwrap();
        if ran.exit() == 0 {
            assert!(is_there(&world));
            break;
        }
        ran.code(137);
        assert!(!is_there(&world), "call {calls}");
        again(&world);
    }
    assert!(calls > 5, "git was called {calls} times only");
}

#[test]
fn killed_at_any_moment_there_is_the_whole_repo_or_nothing() {
    for wait in 0..20 {
        let world = World::new();
        thirty(&world);
        let mut command = world.command(support::INSTEP, &world.home());
        command
            .args(["new-service", "a", "--scaffold", "./mine", "--yes"])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .stdout(Stdio::null());
        let mut child = command.spawn().unwrap();
        std::thread::sleep(Duration::from_millis(4 * wait));
        child.kill().unwrap();
        child.wait().unwrap();
        if !is_there(&world) {
            again(&world);
        }
    }
}
