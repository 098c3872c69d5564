//! `instep docker-build` and `instep docker-push`, against the real engine and the registry beside it.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::docker::{PASSWORD, Private, Repo, SMALL, WITH_SHELL, docker_sh, files, inspect, registry_tags};
use support::{INSTEP, World, wait_until};

#[test]
fn an_image_is_built_tagged_labelled_and_pushed() {
    if !support::engine() {
        return;
    }
    let repo = Repo::new(&format!("{SMALL}ARG VERSION\nARG REVISION=unknown\nENV VERSION=$VERSION REVISION=$REVISION\n"));
    repo.world.git(&["remote", "add", "origin", "git@git.example.com:team/hello.git"]);
    let ran = repo.world.run(["docker-build", "--push", "--output", "json"]);
    let document = ran.code(0).json();
    let (commit, version) = (repo.commit(), repo.version());
    let image = &document["images"]["image"];
    let digest = image["digest"].as_str().expect("a digest");
    assert!(digest.starts_with("sha256:") && digest.len() == 71, "{document:#}");
    assert_eq!(image["reference"], format!("{}@{digest}", repo.repository));
    assert_eq!(image["tags"], serde_json::json!([version, format!("sha-{commit}")]));
    assert_eq!((document["version"].as_str(), document["commit"].as_str()), (Some(version.as_str()), Some(commit.as_str())));
    let steps: Vec<&str> = document["steps"].as_array().expect("steps").iter().filter_map(|step| step["id"].as_str()).collect();
    assert_eq!(steps[..2], ["build", "1/1 COPY busybox /bin/busybox"]);
    assert_eq!(steps.last(), Some(&"push"));

    for tag in [version.clone(), format!("sha-{commit}")] {
        let name = format!("{}:{tag}", repo.repository);
        assert_eq!(inspect(&name, "{{.Id}}"), image["id"].as_str().expect("an id"), "{tag}");
        assert_eq!(inspect(&name, "{{index .RepoDigests 0}}"), image["reference"].as_str().expect("a reference"));
    }
    let mut tags: Vec<String> = serde_json::from_value(registry_tags(&repo.repository)["tags"].clone()).expect("tags");
    tags.sort();
    assert_eq!(tags, [version.clone(), format!("sha-{commit}")]);

    let labels: serde_json::Value = serde_json::from_str(&inspect(&repo.image(), "{{json .Config.Labels}}")).expect("labels");
    let label = |name: &str| labels[format!("org.opencontainers.image.{name}")].as_str().map(str::to_owned);
    assert_eq!(label("version"), Some(version.clone()));
    assert_eq!(label("revision"), Some(commit.clone()));
    assert_eq!(label("source"), Some("https://git.example.com/team/hello".into()));
    let time: i64 = repo.world.git(&["log", "-1", "--format=%ct"]).parse().expect("a time");
    assert_eq!(label("created"), Some(docker_sh(&format!("date -u -d @{time} +%Y-%m-%dT%H:%M:%SZ"))));
    let env = inspect(&repo.image(), "{{json .Config.Env}}");
    assert!(env.contains(&format!("VERSION={version}")) && env.contains(&format!("REVISION={commit}")), "{env}");

    let record: serde_json::Value = serde_json::from_str(&repo.world.read(".instep/state/image.json")).expect("JSON");
    assert_eq!(record["images"]["image"]["reference"], image["reference"]);
    assert_eq!(repo.world.read(".instep/state/.gitignore"), "*\n");
    assert_eq!(repo.world.git(&["status", "--porcelain"]), "");

    // Again: all is there, and what instep remembers is no part of the context.
    let again = repo.world.run(["docker-build", "--push"]);
    again.code(0).stdout(&format!("{}@{digest}\n", repo.repository));
    again.says("  nothing changed: ").says("· nothing to send\n");
}

#[test]
fn a_person_sees_a_line_per_step() {
    if !support::engine() {
        return;
    }
    let repo = Repo::new(&format!("{SMALL}ARG VERSION\n"));
    let ran = repo.world.run(["docker-build", "--no-cache"]);
    let image = repo.image();
    ran.code(0).stdout(&format!("{image}\n"));
    let size = image_size(&image);
    let lines = ran.err();
    let sent = lines.lines().find_map(|line| line.strip_prefix("  sent ")).expect("what was sent");
    assert!(sent.starts_with("1.") && sent.ends_with(" MiB"), "{lines}");
    ran.stderr(&format!(
        "▸ build {image}\n  builds because: --no-cache\n✓ 1/1 COPY busybox /bin/busybox [TIME]\n  sent {sent}\n  {}, sha-{} · {size}\n✓ build [TIME]\n",
        repo.version(),
        repo.commit()
    ));
}

