//! The text format of Prometheus (<https://prometheus.io/docs/instrumenting/exposition_formats/>).

use crate::http::Answer;

/// What is wrong with metrics, with the lines around it.
pub(super) fn fault(answer: &Answer) -> Option<(String, Option<String>)> {
    let Ok(text) = text(answer) else { return Some(("bytes that are not UTF-8".to_owned(), None)) };
    let mut lines: Vec<&str> = text.lines().collect();
    if answer.cut {
        lines.pop();
    }
    let is_comment = |line: &str| line.trim().is_empty() || line.starts_with('#');
    if lines.iter().all(|line| is_comment(line)) {
        return Some(("no sample at all".to_owned(), None));
    }
    let at = lines.iter().position(|line| !is_comment(line) && !is_sample(line))?;
    let around = &lines[at.saturating_sub(1)..(at + 2).min(lines.len())];
    Some((format!("line {} is no sample", at + 1), Some(around.join("\n"))))
}

/// The body; a character that was cut at the end of what is read is left out.
fn text(answer: &Answer) -> Result<&str, std::str::Utf8Error> {
    std::str::from_utf8(&answer.body).or_else(|error| match (answer.cut, error.error_len()) {
        (true, None) => std::str::from_utf8(&answer.body[..error.valid_up_to()]),
        _ => Err(error),
    })
}

/// `name{label="value"} 1.5 1700000000`, and what OpenMetrics puts behind ` # `.
fn is_sample(line: &str) -> bool {
    let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':')).unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    let rest = if rest.trim_start().starts_with('{') {
        let rest = rest.split_once(" # ").map_or(rest, |(rest, _)| rest);
        match rest.rfind('}') {
            Some(close) => &rest[close + 1..],
            None => return false,
        }
    } else {
        rest.split_once(" # ").map_or(rest, |(rest, _)| rest)
    };
    let mut words = rest.split_ascii_whitespace();
    let number = |word: &str| word.parse::<f64>().is_ok();
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && words.next().is_some_and(number)
        && words.next().is_none_or(number)
        && words.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_told_from_other_lines() {
        for line in ["up 1", "a_total{path=\"/x y}\",b=\"c\"} 1.5 1700000000000", "x +Inf", "x NaN", "b{le=\"1\"} 2 # {id=\"a\"} 0.5"] {
            assert!(is_sample(line), "{line}");
        }
        for line in ["<html>", "up", "up one", "1up 1", "{} 1", "a{b=\"c\" 1", "up 1 2 3"] {
            assert!(!is_sample(line), "{line}");
        }
    }
}
