//! Columns that line up.

/// Rows of cells, each column as wide as its widest cell; colours do not count.
pub fn columns(rows: &[Vec<String>], indent: usize) -> String {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        for (i, cell) in row.iter().enumerate() {
            let width = width(cell);
            match widths.get_mut(i) {
                Some(widest) => *widest = (*widest).max(width),
                None => widths.push(width),
            }
        }
    }
    let mut out = String::new();
    for row in rows {
        out.push_str(&" ".repeat(indent));
        for (i, cell) in row.iter().enumerate() {
            out.push_str(cell);
            if i + 1 < row.len() && row[i + 1..].iter().any(|later| !later.is_empty()) {
                out.push_str(&" ".repeat(widths[i] - width(cell) + 2));
            }
        }
        out.truncate(out.trim_end_matches(' ').len());
        out.push('\n');
    }
    out
}

fn width(cell: &str) -> usize {
    anstream::adapter::strip_str(cell).map(|plain| plain.chars().count()).sum()
}

#[cfg(test)]
mod tests {
    #[test]
    fn columns_line_up_and_leave_no_trailing_blanks() {
        let rows = [vec!["a".into(), "bb".into()], vec!["\x1b[1mlong\x1b[0m".into(), String::new()]];
        assert_eq!(super::columns(&rows, 1), " a     bb\n \x1b[1mlong\x1b[0m\n");
    }
}
