//! What the Dockerfile says (docs.docker.com/reference/dockerfile).

use std::path::Path;

use super::{Fact, Found, first};

/// Reads it.
pub fn read(root: &Path, found: &mut Found) {
    let places = ["Dockerfile", "docker/Dockerfile", "build/Dockerfile", "build/package/Dockerfile", "deploy/Dockerfile", "Containerfile"];
    if let Some((file, text)) = first(root, &places) {
        found.dockerfile = Some(Fact { value: file.to_owned(), from: file.to_owned() });
        dockerfile(file, &text, found);
    }
}

fn dockerfile(file: &str, text: &str, found: &mut Found) {
    let mut user = None;
    let mut stages: Vec<String> = Vec::new();
    for (number, line) in instructions(text) {
        let from = format!("{file}:{number}");
        let (word, rest) = line.trim().split_once(char::is_whitespace).unwrap_or((line.trim(), ""));
        match word.to_uppercase().as_str() {
            "FROM" => {
                let words: Vec<&str> = rest.split_whitespace().collect();
                let named = words.iter().position(|word| word.eq_ignore_ascii_case("as")).and_then(|at| words.get(at + 1));
                stages.push(named.map_or_else(|| (stages.len() + 1).to_string(), |name| (*name).to_owned()));
                user = None;
            }
            "EXPOSE" => exposed(rest, &from, found),
            "USER" => user = Some(Fact { value: rest.trim().to_owned(), from }),
            "HEALTHCHECK" => {
                if let Some(value) = asked(rest).filter(|_| found.health.is_none()) {
                    found.health = Some(Fact { value, from });
                }
            }
            _ => {}
        }
    }
    if let [before @ .., _] = stages.as_slice()
        && !before.is_empty()
    {
        let value = format!("{} stages; the last one is built: `target` names another ({})", stages.len(), before.join(", "));
        found.notes.push(Fact { value, from: file.to_owned() });
    }
    whose(file, user, found);
}

/// The instructions with the numbers of their first lines: continued lines are joined, comments left out.
fn instructions(text: &str) -> Vec<(usize, String)> {
    let mut all: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for (number, line) in (1..).zip(text.lines().map(str::trim)) {
        if line.starts_with('#') {
            continue;
        }
        let (plain, goes_on) = line.strip_suffix('\\').map_or((line, false), |plain| (plain, true));
        match all.last_mut().filter(|_| open) {
            Some((_, before)) => before.push_str(&format!(" {}", plain.trim())),
            None => all.push((number, plain.trim().to_owned())),
        }
        open = goes_on;
    }
    all
}

/// `80/tcp 9090`: the first one is the service's.
fn exposed(rest: &str, from: &str, found: &mut Found) {
    let ports = rest.split_whitespace().filter_map(|port| port.split('/').next()?.parse::<u16>().ok());
    for value in ports {
        let known = found.port.get_or_insert_with(|| Fact { value, from: from.to_owned() }).value;
        if known != value {
            found.leave(from, format!("port {value}: `ports` of [service] names further ones, `ports = {{ admin = {value} }}`"));
        }
    }
}

/// The path that a health check asks.
fn asked(check: &str) -> Option<String> {
    let url = &check[check.find("://")? + 3..];
    let path: String = url[url.find('/')?..].chars().take_while(|c| !c.is_whitespace() && !"\"'|;)]".contains(*c)).collect();
    (path.len() > 1).then_some(path)
}

/// Pods do not run as root unless that is written.
fn whose(file: &str, user: Option<Fact<String>>, found: &mut Found) {
    let number = user.as_ref().and_then(|user| Some(Fact { value: user.value.split(':').next()?.parse().ok()?, from: user.from.clone() }));
    if number.as_ref().is_some_and(|number: &Fact<u32>| number.value != 0) {
        found.user = number;
        return;
    }
    let as_whom = user.as_ref().map_or("root", |user| &user.value).to_owned();
    let value = format!("the image runs as {as_whom}; pods run as user 10001 unless `user` says another number");
    found.notes.push(Fact { value, from: user.map_or_else(|| file.to_owned(), |user| user.from) });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_may_have_several_lines() {
        let text =
            "FROM a\nHEALTHCHECK --interval=5s \\\n  # why\n  --timeout=1s \\\n  CMD [\"curl\", \"http://localhost:80/up\"]\nUSER 5\n";
        let all = instructions(text);
        assert_eq!(all[1], (2, "HEALTHCHECK --interval=5s --timeout=1s CMD [\"curl\", \"http://localhost:80/up\"]".to_owned()));
        assert_eq!((all[2].0, asked(&all[1].1).as_deref()), (6, Some("/up")));
    }
}
