//! Events as a person reads them.

use std::borrow::Cow;
use std::collections::HashMap;

use super::ci::Ci;
use super::clock;
use super::event::{Event, What};
use super::style::{BAD, DIM, GOOD, NAME, paint, tint};
use super::terminal::Terminal;
use super::text;

/// How the output of steps is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// As it comes: one step at a time.
    #[default]
    Stream,
    /// One block per step, when it has ended; failed ones last.
    Group,
}

#[derive(Default)]
pub(super) struct Human {
    pub(super) layout: Layout,
    ci: Ci,
    quiet: bool,
    titles: HashMap<String, String>,
    held: HashMap<String, Vec<u8>>,
    failed: Vec<(String, String)>,
    last_progress: HashMap<String, String>,
}

impl Human {
    pub(super) fn new(ci: Ci, quiet: bool) -> Self {
        Self { ci, quiet, ..Self::default() }
    }

    pub(super) fn event(&mut self, event: &Event, terminal: &mut Terminal) {
        let step = &event.step;
        match &event.what {
            What::Started { title } => self.started(step, title, terminal),
            What::Output { bytes } => self.output(step, bytes, terminal),
            What::Progress { message } => self.progress(step, message, terminal),
            What::Exited { .. } => {}
            What::Finished { elapsed } => {
                let line = mark(GOOD, "✓", step, &text::elapsed(*elapsed));
                self.ended(step, &line, terminal);
            }
            What::Skipped { reason } => {
                if self.held.contains_key(step) {
                    self.block(step, true, terminal);
                }
                if !self.quiet {
                    terminal.err(&mark(DIM, "–", step, reason));
                }
            }
            What::Failed { reason, elapsed } => {
                let line = mark(BAD, "✗", step, &format!("{reason} {}", paint(DIM, &format!("({})", text::elapsed(*elapsed)))));
                self.failed(step, line, terminal);
            }
        }
    }

    fn started(&mut self, step: &str, title: &str, terminal: &mut Terminal) {
        let head = [&*tint(NAME, "▸"), " ", &tint(NAME, step), " ", &tint(DIM, &one_line(title)), "\n"].concat();
        if self.layout == Layout::Stream {
            if !self.quiet {
                terminal.err(&head);
            }
        } else {
            self.titles.insert(step.to_owned(), head);
        }
    }

    fn output(&mut self, step: &str, bytes: &[u8], terminal: &mut Terminal) {
        if self.layout == Layout::Stream {
            terminal.out_bytes(bytes);
        } else {
            self.held.entry(step.to_owned()).or_default().extend_from_slice(bytes);
        }
    }

    /// On a terminal one line that changes; elsewhere a line per change.
    fn progress(&mut self, step: &str, message: &str, terminal: &mut Terminal) {
        if self.quiet {
            return;
        }
        if terminal.live {
            terminal.transient(&format!("  {step}: {message}"));
        } else if self.last_progress.get(step).is_none_or(|last| last != message) {
            terminal.err(&format!("  {}\n", paint(DIM, message)));
            self.last_progress.insert(step.to_owned(), message.to_owned());
        }
    }

    fn ended(&mut self, step: &str, line: &str, terminal: &mut Terminal) {
        self.last_progress.remove(step);
        if self.layout == Layout::Group {
            self.block(step, true, terminal);
        }
        if !self.quiet {
            terminal.err(line);
        }
    }

    fn failed(&mut self, step: &str, line: String, terminal: &mut Terminal) {
        if self.layout == Layout::Stream {
            terminal.err(&line);
        } else {
            self.failed.push((step.to_owned(), line));
        }
    }

    /// The failed blocks, last and open.
    pub(super) fn close(&mut self, terminal: &mut Terminal) {
        for (step, line) in std::mem::take(&mut self.failed) {
            self.block(&step, false, terminal);
            terminal.err(&line);
        }
        terminal.clear();
    }

    /// The held output of a step, under its title.
    fn block(&mut self, step: &str, fold: bool, terminal: &mut Terminal) {
        let bytes = self.held.remove(step).unwrap_or_default();
        let title = self.titles.remove(step).unwrap_or_default();
        if self.quiet && fold {
            return;
        }
        let now = clock::since_1970().as_secs();
        let folded = fold && !bytes.is_empty() && self.ci.folds();
        let plain = || anstream::adapter::strip_str(title.trim_end()).to_string();
        if folded {
            terminal.out_bytes(self.ci.open(step, &plain(), now).as_bytes());
        } else {
            let seen = if fold { String::new() } else { self.ci.unfolded(&plain()) };
            if seen.is_empty() { terminal.err(&title) } else { terminal.out_bytes(seen.as_bytes()) }
        }
        terminal.out_bytes(&bytes);
        if bytes.last().is_some_and(|&last| last != b'\n') {
            terminal.out_bytes(b"\n");
        }
        if folded {
            terminal.out_bytes(self.ci.close(step, now).as_bytes());
        }
    }
}

fn mark(style: anstyle::Style, sign: &str, step: &str, rest: &str) -> String {
    [&*tint(style, sign), " ", step, " ", &tint(DIM, rest), "\n"].concat()
}

fn one_line(text: &str) -> Cow<'_, str> {
    if text.len() <= 40 && !text.contains('\n') {
        return text.into();
    }
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    let more = if lines.next().is_some() { " …" } else { "" };
    let room = Terminal::width().saturating_sub(20).max(40);
    let cut: String = first.chars().take(room).collect();
    let dots = if cut.len() < first.len() { "…" } else { more };
    format!("{cut}{dots}").into()
}
