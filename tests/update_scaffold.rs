//! `instep update`: a newer scaffold into a repo that was worked on. Nothing of the user's is lost silently.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use support::{Ran, World};

/// A scaffold in a folder, and a repo made from its first version.
struct Case {
    world: World,
}

const LINES: &str = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n";
const HEAD: &str = "name = \"mine\"\ndescription = \"Mine\"\n";

impl Case {
    fn new(files: &[(&str, &str)]) -> Self {
        Self::with("", files)
    }

    /// `rules`: more of `scaffold.toml`.
    fn with(rules: &str, files: &[(&str, &str)]) -> Self {
        let case = Self { world: World::new() };
        case.scaffold(1, rules, files);
        case.world.run_in(&case.world.home(), ["new-service", "hello", "--scaffold", "./mine", "--yes"]).code(0);
        case.git(&["config", "user.name", "t"]);
        case.git(&["config", "user.email", "t@example.com"]);
        case
    }

    /// Replaces the scaffold by this version of it.
    fn scaffold(&self, version: u32, rules: &str, files: &[(&str, &str)]) {
        let dir = self.world.home().join("mine");
        drop(std::fs::remove_dir_all(&dir));
        write(&dir, "scaffold.toml", &format!("{HEAD}version = {version}\n{rules}"));
        std::fs::create_dir_all(dir.join("template")).unwrap();
        for (path, text) in files {
            write(&dir, &format!("template/{path}"), text);
        }
    }

    fn repo(&self) -> PathBuf {
        self.world.home().join("hello")
    }

    fn git(&self, args: &[&str]) -> String {
        let output = self.world.command("git", &self.repo()).args(args).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    fn write(&self, path: &str, text: &str) {
        write(&self.repo(), path, text);
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.repo().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "-m", "work"]);
    }

    fn update(&self, args: &[&str]) -> Ran {
        self.world.run_in(&self.repo(), [&["update"], args].concat())
    }

    /// The preview says this of a file with this exit code, and touches nothing; what is applied is undone by
    /// one command. Gives the files as they were after applying.
    fn previews(&self, code: i32, line: &str) -> Vec<(String, String)> {
        let before = self.files();
        let status = self.git(&["status", "--porcelain"]);
        let objects = self.git(&["count-objects"]);
        self.update(&[]).code(code).prints(line);
        assert_eq!((self.files(), self.git(&["count-objects"])), (before.clone(), objects), "a preview touches nothing");
        self.update(&["--apply"]).code(code).prints(line);
        let after = self.files();
        self.update(&["--undo"]).code(0);
        assert_eq!((self.files(), self.git(&["status", "--porcelain"])), (before, status), "one command undoes it");
        after
    }

    fn files(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        walk(&self.repo(), &self.repo(), &mut found);
        found.sort();
        found
    }
}

fn write(dir: &Path, path: &str, text: &str) {
    let file = dir.join(path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
}

/// All files with mode and content, but for git's and the state that is never committed.
fn walk(dir: &Path, root: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with(".git") || path.ends_with(".instep/state") {
        } else if path.is_dir() {
            walk(&path, root, found);
        } else {
            let mode = path.metadata().unwrap().permissions().mode() & 0o111;
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            found.push((path.strip_prefix(root).unwrap().display().to_string(), format!("{mode:o} {text}")));
        }
    }
}

fn text_of<'a>(files: &'a [(String, String)], path: &str) -> Option<&'a str> {
    files.iter().find(|(name, _)| name == path).map(|(_, text)| text.split_once(' ').unwrap().1)
}

