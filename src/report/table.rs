//! Columns that line up.

use std::sync::atomic::{AtomicUsize, Ordering};

/// How wide the terminal is to which all goes; 0 where some of it goes elsewhere.
static TERMINAL: AtomicUsize = AtomicUsize::new(0);
/// The fewest columns in which words are still good to read.
const NARROW: usize = 30;
/// How far words that stand below their row are indented.
const BELOW: usize = 4;

/// Says how wide the terminal is to which all goes; 0 where some of it goes elsewhere.
pub(super) fn fit(width: usize) {
    TERMINAL.store(width, Ordering::Relaxed);
}

/// As [`columns`], where the last column is words to be read: in a terminal that is too narrow for them they go on in the
/// line below; where next to nothing is left beside the other columns, all of them stand there.
pub fn prose<S: AsRef<str>, R: AsRef<[S]>>(rows: &[R], indent: usize) -> String {
    within(rows, indent, TERMINAL.load(Ordering::Relaxed))
}

fn within<S: AsRef<str>, R: AsRef<[S]>>(rows: &[R], indent: usize, limit: usize) -> String {
    let whole = columns(rows, indent);
    if limit == 0 || whole.lines().all(|line| width(line) <= limit) {
        return whole;
    }
    let before = rows.iter().map(|row| row.as_ref().len()).max().unwrap_or_default().saturating_sub(1);
    let split: Vec<_> = rows.iter().map(|row| row.as_ref().split_at(row.as_ref().len().min(before))).collect();
    let heads = columns(&split.iter().map(|(head, _)| head.iter().map(AsRef::as_ref).collect()).collect::<Vec<Vec<&str>>>(), indent);
    let start = heads.lines().map(width).max().unwrap_or_default() + 2;
    let beside = start + NARROW <= limit;
    let start = if beside { start } else { indent + BELOW };
    let mut out = String::with_capacity(whole.len() * 2);
    for (head, (_, words)) in heads.lines().zip(split) {
        out.push_str(head);
        let words = words.first().map(AsRef::as_ref).unwrap_or_default();
        for (i, line) in wrapped(words, limit.saturating_sub(start).max(NARROW)).iter().enumerate() {
            if i == 0 && beside {
                blanks(&mut out, start - width(head));
            } else {
                out.push('\n');
                blanks(&mut out, start);
            }
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}

/// Words in lines of at most so many columns; a longer word has a line of its own.
fn wrapped(text: &str, limit: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= limit => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Rows of cells, each column as wide as its widest cell; colours do not count.
pub fn columns<S: AsRef<str>, R: AsRef<[S]>>(rows: &[R], indent: usize) -> String {
    let mut widths: Vec<usize> = Vec::new();
    let mut cells: Vec<usize> = Vec::with_capacity(rows.len() * 2);
    for row in rows {
        for (i, cell) in row.as_ref().iter().map(AsRef::as_ref).enumerate() {
            let width = width(cell);
            cells.push(width);
            match widths.get_mut(i) {
                Some(widest) => *widest = (*widest).max(width),
                None => widths.push(width),
            }
        }
    }
    let mut out = String::with_capacity(rows.len() * (indent + widths.iter().sum::<usize>()));
    let mut cells = cells.into_iter();
    for row in rows {
        let row = row.as_ref();
        blanks(&mut out, indent);
        for (i, cell) in row.iter().map(AsRef::as_ref).enumerate() {
            out.push_str(cell);
            let width = cells.next().unwrap_or_default();
            if row[i + 1..].iter().any(|later| !later.as_ref().is_empty()) {
                blanks(&mut out, widths[i] - width + 2);
            }
        }
        out.truncate(out.trim_end_matches(' ').len());
        out.push('\n');
    }
    out
}

fn blanks(out: &mut String, count: usize) {
    out.extend(std::iter::repeat_n(' ', count));
}

fn width(cell: &str) -> usize {
    if !cell.contains('\x1b') {
        return cell.chars().count();
    }
    anstream::adapter::strip_str(cell).map(|plain| plain.chars().count()).sum()
}

#[cfg(test)]
mod tests {
    #[test]
    fn columns_line_up_and_leave_no_trailing_blanks() {
        let rows = [vec!["a".into(), "bb".into()], vec!["\x1b[1mlong\x1b[0m".into(), String::new()]];
        assert_eq!(super::columns(&rows, 1), " a     bb\n \x1b[1mlong\x1b[0m\n");
    }

    #[test]
    fn words_go_on_below_where_the_terminal_is_narrow() {
        let rows = [
            vec!["run", "\x1b[2mwhat it does, in so many words that they are too many\x1b[0m"],
            vec!["a-long-name", "short"],
            vec!["bare"],
        ];
        assert_eq!(super::within(&rows, 2, 0), super::columns(&rows, 2));
        assert_eq!(super::within(&rows, 2, 120), super::columns(&rows, 2));
        let beside = "  run          \x1b[2mwhat it does, in so many words\n               that they are too many\x1b[0m\n  a-long-name  short\n  bare\n";
        assert_eq!(super::within(&rows, 2, 46), beside);
        let below =
            "  run\n      \x1b[2mwhat it does, in so many words\n      that they are too many\x1b[0m\n  a-long-name\n      short\n  bare\n";
        assert_eq!(super::within(&rows, 2, 40), below);
    }
}
