//! `instep promote`: only what passed in the environments before comes any further.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]
mod support;

use std::time::Duration;

use support::World;
use support::kube::Place;
use support::platform::{Platform, controller};

const ONE: &str = "registry.example.com/users@sha256:1111111111111111111111111111111111111111111111111111111111111111";
const TWO: &str = "registry.example.com/users@sha256:2222222222222222222222222222222222222222222222222222222222222222";
/// One that lies in another registry.
const MOVED: &str = "other.example.com/users@sha256:1111111111111111111111111111111111111111111111111111111111111111";

/// A platform repo beside a service in the cluster, with one commit.
fn bare(place: &Place) -> String {
    let bare = place.world.root().join("platform.git").display().to_string();
    let work = place.world.root().join("platform").display().to_string();
    place.world.git(&["init", "--quiet", "--bare", "--initial-branch", "main", &bare]);
    place.world.git(&["init", "--quiet", "--initial-branch", "main", &work]);
    place.world.git(&["-C", &work, "commit", "--quiet", "--allow-empty", "-m", "begin"]);
    place.world.git(&["-C", &work, "push", "--quiet", &bare, "main"]);
    bare
}

fn place() -> Option<Place> {
    let mut place = Place::new("")?;
    for name in ["AUTHOR", "COMMITTER"] {
        place.world.env(&format!("GIT_{name}_NAME"), "ada").env(&format!("GIT_{name}_EMAIL"), "ada@example.com");
    }
    Some(place)
}

#[test]
fn what_never_passed_before_goes_no_further() {
    let Some(place) = place() else { return };
    let bare = bare(&place);
    let production = |more: &str| {
        format!(
            "[environments.production]\ncontext = \"{}\"\nnamespace = \"{}-production\"\nkube-version = \"1.20\"\n[environments.production.gitops]\nrepository = \"file://{bare}\"\n{more}",
            place.context, place.namespace
        )
    };
    let (image, other, bad) = (support::kube::image(), "instep-test/kube-hello:proof", "instep-test/kube-hello:proof-bad");
    support::kube::tag(other);
    support::kube::tag(bad);
    place.config(&production(""));
    place.world.commit("gitops");
    let promote = |image: &str, more: &[&str]| place.world.run(["promote", "production", "--image", image].iter().chain(more));
    for more in [&[][..], &["--dry-run"]] {
        let ran = promote(image, more);
        ran.code(6).stdout("").says(&format!("error: {image} never passed in `staging`, which comes before `production`\n"));
        ran.says("instep.toml:17:14").says("note: nothing has passed in staging yet\n");
        ran.says("deploy it there first: `instep kube-apply staging`\n");
        ran.says("or ask for nothing: `passed-in = []` in [environments.production.gitops]\n");
        ran.says("--override REASON goes past this, and is recorded\n");
        assert!(!ran.err().contains("--from"), "{ran:?}");
    }

    place.apply(&[]).code(0);
    promote(image, &[]).code(0).prints("\n  before  passed in staging as v1 (4 checks)\n");
    let git = |args: &[&str]| place.world.git(&[&["--git-dir", &*bare][..], args].concat());
    let release = || -> serde_json::Value { serde_json::from_str(&git(&["show", "main:hello/release.json"])).unwrap() };
    assert_eq!(release()["smoke"], "passed in staging as v1 (4 checks)");

    // Another one must pass too; the one before has passed, whatever serves there now.
    let ran = promote(other, &[]);
    ran.code(6)
        .says(&format!("note: what passed last in staging: 0.0.0-2.g{} ({image}), as v1\n", &place.world.git(&["rev-parse", "HEAD"])[..7]));
    ran.says("or take what passed there: `instep promote production --from staging`\n");
    place.world.run(["kube-apply", "staging", "--image", other]).code(0);
    promote(image, &[]).code(0).prints("hello holds 0.0.0-");
    promote(other, &[]).code(0).prints("passed in staging as v2 (4 checks)\n");

    // What failed there says so; a reason goes past that, and stays.
    let ran = place.world.run(["kube-apply", "staging", "--image", bad, "--config", "kube.command=[\"/bin/nothing\"]"]);
    assert_ne!(ran.exit(), 0);
    promote(bad, &[]).code(6).says("note: in staging it is rolled-back as v3: ").says(&format!("({other}), as v2\n"));
    promote(bad, &["--override", "staging burns"]).code(0).prints("before  not passed in staging, overruled: staging burns\n");
    assert_eq!(release()["override"], "staging burns");
    assert!(git(&["log", "-1", "--format=%B", "main"]).contains("\noverride: staging burns"));

    // Who can't be asked is no proof; who need not be asked is not.
    let away = place.world.read("instep.toml").replacen(&format!("context = \"{}\"", place.context), "context = \"away\"", 1);
    place.world.file("instep.toml", &away);
    let ran = promote(other, &[]);
    ran.code(6).says(&format!("error: nobody can tell whether {other} passed in `staging`, which comes before `production`\n"));
    ran.says("note: the kubeconfig has no context `away`\n");
    place.world.file("instep.toml", away + "passed-in = []\n");
    let ran = promote(other, &[]);
    ran.code(0).prints("is committed");
    assert!(!ran.out().contains("before"), "{ran:?}");
    assert_eq!(release()["smoke"], serde_json::Value::Null);
}