#[test]
fn edits_in_different_lines_are_joined() {
    let case = Case::new(&[("a", LINES), ("same", "x\n")]);
    case.write("a", &LINES.replace("one", "mine"));
    case.commit();
    case.scaffold(2, "", &[("a", &LINES.replace("seven", "theirs")), ("same", "x\n"), ("new", "{= name =}\n")]);
    case.update(&[]).code(0).stdout("mine 1 → 2\n  ~ a    changed, your changes stay\n  + new  new\n");
    let after = case.previews(0, "mine 1 → 2");
    assert_eq!(text_of(&after, "a"), Some("mine\ntwo\nthree\nfour\nfive\nsix\ntheirs\n"));
    assert_eq!(text_of(&after, "new"), Some("hello\n"));
    assert!(text_of(&after, ".instep/scaffold.toml").unwrap().contains("version = 2\n"));
    case.update(&["--apply"]).code(0);
    case.update(&[]).code(0).stdout("mine 2: up to date\n").stderr("");
    case.update(&["--check"]).code(0).stdout("mine 2: up to date\n");
}

#[test]
fn the_base_is_found_update_after_update_and_in_a_clone() {
    let case = Case::new(&[("a", LINES)]);
    let v = |word: &str| LINES.replace("seven", word);
    case.write("a", &LINES.replace("one", "mine"));
    case.commit();
    for (version, word) in [(2, "second"), (3, "third")] {
        case.scaffold(version, "", &[("a", &v(word))]);
        case.update(&["--apply"]).code(0);
        case.commit();
    }
    // Only what HEAD has: as after a squash and a shallow clone.
    let clone = case.world.home().join("clone");
    let url = format!("file://{}", case.repo().display());
    assert!(case.world.command("git", &case.world.home()).args(["clone", "-q", "--depth", "1", &url, "clone"]).status().unwrap().success());
    case.scaffold(4, "", &[("a", &v("fourth"))]);
    case.world.run_in(&clone, ["update", "--apply"]).code(0);
    assert_eq!(std::fs::read_to_string(clone.join("a")).unwrap(), LINES.replace("one", "mine").replace("seven", "fourth"));
}

#[test]
fn both_edit_a_line() {
    let case = Case::new(&[("a", LINES)]);
    case.write("a", &LINES.replace("one", "mine"));
    case.commit();
    case.scaffold(2, "", &[("a", &LINES.replace("one", "theirs"))]);
    let ran = case.update(&[]);
    ran.code(1).prints("✗ a  changed on both sides: both stand in the file, between marks");
    ran.says("error: 1 conflict between the scaffold's changes and yours").says("help: `instep update --apply` writes the rest");
    let after = case.previews(1, "✗ a");
    let marked = "<<<<<<< yours\nmine\n||||||| as it was generated\none\n=======\ntheirs\n>>>>>>> mine 2\ntwo\n";
    assert!(text_of(&after, "a").unwrap().starts_with(marked), "{after:?}");
    case.update(&["--apply"]).code(1).says("settle each in its file");
    assert_eq!(case.git(&["status", "--porcelain", "--", "a"]), "UU a");
}

#[test]
fn the_template_renames_what_the_user_edited() {
    let case = Case::new(&[("old", LINES)]);
    case.write("old", &LINES.replace("one", "mine"));
    case.commit();
    case.scaffold(2, "", &[("new", &LINES.replace("seven", "theirs"))]);
    let after = case.previews(0, "→ new  was old, your changes stay");
    assert_eq!(text_of(&after, "new"), Some("mine\ntwo\nthree\nfour\nfive\nsix\ntheirs\n"));
    assert_eq!(text_of(&after, "old"), None);
}

#[test]
fn the_user_renamed_what_the_template_edits() {
    let case = Case::new(&[("old", LINES)]);
    case.git(&["mv", "old", "mine"]);
    case.write("mine", &LINES.replace("one", "mine"));
    case.commit();
    case.scaffold(2, "", &[("old", &LINES.replace("seven", "theirs"))]);
    let after = case.previews(0, "~ mine  changed");
    assert_eq!(text_of(&after, "mine"), Some("mine\ntwo\nthree\nfour\nfive\nsix\ntheirs\n"));
    assert_eq!(text_of(&after, "old"), None);
}

