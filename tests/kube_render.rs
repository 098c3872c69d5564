//! `instep kube-render`: what is printed is what kubectl reads.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use support::{World, golden};

const SMALLEST: &str = "[service]\nname = \"users\"\nport = 8080\n\n[image]\nrepository = \"registry.example.com/growth/users\"\n\n\
    [environments.staging]\ncontext = \"gke_acme_staging\"\n";

#[test]
fn the_smallest_file_renders_with_safe_defaults() {
    let world = World::with(SMALLEST);
    world.commit("first");
    world.git(&["tag", "v1.2.3"]);
    let ran = world.run(["kube-render", "staging"]);
    ran.code(0).stderr("");
    golden("kube-smallest.yaml", &ran.out());
    assert_eq!(world.run(["kube-render", "staging"]).bytes(), ran.bytes(), "not reproducible");
}

#[test]
fn everything_renders_for_an_old_and_a_new_cluster() {
    let world = World::with(
        r#"
[service]
name = "users"
port = 8080
ports = { admin = 9090 }
team = "growth"
health = { path = "/health", port = "admin" }
ready = "/ready"
[image]
repository = "registry.example.com/growth/users"
[kube]
command = ["./users", "--env={{ environment }}"]
replicas = { min = 2, max = 10, cpu = 70 }
cpu = { request = "250m", limit = "1" }
memory = "256Mi"
start-within = "90s"
stop-within = "45s"
service-account = "users"
pull-secrets = ["registry"]
labels = { "on" = "yes" }
annotations = { "example.com/owner" = "0755" }
[kube.env]
LOG_LEVEL = "info"
DATABASE_URL = { secret = "users-db", key = "url" }
[kube.ingress]
hosts = ["api.example.com", "www.example.com"]
path = "/v1/users"
class = "internal"
tls = "api-tls"
annotations = { "example.com/timeout" = "1e3" }
[workloads.mailer]
command = ["./users", "mailer"]
strategy = "recreate"
read-only-root = false
[clusters.eu]
context = "eu"
kube-version = "1.20"
[clusters.us]
context = "us"
kube-version = "1.30"
[environments.production]
cluster = ["eu", "us"]
"#,
    );
    let image = "--image=registry.example.com/growth/users@sha256:5f0c";
    let ran = world.run(["kube-render", "production", image]);
    ran.code(0).stderr("");
    golden("kube-all.yaml", &ran.out());
    let eu = world.run(["kube-render", "production/eu", image]);
    eu.code(0).prints("autoscaling/v2beta2\n").prints("policy/v1beta1\n");
    assert!(!eu.out().contains("preStop"), "1.20 has no sleep action: {eu:?}");
}

/// Every word that some reader of YAML takes for something else, through the reader that counts.
#[test]
fn what_kubectl_reads_is_what_was_written() {
    if which("kubectl").is_none() {
        return;
    }
    let words = [
        "on",
        "off",
        "yes",
        "No",
        "y",
        "n",
        "true",
        "~",
        "null",
        "",
        " ",
        "0755",
        "0o17",
        "0x1F",
        "0b11",
        "1_000",
        "1e3",
        "+1",
        "-0",
        "1.",
        ".inf",
        "NaN",
        "12:30:45",
        "2001-01-01",
        "=",
        "<<",
        "- x",
        "{a: b}",
        "[a]",
        "# x",
        "a #b",
        "a: b",
        "!!str x",
        "&a",
        "*a",
        "%x",
        "@x",
        "`x",
        "'q' \"d\"",
        "---",
        "...",
        "\\n",
        "tab\\there",
        "a\\r\\nb",
        "two\\nlines\\n",
        "\\n\\nx\\n\\n",
        "x\\n---\\ny",
        " lead\\nrest",
        "end \\nx",
        "\\u0001",
        "\\u0085",
        "\\uFEFFx",
        "ünï 😀",
    ];
    let lines: Vec<String> = words.iter().enumerate().map(|(i, word)| format!("V{i} = \"{}\"\n", word.replace('"', "\\\""))).collect();
    let world = World::with(&format!("{SMALLEST}[kube.env]\n{}", lines.concat()));
    let rendered = world.run(["kube-render", "staging"]);
    rendered.code(0);
    world.file("out.yaml", rendered.bytes());
    let args = ["label", "--local", "--filename=out.yaml", "--output=json", "x=y"];
    let read = world.command("kubectl", &world.repo()).args(args).output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let objects: Vec<serde_json::Value> = serde_json::Deserializer::from_slice(&read.stdout).into_iter().collect::<Result<_, _>>().unwrap();
    let deployment = objects.iter().find(|object| object["kind"] == "Deployment").unwrap();
    let env = deployment["spec"]["template"]["spec"]["containers"][0]["env"].as_array().unwrap();
    for (i, word) in words.iter().enumerate() {
        let meant: String = serde_json::from_str(&format!("\"{}\"", word.replace('"', "\\\""))).unwrap();
        let variable = env.iter().find(|variable| variable["name"] == format!("V{i}")).unwrap();
        // kubectl leaves an empty value out.
        assert_eq!(variable["value"].as_str().unwrap_or(""), meant, "{word:?}");
    }
}

#[test]
fn files_of_the_user_are_not_overwritten() {
    let world = World::with(SMALLEST);
    world.run(["kube-render", "staging", "--output-dir", "out"]).code(0).says("wrote 2 files to [ROOT]/repo/out");
    assert!(world.read("out/deployment-users.yaml").starts_with("# Made by `instep kube-render`"));
    world.run(["kube-render", "staging", "--output-dir", "out"]).code(0);
    world.file("out/service-users.yaml", "mine\n");
    world
        .run(["kube-render", "staging", "--output-dir", "out"])
        .code(6)
        .says("service-users.yaml is there and was not made by kube-render");
    assert_eq!(world.read("out/service-users.yaml"), "mine\n");
}

#[test]
fn as_json_it_is_one_document() {
    let world = World::with(SMALLEST);
    let json = world.run(["kube-render", "staging", "--output", "json"]).json();
    assert_eq!(json["environment"], "staging");
    assert_eq!(json["places"][0]["namespace"], "users");
    assert_eq!(json["places"][0]["objects"][1]["kind"], "Deployment");
}

#[test]
fn what_would_be_left_out_is_refused() {
    let world = World::with(&SMALLEST.replace("port = 8080\n", "[kube.ingress]\nhosts = [\"a.example.com\"]\n"));
    world.run(["kube-render", "staging"]).code(2).says("`users` has an ingress but no port").says("instep.toml:4:9");
}

fn which(program: &str) -> Option<std::path::PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|dir| dir.join(program)).find(|file| file.is_file())
}
