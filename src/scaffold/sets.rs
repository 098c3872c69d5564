//! Few sets of answers in which every two values of different questions meet once (pairwise testing).

use std::collections::BTreeSet;

use serde_json::Value;

use super::answers::{Answers, Rest, collect};
use super::manifest::{Kind, Manifest};
use crate::report::Result;

/// The sets; the first holds all defaults.
///
/// # Errors
/// A question without a default.
pub fn pairwise(manifest: &Manifest, known: &Answers) -> Result<Vec<Answers>> {
    let defaults = collect(manifest, known.clone(), &[], Rest::Defaults)?;
    let domains: Vec<(&str, Vec<String>)> = manifest.questions.iter().map(|(name, question)| (name.as_str(), domain(question))).collect();
    let domains: Vec<_> = domains.into_iter().filter(|(_, values)| values.len() > 1).collect();
    let mut open: BTreeSet<Pair> = BTreeSet::new();
    for (i, (_, left)) in domains.iter().enumerate() {
        for (j, (_, right)) in domains.iter().enumerate().skip(i + 1) {
            open.extend((0..left.len()).flat_map(|a| (0..right.len()).map(move |b| (i, a, j, b))));
        }
        if domains.len() == 1 {
            open.extend((0..left.len()).map(|a| (0, a, 0, a)));
        }
    }
    let mut sets = vec![defaults];
    while let Some(&(i, a, j, b)) = open.first() {
        let mut chosen: Vec<Option<usize>> = vec![None; domains.len()];
        chosen[i] = Some(a);
        chosen[j] = Some(b);
        for k in 0..domains.len() {
            if chosen[k].is_none() {
                let gain = |value: usize| open.iter().filter(|pair| meets(pair, k, value, &chosen)).count();
                chosen[k] = (0..domains[k].1.len()).max_by_key(|&value| gain(value));
            }
        }
        open.retain(|&(i, a, j, b)| chosen[i] != Some(a) || chosen[j] != Some(b));
        let flags: Vec<String> =
            domains.iter().zip(&chosen).filter_map(|((name, values), at)| Some(format!("{name}={}", values.get((*at)?)?))).collect();
        let set = collect(manifest, known.clone(), &flags, Rest::Defaults)?;
        if !sets.contains(&set) {
            sets.push(set);
        }
    }
    Ok(sets)
}

/// A question with one of its values, and another question with one of its own.
type Pair = (usize, usize, usize, usize);

/// Whether this value of a question would cover the pair, with what is chosen already.
fn meets(pair: &Pair, question: usize, value: usize, chosen: &[Option<usize>]) -> bool {
    let &(left, left_value, right, right_value) = pair;
    let is = |at: usize, wanted: usize| chosen[at] == Some(wanted);
    (left == question && left_value == value && is(right, right_value))
        || (right == question && right_value == value && is(left, left_value))
}

fn domain(question: &super::manifest::Question) -> Vec<String> {
    let default = question.default.as_ref().and_then(|value| serde_json::to_value(value).ok());
    match question.kind {
        Kind::Bool => vec!["yes".into(), "no".into()],
        Kind::Choice => question.choices.clone(),
        Kind::MultiChoice => {
            let all = question.choices.join(",");
            ["none".to_owned(), all].into_iter().chain(question.choices.iter().cloned()).collect()
        }
        Kind::String | Kind::Int => default.as_ref().filter(|value| !value.is_string()).map(plain).into_iter().collect(),
    }
}

fn plain(value: &Value) -> String {
    super::plain(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_two_values_meet() {
        let text = "name = \"x\"\ndescription = \"x\"\nversion = 1\n[questions.a]\ntype = \"choice\"\nchoices = [\"1\", \"2\", \"3\"]\ndescription = \"a\"\ndefault = \"1\"\n\
                    [questions.b]\ntype = \"bool\"\ndescription = \"b\"\ndefault = false\n[questions.c]\ntype = \"bool\"\ndescription = \"c\"\ndefault = true\n";
        let manifest = Manifest::parse(text, "x").expect("a manifest");
        let sets = pairwise(&manifest, &Answers::new()).expect("sets");
        for (a, b) in [("1", true), ("1", false), ("2", true), ("2", false), ("3", true), ("3", false)] {
            assert!(sets.iter().any(|set| set["a"] == a && set["b"] == b), "{a} {b}");
            assert!(sets.iter().any(|set| set["a"] == a && set["c"] == b), "{a} {b}");
        }
        assert!(sets.len() < 12, "fewer than all: {}", sets.len());
    }
}
