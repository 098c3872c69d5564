//! `instep promote`: commits to a platform repo, on real git servers over `file://`.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]
mod support;

use std::path::Path;
use std::process::{Command, Stdio};

use support::docker::docker_sh;
use support::platform::{Platform, controller, toml};
use support::sshd::Sshd;
use support::{INSTEP, World};

const ONE: &str = "registry.example.com/users@sha256:1111111111111111111111111111111111111111111111111111111111111111";
const TWO: &str = "registry.example.com/users@sha256:2222222222222222222222222222222222222222222222222222222222222222";

#[test]
fn a_promotion_is_one_commit_to_one_folder() {
    let platform = Platform::new("");
    let ran = platform.promote(&["--image", ONE]);
    ran.code(0).prints("✓ users 0.0.0-1.g").prints("→ production is committed").prints("on main\n").says("+kind: Deployment");
    assert_eq!(
        platform.git(&["ls-tree", "-r", "--name-only", "main"]),
        "other/keep.yaml\nservices/users/deployment-users.yaml\nservices/users/release.json\nservices/users/service-users.yaml"
    );
    assert!(platform.git(&["show", "main:services/users/deployment-users.yaml"]).contains(&format!("image: {ONE}")));
    let release: serde_json::Value = serde_json::from_str(&platform.git(&["show", "main:services/users/release.json"])).unwrap();
    assert_eq!(release["images"]["image"], ONE);
    assert_eq!(release["commit"], platform.world.git(&["rev-parse", "HEAD"]));
    assert_eq!(platform.git(&["log", "-1", "--format=%an", "main"]), "ada");

    // The same again changes nothing, whoever asks.
    platform.promote(&["--image", ONE]).code(0).prints("services/users holds 0.0.0-1.g").stderr("");
    assert_eq!(platform.commits("main"), 2);

    // The next one names the commits between.
    platform.world.commit("Answer in Latin");
    let ran = platform.promote(&["--image", TWO, "--output", "json"]);
    assert_eq!(ran.code(0).json()["changed"], true);
    let message = platform.git(&["log", "-1", "--format=%B", "main"]);
    assert!(message.starts_with("users 0.0.0-2.g") && message.contains(&format!("image: {TWO}\n")), "{message}");
    assert!(message.contains("Answer in Latin (ada)"), "{message}");
}

#[test]
fn a_promotion_is_taken_back_by_a_commit() {
    let platform = Platform::new("");
    platform.promote(&["--rollback"]).code(1).says("services/users holds no release.json");
    platform.promote(&["--image", ONE]).code(0);
    platform.promote(&["--rollback"]).code(1).says("has no earlier release").says("the newest change is the first one");
    platform.promote(&["--image", TWO]).code(0);
    platform.promote(&["--rollback"]).code(0).prints("✓ Revert \"users 0.0.0-1.g");
    assert!(platform.git(&["show", "main:services/users/deployment-users.yaml"]).contains(&format!("image: {ONE}")));
    assert_eq!(platform.commits("main"), 4);
    // What was put back is what release.json says, so the way forward is open.
    platform.promote(&["--image", TWO]).code(0).prints("is committed");
}

#[test]
fn edits_by_hand_are_shown_and_not_overwritten() {
    let platform = Platform::new("");
    platform.promote(&["--image", ONE]).code(0);
    platform.edit("services/users/service-users.yaml", "edited: true\n");
    platform.edit("services/users/extra.yaml", "extra: true\n");
    platform
        .promote(&["--image", TWO])
        .code(6)
        .says("somebody else wrote to services/users in file://")
        .says("extra.yaml is new")
        .says("service-users.yaml is changed")
        .says("extra.yaml is new in services/users:\n@@ -0,0 +1 @@\n+extra: true\nservice-users.yaml is changed in services/users:\n@@ ")
        .says("\n-kind: Service\n")
        .says("\n+edited: true\nerror: ")
        .says("instep.toml:13")
        .says("--override REASON goes past this");
    assert_eq!(platform.commits("main"), 4);
    platform.promote(&["--image", TWO, "--override", "they are in instep.toml now"]).code(0);
    assert!(platform.git(&["log", "-1", "--format=%B", "main"]).contains("override: they are in instep.toml now"));
}

#[test]
fn a_folder_of_somebody_else_is_left_alone() {
    let platform = Platform::new("");
    let other = World::with(&toml("users", &platform.bare, "").replace("services/{{ service.name }}", "other"));
    other.commit("one");
    other.run(["promote", "production", "--image", ONE]).code(6).says("keep.yaml is there already");
    let outside = World::with(&toml("users", &platform.bare, "").replace("services/{{", "../{{"));
    outside.commit("one");
    outside.run(["promote", "production", "--image", ONE]).code(2).says("`../users` is not a folder below the platform repo");
}

