//! A person at a terminal.

use std::path::Path;
use std::time::Duration;

use expectrl::Expect as _;

use super::{INSTEP, World};

/// Who types, and reads what comes.
pub struct Person(expectrl::session::OsSession);

impl Person {
    /// Starts instep in a terminal without colours.
    pub fn starts(world: &World, dir: &Path, args: &[&str]) -> Self {
        let mut command = world.command(INSTEP, dir);
        command.args(args).args(["--color", "never"]).env("TERM", "xterm");
        let mut session = expectrl::Session::spawn(command).unwrap();
        session.set_expect_timeout(Some(Duration::from_secs(20)));
        Self(session)
    }

    /// Waits for this text.
    pub fn reads(&mut self, text: &str) {
        self.0.expect(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    }

    /// Waits for this question, and answers it.
    pub fn answers(&mut self, question: &str, answer: &str) {
        self.reads(question);
        self.0.send_line(answer).unwrap();
    }

    /// Waits for the end.
    pub fn sees_the_end(&mut self) {
        self.0.expect(expectrl::Eof).unwrap();
    }
}