#[test]
fn the_template_deletes_what_the_user_edited() {
    let case = Case::new(&[("a", LINES), ("b", "b\n")]);
    case.write("a", "mine\n");
    case.commit();
    case.scaffold(2, "", &[("b", "b\n")]);
    let after = case.previews(1, "✗ a  changed here, deleted by the scaffold: yours is kept");
    assert_eq!(text_of(&after, "a"), Some("mine\n"));
}

#[test]
fn the_user_deleted_what_the_template_edits() {
    let case = Case::new(&[("a", LINES), ("same", "x\n"), ("b", "b\n")]);
    case.git(&["rm", "-q", "a", "same"]);
    case.commit();
    case.scaffold(2, "", &[("a", &LINES.replace("one", "theirs")), ("same", "x\n"), ("b", "b\n")]);
    let after = case.previews(1, "✗ a  deleted here, changed by the scaffold: the scaffold's comes back");
    assert_eq!(text_of(&after, "same"), None, "what the scaffold did not change stays away without a word");
}

#[test]
fn what_the_template_drops_and_nobody_edited_goes() {
    let case = Case::new(&[("dir/a", LINES), ("b", "b\n")]);
    case.scaffold(2, "", &[("b", "b\n")]);
    let after = case.previews(0, "- dir/a  removed");
    assert_eq!(text_of(&after, "dir/a"), None);
}

#[test]
fn a_binary_on_both_sides() {
    let case = Case::new(&[("logo.png", "\0one")]);
    case.write("logo.png", "\0mine");
    case.commit();
    case.scaffold(2, "", &[("logo.png", "\0theirs")]);
    let after = case.previews(1, "✗ logo.png  a binary file, changed on both sides: yours is kept");
    assert_eq!(text_of(&after, "logo.png"), Some("\0mine"));
}

#[test]
fn both_add_a_file_even_an_ignored_one() {
    let case = Case::new(&[(".gitignore.tmpl", "local\n")]);
    case.write("both", "mine\n");
    case.write("local", "mine, ignored\n");
    case.commit();
    case.scaffold(2, "", &[(".gitignore.tmpl", "\n"), ("both", "theirs\n"), ("local", "theirs\n")]);
    case.previews(1, "✗ both        added on both sides");
    let after = case.previews(1, "✗ local       added on both sides");
    assert!(text_of(&after, "local").unwrap().contains("<<<<<<< yours\nmine, ignored\n"));
}

#[test]
fn the_exec_bit_follows() {
    let case = Case::new(&[("run.sh", "#!/bin/sh\necho 1\n"), ("mine.sh", "#!/bin/sh\n")]);
    std::fs::set_permissions(case.repo().join("mine.sh"), std::fs::Permissions::from_mode(0o755)).unwrap();
    case.commit();
    case.scaffold(2, "executable = [\"run.sh\"]\n", &[("run.sh", "#!/bin/sh\necho 1\n"), ("mine.sh", "#!/bin/sh\n# 2\n")]);
    let after = case.previews(0, "~ run.sh   changed\n");
    let mode = |path: &str| &after.iter().find(|(name, _)| name == path).unwrap().1[..4];
    assert_eq!((mode("run.sh"), mode("mine.sh")), ("111 ", "111 "));
}

#[test]
fn a_dirty_work_tree_is_merged_as_it_is() {
    let case = Case::new(&[("a", LINES)]);
    case.write("a", &LINES.replace("one", "staged"));
    case.git(&["add", "a"]);
    case.write("a", &LINES.replace("one", "not committed"));
    case.write("notes", "untracked\n");
    case.scaffold(2, "", &[("a", &LINES.replace("seven", "theirs"))]);
    let after = case.previews(0, "~ a  changed, your changes stay");
    assert_eq!(text_of(&after, "a"), Some("not committed\ntwo\nthree\nfour\nfive\nsix\ntheirs\n"));
    assert_eq!(text_of(&after, "notes"), Some("untracked\n"));
}

