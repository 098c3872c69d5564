//! `instep promote` where neither `gh` nor `glab` is installed: the provider's HTTP API, spoken by a server of the
//! test's own; the repository behind it is a real one.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]
mod support;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::server::{Server, reply};
use support::{Ran, World};

const ONE: &str = "registry.example.com/users@sha256:1111111111111111111111111111111111111111111111111111111111111111";
const TWO: &str = "registry.example.com/users@sha256:2222222222222222222222222222222222222222222222222222222222222222";
const BRANCH: &str = "instep/users/production";
const TOKEN: &str = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";

/// What the server remembers: the open requests.
type Open = Arc<Mutex<Vec<Value>>>;

/// A provider: how it answers is `refuse`'s business, where that gives something.
struct Provider {
    server: Server,
    open: Open,
}

impl Provider {
    /// As docs.github.com/rest/pulls/pulls describes it, on a server of one's own.
    fn github(refuse: impl Fn(&str) -> Option<(&'static str, &'static str)> + Send + Sync + 'static) -> Self {
        Self::new("/api/v3/repos/acme/platform/pulls", "number", "html_url", "PATCH", refuse)
    }

    /// As docs.gitlab.com/api/merge_requests describes it.
    fn gitlab(refuse: impl Fn(&str) -> Option<(&'static str, &'static str)> + Send + Sync + 'static) -> Self {
        Self::new("/api/v4/projects/acme%2Fplatform/merge_requests", "iid", "web_url", "PUT", refuse)
    }

    fn new(
        base: &'static str,
        number: &'static str,
        page: &'static str,
        change: &'static str,
        refuse: impl Fn(&str) -> Option<(&'static str, &'static str)> + Send + Sync + 'static,
    ) -> Self {
        let open = Open::default();
        let known = open.clone();
        let server = Server::new(move |line, stream| {
            let (method, path) = line.trim_end_matches(" HTTP/1.1").split_once(' ').unwrap();
            if let Some((status, body)) = refuse(method) {
                return reply(stream, status, "", body);
            }
            let mut open = known.lock().unwrap();
            let (status, body) = match (method, path.strip_prefix(base)) {
                ("GET", Some(query)) if query.starts_with('?') => ("200 OK", json!(*open)),
                ("POST", Some("")) => {
                    let made = json!({ number: 7, page: "https://git.example.com/acme/platform/7" });
                    open.push(made.clone());
                    ("201 Created", made)
                }
                (method, Some("/7")) if method == change => ("200 OK", open[0].clone()),
                _ => ("404 Not Found", json!({ "message": "Not Found" })),
            };
            reply(stream, status, "content-type: application/json\r\n", &body.to_string());
        });
        Self { server, open }
    }

    /// The calls: method, path and body.
    fn calls(&self) -> Vec<(String, Value)> {
        let call = |text: &String| {
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            let line = head.lines().next().unwrap().trim_end_matches(" HTTP/1.1").to_owned();
            (line, serde_json::from_str(body).unwrap_or_default())
        };
        self.server.requests().iter().map(call).collect()
    }

    /// Whether every call had this header.
    fn had(&self, header: &str) -> bool {
        self.server.requests().iter().all(|text| text.to_lowercase().contains(&header.to_lowercase()))
    }
}

/// A service whose platform repo is hosted by that server: git reaches it through `insteadOf`.
fn world(url: &str) -> (World, PathBuf) {
    let mut world = World::new();
    let bare = world.root().join("platform.git");
    let work = world.root().join("platform").display().to_string();
    for name in ["AUTHOR", "COMMITTER"] {
        world.env(&format!("GIT_{name}_NAME"), "ada").env(&format!("GIT_{name}_EMAIL"), "ada@example.com");
    }
    world.git(&["init", "--quiet", "--bare", "--initial-branch", "main", &bare.display().to_string()]);
    world.git(&["init", "--quiet", "--initial-branch", "main", &work]);
    world.git(&["-C", &work, "commit", "--quiet", "--allow-empty", "-m", "begin"]);
    world.git(&["-C", &work, "push", "--quiet", &bare.display().to_string(), "main"]);
    let repository = format!("{url}/acme/platform.git");
    world.env("GIT_CONFIG_COUNT", "1").env("GIT_CONFIG_KEY_0", format!("url.file://{}.insteadOf", bare.display()));
    world.env("GIT_CONFIG_VALUE_0", &repository);
    world.file(
        "instep.toml",
        format!(
            "[service]\nname = \"users\"\nport = 8080\n[image]\nrepository = \"registry.example.com/users\"\n[environments.production]\n\
             context = \"none\"\nkube-version = \"1.29\"\n[environments.production.gitops]\nrepository = \"{repository}\"\npull-request = true\n"
        ),
    );
    world.commit("one");
    (world, bare)
}

