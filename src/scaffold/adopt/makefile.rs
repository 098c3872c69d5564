//! A Makefile taken apart: variables, rules with their recipes, and what neither is (GNU make manual, 3 to 7).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::expand::{Variable, Variables};
use super::{Found, Left, first, targets};

/// What stands in a Makefile.
#[derive(Debug, Default)]
pub struct Makefile {
    /// The variables.
    pub variables: Variables,
    /// Those that programs see.
    pub exported: BTreeSet<String>,
    /// The rules, in their order.
    pub rules: Vec<Written>,
    /// The targets that are no files.
    pub phony: BTreeSet<String>,
    /// All lines of a recipe run in one shell.
    pub one_shell: bool,
    /// What could not be understood.
    pub left: Vec<Left>,
}

/// A rule as it is written.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// Before the colon.
    pub targets: String,
    /// Behind it.
    pub needs: String,
    /// The lines of the recipe.
    pub recipe: Vec<String>,
    /// `## text` behind it, or the comment above.
    pub description: Option<String>,
    /// `Makefile:12`.
    pub from: String,
    /// Why the recipe can't be carried over as a whole.
    pub broken: Option<String>,
}

/// Reads the repo's Makefile.
pub fn read(root: &Path, make: &str, found: &mut Found) {
    if let Some((name, text)) = first(root, &["GNUmakefile", "makefile", "Makefile"]) {
        targets::carry_over(root, parse(name, &text), make, found);
    }
}

/// Takes it apart.
pub fn parse(name: &str, text: &str) -> Makefile {
    let mut parser = Parser { name, makefile: Makefile::default(), open: 0, in_rule: false, conditional: None, comment: None };
    let mut lines = text.lines().enumerate().peekable();
    while let Some((number, line)) = lines.next() {
        let mut whole = line.to_owned();
        while whole.ends_with('\\') {
            whole.pop();
            let Some((_, next)) = lines.next() else { break };
            whole.truncate(whole.trim_end().len());
            whole.push(' ');
            whole.push_str(next.trim_start());
        }
        if line.starts_with("define ") {
            lines.by_ref().take_while(|(_, line)| line.trim() != "endef").for_each(drop);
            parser.leave(number, format!("`{}`: a text of several lines", line.trim()));
            continue;
        }
        parser.line(number, &whole);
    }
    parser.makefile
}

struct Parser<'a> {
    name: &'a str,
    makefile: Makefile,
    /// How many conditionals are open.
    open: usize,
    in_rule: bool,
    /// The outermost open conditional, as long as nothing in it was read.
    conditional: Option<(usize, String)>,
    comment: Option<String>,
}

