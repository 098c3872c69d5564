//! The run as JUnit XML, as Jenkins reads it (jenkinsci/xunit-plugin, `junit-10.xsd`) and with it all others.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::Duration;

use super::error::Error;
use super::masker::Masker;
use super::record::{Outcome, Record};

/// Of a long output the end is kept: there it says why.
const LONGEST_OUTPUT: usize = 256 * 1024;

/// What a run was.
pub(super) struct Run<'a> {
    /// The command.
    pub(super) name: &'a str,
    pub(super) records: &'a [Record],
    pub(super) error: Option<&'a Error>,
    pub(super) elapsed: Duration,
    /// When it began: `2026-11-21T08:00:00`.
    pub(super) began: &'a str,
}

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
    pub outcome: Ended,
    /// What is worth telling besides.
    pub output: String,
}

/// How a case ended.
#[derive(Clone, Debug)]
pub enum Ended {
    /// Well.
    Passed,
    /// Not well.
    Failed {
        /// One line.
        message: String,
        /// What sort of failure it is.
        kind: String,
        /// All of it.
        text: String,
    },
    /// It could not be tried.
    Error {
        /// One line.
        message: String,
        /// What sort of failure it is.
        kind: String,
    },
    /// Not run, and why.
    Skipped(String),
}

/// The whole document. `suites`: what the command found, else its steps are the cases. A run that failed, and
/// no case of it did, gets a case of its own for that.
pub(super) fn xml(run: &Run<'_>, suites: &[Suite], masker: &Masker) -> String {
    let mut all = if suites.is_empty() { vec![steps(run)] } else { suites.to_vec() };
    let failed = all.iter().flat_map(|suite| &suite.cases).any(|case| matches!(case.outcome, Ended::Failed { .. }));
    if let (Some(error), Some(last), false) = (run.error, all.last_mut(), failed) {
        let outcome = Ended::Error { message: error.message().to_owned(), kind: error.kind.name().to_owned() };
        last.cases.push(Case { outcome, ..case(run, run.name, run.elapsed) });
    }
    let cases = all.iter().flat_map(|suite| &suite.cases).collect::<Vec<_>>();
    let time = seconds(run.elapsed);
    let mut out = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"instep\" {} time=\"{time}\">\n", counts(&cases));
    for suite in &all {
        let cases = suite.cases.iter().collect::<Vec<_>>();
        let skipped = cases.iter().filter(|case| matches!(case.outcome, Ended::Skipped(_))).count();
        out.push_str(&format!(
            "  <testsuite name=\"{}\" {} skipped=\"{skipped}\" time=\"{}\" timestamp=\"{}\">\n",
            escape(&masker.mask(&suite.name)),
            counts(&cases),
            if all.len() == 1 { time.clone() } else { seconds(cases.iter().map(|case| case.time).sum()) },
            run.began
        ));
        for case in &cases {
            element(case, masker, &mut out);
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn counts(cases: &[&Case]) -> String {
    let failures = cases.iter().filter(|case| matches!(case.outcome, Ended::Failed { .. })).count();
    let errors = cases.iter().filter(|case| matches!(case.outcome, Ended::Error { .. })).count();
    format!("tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\"", cases.len())
}

/// The steps of a run as cases.
fn steps(run: &Run<'_>) -> Suite {
    let of = |record: &Record| {
        let outcome = match &record.outcome {
            Some(Outcome::Failed(reason)) => {
                Ended::Failed { message: reason.clone(), kind: kind(record).into_owned(), text: tail(&record.output) }
            }
            Some(Outcome::Done) => Ended::Passed,
            Some(Outcome::Skipped(reason)) => Ended::Skipped(reason.clone()),
            None => Ended::Skipped("not ended".to_owned()),
        };
        Case { outcome, ..case(run, &record.id, record.elapsed.unwrap_or_default()) }
    };
    Suite { name: run.name.to_owned(), cases: run.records.iter().map(of).collect() }
}

fn case(run: &Run<'_>, name: &str, time: Duration) -> Case {
    Case { name: name.to_owned(), class: format!("instep.{}", run.name), time, outcome: Ended::Passed, output: String::new() }
}

fn element(case: &Case, masker: &Masker, out: &mut String) {
    let text = |text: &str| escape(&masker.mask(text));
    let mut body = match &case.outcome {
        Ended::Passed => String::new(),
        Ended::Failed { message, kind, text: all } => {
            format!("<failure message=\"{}\" type=\"{kind}\">{}</failure>", text(message), text(all))
        }
        Ended::Error { message, kind } => format!("<error message=\"{}\" type=\"{kind}\"/>", text(message)),
        Ended::Skipped(reason) => format!("<skipped message=\"{}\"/>", text(reason)),
    };
    if !case.output.is_empty() {
        body.push_str(&format!("<system-out>{}</system-out>", text(&case.output)));
    }
    let head = format!("    <testcase name=\"{}\" classname=\"{}\" time=\"{}\"", text(&case.name), text(&case.class), seconds(case.time));
    let done = if body.is_empty() { writeln!(out, "{head}/>") } else { writeln!(out, "{head}>\n      {body}\n    </testcase>") };
    // A String takes all that is written to it.
    let _ = done;
}

fn kind(record: &Record) -> Cow<'static, str> {
    record.exit_code.map_or(Cow::Borrowed("failed"), |code| Cow::Owned(format!("exit code {code}")))
}

fn seconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}

/// The end of an output, without colours.
fn tail(output: &[u8]) -> String {
    let start = output.len().saturating_sub(LONGEST_OUTPUT);
    let text = String::from_utf8_lossy(&output[start..]);
    let plain = anstream::adapter::strip_str(&text).to_string();
    if start == 0 { plain } else { format!("… {start} bytes before this are left out\n{plain}") }
}

/// For text and attributes; what XML 1.0 can't hold (section 2.2, "Char") is left out.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_xml_can_hold_is_left() {
        assert_eq!(escape("a<b>&\"c\"\0\u{1b}\u{8}\r\n\té\u{ffff}\u{85}"), "a&lt;b&gt;&amp;&quot;c&quot;\n\té");
    }

    #[test]
    fn a_long_output_keeps_its_end() {
        let output = [vec![b'a'; LONGEST_OUTPUT], "é\u{1b}[31mred\u{1b}[0m".into()].concat();
        let shown = tail(&output);
        assert!(shown.starts_with("… 14 bytes before this are left out\naaa") && shown.ends_with("aéred"), "{}", &shown[..80]);
    }
}
