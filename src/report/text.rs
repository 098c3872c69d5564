//! Small words that messages are made of, so that they stay the same everywhere.

use std::time::Duration;

/// `1 file`, `2 files`.
pub fn count(n: usize, noun: &str) -> String {
    match n {
        1 => format!("1 {noun}"),
        _ if noun.ends_with('s') || noun.ends_with("ch") => format!("{n} {noun}es"),
        _ => format!("{n} {noun}s"),
    }
}

/// `0.24 s`, `12.3 s`, `3 m 05 s`.
pub fn elapsed(time: Duration) -> String {
    // Whole numbers: a float takes ten times as long to write, and this is said of every step.
    match time.as_secs() {
        0..10 => {
            let hundredths = time.as_secs() * 100 + u64::from((time.subsec_micros() + 5_000) / 10_000);
            format!("{}.{:02} s", hundredths / 100, hundredths % 100)
        }
        10..60 => {
            let tenths = time.as_secs() * 10 + u64::from((time.subsec_millis() + 50) / 100);
            format!("{}.{} s", tenths / 10, tenths % 10)
        }
        whole => format!("{} m {:02} s", whole / 60, whole % 60),
    }
}

/// `0.4 ms`, `3 ms`, `240 ms`, `1.20 s`: the time of one answer.
pub fn latency(time: Duration) -> String {
    match time.as_micros() {
        micros @ 0..1_000 => format!("{:.1} ms", micros as f64 / 1000.0),
        1_000..1_000_000 => format!("{} ms", time.as_millis()),
        _ => elapsed(time),
    }
}

/// `512 B`, `3.4 KiB`, `12.0 MiB`.
pub fn bytes(n: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if n < 1024 {
        return format!("{n} B");
    }
    let mut value = n as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// `2 files changed: a, b`; the first three are named.
pub fn changed<'a>(files: impl ExactSizeIterator<Item = &'a std::path::Path>) -> String {
    let n = files.len();
    let named: Vec<String> = files.take(3).map(|path| path.display().to_string()).collect();
    format!("{} changed: {}{}", count(n, "file"), named.join(", "), if n > 3 { ", …" } else { "" })
}

/// `a`, `a and b`, `a, b and c`.
pub fn list<S: AsRef<str>>(items: &[S]) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [head @ .., last] => {
            let head: Vec<&str> = head.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", head.join(", "), last.as_ref())
        }
    }
}

/// The candidate most like `word`, when one is like enough to be meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = word.to_lowercase().replace('_', "-");
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&plain, &candidate.to_lowercase().replace('_', "-")), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_times_read_naturally() {
        assert_eq!(count(1, "task"), "1 task");
        assert_eq!(count(2, "branch"), "2 branches");
        assert_eq!(elapsed(Duration::from_millis(240)), "0.24 s");
        assert_eq!(elapsed(Duration::from_secs(185)), "3 m 05 s");
        assert_eq!(bytes(3_500_000), "3.3 MiB");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
    }

    #[test]
    fn nearest_finds_typos_and_no_more() {
        assert_eq!(nearest("dokcer-build", ["docker-build", "list"]), Some("docker-build"));
        assert_eq!(nearest("run_local", ["run-local"]), Some("run-local"));
        assert_eq!(nearest("zebra", ["docker-build", "list"]), None);
    }
}
