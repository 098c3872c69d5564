//! `.dockerignore` as BuildKit understands it (moby/patternmatcher, tonistiigi/fsutil): patterns are
//! anchored at the context, the last line that matches wins, `!` re-includes even below an ignored folder.

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, counted from 0.
    pub line: usize,
    /// In words.
    pub message: String,
}

/// The patterns of an ignore file.
#[derive(Clone, Debug, Default)]
pub struct Ignore {
    patterns: Vec<Pattern>,
}

/// Which patterns match a folder; its content inherits that.
pub type Matched = Vec<bool>;

#[derive(Clone, Debug)]
struct Pattern {
    text: String,
    /// It began with `!`.
    keeps: bool,
    tokens: Vec<Token>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// This character.
    Char(char),
    /// `?`
    One,
    /// `*`
    Star,
    /// `**/`: nothing, or anything that ends with a slash.
    Folders,
    /// `**` at the end: anything.
    Rest,
    /// `\b`, and with `not` `\B`: the edge of a word.
    Edge { not: bool },
    /// `[a-z]`, `[^a-z]`.
    Class { not: bool, ranges: Vec<(char, char)> },
}

impl Ignore {
    /// Reads an ignore file.
    ///
    /// # Errors
    /// A lone `!` and a bad bracket, which stop a build.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut patterns = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let fault = |message: &str| Fault { line: number, message: message.to_owned() };
            // Only a `#` in the very first place makes a comment.
            let trimmed = line.trim();
            if line.starts_with('#') || trimmed.is_empty() {
                continue;
            }
            let (keeps, rest) = trimmed.strip_prefix('!').map_or((false, trimmed), |rest| (true, rest.trim()));
            if rest.is_empty() {
                return Err(fault("a `!` alone excludes nothing"));
            }
            let clean = clean(rest);
            if keeps && clean == "/" {
                return Err(fault("`!/` excludes nothing: to a build the context has no name of its own"));
            }
            let text = if clean.len() > 1 { clean.trim_start_matches('/').to_owned() } else { clean };
            let tokens = tokens(&text).ok_or_else(|| fault("a bracket is not closed, or a `\\` stands at the end or before a letter"))?;
            patterns.push(Pattern { text, keeps, tokens });
        }
        Ok(Self { patterns })
    }

    /// The same with a pattern in front, which all others overrule.
    #[must_use]
    pub fn after(mut self, pattern: &str) -> Self {
        let tokens = tokens(pattern).unwrap_or_default();
        self.patterns.insert(0, Pattern { text: pattern.to_owned(), keeps: false, tokens });
        self
    }

    /// What the context itself matches: nothing.
    pub fn top(&self) -> Matched {
        vec![false; self.patterns.len()]
    }

    /// Whether a path (relative, with `/`) is ignored, and what it hands down to its content.
    pub fn look(&self, path: &str, parent: &[bool]) -> (bool, Matched) {
        let path: Vec<char> = path.chars().collect();
        let mut ignored = false;
        let matched: Matched = self
            .patterns
            .iter()
            .zip(parent)
            .map(|(pattern, &above)| {
                // A pattern that would change nothing is not looked at, and hands nothing down
                // (moby/patternmatcher, MatchesUsingParentResults).
                let hit = above || pattern.keeps == ignored && matches(&pattern.tokens, &path, 0);
                if hit {
                    ignored = !pattern.keeps;
                }
                hit
            })
            .collect();
        (ignored, matched)
    }

    /// Whether something below an ignored folder may be kept by a later `!` line.
    pub fn may_keep_below(&self, folder: &str) -> bool {
        let wild = |pattern: &Pattern| pattern.tokens.iter().any(|token| !matches!(token, Token::Char(_)));
        let below = |pattern: &Pattern| pattern.text.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        self.patterns.iter().any(|pattern| pattern.keeps && (wild(pattern) || below(pattern)))
    }
}

