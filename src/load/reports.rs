//! Figures for CI systems: JUnit's XML, a summary in Markdown.

use super::figures::Figures;
use super::job::Job;
use super::judge::Finding;
use super::show::{corrected, errors, histogram, thousands};
use crate::plan::Action as _;
use crate::report::junit::{Case, Ended, Suite};
use crate::report::text;

/// A case for each threshold.
pub fn junit(target: &str, figures: &Figures, findings: &[Finding]) -> Suite {
    let case = |finding: &Finding| {
        let message = format!("{}: {}, wanted {}", finding.name, finding.came, finding.wanted);
        Case {
            name: finding.name.clone(),
            class: format!("load-test.{target}"),
            time: figures.elapsed,
            outcome: if finding.holds {
                Ended::Passed
            } else {
                Ended::Failed { text: message.clone(), kind: "failed".to_owned(), message }
            },
            output: String::new(),
        }
    };
    Suite { name: format!("load-test {target}"), cases: findings.iter().map(case).collect() }
}

/// A summary in Markdown.
pub fn markdown(target: &str, figures: &Figures, findings: &[Finding], job: &Job) -> String {
    let mut page = format!("## Load test of {target}\n\n{}\n\n| | threshold | came | wanted |\n| --- | --- | --- | --- |\n", job.title());
    for finding in findings {
        let sign = if finding.holds { "✅" } else { "❌" };
        page.push_str(&format!("| {sign} | {} | {} | {} |\n", finding.name, finding.came, finding.wanted));
    }
    let named = [50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 100.0];
    let heads: Vec<String> = named.iter().map(|at| if *at < 100.0 { format!("p{at}") } else { "max".to_owned() }).collect();
    let values: Vec<String> = named.iter().map(|at| text::latency(figures.at(*at))).collect();
    page.push_str(&format!(
        "\n| requests/s | {} |\n|{}\n| {} | {} |\n",
        heads.join(" | "),
        " --- |".repeat(8),
        thousands(figures.rate()),
        values.join(" | ")
    ));
    page.push_str(&format!("\nLatency {}. Errors: {}.\n", corrected(job), errors(figures)));
    figures.doubts.iter().for_each(|doubt| page.push_str(&format!("\n> {doubt}\n")));
    if !figures.curve.is_empty() {
        let plain: String = anstream::adapter::strip_str(&histogram(figures)).collect();
        page.push_str(&format!("\n```text\n{plain}```\n"));
    }
    page
}