/// `release.json` as a promotion that waited leaves it.
fn complete(platform: &Platform, environment: &str) {
    let path = format!("{environment}/release.json");
    let text = platform.git(&["show", &format!("main:{path}")]).replace("\"files\"", "\"passed\": \"4 passed in here\",\n  \"files\"");
    platform.edit(&path, &text);
}

/// Staging is deployed through the same platform repo.
fn both() -> Platform {
    let platform = Platform::new("");
    let bare = platform.bare.display();
    let text = format!(
        "[service]\nname = \"users\"\nport = 8080\n[image]\nrepository = \"registry.example.com/users\"\n\
         [environments.staging]\ncontext = \"none\"\nnamespace = \"s\"\nkube-version = \"1.29\"\n[environments.staging.gitops]\nrepository = \"file://{bare}\"\npath = \"staging\"\n\
         [environments.production]\ncontext = \"none\"\nkube-version = \"1.29\"\n[environments.production.gitops]\nrepository = \"file://{bare}\"\npath = \"production\"\n"
    );
    platform.world.file("instep.toml", text);
    platform.world.commit("two");
    platform
}

#[test]
fn a_platform_repo_tells_what_passed() {
    let platform = both();
    let stage = |image: &str| platform.world.run(["promote", "staging", "--image", image]);
    platform.promote(&["--from", "staging"]).code(1).says("nothing is deployed in `staging`").says("`instep promote staging --wait`");
    stage(ONE).code(0);
    let ran = platform.promote(&["--image", ONE]);
    ran.code(6).says("error: sha256:111111111111 never passed in `staging`, which comes before `production`\n");
    ran.says("note: `staging` holds it, but nobody waited until it serves there\n").says("note: nothing has passed in staging yet\n");
    ran.says("deploy it there first: `instep promote staging --wait`\n");
    platform.promote(&["--from", "staging"]).code(6).says("error: nobody waited until what `staging` holds serves there: 0.0.0-2.g");

    complete(&platform, "staging");
    let words = format!("passed in staging as 0.0.0-2.g{} (4 passed in here)", &platform.world.git(&["rev-parse", "HEAD"])[..7]);
    platform.promote(&["--image", ONE]).code(0).prints(&format!("before  {words}\n"));
    stage(TWO).code(0);
    platform.promote(&["--image", TWO]).code(6).says("note: what passed last in staging: 0.0.0-2.g").says(" (sha256:111111111111)\n");
    // What came before still counts, wherever the image lies.
    platform.promote(&["--image", MOVED]).code(0).prints(&format!("before  {words}\n"));
    complete(&platform, "staging");
    let ran = platform.promote(&["--from", "staging"]);
    ran.code(0).prints(&format!("image   {TWO}\n")).prints("before  passed in staging as ");
}

