//! What README and `docs/` say is held to the program: their blocks are checked or run, their commands
//! and options are known, their links lead somewhere.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use instep::report::Kind;
use support::{INSTEP, World, wait_until};

/// What a block needs of the rest of a repo's file: page, a line of the block, what is added in front.
const PRELUDES: &[(&str, &str, &str)] = &[
    ("docs/ci.md", "[ci]", "[environments.staging]\ncontext = \"c\"\n"),
    ("docs/run-local.md", "[tasks.run-local]", "[tasks.setup]\nrun = \"true\"\n"),
    ("docs/tasks.md", "[tasks.lint]", "[tasks.clean]\nrun = \"true\"\n"),
];

/// A fenced block.
struct Block {
    page: String,
    line: usize,
    language: String,
    text: String,
}

impl Block {
    /// `docs/tasks.md:3`.
    fn place(&self) -> String {
        format!("{}:{}", self.page, self.line)
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// README, CHANGELOG, CONTRIBUTING and the book, without the page that is generated.
fn pages() -> Vec<(String, String)> {
    let mut files: Vec<PathBuf> = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"].iter().map(|file| root().join(file)).collect();
    files.extend(std::fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path()));
    files.retain(|file| file.extension().is_some_and(|extension| extension == "md") && !file.ends_with("instep-toml.md"));
    files.sort();
    let name = |file: &Path| file.strip_prefix(root()).unwrap().display().to_string();
    files.iter().map(|file| (name(file), std::fs::read_to_string(file).unwrap())).collect()
}

fn blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    for (page, text) in pages() {
        let mut open: Option<Block> = None;
        for (number, line) in text.lines().enumerate() {
            match (line.trim_start().strip_prefix("```"), &mut open) {
                (Some(language), None) => {
                    open = Some(Block { page: page.clone(), line: number + 1, language: language.to_owned(), text: String::new() });
                }
                (Some(_), Some(_)) => blocks.extend(open.take()),
                (None, Some(block)) => writeln!(block.text, "{line}").unwrap(),
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "{page}: a block is not closed");
    }
    blocks
}

/// The one block of a page that holds this text.
#[track_caller]
fn block(page: &str, part: &str) -> Block {
    let mut found: Vec<Block> = blocks().into_iter().filter(|block| block.page == page && block.text.contains(part)).collect();
    assert_eq!(found.len(), 1, "blocks with {part} in {page}");
    found.remove(0)
}

/// Times and counts differ from run to run, and with them the width of columns.
fn shape(text: &str) -> String {
    let line = |line: &str| {
        let mut words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        for at in 0..words.len() {
            let is_unit = words.get(at + 1).is_some_and(|unit| ["ms", "s"].contains(&unit.trim_end_matches([')', ',', ':'])));
            if is_unit && words[at].trim_start_matches('(').parse::<f64>().is_ok() {
                words[at] = String::from(if words[at].starts_with('(') { "(T" } else { "T" });
                words[at + 1] = format!("s{}", words[at + 1].trim_start_matches(char::is_alphabetic));
            }
            if let Some(count) = words[at].strip_prefix('×') {
                words[at] = format!("×N{}", count.trim_start_matches(|c: char| c.is_ascii_digit()));
            }
        }
        words.join(" ")
    };
    text.lines().map(line).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_block_says_what_it_is() {
    // A picture of the data's way: nothing to run.
    let picture = |block: &Block| block.page == "docs/architecture.md" && block.text.starts_with("arguments →");
    let output = [
        ("README.md", "error: unknown key"),
        ("docs/run-local.md", "is ready"),
        ("docs/smoke-test.md", "✓ health"),
        ("docs/smoke-test.md", "error: check list"),
        ("docs/smoke-test.md", "[smoke-test.checks.users]"),
        ("docs/load-test.md", "answered well"),
        ("docs/bases.md", "kube.memory"),
        ("docs/tasks.md", "██████████"),
        ("docs/workspace.md", "✗ web"),
        ("docs/workspace.md", "services/api/instep.toml"),
    ];
    for block in blocks() {
        let shown = || output.iter().any(|(page, part)| block.page == *page && block.text.contains(part));
        let known = match block.language.as_str() {
            "sh" | "toml" => true,
            "text" => picture(&block) || shown() || !commands(&block).is_empty(),
            _ => false,
        };
        assert!(known, "{}: no test looks at this block ({})", block.place(), block.language);
    }
}

#[test]
fn every_command_has_a_guide() {
    let summary = std::fs::read_to_string(root().join("docs/SUMMARY.md")).unwrap();
    let guides: Vec<String> = pages()
        .into_iter()
        .filter(|(page, _)| page.strip_prefix("docs/").is_some_and(|file| !["architecture.md", "SUMMARY.md"].contains(&file)))
        .map(|(page, text)| {
            assert!(summary.contains(&format!("({})", page.trim_start_matches("docs/"))), "{page} is not in the book");
            text
        })
        .collect();
    for command in instep::command::tree().get_subcommands().filter(|command| !command.is_hide_set()) {
        let name = command.get_name();
        let named = |text: &String| text.contains(&format!("instep {name}")) || text.contains(&format!("**`{name}"));
        assert!(guides.iter().any(named), "no guide says how to use `{name}`");
    }
}

#[test]
fn toml_blocks_are_valid() {
    let mut checked = 0;
    for block in blocks().iter().filter(|block| block.language == "toml") {
        // Made to run by tests of their own.
        if block.text.contains("[questions") || block.text.contains("extends = ") {
            continue;
        }
        let prelude = PRELUDES.iter().find(|(page, line, _)| *page == block.page && block.text.lines().any(|own| own == *line));
        let world = World::with(&format!("{}{}", prelude.map_or("", |(.., text)| text), block.text));
        if block.text.contains("[workspace]") {
            world.file("services/api/instep.toml", "[service]\nname = \"api\"\n");
        }
        let ran = world.run(["config"]);
        assert!(ran.exit() == 0 && ran.err().is_empty(), "{}\n{ran:?}", block.place());
        checked += 1;
    }
    assert!(checked >= 7, "{checked} blocks");
}

#[test]
fn the_summary_of_a_workspace_is_as_the_guide_shows() {
    let world = World::with("[workspace]\nmembers = [\"services/*\"]\n");
    let service = |name: &str| format!("[service]\nname = \"{name}\"\n[image]\nrepository = \"registry.example.com/{name}\"\n");
    world.file("services/api/instep.toml", service("api") + "[tasks.docker-build]\nrun = \"true\"\n");
    for name in ["web", "zoo"] {
        world.file(&format!("services/{name}/instep.toml"), service(name));
    }
    world.commit("first");
    let ran = world.run(["docker-build"]);
    let summary = shape(&block("docs/workspace.md", "✗ web").text).replace("T s", "[TIME]");
    assert!(shape(&ran.err()).contains(&summary), "{ran:?}");
}

#[test]
fn the_scaffold_of_the_guide_can_be_used() {
    let world = World::new();
    world.program("go", "#!/bin/sh\necho go version go1.22\n");
    world.file("mine/scaffold.toml", &block("docs/new-service.md", "[questions.port]").text);
    let template = "{* nothing *}\n{~ if port > 80 ~}\nport = {= port =}\n{~ endif ~}\n";
    world.file("mine/template/{= name =}.conf.tmpl", template);
    world.file("mine/template/run.sh", "#!/bin/sh\n");
    world.git(&["config", "--global", "user.name", "t"]);
    world.git(&["config", "--global", "user.email", "t@example.com"]);
    world.file("mine/template/scripts/lock.sh", "echo \"$ANSWER_PORT\" >lock\n");
    let make = ["new-service", "hello", "--scaffold", "./mine", "--yes"];
    let refused = world.run(make);
    let hash = refused.code(6).says("with its own scripts/lock.sh").err().split("--trust ").last().unwrap().trim().to_owned();
    world.run(make.into_iter().chain(["--trust", &hash])).code(0);
    assert_eq!(world.read("hello/lock"), "8080\n");
    assert_eq!(world.read("hello/hello.conf"), "port = 8080\n");
    let mode = std::fs::metadata(world.repo().join("hello/run.sh")).unwrap();
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&mode) & 0o111, 0o111, "executable");
}

