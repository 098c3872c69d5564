//! The forms that values have: durations, quantities, names.

use std::num::IntErrorKind;
use std::time::Duration;

use super::node::Value;
use super::schema::{Form, Shape};
use crate::report::text;

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Follows the key's name: `must be …`.
    pub what: String,
    /// What to write instead.
    pub help: Option<String>,
}

/// `it needs a unit, not "5"; write "5s" for seconds`.
impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "it {}", self.what)?;
        self.help.iter().try_for_each(|help| write!(f, "; {help}"))
    }
}

impl std::error::Error for Fault {}

fn fault(what: impl Into<String>, help: Option<String>) -> Fault {
    Fault { what: what.into(), help }
}

/// Checks a single value; templates are checked when they have been evaluated.
pub fn check(shape: &Shape, value: &Value) -> Result<(), Fault> {
    match (shape, value) {
        (Shape::Int(min, max), Value::Int(n)) if n != min && min == max => Err(fault(format!("must be {min}, not {n}"), None)),
        (Shape::Int(min, max), Value::Int(n)) if n < min || n > max => Err(fault(format!("must be from {min} to {max}, not {n}"), None)),
        (Shape::Duration, Value::Str(text)) => duration(text).map(drop),
        (Shape::Quantity, Value::Str(text)) => quantity(text),
        (Shape::Choice(words), Value::Str(word)) => choice(words, word),
        (Shape::Word(form), Value::Str(word)) => check_form(*form, word),
        _ => Ok(()),
    }
}

/// Reads whole numbers of a range from arguments, for clap, whose own words for a fault are Rust's.
pub fn whole<N: TryFrom<i64>>(from: i64, to: i64) -> impl Fn(&str) -> Result<N, String> + Clone {
    move |text| {
        let number: i64 = text.parse().map_err(|error: std::num::ParseIntError| match error.kind() {
            IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => "too many digits".to_owned(),
            _ => "a whole number is needed, such as 3".to_owned(),
        })?;
        let number = Some(number).filter(|number| (from..=to).contains(number)).and_then(|number| N::try_from(number).ok());
        number.ok_or_else(|| format!("a number from {from} to {to} is needed"))
    }
}

/// Reads `"500ms"`, `"10s"`, `"5m"`, `"2h"`.
pub fn duration(text: &str) -> Result<Duration, Fault> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let scale = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => 0,
    };
    match number.parse::<u64>() {
        Ok(number) if scale > 0 && number <= 1_000_000_000 => Ok(Duration::from_millis(number * scale)),
        Ok(_) if unit.is_empty() => Err(fault(
            format!("needs a unit, not \"{text}\""),
            Some(format!("write \"{text}s\" for seconds, \"{text}ms\" for milliseconds")),
        )),
        _ => Err(fault(
            format!("is not a duration: \"{text}\""),
            Some("write a number and ms, s, m or h, as in \"500ms\" or \"10s\"".into()),
        )),
    }
}

/// A quantity of Kubernetes (its resource.Quantity): a decimal number and a suffix.
pub fn quantity(text: &str) -> Result<(), Fault> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let known = ["", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    if number.parse::<f64>().is_ok() && known.contains(&suffix) {
        return Ok(());
    }
    // `mb` and `MB` are said of memory, of which this is 1024-based here.
    let bytes = suffix.strip_suffix(['b', 'B']).map(|unit| unit.trim_end_matches('i').to_uppercase());
    let bytes = bytes.filter(|unit| ["K", "M", "G", "T", "P", "E"].contains(&unit.as_str())).map(|unit| format!("{unit}i"));
    let bytes = bytes.map(|unit| format!("did you mean \"{number}{unit}\"?"));
    let help = bytes.unwrap_or_else(|| nearest_quantity(number, suffix, &known));
    Err(fault(format!("is not a quantity: \"{text}\""), Some(help)))
}

fn nearest_quantity(number: &str, suffix: &str, known: &[&str]) -> String {
    text::nearest(suffix, known.iter().copied().filter(|unit| !unit.is_empty())).map_or_else(
        || "write a number and a suffix, as in \"100m\" (CPU) or \"128Mi\" (memory)".to_owned(),
        |near| format!("did you mean \"{number}{near}\"?"),
    )
}

fn choice(words: &[&str], word: &str) -> Result<(), Fault> {
    if words.contains(&word) {
        return Ok(());
    }
    let known = words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>();
    let help = text::nearest(word, words.iter().copied()).map(|near| format!("did you mean \"{near}\"?"));
    Err(fault(format!("must be one of {}, not \"{word}\"", known.join(", ")), help))
}