fn promote(world: &World, image: &str) -> Ran {
    world.run(["promote", "production", "--image", image, "-v"])
}

/// The token is in nothing that a person, a log or a program reads.
#[track_caller]
fn hides_the_token(ran: &Ran) {
    assert!(!ran.out().contains(TOKEN) && !ran.err().contains(TOKEN), "{ran:?}");
}

#[test]
fn github_opens_a_request_and_brings_it_up_to_date() {
    let provider = Provider::github(|_| None);
    let (mut world, _) = world(&provider.server.url);
    world.env("GITHUB_TOKEN", TOKEN);
    let ran = promote(&world, ONE);
    ran.code(0).prints("waits for its pull request").prints("request  https://git.example.com/acme/platform/7\n");
    hides_the_token(&ran);
    let ran = promote(&world, TWO);
    ran.code(0).prints("request  https://git.example.com/acme/platform/7\n");
    hides_the_token(&ran);
    let calls = provider.calls();
    let lines: Vec<&str> = calls.iter().map(|(line, _)| line.as_str()).collect();
    let list = "GET /api/v3/repos/acme/platform/pulls?state=open&head=acme%3Ainstep%2Fusers%2Fproduction&base=main";
    assert_eq!(lines, [list, "POST /api/v3/repos/acme/platform/pulls", list, "PATCH /api/v3/repos/acme/platform/pulls/7"]);
    let asked = &calls[1].1;
    assert_eq!((&asked["head"], &asked["base"]), (&json!(BRANCH), &json!("main")));
    assert!(asked["title"].as_str().unwrap().starts_with("users 0.0.0-"), "{asked}");
    assert!(calls[3].1["body"].as_str().unwrap().contains(&format!("image: {TWO}")), "{calls:?}");
    assert!(provider.had(&format!("authorization: Bearer {TOKEN}")) && provider.had("x-github-api-version: 2022-11-28"));
    assert_eq!(provider.open.lock().unwrap().len(), 1);
}

#[test]
fn gitlab_opens_a_request_and_brings_it_up_to_date() {
    let provider = Provider::gitlab(|_| None);
    let (mut world, _) = world(&provider.server.url);
    world.env("GITLAB_TOKEN", TOKEN);
    promote(&world, ONE).code(0).prints("request  https://git.example.com/acme/platform/7\n");
    let ran = promote(&world, TWO);
    ran.code(0);
    hides_the_token(&ran);
    let calls = provider.calls();
    let lines: Vec<&str> = calls.iter().map(|(line, _)| line.as_str()).collect();
    let base = "/api/v4/projects/acme%2Fplatform/merge_requests";
    let list = format!("GET {base}?state=opened&source_branch=instep%2Fusers%2Fproduction&target_branch=main");
    assert_eq!(lines, [&*list, &format!("POST {base}"), &list, &format!("PUT {base}/7")]);
    assert_eq!((&calls[1].1["source_branch"], &calls[1].1["target_branch"]), (&json!(BRANCH), &json!("main")));
    assert!(calls[1].1["description"].as_str().unwrap().contains(ONE));
    assert!(provider.had(&format!("private-token: {TOKEN}")));
}

#[test]
fn one_that_somebody_opened_in_between_is_not_doubled() {
    let open = Open::default();
    let (seen, listed) = (open.clone(), Mutex::new(0));
    let server = Server::new(move |line, stream| {
        let mut open = seen.lock().unwrap();
        let made = json!({ "number": 7, "html_url": "https://git.example.com/acme/platform/7" });
        match line.split(' ').next().unwrap() {
            "GET" => {
                *listed.lock().unwrap() += 1;
                reply(stream, "200 OK", "", &json!(*open).to_string());
            }
            "POST" => {
                open.push(made);
                let said = r#"{"message":"Validation Failed","errors":[{"resource":"PullRequest","code":"custom","message":"A pull request already exists for acme:instep/users/production."}]}"#;
                reply(stream, "422 Unprocessable Entity", "", said);
            }
            _ => reply(stream, "200 OK", "", &made.to_string()),
        }
    });
    let (mut world, _) = world(&server.url);
    world.env("GH_TOKEN", TOKEN);
    promote(&world, ONE).code(0).prints("request  https://git.example.com/acme/platform/7\n");
    assert!(server.requests().last().unwrap().starts_with("PATCH "), "{:?}", server.requests());
}