#[test]
fn the_pull_request_says_how_it_did_before() {
    let mut platform = both();
    let url = "git@github.com:acme/platform.git";
    let file = format!("\"file://{}\"\npath = \"production\"", platform.bare.display());
    let text = platform.world.read("instep.toml").replace(&file, &format!("\"{url}\"\npath = \"production\"\npull-request = true"));
    platform.world.file("instep.toml", text);
    platform.world.commit("three");
    platform.world.run(["promote", "staging", "--image", ONE]).code(0);
    complete(&platform, "staging");
    platform.world.env("GIT_CONFIG_COUNT", "1").env("GIT_CONFIG_KEY_0", format!("url.file://{}.insteadOf", platform.bare.display()));
    platform.world.env("GIT_CONFIG_VALUE_0", url);
    // The provider is the one thing that can't be real here.
    let gh = "#!/bin/sh\n[ \"$2\" = create ] || exit 0\nprintf '%s\\n' \"$@\" > \"$HOME/request\"\necho https://github.com/acme/platform/pull/7\n";
    platform.world.program("gh", gh);
    platform.promote(&["--image", ONE]).code(0).prints("request  https://github.com/acme/platform/pull/7\n");
    let request = std::fs::read_to_string(platform.world.home().join("request")).unwrap();
    let sha = &platform.world.git(&["rev-parse", "HEAD"])[..7];
    assert!(request.contains(&format!("\nsmoke test before: passed in staging as 0.0.0-3.g{sha} (4 passed in here)\n")), "{request}");
    assert!(request.contains(&format!("image: {ONE}\n")) && request.contains("```diff\n"), "{request}");
}

#[test]
fn what_only_tells_how_it_went_is_not_what_is_taken_back() {
    let platform = both();
    let stage = |args: &[&str]| platform.world.run(["promote", "staging"].iter().chain(args));
    stage(&["--image", ONE]).code(0);
    complete(&platform, "staging");
    stage(&["--image", TWO]).code(0);
    complete(&platform, "staging");
    stage(&["--rollback"]).code(0).prints("✓ Revert \"users 0.0.0-2.g").prints(&format!("image   {ONE}\n"));
    assert!(platform.git(&["show", "main:staging/deployment-users.yaml"]).contains(ONE));
    assert!(platform.git(&["show", "main:staging/release.json"]).contains("\"passed\": \"4 passed in here\""));
    // Only the first release is left, which nothing came before.
    let first = both();
    let stage = |args: &[&str]| first.world.run(["promote", "staging"].iter().chain(args));
    stage(&["--image", ONE]).code(0);
    complete(&first, "staging");
    stage(&["--rollback"]).code(1).says("note: the newest change is the first one\n");
}

#[test]
fn the_environment_above_comes_before() {
    let gitops = "gitops = { repository = \"file:///r.git\" }\ndeploy-on = { branch = \"main\" }\n";
    let before = |base: &str, own: &str| {
        let world = World::with(&format!("extends = \"../base.toml\"\n[service]\nname = \"a\"\n[image]\nrepository = \"r/a\"\n{own}"));
        std::fs::write(world.root().join("base.toml"), base).unwrap();
        world.commit("one");
        let plan = world.run(["ci", "--plan"]).code(0).out();
        let line = plan.lines().find(|line| line.contains("instep promote production")).unwrap().to_owned();
        line.split_once("once it passed in ").map_or_else(String::new, |(_, names)| names.split(", ../").next().unwrap().to_owned())
    };
    let (dev, staging) = ("[environments.dev]\ncontext = \"d\"\n", "[environments.staging]\ncontext = \"s\"\n");
    let production = format!("[environments.production]\ncontext = \"p\"\n{gitops}");
    // Who is asked whether it passed must wait until that is known; a request that a person merges is not waited for.
    let chain = |request: &str| {
        let staging =
            staging.replace("\"s\"", "\"s\"\ndeploy-on = { branch = \"main\" }\ngitops = { repository = \"file:///r.git\"REQUEST }");
        let world = World::with(&format!(
            "[service]\nname = \"a\"\n[image]\nrepository = \"r/a\"\n{}{production}",
            staging.replace("REQUEST", request)
        ));
        world.commit("one");
        world.run(["ci", "--plan"])
    };
    chain("")
        .code(0)
        .prints("instep promote staging --wait")
        .prints("# deploys on branch main; production asks whether it passed, instep.toml:7\n");
    chain(", pull-request = true").code(0).prints("▸  staging       instep promote staging     # deploys on branch main, instep.toml:7\n");
    let name = |found: String| found.split(", instep.toml").next().unwrap().to_owned();
    assert_eq!(name(before("", &production)), "");
    assert_eq!(name(before("", &format!("{dev}{staging}{production}"))), "staging");
    assert_eq!(name(before("", &format!("{production}{staging}"))), "");
    // What the base says in one piece holds, whatever the repo adds to a part of it.
    let more = "[environments.production]\nurl = \"https://a.example.com\"\n";
    assert_eq!(name(before(&format!("{staging}{production}"), more)), "staging");
    // The repo's own stages come before those of its base.
    assert_eq!(name(before(&production, staging)), "staging");
    // What is protected is no stage before what is not.
    let guarded = staging.replace("context", "protected = true\ncontext");
    assert_eq!(name(before("", &format!("{guarded}{production}"))), "");
    assert_eq!(name(before("", &format!("{guarded}{}", production.replace("context", "protected = true\ncontext")))), "staging");
    // What is written is stronger.
    let written = |names: &str| format!("{dev}{staging}{}", production.replace("r.git\"", &format!("r.git\", passed-in = {names}")));
    assert_eq!(name(before("", &written("[\"dev\", \"staging\"]"))), "dev and staging");
    assert_eq!(name(before("", &written("\"dev\""))), "dev");
    assert_eq!(name(before("", &written("[]"))), "");
}