#[test]
fn the_table_after_several_tasks_looks_like_that() {
    let world = World::with(
        "[tasks.all]\nneeds = [\"lint\", \"test\", \"build\", \"e2e\"]\n[tasks.lint]\nrun = \"true\"\n[tasks.test]\nrun = \"sleep 0.2\"\n\
         [tasks.build]\nrun = \"true\"\nsources = [\"instep.toml\"]\n[tasks.e2e]\nrun = \"exit 4\"\n",
    );
    world.run(["build"]).code(0);
    let err = world.run(["all", "--jobs", "1"]).code(1).err().replace("[TIME]", "1.00 s");
    let told = &block("docs/tasks.md", "██████████").text.replace('█', "");
    assert!(shape(&err).contains(&shape(told)), "{err}");
}

#[test]
fn the_base_of_the_guide_can_be_used() {
    let world = World::new();
    let platform = world.root().join("platform.git");
    let url = format!("file://{}", platform.display());
    let git = |args: &[&str]| {
        let done =
            world.command("git", &platform).args(["-c", "user.name=t", "-c", "user.email=t@example.com"]).args(args).output().unwrap();
        assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
    };
    std::fs::create_dir_all(platform.join("instep")).unwrap();
    git(&["init", "--quiet"]);
    let publish = |kube: &str, tasks: &str| {
        let text = format!("{}[kube]\nmemory = \"{kube}\"\n{}{tasks}", "\n".repeat(10), "\n".repeat(17));
        std::fs::write(platform.join("instep/base.toml"), text).unwrap();
        git(&["add", "--all"]);
        git(&["commit", "--quiet", "-m", "x"]);
        git(&["tag", "--force", "v3"]);
    };
    let given = block("docs/bases.md", "extends = ")
        .text
        .replace("ssh://git@github.com/acme/platform.git", &url)
        .replace("../shared.toml", "shared.toml");
    world.file("instep.toml", given);
    world.file("shared.toml", "");
    publish("128Mi", "");
    world.run(["update", "--base"]).code(0);
    assert_eq!(
        shape(&world.run(["config", "kube.memory"]).code(0).out()),
        shape(&block("docs/bases.md", "kube.memory = \"128Mi\"  .instep").text)
    );

    publish("256Mi", "[tasks.lint]\nrun = \"ruff check\"\n");
    let ran = world.run(["update", "--base"]);
    let shown = format!("$ instep update --base\n{}{}", ran.code(0).err(), ran.out())
        .replace(&url.replace(&world.root().display().to_string(), "[ROOT]"), "ssh://git@github.com/acme/platform.git");
    // The commits differ from run to run.
    let commits = |text: &str| {
        text.split_whitespace()
            .map(|word| if word.len() == 7 && word.chars().all(|c| c.is_ascii_hexdigit()) { "COMMIT" } else { word })
            .collect::<Vec<_>>()
            .join(" ")
            .replace("[TIME]", "T s")
    };
    let mut is: Vec<String> = shape(&shown).lines().map(commits).collect();
    let mut told: Vec<String> = shape(&block("docs/bases.md", "update --base").text).lines().map(commits).collect();
    // stdout and stderr come apart here.
    is.sort();
    told.sort();
    assert_eq!(is, told);
}