#[test]
fn in_the_middle_of_a_merge_nothing_is_tried() {
    let case = Case::new(&[("a", LINES)]);
    case.write("a", "mine\n");
    case.commit();
    case.scaffold(2, "", &[("a", "theirs\n")]);
    case.update(&["--apply"]).code(1);
    case.scaffold(3, "", &[("a", "theirs 3\n")]);
    case.update(&["--apply"]).code(6).says("a merge is under way here");
}

#[test]
fn undo_keeps_what_was_edited_since() {
    let case = Case::new(&[("a", LINES)]);
    case.update(&["--undo"]).code(2).says("there is no update to undo");
    case.scaffold(2, "", &[("a", "theirs\n")]);
    case.update(&["--apply"]).code(0);
    case.write("a", "edited since\n");
    case.update(&["--undo"]).code(0).says("a was edited since: git show refs/instep/undone/root:./a");
    assert_eq!(case.read("a"), LINES);
    assert_eq!(case.git(&["show", "refs/instep/undone/root:./a"]), "edited since");
}

#[test]
fn check_is_for_ci_and_needs_no_history() {
    let case = Case::new(&[("a", LINES)]);
    case.update(&["--check"]).code(0).stdout("mine 1: up to date\n");
    case.scaffold(2, "", &[("a", "x\n")]);
    let clone = case.world.home().join("clone");
    let url = format!("file://{}", case.repo().display());
    assert!(case.world.command("git", &case.world.home()).args(["clone", "-q", "--depth", "1", &url, "clone"]).status().unwrap().success());
    let ran = case.world.run_in(&clone, ["update", "--check"]);
    ran.code(3).says("error: this repo is at mine 1, and the scaffold is at 2").says("`instep update` shows what changes");
    let json = case.world.run_in(&clone, ["update", "--check", "--output", "json"]);
    json.code(3);
    assert_eq!((json.json()["behind"].as_bool(), json.json()["to"].as_u64()), (Some(true), Some(2)));
    let json = case.update(&["--output", "json"]).json();
    assert_eq!(json["changes"], serde_json::json!([{ "what": "changed", "path": "a", "merged": false }]));
    assert_eq!(json["applied"], false);
}

#[test]
fn whose_a_file_is_decides() {
    let rules = "[files.managed]\nowner = \"managed\"\n[files.once]\nowner = \"once\"\n[files.\"README.md\"]\nowner = \"section\"\n";
    let readme = |section: &str| format!("# Title\n<!-- instep:begin -->\n{section}\n<!-- instep:end -->\nend\n");
    let case = Case::with(rules, &[("managed", "1\n"), ("once", "1\n"), ("README.md", &readme("1"))]);
    case.write("managed", "mine\n");
    case.write("once", "mine\n");
    case.write("README.md", &readme("1").replace("# Title", "# My own title").replace("end\n", "my own end\n"));
    case.commit();
    case.scaffold(2, rules, &[("managed", "2\n"), ("once", "2\n"), ("README.md", &readme("2").replace("# Title", "# Other"))]);
    let after = case.previews(1, "✗ managed    edited here, though the scaffold manages it: the scaffold's stands in the file");
    assert_eq!((text_of(&after, "managed"), text_of(&after, "once")), (Some("2\n"), Some("mine\n")));
    let expected = readme("2").replace("# Title", "# My own title").replace("end -->\nend\n", "end -->\nmy own end\n");
    assert_eq!(text_of(&after, "README.md").unwrap(), expected.replace("instep:my own end", "instep:end"));
}

