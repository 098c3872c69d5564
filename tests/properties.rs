//! Garbage in, an error out: nothing that reads text panics, and every problem has its place.
//! `PROPTEST_CASES=10000 cargo test --test properties` looks longer.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test writes files, and fails by panicking")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use instep::config::explain::{self, Around, Whose};
use instep::config::node::{Source, Value};
use instep::config::schema::{Form, Shape};
use instep::config::{Project, Task, dotenv, parse, value};
use instep::report::{self, Error, Masker};
use proptest::prelude::*;

/// Few enough to be quick; `PROPTEST_CASES` asks for more.
fn config(cases: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(cases);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// All files of the corpus, and the scaffolds' own.
static CORPUS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = ["valid", "invalid"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(root.join("tests/corpus").join(folder)).unwrap().map(|entry| entry.unwrap().path()))
        .filter(|file| file.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.extend(["python", "rust"].iter().map(|name| root.join("scaffolds").join(name).join("template/instep.toml")));
    files.sort();
    files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
});

/// One change of a text.
#[derive(Clone, Debug)]
enum Change {
    Flip(usize, u8),
    Cut(usize),
    Insert(usize, String),
    Remove(usize, usize),
    Repeat(usize),
    Splice(usize, usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let piece = prop_oneof![
        "\\PC{0,6}",
        any::<String>(),
        Just("{{ ".to_owned()),
        Just("\"\"\"".to_owned()),
        Just("\r\n\t\u{feff}\u{0}".to_owned()),
        Just("e\u{301}\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{202e}".to_owned()),
        Just("= [[{".to_owned()),
    ];
    prop_oneof![
        (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Change::Flip(at, byte)),
        any::<usize>().prop_map(Change::Cut),
        (any::<usize>(), piece).prop_map(|(at, text)| Change::Insert(at, text)),
        (any::<usize>(), 1..40usize).prop_map(|(at, n)| Change::Remove(at, n)),
        any::<usize>().prop_map(Change::Repeat),
        (any::<usize>(), any::<usize>(), any::<usize>()).prop_map(|(at, file, line)| Change::Splice(at, file, line)),
    ]
}

fn apply(mut bytes: Vec<u8>, change: &Change) -> Vec<u8> {
    let place = |at: usize, bytes: &[u8]| at % (bytes.len() + 1);
    let line = |at: usize, bytes: &[u8]| bytes.split(|&byte| byte == b'\n').nth(at % 80).unwrap_or_default().to_vec();
    match change {
        Change::Flip(at, byte) if !bytes.is_empty() => {
            let at = at % bytes.len();
            bytes[at] = *byte;
        }
        Change::Flip(..) => {}
        Change::Cut(at) => bytes.truncate(place(*at, &bytes)),
        Change::Insert(at, text) => {
            let at = place(*at, &bytes);
            bytes.splice(at..at, text.bytes());
        }
        Change::Remove(at, n) => {
            let at = place(*at, &bytes);
            bytes.drain(at..(at + n).min(bytes.len()));
        }
        Change::Repeat(at) => {
            let line = line(*at, &bytes);
            bytes.extend([b"\n".to_vec(), line].concat());
        }
        Change::Splice(at, file, from) => {
            let line = line(*from, CORPUS[file % CORPUS.len()].as_bytes());
            let start = place(*at, &bytes);
            let start = bytes[..start].iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
            bytes.splice(start..start, [line, b"\n".to_vec()].concat());
        }
    }
    bytes
}

fn file() -> impl Strategy<Value = Vec<u8>> {
    (any::<prop::sample::Index>(), prop::collection::vec(change(), 1..5))
        .prop_map(|(file, changes)| changes.iter().fold(CORPUS[file.index(CORPUS.len())].clone().into_bytes(), apply))
}

/// Every problem has words, and a place that can be underlined; drawing it does not panic.
fn well_told(error: &Error) {
    assert!(!error.problems.is_empty());
    for problem in &error.problems {
        assert!(!problem.message.is_empty());
        if let Some(place) = &problem.place {
            assert!(place.text.get(place.span.clone()).is_some(), "{problem:?}");
            assert!(place.line() <= place.text.split('\n').count(), "{problem:?}");
        }
    }
    for width in [1, 40, 100] {
        assert!(report::drawn(error, width).contains("error"));
    }
}

fn load(bytes: &[u8]) -> Result<Project, Error> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("instep.toml");
    std::fs::write(&file, bytes).unwrap();
    Project::read(&file, "instep.toml", &[])
}