/// Checks the form of a name.
pub fn check_form(form: Form, word: &str) -> Result<(), Fault> {
    let all = |f: fn(u8) -> bool| !word.is_empty() && word.bytes().all(f);
    let (ok, rule, cure) = match form {
        Form::Free => (true, "", None),
        Form::Release => (
            word.splitn(3, ['.', '-', '+']).all(|part| part.starts_with(|c: char| c.is_ascii_digit())),
            "must be a version, as in \"1.4\" or \"1.4.2\"",
            None,
        ),
        Form::Version => {
            (semver::VersionReq::parse(word).is_ok(), "must be the versions that will do, as in \">=1.22\", \"^2\" or \"*\"", None)
        }
        Form::JsonPath => return json_path(word).map(drop),
        Form::Percent => return percent(word).map(drop),
        Form::Regex => return regex(word).map(drop),
        Form::Label => (
            is_label(word),
            "must be lower-case letters, digits and `-`, at most 63, beginning with a letter and not ending with `-` (a DNS-1123 label)",
            Some(label(word)),
        ),
        Form::Task => (
            all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.')) && !word.starts_with(['-', '.']),
            "must be letters, digits, `-`, `_` and `.`, and begin with a letter or digit",
            Some(word.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect()),
        ),
        Form::Snake => (
            all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_') && word.starts_with(|c: char| c.is_ascii_lowercase()),
            "must be lower-case letters, digits and `_`, and begin with a letter",
            Some(word.to_lowercase().replace(['-', '.', ' '], "_")),
        ),
        Form::Variable => (
            all(|c| c.is_ascii_alphanumeric() || c == b'_') && !word.starts_with(|c: char| c.is_ascii_digit()),
            "must be letters, digits and `_`, as names of environment variables are",
            Some(word.to_uppercase().replace(['-', '.', ' '], "_")),
        ),
    };
    if ok {
        return Ok(());
    }
    let cure = cure.filter(|cure: &String| cure != word && check_form(form, cure).is_ok());
    Err(fault(rule, cure.map(|cure| format!("for example \"{cure}\""))))
}

/// Reads `"1%"` as 0.01.
pub fn percent(text: &str) -> Result<f64, Fault> {
    let number = text.strip_suffix('%').map(str::trim).and_then(|number| number.parse::<f64>().ok());
    let fine = number.filter(|number| (0.0..=1000.0).contains(number));
    fine.map(|number| number / 100.0).ok_or_else(|| {
        let plain = text.parse::<f64>().is_ok();
        fault(
            format!("is not a share: \"{text}\""),
            Some(if plain { format!("write \"{text}%\"") } else { "write it as in \"1%\"".into() }),
        )
    })
}

/// Reads a JSONPath (RFC 9535).
pub fn json_path(text: &str) -> Result<serde_json_path::JsonPath, Fault> {
    // The parser calls itself for what is nested; nobody writes a path as long as that.
    const LONGEST: usize = 300;
    let example = || Some("a JSONPath begins with `$`, as in \"$.items[0].name\" (RFC 9535)".to_owned());
    if text.len() > LONGEST {
        return Err(fault(format!("is a JSONPath of more than {LONGEST} bytes"), None));
    }
    serde_json_path::JsonPath::parse(text).map_err(|error| {
        let at = text.get(error.position()..).filter(|rest| !rest.is_empty() && error.position() > 0);
        let at = at.map(|rest| format!(", at `{rest}`")).unwrap_or_default();
        fault(format!("is not a JSONPath{at}: {}", error.message()), example())
    })
}

/// Reads a regular expression; one that would need much memory is refused.
pub fn regex(text: &str) -> Result<regex::Regex, Fault> {
    let built = regex::RegexBuilder::new(text).size_limit(1 << 20).build();
    built.map_err(|error| {
        let last = error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        fault(format!("is not a regular expression: {last}"), None)
    })
}

/// Reads a size in bytes: a quantity of Kubernetes.
pub fn size(text: &str) -> Option<u64> {
    #[expect(clippy::cast_sign_loss, reason = "a quantity has no sign")]
    amount(text).map(|bytes| bytes as u64)
}

/// The number that a quantity of Kubernetes stands for. The API server also writes `n` and `u`.
pub fn amount(text: &str) -> Option<f64> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let scale: f64 = match suffix {
        "n" => 1e-9,
        "u" => 1e-6,
        "m" => 1e-3,
        "" => 1.0,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "Ki" => 1024.0,
        "Mi" => 1024.0 * 1024.0,
        "Gi" => 1024.0 * 1024.0 * 1024.0,
        "Ti" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    number.parse::<f64>().ok().map(|number| number * scale)
}

/// RFC 1123 as Kubernetes reads it for Services: it begins with a letter.
pub fn is_label(word: &str) -> bool {
    word.len() <= 63
        && word.starts_with(|c: char| c.is_ascii_lowercase())
        && !word.ends_with('-')
        && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// The label nearest to any text; may be empty.
pub fn label(word: &str) -> String {
    let clean: String = word.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let clean = clean.trim_start_matches(|c: char| !c.is_ascii_lowercase());
    clean.chars().take(63).collect::<String>().trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_need_a_number_and_a_unit() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("5m"), Ok(Duration::from_secs(300)));
        for bad in ["", "s", "10", "10 s", "-1s", "1d", "99999999999999999999s"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn labels_are_what_kubernetes_takes_for_a_service() {
        assert!(is_label("users-v1"));
        for bad in ["", "Users", "-a", "a-", "a.b", "1a", &"a".repeat(64)] {
            assert!(!is_label(bad), "{bad}");
        }
        assert_eq!(label("My Svc!"), "my-svc");
    }

    #[test]
    fn only_what_is_allowed_is_proposed() {
        let proposed = |form, word| check_form(form, word).expect_err(word).help;
        assert_eq!(proposed(Form::Task, "build it"), Some("for example \"build-it\"".into()));
        assert_eq!((proposed(Form::Task, "{"), proposed(Form::Snake, "1 é"), proposed(Form::Label, "")), (None, None, None));
    }

    #[test]
    fn quantities_are_those_of_kubernetes() {
        assert!(quantity("100m").is_ok() && quantity("1.5Gi").is_ok() && quantity("2").is_ok());
        assert_eq!(quantity("128mi").expect_err("no such suffix").help.as_deref(), Some("did you mean \"128Mi\"?"));
    }
}