fn image_size(image: &str) -> String {
    let bytes: f64 = inspect(image, "{{.Size}}").parse().expect("a size");
    format!("{:.1} MiB", bytes / 1024.0 / 1024.0)
}

#[test]
fn a_dirty_checkout_is_called_so() {
    if !support::engine() {
        return;
    }
    let repo = Repo::new(SMALL);
    repo.world.file(".gitignore", "busybox\nmore\n");
    repo.world.run(["docker-build", "-q"]).code(0).stdout(&format!("{}-dirty\n", repo.image())).stderr("");
    let name = format!("{}:sha-{}-dirty", repo.repository, repo.commit());
    assert_eq!(inspect(&name, "{{.Id}}"), inspect(&format!("{}-dirty", repo.image()), "{{.Id}}"));
}

#[test]
fn several_images_are_built_and_arguments_reach_them() {
    if !support::engine() {
        return;
    }
    let repo = Repo::new(&format!("{SMALL}ARG COLOUR=red\nENV COLOUR=$COLOUR\n"));
    let toml = repo.world.read("instep.toml");
    let more = format!(
        "build-args = {{ COLOUR = \"green\" }}\n[images.nginx]\nrepository = \"{}/nginx\"\ndockerfile = \"docker/nginx/Dockerfile\"\ntarget = \"first\"\n",
        repo.repository
    );
    repo.world.file("instep.toml", toml + &more);
    repo.world.file("docker/nginx/Dockerfile", "FROM scratch AS first\nCOPY busybox /one\nFROM scratch\nCOPY busybox /two\n");
    repo.world.commit("second");
    let version = format!("0.0.0-2.g{}", &repo.commit()[..7]);
    let (main, nginx) = (format!("{}:{version}", repo.repository), format!("{}/nginx:{version}", repo.repository));
    let ran = repo.world.run(["docker-build"]);
    ran.code(0).stdout(&format!("{main}\n{nginx}\n")).says("✓ build nginx: first 1/1 COPY busybox /one [TIME]\n");
    assert!(inspect(&main, "{{json .Config.Env}}").contains("COLOUR=green"));
    assert!(files(&nginx).iter().any(|line| line.ends_with(" one")));
    docker_sh(&format!("docker rmi --force $(docker images --quiet {}/nginx)", repo.repository));

    let ran = repo.world.run(["docker-build", "--build-arg", "COLOUR=blue", "--build-arg", "NONE=1"]);
    ran.code(0).says("warning: --build-arg NONE: no Dockerfile has `ARG NONE`\n");
    assert!(inspect(&main, "{{json .Config.Env}}").contains("COLOUR=blue"));
    docker_sh(&format!("docker rmi --force $(docker images --quiet {}/nginx)", repo.repository));
}

#[test]
fn what_is_ignored_is_not_sent_and_what_is_sent_keeps_its_form() {
    if !support::engine() {
        return;
    }
    let repo = Repo::new("FROM scratch\nCOPY . /\n");
    let world = &repo.world;
    world.file(".dockerignore", "# comment\n*\n!src\nsrc/secret\n!**/keep.txt\n!run.sh\n!link\n");
    for file in ["src/main.rs", "src/secret/key", "src/secret/keep.txt", "deep/er/keep.txt", "deep/er/no", "run.sh"] {
        world.file(file, file);
    }
    std::fs::set_permissions(world.repo().join("run.sh"), std::fs::Permissions::from_mode(0o755)).expect("chmod");
    std::os::unix::fs::symlink("src/main.rs", world.repo().join("link")).expect("a link");
    world.run(["docker-build"]).code(0);
    let listing = files(&repo.image());
    let names: Vec<&str> = listing.iter().map(|line| line.rsplit_once(':').map_or("", |(_, rest)| &rest[3..])).collect();
    for there in ["src/main.rs", "src/secret/keep.txt", "deep/er/keep.txt", "run.sh", "link -> src/main.rs"] {
        assert!(names.contains(&there), "{there} in {listing:#?}");
    }
    for gone in ["src/secret/key", "deep/er/no", "busybox", "Dockerfile", ".dockerignore", "instep.toml"] {
        assert!(!names.contains(&gone), "{gone} in {listing:#?}");
    }
    let script = listing.iter().find(|line| line.ends_with(" run.sh")).expect("run.sh");
    assert!(script.starts_with("-rwxr-xr-x 0/0 "), "{script}");
}

