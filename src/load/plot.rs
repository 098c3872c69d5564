//! A picture for people who would rather look than read: latency by percentile, and rate by second.

use std::time::Duration;

use super::figures::Figures;
use super::job::Job;
use super::show::{corrected, thousands};
use crate::plan::Action as _;
use crate::report::text;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 240.0;
const LEFT: f64 = 80.0;

/// The picture, as SVG.
pub fn svg(figures: &Figures, job: &Job) -> String {
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n<text x=\"{LEFT}\" y=\"24\" font-size=\"15\">{}</text>\n",
        LEFT + WIDTH + 80.0,
        if figures.seconds.is_empty() { HEIGHT + 110.0 } else { 2.0 * HEIGHT + 190.0 },
        escaped(&job.title()),
    );
    out.push_str(&latencies(figures, job, 60.0));
    if !figures.seconds.is_empty() {
        out.push_str(&seconds(figures, 60.0 + HEIGHT + 70.0));
    }
    out.push_str("</svg>\n");
    out
}

/// The x axis runs as 1/(1-p): each nine gets the same room.
fn latencies(figures: &Figures, job: &Job, top: f64) -> String {
    let x = |at: f64| LEFT + WIDTH * (-(1.0 - at.min(99.99) / 100.0).log10()) / 4.0;
    let micros = |latency: Duration| (latency.as_micros() as f64).max(1.0);
    let (least, most) = (micros(figures.at(0.0)), micros(figures.at(100.0)).max(micros(figures.at(0.0)) * 1.01));
    let y = |latency: Duration| top + HEIGHT * (1.0 - (micros(latency) / least).ln() / (most / least).ln());
    let mut out = frame(top, &format!("latency by percentile {}", corrected(job)));
    for at in [0.0, 50.0, 90.0, 99.0, 99.9, 99.99] {
        out.push_str(&label(x(at), top + HEIGHT + 16.0, "middle", &if at > 0.0 { format!("p{at}") } else { "p0".into() }));
        out.push_str(&line(x(at), top, x(at), top + HEIGHT));
    }
    for at in [0.0, 50.0, 99.0, 100.0] {
        out.push_str(&label(LEFT - 6.0, y(figures.at(at)) + 4.0, "end", &text::latency(figures.at(at))));
    }
    let points: Vec<String> = figures.curve.iter().map(|(at, latency)| format!("{:.1},{:.1}", x(*at), y(*latency))).collect();
    out + &curve(&points, "#0969da")
}

fn seconds(figures: &Figures, top: f64) -> String {
    let most = figures.seconds.iter().map(|second| second.requests).max().unwrap_or(1).max(1) as f64;
    let wide = WIDTH / figures.seconds.len() as f64;
    let mut out = frame(top, "requests by second; red: errors");
    out.push_str(&label(LEFT - 6.0, top + 4.0, "end", &thousands(most)));
    for (n, second) in figures.seconds.iter().enumerate() {
        let x = LEFT + wide * n as f64;
        for (count, colour) in [(second.requests, "#54aeff"), (second.errors, "#cf222e")] {
            let high = HEIGHT * count as f64 / most;
            let (x, y, wide) = (x + 1.0, top + HEIGHT - high, (wide - 2.0).max(0.5));
            let about =
                format!("second {}: {} requests, {} errors, p99 {}", n + 1, second.requests, second.errors, text::latency(second.p99));
            out.push_str(&format!(
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{wide:.1}\" height=\"{high:.1}\" fill=\"{colour}\"><title>{about}</title></rect>\n"
            ));
        }
    }
    out
}

fn frame(top: f64, title: &str) -> String {
    let title = label(LEFT, top - 8.0, "start", title);
    format!("{title}<rect x=\"{LEFT}\" y=\"{top}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"none\" stroke=\"#8c959f\"/>\n")
}

fn label(x: f64, y: f64, anchor: &str, text: &str) -> String {
    format!("<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>\n", escaped(text))
}

fn line(x1: f64, y1: f64, x2: f64, y2: f64) -> String {
    format!("<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"#d0d7de\"/>\n")
}

fn curve(points: &[String], colour: &str) -> String {
    format!("<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\n", points.join(" "))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
