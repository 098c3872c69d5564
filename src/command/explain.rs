//! `instep config --explain NAME`: every layer that has a say about a key or a variable.

use serde_json::{Value as Json, json};

use super::Context;
use super::config::flatten;
use crate::config::explain::{self, Around, Said, Whose};
use crate::config::{Environment, Project};
use crate::report::style::{DIM, GOOD, NAME, paint};
use crate::report::table::columns;
use crate::report::{Error, Result, text};

/// What was explained: its name, whose it is, and who says what.
struct Explained {
    name: String,
    whose: Option<String>,
    said: Vec<Said>,
}

/// Explains a key; a variable, when it is no key or somebody is named whose it is.
pub(super) fn run(name: &str, whose: Option<&str>, environment: Option<&str>, context: &Context) -> Result<()> {
    let project = context.project()?;
    let environment = environment.map(|name| Environment::of(project, name)).transpose()?;
    let cluster = environment.as_ref().map(|environment| environment.places[0].cluster.as_str());
    let place = environment.as_ref().map(|environment| (environment.name.as_str(), cluster));
    let arguments = context.env()?;
    let around = Around { arguments: &arguments, caller: &|name| crate::process::env::var(name), place };
    let explained = match whose {
        Some(whose) => vec![of(project, &Whose::named(project, whose)?, name, &around)?],
        None => match keys(project, name, place) {
            keys if !keys.is_empty() => keys,
            _ => of_all(project, name, &around)?,
        },
    };
    if explained.is_empty() {
        return Err(unknown(project, name));
    }
    show(&explained, context);
    Ok(())
}

/// A key, or each key of a table.
fn keys(project: &Project, name: &str, place: Option<(&str, Option<&str>)>) -> Vec<Explained> {
    let scope = place.map_or_else(|| project.scope().clone(), |(name, cluster)| project.scope_in(name, cluster));
    let mut rows = Vec::new();
    flatten(scope.tree(), "", &mut rows);
    let below = format!("{name}.");
    let mut paths: Vec<&str> =
        rows.iter().map(|(path, _)| path.as_str()).filter(|path| *path == name || path.starts_with(&below)).collect();
    if paths.is_empty() {
        paths.push(name);
    }
    let one = |path: &str| {
        let keys = explain::split(path);
        let said = explain::key(project, &keys.iter().map(String::as_str).collect::<Vec<_>>(), place);
        Explained { name: path.to_owned(), whose: None, said }
    };
    paths.into_iter().map(one).filter(|explained| !explained.said.is_empty()).collect()
}

fn of(project: &Project, whose: &Whose, name: &str, around: &Around<'_>) -> Result<Explained> {
    let said = explain::variable(project, whose, name, around)?;
    Ok(Explained { name: name.to_owned(), whose: Some(whose.name().to_owned()), said })
}

/// A variable of everybody for whom this repo says something about it.
fn of_all(project: &Project, name: &str, around: &Around<'_>) -> Result<Vec<Explained>> {
    let mut found = Vec::new();
    for whose in Whose::all(project) {
        let explained = of(project, &whose, name, around)?;
        let outside = |said: &Said| said.layer == "-e" || said.layer == "the caller's environment";
        if !explained.said.iter().all(outside) {
            found.push(explained);
        }
    }
    Ok(found)
}

fn unknown(project: &Project, name: &str) -> Error {
    let mut rows = Vec::new();
    flatten(project.scope().tree(), "", &mut rows);
    let paths = rows.iter().map(|(path, _)| path.as_str());
    let variables = paths.clone().filter_map(|path| path.split_once(".env.")).map(|(_, rest)| rest.split('.').next().unwrap_or(rest));
    let beside = explain::beside(name);
    let error = Error::usage(format!("`{name}` is neither a key with a value nor a variable that this repo sets"));
    match text::nearest(name, beside.iter().map(String::as_str).chain(paths).chain(variables)) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help("`instep config` shows all that is set; --for NAME tells whose variable is meant"),
    }
}

fn show(explained: &[Explained], context: &Context) {
    context.report.document(json!({ "explained": explained.iter().map(as_json).collect::<Vec<_>>() }));
    for one in explained {
        let of = one.whose.as_ref().map_or_else(String::new, |whose| format!(" {}", paint(DIM, &format!("of {whose}"))));
        let mut out = format!("{}{of}\n", paint(NAME, &one.name));
        if one.said.is_empty() {
            out.push_str(&format!("  {}", paint(DIM, "not set by anybody")));
        }
        let row = |(i, said): (usize, &Said)| {
            let sign = if i == 0 { paint(GOOD, "✓") } else { " ".to_owned() };
            vec![
                format!("{sign} {}", said.layer),
                said.value.clone(),
                said.place.as_deref().map_or_else(String::new, |place| paint(DIM, place)),
            ]
        };
        out.push_str(&columns(&one.said.iter().enumerate().map(row).collect::<Vec<_>>(), 2));
        context.report.result(out.trim_end());
    }
}

fn as_json(one: &Explained) -> Json {
    let said = one.said.iter().enumerate();
    let said: Vec<Json> =
        said.map(|(i, said)| json!({ "layer": said.layer, "value": said.value, "place": said.place, "wins": i == 0 })).collect();
    json!({ "name": one.name, "of": one.whose, "said": said })
}
