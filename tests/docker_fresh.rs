//! What `docker-build` sends and when: nothing when nothing changed, only what changed else.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::os::unix::fs::MetadataExt as _;
use std::process::Command;

use support::docker::{Repo, SMALL, WITH_SHELL, docker_sh, files, inspect, registry_tags};
use support::proxy::Proxy;

#[test]
fn nothing_changed_sends_nothing_and_says_so() {
    if !support::engine() {
        return;
    }
    let mut repo = Repo::new(&format!("{SMALL}COPY data /data\nARG COLOUR\n"));
    repo.world.file("data/a", "1");
    let proxy = Proxy::start(&repo.world.root());
    repo.world.env("DOCKER_HOST", proxy.url());
    let first = repo.world.run(["docker-build"]);
    first.code(0).says("  builds because: not built in this checkout yet\n").says("✓ 2/2 COPY data /data [TIME]\n");
    assert!(proxy.requests().iter().any(|line| line.starts_with("POST /build?")), "{:?}", proxy.requests());
    let id = inspect(&repo.image(), "{{.Id}}");

    proxy.forget();
    let again = repo.world.run(["docker-build"]);
    let short = &id["sha256:".len()..][..12];
    again.code(0).stdout(&format!("{}\n", repo.image())).says(&format!("  nothing changed: {short} is this already, nothing is sent\n"));
    assert!(proxy.requests().iter().all(|line| line.starts_with("GET ")), "only questions: {:?}", proxy.requests());

    // Each thing that goes in is noticed, and named.
    for (change, because) in [
        ("echo 2 > data/a", "1 file changed: data/a"),
        ("echo 3 > data/b; echo 4 > data/c; echo 5 > data/a; echo 6 > data/d", "4 files changed: data/a, data/b, data/c, …"),
        ("rm data/b", "1 file changed: data/b"),
        ("chmod +x data/a", "1 file changed: data/a"),
        ("mkdir data/empty", "1 file changed: data/empty"),
        ("ln -s a data/link", "1 file changed: data/link"),
        ("ln -sf c data/link", "1 file changed: data/link"),
        ("echo nothing > .dockerignore", "1 file changed: .dockerignore"),
        ("echo 'ENV A=1' >> Dockerfile", "1 file changed: Dockerfile; the commit or its version changed"),
    ] {
        let status = Command::new("sh").args(["-c", change]).current_dir(repo.world.repo()).status().expect("sh");
        assert!(status.success(), "{change}");
        repo.world.run(["docker-build"]).code(0).says(&format!("  builds because: {because}\n"));
        repo.world.run(["docker-build"]).code(0).says("  nothing changed: ");
    }
    let ran = repo.world.run(["docker-build", "--build-arg", "COLOUR=red"]);
    ran.code(0).says("  builds because: the build argument COLOUR changed\n");
    repo.world.run(["docker-build", "--network", "host"]).code(0).says("the network changed\n");
    repo.world.run(["docker-build"]).code(0).says("  builds because: the network changed\n");
    repo.world.run(["docker-build", "--force"]).code(0).says("  builds because: --force\n").says("– 2/2 COPY data /data cached\n");
    docker_sh(&format!("docker rmi --force $(docker images --quiet {} | sort -u)", repo.repository));
    repo.world.run(["docker-build"]).code(0).says("  builds because: the engine does not have its image\n");
}

#[test]
fn a_base_image_of_the_engine_that_changed_means_a_build() {
    if !support::engine() {
        return;
    }
    let base = Repo::new(SMALL);
    base.world.run(["docker-build"]).code(0);
    let name = format!("{}:base", base.repository);
    docker_sh(&format!("docker tag {} {name}", base.image()));
    let repo = Repo::new(&format!("FROM {name}\nENV A=1\n"));
    repo.world.run(["docker-build"]).code(0);
    repo.world.run(["docker-build"]).code(0).says("  nothing changed: ");
    base.world.file("Dockerfile", format!("{SMALL}ENV NEW=1\n"));
    base.world.run(["docker-build"]).code(0);
    docker_sh(&format!("docker tag {}-dirty {name}", base.image()));
    repo.world.run(["docker-build"]).code(0).says(&format!("  builds because: the base image {name} changed\n"));
    assert!(inspect(&repo.image(), "{{json .Config.Env}}").contains("NEW=1"));
}

#[test]
fn a_content_that_changed_behind_the_clocks_back_is_noticed_and_reaches_the_image() {
    if !support::engine() {
        return;
    }
    let repo = Repo::new("FROM scratch\nCOPY data /data\n");
    let content =
        || docker_sh(&format!("id=$(docker create {} x); docker cp $id:/data/a - | tar xO; docker rm $id >/dev/null", repo.image()));
    let file = repo.world.file("data/a", "one");
    docker_sh(&format!("touch -d '2020-01-01 00:00:00' {}", file.display()));
    repo.world.run(["docker-build"]).code(0);
    assert_eq!(content(), "one");
    // The same size, the same time, the same inode: the engine itself would keep the old one.
    let before = file.metadata().unwrap();
    std::fs::write(&file, "two").unwrap();
    docker_sh(&format!("touch -d '2020-01-01 00:00:00' {}", file.display()));
    let after = file.metadata().unwrap();
    assert_eq!((before.mtime(), before.ino(), before.len()), (after.mtime(), after.ino(), after.len()));
    repo.world.run(["docker-build"]).code(0).says("1 file changed: data/a");
    assert_eq!(content(), "two");
    // Changed again and again as fast as can be, within one tick of the clock.
    for n in 0..10 {
        std::fs::write(&file, format!("{n:03}")).unwrap();
        repo.world.run(["docker-build", "-q"]).code(0);
        std::fs::write(&file, format!("x{n:02}")).unwrap();
        repo.world.run(["docker-build", "-q"]).code(0);
        assert_eq!(content(), format!("x{n:02}"));
    }
}

