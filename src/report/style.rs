//! The few styles that instep uses.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};

use anstyle::{AnsiColor, Style};

/// Something went well.
pub const GOOD: Style = AnsiColor::Green.on_default().bold();
/// Something went wrong.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// Worth a look.
pub const WARN: Style = AnsiColor::Yellow.on_default().bold();
/// A name: a command, a task, a service.
pub const NAME: Style = AnsiColor::Cyan.on_default().bold();
/// Beside the point.
pub const DIM: Style = Style::new().dimmed();
/// A heading.
pub const BOLD: Style = Style::new().bold();
/// A link that can be clicked.
pub const LINK: Style = AnsiColor::Blue.on_default().underline();

/// Whether any stream shows colours: where none does, nothing is painted that would be stripped again.
static COLORED: AtomicBool = AtomicBool::new(true);

/// Says whether any stream shows colours.
pub(super) fn colored(any: bool) {
    COLORED.store(any, Ordering::Relaxed);
}

/// The text in this style.
pub fn paint(style: Style, text: &str) -> String {
    tint(style, text).into_owned()
}

/// As [`paint`], without a copy where there are no colours.
pub fn tint(style: Style, text: &str) -> Cow<'_, str> {
    if COLORED.load(Ordering::Relaxed) { format!("{style}{text}{style:#}").into() } else { text.into() }
}
