//! `instep ci` as each CI system shows it: folds, what failed last and open, test results; and what it makes of a tag
//! beside the branches, and of two pipelines for one commit.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]
mod support;

use std::process::{Child, Command, Stdio};

use support::docker::{docker_sh, registry_tags};
use support::kube::Place;
use support::{INSTEP, Ran, World, junit};

const REPO: &str = r#"[service]
name = "users"

[environments.staging]
context = "none"
deploy-on = { branch = "main" }

[tasks.lint]
run = "echo linted"

[tasks.test]
needs = ["unit", "api"]

[tasks.unit]
run = "echo ::notice::seen; echo '##[warning]seen'"

[tasks.api]
run = "echo expected 3, got 4; exit 4"
"#;

/// A CI system's variables, and its lines around the step `test`: before, behind, and before what is shown open.
type Case = (&'static [(&'static str, &'static str)], &'static str, &'static str, &'static str);

const SYSTEMS: &[Case] = &[
    (&[("TF_BUILD", "True"), ("BUILD_SOURCEBRANCH", "refs/heads/main")], "##[group]instep test\n", "##[endgroup]\n", ""),
    (&[("BUILDKITE", "true"), ("BUILDKITE_BRANCH", "main")], "--- instep test\n", "", "+++ the end of instep test\n"),
    (
        &[("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", "push"), ("GITHUB_REF", "refs/heads/main")],
        "::group::instep test\n",
        "::endgroup::\n",
        "",
    ),
    (
        &[("GITLAB_CI", "true"), ("CI_COMMIT_BRANCH", "main")],
        "\u{1b}[0Ksection_start:[NOW]:test[collapsed=true]\r\u{1b}[0Kinstep test\n",
        "\u{1b}[0Ksection_end:[NOW]:test\r\u{1b}[0K\n",
        "",
    ),
    (
        &[("TRAVIS", "true"), ("TRAVIS_PULL_REQUEST", "false"), ("TRAVIS_BRANCH", "main")],
        "travis_fold:start:test\r\u{1b}[0Kinstep test\n",
        "travis_fold:end:test\r\u{1b}[0K\n",
        "",
    ),
];

/// The step that failed, on stdout.
const TEST: &str = "▸ unit echo ::notice::seen; echo '##[warning]seen'\n::notice::seen\n##[warning]seen\n✓ unit [TIME]\n▸ api echo expected 3, got 4; exit 4\nexpected 3, got 4\n✗ api exit code 4 ([TIME])\n";

/// Without the times of GitLab's sections.
fn out(ran: &Ran) -> String {
    let pieces: Vec<String> = ran.out().split(':').map(|piece| if is_now(piece) { "[NOW]".to_owned() } else { piece.to_owned() }).collect();
    pieces.join(":")
}

fn is_now(piece: &str) -> bool {
    piece.len() == 10 && piece.parse::<u64>().is_ok()
}

#[test]
fn each_system_folds_the_steps_and_shows_the_end_of_a_failed_one_open() {
    for (variables, open, close, seen) in SYSTEMS {
        let mut world = World::with(REPO);
        world.commit("one");
        for (name, value) in *variables {
            world.env(name, value);
        }
        let ran = world.run(["ci"]);
        let out = out(ran.code(1));
        // Nothing folds inside of a fold.
        assert!(out.contains(&format!("{open}{TEST}")), "{variables:?}\n{out}");
        let (_, rest) = out.split_once(&format!("{open}{TEST}")).unwrap();
        let (folded, shown) = rest.split_once(&format!("{close}{seen}▸ unit")).unwrap();
        assert!(folded.contains("error: task `api` failed: exit code 4\n"), "{variables:?}\n{out}");
        // What the system acts on is not said twice.
        assert!(shown.contains("expected 3, got 4\n") && shown.contains("error: task `api` failed"), "{variables:?}\n{out}");
        let acts = match variables[0].0 {
            "GITHUB_ACTIONS" => "\n::notice",
            "TF_BUILD" => "\n##[warning",
            _ => "section_",
        };
        assert!(!shown.contains(acts), "{variables:?}\n{out}");
        // The table is last.
        assert!(out.ends_with("–  staging       a step before it failed\n"), "{variables:?}\n{out}");
        assert_eq!(out.contains("+++ what instep ci did\n\nBuildkite: branch main"), variables[0].0 == "BUILDKITE");
    }
}

