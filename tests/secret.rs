//! Secrets: set without a trace on the command line, listed without their values, sealed.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs programs, waits, and fails by panicking")]

mod support;

use std::io::Write as _;
use std::process::Stdio;

use support::kube::Place;
use support::{INSTEP, Ran};

const WANTED: &str = "[kube.env]\nURL = { secret = \"hello-db\", key = \"url\" }\nTOKEN = { secret = \"hello-db\", key = \"token\" }\n\
                      [jobs.backup]\ncommand = [\"/bin/busybox\", \"true\"]\nenv-from = { secrets = [\"bucket\"] }\n";

/// With this on stdin.
fn piped(place: &Place, args: &[&str], input: &str) -> Ran {
    let mut command = place.world.command(INSTEP, &place.world.repo());
    let mut child = command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Who refuses does not read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    Ran::of(child.wait_with_output().unwrap(), &place.world)
}

#[test]
fn a_key_is_set_beside_the_others_and_never_shown() {
    let Some(place) = Place::new(WANTED) else { return };
    let set = |key: &str, value: &str| piped(&place, &["secret", "set", "staging", "hello-db", key, "-v"], value);
    let ran = set("url", "postgres://s3cret@db\n");
    ran.code(0).stdout(&format!(
        "✓ hello-db/url made in namespace {}; pods that run read it after `instep redeploy staging --app hello`\n",
        place.namespace
    ));
    assert!(!ran.err().contains("s3cret"), "{ran:?}");
    let list = place.world.run(["secret", "list", "staging"]);
    let lines: Vec<String> = list.code(0).out().lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        lines,
        [
            "bucket ✗ not there read by hello-backup",
            "hello-db token ✗ nobody set it read by hello, hello-backup instep secret set staging hello-db token",
            "hello-db url ✓ set read by hello, hello-backup",
        ]
    );
    set("token", "one").code(0).prints("✓ hello-db/token set in namespace ");
    set("token", "two\n\n").code(0);
    let value =
        |key: &str| place.kubectl(&["get", "secret", "hello-db", &format!("--output=go-template={{{{.data.{key} | base64decode}}}}|")]);
    assert_eq!((value("url"), value("token")), ("postgres://s3cret@db|".to_owned(), "two\n|".to_owned()));
    let json = place.world.run(["secret", "list", "staging", "--output", "json"]);
    let known = json.code(0).json();
    assert_eq!(known["places"][0]["secrets"][1]["keys"]["url"]["set"], true);
    assert!(!json.out().contains("s3cret") && !json.out().contains("cG9zdGdyZXM"), "{json:?}");

    // The script does the same.
    let script = place.world.run(["secret", "set", "staging", "hello-db", "third", "--dry-run"]).code(0).out();
    let mut sh = place.world.command("sh", &place.world.repo());
    let mut child = sh.args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"by hand").unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(value("third"), "by hand|");
}

/// Asks for the value on a real terminal, types this, and gives all that was on the screen.
fn typed(place: &Place, value: &str) -> String {
    let args = ["instep", "secret", "set", "staging", "hello-db", "url"];
    let script = format!(
        "import os, pty, sys\npid, fd = pty.fork()\nif pid == 0:\n    os.environ['TERM'] = 'xterm'\n    os.execv({INSTEP:?}, {args:?})\n\
         text, sent = b'', False\nwhile True:\n    try:\n        piece = os.read(fd, 4096)\n    except OSError:\n        break\n    if not piece:\n        break\n    text += piece\n\
         \x20   if not sent and b'(not shown): ' in text:\n        sent = True\n        os.write(fd, {value:?}.encode() + b'\\n')\n\
         sys.stdout.buffer.write(text)\nsys.stdout.flush()\nsys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n"
    );
    let output = place.world.command("python3", &place.world.repo()).args(["-c", &script]).output().unwrap();
    let ran = Ran::of(output, &place.world);
    ran.code(0);
    ran.out()
}

