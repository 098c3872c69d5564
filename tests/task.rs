//! The repo's own tasks.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use support::{World, count_processes, wait_until};

#[test]
fn a_single_task_keeps_its_output_and_its_exit_code() {
    let world = World::with("[tasks.hi]\nrun = \"echo out; echo err >&2\"\n[tasks.bad]\nrun = \"exit 3\"\n");
    world.run(["hi"]).code(0).stdout("out\n").stderr("err\n");
    world
        .run(["bad"])
        .code(3)
        .stdout("")
        .stderr("error: task `bad` failed: exit code 3\n  ╭▸ instep.toml:4:7\n  │\n4 │ run = \"exit 3\"\n  ╰╴      ━━━━━━━━\n");
}

#[test]
fn underscores_and_hyphens_are_the_same() {
    let world = World::with("[tasks.test_short]\nrun = \"echo short\"\n[tasks.test-all]\nneeds = [\"test-short\"]\nrun = \"echo all\"\n");
    world.run(["test-short"]).code(0).stdout("short\n");
    world.run(["test_all"]).code(0).stdout("short\nall\n");
}

#[test]
fn an_unknown_task_names_the_nearest() {
    let world = World::with("[tasks.lint]\nrun = \"true\"\n");
    world.run(["lnit"]).code(2).stdout("").stderr("error: there is no command or task `lnit`\n │\n ╰ help: did you mean `lint`?\n");
}

#[test]
fn arguments_reach_the_shell_as_words_never_as_text() {
    let world = World::with(
        "[tasks.show]\nrun = 'for word in \"$@\"; do echo \"<$word>\"; done'\n[tasks.argv]\ncommand = [\"printf\", \"%s\\n\"]\n",
    );
    world.run(["show", "a b", "$(id)", "--flag", "'"]).code(0).stdout("<a b>\n<$(id)>\n<--flag>\n<'>\n");
    world.run(["argv", "--", "x y", "-z"]).code(0).stdout("x y\n-z\n");
}

#[test]
fn each_task_runs_once_and_after_what_it_needs() {
    let world = World::with(
        "[tasks.a]\nrun = \"echo a >> log\"\n[tasks.b]\nneeds = [\"a\"]\nrun = \"sleep 0.1; echo b >> log\"\n\
         [tasks.c]\nneeds = [\"a\"]\nrun = \"sleep 0.2; echo c >> log\"\n[tasks.d]\nneeds = [\"b\", \"c\"]\nrun = \"echo d >> log\"\n",
    );
    world.run(["d", "--jobs", "4"]).code(0);
    assert_eq!(world.read("log"), "a\nb\nc\nd\n");
}

#[test]
fn a_failure_stops_the_siblings_and_starts_nothing_new() {
    let world = World::with(
        "[tasks.all]\nneeds = [\"bad\", \"long\", \"after\"]\n[tasks.bad]\nrun = \"sleep 0.2; exit 1\"\n\
         [tasks.long]\nrun = \"sleep 60\"\n[tasks.after]\nneeds = [\"bad\"]\nrun = \"touch after\"\n",
    );
    let begin = std::time::Instant::now();
    world.run(["all", "--jobs", "4"]).code(1).says("– long stopped, because another task failed");
    assert!(begin.elapsed().as_secs() < 20, "the sibling was waited for");
    assert!(!world.repo().join("after").exists());
}

#[test]
fn keep_going_runs_what_does_not_need_the_failed_task() {
    let world = World::with(
        "[tasks.all]\nneeds = [\"bad\", \"after\", \"other\"]\n[tasks.bad]\nrun = \"exit 1\"\n\
         [tasks.after]\nneeds = [\"bad\"]\nrun = \"touch after\"\n[tasks.other]\nrun = \"sleep 0.2; touch other\"\n",
    );
    world.run(["all", "--jobs", "1", "--keep-going"]).code(1).says("– after bad failed");
    assert!(!world.repo().join("after").exists() && world.repo().join("other").exists());
}

