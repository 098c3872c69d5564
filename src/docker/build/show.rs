//! What a person sees of a build: a line per step that ended, and on a terminal what the running step
//! says.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::steps::Said;
use crate::docker::plan::Build;
use crate::report::style::{DIM, paint};
use crate::report::{Event, Report, What};

/// How often a running step says on a terminal that it runs, and how often elsewhere.
pub const TICK: Duration = Duration::from_millis(500);
const HEARTBEAT: Duration = Duration::from_secs(30);

/// How many lines of the running step a terminal shows.
const LIVE_LINES: usize = 5;

/// Tells the report of a build.
pub struct Show<'a> {
    id: &'a str,
    many: bool,
    report: &'a Report,
    told: Instant,
    recent: VecDeque<String>,
}

impl<'a> Show<'a> {
    /// For the step `id` of the plan.
    pub fn new(id: &'a str, build: &Build, report: &'a Report) -> Self {
        Self { id, many: build.key != "image", report, told: Instant::now(), recent: VecDeque::new() }
    }

    /// Whether a person looks at it.
    pub fn is_live(&self) -> bool {
        self.report.is_live() && !self.report.is_json()
    }

    /// Steps that ended, lines that they wrote.
    pub fn tell(&mut self, said: impl IntoIterator<Item = Said>) {
        for said in said {
            match said {
                Said::Line(line) => {
                    if self.recent.len() == LIVE_LINES {
                        self.recent.pop_front();
                    }
                    self.report.detail(&format!("  │ {line}"));
                    self.recent.push_back(line);
                }
                Said::Ended { name, .. } if is_note(&name) && self.report.verbose() == 0 => {}
                Said::Ended { name, cached, elapsed } => {
                    let what = if cached { What::Skipped { reason: "cached".into() } } else { What::Finished { elapsed } };
                    let name = if self.many { format!("{}: {name}", self.id) } else { name };
                    self.report.event(&Event::new(short(&name), what));
                    self.told = Instant::now();
                    self.recent.clear();
                }
            }
        }
    }

    /// A line that changes on a terminal, with the last lines of the step's output below; elsewhere a
    /// sign of life, seldom.
    pub fn tick(&mut self, message: impl FnOnce() -> String) {
        let pause = if self.is_live() { TICK } else { HEARTBEAT };
        if self.told.elapsed() >= pause {
            self.progress(&message());
        }
    }

    /// The same at once.
    pub fn progress(&mut self, message: &str) {
        self.told = Instant::now();
        if !self.is_live() {
            self.report.event(&Event::new(self.id, What::Progress { message: message.to_owned() }));
            return;
        }
        let mut lines = vec![format!("  {}: {message}", self.id)];
        lines.extend(self.recent.iter().map(|line| format!("  │ {line}")));
        self.report.transient(&lines.join("\n"));
    }

    /// A line of its own.
    pub fn note(&self, text: &str) {
        self.report.note(&paint(DIM, &format!("  {text}")));
    }
}

/// A step that only notes something down in the image: not worth a line.
fn is_note(step: &str) -> bool {
    const NOTES: [&str; 10] = ["ARG", "CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "STOPSIGNAL", "USER", "WORKDIR"];
    let instruction = step.split(' ').nth(1).unwrap_or_default().to_ascii_uppercase();
    NOTES.contains(&instruction.as_str())
}

/// A step's line, cut to what a line of a log can hold.
pub fn short(line: &str) -> String {
    let plain = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if plain.chars().count() <= 72 { plain } else { format!("{}…", plain.chars().take(71).collect::<String>()) }
}