#[test]
fn a_dockerfile_outside_of_the_context_is_not_part_of_it() {
    if !support::engine() {
        return;
    }
    let repo = Repo::new("unused");
    let toml = repo.world.read("instep.toml");
    repo.world.file("instep.toml", toml + "dockerfile = \"docker/app.Dockerfile\"\ncontext = \"app\"\n");
    repo.world.file("docker/app.Dockerfile", "FROM scratch\nCOPY . /\n");
    repo.world.file("docker/app.Dockerfile.dockerignore", "no\n");
    repo.world.file("app/yes", "1");
    repo.world.file("app/no", "1");
    repo.world.commit("second");
    let ran = repo.world.run(["docker-build"]);
    let image = ran.code(0).out();
    let listing = files(image.trim()).join("\n");
    assert!(listing.contains(" yes") && !listing.contains(" no"), "{listing}");
    assert!(!listing.contains("ockerfile") && !listing.contains("dockerignore"), "{listing}");
}

#[test]
fn a_failing_step_shows_its_line_and_its_last_words() {
    if !support::engine() {
        return;
    }
    let marker = format!("marker-{}", std::process::id());
    let mut repo = Repo::new(&format!("{WITH_SHELL}RUN for i in $(seq 1 40); do echo line $i; done; : {marker}; exit 3\n"));
    for (name, classic) in [("step 3/3", "1"), ("step 4", "0")] {
        repo.world.env("DOCKER_BUILDKIT", classic);
        let ran = repo.world.run(["docker-build"]);
        ran.code(1).stdout("");
        ran.says(&format!("✗ build {name} ended with exit code 3 ([TIME])\nerror: {name} ended with exit code 3\n  ╭▸ Dockerfile:4:1\n"));
        ran.says("the last lines of its output:\n          line 11\n").says("line 40\n");
        assert!(!ran.err().contains("line 10\n"), "{ran:?}");
        assert_eq!(docker_sh("docker ps --all --no-trunc --format '{{.Command}}'").matches(&marker).count(), 0);
        assert_eq!(docker_sh(&format!("docker images --quiet {}", repo.repository)), "");
    }
    let json = repo.world.run(["docker-build", "--output", "json"]);
    let document = json.code(1).json();
    assert_eq!(document["error"]["kind"], "failed");
    assert_eq!(document["error"]["problems"][0]["line"], 4);
    repo.world.run(["docker-build", "-v"]).code(1).says("  │ line 10\n");
}

#[test]
fn a_later_stage_is_followed_as_the_first() {
    if !support::engine() {
        return;
    }
    let stages = format!("{WITH_SHELL}FROM scratch\nCOPY --from=0 /bin/busybox /bin/sh\nENV A=b\n");
    let mut repo = Repo::new(&stages);
    repo.world
        .run(["docker-build"])
        .code(0)
        .says("stage-0 1/2 COPY busybox /bin/busybox")
        .says("stage-1 1/1 COPY --from=0 /bin/busybox /bin/sh");
    repo.world.env("DOCKER_BUILDKIT", "0");
    let ran = repo.world.run(["docker-build", "--force"]);
    ran.code(0).says("4/6 FROM scratch").says("5/6 COPY --from=0 /bin/busybox /bin/sh");
    assert!(!ran.err().contains("ENV A=b"), "not worth a line: {ran:?}");
    repo.world.file("Dockerfile", format!("{stages}RUN echo second; exit 7\n"));
    repo.world.run(["docker-build"]).code(1).says("error: step 7 ended with exit code 7").says("Dockerfile:7:1").says("second");
    repo.world.env("DOCKER_BUILDKIT", "1");
    let ran = repo.world.run(["docker-build"]);
    ran.code(1).says("error: step 2/2 of the stage stage-1 ended with exit code 7").says("Dockerfile:7:1").says("second");
}