#[test]
fn an_environment_that_is_not_there_is_named_at_once() {
    let toml = |names: &str| {
        format!(
            "[service]\nname = \"a\"\n[environments.staging]\ncontext = \"s\"\n[environments.production]\ncontext = \"p\"\n[environments.production.gitops]\nrepository = \"file:///r.git\"\npassed-in = [\"{names}\"]\n"
        )
    };
    let ran = World::with(&toml("stagin")).run(["ci", "--plan"]);
    ran.code(2).says("error: what comes to `production` can't have passed in `stagin` before\n").says("instep.toml:9:14");
    ran.says("no such environment").says("help: did you mean `staging`?\n");
    World::with(&toml("production")).run(["ci", "--plan"]).code(2).says("the same environment");
}

#[test]
fn behind_pull_requests_a_branch_of_its_own_tells_what_passed() {
    let Some(place) = place() else { return };
    let bare = bare(&place);
    let gitops = |name: &str| format!("[environments.{name}.gitops]\nrepository = \"file://{bare}\"\npath = \"{name}/hello\"\n");
    place.config(&format!(
        "{}pull-request = true\n[clusters.here]\ncontext = \"{1}\"\nkube-version = \"1.20\"\n[environments.production]\ncontext = \"{1}\"\nnamespace = \"elsewhere\"\nkube-version = \"1.20\"\n{2}",
        gitops("staging").replace("staging/hello", "services/hello"),
        place.context,
        gitops("production")
    ));
    let text = place.world.read("instep.toml").replacen(&format!("context = \"{}\"", place.context), "cluster = \"here\"", 1);
    place.world.file("instep.toml", text);
    place.world.commit("gitops");
    let image = support::kube::image();
    let promote = |environment: &str, more: &[&str]| place.world.run(["promote", environment, "--image", image].iter().chain(more));
    let git = |args: &[&str]| place.world.git(&[&["--git-dir", &*bare][..], args].concat());
    let asked = "instep/hello/staging";
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // A person merges the request, and the controller applies it.
            support::wait_until("the request", Duration::from_secs(60), || !git(&["branch", "--list", asked]).is_empty());
            git(&["update-ref", "refs/heads/main", asked]);
            controller(&place, std::path::Path::new(&bare), 2);
        });
        promote("staging", &["--wait"]).code(0).prints("waits for its pull request\n").prints("\n  4 passed in here\n");
    });
    assert_eq!(git(&["rev-list", "--count", "main"]), "2");
    let own = "instep/passed/hello/staging";
    assert!(git(&["show", &format!("{own}:services/hello/release.json")]).contains("\"passed\": \"4 passed in here\""));
    promote("production", &[]).code(0).prints("before  passed in staging as ").prints(" (4 passed in here)\n");
    place.world.run(["promote", "production", "--from", "staging"]).code(0).prints("production/hello holds ");
    // Once more says nothing new.
    promote("staging", &["--wait"]).code(0);
    assert_eq!(git(&["rev-list", "--count", own]), "3");
}
