//! Values of a body held against tests, by JSONPath (RFC 9535): pure.

use serde_json::Value;

use super::judge::Mismatch;
use crate::config::{Test, value};

/// Holds the values at a path against all of its tests.
///
/// # Errors
/// The first test that does not hold.
pub(super) fn at_path(path: &str, tests: &[Test], body: &Value) -> Result<(), Box<Mismatch>> {
    let parsed = value::json_path(path).map_err(|fault| Mismatch::boxed(format!("a value at {path}"), fault.to_string()))?;
    let found = parsed.query(body).all();
    let single = is_single(path);
    for test in tests {
        let fault = one(test, &found, single).err();
        if let Some((expected, actual)) = fault {
            let near = near(path, body);
            return Err(Box::new(Mismatch { expected: format!("{path} {expected}"), actual, excerpt: near, key: String::new() }));
        }
    }
    Ok(())
}

/// Holds texts, as those of a header, against a test: one of them must pass.
pub(super) fn texts(test: &Test, texts: &[&str]) -> Result<(), (String, String)> {
    let values: Vec<Value> = texts.iter().map(|text| number_or_text(test, text)).collect();
    match test {
        Test::Exists(_) | Test::Count(_) => one(test, &values.iter().collect::<Vec<_>>(), false),
        _ if values.iter().any(|value| holds(test, value)) => Ok(()),
        _ => Err((words(test), if values.is_empty() { "no such header".into() } else { texts.join(", ") })),
    }
}

/// A header's number is compared as one.
fn number_or_text(test: &Test, text: &str) -> Value {
    let wants_number = matches!(test, Test::Compare(..)) || matches!(test, Test::Is(Value::Number(_)) | Test::IsNot(Value::Number(_)));
    let number = || text.trim().parse::<f64>().ok().map(Value::from);
    if wants_number { number().unwrap_or_else(|| text.into()) } else { text.into() }
}

type Fault = (String, String);

fn one(test: &Test, found: &[&Value], single: bool) -> Result<(), Fault> {
    let nothing = || "nothing there".to_owned();
    match test {
        Test::Exists(wanted) if *wanted != found.is_empty() => Ok(()),
        Test::Exists(true) => Err((words(test), nothing())),
        Test::Exists(false) => Err((words(test), shown(found, single))),
        Test::Count(wanted) => {
            let count = match found {
                [Value::Array(items)] if single => items.len(),
                [Value::Object(map)] if single => map.len(),
                _ => found.len(),
            };
            if count as u64 == *wanted { Ok(()) } else { Err((words(test), format!("{count} of them"))) }
        }
        // All that a path finds, against an array.
        Test::Is(Value::Array(wanted)) if !single => {
            let same_all = wanted.len() == found.len() && wanted.iter().zip(found).all(|(a, b)| same(a, b));
            if same_all { Ok(()) } else { Err((words(test), shown(found, single))) }
        }
        _ if found.is_empty() => Err((words(test), nothing())),
        _ => match found.iter().find(|value| !holds(test, value)) {
            Some(wrong) if found.len() > 1 => Err((words(test), format!("{} among {} values", compact(wrong), found.len()))),
            Some(wrong) => Err((words(test), compact(wrong))),
            None => Ok(()),
        },
    }
}

fn holds(test: &Test, value: &Value) -> bool {
    match test {
        Test::Is(wanted) => same(wanted, value),
        Test::IsNot(other) => !same(other, value),
        Test::Compare(sign, number) => value.as_f64().is_some_and(|value| match *sign {
            "<" => value < *number,
            "<=" => value <= *number,
            ">" => value > *number,
            _ => value >= *number,
        }),
        Test::Contains(part) => match value {
            Value::String(text) => part.as_str().is_some_and(|part| text.contains(part)),
            Value::Array(items) => items.iter().any(|item| same(item, part)),
            _ => false,
        },
        Test::Matches(pattern) => {
            value.as_str().is_some_and(|text| crate::config::value::regex(pattern).is_ok_and(|regex| regex.is_match(text)))
        }
        Test::Type(name) => is_a(name, value),
        Test::Exists(wanted) => *wanted,
        Test::Count(count) => *count == 1,
    }
}