#[test]
fn several_services_at_the_same_instant_all_land() {
    let platform = Platform::new("");
    let worlds: Vec<World> = (0..6)
        .map(|n| {
            let world = World::with(&toml(&format!("service-{n}"), &platform.bare, ""));
            world.commit("one");
            world
        })
        .collect();
    let children: Vec<_> = worlds
        .iter()
        .map(|world| {
            let mut command = world.command(INSTEP, &world.repo());
            command.args(["promote", "production", "--image", ONE]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(platform.commits("main"), 7);
    assert_eq!(platform.git(&["ls-tree", "--name-only", "main:services"]).lines().count(), 6);
}

#[test]
fn a_push_that_is_refused_changes_nothing_and_says_what_to_do() {
    use std::os::unix::fs::PermissionsExt as _;
    let platform = Platform::new("");
    let hook = platform.bare.join("hooks/pre-receive");
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    std::fs::write(&hook, "#!/bin/sh\necho 'main is protected' >&2\nexit 1\n").unwrap();
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    platform
        .promote(&["--image", ONE])
        .code(1)
        .says("does not take a push to main")
        .says("main is protected")
        .says("set `pull-request = true`");
    assert_eq!(platform.commits("main"), 1);
    std::fs::remove_file(hook).unwrap();
    platform.promote(&["--image", ONE]).code(0);
    std::fs::rename(&platform.bare, platform.bare.with_extension("gone")).unwrap();
    platform.promote(&["--image", TWO]).code(1).says("can't be fetched");
}

#[test]
fn a_pull_request_is_opened_once_and_brought_up_to_date() {
    let platform = Platform::new("pull-request = true\n");
    let branch = "instep/users/production";
    platform.promote(&["--image", ONE]).code(0).prints("waits for its pull request").prints(&format!("branch {branch} of file://"));
    assert_eq!(platform.commits("main"), 1);
    assert_eq!(platform.commits(branch), 2);
    platform.promote(&["--image", ONE]).code(0).prints("waits already");
    platform.edit("other/more.yaml", "more: true\n");
    platform.promote(&["--image", TWO]).code(0).prints("waits for its pull request");
    // On top of the newest main, and not beside an older request.
    assert_eq!(platform.git(&["rev-list", "--count", &format!("main..{branch}")]), "1");
    assert!(platform.git(&["show", &format!("{branch}:services/users/deployment-users.yaml")]).contains(TWO));
}

#[test]
fn a_branch_that_is_protected_against_force_is_said_at_once() {
    let platform = Platform::new("pull-request = true\n");
    platform.git(&["config", "receive.denyNonFastForwards", "true"]);
    let branch = "instep/users/production";
    platform.promote(&["--image", ONE]).code(0);
    let begin = std::time::Instant::now();
    let ran = platform.promote(&["--image", TWO]);
    ran.code(1).says(&format!(" does not take a push to {branch}\n")).says("[remote rejected] (non-fast-forward)");
    ran.says("help: the branch is instep's own: allow pushes to instep/**, forced ones too\n");
    assert!(begin.elapsed() < std::time::Duration::from_secs(10), "it is not tried again and again");
    assert!(platform.git(&["show", &format!("{branch}:services/users/deployment-users.yaml")]).contains(ONE));
    // Nobody forces anything where there is no pull request: others may push meanwhile.
    let plain = Platform::new("");
    plain.git(&["config", "receive.denyNonFastForwards", "true"]);
    plain.promote(&["--image", ONE]).code(0);
    plain.edit("other/more.yaml", "more: true\n");
    plain.promote(&["--image", TWO]).code(0).prints("is committed");
    assert_eq!(plain.commits("main"), 4);
}

#[test]
fn a_platform_repo_is_reached_through_a_real_sshd() {
    let platform = Platform::new("");
    let Some(sshd) = Sshd::start(&platform.world) else { return };
    let url = format!("ssh://{}@127.0.0.1:{}{}", docker_sh("id -un"), sshd.port, platform.bare.display());
    let over_ssh = platform.world.read("instep.toml").replace(&format!("file://{}", platform.bare.display()), &url);
    platform.world.file("instep.toml", over_ssh);
    platform.promote(&["--image", ONE]).code(0).prints("→ production is committed\n");
    platform.edit("other/more.yaml", "more: true\n");
    platform.promote(&["--image", TWO]).code(0).prints("→ production is committed\n");
    platform.promote(&["--rollback"]).code(0).prints(&format!("image   {ONE}\n"));
    assert_eq!(platform.commits("main"), 5);
    // Who has no key is told so, and asked nothing.
    std::fs::write(platform.world.root().join("sshd/authorized"), "").unwrap();
    let ran = platform.promote(&["--image", TWO]);
    ran.code(1).says(" can't be fetched\n").says("Permission denied (publickey").says("try what git says to: git ls-remote ssh://");
    assert_eq!(platform.commits("main"), 5);
}

#[test]
fn gh_opens_the_request_and_edits_an_open_one() {
    let platform = Platform::new("pull-request = true\n");
    let url = "git@github.com:acme/platform.git";
    platform.world.file(
        "instep.toml",
        toml("users", &platform.bare, "pull-request = true\n").replace(&format!("file://{}", platform.bare.display()), url),
    );
    platform.world.commit("two");
    // The provider is the one thing that can't be real here.
    let mut world = platform.world;
    world.env("GIT_CONFIG_COUNT", "1").env("GIT_CONFIG_KEY_0", format!("url.file://{}.insteadOf", platform.bare.display()));
    world.env("GIT_CONFIG_VALUE_0", url);
    world.program(
        "gh",
        "#!/bin/sh\nprintf '%s|' \"$@\" >> \"$HOME/gh.log\"; echo >> \"$HOME/gh.log\"\ncase \"$2\" in\nlist) cat \"$HOME/open\" 2>/dev/null || true ;;\ncreate) echo https://github.com/acme/platform/pull/7 | tee \"$HOME/open\" ;;\nesac\n",
    );
    world.run(["promote", "production", "--image", ONE]).code(0).prints("request  https://github.com/acme/platform/pull/7");
    world.run(["promote", "production", "--image", TWO]).code(0).prints("request  https://github.com/acme/platform/pull/7");
    let log = std::fs::read_to_string(world.home().join("gh.log")).unwrap();
    let calls: Vec<&str> = log.lines().filter(|line| line.starts_with("pr|")).collect();
    assert!(
        calls[0].starts_with("pr|list|") && calls[1].starts_with("pr|create|--head|instep/users/production|--base|main|--title|users "),
        "{log}"
    );
    assert!(calls[2].starts_with("pr|list|") && calls[3].starts_with("pr|edit|https://github.com/acme/platform/pull/7|"), "{log}");
    assert!(log.contains("```diff") && log.contains(&format!("image: {TWO}")), "{log}");
    assert_eq!(calls.len(), 4, "{log}");
}

#[test]
fn the_script_of_the_dry_run_does_the_same() {
    let platform = Platform::new("");
    let script = platform.promote(&["--image", ONE, "--dry-run"]).code(0).out();
    assert_eq!(platform.commits("main"), 1);
    let script = script.replace("[ROOT]", &platform.world.root().display().to_string());
    let bin = Path::new(INSTEP).parent().unwrap().display().to_string();
    let mut shell: Command = platform.world.command("sh", &platform.world.repo());
    let path = format!("{bin}:{}", std::env::var("PATH").unwrap());
    let output = shell.args(["-c", &script]).env("PATH", path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // Now the folder is what a promotion makes of it: there is nothing left to do.
    platform.promote(&["--image", ONE]).code(0).prints("holds");
    assert_eq!(platform.commits("main"), 2);
}

#[test]
fn where_there_is_no_platform_repo_kube_apply_is_named() {
    let world = World::with("[service]\nname = \"users\"\n[image]\nrepository = \"r/u\"\n[environments.staging]\ncontext = \"c\"\n");
    world.commit("one");
    world
        .run(["promote", "staging", "--image", ONE])
        .code(2)
        .says("environment `staging` has no platform repo")
        .says("instep kube-apply staging");
}

#[test]
fn a_promotion_is_waited_for_checked_and_completed() {
    let Some(mut place) = support::kube::Place::new("") else { return };
    let bare = place.world.root().join("platform.git");
    for name in ["AUTHOR", "COMMITTER"] {
        place.world.env(&format!("GIT_{name}_NAME"), "ada").env(&format!("GIT_{name}_EMAIL"), "ada@example.com");
    }
    let work = place.world.root().join("platform").display().to_string();
    place.world.git(&["init", "--quiet", "--bare", "--initial-branch", "main", &bare.display().to_string()]);
    place.world.git(&["init", "--quiet", "--initial-branch", "main", &work]);
    place.world.git(&["-C", &work, "commit", "--quiet", "--allow-empty", "-m", "begin"]);
    place.world.git(&["-C", &work, "push", "--quiet", &bare.display().to_string(), "main"]);
    let gitops = format!(
        "[environments.staging.gitops]\nrepository = \"file://{}\"\npath = \"services/{{{{ service.name }}}}\"\n[clusters.here]\ncontext = \"{}\"\nkube-version = \"1.20\"\n",
        bare.display(),
        place.context
    );
    let config = |more: &str| {
        place.config(&format!("{gitops}{more}"));
        // Without a version, what only a newer cluster takes would be rendered.
        let text = place.world.read("instep.toml").replacen(&format!("context = \"{}\"", place.context), "cluster = \"here\"", 1);
        place.world.file("instep.toml", text);
    };
    config("");
    place.world.commit("gitops");
    let image = support::kube::image();
    let promote = |more: &[&str]| place.world.run(["promote", "staging", "--image", image].iter().chain(more));
    promote(&["--wait", "--dry-run"]).code(0).prints("# wait: until hello serves in here; giving up after 30 m 00 s\n");
    let ran = std::thread::scope(|scope| {
        scope.spawn(|| controller(&place, &bare, 2));
        promote(&["--wait"])
    });
    ran.code(0).prints("→ staging is committed\n").prints("\n  4 passed in here\n").says("▸ wait until hello serves in here;");
    ran.says("✓ wait [TIME]\n");
    let git = |args: &[&str]| place.world.git(&[&["--git-dir", &*bare.display().to_string()], args].concat());
    let release: serde_json::Value = serde_json::from_str(&git(&["show", "main:services/hello/release.json"])).unwrap();
    assert_eq!(release["passed"], "4 passed in here");
    assert!(git(&["log", "-1", "--format=%s", "main"]).contains(" passed in staging"));
    // Nothing new: it is checked again, and nothing is written.
    promote(&["--wait"]).code(0).prints("holds 0.0.0-").prints("4 passed in here\n");
    assert_eq!(git(&["rev-list", "--count", "main"]), "3");

    // Nobody applies the next one.
    config("[kube]\ncommand = [\"/bin/nothing\"]\n");
    place.world.commit("broken");
    support::kube::tag("instep-test/kube-hello:next");
    let next = |more: &[&str]| place.world.run(["promote", "staging", "--image", "instep-test/kube-hello:next"].iter().chain(more));
    let ran = next(&["--wait", "--timeout", "1s"]);
    ran.code(4).says("error: it has not arrived: Deployment hello still runs ").says("note: the commit stands in the platform repo\n");
    ran.says("`instep promote staging --rollback` takes it back\n");
    let ran = std::thread::scope(|scope| {
        scope.spawn(|| controller(&place, &bare, 4));
        next(&["--wait"])
    });
    ran.code(8).says("`hello` can't be started: ").says("note: the commit stands in the platform repo\n");
}

#[test]
fn what_runs_elsewhere_is_promoted_as_it_is_and_only_when_it_passed() {
    let Some(place) = support::kube::Place::new("") else { return };
    let bare = place.world.root().join("platform.git").display().to_string();
    let work = place.world.root().join("platform").display().to_string();
    let user = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
    place.world.git(&["init", "--quiet", "--bare", "--initial-branch", "main", &bare]);
    place.world.git(&["init", "--quiet", "--initial-branch", "main", &work]);
    place.world.git(&[&["-C", &*work], &user[..], &["commit", "--quiet", "--allow-empty", "-m", "begin"]].concat());
    place.world.git(&["-C", &work, "push", "--quiet", &bare, "main"]);
    let production = format!(
        "[environments.production]\ncontext = \"{}\"\nnamespace = \"{}-production\"\n[environments.production.gitops]\nrepository = \"file://{bare}\"\n",
        place.context, place.namespace
    );
    place.config(&production);
    let promote = |more: &[&str]| place.world.run(["promote", "production", "--from", "staging"].iter().chain(more));
    promote(&[]).code(1).says("error: nothing is deployed in `staging`\n").says("`instep kube-apply staging`");
    place.apply(&[]).code(0);
    // What is checked out by now does not matter.
    place.world.commit("next");
    let ran = promote(&[]);
    ran.code(0).prints(&format!("image   {}\n", support::kube::image()));
    ran.says("warning: environment `production` has no kube-version: its manifests are rendered for the newest Kubernetes\n");
    let release: serde_json::Value =
        serde_json::from_str(&place.world.git(&["--git-dir", &bare, "show", "main:hello/release.json"])).unwrap();
    assert_eq!(
        (&release["images"]["image"], &release["smoke"]),
        (&support::kube::image().into(), &"passed in staging as v1 (4 checks)".into()),
        "{release}"
    );
    assert_ne!(release["commit"], place.world.git(&["rev-parse", "HEAD"]));
    // Nothing new, no commit.
    promote(&[]).code(0).prints("hello holds ");

    place.config(&format!("[kube]\ncommand = [\"/bin/nothing\"]\n{production}"));
    place.world.commit("broken");
    assert_ne!(place.apply(&[]).exit(), 0);
    let ran = promote(&[]);
    ran.code(6)
        .says("error: the newest release in `staging` is ")
        .says("promote what has passed there")
        .says("--override REASON goes past this");
    assert_eq!(place.world.git(&["--git-dir", &bare, "rev-list", "--count", "main"]), "2");
}