/// The words of every call of instep in a text: `A=1 instep x # why`, `$(instep x)`, `cargo run -- x`.
fn commands(block: &Block) -> Vec<Vec<String>> {
    block.text.lines().flat_map(calls).collect()
}

fn calls(line: &str) -> Vec<Vec<String>> {
    let line = line.replace("cargo run --release --", "instep");
    let words = line.split(" #").next().unwrap_or_default().split_whitespace();
    let clean = |word: &str| word.trim_start_matches(['(', '<', '$']).trim_end_matches([')', ';']).to_owned();
    let words: Vec<String> = words.map(clean).take_while(|word| word != "|").collect();
    let Some(at) = words.iter().position(|word| word == "instep") else { return Vec::new() };
    let own = words[at + 1..].to_vec();
    // run-local --exec runs another one.
    match own.iter().position(|word| word == "--exec" || word == "--") {
        Some(end) => {
            let mut found = calls(&own[end + 1..].join(" "));
            found.push(own[..=end].to_vec());
            found
        }
        None => vec![own],
    }
}

/// The calls between backticks in running text.
fn inline(text: &str) -> Vec<String> {
    let prose: String = text.split("```").step_by(2).collect();
    let parts = prose.split('`').skip(1).step_by(2).map(|part| part.replace('\n', " "));
    parts.filter(|part| part.starts_with("instep ") || part.starts_with("cargo run --release -- ")).collect()
}

