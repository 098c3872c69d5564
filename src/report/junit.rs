//! JUnit's XML, as CI systems read it (<https://github.com/testmoapp/junitxml>).

use std::time::Duration;

/// Cases that belong together.
#[derive(Clone, Debug, Default)]
pub struct Suite {
    /// Its name.
    pub name: String,
    /// Its cases.
    pub cases: Vec<Case>,
}

/// One case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// What it belongs to.
    pub class: String,
    /// How long it took.
    pub time: Duration,
    /// How it ended.
    pub outcome: Outcome,
    /// What it printed.
    pub output: String,
}

/// How a case ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Well.
    Passed,
    /// Not well: in short, and with all that helps.
    Failed {
        /// One line.
        message: String,
        /// All of it.
        text: String,
    },
    /// Not run, and why.
    Skipped(String),
}

/// The whole document.
pub fn document(suites: &[Suite]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for suite in suites {
        let count = |wanted: fn(&Outcome) -> bool| suite.cases.iter().filter(|case| wanted(&case.outcome)).count();
        let time: Duration = suite.cases.iter().map(|case| case.time).sum();
        out.push_str(&format!(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" time=\"{:.3}\">\n",
            escaped(&suite.name),
            suite.cases.len(),
            count(|outcome| matches!(outcome, Outcome::Failed { .. })),
            count(|outcome| matches!(outcome, Outcome::Skipped(_))),
            time.as_secs_f64(),
        ));
        suite.cases.iter().for_each(|case| case_xml(case, &mut out));
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn case_xml(case: &Case, out: &mut String) {
    let (name, class) = (escaped(&case.name), escaped(&case.class));
    out.push_str(&format!("    <testcase name=\"{name}\" classname=\"{class}\" time=\"{:.3}\"", case.time.as_secs_f64()));
    let mut inner = String::new();
    match &case.outcome {
        Outcome::Passed => {}
        Outcome::Failed { message, text } => {
            inner.push_str(&format!("      <failure message=\"{}\">{}</failure>\n", escaped(message), escaped(text)));
        }
        Outcome::Skipped(reason) => inner.push_str(&format!("      <skipped message=\"{}\"/>\n", escaped(reason))),
    }
    if !case.output.is_empty() {
        inner.push_str(&format!("      <system-out>{}</system-out>\n", escaped(&case.output)));
    }
    if inner.is_empty() { out.push_str("/>\n") } else { out.push_str(&format!(">\n{inner}    </testcase>\n")) }
}

/// Text for XML 1.0; what XML can't hold at all is replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push('\t'),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_breaks_the_document() {
        let failed = Outcome::Failed { message: "a<b & \"c\"".into(), text: "x\u{1b}[31m\n]]>".into() };
        let case = |name: &str, outcome| Case {
            name: name.into(),
            class: "t".into(),
            time: Duration::from_millis(5),
            outcome,
            output: String::new(),
        };
        let suite = Suite {
            name: "s".into(),
            cases: vec![case("ok", Outcome::Passed), case("bad", failed), case("no", Outcome::Skipped("why".into()))],
        };
        let xml = document(&[suite]);
        assert!(xml.contains("tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\" time=\"0.015\""), "{xml}");
        assert!(xml.contains("message=\"a&lt;b &amp; &quot;c&quot;\">x\u{fffd}[31m&#10;]]&gt;</failure>"), "{xml}");
        assert!(xml.contains("<testcase name=\"ok\" classname=\"t\" time=\"0.005\"/>"), "{xml}");
    }
}