/// Numbers are the same when they have the same value: 1 and 1.0.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(x), Value::Number(y)) => x == y || x.as_f64().is_some_and(|x| y.as_f64() == Some(x)),
        (Value::Array(x), Value::Array(y)) => x.len() == y.len() && x.iter().zip(y).all(|(x, y)| same(x, y)),
        (Value::Object(x), Value::Object(y)) => x.len() == y.len() && x.iter().all(|(key, x)| y.get(key).is_some_and(|y| same(x, y))),
        _ => a == b,
    }
}

fn is_a(name: &str, value: &Value) -> bool {
    name == kind(value) || (name == "number" && value.is_number())
}

/// The type of a value; a number without a fraction is an integer.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Array(_) => "array",
        Value::Bool(_) => "boolean",
        Value::Null => "null",
        Value::Number(n) if n.is_f64() && n.as_f64().is_some_and(|n| n.fract() != 0.0) => "number",
        Value::Number(_) => "integer",
        Value::Object(_) => "object",
        Value::String(_) => "string",
    }
}

fn words(test: &Test) -> String {
    match test {
        Test::Is(value) => format!("== {}", compact(value)),
        Test::IsNot(value) => format!("!= {}", compact(value)),
        Test::Compare(sign, number) => format!("{sign} {number}"),
        Test::Contains(value) => format!("contains {}", compact(value)),
        Test::Count(count) => format!("count {count}"),
        Test::Exists(true) => "exists".to_owned(),
        Test::Exists(false) => "does not exist".to_owned(),
        Test::Matches(pattern) => format!("matches {pattern}"),
        Test::Type(name) => format!("is of type {name}"),
    }
}

fn shown(found: &[&Value], single: bool) -> String {
    match found {
        [one] if single => compact(one),
        _ => compact(&found.iter().map(|value| (*value).clone()).collect()),
    }
}

/// On one line, and not too long for it.
pub(super) fn compact(value: &Value) -> String {
    const LONGEST: usize = 120;
    let text = value.to_string();
    if text.chars().count() <= LONGEST { text } else { text.chars().take(LONGEST).chain(['…']).collect() }
}

/// Whether a path means one place at most (RFC 9535, section 2.3.5.1: a singular query).
fn is_single(path: &str) -> bool {
    let mut quote = None;
    let mut before = '$';
    for c in path.chars() {
        match quote {
            Some(open) if c == open && before != '\\' => quote = None,
            None if c == '\'' || c == '"' => quote = Some(c),
            None if matches!(c, '*' | '?' | ',' | ':') || (c == '.' && before == '.') => return false,
            _ => {}
        }
        before = if before == '\\' { ' ' } else { c };
    }
    true
}