#[test]
fn only_what_changed_and_what_copy_reaches_is_sent() {
    if !support::engine() {
        return;
    }
    let repo = Repo::new("FROM scratch\nCOPY src /src\n");
    let noise = |seed: u64, n: u64| -> Vec<u8> { (0..n).map(|i| ((i + seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u8).collect() };
    repo.world.file("src/big", noise(u64::from(std::process::id()), 3_000_000));
    repo.world.file("elsewhere/big", noise(1, 3_000_000));
    repo.world.file("src/small", "1");
    repo.world.run(["docker-build"]).code(0).says("  sent 2.9 MiB\n");
    repo.world.file("src/small", "22");
    repo.world.run(["docker-build"]).code(0).says("  sent 2 B\n");
    repo.world.file("elsewhere/big", "x");
    repo.world
        .run(["docker-build"])
        .code(0)
        .says("1 file changed: elsewhere/big\n")
        .says("– 1/1 COPY src /src cached\n")
        .says("  sent 0 B\n");
}

#[test]
fn cache_mounts_and_secrets_work() {
    if !support::engine() {
        return;
    }
    let secrets = "RUN --mount=type=secret,id=npm --mount=type=secret,id=key md5sum /run/secrets/npm | grep -q ea3e879ed3f8ecd6dbf397146b62e6c6 && test \"$(cat /run/secrets/key)\" = from-a-file && echo got $(cat /run/secrets/npm)\n";
    let mut repo = Repo::new("unused");
    let cache =
        format!("ARG N\nRUN --mount=type=cache,target=/cache,id={} echo $N >> /cache/n && wc -l < /cache/n > /lines\n", repo.commit());
    repo.world.file("Dockerfile", format!("{WITH_SHELL}{secrets}{cache}"));
    let toml = repo.world.read("instep.toml");
    repo.world.file("instep.toml", toml + "build-secrets = { npm = { env = \"NPM_TOKEN\" }, key = { file = \"key.txt\" } }\n");
    repo.world.file("key.txt", "from-a-file");
    let ran = repo.world.run(["docker-build"]);
    ran.code(2)
        .says("error: the secret npm of the build: $NPM_TOKEN is not set\n")
        .says("instep.toml:6:33")
        .says("help: `export NPM_TOKEN=…`");
    repo.world.env("NPM_TOKEN", "tok-1234");
    let ran = repo.world.run(["docker-build", "-v", "--build-arg", "N=1"]);
    ran.code(0).says("│ got ***");
    assert!(!ran.err().contains("tok-1234"), "{ran:?}");
    let image = repo.world.run(["docker-build", "--build-arg", "N=2"]).code(0).says("cached\n").out();
    let image = image.trim();
    let script = format!("id=$(docker create {image} x); docker cp $id:/lines - | tar xO; docker rm $id >/dev/null");
    assert_eq!(docker_sh(&script), "2", "the cache outlives a build");
    assert!(!docker_sh(&format!("docker history --no-trunc {image}; docker inspect {image}")).contains("tok-1234"));
    // A new value of a secret is no reason to build; another secret is.
    repo.world.env("NPM_TOKEN", "another");
    repo.world.run(["docker-build", "--build-arg", "N=2"]).code(0).says("  nothing changed: ");
    let toml = repo.world.read("instep.toml");
    repo.world.file("instep.toml", toml.replace("key = {", "more = { env = \"NPM_TOKEN\" }, key = {"));
    repo.world.env("NPM_TOKEN", "tok-1234");
    repo.world.run(["docker-build", "--build-arg", "N=2"]).code(0).says("the names of the secrets changed");
    repo.world.env("DOCKER_BUILDKIT", "0");
    repo.world.run(["docker-build", "--force"]).code(7).says("error: the secret npm needs BuildKit");
}

#[test]
fn two_clones_of_a_commit_make_the_same_image() {
    if !support::engine() {
        return;
    }
    let repo = Repo::new("FROM scratch\nCOPY data /data\nARG REVISION\nENV REVISION=$REVISION\n");
    repo.world.file("data/a", repo.repository.as_bytes());
    // What is not the same in a clone.
    repo.world.file(".dockerignore", ".git\nbusybox\n");
    repo.world.commit("second");
    repo.world.run(["docker-build"]).code(0);
    let image = format!("{}:0.0.0-2.g{}", repo.repository, &repo.commit()[..7]);
    let id = inspect(&image, "{{.Id}}");
    let commit: i64 = repo.world.git(&["log", "-1", "--format=%ct"]).parse().unwrap();
    let when = docker_sh(&format!("date -u -d @{commit} '+%Y-%m-%d %H:%M'"));
    std::thread::sleep(std::time::Duration::from_millis(1100));
    repo.world.git(&["clone", "--quiet", ".", "../clone"]);
    let clone = repo.world.root().join("clone");
    docker_sh(&format!("docker rmi --force {id}; git -C {} remote remove origin", clone.display()));
    repo.world.run_in(&clone, ["docker-build"]).code(0);
    assert_eq!(inspect(&image, "{{.Id}}"), id);
    // No file is younger than its commit, whenever it was checked out.
    assert!(files(&image).iter().any(|line| line.contains(&when) && line.ends_with("data/a")), "{when}: {:?}", files(&image));
}

#[test]
fn a_release_tag_retags_what_the_commit_has() {
    if !support::engine() {
        return;
    }
    let repo = Repo::new(&format!("{SMALL}ARG VERSION\nENV VERSION=$VERSION\n"));
    let first = repo.world.run(["docker-build", "--push"]).code(0).out();
    let sha = format!("sha-{}", repo.commit());
    repo.world.git(&["tag", "v2.0.0"]);
    let ran = repo.world.run(["docker-build", "--push"]);
    ran.code(0).stdout(&first).says(&format!("  {sha} is here already: it is retagged, not built again\n"));
    // The same on a machine that has nothing: from the registry.
    repo.world.git(&["tag", "v2.0.1"]);
    docker_sh(&format!("docker rmi --force $(docker images --quiet {} | sort -u)", repo.repository));
    let ran = repo.world.run(["docker-build", "--push"]);
    ran.code(0).stdout(&first).says(&format!("  {sha} is in the registry already: it is retagged, not built again\n"));
    let mut tags: Vec<String> = serde_json::from_value(registry_tags(&repo.repository)["tags"].clone()).unwrap();
    tags.sort();
    assert_eq!(tags, [repo.version(), "2.0.0".into(), "2.0.1".into(), sha]);
    repo.world.run(["docker-build", "--force"]).code(0).says("  builds because: --force\n");
    assert!(inspect(&format!("{}:2.0.1", repo.repository), "{{json .Config.Env}}").contains("VERSION=2.0.1"));
}

#[test]
fn a_large_context_is_told_with_its_largest_folders_and_what_would_leave_them_out() {
    if !support::engine() {
        return;
    }
    let repo = Repo::new("FROM scratch\nCOPY src /src\n");
    let file = |name: &str, kibibytes: u64| {
        repo.world.file(name, "");
        std::fs::File::options().write(true).open(repo.world.repo().join(name)).unwrap().set_len(kibibytes << 10).unwrap();
    };
    let large = [("node_modules/a/b", 62 << 10), ("node_modules/c", 10 << 10), ("my data/x", 20 << 10), ("[id]/x", 3 << 10)];
    let small = [("src/a", 512), ("logs/x", 1024), ("tiny/x", 512)];
    let folders = large.into_iter().chain(small);
    for (name, size) in folders {
        file(name, size);
    }
    repo.world.file(".dockerignore", ".git\n");
    let said = repo.world.run(["docker-build"]).code(0).err();
    assert!(!said.contains("the context has"), "not yet large: {said}");
    file("logs/x", 5 << 10);
    let ran = repo.world.run(["docker-build"]);
    ran.code(0).says(
        "  builds because: 1 file changed: logs/x
  the context has 102.9 MiB in 12 files
    node_modules   72.0 MiB   69 %  2 files
    my data        20.0 MiB   19 %  1 file
    logs            5.0 MiB    4 %  1 file
    [id]            3.0 MiB    2 %  1 file
  to leave out what the image does not need: printf '%s\\n' node_modules 'my data' logs \"\\\\[id]\" >> .dockerignore
",
    );
    // Who names a folder wants it.
    repo.world.file("Dockerfile", "FROM scratch\nCOPY [\"my data\", \"/data\"]\nCOPY src node_modules ./logs/x /src/\nWHAT\n");
    repo.world.run(["docker-build"]).code(2).says("does not need: printf '%s\\n' \"\\\\[id]\" >> .dockerignore\n");
    // The command does what it says.
    let command = ran.err().split("does not need: ").nth(1).unwrap().lines().next().unwrap().to_owned();
    docker_sh(&format!("cd '{}' && {command}", repo.world.repo().display()));
    repo.world.file("Dockerfile", "FROM scratch\nCOPY . /\n");
    let ran = repo.world.run(["docker-build"]);
    assert!(!ran.code(0).err().contains("the context has"), "{ran:?}");
    let files = files(ran.out().trim());
    let has = |name: &str| files.iter().any(|line| line.ends_with(name));
    assert!(
        has(" src/a") && has(" tiny/x") && !["node_modules", "my data", "logs", "[id]"].iter().any(|name| has(&format!(" {name}/"))),
        "{files:?}"
    );
}