#[test]
fn files_with_keys_are_merged_by_key() {
    let toml = "[service]\nname = \"a\"\nport = 1 # mine\n";
    let yaml = "jobs:\n  # why\n  test:\n    image: a\n  build:\n    image: a\n";
    let json = "{\n  \"a\": 1,\n  \"b\": 1\n}\n";
    let case = Case::new(&[("x.toml", toml), ("x.yaml", yaml), ("x.json", json)]);
    case.write("x.toml", &toml.replace("port = 1", "port = 2"));
    case.write("x.yaml", &yaml.replacen("image: a", "image: mine", 1));
    case.write("x.json", &json.replace("\"a\": 1", "\"a\": 2"));
    case.commit();
    let new = [
        ("x.toml", toml.replace("\"a\"", "\"b\"")),
        ("x.yaml", yaml.replace("build:\n    image: a", "build:\n    image: b")),
        ("x.json", json.replace("\"b\": 1", "\"b\": 3")),
    ];
    case.scaffold(2, "", &new.each_ref().map(|(path, text)| (*path, text.as_str())));
    let after = case.previews(0, "~ x.toml  changed, your changes stay");
    assert_eq!(text_of(&after, "x.toml"), Some("[service]\nname = \"b\"\nport = 2 # mine\n"));
    assert_eq!(text_of(&after, "x.yaml"), Some("jobs:\n  # why\n  test:\n    image: mine\n  build:\n    image: b\n"));
    assert_eq!(text_of(&after, "x.json"), Some("{\n  \"a\": 2,\n  \"b\": 3\n}\n"));
}

#[test]
fn a_key_that_both_sides_add_is_never_there_twice() {
    let json = "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3,\n  \"d\": 4\n}\n";
    let yaml = "a: 1\nb: 2\nc: 3\nd: 4\n";
    let case = Case::new(&[("x.json", json), ("x.yaml", yaml), ("x.toml", "a = 1\nb = 2\nc = 3\nd = 4\n")]);
    case.write("x.json", &json.replace("\"a\": 1,", "\"a\": 1,\n  \"new\": \"mine\","));
    case.write("x.yaml", &yaml.replace("a: 1\n", "a: 1\nnew: mine\n"));
    case.write("x.toml", "a = 1\nnew = \"mine\"\nb = 2\nc = 3\nd = 4\n");
    case.commit();
    let new = [
        ("x.json", json.replace("\"d\": 4", "\"d\": 4,\n  \"new\": \"theirs\"")),
        ("x.yaml", yaml.replace("d: 4\n", "d: 4\nnew: theirs\n")),
        ("x.toml", "a = 1\nb = 2\nc = 3\nd = 4\nnew = \"theirs\"\n".to_owned()),
    ];
    case.scaffold(2, "", &new.each_ref().map(|(path, text)| (*path, text.as_str())));
    let words = "changed on both sides: joined by lines it does not parse, or says a key twice";
    for name in ["x.json", "x.toml", "x.yaml"] {
        let after = case.previews(1, &format!("✗ {name}  {words}"));
        let text = text_of(&after, name).unwrap();
        assert!(text.contains("mine") && text.contains("theirs"), "{text}");
    }
    case.update(&["--apply"]).code(1);
    assert_eq!(case.git(&["status", "--porcelain", "--", "x.json"]), "UU x.json");
}

#[test]
fn neither_the_old_scaffold_nor_the_old_instep_nor_a_network_is_needed() {
    let case = Case::new(&[("a", LINES)]);
    case.write("a", &LINES.replace("one", "mine"));
    let record = case.read(".instep/scaffold.toml");
    case.write(".instep/scaffold.toml", &record.replace(env!("CARGO_PKG_VERSION"), "0.0.1"));
    case.commit();
    // The folder is gone, with all that was cached; git may speak to nobody.
    case.scaffold(2, "", &[("a", &LINES.replace("seven", "theirs"))]);
    std::fs::rename(case.world.home().join("mine"), case.world.home().join("moved")).unwrap();
    drop(std::fs::remove_dir_all(case.world.home().join(".cache")));
    let asked = case.world.root().join("asked");
    case.world.program("git", &format!("#!/bin/sh\necho \"$@\" >>{}\nPATH=${{PATH#*:}} exec git \"$@\"\n", asked.display()));
    case.update(&["--scaffold", "../moved", "--apply"]).code(0).stdout("mine 1 → 2\n  ~ a  changed, your changes stay\n");
    assert_eq!(case.read("a"), LINES.replace("one", "mine").replace("seven", "theirs"));
    let asked = std::fs::read_to_string(asked).unwrap();
    assert!(asked.contains("merge-tree"), "{asked}");
    for word in ["fetch", "clone", "ls-remote", "pull"] {
        assert!(!asked.split_whitespace().any(|other| other == word), "{asked}");
    }
}