/// What stands around the place that a path means: the nearest value above it that is there. A body that is
/// short is shown as it came.
fn near(path: &str, body: &Value) -> Option<String> {
    const SHORT: usize = 500;
    if body.to_string().len() < SHORT {
        return None;
    }
    let cuts = path.char_indices().filter(|(_, c)| matches!(c, '.' | '[')).map(|(at, _)| at).collect::<Vec<_>>();
    let mut above = cuts.iter().rev().filter_map(|at| value::json_path(&path[..*at]).ok());
    let found = above.find_map(|path| path.query(body).first().cloned());
    let value = found.unwrap_or_else(|| body.clone());
    serde_json::to_string_pretty(&value).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn says(path: &str, test: Test) -> String {
        let body = json!({ "items": [{ "name": "ada", "age": 36 }, { "name": "bob", "age": 7.5 }], "n": 1.0, "no": null });
        match at_path(path, &[test], &body) {
            Ok(()) => "ok".to_owned(),
            Err(fault) => format!("{} | {}", fault.expected, fault.actual),
        }
    }

    #[test]
    fn each_test_holds_or_says_what_it_found() {
        for (path, test, said) in [
            ("$.items[0].name", Test::Is(json!("ada")), "ok"),
            ("$.items[0].name", Test::Is(json!("bob")), "$.items[0].name == \"bob\" | \"ada\""),
            ("$.n", Test::Is(json!(1)), "ok"),
            ("$.items", Test::Count(2), "ok"),
            ("$.items[*]", Test::Count(3), "$.items[*] count 3 | 2 of them"),
            ("$.items[*].name", Test::Is(json!(["ada", "bob"])), "ok"),
            ("$.items[*].age", Test::Compare("<", 30.0), "$.items[*].age < 30 | 36 among 2 values"),
            ("$.items[?@.age > 30].name", Test::Is(json!("ada")), "ok"),
            ("$.items[0].age", Test::Type("integer".into()), "ok"),
            ("$.items[1].age", Test::Type("integer".into()), "$.items[1].age is of type integer | 7.5"),
            ("$.no", Test::Exists(true), "ok"),
            ("$.x", Test::Exists(false), "ok"),
            ("$.x", Test::Is(json!(1)), "$.x == 1 | nothing there"),
            ("$.items[*].name", Test::Matches("^[a-z]+$".into()), "ok"),
            ("$.items[*].name", Test::Contains(json!("d")), "$.items[*].name contains \"d\" | \"bob\" among 2 values"),
        ] {
            assert_eq!(says(path, test.clone()), said, "{path} {test:?}");
        }
    }

    #[test]
    fn a_quoted_star_is_a_name() {
        assert!(is_single("$['*']['a,b'].c[0]") && is_single("$[\"\\\"*\"]"));
        assert!(!is_single("$..a") && !is_single("$.a[*]") && !is_single("$[0:2]") && !is_single("$['a','b']"));
    }

    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[ab]{1,2}", inner, 0..4).prop_map(|map| map.into_iter().collect()),
            ]
        })
    }

    fn test() -> impl Strategy<Value = Test> {
        prop_oneof![
            value().prop_map(Test::Is),
            value().prop_map(Test::IsNot),
            value().prop_map(Test::Contains),
            (prop::sample::select(vec!["<", "<=", ">", ">="]), any::<f64>()).prop_map(|(sign, n)| Test::Compare(sign, n)),
            any::<u64>().prop_map(Test::Count),
            any::<bool>().prop_map(Test::Exists),
            ".{0,8}".prop_map(Test::Matches),
            "[a-z]{0,7}".prop_map(Test::Type),
        ]
    }

    fn path() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            ".a",
            "[0]",
            "[-1]",
            "[*]",
            "..b",
            ".*",
            "['a']",
            "[\"b\"]",
            "[?@.a]",
            "[?@.a>1]",
            "[1:2]",
            "[::0]",
            "[?(",
            "]",
            "'",
            "[?match(@.a,'x')]",
            "[?length(@)>1]",
            "&&",
            "((((",
            "@",
            " ",
            "é",
        ]);
        prop_oneof![prop::collection::vec(piece, 0..6).prop_map(|pieces| format!("${}", pieces.concat())), ".{0,40}"]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        /// Any path, any tests, any body: a verdict, and no panic; a value is what it is.
        #[test]
        fn every_path_gives_a_verdict(path in path(), tests in prop::collection::vec(test(), 0..4), body in value()) {
            let _ = at_path(&path, &tests, &body);
            prop_assert!(at_path("$", &[Test::Is(body.clone())], &body).is_ok());
            prop_assert!(at_path("$", &[Test::IsNot(body.clone())], &body).is_err());
            prop_assert!(at_path("$", &[Test::Type(kind(&body).to_owned())], &body).is_ok());
            for test in &tests {
                let _ = texts(test, &["", "1", "text"]);
            }
        }
    }
}
