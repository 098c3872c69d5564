//! Columns that line up.

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

/// How many columns a text takes; colours take none.
pub fn width(cell: &str) -> usize {
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
}
