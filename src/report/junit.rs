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

/// The whole document. A run that failed, and no step of it did, gets a case of its own for that.
pub(super) fn xml(run: &Run<'_>, masker: &Masker) -> String {
    let text = |text: &str| escape(&masker.mask(text));
    let class = format!("instep.{}", run.name);
    let mut cases = String::new();
    let (mut failures, mut skipped) = (0, 0);
    for record in run.records {
        let body = match &record.outcome {
            Some(Outcome::Failed(reason)) => {
                failures += 1;
                let (reason, output) = (text(reason), text(&tail(&record.output)));
                format!("<failure message=\"{reason}\" type=\"{}\">{output}</failure>", kind(record))
            }
            Some(Outcome::Done) => String::new(),
            Some(Outcome::Skipped(reason)) => {
                skipped += 1;
                format!("<skipped message=\"{}\"/>", text(reason))
            }
            None => {
                skipped += 1;
                "<skipped message=\"not ended\"/>".to_owned()
            }
        };
        case(&mut cases, &text(&record.id), &class, record.elapsed.unwrap_or_default(), &body);
    }
    let unheard = run.error.filter(|_| failures == 0);
    if let Some(error) = unheard {
        let (message, kind) = (text(error.message()), error.kind.name());
        case(&mut cases, run.name, &class, run.elapsed, &format!("<error message=\"{message}\" type=\"{kind}\"/>"));
    }
    let errors = usize::from(unheard.is_some());
    let (name, tests, time) = (escape(run.name), run.records.len() + errors, seconds(run.elapsed));
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"");
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"instep\" {counts} time=\"{time}\">\n  \
         <testsuite name=\"{name}\" {counts} skipped=\"{skipped}\" time=\"{time}\" timestamp=\"{}\">\n{cases}  </testsuite>\n</testsuites>\n",
        run.began
    )
}

fn case(out: &mut String, name: &str, class: &str, elapsed: Duration, body: &str) {
    let head = format!("    <testcase name=\"{name}\" classname=\"{}\" time=\"{}\"", escape(class), seconds(elapsed));
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
