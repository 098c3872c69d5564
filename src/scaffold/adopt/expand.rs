//! Make's variables in a recipe, as the shell would have them.

use std::collections::BTreeMap;

/// A variable of a Makefile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// As it is written.
    pub value: String,
    /// `?=`: the caller's environment is stronger.
    pub default: bool,
}

/// The variables by name.
pub type Variables = BTreeMap<String, Variable>;

/// What a recipe knows of its rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule<'a> {
    /// `$@`.
    pub target: &'a str,
    /// `$^`.
    pub needs: &'a [String],
}

/// The text with everything expanded; `Err`: what has no counterpart in a shell.
///
/// A variable with `?=` becomes `${NAME:-value}`, one that is set nowhere `${NAME:-}`, `$(shell …)` a command
/// substitution (GNU make manual, 6 "How to Use Variables", 8.14 "The shell Function", 10.5.3 "Automatic Variables").
pub fn expand(text: &str, variables: &Variables, rule: Rule<'_>) -> Result<String, String> {
    expand_at(text, variables, rule, 0, false)
}

fn expand_at(text: &str, variables: &Variables, rule: Rule<'_>, depth: usize, quoted: bool) -> Result<String, String> {
    if depth > 20 {
        return Err("a variable that names itself".to_owned());
    }
    let mut out = String::new();
    let (mut single, mut double) = (quoted, false);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c != '$' {
            match c {
                '\'' if !double => single = !single,
                '"' if !single => double = !double,
                _ => {}
            }
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let (piece, length, ours) = reference(&rest[1..], variables, rule, depth, single)?;
        if ours && single && piece.contains('$') {
            return Err("a variable inside single quotes".to_owned());
        }
        out.push_str(&piece);
        rest = &rest[1 + length..];
    }
    Ok(out)
}

/// What stands behind a `$`: the text for it, its length, and whether it is make's (`$$` is the shell's own).
fn reference(rest: &str, variables: &Variables, rule: Rule<'_>, depth: usize, single: bool) -> Result<(String, usize, bool), String> {
    let first = rest.chars().next().ok_or("a `$` at the end of a line")?;
    let automatic = |piece: String| Ok((piece, first.len_utf8(), true));
    match first {
        '$' => Ok(("$".to_owned(), 1, false)),
        '@' => automatic(rule.target.to_owned()),
        '<' => automatic(rule.needs.first().cloned().unwrap_or_default()),
        '^' | '+' => automatic(rule.needs.join(" ")),
        '(' | '{' => {
            let inner = balanced(rest).ok_or("brackets that are not closed")?;
            Ok((named(inner, variables, rule, depth, single)?, inner.len() + 2, true))
        }
        c if c.is_alphanumeric() || c == '_' => {
            let name = c.to_string();
            Ok((named(&name, variables, rule, depth, single)?, name.len(), true))
        }
        c => Err(format!("${c}")),
    }
}

fn named(name: &str, variables: &Variables, rule: Rule<'_>, depth: usize, single: bool) -> Result<String, String> {
    if let Some(command) = name.strip_prefix("shell ") {
        return Ok(format!("$({})", expand_at(command.trim(), variables, rule, depth + 1, false)?));
    }
    match name {
        "@" | "@D" | "@F" | "<" | "^" => return reference(name, variables, rule, depth, single).map(|(piece, ..)| piece),
        "MAKE" => return Ok("make".to_owned()),
        "CURDIR" | "PWD" => return Ok("$PWD".to_owned()),
        "MAKECMDGOALS" | "MAKEFILE_LIST" | "MAKEFLAGS" | "MAKEOVERRIDES" => return Err(format!("$({name})")),
        _ => {}
    }
    if !name.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c)) {
        let function = name.split([' ', ',', ':']).next().unwrap_or_default();
        return Err(format!("$({function} …)"));
    }
    let shell_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match variables.get(name) {
        Some(Variable { value, default: false }) => expand_at(value, variables, rule, depth + 1, single),
        Some(Variable { value, default: true }) if shell_name => {
            Ok(format!("${{{name}:-{}}}", expand_at(value, variables, rule, depth + 1, false)?))
        }
        None if shell_name => Ok(format!("${{{name}:-}}")),
        _ => Err(format!("$({name})")),
    }
}

/// What stands between the first bracket and the one that closes it.
fn balanced(text: &str) -> Option<&str> {
    let open = text.chars().next()?;
    let close = if open == '(' { ')' } else { '}' };
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return Some(&text[1..at]);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipes_become_shell_lines() {
        let set = |value: &str, default| Variable { value: value.to_owned(), default };
        let variables = Variables::from([
            ("NAME".to_owned(), set("users", false)),
            ("TAG".to_owned(), set("$(shell git describe)", false)),
            ("PORT".to_owned(), set("8080", true)),
        ]);
        let needs = ["a.c".to_owned(), "b.c".to_owned()];
        let run = |text: &str| expand(text, &variables, Rule { target: "out", needs: &needs });
        for (text, shell) in [
            ("docker build -t $(NAME):${TAG} .", "docker build -t users:$(git describe) ."),
            ("serve --port $(PORT)", "serve --port ${PORT:-8080}"),
            ("for x in 1; do echo $$x; done", "for x in 1; do echo $x; done"),
            ("cc -o $@ $^ # $<", "cc -o out a.c b.c # a.c"),
            ("echo $(UNSET)", "echo ${UNSET:-}"),
            ("echo '$(NAME)' '$$x'", "echo 'users' '$x'"),
        ] {
            assert_eq!(run(text).as_deref(), Ok(shell), "{text}");
        }
        assert_eq!(run("echo $(patsubst %.c,%.o,x)"), Err("$(patsubst …)".to_owned()));
        assert_eq!(run("echo '$(PORT)'"), Err("a variable inside single quotes".to_owned()));
    }
}
