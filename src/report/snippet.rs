//! Draws a problem: the file, the line, the text underlined, what to do.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::error::Problem;

/// How severe a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Nothing goes on.
    Error,
    /// Worth a word.
    Warning,
}

/// The problem as text with colours (the terminal takes them out where they do not belong).
pub fn draw(severity: Severity, problem: &Problem, width: usize) -> String {
    let level = match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(problem.message.as_str()));
    if let Some(place) = &problem.place {
        let end = place.span.end.min(place.text.len());
        let span = place.span.start.min(end)..end;
        let mut annotation = AnnotationKind::Primary.span(span);
        if !place.label.is_empty() {
            annotation = annotation.label(place.label.as_str());
        }
        group = group.element(Snippet::source(&*place.text).path(&*place.file).annotation(annotation));
    }
    group = group.elements(problem.notes.iter().map(|note| Level::NOTE.message(note.as_str())));
    group = group.elements(problem.help.iter().map(|help| Level::HELP.message(help.as_str())));
    Renderer::styled().decor_style(DecorStyle::Unicode).term_width(width).render(&[group])
}