#[test]
fn finally_runs_after_a_failure() {
    let world = World::with("[tasks.t]\nrun = \"exit 5\"\nfinally = [\"clean\"]\n[tasks.clean]\nrun = \"touch cleaned\"\n");
    world.run(["t"]).code(5).says("error: task `t` failed: exit code 5");
    assert!(world.repo().join("cleaned").exists());
    // The code of what cleans up is not the task's own.
    let world = World::with("[tasks.t]\nrun = \"true\"\nfinally = [\"clean\"]\n[tasks.clean]\nrun = \"exit 5\"\n");
    world.run(["t"]).code(1).says("error: task `clean` failed: exit code 5");
}

#[test]
fn a_task_that_takes_too_long_is_stopped_with_exit_code_4() {
    let world = World::with("[tasks.t]\nrun = \"sleep 60\"\ntimeout = \"300ms\"\n");
    world.run(["t"]).code(4).says("error: task `t` ran out of its time");
}

#[test]
fn a_flaky_task_is_tried_again() {
    let world = World::with("[tasks.t]\nretries = 2\nrun = \"test -f once || { touch once; exit 1; }\"\n");
    world.run(["t"]).code(0).says("  t: exit code 1; try 2 of 3 in 1 s");
}

#[test]
fn a_question_needs_a_terminal_or_yes() {
    let world = World::with(
        "[tasks.drop]\nconfirm = \"drop the database?\"\nneeds = [\"first\"]\nrun = \"touch dropped\"\n[tasks.first]\nrun = \"touch first\"\n",
    );
    world.run(["drop"]).code(6).stderr("error: not confirmed: drop the database?\n │\n ╰ help: answer with --yes\n");
    assert!(!world.repo().join("first").exists(), "asked before anything runs");
    world.run(["drop", "--yes"]).code(0);
    assert!(world.repo().join("dropped").exists());
}

#[test]
fn variables_have_one_order_of_precedence() {
    let mut world = World::with(
        "[vars]\ncost_centre = \"4711\"\n[service]\nname = \"users\"\nport = 8080\n\
         [tasks.t]\nenv-files = [\"one.env\", \"two.env\"]\nenv = { TASK = \"task\", GIVEN = \"task\" }\n\
         run = 'echo $VAR_COST_CENTRE $PORT $FILE $CALLER $TASK $GIVEN'\n",
    );
    world.file("one.env", "FILE=one\nCALLER=file\nTASK=file\n");
    world.file("two.env", "FILE=two\n");
    world.env("CALLER", "caller").env("TASK", "caller").env("GIVEN", "caller");
    world.run(["t", "-e", "GIVEN=given"]).code(0).stdout("4711 8080 two caller task given\n");
}

#[test]
fn a_missing_env_file_names_its_example() {
    let world = World::with("[tasks.t]\nenv-files = [\".env\"]\nrun = \"echo ran\"\n");
    world.file(".env.example", "A=\nB=1\n");
    world.run(["t"]).code(0).stdout("ran\n").stderr(
        "warning: .env is named in tasks.t.env-files, and is not there\n │\n ├ note: .env.example has: A, B\n ╰ help: run `cp .env.example .env`, then fill in what is yours\n",
    );
    world.file(".env", "A=1\nnonsense\n");
    world.run(["t"]).code(2).stdout("").says("this line has no `=`").says(".env:2:1");
}

#[test]
fn a_masked_value_is_hidden_in_output_and_titles() {
    let world = World::with(
        "[tasks.t]\nenv = { TOKEN = { value = \"hunter2secret\", mask = true }, ASKED = { command = [\"echo\", \"from-the-vault\"] } }\n\
         run = 'echo \"token $TOKEN asked $ASKED\"; printf %s \"$TOKEN\" | base64'\n",
    );
    world.run(["t"]).code(0).stdout("token *** asked ***\n***\n");
    let shown = world.run(["t", "--dry-run"]);
    assert!(!shown.code(0).out().contains("hunter2"), "{shown:?}");
    // Nobody is asked for a value that is not needed.
    shown.prints("ASKED=\"$(echo from-the-vault)\"");
}