impl Parser<'_> {
    fn from(&self, number: usize) -> String {
        format!("{}:{}", self.name, number + 1)
    }

    fn leave(&mut self, number: usize, what: impl Into<String>) {
        let from = self.from(number);
        self.makefile.left.push(Left { from, what: what.into() });
    }

    fn line(&mut self, number: usize, line: &str) {
        let plain = line.trim();
        let word = plain.split([' ', '\t', '(']).next().unwrap_or_default();
        match word {
            "ifeq" | "ifneq" | "ifdef" | "ifndef" => return self.open_conditional(number, plain),
            "endif" => return self.open = self.open.saturating_sub(1),
            "else" if self.open > 0 => return,
            _ => {}
        }
        if line.starts_with('\t') && self.in_rule {
            return self.recipe_line(plain);
        }
        if plain.is_empty() {
            self.comment = None;
            return;
        }
        if let Some(comment) = plain.strip_prefix('#') {
            let text = comment.trim_matches(|c: char| c == '#' || c.is_whitespace());
            // The first line of a comment says what it is about; a ruler ends it.
            let words = text.chars().any(char::is_alphanumeric);
            self.comment = if words { self.comment.take().or_else(|| Some(text.to_owned())) } else { None };
            return;
        }
        self.outside_of_recipe();
        match word {
            "include" | "-include" | "sinclude" => self.leave(number, format!("`{plain}`: other files are not read")),
            "export" if plain == "export" => self.leave(number, "`export`: programs get every variable of the Makefile"),
            "export" if !plain.contains('=') => self.makefile.exported.extend(plain.split_whitespace().skip(1).map(str::to_owned)),
            "unexport" | "vpath" | "override" | "undefine" => self.leave(number, format!("`{plain}`")),
            _ => {
                if !self.assignment(plain) && !self.rule(number, plain) {
                    self.leave(number, format!("`{plain}`"));
                }
            }
        }
        self.comment = None;
    }

    fn open_conditional(&mut self, number: usize, plain: &str) {
        self.open += 1;
        if self.open == 1 {
            self.conditional = Some((number, plain.to_owned()));
        }
    }

    /// What stands in it shows whether a conditional belongs to the recipe above.
    fn outside_of_recipe(&mut self) {
        if let Some((number, plain)) = self.conditional.take() {
            self.leave(number, format!("`{plain}`: what is set or ruled only sometimes"));
        }
    }

    fn recipe_line(&mut self, plain: &str) {
        let says = !plain.is_empty() && !plain.starts_with('#');
        let conditional = self.conditional.take();
        if let Some(rule) = self.makefile.rules.last_mut().filter(|_| says) {
            if let Some((_, condition)) = conditional {
                rule.broken = Some(format!("`{condition}` in the recipe"));
            }
            rule.recipe.push(plain.to_owned());
        }
    }

    /// `NAME = value` and its kin; a rule's `:` comes before any `=`.
    fn assignment(&mut self, plain: &str) -> bool {
        let (exported, text) = plain.strip_prefix("export ").map_or((false, plain), |rest| (true, rest.trim_start()));
        let Some(equals) = text.find('=') else { return false };
        let (left, value) = (&text[..equals], text[equals + 1..].trim());
        let operator = left.len() - left.trim_end_matches([':', '?', '+', '!']).len();
        let (name, operator) = (left[..left.len() - operator].trim(), &left[left.len() - operator..]);
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c)) {
            return false;
        }
        self.in_rule = false;
        if self.open > 0 {
            // It may be set to something else: the environment decides, as for one that is set nowhere.
            self.makefile.variables.remove(name);
            return true;
        }
        let value = value.split(" #").next().unwrap_or_default().trim().to_owned();
        if exported {
            self.makefile.exported.insert(name.to_owned());
        }
        let variables = &mut self.makefile.variables;
        match (operator, variables.get_mut(name)) {
            ("+", Some(before)) => before.value = format!("{} {value}", before.value),
            ("?", Some(_)) => {}
            ("!", _) => drop(variables.insert(name.to_owned(), Variable { value: format!("$(shell {value})"), default: false })),
            (operator, _) => drop(variables.insert(name.to_owned(), Variable { value, default: operator == "?" })),
        }
        true
    }

    fn rule(&mut self, number: usize, plain: &str) -> bool {
        let Some(colon) = colon(plain) else { return false };
        let (targets, mut needs) = (plain[..colon].trim(), plain[colon + 1..].trim_start_matches(':'));
        let mut description = self.comment.take();
        if let Some((before, text)) = needs.split_once("##") {
            let text = text.trim_start_matches('#').trim();
            description = Some(text.to_owned()).filter(|text| !text.is_empty()).or(description);
            needs = before;
        } else if let Some((before, _)) = needs.split_once(" #") {
            needs = before;
        }
        let (needs, recipe) = needs.split_once(';').map_or((needs, None), |(needs, line)| (needs, Some(line.trim().to_owned())));
        self.in_rule = true;
        match targets {
            ".PHONY" => self.makefile.phony.extend(needs.split_whitespace().map(str::to_owned)),
            ".ONESHELL" => self.makefile.one_shell = true,
            _ if targets.starts_with('.') && !targets.contains('/') && targets[1..].chars().all(|c| c.is_uppercase() || c == '_') => {}
            _ if needs.contains('=') => self.leave(number, format!("`{plain}`: a variable of one target")),
            _ => {
                let broken = (self.open > 0).then(|| "a rule that holds only sometimes".to_owned());
                let from = self.from(number);
                let (targets, needs) = (targets.to_owned(), needs.replace('|', " "));
                self.makefile.rules.push(Written { targets, needs, recipe: recipe.into_iter().collect(), description, from, broken });
            }
        }
        true
    }
}

/// The colon of a rule: not one inside of `$(…)`, nor that of `:=`.
fn colon(line: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in line.char_indices() {
        match c {
            '(' | '{' => depth += 1,
            ')' | '}' => depth = depth.saturating_sub(1),
            ':' if depth == 0 && !line[at + 1..].starts_with('=') => return Some(at),
            _ => {}
        }
    }
    None
}

/// The first line of each name in a file, for shims.
pub fn target_names(makefile: &Makefile) -> BTreeMap<String, String> {
    let rules = makefile.rules.iter().filter(|rule| !rule.targets.contains('%') && !rule.targets.contains('$'));
    rules.flat_map(|rule| rule.targets.split_whitespace().map(|target| (target.to_owned(), rule.from.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn rules_variables_and_what_is_neither() {
        let text = "NAME ?= a # b\nLIST := x \\\n  y\nexport TOKEN = t\n.PHONY: all test\n# Runs it\nall: test ## All of it\n\t@echo $@\n\n\
                    test: LIST = z\ntest:; go test\nifeq ($(OS),x)\nNAME = b\nendif\ninclude other.mk\n%.o: %.c\n\tcc $<\n";
        let makefile = parse("Makefile", text);
        assert_eq!(makefile.variables["LIST"].value, "x y");
        assert!(makefile.exported.contains("TOKEN") && makefile.phony.contains("test"));
        assert!(!makefile.variables.contains_key("NAME"), "it may be set to something else");
        let all = &makefile.rules[0];
        assert_eq!((all.needs.trim(), all.recipe[0].as_str(), all.description.as_deref()), ("test", "@echo $@", Some("All of it")));
        assert_eq!(makefile.rules[1].recipe, ["go test"]);
        let left: Vec<&str> = makefile.left.iter().map(|left| left.from.as_str()).collect();
        assert_eq!(left, ["Makefile:10", "Makefile:12", "Makefile:15"]);
    }
}
