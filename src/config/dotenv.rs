//! Files with variables, as `.env` is commonly written.

use std::path::Path;

use crate::report::{Error, Place, Result};

/// The variables of a file, in its order; none when there is no such file.
///
/// A line is `NAME=VALUE`, with `export` before it or not. In single quotes everything is meant as it is;
/// in double quotes `\n`, `\t`, `\r`, `\\`, `\"` and `\$` are known, and lines may end; without quotes a
/// value ends before ` #`. Nothing is expanded: `$X` stays `$X`.
///
/// # Errors
/// Exit code 2 with the line that is none, and when the file can't be read.
pub fn read(file: &Path) -> Result<Option<Vec<(String, String)>>> {
    match std::fs::read(file) {
        Ok(bytes) => {
            let text = String::from_utf8(bytes).map_err(|_| Error::usage(format!("{} is not UTF-8", file.display())))?;
            parse(&text).map(Some).map_err(|fault| {
                let place =
                    Place { file: file.display().to_string().into(), text: text.as_str().into(), span: fault.span, label: String::new() };
                Error::usage(fault.what).at(Some(place)).help("write NAME=VALUE, or begin the line with # for a comment")
            })
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::usage(format!("can't read {}: {error}", file.display()))),
    }
}

/// The line of a file that has the last word on a variable.
pub fn line_of(file: &Path, name: &str) -> Option<usize> {
    let text = std::fs::read_to_string(file).ok()?;
    let pairs = lines(&text).ok()?;
    let (at, ..) = pairs.iter().rev().find(|(_, known, _)| known == name)?;
    Some(text[..*at].matches('\n').count() + 1)
}

#[derive(Debug)]
struct Fault {
    what: String,
    span: std::ops::Range<usize>,
}

fn parse(text: &str) -> Result<Vec<(String, String)>, Fault> {
    Ok(lines(text)?.into_iter().map(|(_, name, value)| (name, value)).collect())
}

/// The variables with where their lines begin.
fn lines(text: &str) -> Result<Vec<(usize, String, String)>, Fault> {
    let mut pairs = Vec::new();
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    while at < text.len() {
        let line = text[at..].lines().next().unwrap_or_default();
        let next = at + text[at..].find('\n').map_or(text.len() - at, |end| end + 1);
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            at = next;
            continue;
        }
        let fault = |what: &str| Fault { what: what.to_owned(), span: at..at + line.len() };
        let Some(equals) = line.find('=') else { return Err(fault("this line has no `=`")) };
        let name = line[..equals].trim();
        let name = name.strip_prefix("export ").unwrap_or(name).trim();
        if name.is_empty()
            || name.starts_with(|c: char| c.is_ascii_digit())
            || !name.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
        {
            return Err(fault("this is no name of a variable"));
        }
        let start = at + equals + 1;
        let start = start + text[start..].len() - text[start..].trim_start_matches([' ', '\t']).len();
        let (value, end) = match text[start..].chars().next() {
            Some(quote @ ('"' | '\'')) => quoted(text, start, quote).ok_or_else(|| fault("the quote is not closed"))?,
            _ => (plain(text[start..].lines().next().unwrap_or_default()), next),
        };
        pairs.push((at, name.to_owned(), value));
        at = end;
    }
    Ok(pairs)
}

fn plain(text: &str) -> String {
    let end = text.find(" #").or_else(|| text.find("\t#")).unwrap_or(text.len());
    if text.starts_with('#') { String::new() } else { text[..end].trim().to_owned() }
}

/// The text between quotes, and where the next line begins.
fn quoted(text: &str, start: usize, quote: char) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut chars = text[start + 1..].char_indices();
    while let Some((at, c)) = chars.next() {
        if c == quote {
            let end = start + 1 + at;
            return Some((value, text[end..].find('\n').map_or(text.len(), |line| end + line + 1)));
        }
        if c != '\\' || quote == '\'' {
            value.push(c);
            continue;
        }
        match chars.next()?.1 {
            'n' => value.push('\n'),
            'r' => value.push('\r'),
            't' => value.push('\t'),
            c @ ('\\' | '"' | '$') => value.push(c),
            other => value.extend(['\\', other]),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_forms_are_known() {
        let text = "\u{feff}# c\nA=1\r\nexport B = two words # c\nC='$x # \\n'\nD=\"a\\nb\\\"\nline2\" # c\n\nE=\nF=a#b\nG=\"\\q\"\nH=#";
        let expected =
            [("A", "1"), ("B", "two words"), ("C", "$x # \\n"), ("D", "a\nb\"\nline2"), ("E", ""), ("F", "a#b"), ("G", "\\q"), ("H", "")];
        let pairs = parse(text).map_err(|fault| fault.what).expect("parses");
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, expected);
    }

    #[test]
    fn what_is_no_line_is_said() {
        for (text, what, span) in [
            ("A=1\nnonsense\n", "this line has no `=`", 4..12),
            ("A=\"x\ny", "the quote is not closed", 0..4),
            ("1A=2", "this is no name of a variable", 0..4),
        ] {
            let fault = parse(text).expect_err(text);
            assert_eq!((fault.what.as_str(), fault.span), (what, span));
        }
    }
}
