//! Figures as a person reads them: a line while it runs, a table and a histogram at the end.

use std::time::Duration;

use super::figures::Figures;
use super::generator::Tally;
use super::job::{Engine, Job};
use super::judge::{Finding, percent};
use crate::report::style::{BAD, BOLD, DIM, GOOD, paint};
use crate::report::table::columns;
use crate::report::text;

/// `4.0 s of 10 s   12,340/s   p50 0.8 ms   p99 4 ms   0 errors`.
pub(super) fn live(tally: &Tally, rate: f64, elapsed: Duration, job: &Job) -> String {
    if elapsed.is_zero() {
        return "  warming up".to_owned();
    }
    let latency = |at: f64| text::latency(Duration::from_micros(tally.latencies.value_at_percentile(at)));
    let rate = thousands(rate);
    let (p50, p95, p99) = (latency(50.0), latency(95.0), latency(99.0));
    let errors = text::count(usize::try_from(tally.failed()).unwrap_or(usize::MAX), "error");
    let (so_far, whole) = (elapsed.as_secs_f64(), job.duration.as_secs_f64());
    let time = if elapsed < job.duration { format!("{so_far:.1} s of {whole} s") } else { "the last answers".to_owned() };
    format!("  {time}   {rate}/s   p50 {p50}   p95 {p95}   p99 {p99}   {errors}")
}

/// All of it, at the end.
pub fn text(figures: &Figures, findings: &[Finding], job: &Job) -> String {
    let mut rows = vec![
        vec!["requests".to_owned(), format!("{}  ({}/s answered well)", thousands(figures.requests as f64), thousands(figures.rate()))],
        vec!["errors".to_owned(), errors(figures)],
        vec!["read".to_owned(), text::bytes(figures.bytes)],
    ];
    if !figures.curve.is_empty() {
        let named = [50.0, 75.0, 90.0, 95.0, 99.0, 99.9].map(|at| format!("p{at} {}", text::latency(figures.at(at))));
        rows.push(vec!["latency".to_owned(), named.join("   ")]);
        let ends = [("min", figures.at(0.0)), ("mean", figures.mean), ("max", figures.at(100.0))];
        let ends = ends.map(|(name, latency)| format!("{name} {}", text::latency(latency)));
        rows.push(vec![String::new(), format!("{}   {}", ends.join("   "), paint(DIM, corrected(job)))]);
    }
    let mut out = columns(&rows, 2);
    if !figures.curve.is_empty() {
        out.push_str(&format!("\n{}", histogram(figures)));
    }
    out.push('\n');
    let rows: Vec<Vec<String>> = findings.iter().map(row).collect();
    out.push_str(&columns(&rows, 0));
    out.trim_end().to_owned()
}

/// How coordinated omission was dealt with.
pub(super) fn corrected(job: &Job) -> &'static str {
    match (job.engine, job.rate) {
        (Engine::Wrk, _) => "(corrected for coordinated omission, by wrk)",
        (Engine::BuiltIn, Some(_)) => "(counted from when each request was due)",
        (Engine::BuiltIn, None) => "(corrected for coordinated omission)",
    }
}

pub(super) fn errors(figures: &Figures) -> String {
    if figures.failed() == 0 {
        return "none".to_owned();
    }
    let kinds: Vec<String> = figures.errors.iter().map(|(kind, n)| format!("{kind} ×{n}")).collect();
    format!("{} ({}): {}", thousands(figures.failed() as f64), percent(figures.error_rate()), kinds.join(", "))
}

fn row(finding: &Finding) -> Vec<String> {
    let sign = if finding.holds { paint(GOOD, "✓") } else { paint(BAD, "✗") };
    let came = if finding.holds { finding.came.clone() } else { paint(BOLD, &finding.came) };
    vec![format!("{sign} {}", finding.name), came, paint(DIM, &finding.wanted)]
}

/// Ten rows from the fastest to the slowest, each twice as late as the one above or so.
pub(super) fn histogram(figures: &Figures) -> String {
    const ROWS: i32 = 10;
    const WIDTH: f64 = 40.0;
    let micros = |latency: Duration| (latency.as_micros() as f64).max(1.0);
    let (least, most) = (micros(figures.at(0.0)), micros(figures.at(100.0)));
    let step = (most / least).powf(1.0 / f64::from(ROWS)).max(1.000_001);
    let mut rows = Vec::new();
    let mut before = 0.0;
    for n in 1..=ROWS {
        let edge = if n == ROWS { most } else { least * step.powi(n) };
        // How many of a hundred stay below: the curve, read the other way.
        let below = figures.curve.iter().rev().find(|(_, latency)| micros(*latency) <= edge).map_or(0.0, |(at, _)| *at);
        let share = (below - before).max(0.0);
        before = below.max(before);
        #[expect(clippy::cast_sign_loss, reason = "a share is not below zero")]
        let bar = "█".repeat((share / 100.0 * WIDTH).round() as usize);
        let thin = if bar.is_empty() && share > 0.0 { "▏" } else { "" };
        rows.push(vec![format!("≤ {}", edge_words(edge)), format!("{bar}{thin} {}", paint(DIM, &percent(share / 100.0)))]);
    }
    columns(&rows, 2)
}

/// Finer than a latency is told otherwise: the edges of rows must differ.
fn edge_words(micros: f64) -> String {
    if micros < 10_000.0 { format!("{:.2} ms", micros / 1000.0) } else { text::latency(Duration::from_secs_f64(micros / 1e6)) }
}

/// `12,345`.
pub(super) fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([1.0, 999.0, 1000.0, 1_234_567.0].map(super::thousands), ["1", "999", "1,000", "1,234,567"]);
    }
}