/// Every variable of everybody, and every key of the file, can be explained; the first layer has the last word.
fn explained(project: &Project) {
    let around = Around { arguments: &[], caller: &|_| None, place: None };
    for whose in Whose::all(project) {
        assert_eq!(Whose::named(project, whose.name()).map(|found| found.name().to_owned()).ok().as_deref(), Some(whose.name()));
        for name in ["PORT", "LOG_LEVEL", "VAR_A", "TOKEN"] {
            if let Err(error) = explain::variable(project, &whose, name, &around) {
                well_told(&error);
            }
        }
    }
    for entry in project.scope().tree().iter() {
        let said = explain::key(project, &[&entry.key], None);
        assert_eq!(said.first().map(|said| said.layer.is_empty()), Some(false), "{}", entry.key);
    }
}

proptest! {
    #![proptest_config(config(1500))]

    #[test]
    fn a_spoilt_file_is_read_or_refused(bytes in file()) {
        match load(&bytes) {
            Ok(project) => {
                let names = project.environment_names();
                let mut tree = instep::cli::tree(&Task::heads(project.scope()), &names);
                tree.build();
                for name in names {
                    let _ = project.scope_in(name, None);
                }
                explained(&project);
                for head in Task::heads(project.scope()) {
                    if let Err(error) = Task::of(project.scope(), head.name) {
                        well_told(&error);
                    }
                }
            }
            Err(error) => well_told(&error),
        }
    }
}

/// Pieces of TOML, of which a text is put together: most are right, some are not where they stand.
fn toml() -> impl Strategy<Value = String> {
    let key = || prop_oneof!["[ab]", Just("\"a b\"".to_owned()), Just("'x'".to_owned()), Just("a.b".to_owned()), Just("\"\"".to_owned())];
    let scalar = || {
        prop_oneof![
            "[0-9]{1,3}",
            "\"[a-z\\\\\"nu0]{0,5}\"",
            "'[a-z]{0,3}'",
            Just("true".to_owned()),
            Just("0x1F".to_owned()),
            Just("1_000".to_owned()),
            Just("1.5".to_owned()),
            Just("1979-05-27".to_owned()),
            Just("\"\"\"\na\\\n  b\"\"\"".to_owned()),
            Just("99999999999999999999".to_owned()),
        ]
    };
    let value = scalar().prop_recursive(3, 12, 3, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|items| format!("[ {} ]", items.join(", "))),
            prop::collection::vec((key(), inner), 0..3).prop_map(|pairs| {
                let pairs: Vec<String> = pairs.iter().map(|(key, value)| format!("{key} = {value}")).collect();
                format!("{{ {} }}", pairs.join(", "))
            }),
        ]
    });
    let line = prop_oneof![
        4 => (key(), value).prop_map(|(key, value)| format!("{key} = {value}")),
        2 => prop::collection::vec(key(), 1..4).prop_map(|keys| format!("[{}]", keys.join("."))),
        1 => key().prop_map(|key| format!("[[{key}]]")),
        1 => Just("# comment".to_owned()),
    ];
    prop::collection::vec(line, 0..9).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #![proptest_config(config(3000))]

    #[test]
    fn a_plain_text_is_read_as_the_toml_crate_reads_it(text in prop_oneof![toml(), file().prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned())]) {
        let source = Arc::new(Source { name: "instep.toml".into(), dir: "/".into(), text: text.into() });
        if let Some(plain) = parse::parse_plain(&source) {
            let (any, problems) = parse::parse_any(&source);
            prop_assert!(problems.is_empty() && plain == any, "{problems:?}\n{plain:#?}\n{any:#?}");
        }
    }
}

