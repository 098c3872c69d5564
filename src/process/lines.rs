//! What a program writes, line by line.

use super::Command;
use super::run::{Exit, Stopper, with_handle};
use crate::report::Result;

/// As [`with_handle`]; `tell` gets every line without its end, also a last one that has none. Bytes that are no UTF-8
/// become U+FFFD.
pub fn with_lines(command: &Command, started: impl FnOnce(Stopper), tell: &mut dyn FnMut(&str)) -> Result<Exit> {
    let mut rest = Vec::new();
    let mut told = |line: &[u8]| tell(String::from_utf8_lossy(line).trim_end_matches(['\n', '\r']));
    let exit = with_handle(command, started, &mut |piece| {
        for part in piece.split_inclusive(|&byte| byte == b'\n') {
            rest.extend_from_slice(part);
            if part.ends_with(b"\n") {
                told(&rest);
                rest.clear();
            }
        }
    });
    if !rest.is_empty() {
        told(&rest);
    }
    exit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_wherever_the_pieces_end() {
        let mut lines = Vec::new();
        let command = Command::new("sh", ["-c", "printf 'a\\r\\nb'; sleep 0.1; printf 'c\\n\\n\\377 d'"]);
        let exit = with_lines(&command, |_| {}, &mut |line| lines.push(line.to_owned()));
        assert_eq!((exit.ok(), lines), (Some(Exit::Code(0)), ["a", "bc", "", "\u{fffd} d"].map(str::to_owned).to_vec()));
    }
}