#[test]
fn a_person_types_a_value_that_is_not_shown() {
    let Some(place) = Place::new(WANTED) else { return };
    place.kubectl_any(&["create", "namespace", &place.namespace]);
    let screen = typed(&place, "postgres://s3cret@db");
    assert!(screen.contains("hello-db/url (not shown): ") && screen.contains("hello-db/url made"), "{screen}");
    assert!(!screen.contains("s3cret"), "{screen}");
    let value = place.kubectl(&["get", "secret", "hello-db", "--output=go-template={{.data.url | base64decode}}|"]);
    assert_eq!(value, "postgres://s3cret@db|");
}

#[test]
fn what_can_t_be_set_is_refused() {
    let Some(place) = Place::new(WANTED) else { return };
    let set = |args: &[&str], input: &str| piped(&place, &[&["secret", "set", "staging"], args].concat(), input);
    set(&["hello-db", "url=x"], "x")
        .code(2)
        .says("error: `url=x` can't be a key of a Secret\n")
        .says("it is asked for, or comes on stdin\n");
    set(&["Hello", "url"], "x").code(2).says("error: `Hello` can't be the name of a Secret\n");
    let ran = set(&["hello-db", "url"], "\n");
    ran.code(2).says("error: there is no value\n").says("help: type it, or: instep secret set staging hello-db url <FILE\n");
    place.kubectl_any(&["create", "namespace", &place.namespace]);
    place.kubectl(&["create", "configmap", "maker"]);
    let uid = place.kubectl(&["get", "configmap", "maker", "--output=jsonpath={.metadata.uid}"]);
    let owned = format!(
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: made\n  ownerReferences:\n  - {{apiVersion: v1, kind: ConfigMap, name: maker, uid: {uid}}}\n"
    );
    let file = place.world.file("owned.yaml", owned);
    place.kubectl(&["create", "-f", file.to_str().unwrap()]);
    set(&["made", "url"], "x").code(6).says("error: Secret `made` is made by ConfigMap maker, which would overwrite it\n");
    let text = place.world.read("instep.toml").replace("[environments.staging]\n", "[environments.staging]\nprotected = true\n");
    place.world.file("instep.toml", text);
    set(&["hello-db", "url"], "x").code(6).says("help: say that it is meant: --confirm staging\n");
    set(&["hello-db", "url", "--confirm", "staging"], "x").code(0);
}

#[test]
fn a_sealed_value_goes_into_a_file_that_is_applied() {
    let Some(place) = Place::new(WANTED) else { return };
    let text = place.world.read("instep.toml").replace("[environments.staging]\n", "[environments.staging]\nsealed = true\n");
    place.world.file("instep.toml", text);
    let set = |key: &str| piped(&place, &["secret", "set", "staging", "hello-db", key], "s3cret");
    if !support::kube::has("kubeseal") {
        let ran = set("url");
        ran.code(7).says("error: `kubeseal` is not installed, or not on the PATH\n").says("sealed-secrets#kubeseal");
    }
    // kubeseal needs its controller in the cluster: it is played, as its documentation says that it behaves.
    place.world.program(
        "kubeseal",
        "#!/bin/sh\nkey=$(cat | sed 's/.*\"data\":{\"\\([a-z]*\\)\".*/\\1/')\ncase \" $* \" in\n\
         *--merge-into*) for file; do :; done; echo \"    $key: AgB$key\" >>\"$file\";;\n\
         *) printf 'apiVersion: bitnami.com/v1alpha1\\nkind: SealedSecret\\nmetadata:\\n  name: hello-db\\nspec:\\n  encryptedData:\\n    %s: AgB%s\\n' $key $key;;\nesac\n",
    );
    set("url").code(0).stdout("✓ hello-db/url sealed in sealed/staging/hello-db.yaml: commit it, kube-apply applies it\n");
    set("token").code(0);
    let file = place.world.read("sealed/staging/hello-db.yaml");
    assert!(file.ends_with("  encryptedData:\n    url: AgBurl\n    token: AgBtoken\n"), "{file}");
    place.world.run(["kube-render", "staging"]).code(0).prints("kind: SealedSecret\n").prints("    token: AgBtoken\n");
    // The Secret that it becomes is not missed before the controller has made it; the kind is not known here.
    place.apply(&[]).code(1).says("error: the cluster does not know a kind that is in the manifests\n");
}
