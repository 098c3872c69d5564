//! stdout and stderr: the only file that writes to them.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use anstream::ColorChoice;

/// The two streams, and what is known of them.
pub(super) struct Terminal {
    out_color: bool,
    err_color: bool,
    /// stderr is a terminal: progress may be drawn and redrawn.
    pub(super) live: bool,
    /// A line that the next output replaces is on the screen.
    transient: bool,
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
        Self {
            out_color: colored(color, &io::stdout()),
            err_color: colored(color, &err),
            live,
            transient: false,
            failure: None,
            said: Instant::now(),
        }
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

    /// Text with colours to stderr.
    pub(super) fn err(&mut self, text: &str) {
        self.clear();
        self.said = Instant::now();
        let bytes = painted(text, self.err_color);
        // Nothing can be said when even stderr is gone.
        let _ = io::stderr().lock().write_all(&bytes);
    }

    /// A line that the next output replaces; only on a terminal.
    pub(super) fn transient(&mut self, line: &str) {
        self.clear();
        let cut: String = line.chars().take(Self::width().saturating_sub(1)).collect();
        let bytes = painted(&format!("\x1b[2m{cut}\x1b[0m"), self.err_color);
        let mut err = io::stderr().lock();
        let _ = err.write_all(&bytes).and_then(|()| err.flush());
        self.transient = true;
    }

    /// Takes the transient line away.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.transient) {
            let _ = io::stderr().lock().write_all(b"\r\x1b[2K");
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

fn painted(text: &str, color: bool) -> Vec<u8> {
    if color {
        return text.as_bytes().to_vec();
    }
    anstream::adapter::strip_str(text).to_string().into_bytes()
}