#[test]
fn the_folds_of_a_workspace_have_names_that_every_system_takes() {
    let mut world = World::with("[workspace]\nmembers = [\"services/*\"]\n");
    world.file("services/api/instep.toml", "[service]\nname = \"api\"\n[tasks.test]\nrun = \"echo tested\"\n");
    world.commit("one");
    world.env("GITLAB_CI", "true").env("CI_COMMIT_BRANCH", "main");
    let ran = world.run(["ci"]);
    let out = out(ran.code(0));
    assert!(out.contains("section_start:[NOW]:api.test[collapsed=true]\r\u{1b}[0Kinstep --service api test\ntested\n"), "{out}");
    assert!(out.contains("section_end:[NOW]:api.test\r"), "{out}");
}

#[test]
fn jenkins_gets_a_case_for_each_step_with_what_it_wrote() {
    let mut world = World::with(REPO);
    world.commit("one");
    world.env("JENKINS_URL", "http://j/").env("BRANCH_NAME", "main");
    let ran = world.run(["ci", "--junit", "ci.xml"]);
    ran.code(1).prints("linted\n").prints("expected 3, got 4\n");
    let text = world.read("ci.xml");
    junit::holds(&world, "ci.xml");
    assert!(text.contains("<testcase name=\"lint\" classname=\"instep.ci\" "), "{text}");
    assert!(text.contains("<failure message=\"exit code 1\" type=\"failed\">▸ unit ") && text.contains("expected 3, got 4\n"), "{text}");
    assert_eq!(text.matches("expected 3, got 4\n").count(), 1, "{text}");
    assert!(text.contains("<skipped message=\"the repo has no [image]\"/>") && text.contains("a step before it failed"), "{text}");
}

/// A remote with main, and a tag on a branch beside it.
fn tagged() -> World {
    let world =
        World::with(&format!("{REPO}[environments.production]\ncontext = \"none\"\nnamespace = \"p\"\ndeploy-on = {{ tag = \"v*\" }}\n"));
    world.commit("one");
    let origin = world.root().join("origin.git").display().to_string();
    world.git(&["clone", "--quiet", "--bare", ".", &origin]);
    world.git(&["remote", "add", "origin", &origin]);
    world.git(&["fetch", "--quiet", "origin"]);
    world.git(&["tag", "v1.0.0"]);
    world.git(&["checkout", "--quiet", "-b", "fix"]);
    world.commit("a hot fix");
    world.git(&["tag", "v1.0.1"]);
    world
}

#[test]
fn a_tag_beside_the_branches_that_deploy_is_said() {
    let mut world = tagged();
    world.env("TRAVIS", "true").env("TRAVIS_BRANCH", "v1.0.1").env("TRAVIS_TAG", "v1.0.1").env("TRAVIS_PULL_REQUEST", "false");
    let sha = world.git(&["rev-parse", "--short=7", "HEAD"]);
    let plan = world.run(["ci", "--plan"]);
    plan.code(0).prints(&format!("Travis CI: tag v1.0.1 at {sha}, which is not on main\n"));
    // A hot fix is released so: it is deployed all the same.
    plan.prints("▸  production    instep kube-apply production  # deploys on tag v*");
    assert_eq!(world.run(["ci", "--plan", "--output", "json"]).json()["not-on"], serde_json::json!(["main"]));
    let page = world.root().join("summary.md");
    world.env("GITHUB_STEP_SUMMARY", page.display().to_string());
    world.run(["ci"]).code(1).says(", which is not on main\n");
    assert!(std::fs::read_to_string(page).unwrap().starts_with("### instep ci: tag v1.0.1, which is not on main\n"));
    // Once it is merged, and where nobody can tell, nothing is said.
    world.git(&["checkout", "--quiet", "main"]);
    world.git(&["-c", "user.name=t", "-c", "user.email=t@example.com", "merge", "--quiet", "--no-ff", "-m", "merged", "fix"]);
    world.git(&["checkout", "--quiet", "v1.0.1"]);
    world.run(["ci", "--plan"]).code(0).prints(&format!("tag v1.0.1 at {sha}\n"));
    let world = tagged();
    let clone = world.root().join("clone").display().to_string();
    world.git(&["clone", "--quiet", "--depth", "1", "--branch", "v1.0.1", &format!("file://{}", world.repo().display()), &clone]);
    let sha = world.git(&["rev-parse", "--short=7", "HEAD"]);
    world.run_in(std::path::Path::new(&clone), ["ci", "--plan"]).code(0).prints(&format!("here: tag v1.0.1 at {sha}\n"));
}