#[test]
fn every_command_and_option_is_known() {
    let world = World::with("[tasks]\ngenerate = { run = \"true\" }\ntest = { run = \"true\" }\n[environments.staging]\ncontext = \"c\"\n");
    let mut faults = Vec::new();
    let mut checked = 0;
    let in_blocks = blocks().into_iter().filter(|block| block.language != "toml").flat_map(|block| {
        let place = block.place();
        commands(&block).into_iter().map(move |call| (place.clone(), call))
    });
    let in_text = pages().into_iter().flat_map(|(page, text)| {
        inline(&text).into_iter().flat_map(|call| calls(&call)).map(move |call| (page.clone(), call)).collect::<Vec<_>>()
    });
    for (place, call) in in_blocks.chain(in_text) {
        // A placeholder for a task is no task.
        if call.first().is_some_and(|word| word.chars().all(char::is_uppercase)) {
            continue;
        }
        let call: Vec<String> = call.into_iter().map(|word| if word == "SHELL" { "fish".to_owned() } else { word }).collect();
        let before_exec = call.iter().filter(|word| *word != "--exec" && *word != "--");
        let ran = world.run(before_exec.chain([&"--help".to_owned()]));
        let unknown: Vec<&String> =
            call.iter().filter(|word| word.starts_with("--") && word.len() > 2 && !ran.out().contains(*word)).collect();
        if ran.exit() != 0 || !unknown.is_empty() {
            faults.push(format!("{place}: instep {}\n{}{unknown:?}", call.join(" "), ran.err()));
        }
        checked += 1;
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(checked >= 30, "{checked} calls");
}

#[test]
fn every_line_of_a_shell_block_is_understood() {
    for block in blocks().iter().filter(|block| block.language == "sh") {
        for line in block.text.lines().filter(|line| !line.is_empty()) {
            assert!(line.starts_with("cd ") || !calls(line).is_empty(), "{}: {line}", block.place());
        }
        let mut shell = std::process::Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn().unwrap();
        shell.stdin.take().unwrap().write_all(block.text.as_bytes()).unwrap();
        assert!(shell.wait().unwrap().success(), "{}: bash does not understand it", block.place());
    }
}

#[test]
fn the_mistake_in_the_readme_is_reported_as_it_says() {
    let file = block("README.md", "[tasks.test]").text;
    let words = block("README.md", "error: unknown key");
    World::with(&file.replacen("port = 8080", "prot = 8080", 1)).run(["config"]).code(2).stdout("").stderr(&words.text);
}

const SERVER: &str = "import http.server, os\nclass H(http.server.BaseHTTPRequestHandler):\n    def do_GET(self):\n        self.send_response(200)\n        \
                      self.end_headers()\n    def log_message(self, *a): pass\nhttp.server.HTTPServer((\"127.0.0.1\", int(os.environ[\"PORT\"])), H).serve_forever()\n";

/// What run-local says on stderr until a line holds `end`; at a line that holds `at`, `act` is called.
fn said_by_run_local(world: &World, at: &str, act: impl Fn(), end: &str) -> String {
    let mut command = world.command(INSTEP, &world.repo());
    let mut child = command.arg("run-local").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    for line in BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok) {
        writeln!(said, "{line}").unwrap();
        if line.contains(at) {
            act();
        }
        if line.contains(end) {
            break;
        }
    }
    std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    wait_until("run-local ends", Duration::from_secs(20), || child.try_wait().unwrap().is_some());
    said
}