/// A path without `.`, `..` and double slashes (Go's `filepath.Clean`).
fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if rooted => {}
            other => parts.push(other),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// The pattern as tokens; none when it is broken.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut chars = text.chars().peekable();
    let mut tokens = Vec::new();
    while let Some(c) = chars.next() {
        tokens.push(match c {
            '*' if chars.next_if_eq(&'*').is_some() => {
                chars.next_if_eq(&'/');
                if chars.peek().is_none() { Token::Rest } else { Token::Folders }
            }
            '*' => Token::Star,
            '?' => Token::One,
            '\\' => escaped(chars.next()?)?,
            '[' => class(&mut chars)?,
            other => Token::Char(other),
        });
    }
    // `**foo` without another special character is a plain suffix: it matches `Xfoo` as well.
    if let Some(rest) = text.strip_prefix("**")
        && !rest.starts_with('/')
        && !rest.contains(['*', '?', '[', ']', '\\'])
    {
        tokens[0] = Token::Rest;
    }
    Some(tokens)
}

/// What an escaped character means: itself. But a letter or digit means what it means in a regular
/// expression of Go, as BuildKit hands it on unseen (moby/patternmatcher, compile); none where that is
/// nothing.
fn escaped(c: char) -> Option<Token> {
    let class = |not, ranges: &[(char, char)]| Token::Class { not, ranges: ranges.to_vec() };
    Some(match c {
        'B' | 'b' => Token::Edge { not: c == 'B' },
        'D' | 'd' => class(c == 'D', &[('0', '9')]),
        'S' | 's' => class(c == 'S', &[('\t', '\n'), ('\x0c', '\r'), (' ', ' ')]),
        'W' | 'w' => class(c == 'W', &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]),
        'a' => Token::Char('\x07'),
        'f' => Token::Char('\x0c'),
        'n' => Token::Char('\n'),
        'r' => Token::Char('\r'),
        't' => Token::Char('\t'),
        'v' => Token::Char('\x0b'),
        c if c.is_ascii_alphanumeric() => return None,
        c => Token::Char(c),
    })
}

fn class(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<Token> {
    let not = chars.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        if !ranges.is_empty() && chars.next_if_eq(&']').is_some() {
            return Some(Token::Class { not, ranges });
        }
        let low = bound(chars)?;
        let high = if chars.next_if_eq(&'-').is_some() { bound(chars)? } else { low };
        ranges.push((low, high));
    }
}