#[test]
fn the_scaffolds_are_plain() {
    for name in ["go", "node", "php", "python", "rust", "static"] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scaffolds").join(name).join("template/instep.toml");
        let template = std::fs::read_to_string(file).unwrap().replace("{= port =}", "8080");
        let text = template.lines().filter(|line| !line.starts_with("{~")).collect::<Vec<_>>().join("\n");
        let source = Arc::new(Source { name: "instep.toml".into(), dir: "/".into(), text: text.into() });
        assert!(parse::parse_plain(&source).is_some(), "{name}");
    }
}

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn a_file_with_variables_is_read_or_refused(lines in prop::collection::vec(
        prop_oneof![Just("A=1".to_owned()), "(export )?[A-Z_]{1,4} ?= ?[\"'\\\\ #nx=$é日]{0,9}", any::<String>(), "\\PC{0,20}"], 0..6,
    ), end in prop_oneof![Just("\n"), Just("\r\n"), Just("\r")]) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(".env");
        std::fs::write(&path, lines.join(end)).unwrap();
        match dotenv::read(&path) {
            Ok(pairs) => for (name, _) in pairs.unwrap() {
                prop_assert!(!name.is_empty() && !name.contains(['=', '\0', ' ']), "{name:?}");
            },
            Err(error) => well_told(&error),
        }
    }

    #[test]
    fn a_written_variable_comes_back(name in "[A-Za-z_][A-Za-z0-9_]{0,8}", value in "[^'\0\r]{0,20}") {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(".env");
        std::fs::write(&path, format!("# first\n{name}='{value}'\nZ=z\n")).unwrap();
        let pairs = dotenv::read(&path).unwrap().unwrap();
        prop_assert_eq!(pairs, [(name, value), ("Z".to_owned(), "z".to_owned())]);
    }

    #[test]
    fn any_config_argument_is_taken_or_refused(text in prop_oneof![
        any::<String>(), "[a-z.]{0,12}=\\PC{0,9}", "(service|kube|tasks.x|vars|environments.e)(.[a-z-]{1,8}){0,3}=[\"\\[{]?[0-9a-z]{0,4}[\"\\]}]?",
    ]) {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("instep.toml");
        std::fs::write(&file, "[service]\nname = \"users\"\n").unwrap();
        if let Err(error) = Project::read(&file, "instep.toml", &[text]) {
            well_told(&error);
        }
    }

    #[test]
    fn any_member_of_a_workspace_is_found_or_refused(bytes in file(), globs in prop::collection::vec(prop_oneof![
        any::<String>(), "!?[a-c*?/.{}\\[\\]]{0,6}", Just("a".to_owned()), Just("*".to_owned()),
    ], 0..4), service in prop_oneof![Just(None), "[a-c]".prop_map(Some)]) {
        let dir = tempfile::tempdir().unwrap();
        let root = format!("[workspace]\nmembers = {}\n", serde_json::Value::from(globs));
        std::fs::create_dir_all(dir.path().join("a")).unwrap();
        std::fs::write(dir.path().join("instep.toml"), root).unwrap();
        std::fs::write(dir.path().join("a/instep.toml"), bytes).unwrap();
        match Project::load(dir.path(), &[], service.as_deref()) {
            Ok(project) => {
                let _ = instep::cli::tree(&project.heads(), &project.all_environments());
            }
            Err(error) => well_told(&error),
        }
    }

    #[test]
    fn any_path_of_keys_is_taken_apart(keys in prop::collection::vec("[a-z.*/-]{1,6}", 1..5), junk in any::<String>()) {
        let path: Vec<String> = keys.iter().map(|key| if key.contains('.') { format!("\"{key}\"") } else { key.clone() }).collect();
        prop_assert_eq!(explain::split(&path.join(".")), keys);
        let _ = (explain::split(&junk), explain::beside(&junk), explain::beside(&path.join(".")));
    }

    #[test]
    fn a_duration_is_its_number_and_unit(number in 0..1_000_000_000u64, unit in prop_oneof![Just(("ms", 1)), Just(("s", 1000)), Just(("m", 60_000)), Just(("h", 3_600_000))]) {
        let read = value::duration(&format!("{number}{}", unit.0)).unwrap();
        prop_assert_eq!(read.as_millis(), u128::from(number) * unit.1);
    }

    #[test]
    fn words_of_any_kind_are_judged(word in prop_oneof![any::<String>(), "[0-9]{0,25}(ms|s|µs|Mi|é)?", "[-A-Za-z_.0-9]{0,70}"]) {
        for form in [Form::Free, Form::JsonPath, Form::Label, Form::Percent, Form::Regex, Form::Release, Form::Snake, Form::Task, Form::Variable, Form::Version] {
            if let Err(fault) = value::check_form(form, &word) {
                prop_assert!(!fault.to_string().is_empty());
            }
        }
        for shape in [Shape::Duration, Shape::Quantity, Shape::Choice(&["a", "b"])] {
            let _ = value::check(&shape, &Value::Str(word.clone()));
        }
        let label = value::label(&word);
        prop_assert!(label.is_empty() || value::is_label(&label), "{label:?}");
    }

    #[test]
    fn what_is_proposed_instead_is_taken(word in prop_oneof![any::<String>(), "[-A-Za-z_. 0-9]{0,70}"]) {
        for form in [Form::Label, Form::Snake, Form::Task, Form::Variable] {
            let Err(fault) = value::check_form(form, &word) else { continue };
            let Some(help) = fault.help else { continue };
            let proposed = help.trim_start_matches("for example \"").trim_end_matches('"');
            prop_assert!(value::check_form(form, proposed).is_ok(), "{form:?} {word:?}: {help}");
        }
    }
}