#[test]
fn faults_of_a_dockerfile_are_shown_where_they_are() {
    if !support::engine() {
        return;
    }
    let mut repo = Repo::new("FROM scratch\n\nHEALTHCHECK x\n");
    for builder in ["1", "0"] {
        repo.world.env("DOCKER_BUILDKIT", builder).file("Dockerfile", "FROM scratch\n\nHEALTHCHECK x\n");
        let ran = repo.world.run(["docker-build"]);
        ran.code(2).says("error: the Dockerfile has a fault: ").says("nknown ").says("HEALTHCHECK").says("\n  ╭▸ Dockerfile:3:1\n");
        repo.world.file("Dockerfile", "FROM scratch\nCOPY nothing /\n");
        repo.world.run(["docker-build"]).code(1).says("not found").says("Dockerfile:2:1\n");
    }
    repo.world.file(".dockerignore", "a\n!\n");
    let ran = repo.world.run(["docker-build"]);
    ran.code(2).says("error: a `!` alone excludes nothing\n  ╭▸ .dockerignore:2:1\n");
    std::fs::remove_file(repo.world.repo().join("Dockerfile")).expect("it is there");
    repo.world.run(["docker-build"]).code(2).stdout("").stderr(
        "error: the Dockerfile `Dockerfile` is not there\n │\n ├ note: it is the default; [image] has no `dockerfile`\n ╰ help: write one, or name it: `dockerfile = \"path/to/Dockerfile\"` in [image]\n",
    );
    let toml = repo.world.read("instep.toml");
    repo.world.file("instep.toml", format!("{toml}dockerfile = \"docker/Dockerfile\"\n"));
    let ran = repo.world.run(["docker-build"]);
    ran.code(2).says("error: the Dockerfile `docker/Dockerfile` is not there\n  ╭▸ instep.toml:6:14\n");
    repo.world.file("Dockerfile", SMALL);
    repo.world.file("instep.toml", format!("{toml}context = \"busybox\"\n"));
    let ran = repo.world.run(["docker-build"]);
    ran.code(2).says("error: the context of the build is not a folder: busybox\n  ╭▸ instep.toml:6:11\n");
}

#[test]
fn a_base_image_that_is_not_there_names_the_argument_that_replaces_it() {
    if !support::engine() {
        return;
    }
    let repo = Repo::new("ARG PYTHON_IMAGE=localhost:5000/instep-test/nothing:9\nFROM ${PYTHON_IMAGE}\n");
    let ran = repo.world.run(["docker-build"]);
    ran.code(1).says("error: can't get the base image localhost:5000/instep-test/nothing:9\n  ╭▸ Dockerfile:2:1\n");
    ran.says("`instep docker-build --build-arg PYTHON_IMAGE=IMAGE`").says("`build-args = { PYTHON_IMAGE = \"IMAGE\" }`");
}

#[test]
fn without_an_engine_it_says_where_it_looked() {
    let mut world = World::with("[service]\nname = \"a\"\n[image]\nrepository = \"r.example.com/a\"\n");
    world.file("Dockerfile", SMALL);
    world.env("DOCKER_HOST", "unix:///nowhere.sock");
    world.run(["docker-build"]).code(7).stdout("").stderr(
        "error: no container engine answers\n │\n ├ note: looked here:\n │       unix:///nowhere.sock  DOCKER_HOST (not there)\n ╰ help: DOCKER_HOST names this engine: start it there, or take the setting away\n",
    );
    world.env("DOCKER_HOST", "").env("DOCKER_CONTEXT", "gone");
    world.run(["docker-build"]).code(7).says("error: there is no docker context `gone`\n");
}