#[test]
fn a_shallow_clone_is_warned_of_where_its_version_says_nothing() {
    let world = tagged();
    let clone = world.root().join("clone");
    let url = format!("file://{}", world.repo().display());
    world.git(&["clone", "--quiet", "--depth", "1", "--branch", "fix", &url, &clone.display().to_string()]);
    let git = |args: &[&str]| world.git(&[&["-C", &*clone.display().to_string()][..], args].concat());
    let sha = git(&["rev-parse", "--short=7", "HEAD"]);
    // On a tag, the version is the tag.
    world.run_in(&clone, ["ci", "--plan"]).code(0).stderr("");
    git(&["tag", "--delete", "v1.0.1"]);
    std::fs::write(clone.join("Dockerfile"), "FROM scratch\n").unwrap();
    let warning = format!("warning: the clone is shallow: its version is 0.0.0-0.g{sha}, whatever was released before\n");
    world.run_in(&clone, ["ci", "--plan"]).code(0).says(&warning).says("help: fetch the whole history: `git fetch --unshallow --tags`");
    let build = ["docker-build", "--dry-run", "--config", "image.repository='r/users'"];
    world.run_in(&clone, build).code(0).says(&warning);
    git(&["fetch", "--quiet", "--unshallow"]);
    world.run_in(&clone, ["ci", "--plan"]).code(0).stderr("");
}

/// Starts a pipeline in a checkout.
fn pipeline(world: &World, dir: &std::path::Path) -> Child {
    let mut command: Command = world.command(INSTEP, dir);
    command.arg("ci").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

#[test]
fn two_pipelines_for_one_commit_end_well_with_one_image_and_one_of_them_after_the_other() {
    let Some(place) = Place::new("") else { return };
    let repository = format!("localhost:5000/instep-test/two-{}", std::process::id());
    let text = format!(
        "[service]\nname = \"hello\"\nport = 8080\n[image]\nrepository = \"{repository}\"\n[environments.staging]\ncontext = \"{}\"\nnamespace = \"{}\"\ndeploy-on = {{ branch = \"main\" }}\n[ci]\nskip = [\"smoke-test\"]\n",
        place.context, place.namespace
    );
    place.world.file("instep.toml", text);
    place.world.file("Dockerfile", format!("FROM {}\n", support::kube::image()));
    place.world.commit("one");
    let other = place.world.root().join("other");
    place.world.git(&["clone", "--quiet", ".", &other.display().to_string()]);
    // Both are at it at once, each in a checkout of its own.
    let both = [pipeline(&place.world, &place.world.repo()), pipeline(&place.world, &other)];
    let ended: Vec<Ran> = both.into_iter().map(|child| Ran::of(child.wait_with_output().unwrap(), &place.world)).collect();
    let tags = registry_tags(&repository)["tags"].as_array().map(Vec::len);
    docker_sh(&format!("docker images --quiet {repository} | sort -u | xargs --no-run-if-empty docker rmi --force"));
    for ran in &ended {
        ran.code(0).prints("✓  docker-push   [TIME]\n").prints("✓  staging       [TIME]\n");
    }
    assert_eq!(tags, Some(2), "the version, and the commit");
    assert_eq!(place.outcomes(), "instep-release-hello-v1=deployed instep-release-hello-v2=deployed");
    assert_eq!(place.kubectl(&["get", "replicasets", "--output=name"]).lines().count(), 1, "the second one changed no pod");
}
