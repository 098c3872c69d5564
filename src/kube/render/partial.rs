//! Templates of lines, as Project Eastern has them: `# load! A, B` is replaced by the first of these files
//! that is there, indented as the comment; `# load?` may find none; `${NAME}` is a variable, `$${` a `${`.

use std::path::Path;

use crate::report::{Error, Place, Result, text};

/// How deep files may load each other.
const DEPTH: usize = 20;

/// A file with all that it loads; `shown` is how the file is called to people.
///
/// # Errors
/// Exit code 2 with the line of a file or variable that is not there.
pub(super) fn expand(file: &Path, shown: &str, variables: &[(String, String)], depth: usize) -> Result<String> {
    let text = std::fs::read_to_string(file).map_err(|error| Error::usage(format!("can't read {shown}: {error}")))?;
    let mut out = String::with_capacity(text.len());
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let place =
            Place { file: shown.into(), text: text.as_str().into(), span: start..start + line.trim_end().len(), label: String::new() };
        let inner = line.trim_start();
        let indent = &line[..line.len() - inner.len()];
        match (inner.strip_prefix("# load! "), inner.strip_prefix("# load? ")) {
            (Some(names), _) => out.push_str(&load(file, names, true, indent, variables, depth, place)?),
            (None, Some(names)) => out.push_str(&load(file, names, false, indent, variables, depth, place)?),
            (None, None) => out.push_str(&filled(line, variables, &place)?),
        }
        start += line.len();
    }
    Ok(out)
}

fn load(
    file: &Path,
    names: &str,
    needed: bool,
    indent: &str,
    variables: &[(String, String)],
    depth: usize,
    place: Place,
) -> Result<String> {
    if depth >= DEPTH {
        return Err(Error::usage("the files load each other without end").at(Some(place)));
    }
    let dir = file.parent().unwrap_or(file);
    let names = filled(names.trim(), variables, &place)?;
    let names: Vec<&str> = names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let Some(found) = names.iter().map(|name| dir.join(name)).find(|path| path.is_file()) else {
        if !needed {
            return Ok(String::new());
        }
        let error = Error::usage(format!("none of these files is there: {}", text::list(&names))).at(Some(place));
        return Err(error.help(format!("looked in {}; `# load?` may find none", dir.display())));
    };
    let shown = found.display().to_string();
    let inner = expand(&found, &shown, variables, depth + 1)?;
    let lines = inner.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("{indent}{line}\n") });
    Ok(lines.collect())
}

/// A line with its variables.
fn filled(line: &str, variables: &[(String, String)], place: &Place) -> Result<String> {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find("${") {
        let (before, after) = (&rest[..at], &rest[at + 2..]);
        let Some((name, tail)) = after.split_once('}').filter(|(name, _)| is_name(name)) else {
            out.push_str(&rest[..at + 2]);
            rest = after;
            continue;
        };
        if let Some(before) = before.strip_suffix('$') {
            out.push_str(&format!("{before}${{{name}}}"));
        } else {
            let value = variables.iter().find(|(known, _)| known == name).map(|(_, value)| value);
            out.push_str(before);
            out.push_str(value.ok_or_else(|| unknown(name, variables, place))?);
        }
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

/// `NAME`: variables of shells and programs are mostly written otherwise, and left.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

fn unknown(name: &str, variables: &[(String, String)], place: &Place) -> Error {
    let names: Vec<&str> = variables.iter().map(|(name, _)| name.as_str()).collect();
    let error =
        Error::usage(format!("there is no variable `{name}`")).at(Some(place.clone())).note(format!("there are: {}", text::list(&names)));
    error.help(format!("add `{} = \"…\"` to [vars]; or write `$${{{name}}}` to keep it as it is", name.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_in_and_what_is_no_variable_is_left() {
        let variables = [("NAME".to_owned(), "x".to_owned())];
        let place = Place { file: "f".into(), text: "".into(), span: 0..0, label: String::new() };
        assert_eq!(filled("a ${NAME} $${NAME} ${name} $NAME ${", &variables, &place), Ok("a x ${NAME} ${name} $NAME ${".to_owned()));
        assert!(filled("${OTHER}", &variables, &place).is_err_and(|error| error.message() == "there is no variable `OTHER`"));
    }
}