#[test]
fn unchanged_sources_are_not_built_again() {
    let world = World::with("[tasks.build]\nsources = [\"src/**\"]\noutputs = [\"out\"]\nrun = \"cat src/* > out; echo built\"\n");
    world.file("src/a", "1");
    world.run(["build"]).code(0).stdout("built\n").says("(it has not run yet)");
    world.run(["build"]).code(0).stdout("").stderr("– build up to date\n");
    world.file("src/a", "2");
    world.run(["why", "build"]).code(0).stdout("▸ build  1 file changed: src/a\n").stderr("");
    world.run(["build"]).code(0).stdout("built\n");
    std::fs::remove_file(world.repo().join("out")).unwrap();
    world.run(["build"]).code(0).stdout("built\n").says("its output out is not there");
    world.run(["build", "--force"]).code(0).stdout("built\n");
}

#[test]
fn a_task_may_choose_its_shell_and_its_system() {
    let world = World::with(
        "[tasks.t]\nneeds = [\"mac\"]\nshell = [\"bash\", \"-euo\", \"pipefail\", \"-c\"]\nrun = 'false | true; echo no'\n\
         [tasks.mac]\nos = [\"macos\"]\nrun = \"echo mac\"\n[tasks.here]\nos = [\"linux\", \"macos\"]\nrun = \"echo here\"\n",
    );
    world.run(["t"]).code(1).stdout("").says("error: task `t` failed: exit code 1");
    world.run(["here"]).code(0).stdout("here\n").stderr("");
    if cfg!(target_os = "linux") {
        world.run(["mac"]).code(0).stdout("").stderr("– mac only on macos\n");
    }
}

#[test]
fn an_interactive_task_keeps_the_terminal_also_beside_secrets() {
    use expectrl::{Eof, Expect as _, Session};
    let world = World::with(
        "[tasks.ask]\ninteractive = true\nenv = { TOKEN = { value = \"hunter2secret\", mask = true } }\n\
         run = 'test -t 0 && test -t 1 && printf \"name? \" && read -r name && echo \"hello $name\"'\n",
    );
    let mut command = world.command(support::INSTEP, &world.repo());
    command.args(["ask", "--junit", "j.xml"]);
    let mut session = Session::spawn(command).unwrap();
    session.set_expect_timeout(Some(LIMIT));
    session.expect("name? ").unwrap();
    session.send_line("ada").unwrap();
    session.expect("hello ada").unwrap();
    session.expect(Eof).unwrap();
    assert!(world.read("j.xml").contains("<testcase name=\"ask\" classname=\"instep.ask\" time=\""));
}

#[test]
fn other_variables_make_a_task_stale() {
    let world = World::with(
        "[tasks.build]\nsources = [\"a\"]\nenv-files = [\".env\"]\nenv = { MODE = \"{{ env.MODE | default('dev') }}\" }\nrun = 'echo $A $MODE'\n",
    );
    world.file("a", "1");
    world.file(".env", "A=1\n");
    let stale = "▸ build  its command, arguments or variables changed\n";
    world.run(["build"]).code(0).stdout("1 dev\n");
    world.run(["why", "build"]).code(0).stdout("✓ build  up to date\n");
    world.file(".env", "A=2\n");
    world.run(["why", "build"]).code(0).stdout(stale);
    world.run(["build"]).code(0).stdout("2 dev\n");
    std::fs::remove_file(world.repo().join(".env")).unwrap();
    world.run(["why", "build"]).code(0).stdout(stale);
    world.file(".env", "A=2\n");
    world.run(["why", "build"]).code(0).stdout("✓ build  up to date\n");
    let mut world = world;
    world.env("MODE", "live");
    world.run(["why", "build"]).code(0).stdout(stale);
}

