//! stdout and stderr: the only file that writes to them.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use anstream::ColorChoice;

/// After how much silence a line says that something still runs: before a minute has passed, as CI systems end what
/// is silent for long.
pub const HEARTBEAT: Duration = Duration::from_secs(50);

/// The two streams, and what is known of them.
pub(super) struct Terminal {
    out_color: bool,
    err_color: bool,
    /// stderr is a terminal: progress may be drawn and redrawn.
    pub(super) live: bool,
    /// How many lines are on the screen that the next output replaces.
    transient: usize,
    /// The first thing that went wrong while writing results.
    failure: Option<io::Error>,
    /// When something was last written that stays.
    said: Instant,
}

impl Terminal {
    pub(super) fn new(color: ColorChoice) -> Self {
        let err = io::stderr();
        #[expect(clippy::disallowed_methods, reason = "the terminal's own variable")]
        let live = err.is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        let (out_color, err_color) = (colored(color, &io::stdout()), colored(color, &err));
        super::style::colored(out_color || err_color);
        super::table::fit(if live && io::stdout().is_terminal() { Self::width() } else { 0 });
        Self { out_color, err_color, live, transient: 0, failure: None, said: Instant::now() }
    }

    /// Columns of the terminal; 100 where there is none.
    pub(super) fn width() -> usize {
        rustix::termios::tcgetwinsize(rustix::stdio::stderr()).map_or(100, |size| usize::from(size.ws_col).max(20))
    }

    /// For how long nothing was written that stays.
    pub(super) fn silence(&self) -> Duration {
        self.said.elapsed()
    }

    /// Text with colours to stdout.
    pub(super) fn out(&mut self, text: &str) {
        self.clear();
        let color = self.out_color;
        self.write_out(&painted(text, color));
    }

    /// Bytes to stdout, unchanged.
    pub(super) fn out_bytes(&mut self, bytes: &[u8]) {
        self.clear();
        self.write_out(bytes);
    }

    /// Bytes to stdout, unchanged, behind a prefix with colours; in one piece.
    pub(super) fn out_prefixed(&mut self, prefix: &str, bytes: &[u8]) {
        self.clear();
        let mut line = painted(prefix, self.out_color).into_owned();
        line.extend_from_slice(bytes);
        self.write_out(&line);
    }

    /// Text with colours to stderr.
    pub(super) fn err(&mut self, text: &str) {
        self.clear();
        self.said = Instant::now();
        let bytes = painted(text, self.err_color);
        // Nothing can be said when even stderr is gone.
        let _ = io::stderr().lock().write_all(&bytes);
    }

    /// Lines that the next output replaces; where there is no terminal, lines that stay, and only after a long silence.
    pub(super) fn transient(&mut self, text: &str) {
        if !self.live {
            if self.silence() >= HEARTBEAT {
                self.err(&format!("{text}\n"));
            }
            return;
        }
        self.clear();
        let width = Self::width().saturating_sub(1);
        let lines: Vec<String> = text.lines().map(|line| line.chars().take(width).collect()).collect();
        let text = format!("\x1b[2m{}\x1b[0m", lines.join("\r\n"));
        let bytes = painted(&text, self.err_color);
        let mut err = io::stderr().lock();
        let _ = err.write_all(&bytes).and_then(|()| err.flush());
        self.transient = lines.len();
    }

    /// Takes the transient lines away.
    pub(super) fn clear(&mut self) {
        let lines = std::mem::take(&mut self.transient);
        if lines > 0 {
            let up = "\x1b[1A\x1b[2K".repeat(lines - 1);
            let _ = io::stderr().lock().write_all(format!("\r\x1b[2K{up}").as_bytes());
        }
    }

    /// What went wrong while writing results. A reader that went away (`| head`) is not a fault.
    pub(super) fn failure(&mut self) -> Option<io::Error> {
        if let Err(error) = io::stdout().lock().flush() {
            self.failure.get_or_insert(error);
        }
        self.failure.take().filter(|error| error.kind() != io::ErrorKind::BrokenPipe)
    }

    fn write_out(&mut self, bytes: &[u8]) {
        if self.failure.is_some() {
            return;
        }
        self.said = Instant::now();
        let mut out = io::stdout().lock();
        if let Err(error) = out.write_all(bytes).and_then(|()| out.flush()) {
            self.failure = Some(error);
        }
    }
}

fn colored(color: ColorChoice, stream: &impl anstream::stream::RawStream) -> bool {
    match color {
        ColorChoice::Auto => anstream::AutoStream::choice(stream) != ColorChoice::Never,
        ColorChoice::Never => false,
        ColorChoice::Always | ColorChoice::AlwaysAnsi => true,
    }
}

fn painted(text: &str, color: bool) -> Cow<'_, [u8]> {
    let control = |byte: u8| (byte < b' ' || byte == 0x7f) && !byte.is_ascii_whitespace();
    if color || !text.bytes().fold(false, |any, byte| any | control(byte)) {
        return text.as_bytes().into();
    }
    anstream::adapter::strip_str(text).to_string().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_terminal_only_a_long_silence_is_broken() {
        let mut terminal = Terminal { live: false, ..Terminal::new(ColorChoice::Never) };
        let before = |time| Instant::now().checked_sub(time).expect("a machine that runs for a minute");
        terminal.said = before(HEARTBEAT / 2);
        terminal.transient("4.0 s of 10 s");
        assert!(terminal.silence() >= HEARTBEAT / 2);
        terminal.said = before(HEARTBEAT);
        terminal.transient("51.0 s of 90 s");
        assert!(terminal.silence() < HEARTBEAT / 2);
    }
}
