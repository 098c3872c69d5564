//! The table at the end of a run of several tasks: what became of each, and what took the time.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::Duration;

use super::event::UP_TO_DATE;
use super::record::{Outcome, Record};
use super::style::{BAD, BOLD, DIM, GOOD, paint, tint};
use super::text;

/// Cells of the longest bar.
const WIDEST: u64 = 10;

/// A line for each step with its time beside a bar, and one line for all; ends with a line end.
pub(super) fn table(records: &[Record], elapsed: Duration) -> String {
    let times: Vec<String> = records.iter().map(|record| record.elapsed.map_or_else(String::new, text::elapsed)).collect();
    let name_width = records.iter().map(|record| record.id.chars().count()).max().unwrap_or(0);
    let time_width = times.iter().map(|time| time.chars().count()).max().unwrap_or(0);
    let slowest = records.iter().filter_map(|record| record.elapsed).max().unwrap_or_default();
    let mut out = String::from("\n");
    for (record, time) in records.iter().zip(&times) {
        let (sign, outcome) = outcome(record);
        let bar = bar(record.elapsed.unwrap_or_default(), slowest);
        let bar_style = if record.elapsed == Some(slowest) { BOLD } else { DIM };
        let gap = " ".repeat(WIDEST as usize - bar.chars().count());
        let _ = writeln!(out, "{sign} {:name_width$}  {time:>time_width$}  {}{gap}  {outcome}", record.id, tint(bar_style, &bar));
    }
    out.push_str(&format!("{}\n", paint(BOLD, &total(records, elapsed))));
    out
}

fn outcome(record: &Record) -> (Cow<'_, str>, Cow<'_, str>) {
    match &record.outcome {
        Some(Outcome::Done) => (tint(GOOD, "✓"), "done".into()),
        Some(Outcome::Skipped(reason)) => (tint(DIM, "–"), tint(DIM, reason)),
        Some(Outcome::Failed(reason)) => (tint(BAD, "✗"), tint(BAD, reason)),
        None => (tint(DIM, "–"), tint(DIM, "not ended")),
    }
}

/// As long as the step was against the slowest one.
fn bar(elapsed: Duration, slowest: Duration) -> String {
    let micros = |time: Duration| time.as_secs() * 1_000_000 + u64::from(time.subsec_micros());
    let (part, whole) = (micros(elapsed), micros(slowest).max(1));
    "█".repeat(((part * WIDEST + whole / 2) / whole) as usize)
}

/// `4 tasks in 15.4 s: 2 done, 1 up to date, 1 failed`.
fn total(records: &[Record], elapsed: Duration) -> String {
    let mut counts = [("done", 0), (UP_TO_DATE, 0), ("skipped", 0), ("failed", 0)];
    for record in records {
        let at = match &record.outcome {
            Some(Outcome::Done) => 0,
            Some(Outcome::Skipped(reason)) if reason == UP_TO_DATE => 1,
            Some(Outcome::Failed(_)) => 3,
            Some(Outcome::Skipped(_)) | None => 2,
        };
        counts[at].1 += 1;
    }
    let parts: Vec<String> = counts.iter().filter(|(_, n)| *n > 0).map(|(word, n)| format!("{n} {word}")).collect();
    format!("{} in {}: {}", text::count(records.len(), "task"), text::elapsed(elapsed), parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: &str, outcome: Outcome, millis: Option<u64>) -> Record {
        let elapsed = millis.map(Duration::from_millis);
        Record { id: id.to_owned(), title: None, output: Vec::new(), outcome: Some(outcome), elapsed, exit_code: None }
    }

    #[test]
    fn times_line_up_and_the_slowest_has_the_longest_bar() {
        let records = [
            record("lint", Outcome::Done, Some(240)),
            record("unit-test", Outcome::Done, Some(12_300)),
            record("build", Outcome::Skipped(UP_TO_DATE.to_owned()), None),
            record("e2e", Outcome::Failed("exit code 4".to_owned()), Some(3100)),
        ];
        let plain = anstream::adapter::strip_str(&table(&records, Duration::from_millis(12_400))).to_string();
        let expected = "
✓ lint       0.24 s              done
✓ unit-test  12.3 s  ██████████  done
– build                          up to date
✗ e2e        3.10 s  ███         exit code 4
4 tasks in 12.4 s: 2 done, 1 up to date, 1 failed
";
        assert_eq!(plain, expected);
    }
}