fn free_port() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string()
}

#[test]
fn run_local_says_what_the_guide_shows() {
    let port = free_port();
    let world = World::with(&format!(
        "[service]\nname = \"hello\"\nport = {port}\nready = \"/ready\"\n[run-local]\nrun = \".venv/bin/python -m hello\"\n"
    ));
    world.file("hello.py", SERVER);
    std::fs::create_dir_all(world.repo().join(".venv/bin")).unwrap();
    let python = std::process::Command::new("sh").args(["-c", "command -v python3"]).output().unwrap().stdout;
    std::os::unix::fs::symlink(String::from_utf8(python).unwrap().trim(), world.repo().join(".venv/bin/python")).unwrap();
    let said = said_by_run_local(&world, "\0", || {}, "Ctrl-C stops it");
    assert_eq!(shape(&said.replace(&port, "8080")), shape(&block("docs/run-local.md", "▸ hello").text));
}

#[test]
fn a_change_is_told_as_the_guide_shows() {
    let guide = block("docs/run-local.md", "settings.toml").text.replace("exec python -m users", "exec python3 users/app.py");
    let world = World::with(&format!("[service]\nname = \"users\"\nport = {}\n{guide}", free_port()));
    let edit = |text: &str| ["users/app.py", "users/other.py", "users/third.py"].map(|file| world.file(file, format!("{SERVER}{text}")));
    edit("");
    let said = said_by_run_local(&world, "Ctrl-C stops it", || drop(edit("# changed\n")), "is ready again");
    let shown = said.lines().skip_while(|line| !line.contains("changed:")).collect::<Vec<_>>().join("\n");
    assert_eq!(shape(&shown), shape(&block("docs/run-local.md", "is ready again").text));
}

#[test]
fn smoke_test_says_what_the_guide_shows() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut world = World::with(&format!("[service]\nname = \"users\"\nport = 8080\n{}", block("docs/smoke-test.md", "[smoke-test]").text));
    world.env("TARGET_URL", format!("http://{address}"));
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(400));
        let begin = Instant::now();
        for stream in TcpListener::bind(address).unwrap().incoming().flatten() {
            let mut reader = BufReader::new(stream);
            let mut request = String::new();
            while reader.read_line(&mut request).is_ok_and(|n| n > 2) {}
            let (kind, body) = if request.contains(" /info ") {
                ("application/json", "{\"ada\": 1, \"version\": \"1.0\"}")
            } else {
                ("text/plain", "ada 1\n")
            };
            let status = if begin.elapsed() < Duration::from_millis(400) { "503 Service Unavailable" } else { "200 OK" };
            let length = body.len();
            let _ = write!(
                reader.into_inner(),
                "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
        }
    });
    let said = shape(&world.run(["smoke-test"]).code(0).out().replace("[TIME]", "0.1 s"));
    for line in shape(&block("docs/smoke-test.md", "✓ health").text).lines() {
        assert!(said.lines().any(|own| own == line), "{line}\nis not in\n{said}");
    }
}