#[test]
fn a_damaged_index_is_never_believed() {
    let world = World::with("[tasks.build]\nsources = [\"a\", \"b\"]\nrun = \"echo built\"\n");
    world.file("a", "1");
    world.file("b", "2");
    world.run(["build"]).code(0).stdout("built\n");
    world.run(["why", "build"]).code(0).stdout("✓ build  up to date\n");
    let kept = ".instep/state/tasks/build";
    let whole = std::fs::read(world.repo().join(kept)).unwrap();
    let damaged = |bytes: &[u8], how: &str| {
        world.file(kept, bytes);
        let ran = world.run(["why", "build"]);
        assert!(ran.exit() == 0 && ran.out() == "▸ build  what was kept of its last run can't be used\n", "{how}: {ran:?}");
    };
    // One digit more or less, here and there; cut here and there. Every place: see the unit tests.
    for at in (0..whole.len()).step_by(3) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        damaged(&bytes, &format!("byte {at}"));
        if at % 2 == 0 {
            damaged(&whole[..at], &format!("cut at {at}"));
        }
    }
    damaged(b"\xff\0garbage", "garbage");
    world.run(["build"]).code(0).stdout("built\n").says("(what was kept of its last run can't be used)");
    world.run(["build"]).code(0).stderr("– build up to date\n");
}

#[test]
fn new_content_behind_an_old_time_is_noticed() {
    let world = World::with("[tasks.build]\nsources = [\"a\"]\nrun = \"echo built\"\n");
    let file = world.file("a", "1");
    let time = std::fs::metadata(&file).unwrap().modified().unwrap();
    world.run(["build"]).code(0).stdout("built\n");
    std::fs::write(&file, "2").unwrap();
    std::fs::File::options().write(true).open(&file).unwrap().set_modified(time).unwrap();
    world.run(["build"]).code(0).stdout("built\n");
}

#[test]
fn a_built_in_command_can_be_replaced() {
    let world = World::with("[tasks.smoke-test]\ndescription = \"Our own\"\nrun = \"echo mine\"\n");
    world.run(["smoke-test"]).code(0).stdout("mine\n");
    world.run(["list"]).code(0).prints("smoke-test  Our own (replaces the built-in)");
}

#[test]
fn dry_run_prints_a_script_that_does_the_same() {
    let world = World::with(
        "[tasks.a]\nrun = [\"echo 'it is' > a b\", \"echo two\"]\ndir = \"sub dir\"\n[tasks.b]\nneeds = [\"a\"]\nrun = \"echo b\"\n",
    );
    std::fs::create_dir(world.repo().join("sub dir")).unwrap();
    let ran = world.run(["b", "--dry-run"]);
    ran.code(0).stderr("");
    assert!(!world.repo().join("sub dir/a").exists());
    let script = world.file("script", ran.bytes());
    let output = world.command("sh", &world.repo()).arg(script).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "two\nb\n");
    assert_eq!(world.read("sub dir/a"), "it is b\n");
}