#[test]
fn what_the_provider_refuses_is_said_once_with_what_stays_and_where_a_person_opens_it() {
    for (when, status, body, said, note) in [
        (
            "GET",
            "401 Unauthorized",
            r#"{"message":"Bad credentials"}"#,
            "it does not know the token in GITHUB_TOKEN",
            "it says: Bad credentials",
        ),
        (
            "POST",
            "403 Forbidden",
            r#"{"message":"Resource not accessible by integration"}"#,
            "the token in GITHUB_TOKEN may not do that",
            "it says: Resource not accessible by integration",
        ),
        (
            "GET",
            "404 Not Found",
            r#"{"message":"Not Found"}"#,
            "it has no acme/platform, or the token in GITHUB_TOKEN may not see it",
            "it says: Not Found",
        ),
        (
            "POST",
            "422 Unprocessable Entity",
            r#"{"message":"Validation Failed","errors":[{"resource":"PullRequest","field":"base","code":"invalid","message":"base is locked"}]}"#,
            "it answers 422",
            "it says: Validation Failed: base is locked",
        ),
        ("POST", "500 Internal Server Error", "<html>", "it answers 500", "branch instep/users/production is pushed"),
        ("GET", "301 Moved Permanently", "", "acme/platform is called something else there now: correct `repository`", "is pushed"),
    ] {
        let provider = Provider::github(move |method| (method == when).then_some((status, body)));
        let (mut world, bare) = world(&provider.server.url);
        world.env("GITHUB_TOKEN", TOKEN);
        let host = provider.server.url.trim_start_matches("http://").to_owned();
        let ran = promote(&world, ONE);
        ran.code(1).stdout("").says(&format!("error: {host} did not open the pull request: {said}\n")).says(note);
        ran.says("note: branch instep/users/production is pushed\n");
        ran.says(&format!("help: open it by hand: http://{host}/acme/platform/compare/main...{BRANCH}?expand=1\n"));
        hides_the_token(&ran);
        assert_eq!(world.git(&["--git-dir", &bare.display().to_string(), "rev-list", "--count", BRANCH]), "2");
        // Whoever runs it again finds the branch, and goes on from there.
        let provider_again = provider.calls().len();
        promote(&world, ONE).code(1);
        assert!(provider.calls().len() > provider_again);
    }
}

#[test]
fn gitlab_s_reasons_are_told() {
    let provider = Provider::gitlab(|method| {
        (method == "POST")
            .then_some(("409 Conflict", r#"{"message":["Another open merge request already exists for this source branch: !5"]}"#))
    });
    let (mut world, _) = world(&provider.server.url);
    world.env("GITLAB_TOKEN", TOKEN);
    promote(&world, ONE)
        .code(1)
        .says("it answers 409\n")
        .says("it says: Another open merge request already exists for this source branch: !5\n");
}

/// Slow because the time that a provider gets is over only then.
#[test]
fn a_provider_that_does_not_answer_is_left() {
    let server = Server::new(|_, _| std::thread::sleep(Duration::from_secs(60)));
    let (mut world, _) = world(&server.url);
    world.env("GITHUB_TOKEN", TOKEN);
    let begin = Instant::now();
    promote(&world, ONE)
        .code(4)
        .says("did not open the pull request: timed out: no answer\n")
        .says("is pushed\n")
        .says("open it by hand: ");
    assert!(begin.elapsed() < Duration::from_secs(30), "{:?}", begin.elapsed());
    // Nobody at all is told at once.
    let (mut world, _) = self::world("http://127.0.0.1:9");
    world.env("GITHUB_TOKEN", TOKEN);
    promote(&world, ONE).code(1).says("127.0.0.1:9 did not open the pull request: connection refused");
}

#[test]
fn a_token_is_sent_to_its_own_server_only_and_never_in_the_open() {
    let provider = Provider::github(|_| None);
    let (mut world, _) = world(&provider.server.url);
    // As in GitHub Actions: the token is for that server.
    world.env("GITHUB_TOKEN", TOKEN).env("GITHUB_SERVER_URL", "https://github.com");
    promote(&world, ONE).code(0).prints("open it  http://127.0.0.1:");
    assert!(provider.calls().is_empty());
    let (mut world, _) = self::world("http://git.example.com");
    world.env("GITHUB_TOKEN", TOKEN);
    let ran = promote(&world, ONE);
    ran.code(0).says("warning: no token is sent to git.example.com, which is asked over http");
    ran.prints("open it  http://git.example.com/acme/platform/compare/main...instep/users/production?expand=1\n");
}