#[test]
fn the_engine_of_the_current_context_is_used() {
    if !support::engine() {
        return;
    }
    let repo = Repo::new(SMALL);
    let meta = repo.world.home().join(".docker/contexts/meta/abc");
    std::fs::create_dir_all(&meta).expect("folders");
    let text = r#"{"Name":"mine","Endpoints":{"docker":{"Host":"unix:///var/run/docker.sock"}}}"#;
    std::fs::write(meta.join("meta.json"), text).expect("meta.json");
    std::fs::write(repo.world.home().join(".docker/config.json"), r#"{"currentContext":"mine"}"#).expect("config.json");
    repo.world.run(["docker-build", "-v"]).code(0).says("at unix:///var/run/docker.sock: the docker context `mine` (currentContext of ");
    let ran = repo.world.run(["docker-build", "--host", "unix:///nowhere.sock"]);
    ran.code(7).says("unix:///nowhere.sock  --host (not there)");
    repo.world.run(["docker-push", "-v", "--host", "unix:///var/run/docker.sock"]).code(0).says("at unix:///var/run/docker.sock: --host\n");
    repo.world.run(["doctor"]).prints(" at unix:///var/run/docker.sock (the docker context `mine` (currentContext of ");
}

#[test]
fn a_large_context_needs_little_memory() {
    if !support::engine() {
        return;
    }
    let repo = Repo::new("FROM scratch\nCOPY big /big\n");
    let noise: Vec<u8> = (0..50_000_000_u64).map(|n| (n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as u8).collect();
    repo.world.file("big", [&noise, repo.repository.as_bytes()].concat());
    let log = repo.world.root().join("log");
    let mut child = repo
        .world
        .command(INSTEP, &repo.world.repo())
        .arg("docker-build")
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(&log).unwrap())
        .spawn()
        .expect("instep");
    let mut peak = 0;
    let status = loop {
        let text = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let high = text.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        peak = peak.max(high.unwrap_or(0));
        if let Some(status) = child.try_wait().expect("a status") {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    assert!(status.success(), "{}", std::fs::read_to_string(&log).unwrap());
    assert!((1_000..30_000).contains(&peak), "peak memory {peak} KiB");
}

#[test]
fn an_interrupted_build_ends_at_once_and_leaves_nothing() {
    if !support::engine() {
        return;
    }
    let marker = format!("interrupted-{}", std::process::id());
    let mut repo = Repo::new(&format!("{WITH_SHELL}RUN sleep 60; : {marker}\n"));
    for (builder, signal, code) in [("1", "INT", 130), ("0", "TERM", 143)] {
        repo.world.env("DOCKER_BUILDKIT", builder);
        let running = || support::count_processes(&format!("sleep 60; : {marker}")) > 0;
        let child = repo.world.command(INSTEP, &repo.world.repo()).arg("docker-build").stderr(Stdio::piped()).spawn().expect("instep");
        wait_until("the step runs", Duration::from_secs(60), running);
        let begin = Instant::now();
        docker_sh(&format!("kill -{signal} {}", child.id()));
        let output = child.wait_with_output().expect("an end");
        let took = begin.elapsed();
        assert_eq!(output.status.code(), Some(code));
        assert!(took < Duration::from_secs(2), "it took {took:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(&format!("✗ build stopped by SIG{signal}")));
        wait_until("the step is gone", Duration::from_secs(20), || !running());
        let container = || docker_sh("docker ps --all --no-trunc --format '{{.Command}}'").contains(&marker);
        wait_until("the container is gone", Duration::from_secs(20), || !container());
        assert_eq!(docker_sh(&format!("docker images --quiet {}", repo.repository)), "");
    }
}

#[test]
fn a_dry_run_prints_a_script_that_does_the_same() {
    if !support::engine() {
        return;
    }
    let repo = Repo::new(&format!("{SMALL}ARG VERSION\nENV VERSION=$VERSION\n"));
    let mut world_script = repo.world.run(["docker-build", "--push", "--dry-run", "--network", "host"]).code(0).out();
    assert!(world_script.starts_with("set -eu\n\n# build: "), "{world_script}");
    assert_eq!(docker_sh(&format!("docker images --quiet {}", repo.repository)), "");
    world_script = world_script.replace("[ROOT]", &repo.world.root().display().to_string());
    let output = Command::new("sh").args(["-c", &world_script]).output().expect("sh");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(inspect(&repo.image(), "{{json .Config.Env}}").contains(&format!("VERSION={}", repo.version())));
    assert_eq!(registry_tags(&repo.repository)["tags"].as_array().map(Vec::len), Some(2));
    // instep finds that it has nothing left to do.
    repo.world.run(["docker-push"]).code(0).says("· nothing to send\n");
}

#[test]
fn only_what_is_built_can_be_pushed() {
    if !support::engine() {
        return;
    }
    let repo = Repo::new(SMALL);
    let ran = repo.world.run(["docker-push"]);
    ran.code(1).stdout("").says(&format!("error: {}:sha-{} is not built\n", repo.repository, repo.commit()));
    ran.says("help: build it first: `instep docker-build`");
}

#[test]
fn a_registry_that_is_not_there_is_named() {
    if !support::engine() {
        return;
    }
    let repo = Repo::at("localhost:1", SMALL);
    let ran = repo.world.run(["docker-build", "--push"]);
    ran.code(1).says(&format!("error: can't push {}:sha-{}\n", repo.repository, repo.commit())).says("connection refused");
    ran.says("help: nothing listens at localhost:1: is the registry started, is the port right?");
    assert!(!repo.world.repo().join(".instep/state/image.json").exists());
}

#[test]
fn a_release_is_never_overwritten() {
    if !support::engine() {
        return;
    }
    let repo = Repo::new(&format!("{SMALL}ARG REVISION\nENV REVISION=$REVISION\n"));
    repo.world.git(&["tag", "v1.2.0"]);
    let first = repo.world.run(["docker-build", "--push"]).code(0).out();
    // The same commit again, on a machine that has nothing of it: no fault, and the same digest.
    docker_sh(&format!("docker rmi --force $(docker images --quiet {} | sort -u)", repo.repository));
    let again = repo.world.run(["docker-build", "--push", "--no-cache"]);
    again.code(0).stdout(&first).says("  1.2.0 is there already\n");

    repo.world.commit("another");
    repo.world.git(&["tag", "--force", "v1.2.0"]);
    let moved = repo.world.run(["docker-build", "--push"]);
    moved.code(6).stdout("").says(&format!("error: {}:1.2.0 is in the registry already, with another content\n", repo.repository));
    moved.says("help: release under a new tag");
    let digest = instep::docker::digest(&format!("{}:1.2.0", repo.repository)).expect("a registry");
    assert_eq!(digest.as_deref(), Some(first.trim()));
}

#[test]
fn a_digest_is_found_in_the_registry_or_in_the_engine() {
    if !support::engine() {
        return;
    }
    let repo = Repo::new(SMALL);
    let name = format!("{}:sha-{}", repo.repository, repo.commit());
    assert_eq!(instep::docker::digest(&name).expect("a registry"), None);
    repo.world.run(["docker-build"]).code(0);
    assert_eq!(instep::docker::digest(&name).expect("an engine"), Some(name.clone()), "only the engine has it");
    let pinned = repo.world.run(["docker-push"]).code(0).out();
    assert_eq!(instep::docker::digest(&name).expect("a registry").as_deref(), Some(pinned.trim()));
    assert!(instep::docker::digest("localhost:1/nothing:1").is_err(), "who can't be asked has not said no");
}

/// An engine that says that it is there, and then does with a build what a real one can't be made to do.
fn fake_engine(world: &World, build: fn(std::os::unix::net::UnixStream)) -> String {
    let path = world.root().join("engine.sock");
    let listener = std::os::unix::net::UnixListener::bind(&path).expect("a socket");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut head = [0; 512];
            let n = stream.read(&mut head).unwrap_or(0);
            if head[..n].starts_with(b"POST /build") {
                std::thread::spawn(move || build(stream));
            } else if head[..n].starts_with(b"GET /images") {
                let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 15\r\n\r\n{\"message\":\"-\"}");
            } else {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK");
            }
        }
    });
    format!("unix://{}", path.display())
}

fn with_a_fake_engine(build: fn(std::os::unix::net::UnixStream)) -> World {
    let mut world = World::with("[service]\nname = \"a\"\n[image]\nrepository = \"r.example.com/a\"\n");
    world.file("Dockerfile", SMALL);
    let big = std::fs::File::create(world.repo().join("big")).expect("a file");
    big.set_len(100_000_000).expect("a size");
    let host = fake_engine(&world, build);
    world.env("DOCKER_HOST", host);
    world
}

#[test]
fn an_upload_that_hangs_can_be_interrupted() {
    let world = with_a_fake_engine(|stream| {
        std::thread::sleep(Duration::from_secs(60));
        drop(stream);
    });
    let child = world.command(INSTEP, &world.repo()).arg("docker-build").stderr(Stdio::piped()).spawn().expect("instep");
    std::thread::sleep(Duration::from_millis(700));
    let begin = Instant::now();
    docker_sh(&format!("kill -TERM {}", child.id()));
    let output = child.wait_with_output().expect("an end");
    assert_eq!(output.status.code(), Some(143), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(begin.elapsed() < Duration::from_secs(2), "it took {:?}", begin.elapsed());
}

#[test]
fn an_engine_that_goes_away_is_said() {
    let world = with_a_fake_engine(drop);
    let ran = world.run(["docker-build"]);
    ran.code(1).says("error: can't build the image: ").says("note: the connection to the engine broke");
}

#[test]
fn an_engine_that_refuses_before_it_has_read_all_is_quoted() {
    let world = with_a_fake_engine(|mut stream| {
        let body = r#"{"message":"no space left on device"}"#;
        let _ = write!(stream, "HTTP/1.1 500 Internal Server Error\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        std::thread::sleep(Duration::from_millis(500));
    });
    world.run(["docker-build"]).code(1).says("error: can't build the image: no space left on device\n");
}

#[test]
fn a_password_with_every_symbol_works_for_push_and_for_base_images() {
    let Some(registry) = Private::start() else { return };
    let repo = Repo::at(&registry.host, SMALL);
    let ran = repo.world.run(["docker-build", "--push"]);
    ran.code(1).says("no basic auth credentials").says(&format!("help: log in to the registry: `docker login {}`", registry.host));
    registry.log_in(&repo.world, "wrong");
    repo.world.run(["docker-push"]).code(1).says("unauthorized").says("docker login");
    registry.log_in(&repo.world, PASSWORD);
    let pinned = repo.world.run(["docker-push"]).code(0).out();
    docker_sh(&format!("docker rmi --force $(docker images --quiet {} | sort -u)", repo.repository));

    let mut user = Repo::new("ARG BASE=nothing\nFROM ${BASE}\nENV A=1\n");
    registry.log_in(&user.world, PASSWORD);
    let build_arg = format!("BASE={}", pinned.trim());
    user.world.run(["docker-build", "--build-arg", &build_arg]).code(0).says(&format!("1/1 FROM {}", &pinned[..30]));
    user.world.env("DOCKER_BUILDKIT", "0");
    user.world.run(["docker-build", "--force", "--build-arg", &build_arg]).code(0).says("✓ 2/3 FROM ${BASE} [TIME]\n");
    docker_sh(&format!("docker rmi --force {}", pinned.trim()));
}

#[test]
fn a_credential_helper_is_asked_and_its_absence_is_said() {
    let Some(registry) = Private::start() else { return };
    let repo = Repo::at(&registry.host, SMALL);
    std::fs::create_dir_all(repo.world.home().join(".docker")).expect("a folder");
    std::fs::write(repo.world.home().join(".docker/config.json"), r#"{"credsStore":"test"}"#).expect("config.json");
    repo.world.run(["docker-build", "--push"]).code(7).says("the credential helper for");
    let answer = serde_json::json!({ "ServerURL": registry.host, "Username": "user", "Secret": PASSWORD });
    repo.world.program("docker-credential-test", &format!("#!/bin/sh\ncat <<'E'\n{answer}\nE\n"));
    repo.world.run(["docker-push"]).code(0).prints(&format!("{}@sha256:", repo.repository));
}

#[test]
fn a_clean_up_of_somebody_else_does_not_end_the_build() {
    let world = with_a_fake_engine(|mut stream| {
        let body = "{\"stream\":\"Step 1/2 : FROM scratch\"}\n{\"errorDetail\":{\"message\":\"unable to find image \\\"sha256:abc\\\"\"},\"error\":\"unable to find image \\\"sha256:abc\\\"\"}\n";
        let _ = write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        std::thread::sleep(Duration::from_millis(300));
    });
    std::fs::remove_file(world.repo().join("big")).unwrap();
    let ran = world.run(["docker-build"]);
    ran.code(1).says("error: step 1 failed: unable to find image \"sha256:abc\"");
    assert_eq!(ran.err().matches("an image of the cache was removed at this moment; trying again").count(), 3, "{ran:?}");
}