#[test]
fn a_failed_check_and_a_recorded_one_look_as_the_guide_shows() {
    use support::server::{Server, reply};
    let body = "{\"items\": [{\"name\": \"ada\", \"age\": 36}, {\"name\": \"bob\", \"age\": 7}]}";
    let server = Server::new(move |_, stream| reply(stream, "200 OK", "content-type: application/json\r\n", body));
    let check = "path = \"/users\"\nbearer = \"t0ken-t0ken\"\njson = { \"$.items\" = { count = 3 } }\n";
    let world = World::with(&format!("[service]\nname = \"users\"\nport = 8080\n[smoke-test.checks.list]\n{check}"));
    let ran = world.run(["smoke-test", "--check", "list", "--target-url", &server.url]);
    let said = ran.code(1).err().replace(&server.url, "http://127.0.0.1:8080");
    assert!(said.ends_with(&block("docs/smoke-test.md", "error: check list").text), "{said}");
    let ran = world.run(["smoke-test", "--record", &format!("{}/users", server.url)]);
    // How long it may take follows from how long it took.
    let but_time = |text: &str| text.lines().filter(|line| !line.starts_with("max-latency = ")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(but_time(&ran.code(0).out()), but_time(&block("docs/smoke-test.md", "[smoke-test.checks.users]").text));
}

/// What the figures are called, without the figures.
fn words(text: &str) -> Vec<String> {
    let line = |line: &str| {
        line.split_whitespace().map(|word| word.replace(|c: char| !c.is_alphabetic() && c != '(' && c != ')', "")).collect::<Vec<_>>()
    };
    text.lines().map(|text| line(text).join(" ").replace("ms", "s").replace("KiB", "B")).collect()
}

#[test]
fn load_test_says_what_the_guide_shows() {
    let server = support::server::Server::pages(&[("/users", "200 OK", "ok")]);
    let world =
        World::with("[service]\nname = \"users\"\nport = 8080\n[load-test]\npath = \"/users\"\nduration = \"1s\"\nwarm-up = \"0s\"\n");
    let ran = world.run(["load-test", "--rate", "50", "--connections", "2", "--target-url", &server.url]);
    let shown = block("docs/load-test.md", "answered well").text;
    let said: String = ran.code(0).out().lines().take(shown.lines().count()).collect::<Vec<_>>().join("\n").replace("[TIME]", "0 s");
    assert_eq!(words(&said), words(&shown));
}

/// As the tables of exit codes name them. A new kind does not compile until it is named.
fn meaning(kind: Kind) -> Option<(u8, &'static str)> {
    let words = match kind {
        Kind::Failed => "a task, check or deployment failed (a deployment: all is as it was before)",
        Kind::Usage => "wrong usage or configuration",
        Kind::Differences => "differences found",
        Kind::TimedOut => "timed out",
        Kind::Locked => "locked by another deployment",
        Kind::Refused => "refused for safety",
        Kind::Missing => "a needed tool or daemon is missing",
        Kind::Broken => "failed and *not* as it was before: needs a person",
        Kind::Signal(_) | Kind::Program(_) => return None,
    };
    Some((kind.exit_code(), words))
}

#[test]
fn the_exit_codes_are_those_of_the_tables() {
    let kinds = [Kind::Failed, Kind::Usage, Kind::Differences, Kind::TimedOut, Kind::Locked, Kind::Refused, Kind::Missing, Kind::Broken];
    let mut table = "| 0 | done |\n".to_owned();
    for (code, words) in kinds.into_iter().filter_map(meaning) {
        writeln!(table, "| {code} | {words} |").unwrap();
    }
    assert_eq!(Kind::Signal(15).exit_code(), 128 + 15);
    table.push_str("| 128+n | ended by signal n |\n");
    for page in ["docs/architecture.md", "docs/output.md"] {
        let text = std::fs::read_to_string(root().join(page)).unwrap();
        let written = text.split("| code | meaning |\n| --- | --- |\n").nth(1).unwrap();
        assert_eq!(written.split("\n\n").next().unwrap(), table.trim_end(), "{page}");
    }
}

#[test]
fn every_link_leads_to_a_file() {
    let mut links = 0;
    for (page, text) in pages() {
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") {
                continue;
            }
            let path = root().join(&page).parent().unwrap().join(file);
            assert!(path.exists(), "{page}: {target} is not there");
            links += 1;
        }
    }
    assert!(links > 10, "{links} links");
}

#[test]
fn the_book_has_every_page() {
    let summary = std::fs::read_to_string(root().join("docs/SUMMARY.md")).unwrap();
    for (page, _) in pages() {
        let Some(name) = page.strip_prefix("docs/").filter(|name| *name != "SUMMARY.md") else { continue };
        assert!(summary.contains(&format!("]({name})")), "docs/SUMMARY.md lacks {name}");
    }
}

#[test]
fn the_changelog_begins_with_what_is_unreleased() {
    let text = std::fs::read_to_string(root().join("CHANGELOG.md")).unwrap();
    assert_eq!(text.lines().find(|line| line.starts_with("## ")), Some("## Unreleased"));
}
