//! What a run of tasks looks like: blocks, folds, the table at the end, JSON, JUnit, heartbeats.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::process::Stdio;
use std::time::Duration;

use support::{World, wait_until};

const TWO: &str = "[tasks.all]\nneeds = [\"a\", \"b\"]\n[tasks.a]\nrun = \"echo A\"\n[tasks.b]\nrun = \"sleep 0.3; echo B\"\n";
const FAILING: &str = "[tasks.all]\nneeds = [\"slow\", \"bad\", \"after\"]\n[tasks.bad]\nrun = \"echo one; sleep 0.3; echo two; exit 4\"\n\
                       [tasks.slow]\nrun = \"echo 1; sleep 0.1; echo 2\"\n[tasks.after]\nneeds = [\"bad\"]\nrun = \"true\"\n";

#[test]
fn the_failed_block_comes_last_before_a_table_of_all_tasks() {
    let world = World::with(FAILING);
    world.run(["all", "--jobs", "2"]).code(1).stdout("1\n2\none\ntwo\n").stderr(
        "▸ slow echo 1; sleep 0.1; echo 2\n✓ slow [TIME]\n– after bad failed\n\
         ▸ bad echo one; sleep 0.3; echo two; exit 4\n✗ bad exit code 4 ([TIME])\n\n\
         ✓ slow   [TIME]              done\n✗ bad    [TIME]              exit code 4\n– after                      bad failed\n\
         3 tasks in [TIME]: 1 done, 1 skipped, 1 failed\n\
         error: task `bad` failed: exit code 4\n  ╭▸ instep.toml:4:7\n  │\n4 │ run = \"echo one; sleep 0.3; echo two; exit 4\"\n  ╰╴      \
         ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━\n",
    );
}

#[test]
fn a_chain_has_a_table_too_and_a_task_alone_none() {
    let world = World::with("[tasks.t]\nneeds = [\"made\"]\nrun = \"echo t\"\n[tasks.made]\nrun = \"true\"\nsources = [\"instep.toml\"]\n");
    world.run(["made"]).code(0).stderr("▸ made true  (it has not run yet)\n");
    let table = "\n– made                      up to date\n✓ t     [TIME]              done\n2 tasks in [TIME]: 1 done, 1 up to date\n";
    world.run(["t"]).code(0).stdout("t\n").stderr(&format!("– made up to date\n▸ t echo t\n✓ t [TIME]\n{table}"));
    world.run(["t", "--quiet"]).code(0).stdout("t\n").stderr("");
}

/// stdout of a run of two tasks in this CI system, times since 1970 replaced.
fn folded(variable: &str, value: &str) -> String {
    let mut world = World::with(TWO);
    world.env(variable, value);
    let out = world.run(["all", "--jobs", "2"]).code(0).out();
    let replaced = out.split(':').map(|part| if part.len() == 10 && part.parse::<u64>().is_ok() { "[NOW]" } else { part });
    replaced.collect::<Vec<_>>().join(":")
}

#[test]
fn ci_logs_fold_per_task_as_each_system_does() {
    // docs.github.com: "Grouping log lines".
    assert_eq!(folded("GITHUB_ACTIONS", "true"), "::group::▸ a echo A\nA\n::endgroup::\n::group::▸ b sleep 0.3; echo B\nB\n::endgroup::\n");
    // docs.travis-ci.com, and travis-build's `travis_fold`.
    assert_eq!(
        folded("TRAVIS", "true"),
        "travis_fold:start:a\r\u{1b}[0K▸ a echo A\nA\ntravis_fold:end:a\r\u{1b}[0K\n\
         travis_fold:start:b\r\u{1b}[0K▸ b sleep 0.3; echo B\nB\ntravis_fold:end:b\r\u{1b}[0K\n"
    );
    // docs.gitlab.com: "Custom collapsible sections".
    assert_eq!(
        folded("GITLAB_CI", "true"),
        "\u{1b}[0Ksection_start:[NOW]:a[collapsed=true]\r\u{1b}[0K▸ a echo A\nA\n\u{1b}[0Ksection_end:[NOW]:a\r\u{1b}[0K\n\
         \u{1b}[0Ksection_start:[NOW]:b[collapsed=true]\r\u{1b}[0K▸ b sleep 0.3; echo B\nB\n\u{1b}[0Ksection_end:[NOW]:b\r\u{1b}[0K\n"
    );
    // Jenkins has no folds.
    assert_eq!(folded("JENKINS_URL", "https://ci.example.com/"), "A\nB\n");
}