fn bound(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<char> {
    match chars.next()? {
        '-' | ']' => None,
        '\\' => chars.next(),
        other => Some(other),
    }
}

/// Whether the tokens match the path from `at` on to its end.
fn matches(tokens: &[Token], path: &[char], at: usize) -> bool {
    let Some((token, rest)) = tokens.split_first() else { return at == path.len() };
    let next = |fits: fn(&Token, char) -> bool| path.get(at).is_some_and(|&c| fits(token, c) && matches(rest, path, at + 1));
    match token {
        Token::Char(_) => next(|token, c| *token == Token::Char(c)),
        Token::One => next(|_, c| c != '/'),
        Token::Class { .. } => next(in_class),
        Token::Edge { not } => {
            let word = |at: Option<usize>| at.and_then(|at| path.get(at)).is_some_and(|c| c.is_ascii_alphanumeric() || *c == '_');
            (word(at.checked_sub(1)) != word(Some(at))) != *not && matches(rest, path, at)
        }
        Token::Star => {
            let end = path[at..].iter().position(|&c| c == '/').map_or(path.len(), |far| at + far);
            (at..=end).any(|at| matches(rest, path, at))
        }
        Token::Rest => (at..=path.len()).any(|at| matches(rest, path, at)),
        Token::Folders => (at..=path.len()).any(|end| (end == at || path[end - 1] == '/') && matches(rest, path, end)),
    }
}

fn in_class(token: &Token, c: char) -> bool {
    matches!(token, Token::Class { not, ranges } if ranges.iter().any(|(low, high)| (low..=high).contains(&&c)) != *not)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Whether a path is ignored, its parents considered.
    fn ignores(file: &str, path: &str) -> bool {
        let ignore = Ignore::parse(file).expect("a good file");
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        ends.fold((false, ignore.top()), |(_, above), end| ignore.look(&path[..end], &above)).0
    }

    #[test]
    fn patterns_are_anchored_at_the_context() {
        for file in ["node_modules", "/node_modules", "node_modules/", "./node_modules", "  node_modules  ", "a/../node_modules"] {
            assert!(ignores(file, "node_modules/x/y"), "{file}");
            assert!(!ignores(file, "sub/node_modules"), "{file}");
        }
        assert!(ignores("**/node_modules", "sub/node_modules/x"));
        assert!(ignores("**/node_modules", "node_modules"));
    }

    #[test]
    fn wildcards_stop_at_slashes_and_double_stars_do_not() {
        for (pattern, path, expected) in [
            ("*.md", "README.md", true),
            ("*.md", "docs/a.md", false),
            ("?at", "cat", true),
            ("?at", "/at", false),
            ("a/**/b", "a/b", true),
            ("a/**/b", "a/x/y/b", true),
            ("**foo", "Xfoo", true),
            ("**foo", "a/foo", true),
            ("**foo*", "Xfoo", false),
            ("foo**", "foobar/q", true),
            ("foo/**", "foo", false),
            ("foo/**", "foo/x/y", true),
            ("**", "anything/at/all", true),
            ("[a-c]x", "bx", true),
            ("[^a-c]x", "bx", false),
            ("\\!bang", "!bang", true),
            ("a\\b.?", "a.d", true),
            ("a\\db", "a7b", true),
            ("a.b", "aXb", false),
            ("Foo", "foo", false),
        ] {
            assert_eq!(ignores(pattern, path), expected, "{pattern} on {path}");
        }
    }

    #[test]
    fn the_last_line_wins_and_keeps_below_an_ignored_folder() {
        let file = "*\n!src\nsrc/secret\n!**/keep.txt\n";
        let expected = [("a", true), ("src/main.rs", false), ("src/secret/x", true), ("src/secret/keep.txt", false), ("b/keep.txt", false)];
        for (path, ignored) in expected {
            assert_eq!(ignores(file, path), ignored, "{path}");
        }
        assert!(Ignore::parse(file).expect("good").may_keep_below("b"));
        assert!(!Ignore::parse("*\n!src/a").expect("good").may_keep_below("b"));
        assert!(Ignore::parse("*\n!src/a").expect("good").may_keep_below("src"));
    }

    #[test]
    fn only_a_hash_in_the_first_place_is_a_comment() {
        assert!(!ignores("#x\n", "#x"));
        assert!(ignores(" #x\n", "#x"));
        assert!(ignores("\u{feff}x\n", "x"));
    }

    #[test]
    fn broken_lines_stop_the_build() {
        for (file, line) in [("a\n!\n", 1), ("[a\n", 0), ("a[]\n", 0), ("[-x]\n", 0), ("a\\\n", 0), ("a\\yb", 0)] {
            assert_eq!(Ignore::parse(file).expect_err(file).line, line, "{file:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

        #[test]
        fn any_pattern_is_taken_or_refused(
            lines in prop::collection::vec(prop_oneof!["[!/*?\\[\\]^\\\\.a-cé-]{0,12}", any::<String>()], 0..5),
            path in "[/.a-cé]{0,20}",
        ) {
            if let Ok(ignore) = Ignore::parse(&lines.join("\n")) {
                let (_, handed_down) = ignore.look(&path, &ignore.top());
                ignore.look(&path, &handed_down);
                ignore.may_keep_below(&path);
            }
        }

        #[test]
        fn a_plain_path_ignores_itself_and_no_other(path in "[a-c]{1,4}(/[a-c]{1,4}){0,2}", other in "[a-c]{1,4}(/[a-c]{1,4}){0,2}") {
            let ignore = Ignore::parse(&path).map_err(|fault| TestCaseError::fail(fault.message))?;
            prop_assert!(ignore.look(&path, &ignore.top()).0);
            prop_assert_eq!(ignore.look(&other, &ignore.top()).0, path == other);
        }

        #[test]
        fn the_last_line_that_matches_wins(name in "[a-c]{1,6}") {
            let ignore = Ignore::parse(&format!("*\n!{name}")).map_err(|fault| TestCaseError::fail(fault.message))?;
            prop_assert!(!ignore.look(&name, &ignore.top()).0);
            let longer = format!("{name}d");
            prop_assert!(ignore.look(&longer, &ignore.top()).0);
        }
    }
}
