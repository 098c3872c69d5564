//! Which checks must have passed before others: what is written, and what follows from captures.

use super::fill;
use super::probe::Probe;
use crate::report::{Error, Result, text};

/// Adds the needs that follow from captured names, and finds what can never run.
///
/// # Errors
/// Exit code 2 for a check or a name that there is not, and for a circle.
pub(super) fn resolve(probes: &mut [Probe]) -> Result<()> {
    let known: Vec<String> = probes.iter().map(|probe| probe.name.clone()).collect();
    let captured: Vec<(String, String)> =
        probes.iter().flat_map(|probe| probe.capture.iter().map(|capture| (capture.name.clone(), probe.name.clone()))).collect();
    for probe in probes.iter_mut() {
        for name in &probe.needs {
            if !known.contains(name) || *name == probe.name {
                return Err(unknown(probe, name, &known));
            }
        }
        for name in fill::names(probe) {
            let by: Vec<&String> = captured.iter().filter(|(capture, _)| *capture == name).map(|(_, check)| check).collect();
            match by.as_slice() {
                [] => return Err(nobody(probe, &name, &captured)),
                [one] if **one == probe.name => return Err(own(probe, &name)),
                // Several capture it: `needs` says whose it is.
                several if several.len() > 1 && !several.iter().any(|check| probe.needs.contains(check)) => {
                    return Err(whose(probe, &name, several));
                }
                [one] if !probe.needs.contains(one) => probe.needs.push((*one).clone()),
                _ => {}
            }
        }
    }
    circle(probes)
}

fn at(probe: &Probe, message: String) -> Error {
    Error::usage(message).at(probe.place.clone())
}

fn unknown(probe: &Probe, name: &str, known: &[String]) -> Error {
    let error = at(probe, format!("check `{}` needs `{name}`, which is not another check", probe.name));
    match text::nearest(name, known.iter().map(String::as_str).filter(|known| *known != probe.name)) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help(format!("add [smoke-test.checks.{name}], or take it out")),
    }
}

fn nobody(probe: &Probe, name: &str, captured: &[(String, String)]) -> Error {
    let error = at(probe, format!("check `{}` uses `${{{name}}}`, which no check captures", probe.name));
    match text::nearest(name, captured.iter().map(|(name, _)| name.as_str())) {
        Some(near) => error.help(format!("did you mean `${{{near}}}`?")),
        None => error.help(format!("capture it in another check: capture = {{ {name} = \"$.…\" }}; `$${{` stands for a plain `${{`")),
    }
}

fn own(probe: &Probe, name: &str) -> Error {
    at(probe, format!("check `{}` uses `${{{name}}}`, which it captures itself", probe.name)).help("capture it in another check")
}

fn whose(probe: &Probe, name: &str, by: &[&String]) -> Error {
    let message = format!("check `{}` uses `${{{name}}}`, which {} capture", probe.name, text::list(by));
    at(probe, message).help("say whose it is: needs = [\"…\"]")
}

fn circle(probes: &[Probe]) -> Result<()> {
    let mut done: Vec<&str> = Vec::new();
    while done.len() < probes.len() {
        let before = done.len();
        for probe in probes {
            let ready = probe.needs.iter().all(|name| done.contains(&name.as_str()));
            if ready && !done.contains(&probe.name.as_str()) {
                done.push(&probe.name);
            }
        }
        if done.len() == before {
            let left: Vec<&Probe> = probes.iter().filter(|probe| !done.contains(&probe.name.as_str())).collect();
            let names: Vec<&str> = left.iter().map(|probe| probe.name.as_str()).collect();
            let message = format!("checks {} need each other", text::list(&names));
            return Err(Error::usage(message).at(left.first().and_then(|probe| probe.place.clone())));
        }
    }
    Ok(())
}