#[test]
fn a_mode_that_each_side_changed_and_a_file_that_became_a_link() {
    let case = Case::new(&[("run.sh", "#!/bin/sh\n"), ("k", "k\n"), ("page", LINES)]);
    let mode = |bits| std::fs::set_permissions(case.repo().join("run.sh"), std::fs::Permissions::from_mode(bits)).unwrap();
    mode(0o755);
    std::fs::remove_file(case.repo().join("page")).unwrap();
    std::os::unix::fs::symlink("k", case.repo().join("page")).unwrap();
    case.commit();
    case.scaffold(2, "executable = [\"run.sh\"]\n", &[("run.sh", "#!/bin/sh\n"), ("k", "k\n"), ("page", &LINES.replace("one", "theirs"))]);
    let ran = case.update(&[]);
    ran.code(1).prints("page");
    assert!(!ran.out().contains("run.sh"), "the same mode on both sides is no conflict: {ran:?}");
    case.update(&["--apply"]).code(1);
    let all = case.files();
    assert!(all.iter().any(|(_, text)| text.contains("theirs\ntwo")), "{all:?}");
    case.update(&["--undo"]).code(0);
    assert_eq!(std::fs::read_link(case.repo().join("page")).unwrap(), PathBuf::from("k"));
}

#[test]
fn a_repo_of_several_services_is_updated_in_its_folder() {
    let world = World::new();
    let mine = world.home().join("mine");
    write(&mine, "scaffold.toml", &format!("{HEAD}version = 1\n"));
    write(&mine, "template/a", LINES);
    world.file(".gitignore", "*.log\n");
    world.commit("first");
    for (name, commit_as_generated) in [("users", true), ("orders", false)] {
        let dir = format!("services/{name}");
        world.run(["new-service", name, "--scaffold", "../home/mine", "--yes", "--dir", &dir]).code(0);
        if commit_as_generated {
            world.commit("as generated");
        }
        let text = LINES.replace("one", if commit_as_generated { "mine" } else { "other" });
        world.file(&format!("{dir}/a"), text);
        world.file(&format!("{dir}/x.log"), "ignored from above\n");
    }
    world.commit("edited");
    write(&mine, "scaffold.toml", &format!("{HEAD}version = 2\n"));
    write(&mine, "template/a", &LINES.replace("seven", "theirs"));
    let users = world.repo().join("services/users");
    world.run_in(&users, ["update", "--apply"]).code(0).stdout("mine 1 → 2\n  ~ a  changed, your changes stay\n");
    assert_eq!(world.read("services/users/a"), LINES.replace("one", "mine").replace("seven", "theirs"));
    assert_eq!(world.git(&["status", "--porcelain", "--", "services/users/a"]), "M services/users/a");
    world.run_in(&users, ["update", "--undo"]).code(0);
    assert_eq!(world.git(&["status", "--porcelain"]), "");
    world.file("instep.toml", "[workspace]\nmembers = [\"services/*\"]\n");
    for name in ["users", "orders"] {
        world.file(&format!("services/{name}/instep.toml"), format!("[service]\nname = \"{name}\"\n"));
    }
    world.run(["update", "--service", "users"]).code(0).stdout("mine 1 → 2\n  ~ a  changed, your changes stay\n");
    world.run(["update", "--service", "user"]).code(2).says("did you mean `users`?");
}

