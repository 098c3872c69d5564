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
    let mut stages = 0;
    for (number, line) in text.lines().enumerate() {
        let from = format!("{file}:{}", number + 1);
        let (word, rest) = line.trim().split_once(char::is_whitespace).unwrap_or((line.trim(), ""));
        match word.to_uppercase().as_str() {
            "FROM" => {
                stages += 1;
                user = None;
            }
            "EXPOSE" => {
                let port = rest.split_whitespace().next().and_then(|port| port.split('/').next()?.parse().ok());
                if let Some(value) = port.filter(|_| found.port.is_none()) {
                    found.port = Some(Fact { value, from });
                }
            }
            "USER" => user = Some(Fact { value: rest.trim().to_owned(), from }),
            "HEALTHCHECK" => {
                let path = rest.find("://").and_then(|at| rest[at + 3..].find('/').map(|slash| &rest[at + 3 + slash..]));
                let path = path.map(|path| path.chars().take_while(|c| !c.is_whitespace() && !"\"'|;)]".contains(*c)).collect::<String>());
                if let Some(value) = path.filter(|path| path.len() > 1 && found.health.is_none()) {
                    found.health = Some(Fact { value, from });
                }
            }
            _ => {}
        }
    }
    if stages > 1 {
        found.notes.push(Fact { value: format!("{stages} stages; the last one is built, or `target`"), from: file.to_owned() });
    }
    whose(file, user, found);
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