/// A secret, and what surrounds it: letters that make partial matches likely.
fn secrets() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(prop_oneof!["[ab]{4,9}", "[a-c+/\" ]{4,12}", "\\PC{4,12}"], 1..4)
}

fn pieces(text: &[u8], cuts: &[usize]) -> Vec<Vec<u8>> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (text.len() + 1)).collect();
    cuts.extend([0, text.len()]);
    cuts.sort_unstable();
    cuts.windows(2).map(|pair| text[pair[0]..pair[1]].to_vec()).collect()
}

fn masked(masker: &Masker, pieces: &[Vec<u8>]) -> Vec<u8> {
    let mut stream = masker.stream();
    let mut out: Vec<u8> = pieces.iter().flat_map(|piece| stream.push(piece)).collect();
    out.extend(stream.finish());
    out
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

proptest! {
    #![proptest_config(config(800))]

    #[test]
    fn no_secret_is_ever_shown(secrets in secrets(), around in prop::collection::vec("[ab*]{0,5}", 4), cuts in prop::collection::vec(any::<usize>(), 0..6)) {
        let masker = Masker::default();
        for secret in &secrets {
            masker.add(secret);
        }
        let text: String = around.iter().zip(secrets.iter().cycle()).flat_map(|(around, secret)| [around.as_str(), secret]).collect();
        let out = masked(&masker, &pieces(text.as_bytes(), &cuts));
        for secret in &secrets {
            prop_assert!(!holds(&out, secret.as_bytes()), "{secret:?} is in {:?}", String::from_utf8_lossy(&out));
            let whole = masker.mask(&text).into_owned();
            prop_assert!(!whole.contains(secret.as_str()), "{secret:?} is in {whole:?}");
        }
        prop_assert_eq!(String::from_utf8_lossy(&out), masker.mask(&text), "the same, in pieces and whole");
    }

    #[test]
    fn bytes_without_secrets_pass_unchanged(
        parts in prop::collection::vec(prop_oneof![
            any::<u8>().prop_filter("a byte of no secret", |byte| !b"~#".contains(byte)).prop_map(|byte| vec![byte]),
            prop_oneof![Just("~~#x"), Just("~~~~x"), Just("##~x"), Just("#~#\n")].prop_map(|text| text.as_bytes().to_vec()),
        ], 0..60),
        end in prop_oneof![Just(""), Just("~"), Just("~~#"), Just("##~")],
        cuts in prop::collection::vec(any::<usize>(), 0..6),
    ) {
        let bytes = [parts.concat(), end.as_bytes().to_vec()].concat();
        let masker = Masker::default();
        masker.add("~~#~");
        masker.add("##~#");
        prop_assert_eq!(masked(&masker, &pieces(&bytes, &cuts)), bytes);
    }

    #[test]
    fn no_encoding_of_a_secret_is_shown(secret in "[ -~é]{8,24}", before in "[ -~]{0,7}", after in "[ -~]{0,7}", cuts in prop::collection::vec(any::<usize>(), 0..6)) {
        use base64::Engine as _;
        use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
        let masker = Masker::default();
        masker.add(&secret);
        let whole = format!("{before}{secret}{after}");
        let json = serde_json::Value::from(secret.as_str()).to_string();
        for text in [STANDARD.encode(&whole), URL_SAFE_NO_PAD.encode(&whole), format!("{{\"a\": {json}}}")] {
            let out = masked(&masker, &pieces(text.as_bytes(), &cuts));
            prop_assert!(holds(&out, b"***"), "{text}");
            prop_assert!(!holds(&out, json.trim_matches('"').as_bytes()), "{text}");
        }
    }
}

/// A check of keys that may or may not go together, with values that may or may not fit.
fn check_table() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec![
        "path",
        "tcp",
        "grpc",
        "command",
        "status",
        "headers",
        "json",
        "body",
        "capture",
        "needs",
        "query",
        "tls",
        "redirects",
        "max-size",
        "basic-auth",
        "bearer",
        "body-matches",
        "skip-in",
        "retry",
        "final-url",
    ]);
    let value = prop_oneof![
        prop::sample::select(vec![
            "1",
            "200",
            "true",
            "\"/\"",
            "\"2xx\"",
            "[200, \"3xx\"]",
            "{ \"$.a\" = 1 }",
            "{ \"$..a\" = { count = 2, \"<\" = 1.5 } }",
            "{ a = \"$.b\" }",
            "[\"c0\"]",
            "{ json = { a = \"${a}\" } }",
            "{ file = \"x\" }",
            "\"${a}${b}\"",
            "\"h:1\"",
            "{ a = { matches = \"(\" } }",
            "{ valid-days = 3 }",
            "{ user = \"a\", password = \"b\" }",
            "\"64Ki\"",
            "\"100m\"",
            "{ x = { exists = false } }",
            "{ a = { header = \"h\", json = \"$\" } }",
        ])
        .prop_map(str::to_owned),
        "\"[a-z${}/.\\[*?@ ]{0,9}\"",
    ];
    prop::collection::btree_map(key, value, 1..5)
        .prop_map(|keys| keys.iter().flat_map(|(key, value)| [key, " = ", value, "\n"].map(str::to_owned)).collect())
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn any_checks_are_planned_or_refused(tables in prop::collection::vec(check_table(), 1..4)) {
        use instep::check::{Wanted, plan};
        use instep::config::{Service, SmokeTest};
        let checks: String = tables.iter().enumerate().flat_map(|(i, table)| [format!("[smoke-test.checks.c{i}]\n"), table.clone()]).collect();
        let project = match load(format!("[service]\nname = \"users\"\nport = 8080\n{checks}").as_bytes()) {
            Ok(project) => project,
            Err(error) => return { well_told(&error); Ok(()) },
        };
        let base = instep::http::Base::parse("http://h:1/v1").unwrap();
        let wanted = Wanted {
            base: Some(&base), inside: &|_| Ok(Ok(base.clone())), release: None, environment: Some("e"), only: &[], place: &|_| None,
        };
        let service = Service::of(project.scope()).unwrap();
        match SmokeTest::of(project.scope()).and_then(|smoke| plan(&service, &smoke, &wanted)) {
            Ok(plan) => prop_assert!(plan.script().starts_with("set -eu\n") && plan.steps.len() >= tables.len()),
            Err(error) => well_told(&error),
        }
    }
}