#[test]
fn new_questions_get_their_default_and_answers_can_change() {
    let case = Case::with("[questions.a]\ndescription = \"A\"\ndefault = \"1\"\n", &[("a", "{= a =}\n")]);
    let rules = "[questions.a]\ndescription = \"A\"\ndefault = \"1\"\n[questions.b]\ndescription = \"B\"\ndefault = \"{= a =}2\"\n";
    case.scaffold(2, rules, &[("a", "{= a =}{= b =}\n")]);
    case.update(&["--set", "a=x", "--apply"]).code(0).says("the scaffold asks for `b` now; the default is taken: --set b=x2");
    assert_eq!(case.read("a"), "xx2\n");
    assert!(case.read(".instep/scaffold.toml").contains("a = \"x\"\nb = \"x2\"\n"));
}

#[test]
fn renamed_on_one_side_and_deleted_on_the_other() {
    let case = Case::new(&[("a", LINES), ("b", &LINES.to_uppercase()), ("k", "k\n")]);
    case.git(&["rm", "-q", "a"]);
    case.git(&["mv", "b", "mine"]);
    case.commit();
    case.scaffold(2, "", &[("new", &LINES.replace("seven", "theirs")), ("k", "k\n")]);
    let after = case.previews(1, "✗ new   renamed on one side, deleted on the other");
    assert_eq!(text_of(&after, "new"), Some(LINES.replace("seven", "theirs").as_str()));
    assert_eq!(text_of(&after, "mine"), Some(LINES.to_uppercase().as_str()), "renamed here, deleted there: yours is kept");
    case.update(&[]).code(1).prints("✗ mine  renamed on one side, deleted on the other");
}

#[test]
fn renamed_on_both_sides() {
    let case = Case::new(&[("a", LINES), ("same", &LINES.to_uppercase())]);
    case.git(&["mv", "a", "mine"]);
    case.git(&["mv", "same", "other"]);
    case.commit();
    case.scaffold(2, "", &[("theirs", LINES), ("other", &LINES.to_uppercase())]);
    let ran = case.update(&[]);
    ran.code(1).prints("renamed on both sides, to different names");
    assert!(!ran.out().contains("other"), "the same name on both sides is no conflict: {ran:?}");
    let after = case.previews(1, "renamed on both sides");
    assert_eq!((text_of(&after, "mine"), text_of(&after, "theirs")), (Some(LINES), Some(LINES)), "{after:?}");
}

#[test]
fn a_file_of_the_users_own_follows_its_folder() {
    let case = Case::new(&[("app/a", LINES), ("app/b", &LINES.to_uppercase())]);
    case.write("app/own", "mine\n");
    case.commit();
    case.scaffold(2, "", &[("src/a", LINES), ("src/b", &LINES.to_uppercase())]);
    let after = case.previews(0, "→ src/own  was app/own");
    assert_eq!((text_of(&after, "src/own"), text_of(&after, "app/own")), (Some("mine\n"), None));
}

#[test]
fn a_file_here_and_a_folder_there() {
    let case = Case::new(&[("k", "k\n")]);
    case.write("docs", "mine\n");
    case.commit();
    case.scaffold(2, "", &[("k", "k\n"), ("docs/a", "theirs\n")]);
    let after = case.previews(1, "a file on one side, a folder on the other");
    let mine = after.iter().any(|(path, text)| path.starts_with("docs") && text.ends_with("mine\n"));
    assert!(mine && text_of(&after, "docs/a") == Some("theirs\n"), "{after:?}");
}

#[test]
fn a_file_that_the_user_made_a_folder() {
    let case = Case::new(&[("docs", LINES), ("a", LINES)]);
    std::fs::remove_file(case.repo().join("docs")).unwrap();
    case.write("docs/mine", "mine\n");
    case.scaffold(2, "", &[("docs", LINES), ("a", &LINES.replace("one", "theirs"))]);
    let after = case.previews(0, "~ a  changed");
    assert_eq!(text_of(&after, "docs/mine"), Some("mine\n"));
}