#[test]
fn a_failed_task_is_not_folded_and_a_task_alone_has_no_fold() {
    let mut world = World::with(FAILING);
    world.env("GITHUB_ACTIONS", "true");
    let folded = "::group::▸ slow echo 1; sleep 0.1; echo 2\n1\n2\n::endgroup::\none\ntwo\n";
    world.run(["all", "--jobs", "2"]).code(1).stdout(folded);
    world.run(["slow"]).code(0).stdout("1\n2\n").stderr("");
}

#[test]
fn json_gives_the_run_as_one_document() {
    let world = World::with(
        "[tasks.t]\nneeds = [\"a\", \"made\"]\nrun = \"echo t; exit 2\"\n[tasks.a]\nrun = \"echo a\"\n\
         [tasks.made]\nrun = \"printf '\\\\303'; sleep 0.1; printf '\\\\251'\"\nsources = [\"instep.toml\"]\n",
    );
    let ran = world.run(["t", "--output", "json", "--jobs", "1"]);
    ran.code(1).stderr("");
    let document = ran.json();
    let step = |at: usize, key: &str| document["steps"][at][key].clone();
    assert_eq!([step(0, "id"), step(0, "output"), step(0, "outcome")], ["a", "a\n", "done"]);
    // A letter that came in two pieces.
    assert_eq!([step(1, "id"), step(1, "output"), step(1, "outcome")], ["made", "é", "done"]);
    assert_eq!([step(2, "id"), step(2, "output"), step(2, "outcome"), step(2, "reason")], ["t", "t\n", "failed", "exit code 2"]);
    assert_eq!([step(0, "exit-code"), step(1, "exit-code"), step(2, "exit-code")], [0, 0, 2]);
    assert!(step(1, "seconds").as_f64().is_some_and(|seconds| (0.1..20.0).contains(&seconds)), "{document}");
    assert_eq!((&document["error"]["kind"], &document["error"]["problems"][0]["line"]), (&"failed".into(), &3.into()));
    let again = world.run(["made", "--output", "json"]).code(0).json();
    assert_eq!((&again["steps"][0]["outcome"], &again["steps"][0]["reason"]), (&"skipped".into(), &"up to date".into()));
}

/// The report with its times replaced; Jenkins must be able to read it.
fn junit(world: &World, file: &str) -> String {
    support::junit::holds(world, file);
    let mut out = String::new();
    for (at, part) in world.read(file).split('"').enumerate() {
        let is_time = part.contains('.') && part.parse::<f64>().is_ok() && part != "0.000" && part != "1.0"
            || part.starts_with("20") && part.contains('T');
        out.push_str(if at > 0 { "\"" } else { "" });
        out.push_str(if at % 2 == 1 && is_time { "T" } else { part });
    }
    out
}

#[test]
fn a_junit_report_is_written_also_when_the_run_fails() {
    let world = World::with(&format!(
        "{FAILING}[tasks.odd]\nenv = {{ TOKEN = {{ value = \"a<b>hunter2\", mask = true }} }}\n\
         run = 'printf \"<%s> \\033[31mred\\033[0m \\001\\377 ]]>\\n\" \"$TOKEN\"; exit 3'\n"
    ));
    world.file("reports/j.xml", "old");
    world.run(["all", "--jobs", "2", "--junit", "reports/j.xml"]).code(1);
    assert_eq!(
        junit(&world, "reports/j.xml"),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"instep\" tests=\"3\" failures=\"1\" errors=\"0\" time=\"T\">\n  \
         <testsuite name=\"all\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\" time=\"T\" timestamp=\"T\">\n    \
         <testcase name=\"slow\" classname=\"instep.all\" time=\"T\"/>\n    \
         <testcase name=\"bad\" classname=\"instep.all\" time=\"T\">\n      \
         <failure message=\"exit code 4\" type=\"exit code 4\">one\ntwo\n</failure>\n    </testcase>\n    \
         <testcase name=\"after\" classname=\"instep.all\" time=\"0.000\">\n      <skipped message=\"bad failed\"/>\n    </testcase>\n  \
         </testsuite>\n</testsuites>\n"
    );
    // A task alone: its output is shown as it is, and in the report as XML can hold it, without secrets.
    let ran = world.run(["odd", "--junit", "reports/odd.xml"]);
    ran.code(3).says("error: task `odd` failed: exit code 3");
    assert_eq!(ran.bytes(), b"<***> \x1b[31mred\x1b[0m \x01\xff ]]>\n");
    let report = junit(&world, "reports/odd.xml");
    assert!(report.contains("type=\"exit code 3\">&lt;***&gt; red \u{fffd} ]]&gt;\n</failure>"), "{report}");
}