#[test]
fn output_that_is_not_utf8_passes_unchanged() {
    let world =
        World::with("[tasks.t]\nrun = \"printf '\\\\377\\\\376 ok'\"\n[tasks.both]\nneeds = [\"t\", \"u\"]\n[tasks.u]\nrun = \"true\"\n");
    assert_eq!(world.run(["t"]).code(0).bytes(), b"\xff\xfe ok");
    assert_eq!(world.run(["both"]).code(0).bytes(), b"\xff\xfe ok\n");
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let world = World::with("[tasks.t]\nrun = \"true\"\n");
    let line = format!("{} list | true", support::INSTEP);
    let output = world.command("bash", &world.repo()).args(["-c", &format!("set -o pipefail; {line}")]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_full_disk_gives_one_clear_error() {
    let world = World::with("[tasks.t]\nrun = \"true\"\n");
    let line = format!("{} list > /dev/full", support::INSTEP);
    let output = world.command("sh", &world.repo()).args(["-c", &line]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "error: can't write to stdout: No space left on device (os error 28)\n");
}

const PARAMS: &str = "[environments.staging]\ncontext = \"c\"\n[tasks.deploy]\ndescription = \"Deploy it\"\n\
                      run = 'echo \"$target $level $count $quick [$INSTEP_ENVIRONMENT]\"; echo \"$#: $*\"'\n\
                      [tasks.deploy.params]\ntarget = { type = \"environment\", description = \"Where to\" }\nlevel = { choices = [\"low\", \"high\"], default = \"low\" }\n\
                      count = { type = \"int\", default = 3 }\nquick = { type = \"bool\" }\nfiles = { type = \"path\", variadic = true }\n";

#[test]
fn parameters_are_parsed_checked_and_passed_as_variables_and_words() {
    let world = World::with(PARAMS);
    world.run(["deploy", "staging"]).code(0).stdout("staging low 3 false [staging]\n1: staging\n");
    world
        .run(["deploy", "staging", "a b", "c", "--level", "high", "--count=-1", "--quick=x"])
        .code(2)
        .says("unexpected value 'x' for '--quick' found; no more were expected");
    world
        .run(["deploy", "staging", "a b", "c", "--level", "high", "--count=-1", "--", "-z"])
        .code(0)
        .stdout("staging high -1 false [staging]\n4: staging a b c -z\n");
    world.run(["deploy"]).code(2).says("<TARGET>");
    world.run(["deploy", "stagin"]).code(2).says("invalid value 'stagin' for '<TARGET>'").says("possible values: staging");
    world
        .run(["deploy", "staging", "--count", "x"])
        .code(2)
        .says("invalid value 'x' for '--count <COUNT>': a whole number is needed, such as 3\n");
    world
        .run(["deploy", "staging", "--jobs", "0"])
        .code(2)
        .says("invalid value '0' for '--jobs <N>': a number from 1 to 65535 is needed\n");
    world.run(["deploy", "--help"]).code(0).prints("Deploy it").prints("Where to").prints("[possible values: low, high]");
}

#[test]
fn a_parameter_can_not_hide_a_common_option() {
    let world =
        World::with("[tasks.t]\nrun = \"true\"\n[tasks.t.params]\ndry_run = { type = \"bool\" }\nall = { variadic = true }\nmore = {}\n");
    let ran = world.run(["t"]);
    ran.code(2).says("parameter `dry_run` has the name of an option that every command has");
    ran.says("parameter `more` never gets a value: `all` takes all that is left").says("write it before `all`");
}

/// `instep … --watch` in the background.
struct Watching(Option<std::process::Child>);

impl Watching {
    fn start(world: &World, args: &[&str]) -> Self {
        use std::process::Stdio;
        let mut command = world.command(support::INSTEP, &world.repo());
        command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(Some(command.spawn().unwrap()))
    }

    /// Interrupted: the exit code, stdout, stderr.
    fn end(mut self) -> (i32, String, String) {
        let child = self.0.take().unwrap();
        assert!(std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            drop(std::process::Command::new("kill").arg(child.id().to_string()).status());
            drop(child.wait());
        }
    }
}

const LIMIT: std::time::Duration = std::time::Duration::from_secs(30);

/// How many lines a file has; 0 when it is not there.
fn lines(world: &World, file: &str) -> usize {
    std::fs::read_to_string(world.repo().join(file)).unwrap_or_default().lines().count()
}

#[test]
fn a_watched_task_runs_again_when_what_it_reads_changes() {
    let world = World::with("[tasks.t]\nrun = \"cat a.txt >> log; ! grep -q bad a.txt\"\nsources = [\"*.txt\"]\nwatch = true\n");
    world.file("a.txt", "one\n");
    let run = Watching::start(&world, &["t"]);
    wait_until("the first run", LIMIT, || lines(&world, "log") == 1);
    world.file("other.md", "nothing");
    world.file("a.txt", "bad\n");
    wait_until("a run that fails", LIMIT, || lines(&world, "log") == 2);
    // It has written, and has yet to fail: a change now would stop it instead.
    std::thread::sleep(std::time::Duration::from_millis(500));
    world.file("a.txt", "three\n");
    wait_until("it goes on", LIMIT, || lines(&world, "log") == 3);
    let (code, out, err) = run.end();
    assert_eq!((code, out.as_str()), (130, ""), "{err}");
    assert_eq!(world.read("log"), "one\nbad\nthree\n");
    assert!(err.contains("▸ changed: a.txt\n") && err.contains("error: task `t` failed: exit code 1\n"), "{err}");
    assert!(err.contains("… waiting for changes (Ctrl-C ends)\n") && !err.contains("other.md"), "{err}");
}

#[test]
fn a_change_while_it_runs_stops_it_first() {
    let mark = format!("8{:07}", std::process::id());
    let world = World::with(&format!(
        "[tasks.all]\nneeds = [\"a\", \"b\"]\n[tasks.a]\nrun = \"sleep {mark} & echo a >> log; test ! -e go || exit 0; wait\"\nfinally = [\"end\"]\n\
         [tasks.b]\nrun = \"echo b >> log\"\nretries = 3\n[tasks.end]\nrun = \"echo end >> log\"\n"
    ));
    // What is made, and what git ignores, is not watched.
    world.file(".gitignore", "log\n");
    for jobs in ["1", "4"] {
        drop(std::fs::remove_file(world.repo().join("go")));
        let run = Watching::start(&world, &["all", "--watch", "--jobs", jobs]);
        wait_until("it runs", LIMIT, || count_processes(&mark) >= 2 && lines(&world, "log") >= 1);
        world.file("other", jobs);
        wait_until("it runs anew", LIMIT, || {
            world.read("log").matches("a\n").count() == 2 && count_processes(&format!("sleep {mark}")) >= 1
        });
        assert_eq!(world.read("log").matches("end\n").count(), 1, "what cleans up runs: {}", world.read("log"));
        let (code, _, err) = run.end();
        assert_eq!(code, 130, "{err}");
        assert!(err.contains("– a stopped, because files changed\n") && err.contains("▸ changed: other\n"), "{err}");
        assert_eq!(count_processes(&mark), 0);
        std::fs::remove_file(world.repo().join("log")).unwrap();
    }
}

#[test]
fn watching_prints_a_json_line_for_each_run() {
    let world = World::with("[tasks.t]\nrun = \"cat a.txt; echo x >> log\"\nsources = [\"a.txt\"]\n");
    world.file("a.txt", "one");
    let run = Watching::start(&world, &["t", "--watch", "--output", "json"]);
    wait_until("the first run", LIMIT, || lines(&world, "log") == 1);
    // Its end must have been noticed, or this stops it.
    wait_until("it is kept", LIMIT, || world.repo().join(".instep/state/tasks/t").exists());
    world.file("a.txt", "two");
    wait_until("the second run", LIMIT, || lines(&world, "log") == 2);
    let (code, out, _) = run.end();
    assert_eq!(code, 130, "{out}");
    let events: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect();
    assert_eq!((&events[0]["event"], &events[0]["steps"][0]["output"]), (&"ran".into(), &"one".into()), "{out}");
    assert_eq!((&events[1]["event"], &events[1]["files"][0]), (&"changed".into(), &"a.txt".into()), "{out}");
    assert_eq!(events.last().unwrap()["error"]["kind"], "signal", "{out}");
}

#[test]
fn only_tasks_are_watched_by_the_option() {
    let world = World::with("[service]\nname = \"hello\"\n[tasks.t]\nrun = \"true\"\n");
    world.run(["list", "--watch"]).code(2).says("--watch is for tasks");
}

#[test]
fn why_of_an_unknown_task_names_the_nearest() {
    let world = World::with("[tasks.test]\nrun = \"true\"\n");
    world.run(["why", "tset"]).code(2).stdout("").stderr("error: there is no task `tset`\n │\n ╰ help: did you mean `test`?\n");
}