#[test]
fn the_same_change_on_both_sides_is_none() {
    let case = Case::new(&[("a", LINES)]);
    let new = LINES.replace("one", "the same");
    case.write("a", &new);
    case.commit();
    case.scaffold(2, "", &[("a", &new)]);
    let after = case.previews(0, "mine 1 → 2");
    assert_eq!(text_of(&after, "a"), Some(new.as_str()));
}

#[test]
fn what_git_is_told_elsewhere_changes_nothing() {
    let case = Case::new(&[("old", LINES), (".gitattributes", "crlf.txt text eol=crlf\n"), ("crlf.txt", LINES)]);
    for (key, value) in
        [("diff.renames", "false"), ("merge.renames", "false"), ("merge.conflictStyle", "zdiff3"), ("core.quotePath", "true")]
    {
        case.git(&["config", key, value]);
    }
    case.write("old", &LINES.replace("one", "mine"));
    case.write("crlf.txt", &LINES.replace("one", "mine").replace('\n', "\r\n"));
    case.write("Größe, mit Raum", "mine\n");
    case.commit();
    let theirs = LINES.replace("seven", "theirs");
    let attributes = (".gitattributes", "crlf.txt text eol=crlf\n");
    case.scaffold(2, "", &[("new", &theirs), attributes, ("crlf.txt", &theirs), ("Größe, mit Raum", "theirs\n")]);
    let after = case.previews(1, "→ new              was old, your changes stay");
    assert_eq!(text_of(&after, "new"), Some("mine\ntwo\nthree\nfour\nfive\nsix\ntheirs\n"));
    assert_eq!(text_of(&after, "crlf.txt"), Some("mine\r\ntwo\r\nthree\r\nfour\r\nfive\r\nsix\r\ntheirs\r\n"));
    case.update(&[]).code(1).prints("✗ Größe, mit Raum  added on both sides");
}

#[test]
fn an_update_that_was_killed_is_taken_back() {
    let many: Vec<(String, String)> = (0..300).map(|n| (format!("f{n}"), format!("{n}\n"))).collect();
    let files: Vec<(&str, &str)> = many.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let case = Case::new(&files);
    case.write("f0", "mine\n");
    case.commit();
    let newer: Vec<(String, String)> = many.iter().map(|(path, text)| (path.clone(), format!("new {text}"))).collect();
    case.scaffold(2, "", &newer.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect::<Vec<_>>());
    let before = case.files();
    let written = |path: &str| case.read(path).starts_with("new");
    let mut killed_midway = false;
    for _ in 0..30 {
        let mut command = case.world.command(support::INSTEP, &case.repo());
        let quiet = || std::process::Stdio::null();
        let mut child = command.args(["update", "--apply"]).stdout(quiet()).stderr(quiet()).spawn().unwrap();
        while child.try_wait().unwrap().is_none() && !written("f1") {
            std::thread::sleep(std::time::Duration::from_micros(100));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let changed = (1..300).filter(|n| written(&format!("f{n}"))).count();
        killed_midway |= changed > 0 && changed < 299;
        case.update(&["--undo"]).code(0);
        assert_eq!(case.files(), before, "one command takes it back");
        if killed_midway {
            break;
        }
    }
    assert!(killed_midway, "never killed in the middle");
}

#[test]
fn an_update_that_was_committed_is_taken_back_in_the_work_tree() {
    let case = Case::new(&[("a", LINES)]);
    case.write("a", &LINES.replace("one", "mine"));
    case.commit();
    let before = case.files();
    case.scaffold(2, "", &[("a", &LINES.replace("seven", "theirs")), ("new", "x\n")]);
    case.update(&["--apply"]).code(0);
    case.commit();
    case.update(&["--undo"]).code(0).stdout("✓ 4 files as before the update\n");
    assert_eq!(case.files(), before);
    case.update(&["--undo"]).code(2).says("there is no update to undo");
}