#[test]
fn a_junit_report_is_written_also_when_nothing_could_run_or_it_was_cancelled() {
    let world = World::with(
        "[tasks.all]\nneeds = [\"long\", \"next\"]\n[tasks.long]\nrun = \"touch up; sleep 61\"\n[tasks.next]\nneeds = [\"long\"]\nrun = \"true\"\n",
    );
    world.run(["why", "nothing", "--junit", "none.xml"]).code(2);
    let report = junit(&world, "none.xml");
    assert!(report.contains("<error message=\"there is no task `nothing`\" type=\"usage\"/>"), "{report}");

    let mut command = world.command(support::INSTEP, &world.repo());
    let child =
        command.args(["all", "--junit", "j.xml"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    wait_until("it runs", Duration::from_secs(20), || world.repo().join("up").exists());
    assert!(std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(143));
    let report = junit(&world, "j.xml");
    assert!(report.contains("<failure message=\"stopped by SIGTERM\""), "{report}");
    assert!(report.contains("<skipped message=\"not run: stopped by SIGTERM\"/>"), "{report}");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("✗ long ") && told.contains("stopped by SIGTERM\n– next "), "{told}");
}

#[test]
fn a_junit_report_without_a_place_is_refused_before_anything_runs() {
    let world = World::with("[tasks.t]\nrun = \"touch ran\"\n");
    world
        .run(["t", "--junit", "reports/j.xml"])
        .code(2)
        .stderr("error: --junit reports/j.xml: there is no folder reports\n │\n ╰ help: make it first: mkdir -p reports\n");
    world.run(["t", "--junit", "."]).code(2).says("--junit .: that is a folder");
    world.run(["t", "--watch", "--junit", "j.xml"]).code(2).says("--junit is for a run that ends");
    assert!(!world.repo().join("ran").exists());
}

/// The part of the next test that runs in a process of its own: the same run, with a shorter heartbeat.
#[test]
#[ignore = "started by the next test"]
fn a_run_with_a_short_heartbeat() {
    use instep::config::Project;
    use instep::report::{Ci, Report, Settings};
    use instep::task::{self, Options, Part, Wanted};
    let file = std::path::PathBuf::from(std::env::var_os("FILE").unwrap());
    let project = Project::read(&file, "instep.toml", &[]).unwrap();
    let report = Report::new(Settings { ci: Ci::detect(|name| std::env::var(name).ok()), ..Settings::default() });
    let part = Part { service: None, project: &project, wanted: Wanted::default() };
    let plan = task::plan(&[part], &std::env::var("TASK").unwrap(), &report).unwrap();
    let options = Options { jobs: 2, keep_going: false, heartbeat: Duration::from_millis(400) };
    task::run(&plan, options, &report).unwrap();
}

#[test]
fn a_line_says_that_something_silent_still_runs() {
    // What users get: before a minute has passed.
    assert!(instep::task::HEARTBEAT < Duration::from_secs(60));
    let world = World::with(&format!("{TWO}[tasks.long]\nrun = \"sleep 1.3\"\n[tasks.both]\nneeds = [\"long\", \"b\"]\n"));
    let told = |task: &str, ci: &str| {
        let mut command = world.command(std::env::current_exe().unwrap().to_str().unwrap(), &world.repo());
        command.env("FILE", world.repo().join("instep.toml")).env("TASK", task).env("CI", ci);
        let output = command.args(["--exact", "a_run_with_a_short_heartbeat", "--ignored", "--nocapture"]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let beats = |text: &str| -> Vec<f64> {
        let times = text.lines().filter_map(|line| line.strip_prefix("  still running: long (")?.strip_suffix(" s)"));
        times.map(|time| time.parse().unwrap()).collect()
    };
    // b ends after 0.3 s and breaks the silence: the line comes 0.4 s later.
    let both = told("both", "");
    assert!(beats(&both).first().is_some_and(|first| *first >= 0.65), "{both}");
    // A task alone writes to the terminal by itself: on CI, which stops what is silent for long, it is told.
    let alone = told("long", "true");
    assert!(beats(&alone).len() >= 2 && alone.lines().count() == beats(&alone).len(), "{alone}");
    assert_eq!(told("long", ""), "");
}