/// A task with a parameter of every type.
static PARAMETERS: LazyLock<Project> = LazyLock::new(|| {
    let types = ["string", "int", "bool", "path", "environment"];
    let params = types.map(|kind| format!("[tasks.t.params.{kind}_one]\ntype = \"{kind}\"\n")).concat();
    let more = "[tasks.t.params.mode]\ndefault = \"a\"\nchoices = [\"a\", \"b\"]\n[tasks.t.params.rest]\nvariadic = true\n";
    load(format!("[environments.here]\ncontext = \"c\"\n[tasks.t]\nrun = \"true\"\n{params}{more}").as_bytes()).unwrap()
});

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn any_arguments_are_taken_or_refused(words in prop::collection::vec(prop_oneof![
        any::<String>(), Just("--".to_owned()), "--(mode|bool-one|int-one|mode=[ab]?|output|x)", "-?[0-9]{1,22}", Just("here".to_owned()), "-[a-zé]{0,3}",
    ], 0..8)) {
        let project = &*PARAMETERS;
        let heads = Task::heads(project.scope());
        let arguments = ["instep", "t"].into_iter().chain(words.iter().map(String::as_str));
        match instep::cli::tree(&heads, &project.environment_names()).try_get_matches_from(arguments) {
            Ok(matches) => prop_assert_eq!(matches.subcommand_name(), Some("t")),
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}
